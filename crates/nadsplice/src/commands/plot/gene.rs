//! `nadsplice plot gene`.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use nadsplice_report::gene_view::{GeneViewData, GeneViewOptions, gene_view};

use super::{
    picture::PictureArgs,
    sashimi::{read_figure_data, say},
};
use crate::cli::GlobalArgs;

/// All events of a gene on its transcripts, with the difference of each.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice plot gene --results results --gene NADSYN1 -o nadsyn1.svg"
)]
pub(crate) struct GeneArgs {
    /// Folder with the results of `run`.
    #[arg(long, value_name = "DIR")]
    results: PathBuf,
    /// The gene, by name or id.
    #[arg(long, value_name = "NAME")]
    gene: String,
    /// Contrast whose differences are drawn [default: the first one].
    #[arg(long, value_name = "CONTRAST")]
    contrast: Option<String>,
    /// Rows for transcripts.
    #[arg(long, value_name = "N", default_value_t = GeneViewOptions::default().max_transcripts)]
    max_transcripts: usize,
    /// Rows for events; where there are more, those with the lowest q are drawn.
    #[arg(long, value_name = "N", default_value_t = GeneViewOptions::default().max_events)]
    max_events: usize,
    /// Least width of the figure; genes of many exons take more.
    #[arg(long, value_name = "UNITS", value_parser = clap::value_parser!(u32).range(400..=10_000))]
    width: Option<u32>,
    #[command(flatten)]
    picture: PictureArgs,
}

pub(crate) fn execute(args: &GeneArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    args.picture.check()?;
    let data = read_figure_data(&args.results)?;
    let locus = data.locus_of_gene(&args.gene).with_context(|| {
        format!(
            "the data of figures in `{}` do not hold gene `{}`: they have the genes of the panel and of the most \
             significant events\n\
             hint: `nadsplice plot data --figure-events N` keeps more of them",
            args.results.display(),
            args.gene
        )
    })?;
    let tested = locus.events.iter().flat_map(|e| &e.tests).map(|t| &t.contrast);
    let contrast = if let Some(label) = &args.contrast {
        if !tested.clone().any(|c| c == label) {
            bail!(
                "gene `{}` has no test in a contrast `{label}`\nhint: `differential.tsv` has the contrasts",
                args.gene
            );
        }
        Some(label.clone())
    } else {
        let first = data.header.groupings.first().map(|g| &g.contrast);
        first.filter(|c| tested.clone().any(|t| t == *c)).or_else(|| tested.clone().next()).cloned()
    };
    let options = GeneViewOptions {
        max_transcripts: args.max_transcripts,
        max_events: args.max_events,
        width: args.width.map_or(GeneViewOptions::default().width, f64::from),
    };
    let drawing = gene_view(&GeneViewData { locus: locus.clone(), contrast }, &options);
    let path = args.picture.write(&drawing, Some(&args.results), &format!("gene_{}", args.gene))?;
    say(global.messages(), &path);
    Ok(())
}
