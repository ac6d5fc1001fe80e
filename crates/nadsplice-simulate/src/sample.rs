//! The alignments of one sample.

use std::path::Path;

use nadsplice_align::{
    AlignmentRecord, AlignmentWriter, CigarOp, HeaderContig, HeaderProgram, Locus, WriteOptions,
};
use nadsplice_core::Strand;

use crate::{
    Library, Molecule, SimulateError,
    fragment::{Fragment, draw_fragments, share_out},
    library::LengthTable,
    molecule::cigar_of,
    random::{Purpose, stream},
    sequence::{Qualities, push_bases, push_name},
};

/// STAR's mapping quality of a read with one place.
const UNIQUE: u8 = 255;

/// Bits of the SAM flag.
mod flag {
    pub(super) const PAIRED: u16 = 0x1;
    pub(super) const PROPER: u16 = 0x2;
    pub(super) const REVERSE: u16 = 0x10;
    pub(super) const MATE_REVERSE: u16 = 0x20;
    pub(super) const FIRST: u16 = 0x40;
    pub(super) const SECOND: u16 = 0x80;
}

/// A sample's file and what identifies its random numbers.
#[derive(Clone, Copy, Debug)]
pub struct SampleFile<'a> {
    /// Destination; `.bam`, `.sam` or `.cram` chooses the format.
    pub path: &'a Path,
    /// The header's contigs; a molecule's `tid` counts in this list.
    pub contigs: &'a [HeaderContig],
    /// Seed of the cohort.
    pub seed: u64,
    /// Number of the sample in its cohort; with the seed, it determines every byte.
    pub sample: u32,
    /// Fragments to draw, below 2^32.
    pub fragments: u64,
    /// Threads that compress beside the caller's; they do not change the bytes.
    pub extra_threads: usize,
    /// 0 to 9, `None` for htslib's default, 6.
    pub compression_level: Option<u8>,
}

/// Draws the fragments of a sample and writes their reads, coordinate-sorted, with an index.
///
/// `abundances` are the molar abundances of the molecules, on any common scale; see the crate's documentation for
/// the model. Returns the number of fragments of each molecule.
///
/// Memory is about 32 bytes a fragment of the fullest contig, beside the molecules.
///
/// # Errors
/// When the library is impossible, no molecule is expressed, a molecule leaves its contig, or the file cannot be
/// written.
pub fn write_sample(
    file: &SampleFile<'_>,
    library: &Library,
    molecules: &[Molecule],
    abundances: &[f64],
) -> Result<Vec<u64>, SimulateError> {
    library.check()?;
    if u32::try_from(file.fragments).is_err() {
        return Err(SimulateError::Range {
            what: "the number of fragments".to_owned(),
            found: file.fragments.to_string(),
            expected: "below 2^32",
        });
    }
    let lengths = LengthTable::new(&library.fragment_lengths);
    let weights: Vec<f64> =
        molecules.iter().zip(abundances).map(|(m, a)| a * lengths.expected_starts(m.len())).collect();
    let mut rng = stream(file.seed, Purpose::Shares, file.sample, 0);
    let counts = share_out(&weights, file.fragments, &mut rng);
    if file.fragments > 0 && counts.iter().all(|&n| n == 0) {
        let sample = file.path.file_stem().unwrap_or_default().to_string_lossy().into_owned();
        return Err(SimulateError::NothingExpressed { sample });
    }

    let options = WriteOptions {
        program: Some(HeaderProgram {
            name: "nadsplice-simulate".to_owned(),
            version: env!("CARGO_PKG_VERSION").to_owned(),
        }),
        comments: vec![format!("simulated reads, seed {}, sample {}", file.seed, file.sample)],
        extra_threads: file.extra_threads,
        compression_level: file.compression_level,
    };
    let mut by_contig = vec![Vec::new(); file.contigs.len()];
    for ((index, molecule), &count) in (0_u32..).zip(molecules).zip(&counts) {
        if count > 0 {
            let tid = molecule.tid();
            let of_contig = by_contig
                .get_mut(tid as usize)
                .ok_or_else(|| SimulateError::MissingContig { contig: format!("number {tid} (0-based)") })?;
            of_contig.push(index);
        }
    }
    let mut reads = Reads {
        writer: AlignmentWriter::create(file.path, file.contigs, &options)?,
        library,
        molecules,
        qualities: Qualities::new(library.read_length),
        buffers: Buffers::default(),
        written: 0,
    };
    let mut fragments = Vec::new();
    for (tid, indices) in (0_u32..).zip(&by_contig) {
        let mut rng = stream(file.seed, Purpose::Places, file.sample, tid);
        fragments.clear();
        for &index in indices {
            let molecule = &molecules[index as usize];
            let count = counts[index as usize];
            draw_fragments(index, molecule, count, library, &lengths, &mut rng, &mut fragments);
        }
        reads.write(&fragments)?;
    }
    reads.writer.finish()?;
    Ok(counts)
}

/// Which end of a fragment, in genome order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Left,
    Right,
}

struct Reads<'a> {
    writer: AlignmentWriter,
    library: &'a Library,
    molecules: &'a [Molecule],
    qualities: Qualities,
    buffers: Buffers,
    /// Fragments of the contigs before.
    written: u32,
}

#[derive(Default)]
struct Buffers {
    keys: Vec<u64>,
    name: Vec<u8>,
    cigar: Vec<CigarOp>,
    bases: Vec<u8>,
}

impl Reads<'_> {
    /// Writes the reads of one contig's fragments, sorted by position, then by fragment.
    fn write(&mut self, fragments: &[Fragment]) -> Result<(), SimulateError> {
        let mut keys = std::mem::take(&mut self.buffers.keys);
        keys.clear();
        for (number, fragment) in (0_u64..).zip(fragments) {
            let key = |end: End| {
                u64::from(self.position(fragment, end)) << 32 | number << 1 | u64::from(end == End::Right)
            };
            if self.library.paired {
                keys.extend([key(End::Left), key(End::Right)]);
            } else {
                keys.push(key(if fragment.first_is_left { End::Left } else { End::Right }));
            }
        }
        keys.sort_unstable();
        for &key in &keys {
            let end = if key & 1 == 0 { End::Left } else { End::Right };
            let number = (key & u64::from(u32::MAX)) >> 1;
            // The number came from an index.
            let number = u32::try_from(number).unwrap_or(u32::MAX);
            self.write_read(&fragments[number as usize], self.written + number, end)?;
        }
        self.written += u32::try_from(fragments.len()).unwrap_or(u32::MAX);
        self.buffers.keys = keys;
        Ok(())
    }

    fn read_length(&self, fragment: &Fragment) -> u32 {
        self.library.read_length.min(fragment.length)
    }

    /// Bases of the molecule to the left of a read.
    fn offset(&self, fragment: &Fragment, end: End) -> u32 {
        match end {
            End::Left => fragment.offset,
            End::Right => fragment.offset + fragment.length - self.read_length(fragment),
        }
    }

    fn position(&self, fragment: &Fragment, end: End) -> u32 {
        self.molecules[fragment.molecule as usize].position(self.offset(fragment, end))
    }

    fn write_read(&mut self, fragment: &Fragment, number: u32, end: End) -> Result<(), SimulateError> {
        let molecule = &self.molecules[fragment.molecule as usize];
        let (offset, length) = (self.offset(fragment, end), self.read_length(fragment));
        let tid = molecule.tid();
        let Buffers { name, cigar, bases, .. } = &mut self.buffers;
        name.clear();
        push_name(number, name);
        bases.clear();
        for block in molecule.blocks(offset, length) {
            push_bases(tid, block, bases);
        }
        cigar_of(molecule.blocks(offset, length), cigar);

        let first = (end == End::Left) == fragment.first_is_left;
        let mut bits = if end == End::Right { flag::REVERSE } else { 0 };
        let mut mate = None;
        let mut template_length = 0;
        if self.library.paired {
            bits |= flag::PAIRED | flag::PROPER;
            bits |= if first { flag::FIRST } else { flag::SECOND };
            bits |= if end == End::Left { flag::MATE_REVERSE } else { 0 };
            let left = molecule.position(fragment.offset);
            let right = fragment.offset + fragment.length;
            let pos0 = if end == End::Left { molecule.position(right - length) } else { left };
            mate = Some(Locus { tid, pos0 });
            let span = (molecule.position(right - 1) + 1 - left).cast_signed();
            template_length = if end == End::Left { span } else { -span };
        }
        let splice_strand =
            molecule.strand().filter(|_: &Strand| self.library.strand_tags && cigar.len() > 1);
        let record = AlignmentRecord {
            qname: name,
            flag: bits,
            locus: Some(Locus { tid, pos0: molecule.position(offset) }),
            mapq: UNIQUE,
            cigar,
            mate,
            template_length,
            bases,
            qualities: self
                .qualities
                .of_read(u64::from(number) << 1 | u64::from(end == End::Right), bases.len()),
            hits: Some(1),
            splice_strand,
        };
        self.writer.write(&record)?;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, HashMap};

    use nadsplice_core::{Interval, LibraryStrandedness};

    use super::*;
    use crate::FragmentLengths;

    fn molecule(tid: u32, strand: Strand, exons: &[(u32, u32)]) -> Molecule {
        let exons: Vec<Interval> = exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect();
        Molecule::new(tid, Some(strand), &exons).unwrap()
    }

    fn contigs() -> Vec<HeaderContig> {
        ["chr1", "chr2"].map(|name| HeaderContig { name: name.into(), length: 100_000 }).into()
    }

    fn molecules() -> Vec<Molecule> {
        vec![
            molecule(1, Strand::Reverse, &[(500, 700), (2_000, 2_030), (5_000, 5_400)]),
            molecule(0, Strand::Forward, &[(1_000, 1_400), (3_000, 3_600)]),
            molecule(0, Strand::Forward, &[(1_000, 1_400), (2_200, 2_260), (3_000, 3_600)]),
        ]
    }

    /// Fields of the records of a SAM file with these reads.
    fn sam(
        library: &Library,
        molecules: &[Molecule],
        abundances: &[f64],
        n: u64,
    ) -> (Vec<Vec<String>>, Vec<u64>) {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.sam");
        let file = SampleFile {
            path: &path,
            contigs: &contigs(),
            seed: 11,
            sample: 3,
            fragments: n,
            extra_threads: 0,
            compression_level: None,
        };
        let counts = write_sample(&file, library, molecules, abundances).unwrap();
        let text = std::fs::read_to_string(&path).unwrap();
        let fields = |line: &str| line.split('\t').map(str::to_owned).collect();
        (text.lines().filter(|l| !l.starts_with('@')).map(fields).collect(), counts)
    }

    /// 0-based blocks of a SAM record.
    fn blocks(record: &[String]) -> Vec<(u32, u32)> {
        let mut at = record[3].parse::<u32>().unwrap() - 1;
        let mut number = 0;
        let mut blocks = Vec::new();
        for c in record[5].chars() {
            match c {
                'M' => {
                    blocks.push((at, at + number));
                    at += number;
                }
                'N' => at += number,
                digit => {
                    number = number * 10 + digit.to_digit(10).unwrap();
                    continue;
                }
            }
            number = 0;
        }
        blocks
    }

    #[test]
    fn reads_are_sorted_and_spliced_as_their_molecules() {
        let library = Library { strand_tags: true, ..Library::default() };
        let molecules = molecules();
        let (records, counts) = sam(&library, &molecules, &[1.0, 0.5, 0.5], 3_000);
        assert_eq!(records.len(), 6_000);
        assert_eq!(counts.iter().sum::<u64>(), 3_000);
        let places: Vec<(&str, u32)> =
            records.iter().map(|r| (r[2].as_str(), r[3].parse().unwrap())).collect();
        assert!(places.is_sorted());
        for record in &records {
            let tid = u32::from(record[2] == "chr2");
            let blocks = blocks(record);
            let on = |m: &&Molecule| {
                let joined = |pair: &[(u32, u32)]| {
                    m.exons().windows(2).any(|e| (e[0].end(), e[1].start()) == (pair[0].1, pair[1].0))
                };
                m.tid() == tid
                    && blocks.iter().all(|&(s, e)| m.exons().iter().any(|x| x.start() <= s && e <= x.end()))
                    && blocks.windows(2).all(joined)
            };
            let molecule = molecules.iter().find(on).expect("every read fits a molecule");
            assert_eq!(blocks.iter().map(|(s, e)| e - s).sum::<u32>(), 100);
            assert_eq!((record[9].len(), record[10].len(), record[4].as_str()), (100, 100, "255"));
            assert_eq!(record[11], "NH:i:1");
            let tag = format!("XS:A:{}", molecule.strand().unwrap());
            assert_eq!(record.get(12), (blocks.len() > 1).then_some(&tag));
        }
    }

    #[test]
    fn mates_know_each_other() {
        let (records, _) = sam(&Library::default(), &molecules(), &[1.0, 1.0, 1.0], 2_000);
        let mut pairs: BTreeMap<&str, Vec<&Vec<String>>> = BTreeMap::new();
        for record in &records {
            pairs.entry(&record[0]).or_default().push(record);
        }
        assert_eq!(pairs.len(), 2_000);
        for pair in pairs.values() {
            let [left, right] = pair[..] else { panic!("{} records of one name", pair.len()) };
            assert_eq!((&left[3], &left[7]), (&right[7], &right[3]));
            assert_eq!(left[6], "=");
            let [start, end] = [blocks(left)[0].0, blocks(right).last().unwrap().1];
            let span = i64::from(end) - i64::from(start);
            assert_eq!([&left[8], &right[8]], [&span.to_string(), &(-span).to_string()]);
            // Reverse-stranded library: read 2 lies on the transcript strand.
            let flags = [left[1].as_str(), right[1].as_str()];
            assert_eq!(flags, if left[2] == "chr1" { ["163", "83"] } else { ["99", "147"] });
        }
    }

    #[test]
    fn reads_that_overlap_agree_in_their_bases() {
        let (records, _) = sam(&Library::default(), &molecules(), &[1.0, 1.0, 1.0], 500);
        let mut genome: HashMap<(&str, u32), u8> = HashMap::new();
        for record in &records {
            let positions = blocks(record).into_iter().flat_map(|(s, e)| s..e);
            for (position, base) in positions.zip(record[9].bytes()) {
                assert_eq!(*genome.entry((&record[2], position)).or_insert(base), base);
            }
        }
    }

    #[test]
    fn single_reads_are_the_ends_that_the_protocol_reads() {
        let library =
            Library { paired: false, strandedness: LibraryStrandedness::Forward, ..Library::default() };
        let (records, _) = sam(&library, &molecules(), &[1.0, 1.0, 1.0], 1_000);
        assert_eq!(records.len(), 1_000);
        for record in &records {
            assert_eq!(record[1], if record[2] == "chr1" { "0" } else { "16" });
            assert_eq!([&record[6], &record[7], &record[8]], ["*", "0", "0"]);
        }
    }

    #[test]
    fn reads_of_short_fragments_end_with_them() {
        let library = Library {
            fragment_lengths: FragmentLengths { mean: 70.0, sd: 5.0, min: 60, max: 80 },
            ..Library::default()
        };
        let (records, _) = sam(&library, &molecules(), &[1.0, 1.0, 1.0], 200);
        assert!(records.iter().all(|r| (60..=80).contains(&r[9].len())));
        assert!(records.iter().all(|r| r[3] == r[7]), "both mates cover the whole fragment");
    }

    #[test]
    fn molar_abundance_not_length_decides() {
        // Isoforms of 600 and 1,600 bases at 3 : 1.
        let molecules = [
            molecule(0, Strand::Forward, &[(0, 300), (5_000, 5_300)]),
            molecule(0, Strand::Forward, &[(0, 300), (1_000, 2_000), (5_000, 5_300)]),
        ];
        let (_, counts) = sam(&Library::default(), &molecules, &[3.0, 1.0], 200_000);
        let starts = LengthTable::new(&FragmentLengths::default());
        let molar: Vec<f64> =
            counts.iter().zip(&molecules).map(|(&n, m)| n as f64 / starts.expected_starts(m.len())).collect();
        let share = molar[0] / (molar[0] + molar[1]);
        assert!((share - 0.75).abs() < 0.004, "{share}");
    }

    #[test]
    fn what_cannot_be_written_is_refused() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("s.bam");
        let file = SampleFile {
            path: &path,
            contigs: &contigs(),
            seed: 1,
            sample: 0,
            fragments: 10,
            extra_threads: 0,
            compression_level: None,
        };
        let error = |molecules: &[Molecule], abundances: &[f64], fragments| {
            let file = SampleFile { fragments, ..file };
            write_sample(&file, &Library::default(), molecules, abundances).unwrap_err().to_string()
        };
        assert!(error(&molecules(), &[0.0; 3], 10).contains("sample `s`: no transcript is expressed"));
        assert!(error(&molecules(), &[1.0; 3], 1 << 32).contains("expected below 2^32"));
        let beyond = [molecule(0, Strand::Forward, &[(99_000, 100_001)])];
        assert!(error(&beyond, &[1.0], 5_000).contains("its contig at 100000"));
        assert!(error(&[molecule(2, Strand::Forward, &[(0, 500)])], &[1.0], 10).contains("number 2"));
    }
}
