//! Reading of codons out of a spliced transcript.

use nadsplice_core::Strand;

use super::{bases::Bases, spliced::Spliced};

/// The stop codons of the standard code.
const STOPS: [&[u8; 3]; 3] = [b"TAA", b"TAG", b"TGA"];

/// Whether three upper-case bases are a stop codon.
pub(super) fn is_stop(codon: &[u8]) -> bool {
    STOPS.iter().any(|stop| stop.as_slice() == codon)
}

/// The bases `from..to` of a transcript in its own direction, upper case.
pub(super) fn sequence(
    spliced: &Spliced,
    (from, to): (u32, u32),
    contig: &str,
    bases: &mut dyn Bases,
) -> Option<Vec<u8>> {
    let mut sequence = Vec::new();
    for piece in spliced.pieces(from, to) {
        let mut read = bases.bases(contig, piece)?;
        if read.len() != piece.len() as usize {
            return None;
        }
        read.make_ascii_uppercase();
        if spliced.strand() == Strand::Reverse {
            read.reverse();
            for base in &mut read {
                *base = complement(*base);
            }
        }
        sequence.append(&mut read);
    }
    (sequence.len() == to.checked_sub(from)? as usize).then_some(sequence)
}

fn complement(base: u8) -> u8 {
    match base {
        b'A' => b'T',
        b'C' => b'G',
        b'G' => b'C',
        b'T' | b'U' => b'A',
        _ => b'N',
    }
}

/// Where an open reading frame ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ReadingEnd {
    /// At the stop codon that starts at this offset of the transcript.
    Stop(u32),
    /// Nowhere: the transcript ends first.
    Open,
}

/// The first stop codon in frame from `start` on, but for those at genome positions in `read_through`, which the
/// annotation reads as amino acids (selenocysteine). Nothing where the reference has not all bases before it.
pub(super) fn first_stop(
    spliced: &Spliced,
    start: u32,
    read_through: &[u32],
    contig: &str,
    bases: &mut dyn Bases,
) -> Option<ReadingEnd> {
    let sequence = sequence(spliced, (start, spliced.len()), contig, bases)?;
    for (offset, codon) in (start..).step_by(3).zip(sequence.chunks_exact(3)) {
        if !codon.iter().all(|base| b"ACGT".contains(base)) {
            return None;
        }
        if is_stop(codon) && !spliced.position(offset).is_some_and(|at| read_through.contains(&at)) {
            return Some(ReadingEnd::Stop(offset));
        }
    }
    Some(ReadingEnd::Open)
}

/// Genome positions of the first bases of the stop codons in frame inside `start..stop`.
pub(super) fn inner_stops(
    spliced: &Spliced,
    (start, stop): (u32, u32),
    contig: &str,
    bases: &mut dyn Bases,
) -> Option<Vec<u32>> {
    let sequence = sequence(spliced, (start, stop), contig, bases)?;
    let codons = (start..).step_by(3).zip(sequence.chunks_exact(3));
    Some(
        codons
            .filter(|(_, codon)| is_stop(codon))
            .filter_map(|(offset, _)| spliced.position(offset))
            .collect(),
    )
}
