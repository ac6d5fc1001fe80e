//! `nadsplice export`: results in other tools' formats.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::{
    cli::GlobalArgs,
    exports::{bed, leafcutter, rmats, star, suppa},
};

/// A format to export to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// rMATS's `SE|MXE|A5SS|A3SS|RI.MATS.JC.txt`, and `JCEC` where rMATS's reads were counted.
    Rmats,
    /// SUPPA's `events_TYPE_strict.ioe` and `.psi`; its PSI is 1 - PSI for MXE and AFE on `-` and ALE on `+`.
    Suppa,
    /// LeafCutter's `_perind.counts.gz` and `_perind_numers.counts.gz` of the junction clusters.
    Leafcutter,
    /// Junctions of each sample as BED12, which IGV draws as arcs, and the events as BED9, coloured by delta PSI;
    /// bgzipped, with tabix indices.
    Bed,
    /// The cohort's junctions for STAR's `--sjdbFileChrStartEnd`.
    Star,
}

/// Write results in the format of another tool.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  nadsplice export --results results --format rmats -o rmats_tables")]
pub(crate) struct ExportArgs {
    /// Folder with the tables of `run` or `quantify`.
    #[arg(long, value_name = "DIR")]
    results: PathBuf,
    /// The format.
    #[arg(long, value_enum, value_name = "TOOL")]
    format: ExportFormat,
    /// Contrast to export, where there are several (`rmats`: its case is sample 1; `bed`: its delta PSI).
    #[arg(long, value_name = "FACTOR:CASE:CONTROL")]
    contrast: Option<String>,
    /// With `rmats`: keep only events that pass its count filter, as its own tables do.
    #[arg(long)]
    filtered: bool,
    /// Folder to write to.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

pub(crate) fn execute(args: &ExportArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    let (results, output, contrast) = (&args.results, &args.output, args.contrast.as_deref());
    match args.format {
        ExportFormat::Rmats => rmats::export(&rmats::RmatsExport {
            results,
            contrast,
            filtered: args.filtered,
            output,
            messages: global.messages(),
        }),
        ExportFormat::Suppa => suppa::export(results, output),
        ExportFormat::Leafcutter => leafcutter::export(results, output),
        ExportFormat::Bed => bed::export(results, contrast, output),
        ExportFormat::Star => star::export(results, output),
    }
}
