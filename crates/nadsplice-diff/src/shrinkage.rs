//! Differences shrunk towards 0 by how uncertain they are, for ranking.
//!
//! The prior of the true differences is a mixture of 0 and of normal distributions around it, whose weights are learnt
//! from all tested events; the shrunken difference is its posterior mean given the estimate and its standard error
//! (Stephens 2017, adaptive shrinkage, [doi:10.1093/biostatistics/kxw041](https://doi.org/10.1093/biostatistics/kxw041)).

/// Events that the weights are learnt from; of more, every so manieth is taken.
const MAX_EVENTS: usize = 20_000;
/// Fewer events than this teach no prior.
const MIN_EVENTS: usize = 20;
/// Steps of expectation and maximisation, and the change of weights below which they end.
const STEPS: (usize, f64) = (500, 1e-6);
/// Observations that the weight of 0 has beforehand, so that it is never underestimated.
const NULL_WEIGHT: f64 = 10.0;

/// An estimate with its standard error, above 0.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Estimated {
    pub(crate) value: f64,
    pub(crate) error: f64,
}

/// The posterior mean of each estimate; nothing where there is none, or where there are too few to learn from.
pub(crate) fn shrink(estimates: &[Option<Estimated>]) -> Vec<Option<f64>> {
    let known: Vec<Estimated> = estimates.iter().flatten().copied().collect();
    if known.len() < MIN_EVENTS {
        return vec![None; estimates.len()];
    }
    let used: Vec<Estimated> =
        known.iter().copied().step_by(known.len().div_ceil(MAX_EVENTS).max(1)).collect();
    let deviations = grid(&used);
    let weights = learn(&used, &deviations);
    estimates.iter().map(|e| e.map(|e| posterior_mean(e, &deviations, &weights))).collect()
}

/// 0, then standard deviations from a tenth of the smallest error to twice the largest excess, each the square root of
/// two times the one before.
fn grid(estimates: &[Estimated]) -> Vec<f64> {
    let least = estimates.iter().map(|e| e.error).fold(f64::INFINITY, f64::min) / 10.0;
    let excess = estimates.iter().map(|e| e.value.powi(2) - e.error.powi(2)).fold(0.0, f64::max);
    let (low, high) = (least.max(1e-4), (2.0 * excess.sqrt()).max(8.0 * least).max(1e-3));
    std::iter::once(0.0)
        .chain(
            std::iter::successors(Some(low), |s| Some(s * std::f64::consts::SQRT_2))
                .take_while(|&s| s < high * 1.5),
        )
        .collect()
}

/// Log density of the estimate under each component, up to a constant.
fn log_likelihoods(e: Estimated, deviations: &[f64]) -> impl Iterator<Item = f64> {
    deviations.iter().map(move |s| {
        let variance = e.error.powi(2) + s.powi(2);
        -0.5 * (variance.ln() + e.value.powi(2) / variance)
    })
}

fn learn(estimates: &[Estimated], deviations: &[f64]) -> Vec<f64> {
    let k = deviations.len();
    let likelihoods: Vec<f64> = estimates
        .iter()
        .flat_map(|&e| {
            let logs: Vec<f64> = log_likelihoods(e, deviations).collect();
            let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
            logs.into_iter().map(move |l| (l - top).exp())
        })
        .collect();
    let mut weights = vec![1.0 / k as f64; k];
    for _ in 0..STEPS.0 {
        let mut next = vec![0.0; k];
        next[0] = NULL_WEIGHT;
        for row in likelihoods.chunks_exact(k) {
            let sum: f64 = row.iter().zip(&weights).map(|(l, w)| l * w).sum();
            next.iter_mut().zip(row.iter().zip(&weights)).for_each(|(n, (l, w))| *n += l * w / sum);
        }
        let total: f64 = next.iter().sum();
        for weight in &mut next {
            *weight /= total;
        }
        let change = next.iter().zip(&weights).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
        weights = next;
        if change < STEPS.1 {
            break;
        }
    }
    weights
}

fn posterior_mean(e: Estimated, deviations: &[f64], weights: &[f64]) -> f64 {
    let logs: Vec<f64> = log_likelihoods(e, deviations).collect();
    let top = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let (mut mean, mut mass) = (0.0, 0.0);
    for ((log, s), w) in logs.into_iter().zip(deviations).zip(weights) {
        let share = w * (log - top).exp();
        mass += share;
        mean += share * e.value * s.powi(2) / (s.powi(2) + e.error.powi(2));
    }
    mean / mass
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Evenly spaced quantiles of a normal distribution, near enough.
    fn noise(i: usize, n: usize) -> f64 {
        let u = (i as f64 + 0.5) / n as f64;
        (u / (1.0 - u)).ln() / 1.702
    }

    #[test]
    fn noise_is_shrunk_to_nothing_and_large_differences_stay() {
        let mut estimates: Vec<Option<Estimated>> =
            (0..500).map(|i| Some(Estimated { value: 0.05 * noise(i, 500), error: 0.05 })).collect();
        for i in 0..50 {
            let sign = if i % 2 == 0 { 1.0 } else { -1.0 };
            estimates.push(Some(Estimated { value: sign * (0.4 + 0.05 * noise(i, 50)), error: 0.05 }));
        }
        estimates.push(Some(Estimated { value: 0.4, error: 0.3 }));
        estimates.push(None);
        let shrunk = shrink(&estimates);
        // The outermost are farther out than a normal distribution would have them.
        assert!(shrunk[10..490].iter().flatten().all(|d| d.abs() < 0.05));
        assert!(shrunk[500..550].iter().flatten().all(|d| d.abs() > 0.25));
        // The same difference with six times the error is worth less.
        assert!(shrunk[550].unwrap() < 0.15 && shrunk[551].is_none());
        for (estimate, shrunk) in estimates.iter().flatten().zip(shrunk.iter().flatten()) {
            assert!(shrunk.abs() <= estimate.value.abs() && shrunk * estimate.value >= 0.0);
        }
    }

    #[test]
    fn a_few_events_teach_no_prior() {
        assert_eq!(shrink(&[Some(Estimated { value: 0.1, error: 0.1 }); 5]), [None; 5]);
    }
}
