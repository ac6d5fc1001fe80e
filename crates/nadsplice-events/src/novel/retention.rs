//! Which introns a sample retains.
//!
//! The rule is that of intron-retention callers (`IRFinder`: Middleton et al. 2017, doi 10.1186/s13059-017-1184-4):
//! both boundaries and the body must speak for it, and to about the same degree. Bases that another gene, or another
//! exon of the same gene, can cover say nothing and are left out.

use std::ops::Range;

use nadsplice_core::{ContigId, GeneId, Interval, Junction, JunctionCount, LibraryStrandedness, Strand};

use super::{NovelOptions, depth::ContigProfile, index::SiteIndex, support::SampleContig};
use crate::evidence::Senses;

/// Least share of an intron's bases that no other exon covers: with less the body cannot be judged.
pub(super) const MIN_OWN_SHARE: f64 = 0.5;

/// An intron that a sample retains.
pub(super) struct Retained {
    pub(super) junction: Junction,
    /// Fragments over the weaker boundary.
    pub(super) fragments: u32,
}

/// The retained ones among the annotated introns and the sample's `supported` junctions.
pub(super) fn retained(
    sample: &SampleContig<'_>,
    supported: &[&JunctionCount],
    index: &SiteIndex<'_>,
    options: &NovelOptions,
) -> Vec<Retained> {
    if sample.counts.depth.is_empty() {
        return Vec::new();
    }
    let profile = sample.profile();
    let annotated = index.introns[sample.contig.index()].iter().map(|&intron| (intron, None));
    let observed =
        supported.iter().filter_map(|j| Some((Interval::new(j.start, j.end)?, sample.votes(j).strand())));
    // Cheap first: most introns have no fragment over a boundary, on either strand, and what is known of one boundary
    // often holds for the next ones.
    let mut starts = Boundaries { profile, known: 0..0, crossed: 0 };
    annotated
        .chain(observed)
        .filter_map(|(intron, strand)| {
            let is_crossed = |fragments: u32| fragments >= options.sample_fragments;
            if !is_crossed(starts.at(intron.start()))
                || !options.is_intron_length(intron.len())
                || !is_crossed(profile.boundary_at(intron.end(), Senses::BOTH))
            {
                return None;
            }
            let candidate = Candidate { contig: sample.contig, intron, strand };
            candidate.retained_by(sample, profile, index, options)
        })
        .collect()
}

/// Fragments of both orientations over boundaries that come in order, or nearly.
struct Boundaries<'a> {
    profile: &'a ContigProfile,
    /// Where it is known.
    known: Range<u32>,
    crossed: u32,
}

impl Boundaries<'_> {
    fn at(&mut self, boundary: u32) -> u32 {
        if !self.known.contains(&boundary) {
            let (crossed, next) = self.profile.boundary_run(boundary);
            (self.known, self.crossed) = (boundary..next, crossed);
        }
        self.crossed
    }
}

/// An intron that may be retained.
struct Candidate {
    contig: ContigId,
    intron: Interval,
    /// The strand that the sample's own fragments show.
    strand: Option<Strand>,
}

impl Candidate {
    fn retained_by(
        &self,
        sample: &SampleContig<'_>,
        profile: &ContigProfile,
        index: &SiteIndex<'_>,
        options: &NovelOptions,
    ) -> Option<Retained> {
        let Self { contig, intron, strand } = *self;
        let junction = Junction { contig, intron };
        let genes = index.genes_of(junction);
        let strand = strand.or_else(|| index.strand_of(&genes));
        let senses = Senses::of(sample.library, strand);
        let [left, right] = [intron.start(), intron.end()].map(|at| profile.boundary_at(at, senses));
        let fragments = left.min(right);
        let spliced = f64::from(sample.spliced_at(intron));
        let share = f64::from(fragments) / (f64::from(fragments) + spliced);
        if fragments < options.sample_fragments || share < options.min_intron_share {
            return None;
        }
        let own = own_bases(junction, &genes, strand, sample.library, index);
        let body = Body::new(&own, profile, senses)?;
        let own_share = f64::from(body.bases) / f64::from(intron.len());
        let (lowest, highest) = (fragments.min(body.median), left.max(right).max(body.median));
        let even = f64::from(lowest) >= options.min_intron_balance * f64::from(highest);
        let covered = f64::from(body.covered) >= options.min_intron_coverage * f64::from(body.bases);
        (own_share >= MIN_OWN_SHARE && lowest > 0 && even && covered)
            .then_some(Retained { junction, fragments })
    }
}

/// An intron without the exons whose reads would look like its own: all but those of its own genes that reach over it
/// as a whole, which retain it. With a stranded library the other strand's exons do not matter.
pub(super) fn own_bases(
    junction: Junction,
    genes: &[GeneId],
    strand: Option<Strand>,
    library: LibraryStrandedness,
    index: &SiteIndex<'_>,
) -> Vec<Interval> {
    let intron = junction.intron;
    let told_apart = |gene: GeneId| {
        library != LibraryStrandedness::Unstranded
            && strand.is_some()
            && index.gene(gene).strand.is_some_and(|s| Some(s) != strand)
    };
    // A junction within an exon has neither site annotated, and so no gene but the exon's.
    let is_own = |gene: GeneId| {
        genes.contains(&gene) || (genes.is_empty() && (strand.is_none() || index.gene(gene).strand == strand))
    };
    let retains = |exon: Interval, gene: GeneId| {
        exon.start() < intron.start() && intron.end() < exon.end() && is_own(gene)
    };
    let mut masked: Vec<Interval> = index
        .exons_over(junction.contig, intron)
        .filter(|&(exon, gene)| !told_apart(gene) && !retains(exon, gene))
        .map(|(exon, _)| exon)
        .collect();
    masked.sort_unstable();
    let mut own = Vec::new();
    let mut from = intron.start();
    for exon in masked {
        own.extend(Interval::new(from, exon.start().min(intron.end())));
        from = from.max(exon.end());
    }
    own.extend(Interval::new(from, intron.end()));
    own
}

/// Depth over an intron's own bases.
struct Body {
    bases: u32,
    covered: u32,
    median: u32,
}

impl Body {
    fn new(own: &[Interval], depth: &ContigProfile, senses: Senses) -> Option<Self> {
        let mut runs: Vec<(u32, u32)> = own
            .iter()
            .flat_map(|&part| depth.within(part, senses))
            .map(|(run, depth)| (depth, run.len()))
            .collect();
        runs.sort_unstable();
        let bases: u32 = runs.iter().map(|&(_, bases)| bases).sum();
        let covered = runs.iter().filter(|&&(depth, _)| depth > 0).map(|&(_, bases)| bases).sum();
        let mut seen = 0;
        let median = runs.iter().find(|&&(_, length)| {
            seen += length;
            2 * u64::from(seen) >= u64::from(bases)
        })?;
        Some(Self { bases, covered, median: median.0 })
    }
}
