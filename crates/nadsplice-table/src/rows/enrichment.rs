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
        /// The test: over-representation of called genes, or rank enrichment.
        method: String as Name,
        /// Genes of the universe: those with at least one tested event.
        n_universe: u32 as Integer,
        /// Called genes in the universe.
        n_called: u32 as Integer,
        /// Genes of the set in the universe.
        set_size: u32 as Integer,
        /// Called genes in the set.
        overlap: u32 as Integer,
        /// Called genes that would be in the set by chance, given how many events its genes have.
        expected: Option<f64> as Fixed<4>,
        /// `overlap` over `expected`.
        fold: Option<f64> as Fixed<4>,
        /// Probability of such an overlap or a larger one by chance, given how many events the genes have.
        p_value: Option<f64> as Probability,
        /// False discovery rate within the collection.
        q_value: Option<f64> as Probability,
        /// Hypergeometric probability, which ignores that genes with many events are called more often; for
        /// comparison with other tools only.
        p_hypergeometric: Option<f64> as Probability,
        /// Called genes in the set, sorted.
        genes: Vec<String> as List,
        /// `ok`, or why the set was not tested: `set_size` (fewer than 5 or more than 500 of its genes in the universe)
        /// or `too_few_called` (fewer than 10 called genes in the contrast).
        status: String as Name,
    }
}
