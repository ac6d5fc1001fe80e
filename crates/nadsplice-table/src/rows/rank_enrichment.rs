use crate::{
    cell::{Fixed, Integer, List, Name, Probability, Text},
    row::row,
};

row! {
    /// One gene set along a ranking from elsewhere.
    struct RankEnrichmentRow in "rank_enrichment.tsv" {
        /// Name of the ranking: that of its file.
        ranking: String as Name,
        /// Collection of sets within which q-values are made.
        collection: String as Name,
        /// Id of the set.
        set_id: String as Name,
        /// Name of the set.
        set_name: String as Text,
        /// Theme of the set, for grouping.
        theme: String as Text,
        /// Genes of the ranking.
        n_ranked: u32 as Integer,
        /// Genes that the set lists.
        n_members: u32 as Integer,
        /// Listed genes that are not in the ranking.
        n_unknown: u32 as Integer,
        /// Genes of the set in the ranking.
        set_size: u32 as Integer,
        /// Enrichment score, from -1 to 1: the largest deviation of the running sum along the ranking; positive for a set
        /// at the top.
        es: Option<f64> as Fixed<6>,
        /// `es` over the mean of that of random sets with the same sign, with the sign of `es`.
        nes: Option<f64> as Fixed<6>,
        /// Probability that a random set of this size and sign scores as far from 0.
        p_value: Option<f64> as Probability,
        /// Standard error of the binary logarithm of `p_value`, which comes from random sets.
        log2_error: Option<f64> as Fixed<4>,
        /// False discovery rate within the collection.
        q_value: Option<f64> as Probability,
        /// Genes of the set from its end of the ranking to the score, outermost first.
        leading_edge: Vec<String> as List,
        /// `ok`, or why the set was not tested: `set_size` (fewer than 5 or more than 500 of its genes in the ranking) or
        /// `no_null` (fewer than 10 random sets with a score of its sign).
        status: String as Name,
        /// Id of the better set of the same collection that rests on the same genes: of sets with p < 0.05, that with the
        /// smallest p-value with whose `leading_edge` its own has a Jaccard index of 0.5 or more.
        redundant_with: Option<String> as Name,
        /// Genes of the panel that the set lists, sorted.
        panel_genes: Vec<String> as List,
    }
}
