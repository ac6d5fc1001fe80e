use crate::{
    cell::{Fixed, Integer, Name, Probability, Text},
    row::row,
};

row! {
    /// One gene in one contrast: its events taken together.
    struct GeneRow in "genes.tsv" {
        /// The comparison, `factor:case:control`.
        contrast: String as Name,
        /// Id of the gene.
        gene_id: String as Name,
        /// Name of the gene; its id where the annotation has no name.
        gene_name: String as Text,
        /// Events of the gene in the catalogue.
        n_events: u32 as Integer,
        /// Events of the gene that were tested.
        n_tested: u32 as Integer,
        /// Simes' combination of the p-values of the tested events (with `--gene-test acat` the Cauchy combination).
        p_value: Option<f64> as Probability,
        /// False discovery rate over the genes with a tested event.
        q_value: Option<f64> as Probability,
        /// Tested event with the smallest p-value.
        top_event: Option<String> as Name,
        /// `delta_psi` of the tested event where it is farthest from 0, with its sign.
        delta_psi_max: Option<f64> as Fixed<6>,
    }
}
