//! Counts samples, or takes up counts that are there already.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use nadsplice_align::{
    AnnotationIndex, CountJob, CountsFileError, build_of_lengths, count, identify, read_counts,
};
use nadsplice_core::{Contigs, CountParameters, Evidence, SampleCounts};

use crate::messages::Messages;

/// Spliced fragments from which the share of annotated junctions tells a wrong build.
const MIN_SPLICED: u64 = 200;
/// Share of spliced fragments on annotated junctions below which the build is wrong.
const MIN_ANNOTATED_SHARE: f64 = 0.2;

/// What counting needs besides the file.
#[derive(Clone, Copy)]
pub(crate) struct CountSettings<'a> {
    /// Contigs of the annotation.
    pub(crate) contigs: &'a Contigs,
    pub(crate) index: &'a AnnotationIndex,
    pub(crate) content_hash: [u8; 32],
    pub(crate) parameters: &'a CountParameters,
    pub(crate) allow_build_mismatch: bool,
    pub(crate) force: bool,
    pub(crate) messages: Messages,
}

/// A sample's counts with what there is to say about them.
pub(crate) struct CountedInto {
    pub(crate) counts: SampleCounts,
    pub(crate) warnings: Vec<String>,
}

/// Counts a sample into `output`, unless a file with the counts of this input and these parameters is there.
pub(crate) fn count_into(
    settings: &CountSettings<'_>,
    sample: &str,
    input: &Path,
    output: &Path,
    threads: usize,
) -> anyhow::Result<CountedInto> {
    if let Some(counts) = reusable(settings, sample, input, output)? {
        settings.messages.detail(format!("sample `{sample}`: `{}` is up to date", output.display()));
        return Ok(CountedInto { counts, warnings: Vec::new() });
    }
    let counted = count(&CountJob {
        sample,
        path: input,
        index: settings.index,
        contigs: settings.contigs,
        parameters: settings.parameters,
        threads,
        allow_build_mismatch: settings.allow_build_mismatch,
        max_waiting: None,
        max_records: None,
    })
    .with_context(|| format!("could not count sample `{sample}`"))?;
    if !settings.allow_build_mismatch {
        match check_build(&counted.counts, input) {
            // A few regions may well have junctions that the annotation lacks.
            Err(error) if settings.parameters.regions.is_some() => {
                settings.messages.warn(format!("{error:#}"));
            }
            checked => checked?,
        }
    }
    if let (Some(_), Some(share)) = (&settings.parameters.regions, counted.read_share) {
        settings.messages.detail(format!(
            "sample `{sample}`: {:.2}% of `{}` read for the regions",
            100.0 * share,
            input.display()
        ));
    }
    nadsplice_align::write_counts(&counted.counts, output, threads)?;
    let warnings = counted.warnings.iter().map(|w| format!("sample `{sample}`: {w}")).collect();
    Ok(CountedInto { counts: counted.counts, warnings })
}

/// The counts in `output`, when they are of this input, annotation and these parameters.
fn reusable(
    settings: &CountSettings<'_>,
    sample: &str,
    input: &Path,
    output: &Path,
) -> anyhow::Result<Option<SampleCounts>> {
    if !output.exists() {
        return Ok(None);
    }
    match read_counts(output) {
        Ok(counts) => {
            let same = counts.sample == sample
                && counts.parameters == *settings.parameters
                && counts.annotation == settings.content_hash
                && counts.input == identify(input)?;
            Ok(same.then_some(counts))
        }
        // Made by this program, but by another version, or cut short: made again.
        Err(CountsFileError::Version { .. } | CountsFileError::Damaged { .. }) => Ok(None),
        Err(error) if settings.force => {
            settings.messages.warn(format!("{error}; overwritten"));
            Ok(None)
        }
        Err(error) => Err(anyhow::Error::new(error)
            .context(format!("will not overwrite `{}`\nhint: --force overwrites it", output.display()))),
    }
}

/// Share of a sample's junction-crossing fragments that cross annotated junctions, with their number.
pub(crate) fn annotated_share(counts: &SampleCounts) -> Option<(f64, u64)> {
    let (mut annotated, mut all) = (0u64, 0u64);
    let mut add = |is_annotated, fragments| {
        all += u64::from(fragments);
        if is_annotated {
            annotated += u64::from(fragments);
        }
    };
    match &counts.evidence {
        Evidence::Fragments(evidence) => {
            evidence.contigs.iter().flat_map(|c| &c.junctions).for_each(|j| add(j.annotated, j.fragments));
        }
        Evidence::Junctions(table) => table.contigs.iter().flatten().for_each(|j| add(j.annotated, j.reads)),
        Evidence::Rmats(_) => return None,
    }
    (all > 0).then(|| (annotated as f64 / all as f64, all))
}

/// The share of annotated junctions with the number of reads, where it tells a wrong build.
fn foreign_build(counts: &SampleCounts) -> Option<(f64, u64)> {
    annotated_share(counts).filter(|&(share, spliced)| spliced >= MIN_SPLICED && share < MIN_ANNOTATED_SHARE)
}

/// Refuses a junction table whose junctions are hardly ever those of the annotation.
pub(crate) fn check_tables_build(counts: &SampleCounts, table: &Path) -> anyhow::Result<()> {
    let Some((share, spliced)) = foreign_build(counts) else { return Ok(()) };
    bail!(
        "only {:.1}% of the {spliced} reads in junction table `{}` cross a junction of the annotation (expected at \
         least {:.0}%), so table and annotation are of different genome builds or species; a junction table does not \
         name its build\n\
         hint: take the annotation of that build, or pass --allow-build-mismatch",
        100.0 * share,
        table.display(),
        100.0 * MIN_ANNOTATED_SHARE,
    )
}

/// Refuses a sample whose junctions are hardly ever those of the annotation.
pub(crate) fn check_build(counts: &SampleCounts, input: &Path) -> anyhow::Result<()> {
    let Some((share, spliced)) = foreign_build(counts) else { return Ok(()) };
    let lengths = nadsplice_align::contig_lengths(input)?;
    let likely = match build_of_lengths(&lengths) {
        Some(build) => format!("its contig lengths are those of {build}"),
        None => "its contig lengths are of no build that is known here".to_owned(),
    };
    bail!(
        "sample `{}`: only {:.1}% of {spliced} junction reads cross a junction of the annotation (expected at least \
         {:.0}%), so alignments and annotation are of different genome builds or species; `{}`: {likely}\n\
         hint: take the annotation of that build, or pass --allow-build-mismatch",
        counts.sample,
        100.0 * share,
        100.0 * MIN_ANNOTATED_SHARE,
        input.display(),
    )
}

/// The counts file of a sample in a results folder.
pub(crate) fn counts_path(outdir: &Path, sample: &str) -> PathBuf {
    // Sample names go into file names; a separator must not lead elsewhere.
    let safe: String =
        sample.chars().map(|c| if c == '/' || c == '\\' || c.is_control() { '_' } else { c }).collect();
    outdir.join("counts").join(format!("{safe}.counts"))
}
