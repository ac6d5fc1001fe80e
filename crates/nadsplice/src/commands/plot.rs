//! `nadsplice plot`: single figures.

mod data;
mod direct;
mod gene;
mod picture;
mod sashimi;

pub(crate) use data::TOP_EVENTS;

use clap::{Args, Subcommand};

use crate::cli::GlobalArgs;

/// Draw single figures: coverage with junctions, a gene with its events.
#[derive(Debug, Args)]
pub(crate) struct PlotArgs {
    #[command(subcommand)]
    figure: Figure,
}

#[derive(Debug, Subcommand)]
enum Figure {
    Sashimi(sashimi::SashimiArgs),
    Gene(gene::GeneArgs),
    Data(data::DataArgs),
}

pub(crate) fn execute(args: &PlotArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    match &args.figure {
        Figure::Sashimi(args) => sashimi::execute(args, global),
        Figure::Gene(args) => gene::execute(args, global),
        Figure::Data(args) => data::execute(args, global),
    }
}
