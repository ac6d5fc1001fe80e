//! The likelihood ratio of small counts is larger, on average, than its reference distribution has it.

use super::design::Design;
use super::event::Event;
use super::mean::inverse_logit;
use crate::beta_binomial::read_weight;
use crate::linear::{cholesky, cross_product, solve_lower};

/// Expected effective reads of the rarer form in the smallest group, below which the ratio is corrected: Cochran's
/// rule for the chi-squared approximation ([doi:10.2307/3001616](https://doi.org/10.2307/3001616)).
const LEAST_EXPECTED: f64 = 5.0;
/// The largest correction.
const MOST: f64 = 2.0;
/// Added to the diagonal of the information.
const RIDGE: f64 = 1e-8;

/// The expected likelihood ratio per tested column of an event without a difference, at least 1, which the ratio is
/// divided by; exactly 1 where counts are not small.
///
/// `null_eta` are the linear predictors of the null model, one a sample, at correlation `rho`. Reads count as binomial
/// with the weight that correlated ones have. This is Lawley's expansion of the mean
/// ([doi:10.1093/biomet/43.3-4.295](https://doi.org/10.1093/biomet/43.3-4.295)) as Cordeiro gives it for generalised
/// linear models ([doi:10.1111/j.2517-6161.1983.tb01267.x](https://doi.org/10.1111/j.2517-6161.1983.tb01267.x)); with
/// two groups it is Williams' correction of the G-test
/// ([doi:10.1093/biomet/63.1.33](https://doi.org/10.1093/biomet/63.1.33)).
pub(crate) fn expected_ratio(event: &Event, design: &Design, null_eta: &[f64], rho: f64) -> f64 {
    if least_expected(event, design, rho) >= LEAST_EXPECTED {
        return 1.0;
    }
    let samples: Vec<Cumulants> = (0..event.len())
        .map(|i| Cumulants::new(read_weight(event.n[i], rho) * f64::from(event.n[i]), null_eta[i]))
        .collect();
    let tested = (event.columns() - event.null_columns) as f64;
    let excess = |columns: usize| mean_excess(event, columns, &samples);
    match (excess(event.columns()), excess(event.null_columns)) {
        (Some(full), Some(null)) => (1.0 + (full - null) / tested).clamp(1.0, MOST),
        _ => MOST,
    }
}

/// Expected effective reads of the rarer form in the smallest compared group.
fn least_expected(event: &Event, design: &Design, rho: f64) -> f64 {
    let effective = |i: usize| read_weight(event.n[i], rho) * f64::from(event.n[i]);
    let total: f64 = (0..event.len()).map(effective).sum();
    let inclusion: f64 = (0..event.len()).map(|i| read_weight(event.n[i], rho) * f64::from(event.y[i])).sum();
    let rarer = inclusion.min(total - inclusion) / total;
    let of_group = |group: usize| -> f64 {
        (0..event.len()).filter(|&i| design.group(event.samples[i]) == Some(group)).map(effective).sum()
    };
    let groups = (0..design.group_sizes().len()).filter(|&g| design.is_compared(g)).map(of_group);
    // Without groups a measurement is tested, which splits the reads in about two halves.
    groups.fold(0.5 * total, f64::min) * rarer
}

/// Second to fourth cumulant of a sample's effective inclusion reads.
#[derive(Clone, Copy, Debug)]
struct Cumulants {
    second: f64,
    third: f64,
    fourth: f64,
}

impl Cumulants {
    fn new(reads: f64, eta: f64) -> Self {
        let (p, q) = (inverse_logit(eta), inverse_logit(-eta));
        let second = reads * p * q;
        Self { second, third: second * (q - p), fourth: second * (1.0 - 6.0 * p * q) }
    }
}

/// How much the mean of twice the log-likelihood gained by fitting `columns` columns exceeds their number. `None`
/// where the samples do not determine them.
fn mean_excess(event: &Event, columns: usize, samples: &[Cumulants]) -> Option<f64> {
    if columns == 0 {
        return Some(0.0);
    }
    let weights: Vec<f64> = samples.iter().map(|s| s.second).collect();
    let mut factor = Vec::new();
    cross_product(&event.x, event.columns(), columns, &weights, &mut factor);
    cholesky(&mut factor, columns, RIDGE).then_some(())?;
    // Rows whose inner products are the covariances of the linear predictors.
    let rows: Vec<Vec<f64>> = event
        .x
        .chunks_exact(event.columns())
        .map(|row| {
            let mut row = row[..columns].to_vec();
            solve_lower(&factor, columns, &mut row);
            row
        })
        .collect();
    let covariance = |i: usize, j: usize| rows[i].iter().zip(&rows[j]).map(|(a, b)| a * b).sum::<f64>();
    let variances: Vec<f64> = (0..rows.len()).map(|i| covariance(i, i)).collect();
    let mut sum = 0.0;
    for (i, sample) in samples.iter().enumerate() {
        sum -= 0.25 * sample.fourth * variances[i].powi(2);
        for (j, other) in samples.iter().enumerate().take(i + 1) {
            let shared = covariance(i, j);
            let twice = if i == j { 1.0 } else { 2.0 };
            sum += twice
                * sample.third
                * other.third
                * (shared.powi(3) / 6.0 + 0.25 * variances[i] * variances[j] * shared);
        }
    }
    sum.is_finite().then_some(sum)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nds::counts::{EventCounts, LengthOffsets};
    use crate::nds::mean::logit;

    fn load(design: &Design, y: &[u32], n: &[u32]) -> Event {
        let s: Vec<u32> = y.iter().zip(n).map(|(y, n)| n - y).collect();
        let counts = EventCounts::new(y.len(), y, &s, LengthOffsets::Equal).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, design, 0));
        event
    }

    #[test]
    fn two_groups_have_williams_correction() {
        let design = Design::two_groups(&[false, false, true, true, true]).unwrap();
        let n = [20, 30, 25, 35, 10];
        let event = load(&design, &[1, 2, 0, 3, 1], &n);
        // Next to no correlation, so that reads keep their weight.
        let rho = 1e-9;
        let p: f64 = 7.0 / 120.0;
        let got = expected_ratio(&event, &design, &[logit(p); 5], rho);
        let margins = 120.0 / 50.0 + 120.0 / 70.0 - 1.0;
        let want = 1.0 + margins * (1.0 / p + 1.0 / (1.0 - p) - 1.0) / (6.0 * 120.0);
        assert!((got - want).abs() < 1e-6, "{got} against {want}");
    }

    #[test]
    fn enough_reads_are_left_alone() {
        let design = Design::two_groups(&[false, false, true, true]).unwrap();
        let event = load(&design, &[10, 12, 9, 14], &[40; 4]);
        assert!((expected_ratio(&event, &design, &[-1.0; 4], 0.01) - 1.0).abs() < 1e-15);
        // The same reads are few where they are correlated.
        assert!(expected_ratio(&event, &design, &[-1.0; 4], 0.3) > 1.0);
    }

    #[test]
    fn correction_does_not_depend_on_the_coding() {
        let rows = |code: [f64; 2]| -> Vec<f64> {
            (0..8).flat_map(|i: usize| [1.0, f64::from(u8::from(i % 4 > 1)), code[i / 4]]).collect()
        };
        let (y, n, eta) =
            ([1, 0, 2, 1, 0, 1, 2, 3], [30; 8], [-3.0, -3.0, -2.5, -2.5, -3.0, -3.0, -2.5, -2.5]);
        let ratio = |code| {
            let design = Design::new(3, &rows(code), &[2], None).unwrap();
            expected_ratio(&load(&design, &y, &n), &design, &eta, 0.01)
        };
        assert!((ratio([0.0, 1.0]) - ratio([2.0, -1.0])).abs() < 1e-6 && ratio([0.0, 1.0]) > 1.01);
    }
}
