//! `nadsplice diff`: what differs between groups.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use nadsplice_diff::{Contrast, Inputs, SampleSheet};

use crate::{cli::GlobalArgs, differential};

/// Contrasts to test.
#[derive(Clone, Debug, Default, Args)]
pub(crate) struct ContrastArgs {
    /// Groups to compare, `factor:case:control`; all differences are case minus control. Can be given several times.
    #[arg(long = "contrast", value_name = "FACTOR:CASE:CONTROL")]
    pub(crate) contrasts: Vec<String>,
    /// Contrast sheet: CSV or TSV with `contrast,treatment,control` or `id,variable,reference,target`.
    #[arg(long = "contrasts", value_name = "FILE")]
    pub(crate) sheet: Option<PathBuf>,
}

impl ContrastArgs {
    /// The contrasts, checked against the sheet.
    pub(crate) fn parse(&self, sheet: &SampleSheet) -> anyhow::Result<Vec<Contrast>> {
        let mut contrasts: Vec<Contrast> =
            self.contrasts.iter().map(|text| Contrast::parse(text, sheet)).collect::<Result<_, _>>()?;
        if let Some(path) = &self.sheet {
            contrasts.extend(Contrast::read_sheet(path, sheet)?);
        }
        let contrasts = Contrast::distinguish(contrasts)?;
        if let Some(contrast) = contrasts.iter().find(|c| !c.blocking().is_empty()) {
            bail!(
                "contrast `{}` wants `{}` in the model, but only two groups without covariates can be compared\n\
                 hint: leave the column `blocking` empty",
                contrast.label(),
                contrast.blocking().join(";")
            );
        }
        Ok(contrasts)
    }
}

/// Test every event for a difference in PSI between two groups.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice diff --quant results --samples samples.tsv --contrast condition:old:young -o results"
)]
pub(crate) struct DiffArgs {
    /// Folder with `events.tsv`, `inclusion_counts.tsv` and `skipping_counts.tsv`.
    #[arg(long, value_name = "DIR")]
    quant: PathBuf,
    /// Sample sheet; alignments are not needed.
    #[arg(long, value_name = "FILE")]
    samples: PathBuf,
    #[command(flatten)]
    contrasts: ContrastArgs,
    /// Folder for the tables.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

pub(crate) fn execute(args: &DiffArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let sheet = SampleSheet::read(&args.samples, Inputs::Ignored)?;
    let contrasts = args.contrasts.parse(&sheet)?;
    if contrasts.is_empty() {
        bail!(
            "no contrast was named, and case and control are never guessed\nhint: --contrast condition:old:young"
        );
    }
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    differential::test(&args.quant, &sheet, &contrasts, &args.output, global.messages())
}
