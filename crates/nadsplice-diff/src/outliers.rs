//! Samples whose PSI does not go with their group's.
//!
//! A sample is held against the beta-binomial distribution that the other samples predict: the weighted mean of its
//! group, the correlation that the others show, and the uncertainty of both. Both tails count, and Holm's correction over
//! the samples of the event keeps to one event in a hundred with a false outlier.

use nadsplice_stats::{
    beta_binomial::{ln_pmf, read_weight},
    multiple_testing::holm,
    special::trigamma,
};

/// Adjusted p-value below which a sample is told.
const LEVEL: f64 = 0.01;
/// Samples nearer to their mean than this many standard deviations need no exact tail.
const NEAR: f64 = 2.0;
/// Samples of a group without which nothing is said: of fewer, nobody knows who the odd one is.
const LEAST_SAMPLES: usize = 3;
/// Means are kept this far from 0 and 1.
const MIN_MEAN: f64 = 1e-3;
/// The smallest correlation that is told from none.
const MIN_RHO: f64 = 3e-4;

/// Reads of one event in one sample.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Reads {
    pub(crate) inclusion: u32,
    pub(crate) total: u32,
    pub(crate) group: Option<usize>,
}

/// What is known of how far samples of a group lie apart.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Spread {
    /// The groups are all of the model: mean and standard deviation of the prior of the logarithm of the correlation.
    Learnt { ln_rho: f64, tau: f64 },
    /// The model has covariates: the correlation beyond them, below that about the groups' means.
    Residual { rho: f64 },
}

impl Spread {
    /// The least that could be said without looking at the samples.
    fn beforehand(self) -> f64 {
        match self {
            Self::Learnt { ln_rho, .. } => ln_rho.exp(),
            Self::Residual { rho } => rho,
        }
    }

    /// The correlation to hold a sample against.
    fn without(self, samples: &[Reads], sample: usize) -> f64 {
        match self {
            // What covariates explain of the others is unexplained here, and they are too few to tell the one from the
            // other without the sample.
            Self::Residual { rho } => spread_about_groups(samples, rho),
            Self::Learnt { ln_rho, tau } => {
                let mut others = samples.to_vec();
                others[sample].total = 0;
                let covered = others.iter().filter(|s| s.group.is_some() && s.total > 0);
                let mut groups: Vec<usize> = covered.clone().filter_map(|s| s.group).collect();
                groups.sort_unstable();
                groups.dedup();
                let left = covered.count().saturating_sub(groups.len());
                if left == 0 {
                    return ln_rho.exp();
                }
                let seen = spread_about_groups(&others, MIN_RHO).ln();
                let (by_prior, by_others) = (tau.powi(-2), trigamma(0.5 * left as f64).recip());
                let mean =
                    (ln_rho * by_prior + seen.max(ln_rho - 3.0 * tau) * by_others) / (by_prior + by_others);
                // One standard deviation up, for what is not known of it.
                (mean + (by_prior + by_others).sqrt().recip()).exp().min(0.9)
            }
        }
    }
}

/// The positions of samples that are outliers of their group.
pub(crate) fn outliers(samples: &[Reads], spread: Spread) -> Vec<usize> {
    let rho = spread.beforehand();
    let p_values: Vec<Option<f64>> = (0..samples.len())
        .map(|s| match two_sided(samples, s, rho) {
            Some(p) if p < LEVEL => two_sided(samples, s, spread.without(samples, s)),
            near => near,
        })
        .collect();
    // Most events have nobody far out.
    if p_values.iter().flatten().all(|&p| p >= LEVEL) {
        return Vec::new();
    }
    let adjusted = holm(&p_values);
    (0..samples.len()).filter(|&s| adjusted[s].is_some_and(|p| p < LEVEL)).collect()
}

fn two_sided(samples: &[Reads], sample: usize, rho: f64) -> Option<f64> {
    let Reads { inclusion, total, group } = samples[sample];
    if total == 0 || group.is_none() {
        return None;
    }
    let (mut reads, mut included, mut others) = (0.0, 0.0, 0);
    for (k, other) in samples.iter().enumerate() {
        if k != sample && other.group == group && other.total > 0 {
            let weight = read_weight(other.total, rho);
            reads += weight * f64::from(other.total);
            included += weight * f64::from(other.inclusion);
            others += 1;
        }
    }
    if others + 1 < LEAST_SAMPLES {
        return None;
    }
    let mean = (included / reads).clamp(MIN_MEAN, 1.0 - MIN_MEAN);
    let n = f64::from(total);
    let inflation = 1.0 + (n - 1.0) * rho + n / reads;
    let deviation = (f64::from(inclusion) - n * mean).abs();
    if deviation < NEAR * (n * mean * (1.0 - mean) * inflation).sqrt() {
        return Some(1.0);
    }
    if total == 1 {
        return Some((2.0 * if inclusion == 1 { mean } else { 1.0 - mean }).min(1.0));
    }
    let predicted = ((inflation - 1.0) / (n - 1.0)).min(0.99);
    Some((2.0 * tail(inclusion, total, mean, predicted)).min(1.0))
}

/// The probability of the count or one farther out on its side of the mean.
fn tail(y: u32, n: u32, mean: f64, rho: f64) -> f64 {
    // The side below the mean of one form is the side above it of the other.
    let (y, mean) = if f64::from(y) > f64::from(n) * mean { (n - y, 1.0 - mean) } else { (y, mean) };
    let s = rho.recip() - 1.0;
    let (a, b) = (mean * s, (1.0 - mean) * s);
    let mut term = ln_pmf(y, n, mean, rho).exp();
    let mut sum = term;
    for k in (0..y).rev() {
        // Ratio of the probabilities of k and k + 1.
        let (k, n) = (f64::from(k), f64::from(n));
        term *= (k + 1.0) * (n - k - 1.0 + b) / ((n - k) * (k + a));
        sum += term;
        if term < 1e-12 * sum {
            break;
        }
    }
    sum
}

/// The correlation that the spread about the groups' weighted means shows, at least `rho`.
fn spread_about_groups(samples: &[Reads], rho: f64) -> f64 {
    let excess = |rho: f64| {
        let (mut pearson, mut groups, mut covered) = (0.0, 0.0, 0.0);
        let highest = samples.iter().filter_map(|s| s.group).max().map_or(0, |g| g + 1);
        for group in 0..highest {
            let members = || samples.iter().filter(|s| s.group == Some(group) && s.total > 0);
            let weight = |s: &Reads| read_weight(s.total, rho);
            let reads: f64 = members().map(|s| weight(s) * f64::from(s.total)).sum();
            if reads <= 0.0 {
                continue;
            }
            let share = members().map(|s| weight(s) * f64::from(s.inclusion)).sum::<f64>() / reads;
            let mean = share.clamp(MIN_MEAN, 1.0 - MIN_MEAN);
            groups += 1.0;
            for s in members() {
                let n = f64::from(s.total);
                covered += 1.0;
                pearson +=
                    weight(s) * (f64::from(s.inclusion) - n * mean).powi(2) / (n * mean * (1.0 - mean));
            }
        }
        pearson - (covered - groups)
    };
    let (mut low, mut high) = (rho, 0.9_f64.max(rho));
    if excess(low) <= 0.0 {
        return rho;
    }
    for _ in 0..30 {
        let middle = (low * high).sqrt();
        if excess(middle) > 0.0 { low = middle } else { high = middle }
    }
    high
}

#[cfg(test)]
mod tests {
    use super::*;

    fn reads(counts: &[(u32, u32, usize)]) -> Vec<Reads> {
        counts
            .iter()
            .map(|&(inclusion, total, group)| Reads { inclusion, total, group: Some(group) })
            .collect()
    }

    #[test]
    fn a_sample_far_from_its_group_is_told() {
        let samples = reads(&[
            (40, 50, 0),
            (42, 50, 0),
            (3, 50, 0),
            (39, 50, 0),
            (20, 50, 1),
            (22, 50, 1),
            (19, 50, 1),
            (0, 0, 1),
        ]);
        assert_eq!(outliers(&samples, Spread::Learnt { ln_rho: -4.6, tau: 0.6 }), [2]);
        // With such a spread everywhere it is nothing special.
        assert_eq!(outliers(&samples, Spread::Learnt { ln_rho: -0.7, tau: 0.2 }), [0; 0]);
    }

    #[test]
    fn of_two_samples_nobody_knows_the_odd_one() {
        let samples = reads(&[(50, 50, 0), (0, 50, 0), (5, 10, 1), (0, 0, 1)]);
        assert_eq!(outliers(&samples, Spread::Learnt { ln_rho: -4.6, tau: 0.6 }), [0; 0]);
    }

    #[test]
    fn tails_are_sums_of_probabilities() {
        for (y, n, mean, rho) in [(3, 40, 0.3, 0.05), (30, 40, 0.3, 0.05), (0, 9, 0.6, 0.2), (9, 9, 0.6, 0.2)]
        {
            let range = if f64::from(y) > f64::from(n) * mean { y..=n } else { 0..=y };
            let want: f64 = range.map(|k| ln_pmf(k, n, mean, rho).exp()).sum();
            assert!((tail(y, n, mean, rho) - want).abs() < 1e-10);
        }
    }

    #[test]
    fn spread_that_covariates_explain_is_spread_about_groups() {
        // Two donors far apart in both groups.
        let samples = reads(&[(10, 50, 0), (40, 50, 0), (12, 50, 1), (42, 50, 1)]);
        assert!(spread_about_groups(&samples, 0.001) > 0.2);
        let even = reads(&[(25, 50, 0), (26, 50, 0), (24, 50, 1), (26, 50, 1)]);
        assert!((spread_about_groups(&even, 0.001) - 0.001).abs() < 1e-12);
        assert_eq!(outliers(&samples, Spread::Residual { rho: 0.001 }), [0; 0]);
    }
}
