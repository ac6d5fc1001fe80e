//! Counting in parts of the genome: which alignments lie there, and which parts of a file have to be read for them.
//!
//! An alignment lies inside when the stretch from its first to its last base overlaps a region, introns between them
//! included, as `samtools view` takes it. A fragment counts when one of its alignments does, and with both of them. So
//! whatever lies inside has the numbers that counting the whole file gives it, as long as mates say rightly where the
//! other one lies: by that mates outside are found.

use std::path::{Path, PathBuf};

use nadsplice_core::{ContigDepth, ContigId, DepthTrack, DepthTrackBuilder, Interval, Regions};
use rustc_hash::FxHashSet;

use crate::{
    AlignError,
    bam::{Alignment, BamFault, PartsReader},
    index_file::{FilePlace, FileRange, IndexFault, IndexFile, beside, modified},
};

/// Share of the file's bytes from which it is read through: seeking saves nothing any more.
const MOST: f64 = 0.5;

/// The regions as a file's contigs have them.
#[derive(Debug)]
pub(crate) struct Scope {
    /// For each contig of the header.
    intervals: Vec<Vec<Interval>>,
}

impl Scope {
    /// `matched` are the ids of the header's contigs in the annotation.
    pub(crate) fn new(regions: &Regions, matched: &[Option<ContigId>]) -> Self {
        let intervals =
            matched.iter().map(|id| id.map_or_else(Vec::new, |id| regions.of(id).to_vec())).collect();
        Self { intervals }
    }

    /// Whether an alignment overlaps a region.
    pub(crate) fn has(&self, record: &impl Alignment) -> bool {
        let Ok(position) = u32::try_from(record.position()) else { return false };
        match self.ending_after(record.contig(), position) {
            None => false,
            Some(next) if next.start() <= position => true,
            Some(next) => next.start() - position < reference_bases(record.cigar()),
        }
    }

    /// Whether a position lies inside.
    pub(crate) fn has_position(&self, contig: i32, position: i64) -> bool {
        u32::try_from(position)
            .is_ok_and(|at| self.ending_after(contig, at).is_some_and(|next| next.start() <= at))
    }

    fn ending_after(&self, contig: i32, position: u32) -> Option<Interval> {
        let there = self.intervals.get(usize::try_from(contig).ok()?)?;
        there.get(there.partition_point(|i| i.end() <= position)).copied()
    }

    fn wanted_contigs(&self) -> Vec<bool> {
        self.intervals.iter().map(|there| !there.is_empty()).collect()
    }
}

/// Bases of the reference from the first to the last aligned one: of M, D, N, = and X.
fn reference_bases(cigar: &[u32]) -> u32 {
    const ON_REFERENCE: u32 = 1 << 0 | 1 << 2 | 1 << 3 | 1 << 7 | 1 << 8;
    let on_reference = cigar.iter().filter(|&&raw| ON_REFERENCE & (1 << (raw & 0xf)) != 0);
    on_reference.map(|&raw| raw >> 4).fold(0, u32::saturating_add)
}

/// Why a file is read through although only regions of it are counted.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ReadThrough {
    /// There is no index.
    #[error("it has no index (`samtools index` makes one)")]
    NoIndex,
    /// Not a BAM file.
    #[error("only of BAM files parts can be read")]
    NotBam,
}

/// How a file is read for its regions.
#[derive(Debug)]
pub(crate) enum Access {
    /// From end to end.
    Through(Option<ReadThrough>),
    /// By its index.
    Indexed(Box<Indexed>),
}

/// An alignment file with its index.
#[derive(Debug)]
pub(crate) struct Indexed {
    pub(crate) path: PathBuf,
    /// The index.
    pub(crate) index_path: PathBuf,
    index: IndexFile,
    contigs: usize,
    pub(crate) ranges: Vec<FileRange>,
}

/// Decides how a BAM file is read, by its index and its size in bytes.
pub(crate) fn access(path: &Path, size: u64, scope: &Scope) -> Result<Access, AlignError> {
    let Some(index_path) = beside(path) else { return Ok(Access::Through(Some(ReadThrough::NoIndex))) };
    let index = IndexFile::read(&index_path, &scope.wanted_contigs()).map_err(|fault| match fault {
        IndexFault::Io(source) => AlignError::Io { path: index_path.clone(), source },
        IndexFault::Damaged(expected) => AlignError::Index { index: index_path.clone(), expected },
    })?;
    if index.end == FilePlace::default() {
        // It says that no alignment has a place. Reading shows whether that is so, and takes no time if it is.
        return Ok(Access::Through(None));
    }
    let ranges = (0..)
        .zip(&scope.intervals)
        .flat_map(|(contig, there)| there.iter().filter_map(|&i| index.range(contig, i)).collect::<Vec<_>>());
    let ranges = in_order(ranges.collect());
    let indexed =
        Indexed { path: path.to_owned(), index_path, index, contigs: scope.intervals.len(), ranges };
    if indexed.index.end.block > size {
        return Err(indexed.misfit("it points behind the end of the file"));
    }
    if indexed.bytes() as f64 > MOST * size as f64 {
        return Ok(Access::Through(None));
    }
    indexed.check_end(size)?;
    Ok(Access::Indexed(Box::new(indexed)))
}

impl Indexed {
    /// Compressed bytes of the ranges, what two of them share counted once. They are not read to their ends where what
    /// they are read for ends before.
    fn bytes(&self) -> u64 {
        let mut reached = 0;
        let mut bytes = 0;
        for range in &self.ranges {
            bytes += range.end.block.saturating_sub(range.start.block.max(reached));
            reached = reached.max(range.end.block);
        }
        bytes
    }

    /// Where alignments lie that begin at certain places, in the order of the file.
    pub(crate) fn ranges_at(&self, places: &FxHashSet<(i32, u32)>) -> Vec<FileRange> {
        let of = |&(contig, position): &(i32, u32)| {
            let at = Interval::new(position, position.checked_add(1)?)?;
            self.index.range(usize::try_from(contig).ok()?, at)
        };
        #[allow(clippy::iter_over_hash_type, reason = "sorted by what it is made for")]
        in_order(places.iter().filter_map(of).collect())
    }

    /// Opens ranges of the file.
    pub(crate) fn open(&self, ranges: Vec<FileRange>) -> Result<PartsReader, AlignError> {
        PartsReader::open(&self.path, self.contigs, ranges).map_err(|fault| self.error(fault))
    }

    /// Whether the index was written before the file was.
    pub(crate) fn is_older(&self) -> bool {
        modified(&self.index_path).zip(modified(&self.path)).is_some_and(|(index, file)| index < file)
    }

    /// An error of reading where the index leads.
    pub(crate) fn error(&self, fault: BamFault) -> AlignError {
        match fault {
            BamFault::Io(source) => AlignError::Io { path: self.path.clone(), source },
            BamFault::Cut | BamFault::Fields => self.misfit("no sound records are where it says"),
            BamFault::Contig | BamFault::Misplaced => {
                self.misfit("the records where it says are of another contig")
            }
        }
    }

    /// The index is not the file's.
    pub(crate) fn misfit(&self, found: &'static str) -> AlignError {
        AlignError::IndexMisfit { path: self.path.clone(), index: self.index_path.clone(), found }
    }

    /// Behind the last alignment that the index knows there are only reads without a place: so it is of this file and
    /// not of an earlier state of it.
    fn check_end(&self, size: u64) -> Result<(), AlignError> {
        let end = FilePlace { block: size, within: 0 };
        let start = self.index.end;
        if start == FilePlace::default() || start >= end {
            return Ok(());
        }
        let everything = (i32::MAX, i64::MAX);
        let mut reader = self.open(vec![FileRange { start, end, contig: -1, until: everything }])?;
        match reader.next() {
            Ok(_) => Ok(()),
            Err(BamFault::Io(source)) => Err(AlignError::Io { path: self.path.clone(), source }),
            Err(_) => Err(self.misfit("the alignments do not end where it says")),
        }
    }
}

/// Ranges by their beginnings.
fn in_order(mut ranges: Vec<FileRange>) -> Vec<FileRange> {
    ranges.sort_unstable_by_key(|range| (range.start, range.until));
    ranges
}

/// Depth inside the regions alone. What is covered outside is not known in full.
pub(crate) fn clip(depth: &ContigDepth, inside: &[Interval]) -> ContigDepth {
    let plain = [false, true].map(|sense| clip_track(depth.plain(sense), inside, 0));
    // The boundary behind the last base is one of the region's.
    let boundary = [false, true].map(|sense| clip_track(depth.boundary(sense), inside, 1));
    ContigDepth::new(plain, &boundary, depth.overhang())
}

/// A track with no depth outside the intervals, each of which is `more` bases longer.
fn clip_track(runs: impl Iterator<Item = (u32, u32)>, inside: &[Interval], more: u32) -> DepthTrack {
    let mut clipped = DepthTrackBuilder::default();
    let mut last = 0i64;
    let mut to = |position: u32, depth: u32| {
        clipped.push(position, i64::from(depth) - last);
        last = i64::from(depth);
    };
    let mut runs = runs.peekable();
    let mut depth = 0;
    for interval in inside {
        while let Some((_, next)) = runs.next_if(|&(position, _)| position <= interval.start()) {
            depth = next;
        }
        to(interval.start(), depth);
        let end = interval.end().saturating_add(more);
        while let Some((position, next)) = runs.next_if(|&(position, _)| position < end) {
            to(position, next);
            depth = next;
        }
        to(end, 0);
    }
    clipped.finish()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn track(runs: &[(u32, u32)]) -> DepthTrack {
        let mut builder = DepthTrackBuilder::default();
        let mut last = 0;
        for &(position, depth) in runs {
            builder.push(position, i64::from(depth) - last);
            last = i64::from(depth);
        }
        builder.finish()
    }

    fn at(track: &DepthTrack, position: u32) -> u32 {
        track.runs().take_while(|&(p, _)| p <= position).last().map_or(0, |(_, d)| d)
    }

    #[test]
    fn an_alignment_overlaps_by_its_whole_stretch() {
        assert_eq!(reference_bases(&crate::cigar::parse_cigar("3S10M100N5D5=2I1X4H")), 121);
        assert_eq!(reference_bases(&[]), 0);
    }

    proptest! {
        #[test]
        fn clipped_depth_is_that_inside(
            steps in proptest::collection::vec((1u32..40, 0u32..5), 0..30),
            cuts in proptest::collection::vec((1u32..60, 1u32..60), 0..8),
        ) {
            let mut position = 0;
            let runs: Vec<(u32, u32)> = steps.iter().map(|&(step, depth)| { position += step; (position, depth) }).collect();
            let mut position = 0;
            // They do not touch, so that one that is a base longer ends before the next one begins.
            let inside: Vec<Interval> = cuts.iter().map(|&(gap, length)| {
                let start = position + gap + 1;
                position = start + length;
                Interval::new(start, position).unwrap()
            }).collect();
            let whole = track(&runs);
            for more in [0, 1] {
                let clipped = clip_track(whole.runs(), &inside, more);
                for p in 0..1300 {
                    let is_inside = inside.iter().any(|i| i.start() <= p && p < i.end() + more);
                    prop_assert_eq!(at(&clipped, p), if is_inside { at(&whole, p) } else { 0 }, "at {}", p);
                }
            }
        }
    }
}
