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

row! {
    /// Leading columns of the matrix of cluster junctions.
    struct ClusterLead {
        /// The cluster: junctions linked by shared splice sites.
        cluster_id: String as Name,
        /// Contig as the annotation names it.
        chrom: String as Name,
        /// Strand of the cluster; `.` where it is unknown.
        strand: Option<Strand> as StrandSymbol,
        /// Ids of the genes of the cluster, sorted.
        gene_id: Vec<String> as List,
        /// Names of these genes in the order of `gene_id`.
        gene_name: Vec<String> as List,
        /// First base of the junction's intron, 0-based.
        junction_start0: u32 as Integer,
        /// Base after the junction's intron, 0-based.
        junction_end: u32 as Integer,
        /// Whether a transcript of the annotation has this intron.
        annotated: bool as YesNo,
        /// How the junction stands to the annotation: both splice sites and their pairing known, or what is new.
        class: String as Name,
    }
}
