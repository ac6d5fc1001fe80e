//! Builds run-length-coded depth without an array the size of a genome.

use std::collections::VecDeque;

use nadsplice_core::{ContigDepth, DepthTrack, DepthTrackBuilder};

use crate::cigar::Block;

/// Bases per page of the moving window.
const PAGE_BITS: u32 = 10;
const PAGE: usize = 1 << PAGE_BITS;

/// Events that wait before they are sorted and merged, where the input is in no order.
const MIN_BACKLOG: usize = 1 << 18;

/// The tracks that are counted together, as an index into what holds both.
const PLAIN: usize = 0;
const BOUNDARY: usize = 1;

/// Both tracks of one orientation while a contig is being counted.
#[derive(Debug)]
enum Builder {
    /// Input in coordinate order: pages of changes around the current position.
    Window(Box<Window>),
    /// Input in any order: changes wait and are merged into a sorted list now and then.
    Any(Box<[Unordered; 2]>),
}

/// Changes of depth around the current position, by pages.
#[derive(Debug, Default)]
struct Window {
    pages: VecDeque<Option<Box<Page>>>,
    /// The number of the first page.
    first: u32,
    /// Pages without a change, for reuse.
    spare: Vec<Box<Page>>,
    encoders: [DepthTrackBuilder; 2],
}

/// Changes of depth of one page in both tracks, and a bit for each position that has one.
#[derive(Debug)]
struct Page {
    touched: [[u64; PAGE / 64]; 2],
    changes: [[i32; PAGE]; 2],
}

/// Changes of depth of one track that came in any order.
#[derive(Debug, Default)]
struct Unordered {
    backlog: Vec<(u32, i32)>,
    merged: Vec<(u32, i64)>,
}

impl Default for Page {
    fn default() -> Self {
        Self { touched: [[0; PAGE / 64]; 2], changes: [[0; PAGE]; 2] }
    }
}

impl Page {
    #[inline]
    fn change(&mut self, track: usize, position: u32, by: i32) {
        let within = position as usize & (PAGE - 1);
        self.touched[track][within / 64] |= 1 << (within % 64);
        self.changes[track][within] += by;
    }

    /// Hands over the changes in order and leaves the page without one.
    fn encode(&mut self, number: u32, encoders: &mut [DepthTrackBuilder; 2]) {
        for ((touched, changes), encoder) in self.touched.iter_mut().zip(&mut self.changes).zip(encoders) {
            for (word, from) in touched.iter_mut().zip((0u32..).step_by(64)) {
                while *word != 0 {
                    let at = from + word.trailing_zeros();
                    *word &= *word - 1;
                    let change = std::mem::take(&mut changes[at as usize]);
                    encoder.push((number << PAGE_BITS) + at, i64::from(change));
                }
            }
        }
    }
}

impl Window {
    #[inline]
    fn page(&mut self, position: u32) -> &mut Page {
        let at = ((position >> PAGE_BITS) - self.first) as usize;
        if !matches!(self.pages.get(at), Some(Some(_))) {
            self.add_page(at);
        }
        self.pages[at].get_or_insert_default()
    }

    #[cold]
    fn add_page(&mut self, at: usize) {
        if at >= self.pages.len() {
            self.pages.resize_with(at + 1, || None);
        }
        self.pages[at] = Some(self.spare.pop().unwrap_or_default());
    }

    #[inline]
    fn change(&mut self, track: usize, position: u32, by: i32) {
        self.page(position).change(track, position, by);
    }

    /// Adds a block to both tracks; it is at least twice as long as the overhang.
    #[inline]
    fn add(&mut self, block: Block, overhang: u32) {
        let changes = [
            (PLAIN, block.start, 1),
            (BOUNDARY, block.start + overhang, 1),
            (BOUNDARY, block.end - overhang + 1, -1),
            (PLAIN, block.end, -1),
        ];
        // Without an overhang a boundary change lies one base behind the block's end.
        if block.start >> PAGE_BITS == (block.end + 1) >> PAGE_BITS {
            let page = self.page(block.start);
            for (track, position, by) in changes {
                page.change(track, position, by);
            }
        } else {
            for (track, position, by) in changes {
                self.change(track, position, by);
            }
        }
    }

    /// Nothing will be added before `position` any more.
    fn settle(&mut self, position: u32) {
        let page = position >> PAGE_BITS;
        while self.first < page
            && let Some(changes) = self.pages.pop_front()
        {
            if let Some(mut changes) = changes {
                changes.encode(self.first, &mut self.encoders);
                self.spare.push(changes);
            }
            self.first += 1;
        }
        // Nothing waits: the window moves on to where the next change can come at the earliest.
        self.first = self.first.max(page);
    }

    fn finish(mut self) -> [DepthTrack; 2] {
        for (page, changes) in (self.first..).zip(&mut self.pages) {
            if let Some(changes) = changes {
                changes.encode(page, &mut self.encoders);
            }
        }
        self.encoders.map(DepthTrackBuilder::finish)
    }
}

impl Unordered {
    fn continued(track: &DepthTrack) -> Self {
        let mut before = 0;
        let changes = track.runs().map(|(position, depth)| {
            let change = i64::from(depth) - before;
            before = depth.into();
            (position, change)
        });
        Self { backlog: Vec::new(), merged: changes.collect() }
    }

    fn change(&mut self, position: u32, by: i32) {
        self.backlog.push((position, by));
        if self.backlog.len() >= MIN_BACKLOG.max(self.merged.len() / 2) {
            self.merge();
        }
    }

    /// Sorts the backlog into the merged list, one entry a position, and empties it.
    fn merge(&mut self) {
        self.backlog.sort_unstable_by_key(|&(position, _)| position);
        let mut out: Vec<(u32, i64)> = Vec::with_capacity(self.merged.len() + self.backlog.len());
        let mut push = |position: u32, change: i64| match out.last_mut() {
            Some(last) if last.0 == position => last.1 += change,
            _ => out.push((position, change)),
        };
        let mut old = self.merged.iter().copied().peekable();
        for (position, change) in self.backlog.drain(..) {
            while let Some((p, c)) = old.next_if(|&(p, _)| p <= position) {
                push(p, c);
            }
            push(position, i64::from(change));
        }
        for (p, c) in old {
            push(p, c);
        }
        out.retain(|&(_, change)| change != 0);
        self.merged = out;
    }

    fn finish(mut self) -> DepthTrack {
        self.merge();
        let mut encoder = DepthTrackBuilder::default();
        for (position, change) in self.merged {
            encoder.push(position, change);
        }
        encoder.finish()
    }
}

impl Builder {
    #[inline]
    fn add(&mut self, track: usize, start: u32, end: u32) {
        match self {
            Self::Window(window) => {
                window.change(track, start, 1);
                window.change(track, end, -1);
            }
            Self::Any(tracks) => {
                tracks[track].change(start, 1);
                tracks[track].change(end, -1);
            }
        }
    }

    /// Adds blocks that nothing covers yet.
    #[inline]
    fn add_all(&mut self, blocks: &[Block], overhang: u32) {
        for block in blocks {
            match self {
                Self::Window(window) if block.end - block.start >= 2 * overhang => {
                    window.add(*block, overhang);
                }
                _ => {
                    self.add(PLAIN, block.start, block.end);
                    if let Some((start, end)) = shortened(*block, overhang) {
                        self.add(BOUNDARY, start, end);
                    }
                }
            }
        }
    }

    /// Adds blocks to a track less what the mate's blocks cover in it already.
    fn add_new(
        &mut self,
        track: usize,
        blocks: &[Block],
        mate: &[Block],
        range: impl Fn(&Block) -> Option<(u32, u32)>,
    ) {
        for block in blocks {
            let Some((mut start, end)) = range(block) else { continue };
            // Ranges of the mate are disjoint and in order, as its blocks are.
            for (from, to) in mate.iter().filter_map(&range) {
                if to <= start {
                    continue;
                }
                if end <= from {
                    break;
                }
                if start < from {
                    self.add(track, start, from);
                }
                start = to;
            }
            if start < end {
                self.add(track, start, end);
            }
        }
    }

    /// Nothing will be added before `position` any more.
    fn settle(&mut self, position: u32) {
        if let Self::Window(window) = self {
            window.settle(position);
        }
    }

    /// Goes over to input in any order, keeping what was counted.
    fn unsort(&mut self) {
        if let Self::Window(window) = self {
            let tracks = std::mem::take(window).finish();
            *self = Self::Any(Box::new(tracks.each_ref().map(Unordered::continued)));
        }
    }

    fn finish(self) -> [DepthTrack; 2] {
        match self {
            Self::Window(window) => window.finish(),
            Self::Any(tracks) => tracks.map(Unordered::finish),
        }
    }
}

/// The boundaries that a block lies over with its overhang on either side.
fn shortened(block: Block, overhang: u32) -> Option<(u32, u32)> {
    (block.end - block.start >= 2 * overhang).then(|| (block.start + overhang, block.end - overhang + 1))
}

/// The tracks of one contig while it is being counted.
#[derive(Debug)]
pub(crate) struct DepthBuilder {
    /// By orientation.
    tracks: [Builder; 2],
    boundary_overhang: u32,
}

impl DepthBuilder {
    pub(crate) fn new(boundary_overhang: u32) -> Self {
        let tracks = [(); 2].map(|()| Builder::Window(Box::default()));
        Self { tracks, boundary_overhang }
    }

    /// Adds the blocks of an alignment less what its mate, added before, covers already.
    pub(crate) fn add(&mut self, blocks: &[Block], mate: Option<&[Block]>, sense: bool) {
        let overhang = self.boundary_overhang;
        let builder = &mut self.tracks[usize::from(sense)];
        let apart = |mate: &[Block]| match (mate.first(), mate.last(), blocks.first(), blocks.last()) {
            // A boundary track reaches one base further without an overhang.
            (Some(from), Some(to), Some(start), Some(end)) => to.end < start.start || end.end < from.start,
            _ => true,
        };
        match mate {
            Some(mate) if !apart(mate) => {
                builder.add_new(PLAIN, blocks, mate, |block| Some((block.start, block.end)));
                builder.add_new(BOUNDARY, blocks, mate, |block| shortened(*block, overhang));
            }
            _ => builder.add_all(blocks, overhang),
        }
    }

    /// Nothing will be added before the 0-based position any more.
    pub(crate) fn settle(&mut self, position: u32) {
        for builder in &mut self.tracks {
            builder.settle(position);
        }
    }

    /// From now on blocks come in any order.
    pub(crate) fn unsort(&mut self) {
        for builder in &mut self.tracks {
            builder.unsort();
        }
    }

    pub(crate) fn finish(self) -> ContigDepth {
        let [[plain_reverse, boundary_reverse], [plain_forward, boundary_forward]] =
            self.tracks.map(Builder::finish);
        let boundary = [boundary_reverse, boundary_forward];
        ContigDepth::new([plain_reverse, plain_forward], &boundary, self.boundary_overhang)
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
        builder.add(&[block(100, 150)], None, true);
        let depth = builder.finish();
        assert_eq!([107, 108, 142, 143].map(|b| depth.profile(true).boundary_at(b)), [0, 1, 1, 0]);
        assert_eq!([99, 100, 149, 150].map(|p| at(depth.plain(true), p)), [0, 1, 1, 0]);
        assert_eq!(depth.plain(false).count(), 0);
    }

    #[test]
    fn a_later_read_may_begin_before_the_first_change() {
        let mut builder = DepthBuilder::new(8);
        // The first block is too short for a boundary, so that the track begins far to the right.
        builder.add(&[block(100, 110), block(90_000, 90_050)], None, true);
        builder.settle(120);
        builder.add(&[block(120, 170)], None, true);
        let depth = builder.finish();
        assert_eq!([128, 162, 90_020].map(|b| depth.profile(true).boundary_at(b)), [1, 1, 1]);
    }

    #[test]
    fn overlapping_mates_cover_once() {
        let mut builder = DepthBuilder::new(1);
        let first = [block(100, 200), block(300, 350)];
        builder.add(&first, None, true);
        builder.add(&[block(150, 200), block(300, 400)], Some(&first), true);
        let depth = builder.finish();
        for (position, expected) in [(120, 1), (180, 1), (250, 0), (320, 1), (390, 1), (400, 0)] {
            assert_eq!(at(depth.plain(true), position), expected, "at {position}");
        }
    }

    proptest! {
        #[test]
        fn any_order_gives_the_same_track(blocks in proptest::collection::vec((0u32..20_000, 1u32..3_000), 1..60)) {
            let mut sorted: Vec<Block> = blocks.iter().map(|&(s, l)| block(s, s + l)).collect();
            let mut any = DepthBuilder::new(5);
            any.unsort();
            for b in &sorted {
                any.add(&[*b], None, false);
            }
            sorted.sort_by_key(|b| b.start);
            let mut window = DepthBuilder::new(5);
            let mut late = DepthBuilder::new(5);
            for (k, b) in sorted.iter().enumerate() {
                window.settle(b.start);
                window.add(&[*b], None, false);
                if k == sorted.len() / 2 {
                    late.unsort();
                }
                late.add(&[*b], None, false);
            }
            let (any, window, late) = (any.finish(), window.finish(), late.finish());
            prop_assert_eq!(&any, &window);
            prop_assert_eq!(&any, &late);
            for p in [0, 500, 5_000, 19_999] {
                let depth = sorted.iter().filter(|b| b.start <= p && p < b.end).count();
                prop_assert_eq!(at(any.plain(false), p) as usize, depth);
            }
        }
    }
}
