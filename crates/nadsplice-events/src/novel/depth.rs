//! Looks up a sample's depth along a contig.

use nadsplice_core::{ContigDepth, DepthProfile, Interval};

use crate::evidence::Senses;

/// Depth along one contig in both orientations.
#[derive(Debug)]
pub(crate) struct ContigProfile([DepthProfile; 2]);

impl ContigProfile {
    pub(crate) fn new(depth: &ContigDepth) -> Self {
        Self([false, true].map(|sense| depth.profile(sense)))
    }

    /// Fragments of these orientations over the boundary before a position.
    pub(crate) fn boundary_at(&self, position: u32, senses: Senses) -> u32 {
        let of_senses = senses.iter().map(|sense| self.0[usize::from(sense)].boundary_at(position));
        of_senses.fold(0, u32::saturating_add)
    }

    /// The same in both orientations, and a later position up to which, without it, there are as many.
    pub(crate) fn boundary_run(&self, position: u32) -> (u32, u32) {
        let [(reverse, to_reverse), (forward, to_forward)] =
            self.0.each_ref().map(|profile| profile.boundary_run(position));
        (reverse.saturating_add(forward), to_reverse.min(to_forward))
    }

    /// Stretches of equal depth that make up an interval.
    pub(crate) fn within(
        &self,
        interval: Interval,
        senses: Senses,
    ) -> impl Iterator<Item = (Interval, u32)> + '_ {
        let mut runs = [false, true].map(|sense| {
            let is_wanted = senses.iter().any(|wanted| wanted == sense);
            is_wanted.then(|| self.0[usize::from(sense)].within(interval).peekable())
        });
        let mut from = interval.start();
        std::iter::from_fn(move || {
            let (mut to, mut depth) = (interval.end(), 0u32);
            for (run, here) in runs.iter_mut().flatten().filter_map(|runs| runs.peek()) {
                to = to.min(run.end());
                depth = depth.saturating_add(*here);
            }
            let found = (Interval::new(from, to)?, depth);
            for runs in runs.iter_mut().flatten() {
                runs.next_if(|(run, _)| run.end() == to);
            }
            from = to;
            Some(found)
        })
    }

    /// The lowest depth of any base of an interval.
    pub(crate) fn lowest(&self, interval: Interval, senses: Senses) -> u32 {
        self.within(interval, senses).map(|(_, depth)| depth).min().unwrap_or(0)
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
        let profile = ContigProfile::new(&depth);
        let depths = |senses| [9, 10, 15, 18, 20, 30].map(|at| profile.lowest(interval(at, at + 1), senses));
        assert_eq!(depths(both), [0, 1, 3, 2, 1, 0]);
        assert_eq!(depths(forward), [0, 0, 2, 1, 1, 0]);
    }

    #[test]
    fn an_interval_without_reads_is_one_stretch() {
        let profile = ContigProfile::new(&ContigDepth::default());
        assert_eq!(profile.within(interval(5, 9), Senses::BOTH).collect::<Vec<_>>(), [(interval(5, 9), 0)]);
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
            let both = Senses::BOTH;
            let profile = ContigProfile::new(&depth([track(one), track(other)]));
            let wanted = interval(start, start + length);
            let brute = |at: u32| blocks.iter().map(|&(s, e)| u32::from(s <= at && at < e)).sum::<u32>();
            let mut next = start;
            for (stretch, depth) in profile.within(wanted, both) {
                prop_assert_eq!(stretch.start(), next);
                next = stretch.end();
                for at in stretch.start()..stretch.end() {
                    prop_assert_eq!(depth, brute(at));
                }
            }
            prop_assert_eq!(next, wanted.end());
            prop_assert_eq!(profile.lowest(wanted, both), (start..start + length).map(brute).min().unwrap());
        }
    }
}
