//! An annotation as GTF.

use std::fmt::Write;

use nadsplice_core::{Annotation, Strand};

/// The annotation as GTF: one `transcript` row and its `exon` rows for each transcript, with `gene_id`,
/// `transcript_id` and, where known, `gene_name`. Positions are 1-based and closed. Read back, it gives the same
/// genes in the same order; coding segments are left out.
pub fn gtf_text(annotation: &Annotation) -> String {
    let mut text = String::new();
    for gene in &annotation.genes {
        let contig = annotation.contigs.name(gene.contig);
        let strand = Strand::symbol_of(gene.strand);
        for transcript in &gene.transcripts {
            let name = gene.name.as_ref().map(|n| format!(" gene_name \"{n}\";")).unwrap_or_default();
            let mut row = |feature: &str, range: nadsplice_core::Interval| {
                // Writing to a string cannot fail.
                let _ = writeln!(
                    text,
                    "{contig}\tnadsplice\t{feature}\t{}\t{}\t.\t{strand}\t.\tgene_id \"{}\"; transcript_id \"{}\";{name}",
                    range.start() + 1,
                    range.end(),
                    gene.id,
                    transcript.id,
                );
            };
            if let Some(span) = transcript.span() {
                row("transcript", span);
            }
            for &exon in &transcript.exons {
                row("exon", exon);
            }
        }
    }
    text
}
