//! Intervals of PSI in one sample.

use std::collections::HashMap;

use nadsplice_events::EventCounts;
use nadsplice_stats::interval::jeffreys;

const CONFIDENCE: f64 = 0.95;

/// Ends of the intervals of all events in one sample.
#[derive(Default)]
pub(super) struct PsiIntervals {
    pub(super) low: Vec<Option<f64>>,
    pub(super) high: Vec<Option<f64>>,
}

impl PsiIntervals {
    /// Jeffreys intervals of the share of inclusion reads, mapped to PSI by the forms' lengths.
    pub(super) fn of(counts: &EventCounts) -> Self {
        // Few distinct pairs of counts make up a sample.
        let mut known: HashMap<(u32, u32), Option<(f64, f64)>> = HashMap::new();
        let mut intervals = Self::default();
        for k in 0..counts.inclusion.len() {
            let (y, n) = (counts.inclusion[k], counts.inclusion[k].saturating_add(counts.skipping[k]));
            let share = *known.entry((y, n)).or_insert_with(|| jeffreys(y, n, CONFIDENCE));
            let ratio = counts.inclusion_length[k] / counts.skipping_length[k];
            let psi = share.filter(|_| ratio.is_finite() && ratio > 0.0).map(|(low, high)| {
                let psi = |p: f64| p / (p + ratio * (1.0 - p));
                (psi(low), psi(high))
            });
            intervals.low.push(psi.map(|p| p.0));
            intervals.high.push(psi.map(|p| p.1));
        }
        intervals
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ends_follow_the_lengths_and_reach_0_and_1() {
        let counts = EventCounts {
            inclusion: vec![7, 0, 20, 0],
            skipping: vec![13, 20, 0, 0],
            inclusion_length: vec![200.0; 4],
            skipping_length: vec![100.0; 4],
        };
        let found = PsiIntervals::of(&counts);
        // 7 of 20 is (0.17228, 0.56777) before the lengths.
        let expected = 0.172_276_213_631_912;
        assert!(
            found.low[0].is_some_and(|l| (l - expected / (expected + 2.0 * (1.0 - expected))).abs() < 1e-12)
        );
        assert_eq!((found.low[1], found.high[2]), (Some(0.0), Some(1.0)));
        assert_eq!((found.low[3], found.high[3]), (None, None));
    }
}
