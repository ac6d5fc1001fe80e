//! A look at every input before any work: all problems at once.

use std::{
    path::Path,
    time::{Duration, Instant},
};

use nadsplice_align::{CountJob, build_of_lengths, contig_lengths, count};
use nadsplice_core::{CountParameters, LibraryStrandedness, SampleCounts};
use nadsplice_diff::Sample;
use rayon::prelude::*;

use crate::{
    annotation::LoadedAnnotation,
    cohort::annotated_share,
    junction_input::{JunctionInputs, Source},
    messages::Messages,
};
use nadsplice_align::AnnotationIndex;

/// Records looked at in each file.
const RECORDS: u64 = 200_000;

/// What a look at a cohort needs.
#[derive(Clone, Copy)]
pub(crate) struct Preflight<'a> {
    pub(crate) loaded: &'a LoadedAnnotation,
    pub(crate) index: &'a AnnotationIndex,
    pub(crate) junctions: &'a JunctionInputs<'a>,
    pub(crate) parameters: &'a CountParameters,
    pub(crate) strandedness: Option<LibraryStrandedness>,
    pub(crate) allow_build_mismatch: bool,
    pub(crate) messages: Messages,
}

/// What was seen of one sample.
pub(crate) struct Seen {
    pub(crate) name: String,
    pub(crate) problems: Vec<String>,
    pub(crate) warnings: Vec<String>,
    pub(crate) facts: Option<Facts>,
    /// Share of the reads of a junction table that are over annotated junctions.
    pub(crate) annotated_reads: Option<f64>,
}

impl Seen {
    fn of(sample: &Sample) -> Self {
        Self {
            name: sample.name.clone(),
            problems: Vec::new(),
            warnings: Vec::new(),
            facts: None,
            annotated_reads: None,
        }
    }
}

/// Figures of the first records of a file.
pub(crate) struct Facts {
    pub(crate) build: Option<&'static str>,
    pub(crate) indexed: bool,
    pub(crate) records: u64,
    pub(crate) read_length: Option<u32>,
    pub(crate) paired: f64,
    pub(crate) with_nh: f64,
    pub(crate) spliced: f64,
    pub(crate) annotated: Option<f64>,
    pub(crate) strandedness: Option<LibraryStrandedness>,
    pub(crate) forward_share: Option<f64>,
    /// Estimated time to count the whole file with one thread.
    pub(crate) time: Option<Duration>,
}

impl Preflight<'_> {
    /// Looks at the first records of every sample that has alignments, and at all of every junction table.
    pub(crate) fn look(&self, samples: &[Sample]) -> Vec<Seen> {
        let bar = self.messages.progress(samples.len(), "checking");
        let seen = samples
            .par_iter()
            .filter_map(|sample| {
                let seen = match Source::of(sample) {
                    Ok(Source::Alignments(path)) => Some(self.look_at(sample, &path)),
                    Ok(Source::Counts(_)) => None,
                    Ok(table) => Some(self.look_at_table(sample, &table)),
                    Err(error) => {
                        let mut seen = Seen::of(sample);
                        seen.problems.push(format!("{error:#}"));
                        Some(seen)
                    }
                };
                bar.inc(1);
                seen
            })
            .collect();
        bar.finish_and_clear();
        seen
    }

    fn look_at(&self, sample: &Sample, path: &Path) -> Seen {
        let mut seen = Seen::of(sample);
        let start = Instant::now();
        let counted = match count(&CountJob {
            sample: &sample.name,
            path,
            index: self.index,
            contigs: &self.loaded.annotation.contigs,
            parameters: self.parameters,
            threads: 1,
            allow_build_mismatch: self.allow_build_mismatch,
            max_waiting: None,
            max_records: Some(RECORDS),
        }) {
            Ok(counted) => counted,
            Err(error) => {
                seen.problems.push(error.to_string());
                return seen;
            }
        };
        let elapsed = start.elapsed();
        seen.warnings.extend(counted.warnings.iter().map(ToString::to_string));
        let counts = &counted.counts;
        self.judge_build(counts, path, &mut seen);
        let stated = sample.strandedness.or(self.strandedness);
        if let (Some(stated), Some(found)) = (stated, counts.strand.call())
            && stated != found
        {
            let share = 100.0 * counts.strand.forward_share().unwrap_or_default();
            seen.problems.push(format!(
                "stated strandedness is {stated}, but the reads are {found}: of {} fragments over annotated junctions \
                 {share:.1}% have read 1 on the transcript's strand\n\
                 hint: leave the strandedness out, and it is found for each sample",
                counts.strand.total(),
            ));
        }
        let used = counts.ledger.used();
        if used == 0 {
            seen.warnings.push(format!("none of the first {} alignments is used", counts.ledger.total()));
        }
        let share = |n: u64, of: u64| if of == 0 { 0.0 } else { n as f64 / of as f64 };
        let spliced = counts.ledger.count(nadsplice_core::Outcome::UsedSpliced);
        let mapped = counts.ledger.total() - counts.ledger.count(nadsplice_core::Outcome::Unmapped);
        seen.facts = Some(Facts {
            build: contig_lengths(path).ok().and_then(|lengths| build_of_lengths(&lengths)),
            indexed: has_index(path),
            records: counts.ledger.total(),
            read_length: counts.read_lengths.iter().max_by_key(|&&(l, n)| (n, l)).map(|&(l, _)| l),
            paired: share(counts.paired_alignments, used),
            with_nh: 1.0 - share(counted.without_nh, mapped),
            spliced: share(spliced, used),
            annotated: annotated_share(counts).map(|(share, _)| share),
            strandedness: counts.strand.call(),
            forward_share: counts.strand.forward_share(),
            time: counted
                .read_share
                .map(|read| if counted.complete { 1.0 } else { read })
                .filter(|&read| read > 0.0)
                .map(|read| elapsed.div_f64(read)),
        });
        seen
    }

    fn look_at_table(&self, sample: &Sample, table: &Source) -> Seen {
        let mut seen = Seen::of(sample);
        match self.junctions.read(&sample.name, table) {
            // What there is to warn of is said when the sample is quantified.
            Ok((counts, _)) => seen.annotated_reads = annotated_share(&counts).map(|(share, _)| share),
            // The sample is named by whoever reports the problem.
            Err(error) => {
                let causes: Vec<String> = error.chain().skip(1).map(ToString::to_string).collect();
                seen.problems.push(causes.join(": "));
            }
        }
        seen
    }

    fn judge_build(&self, counts: &SampleCounts, path: &Path, seen: &mut Seen) {
        if self.allow_build_mismatch {
            return;
        }
        if let Err(error) = crate::cohort::check_build(counts, path) {
            seen.problems.push(error.to_string());
        }
    }
}

/// Whether there is an index beside the file, under any of its usual names.
fn has_index(path: &Path) -> bool {
    let beside = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        Path::new(&name).exists()
    };
    [".bai", ".csi", ".crai"].into_iter().any(beside)
        || ["bai", "csi", "crai"].into_iter().any(|e| path.with_extension(e).exists())
}
