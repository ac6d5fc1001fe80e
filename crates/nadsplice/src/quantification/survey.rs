//! The first pass over a cohort: which events, junctions and clusters there are.

use std::{cell::RefCell, path::Path, sync::Mutex};

use anyhow::Context;
use nadsplice_annotation::{IndexedReference, ReferenceError};
use nadsplice_core::{Annotation, Junction, Strand};
use nadsplice_events::{Catalogue, ClusterOptions, Clusters, CohortEvidence, CohortJunction};
use rayon::prelude::*;

use super::{CountedSample, QuantifySettings, samples};
use crate::{annotation::event_keys, cli::Counting};

/// What there is to count in the samples of a cohort.
pub(super) struct Survey {
    /// The annotated events, and on request those that the reads add.
    pub(super) catalogue: Catalogue,
    /// All junctions of the cohort and of the annotation, in genome order.
    pub(super) junctions: Vec<CohortJunction>,
    pub(super) clusters: Clusters,
}

impl Survey {
    pub(super) fn of(settings: &QuantifySettings<'_>, cohort: &[CountedSample]) -> anyhow::Result<Self> {
        let annotation = &settings.loaded.annotation;
        let evidence = pool(settings, cohort)?;
        let motifs = settings.reference.map(|path| Motifs::open(path, annotation)).transpose()?;
        let catalogue = match (settings.novel, &motifs) {
            (None, _) => Catalogue::from_annotation(annotation, event_keys(settings.counting)),
            (Some(_), None) => Catalogue::with_novel(&evidence),
            (Some(_), Some(motifs)) => {
                Catalogue::with_novel_and_motifs(&evidence, |junction| motifs.strand(junction))?
            }
        };
        let mut junctions = evidence.cohort_junctions();
        let options = ClusterOptions::default();
        let mut members = evidence.cluster_members(&options);
        drop(evidence);
        if let Some(motifs) = &motifs {
            for row in junctions.iter_mut().filter(|j| j.strand.is_none()) {
                row.strand = motifs.strand(row.junction)?;
            }
            for member in members.iter_mut().filter(|m| m.strand.is_none()) {
                member.strand = motifs.strand(Junction { contig: member.contig, intron: member.intron })?;
            }
        }
        let clusters = Clusters::from_junctions(members, &options);
        Ok(Self { catalogue, junctions, clusters })
    }
}

/// Splice motifs of the genome.
struct Motifs<'a> {
    bases: RefCell<IndexedReference>,
    annotation: &'a Annotation,
}

impl<'a> Motifs<'a> {
    fn open(path: &Path, annotation: &'a Annotation) -> Result<Self, ReferenceError> {
        Ok(Self { bases: RefCell::new(IndexedReference::open(path)?), annotation })
    }

    /// The strand on which an intron has a splice motif.
    fn strand(&self, junction: Junction) -> Result<Option<Strand>, ReferenceError> {
        self.bases.borrow_mut().intron_strand(self.annotation.contigs.name(junction.contig), junction.intron)
    }
}

/// Adds up what all samples say. The order does not matter, since only sums and counts of samples are kept.
fn pool<'a>(settings: &QuantifySettings<'a>, cohort: &[CountedSample]) -> anyhow::Result<CohortEvidence<'a>> {
    let annotation = &settings.loaded.annotation;
    let evidence = match settings.counting {
        Counting::Fragments => CohortEvidence::new(annotation, settings.novel.unwrap_or_default()),
        Counting::Rmats => CohortEvidence::rmats(annotation),
    };
    let none = evidence.empty();
    let pooled = Mutex::new(evidence);
    let bar = settings.messages.progress(cohort.len(), "pooling junctions");
    cohort.par_iter().try_for_each(|sample| -> anyhow::Result<()> {
        let counts = settings.read(sample)?;
        // Warnings come when the sample is quantified.
        let (library, _) = samples::library(sample, &counts, &mut Vec::new())?;
        let mut one = none.empty();
        one.add(&counts, library).with_context(|| format!("could not use sample `{}`", sample.name))?;
        drop(counts);
        pooled.lock().unwrap_or_else(std::sync::PoisonError::into_inner).merge(one);
        bar.inc(1);
        Ok(())
    })?;
    bar.finish_and_clear();
    Ok(pooled.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner))
}
