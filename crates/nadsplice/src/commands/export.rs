//! `nadsplice export`: results in other tools' formats.

use std::path::PathBuf;

use anyhow::Context;
use clap::{Args, ValueEnum};

use crate::{cli::GlobalArgs, export_rmats};

/// A format to export to.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum ExportFormat {
    /// rMATS's `SE|MXE|A5SS|A3SS|RI.MATS.JC.txt`, and `JCEC` where rMATS's reads were counted.
    Rmats,
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
    /// Contrast to export, where there are several; its case is rMATS's sample 1.
    #[arg(long, value_name = "FACTOR:CASE:CONTROL")]
    contrast: Option<String>,
    /// Keep only events that pass rMATS's count filter, as its own tables do.
    #[arg(long)]
    filtered: bool,
    /// Folder to write to.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

pub(crate) fn execute(args: &ExportArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    match args.format {
        ExportFormat::Rmats => export_rmats::export(&export_rmats::RmatsExport {
            results: &args.results,
            contrast: args.contrast.as_deref(),
            filtered: args.filtered,
            output: &args.output,
            messages: global.messages(),
        }),
    }
}
