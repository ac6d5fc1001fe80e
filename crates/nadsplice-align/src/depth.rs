//! Builds run-length-coded depth without an array the size of a genome.

use std::collections::VecDeque;

use nadsplice_core::{ContigDepth, DepthTrack, DepthTrackBuilder};

use crate::cigar::Block;

/// Bases per page of the moving window.
const PAGE_BITS: u32 = 10;
const PAGE: usize = 1 << PAGE_BITS;

/// Events that wait before they are sorted and merged, where the input is in no order.
const MIN_BACKLOG: usize = 1 << 18;

/// One track of one contig while it is being counted.
#[derive(Debug)]
enum Builder {
    /// Input in coordinate order: pages of changes around the current position.
    Window(Window),
    /// Input in any order: changes wait and are merged into a sorted list now and then.
    Any { backlog: Vec<(u32, i32)>, merged: Vec<(u32, i64)> },
}

/// Changes of depth around the current position, by pages.
#[derive(Debug, Default)]
struct Window {
    pages: VecDeque<Option<Box<Page>>>,
    /// The number of the first page.
    first: u32,
    /// Pages without a change, for reuse.
    spare: Vec<Box<Page>>,
    encoder: DepthTrackBuilder,
}

/// Changes of depth of one page, and a bit for each position that has one.
#[derive(Debug)]
struct Page {
    touched: [u64; PAGE / 64],
    changes: [i32; PAGE],
}

impl Default for Page {
    fn default() -> Self {
        Self { touched: [0; PAGE / 64], changes: [0; PAGE] }
    }
}

impl Page {
    /// Hands over the changes in order and leaves the page without one.
    fn encode(&mut self, number: u32, encoder: &mut DepthTrackBuilder) {
        for (word, from) in self.touched.iter_mut().zip((0u32..).step_by(64)) {
            while *word != 0 {
                let at = from + word.trailing_zeros();
                *word &= *word - 1;
                let change = std::mem::take(&mut self.changes[at as usize]);
                encoder.push((number << PAGE_BITS) + at, i64::from(change));
            }
        }
    }
}

impl Window {
    #[inline]
    fn change(&mut self, position: u32, by: i32) {
        let at = ((position >> PAGE_BITS) - self.first) as usize;
        if at >= self.pages.len() {
            self.pages.resize_with(at + 1, || None);
        }
        let page = self.pages[at].get_or_insert_with(|| self.spare.pop().unwrap_or_default());
        let within = position as usize & (PAGE - 1);
        page.touched[within / 64] |= 1 << (within % 64);
        page.changes[within] += by;
    }

    /// Nothing will be added before `position` any more.
    fn settle(&mut self, position: u32) {
        let page = position >> PAGE_BITS;
        while self.first < page
            && let Some(changes) = self.pages.pop_front()
        {
            if let Some(mut changes) = changes {
                changes.encode(self.first, &mut self.encoder);
                self.spare.push(changes);
            }
            self.first += 1;
        }
        // Nothing waits: the window moves on to where the next change can come at the earliest.
        self.first = self.first.max(page);
    }

    fn finish(mut self) -> DepthTrack {
        for (page, changes) in (self.first..).zip(&mut self.pages) {
            if let Some(changes) = changes {
                changes.encode(page, &mut self.encoder);
            }
        }
        self.encoder.finish()
    }
}

impl Builder {
    fn window() -> Self {
        Self::Window(Window::default())
    }

    fn add(&mut self, start: u32, end: u32) {
        self.change(start, 1);
        self.change(end, -1);
    }

    #[inline]
    fn change(&mut self, position: u32, by: i32) {
        match self {
            Self::Window(window) => window.change(position, by),
            Self::Any { backlog, merged } => {
                backlog.push((position, by));
                if backlog.len() >= MIN_BACKLOG.max(merged.len() / 2) {
                    merge(backlog, merged);
                }
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
        if let Self::Window(_) = self {
            let window = std::mem::replace(self, Self::Any { backlog: Vec::new(), merged: Vec::new() });
            let track = window.finish();
            if let Self::Any { merged, .. } = self {
                let mut before = 0i64;
                for (position, depth) in track.runs() {
                    merged.push((position, i64::from(depth) - before));
                    before = i64::from(depth);
                }
            }
        }
    }

    fn finish(self) -> DepthTrack {
        match self {
            Self::Window(window) => window.finish(),
            Self::Any { mut backlog, mut merged } => {
                merge(&mut backlog, &mut merged);
                let mut encoder = DepthTrackBuilder::default();
                for (position, change) in merged {
                    encoder.push(position, change);
                }
                encoder.finish()
            }
        }
    }
}

/// Sorts the backlog into the merged list, one entry a position, and empties it.
fn merge(backlog: &mut Vec<(u32, i32)>, merged: &mut Vec<(u32, i64)>) {
    backlog.sort_unstable_by_key(|&(position, _)| position);
    let mut out: Vec<(u32, i64)> = Vec::with_capacity(merged.len() + backlog.len());
    let mut push = |position: u32, change: i64| match out.last_mut() {
        Some(last) if last.0 == position => last.1 += change,
        _ => out.push((position, change)),
    };
    let mut old = merged.iter().copied().peekable();
    for &(position, change) in backlog.iter() {
        while let Some((p, c)) = old.next_if(|&(p, _)| p <= position) {
            push(p, c);
        }
        push(position, i64::from(change));
    }
    for (p, c) in old {
        push(p, c);
    }
    out.retain(|&(_, change)| change != 0);
    *merged = out;
    backlog.clear();
}

/// The tracks of one contig while it is being counted.
#[derive(Debug)]
pub(crate) struct DepthBuilder {
    plain: [Builder; 2],
    boundary: [Builder; 2],
    boundary_overhang: u32,
}

impl DepthBuilder {
    pub(crate) fn new(boundary_overhang: u32) -> Self {
        Self {
            plain: [Builder::window(), Builder::window()],
            boundary: [Builder::window(), Builder::window()],
            boundary_overhang,
        }
    }

    /// Adds the blocks of an alignment less what its mate, added before, covers already.
    pub(crate) fn add(&mut self, blocks: &[Block], mate: Option<&[Block]>, sense: bool) {
        let a = self.boundary_overhang;
        let shorten = |b: &Block| (b.end - b.start >= 2 * a).then(|| (b.start + a, b.end - a + 1));
        let whole = |b: &Block| Some((b.start, b.end));
        add_new(&mut self.plain[usize::from(sense)], blocks, mate, whole);
        add_new(&mut self.boundary[usize::from(sense)], blocks, mate, shorten);
    }

    /// Nothing will be added before the 0-based position any more.
    pub(crate) fn settle(&mut self, position: u32) {
        for builder in self.plain.iter_mut().chain(&mut self.boundary) {
            builder.settle(position);
        }
    }

    /// From now on blocks come in any order.
    pub(crate) fn unsort(&mut self) {
        for builder in self.plain.iter_mut().chain(&mut self.boundary) {
            builder.unsort();
        }
    }

    pub(crate) fn finish(self) -> ContigDepth {
        let [plain, boundary] = [self.plain, self.boundary].map(|tracks| tracks.map(Builder::finish));
        ContigDepth::new(plain, &boundary, self.boundary_overhang)
    }
}

fn add_new(
    track: &mut Builder,
    blocks: &[Block],
    mate: Option<&[Block]>,
    range: impl Fn(&Block) -> Option<(u32, u32)>,
) {
    for block in blocks {
        let Some((mut start, end)) = range(block) else { continue };
        // Ranges of the mate are disjoint and in order, as its blocks are.
        for (from, to) in mate.unwrap_or(&[]).iter().filter_map(&range) {
            if to <= start {
                continue;
            }
            if end <= from {
                break;
            }
            if start < from {
                track.add(start, from);
            }
            start = to;
        }
        if start < end {
            track.add(start, end);
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
        builder.add(&[block(100, 150)], None, true);
        let depth = builder.finish();
        assert_eq!([107, 108, 142, 143].map(|b| at(depth.boundary(true), b)), [0, 1, 1, 0]);
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
        assert_eq!([128, 162, 90_020].map(|b| at(depth.boundary(true), b)), [1, 1, 1]);
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
