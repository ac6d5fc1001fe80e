//! Means at a given correlation: weighted shares, or weighted logistic regression.

use super::event::Event;
use crate::beta_binomial::read_weight;
use crate::linear::{cholesky, cross_product, solve};

/// Ridge that keeps a separated model solvable.
const RIDGE: f64 = 1e-8;
/// Reweighting steps; the start is so near that more change nothing that matters.
const STEPS: usize = 6;
/// Change of the linear predictors after which another step changes nothing, convergence being quadratic.
const SETTLED: f64 = 1e-7;
/// Steps of the careful fit.
const CAREFUL_STEPS: usize = 30;
/// Score, as a share of the reads behind it, above which the plain steps have gone astray.
const ASTRAY: f64 = 0.01;
/// Linear predictors beyond this are certain in a float anyway.
const MAX_ETA: f64 = 30.0;

/// `1 / (1 + exp(-eta))`.
pub(crate) fn inverse_logit(eta: f64) -> f64 {
    (1.0 + (-eta).exp()).recip()
}

/// `ln(p / (1 - p))`; infinite at 0 and 1.
pub(crate) fn logit(p: f64) -> f64 {
    p.ln() - (-p).ln_1p()
}

/// Reads of each of two groups and their inclusion share, every read weighted by what correlated reads are worth.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct WeightedShare {
    inclusion: f64,
    /// The weighted reads: the effective sample size.
    pub(crate) reads: f64,
}

impl WeightedShare {
    /// Adds one sample.
    pub(crate) fn add(&mut self, y: u32, n: u32, rho: f64) {
        let weight = read_weight(n, rho);
        self.inclusion += weight * f64::from(y);
        self.reads += weight * f64::from(n);
    }

    /// The share of inclusion reads, in `[0, 1]`; NaN without reads.
    pub(crate) fn share(self) -> f64 {
        (self.inclusion / self.reads).clamp(0.0, 1.0)
    }
}

/// The weighted shares of the two groups of a model of two means.
pub(crate) fn two_shares(event: &Event, mean_of: &[usize], rho: f64) -> [f64; 2] {
    let mut groups = [WeightedShare::default(); 2];
    for (i, &group) in mean_of.iter().enumerate() {
        groups[group].add(event.y[i], event.n[i], rho);
    }
    groups.map(WeightedShare::share)
}

/// Weighted logistic regression with offsets by iteratively reweighted least squares; keeps its buffers.
#[derive(Debug, Default)]
pub(crate) struct WeightedLogistic {
    /// Coefficients of the last fit.
    pub(crate) beta: Vec<f64>,
    /// Linear predictors of the last fit, offsets included.
    pub(crate) eta: Vec<f64>,
    /// Weighted information `X'WX` of the last step, as a Cholesky factor.
    pub(crate) factor: Vec<f64>,
    weights: Vec<f64>,
    last: Vec<f64>,
}

impl WeightedLogistic {
    /// Fits the first `columns` columns of the model, reads weighted for correlation `rho`.
    ///
    /// False where the normal equations cannot be solved.
    pub(crate) fn fit(&mut self, event: &Event, columns: usize, rho: f64) -> bool {
        self.eta.clear();
        self.eta.extend(
            event.y.iter().zip(&event.n).map(|(&y, &n)| logit((f64::from(y) + 0.25) / (f64::from(n) + 0.5))),
        );
        self.refit(event, columns, rho)
    }

    /// The same, started from the linear predictors of the last fit.
    pub(crate) fn refit(&mut self, event: &Event, columns: usize, rho: f64) -> bool {
        let mut solved = true;
        for _ in 0..STEPS {
            self.last.clone_from(&self.eta);
            solved = self.reweight(event, columns, rho);
            let unchanged = self.eta.iter().zip(&self.last).all(|(eta, last)| (eta - last).abs() < SETTLED);
            if !solved || unchanged {
                break;
            }
        }
        // From samples that disagree wildly the plain steps may run off to a far plateau.
        (solved && self.solves(event, columns, rho)) || self.fit_carefully(event, columns, rho)
    }

    /// Newton steps from all means at one half, halved where they lower the likelihood, which is concave.
    fn fit_carefully(&mut self, event: &Event, columns: usize, rho: f64) -> bool {
        self.beta.clear();
        self.beta.resize(columns, 0.0);
        self.predict(event);
        let mut likelihood = self.likelihood(event, rho);
        for _ in 0..CAREFUL_STEPS {
            self.last.clone_from(&self.beta);
            if !self.reweight(event, columns, rho) {
                return false;
            }
            let mut raised = self.likelihood(event, rho);
            for _ in 0..CAREFUL_STEPS {
                if raised >= likelihood {
                    break;
                }
                self.beta.iter_mut().zip(&self.last).for_each(|(b, last)| *b = 0.5 * (*b + last));
                self.predict(event);
                raised = self.likelihood(event, rho);
            }
            if raised - likelihood < 1e-10 {
                break;
            }
            likelihood = raised;
        }
        self.eta.iter().all(|eta| eta.is_finite())
    }

    /// One step of reweighting from the present linear predictors.
    fn reweight(&mut self, event: &Event, columns: usize, rho: f64) -> bool {
        let stride = event.columns();
        self.beta.clear();
        self.beta.resize(columns, 0.0);
        self.weights.clear();
        let rows = event.x.chunks_exact(stride).zip(&self.eta).zip(&event.offset);
        for (((row, &eta), offset), (&y, &n)) in rows.zip(event.y.iter().zip(&event.n)) {
            let weight = read_weight(n, rho);
            let (y, n) = (f64::from(y), f64::from(n));
            let mu = inverse_logit(eta);
            let information = weight * n * mu * (1.0 - mu);
            // W z with z = eta - offset + (y - n mu) / (n mu (1 - mu)); the variance cancels.
            let response = information * (eta - offset) + weight * (y - n * mu);
            self.weights.push(information);
            self.beta.iter_mut().zip(row).for_each(|(b, x)| *b += x * response);
        }
        cross_product(&event.x, stride, columns, &self.weights, &mut self.factor);
        if !cholesky(&mut self.factor, columns, RIDGE) {
            return false;
        }
        solve(&self.factor, columns, &mut self.beta);
        self.predict(event);
        true
    }

    /// Linear predictors from the coefficients.
    fn predict(&mut self, event: &Event) {
        let Self { beta, eta, .. } = self;
        eta.clear();
        eta.extend(event.x.chunks_exact(event.columns()).zip(&event.offset).map(|(row, offset)| {
            let linear: f64 = row.iter().zip(beta.iter()).map(|(x, b)| x * b).sum();
            (linear + offset).clamp(-MAX_ETA, MAX_ETA)
        }));
    }

    /// Whether the score equations hold, near enough.
    fn solves(&self, event: &Event, columns: usize, rho: f64) -> bool {
        let residual = |i: usize| {
            let (y, n) = (f64::from(event.y[i]), f64::from(event.n[i]));
            let weight = read_weight(event.n[i], rho);
            (weight * (y - n * inverse_logit(self.eta[i])), weight * n)
        };
        (0..columns).all(|column| {
            let values = event.x.iter().skip(column).step_by(event.columns()).enumerate();
            let (score, reads) = values.fold((0.0, 0.0), |(score, reads): (f64, f64), (i, x)| {
                let (residual, own) = residual(i);
                (score + x * residual, reads + x.abs() * own)
            });
            score.abs() <= ASTRAY * reads
        })
    }

    /// The weighted log-likelihood.
    fn likelihood(&self, event: &Event, rho: f64) -> f64 {
        let terms = self.eta.iter().enumerate().map(|(i, &eta)| {
            let (y, n) = (f64::from(event.y[i]), f64::from(event.n[i]));
            // ln(1 + exp(eta)), whatever the sign of eta.
            let normaliser = eta.max(0.0) + (-eta.abs()).exp().ln_1p();
            read_weight(event.n[i], rho) * (y * eta - n * normaliser)
        });
        terms.sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nds::counts::{EventCounts, LengthOffsets};
    use crate::nds::design::Design;

    fn event(offsets: LengthOffsets<'_>) -> Event {
        let design = Design::two_groups(&[false, false, false, true, true, true]).unwrap();
        let y = [8, 11, 9, 30, 28, 35];
        let s = [32, 41, 36, 14, 12, 12];
        let counts = EventCounts::new(6, &y, &s, offsets).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, &design, 0));
        event
    }

    #[test]
    fn regression_on_a_group_gives_the_weighted_shares() {
        let event = event(LengthOffsets::Equal);
        let shares = two_shares(&event, event.mean_of.as_ref().unwrap(), 0.02);
        let mut regression = WeightedLogistic::default();
        assert!(regression.fit(&event, 2, 0.02));
        for (i, &eta) in regression.eta.iter().enumerate() {
            assert!((inverse_logit(eta) - shares[i / 3]).abs() < 1e-9);
        }
    }

    #[test]
    fn samples_that_disagree_wildly_are_fitted() {
        let design = Design::two_groups(&[false, false, false, true, true, true]).unwrap();
        let (y, s) = ([0, 11, 1, 0, 0, 49], [99, 1, 0, 1, 1, 1]);
        let counts = EventCounts::new(6, &y, &s, LengthOffsets::Equal).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, &design, 0));
        for rho in [3e-4, 0.05, 0.6] {
            let shares = two_shares(&event, event.mean_of.as_ref().unwrap(), rho);
            let mut regression = WeightedLogistic::default();
            assert!(regression.fit(&event, 2, rho));
            assert!((inverse_logit(regression.eta[0]) - shares[0]).abs() < 1e-3);
            assert!((inverse_logit(regression.eta[5]) - shares[1]).abs() < 1e-3);
        }
    }

    #[test]
    fn offset_of_a_group_moves_only_the_coefficients() {
        let offsets = [0.7, 0.7, 0.7, -0.2, -0.2, -0.2];
        let event = event(LengthOffsets::PerSample(&offsets));
        let mut regression = WeightedLogistic::default();
        assert!(regression.fit(&event, 2, 0.02));
        assert!((regression.beta[0] + 0.7 - regression.eta[0]).abs() < 1e-12);
        assert!((regression.beta[0] + regression.beta[1] - 0.2 - regression.eta[3]).abs() < 1e-12);
    }
}
