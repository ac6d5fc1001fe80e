//! Means at a given correlation: weighted shares, or weighted logistic regression.

use super::event::Event;
use crate::beta_binomial::read_weight;
use crate::linear::{cholesky, cross_product, solve};

/// Ridge that keeps a separated model solvable.
const RIDGE: f64 = 1e-8;
/// Reweighting steps; the start is so near that more change nothing that matters.
const STEPS: usize = 6;
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
}

impl WeightedLogistic {
    /// Fits the first `columns` columns of the model, reads weighted for correlation `rho`.
    ///
    /// False where the normal equations cannot be solved.
    pub(crate) fn fit(&mut self, event: &Event, columns: usize, rho: f64) -> bool {
        let stride = event.columns();
        self.eta.clear();
        self.eta.extend(
            event.y.iter().zip(&event.n).map(|(&y, &n)| logit((f64::from(y) + 0.25) / (f64::from(n) + 0.5))),
        );
        for _ in 0..STEPS {
            self.beta.clear();
            self.beta.resize(columns, 0.0);
            self.weights.clear();
            for (i, row) in event.x.chunks_exact(stride).enumerate() {
                let (y, n) = (f64::from(event.y[i]), f64::from(event.n[i]));
                let mu = inverse_logit(self.eta[i]);
                let variance = mu * (1.0 - mu);
                let weight = read_weight(event.n[i], rho);
                let information = weight * n * variance;
                // W z with z = eta - offset + (y - n mu) / (n variance); the variance cancels.
                let response = information * (self.eta[i] - event.offset[i]) + weight * (y - n * mu);
                self.weights.push(information);
                self.beta.iter_mut().zip(row).for_each(|(b, x)| *b += x * response);
            }
            cross_product(&event.x, stride, columns, &self.weights, &mut self.factor);
            if !cholesky(&mut self.factor, columns, RIDGE) {
                return false;
            }
            solve(&self.factor, columns, &mut self.beta);
            for (i, row) in event.x.chunks_exact(stride).enumerate() {
                let eta: f64 = row.iter().zip(&self.beta).map(|(x, b)| x * b).sum();
                self.eta[i] = (eta + event.offset[i]).clamp(-MAX_ETA, MAX_ETA);
            }
        }
        self.eta.iter().all(|eta| eta.is_finite())
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
    fn offset_of_a_group_moves_only_the_coefficients() {
        let offsets = [0.7, 0.7, 0.7, -0.2, -0.2, -0.2];
        let event = event(LengthOffsets::PerSample(&offsets));
        let mut regression = WeightedLogistic::default();
        assert!(regression.fit(&event, 2, 0.02));
        assert!((regression.beta[0] + 0.7 - regression.eta[0]).abs() < 1e-12);
        assert!((regression.beta[0] + regression.beta[1] - 0.2 - regression.eta[3]).abs() < 1e-12);
    }
}
