//! Beta-binomial means at a fixed correlation, and the likelihood ratio of two models.

use super::event::Event;
use super::mean::{WeightedLogistic, WeightedShare, inverse_logit, logit};
use crate::beta_binomial::read_weight;
use crate::linear::{cholesky, cross_product, solve};
use crate::special::{LogProduct, ln_rising_derivatives};

/// Bound of the linear predictor.
const MAX_ETA: f64 = 12.0;
/// Largest change of a linear predictor in one step.
const MAX_STEP: f64 = 2.0;
/// Steps before a fit is given up.
const MAX_ITERATIONS: usize = 50;
/// Halvings of a step that does not raise the likelihood.
const MAX_HALVINGS: usize = 20;
/// Ridge of the information matrix.
const RIDGE: f64 = 1e-6;
/// Change of the linear predictor at which a fit has converged.
const SETTLED_ETA: f64 = 1e-8;

/// Whether a gain in log-likelihood, had or promised by a Newton step, is nothing: below 1e-10, or within the
/// rounding of a long sum.
fn is_settled(gain: f64, likelihood: f64) -> bool {
    gain.abs() < 1e-10 + 4.0 * f64::EPSILON * likelihood.abs()
}

/// The distribution of counts at one correlation.
#[derive(Clone, Copy, Debug)]
struct Counts {
    rho: f64,
    precision: f64,
}

impl Counts {
    fn new(rho: f64) -> Self {
        Self { rho, precision: rho.recip() - 1.0 }
    }

    /// Multiplies the likelihood by that of one sample, less what does not depend on the mean.
    fn add_likelihood(self, y: u32, n: u32, eta: f64, to: &mut LogProduct) {
        to.times_rising(inverse_logit(eta) * self.precision, y);
        to.times_rising(inverse_logit(-eta) * self.precision, n - y);
    }

    fn score(self, y: u32, n: u32, eta: f64) -> Score {
        let (p, q) = (inverse_logit(eta), inverse_logit(-eta));
        let (first_y, second_y) = ln_rising_derivatives(p * self.precision, y);
        let (first_s, second_s) = ln_rising_derivatives(q * self.precision, n - y);
        // The derivative of p s by eta.
        let rate = self.precision * p * q;
        let slope = rate * (first_y - first_s);
        Score {
            slope,
            observed: -slope * (q - p) - rate * rate * (second_y + second_s),
            expected: read_weight(n, self.rho) * f64::from(n) * p * q,
        }
    }
}

/// What one sample says of its linear predictor.
#[derive(Clone, Copy, Debug, Default)]
struct Score {
    /// Slope of the log-likelihood.
    slope: f64,
    /// Its negative second derivative, which may be negative far from the maximum.
    observed: f64,
    /// The quasi-likelihood information, positive, which stands in where the observed one is of no use.
    expected: f64,
}

impl Score {
    fn plus(self, other: Self) -> Self {
        Self {
            slope: self.slope + other.slope,
            observed: self.observed + other.observed,
            expected: self.expected + other.expected,
        }
    }
}

/// Fits models by Newton's method, falling back to Fisher scoring; keeps its buffers.
#[derive(Debug, Default)]
pub(crate) struct MeanFitter {
    regression: WeightedLogistic,
    beta: Vec<f64>,
    eta: Vec<f64>,
    next: Vec<f64>,
    change: Vec<f64>,
    scores: Vec<Score>,
    weights: Vec<f64>,
    information: Vec<f64>,
    step: Vec<f64>,
}

impl MeanFitter {
    /// Twice the log-likelihood that the tested columns add at correlation `rho`, at least 0.
    ///
    /// `None` where a fit does not converge.
    pub(crate) fn likelihood_ratio(&mut self, event: &Event, rho: f64) -> Option<f64> {
        let (full, null) = if let Some(mean_of) = &event.mean_of {
            if event.null_columns != 1 {
                return None;
            }
            let group =
                |g: usize| fit_common_mean(event, rho, |i| mean_of[i] == g).map(|(likelihood, _)| likelihood);
            let (null, eta) = fit_common_mean(event, rho, |_| true)?;
            self.eta.clear();
            self.eta.resize(event.len(), eta);
            (group(0)? + group(1)?, null)
        } else {
            (self.fit(event, event.columns(), rho)?, self.fit(event, event.null_columns, rho)?)
        };
        let ratio = 2.0 * (full - null);
        ratio.is_finite().then_some(ratio.max(0.0))
    }

    /// The linear predictors of the null model of the last ratio, one a sample, offsets included.
    pub(crate) fn null_eta(&self) -> &[f64] {
        &self.eta
    }

    /// The log-likelihood of the first `columns` columns of the model.
    fn fit(&mut self, event: &Event, columns: usize, rho: f64) -> Option<f64> {
        let stride = event.columns();
        let counts = Counts::new(rho);
        self.regression.fit(event, columns, rho).then_some(())?;
        self.beta.clone_from(&self.regression.beta);
        self.eta.clear();
        self.eta.extend(self.regression.eta.iter().map(|eta| eta.clamp(-MAX_ETA, MAX_ETA)));
        let mut likelihood = likelihood(event, counts, &self.eta);
        for _ in 0..MAX_ITERATIONS {
            self.scores.clear();
            self.scores.extend((0..event.len()).map(|i| counts.score(event.y[i], event.n[i], self.eta[i])));
            self.solve_step(event, columns).then_some(())?;
            self.change.clear();
            self.change.extend(event.x.chunks_exact(stride).map(|row| dot(row, &self.step)));
            let largest = self.change.iter().fold(0.0_f64, |m, c| m.max(c.abs()));
            let promised = 0.5 * self.scores.iter().zip(&self.change).map(|(s, c)| s.slope * c).sum::<f64>();
            if largest <= MAX_STEP && is_settled(promised, likelihood) {
                return Some(likelihood);
            }
            let mut scale = if largest > MAX_STEP { MAX_STEP / largest } else { 1.0 };
            let mut raised = self.likelihood_after(event, counts, scale);
            for _ in 0..MAX_HALVINGS {
                if raised >= likelihood {
                    break;
                }
                scale *= 0.5;
                raised = self.likelihood_after(event, counts, scale);
            }
            let moved = scale * largest;
            let gain = raised - likelihood;
            if gain >= 0.0 {
                self.beta.iter_mut().zip(&self.step).for_each(|(b, s)| *b += scale * s);
                std::mem::swap(&mut self.eta, &mut self.next);
                likelihood = raised;
            }
            if moved < SETTLED_ETA || is_settled(gain, likelihood) {
                return Some(likelihood);
            }
            if gain < 0.0 {
                return None;
            }
        }
        None
    }

    /// The step that the scores ask for. False where there is none.
    fn solve_step(&mut self, event: &Event, columns: usize) -> bool {
        let stride = event.columns();
        let factored = [|s: &Score| s.observed, |s: &Score| s.expected].into_iter().any(|information| {
            self.weights.clear();
            self.weights.extend(self.scores.iter().map(information));
            cross_product(&event.x, stride, columns, &self.weights, &mut self.information);
            cholesky(&mut self.information, columns, RIDGE)
        });
        if !factored {
            return false;
        }
        self.step.clear();
        self.step.resize(columns, 0.0);
        for (row, score) in event.x.chunks_exact(stride).zip(&self.scores) {
            self.step.iter_mut().zip(row).for_each(|(s, x)| *s += x * score.slope);
        }
        solve(&self.information, columns, &mut self.step);
        true
    }

    /// The log-likelihood after a step of `scale`; leaves the linear predictors in `next`.
    fn likelihood_after(&mut self, event: &Event, counts: Counts, scale: f64) -> f64 {
        let (beta, step) = (&self.beta, &self.step);
        self.next.clear();
        self.next.extend(event.x.chunks_exact(event.columns()).zip(&event.offset).map(|(row, offset)| {
            (dot(row, beta) + scale * dot(row, step) + offset).clamp(-MAX_ETA, MAX_ETA)
        }));
        likelihood(event, counts, &self.next)
    }
}

/// The product of a row with coefficients of its first columns.
fn dot(row: &[f64], coefficients: &[f64]) -> f64 {
    row.iter().zip(coefficients).map(|(x, b)| x * b).sum()
}

fn likelihood(event: &Event, counts: Counts, eta: &[f64]) -> f64 {
    let mut product = LogProduct::new();
    for (i, &eta) in eta.iter().enumerate() {
        counts.add_likelihood(event.y[i], event.n[i], eta, &mut product);
    }
    product.ln()
}

/// The log-likelihood of the samples that `belongs` picks under one common mean, and its linear predictor.
fn fit_common_mean(event: &Event, rho: f64, belongs: impl Fn(usize) -> bool) -> Option<(f64, f64)> {
    let counts = Counts::new(rho);
    let members = || (0..event.len()).filter(|&i| belongs(i));
    let likelihood_at = |eta: f64| {
        let mut product = LogProduct::new();
        members().for_each(|i| counts.add_likelihood(event.y[i], event.n[i], eta, &mut product));
        product.ln()
    };
    let mut start = WeightedShare::default();
    members().for_each(|i| start.add(event.y[i], event.n[i], rho));
    let mut eta = logit(start.share()).clamp(-MAX_ETA, MAX_ETA);
    let mut likelihood = likelihood_at(eta);
    for _ in 0..MAX_ITERATIONS {
        let score =
            members().map(|i| counts.score(event.y[i], event.n[i], eta)).fold(Score::default(), Score::plus);
        let information = if score.observed > 0.0 { score.observed } else { score.expected };
        let newton = score.slope / (information + RIDGE);
        if newton.abs() <= MAX_STEP && is_settled(0.5 * score.slope * newton, likelihood) {
            return Some((likelihood, eta));
        }
        let mut step = newton.clamp(-MAX_STEP, MAX_STEP);
        let moved = |step: f64| (eta + step).clamp(-MAX_ETA, MAX_ETA);
        let mut raised = likelihood_at(moved(step));
        for _ in 0..MAX_HALVINGS {
            if raised >= likelihood {
                break;
            }
            step *= 0.5;
            raised = likelihood_at(moved(step));
        }
        let (next, gain) = (moved(step), raised - likelihood);
        let change = (next - eta).abs();
        if gain >= 0.0 {
            eta = next;
            likelihood = raised;
        }
        if change < SETTLED_ETA || is_settled(gain, likelihood) {
            return Some((likelihood, eta));
        }
        if gain < 0.0 {
            return None;
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nds::counts::{EventCounts, LengthOffsets};
    use crate::nds::design::Design;
    use crate::test_vectors::{counts, input, output};

    fn load(design: &Design, y: &[u32], n: &[u32], offsets: LengthOffsets<'_>) -> Event {
        let s: Vec<u32> = y.iter().zip(n).map(|(y, n)| n - y).collect();
        let counts = EventCounts::new(y.len(), y, &s, offsets).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, design, 0));
        event
    }

    fn two_groups(samples: usize) -> Design {
        Design::two_groups(&(0..samples).map(|i| 2 * i >= samples).collect::<Vec<_>>()).unwrap()
    }

    const Y: [u32; 6] = [5, 30, 12, 40, 20, 35];
    const N: [u32; 6] = [40, 52, 45, 60, 40, 47];

    #[test]
    fn likelihoods_agree_with_aod_at_its_correlations() {
        // aod fits a correlation to each model; with the two of them this is its likelihood ratio.
        let (Some(given), Some(want)) =
            (input("bb_glm_aod_overdispersed"), output("bb_glm_aod_overdispersed"))
        else {
            return;
        };
        let (y, n) = (counts(&given["y"]), counts(&given["m"]));
        let event = load(&two_groups(8), &y, &n, LengthOffsets::Equal);
        let at = |rho: f64| {
            let constant: f64 = (0..8).map(|i| crate::beta_binomial::ln_pmf(y[i], n[i], 0.5, rho)).sum();
            let mut half = LogProduct::new();
            (0..8).for_each(|i| Counts::new(rho).add_likelihood(y[i], n[i], 0.0, &mut half));
            constant - half.ln()
        };
        let rho = want["phi"].as_f64().unwrap();
        let mean_of = event.mean_of.clone().unwrap();
        let full: f64 = (0..2).map(|g| fit_common_mean(&event, rho, |i| mean_of[i] == g).unwrap().0).sum();
        let above = |got: f64, field: &str| got - want[field].as_f64().unwrap();
        // aod stops its simplex a little below the maximum.
        let gain = above(full + at(rho), "logL1");
        assert!((-1e-9..1e-5).contains(&gain), "{gain}");
        let rho = want["phi0"].as_f64().unwrap();
        let (null, _) = fit_common_mean(&event, rho, |_| true).unwrap();
        let gain = above(null + at(rho), "logL0");
        assert!((-1e-9..1e-5).contains(&gain), "{gain}");
    }

    #[test]
    fn group_by_group_and_regression_agree() {
        let mut fitter = MeanFitter::default();
        for y in [Y, [0, 0, 0, 15, 22, 9], [10, 10, 10, 20, 20, 20], [40, 52, 45, 60, 40, 46]] {
            let mut event = load(&two_groups(6), &y, &N, LengthOffsets::Equal);
            for rho in [3e-4, 0.02, 0.5] {
                event.mean_of = Some(vec![0, 0, 0, 1, 1, 1]);
                let closed = fitter.likelihood_ratio(&event, rho).unwrap();
                event.mean_of = None;
                let fitted = fitter.likelihood_ratio(&event, rho).unwrap();
                // At the boundary the two differ by how near to certainty they go.
                assert!(
                    (closed - fitted).abs() < 1e-7 + 2e-3 * f64::from(u8::from(y[0] % 40 == 0)),
                    "{closed} {fitted}"
                );
            }
        }
    }

    #[test]
    fn common_offset_is_absorbed() {
        let mut fitter = MeanFitter::default();
        let mut event = load(&two_groups(6), &Y, &N, LengthOffsets::PerEvent(&[1.3]));
        let closed = fitter.likelihood_ratio(&event, 0.05).unwrap();
        event.mean_of = None;
        let fitted = fitter.likelihood_ratio(&event, 0.05).unwrap();
        assert!((closed - fitted).abs() < 1e-7);
    }

    #[test]
    fn offset_that_explains_the_difference_leaves_nothing() {
        // Inclusion four times as long in the second group: the same PSI gives odds four times as high.
        let (y, n) = ([20, 20, 20, 50, 50, 50], [60, 60, 60, 75, 75, 75]);
        let four = 4_f64.ln();
        let offsets = [0.0, 0.0, 0.0, four, four, four];
        let event = load(&two_groups(6), &y, &n, LengthOffsets::PerSample(&offsets));
        let ratio = MeanFitter::default().likelihood_ratio(&event, 0.01).unwrap();
        // Not quite nothing: the beta-binomial mode of a skewed share is not the share itself.
        assert!(ratio < 0.01, "{ratio}");
    }

    #[test]
    fn separated_groups_have_a_finite_ratio() {
        let event =
            load(&two_groups(6), &[0, 0, 0, 40, 47, 50], &[40, 52, 45, 40, 47, 50], LengthOffsets::Equal);
        let ratio = MeanFitter::default().likelihood_ratio(&event, 0.01).unwrap();
        assert!(ratio.is_finite() && ratio > 100.0);
    }
}
