//! Looks up a sample's depth along a contig.

use nadsplice_core::{ContigDepth, Interval};

use crate::evidence::Senses;

/// Depth along a contig, of one orientation of fragments or of both.
#[derive(Debug, Default)]
pub(crate) struct DepthProfile {
    /// Start of a run, 0-based, and the depth up to the next run.
    runs: Vec<(u32, u32)>,
}

impl DepthProfile {
    /// The sum of the tracks of the given orientations.
    pub(crate) fn plain(depth: &ContigDepth, senses: Senses) -> Self {
        Self::of(|sense| depth.plain(sense), senses)
    }

    /// Fragments over the boundary before each position.
    pub(crate) fn boundary(depth: &ContigDepth, senses: Senses) -> Self {
        Self::of(|sense| depth.boundary(sense), senses)
    }

    fn of<R: Iterator<Item = (u32, u32)>>(runs: impl Fn(bool) -> R, senses: Senses) -> Self {
        let mut wanted = senses.iter().map(runs);
        match (wanted.next(), wanted.next()) {
            (Some(one), Some(other)) => Self { runs: sum(one, other) },
            (Some(one), None) => Self { runs: one.collect() },
            _ => Self::default(),
        }
    }

    /// The depth at a 0-based position.
    pub(crate) fn at(&self, position: u32) -> u32 {
        match self.runs.partition_point(|&(start, _)| start <= position) {
            0 => 0,
            after => self.runs[after - 1].1,
        }
    }

    /// The stretches of equal depth within an interval, in genome order and without gaps.
    pub(crate) fn within(&self, interval: Interval) -> impl Iterator<Item = (Interval, u32)> + '_ {
        let mut next = self.runs.partition_point(|&(start, _)| start <= interval.start());
        let mut depth = if next == 0 { 0 } else { self.runs[next - 1].1 };
        let mut from = interval.start();
        std::iter::from_fn(move || {
            let to = self.runs.get(next).map_or(interval.end(), |&(start, _)| start.min(interval.end()));
            let found = (Interval::new(from, to)?, depth);
            from = to;
            if let Some(&(_, following)) = self.runs.get(next) {
                depth = following;
                next += 1;
            }
            Some(found)
        })
    }

    /// The lowest depth within an interval.
    pub(crate) fn lowest(&self, interval: Interval) -> u32 {
        self.within(interval).map(|(_, depth)| depth).min().unwrap_or(0)
    }
}

/// The runs of the sum of two tracks.
fn sum(
    one: impl Iterator<Item = (u32, u32)>,
    other: impl Iterator<Item = (u32, u32)>,
) -> Vec<(u32, u32)> {
    let (mut one, mut other) = (one.peekable(), other.peekable());
    let (mut left, mut right) = (0u32, 0u32);
    let mut runs = Vec::new();
    loop {
        let at = match (one.peek(), other.peek()) {
            (Some(&(a, _)), Some(&(b, _))) => a.min(b),
            (Some(&(a, _)), None) => a,
            (None, Some(&(b, _))) => b,
            (None, None) => return runs,
        };
        if let Some((_, depth)) = one.next_if(|&(start, _)| start == at) {
            left = depth;
        }
        if let Some((_, depth)) = other.next_if(|&(start, _)| start == at) {
            right = depth;
        }
        runs.push((at, left.saturating_add(right)));
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{DepthTrack, DepthTrackBuilder, LibraryStrandedness, Strand};
    use proptest::prelude::*;

    use super::*;

    fn track(blocks: &[(u32, u32)]) -> DepthTrack {
        let mut changes: Vec<(u32, i64)> = blocks.iter().flat_map(|&(s, e)| [(s, 1), (e, -1)]).collect();
        changes.sort_unstable();
        let mut builder = DepthTrackBuilder::default();
        for same in changes.chunk_by(|a, b| a.0 == b.0) {
            builder.push(same[0].0, same.iter().map(|c| c.1).sum());
        }
        builder.finish()
    }

    fn depth(plain: [DepthTrack; 2]) -> ContigDepth {
        ContigDepth::new(plain, &[track(&[]), track(&[])], 8)
    }

    fn interval(start: u32, end: u32) -> Interval {
        Interval::new(start, end).unwrap()
    }

    #[test]
    fn orientations_are_added_or_kept_apart() {
        let depth = depth([track(&[(10, 20)]), track(&[(15, 30), (15, 18)])]);
        let both = Senses::of(LibraryStrandedness::Unstranded, None);
        let forward = Senses::of(LibraryStrandedness::Forward, Some(Strand::Forward));
        let depths = |senses| [9, 10, 15, 18, 20, 30].map(|at| DepthProfile::plain(&depth, senses).at(at));
        assert_eq!(depths(both), [0, 1, 3, 2, 1, 0]);
        assert_eq!(depths(forward), [0, 0, 2, 1, 1, 0]);
    }

    #[test]
    fn an_interval_without_reads_is_one_stretch() {
        let profile =
            DepthProfile::plain(&ContigDepth::default(), Senses::of(LibraryStrandedness::Unstranded, None));
        assert_eq!(profile.within(interval(5, 9)).collect::<Vec<_>>(), [(interval(5, 9), 0)]);
    }

    proptest! {
        #[test]
        fn stretches_equal_the_depth_at_every_base(
            blocks in proptest::collection::vec((0u32..60, 1u32..20), 0..12),
            start in 0u32..70,
            length in 1u32..40,
        ) {
            let blocks: Vec<(u32, u32)> = blocks.into_iter().map(|(s, l)| (s, s + l)).collect();
            let (one, other) = blocks.split_at(blocks.len() / 2);
            let both = Senses::of(LibraryStrandedness::Unstranded, None);
            let profile = DepthProfile::plain(&depth([track(one), track(other)]), both);
            let wanted = interval(start, start + length);
            let brute = |at: u32| blocks.iter().map(|&(s, e)| u32::from(s <= at && at < e)).sum::<u32>();
            let mut next = start;
            for (stretch, depth) in profile.within(wanted) {
                prop_assert_eq!(stretch.start(), next);
                next = stretch.end();
                for at in stretch.start()..stretch.end() {
                    prop_assert_eq!((depth, profile.at(at)), (brute(at), brute(at)));
                }
            }
            prop_assert_eq!(next, wanted.end());
            prop_assert_eq!(profile.lowest(wanted), (start..start + length).map(brute).min().unwrap());
        }
    }
}
