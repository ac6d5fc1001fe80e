//! Records of parts of a BAM file.

use std::{collections::VecDeque, fs::File, path::Path};

use super::{BamFault, BamRecord, FIXED};
use crate::{
    bgzf::{BgzfFault, BlockReader},
    index_file::{FilePlace, FileRange},
};

/// Compressed bytes that are rather read than skipped: about a block.
const NEAR: u64 = 16 << 10;

impl From<BgzfFault> for BamFault {
    fn from(fault: BgzfFault) -> Self {
        match fault {
            BgzfFault::Io(error) => Self::Io(error),
            BgzfFault::Damaged => Self::Cut,
        }
    }
}

/// Reads ranges of a file in their order, and no record twice. A few records outside of them come too.
#[derive(Debug)]
pub(crate) struct PartsReader {
    blocks: BlockReader,
    /// The block at hand, and where it begins in the file.
    content: Vec<u8>,
    block: u64,
    /// What of it was handed out.
    at: usize,
    /// A record that spans blocks.
    spanning: Vec<u8>,
    cigar: Vec<u32>,
    contigs: i32,
    current: Option<FileRange>,
    left: VecDeque<FileRange>,
    /// Contig and position of the last record.
    last: (i32, i64),
}

impl PartsReader {
    /// Opens ranges, sorted by their beginnings, of a file whose header has so many contigs.
    pub(crate) fn open(path: &Path, contigs: usize, ranges: Vec<FileRange>) -> Result<Self, BamFault> {
        let file = File::open(path).map_err(BamFault::Io)?;
        Ok(Self {
            blocks: BlockReader::new(file),
            content: Vec::new(),
            block: 0,
            at: 0,
            spanning: Vec::new(),
            cigar: Vec::new(),
            contigs: i32::try_from(contigs).map_err(|_| BamFault::Fields)?,
            current: None,
            left: ranges.into(),
            last: (-1, -1),
        })
    }

    /// Compressed bytes of the blocks that were inflated.
    pub(crate) fn inflated(&self) -> u64 {
        self.blocks.inflated
    }

    /// The next record, or nothing behind the last range.
    pub(crate) fn next(&mut self) -> Result<Option<BamRecord<'_>>, BamFault> {
        let mut promised = None;
        while self.current.is_none_or(|range| self.last >= range.until || self.place() >= range.end) {
            let Some(range) = self.left.pop_front() else { return Ok(None) };
            promised = self.go_to(range)?;
            self.current = Some(range);
        }
        while self.at >= self.content.len() {
            if !self.advance()? {
                return Ok(None);
            }
        }
        self.gather(4)?;
        let size = self.spanning.first_chunk().map_or(0, |&size| u32::from_le_bytes(size) as usize);
        if size < FIXED {
            return Err(BamFault::Fields);
        }
        let record = if self.content.len() - self.at >= size {
            self.at += size;
            &self.content[self.at - size..self.at]
        } else {
            self.gather(size)?;
            &self.spanning
        };
        let record = BamRecord::new(record, self.contigs, &mut self.cigar)?;
        if promised.is_some_and(|contig| contig != record.contig) {
            return Err(BamFault::Misplaced);
        }
        self.last = (record.contig, record.position.into());
        Ok(Some(record))
    }

    /// Where the next record begins.
    fn place(&self) -> FilePlace {
        match u16::try_from(self.at) {
            Ok(within) if self.at < self.content.len() => FilePlace { block: self.block, within },
            _ => FilePlace { block: self.blocks.next, within: 0 },
        }
    }

    /// Goes forward to a range, unless it is near or was reached before; the contig of the record there.
    fn go_to(&mut self, range: FileRange) -> Result<Option<i32>, BamFault> {
        let FilePlace { block, within } = range.start;
        if self.last != (-1, -1) && block <= self.blocks.next + NEAR {
            return Ok(None);
        }
        self.blocks.seek(block)?;
        self.last = (-1, -1);
        if !self.advance()? {
            return Ok(None);
        }
        self.at = usize::from(within);
        if self.at > self.content.len() { Err(BamFault::Misplaced) } else { Ok(Some(range.contig)) }
    }

    /// Goes on to the next block; `false` at the end of the file.
    fn advance(&mut self) -> Result<bool, BamFault> {
        self.at = 0;
        self.block = self.blocks.next;
        let more = self.blocks.read(&mut self.content)?;
        if !more {
            self.content.clear();
        }
        Ok(more)
    }

    /// Copies the next bytes into `spanning`.
    fn gather(&mut self, length: usize) -> Result<(), BamFault> {
        self.spanning.clear();
        while self.spanning.len() < length {
            let rest = &self.content[self.at..];
            let part = &rest[..rest.len().min(length - self.spanning.len())];
            self.spanning.extend_from_slice(part);
            self.at += part.len();
            if self.spanning.len() < length && !self.advance()? {
                return Err(BamFault::Cut);
            }
        }
        Ok(())
    }
}
