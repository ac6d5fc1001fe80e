//! Ranges of one contig.

use std::fmt;

use serde::{Deserialize, Serialize};

/// A non-empty, 0-based, half-open range `[start, end)` in genome order.
///
/// `u32` is enough: the longest contig of any assembly in use is below 2^32 bases.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Interval {
    start: u32,
    end: u32,
}

/// The two ends do not enclose a base.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("empty interval: start {start} is not below end {end} (0-based, half-open)")]
pub struct EmptyInterval {
    /// The 0-based start asked for.
    pub start: u32,
    /// The exclusive end asked for.
    pub end: u32,
}

impl Interval {
    /// Makes `[start, end)`, both 0-based.
    ///
    /// # Errors
    /// When the range holds no base.
    pub const fn try_new(start: u32, end: u32) -> Result<Self, EmptyInterval> {
        if start < end { Ok(Self { start, end }) } else { Err(EmptyInterval { start, end }) }
    }

    /// Makes `[start, end)`, or nothing when it holds no base.
    pub const fn new(start: u32, end: u32) -> Option<Self> {
        if start < end { Some(Self { start, end }) } else { None }
    }

    /// The 0-based first position.
    pub const fn start(self) -> u32 {
        self.start
    }

    /// The 0-based position after the last one; equal to the 1-based last position.
    pub const fn end(self) -> u32 {
        self.end
    }

    /// The number of bases, at least 1.
    #[allow(clippy::len_without_is_empty, reason = "an interval is never empty")]
    pub const fn len(self) -> u32 {
        self.end - self.start
    }

    /// Whether the 0-based position lies inside.
    pub const fn contains(self, position: u32) -> bool {
        self.start <= position && position < self.end
    }

    /// Whether every base of `other` lies inside.
    pub const fn encloses(self, other: Self) -> bool {
        self.start <= other.start && other.end <= self.end
    }

    /// Whether at least one base is shared.
    pub const fn overlaps(self, other: Self) -> bool {
        self.start < other.end && other.start < self.end
    }
}

impl fmt::Display for Interval {
    /// `start-end` with a 1-based closed start and end, as samtools regions are written.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", u64::from(self.start) + 1, self.end)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_interval_holds_at_least_one_base() {
        assert_eq!(Interval::new(5, 5), None);
        assert_eq!(Interval::try_new(6, 5).unwrap_err(), EmptyInterval { start: 6, end: 5 });
        assert_eq!(Interval::new(5, 6).unwrap().len(), 1);
    }

    #[test]
    fn touching_intervals_do_not_overlap() {
        let (a, b) = (Interval::new(0, 10).unwrap(), Interval::new(10, 20).unwrap());
        assert!(!a.overlaps(b));
        assert!(a.overlaps(Interval::new(9, 11).unwrap()));
        assert!(a.contains(0) && !a.contains(10));
    }
}
