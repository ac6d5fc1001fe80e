//! Blocks of a BGZF file, inflated in order by as many threads as are given (SAM specification, section 4.1).
//!
//! Whoever reads the blocks inflates too: it takes the next batch that nobody has begun when the one it needs is still
//! in the making. So two threads share all the work, and one needs no hand-over.

mod seek;

use std::{
    collections::VecDeque,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError},
    thread::JoinHandle,
};

use libdeflater::{Crc, Decompressor};

pub(crate) use self::seek::BlockReader;
use crate::index_file::FilePlace;

/// Compressed bytes of a batch: inflated it still fits into a core's cache.
const BATCH: usize = 66 << 10;
/// Batches in the making or waiting, for each thread.
const AHEAD: usize = 4;
/// Bytes before a block's compressed ones, when `BC` is its only extra field.
const HEADER: usize = 18;
/// Checksum and length behind them.
const FOOTER: usize = 8;
/// The most that a block holds.
const LONGEST: usize = 1 << 16;

/// Why there are no further bytes.
#[derive(Debug)]
pub(crate) enum BgzfFault {
    /// The file cannot be read.
    Io(io::Error),
    /// A block is cut short, is none, or fails its checksum.
    Damaged,
}

/// Inflated bytes of consecutive blocks.
#[derive(Debug, Default)]
pub(crate) struct Batch {
    buffer: Vec<u8>,
    /// How much of the buffer is this batch's; the rest is an earlier one's.
    filled: usize,
    /// What is wrong right behind them.
    pub(crate) fault: Option<BgzfFault>,
    /// Where the file goes on behind them, in compressed bytes.
    pub(crate) file_end: u64,
    /// How much of the only block belongs to the part of the file that ends in it.
    until: Option<usize>,
    compressed: Vec<u8>,
}

impl Batch {
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.buffer[..self.filled]
    }
}

/// Reads a BGZF file batch by batch.
#[derive(Debug)]
pub(crate) struct BgzfReader {
    shared: Arc<Shared>,
    inflater: Inflater,
    helpers: Vec<JoinHandle<()>>,
}

#[derive(Debug)]
struct Shared {
    queue: Mutex<Queue>,
    /// A batch is done, or there is room for another one.
    changed: Condvar,
}

#[derive(Debug)]
struct Queue {
    source: Source,
    /// Batches from the next one to be handed out; empty while they are in the making.
    batches: VecDeque<Option<Batch>>,
    /// The number of the first of them.
    first: u64,
    /// Most batches at a time.
    limit: usize,
    /// Emptied batches, for their memory.
    spare: Vec<Batch>,
    /// Nobody reads any more.
    closed: bool,
}

/// The compressed file, cut between blocks.
#[derive(Debug)]
struct Source {
    file: File,
    /// The beginning of a block whose end was not read yet.
    rest: Vec<u8>,
    position: u64,
    /// Where to stop; behind any file, where all of it is read.
    end: FilePlace,
    ended: bool,
}

impl BgzfReader {
    /// Reads a file from its beginning, with `threads` threads including the caller's.
    pub(crate) fn new(file: File, threads: usize) -> Self {
        let end = FilePlace { block: u64::MAX, within: 0 };
        Self::with(Source { file, rest: Vec::new(), position: 0, end, ended: false }, threads)
    }

    /// Reads from the block at `start`, in compressed bytes, up to a place in the file, with the caller's thread alone.
    pub(crate) fn part(mut file: File, start: u64, end: FilePlace) -> io::Result<Self> {
        file.seek(SeekFrom::Start(start))?;
        Ok(Self::with(Source { file, rest: Vec::new(), position: start, end, ended: false }, 1))
    }

    fn with(source: Source, threads: usize) -> Self {
        let threads = threads.max(1);
        let limit = if threads == 1 { 1 } else { AHEAD * threads };
        let queue =
            Queue { source, batches: VecDeque::new(), first: 0, limit, spare: Vec::new(), closed: false };
        let shared = Arc::new(Shared { queue: Mutex::new(queue), changed: Condvar::new() });
        let helpers = (1..threads)
            .filter_map(|_| {
                let shared = Arc::clone(&shared);
                // With fewer helpers than asked for the file is read all the same.
                std::thread::Builder::new().name("inflate".into()).spawn(move || help(&shared)).ok()
            })
            .collect();
        Self { shared, inflater: Inflater::new(), helpers }
    }

    /// Exchanges a batch that is used up for the next one; `false` at the end of the file.
    pub(crate) fn next(&mut self, used: &mut Batch) -> bool {
        let mut queue = self.shared.lock();
        queue.spare.push(std::mem::take(used));
        loop {
            if queue.batches.front().is_some_and(Option::is_some) {
                if let Some(Some(batch)) = queue.batches.pop_front() {
                    queue.first += 1;
                    *used = batch;
                    drop(queue);
                    if !self.helpers.is_empty() {
                        self.shared.changed.notify_all();
                    }
                    return true;
                }
            } else if let Some((number, mut batch)) = queue.begin() {
                drop(queue);
                self.inflater.inflate(&mut batch);
                queue = self.shared.lock();
                queue.done(number, batch);
            } else if queue.batches.is_empty() {
                return false;
            } else {
                queue = self.shared.wait(queue);
            }
        }
    }
}

impl Drop for BgzfReader {
    fn drop(&mut self) {
        self.shared.lock().closed = true;
        self.shared.changed.notify_all();
        for helper in self.helpers.drain(..) {
            // It holds nothing that a panic could leave half done.
            let _ = helper.join();
        }
    }
}

/// Inflates whatever is next until nobody reads any more.
fn help(shared: &Shared) {
    let mut inflater = Inflater::new();
    let mut queue = shared.lock();
    while !queue.closed {
        if let Some((number, mut batch)) = queue.begin() {
            drop(queue);
            inflater.inflate(&mut batch);
            queue = shared.lock();
            queue.done(number, batch);
            shared.changed.notify_all();
        } else if queue.source.ended {
            return;
        } else {
            queue = shared.wait(queue);
        }
    }
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, Queue> {
        // Nothing under the lock can leave the queue half changed.
        self.queue.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn wait<'q>(&self, queue: MutexGuard<'q, Queue>) -> MutexGuard<'q, Queue> {
        self.changed.wait(queue).unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue {
    /// A batch of compressed blocks to inflate, with its number; nothing when enough are there, or at the end.
    fn begin(&mut self) -> Option<(u64, Batch)> {
        if self.batches.len() >= self.limit || self.source.ended {
            return None;
        }
        let mut batch = self.spare.pop().unwrap_or_default();
        if !self.source.fill(&mut batch) {
            return None;
        }
        self.batches.push_back(None);
        Some((self.first + self.batches.len() as u64 - 1, batch))
    }

    fn done(&mut self, number: u64, batch: Batch) {
        let at = usize::try_from(number - self.first).ok();
        if let Some(slot) = at.and_then(|at| self.batches.get_mut(at)) {
            *slot = Some(batch);
        }
    }
}

impl Source {
    /// Puts whole blocks into a batch; `false` when there are none left.
    fn fill(&mut self, batch: &mut Batch) -> bool {
        let compressed = &mut batch.compressed;
        compressed.clear();
        batch.filled = 0;
        batch.fault = None;
        batch.until = None;
        compressed.append(&mut self.rest);
        let had = compressed.len();
        let upto = self.end.block.saturating_sub(self.position + had as u64);
        if upto == 0 && had == 0 {
            return self.fill_last(batch);
        }
        let wanted = ((BATCH - had.min(BATCH)) as u64).min(upto);
        match (&mut self.file).take(wanted).read_to_end(compressed) {
            Ok(got) => self.ended |= (got as u64) < wanted,
            Err(error) => {
                self.ended = true;
                batch.fault = Some(BgzfFault::Io(error));
            }
        }
        let mut whole = 0;
        while let Some(size) =
            block_size(&compressed[whole..]).filter(|size| whole + size <= compressed.len())
        {
            whole += size;
        }
        // A batch is larger than any block, so that one without a whole block begins with damage. The last block of a
        // part begins where another one ends.
        if whole == 0 || self.ended || wanted == upto {
            self.ended |= whole < compressed.len() || whole == 0;
            let is_short = self.ended && self.end.block < u64::MAX;
            if (whole < compressed.len() || is_short) && batch.fault.is_none() {
                batch.fault = Some(BgzfFault::Damaged);
            }
        } else {
            self.rest.extend_from_slice(&compressed[whole..]);
        }
        compressed.truncate(whole);
        self.position += whole as u64;
        batch.file_end = self.position;
        whole > 0 || batch.fault.is_some()
    }

    /// Puts the block into a batch that a part of the file ends in.
    fn fill_last(&mut self, batch: &mut Batch) -> bool {
        self.ended = true;
        if self.end.within == 0 {
            return false;
        }
        let compressed = &mut batch.compressed;
        if let Err(error) = (&mut self.file).take(LONGEST as u64).read_to_end(compressed) {
            batch.fault = Some(BgzfFault::Io(error));
        }
        let size = block_size(compressed).filter(|&size| size <= compressed.len());
        if size.is_none() && batch.fault.is_none() {
            batch.fault = Some(BgzfFault::Damaged);
        }
        compressed.truncate(size.unwrap_or(0));
        batch.until = Some(self.end.within.into());
        true
    }
}

/// The size of the block that begins here; nothing for what is no block, or too short to tell.
fn block_size(bytes: &[u8]) -> Option<usize> {
    // ID1 ID2 CM FLG MTIME(4) XFL OS XLEN(2), then the extra fields.
    if bytes.len() < HEADER || bytes[..4] != [0x1f, 0x8b, 8, 4] {
        return None;
    }
    let size = block_extra(bytes)?.1;
    (size >= HEADER + FOOTER).then_some(size)
}

/// Where the compressed bytes of a block begin, and its whole size.
fn block_extra(bytes: &[u8]) -> Option<(usize, usize)> {
    let short = |at: usize| Some(usize::from(u16::from_le_bytes([*bytes.get(at)?, *bytes.get(at + 1)?])));
    let data = 12 + short(10)?;
    let mut field = 12;
    while field + 4 <= data {
        let length = short(field + 2)?;
        if bytes.get(field..field + 2)? == b"BC" && length == 2 {
            return Some((data, short(field + 4)? + 1));
        }
        field += 4 + length;
    }
    None
}

struct Inflater(Decompressor);

impl std::fmt::Debug for Inflater {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Inflater")
    }
}

impl Inflater {
    fn new() -> Self {
        Self(Decompressor::new())
    }

    /// Inflates the blocks of a batch up to the first damaged one.
    fn inflate(&mut self, batch: &mut Batch) {
        let mut at = 0;
        while let Some((data, size)) = block_extra(&batch.compressed[at..]) {
            let block = &batch.compressed[at..at + size];
            let Some(length) = self.block(data, block, &mut batch.buffer, batch.filled) else {
                batch.fault = Some(BgzfFault::Damaged);
                return;
            };
            batch.filled += length;
            at += size;
        }
        if let Some(until) = batch.until {
            if until > batch.filled && batch.fault.is_none() {
                batch.fault = Some(BgzfFault::Damaged);
            }
            batch.filled = batch.filled.min(until);
        }
    }

    /// Inflates a block behind the first `filled` bytes of a buffer; its length, when it is sound.
    fn block(&mut self, data: usize, block: &[u8], buffer: &mut Vec<u8>, filled: usize) -> Option<usize> {
        let (deflated, footer) = block.get(data..)?.split_last_chunk::<FOOTER>()?;
        let [a, b, c, d, e, f, g, h] = *footer;
        let (crc, length) = (u32::from_le_bytes([a, b, c, d]), u32::from_le_bytes([e, f, g, h]) as usize);
        if length > LONGEST {
            return None;
        }
        if buffer.len() < filled + length {
            buffer.resize(filled + length, 0);
        }
        let inflated = &mut buffer[filled..filled + length];
        if self.0.deflate_decompress(deflated, inflated) != Ok(length) {
            return None;
        }
        let mut sum = Crc::new();
        sum.update(inflated);
        (sum.sum() == crc).then_some(length)
    }
}

#[cfg(test)]
mod tests {
    use std::io::{Seek, Write};

    use super::*;

    /// A file of 100 bytes a line, with the text that it holds.
    fn file(lines: u32) -> (File, Vec<u8>) {
        let text: Vec<u8> = (0..lines)
            .flat_map(|k| format!("{:<99}\n", k.wrapping_mul(2_654_435_761)).into_bytes())
            .collect();
        let named = tempfile::NamedTempFile::new().unwrap();
        rust_htslib::bgzf::Writer::from_path(named.path()).unwrap().write_all(&text).unwrap();
        (File::open(named.path()).unwrap(), text)
    }

    fn read(file: File, threads: usize) -> (Vec<u8>, bool) {
        let mut reader = BgzfReader::new(file, threads);
        let (mut batch, mut all) = (Batch::default(), Vec::new());
        while reader.next(&mut batch) {
            all.extend_from_slice(batch.bytes());
            if batch.fault.is_some() {
                return (all, false);
            }
        }
        (all, true)
    }

    #[test]
    fn the_text_comes_back_in_order_at_any_number_of_threads() {
        for threads in [1, 2, 5] {
            let (file, text) = file(60_000);
            let (back, whole) = read(file, threads);
            assert!(whole && back == text, "{threads} threads");
        }
    }

    #[test]
    fn a_file_cut_anywhere_gives_what_came_before_and_a_fault() {
        for threads in [1, 3] {
            let (mut whole, text) = file(40_000);
            let mut bytes = Vec::new();
            whole.read_to_end(&mut bytes).unwrap();
            for cut in [10, 17, 18, 5_000, bytes.len() / 2, bytes.len() - 1] {
                let mut file = tempfile::tempfile().unwrap();
                file.write_all(&bytes[..cut]).unwrap();
                file.rewind().unwrap();
                let (back, good) = read(file, threads);
                assert!(!good && text.starts_with(&back), "cut at {cut}");
            }
        }
    }

    #[test]
    fn a_part_is_what_lies_between_two_places() {
        let (mut whole, text) = file(20_000);
        let mut bytes = Vec::new();
        whole.read_to_end(&mut bytes).unwrap();
        // Where blocks begin in the file and in the text; the last one is empty.
        let mut blocks = vec![(0, 0)];
        while let Some(size) = blocks.last().and_then(|&(at, _)| block_size(&bytes[at..])) {
            let (at, before) = blocks[blocks.len() - 1];
            let length = u32::from_le_bytes(*bytes[..at + size].last_chunk().unwrap());
            blocks.push((at + size, before + length as usize));
        }
        assert!(blocks.len() > 20);
        let part = |from: usize, to: usize, within: u16| {
            let file = whole.try_clone().unwrap();
            let end = FilePlace { block: blocks[to].0 as u64, within };
            let mut reader = BgzfReader::part(file, blocks[from].0 as u64, end).unwrap();
            let (mut batch, mut all) = (Batch::default(), Vec::new());
            while reader.next(&mut batch) {
                assert!(batch.fault.is_none());
                all.extend_from_slice(batch.bytes());
            }
            all
        };
        let last = blocks.len() - 1;
        for (from, to, within) in
            [(0, 1, 0), (0, 0, 70), (3, 4, 9), (2, 17, 1000), (5, last, 0), (last - 2, last, 0)]
        {
            let end = blocks[to].1 + usize::from(within);
            assert!(part(from, to, within) == text[blocks[from].1..end], "{from} to {to}, {within}");
        }
        // Places that are none.
        for (block, within) in [(blocks[2].0 + 1, 0), (blocks[2].0, u16::MAX), (bytes.len() + 10, 0)] {
            let end = FilePlace { block: block as u64, within };
            let mut reader = BgzfReader::part(whole.try_clone().unwrap(), 0, end).unwrap();
            let mut batch = Batch::default();
            while batch.fault.is_none() {
                assert!(reader.next(&mut batch), "no fault at {block}, {within}");
            }
        }
    }

    #[test]
    fn a_flipped_bit_is_found() {
        let (mut whole, text) = file(20_000);
        let mut bytes = Vec::new();
        whole.read_to_end(&mut bytes).unwrap();
        let middle = bytes.len() / 2;
        bytes[middle] ^= 4;
        let mut file = tempfile::tempfile().unwrap();
        file.write_all(&bytes).unwrap();
        file.rewind().unwrap();
        let (back, good) = read(file, 2);
        assert!(!good && back.len() < text.len() && text.starts_with(&back));
    }

    #[test]
    fn a_reader_that_stops_early_lets_its_helpers_go() {
        let (file, text) = file(60_000);
        let mut reader = BgzfReader::new(file, 4);
        let mut batch = Batch::default();
        assert!(reader.next(&mut batch));
        assert!(text.starts_with(batch.bytes()) && !batch.bytes().is_empty());
    }
}
