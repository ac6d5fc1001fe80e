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
    /// Leading columns of the matrices of cluster members.
    struct ClusterLead {
        /// The cluster, `CL:chrom:e-s:strand`: the last exonic base before all of its introns and the first one
        /// after them, 1-based. The id says where the cluster is; which members it has depends on the cohort.
        cluster_id: String as Name,
        /// Contig as the annotation names it.
        chrom: String as Name,
        /// Strand of the cluster; `.` where it is unknown.
        strand: Option<Strand> as StrandSymbol,
        /// Ids of the genes of the cluster, sorted.
        gene_id: Vec<String> as List,
        /// Names of these genes in the order of `gene_id`; the id where the annotation has no name.
        gene_name: Vec<String> as List,
        /// First base of the intron, 0-based.
        junction_start0: u32 as Integer,
        /// Base after the intron, 0-based.
        junction_end: u32 as Integer,
        /// Whether a transcript of the annotation has this intron; for a row of kind `intron`, whether one keeps it.
        annotated: bool as YesNo,
        /// SUVA's classes of the pairs in which this member is, each once: `alt5p`, `alt3p`, `contain`, `olp`, `ir`.
        class: Vec<String> as List,
        /// `junction` where the intron is spliced, `intron` where it is kept.
        kind: String as Name,
        /// The other member of each of these pairs: `class:start0-end`, 0-based, half-open.
        pairs: Vec<String> as List,
        /// Events of `events.tsv` that have this member, and a member of either form in the cluster.
        events: Vec<String> as List,
    }
}
