//! `nadsplice columns`: the data dictionary.

use clap::Args;
use nadsplice_table::{OutputFile, write_data_dictionary};

/// Describe every column of every table.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  nadsplice columns | grep ^differential.tsv")]
pub(crate) struct ColumnsArgs {}

pub(crate) fn execute(_: &ColumnsArgs) -> anyhow::Result<()> {
    Ok(write_data_dictionary(OutputFile::standard_output())?)
}
