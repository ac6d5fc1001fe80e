//! What a table of junctions says of a sample: reads over each junction, and nothing else.

use serde::{Deserialize, Serialize};

use crate::Strand;

/// Reads over junctions, one by one. Which of them lie over several junctions at once, how deep exons and introns are
/// covered, and how many fragments a gene has is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct JunctionTable {
    /// One entry for each contig of the annotation; its junctions are sorted by start, then end, each once and with at
    /// least one read. Encoded apart, contig by contig.
    #[serde(skip)]
    pub contigs: Vec<Vec<JunctionReads>>,
}

/// A junction in a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct JunctionReads {
    /// First intronic base, 0-based.
    pub start: u32,
    /// First base after the intron.
    pub end: u32,
    /// Whether the annotation has the intron.
    pub annotated: bool,
    /// Uniquely mapped reads over it, as far as the table tells them from others; at least 1.
    pub reads: u32,
    /// The strand that the table states.
    pub strand: Option<Strand>,
    /// The largest smaller overhang of any read, where the table has it.
    pub max_overhang: Option<u32>,
}
