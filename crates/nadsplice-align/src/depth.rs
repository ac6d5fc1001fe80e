//! Builds run-length-coded depth without an array the size of a genome.

mod unordered;
mod window;

use nadsplice_core::ContigDepth;

use self::{
    unordered::Unordered,
    window::{PAGE_BITS, Window},
};
use crate::cigar::Block;

/// Depth can be settled every so many bases, as a power of two; in between nothing comes of it.
pub(crate) const SETTLED_BITS: u32 = PAGE_BITS;

/// The tracks of one contig while it is being counted.
#[derive(Debug)]
pub(crate) struct DepthBuilder {
    tracks: Tracks,
    boundary_overhang: u32,
}

/// By orientation.
#[derive(Debug)]
enum Tracks {
    /// Input in coordinate order.
    Ordered(Box<[Window; 2]>),
    /// Input in any order.
    Any(Box<[Unordered; 2]>),
}

/// Takes ranges into the plain and the boundary track of one orientation.
trait Ranges {
    /// Aligned bases on either side of a boundary.
    fn overhang(&self) -> u32;

    /// Adds a range to the plain track alone.
    fn add_plain(&mut self, start: u32, end: u32);

    /// Adds a range to the boundary track alone.
    fn add_boundary(&mut self, start: u32, end: u32);

    /// Adds a range at least twice as long as the overhang to the plain track, and what is left of it without the
    /// overhang to the boundary track.
    fn add_both(&mut self, start: u32, end: u32);

    /// Moves the end of a range that was added to both tracks further right.
    fn extend(&mut self, end: u32, new_end: u32);
}

/// What of a block the mate's do not cover already, each as its `range`.
fn each_new(
    block: Block,
    mate: &[Block],
    range: impl Fn(Block) -> Option<(u32, u32)>,
    mut add: impl FnMut(u32, u32),
) {
    let Some((mut start, end)) = range(block) else { return };
    // Ranges of the mate are disjoint and in order, as its blocks are.
    for (from, to) in mate.iter().copied().filter_map(&range) {
        if to <= start {
            continue;
        }
        if end <= from {
            break;
        }
        if start < from {
            add(start, from);
        }
        start = to;
    }
    if start < end {
        add(start, end);
    }
}

/// The boundaries that a block lies over with its overhang on either side.
fn shortened(block: Block, overhang: u32) -> Option<(u32, u32)> {
    (block.end - block.start >= 2 * overhang).then(|| (block.start + overhang, block.end - overhang + 1))
}

/// Adds blocks less what a mate, added before, covers already.
#[inline(always)]
fn add(tracks: &mut impl Ranges, blocks: &[Block], mate: &[Block]) {
    let overhang = tracks.overhang();
    let mut mate = mate;
    for &block in blocks {
        // A boundary track reaches one base further without an overhang.
        while let [first, rest @ ..] = mate
            && first.end < block.start
        {
            mate = rest;
        }
        let is_long = block.end - block.start >= 2 * overhang;
        match mate {
            [first, ..] if first.start <= block.end => {
                let alone = mate.get(1).is_none_or(|next| block.end < next.start);
                let goes_on = first.start <= block.start && block.start < first.end;
                if goes_on && block.end <= first.end {
                    continue;
                }
                // The boundaries of both are those of one long block.
                let joins = is_long
                    && first.end - first.start >= 2 * overhang
                    && u64::from(block.start) + 2 * u64::from(overhang) <= u64::from(first.end) + 1;
                if goes_on && alone && joins {
                    tracks.extend(first.end, block.end);
                } else {
                    add_what_is_new(tracks, block, mate);
                }
            }
            _ if is_long => tracks.add_both(block.start, block.end),
            _ => tracks.add_plain(block.start, block.end),
        }
    }
}

/// Adds a block less what these blocks cover already.
#[inline(never)]
fn add_what_is_new(tracks: &mut impl Ranges, block: Block, mate: &[Block]) {
    let overhang = tracks.overhang();
    let whole = |block: Block| Some((block.start, block.end));
    each_new(block, mate, whole, |start, end| tracks.add_plain(start, end));
    let boundaries = |block: Block| shortened(block, overhang);
    each_new(block, mate, boundaries, |start, end| tracks.add_boundary(start, end));
}

impl DepthBuilder {
    pub(crate) fn new(boundary_overhang: u32) -> Self {
        let windows = [(); 2].map(|()| Window::new(boundary_overhang));
        Self { tracks: Tracks::Ordered(Box::new(windows)), boundary_overhang }
    }

    /// Adds the blocks of an alignment less what its mate, added before with the same sense, covers already.
    #[inline(always)]
    pub(crate) fn add(&mut self, blocks: &[Block], mate: &[Block], sense: bool) {
        let sense = usize::from(sense);
        match &mut self.tracks {
            Tracks::Ordered(windows) => add(&mut windows[sense], blocks, mate),
            Tracks::Any(tracks) => add(&mut tracks[sense], blocks, mate),
        }
    }

    /// Nothing will be added before the 0-based position any more.
    pub(crate) fn settle(&mut self, position: u32) {
        if let Tracks::Ordered(windows) = &mut self.tracks {
            for window in windows.iter_mut() {
                window.settle(position);
            }
        }
    }

    /// From now on blocks come in any order.
    pub(crate) fn unsort(&mut self) {
        if matches!(self.tracks, Tracks::Ordered(_)) {
            let overhang = self.boundary_overhang;
            let counted = std::mem::replace(self, Self::new(overhang)).finish();
            self.tracks =
                Tracks::Any(Box::new([false, true].map(|sense| {
                    Unordered::continued(overhang, counted.plain(sense), counted.boundary(sense))
                })));
        }
    }

    pub(crate) fn finish(self) -> ContigDepth {
        match self.tracks {
            Tracks::Ordered(windows) => {
                let [[plain_reverse, reverse], [plain_forward, forward]] = windows.map(Window::finish);
                ContigDepth::with_differences(
                    [plain_reverse, plain_forward],
                    [reverse, forward],
                    self.boundary_overhang,
                )
            }
            Tracks::Any(tracks) => {
                let [[plain_reverse, reverse], [plain_forward, forward]] = tracks.map(Unordered::finish);
                ContigDepth::new([plain_reverse, plain_forward], &[reverse, forward], self.boundary_overhang)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn block(start: u32, end: u32) -> Block {
        Block { start, end }
    }

    fn at(runs: impl Iterator<Item = (u32, u32)>, position: u32) -> u32 {
        runs.take_while(|&(p, _)| p <= position).last().map_or(0, |(_, d)| d)
    }

    #[test]
    fn a_boundary_needs_its_overhang_on_both_sides() {
        let mut builder = DepthBuilder::new(8);
        builder.add(&[block(100, 150)], &[], true);
        let depth = builder.finish();
        assert_eq!([107, 108, 142, 143].map(|b| depth.profile(true).boundary_at(b)), [0, 1, 1, 0]);
        assert_eq!([99, 100, 149, 150].map(|p| at(depth.plain(true), p)), [0, 1, 1, 0]);
        assert_eq!(depth.plain(false).count(), 0);
    }

    #[test]
    fn a_later_read_may_begin_before_the_first_change() {
        let mut builder = DepthBuilder::new(8);
        // The first block is too short for a boundary, so that the track begins far to the right.
        builder.add(&[block(100, 110), block(90_000, 90_050)], &[], true);
        builder.settle(120);
        builder.add(&[block(120, 170)], &[], true);
        let depth = builder.finish();
        assert_eq!([128, 162, 90_020].map(|b| depth.profile(true).boundary_at(b)), [1, 1, 1]);
    }

    #[test]
    fn a_short_block_changes_a_difference_behind_what_is_settled() {
        let add = |builder: &mut DepthBuilder| {
            builder.add(&[block(900, 1000)], &[], true);
            builder.settle(1024);
            builder.add(&[block(1024, 1026)], &[], true);
        };
        let (mut window, mut any) = (DepthBuilder::new(8), DepthBuilder::new(8));
        any.unsort();
        add(&mut window);
        add(&mut any);
        let (window, any) = (window.finish(), any.finish());
        assert_eq!(window, any);
        assert_eq!([992, 993, 1019, 1025].map(|b| window.profile(true).boundary_at(b)), [1, 0, 0, 0]);
        assert_eq!([1023, 1025, 1026].map(|p| at(window.plain(true), p)), [0, 1, 0]);
    }

    #[test]
    fn the_last_positions_of_all_are_kept() {
        let last = [block(u32::MAX - 3000, u32::MAX - 20), block(u32::MAX - 10, u32::MAX - 1)];
        let (mut window, mut any) = (DepthBuilder::new(8), DepthBuilder::new(8));
        any.unsort();
        window.add(&last, &[], false);
        any.add(&last, &[], false);
        let (window, any) = (window.finish(), any.finish());
        assert_eq!(window, any);
        assert_eq!(window.plain(false).count(), 4);
    }

    #[test]
    fn overlapping_mates_cover_once() {
        let mut builder = DepthBuilder::new(1);
        let first = [block(100, 200), block(300, 350)];
        builder.add(&first, &[], true);
        builder.add(&[block(150, 200), block(300, 400)], &first, true);
        let depth = builder.finish();
        for (position, expected) in [(120, 1), (180, 1), (250, 0), (320, 1), (390, 1), (400, 0)] {
            assert_eq!(at(depth.plain(true), position), expected, "at {position}");
        }
    }

    proptest! {
        #[test]
        fn any_order_gives_the_same_track(
            pairs in proptest::collection::vec(
                ((0u32..20_000, prop_oneof![1u32..30, 1u32..3_000]), (0u32..60, 1u32..60, 0u32..3)),
                1..60,
            ),
            overhang in 0u32..12,
        ) {
            // Each alignment with its mate that was added before: one that begins some bases farther right, in two
            // blocks where there is a gap.
            let mut alignments: Vec<(Vec<Block>, Option<Vec<Block>>)> = Vec::new();
            for &((start, length), (shift, longer, gap)) in &pairs {
                let first = vec![block(start, start + length)];
                let (from, half) = (start + shift, length / 2 + longer);
                let second = match gap {
                    0 => vec![block(from, from + half)],
                    _ => vec![block(from, from + half), block(from + half + gap, from + 2 * half + gap)],
                };
                alignments.extend([(first.clone(), None), (second, Some(first))]);
            }
            let add = |builder: &mut DepthBuilder, (blocks, mate): &(Vec<Block>, Option<Vec<Block>>)| {
                builder.add(blocks, mate.as_deref().unwrap_or_default(), false);
            };
            let mut any = DepthBuilder::new(overhang);
            any.unsort();
            for alignment in &alignments {
                add(&mut any, alignment);
            }
            alignments.sort_by_key(|(blocks, _)| blocks[0].start);
            let mut window = DepthBuilder::new(overhang);
            let mut late = DepthBuilder::new(overhang);
            for (k, alignment) in alignments.iter().enumerate() {
                window.settle(alignment.0[0].start);
                add(&mut window, alignment);
                if k == alignments.len() / 2 {
                    late.unsort();
                }
                add(&mut late, alignment);
            }
            let (any, window, late) = (any.finish(), window.finish(), late.finish());
            prop_assert_eq!(&any, &window);
            prop_assert_eq!(&any, &late);
            for p in [0, 500, 5_000, 19_999] {
                let covers = |block: &Block| block.start <= p && p < block.end;
                let depth = alignments.iter().map(|(blocks, mate)| {
                    let counted = mate.iter().flatten().any(covers);
                    usize::from(!counted && blocks.iter().any(covers))
                });
                prop_assert_eq!(at(any.plain(false), p) as usize, depth.sum::<usize>());
            }
        }
    }
}
