//! Two tests that need no introduction, as a measure of how hard the simulated cohorts are.

use super::cohort::Cohort;
use nadsplice_stats::tails::{ln_f_upper, ln_t_upper};

/// Student's t-test on PSI, unweighted.
pub(crate) fn t_test(cohort: &Cohort, group: &[usize], tested: &[bool]) -> Vec<Option<f64>> {
    per_event(cohort, group, tested, |rows| {
        let psi = |g: usize| -> Vec<f64> {
            rows.iter().filter(|(own, _, n)| *own == g && *n > 0.0).map(|(_, y, n)| y / n).collect()
        };
        let [a, b] = [psi(0), psi(1)];
        let mean = |v: &[f64]| v.iter().sum::<f64>() / v.len() as f64;
        let squares = |v: &[f64]| v.iter().map(|x| (x - mean(v)).powi(2)).sum::<f64>();
        let (m, n) = (a.len() as f64, b.len() as f64);
        let df = m + n - 2.0;
        let error = ((squares(&a) + squares(&b)) / df * (m.recip() + n.recip())).sqrt();
        if error <= 0.0 {
            return 1.0;
        }
        2.0 * ln_t_upper(((mean(&a) - mean(&b)) / error).abs(), df).exp()
    })
}

/// Likelihood-ratio test of the pooled reads, as if samples did not differ.
pub(crate) fn pooled(cohort: &Cohort, group: &[usize], tested: &[bool]) -> Vec<Option<f64>> {
    per_event(cohort, group, tested, |rows| {
        let sums = |g: Option<usize>| {
            rows.iter()
                .filter(|(own, ..)| g.is_none_or(|g| *own == g))
                .fold((0.0, 0.0), |(y, n), (_, own_y, own_n)| (y + own_y, n + own_n))
        };
        let entropy = |x: f64, n: f64| if x > 0.0 { x * (x / n).ln() } else { 0.0 };
        let likelihood = |(y, n): (f64, f64)| entropy(y, n) + entropy(n - y, n);
        let ratio = 2.0 * (likelihood(sums(Some(0))) + likelihood(sums(Some(1))) - likelihood(sums(None)));
        // F with that many degrees of freedom is chi-squared.
        ln_f_upper(ratio.max(0.0), 1.0, 1e9).exp()
    })
}

/// A test of the group, inclusion and all reads of every sample.
fn per_event(
    cohort: &Cohort,
    group: &[usize],
    tested: &[bool],
    test: impl Fn(&[(usize, f64, f64)]) -> f64,
) -> Vec<Option<f64>> {
    let samples = group.len();
    let rows = cohort.inclusion.chunks_exact(samples).zip(cohort.skipping.chunks_exact(samples));
    rows.zip(tested)
        .map(|((inclusion, skipping), &tested)| {
            let own: Vec<(usize, f64, f64)> = group
                .iter()
                .zip(inclusion.iter().zip(skipping))
                .map(|(&g, (&i, &s))| (g, f64::from(i), f64::from(i) + f64::from(s)))
                .collect();
            tested.then(|| test(&own))
        })
        .collect()
}
