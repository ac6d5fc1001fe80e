//! Brings the two mates of a fragment together.

use std::io::{self, BufReader, BufWriter, Read, Seek, Write};

use nadsplice_core::Strand;
use rustc_hash::FxHashMap;
use serde::{Deserialize, Serialize};
use smallvec::SmallVec;

use crate::cigar::{Block, Crossing, Spliced};

/// Mates that wait in memory, at about 200 bytes each, before they go to disk.
pub(crate) const DEFAULT_WAITING: usize = 2_000_000;

/// Files that waiting mates are spread over; each is paired in memory at the end.
const PARTITIONS: usize = 64;

/// One used alignment, as far as its mate needs to know it.
#[derive(Clone, Debug, PartialEq, Eq)]
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
    /// Whether its blocks are in the depth tracks already.
    pub(crate) covered: bool,
    pub(crate) spliced: Spliced,
}

impl Mate {
    /// Whether the fragment lies on the forward strand under a forward-stranded protocol.
    pub(crate) fn sense_forward(&self) -> bool {
        self.second == self.reverse
    }
}

/// Mates whose other half has not been seen.
#[derive(Debug)]
pub(crate) struct Waiting {
    mates: FxHashMap<u64, Mate>,
    limit: usize,
    spill: Option<Spill>,
}

impl Waiting {
    pub(crate) fn new(limit: usize) -> Self {
        Self { mates: FxHashMap::default(), limit, spill: None }
    }

    /// The other mate, when it was here before.
    pub(crate) fn take(&mut self, key: u64, mate: &Mate) -> Option<Mate> {
        // Two alignments of the same segment are not mates of each other.
        if self.mates.get(&key).is_some_and(|m| m.second != mate.second && m.contig == mate.contig) {
            return self.mates.remove(&key);
        }
        None
    }

    /// Lets a mate wait; hands back one that waited under the same name and cannot be paired.
    ///
    /// With input in any order (`may_spill`) mates beyond the limit go to disk; in coordinate order only the mates
    /// of one stretch of the genome wait.
    pub(crate) fn wait(&mut self, key: u64, mate: Mate, may_spill: bool) -> io::Result<Option<Mate>> {
        if may_spill && self.mates.len() >= self.limit {
            let spill = match &mut self.spill {
                Some(spill) => spill,
                none => none.insert(Spill::new()?),
            };
            #[allow(
                clippy::iter_over_hash_type,
                reason = "order within a partition does not matter for sums"
            )]
            for (key, mate) in self.mates.drain() {
                spill.write(key, &mate)?;
            }
        }
        Ok(self.mates.insert(key, mate))
    }

    pub(crate) fn len(&self) -> usize {
        self.mates.len()
    }

    pub(crate) fn spilled(&self) -> u64 {
        self.spill.as_ref().map_or(0, |s| s.written)
    }

    /// In coordinate order: takes out mates whose other half would have come by now.
    pub(crate) fn overdue(&mut self, contig: u32, position: u32) -> Vec<Mate> {
        self.mates
            .extract_if(|_, m| m.contig != contig || m.other_position < position)
            .map(|(_, mate)| mate)
            .collect()
    }

    /// Everything that is left: pairs that only meet on disk, and mates without an other half.
    pub(crate) fn finish(mut self, mut each: impl FnMut(Mate, Option<Mate>)) -> io::Result<()> {
        let Some(mut spill) = self.spill.take() else {
            #[allow(clippy::iter_over_hash_type, reason = "each mate adds to sums only")]
            for (_, mate) in self.mates {
                each(mate, None);
            }
            return Ok(());
        };
        #[allow(clippy::iter_over_hash_type, reason = "order within a partition does not matter for sums")]
        for (key, mate) in self.mates.drain() {
            spill.write(key, &mate)?;
        }
        for partition in 0..PARTITIONS {
            let mut waiting: FxHashMap<u64, Mate> = FxHashMap::default();
            for entry in spill.read(partition)? {
                let (key, mate) = entry;
                match waiting.remove(&key) {
                    Some(other) if other.second != mate.second && other.contig == mate.contig => {
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
        let crossings: SmallVec<[Crossing; 3]> = entry
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
        Mate { contig: 0, other_position: 0, second, reverse: second, tag: None, covered: false, spliced }
    }

    #[test]
    fn mates_meet_again_from_disk() {
        let mut waiting = Waiting::new(10);
        for key in 0..100u64 {
            assert!(waiting.wait(key << 30, mate(false, 100), true).unwrap().is_none());
        }
        for key in 0..90u64 {
            let second = mate(true, 200);
            match waiting.take(key << 30, &second) {
                Some(_) => panic!("all firsts are on disk"),
                None => assert!(waiting.wait(key << 30, second, true).unwrap().is_none()),
            }
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
        assert!(waiting.wait(1, mate(false, 100), true).unwrap().is_none());
        assert!(waiting.take(1, &mate(false, 100)).is_none());
        assert!(waiting.take(1, &mate(true, 100)).is_some());
    }
}
