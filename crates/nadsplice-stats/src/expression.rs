//! Differences in the expression of genes: moderated tests on log counts per million.
//!
//! Library sizes are normalised by trimmed means of M values ([`mod@normalisation`]). Counts become binary logarithms of
//! counts per million with 2 fragments added to a mean library, to which a linear model is fitted for each gene. The
//! residual variance is shrunk towards a trend over expression by empirical Bayes, and the tested columns are judged by
//! a moderated t or F statistic: limma-trend (Law et al. 2014,
//! [doi:10.1186/gb-2014-15-2-r29](https://doi.org/10.1186/gb-2014-15-2-r29); Smyth 2004,
//! [doi:10.2202/1544-6115.1027](https://doi.org/10.2202/1544-6115.1027)), with a trend that is linear between the means
//! of bins in place of a spline.

pub mod normalisation;
mod trend;

use crate::{
    Design,
    empirical_bayes::squeeze_variances,
    linear::{cholesky, cross_product, solve, solve_lower},
    tails::{ln_f_upper, ln_t_upper},
};
use normalisation::effective_library_sizes;
use trend::VarianceTrend;

/// Fragments that are added to the count of a library of mean size.
const PRIOR_COUNT: f64 = 2.0;
/// A gene is expressed in a sample with as many fragments per million as this count makes in the median library.
const EXPRESSED_COUNT: f64 = 10.0;
/// Fragments that a tested gene has at least in all samples together.
const LEAST_TOTAL: f64 = 15.0;
/// In groups of more samples than this, 70% of the further ones need to express a gene.
const LARGE_GROUP: f64 = 10.0;

/// Why a gene was or was not tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpressionStatus {
    /// Tested.
    Ok,
    /// Too few fragments in too many samples.
    LowCount,
    /// Fragments were not counted in some sample, or a library is empty.
    NoCounts,
    /// There are no more samples than columns of the model.
    Rank,
}

impl ExpressionStatus {
    /// The word in tables.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::LowCount => "low_count",
            Self::NoCounts => "no_counts",
            Self::Rank => "rank",
        }
    }
}

/// One gene in one comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExpressionTest {
    /// Why it was or was not tested.
    pub status: ExpressionStatus,
    /// Mean fragments per million of the case group, by normalised library sizes; none without two groups.
    pub mean_case: Option<f64>,
    /// The same of the control group.
    pub mean_control: Option<f64>,
    /// Difference of the fitted log2 counts per million, case minus control; none without two groups.
    pub log2_fold_change: Option<f64>,
    /// Moderated t with the sign of the change, or moderated F where several columns are tested.
    pub statistic: Option<f64>,
    /// Its denominator's degrees of freedom.
    pub df: Option<f64>,
    /// Its p-value.
    pub p_value: Option<f64>,
}

impl ExpressionTest {
    const fn untested(status: ExpressionStatus) -> Self {
        Self {
            status,
            mean_case: None,
            mean_control: None,
            log2_fold_change: None,
            statistic: None,
            df: None,
            p_value: None,
        }
    }
}

/// Tests every gene. `counts` has a row of `design.n_samples()` fragment counts for each gene; NaN where a gene was not
/// counted. A last, shorter row is not looked at.
///
/// ```
/// use nadsplice_stats::{Design, expression::test_expression};
///
/// let design = Design::two_groups(&[false, false, false, true, true, true])?;
/// let mut counts: Vec<f64> = (0..200).flat_map(|g| [0, 3, 1, 2, 0, 4].map(|n| f64::from(90 + g + n))).collect();
/// counts[3..6].iter_mut().for_each(|n| *n *= 8.0);
/// let tests = test_expression(&counts, &design);
/// assert!(tests[0].p_value.is_some_and(|p| p < 1e-6) && tests[1].p_value.is_some_and(|p| p > 0.01));
/// assert!(tests[0].log2_fold_change.is_some_and(|change| (change - 3.0).abs() < 0.2));
/// # Ok::<(), nadsplice_stats::DesignError>(())
/// ```
pub fn test_expression(counts: &[f64], design: &Design) -> Vec<ExpressionTest> {
    let n = design.n_samples();
    let genes: Vec<&[f64]> = counts.chunks_exact(n.max(1)).collect();
    let is_counted = |gene: &[f64]| gene.iter().all(|count| count.is_finite());
    let counted: Vec<usize> = (0..genes.len()).filter(|&gene| is_counted(genes[gene])).collect();
    let rows: Vec<&[f64]> = counted.iter().map(|&gene| genes[gene]).collect();
    let mut tests = vec![ExpressionTest::untested(ExpressionStatus::NoCounts); genes.len()];
    let Some(libraries) = effective_library_sizes(&rows, n) else { return tests };
    let model = Model::new(design);
    let filter = Filter::new(&libraries, design);
    let mut fits: Vec<(usize, Fit)> = Vec::new();
    for (&gene, row) in counted.iter().zip(rows) {
        let per_million = |i: usize| 1e6 * row[i] / libraries[i];
        let mean = |group: usize| {
            let members: Vec<usize> = (0..n).filter(|&i| design.group(i) == Some(group)).collect();
            members.iter().map(|&i| per_million(i)).sum::<f64>() / members.len() as f64
        };
        let mut test = ExpressionTest::untested(ExpressionStatus::LowCount);
        if let Some(contrast) = design.contrast() {
            (test.mean_case, test.mean_control) = (Some(mean(contrast.case)), Some(mean(contrast.control)));
        }
        if filter.passes(row) {
            test.status = ExpressionStatus::Rank;
            if let Some(fit) = model.as_ref().and_then(|model| model.fit(&log_per_million(row, &libraries))) {
                test.status = ExpressionStatus::Ok;
                test.log2_fold_change = fit.change;
                fits.push((gene, fit));
            }
        }
        tests[gene] = test;
    }
    judge(&mut tests, &fits, design);
    tests
}

/// Statistics and p-values of the fitted genes.
fn judge(tests: &mut [ExpressionTest], fits: &[(usize, Fit)], design: &Design) {
    let (tested, df) = (design.n_tested() as f64, (design.n_samples() - design.n_columns()) as f64);
    let trend = VarianceTrend::of(&fits.iter().map(|(_, fit)| (fit.mean, fit.variance)).collect::<Vec<_>>());
    // What is left of the variance once the trend is taken out is shrunk towards one value.
    let scaled: Vec<f64> = fits.iter().map(|(_, fit)| fit.variance / trend.at(fit.mean)).collect();
    let squeezed = squeeze_variances(&scaled, &vec![df; fits.len()]);
    // No more degrees of freedom than all genes together have.
    let total_df = (df + squeezed.df_prior).min(df * fits.len() as f64);
    for ((gene, fit), scaled) in fits.iter().zip(squeezed.posterior) {
        let variance = scaled * trend.at(fit.mean);
        let f = fit.explained / tested / variance;
        if !f.is_finite() {
            tests[*gene].status = ExpressionStatus::Rank;
            continue;
        }
        let test = &mut tests[*gene];
        let ln_p = if design.n_tested() == 1 {
            let t = f.sqrt();
            test.statistic = Some(t.copysign(fit.direction));
            std::f64::consts::LN_2 + ln_t_upper(t, total_df)
        } else {
            test.statistic = Some(f);
            ln_f_upper(f, tested, total_df)
        };
        test.df = Some(total_df);
        test.p_value = Some(ln_p.exp().clamp(f64::MIN_POSITIVE, 1.0));
    }
}

/// Which genes are expressed enough: the rule of edgeR's `filterByExpr` (Chen, Lun and Smyth 2016,
/// [doi:10.12688/f1000research.8987.2](https://doi.org/10.12688/f1000research.8987.2)).
struct Filter<'l> {
    libraries: &'l [f64],
    least_per_fragment: f64,
    least_samples: f64,
}

impl<'l> Filter<'l> {
    fn new(libraries: &'l [f64], design: &Design) -> Self {
        let compared = (0..design.group_sizes().len()).filter(|&group| design.is_compared(group));
        let smallest = compared.map(|group| design.group_sizes()[group]).min();
        let size = smallest.unwrap_or(libraries.len().div_ceil(2)) as f64;
        let least_samples = if size > LARGE_GROUP { LARGE_GROUP + 0.7 * (size - LARGE_GROUP) } else { size };
        let mut sorted = libraries.to_vec();
        sorted.sort_unstable_by(f64::total_cmp);
        let median = f64::midpoint(sorted[(sorted.len() - 1) / 2], sorted[sorted.len() / 2]);
        Self { libraries, least_per_fragment: EXPRESSED_COUNT / median, least_samples }
    }

    fn passes(&self, counts: &[f64]) -> bool {
        let expressed =
            counts.iter().zip(self.libraries).filter(|(n, library)| *n / *library >= self.least_per_fragment);
        expressed.count() as f64 >= self.least_samples - 1e-9 && counts.iter().sum::<f64>() >= LEAST_TOTAL
    }
}

/// Binary logarithms of counts per million, with a count added that is in proportion to the library.
fn log_per_million(counts: &[f64], libraries: &[f64]) -> Vec<f64> {
    let mean = libraries.iter().sum::<f64>() / libraries.len() as f64;
    counts
        .iter()
        .zip(libraries)
        .map(|(count, library)| {
            let prior = PRIOR_COUNT * library / mean;
            (1e6 * (count + prior) / (library + 2.0 * prior)).log2()
        })
        .collect()
}

/// The least squares fit of a design, the same for all genes.
struct Model<'d> {
    design: &'d Design,
    factor: Vec<f64>,
    /// What the columns change from control to case, mean over the samples.
    change: Option<Vec<f64>>,
}

/// The fit of one gene.
struct Fit {
    mean: f64,
    variance: f64,
    /// Sum of squares that the tested columns explain.
    explained: f64,
    change: Option<f64>,
    /// The sign of a single tested column's effect.
    direction: f64,
}

impl<'d> Model<'d> {
    /// Nothing where no degrees of freedom are left.
    fn new(design: &'d Design) -> Option<Self> {
        let (n, p) = (design.n_samples(), design.n_columns());
        if n <= p {
            return None;
        }
        let rows: Vec<f64> = (0..n).flat_map(|i| design.row(i).to_vec()).collect();
        let mut factor = Vec::new();
        cross_product(&rows, p, p, &vec![1.0; n], &mut factor);
        let change = design.contrast().map(|contrast| {
            let set = |i: usize, group: usize, column: usize| design.group_value(i, group, column);
            let difference = |i: usize, column: usize| {
                set(i, contrast.case, column)
                    .zip(set(i, contrast.control, column))
                    .map_or(0.0, |(a, b)| a - b)
            };
            (0..p).map(|c| (0..n).map(|i| difference(i, c)).sum::<f64>() / n as f64).collect()
        });
        cholesky(&mut factor, p, 0.0).then_some(Self { design, factor, change })
    }

    fn fit(&self, values: &[f64]) -> Option<Fit> {
        let (n, p) = (self.design.n_samples(), self.design.n_columns());
        let mut projected = vec![0.0; p];
        for (i, value) in values.iter().enumerate() {
            for (sum, x) in projected.iter_mut().zip(self.design.row(i)) {
                *sum += x * value;
            }
        }
        let mut coefficients = projected.clone();
        solve(&self.factor, p, &mut coefficients);
        // The tested columns are last: what they add to the fit is the squared length of the last components.
        solve_lower(&self.factor, p, &mut projected);
        let last = &projected[p - self.design.n_tested()..];
        let residuals = values.iter().enumerate().map(|(i, value)| {
            let fitted: f64 = self.design.row(i).iter().zip(&coefficients).map(|(x, b)| x * b).sum();
            (value - fitted).powi(2)
        });
        let change = self
            .change
            .as_ref()
            .map(|change| change.iter().zip(&coefficients).map(|(change, b)| change * b).sum::<f64>());
        let variance = residuals.sum::<f64>() / (n - p) as f64;
        variance.is_finite().then(|| Fit {
            mean: values.iter().sum::<f64>() / n as f64,
            variance,
            explained: last.iter().map(|z| z * z).sum(),
            change,
            direction: change.unwrap_or(coefficients[p - 1]),
        })
    }
}

#[cfg(test)]
mod tests;
