//! `nadsplice plot data`: what figures are drawn from, for results that were made step by step.

use std::path::PathBuf;

use clap::Args;
use nadsplice_table::{DifferentialRow, Table as _};

use super::direct::{DirectArgs, with_cohort};
use crate::{
    cli::GlobalArgs,
    commands::enrich::user_panel,
    enrichment::panel_of,
    figures::{KeepSettings, keep},
};

/// Keep the data of figures beside results of `quantify`, `diff` and `enrich`, as `run` does.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice plot data --results results --samples samples.tsv --gtf genes.gtf.gz"
)]
pub(crate) struct DataArgs {
    /// Folder with the tables of `quantify` and `diff`; those of `enrich` give verdicts.
    #[arg(long, value_name = "DIR")]
    results: PathBuf,
    /// Panel of genes that are kept in any case: `nad` for the embedded one, or a TSV as for `enrich`.
    #[arg(long, value_name = "nad|FILE", default_value = "nad")]
    panel: PathBuf,
    /// Keep also the genes of so many tested events of each contrast, those with the lowest p-values.
    #[arg(long, value_name = "N", default_value_t = TOP_EVENTS)]
    figure_events: usize,
    #[command(flatten)]
    direct: DirectArgs,
}

/// Events of a contrast whose genes are kept beside the panel's.
pub(crate) const TOP_EVENTS: usize = 50;

pub(crate) fn execute(args: &DataArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let panel = panel_of(user_panel(&args.panel))?;
    with_cohort(&args.direct, &panel, global, |settings, _, samples| {
        keep(&KeepSettings {
            quantify: settings,
            samples,
            results: &args.results,
            tested: args.results.join(DifferentialRow::FILE).is_file(),
            top_events: args.figure_events,
        })
    })
}
