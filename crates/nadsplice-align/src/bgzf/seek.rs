//! Blocks of a BGZF file one by one, from wherever one begins.

use std::{
    fs::File,
    io::{Read, Seek, SeekFrom},
};

use super::{BgzfFault, Inflater, LONGEST, block_extra, block_size};

/// Compressed bytes that are read at a time: one or two blocks.
const PIECE: u64 = 32 << 10;

/// Reads blocks from any place that one begins at.
#[derive(Debug)]
pub(crate) struct BlockReader {
    file: File,
    inflater: Inflater,
    /// Compressed bytes from `next` on.
    ahead: Vec<u8>,
    /// Where the next block begins in the file.
    pub(crate) next: u64,
    /// Compressed bytes of all blocks that were inflated.
    pub(crate) inflated: u64,
}

impl BlockReader {
    /// Begins with the file's first block.
    pub(crate) fn new(file: File) -> Self {
        Self { file, inflater: Inflater::new(), ahead: Vec::new(), next: 0, inflated: 0 }
    }

    /// Goes to a block by its place in the file.
    pub(crate) fn seek(&mut self, block: u64) -> Result<(), BgzfFault> {
        self.ahead.clear();
        self.next = block;
        self.file.seek(SeekFrom::Start(block)).map(|_| ()).map_err(BgzfFault::Io)
    }

    /// Puts the next block's content in place of what was there; `false` at the end of the file.
    pub(crate) fn read(&mut self, content: &mut Vec<u8>) -> Result<bool, BgzfFault> {
        let size = loop {
            if let Some(size) = block_size(&self.ahead).filter(|&size| size <= self.ahead.len()) {
                break size;
            }
            if self.ahead.len() >= LONGEST {
                return Err(BgzfFault::Damaged);
            }
            let had = self.ahead.len();
            (&mut self.file).take(PIECE).read_to_end(&mut self.ahead).map_err(BgzfFault::Io)?;
            if self.ahead.len() == had {
                return if had == 0 { Ok(false) } else { Err(BgzfFault::Damaged) };
            }
        };
        let block = &self.ahead[..size];
        let (data, _) = block_extra(block).ok_or(BgzfFault::Damaged)?;
        let length = self.inflater.block(data, block, content, 0).ok_or(BgzfFault::Damaged)?;
        content.truncate(length);
        self.ahead.drain(..size);
        self.next += size as u64;
        self.inflated += size as u64;
        Ok(true)
    }
}
