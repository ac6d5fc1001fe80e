use nadsplice_core::{EventKind, Strand};

use crate::{
    cell::{Fixed, Integer, Kind, List, Name, Probability, StrandSymbol, Text},
    row::row,
};

row! {
    /// One event in one contrast, tested or not.
    struct DifferentialRow in "differential.tsv" {
        /// The comparison, `factor:case:control`, or the term whose columns are tested all at once: a factor of several
        /// groups, a measurement, an interaction. All differences are case minus control; a term has none, and
        /// neither PSI nor reads of groups.
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
        /// Likelihood-ratio statistic, which over the number of tested coefficients (1 for two groups) is referred to an
        /// F distribution; not negative.
        statistic: Option<f64> as Fixed<4>,
        /// Denominator degrees of freedom of that F distribution; above 0.
        df: Option<f64> as Fixed<2>,
        /// Probability of such a statistic or a larger one without a difference.
        p_value: Option<f64> as Probability,
        /// Decimal logarithm of the p-value, 0 or negative; exact also where `p_value` is printed as 1e-300.
        log10_p: Option<f64> as Fixed<4>,
        /// False discovery rate (Benjamini-Hochberg) over all tested events of the contrast. In the comparisons that
        /// follow the test of a factor as a whole: stage-wise, of events with any false call (Holm over the event's
        /// comparisons, times tested over called events).
        q_value: Option<f64> as Probability,
        /// Fragments of both forms in the case group, summed over its samples.
        reads_case: u64 as Integer,
        /// Fragments of both forms in the control group, summed over its samples.
        reads_control: u64 as Integer,
        /// Case samples with at least one fragment of the event.
        n_case: u32 as Integer,
        /// Control samples with at least one fragment of the event.
        n_control: u32 as Integer,
        /// `ok`, or the reason why the event was not tested: `coverage`, `invariant`, `low_minor`, `rank`, `fit`,
        /// `length` (a form has no effective length), `mxe_junctions` (a junction of mutually exclusive exons lacks
        /// reads), `uneven_intron` (see `flags` in `events.tsv`), `omnibus` (the test of all groups at once does not call
        /// it), `not_counted` (no sample was counted for it: retained introns, where junction tables stand in place of
        /// alignments).
        status: String as Name,
        /// False discovery rate over the tested events of the same kind; none in comparisons that follow the test of a
        /// factor as a whole.
        q_value_kind: Option<f64> as Probability = None,
        /// `delta_psi` shrunk towards 0 by how uncertain it is, for ranking: the posterior mean under a mixture of 0 and
        /// normal distributions around it, learnt from all tested events of the contrast.
        delta_psi_shrunk: Option<f64> as Fixed<6> = None,
        /// Smallest absolute difference that the test would have seen at 0.05 with a power of 80%, by the event's reads,
        /// correlation and degrees of freedom, around the mean of both groups' PSI; 1 where none would.
        detectable_delta: Option<f64> as Fixed<6> = None,
        /// Samples whose PSI lies far from what the others of their group predict, in the sheet's order: beta-binomial
        /// tails, Holm-adjusted over the event's samples, below 0.01. Needs three samples of the group with reads.
        outlier_samples: Vec<String> as List = Vec::new(),
        /// Number shared by events that splice sites of a common gene link, so that they are not independent evidence;
        /// none for an event that shares no site.
        overlap_group: Option<u32> as Integer = None,
        /// Reads of the weaker junction of the inclusion form over those of the stronger one, from 0 to 1; near 0
        /// one side of the exon has no support. Empty for forms of one junction.
        junction_balance: Option<f64> as Fixed<6> = None,
        /// What was counted: `junctions`, `junction_sum` (from junction tables, without joint counts), `body`,
        /// `rmats_jc` or `rmats_jcec`.
        evidence: String as Text = String::new(),
        /// Stage-wise q-value: in genes with a gene-level q-value below 0.05, Holm over the gene's tested events times
        /// tested over called genes; of an event of several called genes the largest. Events below 0.05 are the ones
        /// that differ in the called genes, with at most 5% of those genes holding a false one. None outside called
        /// genes, and in comparisons that follow the test of a factor as a whole.
        q_value_stagewise: Option<f64> as Probability = None,
    }
}
