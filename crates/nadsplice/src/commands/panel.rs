//! `nadsplice panel`: the embedded panel and gene sets.

use std::io::Write;

use clap::Args;
use nadsplice_panel::{Panel, focus_sets};

use crate::cli::GlobalArgs;

/// Print the embedded NAD+ panel, or the AMPK/mTOR-themed gene sets.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Examples:\n  nadsplice panel > nad_panel.tsv\n  nadsplice panel --sets > nad_ampk_mtor.gmt"
)]
pub(crate) struct PanelArgs {
    /// The gene sets in GMT form instead: id, name, members.
    #[arg(long)]
    sets: bool,
}

pub(crate) fn execute(args: &PanelArgs, _: &GlobalArgs) -> anyhow::Result<()> {
    let mut out = std::io::BufWriter::new(std::io::stdout().lock());
    if args.sets {
        for set in focus_sets() {
            let members: Vec<&str> = set.members.iter().map(|m| m.label()).collect();
            writeln!(out, "{}\t{}\t{}", set.id, set.name, members.join("\t"))?;
        }
    } else {
        out.write_all(Panel::nad_table().as_bytes())?;
    }
    Ok(out.flush()?)
}
