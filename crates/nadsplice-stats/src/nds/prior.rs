//! The log-normal prior of the correlation, learnt from all events.

use super::grid::{GRID, OnGrid, RHO_GRID};

/// Fewer events than this do not teach a prior.
pub(crate) const MIN_EVENTS: usize = 50;
/// From this number on the mean of the prior may depend on coverage.
const MIN_TREND_EVENTS: usize = 1600;
/// Coverage bins of the trend.
const BINS: usize = 4;
/// Candidate means: the ends of their range and their number.
const MEANS: ([f64; 2], usize) = ([1.5e-3, 0.2], 28);
/// Candidate standard deviations.
const DEVIATIONS: [f64; 8] = [0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.1, 1.4];

/// The mean of the prior at one coverage.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PriorKnot {
    /// Natural logarithm of the mean number of reads over samples with reads.
    pub ln_mean_reads: f64,
    /// Mean of the natural logarithm of the correlation there.
    pub ln_rho: f64,
}

/// Where a prior comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PriorSource {
    /// Fitted to this many events.
    Estimated {
        /// The events used.
        events: usize,
    },
    /// Stated beforehand.
    Fixed,
}

/// `ln rho ~ N(m, tau^2)`, with `m` a piecewise linear function of log coverage.
#[derive(Clone, Debug, PartialEq)]
pub struct RhoPrior {
    knots: Vec<PriorKnot>,
    tau: f64,
    source: PriorSource,
}

impl RhoPrior {
    /// A prior with median correlation `median` in `(0, 1)` and standard deviation `tau > 0` of its logarithm,
    /// whatever the coverage.
    pub fn fixed(median: f64, tau: f64) -> Self {
        let knots = vec![PriorKnot { ln_mean_reads: 0.0, ln_rho: median.ln() }];
        Self { knots, tau, source: PriorSource::Fixed }
    }

    /// What is assumed where too few events are tested to learn from: median 0.02, standard deviation 0.9.
    pub fn uninformed() -> Self {
        Self::fixed(0.02, 0.9)
    }

    /// The mean at the median coverage of each coverage bin, ascending.
    pub fn knots(&self) -> &[PriorKnot] {
        &self.knots
    }

    /// Standard deviation of the natural logarithm of the correlation.
    pub fn tau(&self) -> f64 {
        self.tau
    }

    /// Whether it was estimated, and from what.
    pub fn source(&self) -> PriorSource {
        self.source
    }

    /// The mean of `ln rho` at a mean number of reads: linear in its logarithm between knots, constant outside.
    pub fn ln_rho_at(&self, mean_reads: f64) -> f64 {
        let x = mean_reads.max(f64::MIN_POSITIVE).ln();
        let after = self.knots.partition_point(|knot| knot.ln_mean_reads < x);
        match (after.checked_sub(1).map(|i| self.knots[i]), self.knots.get(after)) {
            (Some(low), Some(high)) => {
                let share = (x - low.ln_mean_reads) / (high.ln_mean_reads - low.ln_mean_reads);
                low.ln_rho + share * (high.ln_rho - low.ln_rho)
            }
            (Some(edge), None) => edge.ln_rho,
            (None, Some(edge)) => edge.ln_rho,
            (None, None) => f64::NAN,
        }
    }

    /// Adds the log density at every point of the grid, up to a constant.
    pub(crate) fn add_ln_density(&self, mean_reads: f64, to: &mut OnGrid) {
        let mean = self.ln_rho_at(mean_reads);
        for (value, ln_rho) in to.iter_mut().zip(&RHO_GRID.ln_rho) {
            *value += ln_density(*ln_rho, mean, self.tau);
        }
    }

    /// The prior under which the profiles of all events are most likely: one `tau`, a mean for each quartile of
    /// coverage, or one mean below 1600 events. `None` below 50 events.
    pub(crate) fn estimate(events: &[Profiled]) -> Option<Self> {
        if events.len() < MIN_EVENTS {
            return None;
        }
        let bins: Vec<Bin> = coverage_bins(events).into_iter().map(Bin::new).collect();
        let (mut best, mut best_likelihood) = (None, f64::NEG_INFINITY);
        for tau in DEVIATIONS {
            let fits: Vec<(PriorKnot, f64)> = bins.iter().map(|bin| bin.best_mean(tau)).collect();
            let likelihood = fits.iter().map(|(_, l)| l).sum();
            if likelihood > best_likelihood {
                best_likelihood = likelihood;
                best = Some((tau, fits));
            }
        }
        let (tau, fits) = best?;
        let knots = fits.into_iter().map(|(knot, _)| knot).collect();
        Some(Self { knots, tau, source: PriorSource::Estimated { events: events.len() } })
    }
}

/// The profile of one event, as the prior sees it.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Profiled {
    /// Mean number of reads over samples with reads.
    pub(crate) mean_reads: f64,
    /// Adjusted profile log-likelihood.
    pub(crate) profile: OnGrid,
}

fn ln_density(ln_rho: f64, mean: f64, tau: f64) -> f64 {
    let z = (ln_rho - mean) / tau;
    -0.5 * z * z
}

/// Splits events into quarters of ascending coverage.
fn coverage_bins(events: &[Profiled]) -> Vec<Vec<&Profiled>> {
    let mut sorted: Vec<&Profiled> = events.iter().collect();
    sorted.sort_by(|a, b| a.mean_reads.total_cmp(&b.mean_reads));
    let bins = if events.len() < MIN_TREND_EVENTS { 1 } else { BINS };
    sorted.chunks(events.len().div_ceil(bins)).map(<[_]>::to_vec).collect()
}

/// Events of similar coverage, their likelihoods on the plain scale.
struct Bin {
    ln_median_reads: f64,
    likelihoods: Vec<OnGrid>,
}

impl Bin {
    /// From events in ascending order of coverage.
    fn new(events: Vec<&Profiled>) -> Self {
        let middle = |i: usize| events[i].mean_reads.ln();
        let ln_median_reads = 0.5 * (middle((events.len() - 1) / 2) + middle(events.len() / 2));
        let scaled = |event: &Profiled| {
            let highest = event.profile.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            event.profile.map(|l| (l - highest).exp())
        };
        Self { ln_median_reads, likelihoods: events.into_iter().map(scaled).collect() }
    }

    /// The mean that makes the events of this bin most likely, and their log-likelihood.
    fn best_mean(&self, tau: f64) -> (PriorKnot, f64) {
        let ([low, high], steps) = (MEANS.0.map(f64::ln), MEANS.1);
        let candidates = (0..steps).map(|i| low + (high - low) * i as f64 / (steps - 1) as f64);
        let mut best = (PriorKnot { ln_mean_reads: self.ln_median_reads, ln_rho: low }, f64::NEG_INFINITY);
        for mean in candidates {
            let likelihood = self.ln_likelihood(mean, tau);
            if likelihood > best.1 {
                best = (PriorKnot { ln_mean_reads: self.ln_median_reads, ln_rho: mean }, likelihood);
            }
        }
        best
    }

    fn ln_likelihood(&self, mean: f64, tau: f64) -> f64 {
        let mut density: OnGrid = RHO_GRID.ln_rho.map(|ln_rho| ln_density(ln_rho, mean, tau).exp());
        // Normalised on the grid: otherwise a wide prior would be charged for the mass that the grid cuts off, and
        // tau would collapse.
        let mass: f64 = density.iter().sum();
        for d in &mut density {
            *d /= mass;
        }
        let mut sum = 0.0;
        for event in &self.likelihoods {
            let marginal: f64 = (0..GRID).map(|k| event[k] * density[k]).sum();
            sum += marginal.max(f64::MIN_POSITIVE).ln();
        }
        sum
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Events that know their correlation exactly.
    fn certain(ln_rho: impl Fn(usize) -> f64, events: usize) -> Vec<Profiled> {
        (0..events)
            .map(|e| Profiled {
                mean_reads: 10.0 + e as f64,
                profile: RHO_GRID.ln_rho.map(|l| -8.0 * (l - ln_rho(e)).powi(2)),
            })
            .collect()
    }

    /// Standard normal quantiles, evenly spread and shuffled by position.
    fn normal(e: usize, of: usize) -> f64 {
        let u = ((e * 7919 % of) as f64 + 0.5) / of as f64;
        -statrs::function::erf::erfc_inv(2.0 * u) * std::f64::consts::SQRT_2
    }

    #[test]
    fn median_and_spread_are_recovered() {
        let events = certain(|e| 0.03_f64.ln() + 0.75 * normal(e, 1000), 1000);
        let prior = RhoPrior::estimate(&events).unwrap();
        assert_eq!(prior.source(), PriorSource::Estimated { events: 1000 });
        assert!((prior.tau() - 0.75).abs() < 1e-12, "{}", prior.tau());
        assert!((prior.ln_rho_at(50.0) - 0.03_f64.ln()).abs() < 0.1);
    }

    #[test]
    fn trend_with_coverage_is_recovered_and_flat_outside() {
        let truth = |e: usize| -2.0 - 0.3 * (10.0 + e as f64).ln();
        let events = certain(|e| truth(e) + 0.45 * normal(e, 4001), 4001);
        let prior = RhoPrior::estimate(&events).unwrap();
        assert_eq!(prior.knots().len(), 4);
        for e in [600, 2000, 3300] {
            assert!((prior.ln_rho_at(events[e].mean_reads) - truth(e)).abs() < 0.15);
        }
        assert!((prior.ln_rho_at(1.0) - prior.knots()[0].ln_rho).abs() < 1e-12);
        assert!((prior.ln_rho_at(1e9) - prior.knots()[3].ln_rho).abs() < 1e-12);
    }

    #[test]
    fn too_few_events_teach_nothing() {
        assert_eq!(RhoPrior::estimate(&certain(|_| -3.0, 49)), None);
        assert!(RhoPrior::estimate(&certain(|_| -3.0, 50)).is_some());
    }

    #[test]
    fn order_of_events_does_not_matter() {
        let mut events = certain(|e| -3.5 + normal(e, 2003), 2003);
        let forward = RhoPrior::estimate(&events);
        events.reverse();
        assert_eq!(forward, RhoPrior::estimate(&events));
    }
}
