//! Counts files: one per sample, complete, compressed, equal byte for byte for equal input.
//!
//! Layout: the 8 bytes `NADSPLCT`, the format's version (`u32`, little-endian), the BLAKE3 hash of the content (32
//! bytes), the content ([`SampleCounts`] in postcard's encoding) compressed with zstd. The hash is the content's
//! address: two files with the same one hold the same counts.

use std::{
    fs::File,
    io::{self, Read, Write},
    path::{Path, PathBuf},
};

use nadsplice_core::{CountParameters, InputIdentity, SampleCounts};
use serde::Deserialize;

const MAGIC: &[u8; 8] = b"NADSPLCT";
/// Raised whenever the meaning or layout of the content changes.
const VERSION: u32 = 3;
const COMPRESSION_LEVEL: i32 = 3;
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

/// Writes counts under a temporary name and renames the file when it is complete.
///
/// # Errors
/// When the folder cannot be written to or is full.
pub fn write_counts(counts: &SampleCounts, path: &Path) -> Result<(), CountsFileError> {
    let fail = |source| CountsFileError::Io { doing: "write", path: path.to_owned(), source };
    let content = postcard::to_stdvec(counts).map_err(|e| fail(io::Error::other(e)))?;
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
    file.write_all(MAGIC).map_err(fail)?;
    file.write_all(&VERSION.to_le_bytes()).map_err(fail)?;
    file.write_all(blake3::hash(&content).as_bytes()).map_err(fail)?;
    zstd::stream::copy_encode(content.as_slice(), &mut file, COMPRESSION_LEVEL).map_err(fail)?;
    file.persist(path).map_err(|e| fail(e.error))?;
    Ok(())
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

/// Reads the beginning of a counts file, without decoding its counts and without checking that it is whole.
///
/// # Errors
/// When it is no counts file, of another version, or damaged at its beginning.
pub fn read_counts_head(path: &Path) -> Result<CountsHead, CountsFileError> {
    let fail = |source| CountsFileError::Io { doing: "read", path: path.to_owned(), source };
    let damaged = || CountsFileError::Damaged { path: path.to_owned() };
    let (file, _) = open(path)?;
    let mut content = Vec::new();
    let mut decoder = zstd::stream::read::Decoder::new(file).map_err(fail)?;
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
    let damaged = || CountsFileError::Damaged { path: path.to_owned() };
    let (file, hash) = open(path)?;
    let content = zstd::stream::decode_all(file).map_err(|_| damaged())?;
    if *blake3::hash(&content).as_bytes() != hash {
        return Err(damaged());
    }
    postcard::from_bytes(&content).map_err(|_| damaged())
}

/// Opens a counts file and reads up to its compressed content; with the hash that this must have.
fn open(path: &Path) -> Result<(File, [u8; 32]), CountsFileError> {
    let fail = |source| CountsFileError::Io { doing: "read", path: path.to_owned(), source };
    let mut file = File::open(path).map_err(fail)?;
    let mut head = [0u8; 44];
    let mut got = 0;
    while got < head.len() {
        match file.read(&mut head[got..]).map_err(fail)? {
            0 => break,
            n => got += n,
        }
    }
    if got < 12 || &head[..8] != MAGIC {
        return Err(CountsFileError::NotCounts { path: path.to_owned() });
    }
    let found = u32::from_le_bytes([head[8], head[9], head[10], head[11]]);
    if found != VERSION {
        return Err(CountsFileError::Version { path: path.to_owned(), found, expected: VERSION });
    }
    if got < head.len() {
        return Err(CountsFileError::Damaged { path: path.to_owned() });
    }
    let mut hash = [0u8; 32];
    hash.copy_from_slice(&head[12..]);
    Ok((file, hash))
}

#[cfg(test)]
mod tests {
    use super::*;
    use nadsplice_core::{
        ContigId, CountParameters, Evidence, FragmentEvidence, InputIdentity, Interval, ReadLedger, Regions,
        StrandEvidence,
    };

    fn regions(number: u32) -> Regions {
        Regions::new(
            (0..number).filter_map(|k| Some((ContigId(1), Interval::new(100_000 * k, 100_000 * k + 5)?))),
        )
    }

    fn counts() -> SampleCounts {
        SampleCounts {
            sample: "a".into(),
            input: InputIdentity { size: 1, pieces: [1; 32], header: [2; 32] },
            annotation: [3; 32],
            parameters: CountParameters { regions: Some(regions(2)), ..CountParameters::default() },
            contigs: vec!["chr1".into()],
            ledger: ReadLedger::default(),
            primary_alignments: 9,
            duplicate_alignments: 2,
            contig_alignments: vec![("chrM".into(), 4)],
            paired_alignments: 0,
            strand: StrandEvidence::default(),
            read_lengths: vec![(100, 5)],
            aligned_lengths: vec![(100, 5)],
            fragment_lengths: vec![],
            evidence: Evidence::Fragments(FragmentEvidence::default()),
        }
    }

    #[test]
    fn a_file_reads_back_and_any_damage_is_found() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.counts");
        write_counts(&counts(), &path).unwrap();
        assert_eq!(read_counts(&path).unwrap(), counts());
        let head = read_counts_head(&path).unwrap();
        assert_eq!((head.sample.as_str(), head.annotation), ("a", [3; 32]));
        assert_eq!((head.input, head.parameters), (counts().input, counts().parameters));
        let bytes = std::fs::read(&path).unwrap();
        for cut in [bytes.len() - 1, 50, 20] {
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
            // A few bits of the compressed frame carry nothing.
            assert!(read_counts(&path).map_or(true, |c| c == counts()), "a flipped bit in byte {k}");
        }
    }

    #[test]
    fn the_head_of_a_file_of_many_regions_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.counts");
        let mut many = counts();
        many.parameters.regions = Some(regions(40_000));
        write_counts(&many, &path).unwrap();
        assert_eq!(read_counts_head(&path).unwrap().parameters, many.parameters);
    }
}
