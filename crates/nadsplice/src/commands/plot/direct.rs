//! Figures from counts files, junction tables or alignments, without results.

use std::{collections::HashMap, path::PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use nadsplice_align::read_counts_head;
use nadsplice_core::{Annotation, CountMode, CountParameters, GeneId};
use nadsplice_diff::{Inputs, SampleSheet};
use nadsplice_events::{Catalogue, EvidenceKind};
use nadsplice_panel::Panel;
use nadsplice_report::figure_data::{FigureHeader, Grouping, Locus, LocusEvent, LocusJunction};

use super::sashimi::Target;
use crate::{
    annotation::{self, event_keys},
    cli::{Counting, GlobalArgs},
    cohort::{CountSettings, count_into, counts_path},
    commands::quantify::regions_of,
    figures::{Drafts, grouping_of, unit},
    junction_input::{JunctionInputs, Source},
    quantification::{CountedSample, QuantifySettings, junction_rows},
};

/// Column of a sheet that groups the samples where no contrast is named.
const GROUPS: &str = "condition";
/// Longest region that can be read in one figure.
const LONGEST_REGION: u32 = 5_000_000;

/// Counts in place of results.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "From counts or alignments")]
pub(crate) struct DirectArgs {
    /// Sample sheet with `counts`, `junctions` or `bam`. Alignments are counted for this figure alone, which takes as
    /// long as `nadsplice count`.
    #[arg(long, value_name = "FILE", requires = "gtf")]
    samples: Option<PathBuf>,
    /// Annotation: GTF or GFF3, plain or gzip; the one that counts files were made with.
    #[arg(long, value_name = "FILE", requires = "samples")]
    gtf: Option<PathBuf>,
    /// Go on although alignments and annotation look like different genome builds.
    #[arg(long)]
    allow_build_mismatch: bool,
}

impl DirectArgs {
    pub(super) fn is_asked_for(&self) -> bool {
        self.samples.is_some()
    }
}

/// Reads sheet and annotation, counts what is not counted yet, and goes on with the cohort.
pub(super) fn with_cohort<T>(
    args: &DirectArgs,
    panel: &Panel,
    global: &GlobalArgs,
    go_on: impl FnOnce(&QuantifySettings<'_>, &SampleSheet, &[CountedSample]) -> anyhow::Result<T>,
) -> anyhow::Result<T> {
    let (Some(samples), Some(gtf)) = (&args.samples, &args.gtf) else {
        bail!("no samples were named\nhint: --samples SHEET --gtf GTF");
    };
    let messages = global.messages();
    let sheet = SampleSheet::read(samples, Inputs::Required)?;
    let sources = sheet.samples().iter().map(Source::of).collect::<anyhow::Result<Vec<_>>>()?;
    let counting = match sources.first() {
        Some(Source::Counts(path)) => match read_counts_head(path)?.parameters.mode {
            CountMode::Fragments | CountMode::Mates => Counting::Fragments,
            CountMode::Rmats(_) => Counting::Rmats,
        },
        _ => Counting::Fragments,
    };
    let loaded = annotation::load(gtf, counting, global)?;
    let named: Vec<(&str, Source)> =
        sheet.samples().iter().map(|s| s.name.as_str()).zip(sources.iter().cloned()).collect();
    let junctions = JunctionInputs::open(&loaded, &named, args.allow_build_mismatch)?;
    // Counts of alignments live as long as this figure's making.
    let folder = tempfile::tempdir().context("could not make a temporary folder")?;
    std::fs::create_dir_all(folder.path().join("counts")).context("could not make a temporary folder")?;
    let parameters = CountParameters::default();
    let index = loaded.index(global.threads());
    let count = CountSettings {
        contigs: &loaded.annotation.contigs,
        index: &index,
        content_hash: loaded.content_hash,
        parameters: &parameters,
        allow_build_mismatch: args.allow_build_mismatch,
        force: false,
        messages,
    };
    let mut counted = Vec::new();
    for (sample, source) in sheet.samples().iter().zip(sources) {
        let source = match source {
            Source::Alignments(path) => {
                messages.step(format!("counting sample `{}`", sample.name));
                let file = counts_path(folder.path(), &sample.name);
                for warning in count_into(&count, &sample.name, &path, &file, global.threads())?.warnings {
                    messages.warn(warning);
                }
                Source::Counts(file)
            }
            other => other,
        };
        let stated = sample.strandedness.map(|s| (s, "the sheet"));
        counted.push(CountedSample { name: sample.name.clone(), source, stated });
    }
    let regions = regions_of(&counted)?;
    let settings = QuantifySettings {
        loaded: &loaded,
        junctions: &junctions,
        counting,
        evidence: EvidenceKind::Junctions,
        novel: None,
        panel,
        reference: None,
        part: None,
        regions: regions.as_ref(),
        messages,
    };
    go_on(&settings, &sheet, &counted)
}

/// Everything for one figure.
pub(super) fn gather(
    args: &DirectArgs,
    target: &Target,
    contrast: Option<&str>,
    global: &GlobalArgs,
) -> anyhow::Result<(FigureHeader, Locus, Grouping)> {
    with_cohort(args, &Panel::nad(), global, |settings, sheet, samples| {
        let annotation = &settings.loaded.annotation;
        let mut drafts = drafts(target, annotation, settings.counting)?;
        if settings.regions.is_some_and(|regions| !drafts.lie_in(regions)) {
            bail!(
                "what is to be drawn is not in the regions that the samples were counted in\n\
                 hint: count them again without --regions, or with one more"
            );
        }
        let rows = junction_rows(settings, samples, |junction| {
            drafts.want(annotation.contigs.name(junction.contig), junction.intron)
        })?;
        for (row, counts) in rows {
            let intron = row.junction.intron;
            let chrom = annotation.contigs.name(row.junction.contig);
            drafts.add_junction(chrom, (intron.start(), intron.end()), |intron| LocusJunction {
                intron,
                strand: row.strand,
                annotated: row.annotated,
                counts,
            });
        }
        let locus = drafts.with_depth(settings, samples)?.into_iter().next();
        let locus = locus.context("there is nothing to draw")?;
        let header = FigureHeader {
            samples: samples.iter().map(|s| s.name.clone()).collect(),
            unit: unit(settings, samples)?.to_owned(),
            groupings: Vec::new(),
        };
        let by_condition = || {
            let column = sheet.variable(GROUPS).filter(|c| !c.is_numeric() && !c.levels().is_empty());
            column.map(|_| grouping_of(GROUPS, sheet)).transpose()
        };
        let grouping = match contrast {
            Some(label) => grouping_of(label, sheet)?,
            None => by_condition()?.unwrap_or_else(|| header.all_samples()),
        };
        Ok((header, locus, grouping))
    })
}

fn drafts(target: &Target, annotation: &Annotation, counting: Counting) -> anyhow::Result<Drafts> {
    match target {
        Target::Event(id) => {
            let catalogue = Catalogue::from_annotation(annotation, event_keys(counting));
            let chrom = |event: &nadsplice_core::Event| annotation.contigs.name(event.contig);
            let event = catalogue.events.iter().find(|event| event.id(chrom(event)) == *id);
            let event = event.with_context(|| {
                format!(
                    "the annotation has no event `{id}`\n\
                     hint: events that only the reads show are in a run's results: --results; any place is drawn by \
                     --region"
                )
            })?;
            let chrom = chrom(event).to_owned();
            let drawn = LocusEvent {
                event_id: id.clone(),
                kind: event.kind,
                inclusion: event.inclusion.exons.clone(),
                skipping: event.skipping.exons.clone(),
                tests: Vec::new(),
            };
            let Some(&gene) = event.genes.first() else { bail!("event `{id}` has no gene") };
            let events = HashMap::from([(annotation.gene(gene).id.clone(), vec![(chrom, drawn)])]);
            Ok(Drafts::of_genes(annotation, &[(gene, false)], &events))
        }
        Target::Gene(name) => {
            let found = annotation.genes().find(|(_, gene)| gene.label() == name || gene.id == *name);
            let (gene, _): (GeneId, _) = found.with_context(|| {
                format!(
                    "the annotation has no gene `{name}`\nhint: genes are found by `gene_name` or `gene_id`"
                )
            })?;
            Ok(Drafts::of_genes(annotation, &[(gene, false)], &HashMap::new()))
        }
        Target::Region(chrom, region, _) => {
            let contig = annotation.contigs.resolve(chrom).with_context(|| {
                format!(
                    "the annotation has no contig `{chrom}`\nhint: its names are as in the GTF's first column"
                )
            })?;
            if region.len() > LONGEST_REGION {
                bail!(
                    "region of {} bases, expected at most {LONGEST_REGION}\nhint: take a part of it",
                    region.len()
                );
            }
            Ok(Drafts::of_region(annotation, contig, *region))
        }
    }
}
