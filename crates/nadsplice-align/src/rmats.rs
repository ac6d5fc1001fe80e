//! Reads as rMATS-turbo 4.3.0 uses them.
//!
//! The rules, in rMATS's order (`rmatspipeline.pyx` of Xinglab/rmats-turbo, commit d8a684f): clips at the ends are
//! stripped (`NOT_EXPECTED_CIGAR` for one inside, `CLIPPED` unless allowed); proper pair for paired input; `NH` = 1;
//! for stranded libraries mates on opposite strands; a CIGAR of one `M` or of `M N M [N M ...]`; the read length.
//! Secondary, supplementary, duplicate and QC flags are not looked at, and each mate counts on its own.

use nadsplice_core::{
    ContigId, ReadSense, RmatsEvidence, RmatsFilter, RmatsOutcome, RmatsPattern, RmatsPatternCount,
    StrandEvidence,
};
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::{filter::flag, segments::AnnotationIndex};

/// A read as rMATS's rules see it.
pub(crate) struct RmatsRead<'a> {
    pub(crate) contig: u32,
    pub(crate) position: u32,
    pub(crate) flags: u16,
    pub(crate) nh: Option<i64>,
    pub(crate) cigar: &'a [u32],
}

/// The counts of rMATS's reads while a file is read.
#[derive(Debug)]
pub(crate) struct RmatsCounter<'a> {
    index: &'a AnnotationIndex,
    filter: RmatsFilter,
    contigs: Vec<FxHashMap<RmatsPattern, u32>>,
    outcomes: [u64; 6],
    pub(crate) strand: StrandEvidence,
}

impl<'a> RmatsCounter<'a> {
    pub(crate) fn new(index: &'a AnnotationIndex, filter: RmatsFilter) -> Self {
        Self {
            index,
            filter,
            contigs: vec![FxHashMap::default(); index.contig_names().len()],
            outcomes: [0; 6],
            strand: StrandEvidence::default(),
        }
    }

    /// Whether a kept read is spliced, or why it was rejected.
    pub(crate) fn count(&mut self, read: &RmatsRead<'_>) -> Result<bool, RmatsOutcome> {
        let kept = self.keep(read);
        let outcome = kept.as_ref().map_or_else(|o| *o, |_| RmatsOutcome::Kept);
        self.outcomes[outcome as usize] += 1;
        let blocks = kept?;
        let known = self.index.contig(ContigId(read.contig));
        let (Some(&(start, first_end)), Some(&(last_start, end))) = (blocks.first(), blocks.last()) else {
            return Err(RmatsOutcome::NotExpectedCigar);
        };
        let anchor = self.filter.anchor;
        let junctions: Vec<(u32, u32)> = blocks.windows(2).map(|w| (w[0].1, w[1].0)).collect();
        let crossed = if junctions.is_empty() && end - start >= 2 * anchor.max(1) {
            let from = (start + anchor).checked_sub(1).map_or(0, |below| known.cuts_up_to(below));
            let to = known.cuts_up_to(end - anchor);
            if from < to { (from, to) } else { (0, 0) }
        } else {
            (0, 0)
        };
        let sense = sense(read.flags);
        let spliced = !junctions.is_empty();
        if let Some(strand) = junctions.iter().find_map(|&(start, end)| known.annotated(start, end)?.strand) {
            match (sense, strand) {
                (ReadSense::Inconsistent, _) => {}
                (ReadSense::Forward, nadsplice_core::Strand::Forward)
                | (ReadSense::Reverse, nadsplice_core::Strand::Reverse) => self.strand.forward += 1,
                _ => self.strand.reverse += 1,
            }
        }
        let pattern = RmatsPattern {
            sense,
            first_segment: known.cuts_up_to(start),
            last_segment: known.cuts_up_to(end - 1),
            crossed,
            anchored: (first_end - start).min(end - last_start) >= anchor,
            junctions,
        };
        *self.contigs[read.contig as usize].entry(pattern).or_insert(0) += 1;
        Ok(spliced)
    }

    /// Whether a read passes every filter, wherever it lies.
    pub(crate) fn keeps(&self, read: &RmatsRead<'_>) -> bool {
        self.keep(read).is_ok()
    }

    /// The blocks of a read that passes every filter.
    fn keep(&self, read: &RmatsRead<'_>) -> Result<SmallVec<[(u32, u32); 4]>, RmatsOutcome> {
        const SOFT_OR_HARD: [u32; 2] = [4, 5];
        let is_clip = |raw: &&u32| SOFT_OR_HARD.contains(&(*raw & 0xf));
        let leading = read.cigar.iter().take_while(is_clip).count();
        let trailing = read.cigar[leading..].iter().rev().take_while(is_clip).count();
        let core = &read.cigar[leading..read.cigar.len() - trailing];
        if core.iter().any(|raw| SOFT_OR_HARD.contains(&(raw & 0xf))) {
            return Err(RmatsOutcome::NotExpectedCigar);
        }
        if leading + trailing > 0 && !self.filter.allow_clipping {
            return Err(RmatsOutcome::Clipped);
        }
        if !self.filter.single_end && read.flags & flag::PROPER_PAIR == 0 {
            return Err(RmatsOutcome::NotPaired);
        }
        if read.nh != Some(1) {
            return Err(RmatsOutcome::NotNh1);
        }
        let mut blocks: SmallVec<[(u32, u32); 4]> = SmallVec::new();
        let mut at = read.position;
        let mut aligned = 0;
        for (k, raw) in core.iter().enumerate() {
            let length = raw >> 4;
            match (raw & 0xf, k % 2) {
                (0, 0) => {
                    blocks.push((at, at + length));
                    aligned += length;
                }
                (3, 1) => {}
                _ => return Err(RmatsOutcome::NotExpectedCigar),
            }
            at += length;
        }
        if core.len().is_multiple_of(2) {
            return Err(RmatsOutcome::NotExpectedCigar);
        }
        let clipped: u32 = read.cigar[..leading]
            .iter()
            .chain(&read.cigar[read.cigar.len() - trailing..])
            .map(|raw| raw >> 4)
            .sum();
        if !self.filter.variable_read_length && aligned + clipped != self.filter.read_length {
            return Err(RmatsOutcome::NotExpectedReadLength);
        }
        Ok(blocks)
    }

    /// The counts in their final, sorted form.
    pub(crate) fn finish(self) -> RmatsEvidence {
        let contigs = self
            .contigs
            .into_iter()
            .map(|patterns| {
                let mut sorted: Vec<RmatsPatternCount> = patterns
                    .into_iter()
                    .map(|(pattern, reads)| RmatsPatternCount { pattern, reads })
                    .collect();
                sorted.sort_unstable();
                sorted
            })
            .collect();
        RmatsEvidence { contigs, outcomes: self.outcomes }
    }
}

fn sense(flags: u16) -> ReadSense {
    let reverse = flags & flag::REVERSE != 0;
    if flags & flag::PAIRED != 0 && reverse == (flags & flag::MATE_REVERSE != 0) {
        return ReadSense::Inconsistent;
    }
    let second = flags & flag::PAIRED != 0 && flags & flag::READ_1 == 0;
    if second == reverse { ReadSense::Forward } else { ReadSense::Reverse }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cigar::parse_cigar;

    fn outcome(
        filter: &RmatsFilter,
        flags: u16,
        nh: Option<i64>,
        cigar: &str,
    ) -> Result<usize, RmatsOutcome> {
        let index = AnnotationIndex::new(&nadsplice_core::Annotation::default(), [0; 32], 2);
        let counter = RmatsCounter::new(&index, filter.clone());
        let cigar = parse_cigar(cigar);
        let read = RmatsRead { contig: 0, position: 10, flags, nh, cigar: &cigar };
        counter.keep(&read).map(|blocks| blocks.len())
    }

    #[test]
    fn filters_reject_in_rmats_s_order() {
        let strict = RmatsFilter {
            read_length: 50,
            variable_read_length: false,
            allow_clipping: false,
            anchor: 1,
            single_end: false,
        };
        assert_eq!(outcome(&strict, 0x3, Some(1), "50M"), Ok(1));
        assert_eq!(outcome(&strict, 0x3, Some(1), "20M100N30M"), Ok(2));
        assert_eq!(outcome(&strict, 0x1, Some(2), "5S45M"), Err(RmatsOutcome::Clipped));
        assert_eq!(outcome(&strict, 0x1, Some(2), "50M"), Err(RmatsOutcome::NotPaired));
        assert_eq!(outcome(&strict, 0x3, None, "50M"), Err(RmatsOutcome::NotNh1));
        assert_eq!(outcome(&strict, 0x3, Some(1), "20M1D30M"), Err(RmatsOutcome::NotExpectedCigar));
        assert_eq!(outcome(&strict, 0x3, Some(1), "49M"), Err(RmatsOutcome::NotExpectedReadLength));
        let clipping = RmatsFilter { allow_clipping: true, ..strict };
        assert_eq!(outcome(&clipping, 0x3, Some(1), "5S45M"), Ok(1), "clips count towards the length");
    }

    #[test]
    fn mates_on_one_strand_have_no_sense() {
        assert_eq!(sense(0x1 | 0x20 | 0x40), ReadSense::Forward);
        assert_eq!(sense(0x1 | 0x10 | 0x80), ReadSense::Forward);
        assert_eq!(sense(0x1 | 0x10 | 0x40), ReadSense::Reverse);
        assert_eq!(sense(0x1 | 0x40), ReadSense::Inconsistent);
        assert_eq!(sense(0x10), ReadSense::Reverse);
    }
}
