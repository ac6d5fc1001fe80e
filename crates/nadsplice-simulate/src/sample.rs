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
