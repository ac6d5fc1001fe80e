//! Rows that several commands write.

use nadsplice_core::{Annotation, Event, EventKind, GeneId, Interval, Strand};
use nadsplice_events::{Novelty, rmats_key, suppa_ids, supporting_transcripts};
use nadsplice_table::EventRow;

/// An event's row of `events.tsv`, without effective lengths, which only samples have.
pub(crate) fn event_row(event: &Event, novelty: Novelty, annotation: &Annotation) -> EventRow {
    let chrom = annotation.contigs.name(event.contig);
    let (gene_id, gene_name) = gene_columns(&event.genes, annotation);
    let unnamed = event.genes.iter().map(|&g| annotation.gene(g)).filter(|gene| gene.name.is_none());
    let mut unnamed: Vec<String> = unnamed.map(|gene| gene.id.clone()).collect();
    unnamed.sort_unstable();
    unnamed.dedup();
    let supporting = supporting_transcripts(event, annotation);
    let owned = |list: &[&str]| list.iter().map(|&s| s.to_owned()).collect();
    let span = event.span();
    EventRow {
        event_id: event.id(chrom),
        kind: event.kind,
        gene_id,
        gene_name,
        chrom: chrom.to_owned(),
        strand: event.strand,
        start0: span.map(Interval::start),
        end: span.map(Interval::end),
        novelty: novelty.name().to_owned(),
        inclusion_junctions: inclusion_junctions(event),
        skipping_junctions: event.skipping.introns().collect(),
        length_inclusion: None,
        length_skipping: None,
        rmats_key: rmats_key(event, chrom).into_iter().collect(),
        // SUPPA knows annotated events only.
        suppa_id: if novelty == Novelty::Annotated { suppa_ids(event, annotation) } else { Vec::new() },
        exons: all_exons(event),
        inclusion_transcripts: owned(&supporting.inclusion),
        total_transcripts: owned(&supporting.total),
        inclusion_exons: event.inclusion.exons.clone(),
        skipping_exons: event.skipping.exons.clone(),
        evidence: String::new(),
        unnamed_genes: unnamed,
        intron_balance: None,
        flags: Vec::new(),
    }
}

/// Ids and names of genes: sorted by id, each once.
pub(crate) fn gene_columns(genes: &[GeneId], annotation: &Annotation) -> (Vec<String>, Vec<String>) {
    let mut genes: Vec<(&str, &str)> =
        genes.iter().map(|&g| (annotation.gene(g).id.as_str(), annotation.gene(g).label())).collect();
    genes.sort_unstable();
    genes.dedup();
    genes.into_iter().map(|(id, name)| (id.to_owned(), name.to_owned())).unzip()
}

fn all_exons(event: &Event) -> Vec<Interval> {
    let mut exons = [event.inclusion.exons.as_slice(), &event.skipping.exons].concat();
    exons.sort_unstable();
    exons.dedup();
    exons
}

/// The inclusion form's introns; for a retained intron its two boundaries with one base on either side.
pub(crate) fn inclusion_junctions(event: &Event) -> Vec<Interval> {
    if event.kind != EventKind::Ri {
        return event.inclusion.introns().collect();
    }
    event
        .skipping
        .introns()
        .flat_map(|i| [i.start(), i.end()])
        .filter_map(|b| Interval::new(b.saturating_sub(1), b + 1))
        .collect()
}

/// `GeneID geneSymbol chr strand` and coordinates, as rMATS writes them.
pub(crate) fn rmats_lead(
    gene_id: &str,
    gene_name: Option<&str>,
    chrom: &str,
    strand: Option<Strand>,
    coordinates: &[String],
) -> String {
    let symbol = gene_name.map_or_else(|| "NA".to_owned(), |name| format!("\"{name}\""));
    format!("\"{gene_id}\"\t{symbol}\t{chrom}\t{}\t{}", Strand::symbol_of(strand), coordinates.join("\t"))
}
