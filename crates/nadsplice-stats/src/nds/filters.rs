//! Which events are worth a test. Blind to which group a read came from.

use super::design::Design;
use super::event::Event;
use super::row::NdsStatus;

/// Thresholds an event must reach to be tested. All are blind to the difference between groups, so they do not bias
/// the p-values of what is left.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Filters {
    /// Samples with reads that each compared group needs; at least 1 whatever is set here.
    pub min_samples: usize,
    /// The same for a group of `large_group` samples or more.
    pub min_samples_large: usize,
    /// The size from which a group is large.
    pub large_group: usize,
    /// The mean number of reads over samples with reads.
    pub min_mean_reads: f64,
    /// The pooled share of inclusion reads must be further than this from 0 and 1. An event whose reads all support
    /// one form never passes.
    pub min_minor_share: f64,
    /// Reads of the rarer form over all samples.
    pub min_minor_reads: u64,
}

impl Default for Filters {
    /// Two samples a group, three in groups of five or more; 10 reads on average; a pooled share between 0.005 and
    /// 0.995; five reads of the rarer form.
    fn default() -> Self {
        Self {
            min_samples: 2,
            min_samples_large: 3,
            large_group: 5,
            min_mean_reads: 10.0,
            min_minor_share: 0.005,
            min_minor_reads: 5,
        }
    }
}

impl Filters {
    /// The first threshold that the event misses, or [`NdsStatus::Ok`].
    pub(crate) fn judge(&self, event: &Event, design: &Design) -> NdsStatus {
        let covered =
            |group: usize| event.samples.iter().filter(|&&s| design.group(s) == Some(group)).count();
        let too_few = design.group_sizes().iter().enumerate().any(|(group, &size)| {
            let large = size >= self.large_group;
            let wanted = if large { self.min_samples_large } else { self.min_samples };
            design.is_compared(group) && covered(group) < wanted.max(1)
        });
        if too_few || event.samples.is_empty() || event.mean_reads() < self.min_mean_reads {
            return NdsStatus::Coverage;
        }
        let inclusion: u64 = event.y.iter().copied().map(u64::from).sum();
        let reads: u64 = event.n.iter().copied().map(u64::from).sum();
        let share = inclusion as f64 / reads as f64;
        if !(self.min_minor_share < share && share < 1.0 - self.min_minor_share) {
            return NdsStatus::Invariant;
        }
        if inclusion.min(reads - inclusion) < self.min_minor_reads {
            return NdsStatus::LowMinor;
        }
        NdsStatus::Ok
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nds::counts::{EventCounts, LengthOffsets};

    fn judge(inclusion: &[u32], skipping: &[u32]) -> NdsStatus {
        let half = inclusion.len() / 2;
        let case: Vec<bool> = (0..inclusion.len()).map(|i| i >= half).collect();
        let design = Design::two_groups(&case).unwrap();
        let counts = EventCounts::new(inclusion.len(), inclusion, skipping, LengthOffsets::Equal).unwrap();
        let mut event = Event::default();
        event.load(&counts, &design, 0);
        Filters::default().judge(&event, &design)
    }

    #[test]
    fn each_threshold_has_its_status() {
        assert_eq!(judge(&[5, 6, 5, 6], &[5, 6, 5, 6]), NdsStatus::Ok);
        assert_eq!(judge(&[5, 6, 5, 0], &[5, 6, 5, 0]), NdsStatus::Coverage);
        assert_eq!(judge(&[5, 5, 5, 4], &[5, 5, 5, 5]), NdsStatus::Coverage);
        assert_eq!(judge(&[0, 0, 0, 0], &[50, 60, 50, 60]), NdsStatus::Invariant);
        assert_eq!(judge(&[500, 600, 500, 600], &[2, 2, 2, 2]), NdsStatus::Invariant);
        assert_eq!(judge(&[1, 2, 1, 0], &[50, 60, 50, 60]), NdsStatus::LowMinor);
    }

    #[test]
    fn large_groups_need_three_samples() {
        let (y, n) = ([9, 9, 0, 0, 0, 9, 9, 9, 9, 9], [9, 9, 0, 0, 0, 9, 9, 9, 9, 9]);
        assert_eq!(judge(&y, &n), NdsStatus::Coverage);
        let (y, n) = ([9, 9, 9, 0, 0, 9, 9, 9, 9, 9], [9, 9, 9, 0, 0, 9, 9, 9, 9, 9]);
        assert_eq!(judge(&y, &n), NdsStatus::Ok);
    }

    #[test]
    fn samples_without_reads_do_not_lower_the_mean() {
        assert_eq!(judge(&[5, 5, 0, 5, 5, 0], &[5, 5, 0, 5, 5, 0]), NdsStatus::Ok);
    }
}
