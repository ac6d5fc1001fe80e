use crate::{
    cell::{Fixed, Integer, List, Name, Probability, Text},
    row::row,
};

row! {
    /// One gene set in one contrast.
    struct EnrichmentRow in "enrichment.tsv" {
        /// The comparison, `factor:case:control`.
        contrast: String as Name,
        /// Collection of sets within which q-values are made.
        collection: String as Name,
        /// Id of the set.
        set_id: String as Name,
        /// Name of the set.
        set_name: String as Text,
        /// Theme of the set, for grouping.
        theme: String as Text,
        /// The test: `wallenius`, over-representation of called genes, or `gsea`, enrichment along the ranking of all tested
        /// genes by p-value. Every set has a row of each.
        method: String as Name,
        /// Genes of the universe: those with at least one tested event.
        n_universe: u32 as Integer,
        /// Called genes in the universe.
        n_called: u32 as Integer,
        /// Genes of the set in the universe.
        set_size: u32 as Integer,
        /// Called genes in the set.
        overlap: u32 as Integer,
        /// Called genes that would be in the set by chance, given how many tested events its genes have and how many reads
        /// these; `wallenius` only.
        expected: Option<f64> as Fixed<4>,
        /// `overlap` over `expected`.
        fold: Option<f64> as Fixed<4>,
        /// Probability of such an overlap or a larger one, or of such a score or a higher one, by chance, given how many
        /// tested events the genes have and how many reads these.
        p_value: Option<f64> as Probability,
        /// False discovery rate within the collection, for this test.
        q_value: Option<f64> as Probability,
        /// Hypergeometric probability, which ignores that genes with many events are called more often; for
        /// comparison with other tools only; `wallenius` only.
        p_hypergeometric: Option<f64> as Probability,
        /// Called genes in the set, sorted.
        genes: Vec<String> as List,
        /// `ok`, or why the set was not tested: `set_size` (fewer than 5 or more than 500 of its genes in the universe),
        /// `too_few_called` (fewer than 10 called genes in the contrast; see the row of `gsea`), `too_few_ranked` (fewer
        /// than 50 genes in the universe), `no_null` (fewer than 10 random sets with a score of its sign) or
        /// `restricted_universe` (counted with `--regions`, so that the tested genes are those that were chosen).
        status: String as Name,
        /// `p_value` were every gene of the set to have the mean chance of the set to be called, as in goseq; `wallenius`
        /// only.
        p_one_weight: Option<f64> as Probability = None,
        /// Enrichment score, from -1 to 1: the largest rise of the running sum along the ranking; `gsea` only.
        es: Option<f64> as Fixed<6> = None,
        /// `es` over the mean of that of random sets; `gsea` only.
        nes: Option<f64> as Fixed<6> = None,
        /// Standard error of the binary logarithm of `p_value`, which comes from random sets; `gsea` only.
        log2_error: Option<f64> as Fixed<4> = None,
        /// Genes of the set from the top of the ranking to the score, best first; `gsea` only.
        leading_edge: Vec<String> as List = Vec::new(),
        /// Genes that the set lists.
        n_members: u32 as Integer = 0,
        /// Listed genes that are no gene of the annotation.
        n_unknown: u32 as Integer = 0,
        /// Id of the better set of the same collection and test that rests on the same genes: of sets with p < 0.05, that
        /// with the smallest p-value with whose `genes` (`leading_edge` for `gsea`) its own have a Jaccard index of 0.5
        /// or more. `NA` for a set that stands for itself.
        redundant_with: Option<String> as Name = None,
        /// Genes of the panel that the set lists, sorted.
        panel_genes: Vec<String> as List = Vec::new(),
    }
}
