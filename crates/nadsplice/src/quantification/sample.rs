//! What is counted in one sample.

use anyhow::Context;
use nadsplice_core::{CountMode, Evidence, InputIdentity, Junction, LibraryStrandedness, SampleCounts};
use nadsplice_events::{
    Catalogue, CountingPlan, EventCounts, IntronSupport, ReadGeometry, RmatsCount, junction_counts,
    rmats_lengths, rmats_quantify,
};
use nadsplice_table::SampleRow;

use super::{
    CountedSample, QuantifySettings,
    numbered::NumberedEvents,
    samples,
    survey::{Survey, has_junction},
};
use crate::cli::Counting;

/// What one sample gives.
pub(super) struct Quantified {
    /// By junctions; in rMATS's way also by junctions and bodies.
    pub(super) events: NumberedEvents,
    /// In genome order, each once.
    pub(super) junctions: Vec<(Junction, u32)>,
    /// Of the annotation's genes in its order.
    pub(super) genes: Option<Vec<u32>>,
    /// Of the members of all clusters in order.
    pub(super) clusters: Vec<u32>,
    /// Along the catalogue's retained introns.
    pub(super) introns: Vec<IntronSupport>,
    pub(super) row: SampleRow,
    /// The alignments.
    pub(super) input: InputIdentity,
    pub(super) warnings: Vec<String>,
}

impl Quantified {
    pub(super) fn of(
        settings: &QuantifySettings<'_>,
        survey: &Survey,
        (plan, measures): (&CountingPlan<'_>, &samples::Measures),
        sample: &CountedSample,
    ) -> anyhow::Result<Self> {
        // The row of a sample, which the first shard writes, is about all contigs. Of what it says the others look at
        // the strandedness and the sex alone, which do not come from contigs.
        let (mut counts, mut warnings) =
            if settings.writes_whole() { settings.read(sample)? } else { settings.read_part(sample)? };
        let (library, source) = samples::library(sample, &counts, &mut warnings)?;
        if counts.paired_alignments > 0 && ReadGeometry::of(&counts).is_assumed() {
            let there = if counts.parameters.regions.is_some() { " in the regions" } else { "" };
            warnings.push(format!(
                "sample `{}`: too few pairs inside one exon{there} to measure fragment lengths; 2.5 read lengths are \
                 assumed for effective lengths, which differ then from those of other samples",
                sample.name
            ));
        }
        let genes = gene_counts(&counts, library);
        let row = samples::row(&counts, library, source, measures, genes.as_deref());
        if let Some(part) = settings.part {
            part.restrict(&mut counts);
        }
        let mut junctions = junction_counts(&counts);
        if let Some(regions) = settings.regions {
            junctions.retain(|&(junction, _)| has_junction(regions, junction));
        }
        let context = || format!("could not quantify sample `{}`", sample.name);
        let events =
            event_counts(settings, &survey.catalogue, plan, &counts, library).with_context(context)?;
        let contigs = settings.loaded.annotation.contigs.names();
        let clusters = survey.clusters.counts(contigs, &counts, library).with_context(context)?;
        Ok(Self {
            events,
            junctions,
            genes,
            clusters: clusters.concat(),
            introns: survey.evenness.measure(&counts, library),
            row,
            input: counts.input,
            warnings,
        })
    }
}

fn gene_counts(counts: &SampleCounts, library: LibraryStrandedness) -> Option<Vec<u32>> {
    let Evidence::Fragments(evidence) = &counts.evidence else { return None };
    let column = match library {
        LibraryStrandedness::Unstranded => 0,
        LibraryStrandedness::Forward => 1,
        LibraryStrandedness::Reverse => 2,
    };
    Some(evidence.genes.iter().map(|g| g[column]).collect())
}

fn event_counts(
    settings: &QuantifySettings<'_>,
    catalogue: &Catalogue,
    plan: &CountingPlan<'_>,
    counts: &SampleCounts,
    library: LibraryStrandedness,
) -> anyhow::Result<NumberedEvents> {
    match settings.counting {
        Counting::Fragments => Ok(NumberedEvents::of([plan.quantify(counts, library, settings.evidence)?])),
        Counting::Rmats => {
            let found = rmats_quantify(catalogue, &settings.loaded.annotation, counts, library)?;
            Ok(NumberedEvents::of(rmats_counts(catalogue, counts, &found)))
        }
    }
}

fn rmats_counts(catalogue: &Catalogue, sample: &SampleCounts, found: &[RmatsCount]) -> [EventCounts; 2] {
    let [mut junctions, mut bodies] = [EventCounts::default(), EventCounts::default()];
    let CountMode::Rmats(filter) = &sample.parameters.mode else { return [junctions, bodies] };
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
    [junctions, bodies]
}
