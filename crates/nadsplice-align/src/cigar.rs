//! What a CIGAR says about splicing: contiguous blocks and the junctions between them.

/// CIGAR operations as BAM codes them (SAM specification, section 4.2).
mod op {
    pub(super) const MATCH: u32 = 0;
    pub(super) const INSERTION: u32 = 1;
    pub(super) const DELETION: u32 = 2;
    pub(super) const SKIP: u32 = 3;
    pub(super) const SOFT_CLIP: u32 = 4;
    pub(super) const EQUAL: u32 = 7;
    pub(super) const DIFF: u32 = 8;
}

/// A stretch of the reference that a read covers without a splice, 0-based half-open. It begins and ends with an
/// aligned base; deletions and insertions inside do not break it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Block {
    pub(crate) start: u32,
    pub(crate) end: u32,
}

/// A junction crossed by one read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Crossing {
    /// First intronic base, 0-based.
    pub(crate) start: u32,
    /// First base after the intron, 0-based.
    pub(crate) end: u32,
    /// Aligned bases of the read to the left, summed over all blocks there.
    pub(crate) left_overhang: u32,
    /// Aligned bases of the read to the right, summed over all blocks there.
    pub(crate) right_overhang: u32,
}

impl Crossing {
    pub(crate) fn overhang(&self) -> u32 {
        self.left_overhang.min(self.right_overhang)
    }
}

/// The blocks and junctions of one alignment.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Spliced {
    /// In genome order, disjoint; empty when the read has no aligned base.
    pub(crate) blocks: Vec<Block>,
    /// One fewer than blocks.
    pub(crate) crossings: Vec<Crossing>,
    /// Aligned bases (`M`, `=`, `X`).
    pub(crate) aligned: u32,
    /// Bases of the read: aligned, inserted and soft-clipped.
    pub(crate) read_length: u32,
}

impl Spliced {
    /// Walks a raw BAM CIGAR from the 0-based leftmost position, reusing the buffers.
    ///
    /// Only `N` splices; `D` does not. Skips without an aligned base between them are one intron.
    #[inline(always)]
    pub(crate) fn walk(&mut self, position: u32, cigar: &[u32]) {
        // Most reads align in one piece.
        if let &[only] = cigar
            && only & 0xf == op::MATCH
            && only >> 4 > 0
        {
            self.aligned = only >> 4;
            self.read_length = self.aligned;
            self.set_block(Block { start: position, end: position.saturating_add(self.aligned) });
            return;
        }
        self.walk_all(position, cigar);
    }

    /// Becomes one block without a junction.
    #[inline(always)]
    pub(crate) fn set_block(&mut self, block: Block) {
        self.crossings.clear();
        self.blocks.clear();
        self.blocks.push(block);
    }

    #[inline(never)]
    fn walk_all(&mut self, position: u32, cigar: &[u32]) {
        self.blocks.clear();
        self.crossings.clear();
        self.aligned = 0;
        self.read_length = 0;
        let mut at = position;
        let mut open: Option<Block> = None;
        let mut intron: Option<(u32, u32)> = None;
        for &raw in cigar {
            let length = raw >> 4;
            match raw & 0xf {
                op::MATCH | op::EQUAL | op::DIFF => {
                    if length == 0 {
                        continue;
                    }
                    match (&mut open, intron.take()) {
                        (Some(block), None) => block.end = at.saturating_add(length),
                        (Some(block), Some((start, end))) => {
                            self.blocks.push(*block);
                            self.crossings.push(Crossing {
                                start,
                                end,
                                left_overhang: self.aligned,
                                right_overhang: 0,
                            });
                            *block = Block { start: at, end: at.saturating_add(length) };
                        }
                        // A leading skip joins nothing.
                        (None, _) => open = Some(Block { start: at, end: at.saturating_add(length) }),
                    }
                    at = at.saturating_add(length);
                    self.aligned += length;
                    self.read_length += length;
                }
                op::DELETION => at = at.saturating_add(length),
                op::SKIP => {
                    intron = Some(match intron {
                        Some((start, _)) => (start, at.saturating_add(length)),
                        None => (at, at.saturating_add(length)),
                    });
                    at = at.saturating_add(length);
                }
                op::INSERTION | op::SOFT_CLIP => self.read_length += length,
                _ => {}
            }
        }
        if let Some(block) = open {
            self.blocks.push(block);
        }
        for crossing in &mut self.crossings {
            crossing.right_overhang = self.aligned - crossing.left_overhang;
        }
    }

    /// The end of the last block, exclusive.
    pub(crate) fn end(&self) -> Option<u32> {
        self.blocks.last().map(|b| b.end)
    }
}

#[cfg(test)]
pub(crate) fn parse_cigar(text: &str) -> Vec<u32> {
    let mut ops = Vec::new();
    let mut length = 0;
    for c in text.chars() {
        if let Some(d) = c.to_digit(10) {
            length = length * 10 + d;
        } else {
            let code = "MIDNSHP=X".find(c).expect("a CIGAR operation");
            ops.push((length << 4) | u32::try_from(code).unwrap());
            length = 0;
        }
    }
    ops
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    type Walked = (Vec<(u32, u32)>, Vec<(u32, u32, u32, u32)>, u32);

    fn walk(cigar: &str) -> Walked {
        let mut spliced = Spliced::default();
        spliced.walk(100, &parse_cigar(cigar));
        (
            spliced.blocks.iter().map(|b| (b.start, b.end)).collect(),
            spliced.crossings.iter().map(|c| (c.start, c.end, c.left_overhang, c.right_overhang)).collect(),
            spliced.read_length,
        )
    }

    #[test]
    fn every_operator_is_understood() {
        assert_eq!(walk("50M"), (vec![(100, 150)], vec![], 50));
        assert_eq!(walk("5S45M5H"), (vec![(100, 145)], vec![], 50));
        assert_eq!(walk("20=5X25="), (vec![(100, 150)], vec![], 50));
        assert_eq!(walk("20M2I28M"), (vec![(100, 148)], vec![], 50));
        assert_eq!(walk("20M10D30M"), (vec![(100, 160)], vec![], 50));
        assert_eq!(walk("20M3P30M"), (vec![(100, 150)], vec![], 50));
        assert_eq!(walk("20M100N30M"), (vec![(100, 120), (220, 250)], vec![(120, 220, 20, 30)], 50));
    }

    #[test]
    fn overhangs_sum_over_all_blocks_of_a_side() {
        let (blocks, crossings, _) = walk("30M100N3M200N40M");
        assert_eq!(blocks, vec![(100, 130), (230, 233), (433, 473)]);
        assert_eq!(crossings, vec![(130, 230, 30, 43), (233, 433, 33, 40)]);
    }

    #[test]
    fn deletions_beside_a_skip_stay_out_of_blocks_and_junctions() {
        assert_eq!(walk("20M100N2D30M").1, vec![(120, 220, 20, 30)]);
        assert_eq!(walk("20M100N2D30M").0, vec![(100, 120), (222, 252)]);
        assert_eq!(walk("20M2D100N30M").0, vec![(100, 120), (222, 252)]);
        assert_eq!(walk("20M100N5D50N30M").1, vec![(120, 275, 20, 30)]);
    }

    #[test]
    fn skips_at_an_end_join_nothing() {
        assert_eq!(walk("100N50M"), (vec![(200, 250)], vec![], 50));
        assert_eq!(walk("50M100N"), (vec![(100, 150)], vec![], 50));
        assert_eq!(walk("100N"), (vec![], vec![], 0));
    }

    proptest! {
        #[test]
        fn clips_and_insertions_never_move_a_junction(
            left in 1u32..60, intron in 1u32..1000, right in 1u32..60, clip in 0u32..30, ins in 1u32..5,
        ) {
            let plain = walk(&format!("{left}M{intron}N{right}M"));
            let odd = walk(&format!("{clip}S{left}M{ins}I{intron}N{right}M{clip}H"));
            prop_assert_eq!(&plain.0, &odd.0);
            prop_assert_eq!(&plain.1, &odd.1);
        }
    }
}
