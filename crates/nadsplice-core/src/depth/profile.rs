//! Looks up depth at places of a contig.

use super::{ContigDepth, DepthTrack};
use crate::Interval;

/// The depth of a contig in one orientation, unpacked: 20 bytes for each change.
///
/// The boundary track is not spelled out. A boundary at `b` with the overhang `a` is crossed by the blocks that begin at
/// `b - a` at the latest, less those that end before `b + a`; both numbers are sums over the plain track.
#[derive(Debug)]
pub struct DepthProfile {
    /// Where the plain depth changes.
    changes: Places,
    /// The depth from there on.
    depths: Vec<u32>,
    /// The sum of all rises up to there.
    risen: Vec<u64>,
    /// Where the boundary track changes otherwise.
    differences: Places,
    /// The sum of the differences from there on.
    differing: Vec<i64>,
    overhang: u32,
}

/// Sorted positions, for finding one of them.
#[derive(Debug)]
struct Places {
    positions: Vec<u32>,
    /// For each bucket of `2^bits` bases the positions before it; about as many as there are positions.
    before: Vec<u32>,
    bits: u32,
}

impl Places {
    fn new(positions: Vec<u32>) -> Self {
        let last = positions.last().copied().unwrap_or(0);
        let bases = last / u32::try_from(positions.len().max(1)).unwrap_or(u32::MAX) + 1;
        let bits = bases.ilog2();
        let mut before = Vec::with_capacity((last >> bits) as usize + 2);
        for (number, &position) in (0u32..).zip(&positions) {
            before.resize(before.len().max((position >> bits) as usize + 1), number);
        }
        before.push(u32::try_from(positions.len()).unwrap_or(u32::MAX));
        Self { positions, before, bits }
    }

    /// How many are at this position or before it.
    fn upto(&self, position: u32) -> usize {
        let bucket = (position >> self.bits) as usize;
        let (Some(&from), Some(&to)) = (self.before.get(bucket), self.before.get(bucket + 1)) else {
            return self.positions.len();
        };
        let (from, to) = (from as usize, to as usize);
        from + self.positions[from..to].partition_point(|&at| at <= position)
    }
}

impl DepthProfile {
    pub(super) fn new(plain: &DepthTrack, differences: &DepthTrack, overhang: u32) -> Self {
        let changes = usize::try_from(plain.len()).unwrap_or(0);
        let mut positions = Vec::with_capacity(changes);
        let mut depths = Vec::with_capacity(changes);
        let mut all_risen = Vec::with_capacity(changes);
        let (mut depth, mut risen) = (0i64, 0u64);
        for (position, change) in plain.changes() {
            depth += change;
            risen += change.max(0).unsigned_abs();
            positions.push(position);
            depths.push(u32::try_from(depth).unwrap_or(0));
            all_risen.push(risen);
        }
        let mut sum = 0;
        let (places, differing) = differences
            .changes()
            .map(|(position, change)| {
                sum += change;
                (position, sum)
            })
            .unzip();
        Self {
            changes: Places::new(positions),
            depths,
            risen: all_risen,
            differences: Places::new(places),
            differing,
            overhang,
        }
    }

    /// Fragments over the boundary before a 0-based position, with the overhang on either side.
    pub fn boundary_at(&self, position: u32) -> u32 {
        self.boundary_run(position).0
    }

    /// The same, and a later position up to which, without it, there are as many; `u32::MAX` where nothing follows.
    #[inline]
    pub fn boundary_run(&self, position: u32) -> (u32, u32) {
        // Blocks that begin early enough, and those that end too early: both lie next to the changes up to here.
        let here = self.changes.upto(position);
        let positions = &self.changes.positions;
        let (boundary, overhang) = (u64::from(position), u64::from(self.overhang));
        let (mut begun, mut ended) = (here, here);
        while begun > 0 && u64::from(positions[begun - 1]) + overhang > boundary {
            begun -= 1;
        }
        let limit = boundary + overhang;
        while positions.get(ended).is_some_and(|&at| u64::from(at) < limit) {
            ended += 1;
        }
        // Without an overhang a block that ends here ends too late.
        while ended > 0 && u64::from(positions[ended - 1]) >= limit {
            ended -= 1;
        }
        let last = |changes: usize| changes.checked_sub(1);
        let risen = |changes| last(changes).map_or(0, |k| self.risen[k].cast_signed());
        let fallen = risen(ended) - last(ended).map_or(0, |k| i64::from(self.depths[k]));
        let passed = self.differences.upto(position);
        let difference = last(passed).map_or(0, |k| self.differing[k]);
        // The next change can come from any of three: a block that begins, one that ends, a difference.
        let begins = positions.get(begun).map(|&at| at.saturating_add(self.overhang));
        let ends = positions.get(ended).map(|&at| at.saturating_add(1).saturating_sub(self.overhang));
        let next = [begins, ends, self.differences.positions.get(passed).copied()];
        let next = next.into_iter().flatten().min().unwrap_or(u32::MAX);
        (u32::try_from(risen(begun) - fallen + difference).unwrap_or(0), next)
    }

    /// Stretches of equal plain depth that make up an interval, from its start to its end.
    pub fn within(&self, interval: Interval) -> impl Iterator<Item = (Interval, u32)> + '_ {
        let mut next = self.changes.upto(interval.start());
        let mut depth = if next == 0 { 0 } else { self.depths[next - 1] };
        let mut from = interval.start();
        std::iter::from_fn(move || {
            let to =
                self.changes.positions.get(next).map_or(interval.end(), |&start| start.min(interval.end()));
            let found = (Interval::new(from, to)?, depth);
            from = to;
            if let Some(&following) = self.depths.get(next) {
                depth = following;
                next += 1;
            }
            Some(found)
        })
    }
}

impl ContigDepth {
    /// Unpacks the depth of fragments on the forward strand (`sense`) or on the reverse one.
    pub fn profile(&self, sense: bool) -> DepthProfile {
        let sense = usize::from(sense);
        DepthProfile::new(&self.plain[sense], &self.differences[sense], self.overhang)
    }
}
