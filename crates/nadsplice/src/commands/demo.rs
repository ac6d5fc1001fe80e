//! `nadsplice demo`: a simulated cohort through the whole pipeline.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use clap::Args;
use nadsplice_simulate::{Cohort, demo};

use super::run::{self, RunArgs};
use crate::cli::GlobalArgs;

/// Simulate a small cohort over the panel's genes and run everything on it.
///
/// Twelve samples, six young and six old, over the real exons of the NAD+ panel, AMPK and mTOR genes and unrelated
/// genes; some events are changed, CD38 has hardly a read, one library has the other strandedness.
#[derive(Debug, Args)]
#[command(after_long_help = "Example:\n  nadsplice demo --outdir demo")]
pub(crate) struct DemoArgs {
    /// Folder for the simulated alignments and the results.
    #[arg(long, short, value_name = "DIR")]
    outdir: PathBuf,
}

pub(crate) fn execute(args: &DemoArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let messages = global.messages();
    let data = args.outdir.join("data");
    if args.outdir.is_dir() && !data.is_dir() {
        let mut entries = std::fs::read_dir(&args.outdir)
            .with_context(|| format!("could not look into folder `{}`", args.outdir.display()))?;
        if entries.next().is_some() {
            bail!(
                "folder `{}` is not empty and holds no demo\nhint: name another --outdir",
                args.outdir.display()
            );
        }
    }
    std::fs::create_dir_all(&data).with_context(|| format!("could not make folder `{}`", data.display()))?;
    messages.step("simulating 12 samples");
    simulate(&data, global.threads())?;
    let results = args.outdir.join("results");
    run::execute(&RunArgs::demo(&data, &results), global)?;
    messages.step(format!(
        "look into `{}`; what was simulated stands in `{}`",
        results.join("report.html").display(),
        data.join("truth.tsv").display(),
    ));
    Ok(())
}

fn simulate(data: &Path, threads: usize) -> anyhow::Result<()> {
    let annotation = demo::annotation()?;
    demo::write_gtf(&data.join("genes.gtf"))?;
    Cohort::new(&annotation, &demo::cohort()?)?.write(data, threads)?;
    Ok(())
}
