//! Gene models made in one line, for tests.

use nadsplice_core::{Annotation, Contigs, EventKind, Form, Gene, Interval, Strand, Transcript};

use crate::{Catalogue, EventKeys};

/// Exons as 0-based, half-open pairs.
pub(crate) type Exons<'a> = &'a [(u32, u32)];

/// A form of these exons.
pub(crate) fn form(exons: Exons) -> Form {
    Form { exons: exons.iter().map(|&(start, end)| Interval::new(start, end).unwrap()).collect() }
}

/// A gene `G1` on contig `chr1` with transcripts `T1`, `T2`, ...
pub(crate) fn gene(strand: Option<Strand>, transcripts: &[Exons]) -> Gene {
    named_gene("G1", strand, transcripts)
}

/// A gene on contig `chr1` with transcripts `T1`, `T2`, ...
pub(crate) fn named_gene(id: &str, strand: Option<Strand>, transcripts: &[Exons]) -> Gene {
    let mut contigs = Contigs::default();
    let transcript = |(index, exons): (usize, &Exons)| Transcript {
        id: format!("T{}", index + 1),
        exons: form(exons).exons,
        cds: Vec::new(),
    };
    Gene {
        id: id.to_owned(),
        name: None,
        contig: contigs.intern("chr1"),
        strand,
        transcripts: transcripts.iter().enumerate().map(transcript).collect(),
    }
}

/// An annotation of these genes on contig `chr1`.
pub(crate) fn annotation(genes: Vec<Gene>) -> Annotation {
    let mut contigs = Contigs::default();
    contigs.intern("chr1");
    Annotation { contigs, genes }
}

/// An event's id, exons of the inclusion form, exons of the skipping form.
pub(crate) type Found = (String, Vec<(u32, u32)>, Vec<(u32, u32)>);

/// Events of one kind in a gene `G1` on `chr1`.
pub(crate) fn found(kind: EventKind, strand: Option<Strand>, transcripts: &[Exons]) -> Vec<Found> {
    let annotation = annotation(vec![gene(strand, transcripts)]);
    let pairs = |form: &Form| form.exons.iter().map(|e| (e.start(), e.end())).collect();
    Catalogue::from_annotation(&annotation, EventKeys::WithStrand)
        .events
        .iter()
        .filter(|event| event.kind == kind)
        .map(|event| (event.id("chr1"), pairs(&event.inclusion), pairs(&event.skipping)))
        .collect()
}
