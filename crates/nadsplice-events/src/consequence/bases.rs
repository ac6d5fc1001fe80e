//! Where bases of the genome come from.

use nadsplice_core::Interval;

/// A reference genome, as far as consequences need one.
pub trait Bases {
    /// The bases of an interval (0-based, half-open) in genome order, in either case; nothing where the reference
    /// does not have all of them.
    fn bases(&mut self, contig: &str, interval: Interval) -> Option<Vec<u8>>;
}
