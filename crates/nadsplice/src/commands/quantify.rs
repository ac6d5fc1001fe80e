//! `nadsplice quantify`: counts files to the tables of a cohort.

use std::path::PathBuf;

use anyhow::{Context, anyhow, bail};
use clap::{Args, ValueEnum};
use nadsplice_align::read_counts_head;
use nadsplice_core::{CountMode, LibraryStrandedness, Regions};
use nadsplice_diff::{Inputs, SampleSheet};
use nadsplice_events::EvidenceKind;
use nadsplice_report::figure_data::FIGURE_DATA_FILE;

use super::{enrich::user_panel, novel::NovelArgs};
use crate::{
    annotation,
    cli::{AnnotationArgs, Counting, GlobalArgs, MissingArgs},
    enrichment::panel_of,
    junction_input::{JunctionInputs, Source, sample_by_file_name},
    missing::{Failure, MissedIn, Missing, part},
    quantification::{CountedSample, Part, QuantifySettings, Shard, check_reference, quantify, withdraw},
    regions::extent,
    results_folder,
};

/// Which reads are evidence for a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum EvidenceArg {
    /// Fragments over the form's junctions; for retained introns, over their boundaries.
    #[default]
    Junctions,
    /// Also unspliced fragments inside the alternative region.
    Body,
}

impl From<EvidenceArg> for EvidenceKind {
    fn from(arg: EvidenceArg) -> Self {
        match arg {
            EvidenceArg::Junctions => Self::Junctions,
            EvidenceArg::Body => Self::Body,
        }
    }
}

/// Quantify the events of a cohort from its counts files or junction tables: the gather step.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice quantify --gtf genes.gtf.gz --samples samples.tsv -o results counts/*.counts\n  nadsplice quantify --gtf genes.gtf.gz --samples samples.tsv -o results star/*.SJ.out.tab.gz"
)]
pub(crate) struct QuantifyArgs {
    #[command(flatten)]
    annotation: AnnotationArgs,
    /// Sample sheet (TSV or CSV): `sample`, `condition`, covariates; optionally `strandedness`, and `counts` or
    /// `junctions` with `rail_id`.
    #[arg(long, value_name = "FILE")]
    samples: PathBuf,
    /// Folder for the tables.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// Evidence for a form.
    #[arg(long, value_enum, default_value_t, value_name = "KIND")]
    evidence: EvidenceArg,
    #[command(flatten)]
    novel: NovelArgs,
    /// Panel of genes whose novel events are added without --novel too: `nad` for the embedded one, or a TSV with
    /// `symbol` or `ensembl_id`.
    #[arg(long, value_name = "nad|FILE", default_value = "nad")]
    panel: PathBuf,
    /// Genome sequence (FASTA with .fai): where forms that no transcript has would stop being read (NMD), and the strand
    /// of novel junctions of unstranded libraries by their splice motifs.
    #[arg(long, value_name = "FASTA")]
    reference: Option<PathBuf>,
    /// Strandedness of all samples, where the sheet states none.
    #[arg(long, value_name = "WORD")]
    strandedness: Option<LibraryStrandedness>,
    /// Go on although junction tables and annotation look like different genome builds.
    #[arg(long)]
    allow_build_mismatch: bool,
    #[command(flatten)]
    missing: MissingArgs,
    /// Quantify one of N parts of the genome alone, in a job of its own; `nadsplice gather` puts the parts together. Every
    /// shard has a folder of its own.
    #[arg(long, value_name = "K/N")]
    shard: Option<Shard>,
    /// Counts files, or junction tables in their place (STAR's SJ.out.tab, BED12 of regtools; plain or gzip). A sample's
    /// counts file is found by the name in it, its table by the file's name. Not needed where the sheet has a column
    /// `counts` or `junctions`.
    #[arg(value_name = "COUNTS")]
    counts: Vec<PathBuf>,
}

pub(crate) fn execute(args: &QuantifyArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let messages = global.messages();
    let mut missing = Missing { is_allowed: args.missing.allow_missing, ..Missing::default() };
    let inputs =
        if args.counts.is_empty() && !missing.is_allowed { Inputs::Required } else { Inputs::Ignored };
    let sheet = SampleSheet::read(&args.samples, inputs)?;
    let (mut samples, failures) = counted_samples(&sheet, &args.counts, args.strandedness)?;
    missing.settle(failures, sheet.samples().len(), messages)?;
    let counting = counting_of(&samples)?;
    let regions = regions_of(&samples)?;
    let loaded = annotation::load(&args.annotation.gtf, counting, global)?;
    if let Some(reference) = &args.reference {
        check_reference(&loaded, reference)?;
    }
    let sources: Vec<(&str, Source)> = samples.iter().map(|s| (s.name.as_str(), s.source.clone())).collect();
    let junctions = JunctionInputs::open(&loaded, &sources, args.allow_build_mismatch)?;
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    results_folder::spare(&args.samples, &args.output)?;
    let panel = panel_of(user_panel(&args.panel))?;
    let shard = args.shard.map(|shard| Part::new(shard, &loaded.annotation));
    withdraw(&args.output)?;
    // Data of figures from an earlier run would not be of these tables.
    results_folder::remove(&args.output, FIGURE_DATA_FILE)?;
    let settings = QuantifySettings {
        loaded: &loaded,
        junctions: &junctions,
        counting,
        evidence: args.evidence.into(),
        novel: args.novel.options(),
        panel: &panel,
        reference: args.reference.as_deref(),
        part: shard.as_ref(),
        regions: regions.as_ref(),
        messages,
    };
    quantify(&settings, &sheet, &mut samples, &mut missing, &args.output)?;
    messages.step(format!("tables written to `{}`", args.output.display()));
    Ok(())
}

/// Finds the counts file or junction table of each sample of the sheet, and says where there is none.
fn counted_samples(
    sheet: &SampleSheet,
    files: &[PathBuf],
    strandedness: Option<LibraryStrandedness>,
) -> anyhow::Result<(Vec<CountedSample>, Vec<Failure>)> {
    let mut named: Vec<(String, Source)> = Vec::new();
    let mut unusable: Vec<(String, anyhow::Error)> = Vec::new();
    for file in files {
        let by_name = sample_by_file_name(file);
        let source = match Source::of_file(file, &by_name) {
            Ok(source) => source,
            Err(error) => {
                unusable.push((by_name, error));
                continue;
            }
        };
        let name = match &source {
            Source::Counts(path) => match read_counts_head(path) {
                Ok(head) => head.sample,
                Err(error) => {
                    unusable.push((by_name, error.into()));
                    continue;
                }
            },
            Source::Shared { path, .. } => bail!(
                "`{}` is a junction table of many samples\n\
                 hint: name it in the column `junctions` of the sheet, beside the samples' ids in a column `rail_id`",
                path.display()
            ),
            Source::Table(_) | Source::Alignments(_) => by_name,
        };
        if let Some((_, other)) = named.iter().find(|(n, _)| *n == name) {
            let what = if source.table().is_some() { "junction tables" } else { "counts files" };
            bail!("two {what} are of sample `{name}`: `{}` and `{}`", other.path().display(), file.display());
        }
        named.push((name, source));
    }
    if let Some(at) = unusable.iter().position(|(name, _)| sheet.samples().iter().all(|s| s.name != *name)) {
        return Err(unusable.swap_remove(at).1);
    }
    let found = sheet.samples().iter().map(|sample| {
        let failure =
            |error| Failure { sample: sample.name.clone(), step: MissedIn::Count, error };
        if let Some(at) = unusable.iter().position(|(name, _)| *name == sample.name) {
            return Err(failure(unusable.swap_remove(at).1));
        }
        let given = named.iter().find(|(name, _)| *name == sample.name).map(|(_, source)| source.clone());
        let source = match given {
            Some(source) => source,
            None if sample.counts.is_some() || sample.junctions.is_some() => {
                Source::without_alignments(sample).map_err(failure)?
            }
            None => {
                return Err(failure(anyhow!(
                    "no counts file for sample `{}` (line {} of the sheet)\n\
                     hint: `nadsplice count --sample {}` makes it; name it on the command line or in a column \
                     `counts`, or a junction table in a column `junctions`",
                    sample.name,
                    sample.line,
                    sample.name
                )));
            }
        };
        let stated = sample
            .strandedness
            .map(|s| (s, "the sheet"))
            .or_else(|| strandedness.map(|s| (s, "--strandedness")));
        Ok(CountedSample { name: sample.name.clone(), source, stated })
    });
    let (samples, failures) = part(found.collect());
    for (name, source) in &named {
        if sheet.samples().iter().any(|s| s.name == *name) {
            continue;
        }
        if let Some(table) = source.table() {
            bail!(
                "junction table `{}` is of sample `{name}` by its name, which the sheet does not have\n\
                 hint: a column `junctions` of the sheet says which table is whose",
                table.display()
            );
        }
        bail!(
            "counts file `{}` is of sample `{name}`, which the sheet does not have\n\
             hint: the sheet decides which samples are quantified",
            source.path().display()
        );
    }
    Ok((samples, failures))
}

/// The regions in which the samples were counted, all in the same.
pub(super) fn regions_of(samples: &[CountedSample]) -> anyhow::Result<Option<Regions>> {
    let mut first: Option<(&CountedSample, Option<Regions>)> = None;
    for sample in samples {
        let regions = match &sample.source {
            Source::Counts(path) => read_counts_head(path)?.parameters.regions,
            _ => None,
        };
        match &first {
            Some((other, found)) if *found != regions => bail!(
                "sample `{}` was counted in {}, but sample `{}` in {}\n\
                 hint: count all samples of a cohort with the same --regions, or none of them",
                other.name,
                extent(found.as_ref()),
                sample.name,
                if found.is_some() && regions.is_some() {
                    "other regions".into()
                } else {
                    extent(regions.as_ref())
                },
            ),
            Some(_) => {}
            None => first = Some((sample, regions)),
        }
    }
    Ok(first.and_then(|(_, regions)| regions))
}

/// The way in which all samples were counted.
fn counting_of(samples: &[CountedSample]) -> anyhow::Result<Counting> {
    let Some(first) = samples.first() else { bail!("there is no sample to quantify") };
    let Source::Counts(path) = &first.source else { return Ok(Counting::Fragments) };
    Ok(match read_counts_head(path)?.parameters.mode {
        CountMode::Fragments | CountMode::Mates => Counting::Fragments,
        CountMode::Rmats(_) => Counting::Rmats,
    })
}
