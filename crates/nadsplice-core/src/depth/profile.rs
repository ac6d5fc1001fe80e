//! Looks up depth at places of a contig.

use super::{ContigDepth, DepthTrack};
use crate::Interval;

/// The depth of a contig in one orientation, unpacked: 16 bytes for each change.
///
/// The boundary track is not spelled out. A boundary at `b` with the overhang `a` is crossed by the blocks that begin at
/// `b - a` at the latest, less those that end before `b + a`; both numbers are sums over the plain track.
#[derive(Debug, Default)]
pub struct DepthProfile {
    /// Where the plain depth changes.
    positions: Vec<u32>,
    /// The depth from there on.
    depths: Vec<u32>,
    /// The sum of all rises up to there.
    risen: Vec<u64>,
    /// Where the boundary track changes otherwise, with the sum of the differences from there on.
    differences: Vec<(u32, i64)>,
    overhang: u32,
}

impl DepthProfile {
    pub(super) fn new(plain: &DepthTrack, differences: &DepthTrack, overhang: u32) -> Self {
        let changes = usize::try_from(plain.len()).unwrap_or(0);
        let mut profile = Self {
            positions: Vec::with_capacity(changes),
            depths: Vec::with_capacity(changes),
            risen: Vec::with_capacity(changes),
            differences: Vec::with_capacity(usize::try_from(differences.len()).unwrap_or(0)),
            overhang,
        };
        let (mut depth, mut risen) = (0i64, 0u64);
        for (position, change) in plain.changes() {
            depth += change;
            risen += change.max(0).unsigned_abs();
            profile.positions.push(position);
            profile.depths.push(u32::try_from(depth).unwrap_or(0));
            profile.risen.push(risen);
        }
        let mut sum = 0;
        for (position, change) in differences.changes() {
            sum += change;
            profile.differences.push((position, sum));
        }
        profile
    }

    /// Fragments over the boundary before a 0-based position, with the overhang on either side.
    pub fn boundary_at(&self, position: u32) -> u32 {
        // Blocks that begin early enough, and those that end too early: these are among the changes that follow next.
        let begun = position.checked_sub(self.overhang).map_or(0, |latest| self.changes_upto(latest));
        let limit = u64::from(position) + u64::from(self.overhang);
        let mut ended = begun;
        while self.positions.get(ended).is_some_and(|&at| u64::from(at) < limit) {
            ended += 1;
        }
        while ended > 0 && u64::from(self.positions[ended - 1]) >= limit {
            ended -= 1;
        }
        let last = |changes: usize| changes.checked_sub(1);
        let risen = |changes| last(changes).map_or(0, |k| self.risen[k].cast_signed());
        let fallen = risen(ended) - last(ended).map_or(0, |k| i64::from(self.depths[k]));
        let otherwise = self.differences.partition_point(|&(at, _)| at <= position);
        let difference = last(otherwise).map_or(0, |k| self.differences[k].1);
        u32::try_from(risen(begun) - fallen + difference).unwrap_or(0)
    }

    /// Stretches of equal plain depth that make up an interval, from its start to its end.
    pub fn within(&self, interval: Interval) -> impl Iterator<Item = (Interval, u32)> + '_ {
        let mut next = self.changes_upto(interval.start());
        let mut depth = if next == 0 { 0 } else { self.depths[next - 1] };
        let mut from = interval.start();
        std::iter::from_fn(move || {
            let to = self.positions.get(next).map_or(interval.end(), |&start| start.min(interval.end()));
            let found = (Interval::new(from, to)?, depth);
            from = to;
            if let Some(&following) = self.depths.get(next) {
                depth = following;
                next += 1;
            }
            Some(found)
        })
    }

    /// Changes of the plain depth at this position or before it.
    fn changes_upto(&self, position: u32) -> usize {
        self.positions.partition_point(|&at| at <= position)
    }
}

impl ContigDepth {
    /// Unpacks the depth of fragments on the forward strand (`sense`) or on the reverse one.
    pub fn profile(&self, sense: bool) -> DepthProfile {
        let sense = usize::from(sense);
        DepthProfile::new(&self.plain[sense], &self.differences[sense], self.overhang)
    }
}
