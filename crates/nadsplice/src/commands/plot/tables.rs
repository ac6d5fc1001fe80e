//! Figures of a cohort or comparison, from tables alone.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use nadsplice_report::{Contrast, FigureKind, Results};

use super::{picture::PictureArgs, sashimi::say};
use crate::{cli::GlobalArgs, reporting};

/// A figure that is made from tables alone.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice plot heatmap --results results -o heatmap.svg\n  nadsplice plot volcano --results results --contrast condition:old:young -o volcano.svg"
)]
pub(super) struct TableFigureArgs {
    /// Folder with the tables of `run`.
    #[arg(long, value_name = "DIR")]
    results: PathBuf,
    /// The comparison to show, where there are several.
    #[arg(long, value_name = "CONTRAST")]
    contrast: Option<String>,
    #[command(flatten)]
    picture: PictureArgs,
}

pub(super) fn execute(kind: FigureKind, args: &TableFigureArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    args.picture.check()?;
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
    let name = reporting::figure_name(kind, contrast);
    let path = args.picture.write(&drawing, Some(&args.results), &name)?;
    say(global.messages(), &path);
    Ok(())
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
            None if contrasts.is_empty() => bail!("the results have no contrast\nhint: leave out --contrast"),
            None => bail!("the results have no contrast `{label}`\nhint: they have {}", labels()),
        },
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some(only)),
        (None, _) if !kind.is_of_contrast() => Ok(None),
        (None, _) => bail!("the results have several contrasts\nhint: --contrast, one of {}", labels()),
    }
}
