//! The catalogue of a cohort: annotated events, and on request those that its reads add.

use std::sync::Mutex;

use anyhow::Context;
use nadsplice_annotation::{IndexedReference, ReferenceError};
use nadsplice_core::Junction;
use nadsplice_events::{Catalogue, CohortEvidence, NovelOptions};
use rayon::prelude::*;

use super::{CountedSample, QuantifySettings, samples};
use crate::{annotation::event_keys, cli::Counting};

/// The catalogue by which all samples are quantified.
pub(super) fn of_cohort(
    settings: &QuantifySettings<'_>,
    cohort: &[CountedSample],
) -> anyhow::Result<Catalogue> {
    let annotation = &settings.loaded.annotation;
    if !settings.novel {
        return Ok(Catalogue::from_annotation(annotation, event_keys(settings.counting)));
    }
    let evidence = match settings.counting {
        Counting::Fragments => CohortEvidence::new(annotation, NovelOptions::default()),
        Counting::Rmats => CohortEvidence::rmats(annotation),
    };
    let evidence = pool(settings, cohort, evidence)?;
    let Some(reference) = settings.reference else {
        return Ok(Catalogue::with_novel(&evidence));
    };
    let mut bases = IndexedReference::open(reference)?;
    let strand = |junction: Junction| -> Result<_, ReferenceError> {
        bases.intron_strand(annotation.contigs.name(junction.contig), junction.intron)
    };
    Ok(Catalogue::with_novel_and_motifs(&evidence, strand)?)
}

/// Adds up what all samples say. The order does not matter, since only sums and counts of samples are kept.
fn pool<'a>(
    settings: &QuantifySettings<'_>,
    cohort: &[CountedSample],
    evidence: CohortEvidence<'a>,
) -> anyhow::Result<CohortEvidence<'a>> {
    let bar = settings.messages.progress(cohort.len(), "looking for novel events");
    let pooled = Mutex::new(evidence);
    cohort.par_iter().try_for_each(|sample| -> anyhow::Result<()> {
        let (counts, _) = settings.read(sample)?;
        // Warnings come when the sample is quantified.
        let (library, _) = samples::library(sample, &counts, &mut Vec::new())?;
        pooled
            .lock()
            .unwrap_or_else(std::sync::PoisonError::into_inner)
            .add(&counts, library)
            .with_context(|| format!("could not use sample `{}`", sample.name))?;
        bar.inc(1);
        Ok(())
    })?;
    bar.finish_and_clear();
    Ok(pooled.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}
