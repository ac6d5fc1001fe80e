//! `nadsplice report`: tables to pages and figures.

use std::path::PathBuf;

use clap::Args;

use crate::{cli::GlobalArgs, reporting};

/// Make the report of a folder of results, from its tables alone.
///
/// Writes `report.html`, `figures/*.svg` and `multiqc/` into the folder. With -o only the report is made, where it says.
/// `run` does all this at its end.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice report results\n  nadsplice report --results results -o page.html"
)]
pub(crate) struct ReportArgs {
    /// Folder with the tables of `run` (or of `quantify`, `diff` and `enrich` into one folder).
    #[arg(value_name = "RESULTS", required_unless_present = "results", conflicts_with = "results")]
    folder: Option<PathBuf>,
    /// The same, by name.
    #[arg(long, value_name = "DIR")]
    results: Option<PathBuf>,
    /// Write the page alone, to this file.
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

pub(crate) fn execute(args: &ReportArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let Some(folder) = args.folder.as_ref().or(args.results.as_ref()) else {
        anyhow::bail!("no results were named\nhint: nadsplice report RESULTS");
    };
    match &args.output {
        Some(output) => reporting::write(output, &nadsplice_report::report(&reporting::read(folder)?)),
        None => reporting::write_into(folder, global.messages()),
    }
}
