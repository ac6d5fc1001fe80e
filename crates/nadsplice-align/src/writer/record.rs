//! One alignment and its BAM form.

use nadsplice_core::Strand;

/// A CIGAR operation. The numbers are those of the BAM coding (SAM specification, section 4.2).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum CigarKind {
    /// `M`
    Match = 0,
    /// `I`
    Insertion = 1,
    /// `D`
    Deletion = 2,
    /// `N`, an intron
    Skip = 3,
    /// `S`
    SoftClip = 4,
    /// `H`
    HardClip = 5,
    /// `P`
    Padding = 6,
    /// `=`
    Equal = 7,
    /// `X`
    Different = 8,
}

impl CigarKind {
    pub(super) const fn consumes_reference(self) -> bool {
        matches!(self, Self::Match | Self::Deletion | Self::Skip | Self::Equal | Self::Different)
    }

    pub(super) const fn consumes_read(self) -> bool {
        matches!(self, Self::Match | Self::Insertion | Self::SoftClip | Self::Equal | Self::Different)
    }
}

/// An operation and its length in bases, below 2^28.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct CigarOp {
    /// The operation.
    pub kind: CigarKind,
    /// Bases.
    pub length: u32,
}

/// Where an alignment begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Locus {
    /// Position in the list of contigs.
    pub tid: u32,
    /// Leftmost base, 0-based.
    pub pos0: u32,
}

/// One record, borrowed from whoever makes it.
#[derive(Clone, Copy, Debug)]
pub struct AlignmentRecord<'a> {
    /// Name, 1 to 251 bytes, without NUL.
    pub qname: &'a [u8],
    /// SAM flag.
    pub flag: u16,
    /// Leftmost base; `None` for a read without a place.
    pub locus: Option<Locus>,
    /// Mapping quality.
    pub mapq: u8,
    /// Operations in genome order; empty for `*`.
    pub cigar: &'a [CigarOp],
    /// Leftmost base of the mate.
    pub mate: Option<Locus>,
    /// `TLEN`: bases from the leftmost to the rightmost base of the pair, negative for the right mate.
    pub template_length: i32,
    /// Bases in genome order as ASCII; empty for `*`.
    pub bases: &'a [u8],
    /// Phred qualities in genome order, without the offset of 33; as many as bases, or none for `*`.
    pub qualities: &'a [u8],
    /// Number of places at which the read aligns (`NH`); at most 255 is written.
    pub hits: Option<u8>,
    /// Strand of the transcript by its splice sites (`XS:A`).
    pub splice_strand: Option<Strand>,
}

/// Contig and position as htslib has them, -1 for none.
pub(super) fn bam_locus(locus: Option<Locus>) -> (i32, i64) {
    locus.map_or((-1, -1), |l| (l.tid.cast_signed(), l.pos0.into()))
}

/// Base letters to their 4-bit codes, `=ACMGRSVTWYHKDBN` being 0 to 15; anything else is `N`.
const BASE_CODES: [u8; 256] = {
    let mut codes = [15; 256];
    let letters = b"=ACMGRSVTWYHKDBN";
    let mut code: u8 = 0;
    while code < 16 {
        let letter = letters[code as usize];
        codes[letter as usize] = code;
        codes[letter.to_ascii_lowercase() as usize] = code;
        code += 1;
    }
    codes
};

/// Puts the variable part of a BAM record (name, CIGAR, bases, qualities, tags) together and returns the number
/// of bytes that pad the name to a multiple of four.
pub(super) fn encode(record: &AlignmentRecord<'_>, data: &mut Vec<u8>) -> u8 {
    data.clear();
    data.extend_from_slice(record.qname);
    data.push(0);
    let mut padding = 0;
    while !data.len().is_multiple_of(4) {
        data.push(0);
        padding += 1;
    }
    for op in record.cigar {
        data.extend_from_slice(&((op.length << 4) | op.kind as u32).to_ne_bytes());
    }
    let code = |base: u8| BASE_CODES[usize::from(base)];
    let (pairs, odd) = record.bases.as_chunks::<2>();
    data.extend(pairs.iter().map(|&[left, right]| (code(left) << 4) | code(right)));
    data.extend(odd.iter().map(|&base| code(base) << 4));
    if record.qualities.is_empty() {
        // 0xff is `*`.
        data.resize(data.len() + record.bases.len(), 0xff);
    } else {
        data.extend_from_slice(record.qualities);
    }
    if let Some(hits) = record.hits {
        data.extend_from_slice(&[b'N', b'H', b'C', hits]);
    }
    if let Some(strand) = record.splice_strand {
        data.extend_from_slice(&[b'X', b'S', b'A', strand.symbol() as u8]);
    }
    padding
}

/// The bin of `[start, end)` (`reg2bin` of the SAM specification, section 5.3).
pub(super) fn bin(start: i64, end: i64) -> u16 {
    let last = end - 1;
    for (shift, first) in [(14, 4681), (17, 585), (20, 73), (23, 9), (26, 1)] {
        if start >> shift == last >> shift {
            // Positions beyond 2^29 have no BAI bin; the field is then without meaning.
            return u16::try_from(first + (start >> shift)).unwrap_or(0);
        }
    }
    0
}
