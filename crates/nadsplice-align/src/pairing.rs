//! Brings the two mates of a fragment together.

use std::{
    collections::hash_map::Entry,
    io::{self, BufReader, BufWriter, Read, Seek, Write},
};

use nadsplice_core::Strand;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::cigar::{Block, Crossing, Spliced};

/// Mates that wait in memory, at about 100 bytes each, before they go to disk.
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
    /// Whether its blocks are in the depth tracks already, or do not belong there.
    pub(crate) covered: bool,
    /// Whether it lies in the regions that are counted; without regions all do.
    pub(crate) inside: bool,
    pub(crate) spliced: Spliced,
}

impl Mate {
    /// Whether the fragment lies on the forward strand under a forward-stranded protocol.
    pub(crate) fn sense_forward(&self) -> bool {
        self.second == self.reverse
    }
}

/// What came of an alignment that looked for its mate.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Meeting {
    /// Its mate is in this place, and has left the ranks of those who wait.
    Pair(u32),
    /// It waits in this place now.
    Waits(u32),
    /// It waits in this place now; whoever waited there under the same name cannot be paired, and was put in its stead.
    Displaces(u32),
}

/// Mates whose other half has not been seen.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// By the key of the name, the place in `mates`.
    places: FxHashMap<u64, u32>,
    mates: Vec<Mate>,
    /// Places that nobody waits in.
    free: Vec<u32>,
    limit: usize,
    spill: Option<Spill>,
}

impl Waiting {
    pub(crate) fn new(limit: usize) -> Self {
        Self { places: FxHashMap::default(), mates: Vec::new(), free: Vec::new(), limit, spill: None }
    }

    /// Brings an alignment to its other mate, when that was here before, or else lets it wait; `mate` is then left
    /// with something else in it.
    ///
    /// With input in any order (`may_spill`) mates beyond the limit go to disk; in coordinate order only the mates
    /// of one stretch of the genome wait.
    pub(crate) fn meet(&mut self, key: u64, mate: &mut Mate, may_spill: bool) -> io::Result<Meeting> {
        if may_spill && self.len() >= self.limit && !self.is_mate_here(key, mate) {
            self.spill_all()?;
        }
        match self.places.entry(key) {
            Entry::Occupied(entry) => {
                let place = *entry.get();
                let other = &mut self.mates[place as usize];
                // Two alignments of the same segment are not mates of each other.
                if are_mates(other, mate) {
                    entry.remove();
                    self.free.push(place);
                    return Ok(Meeting::Pair(place));
                }
                std::mem::swap(other, mate);
                Ok(Meeting::Displaces(place))
            }
            Entry::Vacant(entry) => {
                let place = if let Some(place) = self.free.pop() {
                    place
                } else {
                    let place = u32::try_from(self.mates.len()).map_err(io::Error::other)?;
                    self.mates.push(Mate::default());
                    place
                };
                entry.insert(place);
                std::mem::swap(&mut self.mates[place as usize], mate);
                Ok(Meeting::Waits(place))
            }
        }
    }

    /// The mate in a place that [`Self::meet`] named, until the next call of it.
    pub(crate) fn mate(&mut self, place: u32) -> &mut Mate {
        &mut self.mates[place as usize]
    }

    /// Everyone who waits in memory.
    pub(crate) fn waiting(&self) -> impl Iterator<Item = &Mate> {
        self.places.values().map(|&place| &self.mates[place as usize])
    }

    /// Whether someone with this key waits in memory.
    pub(crate) fn has(&self, key: u64) -> bool {
        self.places.contains_key(&key)
    }

    fn is_mate_here(&self, key: u64, mate: &Mate) -> bool {
        self.places.get(&key).is_some_and(|&place| are_mates(&self.mates[place as usize], mate))
    }

    /// Takes out everyone who waits.
    fn drain(&mut self) -> impl Iterator<Item = (u64, Mate)> {
        self.free.clear();
        let mut mates = std::mem::take(&mut self.mates);
        self.places.drain().map(move |(key, place)| (key, std::mem::take(&mut mates[place as usize])))
    }

    fn spill_all(&mut self) -> io::Result<()> {
        let mut spill = match self.spill.take() {
            Some(spill) => spill,
            None => Spill::new()?,
        };
        for (key, mate) in self.drain() {
            spill.write(key, &mate)?;
        }
        self.spill = Some(spill);
        Ok(())
    }

    pub(crate) fn len(&self) -> usize {
        self.places.len()
    }

    pub(crate) fn spilled(&self) -> u64 {
        self.spill.as_ref().map_or(0, |s| s.written)
    }

    /// In coordinate order: takes out mates whose other half would have come by now.
    pub(crate) fn overdue(&mut self, contig: u32, position: u32) -> Vec<Mate> {
        let Self { places, mates, free, .. } = self;
        let late = |mate: &Mate| mate.contig != contig || mate.other_position < position;
        places
            .extract_if(|_, place| late(&mates[*place as usize]))
            .map(|(_, place)| {
                free.push(place);
                place
            })
            .collect::<Vec<_>>()
            .into_iter()
            .map(|place| std::mem::take(&mut mates[place as usize]))
            .collect()
    }

    /// Everything that is left: pairs that only meet on disk, and mates without an other half.
    pub(crate) fn finish(mut self, mut each: impl FnMut(Mate, Option<Mate>)) -> io::Result<()> {
        if self.spill.is_none() {
            self.drain().for_each(|(_, mate)| each(mate, None));
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
    covered: bool,
    inside: bool,
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
            covered: mate.covered,
            inside: mate.inside,
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
        let crossings: SmallVec<[Crossing; 1]> = entry
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
            covered: entry.covered,
            inside: entry.inside,
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
            covered: false,
            inside: true,
            spliced,
        }
    }

    #[test]
    fn mates_meet_again_from_disk() {
        let mut waiting = Waiting::new(10);
        for key in 0..100u64 {
            let met = waiting.meet(key << 30, &mut mate(false, 100), true).unwrap();
            assert!(matches!(met, Meeting::Waits(_)));
        }
        for key in 0..90u64 {
            let met = waiting.meet(key << 30, &mut mate(true, 200), true).unwrap();
            assert!(matches!(met, Meeting::Waits(_)), "all firsts are on disk");
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
        let mut meet = |mut mate: Mate| {
            let met = waiting.meet(1, &mut mate, true).unwrap();
            (met, mate.spliced.blocks.first().map(|b| b.start))
        };
        assert_eq!(meet(mate(false, 100)), (Meeting::Waits(0), None));
        assert_eq!(meet(mate(false, 150)), (Meeting::Displaces(0), Some(100)));
        assert_eq!(meet(mate(true, 120)), (Meeting::Pair(0), Some(120)));
        assert_eq!(waiting.mate(0), &mate(false, 150));
        assert_eq!(waiting.len(), 0);
    }
}
