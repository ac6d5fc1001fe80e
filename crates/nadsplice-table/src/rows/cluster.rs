use crate::{
    cell::{Fixed, Integer, List, Name, Probability},
    row::row,
};

row! {
    /// One cluster of junctions in one contrast, tested as a whole.
    struct ClusterDifferentialRow in "cluster_differential.tsv" {
        /// The comparison, `factor:case:control`. All differences are case minus control.
        contrast: String as Name,
        /// The cluster, as in `clusters.tsv`.
        cluster_id: String as Name,
        /// Ids of the genes of the cluster, sorted.
        gene_id: Vec<String> as List,
        /// Names of these genes in the order of `gene_id`.
        gene_name: Vec<String> as List,
        /// Junctions of the cluster.
        n_junctions: u32 as Integer,
        /// Test statistic; not negative.
        statistic: Option<f64> as Fixed<4>,
        /// Degrees of freedom of the statistic; above 0.
        df: Option<f64> as Fixed<2>,
        /// Probability of such a statistic or a larger one without a difference.
        p_value: Option<f64> as Probability,
        /// False discovery rate over the tested clusters of the contrast.
        q_value: Option<f64> as Probability,
        /// `ok`, or the reason why the cluster was not tested.
        status: String as Name,
        /// Change of each junction's share of the cluster, from -1 to 1, in the order of `clusters.tsv`.
        delta_usage: Vec<f64> as Fixed<6>,
    }
}
