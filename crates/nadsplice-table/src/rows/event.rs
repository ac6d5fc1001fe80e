use nadsplice_core::{EventKind, Interval, Strand};

use crate::{
    cell::{Fixed, Integer, Intervals, Kind, List, Name, StrandSymbol, Text},
    row::row,
};

row! {
    /// One splicing event of the catalogue.
    struct EventRow in "events.tsv" {
        /// Identity of the event, `KIND:chrom:coordinates:strand`, 1-based closed exon boundaries in genome
        /// order (`e` an exon's last base, `s` the next exon's first); equal in every run and cohort.
        event_id: String as Name,
        /// Skipped exon, multiple skipped exons, alternative donor, alternative acceptor, mutually exclusive
        /// exons, retained intron, alternative first exon or alternative last exon.
        kind: EventKind as Kind,
        /// Ids of the genes that share the event, sorted.
        gene_id: Vec<String> as List,
        /// Names of these genes in the order of `gene_id`; the id where the annotation has no name.
        gene_name: Vec<String> as List,
        /// Contig as the annotation names it.
        chrom: String as Name,
        /// Strand of the genes; `.` where it is unknown.
        strand: Option<Strand> as StrandSymbol,
        /// First base of the alternative part and its flanking splice sites, 0-based: the last base of the left
        /// flanking exon.
        start0: Option<u32> as Integer = None,
        /// Base after them, 0-based: the base after the first base of the right flanking exon.
        end: Option<u32> as Integer = None,
        /// `annotated`, or what of the event the annotation lacks: `novel_junction` between annotated splice
        /// sites, `novel_site`, `novel_exon` or `novel_intron` (a retained intron).
        novelty: String as Text = String::new(),
        /// Junctions (introns) of the inclusion form in genome order; for RI the two exon-intron boundaries, each as
        /// the base before and the base after it.
        inclusion_junctions: Vec<Interval> as Intervals = Vec::new(),
        /// Junctions (introns) of the skipping form in genome order.
        skipping_junctions: Vec<Interval> as Intervals = Vec::new(),
        /// Effective length of the inclusion form, median over the samples: the number of placements of a fragment
        /// (of a read, where reads are counted) that would be counted for it.
        length_inclusion: Option<f64> as Fixed<3>,
        /// Effective length of the skipping form, median over the samples.
        length_skipping: Option<f64> as Fixed<3>,
        /// Coordinates by which rMATS knows the event, as in its `fromGTF` files; several where it has several
        /// rows for one event.
        rmats_key: Vec<String> as List = Vec::new(),
        /// SUPPA's ids of the event.
        suppa_id: Vec<String> as List = Vec::new(),
        /// Exons of both forms with their outer ends, in genome order, each once.
        exons: Vec<Interval> as Intervals = Vec::new(),
        /// Transcripts that have the inclusion form, sorted.
        inclusion_transcripts: Vec<String> as List = Vec::new(),
        /// Transcripts that have either form, sorted.
        total_transcripts: Vec<String> as List = Vec::new(),
        /// Exons of the inclusion form with their outer ends, in genome order.
        inclusion_exons: Vec<Interval> as Intervals = Vec::new(),
        /// Exons of the skipping form with their outer ends, in genome order.
        skipping_exons: Vec<Interval> as Intervals = Vec::new(),
        /// What was counted: `junctions` (for RI contiguous fragments over the boundaries), `body` (unspliced
        /// fragments inside the alternative region too), `rmats_jc`, `junction_sum` (from junction tables: reads summed
        /// over the form's junctions, whose number is the form's length), or `none` (RI from junction tables, which
        /// have no reads over boundaries: all its counts are missing).
        evidence: String as Text = String::new(),
        /// Those of `gene_id` that the annotation has no name for.
        unnamed_genes: Vec<String> as List = Vec::new(),
        /// Of a retained intron: the lowest over the highest among the fragments over its two boundaries and the
        /// depth between them, exons of other genes and transcripts left out, over all samples; from 0 to 1. NA below
        /// 10 fragments over a boundary, or where such exons hide more than half of the intron.
        intron_balance: Option<f64> as Fixed<3> = None,
        /// What speaks against the event: `uneven_intron` of a retained intron whose balance is below 0.25, or that
        /// other exons hide.
        flags: Vec<String> as List = Vec::new(),
    }
}
