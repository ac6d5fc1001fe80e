//! Brings the two mates of a fragment together.

use std::{
    io::{self, BufReader, BufWriter, Read, Seek, Write},
    num::NonZeroU32,
};

use hashbrown::HashTable;
use nadsplice_core::Strand;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};

use crate::cigar::{Block, Crossing, Spliced};

/// Mates that wait in memory, at 50 bytes each and 200 more where there are junctions, before they go to disk.
pub(crate) const DEFAULT_WAITING: usize = 2_000_000;

/// Files that waiting mates are spread over; each is paired in memory at the end.
const PARTITIONS: usize = 64;

/// One used alignment, as far as its mate needs to know it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Mate {
    /// Contig of the annotation.
    pub(crate) contig: u32,
    /// 0-based position of the other mate.
    pub(crate) other_position: u32,
    /// Whether this is read 2 of the pair.
    pub(crate) second: bool,
    /// Whether the alignment is on the reverse strand.
    pub(crate) reverse: bool,
    /// The transcript strand that the aligner noted.
    pub(crate) tag: Option<Strand>,
    pub(crate) depth: Depth,
    pub(crate) spliced: Spliced,
}

/// Whether the blocks of an alignment are in the depth tracks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) enum Depth {
    #[default]
    NotYet,
    Counted,
    /// They do not belong there: the alignment lies outside the regions that are counted.
    Elsewhere,
}

impl Mate {
    /// Whether it lies in the regions that are counted; without regions all do.
    pub(crate) fn is_inside(&self) -> bool {
        self.depth != Depth::Elsewhere
    }

    /// Whether the fragment lies on the forward strand under a forward-stranded protocol.
    pub(crate) fn sense_forward(&self) -> bool {
        self.second == self.reverse
    }
}

/// What came of an alignment that looked for its mate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// Its mate was here, and has left the ranks of those who wait.
    Pair,
    /// It waits.
    Waits,
    /// It waits; whoever waited under the same name cannot be paired, and has left.
    Displaces,
}

/// A mate that waits, in as few bytes as it takes: a look-up costs what it costs to bring them from memory.
#[derive(Clone, Copy, Debug)]
struct Waiter {
    /// Of the name.
    key: u64,
    /// The only block of an alignment without a junction, of which nothing else is kept.
    block: Block,
    contig: u32,
    other_position: u32,
    /// The place in `Waiting::spliced` of any other alignment.
    spliced: Option<NonZeroU32>,
    second: bool,
    reverse: bool,
    depth: Depth,
    tag: Option<Strand>,
}

/// Mates whose other half has not been seen.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// By the key of the name, which is as good as a hash of it.
    waiters: HashTable<Waiter>,
    /// Blocks and junctions of those who wait with more than one block; the first is nobody's.
    spliced: Vec<Spliced>,
    /// Places there that are nobody's.
    free: Vec<NonZeroU32>,
    limit: usize,
    spill: Option<Spill>,
}

impl Waiting {
    pub(crate) fn new(limit: usize) -> Self {
        let spliced = vec![Spliced::default()];
        Self { waiters: HashTable::new(), spliced, free: Vec::new(), limit, spill: None }
    }

    /// Brings an alignment to its other mate, when that was here before; else it has to [`Self::wait`]. Whoever leaves
    /// is put into `other`.
    ///
    /// With input in any order (`may_spill`) mates beyond the limit go to disk; in coordinate order only the mates
    /// of one stretch of the genome wait.
    #[inline(always)]
    pub(crate) fn meet(
        &mut self,
        key: u64,
        mate: &Mate,
        other: &mut Mate,
        may_spill: bool,
    ) -> io::Result<Meeting> {
        if may_spill && self.len() >= self.limit && !self.is_mate_here(key, mate) {
            self.spill_all()?;
        }
        let Ok(entry) = self.waiters.find_entry(key, |waiter| waiter.key == key) else {
            return Ok(Meeting::Waits);
        };
        let (waiter, _) = entry.remove();
        take(&waiter, &mut self.spliced, &mut self.free, other);
        // Two alignments of the same segment are not mates of each other.
        let are_mates = waiter.second != mate.second && waiter.contig == mate.contig;
        Ok(if are_mates { Meeting::Pair } else { Meeting::Displaces })
    }

    /// Lets an alignment wait under a name under which no one waits. Its blocks and junctions are taken from `mate`.
    #[inline(always)]
    pub(crate) fn wait(&mut self, key: u64, mate: &mut Mate) -> io::Result<()> {
        let (block, spliced) = if let &[block] = mate.spliced.blocks.as_slice() {
            (block, None)
        } else {
            let place = if let Some(place) = self.free.pop() { place } else { self.add_place()? };
            std::mem::swap(&mut self.spliced[place.get() as usize], &mut mate.spliced);
            (Block { start: 0, end: 0 }, Some(place))
        };
        let waiter = Waiter {
            key,
            block,
            contig: mate.contig,
            other_position: mate.other_position,
            spliced,
            second: mate.second,
            reverse: mate.reverse,
            depth: mate.depth,
            tag: mate.tag,
        };
        self.waiters.insert_unique(key, waiter, |waiter| waiter.key);
        Ok(())
    }

    #[cold]
    fn add_place(&mut self) -> io::Result<NonZeroU32> {
        self.spliced.push(Spliced::default());
        u32::try_from(self.spliced.len() - 1).and_then(NonZeroU32::try_from).map_err(io::Error::other)
    }

    /// Where on which contig the other mates of those begin who wait in memory and lie inside the regions.
    pub(crate) fn awaited(&self) -> impl Iterator<Item = (u32, u32)> {
        let inside = self.waiters.iter().filter(|waiter| waiter.depth != Depth::Elsewhere);
        inside.map(|waiter| (waiter.contig, waiter.other_position))
    }

    /// Whether someone with this key waits in memory.
    pub(crate) fn has(&self, key: u64) -> bool {
        self.waiters.find(key, |waiter| waiter.key == key).is_some()
    }

    fn is_mate_here(&self, key: u64, mate: &Mate) -> bool {
        let waiter = self.waiters.find(key, |waiter| waiter.key == key);
        waiter.is_some_and(|w| w.second != mate.second && w.contig == mate.contig)
    }

    /// Takes out those whom `leaves` names.
    fn take_out(&mut self, mut leaves: impl FnMut(&Waiter) -> bool) -> Vec<(u64, Mate)> {
        let Self { waiters, spliced, free, .. } = self;
        waiters
            .extract_if(|waiter| leaves(waiter))
            .map(|waiter| {
                let mut mate = Mate::default();
                take(&waiter, spliced, free, &mut mate);
                (waiter.key, mate)
            })
            .collect()
    }

    fn spill_all(&mut self) -> io::Result<()> {
        let mut spill = match self.spill.take() {
            Some(spill) => spill,
            None => Spill::new()?,
        };
        for (key, mate) in self.take_out(|_| true) {
            spill.write(key, &mate)?;
        }
        self.spill = Some(spill);
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.waiters.len()
    }

    pub(crate) fn spilled(&self) -> u64 {
        self.spill.as_ref().map_or(0, |s| s.written)
    }

    /// In coordinate order: takes out mates whose other half would have come by now.
    pub(crate) fn overdue(&mut self, contig: u32, position: u32) -> impl Iterator<Item = Mate> {
        self.take_out(|waiter| waiter.contig != contig || waiter.other_position < position)
            .into_iter()
            .map(|(_, mate)| mate)
    }

    /// Everything that is left: pairs that only meet on disk, and mates without an other half.
    pub(crate) fn finish(mut self, mut each: impl FnMut(Mate, Option<Mate>)) -> io::Result<()> {
        if self.spill.is_none() {
            self.take_out(|_| true).into_iter().for_each(|(_, mate)| each(mate, None));
            return Ok(());
        }
        self.spill_all()?;
        let Some(mut spill) = self.spill.take() else { return Ok(()) };
        for partition in 0..PARTITIONS {
            let mut waiting: FxHashMap<u64, Mate> = FxHashMap::default();
            for entry in spill.read(partition)? {
                let (key, mate) = entry;
                match waiting.remove(&key) {
                    Some(other) if are_mates(&other, &mate) => {
                        each(other, Some(mate));
                    }
                    other => {
                        waiting.insert(key, mate);
                        if let Some(other) = other {
                            each(other, None);
                        }
                    }
                }
            }
            #[allow(clippy::iter_over_hash_type, reason = "each mate adds to sums only")]
            for (_, mate) in waiting {
                each(mate, None);
            }
        }
        Ok(())
    }
}

/// Makes a mate of one that waited.
#[inline(always)]
fn take(waiter: &Waiter, pool: &mut [Spliced], free: &mut Vec<NonZeroU32>, mate: &mut Mate) {
    mate.contig = waiter.contig;
    mate.other_position = waiter.other_position;
    mate.second = waiter.second;
    mate.reverse = waiter.reverse;
    mate.depth = waiter.depth;
    mate.tag = waiter.tag;
    if let Some(place) = waiter.spliced {
        std::mem::swap(&mut mate.spliced, &mut pool[place.get() as usize]);
        free.push(place);
    } else {
        mate.spliced.set_block(waiter.block);
    }
}

fn are_mates(one: &Mate, other: &Mate) -> bool {
    one.second != other.second && one.contig == other.contig
}

/// The file that a name belongs to.
fn partition(key: u64) -> usize {
    // The upper bits, since hash tables use the lower ones.
    (key >> 58) as usize % PARTITIONS
}

/// A mate as it is written to disk.
#[derive(Serialize, Deserialize)]
struct SpilledMate {
    key: u64,
    contig: u32,
    second: bool,
    reverse: bool,
    tag: Option<Strand>,
    depth: Depth,
    blocks: Vec<(u32, u32)>,
    crossings: Vec<(u32, u32, u32)>,
    aligned: u32,
    read_length: u32,
}

/// Mates on disk, in partitions by name.
#[derive(Debug)]
struct Spill {
    files: Vec<BufWriter<std::fs::File>>,
    written: u64,
}

impl Spill {
    fn new() -> io::Result<Self> {
        let files =
            (0..PARTITIONS).map(|_| tempfile::tempfile().map(BufWriter::new)).collect::<io::Result<_>>()?;
        Ok(Self { files, written: 0 })
    }

    fn write(&mut self, key: u64, mate: &Mate) -> io::Result<()> {
        let entry = SpilledMate {
            key,
            contig: mate.contig,
            second: mate.second,
            reverse: mate.reverse,
            tag: mate.tag,
            depth: mate.depth,
            blocks: mate.spliced.blocks.iter().map(|b| (b.start, b.end)).collect(),
            crossings: mate.spliced.crossings.iter().map(|c| (c.start, c.end, c.left_overhang)).collect(),
            aligned: mate.spliced.aligned,
            read_length: mate.spliced.read_length,
        };
        let bytes = postcard::to_stdvec(&entry).map_err(io::Error::other)?;
        let file = &mut self.files[partition(key)];
        file.write_all(&u32::try_from(bytes.len()).map_err(io::Error::other)?.to_le_bytes())?;
        file.write_all(&bytes)?;
        self.written += 1;
        Ok(())
    }

    fn read(&mut self, partition: usize) -> io::Result<Vec<(u64, Mate)>> {
        let file = &mut self.files[partition];
        file.flush()?;
        let file = file.get_mut();
        file.rewind()?;
        let mut reader = BufReader::new(file);
        let mut entries = Vec::new();
        let mut length = [0u8; 4];
        let mut bytes = Vec::new();
        loop {
            match reader.read_exact(&mut length) {
                Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(entries),
                other => other?,
            }
            bytes.resize(u32::from_le_bytes(length) as usize, 0);
            reader.read_exact(&mut bytes)?;
            let entry: SpilledMate = postcard::from_bytes(&bytes).map_err(io::Error::other)?;
            entries.push((entry.key, entry.into()));
        }
    }
}

impl From<SpilledMate> for Mate {
    fn from(entry: SpilledMate) -> Self {
        let crossings: Vec<Crossing> = entry
            .crossings
            .iter()
            .map(|&(start, end, left_overhang)| Crossing {
                start,
                end,
                left_overhang,
                right_overhang: entry.aligned - left_overhang,
            })
            .collect();
        Self {
            contig: entry.contig,
            other_position: 0,
            second: entry.second,
            reverse: entry.reverse,
            tag: entry.tag,
            depth: entry.depth,
            spliced: Spliced {
                blocks: entry.blocks.iter().map(|&(start, end)| Block { start, end }).collect(),
                crossings,
                aligned: entry.aligned,
                read_length: entry.read_length,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cigar::parse_cigar;

    fn mate(second: bool, position: u32) -> Mate {
        let mut spliced = Spliced::default();
        spliced.walk(position, &parse_cigar("30M100N20M"));
        Mate {
            contig: 0,
            other_position: 0,
            second,
            reverse: second,
            tag: None,
            depth: Depth::NotYet,
            spliced,
        }
    }

    /// What comes of an alignment, which waits where it is not met.
    fn meet(waiting: &mut Waiting, key: u64, mate: &Mate, other: &mut Mate, may_spill: bool) -> Meeting {
        let met = waiting.meet(key, mate, other, may_spill).unwrap();
        if met != Meeting::Pair {
            waiting.wait(key, &mut mate.clone()).unwrap();
        }
        met
    }

    #[test]
    fn mates_meet_again_from_disk() {
        let (mut waiting, mut other) = (Waiting::new(10), Mate::default());
        for key in 0..100u64 {
            let met = meet(&mut waiting, key << 30, &mate(false, 100), &mut other, true);
            assert_eq!(met, Meeting::Waits);
        }
        for key in 0..90u64 {
            let met = meet(&mut waiting, key << 30, &mate(true, 200), &mut other, true);
            assert_eq!(met, Meeting::Waits, "all firsts are on disk");
        }
        assert!(waiting.spilled() > 0);
        let (mut pairs, mut singles) = (0, 0);
        waiting
            .finish(|a, b| match b {
                Some(b) => {
                    assert_ne!(a.second, b.second);
                    assert_eq!(a.spliced.crossings.len(), 1);
                    pairs += 1;
                }
                None => singles += 1,
            })
            .unwrap();
        assert_eq!((pairs, singles), (90, 10));
    }

    #[test]
    fn two_alignments_of_one_segment_are_no_pair() {
        let mut waiting = Waiting::new(10);
        let mut met = |mate: &Mate| {
            let mut other = Mate::default();
            (meet(&mut waiting, 1, mate, &mut other, true), other)
        };
        assert_eq!(met(&mate(false, 100)), (Meeting::Waits, Mate::default()));
        assert_eq!(met(&mate(false, 150)), (Meeting::Displaces, mate(false, 100)));
        assert_eq!(met(&mate(true, 120)), (Meeting::Pair, mate(false, 150)));
        assert_eq!(waiting.len(), 0);
    }

    #[test]
    fn who_waits_with_one_block_keeps_it() {
        let mut one = mate(true, 100);
        one.spliced.walk(70, &parse_cigar("5S20M2D20M"));
        one.tag = Some(Strand::Reverse);
        let (mut waiting, mut other) = (Waiting::new(10), mate(false, 7));
        one.depth = Depth::Counted;
        assert_eq!(meet(&mut waiting, 1, &one, &mut other, false), Meeting::Waits);
        assert_eq!(meet(&mut waiting, 1, &mate(false, 90), &mut other, false), Meeting::Pair);
        assert_eq!(other.spliced.blocks.as_slice(), [Block { start: 70, end: 112 }]);
        assert!(other.spliced.crossings.is_empty());
        assert_eq!(
            (other.second, other.reverse, other.depth, other.tag),
            (true, true, Depth::Counted, one.tag)
        );
    }
}
