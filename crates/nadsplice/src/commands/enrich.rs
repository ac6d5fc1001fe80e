//! `nadsplice enrich`: verdicts on panel genes and gene-set tests.

use std::path::{Path, PathBuf};

use anyhow::Context;
use clap::Args;

use crate::{
    cli::GlobalArgs,
    enrichment::{EnrichSettings, enrich},
};

/// Panel and gene sets.
#[derive(Clone, Debug, Args)]
pub(crate) struct PanelArgs {
    /// Panel of genes that get a verdict each: `nad` for the embedded one, or a TSV with `symbol`, `ensembl_id`, `entrez_id`
    /// or `mouse_symbol`.
    #[arg(long, value_name = "nad|FILE", default_value = "nad")]
    panel: PathBuf,
    /// Further gene sets (GMT). The embedded NAD+, AMPK and mTOR sets are always tested.
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

/// Verdicts on the genes of NAD+ metabolism, and over-representation of gene sets.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  nadsplice enrich --quant results --diff results -o results")]
pub(crate) struct EnrichArgs {
    /// Folder with `differential.tsv` and `genes.tsv`.
    #[arg(long, value_name = "DIR")]
    diff: PathBuf,
    /// Folder with the tables of `quantify`.
    #[arg(long, value_name = "DIR")]
    quant: PathBuf,
    #[command(flatten)]
    panel: PanelArgs,
    /// Folder for the tables.
    #[arg(long, short, value_name = "DIR")]
    output: PathBuf,
}

pub(crate) fn execute(args: &EnrichArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    std::fs::create_dir_all(&args.output)
        .with_context(|| format!("could not make folder `{}`", args.output.display()))?;
    enrich(&EnrichSettings {
        quant: &args.quant,
        diff: &args.diff,
        panel: args.panel.panel(),
        gmt: &args.panel.gmt,
        outdir: &args.output,
        messages: global.messages(),
    })
}
