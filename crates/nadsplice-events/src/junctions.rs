//! The junctions of a cohort: one row each, with one strand and its genes.

use std::hash::Hash;

use nadsplice_core::{
    Annotation, ContigId, Evidence, GeneId, Interval, Junction, JunctionCount, LibraryStrandedness,
    SampleCounts, Strand,
};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

/// A junction of a cohort.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CohortJunction {
    /// The junction.
    pub junction: Junction,
    /// Its strand: by the stranded libraries' reads, else by the aligner's tag, else by the annotation.
    pub strand: Option<Strand>,
    /// Whether a transcript of the annotation has the intron.
    pub annotated: bool,
    /// Genes that have the intron; where none has, genes with both of its sites, else with one.
    pub genes: Vec<GeneId>,
}

/// What speaks for either strand, `[forward, reverse]`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Votes {
    protocol: [u32; 2],
    tag: [u32; 2],
}

impl Votes {
    /// Adds what a sample's fragments say.
    pub(crate) fn add(&mut self, count: &JunctionCount, library: LibraryStrandedness) {
        let (forward, reverse) = (count.sense_forward, count.fragments - count.sense_forward);
        match library {
            LibraryStrandedness::Unstranded => {}
            LibraryStrandedness::Forward => vote(&mut self.protocol, forward, reverse),
            LibraryStrandedness::Reverse => vote(&mut self.protocol, reverse, forward),
        }
        vote(&mut self.tag, count.tag_forward, count.tag_reverse);
    }

    /// Adds what other samples say.
    pub(crate) fn merge(&mut self, other: &Self) {
        vote(&mut self.protocol, other.protocol[0], other.protocol[1]);
        vote(&mut self.tag, other.tag[0], other.tag[1]);
    }

    /// The strand of most stranded libraries' fragments, else of most of the aligner's tags.
    pub(crate) fn strand(&self) -> Option<Strand> {
        majority(self.protocol).or_else(|| majority(self.tag))
    }
}

/// A counted intron holds at least one base, so nothing is lost here.
pub(crate) fn junction(contig: ContigId, start: u32, end: u32) -> Option<Junction> {
    Interval::new(start, end).map(|intron| Junction { contig, intron })
}

fn vote(votes: &mut [u32; 2], forward: u32, reverse: u32) {
    votes[0] = votes[0].saturating_add(forward);
    votes[1] = votes[1].saturating_add(reverse);
}

fn majority([forward, reverse]: [u32; 2]) -> Option<Strand> {
    match forward.cmp(&reverse) {
        std::cmp::Ordering::Greater => Some(Strand::Forward),
        std::cmp::Ordering::Less => Some(Strand::Reverse),
        std::cmp::Ordering::Equal => None,
    }
}

/// The strand that all of these genes have.
pub(crate) fn common_strand(genes: &[GeneId], annotation: &Annotation) -> Option<Strand> {
    let mut strands = genes.iter().map(|&g| annotation.gene(g).strand);
    let first = strands.next()??;
    strands.all(|s| s == Some(first)).then_some(first)
}

/// Mostly one.
type Genes = SmallVec<[GeneId; 4]>;

/// Which genes have which introns and exon ends.
#[derive(Debug)]
pub(crate) struct GeneSites {
    introns: FxHashMap<Junction, Genes>,
    /// `(contig, position)` of exon ends left of an intron.
    left: FxHashMap<(ContigId, u32), Genes>,
    /// `(contig, position)` of exon starts right of an intron.
    right: FxHashMap<(ContigId, u32), Genes>,
}

impl GeneSites {
    pub(crate) fn new(annotation: &Annotation) -> Self {
        let (introns, (left, right)) = rayon::join(
            || genes_by(annotation, |contig, intron| Junction { contig, intron }),
            || {
                rayon::join(
                    || genes_by(annotation, |contig, intron| (contig, intron.start())),
                    || genes_by(annotation, |contig, intron| (contig, intron.end())),
                )
            },
        );
        Self { introns, left, right }
    }

    /// Genes with a transcript that has the intron; nothing where it is not annotated.
    pub(crate) fn of_intron(&self, junction: Junction) -> Option<&[GeneId]> {
        self.introns.get(&junction).map(Genes::as_slice)
    }

    /// Whether an annotated intron begins at this 0-based position.
    pub(crate) fn is_left_site(&self, contig: ContigId, position: u32) -> bool {
        self.left.contains_key(&(contig, position))
    }

    /// Whether an annotated intron ends before this 0-based position.
    pub(crate) fn is_right_site(&self, contig: ContigId, position: u32) -> bool {
        self.right.contains_key(&(contig, position))
    }

    /// Genes with both sites of a junction, else those with one of them.
    pub(crate) fn of_sites(&self, junction: Junction) -> Vec<GeneId> {
        let none = Genes::new();
        let left = self.left.get(&(junction.contig, junction.intron.start())).unwrap_or(&none);
        let right = self.right.get(&(junction.contig, junction.intron.end())).unwrap_or(&none);
        let both: Vec<GeneId> = left.iter().copied().filter(|g| right.contains(g)).collect();
        if !both.is_empty() {
            return both;
        }
        let mut either = [left.as_slice(), right].concat();
        either.sort_unstable();
        either.dedup();
        either
    }
}

/// For each key of an intron the genes that have such introns, in the order of the annotation.
fn genes_by<K: Eq + Hash>(
    annotation: &Annotation,
    key: impl Fn(ContigId, Interval) -> K,
) -> FxHashMap<K, Genes> {
    let mut by_key: FxHashMap<K, Genes> = FxHashMap::default();
    for (id, gene) in annotation.genes() {
        for intron in gene.transcripts.iter().flat_map(nadsplice_core::Transcript::introns) {
            let genes = by_key.entry(key(gene.contig, intron)).or_default();
            if genes.last() != Some(&id) {
                genes.push(id);
            }
        }
    }
    by_key
}

/// Counts of a sample's junctions in genome order.
pub fn junction_counts(sample: &SampleCounts) -> Vec<(Junction, u32)> {
    match &sample.evidence {
        Evidence::Fragments(evidence) => (0u32..)
            .map(ContigId)
            .zip(&evidence.contigs)
            .flat_map(|(contig, counts)| {
                counts
                    .junctions
                    .iter()
                    .filter_map(move |j| Some((junction(contig, j.start, j.end)?, j.fragments)))
            })
            .collect(),
        Evidence::Rmats(evidence) => {
            let mut reads: FxHashMap<Junction, u32> = FxHashMap::default();
            for (contig, patterns) in (0u32..).map(ContigId).zip(&evidence.contigs) {
                for count in patterns {
                    let introns = count.pattern.junctions.iter();
                    for junction in introns.filter_map(|&(start, end)| junction(contig, start, end)) {
                        *reads.entry(junction).or_default() += count.reads;
                    }
                }
            }
            let mut sorted: Vec<(Junction, u32)> = reads.into_iter().collect();
            sorted.sort_unstable();
            sorted
        }
        Evidence::Junctions(table) => (0u32..)
            .map(ContigId)
            .zip(&table.contigs)
            .flat_map(|(contig, junctions)| {
                junctions.iter().filter_map(move |j| Some((junction(contig, j.start, j.end)?, j.reads)))
            })
            .collect(),
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        ContigCounts, CountParameters, FragmentEvidence, InputIdentity, JunctionCount, StrandEvidence,
    };

    use super::*;
    use crate::{
        CohortEvidence, NovelOptions,
        toy::{annotation, gene},
    };

    fn sample(junctions: &[(u32, u32, u32, u32, u32)]) -> SampleCounts {
        let junctions = junctions
            .iter()
            .map(|&(start, end, fragments, sense_forward, tag_reverse)| JunctionCount {
                start,
                end,
                annotated: false,
                fragments,
                alone: fragments,
                sense_forward,
                tag_forward: 0,
                tag_reverse,
                max_overhang: 30,
                positions: 1,
            })
            .collect();
        let contigs = vec![ContigCounts { junctions, ..ContigCounts::default() }];
        SampleCounts {
            sample: "s".into(),
            input: InputIdentity { size: 0, pieces: [0; 32], header: [0; 32] },
            annotation: [0; 32],
            parameters: CountParameters::default(),
            contigs: vec!["chr1".into()],
            ledger: nadsplice_core::ReadLedger::default(),
            primary_alignments: 0,
            duplicate_alignments: 0,
            contig_alignments: vec![],
            paired_alignments: 0,
            strand: StrandEvidence::default(),
            read_lengths: vec![],
            aligned_lengths: vec![],
            fragment_lengths: vec![],
            evidence: Evidence::Fragments(FragmentEvidence { contigs, ..FragmentEvidence::default() }),
        }
    }

    #[test]
    fn a_junction_has_one_strand_by_protocol_then_tag_then_annotation() {
        let exons: &[&[(u32, u32)]] = &[&[(0, 10), (20, 30), (40, 50)]];
        let annotation = annotation(vec![gene(Some(Strand::Forward), exons)]);
        let mut cohort = CohortEvidence::new(&annotation, NovelOptions::default());
        // Annotated without a vote; novel between known sites with a tag; one known site and a stranded library.
        cohort
            .add(&sample(&[(10, 20, 5, 5, 0), (10, 40, 4, 4, 3)]), LibraryStrandedness::Unstranded)
            .unwrap();
        cohort.add(&sample(&[(30, 45, 6, 1, 0)]), LibraryStrandedness::Reverse).unwrap();
        let found = cohort.cohort_junctions();
        let summary: Vec<_> =
            found.iter().map(|j| (j.junction.intron.start(), j.strand, j.annotated, j.genes.len())).collect();
        assert_eq!(
            summary,
            [
                (10, Some(Strand::Forward), true, 1),
                (10, Some(Strand::Reverse), false, 1),
                (30, Some(Strand::Forward), true, 1),
                (30, Some(Strand::Forward), false, 1),
            ]
        );
    }
}
