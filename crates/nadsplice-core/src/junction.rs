//! Splice junctions.

use crate::{ContigId, Interval};

/// A splice junction: its intron on a contig. It has no strand of its own, since one junction is never
/// reported on both strands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Junction {
    /// The contig.
    pub contig: ContigId,
    /// First intronic base to the first base after the intron, 0-based.
    pub intron: Interval,
}
