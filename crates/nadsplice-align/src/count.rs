//! Counting a sample: what is asked, and what comes of it.

use std::{
    num::NonZero,
    path::{Path, PathBuf},
};

use nadsplice_core::{Contigs, CountParameters, SampleCounts};

use crate::{
    AlignError, AnnotationIndex, by_contig,
    input::{Input, pieces},
    pass::Pass,
    regional::{ReadThrough, Scope},
};

/// One sample to count.
#[derive(Clone, Copy, Debug)]
pub struct CountJob<'a> {
    /// Name of the sample.
    pub sample: &'a str,
    /// Its alignments: SAM, BAM or CRAM.
    pub path: &'a Path,
    /// The annotation.
    pub index: &'a AnnotationIndex,
    /// The annotation's contigs.
    pub contigs: &'a Contigs,
    /// How to count.
    pub parameters: &'a CountParameters,
    /// Threads that may share this one file, at least 1; no more are used than there are cores.
    pub threads: usize,
    /// Go on when the annotation reaches past the end of a contig.
    pub allow_build_mismatch: bool,
    /// Mates that may wait in memory when the input is in no order; `None` for the default of 2 million.
    pub max_waiting: Option<usize>,
    /// Read no more records than these, for a first look at a file; `None` for all.
    pub max_records: Option<u64>,
}

/// What the user should know although the counts are sound.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CountWarning {
    /// The header claims an order that the records do not keep.
    #[error("the header says coordinate-sorted, but record {0} is out of order; read as unsorted")]
    ClaimedOrder(u64),
    /// Mates went to disk.
    #[error(
        "{0} alignments waited for their mates on disk, since the file is neither sorted by coordinate nor grouped by name"
    )]
    Spilled(u64),
    /// Contigs with reads that the annotation does not have.
    #[error(
        "{alignments} alignments lie on {contigs} contigs that the annotation does not have (first: `{first}`)"
    )]
    UnmatchedContigs {
        /// Alignments there.
        alignments: u64,
        /// Contigs.
        contigs: usize,
        /// One of them.
        first: String,
    },
    /// Neither splice nor count.
    #[error("no spliced alignment among {0} used ones")]
    NoSplicedReads(u64),
    /// All of a file was read for regions.
    #[error("all of `{}` was read for the regions: {reason}", path.display())]
    ReadThrough {
        /// The file.
        path: PathBuf,
        /// Why.
        reason: ReadThrough,
    },
    /// The index was written before the file was.
    #[error(
        "index `{}` is older than `{}`; it fits wherever it was used, but make it again with `samtools index`",
        index.display(), path.display()
    )]
    OldIndex {
        /// The file.
        path: PathBuf,
        /// Its index.
        index: PathBuf,
    },
    /// Regions where no alignment can be.
    #[error(
        "{regions} of {all} regions lie on contigs that `{}` does not have, or behind their ends (first: `{first}`)",
        path.display()
    )]
    NoSuchRegions {
        /// The file.
        path: PathBuf,
        /// Such regions.
        regions: usize,
        /// All regions.
        all: usize,
        /// The contig of the first of them, as the annotation names it.
        first: String,
    },
    /// The regions have no alignment.
    #[error("no alignment lies in the regions")]
    NothingInRegions,
}

/// Counts of a sample with what there is to say about them.
#[derive(Clone, Debug)]
pub struct Counted {
    /// The counts.
    pub counts: SampleCounts,
    /// Warnings, in no particular severity.
    pub warnings: Vec<CountWarning>,
    /// Mapped records without an `NH` tag, whose mapping quality decided instead.
    pub without_nh: u64,
    /// Whether the file was read to its end.
    pub complete: bool,
    /// Share of the file's bytes that were read, in [0, 1]; nothing where it cannot be told (SAM, CRAM).
    pub read_share: Option<f64>,
}

/// Reads a sample's alignments once and counts them.
///
/// # Errors
/// When the file cannot be opened, is damaged or truncated, shares no contig with the annotation, or was aligned to
/// another genome build.
pub fn count(job: &CountJob<'_>) -> Result<Counted, AlignError> {
    // With more of them, those that inflate ahead would take the core of the one that counts.
    let cores = std::thread::available_parallelism().map_or(job.threads, NonZero::get);
    let job = &CountJob { threads: job.threads.min(cores), ..*job };
    let regions = job.parameters.regions.as_ref();
    let mut input = Input::open(job.path, 1)?;
    let matched = input.match_contigs(job.contigs)?;
    if !job.allow_build_mismatch {
        input.check_ends(job.index, &matched)?;
    }
    let identity = pieces(job.path, input.header_hash)
        .map_err(|source| AlignError::Io { path: job.path.to_owned(), source })?;
    let scope = regions.map(|regions| Scope::new(regions, &matched));
    if scope.is_none() {
        if let Some(pass) = by_contig::count(job, &input, &matched) {
            return pass.finish(&input, identity, true);
        }
        input.use_threads(job.threads)?;
    }
    let mut pass = Pass::new(job, input.claimed_order, matched);
    if let Some(scope) = scope {
        pass.narrow(&mut input, scope)?;
    }
    let limit = job.max_records.unwrap_or(u64::MAX);
    let mut complete = false;
    while input.read < limit {
        if !input.next(&mut pass)? {
            complete = true;
            break;
        }
    }
    if input.read == 0 && input.indexed.is_none() {
        return Err(AlignError::Empty { path: job.path.to_owned() });
    }
    pass.fetch_mates(&mut input)?;
    pass.finish(&input, identity, complete)
}
