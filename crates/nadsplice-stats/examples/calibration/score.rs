//! What tests say, held against the truth.

use super::cohort::Cohort;
use nadsplice_stats::NdsRow;
use nadsplice_stats::multiple_testing::benjamini_hochberg;

/// Levels at which the error rate is counted.
pub(crate) const LEVELS: [f64; 3] = [0.05, 0.01, 0.001];
/// False discovery rate at which calls are made.
const FDR: f64 = 0.05;

/// Sums over the cohorts of a scenario.
#[derive(Clone, Debug, Default)]
pub(crate) struct Score {
    pub(crate) cohorts: usize,
    /// Tested events without a difference.
    pub(crate) null: usize,
    /// Of these, those below each of [`LEVELS`].
    below: [usize; 3],
    /// Tested events with a difference.
    pub(crate) changed: usize,
    /// Calls, and false ones among them.
    pub(crate) called: usize,
    false_calls: usize,
    /// True events found where, along the ranking, 5% of what is above is false.
    found_at_true_fdr: usize,
    /// Intervals of events without and with a difference, and those that hold the true one.
    intervals: [usize; 2],
    covered: [usize; 2],
}

impl Score {
    pub(crate) fn add(&mut self, cohort: &Cohort, p_values: &[Option<f64>]) {
        self.cohorts += 1;
        let tested: Vec<(f64, bool)> = p_values
            .iter()
            .zip(&cohort.changed)
            .filter_map(|(p, &changed)| p.map(|p| (p, changed)))
            .collect();
        self.changed += tested.iter().filter(|(_, changed)| *changed).count();
        for (p, _) in tested.iter().filter(|(_, changed)| !changed) {
            self.null += 1;
            for (below, level) in self.below.iter_mut().zip(LEVELS) {
                *below += usize::from(*p < level);
            }
        }
        for (q, &changed) in benjamini_hochberg(p_values).iter().zip(&cohort.changed) {
            if q.is_some_and(|q| q < FDR) {
                self.called += 1;
                self.false_calls += usize::from(!changed);
            }
        }
        self.found_at_true_fdr += found_at_true_fdr(tested);
    }

    pub(crate) fn add_intervals(&mut self, cohort: &Cohort, rows: &[NdsRow]) {
        for (row, (&delta, &changed)) in rows.iter().zip(cohort.delta.iter().zip(&cohort.changed)) {
            if let (Some(low), Some(high)) = (row.ci_low, row.ci_high) {
                self.intervals[usize::from(changed)] += 1;
                self.covered[usize::from(changed)] += usize::from((low..=high).contains(&delta));
            }
        }
    }

    /// Share of null events below each of [`LEVELS`].
    pub(crate) fn type_one(&self) -> [Option<f64>; 3] {
        self.below.map(|below| share(below, self.null))
    }

    /// Share of false ones among the calls.
    pub(crate) fn fdr(&self) -> Option<f64> {
        share(self.false_calls, self.called)
    }

    /// Share of the changed events that are called.
    pub(crate) fn power(&self) -> Option<f64> {
        share(self.called - self.false_calls, self.changed)
    }

    /// Share of the changed events that are found where 5% of the found are false.
    pub(crate) fn power_at_true_fdr(&self) -> Option<f64> {
        share(self.found_at_true_fdr, self.changed)
    }

    /// Share of the intervals that hold the true difference: of events without one, and with one.
    pub(crate) fn coverage(&self) -> [Option<f64>; 2] {
        [0, 1].map(|k| share(self.covered[k], self.intervals[k]))
    }

    /// The same of all events.
    pub(crate) fn coverage_of_all(&self) -> Option<f64> {
        share(self.covered.iter().sum(), self.intervals.iter().sum())
    }
}

fn share(part: usize, of: usize) -> Option<f64> {
    (of > 0).then(|| part as f64 / of as f64)
}

fn found_at_true_fdr(mut tested: Vec<(f64, bool)>) -> usize {
    tested.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut found, mut wrong, mut best) = (0, 0, 0);
    for (_, changed) in tested {
        if changed {
            found += 1;
        } else {
            wrong += 1;
        }
        if 20 * wrong <= found + wrong {
            best = found;
        }
    }
    best
}
