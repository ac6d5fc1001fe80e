use crate::{
    cell::{Fixed, Name, Probability, Text},
    row::row,
};

row! {
    /// Expression of one gene in one contrast.
    struct ExpressionRow in "gene_expression.tsv" {
        /// The comparison, as in `differential.tsv`; differences are case minus control.
        contrast: String as Name,
        /// Id of the gene.
        gene_id: String as Name,
        /// Name of the gene; its id where the annotation has no name.
        gene_name: String as Text,
        /// Mean over the case samples of the fragments per million, by normalised library sizes.
        mean_case: Option<f64> as Fixed<3>,
        /// The same of the control samples.
        mean_control: Option<f64> as Fixed<3>,
        /// Difference of the binary logarithms of expression that the model fits, case minus control; `NA` for a test of
        /// more than two groups.
        log2_fold_change: Option<f64> as Fixed<6>,
        /// P-value of the moderated test of the difference.
        p_value: Option<f64> as Probability,
        /// False discovery rate over the tested genes of the contrast.
        q_value: Option<f64> as Probability,
        /// Moderated t of the difference (F for a test of more than two groups); a ranking for `enrich --rank`.
        statistic: Option<f64> as Fixed<4>,
        /// Degrees of freedom of the test's denominator.
        df: Option<f64> as Fixed<2>,
        /// `ok`, or why the gene was not tested: `low_count` (too few fragments in too many samples), `no_counts` (genes
        /// were not counted) or `rank` (no degrees of freedom are left to estimate a variance).
        status: String as Name,
    }
}
