use crate::{
    cell::{Fixed, Integer, List, Name, Probability, Text, YesNo},
    row::row,
};

row! {
    /// One panel gene in one contrast, with its verdict.
    struct PanelRow in "nad_panel.tsv" {
        /// The comparison, `factor:case:control`. All differences are case minus control.
        contrast: String as Name,
        /// Name of the gene in the panel.
        gene_name: String as Name,
        /// Ids of the gene in the annotation; none where it has no such gene.
        gene_id: Vec<String> as List,
        /// What the gene does in NAD+ metabolism.
        role: String as Text,
        /// Whether the gene belongs to the panel's core.
        core: bool as YesNo,
        /// `changed`, `unchanged`, `inconclusive`, `constitutive` or `not testable`.
        verdict: String as Name,
        /// Events of the gene in the catalogue.
        n_events: u32 as Integer,
        /// Events of the gene that were tested.
        n_tested: u32 as Integer,
        /// The event on which the verdict rests.
        best_event: Option<String> as Name,
        /// False discovery rate of that event over the tested events of the panel, a family declared beforehand.
        best_q: Option<f64> as Probability,
        /// Difference of PSI of that event.
        delta_psi: Option<f64> as Fixed<6>,
        /// Lower end of its 95% confidence interval.
        ci_low: Option<f64> as Fixed<6>,
        /// Upper end of its 95% confidence interval.
        ci_high: Option<f64> as Fixed<6>,
        /// Median over the samples of the reads on which the verdict rests.
        median_reads: Option<f64> as Fixed<3>,
        /// Why this verdict, in words and numbers.
        reason: String as Text,
        /// Smallest absolute difference of PSI that the test of the best event would have seen at 0.05 with a power of
        /// 80%; 1 where none would.
        detectable_delta: Option<f64> as Fixed<6> = None,
        /// What the best event does to the protein, in words; `consequences.tsv` has it in columns.
        consequence: String as Text = String::new(),
        /// Change of the gene's expression, as in `gene_expression.tsv`: a splicing verdict beside a large one may be its
        /// shadow.
        log2_fold_change: Option<f64> as Fixed<6> = None,
        /// False discovery rate of that change over all genes.
        expression_q: Option<f64> as Probability = None,
        /// Ids of the embedded AMPK and mTOR sets that list the gene.
        gene_sets: Vec<String> as List = Vec::new(),
    }
}
