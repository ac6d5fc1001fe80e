//! Positions along a spliced transcript.

use nadsplice_core::{Interval, Strand};

/// The exons of a transcript, and offsets of bases from its 5' end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Spliced {
    /// In transcript order; touching exons are one, since no junction lies between them.
    exons: Vec<Interval>,
    strand: Strand,
}

impl Spliced {
    /// A transcript of these exons, in genome order; nothing where they overlap, which leaves no order of bases.
    pub(super) fn new(exons: &[Interval], strand: Strand) -> Option<Self> {
        let mut joined: Vec<Interval> = Vec::with_capacity(exons.len());
        for &exon in exons {
            match joined.last_mut() {
                Some(last) if exon.start() < last.end() => return None,
                Some(last) if exon.start() == last.end() => *last = Interval::new(last.start(), exon.end())?,
                _ => joined.push(exon),
            }
        }
        if joined.is_empty() {
            return None;
        }
        if strand == Strand::Reverse {
            joined.reverse();
        }
        Some(Self { exons: joined, strand })
    }

    /// In transcript order.
    pub(super) fn exons(&self) -> &[Interval] {
        &self.exons
    }

    pub(super) fn strand(&self) -> Strand {
        self.strand
    }

    /// Bases.
    pub(super) fn len(&self) -> u32 {
        self.exons.iter().map(|exon| exon.len()).sum()
    }

    /// The offset of a base of the genome, if an exon has it.
    pub(super) fn offset(&self, position: u32) -> Option<u32> {
        let mut before = 0;
        for exon in &self.exons {
            if exon.contains(position) {
                let within = match self.strand {
                    Strand::Forward => position - exon.start(),
                    Strand::Reverse => exon.end() - 1 - position,
                };
                return Some(before + within);
            }
            before += exon.len();
        }
        None
    }

    /// The base of the genome at an offset.
    pub(super) fn position(&self, offset: u32) -> Option<u32> {
        let (exon, before) = self.exon_at(offset)?;
        Some(match self.strand {
            Strand::Forward => exon.start() + (offset - before),
            Strand::Reverse => exon.end() - 1 - (offset - before),
        })
    }

    /// The exon at an offset, and the offset of its own first base.
    pub(super) fn exon_at(&self, offset: u32) -> Option<(Interval, u32)> {
        let mut before = 0;
        for &exon in &self.exons {
            if offset < before + exon.len() {
                return Some((exon, before));
            }
            before += exon.len();
        }
        None
    }

    /// The offset of the first base after the last junction; nothing for a single exon.
    pub(super) fn last_junction(&self) -> Option<u32> {
        let (last, others) = self.exons.split_last()?;
        (!others.is_empty()).then(|| self.len() - last.len())
    }

    /// The bases `from..to` as pieces of the genome in transcript order.
    pub(super) fn pieces(&self, from: u32, to: u32) -> Vec<Interval> {
        let mut pieces = Vec::new();
        let mut before = 0;
        for exon in &self.exons {
            let (left, right) = (from.max(before), to.min(before + exon.len()));
            if left < right {
                let piece = match self.strand {
                    Strand::Forward => {
                        Interval::new(exon.start() + (left - before), exon.start() + (right - before))
                    }
                    Strand::Reverse => {
                        Interval::new(exon.end() - (right - before), exon.end() - (left - before))
                    }
                };
                pieces.extend(piece);
            }
            before += exon.len();
        }
        pieces
    }

    /// Where three consecutive bases that lie at `offset` of another transcript are in this one; nothing where
    /// they are not all there or no longer in a row.
    pub(super) fn codon_of(&self, other: &Self, offset: u32) -> Option<u32> {
        let here = self.offset(other.position(offset)?)?;
        let together = (1..3).all(|k| {
            other.position(offset + k).is_some_and(|position| self.offset(position) == Some(here + k))
        });
        together.then_some(here)
    }

    /// Whether `a` comes before `b` on this strand.
    pub(super) fn upstream(&self, a: u32, b: u32) -> bool {
        match self.strand {
            Strand::Forward => a < b,
            Strand::Reverse => a > b,
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::toy::form;

    #[test]
    fn offsets_follow_the_transcript() {
        let exons = form(&[(10, 20), (30, 35)]).exons;
        let forward = Spliced::new(&exons, Strand::Forward).unwrap();
        assert_eq!((forward.offset(10), forward.offset(30), forward.offset(25)), (Some(0), Some(10), None));
        assert_eq!(forward.last_junction(), Some(10));
        let reverse = Spliced::new(&exons, Strand::Reverse).unwrap();
        assert_eq!(
            (reverse.offset(34), reverse.offset(19), reverse.last_junction()),
            (Some(0), Some(5), Some(5))
        );
        assert_eq!(reverse.pieces(3, 7), form(&[(30, 32), (18, 20)]).exons);
    }

    #[test]
    fn touching_exons_have_no_junction_and_overlapping_ones_no_order() {
        let touching = Spliced::new(&form(&[(10, 20), (20, 35)]).exons, Strand::Forward).unwrap();
        assert_eq!(touching.last_junction(), None);
        assert_eq!(Spliced::new(&form(&[(10, 20), (19, 35)]).exons, Strand::Forward), None);
    }

    #[test]
    fn a_codon_that_gains_bases_is_none() {
        let whole = Spliced::new(&form(&[(0, 12), (20, 30)]).exons, Strand::Forward).unwrap();
        let longer = Spliced::new(&form(&[(0, 15), (20, 30)]).exons, Strand::Forward).unwrap();
        assert_eq!(longer.codon_of(&whole, 3), Some(3));
        assert_eq!(longer.codon_of(&whole, 11), None);
        assert_eq!(longer.codon_of(&whole, 12), Some(15));
    }

    proptest! {
        #[test]
        fn positions_and_offsets_are_inverse(
            steps in prop::collection::vec((1u32..9, 1u32..9), 1..6),
            reverse in any::<bool>(),
        ) {
            let mut at = 0;
            let exons: Vec<Interval> = steps.iter().map(|&(gap, length)| {
                let exon = Interval::new(at + gap, at + gap + length).unwrap();
                at = exon.end();
                exon
            }).collect();
            let strand = if reverse { Strand::Reverse } else { Strand::Forward };
            let spliced = Spliced::new(&exons, strand).unwrap();
            for offset in 0..spliced.len() {
                let position = spliced.position(offset).unwrap();
                prop_assert_eq!(spliced.offset(position), Some(offset));
                prop_assert_eq!(spliced.pieces(offset, offset + 1), vec![Interval::new(position, position + 1).unwrap()]);
            }
            prop_assert_eq!(spliced.position(spliced.len()), None);
        }
    }
}
