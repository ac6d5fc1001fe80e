//! Adjusted profile log-likelihood of the correlation, on the grid.

use super::event::Event;
use super::grid::{ANCHORS, GRID, Grid, OnGrid, RHO_GRID};
use super::mean::{WeightedLogistic, inverse_logit, two_shares};
use crate::beta_binomial::read_weight;
use crate::linear::{cholesky, cross_product, independent_columns, ln_determinant};
use crate::special::LogProduct;

/// Means are kept this far from 0 and 1 while the correlation is sought.
const MIN_MEAN: f64 = 1e-5;
/// Added to the diagonal of the information before its determinant is taken.
const RIDGE: f64 = 1e-6;
/// Expected reads of the rarer form below which a sample says nothing about overdispersion.
const MIN_EXPECTED: f64 = 0.5;

/// The likelihood that the correlation is profiled from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Likelihood {
    /// Beta-binomial with Cox and Reid's adjustment.
    BetaBinomial,
    /// Gaussian pseudo-likelihood with the same adjustment. The beta-binomial profile is biased towards too little
    /// correlation when many means are estimated from few samples; second moments are not.
    Pseudo,
}

/// Computes profiles; keeps its buffers.
#[derive(Debug, Default)]
pub(crate) struct Profiler {
    regression: WeightedLogistic,
    /// Means of every sample at each anchor, one anchor after the other.
    means: Vec<f64>,
    weights: Vec<f64>,
    information: Vec<f64>,
    /// Samples that the pseudo-likelihood uses.
    used: Vec<bool>,
    /// Counts of both forms in the samples of each of two means, ascending.
    sorted: [[Vec<u32>; 2]; 2],
}

impl Profiler {
    /// The adjusted profile log-likelihood, up to a constant; none where the means cannot be fitted.
    pub(crate) fn profile(&mut self, event: &Event) -> Option<OnGrid> {
        self.fit_means(event)?;
        let likelihood = self.choose_likelihood(event);
        let mut profile = match likelihood {
            Likelihood::BetaBinomial => self.beta_binomial(event),
            Likelihood::Pseudo => self.pseudo(event),
        };
        for (k, value) in profile.iter_mut().enumerate() {
            *value -= 0.5 * self.ln_information(event, k, likelihood)?;
        }
        profile.iter().all(|v| v.is_finite()).then_some(profile)
    }

    fn fit_means(&mut self, event: &Event) -> Option<()> {
        self.means.clear();
        for (at, anchor) in ANCHORS.into_iter().enumerate() {
            let rho = RHO_GRID.rho[anchor];
            let clip = |p: f64| p.clamp(MIN_MEAN, 1.0 - MIN_MEAN);
            if let Some(mean_of) = &event.mean_of {
                let shares = two_shares(event, mean_of, rho).map(clip);
                self.means.extend(mean_of.iter().map(|&group| shares[group]));
            } else {
                // Means move little from anchor to anchor: each starts from the one before.
                let fitted = if at == 0 {
                    self.regression.fit(event, event.columns(), rho)
                } else {
                    self.regression.refit(event, event.columns(), rho)
                };
                fitted.then_some(())?;
                self.means.extend(self.regression.eta.iter().map(|&eta| clip(inverse_logit(eta))));
            }
        }
        Some(())
    }

    /// The means in force at grid point `k`.
    fn means_at(&self, event: &Event, k: usize) -> &[f64] {
        let at = ANCHORS.iter().position(|&a| a == Grid::anchor(k)).unwrap_or(0);
        &self.means[at * event.len()..(at + 1) * event.len()]
    }

    /// Pseudo-likelihood where fewer than two thirds of the samples are left after the means (60% with two means or
    /// one), unless the samples that it can use do not identify those means.
    fn choose_likelihood(&mut self, event: &Event) -> Likelihood {
        let (samples, columns) = (event.len(), event.columns());
        let left = samples.saturating_sub(columns);
        // Two means are the best measured case of all and stay with the beta-binomial at 3 of 5 samples.
        let enough = if columns > 2 { 3 * left >= 2 * samples } else { 5 * left >= 3 * samples };
        if enough {
            return Likelihood::BetaBinomial;
        }
        // One set of samples for the whole grid, or the likelihoods of its points would not compare.
        self.used.clear();
        self.used.extend((0..samples).map(|i| {
            let n = f64::from(event.n[i]);
            let enough = |p: &f64| n * p.min(1.0 - p) >= MIN_EXPECTED;
            self.means.iter().skip(i).step_by(samples).all(enough)
        }));
        let rows = event.x.chunks_exact(columns).zip(&self.used).filter(|(_, used)| **used);
        let x: Vec<f64> = rows.flat_map(|(row, _)| row.iter().copied()).collect();
        if independent_columns(&x, columns).len() == columns {
            Likelihood::Pseudo
        } else {
            Likelihood::BetaBinomial
        }
    }

    fn beta_binomial(&mut self, event: &Event) -> OnGrid {
        let mut profile = [0.0; GRID];
        event.n.iter().for_each(|&n| RHO_GRID.subtract_norm(n, &mut profile));
        if let Some(mean_of) = &event.mean_of {
            self.sort_counts(event, mean_of);
        }
        for (k, value) in profile.iter_mut().enumerate() {
            let s = RHO_GRID.precision[k];
            let mut sum = LogProduct::new();
            let means = self.means_at(event, k);
            if let Some(mean_of) = &event.mean_of {
                for (group, [inclusion, skipping]) in self.sorted.iter().enumerate() {
                    let member = mean_of.iter().position(|&g| g == group);
                    if let Some(p) = member.map(|i| means[i]) {
                        sum.times_rising_each(p * s, inclusion);
                        sum.times_rising_each((1.0 - p) * s, skipping);
                    }
                }
            } else {
                for (i, &p) in means.iter().enumerate() {
                    sum.times_rising(p * s, event.y[i]);
                    sum.times_rising((1.0 - p) * s, event.n[i] - event.y[i]);
                }
            }
            *value += sum.ln();
        }
        profile
    }

    fn sort_counts(&mut self, event: &Event, mean_of: &[usize]) {
        self.sorted.iter_mut().flatten().for_each(Vec::clear);
        for (i, &group) in mean_of.iter().enumerate() {
            self.sorted[group][0].push(event.y[i]);
            self.sorted[group][1].push(event.n[i] - event.y[i]);
        }
        self.sorted.iter_mut().flatten().for_each(|counts| counts.sort_unstable());
    }

    fn pseudo(&self, event: &Event) -> OnGrid {
        std::array::from_fn(|k| {
            let rho = RHO_GRID.rho[k];
            let terms = self.means_at(event, k).iter().enumerate().filter(|(i, _)| self.used[*i]);
            let sum: f64 = terms
                .map(|(i, &p)| {
                    let (y, n) = (f64::from(event.y[i]), f64::from(event.n[i]));
                    let inflation = 1.0 + (n - 1.0) * rho;
                    inflation.ln() + (y - n * p).powi(2) / (n * p * (1.0 - p) * inflation)
                })
                .sum();
            -0.5 * sum
        })
    }

    /// The log determinant of the information on the means.
    fn ln_information(&mut self, event: &Event, k: usize, likelihood: Likelihood) -> Option<f64> {
        let rho = RHO_GRID.rho[k];
        let mut weights = std::mem::take(&mut self.weights);
        weights.clear();
        weights.extend(self.means_at(event, k).iter().enumerate().map(|(i, &p)| {
            let used = likelihood == Likelihood::BetaBinomial || self.used[i];
            if used { read_weight(event.n[i], rho) * f64::from(event.n[i]) * p * (1.0 - p) } else { 0.0 }
        }));
        self.weights = weights;
        if let Some(mean_of) = &event.mean_of {
            // Coded as one mean a group, so that the ridge does not tell the groups apart.
            let mut groups = [RIDGE; 2];
            mean_of.iter().zip(&self.weights).for_each(|(&group, w)| groups[group] += w);
            return Some((groups[0] * groups[1]).ln());
        }
        let columns = event.columns();
        cross_product(&event.x, columns, columns, &self.weights, &mut self.information);
        cholesky(&mut self.information, columns, RIDGE).then(|| ln_determinant(&self.information, columns))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::beta_binomial::ln_pmf;
    use crate::nds::counts::{EventCounts, LengthOffsets};
    use crate::nds::design::Design;

    fn load(design: &Design, y: &[u32], n: &[u32], offsets: LengthOffsets<'_>) -> Event {
        let s: Vec<u32> = y.iter().zip(n).map(|(y, n)| n - y).collect();
        let counts = EventCounts::new(y.len(), y, &s, offsets).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, design, 0));
        event
    }

    const Y: [u32; 6] = [5, 30, 12, 40, 20, 35];
    const N: [u32; 6] = [40, 52, 45, 60, 40, 47];

    fn two_groups() -> Design {
        Design::two_groups(&[false, false, false, true, true, true]).unwrap()
    }

    #[test]
    fn profile_is_the_likelihood_less_half_the_log_information() {
        let event = load(&two_groups(), &Y, &N, LengthOffsets::Equal);
        let profile = Profiler::default().profile(&event).unwrap();
        let at = |k: usize| {
            let rho = RHO_GRID.rho[k];
            let p = two_shares(&event, event.mean_of.as_ref().unwrap(), RHO_GRID.rho[Grid::anchor(k)]);
            let likelihood: f64 = (0..6).map(|i| ln_pmf(Y[i], N[i], p[i / 3], rho)).sum();
            let group = |g: usize| -> f64 {
                (3 * g..3 * g + 3)
                    .map(|i| read_weight(N[i], rho) * f64::from(N[i]) * p[g] * (1.0 - p[g]))
                    .sum()
            };
            likelihood - 0.5 * (group(0) * group(1)).ln()
        };
        for k in 1..GRID {
            assert!((profile[k] - profile[0] - (at(k) - at(0))).abs() < 1e-4, "{k}");
        }
    }

    #[test]
    fn common_offset_changes_nothing() {
        let equal = Profiler::default().profile(&load(&two_groups(), &Y, &N, LengthOffsets::Equal)).unwrap();
        let moved = Profiler::default()
            .profile(&load(&two_groups(), &Y, &N, LengthOffsets::PerEvent(&[0.9])))
            .unwrap();
        assert!(equal.iter().zip(&moved).all(|(a, b)| (a - b).abs() < 1e-12));
    }

    #[test]
    fn closed_form_and_regression_agree() {
        let closed = Profiler::default().profile(&load(&two_groups(), &Y, &N, LengthOffsets::Equal)).unwrap();
        let mut event = load(&two_groups(), &Y, &N, LengthOffsets::Equal);
        event.mean_of = None;
        let fitted = Profiler::default().profile(&event).unwrap();
        for (a, b) in closed.iter().zip(&fitted) {
            // The ridge counts for more where correlation leaves little information.
            assert!((a - b).abs() < 1e-4, "{a} {b}");
        }
    }

    #[test]
    fn few_samples_for_many_means_use_second_moments() {
        let rows: Vec<f64> = (0..6)
            .flat_map(|i: usize| {
                let is = |b: bool| f64::from(u8::from(b));
                [1.0, is(i / 2 == 1), is(i / 2 == 2), is(i % 2 == 1)]
            })
            .collect();
        let paired = Design::new(4, &rows, &[3], None).unwrap();
        let mut profiler = Profiler::default();
        let event = load(&paired, &Y, &N, LengthOffsets::Equal);
        assert!(profiler.profile(&event).is_some());
        assert_eq!(profiler.choose_likelihood(&event), Likelihood::Pseudo);
        // Without inclusion reads in the control samples nothing is known of their spread.
        let event = load(&paired, &[0, 30, 0, 40, 0, 35], &N, LengthOffsets::Equal);
        assert!(profiler.profile(&event).is_some());
        assert_eq!(profiler.choose_likelihood(&event), Likelihood::BetaBinomial);
    }
}
