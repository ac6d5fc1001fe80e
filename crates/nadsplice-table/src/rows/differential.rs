use nadsplice_core::{EventKind, Strand};

use crate::{
    cell::{Fixed, Integer, Kind, List, Name, Probability, StrandSymbol, Text},
    row::row,
};

row! {
    /// One event in one contrast, tested or not.
    struct DifferentialRow in "differential.tsv" {
        /// The comparison, `factor:case:control`. All differences are case minus control.
        contrast: String as Name,
        /// The event, as in `events.tsv`.
        event_id: String as Name,
        /// Kind of the event.
        kind: EventKind as Kind,
        /// Ids of the genes that share the event, sorted.
        gene_id: Vec<String> as List,
        /// Names of these genes in the order of `gene_id`.
        gene_name: Vec<String> as List,
        /// Contig as the annotation names it.
        chrom: String as Name,
        /// Strand of the genes; `.` where it is unknown.
        strand: Option<Strand> as StrandSymbol,
        /// Share of the inclusion form in the case group, from 0 to 1, estimated by the model (at the covariates'
        /// observed values).
        psi_case: Option<f64> as Fixed<6>,
        /// The same in the control group.
        psi_control: Option<f64> as Fixed<6>,
        /// `psi_case` minus `psi_control`, from -1 to 1. Given for untested events too, where both are known.
        delta_psi: Option<f64> as Fixed<6>,
        /// Lower end of the 95% confidence interval of `delta_psi`.
        ci_low: Option<f64> as Fixed<6>,
        /// Upper end of the 95% confidence interval of `delta_psi`.
        ci_high: Option<f64> as Fixed<6>,
        /// Likelihood-ratio statistic divided by the number of tested coefficients, referred to an F distribution;
        /// not negative.
        statistic: Option<f64> as Fixed<4>,
        /// Denominator degrees of freedom of that F distribution; above 0.
        df: Option<f64> as Fixed<2>,
        /// Probability of such a statistic or a larger one without a difference.
        p_value: Option<f64> as Probability,
        /// Decimal logarithm of the p-value, 0 or negative; exact also where `p_value` is printed as 1e-300.
        log10_p: Option<f64> as Fixed<4>,
        /// False discovery rate (Benjamini-Hochberg) over all tested events of the contrast.
        q_value: Option<f64> as Probability,
        /// Fragments of both forms in the case group, summed over its samples.
        reads_case: u64 as Integer,
        /// Fragments of both forms in the control group, summed over its samples.
        reads_control: u64 as Integer,
        /// Case samples with at least one fragment of the event.
        n_case: u32 as Integer,
        /// Control samples with at least one fragment of the event.
        n_control: u32 as Integer,
        /// `ok`, or the reason why the event was not tested: `coverage`, `invariant`, `low_minor`, `rank`, `fit`.
        status: String as Name,
        /// False discovery rate over the tested events of the same kind.
        q_value_kind: Option<f64> as Probability = None,
        /// `delta_psi` shrunk towards 0 by how uncertain it is, for ranking.
        delta_psi_shrunk: Option<f64> as Fixed<6> = None,
        /// Smallest absolute difference that the event's coverage and dispersion would have let be seen.
        detectable_delta: Option<f64> as Fixed<6> = None,
        /// Samples whose PSI lies far from their group's, in the sheet's order.
        outlier_samples: Vec<String> as List = Vec::new(),
        /// Number shared by events of the contrast that share a junction and so are not independent evidence.
        overlap_group: Option<u32> as Integer = None,
        /// Reads of the weaker junction of the inclusion form over those of the stronger one, from 0 to 1; near 0
        /// one side of the exon has no support. Empty for forms of one junction.
        junction_balance: Option<f64> as Fixed<6> = None,
        /// What was counted: `junctions`, `junction_sum` (from junction tables, without joint counts), `body`,
        /// `rmats_jc` or `rmats_jcec`.
        evidence: String as Text = String::new(),
    }
}
