use nadsplice_core::Strand;

use crate::{
    cell::{Fixed, Integer, List, Name, Probability, StrandSymbol},
    row::row,
};

row! {
    /// One junction cluster in one contrast, tested or not. Lists have one item for each row of the cluster in
    /// `clusters.tsv`, in that order.
    struct ClusterDifferentialRow in "cluster_differential.tsv" {
        /// The comparison, as in `differential.tsv`.
        contrast: String as Name,
        /// The cluster, as in `clusters.tsv`.
        cluster_id: String as Name,
        /// Ids of the cluster's genes, sorted.
        gene_id: Vec<String> as List,
        /// Names of these genes in the order of `gene_id`.
        gene_name: Vec<String> as List,
        /// Junctions of the cluster, kept introns among them.
        n_junctions: u32 as Integer,
        /// Likelihood-ratio statistic of `top_junction` against the rest of the cluster, which over the number of tested
        /// coefficients (1 for two groups) is referred to an F distribution; not negative.
        statistic: Option<f64> as Fixed<4>,
        /// Denominator degrees of freedom of that F distribution; above 0.
        df: Option<f64> as Fixed<2>,
        /// p-value of the cluster: Simes' combination of the tests of each junction against the rest. Small where any
        /// usage differs.
        p_value: Option<f64> as Probability,
        /// False discovery rate (Benjamini-Hochberg) over all tested clusters of the contrast; in the comparisons that
        /// follow the test of a factor as a whole stage-wise, as in `differential.tsv`.
        q_value: Option<f64> as Probability,
        /// `ok`, or the reason why the cluster was not tested: `coverage`, `invariant` (one junction has all but a
        /// negligible share of the reads), `low_minor`, `rank`, `fit`, `omnibus`, or `not_counted` (a member has no count
        /// in a sample of the comparison: NA, or a kept intron where a sample's counts are of junctions only).
        status: String as Name,
        /// Usage in the case group minus usage in the control group, from -1 to 1, junction by junction. Given for
        /// untested clusters too, where both are known.
        delta_usage: Vec<f64> as Fixed<6>,
        /// Decimal logarithm of the p-value, 0 or negative; exact also where `p_value` is printed as 1e-300.
        log10_p: Option<f64> as Fixed<4>,
        /// Junctions that the p-value is made of; the others are too rare for a test of their own, and still count as the
        /// rest of the cluster.
        n_tested: u32 as Integer,
        /// The junction with the smallest p-value, as in `junctions`.
        top_junction: Option<String> as Name,
        /// Contig as the annotation names it.
        chrom: String as Name,
        /// Strand of the cluster; `.` where it is unknown.
        strand: Option<Strand> as StrandSymbol,
        /// The introns, `start0-end` (0-based, end exclusive); a kept one ends in `:intron`.
        junctions: Vec<String> as List,
        /// Share of the cluster's reads that each junction has in the case group, from 0 to 1, estimated by the model of
        /// the junction against the rest (at the covariates' observed values). Each junction has a model of its own, so
        /// that the shares add up to 1 only nearly.
        usage_case: Vec<f64> as Fixed<6>,
        /// The same in the control group.
        usage_control: Vec<f64> as Fixed<6>,
        /// Lower ends of the 95% confidence intervals of `delta_usage`; NA for a junction without a test.
        ci_low: Vec<f64> as Fixed<6>,
        /// Upper ends of these intervals.
        ci_high: Vec<f64> as Fixed<6>,
        /// The item of `delta_usage` that is farthest from 0.
        delta_usage_max: Option<f64> as Fixed<6>,
        /// Reads of the cluster in the case group, summed over its samples; NA where a member was not counted.
        reads_case: Option<u64> as Integer,
        /// Reads of the cluster in the control group, summed over its samples.
        reads_control: Option<u64> as Integer,
        /// Case samples with at least one read of the cluster.
        n_case: Option<u32> as Integer,
        /// Control samples with at least one read of the cluster.
        n_control: Option<u32> as Integer,
    }
}
