use nadsplice_core::Strand;

use crate::{
    cell::{Integer, List, Name, StrandSymbol, YesNo},
    row::row,
};

row! {
    /// Leading column of the matrices of events.
    struct EventLead {
        /// The event, as in `events.tsv`.
        event_id: String as Name,
    }
}

row! {
    /// Leading columns of the matrix of junctions.
    struct JunctionLead {
        /// Contig as the annotation names it.
        chrom: String as Name,
        /// First base of the intron, 0-based.
        start0: u32 as Integer,
        /// Base after the intron, 0-based.
        end: u32 as Integer,
        /// Strand of the junction; `.` where it is unknown.
        strand: Option<Strand> as StrandSymbol,
        /// Whether a transcript of the annotation has this intron.
        annotated: bool as YesNo,
        /// Ids of the genes to which the junction belongs, sorted.
        gene_id: Vec<String> as List,
    }
}

row! {
    /// Leading columns of the matrix of genes.
    struct GeneLead {
        /// Id of the gene.
        gene_id: String as Name,
        /// Name of the gene; its id where the annotation has no name.
        gene_name: String as Name,
    }
}
