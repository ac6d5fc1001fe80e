//! `nadsplice power`: samples and depth that a difference asks for.

use std::path::PathBuf;

use anyhow::{Context, ensure};
use clap::Args;
use nadsplice_diff::{Inputs, SampleSheet};
use nadsplice_panel::{GeneIdentity, Panel};

use super::diff::ContrastArgs;
use crate::{
    cli::GlobalArgs,
    differential::{PowerSettings, power},
    measured,
};

/// How many samples, or how deep sequencing, it takes to see a difference in PSI, by what a pilot shows.
///
/// For every gene the event that asks for the fewest samples. The pilot's reads, the spread of its samples and what is
/// usual at an event's coverage stand for those of the cohort to come.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice power --quant results --samples samples.tsv --contrast condition:old:young --delta 0.1 -o results"
)]
pub(crate) struct PowerArgs {
    /// Folder with the pilot's `events.tsv`, `inclusion_counts.tsv` and `skipping_counts.tsv`.
    #[arg(long, value_name = "DIR")]
    quant: PathBuf,
    /// Sample sheet of the pilot; alignments are not needed.
    #[arg(long, value_name = "FILE")]
    samples: PathBuf,
    #[command(flatten)]
    contrasts: ContrastArgs,
    /// Difference in PSI that should be seen.
    #[arg(long, value_name = "PSI", default_value_t = 0.1)]
    delta: f64,
    /// Gene by symbol or id; can be given several times [default: the genes of the panel].
    #[arg(long = "gene", value_name = "NAME")]
    genes: Vec<String>,
    /// Panel of genes: `nad` for the embedded one, or a TSV with `symbol` or `ensembl_id`.
    #[arg(long, value_name = "nad|FILE", default_value = "nad", conflicts_with = "genes")]
    panel: PathBuf,
    /// Folder for `power.tsv`.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

pub(crate) fn execute(args: &PowerArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let messages = global.messages();
    ensure!(
        args.delta > 0.0 && args.delta < 1.0,
        "--delta is {}, expected a difference in PSI above 0 and below 1",
        args.delta
    );
    let mut sheet = SampleSheet::read(&args.samples, Inputs::Ignored)?;
    measured::add(&mut sheet, &args.quant)?;
    let plan = args.contrasts.plan(&sheet, messages)?;
    let genes: Vec<GeneIdentity> = if args.genes.is_empty() {
        let panel = if args.panel.as_os_str() == "nad" {
            Panel::nad()
        } else {
            Panel::read(&args.panel)
                .with_context(|| format!("could not use panel `{}`", args.panel.display()))?
        };
        panel.genes().iter().map(|g| g.identity.clone()).collect()
    } else {
        args.genes.iter().map(|g| GeneIdentity::recognise(g)).collect()
    };
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    power(&PowerSettings {
        quant: &args.quant,
        sheet: &sheet,
        plan: &plan,
        engine: args.contrasts.engine(&sheet)?,
        genes: &genes,
        delta: args.delta,
        outdir: &args.output,
        messages,
    })
}
