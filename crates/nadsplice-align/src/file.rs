//! Counts files: one per sample, complete, compressed, equal byte for byte for equal input.
//!
//! Layout: the 8 bytes `NADSPLCT`, the format's version (`u32`), the BLAKE3 hash of the directory (32 bytes), the number
//! of sections (`u32`), the directory, the sections. All numbers are little-endian. An entry of the directory is the
//! number of the section (`u32`), its bytes as content and in the file (`u64` each), and the BLAKE3 hash of the content
//! (32 bytes). Section 0 is what is known of the sample as a whole ([`SampleCounts`] without its contigs), section
//! `k + 1` what there is on contig `k`; contigs without anything have none. A section is the value in postcard's
//! encoding, compressed with zstd. The hash of the directory is the content's address: two files with the same one hold
//! the same counts.

mod section;

use std::{
    fs::File,
    io::{self, Read, Seek, SeekFrom, Write},
    path::{Path, PathBuf},
};

use nadsplice_core::{CountParameters, Evidence, InputIdentity, SampleCounts};
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use zstd::bulk::Decompressor;

use self::section::{ENTRY_BYTES, Section};
use crate::parallel;

const MAGIC: &[u8; 8] = b"NADSPLCT";
/// Raised whenever the meaning or layout of the content changes.
const VERSION: u32 = 3;
/// What stands before the directory: magic, version, hash, number of sections.
const FIXED_BYTES: usize = 48;
/// Enough for what stands before the counts, but for very many regions.
const HEAD_BYTES: u64 = 64 * 1024;
/// Beyond it the beginning is damaged.
const MOST_HEAD_BYTES: u64 = 64 << 20;

/// What can be wrong with a counts file.
#[derive(Debug, thiserror::Error)]
pub enum CountsFileError {
    /// It cannot be read or written.
    #[error("cannot {doing} counts file `{path}`")]
    Io {
        /// `read` or `write`.
        doing: &'static str,
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// Something else.
    #[error(
        "`{path}` is not a counts file of nadsplice\nhint: `nadsplice count` makes one from an alignment file"
    )]
    NotCounts {
        /// The file.
        path: PathBuf,
    },
    /// Made by another version.
    #[error(
        "counts file `{path}` has format version {found}, expected {expected}\nhint: count the sample again with this version"
    )]
    Version {
        /// The file.
        path: PathBuf,
        /// Its version.
        found: u32,
        /// The version of this program.
        expected: u32,
    },
    /// Damaged.
    #[error(
        "counts file `{path}` is damaged: its content does not match its checksum\nhint: count the sample again"
    )]
    Damaged {
        /// The file.
        path: PathBuf,
    },
}

/// Writes counts under a temporary name and renames the file when it is complete. So many threads compress them.
///
/// # Errors
/// When the folder cannot be written to or is full.
pub fn write_counts(counts: &SampleCounts, path: &Path, threads: usize) -> Result<(), CountsFileError> {
    let fail = |source| CountsFileError::Io { doing: "write", path: path.to_owned(), source };
    let folder = match path.parent() {
        Some(parent) if !parent.as_os_str().is_empty() => parent,
        _ => Path::new("."),
    };
    let mut builder = tempfile::Builder::new();
    builder.prefix(".nadsplice-");
    // As any other file of the user, not private as temporary files are.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut file = builder.tempfile_in(folder).map_err(fail)?;
    write_sections(counts, file.as_file_mut(), threads).map_err(fail)?;
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
}

/// Sections first, so that one for each thread is in memory; then what stands before them.
fn write_sections(counts: &SampleCounts, file: &mut File, threads: usize) -> io::Result<()> {
    match &counts.evidence {
        Evidence::Fragments(evidence) => write_with_contigs(counts, &evidence.contigs, file, threads),
        Evidence::Rmats(evidence) => write_with_contigs(counts, &evidence.contigs, file, threads),
        Evidence::Junctions(table) => write_with_contigs(counts, &table.contigs, file, threads),
    }
}

fn write_with_contigs<T: Serialize + Default + PartialEq + Sync>(
    counts: &SampleCounts,
    contigs: &[T],
    file: &mut File,
    threads: usize,
) -> io::Result<()> {
    let none = T::default();
    let filled: Vec<(u32, &T)> = (1u32..).zip(contigs).filter(|(_, contig)| **contig != none).collect();
    let sections = 1 + filled.len();
    file.seek(SeekFrom::Start((FIXED_BYTES + sections * ENTRY_BYTES) as u64))?;
    let (section, bytes) = Section::encode(0, counts)?;
    file.write_all(&bytes)?;
    let mut directory = section.to_bytes().to_vec();
    for contigs in filled.chunks(threads.max(1)) {
        for encoded in parallel::map(contigs, threads, |&(number, contig)| Section::encode(number, contig)) {
            let (section, bytes) = encoded?;
            file.write_all(&bytes)?;
            directory.extend(section.to_bytes());
        }
    }
    let number = u32::try_from(sections).map_err(io::Error::other)?;
    file.seek(SeekFrom::Start(0))?;
    file.write_all(MAGIC)?;
    file.write_all(&VERSION.to_le_bytes())?;
    file.write_all(blake3::hash(&directory).as_bytes())?;
    file.write_all(&number.to_le_bytes())?;
    file.write_all(&directory)
}

/// Whether a file begins as counts files do.
///
/// # Errors
/// When it cannot be read.
pub fn is_counts_file(path: &Path) -> Result<bool, CountsFileError> {
    let fail = |source| CountsFileError::Io { doing: "read", path: path.to_owned(), source };
    let mut head = Vec::with_capacity(MAGIC.len());
    File::open(path).map_err(fail)?.take(MAGIC.len() as u64).read_to_end(&mut head).map_err(fail)?;
    Ok(head == MAGIC)
}

/// What stands at the beginning of a counts file.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct CountsHead {
    /// The sample's name.
    pub sample: String,
    /// The alignments.
    pub input: InputIdentity,
    /// BLAKE3 of the decompressed annotation.
    pub annotation: [u8; 32],
    /// How they were counted.
    pub parameters: CountParameters,
}

/// Reads the beginning of a counts file. That the file has all of its bytes is checked, not what they say.
///
/// # Errors
/// When it is no counts file, of another version, or damaged at its beginning.
pub fn read_counts_head(path: &Path) -> Result<CountsHead, CountsFileError> {
    let fail = |source| CountsFileError::Io { doing: "read", path: path.to_owned(), source };
    let damaged = || CountsFileError::Damaged { path: path.to_owned() };
    let mut opened = Opened::new(path)?;
    let first = opened.sections[0].stored;
    opened.file.seek(SeekFrom::Start(opened.first)).map_err(fail)?;
    let mut content = Vec::new();
    let mut decoder = zstd::stream::read::Decoder::new(opened.file.take(first)).map_err(fail)?;
    let mut more = HEAD_BYTES;
    loop {
        let read = decoder.by_ref().take(more).read_to_end(&mut content).map_err(|_| damaged())?;
        match postcard::take_from_bytes(&content) {
            Ok((head, _)) => return Ok(head),
            Err(_) if read as u64 == more && more < MOST_HEAD_BYTES => more *= 4,
            Err(_) => return Err(damaged()),
        }
    }
}

/// Reads a counts file and checks that it is whole.
///
/// # Errors
/// When it is no counts file, of another version, or damaged.
pub fn read_counts(path: &Path) -> Result<SampleCounts, CountsFileError> {
    read_counts_of(path, |_| true)
}

/// Reads of a counts file what is known of the sample as a whole, and the counts of some contigs: those whose numbers
/// among the annotation's are wanted. The others come empty; of them it is only checked that the file has their bytes.
///
/// # Errors
/// When the file is no counts file, of another version, or damaged.
pub fn read_counts_of(
    path: &Path,
    is_wanted: impl Fn(usize) -> bool,
) -> Result<SampleCounts, CountsFileError> {
    let mut opened = Opened::new(path)?;
    let mut counts: Option<SampleCounts> = None;
    let mut at = opened.first;
    for section in opened.sections.clone() {
        let here = at;
        at += section.stored;
        match (&mut counts, (section.number as usize).checked_sub(1)) {
            (None, None) => counts = Some(prepared(opened.read(here, &section)?)),
            (Some(counts), Some(contig)) if contig < counts.contigs.len() => {
                if is_wanted(contig) {
                    match &mut counts.evidence {
                        Evidence::Fragments(evidence) => {
                            evidence.contigs[contig] = opened.read(here, &section)?;
                        }
                        Evidence::Rmats(evidence) => {
                            evidence.contigs[contig] = opened.read(here, &section)?;
                        }
                        Evidence::Junctions(table) => table.contigs[contig] = opened.read(here, &section)?,
                    }
                }
            }
            _ => return Err(opened.damaged()),
        }
    }
    counts.ok_or_else(|| opened.damaged())
}

/// With an empty entry for each contig.
fn prepared(mut counts: SampleCounts) -> SampleCounts {
    let contigs = counts.contigs.len();
    match &mut counts.evidence {
        Evidence::Fragments(evidence) => evidence.contigs.resize_with(contigs, Default::default),
        Evidence::Rmats(evidence) => evidence.contigs.resize_with(contigs, Default::default),
        Evidence::Junctions(table) => table.contigs.resize_with(contigs, Default::default),
    }
    counts
}

/// A counts file whose directory was read and checked.
struct Opened<'a> {
    path: &'a Path,
    file: File,
    /// At least one.
    sections: Vec<Section>,
    /// Where the first section begins.
    first: u64,
    stored: Vec<u8>,
    decompressor: Decompressor<'static>,
}

impl<'a> Opened<'a> {
    fn new(path: &'a Path) -> Result<Self, CountsFileError> {
        let fail = |source| CountsFileError::Io { doing: "read", path: path.to_owned(), source };
        let damaged = || CountsFileError::Damaged { path: path.to_owned() };
        let mut file = File::open(path).map_err(fail)?;
        let mut head = Vec::with_capacity(FIXED_BYTES);
        (&mut file).take(FIXED_BYTES as u64).read_to_end(&mut head).map_err(fail)?;
        let number = |at: usize| {
            head.get(at..at + 4).and_then(|b| b.try_into().ok()).map(u32::from_le_bytes).ok_or_else(damaged)
        };
        if head.len() < 12 || &head[..8] != MAGIC {
            return Err(CountsFileError::NotCounts { path: path.to_owned() });
        }
        let found = number(8)?;
        if found != VERSION {
            return Err(CountsFileError::Version { path: path.to_owned(), found, expected: VERSION });
        }
        let directory_bytes = u64::from(number(44)?) * ENTRY_BYTES as u64;
        let mut directory = Vec::new();
        (&mut file).take(directory_bytes).read_to_end(&mut directory).map_err(fail)?;
        if *blake3::hash(&directory).as_bytes() != head[12..44] {
            return Err(damaged());
        }
        let sections: Vec<Section> = directory
            .chunks(ENTRY_BYTES)
            .map(Section::from_bytes)
            .collect::<Option<_>>()
            .ok_or_else(damaged)?;
        let first = FIXED_BYTES as u64 + directory_bytes;
        let end = sections.iter().try_fold(first, |at, section| at.checked_add(section.stored));
        if sections.is_empty() || end != Some(file.metadata().map_err(fail)?.len()) {
            return Err(damaged());
        }
        let decompressor = Decompressor::new().map_err(fail)?;
        Ok(Self { path, file, sections, first, stored: Vec::new(), decompressor })
    }

    fn read<T: DeserializeOwned>(&mut self, at: u64, section: &Section) -> Result<T, CountsFileError> {
        let fail = |source| CountsFileError::Io { doing: "read", path: self.path.to_owned(), source };
        self.file.seek(SeekFrom::Start(at)).map_err(fail)?;
        self.stored.clear();
        (&mut self.file).take(section.stored).read_to_end(&mut self.stored).map_err(fail)?;
        section.decode(&self.stored, &mut self.decompressor).ok_or_else(|| self.damaged())
    }

    fn damaged(&self) -> CountsFileError {
        CountsFileError::Damaged { path: self.path.to_owned() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use nadsplice_core::{
        ContigCounts, ContigDepth, ContigId, CountParameters, DepthTrack, DepthTrackBuilder, Evidence,
        FragmentEvidence, InputIdentity, Interval, JunctionCount, ReadLedger, Regions, StrandEvidence,
    };

    fn contig(start: u32) -> ContigCounts {
        let mut track = DepthTrackBuilder::default();
        track.push(start, 5);
        track.push(start + 300, -5);
        let depth =
            ContigDepth::new([DepthTrack::default(), track.finish()], &<[DepthTrack; 2]>::default(), 8);
        let junction = JunctionCount {
            start,
            end: start + 100,
            annotated: true,
            fragments: 4,
            alone: 4,
            sense_forward: 4,
            tag_forward: 0,
            tag_reverse: 0,
            max_overhang: 30,
            positions: 3,
        };
        ContigCounts { junctions: vec![junction], depth, ..ContigCounts::default() }
    }

    fn regions(number: u32) -> Regions {
        Regions::new(
            (0..number).filter_map(|k| Some((ContigId(1), Interval::new(100_000 * k, 100_000 * k + 5)?))),
        )
    }

    fn counts() -> SampleCounts {
        let contigs = vec![contig(100), ContigCounts::default(), contig(700), contig(70_000)];
        SampleCounts {
            sample: "a".into(),
            input: InputIdentity { size: 1, pieces: [1; 32], header: [2; 32] },
            annotation: [3; 32],
            parameters: CountParameters { regions: Some(regions(2)), ..CountParameters::default() },
            contigs: ["chr1", "chr2", "chr3", "chr4"].map(String::from).into(),
            ledger: ReadLedger::default(),
            primary_alignments: 9,
            duplicate_alignments: 2,
            contig_alignments: vec![("chrM".into(), 4)],
            paired_alignments: 0,
            strand: StrandEvidence::default(),
            read_lengths: vec![(100, 5)],
            aligned_lengths: vec![(100, 5)],
            fragment_lengths: vec![],
            evidence: Evidence::Fragments(FragmentEvidence { contigs, ..FragmentEvidence::default() }),
        }
    }

    #[test]
    fn a_file_reads_back_and_any_damage_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.counts");
        write_counts(&counts(), &path, 2).unwrap();
        assert_eq!(read_counts(&path).unwrap(), counts());
        let head = read_counts_head(&path).unwrap();
        assert_eq!((head.sample.as_str(), head.annotation), ("a", [3; 32]));
        assert_eq!((head.input, head.parameters), (counts().input, counts().parameters));
        let bytes = std::fs::read(&path).unwrap();
        for cut in [bytes.len() - 1, bytes.len() / 2, 50, 20] {
            std::fs::write(&path, &bytes[..cut]).unwrap();
            assert!(matches!(read_counts(&path), Err(CountsFileError::Damaged { .. })), "cut at {cut}");
        }
        let mut wrong = bytes.clone();
        wrong[8] = 99;
        std::fs::write(&path, &wrong).unwrap();
        assert!(matches!(read_counts(&path), Err(CountsFileError::Version { found: 99, .. })));
        std::fs::write(&path, b"chr1\t5").unwrap();
        assert!(matches!(read_counts(&path), Err(CountsFileError::NotCounts { .. })));
        for k in 12..bytes.len() {
            let mut wrong = bytes.clone();
            wrong[k] ^= 0x10;
            std::fs::write(&path, &wrong).unwrap();
            // A few bits of the compressed frames carry nothing.
            assert!(read_counts(&path).map_or(true, |c| c == counts()), "a flipped bit in byte {k}");
        }
        std::fs::write(&path, [bytes.as_slice(), b"x"].concat()).unwrap();
        assert!(matches!(read_counts(&path), Err(CountsFileError::Damaged { .. })), "something follows");
    }

    #[test]
    fn the_bytes_do_not_depend_on_threads() {
        let folder = tempfile::tempdir().unwrap();
        let bytes = [1, 2, 3, 8].map(|threads| {
            let path = folder.path().join(format!("{threads}.counts"));
            write_counts(&counts(), &path, threads).unwrap();
            std::fs::read(path).unwrap()
        });
        assert!(bytes.iter().all(|other| *other == bytes[0]));
    }

    #[test]
    fn some_contigs_are_read_without_looking_at_the_others() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.counts");
        write_counts(&counts(), &path, 2).unwrap();
        let expected = |wanted: &[usize]| {
            let mut counts = counts();
            let Evidence::Fragments(evidence) = &mut counts.evidence else { unreachable!() };
            for (contig, found) in evidence.contigs.iter_mut().enumerate() {
                if !wanted.contains(&contig) {
                    *found = ContigCounts::default();
                }
            }
            counts
        };
        for wanted in [&[][..], &[0], &[1], &[2, 3], &[0, 1, 2, 3]] {
            let found = read_counts_of(&path, |contig| wanted.contains(&contig)).unwrap();
            assert_eq!(found, expected(wanted));
        }
        // Damage in the last section is of those that want it.
        let mut bytes = std::fs::read(&path).unwrap();
        *bytes.last_mut().unwrap() ^= 0x11;
        std::fs::write(&path, &bytes).unwrap();
        assert_eq!(read_counts_of(&path, |contig| contig == 0).unwrap(), expected(&[0]));
        assert!(matches!(read_counts_of(&path, |contig| contig == 3), Err(CountsFileError::Damaged { .. })));
        // A file that is cut in a section that is not wanted is damaged all the same.
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(matches!(read_counts_of(&path, |contig| contig == 0), Err(CountsFileError::Damaged { .. })));
    }

    #[test]
    fn sections_of_two_files_do_not_mix() {
        let folder = tempfile::tempdir().unwrap();
        let (one, other) = (folder.path().join("one.counts"), folder.path().join("other.counts"));
        write_counts(&counts(), &one, 2).unwrap();
        let mut changed = counts();
        let Evidence::Fragments(evidence) = &mut changed.evidence else { unreachable!() };
        evidence.contigs[3].junctions[0].fragments = 5;
        write_counts(&changed, &other, 2).unwrap();
        let (mut mixed, donor) = (std::fs::read(&one).unwrap(), std::fs::read(&other).unwrap());
        assert_eq!(mixed.len(), donor.len());
        assert_ne!(mixed[12..44], donor[12..44], "other counts have another hash");
        let last = usize::try_from(Opened::new(&one).unwrap().sections[3].stored).unwrap();
        let from = mixed.len() - last;
        mixed[from..].copy_from_slice(&donor[from..]);
        std::fs::write(&one, &mixed).unwrap();
        assert!(matches!(read_counts(&one), Err(CountsFileError::Damaged { .. })));
    }

    #[test]
    fn the_head_of_a_file_of_many_regions_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.counts");
        let mut many = counts();
        many.parameters.regions = Some(regions(40_000));
        write_counts(&many, &path, 2).unwrap();
        assert_eq!(read_counts_head(&path).unwrap().parameters, many.parameters);
    }
}
