//! `nadsplice check`: what is wrong with a cohort, before a night of counting.

use std::{io::Write, path::PathBuf, time::Duration};

use anyhow::bail;
use clap::Args;
use nadsplice_core::LibraryStrandedness;
use nadsplice_diff::{Inputs, SampleSheet};
use nadsplice_panel::Panel;

use super::{diff::ContrastArgs, run::sources};
use crate::{
    annotation,
    cli::{AnnotationArgs, CountingArgs, GlobalArgs},
    junction_input::JunctionInputs,
    preflight::{Preflight, Seen},
    regions::RegionArgs,
};

/// Size of a counts file relative to a BAM file of the same sample, at most.
const COUNTS_SHARE: f64 = 0.15;

/// Look at a cohort's files, design and annotation in seconds, and name all problems at once.
#[derive(Debug, Args)]
#[command(
    after_long_help = "Example:\n  nadsplice check --samples samples.tsv --gtf genes.gtf.gz --contrast condition:old:young"
)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    annotation: AnnotationArgs,
    /// Sample sheet (TSV or CSV): `sample`, `bam` or `junctions`, `condition`, covariates; optionally `strandedness`.
    #[arg(long, value_name = "FILE")]
    samples: PathBuf,
    #[command(flatten)]
    contrasts: ContrastArgs,
    #[command(flatten)]
    counting: CountingArgs,
    #[command(flatten)]
    regions: RegionArgs,
}

pub(crate) fn execute(args: &CheckArgs, global: &GlobalArgs) -> anyhow::Result<()> {
    let messages = global.messages();
    let sheet = SampleSheet::read(&args.samples, Inputs::Required)?;
    let mut problems: Vec<String> = Vec::new();
    if let Err(error) = args.contrasts.plan_ahead(&sheet, messages) {
        problems.push(format!("{error:#}"));
    }
    let loaded = annotation::load(&args.annotation.gtf, args.counting.counting, global)?;
    let index = loaded.index(global.threads());
    let parameters = args.counting.parameters();
    // The first records of a file tell about all of it; regions only have to be there.
    let regions = args.regions.resolve(&loaded.annotation, &Panel::nad(), messages)?;
    let junctions = JunctionInputs::open(&loaded, &sources(&sheet), args.counting.allow_build_mismatch)?;
    let seen = Preflight {
        loaded: &loaded,
        index: &index,
        junctions: &junctions,
        parameters: &parameters,
        strandedness: args.counting.strandedness,
        allow_build_mismatch: args.counting.allow_build_mismatch,
        messages,
    }
    .look(sheet.samples());
    table(&seen)?;
    for sample in &seen {
        for warning in &sample.warnings {
            messages.warn(format!("sample `{}`: {warning}", sample.name));
        }
    }
    let time: Duration = seen.iter().filter_map(|s| s.facts.as_ref()?.time).sum();
    if regions.is_some() {
        for sample in seen.iter().filter(|s| s.facts.as_ref().is_some_and(|facts| !facts.indexed)) {
            messages.warn(format!(
                "sample `{}`: without an index all of its alignments are read for the regions (`samtools index` makes \
                 one)",
                sample.name
            ));
        }
    } else if !time.is_zero() {
        let minutes = time.as_secs_f64() / 60.0 / global.threads() as f64;
        let sizes =
            sheet.samples().iter().filter_map(|s| s.alignments.as_ref()?.metadata().ok()).map(|m| m.len());
        // Depth along expressed regions makes up most of a counts file; it saturates in deeper files.
        let megabytes = COUNTS_SHARE * sizes.sum::<u64>() as f64 / 1e6;
        messages.step(format!(
            "counting all samples will take about {minutes:.1} min with {} threads, 0.2 GB of memory a thread, and at \
             most {megabytes:.0} MB of disk for counts files",
            global.threads()
        ));
    }
    problems.extend(
        seen.iter().flat_map(|s| s.problems.iter().map(move |p| format!("sample `{}`: {p}", s.name))),
    );
    report(&problems)?;
    messages.step("no problem found");
    Ok(())
}

/// All problems as one error.
pub(crate) fn report(problems: &[String]) -> anyhow::Result<()> {
    match problems {
        [] => Ok(()),
        [only] => bail!("{only}"),
        several => bail!("{} problems\n{}", several.len(), several.join("\n")),
    }
}

fn table(seen: &[Seen]) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(
        out,
        "sample\tstatus\tbuild\tindexed\trecords_seen\tread_length\tpaired\twith_nh\tspliced\tannotated_junctions\t\
         strandedness\tforward_fraction\testimated_seconds"
    )?;
    for sample in seen {
        let status = if sample.problems.is_empty() { "ok" } else { "problem" };
        let share = |v: Option<f64>| v.map_or_else(|| "NA".to_owned(), |v| format!("{v:.3}"));
        let Some(f) = &sample.facts else {
            let (before, after) = ("NA\t".repeat(7), "\tNA".repeat(3));
            writeln!(out, "{}\t{status}\t{before}{}{after}", sample.name, share(sample.annotated_reads))?;
            continue;
        };
        writeln!(
            out,
            "{}\t{status}\t{}\t{}\t{}\t{}\t{:.3}\t{:.3}\t{:.3}\t{}\t{}\t{}\t{}",
            sample.name,
            f.build.unwrap_or("NA"),
            if f.indexed { "yes" } else { "no" },
            f.records,
            f.read_length.map_or_else(|| "NA".to_owned(), |l| l.to_string()),
            f.paired,
            f.with_nh,
            f.spliced,
            share(f.annotated),
            f.strandedness.map_or("NA".to_owned(), |s: LibraryStrandedness| s.to_string()),
            share(f.forward_share),
            f.time.map_or_else(|| "NA".to_owned(), |t| format!("{:.0}", t.as_secs_f64())),
        )?;
    }
    Ok(())
}
