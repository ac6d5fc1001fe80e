//! Bases and splice motifs of a reference genome.

use std::{
    fs::{self, File},
    io::{self, Read},
    path::{Path, PathBuf},
};

use bio::io::fasta;
use nadsplice_core::{Contigs, Interval, Strand};

/// Why the reference could not be used.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReferenceError {
    /// The FASTA could not be opened.
    #[error("cannot open reference `{}`", path.display())]
    Open {
        /// The FASTA.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The FASTA is compressed.
    #[error("reference `{}` is compressed; expected plain FASTA (decompress it, then `samtools faidx`)", path.display())]
    Compressed {
        /// The FASTA.
        path: PathBuf,
    },
    /// There is no index beside the FASTA.
    #[error("no index `{}.fai` beside the reference (make it with `samtools faidx {0}`)", path.display())]
    MissingIndex {
        /// The FASTA.
        path: PathBuf,
        /// Why the index could not be read.
        source: io::Error,
    },
    /// A line of the index is not that of a `.fai`.
    #[error(
        "line {line} of index `{}.fai`: expected name, length, offset, bases a line and bytes a line, found `{found}`",
        path.display()
    )]
    Index {
        /// The FASTA.
        path: PathBuf,
        /// The 1-based line; 0 when it is the index as a whole.
        line: usize,
        /// The line.
        found: String,
    },
    /// The contig is not in the reference, under either naming habit.
    #[error("contig `{contig}` is not in reference `{}`", path.display())]
    UnknownContig {
        /// The FASTA.
        path: PathBuf,
        /// The name asked for.
        contig: String,
    },
    /// The interval goes beyond the end of the contig.
    #[error("{contig}:{interval} goes beyond the contig's {length} bases in reference `{}`", path.display())]
    OutOfBounds {
        /// The FASTA.
        path: PathBuf,
        /// The contig asked for.
        contig: String,
        /// The interval asked for.
        interval: Interval,
        /// Bases of the contig.
        length: u64,
    },
    /// What stands where the index points to is no sequence.
    #[error("reference `{}` does not match its index at {contig}:{interval} (run `samtools faidx` again)", path.display())]
    Mismatch {
        /// The FASTA.
        path: PathBuf,
        /// The contig asked for.
        contig: String,
        /// The interval asked for.
        interval: Interval,
    },
    /// Reading failed.
    #[error("cannot read {contig}:{interval} of reference `{}`", path.display())]
    Read {
        /// The FASTA.
        path: PathBuf,
        /// The contig asked for.
        contig: String,
        /// The interval asked for.
        interval: Interval,
        /// Why.
        source: io::Error,
    },
}

/// The first and last two bases of an intron on its own strand, where they are those of a spliceosome: over 99.9% of
/// mammalian introns (Burset, Seledtsov and Solovyev 2000, doi:10.1093/nar/28.21.4364).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SpliceMotif {
    /// `GT..AG`, about 99%.
    GtAg,
    /// `GC..AG`, under 1%.
    GcAg,
    /// `AT..AC`, about 0.1%; the minor spliceosome's.
    AtAc,
}

impl SpliceMotif {
    /// The motif and its strand, from the first and the last two bases of an intron in genome order, upper case.
    /// No motif equals another's reverse complement, so the strand is never in doubt.
    pub const fn classify(first: [u8; 2], last: [u8; 2]) -> Option<(Self, Strand)> {
        match (&first, &last) {
            (b"GT", b"AG") => Some((Self::GtAg, Strand::Forward)),
            (b"CT", b"AC") => Some((Self::GtAg, Strand::Reverse)),
            (b"GC", b"AG") => Some((Self::GcAg, Strand::Forward)),
            (b"CT", b"GC") => Some((Self::GcAg, Strand::Reverse)),
            (b"AT", b"AC") => Some((Self::AtAc, Strand::Forward)),
            (b"GT", b"AT") => Some((Self::AtAc, Strand::Reverse)),
            _ => None,
        }
    }
}

/// A plain FASTA file with its `.fai` index.
#[derive(Debug)]
pub struct IndexedReference {
    path: PathBuf,
    reader: fasta::IndexedReader<File>,
    /// In the order of the index.
    contigs: Contigs,
    /// Bases of each contig.
    lengths: Vec<u64>,
    buffer: Vec<u8>,
}

impl IndexedReference {
    /// Opens a FASTA with the index `<path>.fai`.
    ///
    /// # Errors
    /// When either cannot be read, the FASTA is compressed, or the index is no `.fai`.
    pub fn open(path: &Path) -> Result<Self, ReferenceError> {
        let path = path.to_owned();
        let open = |source| ReferenceError::Open { path: path.clone(), source };
        let mut magic = [0; 2];
        let found = File::open(&path).and_then(|mut file| file.read(&mut magic)).map_err(open)?;
        if magic[..found] == [0x1f, 0x8b] {
            return Err(ReferenceError::Compressed { path });
        }
        let mut index_path = path.clone().into_os_string();
        index_path.push(".fai");
        let text = fs::read_to_string(&index_path)
            .map_err(|source| ReferenceError::MissingIndex { path: path.clone(), source })?;
        let mut contigs = Contigs::default();
        let mut lengths = Vec::new();
        for (line, row) in (1..).zip(text.lines()) {
            let wrong = || ReferenceError::Index { path: path.clone(), line, found: row.to_owned() };
            let (name, length) = index_row(row).ok_or_else(wrong)?;
            // A name that comes twice cannot be looked up.
            if contigs.get(name).is_some() {
                return Err(wrong());
            }
            contigs.intern(name);
            lengths.push(length);
        }
        let index = fasta::Index::new(text.as_bytes()).map_err(|error| ReferenceError::Index {
            path: path.clone(),
            line: 0,
            found: error.to_string(),
        })?;
        let reader = fasta::IndexedReader::with_index(File::open(&path).map_err(open)?, index);
        Ok(Self { path, reader, contigs, lengths, buffer: Vec::new() })
    }

    /// The bases of an interval in upper case, in genome order.
    ///
    /// The contig is found under its own name, or with or without `chr` ([`Contigs::resolve`]).
    ///
    /// # Errors
    /// When the contig is unknown or shorter, or the file cannot be read.
    pub fn bases(&mut self, contig: &str, interval: Interval) -> Result<Vec<u8>, ReferenceError> {
        self.fetch(contig, interval)?;
        Ok(self.buffer.clone())
    }

    /// The splice motif of an intron and the strand on which it is one; nothing when its ends are no motif.
    ///
    /// # Errors
    /// As [`IndexedReference::bases`].
    pub fn intron_motif(
        &mut self,
        contig: &str,
        intron: Interval,
    ) -> Result<Option<(SpliceMotif, Strand)>, ReferenceError> {
        const BOTH_ENDS: u32 = 4;
        if intron.len() < BOTH_ENDS {
            return Ok(None);
        }
        let first = self.two_bases(contig, Interval::new(intron.start(), intron.start() + 2))?;
        let last = self.two_bases(contig, Interval::new(intron.end() - 2, intron.end()))?;
        Ok(first.zip(last).and_then(|(first, last)| SpliceMotif::classify(first, last)))
    }

    /// The strand of an intron by its splice motif; nothing when its ends are no motif.
    ///
    /// # Errors
    /// As [`IndexedReference::bases`].
    pub fn intron_strand(
        &mut self,
        contig: &str,
        intron: Interval,
    ) -> Result<Option<Strand>, ReferenceError> {
        Ok(self.intron_motif(contig, intron)?.map(|(_, strand)| strand))
    }

    fn two_bases(
        &mut self,
        contig: &str,
        interval: Option<Interval>,
    ) -> Result<Option<[u8; 2]>, ReferenceError> {
        let Some(interval) = interval else { return Ok(None) };
        self.fetch(contig, interval)?;
        Ok(self.buffer.as_slice().try_into().ok())
    }

    /// Puts the upper-case bases of an interval into `buffer`.
    fn fetch(&mut self, contig: &str, interval: Interval) -> Result<(), ReferenceError> {
        let path = || self.path.clone();
        let Some(id) = self.contigs.resolve(contig) else {
            return Err(ReferenceError::UnknownContig { path: path(), contig: contig.to_owned() });
        };
        let length = self.lengths[id.index()];
        let contig = || contig.to_owned();
        if u64::from(interval.end()) > length {
            return Err(ReferenceError::OutOfBounds { path: path(), contig: contig(), interval, length });
        }
        self.reader
            .fetch_by_rid(id.index(), interval.start().into(), interval.end().into())
            .and_then(|()| self.reader.read(&mut self.buffer))
            .map_err(|source| ReferenceError::Read { path: path(), contig: contig(), interval, source })?;
        // A stale index makes line ends and names come out as bases.
        if self.buffer.iter().any(|&base| !base.is_ascii_alphabetic() && base != b'-' && base != b'*') {
            return Err(ReferenceError::Mismatch { path: path(), contig: contig(), interval });
        }
        self.buffer.make_ascii_uppercase();
        Ok(())
    }
}

/// Name and length of a row of a `.fai`, if the row can be right.
fn index_row(row: &str) -> Option<(&str, u64)> {
    let columns: Vec<&str> = row.split('\t').collect();
    let &[name, length, offset, line_bases, line_bytes] = columns.as_slice() else { return None };
    let [length, _, line_bases, line_bytes] = [
        length.parse().ok()?,
        offset.parse().ok()?,
        line_bases.parse().ok()?,
        line_bytes.parse::<u64>().ok()?,
    ];
    let lines_are_sound = length == 0 || (line_bases > 0 && line_bytes >= line_bases);
    (lines_are_sound && !name.is_empty()).then_some((name, length))
}

#[cfg(test)]
mod tests {
    use std::fmt::Write;

    use super::*;

    /// Intron of 8 bases at 4..12 of each contig, written as `exon INTRON exon` in lines of 7 bases.
    fn reference(contigs: &[(&str, &str)]) -> (tempfile::TempDir, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("genome.fa");
        let (mut text, mut index) = (String::new(), String::new());
        for (name, sequence) in contigs {
            let _ = writeln!(text, ">{name} description");
            let _ = writeln!(index, "{name}\t{}\t{}\t7\t8", sequence.len(), text.len());
            for line in sequence.as_bytes().chunks(7) {
                text.push_str(str::from_utf8(line).unwrap());
                text.push('\n');
            }
        }
        fs::write(&path, text).unwrap();
        fs::write(folder.path().join("genome.fa.fai"), index).unwrap();
        (folder, path)
    }

    fn interval(start: u32, end: u32) -> Interval {
        Interval::new(start, end).unwrap()
    }

    #[test]
    fn bases_are_upper_case_and_cross_lines() {
        let (_folder, path) = reference(&[("one", "acgtacgtacgtacgt"), ("chr2", "TTTTTTTGGGGGGGCCCCCCCA")]);
        let mut reference = IndexedReference::open(&path).unwrap();
        assert_eq!(reference.bases("one", interval(5, 15)).unwrap(), b"CGTACGTACG");
        assert_eq!(reference.bases("2", interval(6, 22)).unwrap(), b"TGGGGGGGCCCCCCCA");
        assert!(matches!(
            reference.bases("one", interval(5, 17)),
            Err(ReferenceError::OutOfBounds { length: 16, .. })
        ));
        assert!(matches!(
            reference.bases("three", interval(5, 17)),
            Err(ReferenceError::UnknownContig { .. })
        ));
    }

    #[test]
    fn the_strand_of_an_intron_follows_its_motif() {
        let cases = [
            ("a", "aaaagtccccagaaaa", Some((SpliceMotif::GtAg, Strand::Forward))),
            ("b", "aaaactccccacaaaa", Some((SpliceMotif::GtAg, Strand::Reverse))),
            ("c", "aaaagcccccagaaaa", Some((SpliceMotif::GcAg, Strand::Forward))),
            ("d", "aaaactccccgcaaaa", Some((SpliceMotif::GcAg, Strand::Reverse))),
            ("e", "aaaaatccccacaaaa", Some((SpliceMotif::AtAc, Strand::Forward))),
            ("f", "aaaagtccccataaaa", Some((SpliceMotif::AtAc, Strand::Reverse))),
            ("g", "aaaaNNccccagaaaa", None),
        ];
        let (_folder, path) = reference(&cases.map(|(name, sequence, _)| (name, sequence)));
        let mut reference = IndexedReference::open(&path).unwrap();
        for (name, _, expected) in cases {
            assert_eq!(reference.intron_motif(name, interval(4, 12)).unwrap(), expected);
            let strand = expected.map(|(_, strand)| strand);
            assert_eq!(reference.intron_strand(name, interval(4, 12)).unwrap(), strand);
            assert_eq!(reference.intron_motif(name, interval(4, 7)).unwrap(), None, "too short");
        }
    }

    #[test]
    fn what_is_missing_or_wrong_is_named() {
        let (folder, path) = reference(&[("one", "ACGTACGTACGT")]);
        let index = folder.path().join("genome.fa.fai");
        fs::write(&index, "one\t12\t15\t7\t8\n").unwrap();
        let mut shifted = IndexedReference::open(&path).unwrap();
        let error = shifted.bases("one", interval(0, 8)).unwrap_err();
        assert!(matches!(error, ReferenceError::Mismatch { .. }), "{error}");

        for (text, line) in
            [("one\t12\t17\t0\t8\n", 1), ("one\t12\t17\t7\t8\ntwo\t5\n", 2), ("one 1 2 3 4\n", 1)]
        {
            fs::write(&index, text).unwrap();
            let error = IndexedReference::open(&path).unwrap_err();
            assert!(matches!(error, ReferenceError::Index { line: found, .. } if found == line), "{error}");
        }

        fs::remove_file(&index).unwrap();
        let error = IndexedReference::open(&path).unwrap_err().to_string();
        assert!(error.contains("genome.fa.fai") && error.contains("samtools faidx"), "{error}");

        fs::write(&path, [0x1f, 0x8b, 8, 0]).unwrap();
        assert!(matches!(IndexedReference::open(&path), Err(ReferenceError::Compressed { .. })));
    }
}
