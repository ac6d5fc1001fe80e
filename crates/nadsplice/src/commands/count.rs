//! `nadsplice count`: one sample's alignments to its counts file.

use std::path::PathBuf;

use anyhow::bail;
use clap::Args;
use nadsplice_panel::Panel;

use crate::{
    annotation,
    cli::{AnnotationArgs, CountingArgs, GlobalArgs},
    cohort::{CountSettings, CountedInto, count_into},
    regions::RegionArgs,
};

/// Count one sample: the scatter step of a cohort.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice count --gtf genes.gtf.gz --sample old1 -o old1.counts old1.bam\n  nadsplice count --gtf genes.gtf.gz --regions panel --sample old1 -o old1.panel.counts old1.bam"
)]
pub(crate) struct CountArgs {
    #[command(flatten)]
    annotation: AnnotationArgs,
    #[command(flatten)]
    counting: CountingArgs,
    #[command(flatten)]
    regions: RegionArgs,
    /// Name of the sample.
    #[arg(long, value_name = "ID")]
    sample: String,
    /// Counts file to write.
    #[arg(long, short, value_name = "FILE")]
    output: PathBuf,
    /// Overwrite a file that is no counts file.
    #[arg(long)]
    force: bool,
    /// Alignments: SAM, BAM or CRAM, in any order, with or without an index.
    #[arg(value_name = "BAM")]
    alignments: PathBuf,
}

pub(crate) fn execute(args: &CountArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let messages = global.messages();
    // Before the work, not after it.
    if let Some(folder) = args.output.parent()
        && !folder.as_os_str().is_empty()
        && !folder.is_dir()
    {
        bail!("there is no folder `{0}` for the counts file\nhint: mkdir -p {0}", folder.display());
    }
    let loaded = annotation::load(&args.annotation.gtf, args.counting.counting, global)?;
    let index = loaded.index(global.threads());
    let mut parameters = args.counting.parameters();
    parameters.regions = args.regions.resolve(&loaded.annotation, &Panel::nad(), messages)?;
    // Of the annotation itself no more than this is needed, and the memory is.
    let (content_hash, contigs) = (loaded.content_hash, loaded.annotation.contigs);
    drop((loaded.annotation.genes, loaded.principal));
    let settings = CountSettings {
        contigs: &contigs,
        index: &index,
        content_hash,
        parameters: &parameters,
        allow_build_mismatch: args.counting.allow_build_mismatch,
        force: args.force,
        messages,
    };
    let CountedInto { counts, warnings } =
        count_into(&settings, &args.sample, &args.alignments, &args.output, global.threads())?;
    for warning in warnings {
        messages.warn(warning);
    }
    messages.step(format!(
        "sample `{}`: {} of {} alignments{} used, `{}` written",
        args.sample,
        counts.ledger.used(),
        counts.ledger.total(),
        if counts.parameters.regions.is_some() { " in the regions" } else { "" },
        args.output.display(),
    ));
    Ok(())
}
