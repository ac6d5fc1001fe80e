//! `nadsplice enrich`: verdicts on panel genes and gene-set tests.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::{
    cli::GlobalArgs,
    enrichment::{EnrichSettings, RankSettings, enrich, rank},
    results_folder,
};

/// Panel and gene sets.
#[derive(Clone, Debug, Args)]
pub(crate) struct PanelArgs {
    /// Panel of genes that get a verdict each: `nad` for the embedded one, or a TSV with `symbol`, `ensembl_id`, `entrez_id`
    /// or `mouse_symbol`.
    #[arg(long, value_name = "nad|FILE", default_value = "nad")]
    pub(crate) panel: PathBuf,
    /// Further gene sets (GMT), each file a collection. The embedded NAD+, AMPK and mTOR sets are always tested.
    #[arg(long, value_name = "FILE")]
    pub(crate) gmt: Vec<PathBuf>,
}

impl Default for PanelArgs {
    fn default() -> Self {
        Self { panel: PathBuf::from("nad"), gmt: Vec::new() }
    }
}

impl PanelArgs {
    /// The user's panel, or nothing for the embedded one.
    pub(crate) fn panel(&self) -> Option<&Path> {
        user_panel(&self.panel)
    }
}

/// The file that `--panel` names, or nothing for the embedded panel.
pub(super) fn user_panel(named: &Path) -> Option<&Path> {
    (named.as_os_str() != "nad").then_some(named)
}

/// Verdicts on the genes of NAD+ metabolism, and tests of gene sets.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  nadsplice enrich --quant results --diff results -o results\n  nadsplice enrich --rank limma_t.rnk --gmt h.all.v2022.1.Hs.symbols.gmt -o results"
)]
pub(crate) struct EnrichArgs {
    /// Folder with `differential.tsv` and `genes.tsv`.
    #[arg(long, value_name = "DIR", required_unless_present = "rank", requires = "quant")]
    diff: Option<PathBuf>,
    /// Folder with the tables of `quantify`.
    #[arg(long, value_name = "DIR", required_unless_present = "rank", requires = "diff")]
    quant: Option<PathBuf>,
    /// Any other ranking of genes: a gene (symbol, Ensembl or Entrez id) and a score a line, tab-separated. The sets are
    /// tested along it as by fgsea, into `rank_enrichment.tsv`; --diff and --quant are not needed for that.
    #[arg(long, value_name = "FILE")]
    rank: Option<PathBuf>,
    #[command(flatten)]
    panel: PanelArgs,
    /// Folder for the tables.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

pub(crate) fn execute(args: &EnrichArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    for input in args.rank.iter().chain([&args.panel.panel]).chain(&args.panel.gmt) {
        results_folder::spare(input, &args.output)?;
    }
    if let Some(ranking) = &args.rank {
        rank(&RankSettings {
            ranking,
            panel: args.panel.panel(),
            gmt: &args.panel.gmt,
            outdir: &args.output,
            messages: global.messages(),
        })?;
    }
    if let (Some(quant), Some(diff)) = (&args.quant, &args.diff) {
        enrich(&EnrichSettings {
            quant,
            diff,
            panel: args.panel.panel(),
            gmt: &args.panel.gmt,
            outdir: &args.output,
            messages: global.messages(),
        })?;
    }
    Ok(())
}
