//! `nadsplice completions`: completion scripts for shells.

use std::io::Write;

use clap::{Args, CommandFactory};
use clap_complete::Shell;

use crate::cli::Cli;

/// Print a completion script for a shell.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  nadsplice completions bash > /etc/bash_completion.d/nadsplice")]
pub(crate) struct CompletionsArgs {
    /// The shell.
    shell: Shell,
}

pub(crate) fn execute(args: &CompletionsArgs) -> anyhow::Result<()> {
    let mut script = Vec::new();
    clap_complete::generate(args.shell, &mut Cli::command(), "nadsplice", &mut script);
    Ok(std::io::stdout().lock().write_all(&script)?)
}
