//! Counting the contigs of one file side by side.
//!
//! Nothing that is counted on one contig depends on another one. So a file in coordinate order is cut where its index
//! says that contigs begin, each part is counted by one thread, and sums are added up. Parts have no gaps between
//! them, and a part in which a record is out of order, or of a contig that belongs to another part, does not count: the
//! file is then read from end to end instead. So no index, however wrong, changes a number.

use std::{
    path::Path,
    sync::atomic::{AtomicBool, AtomicUsize, Ordering},
};

use nadsplice_core::{ContigId, CountMode};

use crate::{
    bam::{Alignment, BamFault, BamReader},
    count::{CountJob, Pass},
    index_file::{FilePlace, FileRange, IndexFile, beside, modified},
    input::{ClaimedOrder, EachRecord, Input},
};

/// Compressed bytes of a part from which on the next contig begins one of its own.
const LEAST: u64 = 1 << 20;

/// A stretch of a file that holds all alignments of some contigs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Part {
    range: FileRange,
    /// The first contig behind its own; nothing for the last part, which has also the reads that lie nowhere.
    next_contig: Option<i32>,
    is_first: bool,
}

impl Part {
    fn bytes(&self) -> u64 {
        self.range.end.block - if self.is_first { 0 } else { self.range.start.block }
    }

    fn has(&self, contig: i32) -> bool {
        match self.next_contig {
            Some(next) => (self.range.contig..next).contains(&contig),
            None => contig >= self.range.contig || contig == -1,
        }
    }
}

/// Counts a file by its contigs; nothing where that is not possible or does not pay.
pub(crate) fn count<'a>(
    job: &'a CountJob<'a>,
    input: &Input,
    matched: &[Option<ContigId>],
) -> Option<Pass<'a>> {
    let is_rmats = matches!(job.parameters.mode, CountMode::Rmats(_));
    if job.threads < 2 || job.max_records.is_some() || is_rmats || !input.is_sorted_bam() {
        return None;
    }
    let mut parts = parts(job.path, matched.len())?;
    // Large ones first, so that none is begun when all others are done.
    parts.sort_by_key(|part| std::cmp::Reverse(part.bytes()));
    let all: u64 = parts.iter().map(Part::bytes).sum();
    // One thread counts while others inflate, about half of the work each: in parts it must go faster than that.
    if parts.first()?.bytes() > all / 2 {
        return None;
    }
    let (next, failed) = (AtomicUsize::new(0), AtomicBool::new(false));
    let work = || {
        let mut pass = Pass::new(job, ClaimedOrder::Coordinate, matched.to_vec());
        while let Some(part) = parts.get(next.fetch_add(1, Ordering::Relaxed))
            && !failed.load(Ordering::Relaxed)
        {
            if !matches!(read(job.path, matched.len(), part, &mut pass), Ok(true)) {
                failed.store(true, Ordering::Relaxed);
            }
        }
        pass
    };
    let passes: Option<Vec<Pass<'a>>> = std::thread::scope(|scope| {
        let helpers: Vec<_> = (1..job.threads.min(parts.len())).map(|_| scope.spawn(&work)).collect();
        let own = work();
        std::iter::once(Some(own)).chain(helpers.into_iter().map(|helper| helper.join().ok())).collect()
    });
    if failed.load(Ordering::Relaxed) {
        return None;
    }
    passes?.into_iter().reduce(|mut all, part| {
        all.absorb(part);
        all
    })
}

/// The parts of an indexed file in its order, without a gap between them.
fn parts(path: &Path, contigs: usize) -> Option<Vec<Part>> {
    let end = FilePlace { block: path.metadata().ok()?.len(), within: 0 };
    let index_path = beside(path)?;
    if modified(&index_path)? < modified(path)? {
        return None;
    }
    let index = IndexFile::read(&index_path, &vec![false; contigs]).ok()?;
    cut(index.starts(), end)
}

/// Cuts a file where contigs begin; nothing when they do not begin one behind the other.
fn cut(starts: impl Iterator<Item = Option<FilePlace>>, end: FilePlace) -> Option<Vec<Part>> {
    let mut parts: Vec<Part> = Vec::new();
    let mut before = FilePlace::default();
    for (contig, start) in (0..).zip(starts) {
        let Some(start) = start else { continue };
        if start <= before || start >= end {
            return None;
        }
        before = start;
        if let Some(last) = parts.last_mut() {
            if start.block - last.range.start.block < LEAST {
                continue;
            }
            last.range.end = start;
            last.next_contig = Some(contig);
        }
        let range = FileRange { start, end, contig };
        parts.push(Part { range, next_contig: None, is_first: parts.is_empty() });
    }
    Some(parts)
}

/// Counts the records of a part; `false` where they are not what the index promised.
fn read(path: &Path, contigs: usize, part: &Part, pass: &mut Pass<'_>) -> Result<bool, BamFault> {
    let mut reader = if part.is_first {
        let Some(reader) = BamReader::beginning(path, part.range.end, part.range.contig)? else {
            return Ok(false);
        };
        reader
    } else {
        BamReader::of_ranges(path, contigs, vec![part.range], 1)?
    };
    let mut number = 0;
    while let Some(record) = reader.next()? {
        number += 1;
        if !part.has(record.contig()) || pass.accept(&record, number).is_err() || !pass.is_in_order() {
            return Ok(false);
        }
    }
    pass.end_part();
    Ok(true)
}
