//! Transcripts as molecules to be fragmented.

use nadsplice_align::{CigarKind, CigarOp};
use nadsplice_core::{Interval, Strand};

/// A kind of RNA molecule: the exons that it strings together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Molecule {
    tid: u32,
    strand: Option<Strand>,
    /// In genome order, at least one base apart.
    exons: Vec<Interval>,
    /// Bases of the molecule before each exon, counted in genome order.
    offsets: Vec<u32>,
    length: u32,
}

impl Molecule {
    /// A molecule on contig `tid` of the header, or nothing without exons. Exons may come in any order; those
    /// that touch or overlap are one.
    pub fn new(tid: u32, strand: Option<Strand>, exons: &[Interval]) -> Option<Self> {
        let mut sorted = exons.to_vec();
        sorted.sort_unstable();
        let mut joined: Vec<Interval> = Vec::with_capacity(sorted.len());
        for exon in sorted {
            match joined.last_mut() {
                Some(last) if exon.start() <= last.end() => {
                    *last = Interval::new(last.start(), last.end().max(exon.end()))?;
                }
                _ => joined.push(exon),
            }
        }
        let mut length = 0_u32;
        let mut offsets = Vec::with_capacity(joined.len());
        for exon in &joined {
            offsets.push(length);
            length = length.checked_add(exon.len())?;
        }
        (length > 0).then_some(Self { tid, strand, exons: joined, offsets, length })
    }

    /// Position of its contig in the header.
    pub const fn tid(&self) -> u32 {
        self.tid
    }

    /// The strand, where known.
    pub const fn strand(&self) -> Option<Strand> {
        self.strand
    }

    /// Exons in genome order, 0-based, at least one base apart.
    pub fn exons(&self) -> &[Interval] {
        &self.exons
    }

    /// Bases, at least 1.
    #[allow(clippy::len_without_is_empty, reason = "a molecule is never empty")]
    pub const fn len(&self) -> u32 {
        self.length
    }

    /// The exon of a base of the molecule.
    fn exon_of(&self, offset: u32) -> usize {
        self.offsets.partition_point(|&o| o <= offset).saturating_sub(1)
    }

    /// The 0-based genome position of a base of the molecule, counted from its leftmost one.
    pub(crate) fn position(&self, offset: u32) -> u32 {
        let exon = self.exon_of(offset);
        self.exons[exon].start() + (offset - self.offsets[exon])
    }

    /// Blocks of the `length` bases from `offset` on, each a stretch of one exon, in genome order.
    pub(crate) fn blocks(&self, offset: u32, length: u32) -> impl Iterator<Item = Interval> + '_ {
        let first = self.exon_of(offset);
        let end = offset + length;
        self.exons[first..].iter().zip(&self.offsets[first..]).map_while(move |(exon, &before)| {
            let from = exon.start() + offset.saturating_sub(before);
            let to = exon.end().min(exon.start() + end.saturating_sub(before));
            Interval::new(from, to)
        })
    }
}

/// Replaces `cigar` with that of a read over these blocks.
pub(crate) fn cigar_of(blocks: impl Iterator<Item = Interval>, cigar: &mut Vec<CigarOp>) {
    cigar.clear();
    let mut last: Option<u32> = None;
    for block in blocks {
        if let Some(end) = last {
            cigar.push(CigarOp { kind: CigarKind::Skip, length: block.start() - end });
        }
        cigar.push(CigarOp { kind: CigarKind::Match, length: block.len() });
        last = Some(block.end());
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn molecule(exons: &[(u32, u32)]) -> Molecule {
        let exons: Vec<Interval> = exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect();
        Molecule::new(0, Some(Strand::Forward), &exons).unwrap()
    }

    fn blocks(molecule: &Molecule, offset: u32, length: u32) -> Vec<(u32, u32)> {
        molecule.blocks(offset, length).map(|b| (b.start(), b.end())).collect()
    }

    #[test]
    fn reads_are_cut_at_exon_ends() {
        let m = molecule(&[(100, 110), (200, 205), (300, 400)]);
        assert_eq!(m.len(), 115);
        assert_eq!(blocks(&m, 0, 10), [(100, 110)]);
        assert_eq!(blocks(&m, 8, 10), [(108, 110), (200, 205), (300, 303)]);
        assert_eq!(blocks(&m, 10, 5), [(200, 205)]);
        assert_eq!(blocks(&m, 114, 1), [(399, 400)]);
        assert_eq!((m.position(9), m.position(10), m.position(15)), (109, 200, 300));
        let mut cigar = Vec::new();
        cigar_of(m.blocks(8, 10), &mut cigar);
        let text: Vec<_> = cigar.iter().map(|op| (op.kind, op.length)).collect();
        let (m, n) = (CigarKind::Match, CigarKind::Skip);
        assert_eq!(text, [(m, 2), (n, 90), (m, 5), (n, 95), (m, 3)]);
    }

    #[test]
    fn touching_and_overlapping_exons_are_one() {
        let m = molecule(&[(300, 400), (100, 150), (150, 180), (170, 200)]);
        assert_eq!(
            m.exons().iter().map(|e| (e.start(), e.end())).collect::<Vec<_>>(),
            [(100, 200), (300, 400)]
        );
        assert!(Molecule::new(0, None, &[]).is_none());
    }

    proptest! {
        #[test]
        fn every_base_is_placed_once_and_in_order(
            gaps in prop::collection::vec((1_u32..40, 1_u32..60), 1..8),
            part in (0_u32..10_000, 0_u32..10_000),
        ) {
            let mut at = 5;
            let mut exons = Vec::new();
            for (gap, length) in gaps {
                exons.push((at + gap, at + gap + length));
                at += gap + length;
            }
            let m = molecule(&exons);
            let offset = part.0 % m.len();
            let length = 1 + part.1 % (m.len() - offset);
            let bases: Vec<u32> = m.blocks(offset, length).flat_map(|b| b.start()..b.end()).collect();
            let expected: Vec<u32> = (offset..offset + length).map(|o| m.position(o)).collect();
            prop_assert_eq!(bases, expected);
        }
    }
}
