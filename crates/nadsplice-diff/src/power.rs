//! What a test could see: power, detectable differences, samples and depth that are needed.
//!
//! The likelihood-ratio statistic of two weighted shares has, with a true difference, the noncentrality of twice the
//! divergence of each share from the common one, times the effective reads behind it. Its root is held against Student's
//! t distribution with the event's degrees of freedom.

use nadsplice_stats::{
    special::{trigamma, trigamma_inverse},
    tails::{ln_t_upper, t_quantile},
};

/// Power at which a difference counts as detectable.
pub const POWER: f64 = 0.8;
/// Two-sided level of the test.
const LEVEL: f64 = 0.05;
/// Shares are kept this far from 0 and 1.
const MIN_SHARE: f64 = 1e-6;

/// How much is known of two groups' means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Information {
    /// Effective reads of the case group: each read weighted by `1 / (1 + (n - 1) rho)`.
    pub reads_case: f64,
    /// The same of the control group.
    pub reads_control: f64,
    /// Degrees of freedom of the test.
    pub df: f64,
}

/// Where a difference starts from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Start {
    /// PSI without the difference, in [0, 1].
    pub psi: f64,
    /// `ln(inclusion length / skipping length)`.
    pub offset: f64,
}

impl Start {
    fn share(self, psi: f64) -> f64 {
        let weighted = self.offset.exp() * psi;
        (weighted / (weighted + 1.0 - psi)).clamp(MIN_SHARE, 1.0 - MIN_SHARE)
    }

    /// The PSI on the other side of a difference: half of it lies on either side of the start, as far as there is room.
    fn ends(self, delta: f64) -> [f64; 2] {
        let low = (self.psi - 0.5 * delta).clamp(0.0, 1.0 - delta);
        [low, low + delta]
    }
}

impl Information {
    /// The chance that a test at 0.05 sees the difference `delta` of PSI, in [0, 1].
    pub fn power(&self, start: Start, delta: f64) -> f64 {
        let critical = t_quantile(1.0 - 0.5 * LEVEL, self.df);
        ln_t_upper(critical - self.noncentrality(start, delta).sqrt(), self.df).exp()
    }

    /// The smallest difference that is seen with a power of 80%; nothing where even a difference of 1 is not.
    pub fn detectable(&self, start: Start) -> Option<f64> {
        let root = t_quantile(1.0 - 0.5 * LEVEL, self.df) + t_quantile(POWER, self.df);
        let wanted = root * root;
        if self.noncentrality(start, 1.0) < wanted {
            return None;
        }
        let (mut low, mut high) = (0.0, 1.0);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if self.noncentrality(start, middle) < wanted { low = middle } else { high = middle }
        }
        Some(high)
    }

    /// The mean of both directions, case above control and below.
    fn noncentrality(&self, start: Start, delta: f64) -> f64 {
        let [low, high] = start.ends(delta).map(|psi| start.share(psi));
        let (m, n) = (self.reads_case, self.reads_control);
        let divergence = |p: f64, q: f64| p * (p / q).ln() + (1.0 - p) * ((1.0 - p) / (1.0 - q)).ln();
        let one = |case: f64, control: f64| {
            let common = (m * case + n * control) / (m + n);
            2.0 * (m * divergence(case, common) + n * divergence(control, common))
        };
        0.5 * (one(low, high) + one(high, low))
    }
}

/// An event as a pilot saw it, from which other cohorts are imagined.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Pilot {
    /// Reads of both forms in a typical sample.
    pub reads: f64,
    /// Correlation of two reads of one sample.
    pub rho: f64,
    /// Standard deviation of the prior of its logarithm.
    pub tau: f64,
    /// PSI and offset of lengths.
    pub start: Start,
}

impl Pilot {
    /// What a cohort of this many samples a group, sequenced `depth` times as deeply, would know.
    ///
    /// Degrees of freedom are those of a variance of which the prior and the residuals of the samples both know
    /// something, the prior by `tau`, the residuals by their number.
    pub fn information(&self, samples: u32, depth: f64) -> Information {
        let reads = (self.reads * depth).max(1.0);
        let inflation = 1.0 + (reads - 1.0) * self.rho;
        let by_prior = (self.tau * (inflation - 1.0) / inflation).powi(2);
        let residual = 2.0 * f64::from(samples) - 2.0;
        let variance = (by_prior.recip() + trigamma(0.5 * residual.max(1.0)).recip()).recip();
        let df = 2.0 * trigamma_inverse(variance.clamp(1e-4, 50.0));
        let effective = f64::from(samples) * reads / inflation;
        Information { reads_case: effective, reads_control: effective, df }
    }

    /// The fewest samples a group, at least 2, that see a difference with a power of 80%; nothing above `most`.
    pub fn samples_needed(&self, delta: f64, most: u32) -> Option<u32> {
        let enough = |samples: u32| self.information(samples, 1.0).power(self.start, delta) >= POWER;
        if !enough(most) {
            return None;
        }
        let (mut few, mut many) = (1, most);
        while many - few > 1 {
            let middle = few.midpoint(many);
            if enough(middle) { many = middle } else { few = middle }
        }
        Some(many)
    }

    /// How many times as deeply so many samples a group must be sequenced to see a difference with a power of 80%, at
    /// least a hundredth of now; nothing where no more than `most` times is enough, since samples differ however
    /// deeply they are read.
    pub fn depth_needed(&self, samples: u32, delta: f64, most: f64) -> Option<f64> {
        let enough = |depth: f64| self.information(samples, depth).power(self.start, delta) >= POWER;
        if !enough(most) {
            return None;
        }
        let (mut low, mut high) = (0.01_f64, most);
        if enough(low) {
            return Some(low);
        }
        for _ in 0..40 {
            let middle = (low * high).sqrt();
            if enough(middle) { high = middle } else { low = middle }
        }
        Some(high)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const HALF: Start = Start { psi: 0.5, offset: 0.0 };

    #[test]
    fn a_detectable_difference_is_seen_with_the_stated_power() {
        for psi in [0.05, 0.3, 0.5, 0.97] {
            let information = Information { reads_case: 80.0, reads_control: 40.0, df: 12.0 };
            let start = Start { psi, offset: 0.7 };
            let delta = information.detectable(start).unwrap();
            assert!((information.power(start, delta) - POWER).abs() < 1e-6);
            assert!(information.power(start, 0.5 * delta) < 0.5);
        }
        assert_eq!(Information { reads_case: 1.0, reads_control: 1.0, df: 4.0 }.detectable(HALF), None);
    }

    #[test]
    fn near_one_half_it_is_the_textbook_formula() {
        let information = Information { reads_case: 2000.0, reads_control: 2000.0, df: 1e6 };
        let want = (1.959_964 + 0.841_621) * (2.0 * 0.25 / 2000.0_f64).sqrt();
        assert!((information.detectable(HALF).unwrap() / want - 1.0).abs() < 0.01);
    }

    #[test]
    fn depth_does_not_replace_samples() {
        let pilot = Pilot { reads: 40.0, rho: 0.05, tau: 0.6, start: HALF };
        let needed = pilot.samples_needed(0.1, 1000).unwrap();
        assert!((20..60).contains(&needed), "{needed}");
        assert_eq!(pilot.depth_needed(5, 0.1, 1000.0), None);
        let deeper = pilot.depth_needed(needed - 5, 0.1, 1000.0).unwrap();
        assert!(deeper > 1.0);
        assert!(pilot.depth_needed(needed + 10, 0.1, 1000.0).unwrap() < 1.0);
        assert_eq!(pilot.samples_needed(0.001, 1000), None);
    }
}
