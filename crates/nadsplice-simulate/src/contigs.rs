//! Contigs of the header.

use std::collections::HashMap;

use nadsplice_align::HeaderContig;
use nadsplice_core::Annotation;

use crate::SimulateError;

/// Bases of a contig behind its last exon, where no length is given.
const MARGIN: u32 = 10_000;

/// The annotation's contigs, each reaching some way behind its last exon.
pub(crate) fn contigs_of(annotation: &Annotation) -> Vec<HeaderContig> {
    let mut ends = vec![0; annotation.contigs.len()];
    for gene in &annotation.genes {
        if let Some(span) = gene.span() {
            let end: &mut u32 = &mut ends[gene.contig.index()];
            *end = span.end().max(*end);
        }
    }
    let contig = |(name, end): (&String, u32)| HeaderContig {
        name: name.clone(),
        length: end.saturating_add(MARGIN).min(i32::MAX.cast_unsigned()),
    };
    annotation.contigs.names().iter().zip(ends).map(contig).collect()
}

/// For each contig of the annotation, its place in the header.
pub(crate) fn tids(
    annotation: &Annotation,
    contigs: &[HeaderContig],
) -> Result<Vec<Option<u32>>, SimulateError> {
    let too_many = |_| SimulateError::Range {
        what: "the number of contigs".to_owned(),
        found: contigs.len().to_string(),
        expected: "below 2^32",
    };
    u32::try_from(contigs.len()).map_err(too_many)?;
    let places: HashMap<&str, u32> = contigs.iter().map(|c| c.name.as_str()).zip(0..).collect();
    Ok(annotation.contigs.names().iter().map(|name| places.get(name.as_str()).copied()).collect())
}
