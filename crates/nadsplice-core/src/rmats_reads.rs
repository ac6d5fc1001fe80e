//! Reads as rMATS-turbo uses them.

use serde::{Deserialize, Serialize};

/// Where a read ended under rMATS's rules, in its own words.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RmatsOutcome {
    /// Kept; what it matches is decided gene by gene.
    Kept,
    /// Not flagged as a proper pair.
    NotPaired,
    /// `NH` is absent or not 1.
    NotNh1,
    /// A CIGAR other than `M` and `M N M ...`.
    NotExpectedCigar,
    /// Another length than the stated one.
    NotExpectedReadLength,
    /// Clipped.
    Clipped,
}

/// Counts of rMATS's reads.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RmatsEvidence {
    /// For each contig of the annotation its patterns, sorted; encoded apart, contig by contig.
    #[serde(skip)]
    pub contigs: Vec<Vec<RmatsPatternCount>>,
    /// Alignments by [`RmatsOutcome`].
    pub outcomes: [u64; 6],
}

/// Orientation of a read under a forward-stranded protocol.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum ReadSense {
    /// Transcribed from the forward strand.
    Forward,
    /// Transcribed from the reverse strand.
    Reverse,
    /// The two mates lie on the same strand: no transcript strand, so not used with a stranded library.
    Inconsistent,
}

/// What rMATS keeps of a read: the segments (between the annotation's exon boundaries of the contig; segment `k` ends
/// at boundary `k`) of its outer ends and its junctions.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RmatsPattern {
    /// Orientation.
    pub sense: ReadSense,
    /// Segment of the first base.
    pub first_segment: u32,
    /// Segment of the last base.
    pub last_segment: u32,
    /// Reads without a junction: boundaries `from..to` with at least the anchor on both sides.
    pub crossed: (u32, u32),
    /// Whether the first and the last block have the anchor.
    pub anchored: bool,
    /// Introns, 0-based half-open, in genome order.
    pub junctions: Vec<(u32, u32)>,
}

/// Reads of one pattern.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct RmatsPatternCount {
    /// The pattern.
    pub pattern: RmatsPattern,
    /// Reads.
    pub reads: u32,
}
