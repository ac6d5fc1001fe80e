//! What one pass over a sample's alignments leaves behind: the content of a counts file.

use serde::{Deserialize, Serialize};

use crate::{
    ContigDepth, JunctionTable, LibraryStrandedness, ReadFilter, ReadLedger, Regions, RmatsEvidence,
};

/// How reads are counted; equal parameters on equal input give equal counts files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CountParameters {
    /// Which alignments are used.
    pub filter: ReadFilter,
    /// Least aligned bases on either side of an annotated junction.
    pub min_overhang: u32,
    /// Least aligned bases on either side of a junction that the annotation lacks, and of an exon-intron boundary.
    pub min_overhang_novel: u32,
    /// Fragments, single alignments, or rMATS's reads.
    pub mode: CountMode,
    /// The parts of the genome that are counted; nothing where all of it is. All numbers of the sample are then of
    /// the alignments that overlap them, by the whole stretch from first to last aligned base, with what their mates
    /// elsewhere say about the fragment. Depth is kept inside only.
    pub regions: Option<Regions>,
}

/// What is counted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum CountMode {
    /// The two mates of a pair count once.
    Fragments,
    /// Each alignment counts, for comparison with tools that do so.
    Mates,
    /// The reads that rMATS-turbo would use, each mate on its own.
    Rmats(RmatsFilter),
}

/// Read filters of rMATS-turbo 4.3.0.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RmatsFilter {
    /// `--readLength`.
    pub read_length: u32,
    /// `--variable-read-length`: reads of other lengths are used too.
    pub variable_read_length: bool,
    /// `--allow-clipping`: soft- and hard-clipped reads are used too.
    pub allow_clipping: bool,
    /// `--anchorLength`: least aligned bases in the first and the last block.
    pub anchor: u32,
    /// `-t single`: the proper-pair flag is not asked for.
    pub single_end: bool,
}

impl Default for CountParameters {
    fn default() -> Self {
        Self {
            filter: ReadFilter::default(),
            min_overhang: 3,
            min_overhang_novel: 8,
            mode: CountMode::Fragments,
            regions: None,
        }
    }
}

/// What makes an input the same input: not its path, time or index.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct InputIdentity {
    /// Bytes of the file.
    pub size: u64,
    /// BLAKE3 of 64 evenly spaced pieces of 64 kB (of the whole file where it is smaller).
    pub pieces: [u8; 32],
    /// BLAKE3 of the header's text.
    pub header: [u8; 32],
}

/// Fragments (or alignments) by their strand: the evidence for the library's strandedness.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct StrandEvidence {
    /// Fragments over junctions annotated on one strand, read 1 on that strand.
    pub forward: u64,
    /// The same with read 2 on that strand.
    pub reverse: u64,
}

/// Fragments that the call of a strandedness needs at least.
const MIN_STRAND_EVIDENCE: u64 = 20;
/// Share of the majority from which a library is called stranded.
const STRANDED_SHARE: f64 = 0.75;

impl StrandEvidence {
    /// Fragments with evidence.
    pub fn total(&self) -> u64 {
        self.forward + self.reverse
    }

    /// Share that speaks for a forward library, in [0, 1]; nothing without evidence.
    pub fn forward_share(&self) -> Option<f64> {
        (self.total() > 0).then(|| self.forward as f64 / self.total() as f64)
    }

    /// The library that the reads show: forward or reverse from a share of 75%, else unstranded; nothing below 20
    /// fragments.
    pub fn call(&self) -> Option<LibraryStrandedness> {
        if self.total() < MIN_STRAND_EVIDENCE {
            return None;
        }
        let share = self.forward_share()?;
        Some(if share >= STRANDED_SHARE {
            LibraryStrandedness::Forward
        } else if share <= 1.0 - STRANDED_SHARE {
            LibraryStrandedness::Reverse
        } else {
            LibraryStrandedness::Unstranded
        })
    }
}

/// Everything that one pass over a sample's alignments keeps.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleCounts {
    /// The sample's name.
    pub sample: String,
    /// The alignments.
    pub input: InputIdentity,
    /// BLAKE3 of the decompressed annotation that gave exon boundaries, genes and known junctions.
    pub annotation: [u8; 32],
    /// How they were counted.
    pub parameters: CountParameters,
    /// Contig names of the annotation, in its order.
    pub contigs: Vec<String>,
    /// Where every alignment went.
    pub ledger: ReadLedger,
    /// Mapped alignments that are neither secondary nor supplementary nor failed quality control: one for each mapped
    /// read.
    pub primary_alignments: u64,
    /// Of these, alignments marked as duplicates (0x400).
    pub duplicate_alignments: u64,
    /// Contigs of the alignments' header, in its order, with the alignments there that are used, or would be if the
    /// annotation had the contig. Contigs without one are left out, but for the mitochondrion.
    pub contig_alignments: Vec<(String, u64)>,
    /// Used alignments that have a mate (0x1).
    pub paired_alignments: u64,
    /// Evidence for the library's strandedness.
    pub strand: StrandEvidence,
    /// `(bases, used alignments)` with as many bases in the read, sorted; the longest bin holds all longer ones.
    pub read_lengths: Vec<(u32, u64)>,
    /// `(bases, used alignments)` with as many aligned bases, sorted.
    pub aligned_lengths: Vec<(u32, u64)>,
    /// `(bases, weight)`: outer lengths of pairs inside uninterrupted exonic stretches of at least 500 bases, sorted.
    /// A pair of length `f` in a stretch of `L` bases has the weight `L / (L - f + 1)`, which undoes that long
    /// fragments fit in fewer places, times [`SampleCounts::PAIR_WEIGHT`].
    pub fragment_lengths: Vec<(u32, u64)>,
    /// The counts.
    pub evidence: Evidence,
}

impl SampleCounts {
    /// The weight of a pair in a stretch that is long beyond its own length.
    pub const PAIR_WEIGHT: u32 = 64;
}

/// Counts by the rule that made them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Evidence {
    /// Of fragments or single alignments.
    Fragments(FragmentEvidence),
    /// Of rMATS's reads.
    Rmats(RmatsEvidence),
    /// Of another program, junction by junction. The counting parameters say nothing about them.
    Junctions(JunctionTable),
}

/// Counts of fragments (of alignments with `--count-mates`).
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct FragmentEvidence {
    /// One entry for each contig of the annotation; encoded apart, contig by contig.
    #[serde(skip)]
    pub contigs: Vec<ContigCounts>,
    /// For each gene of the annotation the fragments over exons of this gene and of no other: strand ignored; only
    /// genes on the strand of read 1 considered; only genes on the strand of read 2.
    pub genes: Vec<[u32; 3]>,
    /// All fragments by what of the annotation they touch, strand ignored.
    pub regions: RegionFragments,
}

/// Fragments by what of the annotation they touch; each is in one field.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RegionFragments {
    /// With a base in an exon of a gene.
    pub exonic: u64,
    /// With no base in an exon and every base between the ends of a gene: wholly in introns.
    pub intronic: u64,
    /// Others.
    pub intergenic: u64,
}

/// Counts on one contig.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContigCounts {
    /// Sorted by start, then end.
    pub junctions: Vec<JunctionCount>,
    /// Fragments over two junctions or more; sorted by members.
    pub sets: Vec<JunctionSet>,
    /// Contiguous depth.
    pub depth: ContigDepth,
    /// Fragments without a junction, by the annotation's segments; sorted.
    pub bodies: Vec<BodyCount>,
}

/// A junction seen in a sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JunctionCount {
    /// First intronic base, 0-based.
    pub start: u32,
    /// First base after the intron.
    pub end: u32,
    /// Whether the annotation has the intron.
    pub annotated: bool,
    /// Fragments over this junction.
    pub fragments: u32,
    /// Of these, fragments over no other junction.
    pub alone: u32,
    /// Fragments whose read 1 lies on the forward strand (or read 2 on the reverse).
    pub sense_forward: u32,
    /// Fragments that the aligner marked as transcribed from the forward strand (`XS`, `ts`).
    pub tag_forward: u32,
    /// Fragments that the aligner marked as transcribed from the reverse strand.
    pub tag_reverse: u32,
    /// The largest smaller overhang of any alignment over it.
    pub max_overhang: u32,
    /// Distinct left overhangs modulo 64: a measure of how far the reads are spread, in 1..=64.
    pub positions: u32,
}

/// Fragments that cross the same two or more junctions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct JunctionSet {
    /// Indices into [`ContigCounts::junctions`], ascending, each once.
    pub members: Vec<u32>,
    /// Fragments.
    pub fragments: u32,
}

/// Where a fragment without junctions lies among the annotation's exon boundaries of its contig. Boundary `k` is
/// element `k` of the sorted boundaries, segment `k` the stretch before it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct BodyPattern {
    /// Whether read 1 lies on the forward strand.
    pub sense_forward: bool,
    /// Segment of the fragment's first base.
    pub first_segment: u32,
    /// Segment of its last base.
    pub last_segment: u32,
    /// Boundaries `from..to` that its reads cross with enough overhang: one range for each mate, `(0, 0)` for none,
    /// in ascending order and disjoint.
    pub crossed: [(u32, u32); 2],
}

/// Fragments of one pattern.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct BodyCount {
    /// The pattern.
    pub pattern: BodyPattern,
    /// Fragments.
    pub fragments: u32,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn strandedness_needs_evidence() {
        let call = |forward, reverse| StrandEvidence { forward, reverse }.call();
        assert_eq!(call(5, 10), None);
        assert_eq!(call(98, 2), Some(LibraryStrandedness::Forward));
        assert_eq!(call(2, 98), Some(LibraryStrandedness::Reverse));
        assert_eq!(call(60, 40), Some(LibraryStrandedness::Unstranded));
    }
}
