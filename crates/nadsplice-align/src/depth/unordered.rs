//! The tracks of one orientation where blocks come in any order.

use nadsplice_core::{DepthTrack, DepthTrackBuilder};

use super::Ranges;

/// Changes that wait before they are sorted and merged.
const MIN_BACKLOG: usize = 1 << 18;

/// The plain and the boundary track of one orientation.
#[derive(Debug)]
pub(super) struct Unordered {
    overhang: u32,
    plain: Track,
    boundary: Track,
}

impl Unordered {
    /// Goes on from what was counted in order before, as runs of either track.
    pub(super) fn continued(
        overhang: u32,
        plain: impl Iterator<Item = (u32, u32)>,
        boundary: impl Iterator<Item = (u32, u32)>,
    ) -> Self {
        Self { overhang, plain: Track::continued(plain), boundary: Track::continued(boundary) }
    }

    /// The plain and the boundary track.
    pub(super) fn finish(self) -> [DepthTrack; 2] {
        [self.plain.finish(), self.boundary.finish()]
    }
}

impl Ranges for Unordered {
    fn overhang(&self) -> u32 {
        self.overhang
    }

    fn add_plain(&mut self, start: u32, end: u32) {
        self.plain.add(start, end);
    }

    fn add_boundary(&mut self, start: u32, end: u32) {
        self.boundary.add(start, end);
    }

    fn add_both(&mut self, start: u32, end: u32) {
        self.plain.add(start, end);
        self.boundary.add(start + self.overhang, end - self.overhang + 1);
    }

    fn extend(&mut self, end: u32, new_end: u32) {
        self.plain.add(end, new_end);
        self.boundary.add(end + 1 - self.overhang, new_end + 1 - self.overhang);
    }
}

/// Changes of one track wait and are merged into a sorted list now and then.
#[derive(Debug)]
struct Track {
    backlog: Vec<(u32, i32)>,
    merged: Vec<(u32, i64)>,
}

impl Track {
    fn continued(runs: impl Iterator<Item = (u32, u32)>) -> Self {
        let mut before = 0;
        let changes = runs.map(|(position, depth)| {
            let change = i64::from(depth) - before;
            before = depth.into();
            (position, change)
        });
        Self { backlog: Vec::new(), merged: changes.collect() }
    }

    fn add(&mut self, start: u32, end: u32) {
        self.change(start, 1);
        self.change(end, -1);
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
