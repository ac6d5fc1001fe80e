//! Reads the annotation and says what was odd in it.

use std::path::Path;

use anyhow::Context;
use nadsplice_align::AnnotationIndex;
use nadsplice_annotation::{Format, GeneGrouping, ReadOptions};
use nadsplice_core::{Annotation, PrincipalTranscripts};
use nadsplice_events::{EventKeys, StopCodon};

use crate::cli::{Counting, GlobalArgs};

/// An annotation, ready for use.
pub(crate) struct LoadedAnnotation {
    pub(crate) annotation: Annotation,
    pub(crate) content_hash: [u8; 32],
    /// The transcripts that it singles out.
    pub(crate) principal: PrincipalTranscripts,
    /// Whether its CDS rows hold the stop codon.
    pub(crate) stop_codon: StopCodon,
}

/// Reads an annotation, grouped as the way of counting needs it.
pub(crate) fn load(path: &Path, counting: Counting, global: &GlobalArgs) -> anyhow::Result<LoadedAnnotation> {
    let messages = global.messages();
    let grouping = match counting {
        Counting::Fragments => GeneGrouping::ByLocus,
        Counting::Rmats => GeneGrouping::RmatsMerged,
    };
    let file = nadsplice_annotation::read(path, &ReadOptions { grouping, threads: global.threads() })
        .with_context(|| format!("could not use annotation `{}`", path.display()))?;
    for warning in &file.warnings {
        messages.warn(format!("`{}` {warning}", path.display()));
    }
    messages.detail(format!(
        "`{}` ({}): {} genes, {} transcripts on {} contigs",
        path.display(),
        file.format,
        file.annotation.genes.len(),
        file.annotation.genes.iter().map(|g| g.transcripts.len()).sum::<usize>(),
        file.annotation.contigs.len(),
    ));
    Ok(LoadedAnnotation {
        annotation: file.annotation,
        content_hash: file.content_hash,
        principal: file.principal,
        stop_codon: match file.format {
            Format::Gtf => StopCodon::Excluded,
            Format::Gff3 => StopCodon::Included,
        },
    })
}

impl LoadedAnnotation {
    pub(crate) fn index(&self, threads: usize) -> AnnotationIndex {
        AnnotationIndex::new(&self.annotation, self.content_hash, threads)
    }
}

/// The identity of events under a way of counting.
pub(crate) fn event_keys(counting: Counting) -> EventKeys {
    match counting {
        Counting::Fragments => EventKeys::WithStrand,
        Counting::Rmats => EventKeys::Rmats,
    }
}
