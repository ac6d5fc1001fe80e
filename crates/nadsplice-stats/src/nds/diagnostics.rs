//! Figures that tell whether a set of tests is healthy.

use super::row::NdsRow;
use statrs::function::erf::erfc_inv;

/// Bins of the histogram of p-values.
const BINS: usize = 20;

/// A summary of all tests of a comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Diagnostics {
    /// Events tested.
    pub n_tested: usize,
    /// Median denominator degrees of freedom.
    pub median_df: Option<f64>,
    /// Inflation at the median: the chi-squared value (1 degree of freedom) of the median p-value over that of 0.5.
    /// About 1 where most events do not differ, larger where p-values are too small or many events do differ.
    pub lambda: Option<f64>,
    /// Share of tests whose statistic is exactly 0, in `[0, 1]`.
    pub zero_statistic_share: Option<f64>,
    /// P-values in 20 equal bins of `[0, 1]`.
    pub p_histogram: [usize; BINS],
}

impl Diagnostics {
    /// Summarises the rows that were tested.
    pub fn of(rows: &[NdsRow]) -> Self {
        let column =
            |value: fn(&NdsRow) -> Option<f64>| -> Vec<f64> { rows.iter().filter_map(value).collect() };
        let p = column(|row| row.p_value);
        let statistics = column(|row| row.statistic);
        let mut p_histogram = [0; BINS];
        for &p in &p {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "p is in [0, 1]")]
            let bin = (p * BINS as f64) as usize;
            p_histogram[bin.min(BINS - 1)] += 1;
        }
        let zeros = statistics.iter().filter(|&&s| s <= 0.0).count();
        Self {
            n_tested: p.len(),
            median_df: median(column(|row| row.df)),
            lambda: median(p).map(|p| chi_squared_1(p) / chi_squared_1(0.5)),
            zero_statistic_share: (!statistics.is_empty()).then(|| zeros as f64 / statistics.len() as f64),
            p_histogram,
        }
    }
}

/// The value that a chi-squared variable of one degree of freedom exceeds with probability `p`.
fn chi_squared_1(p: f64) -> f64 {
    2.0 * erfc_inv(p).powi(2)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| 0.5 * (values[(n - 1) / 2] + values[n / 2]))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nds::row::NdsStatus;

    fn row(p: Option<f64>) -> NdsRow {
        NdsRow {
            status: if p.is_some() { NdsStatus::Ok } else { NdsStatus::Coverage },
            psi_case: None,
            psi_control: None,
            delta_psi: None,
            ci_low: None,
            ci_high: None,
            statistic: p.map(|p| if p < 1.0 { 1.0 } else { 0.0 }),
            df: p.map(|p| 10.0 * p),
            p_value: p,
            log10_p: p.map(f64::log10),
            rho: None,
            n_case: 0,
            n_control: 0,
            reads_case: 0,
            reads_control: 0,
        }
    }

    #[test]
    fn uniform_p_values_are_healthy() {
        let mut rows: Vec<NdsRow> = (0..100).map(|i| row(Some((f64::from(i) + 0.5) / 100.0))).collect();
        rows.push(row(None));
        let summary = Diagnostics::of(&rows);
        assert_eq!((summary.n_tested, summary.p_histogram), (100, [5; 20]));
        assert!((summary.lambda.unwrap() - 1.0).abs() < 1e-9);
        assert!((summary.median_df.unwrap() - 5.0).abs() < 1e-9);
        assert_eq!(summary.zero_statistic_share, Some(0.0));
    }

    #[test]
    fn no_tests_have_no_figures() {
        let summary = Diagnostics::of(&[row(None)]);
        assert_eq!((summary.n_tested, summary.median_df, summary.lambda), (0, None, None));
    }

    #[test]
    fn certain_p_values_land_in_the_last_bin() {
        let summary = Diagnostics::of(&[row(Some(1.0)), row(Some(0.999))]);
        assert_eq!(summary.p_histogram[19], 2);
        assert_eq!(summary.zero_statistic_share, Some(0.5));
    }
}
