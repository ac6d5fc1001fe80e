//! The exons that un-annotated splice sites make in one gene, and the edges between them.

use std::collections::BTreeMap;

use nadsplice_core::{Gene, Interval};
use rustc_hash::FxHashSet;

use super::pool::FragmentPool;
use crate::graph::Additions;

/// An un-annotated junction that a gene may have: end of the left exon and start of the right one, 0-based.
pub(super) type Site = (u32, u32);

/// One gene with the un-annotated junctions within its span.
pub(super) struct Extension<'a> {
    gene: &'a Gene,
    pool: &'a FragmentPool,
    /// Distinct exons of the annotation, by start, then end.
    annotated: Vec<Interval>,
    starts: FxHashSet<u32>,
    ends: FxHashSet<u32>,
    junctions: &'a [Site],
}

impl<'a> Extension<'a> {
    pub(super) fn new(gene: &'a Gene, junctions: &'a [Site], pool: &'a FragmentPool) -> Self {
        let mut annotated: Vec<Interval> =
            gene.transcripts.iter().flat_map(|t| t.exons.iter().copied()).collect();
        annotated.sort_unstable();
        annotated.dedup();
        Self {
            gene,
            pool,
            starts: annotated.iter().map(|e| e.start()).collect(),
            ends: annotated.iter().map(|e| e.end()).collect(),
            annotated,
            junctions,
        }
    }

    /// Exons and edges that the junctions add to the gene.
    pub(super) fn additions(&self) -> Additions {
        let exons = self.exons();
        let edges = self.edges(&exons);
        Additions { exons, edges }
    }

    /// Exons with an un-annotated end. An annotated exon is shortened to a site within it; it is lengthened to one
    /// outside it, or a new exon spans two sites, where reads cover every base in between.
    fn exons(&self) -> Vec<Interval> {
        let distinct = |sites: &mut Vec<u32>, known: &FxHashSet<u32>| {
            sites.retain(|site| !known.contains(site));
            sites.sort_unstable();
            sites.dedup();
        };
        let mut ends: Vec<u32> = self.junctions.iter().map(|j| j.0).collect();
        let mut starts: Vec<u32> = self.junctions.iter().map(|j| j.1).collect();
        distinct(&mut ends, &self.ends);
        distinct(&mut starts, &self.starts);
        let mut exons = Vec::new();
        for &end in &ends {
            for exon in self.annotated.iter().filter(|exon| exon.start() < end) {
                if end < exon.end() || self.reaches(exon.end(), end, &self.starts) {
                    exons.extend(Interval::new(exon.start(), end));
                }
            }
        }
        for &start in &starts {
            for exon in self.annotated.iter().filter(|exon| start < exon.end()) {
                if exon.start() < start || self.reaches(start, exon.start(), &self.ends) {
                    exons.extend(Interval::new(start, exon.end()));
                }
            }
            let longest = start.saturating_add(self.pool.options.max_exon_length);
            for &end in ends.iter().filter(|&&end| start < end && end <= longest) {
                exons.extend(Interval::new(start, end).filter(|&exon| self.is_exon(exon)));
            }
        }
        exons.sort_unstable();
        exons.dedup();
        exons
    }

    /// Whether an annotated exon reaches over a stretch beside it: it is covered, and no other exon begins (ends, on
    /// the left) in it, since that would be an intron that is kept.
    fn reaches(&self, from: u32, to: u32, others: &FxHashSet<u32>) -> bool {
        let covered = || Interval::new(from, to).is_some_and(|s| self.pool.is_covered(self.gene.contig, s));
        covered() && !(from + 1..to).any(|position| others.contains(&position))
    }

    /// Whether two un-annotated sites make an exon: it is covered, and holds no annotated intron.
    fn is_exon(&self, exon: Interval) -> bool {
        self.pool.is_covered(self.gene.contig, exon)
            && !self
                .gene
                .transcripts
                .iter()
                .flat_map(nadsplice_core::Transcript::introns)
                .any(|i| exon.encloses(i))
    }

    /// Edges over un-annotated junctions between any exons with these ends, and over annotated junctions to and from
    /// the added exons.
    fn edges(&self, added: &[Interval]) -> Vec<(Interval, Interval)> {
        let mut by_end: BTreeMap<u32, Vec<Interval>> = BTreeMap::new();
        let mut by_start: BTreeMap<u32, Vec<Interval>> = BTreeMap::new();
        let mut index = |exon: Interval| {
            by_end.entry(exon.end()).or_default().push(exon);
            by_start.entry(exon.start()).or_default().push(exon);
        };
        self.annotated.iter().copied().for_each(&mut index);
        added.iter().copied().for_each(&mut index);
        let mut edges = Vec::new();
        let none = Vec::new();
        for (end, start) in self.junctions {
            for &left in by_end.get(end).unwrap_or(&none) {
                edges.extend(by_start.get(start).unwrap_or(&none).iter().map(|&right| (left, right)));
            }
        }
        if added.is_empty() {
            return edges;
        }
        let is_added = |exon: &Interval| added.binary_search(exon).is_ok();
        for (left, right) in self.annotated_edges() {
            let lefts = by_end.get(&left.end()).unwrap_or(&none);
            let rights = by_start.get(&right.start()).unwrap_or(&none);
            edges.extend(lefts.iter().filter(|e| is_added(e)).map(|&added| (added, right)));
            edges.extend(rights.iter().filter(|e| is_added(e)).map(|&added| (left, added)));
            for &one in lefts.iter().filter(|e| is_added(e)) {
                edges.extend(rights.iter().filter(|e| is_added(e)).map(|&other| (one, other)));
            }
        }
        edges.sort_unstable();
        edges.dedup();
        edges
    }

    fn annotated_edges(&self) -> Vec<(Interval, Interval)> {
        let pairs =
            self.gene.transcripts.iter().flat_map(|t| t.exons.windows(2)).map(|pair| (pair[0], pair[1]));
        let mut edges: Vec<_> = pairs.filter(|(left, right)| left.end() < right.start()).collect();
        edges.sort_unstable();
        edges.dedup();
        edges
    }
}
