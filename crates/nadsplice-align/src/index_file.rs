//! Indexes of BAM files: BAI and CSI (SAM specification, section 5; CSI, version 1).
//!
//! A contig is covered by bins of several sizes, one bin over eight of the next smaller size; an alignment is in the
//! smallest bin that holds it. For each bin the index has the stretches of the file where its alignments lie.

use std::{
    fs::File,
    io,
    path::{Path, PathBuf},
};

use nadsplice_core::Interval;
use rustc_hash::FxHashMap;

use crate::bgzf::{BgzfFault, BlockReader};

/// Base pairs of the smallest bins of a BAI, as a power of two, and the sizes above it.
const BAI_SHIFT: u32 = 14;
const BAI_DEPTH: u32 = 5;
/// More than any contig needs: 2^(14 + 3 * 10) bases.
const MAX_DEPTH: u32 = 10;

/// A place in a BGZF file: where its block begins in the file, and how far into the inflated block it lies.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct FilePlace {
    pub(crate) block: u64,
    pub(crate) within: u16,
}

impl FilePlace {
    const fn new(raw: u64) -> Self {
        let [low, high, ..] = raw.to_le_bytes();
        Self { block: raw >> 16, within: u16::from_le_bytes([low, high]) }
    }
}

/// A stretch of a file, from the beginning of a record to the end of another one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct FileRange {
    pub(crate) start: FilePlace,
    pub(crate) end: FilePlace,
    /// The contig of its first record.
    pub(crate) contig: i32,
    /// From an alignment on that begins here or behind it (contig, position) there is nothing more to be found.
    pub(crate) until: (i32, i64),
}

/// What is wrong with an index.
#[derive(Debug)]
pub(crate) enum IndexFault {
    Io(io::Error),
    /// It is not what was expected here.
    Damaged(&'static str),
}

/// The index of a BAM file.
#[derive(Debug)]
pub(crate) struct IndexFile {
    shift: u32,
    depth: u32,
    /// By the header's contigs; only those that were asked for have bins.
    contigs: Vec<ContigBins>,
    /// Where the last alignment with a place in the genome ends.
    pub(crate) end: FilePlace,
    /// Reads without such a place, where the index says how many.
    pub(crate) unplaced: Option<u64>,
}

#[derive(Debug, Default)]
struct ContigBins {
    bins: FxHashMap<u32, Bin>,
    /// Of a BAI: for each stretch of 2^14 bases where the first alignment over it begins.
    linear: Vec<FilePlace>,
    /// Where the first alignment begins; also of contigs that nobody asked for.
    start: Option<FilePlace>,
    /// For the first positions of bins, in order: where in the file the alignments of this and all later bins begin.
    onward: Vec<(u64, FilePlace)>,
}

#[derive(Debug, Default)]
struct Bin {
    /// Of a CSI: where the first alignment over the bin begins.
    first: FilePlace,
    chunks: Vec<(FilePlace, FilePlace)>,
}

/// The index beside an alignment file: `x.bam.bai`, `x.bai`, `x.bam.csi` or `x.csi`, of several the one written last.
pub(crate) fn beside(path: &Path) -> Option<PathBuf> {
    let long = |suffix: &str| {
        let mut name = path.as_os_str().to_owned();
        name.push(suffix);
        PathBuf::from(name)
    };
    let names = [long(".bai"), path.with_extension("bai"), long(".csi"), path.with_extension("csi")]
        .into_iter()
        .rev();
    // Of equally old ones the last: those that come first in the list above.
    names.filter(|name| name.is_file()).max_by_key(|name| modified(name))
}

/// When a file was last written to, where the system knows.
pub(crate) fn modified(path: &Path) -> Option<std::time::SystemTime> {
    path.metadata().and_then(|found| found.modified()).ok()
}

impl IndexFile {
    /// Reads an index with the bins of the `wanted` contigs of the alignments' header.
    pub(crate) fn read(path: &Path, wanted: &[bool]) -> Result<Self, IndexFault> {
        let bytes = std::fs::read(path).map_err(IndexFault::Io)?;
        match bytes.first_chunk() {
            Some(b"BAI\x01") => Self::parse(Bytes(&bytes[4..]), BAI_SHIFT, BAI_DEPTH, false, wanted),
            Some(&[0x1f, 0x8b, ..]) => {
                let bytes = inflated(path)?;
                let Some(b"CSI\x01") = bytes.first_chunk() else {
                    return Err(IndexFault::Damaged("the letters `CSI` at its beginning"));
                };
                let mut bytes = Bytes(&bytes[4..]);
                let (shift, depth) = (bytes.u32()?, bytes.u32()?);
                if shift > 30 || depth > MAX_DEPTH {
                    return Err(IndexFault::Damaged("bins of a usual size"));
                }
                let auxiliary = bytes.u32()?;
                bytes.take(auxiliary as usize)?;
                Self::parse(bytes, shift, depth, true, wanted)
            }
            _ => Err(IndexFault::Damaged("the letters `BAI` or `CSI` at its beginning")),
        }
    }

    fn parse(
        mut bytes: Bytes<'_>,
        shift: u32,
        depth: u32,
        is_csi: bool,
        wanted: &[bool],
    ) -> Result<Self, IndexFault> {
        if bytes.u32()? as usize != wanted.len() {
            return Err(IndexFault::Damaged("as many contigs as the alignments have"));
        }
        // The bin behind the last one holds numbers of reads in place of chunks.
        let numbers = first_of_level(depth + 1) + 1;
        let mut index = Self { shift, depth, contigs: Vec::new(), end: FilePlace::default(), unplaced: None };
        for &is_wanted in wanted {
            let mut contig = ContigBins::default();
            for _ in 0..bytes.u32()? {
                let number = bytes.u32()?;
                let first = if is_csi { bytes.place()? } else { FilePlace::default() };
                let chunks = bytes.u32()?;
                if number == numbers {
                    bytes.take(16 * chunks as usize)?;
                    continue;
                }
                if number > numbers {
                    return Err(IndexFault::Damaged("no bin behind the last one"));
                }
                let mut bin = Bin { first, chunks: Vec::new() };
                for _ in 0..chunks {
                    let (start, end) = (bytes.place()?, bytes.place()?);
                    if end < start {
                        return Err(IndexFault::Damaged("chunks that end behind their beginning"));
                    }
                    index.end = index.end.max(end);
                    contig.start = Some(contig.start.map_or(start, |first| first.min(start)));
                    if is_wanted {
                        bin.chunks.push((start, end));
                    }
                }
                if is_wanted {
                    contig.bins.insert(number, bin);
                }
            }
            if !is_csi {
                let places = bytes.u32()? as usize;
                let places = bytes.take(8 * places)?;
                if is_wanted {
                    contig.linear = places
                        .as_chunks()
                        .0
                        .iter()
                        .map(|&raw| FilePlace::new(u64::from_le_bytes(raw)))
                        .collect();
                }
            }
            contig.set_onward(shift, depth);
            index.contigs.push(contig);
        }
        if !bytes.0.is_empty() {
            index.unplaced = Some(bytes.u64()?);
        }
        Ok(index)
    }

    /// For each contig where its first alignment begins; nothing where it has none.
    pub(crate) fn starts(&self) -> impl Iterator<Item = Option<FilePlace>> {
        self.contigs.iter().map(|contig| contig.start)
    }

    /// Where in the file the alignments are that overlap an interval of a contig, from the first chunk of them to the end
    /// of the last; nothing where there is none.
    pub(crate) fn range(&self, contig: usize, interval: Interval) -> Option<FileRange> {
        let found = self.contigs.get(contig)?;
        let contig = i32::try_from(contig).ok()?;
        let longest = 1u64 << (self.shift + 3 * self.depth);
        let first = u64::from(interval.start());
        let last = u64::from(interval.end() - 1).min(longest - 1);
        if first > last {
            return None;
        }
        let earliest = self.earliest(found, first);
        let mut range: Option<(FilePlace, FilePlace)> = None;
        for level in 0..=self.depth {
            let shift = self.shift + 3 * (self.depth - level);
            let offset = u64::from(first_of_level(level));
            for bin in offset + (first >> shift)..=offset + (last >> shift) {
                let chunks = u32::try_from(bin).ok().and_then(|bin| found.bins.get(&bin));
                for &(start, end) in chunks.into_iter().flat_map(|bin| &bin.chunks) {
                    if end > earliest {
                        let (from, to) = range.unwrap_or((start, end));
                        range = Some((from.min(start), to.max(end)));
                    }
                }
            }
        }
        let until = (contig, i64::from(interval.end()));
        // Large bins may have chunks far behind; whatever begins in the interval lies before all that begins behind it.
        let behind = found.onward.partition_point(|&(first, _)| first < u64::from(interval.end()));
        let onward = found.onward.get(behind).map(|&(_, place)| place);
        range.map(|(start, end)| {
            let start = start.max(earliest);
            let end = onward.map_or(end, |onward| end.min(onward)).max(start);
            FileRange { start, end, contig, until }
        })
    }

    /// A place in the file before which no alignment reaches a position.
    fn earliest(&self, contig: &ContigBins, position: u64) -> FilePlace {
        if let Some(last) = contig.linear.len().checked_sub(1) {
            let stretch = usize::try_from(position >> BAI_SHIFT).unwrap_or(last).min(last);
            return contig.linear[stretch];
        }
        // The smallest bin there is over the position, or left of it: no first alignment over it is farther left in the
        // file than that over the position.
        let mut bin =
            first_of_level(self.depth) + u32::try_from(position >> self.shift).unwrap_or(u32::MAX / 2);
        loop {
            if let Some(found) = contig.bins.get(&bin) {
                return found.first;
            }
            if bin == 0 {
                return FilePlace::default();
            }
            let parent = (bin - 1) >> 3;
            bin = if bin > (parent << 3) + 1 { bin - 1 } else { parent };
        }
    }
}

impl ContigBins {
    fn set_onward(&mut self, shift: u32, depth: u32) {
        let first_position = |bin: u32| {
            let level = (0..=depth).rev().find(|&level| bin >= first_of_level(level)).unwrap_or(0);
            u64::from(bin - first_of_level(level)) << (shift + 3 * (depth - level))
        };
        #[allow(clippy::iter_over_hash_type, reason = "sorted right below")]
        for (&bin, found) in &self.bins {
            let begins = found.chunks.iter().map(|&(start, _)| start).min();
            self.onward.extend(begins.map(|start| (first_position(bin), start)));
        }
        self.onward.sort_unstable();
        let mut least = FilePlace { block: u64::MAX, within: 0 };
        for (_, place) in self.onward.iter_mut().rev() {
            least = least.min(*place);
            *place = least;
        }
    }
}

/// The number of the first bin of a level; level 0 is one bin over everything.
const fn first_of_level(level: u32) -> u32 {
    if level == 0 { 0 } else { 8 * first_of_level(level - 1) + 1 }
}

/// All of a BGZF file.
fn inflated(path: &Path) -> Result<Vec<u8>, IndexFault> {
    let mut reader = BlockReader::new(File::open(path).map_err(IndexFault::Io)?);
    let (mut block, mut all) = (Vec::new(), Vec::new());
    loop {
        match reader.read(&mut block) {
            Ok(true) => all.extend_from_slice(&block),
            Ok(false) => return Ok(all),
            Err(BgzfFault::Io(source)) => return Err(IndexFault::Io(source)),
            Err(BgzfFault::Damaged) => {
                return Err(IndexFault::Damaged("compressed blocks that pass their checksums"));
            }
        }
    }
}

/// What is left of a file.
struct Bytes<'a>(&'a [u8]);

impl<'a> Bytes<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], IndexFault> {
        let (taken, rest) =
            self.0.split_at_checked(length).ok_or(IndexFault::Damaged("more bytes, it is cut short"))?;
        self.0 = rest;
        Ok(taken)
    }

    fn u32(&mut self) -> Result<u32, IndexFault> {
        Ok(self.take(4)?.iter().rev().fold(0, |n, &byte| n << 8 | u32::from(byte)))
    }

    fn u64(&mut self) -> Result<u64, IndexFault> {
        Ok(self.take(8)?.iter().rev().fold(0, |n, &byte| n << 8 | u64::from(byte)))
    }

    fn place(&mut self) -> Result<FilePlace, IndexFault> {
        self.u64().map(FilePlace::new)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn at(block: u64, within: u16) -> FilePlace {
        FilePlace { block, within }
    }

    fn raw(place: FilePlace) -> [u8; 8] {
        (place.block << 16 | u64::from(place.within)).to_le_bytes()
    }

    /// A contig of a BAI: bins with their chunks, and the linear index.
    type Contig<'a> = (&'a [(u32, &'a [(FilePlace, FilePlace)])], &'a [FilePlace]);

    fn bai(contigs: &[Contig<'_>], unplaced: Option<u64>) -> Vec<u8> {
        let number = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
        let mut bytes = b"BAI\x01".to_vec();
        bytes.extend(number(contigs.len()));
        for (bins, linear) in contigs {
            bytes.extend(number(bins.len()));
            for (bin, chunks) in *bins {
                bytes.extend(bin.to_le_bytes());
                bytes.extend(number(chunks.len()));
                bytes.extend(chunks.iter().flat_map(|&(start, end)| [raw(start), raw(end)].concat()));
            }
            bytes.extend(number(linear.len()));
            bytes.extend(linear.iter().flat_map(|&place| raw(place)));
        }
        bytes.extend(unplaced.map(u64::to_le_bytes).into_iter().flatten());
        bytes
    }

    fn read(bytes: &[u8], wanted: &[bool]) -> Result<IndexFile, IndexFault> {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), bytes).unwrap();
        IndexFile::read(file.path(), wanted)
    }

    fn range(index: &IndexFile, contig: usize, start: u32, end: u32) -> Option<(FilePlace, FilePlace)> {
        let found = index.range(contig, Interval::new(start, end).unwrap())?;
        assert_eq!(
            (found.contig, found.until),
            (i32::try_from(contig).unwrap(), (found.contig, i64::from(end)))
        );
        Some((found.start, found.end))
    }

    #[test]
    fn a_range_is_from_bins_of_all_sizes_and_not_before_the_linear_index() {
        // Bin 0 is over everything, bin 4681 over the first 2^14 bases; 37450 holds numbers of reads.
        let bins: &[(u32, &[(FilePlace, FilePlace)])] = &[
            (0, &[(at(100, 0), at(200, 7))]),
            (4681, &[(at(50, 3), at(100, 0))]),
            (4683, &[(at(900, 0), at(1_000, 0)), (at(2_000, 1), at(2_000, 9))]),
            (37_450, &[(at(50, 3), at(9_999, 0)), (at(7, 0), at(3, 0))]),
        ];
        let linear = [at(50, 3), at(100, 0), at(150, 5)];
        let index = read(&bai(&[(bins, &linear), (&[], &[])], Some(12)), &[true, true]).unwrap();
        assert_eq!((index.end, index.unplaced), (at(2_000, 9), Some(12)));
        assert_eq!(range(&index, 0, 0, 10), Some((at(50, 3), at(200, 7))));
        assert_eq!(range(&index, 0, 1 << 14, 20_000), Some((at(100, 0), at(200, 7))));
        assert_eq!(range(&index, 0, 40_000, 40_001), Some((at(150, 5), at(2_000, 9))));
        assert_eq!(
            range(&index, 0, 500_000, 600_000),
            Some((at(150, 5), at(200, 7))),
            "behind the linear index"
        );
        assert_eq!(range(&index, 1, 0, u32::MAX), None);
        assert_eq!(range(&index, 0, 1 << 29, u32::MAX), None, "behind the last bin");
        let without = read(&bai(&[(bins, &linear), (&[], &[])], None), &[false, true]).unwrap();
        assert_eq!((without.end, without.unplaced), (at(2_000, 9), None));
        assert_eq!(range(&without, 0, 0, 10), None, "not asked for");
    }

    #[test]
    fn an_index_cut_anywhere_or_of_other_contigs_is_damaged() {
        let bins: &[(u32, &[(FilePlace, FilePlace)])] = &[(4681, &[(at(50, 3), at(100, 0))])];
        let whole = bai(&[(bins, &[at(50, 3)]), (bins, &[at(60, 0)])], Some(3));
        let damaged =
            |bytes: &[u8], wanted: &[bool]| matches!(read(bytes, wanted), Err(IndexFault::Damaged(_)));
        for cut in (0..whole.len()).filter(|&cut| cut != whole.len() - 8) {
            assert!(damaged(&whole[..cut], &[true, true]), "cut at {cut}");
        }
        assert!(damaged(&whole, &[true]) && damaged(&whole, &[true; 3]));
        let backward: &[(u32, &[(FilePlace, FilePlace)])] = &[(4681, &[(at(100, 0), at(50, 3))])];
        assert!(damaged(&bai(&[(backward, &[])], None), &[true]));
        let beyond: &[(u32, &[(FilePlace, FilePlace)])] = &[(37_451, &[])];
        assert!(damaged(&bai(&[(beyond, &[])], None), &[true]));
    }

    #[test]
    fn bins_of_every_level_follow_those_of_the_level_above() {
        assert_eq!([0, 1, 2, 5, 6].map(first_of_level), [0, 1, 9, 4681, 37_449]);
    }
}
