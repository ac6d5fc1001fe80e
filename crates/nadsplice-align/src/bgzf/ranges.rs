//! Parts of a BGZF file in place of all of it.

use std::{
    collections::VecDeque,
    io::{Read, Seek, SeekFrom},
};

use super::{BATCH, Batch, BgzfFault, LONGEST, Source, block_size};
use crate::index_file::FileRange;

/// What is to be read of a file.
#[derive(Debug, Default)]
pub(super) struct Ranges {
    left: VecDeque<FileRange>,
    /// Whether the first of them was begun.
    is_begun: bool,
}

impl Ranges {
    pub(super) fn new(ranges: Vec<FileRange>) -> Self {
        Self { left: ranges.into(), is_begun: false }
    }
}

impl Source {
    /// Puts whole blocks of the range at hand into a batch; `false` when there are none left. The block that a range
    /// ends in is a batch of its own.
    pub(super) fn fill_range(&mut self, batch: &mut Batch) -> bool {
        batch.compressed.clear();
        batch.filled = 0;
        batch.fault = None;
        batch.begins = None;
        batch.skip = 0;
        batch.until = None;
        let Some(ranges) = &mut self.ranges else { return false };
        let Some(&range) = ranges.left.front() else {
            self.ended = true;
            return false;
        };
        if !ranges.is_begun {
            ranges.is_begun = true;
            self.rest.clear();
            self.position = range.start.block;
            batch.begins = Some(range.contig);
            batch.skip = usize::from(range.start.within);
            if let Err(error) = self.file.seek(SeekFrom::Start(range.start.block)) {
                return self.fail(batch, BgzfFault::Io(error));
            }
        }
        let is_last = self.position >= range.end.block;
        let upto = usize::try_from(range.end.block.saturating_sub(self.position)).unwrap_or(usize::MAX);
        let wanted = if is_last { LONGEST } else { upto.min(BATCH) };
        let compressed = &mut batch.compressed;
        compressed.append(&mut self.rest);
        let missing = wanted.saturating_sub(compressed.len()) as u64;
        if range.end.within > 0 || !is_last {
            if let Err(error) = (&mut self.file).take(missing).read_to_end(compressed) {
                return self.fail(batch, BgzfFault::Io(error));
            }
        }
        let mut whole = 0;
        let mut left = if is_last { usize::from(range.end.within > 0) } else { usize::MAX };
        while left > 0
            && let Some(size) =
                block_size(&compressed[whole..]).filter(|size| whole + size <= compressed.len())
        {
            whole += size;
            left -= 1;
        }
        if whole == 0 && (range.end.within > 0 || !is_last) {
            return self.fail(batch, BgzfFault::Damaged);
        }
        self.position += whole as u64;
        batch.file_end = self.position;
        let is_done = is_last || (self.position == range.end.block && range.end.within == 0);
        if is_last && range.end.within > 0 {
            batch.until = Some(usize::from(range.end.within));
        }
        if is_done {
            ranges.left.pop_front();
            ranges.is_begun = false;
        } else {
            self.rest.extend_from_slice(&compressed[whole..]);
        }
        compressed.truncate(whole);
        true
    }

    fn fail(&mut self, batch: &mut Batch, fault: BgzfFault) -> bool {
        self.ended = true;
        batch.compressed.clear();
        batch.fault = Some(fault);
        true
    }
}
