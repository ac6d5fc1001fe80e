//! `nadsplice plot`: single figures.

mod data;
mod direct;
mod gene;
mod picture;
mod sashimi;
mod tables;

pub(crate) use data::TOP_EVENTS;

use clap::{Args, Subcommand};
use nadsplice_report::FigureKind;

use crate::cli::GlobalArgs;

/// Draw single figures: coverage with junctions, a gene with its events, a cohort, a comparison.
#[derive(Debug, Args)]
pub(crate) struct PlotArgs {
    #[command(subcommand)]
    figure: Figure,
}

#[derive(Debug, Subcommand)]
enum Figure {
    Sashimi(sashimi::SashimiArgs),
    Gene(gene::GeneArgs),
    /// PSI of the called events (of the most variable ones where none is called) in every sample, clustered.
    Heatmap(tables::TableFigureArgs),
    /// Samples on the first two principal components of logit PSI.
    Pca(tables::TableFigureArgs),
    /// Difference of PSI against evidence, one panel an event kind.
    Volcano(tables::TableFigureArgs),
    /// Reads against difference of PSI, one panel an event kind.
    Ma(tables::TableFigureArgs),
    /// Events of each kind: in the catalogue, tested, called.
    Kinds(tables::TableFigureArgs),
    Data(data::DataArgs),
}

pub(crate) fn execute(args: &PlotArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    match &args.figure {
        Figure::Sashimi(args) => sashimi::execute(args, global),
        Figure::Gene(args) => gene::execute(args, global),
        Figure::Heatmap(args) => tables::execute(FigureKind::Heatmap, args, global),
        Figure::Pca(args) => tables::execute(FigureKind::Pca, args, global),
        Figure::Volcano(args) => tables::execute(FigureKind::Volcano, args, global),
        Figure::Ma(args) => tables::execute(FigureKind::Ma, args, global),
        Figure::Kinds(args) => tables::execute(FigureKind::Kinds, args, global),
        Figure::Data(args) => data::execute(args, global),
    }
}
