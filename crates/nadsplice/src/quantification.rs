//! From counts files to the tables of a cohort.

mod catalogue;
mod intervals;
mod mix_up;
mod samples;
mod tables;

use std::{
    path::{Path, PathBuf},
    sync::Mutex,
};

use anyhow::{Context, bail};
use nadsplice_align::read_counts;
use nadsplice_annotation::IndexedReference;
use nadsplice_core::{Annotation, Evidence, InputIdentity, Junction, LibraryStrandedness, SampleCounts};
use nadsplice_diff::SampleSheet;
use nadsplice_events::{
    Catalogue, CohortJunction, CountingPlan, EventCounts, EvidenceKind, JunctionPool, Novelty, ReadGeometry,
    RmatsCount, junction_counts, rmats_lengths, rmats_quantify,
};
use nadsplice_table::SampleRow;
use rayon::prelude::*;

use self::intervals::PsiIntervals;
use crate::{annotation::LoadedAnnotation, cli::Counting, messages::Messages};

/// A sample with the counts file that holds its counts.
#[derive(Clone, Debug)]
pub(crate) struct CountedSample {
    pub(crate) name: String,
    pub(crate) counts: PathBuf,
    /// What the sheet or an option states.
    pub(crate) stated: Option<(LibraryStrandedness, &'static str)>,
}

/// How a cohort is quantified.
#[derive(Clone, Copy)]
pub(crate) struct QuantifySettings<'a> {
    pub(crate) loaded: &'a LoadedAnnotation,
    pub(crate) counting: Counting,
    pub(crate) evidence: EvidenceKind,
    /// Add the events that the cohort's reads show and the annotation lacks.
    pub(crate) novel: bool,
    /// Indexed FASTA whose splice motifs give junctions a strand that nothing else does.
    pub(crate) reference: Option<&'a Path>,
    pub(crate) messages: Messages,
}

impl QuantifySettings<'_> {
    /// Refuses counts that were made with another annotation.
    fn check_annotation(&self, sample: &CountedSample, counts: &SampleCounts) -> anyhow::Result<()> {
        if counts.annotation != self.loaded.content_hash {
            bail!(
                "counts file `{}` of sample `{}` was made with another annotation\n\
                 hint: count the sample again with this --gtf, or give the --gtf that it was counted with",
                sample.counts.display(),
                sample.name
            );
        }
        Ok(())
    }
}

/// What one sample gives.
struct Quantified {
    events: EventValues,
    junctions: Vec<(Junction, u32)>,
    genes: Option<Vec<u32>>,
    row: SampleRow,
    input: InputIdentity,
    warnings: Vec<String>,
}

/// Counts and lengths of all events in one sample.
struct EventValues {
    counts: EventCounts,
    intervals: PsiIntervals,
    /// rMATS's junctions-and-bodies counts and lengths.
    with_bodies: Option<EventCounts>,
}

/// A quantified cohort.
struct Cohort<'a> {
    loaded: &'a LoadedAnnotation,
    catalogue: Catalogue,
    names: Vec<String>,
    samples: Vec<Quantified>,
    junctions: Vec<CohortJunction>,
    /// The column `evidence` of `events.tsv`.
    evidence: &'static str,
}

/// Quantifies every event of the annotation in every sample and writes the cohort's tables into a folder.
pub(crate) fn quantify(
    settings: &QuantifySettings<'_>,
    sheet: &SampleSheet,
    samples: &[CountedSample],
    outdir: &Path,
) -> anyhow::Result<()> {
    let annotation = &settings.loaded.annotation;
    let catalogue = catalogue::of_cohort(settings, samples)?;
    if catalogue.is_empty() {
        bail!(
            "the annotation has no alternative splicing event: every gene has one way of splicing only\n\
             hint: an annotation with all transcripts (Ensembl, GENCODE, RefSeq) is needed, not one transcript a gene"
        );
    }
    let novel = catalogue.novelty.iter().filter(|&&n| n != Novelty::Annotated).count();
    let novel = if settings.novel { format!(" ({novel} novel)") } else { String::new() };
    settings.messages.step(format!("{} events{novel}, {} samples", catalogue.len(), samples.len()));
    let plan = CountingPlan::new(&catalogue, annotation);
    let measures = samples::Measures::new(annotation);
    let pool = Mutex::new(JunctionPool::default());
    let bar = settings.messages.progress(samples.len(), "quantifying");
    let quantified: Vec<Quantified> = samples
        .par_iter()
        .map(|sample| {
            let one = quantify_sample(settings, (&catalogue, &plan, &measures), sample, &pool);
            bar.inc(1);
            one
        })
        .collect::<anyhow::Result<_>>()?;
    bar.finish_and_clear();
    for warning in quantified.iter().flat_map(|q| &q.warnings) {
        settings.messages.warn(warning);
    }
    let seen: Vec<mix_up::Seen<'_>> = samples
        .iter()
        .zip(&quantified)
        .map(|(sample, found)| mix_up::Seen { name: &sample.name, input: found.input, row: &found.row })
        .collect();
    for warning in mix_up::warnings(sheet, &seen) {
        settings.messages.warn(warning);
    }
    let pool = pool.into_inner().unwrap_or_else(std::sync::PoisonError::into_inner);
    let mut junctions = pool.finish(annotation);
    if let Some(reference) = settings.reference {
        strand_by_motif(&mut junctions, annotation, reference)?;
    }
    drop(plan);
    let cohort = Cohort {
        loaded: settings.loaded,
        catalogue,
        names: samples.iter().map(|s| s.name.clone()).collect(),
        samples: quantified,
        junctions,
        evidence: match (settings.counting, settings.evidence) {
            (Counting::Rmats, _) => "rmats_jc",
            (Counting::Fragments, EvidenceKind::Junctions) => "junctions",
            (Counting::Fragments, EvidenceKind::Body) => "body",
        },
    };
    tables::write(&cohort, sheet, outdir)
}

/// Gives junctions of unknown strand the strand of their splice motif.
fn strand_by_motif(
    junctions: &mut [CohortJunction],
    annotation: &Annotation,
    reference: &Path,
) -> anyhow::Result<()> {
    let mut bases = IndexedReference::open(reference)?;
    for row in junctions.iter_mut().filter(|j| j.strand.is_none()) {
        row.strand =
            bases.intron_strand(annotation.contigs.name(row.junction.contig), row.junction.intron)?;
    }
    Ok(())
}

fn quantify_sample(
    settings: &QuantifySettings<'_>,
    (catalogue, plan, measures): (&Catalogue, &CountingPlan<'_>, &samples::Measures),
    sample: &CountedSample,
    pool: &Mutex<JunctionPool>,
) -> anyhow::Result<Quantified> {
    let counts = read_counts(&sample.counts)?;
    settings.check_annotation(sample, &counts)?;
    let mut warnings = Vec::new();
    let (library, source) = samples::library(sample, &counts, &mut warnings)?;
    if counts.paired_alignments > 0 && ReadGeometry::of(&counts).is_assumed() {
        warnings.push(format!(
            "sample `{}`: too few pairs inside one exon to measure fragment lengths; 2.5 read lengths are assumed for \
             effective lengths",
            sample.name
        ));
    }
    let events = event_values(settings, catalogue, plan, &counts, library)
        .with_context(|| format!("could not quantify sample `{}`", sample.name))?;
    pool.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(&counts, library);
    let genes: Option<Vec<u32>> = match &counts.evidence {
        Evidence::Fragments(evidence) => {
            let column = match library {
                LibraryStrandedness::Unstranded => 0,
                LibraryStrandedness::Forward => 1,
                LibraryStrandedness::Reverse => 2,
            };
            Some(evidence.genes.iter().map(|g| g[column]).collect())
        }
        Evidence::Rmats(_) => None,
    };
    Ok(Quantified {
        events,
        junctions: junction_counts(&counts),
        row: samples::row(&counts, library, source, measures, genes.as_deref()),
        genes,
        input: counts.input,
        warnings,
    })
}

fn event_values(
    settings: &QuantifySettings<'_>,
    catalogue: &Catalogue,
    plan: &CountingPlan<'_>,
    counts: &SampleCounts,
    library: LibraryStrandedness,
) -> anyhow::Result<EventValues> {
    match settings.counting {
        Counting::Fragments => {
            let counts = plan.quantify(counts, library, settings.evidence)?;
            Ok(EventValues { intervals: PsiIntervals::of(&counts), counts, with_bodies: None })
        }
        Counting::Rmats => {
            let found = rmats_quantify(catalogue, &settings.loaded.annotation, counts, library)?;
            Ok(rmats_values(catalogue, counts, &found))
        }
    }
}

fn rmats_values(catalogue: &Catalogue, sample: &SampleCounts, found: &[RmatsCount]) -> EventValues {
    let (mut junctions, mut bodies) = (EventCounts::default(), EventCounts::default());
    let nadsplice_core::CountMode::Rmats(filter) = &sample.parameters.mode else {
        return EventValues { counts: junctions, intervals: PsiIntervals::default(), with_bodies: None };
    };
    for (event, count) in catalogue.events.iter().zip(found) {
        let lengths = rmats_lengths(event, filter);
        junctions.inclusion.push(count.inclusion);
        junctions.skipping.push(count.skipping);
        junctions.inclusion_length.push(f64::from(lengths.inclusion));
        junctions.skipping_length.push(f64::from(lengths.skipping));
        bodies.inclusion.push(count.inclusion + count.inclusion_body);
        bodies.skipping.push(count.skipping + count.skipping_body);
        bodies.inclusion_length.push(f64::from(lengths.inclusion + lengths.inclusion_body));
        bodies.skipping_length.push(f64::from(lengths.skipping + lengths.skipping_body));
    }
    EventValues { intervals: PsiIntervals::of(&junctions), counts: junctions, with_bodies: Some(bodies) }
}
