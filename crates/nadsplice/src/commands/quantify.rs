//! `nadsplice quantify`: counts files to the tables of a cohort.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::{Args, ValueEnum};
use nadsplice_align::read_counts_head;
use nadsplice_core::{CountMode, LibraryStrandedness};
use nadsplice_diff::{Inputs, SampleSheet};
use nadsplice_events::{EvidenceKind, NovelOptions};

use crate::{
    annotation,
    cli::{AnnotationArgs, Counting, GlobalArgs},
    quantification::{CountedSample, QuantifySettings, quantify},
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

/// Quantify the events of a cohort from its counts files: the gather step.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice quantify --gtf genes.gtf.gz --samples samples.tsv -o results counts/*.counts"
)]
pub(crate) struct QuantifyArgs {
    #[command(flatten)]
    annotation: AnnotationArgs,
    /// Sample sheet (TSV or CSV): `sample`, `condition`, covariates; optionally `strandedness` and `counts`.
    #[arg(long, value_name = "FILE")]
    samples: PathBuf,
    /// Folder for the tables.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
    /// Evidence for a form.
    #[arg(long, value_enum, default_value_t, value_name = "KIND")]
    evidence: EvidenceArg,
    /// Add events that the reads show and the annotation lacks: novel junctions, sites, exons and retained introns
    /// (with --counting rmats: rMATS's novel junctions between known sites).
    #[arg(long)]
    novel: bool,
    /// Genome sequence (FASTA with .fai): its splice motifs give novel junctions of unstranded libraries a strand.
    #[arg(long, value_name = "FASTA")]
    reference: Option<PathBuf>,
    /// Strandedness of all samples, where the sheet states none.
    #[arg(long, value_name = "WORD")]
    strandedness: Option<LibraryStrandedness>,
    /// Counts files; a sample's is found by the name in it. Not needed where the sheet has a column `counts`.
    #[arg(value_name = "COUNTS")]
    counts: Vec<PathBuf>,
}

pub(crate) fn execute(args: &QuantifyArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let messages = global.messages();
    let inputs = if args.counts.is_empty() { Inputs::Required } else { Inputs::Ignored };
    let sheet = SampleSheet::read(&args.samples, inputs)?;
    let samples = counted_samples(&sheet, &args.counts, args.strandedness)?;
    let counting = counting_of(&samples)?;
    let loaded = annotation::load(&args.annotation.gtf, counting, messages)?;
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    let settings = QuantifySettings {
        loaded: &loaded,
        counting,
        evidence: args.evidence.into(),
        novel: args.novel.then(NovelOptions::default),
        reference: args.reference.as_deref(),
        messages,
    };
    quantify(&settings, &sheet, &samples, &args.output)?;
    messages.step(format!("tables written to `{}`", args.output.display()));
    Ok(())
}

/// Finds the counts file of each sample of the sheet.
fn counted_samples(
    sheet: &SampleSheet,
    files: &[PathBuf],
    strandedness: Option<LibraryStrandedness>,
) -> anyhow::Result<Vec<CountedSample>> {
    let mut named: Vec<(String, &Path)> = Vec::new();
    for file in files {
        let name = read_counts_head(file)?.sample;
        if let Some((_, other)) = named.iter().find(|(n, _)| *n == name) {
            bail!("two counts files are of sample `{name}`: `{}` and `{}`", other.display(), file.display());
        }
        named.push((name, file));
    }
    let samples = sheet
        .samples()
        .iter()
        .map(|sample| {
            let given = named.iter().find(|(name, _)| *name == sample.name).map(|(_, file)| file.to_path_buf());
            let Some(counts) = given.or_else(|| sample.counts.clone()) else {
                bail!(
                    "no counts file for sample `{}` (line {} of the sheet)\n\
                     hint: `nadsplice count --sample {}` makes it; name it on the command line or in a column `counts`",
                    sample.name,
                    sample.line,
                    sample.name
                );
            };
            let stated = sample
                .strandedness
                .map(|s| (s, "the sheet"))
                .or_else(|| strandedness.map(|s| (s, "--strandedness")));
            Ok(CountedSample { name: sample.name.clone(), counts, stated })
        })
        .collect::<anyhow::Result<Vec<_>>>()?;
    for (name, file) in &named {
        if !samples.iter().any(|s| s.name == *name) {
            bail!(
                "counts file `{}` is of sample `{name}`, which the sheet does not have\n\
                 hint: the sheet decides which samples are quantified",
                file.display()
            );
        }
    }
    Ok(samples)
}

/// The way in which all samples were counted.
fn counting_of(samples: &[CountedSample]) -> anyhow::Result<Counting> {
    let Some(first) = samples.first() else { bail!("there is no sample to quantify") };
    Ok(match read_counts_head(&first.counts)?.parameters.mode {
        CountMode::Fragments | CountMode::Mates => Counting::Fragments,
        CountMode::Rmats(_) => Counting::Rmats,
    })
}
