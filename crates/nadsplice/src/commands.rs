//! One file a subcommand.

pub(crate) mod check;
pub(crate) mod columns;
pub(crate) mod completions;
pub(crate) mod count;
pub(crate) mod demo;
pub(crate) mod diff;
pub(crate) mod enrich;
pub(crate) mod events;
pub(crate) mod export;
pub(crate) mod gather;
pub(crate) mod novel;
pub(crate) mod panel;
pub(crate) mod plot;
pub(crate) mod power;
pub(crate) mod quantify;
pub(crate) mod report;
pub(crate) mod run;
pub(crate) mod simulate;

use anyhow::Context;

use crate::cli::{Cli, Command};

/// Runs the command that was asked for.
pub(crate) fn execute(cli: Cli) -> anyhow::Result<()> {
    rayon::ThreadPoolBuilder::new()
        .num_threads(cli.global.threads())
        .build_global()
        .context("could not start the threads")?;
    let global = &cli.global;
    match cli.command {
        Command::Run(args) => run::execute(&args, global),
        Command::Check(args) => check::execute(&args, global),
        Command::Count(args) => count::execute(&args, global),
        Command::Quantify(args) => quantify::execute(&args, global),
        Command::Gather(args) => gather::execute(&args, global),
        Command::Diff(args) => diff::execute(&args, global),
        Command::Enrich(args) => enrich::execute(&args, global),
        Command::Events(args) => events::execute(&args, global),
        Command::Report(args) => report::execute(&args, global),
        Command::Export(args) => export::execute(&args, global),
        Command::Plot(args) => plot::execute(&args, global),
        Command::Simulate(args) => simulate::execute(&args, global),
        Command::Demo(args) => demo::execute(&args, global),
        Command::Power(args) => power::execute(&args, global),
        Command::Panel(args) => panel::execute(&args, global),
        Command::Columns(args) => columns::execute(&args),
        Command::Completions(args) => completions::execute(&args),
    }
}
