//! The tracks of one orientation where blocks come in coordinate order.

use std::collections::VecDeque;

use nadsplice_core::{DepthTrack, DepthTrackBuilder};

use super::Ranges;

/// Positions of a page, as a power of two.
pub(super) const PAGE_BITS: u32 = 10;
const PAGE: usize = 1 << PAGE_BITS;
/// Pages of all positions.
const PAGES: u32 = 1 << (u32::BITS - PAGE_BITS);

/// Counts around the current position, by pages.
#[derive(Debug)]
struct Pages<C> {
    held: VecDeque<Option<Box<Page<C>>>>,
    /// The number of the first page.
    first: u32,
    /// Pages that count nothing, for reuse.
    spare: Vec<Box<Page<C>>>,
}

/// Counts of one page, and a bit for each position that has some.
#[derive(Debug)]
struct Page<C> {
    touched: [u64; PAGE / 64],
    counts: [C; PAGE],
}

impl<C> Default for Pages<C> {
    fn default() -> Self {
        Self { held: VecDeque::new(), first: 0, spare: Vec::new() }
    }
}

impl<C: Copy + Default> Default for Page<C> {
    fn default() -> Self {
        Self { touched: [0; PAGE / 64], counts: [C::default(); PAGE] }
    }
}

impl<C: Copy + Default> Page<C> {
    #[inline(always)]
    fn at(&mut self, position: u32) -> &mut C {
        let within = position as usize & (PAGE - 1);
        self.touched[within / 64] |= 1 << (within % 64);
        &mut self.counts[within]
    }

    /// Hands over the counts in order and leaves none.
    fn take(&mut self, number: u32, mut each: impl FnMut(u32, C)) {
        for (word, from) in self.touched.iter_mut().zip((0u32..).step_by(64)) {
            while *word != 0 {
                let within = from + word.trailing_zeros();
                *word &= *word - 1;
                each((number << PAGE_BITS) + within, std::mem::take(&mut self.counts[within as usize]));
            }
        }
    }
}

impl<C: Copy + Default> Pages<C> {
    #[inline(always)]
    fn page(&mut self, position: u32) -> &mut Page<C> {
        let at = ((position >> PAGE_BITS) - self.first) as usize;
        if !matches!(self.held.get(at), Some(Some(_))) {
            self.add_page(at);
        }
        self.held[at].get_or_insert_default()
    }

    #[cold]
    fn add_page(&mut self, at: usize) {
        if at >= self.held.len() {
            self.held.resize_with(at + 1, || None);
        }
        self.held[at] = Some(self.spare.pop().unwrap_or_default());
    }

    /// The count of a position.
    #[inline(always)]
    fn at(&mut self, position: u32) -> &mut C {
        self.page(position).at(position)
    }

    /// Hands over in order what is counted before this page.
    fn settle(&mut self, page: u32, mut each: impl FnMut(u32, C)) {
        while self.first < page
            && let Some(counts) = self.held.pop_front()
        {
            if let Some(mut counts) = counts {
                counts.take(self.first, &mut each);
                self.spare.push(counts);
            }
            self.first += 1;
        }
        // Nothing waits: the window moves on to where the next count can come at the earliest.
        self.first = self.first.max(page);
    }
}

/// Ranges that begin and that end at a position.
#[derive(Clone, Copy, Debug, Default)]
struct Ends {
    begin: u32,
    end: u32,
}

/// The plain track of one orientation, and the differences between its boundary track and the plain one when that
/// is moved by the overhang ([`nadsplice_core::ContigDepth`]).
///
/// A block that is long enough adds nothing to the differences, but for this: where some ranges end and others begin
/// at one position, they cancel each other in the plain track and cannot be moved there.
#[derive(Debug)]
pub(super) struct Window {
    overhang: u32,
    ends: Pages<Ends>,
    differences: Pages<i32>,
    plain_track: DepthTrackBuilder,
    difference_track: DepthTrackBuilder,
}

impl Window {
    pub(super) fn new(overhang: u32) -> Self {
        Self {
            overhang,
            ends: Pages::default(),
            differences: Pages::default(),
            plain_track: DepthTrackBuilder::default(),
            difference_track: DepthTrackBuilder::default(),
        }
    }

    /// Counts where a range of the plain track begins and ends.
    #[inline(always)]
    fn count_ends(&mut self, start: u32, end: u32) {
        if start >> PAGE_BITS == end >> PAGE_BITS {
            let page = self.ends.page(start);
            page.at(start).begin += 1;
            page.at(end).end += 1;
        } else {
            self.ends.at(start).begin += 1;
            self.ends.at(end).end += 1;
        }
    }

    /// No range will begin before `position` any more.
    pub(super) fn settle(&mut self, position: u32) {
        self.settle_pages(position >> PAGE_BITS);
    }

    fn settle_pages(&mut self, page: u32) {
        self.settle_ends(page);
        // What is still to come can change a difference a bit before it.
        self.settle_differences(moved(0, page << PAGE_BITS, self.overhang).1 >> PAGE_BITS);
    }

    fn settle_ends(&mut self, page: u32) {
        let Self { overhang, ends, differences, plain_track, .. } = self;
        ends.settle(page, |position, Ends { begin, end }| {
            plain_track.push(position, i64::from(begin) - i64::from(end));
            let both = begin.min(end).cast_signed();
            if both > 0 {
                let (begin, end) = moved(position, position, *overhang);
                *differences.at(begin) += both;
                *differences.at(end) -= both;
            }
        });
    }

    fn settle_differences(&mut self, page: u32) {
        let Self { differences, difference_track, .. } = self;
        differences.settle(page, |position, change| difference_track.push(position, change.into()));
    }

    /// The plain track and the differences.
    pub(super) fn finish(mut self) -> [DepthTrack; 2] {
        self.settle_ends(PAGES);
        self.settle_differences(PAGES);
        [self.plain_track.finish(), self.difference_track.finish()]
    }
}

impl Ranges for Window {
    fn overhang(&self) -> u32 {
        self.overhang
    }

    fn add_plain(&mut self, start: u32, end: u32) {
        self.count_ends(start, end);
        let (begin, end) = moved(start, end, self.overhang);
        *self.differences.at(begin) -= 1;
        *self.differences.at(end) += 1;
    }

    fn add_boundary(&mut self, start: u32, end: u32) {
        *self.differences.at(start) += 1;
        *self.differences.at(end) -= 1;
    }

    #[inline(always)]
    fn add_both(&mut self, start: u32, end: u32) {
        self.count_ends(start, end);
    }

    #[inline(always)]
    fn extend(&mut self, end: u32, new_end: u32) {
        self.ends.at(end).end -= 1;
        self.ends.at(new_end).end += 1;
    }
}

/// Where a range begins and ends in the boundary track that it would have from its ends in the plain one.
fn moved(start: u32, end: u32, overhang: u32) -> (u32, u32) {
    (start.saturating_add(overhang), end.saturating_add(1).saturating_sub(overhang))
}
