//! Adds fragments to a sample's counts.

use nadsplice_core::{
    BodyCount, BodyPattern, ContigCounts, ContigId, FragmentEvidence, JunctionCount, JunctionSet,
    RegionFragments, SampleCounts, Strand, StrandEvidence,
};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::{
    cigar::{Block, Crossing, Spliced},
    depth::DepthBuilder,
    lengths::LengthHistogram,
    pairing::{Depth, Mate},
    parallel,
    segments::{AnnotationIndex, ContigIndex, GeneHits, Touched, intron_key},
};

/// Least overhangs of a crossing that counts.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Overhangs {
    pub(crate) annotated: u32,
    pub(crate) novel: u32,
}

/// The counts of fragments while a file is read.
#[derive(Debug)]
pub(crate) struct FragmentCounter<'a> {
    index: &'a AnnotationIndex,
    overhangs: Overhangs,
    contigs: Vec<Option<Box<ContigCounter>>>,
    genes: Vec<[u32; 3]>,
    regions: RegionFragments,
    any_order: bool,
    pub(crate) strand: StrandEvidence,
    pub(crate) fragment_lengths: LengthHistogram,
}

/// The counts of one contig while a file is read.
#[derive(Debug)]
struct ContigCounter {
    ids: FxHashMap<u64, u32>,
    junctions: Vec<JunctionTally>,
    sets: FxHashMap<Box<[u32]>, u32>,
    bodies: FxHashMap<BodyPattern, u32>,
    /// Counts of patterns seen of late, which are not in `bodies` yet.
    recent: [(BodyPattern, u32); RECENT],
    depth: DepthBuilder,
}

/// Patterns kept at hand.
const RECENT: usize = 256;

const NO_PATTERN: BodyPattern =
    BodyPattern { sense_forward: false, first_segment: 0, last_segment: 0, crossed: [(0, 0); 2] };

#[derive(Debug)]
struct JunctionTally {
    count: JunctionCount,
    strand: Option<Strand>,
    /// One bit for each left overhang modulo 64.
    positions: u64,
}

/// First and last segment of each block.
type Segments = SmallVec<[(u32, u32); 8]>;

type JunctionIds = SmallVec<[u32; 6]>;

impl<'a> FragmentCounter<'a> {
    pub(crate) fn new(index: &'a AnnotationIndex, overhangs: Overhangs) -> Self {
        Self {
            index,
            overhangs,
            contigs: (0..index.contig_names().len()).map(|_| None).collect(),
            genes: vec![[0; 3]; index.gene_count()],
            regions: RegionFragments::default(),
            any_order: false,
            strand: StrandEvidence::default(),
            fragment_lengths: LengthHistogram::default(),
        }
    }

    /// Whether a junction of the alignment has overhang enough to count.
    #[inline(always)]
    pub(crate) fn crosses(&self, contig: u32, spliced: &Spliced) -> bool {
        let known = self.index.contig(ContigId(contig));
        spliced.crossings.iter().any(|c| passes(self.overhangs, known, c))
    }

    /// Adds the blocks of an alignment that waits for its mate, so that depth can be settled behind it.
    #[inline(always)]
    pub(crate) fn cover(&mut self, mate: &Mate) {
        let sense = mate.sense_forward();
        self.contig(mate.contig).depth.add(&mate.spliced.blocks, &[], sense);
    }

    /// In coordinate order: no block will start before the position on this contig any more.
    pub(crate) fn settle(&mut self, contig: u32, position: u32) {
        if let Some(counter) = &mut self.contigs[contig as usize] {
            counter.depth.settle(position);
        }
    }

    /// In coordinate order: no block will be added to any contig seen so far.
    pub(crate) fn settle_all(&mut self) {
        for counter in self.contigs.iter_mut().flatten() {
            counter.depth.settle(u32::MAX);
        }
    }

    /// From now on alignments come in any order.
    pub(crate) fn unsort(&mut self) {
        self.any_order = true;
        for counter in self.contigs.iter_mut().flatten() {
            counter.depth.unsort();
        }
    }

    #[inline(always)]
    fn contig(&mut self, contig: u32) -> &mut ContigCounter {
        let (any_order, overhang) = (self.any_order, self.overhangs.novel);
        self.contigs[contig as usize].get_or_insert_with(|| ContigCounter::new(any_order, overhang))
    }

    /// Counts a fragment: an alignment and, where it was seen, its mate on the same contig.
    #[inline(always)]
    pub(crate) fn count(&mut self, first: &Mate, second: Option<&Mate>) {
        // Mates that disagree about the strand follow read 1.
        let sense = match second {
            Some(other) if first.second => other.sense_forward(),
            _ => first.sense_forward(),
        };
        if first.spliced.crossings.is_empty() && second.is_none_or(|m| m.spliced.crossings.is_empty()) {
            self.count_unspliced(first, second, sense);
        } else {
            self.count_spliced(first, second, sense);
        }
    }

    /// Counts a fragment whose alignments have one block each.
    #[inline(always)]
    fn count_unspliced(&mut self, first: &Mate, second: Option<&Mate>, sense: bool) {
        let index = self.index;
        let overhang = self.overhangs.novel;
        let known = index.contig(ContigId(first.contig));
        let (Some(&block), other) =
            (first.spliced.blocks.first(), second.and_then(|mate| mate.spliced.blocks.first()))
        else {
            return;
        };
        let segments = known.segments(block.start, block.end);
        let pair =
            [(block, segments), other.map_or((block, segments), |b| (*b, known.segments(b.start, b.end)))];
        let there = 1 + usize::from(other.is_some());
        let counter = self.contig(first.contig);
        counter.cover(first, second);
        counter.count_body(known, overhang, sense, &pair[..there]);
        self.count_genes(known, sense, &pair.map(|(_, segments)| segments)[..there]);
        if let Some(second) = second {
            self.measure(known, (first, segments.0), (second, pair[1].1.0));
        }
    }

    /// Counts a fragment with a junction in its alignments.
    #[inline(always)]
    fn count_spliced(&mut self, first: &Mate, second: Option<&Mate>, sense: bool) {
        let index = self.index;
        let overhangs = self.overhangs;
        let known = index.contig(ContigId(first.contig));
        let counter = self.contig(first.contig);
        counter.cover(first, second);
        let mut segments = Segments::new();
        let mut ids = JunctionIds::new();
        let mut add = |mate: &Mate| {
            for block in &mate.spliced.blocks {
                segments.push(known.segments(block.start, block.end));
            }
            for crossing in &mate.spliced.crossings {
                if passes(overhangs, known, crossing) {
                    let id = counter.junction(known, crossing);
                    if ids.iter().all(|&other| other != id) {
                        ids.push(id);
                    }
                }
            }
        };
        add(first);
        if let Some(second) = second {
            add(second);
        }
        if !ids.is_empty() {
            let tag = first.tag.or(second.and_then(|m| m.tag));
            match counter.count_junctions(&mut ids, sense, tag) {
                Some(strand) if (strand == Strand::Forward) == sense => self.strand.forward += 1,
                Some(_) => self.strand.reverse += 1,
                None => {}
            }
        }
        self.count_genes(known, sense, &segments);
    }

    #[inline(always)]
    fn count_genes(&mut self, known: &ContigIndex, sense: bool, segments: &[(u32, u32)]) {
        let hits = match known.touched(segments) {
            Touched::NoExon { within_gene: true } => {
                self.regions.intronic += 1;
                return;
            }
            Touched::NoExon { within_gene: false } => {
                self.regions.intergenic += 1;
                return;
            }
            Touched::Class(class) => known.hits_of_class(class),
            Touched::Classes => self.hits_of_classes(known, segments),
        };
        self.regions.exonic += 1;
        let (same, other) = if sense { (hits.forward, hits.reverse) } else { (hits.reverse, hits.forward) };
        for (k, gene) in [hits.any, same, other].into_iter().enumerate() {
            if let Some(gene) = gene {
                self.genes[gene as usize][k] += 1;
            }
        }
    }

    #[cold]
    fn hits_of_classes(&self, known: &ContigIndex, segments: &[(u32, u32)]) -> GeneHits {
        let mut genes: SmallVec<[u32; 8]> = SmallVec::new();
        for &(first, last) in segments {
            for &gene in (first..=last).flat_map(|segment| known.genes_of(segment)) {
                if !genes.contains(&gene) {
                    genes.push(gene);
                }
            }
        }
        self.index.hits(&genes)
    }

    /// Takes the outer length of an inward-facing unspliced pair inside one uninterrupted exonic stretch.
    #[inline(always)]
    fn measure(
        &mut self,
        known: &ContigIndex,
        (first, first_segment): (&Mate, u32),
        (second, second_segment): (&Mate, u32),
    ) {
        if first.reverse == second.reverse {
            return;
        }
        let (left, right, segment) =
            if first.reverse { (second, first, second_segment) } else { (first, second, first_segment) };
        let (Some(start), Some(end)) = (left.spliced.blocks.first().map(|b| b.start), right.spliced.end())
        else {
            return;
        };
        if start < end
            && let Some(stretch) = known.uninterrupted(segment, end)
        {
            // A fragment of f bases fits into L in L - f + 1 places, so that long ones are seen too rarely.
            let places = stretch.len() - (end - start) + 1;
            let weight = u64::from(SampleCounts::PAIR_WEIGHT) * u64::from(stretch.len()) / u64::from(places);
            self.fragment_lengths.add_weighted(end - start, weight);
        }
    }

    /// Adds the counts of other contigs of the same file.
    pub(crate) fn absorb(&mut self, part: Self) {
        for (contig, other) in self.contigs.iter_mut().zip(part.contigs) {
            if other.is_some() {
                *contig = other;
            }
        }
        for (gene, more) in self.genes.iter_mut().zip(part.genes) {
            for (count, more) in gene.iter_mut().zip(more) {
                *count += more;
            }
        }
        self.regions.exonic += part.regions.exonic;
        self.regions.intronic += part.regions.intronic;
        self.regions.intergenic += part.regions.intergenic;
        self.strand.forward += part.strand.forward;
        self.strand.reverse += part.strand.reverse;
        self.fragment_lengths.absorb(&part.fragment_lengths);
    }

    /// The counts in their final, sorted form.
    pub(crate) fn finish(self, threads: usize) -> FragmentEvidence {
        let contigs = parallel::map(self.contigs, threads, |c| c.map(|c| c.finish()).unwrap_or_default());
        FragmentEvidence { contigs, genes: self.genes, regions: self.regions }
    }
}

#[inline(always)]
fn passes(overhangs: Overhangs, known: &ContigIndex, crossing: &Crossing) -> bool {
    let overhang = crossing.overhang();
    if overhang >= overhangs.annotated.max(overhangs.novel) {
        return true;
    }
    if overhang < overhangs.annotated.min(overhangs.novel) {
        return false;
    }
    let least = match known.annotated(crossing.start, crossing.end) {
        Some(_) => overhangs.annotated,
        None => overhangs.novel,
    };
    overhang >= least
}

impl ContigCounter {
    #[cold]
    fn new(any_order: bool, boundary_overhang: u32) -> Box<Self> {
        let mut depth = DepthBuilder::new(boundary_overhang);
        if any_order {
            depth.unsort();
        }
        Box::new(Self {
            ids: FxHashMap::default(),
            junctions: Vec::new(),
            sets: FxHashMap::default(),
            bodies: FxHashMap::default(),
            recent: [(NO_PATTERN, 0); RECENT],
            depth,
        })
    }

    /// Adds what is not in the depth tracks yet.
    #[inline(always)]
    fn cover(&mut self, first: &Mate, second: Option<&Mate>) {
        if first.depth == Depth::NotYet {
            self.depth.add(&first.spliced.blocks, &[], first.sense_forward());
        }
        if let Some(second) = second
            && second.depth == Depth::NotYet
        {
            // Mates that disagree about the strand lie on different tracks.
            let same_track = first.sense_forward() == second.sense_forward() && first.is_inside();
            let mate = if same_track { first.spliced.blocks.as_slice() } else { &[] };
            self.depth.add(&second.spliced.blocks, mate, second.sense_forward());
        }
    }

    #[inline(always)]
    fn junction(&mut self, known: &ContigIndex, crossing: &Crossing) -> u32 {
        let id = match self.ids.get(&intron_key(crossing.start, crossing.end)) {
            Some(&id) => id,
            None => self.new_junction(known, crossing),
        };
        let tally = &mut self.junctions[id as usize];
        tally.count.max_overhang = tally.count.max_overhang.max(crossing.overhang());
        tally.positions |= 1 << (crossing.left_overhang & 63);
        id
    }

    #[cold]
    fn new_junction(&mut self, known: &ContigIndex, crossing: &Crossing) -> u32 {
        let id = u32::try_from(self.junctions.len()).unwrap_or(u32::MAX);
        self.ids.insert(intron_key(crossing.start, crossing.end), id);
        let annotated = known.annotated(crossing.start, crossing.end);
        self.junctions.push(JunctionTally {
            count: JunctionCount {
                start: crossing.start,
                end: crossing.end,
                annotated: annotated.is_some(),
                fragments: 0,
                alone: 0,
                sense_forward: 0,
                tag_forward: 0,
                tag_reverse: 0,
                max_overhang: 0,
                positions: 0,
            },
            strand: annotated.and_then(|known| known.strand),
            positions: 0,
        });
        id
    }

    /// Counts a fragment over these junctions; gives the strand of the first one that the annotation has on one.
    #[inline(always)]
    fn count_junctions(&mut self, ids: &mut JunctionIds, sense: bool, tag: Option<Strand>) -> Option<Strand> {
        let mut strand = None;
        for &id in ids.iter() {
            let tally = &mut self.junctions[id as usize];
            strand = strand.or(tally.strand);
            let count = &mut tally.count;
            count.fragments += 1;
            count.sense_forward += u32::from(sense);
            match tag {
                Some(Strand::Forward) => count.tag_forward += 1,
                Some(Strand::Reverse) => count.tag_reverse += 1,
                None => {}
            }
        }
        if let [only] = ids.as_slice() {
            self.junctions[*only as usize].count.alone += 1;
        } else {
            self.count_set(ids);
        }
        strand
    }

    /// Counts a fragment over several junctions.
    #[inline(never)]
    fn count_set(&mut self, ids: &mut JunctionIds) {
        ids.sort_unstable();
        match self.sets.get_mut(ids.as_slice()) {
            Some(fragments) => *fragments += 1,
            None => {
                self.sets.insert(ids.as_slice().into(), 1);
            }
        }
    }

    /// Counts a fragment of one or two blocks, each with its first and last segment.
    #[inline(always)]
    fn count_body(
        &mut self,
        known: &ContigIndex,
        overhang: u32,
        sense: bool,
        blocks: &[(Block, (u32, u32))],
    ) {
        let mut ends: Option<(u32, u32)> = None;
        let mut crossed = [(0, 0); 2];
        for (range, &(block, (from, to))) in crossed.iter_mut().zip(blocks) {
            ends = Some(ends.map_or((from, to), |(first, last)| (first.min(from), last.max(to))));
            // Within one segment there is no boundary to cross.
            if from == to && overhang > 0 {
                continue;
            }
            // Boundary k at c is crossed when start + overhang <= c <= end - overhang.
            if block.end - block.start >= 2 * overhang.max(1) {
                let from = match overhang {
                    0 => block.start.checked_sub(1).map_or(0, |below| known.cuts_up_to(below)),
                    _ => known.cuts_up_to_from(from, block.start + overhang - 1),
                };
                let to = known.cuts_up_to_from(from, block.end - overhang);
                if from < to {
                    *range = (from, to);
                }
            }
        }
        let Some((first_segment, last_segment)) = ends else { return };
        merge_ranges(&mut crossed);
        let pattern = BodyPattern { sense_forward: sense, first_segment, last_segment, crossed };
        // Neighbours in the genome have the same few patterns.
        let recent = (first_segment ^ (last_segment << 2) ^ (crossed[0].0 << 4) ^ u32::from(sense)) as usize;
        let recent = &mut self.recent[recent % RECENT];
        if recent.1 > 0 && recent.0 == pattern {
            recent.1 += 1;
            return;
        }
        let (old, fragments) = std::mem::replace(recent, (pattern, 1));
        if fragments > 0 {
            *self.bodies.entry(old).or_insert(0) += fragments;
        }
    }

    fn finish(mut self) -> ContigCounts {
        for (pattern, fragments) in self.recent.iter().filter(|(_, fragments)| *fragments > 0) {
            *self.bodies.entry(*pattern).or_insert(0) += fragments;
        }
        let mut order: Vec<u32> = (0..).take(self.junctions.len()).collect();
        order.sort_unstable_by_key(|&id| {
            let count = &self.junctions[id as usize].count;
            (count.start, count.end)
        });
        let mut rank = vec![0u32; order.len()];
        for (new, &old) in (0u32..).zip(&order) {
            rank[old as usize] = new;
        }
        let junctions = order
            .iter()
            .map(|&id| {
                let tally = &self.junctions[id as usize];
                JunctionCount { positions: tally.positions.count_ones(), ..tally.count }
            })
            .collect();
        let mut sets: Vec<JunctionSet> = self
            .sets
            .into_iter()
            .map(|(ids, fragments)| {
                let mut members: Vec<u32> = ids.iter().map(|&id| rank[id as usize]).collect();
                members.sort_unstable();
                JunctionSet { members, fragments }
            })
            .collect();
        sets.sort_unstable();
        let mut bodies: Vec<BodyCount> =
            self.bodies.into_iter().map(|(pattern, fragments)| BodyCount { pattern, fragments }).collect();
        bodies.sort_unstable();
        ContigCounts { junctions, sets, depth: self.depth.finish(), bodies }
    }
}

/// Puts two ranges into ascending order and joins them where they overlap or touch; `(0, 0)` is none and goes last.
fn merge_ranges(ranges: &mut [(u32, u32); 2]) {
    let empty = |r: &(u32, u32)| r.0 >= r.1;
    if empty(&ranges[0]) || (!empty(&ranges[1]) && ranges[1] < ranges[0]) {
        ranges.swap(0, 1);
    }
    let [a, b] = *ranges;
    if !empty(&a) && !empty(&b) && b.0 <= a.1 {
        *ranges = [(a.0, a.1.max(b.1)), (0, 0)];
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ranges_are_merged_and_ordered() {
        let merged = |mut r: [(u32, u32); 2]| {
            merge_ranges(&mut r);
            r
        };
        assert_eq!(merged([(0, 0), (3, 4)]), [(3, 4), (0, 0)]);
        assert_eq!(merged([(5, 6), (3, 4)]), [(3, 4), (5, 6)]);
        assert_eq!(merged([(3, 5), (4, 6)]), [(3, 6), (0, 0)]);
        assert_eq!(merged([(3, 5), (3, 4)]), [(3, 5), (0, 0)]);
        assert_eq!(merged([(0, 0), (0, 0)]), [(0, 0), (0, 0)]);
    }
}
