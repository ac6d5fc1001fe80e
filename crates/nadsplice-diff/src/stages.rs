//! Comparisons of levels after a test of all levels at once.

use nadsplice_stats::multiple_testing::holm;

/// What an omnibus test calls at this false discovery rate is compared level by level.
pub(crate) const LEVEL: f64 = 0.05;

/// What stays of the comparisons of two levels after an omnibus test.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct StageWise {
    /// Whether the omnibus test calls each event or cluster, so that its levels are compared.
    pub(crate) called: Vec<bool>,
    /// The q-values: one list a comparison, one value an event or cluster; none where it is not called.
    pub(crate) q_values: Vec<Vec<Option<f64>>>,
}

impl StageWise {
    /// Holm over the comparisons of an event or cluster, times the tested over the called ones, which holds the overall
    /// false discovery rate of those with any false call (Van den Berge et al. 2017,
    /// [doi:10.1186/s13059-017-1277-0](https://doi.org/10.1186/s13059-017-1277-0)).
    ///
    /// `omnibus` are the omnibus test's q-values, `comparisons` the p-values of each comparison.
    pub(crate) fn new(omnibus: &[Option<f64>], comparisons: &[Vec<Option<f64>>]) -> Self {
        let called: Vec<bool> = omnibus.iter().map(|q| q.is_some_and(|q| q < LEVEL)).collect();
        let n_tested = omnibus.iter().flatten().count() as f64;
        let n_called = called.iter().filter(|&&called| called).count() as f64;
        let mut q_values = vec![vec![None; omnibus.len()]; comparisons.len()];
        for unit in (0..omnibus.len()).filter(|&unit| called[unit]) {
            let p_values: Vec<Option<f64>> = comparisons.iter().map(|p| p[unit]).collect();
            for (q_values, adjusted) in q_values.iter_mut().zip(holm(&p_values)) {
                q_values[unit] = adjusted.map(|p| (p * n_tested / n_called).min(1.0));
            }
        }
        Self { called, q_values }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn q_values_count_the_comparisons_and_the_choice_of_events() {
        let omnibus = [Some(0.01), Some(0.5), None, Some(0.02)];
        let comparisons =
            vec![vec![Some(0.001), Some(1e-9), None, Some(0.4)], vec![Some(0.01), Some(1e-9), None, None]];
        let StageWise { called, q_values } = StageWise::new(&omnibus, &comparisons);
        assert_eq!(called, [true, false, false, true]);
        let close = |a: Option<f64>, b: f64| a.is_some_and(|a| (a - b).abs() < 1e-12);
        assert!(close(q_values[0][0], 0.001 * 2.0 * 1.5) && close(q_values[1][0], 0.01 * 1.5));
        assert!(close(q_values[0][3], 0.4 * 1.5) && q_values[1][3].is_none());
        assert!(q_values.iter().all(|q| q[1].is_none() && q[2].is_none()));
    }
}
