//! The first pass over a cohort: which events, junctions and clusters there are.

use std::{
    collections::HashSet,
    path::Path,
    sync::{Mutex, PoisonError},
};

use anyhow::Context;
use nadsplice_annotation::{IndexedReference, ReferenceError};
use nadsplice_core::{Annotation, Event, GeneId, Interval, Junction, Regions, Strand};
use nadsplice_events::{
    Catalogue, ClusterOptions, Clusters, CohortEvidence, CohortJunction, IntronEvenness, Novelty,
};
use nadsplice_panel::{GeneIndex, Panel};
use rayon::prelude::*;

use super::{CountedSample, QuantifySettings, samples};
use crate::{
    annotation::event_keys,
    cli::Counting,
    missing::{Failure, MissedIn},
    regions::is_inside,
};

/// What there is to count in the samples of a cohort.
pub(super) struct Survey {
    /// The annotated events, and those that the reads add: on request, and for panel genes.
    pub(super) catalogue: Catalogue,
    /// All junctions of the cohort and of the annotation, in genome order.
    pub(super) junctions: Vec<CohortJunction>,
    pub(super) clusters: Clusters,
    pub(super) evenness: IntronEvenness,
}

impl Survey {
    /// What the pooled evidence of a cohort comes to.
    pub(super) fn of(settings: &QuantifySettings<'_>, evidence: CohortEvidence<'_>) -> anyhow::Result<Self> {
        let annotation = &settings.loaded.annotation;
        let motifs = settings.reference.map(|path| Motifs::open(path, annotation)).transpose()?;
        let options = ClusterOptions::default();
        let (catalogue, (mut junctions, mut members)) = rayon::join(
            || catalogue(settings, &evidence, motifs.as_ref()),
            || (evidence.cohort_junctions(), evidence.cluster_members(&options)),
        );
        let mut catalogue = catalogue?;
        if let Some(part) = settings.part {
            catalogue.retain(|event, _| part.has(event.contig));
            junctions.retain(|row| part.has(row.junction.contig));
            members.retain(|member| part.has(member.contig));
        }
        if let Some(regions) = settings.regions {
            catalogue.retain(|event, _| has_event(regions, annotation, event));
            junctions.retain(|row| has_junction(regions, row.junction));
            members.retain(|member| regions.flank(member.contig, member.intron).contains(&true));
        }
        if let Some(motifs) = &motifs {
            for row in junctions.iter_mut().filter(|j| j.strand.is_none()) {
                row.strand = motifs.strand(row.junction)?;
            }
            for member in members.iter_mut().filter(|m| m.strand.is_none()) {
                member.strand = motifs.strand(Junction { contig: member.contig, intron: member.intron })?;
            }
        }
        let (evenness, mut clusters) = rayon::join(
            || {
                let evenness = IntronEvenness::new(&catalogue, &evidence);
                drop(evidence);
                evenness
            },
            || Clusters::from_junctions(members, &options),
        );
        if let Some(regions) = settings.regions {
            // What a member outside is linked to is not known.
            clusters.clusters.retain(|cluster| {
                cluster.members.iter().all(|m| regions.flank(cluster.contig, m.intron) == [true; 2])
                    && has_gene(regions, annotation, &cluster.genes)
            });
        }
        Ok(Self { catalogue, junctions, clusters, evenness })
    }
}

/// Whether all that crosses a junction is counted: a base on one side of it lies in the regions.
pub(super) fn has_junction(regions: &Regions, junction: Junction) -> bool {
    regions.flank(junction.contig, junction.intron).contains(&true)
}

/// Whether one of these genes lies in the regions as a whole, or there is none.
fn has_gene(regions: &Regions, annotation: &Annotation, genes: &[GeneId]) -> bool {
    genes.is_empty() || genes.iter().any(|&gene| is_inside(regions, annotation, gene))
}

/// Whether all that counts for an event lies in the regions, and one of its genes as a whole.
fn has_event(regions: &Regions, annotation: &Annotation, event: &Event) -> bool {
    let exons = || event.inclusion.exons.iter().chain(&event.skipping.exons);
    let hull = exons().map(|e| e.start()).min().zip(exons().map(|e| e.end()).max());
    let hull = hull.and_then(|(start, end)| Interval::new(start, end));
    hull.is_some_and(|hull| regions.enclose(event.contig, hull))
        && has_gene(regions, annotation, &event.genes)
}

/// The annotated events with those that the reads add: to all genes, or to those of the panel.
fn catalogue(
    settings: &QuantifySettings<'_>,
    evidence: &CohortEvidence<'_>,
    motifs: Option<&Motifs<'_>>,
) -> anyhow::Result<Catalogue> {
    let annotation = &settings.loaded.annotation;
    if settings.novel.is_none() && settings.counting == Counting::Rmats {
        return Ok(Catalogue::from_annotation(annotation, event_keys(settings.counting)));
    }
    let mut catalogue = match motifs {
        Some(motifs) => Catalogue::with_novel_and_motifs(evidence, |junction| motifs.strand(junction))?,
        None => Catalogue::with_novel(evidence),
    };
    if settings.novel.is_none() {
        let panel = panel_genes(settings.panel, annotation);
        catalogue.retain(|event, novelty| {
            novelty == Novelty::Annotated || event.genes.iter().any(|gene| panel.contains(gene))
        });
    }
    Ok(catalogue)
}

/// The genes of a panel as far as an annotation has them.
pub(crate) fn panel_genes(panel: &Panel, annotation: &Annotation) -> HashSet<GeneId> {
    let names = annotation.genes().map(|(_, gene)| (gene.id.as_str(), Some(gene.label())));
    let (ids, index): (Vec<GeneId>, _) =
        (annotation.genes().map(|(id, _)| id).collect(), GeneIndex::new(names));
    let matches = panel.genes().iter().filter_map(|gene| index.resolve(&gene.identity));
    matches.flat_map(|found| found.genes().iter().map(|&k| ids[k]).collect::<Vec<_>>()).collect()
}

/// Splice motifs of the genome.
struct Motifs<'a> {
    bases: Mutex<IndexedReference>,
    annotation: &'a Annotation,
}

impl<'a> Motifs<'a> {
    fn open(path: &Path, annotation: &'a Annotation) -> Result<Self, ReferenceError> {
        Ok(Self { bases: Mutex::new(IndexedReference::open(path)?), annotation })
    }

    /// The strand on which an intron has a splice motif.
    fn strand(&self, junction: Junction) -> Result<Option<Strand>, ReferenceError> {
        let mut bases = self.bases.lock().unwrap_or_else(PoisonError::into_inner);
        bases.intron_strand(self.annotation.contigs.name(junction.contig), junction.intron)
    }
}

/// Adds up what all samples say, but for those that cannot be used. The order does not matter, since only sums and
/// counts of samples are kept.
pub(super) fn pool<'a>(
    settings: &QuantifySettings<'a>,
    cohort: &[CountedSample],
) -> (CohortEvidence<'a>, Vec<Failure>) {
    let annotation = &settings.loaded.annotation;
    let evidence = match settings.counting {
        Counting::Fragments => CohortEvidence::new(annotation, settings.novel.unwrap_or_default()),
        Counting::Rmats => CohortEvidence::rmats(annotation),
    };
    let none = evidence.empty();
    let pooled = Mutex::new(evidence);
    let bar = settings.messages.progress(cohort.len(), "pooling junctions");
    let add = |sample: &CountedSample| -> anyhow::Result<()> {
        let (counts, _) = settings.read_part(sample)?;
        // Warnings come when the sample is quantified.
        let (library, _) = samples::library(sample, &counts, &mut Vec::new())?;
        let mut one = none.empty();
        one.add(&counts, library).with_context(|| format!("could not use sample `{}`", sample.name))?;
        drop(counts);
        pooled.lock().unwrap_or_else(PoisonError::into_inner).merge(one);
        bar.inc(1);
        Ok(())
    };
    let failures = cohort
        .par_iter()
        .filter_map(|sample| {
            let error = add(sample).err()?;
            Some(Failure { sample: sample.name.clone(), step: MissedIn::Quantify, error })
        })
        .collect();
    bar.finish_and_clear();
    (pooled.into_inner().unwrap_or_else(PoisonError::into_inner), failures)
}
