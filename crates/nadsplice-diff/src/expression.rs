//! Expression of genes in a comparison.

use nadsplice_stats::{
    expression::{ExpressionTest, test_expression},
    multiple_testing::benjamini_hochberg,
};

use crate::Comparison;

/// One gene in one comparison.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ExpressionChange {
    /// Estimates and test.
    pub test: ExpressionTest,
    /// Benjamini-Hochberg over the tested genes, in [0, 1].
    pub q_value: Option<f64>,
}

/// Tests the expression of every gene with the model of a comparison. `counts` has a row of `samples` fragment counts for
/// each gene, one a sample of the sheet; NaN where genes were not counted.
///
/// # Panics
/// When there are fewer samples than the sheet of the comparison has.
pub fn expression_changes(counts: &[f64], samples: usize, comparison: &Comparison) -> Vec<ExpressionChange> {
    let of_model: Vec<f64> = counts
        .chunks_exact(samples)
        .flat_map(|gene| comparison.samples().iter().map(|&sample| gene[sample]))
        .collect();
    let tests = test_expression(&of_model, comparison.design());
    let q_values = benjamini_hochberg(&tests.iter().map(|test| test.p_value).collect::<Vec<_>>());
    tests.into_iter().zip(q_values).map(|(test, q_value)| ExpressionChange { test, q_value }).collect()
}
