//! Principal components of the samples of a cohort.

use nadsplice_stats::eigen;

use crate::{
    sample_space::{logits, products},
    testing::CountTable,
};

/// The most variable events, which are looked at.
const MOST_VARIABLE: usize = 2_000;
/// Events and samples without which nothing can be said.
const LEAST_EVENTS: usize = 50;
const LEAST_SAMPLES: usize = 3;
/// Samples from which one can be called an outlier.
const LEAST_FOR_OUTLIERS: usize = 6;
/// How many deviations beyond the median distance an outlier lies at least.
const FAR: f64 = 5.0;
/// The deviation is at least this share of the median distance: the spread of few distances is often small by chance.
const LEAST_SPREAD: f64 = 0.05;

/// Samples as points in the space of their splicing.
#[derive(Clone, Debug, PartialEq)]
pub struct SamplePca {
    /// Events that went in.
    pub events: usize,
    /// For each sample its scores on the components, first the one that explains most. Units of logit PSI: squared
    /// scores add up to the mean squared distance an event from the centre.
    pub scores: Vec<Vec<f64>>,
    /// Share of the variance that each component explains, in [0, 1].
    pub shares: Vec<f64>,
    /// For each sample the median of its distances to the others, as root mean square of logit PSI an event.
    pub distances: Vec<f64>,
    /// Whether a sample lies far from most others.
    pub outliers: Vec<bool>,
    /// Mean squared distance an event of every two samples, samples x samples.
    pub(crate) squared: Vec<f64>,
}

/// Principal components of the logit PSI of the 2,000 most variable events that at least 80% of the samples cover with
/// 10 reads, by way of the products of samples (so that no matrix of events by samples is decomposed).
///
/// Low coverage pulls a sample towards the centre, not away from it. A sample is an outlier when its median distance to
/// the others is 5 scaled median absolute deviations (at least 5% of the median each) beyond that of all samples. The
/// median over others makes that a matter of the sample and not of the groups, as long as its group is not a small
/// minority.
///
/// Nothing with fewer than three samples or 50 such events.
pub fn sample_pca(table: &CountTable<'_>) -> Option<SamplePca> {
    let n = table.samples;
    if n < LEAST_SAMPLES {
        return None;
    }
    let samples: Vec<usize> = (0..n).collect();
    let centred = |event: usize| {
        let mut z = logits(table, event, &samples)?;
        let mean = z.iter().sum::<f64>() / n as f64;
        for z in &mut z {
            *z -= mean;
        }
        Some(z)
    };
    let mut variable: Vec<(f64, usize)> = (0..table.kinds.len())
        .filter_map(|event| Some((centred(event)?.iter().map(|z| z * z).sum::<f64>(), event)))
        .filter(|(variance, _)| *variance > 0.0)
        .collect();
    if variable.len() < LEAST_EVENTS {
        return None;
    }
    variable.sort_by(|a, b| b.0.total_cmp(&a.0).then(a.1.cmp(&b.1)));
    variable.truncate(MOST_VARIABLE);
    // In the order of the table, so that sums do not depend on ties.
    variable.sort_unstable_by_key(|&(_, event)| event);
    let mut products = products(variable.iter().filter_map(|&(_, event)| centred(event)), n);
    let events = variable.len();
    for product in &mut products {
        *product /= events as f64;
    }
    let squared: Vec<f64> = (0..n * n)
        .map(|at| {
            let (i, j) = (at / n, at % n);
            (products[i * n + i] + products[j * n + j] - 2.0 * products[at]).max(0.0)
        })
        .collect();
    let found = eigen::symmetric(products, n);
    let total: f64 = found.values.iter().map(|v| v.max(0.0)).sum();
    // Centred points of n samples have n - 1 dimensions.
    let components = n - 1;
    let scores = (0..n)
        .map(|s| (0..components).map(|c| found.values[c].max(0.0).sqrt() * found.vectors[c][s]).collect())
        .collect();
    let distances: Vec<f64> = (0..n)
        .map(|i| median((0..n).filter(|&j| j != i).map(|j| squared[i * n + j].sqrt()).collect()))
        .collect();
    Some(SamplePca {
        events,
        scores,
        shares: found.values[..components].iter().map(|v| v.max(0.0) / total).collect(),
        outliers: outliers(&distances),
        distances,
        squared,
    })
}

fn outliers(distances: &[f64]) -> Vec<bool> {
    let centre = median(distances.to_vec());
    // The factor makes the deviation that of a normal distribution.
    let spread = 1.4826 * median(distances.iter().map(|d| (d - centre).abs()).collect());
    let limit = centre + FAR * spread.max(LEAST_SPREAD * centre);
    distances.iter().map(|&d| distances.len() >= LEAST_FOR_OUTLIERS && d > limit).collect()
}

/// The median; NaN of nothing.
pub(crate) fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => f64::NAN,
        n => f64::midpoint(values[(n - 1) / 2], values[n / 2]),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn far_samples_are_outliers_and_close_ones_are_not() {
        assert_eq!(outliers(&[1.0, 1.1, 0.9, 1.0, 1.05, 3.0]), [false, false, false, false, false, true]);
        assert_eq!(outliers(&[1.0, 1.0, 1.0, 1.0, 1.0, 1.2]), [false; 6], "a small spread is no proof");
        assert_eq!(outliers(&[1.0, 1.0, 9.0]), [false; 3], "too few samples");
        assert_eq!(outliers(&[1.0, 1.0, 1.0, 1.0, 1.0, 0.1]), [false; 6], "near the centre is no fault");
    }
}
