//! Intervals of PSI in one sample.

use nadsplice_stats::interval::jeffreys;
use rayon::prelude::*;
use rustc_hash::FxHashMap;

const CONFIDENCE: f64 = 0.95;
/// Pairs of counts to remember.
const MAX_KNOWN: usize = 1 << 20;

/// Both ends of an interval, in [0, 1].
pub(super) type Ends = (f64, f64);

/// Jeffreys intervals of the share of inclusion reads. Few distinct pairs of counts make up a table, so each is
/// computed once.
#[derive(Default)]
pub(super) struct ShareIntervals {
    known: FxHashMap<(u32, u32), Option<Ends>>,
}

impl ShareIntervals {
    /// Computes the intervals of these counts of inclusion and skipping, where they are not known.
    pub(super) fn prepare(&mut self, counts: impl Iterator<Item = (u32, u32)>) {
        if self.known.len() > MAX_KNOWN {
            self.known.clear();
        }
        let mut missing: Vec<(u32, u32)> =
            counts.map(of_all).filter(|pair| !self.known.contains_key(pair)).collect();
        missing.sort_unstable();
        missing.dedup();
        self.known.par_extend(missing.into_par_iter().map(|(y, n)| ((y, n), jeffreys(y, n, CONFIDENCE))));
    }

    /// The interval of prepared counts.
    pub(super) fn of(&self, counts: (u32, u32)) -> Option<Ends> {
        self.known.get(&of_all(counts)).copied().flatten()
    }
}

/// An interval of the share of inclusion reads as one of PSI, by the lengths of both forms.
pub(super) fn of_psi((low, high): Ends, lengths: (f64, f64)) -> Option<Ends> {
    let ratio = lengths.0 / lengths.1;
    let psi = |p: f64| p / (p + ratio * (1.0 - p));
    (ratio.is_finite() && ratio > 0.0).then(|| (psi(low), psi(high)))
}

/// Inclusion and skipping as inclusion out of all.
const fn of_all((inclusion, skipping): (u32, u32)) -> (u32, u32) {
    (inclusion, inclusion.saturating_add(skipping))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_follow_the_lengths_and_reach_0_and_1() {
        let mut intervals = ShareIntervals::default();
        let counts = [(7, 13), (0, 20), (20, 0), (0, 0)];
        intervals.prepare(counts.into_iter());
        let found = counts.map(|c| of_psi(intervals.of(c)?, (200.0, 100.0)));
        // 7 of 20 is (0.17228, 0.56777) before the lengths.
        let expected = 0.172_276_213_631_912;
        let low = found[0].unwrap().0;
        assert!((low - expected / (expected + 2.0 * (1.0 - expected))).abs() < 1e-12);
        assert_eq!((found[1].unwrap().0, found[2].unwrap().1), (0.0, 1.0));
        assert_eq!(found[3], None);
        assert_eq!(of_psi(intervals.of((7, 13)).unwrap(), (200.0, 0.0)), None);
    }
}
