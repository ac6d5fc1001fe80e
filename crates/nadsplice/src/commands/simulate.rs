//! `nadsplice simulate`: a cohort of alignments with known PSI.

use std::path::PathBuf;

use anyhow::Context;
use clap::Args;
use nadsplice_core::LibraryStrandedness;
use nadsplice_events::Catalogue;
use nadsplice_simulate::{
    Cohort, CohortSpec, EventPlan, Expression, FragmentLengths, Library, Noise, SampleSpec, express,
    plan_events,
};

use crate::{
    annotation::{self, event_keys},
    cli::{AnnotationArgs, Counting, GlobalArgs},
};

/// Simulate coordinate-sorted, indexed BAM files of two groups with known PSI over an annotation.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice simulate --gtf genes.gtf.gz --samples-per-group 3 --fragments 1000000 --outdir simulated"
)]
pub(crate) struct SimulateArgs {
    #[command(flatten)]
    annotation: AnnotationArgs,
    /// Folder for the alignments, `samples.tsv` and `truth.tsv`.
    #[arg(long, short, value_name = "DIR")]
    outdir: PathBuf,
    /// Seed; equal seeds give equal files.
    #[arg(long, default_value_t = 1, value_name = "N")]
    seed: u64,
    /// Samples in each of the groups `control` and `case`.
    #[arg(long, default_value_t = 3, value_name = "N", value_parser = clap::value_parser!(u16).range(1..))]
    samples_per_group: u16,
    /// Fragments a sample.
    #[arg(long, default_value_t = 1_000_000, value_name = "N")]
    fragments: u64,
    /// Bases of a read.
    #[arg(long, default_value_t = 100, value_name = "BASES")]
    read_length: u32,
    /// Single-end reads.
    #[arg(long)]
    single_end: bool,
    /// Mean fragment length.
    #[arg(long, default_value_t = 250.0, value_name = "BASES")]
    fragment_mean: f64,
    /// Standard deviation of fragment lengths.
    #[arg(long, default_value_t = 50.0, value_name = "BASES")]
    fragment_sd: f64,
    /// Strandedness of the libraries.
    #[arg(long, default_value_t = LibraryStrandedness::Reverse, value_name = "WORD")]
    strandedness: LibraryStrandedness,
    /// Share of fragments from unspliced transcripts, in [0, 1).
    #[arg(long, default_value_t = 0.0, value_name = "SHARE")]
    unspliced: f64,
    /// Share of the genes with an event in which it changes.
    #[arg(long, default_value_t = EventPlan::default().changed, value_name = "SHARE")]
    changed: f64,
    /// Size of the change in PSI.
    #[arg(long, default_value_t = EventPlan::default().delta, value_name = "PSI")]
    delta: f64,
    /// Correlation of fragments within a sample beyond the group's PSI, in [0, 1).
    #[arg(long, default_value_t = Noise::default().psi_rho, value_name = "RHO")]
    psi_rho: f64,
}

pub(crate) fn execute(args: &SimulateArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let messages = global.messages();
    let loaded = annotation::load(&args.annotation.gtf, Counting::Fragments, global)?;
    let catalogue = Catalogue::from_annotation(&loaded.annotation, event_keys(Counting::Fragments));
    let groups = CohortSpec::default().groups;
    let plan = EventPlan { changed: args.changed, delta: args.delta };
    let events = plan_events(&catalogue.events, &loaded.annotation, groups.len(), &plan, args.seed)?;
    let genes = express(&loaded.annotation, &events, &Expression::default(), args.seed)?;
    let spec = CohortSpec {
        seed: args.seed,
        samples: SampleSpec::balanced(&groups, usize::from(args.samples_per_group)),
        groups,
        library: Library {
            read_length: args.read_length,
            paired: !args.single_end,
            fragment_lengths: fragment_lengths(args),
            strandedness: args.strandedness,
            unspliced: args.unspliced,
            ..Library::default()
        },
        fragments: args.fragments,
        genes,
        noise: Noise { psi_rho: args.psi_rho, ..Noise::default() },
        ..CohortSpec::default()
    };
    std::fs::create_dir_all(&args.outdir)
        .with_context(|| format!("could not make folder `{}`", args.outdir.display()))?;
    let written = Cohort::new(&loaded.annotation, &spec)?.write(&args.outdir, global.threads())?;
    messages.step(format!("{} samples written to `{}`", written.len(), args.outdir.display()));
    Ok(())
}

fn fragment_lengths(args: &SimulateArgs) -> FragmentLengths {
    // Four standard deviations on either side hold all but a fragment in 16,000.
    let (mean, reach) = (args.fragment_mean, 4.0 * args.fragment_sd);
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "at least 1; a cast saturates"
    )]
    let bases = |length: f64| length.max(1.0).ceil() as u32;
    FragmentLengths { mean, sd: args.fragment_sd, min: bases(mean - reach), max: bases(mean + reach) }
}
