//! Alternative splicing from RNA-seq alignments, with the NAD+ genes in focus.

mod annotation;
mod cli;
mod cohort;
mod commands;
mod compared;
mod differential;
mod enrichment;
mod exports;
mod figures;
mod junction_input;
mod measured;
mod messages;
mod missing;
mod preflight;
mod provenance;
mod quantification;
mod regions;
mod reporting;
mod results_folder;
mod rmats_tables;
mod rows;

use std::process::ExitCode;

use clap::Parser;

use crate::cli::Cli;

fn main() -> ExitCode {
    let cli = Cli::parse();
    match commands::execute(cli) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let closed = error
                .chain()
                .filter_map(|cause| cause.downcast_ref::<std::io::Error>())
                .any(|e| e.kind() == std::io::ErrorKind::BrokenPipe);
            if closed {
                // Whoever read our output had enough of it.
                return ExitCode::SUCCESS;
            }
            messages::error(&error);
            ExitCode::FAILURE
        }
    }
}
