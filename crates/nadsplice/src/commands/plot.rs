//! `nadsplice plot`: one figure as SVG.

use std::path::PathBuf;

use anyhow::bail;
use clap::{Args, Subcommand};
use nadsplice_report::{Contrast, FigureKind, Results};

use crate::reporting;

/// Draw one figure from the tables of results, as SVG.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice plot heatmap --results results -o heatmap.svg\n  nadsplice plot volcano --results results --contrast condition:old:young -o volcano.svg"
)]
pub(crate) struct PlotArgs {
    #[command(subcommand)]
    figure: Figure,
}

#[derive(Debug, Subcommand)]
enum Figure {
    /// PSI of the called events (of the most variable ones where none is called) in every sample, clustered.
    Heatmap(TableFigureArgs),
    /// Samples on the first two principal components of logit PSI.
    Pca(TableFigureArgs),
    /// Difference of PSI against evidence, one panel an event kind.
    Volcano(TableFigureArgs),
    /// Reads against difference of PSI, one panel an event kind.
    Ma(TableFigureArgs),
    /// Events of each kind: in the catalogue, tested, called.
    Kinds(TableFigureArgs),
}

/// A figure that is made from tables alone.
#[derive(Debug, Args)]
struct TableFigureArgs {
    /// Folder with the tables of `run`.
    #[arg(long, value_name = "DIR")]
    results: PathBuf,
    /// The comparison to show, where there are several.
    #[arg(long, value_name = "FACTOR:CASE:CONTROL")]
    contrast: Option<String>,
    /// SVG file to write.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
}

pub(crate) fn execute(args: &PlotArgs) -> anyhow::Result<()> {
    match &args.figure {
        Figure::Heatmap(args) => table_figure(FigureKind::Heatmap, args),
        Figure::Pca(args) => table_figure(FigureKind::Pca, args),
        Figure::Volcano(args) => table_figure(FigureKind::Volcano, args),
        Figure::Ma(args) => table_figure(FigureKind::Ma, args),
        Figure::Kinds(args) => table_figure(FigureKind::Kinds, args),
    }
}

fn table_figure(kind: FigureKind, args: &TableFigureArgs) -> anyhow::Result<()> {
    let results = reporting::read(&args.results)?;
    let contrast = choose(&results, kind, args.contrast.as_deref())?;
    let Some(drawing) = kind.draw(&results, contrast) else {
        bail!(
            "the results in `{}` have nothing to draw in a figure `{}`\n\
             hint: it needs {}",
            args.results.display(),
            kind.name(),
            match kind {
                FigureKind::Volcano | FigureKind::Ma => "tested events in `differential.tsv`",
                FigureKind::Pca => "components in `sample_pca.tsv`",
                FigureKind::Heatmap => "`psi.tsv` with events that have reads in every sample, or are called",
                FigureKind::Kinds => "events in `events.tsv`",
            }
        );
    };
    reporting::write(&args.output, &drawing.standalone())
}

/// The comparison that was asked for, or the only one.
fn choose<'a>(
    results: &'a Results,
    kind: FigureKind,
    asked: Option<&str>,
) -> anyhow::Result<Option<&'a Contrast>> {
    let labels =
        || results.contrasts().iter().map(|c| format!("`{}`", c.label)).collect::<Vec<_>>().join(", ");
    match (asked, results.contrasts()) {
        (Some(label), contrasts) => match contrasts.iter().find(|contrast| contrast.label == label) {
            Some(contrast) => Ok(Some(contrast)),
            None => bail!("the results have no contrast `{label}`\nhint: they have {}", labels()),
        },
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (None, _) if !kind.is_of_contrast() => Ok(None),
        (None, _) => bail!("the results have several contrasts\nhint: --contrast, one of {}", labels()),
    }
}
