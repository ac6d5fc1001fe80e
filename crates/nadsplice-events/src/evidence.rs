//! Looks up a sample's counts on one contig.

use std::cell::OnceCell;

use nadsplice_core::{ContigCounts, Interval, LibraryStrandedness, Strand};
use smallvec::SmallVec;

use crate::novel::ContigProfile;

/// A sample's counts on one contig, with indexes.
pub(crate) struct ContigEvidence<'a> {
    counts: &'a ContigCounts,
    /// Sets that hold junction `j`: `sets[offsets[j]..offsets[j + 1]]`.
    offsets: Vec<u32>,
    sets: Vec<u32>,
    /// Unpacked when it is first asked for.
    depth: OnceCell<ContigProfile>,
    /// Exon boundaries of the annotation on this contig.
    cuts: &'a [u32],
}

/// Fragments of the two forms of an event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct FormFragments {
    pub(crate) inclusion: u32,
    pub(crate) skipping: u32,
}

impl<'a> ContigEvidence<'a> {
    pub(crate) fn new(counts: &'a ContigCounts, cuts: &'a [u32]) -> Self {
        let mut offsets = vec![0u32; counts.junctions.len() + 1];
        for &member in counts.sets.iter().flat_map(|s| &s.members) {
            offsets[member as usize + 1] += 1;
        }
        for k in 1..offsets.len() {
            offsets[k] += offsets[k - 1];
        }
        let mut next = offsets.clone();
        let mut sets = vec![0u32; offsets.last().copied().unwrap_or(0) as usize];
        for (id, set) in (0u32..).zip(&counts.sets) {
            for &member in &set.members {
                sets[next[member as usize] as usize] = id;
                next[member as usize] += 1;
            }
        }
        Self { counts, offsets, sets, depth: OnceCell::new(), cuts }
    }

    /// For each of these introns, which are in order and each there once, the number of its junction, if fragments
    /// cross it.
    pub(crate) fn junctions(&self, introns: &[Interval]) -> Vec<Option<u32>> {
        let mut counted = (0u32..).zip(&self.counts.junctions).peekable();
        let number = |intron: &Interval| {
            let wanted = (intron.start(), intron.end());
            while counted.next_if(|(_, junction)| (junction.start, junction.end) < wanted).is_some() {}
            counted
                .next_if(|(_, junction)| (junction.start, junction.end) == wanted)
                .map(|(number, _)| number)
        };
        introns.iter().map(number).collect()
    }

    /// Fragments over at least one of each form's junctions, given by their numbers. A fragment over junctions of both
    /// forms contradicts itself and counts for neither.
    pub(crate) fn over_junctions(&self, inclusion: &[u32], skipping: &[u32]) -> FormFragments {
        let mut found = FormFragments::default();
        let mut touched: SmallVec<[u32; 16]> = SmallVec::new();
        for (form, total) in [(inclusion, &mut found.inclusion), (skipping, &mut found.skipping)] {
            for id in form.iter().map(|&id| id as usize) {
                *total += self.counts.junctions[id].alone;
                let sets = &self.sets[self.offsets[id] as usize..self.offsets[id + 1] as usize];
                touched.extend_from_slice(sets);
            }
        }
        touched.sort_unstable();
        touched.dedup();
        for id in touched {
            let set = &self.counts.sets[id as usize];
            let holds = |form: &[u32]| set.members.iter().any(|m| form.contains(m));
            match (holds(inclusion), holds(skipping)) {
                (true, false) => found.inclusion += set.fragments,
                (false, true) => found.skipping += set.fragments,
                _ => {}
            }
        }
        found
    }

    /// Fragments contiguously over the boundary before the 0-based position.
    pub(crate) fn over_boundary(&self, position: u32, senses: Senses) -> u32 {
        self.depth.get_or_init(|| ContigProfile::new(&self.counts.depth)).boundary_at(position, senses)
    }

    /// Fragments without a junction that lie inside as a whole; both ends must be exon boundaries of the annotation.
    pub(crate) fn inside(&self, region: Interval, senses: Senses) -> u32 {
        self.unspliced(region, senses, |_| true)
    }

    /// Fragments without a junction inside `exon` that cross the boundary or lie inside `region` as a whole.
    pub(crate) fn alternative(&self, boundary: u32, region: Interval, exon: Interval, senses: Senses) -> u32 {
        let (Some(at), Some(from), Some(to)) =
            (self.cut(boundary), self.cut(region.start()), self.cut(region.end()))
        else {
            return 0;
        };
        self.unspliced(exon, senses, |pattern| {
            pattern.crossed.iter().any(|&(first, end)| first <= at && at < end)
                || (pattern.first_segment > from && pattern.last_segment <= to)
        })
    }

    /// The number of the exon boundary at a position.
    fn cut(&self, position: u32) -> Option<u32> {
        self.cuts.binary_search(&position).ok().and_then(|k| u32::try_from(k).ok())
    }

    /// Fragments inside `region` whose pattern is wanted.
    fn unspliced(
        &self,
        region: Interval,
        senses: Senses,
        wanted: impl Fn(&nadsplice_core::BodyPattern) -> bool,
    ) -> u32 {
        let (Some(from), Some(to)) = (self.cut(region.start()), self.cut(region.end())) else { return 0 };
        // Boundary k starts segment k + 1 and ends segment k.
        let (first, last) = (from + 1, to);
        let bodies = &self.counts.bodies;
        senses
            .0
            .iter()
            .map(|&sense| {
                let start = bodies
                    .partition_point(|b| (b.pattern.sense_forward, b.pattern.first_segment) < (sense, first));
                bodies[start..]
                    .iter()
                    .take_while(|b| b.pattern.sense_forward == sense && b.pattern.first_segment <= last)
                    .filter(|b| b.pattern.last_segment <= last && wanted(&b.pattern))
                    .map(|b| b.fragments)
                    .sum::<u32>()
            })
            .sum()
    }
}

/// Orientations of fragments that can come from a strand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Senses(&'static [bool]);

impl Senses {
    /// Both orientations.
    pub(crate) const BOTH: Self = Self(&[false, true]);

    /// The orientations: whether read 1 lies on the forward strand.
    pub(crate) fn iter(self) -> impl Iterator<Item = bool> {
        self.0.iter().copied()
    }

    /// Under a library, the orientations that a transcript of this strand gives; both where either is unknown.
    pub(crate) fn of(library: LibraryStrandedness, strand: Option<Strand>) -> Self {
        match (library, strand) {
            (LibraryStrandedness::Unstranded, _) | (_, None) => Self::BOTH,
            (LibraryStrandedness::Forward, Some(Strand::Forward))
            | (LibraryStrandedness::Reverse, Some(Strand::Reverse)) => Self(&[true]),
            _ => Self(&[false]),
        }
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        BodyCount, BodyPattern, ContigDepth, DepthTrackBuilder, JunctionCount, JunctionSet,
    };

    use super::*;

    fn interval(start: u32, end: u32) -> Interval {
        Interval::new(start, end).unwrap()
    }

    fn junction(start: u32, end: u32, alone: u32, fragments: u32) -> JunctionCount {
        JunctionCount {
            start,
            end,
            annotated: true,
            fragments,
            alone,
            sense_forward: 0,
            tag_forward: 0,
            tag_reverse: 0,
            max_overhang: 20,
            positions: 5,
        }
    }

    #[test]
    fn a_fragment_over_both_junctions_of_an_exon_counts_once() {
        let counts = ContigCounts {
            junctions: vec![junction(10, 20, 5, 9), junction(10, 50, 3, 4), junction(30, 50, 6, 10)],
            sets: vec![
                JunctionSet { members: vec![0, 1], fragments: 1 },
                JunctionSet { members: vec![0, 2], fragments: 3 },
                JunctionSet { members: vec![2], fragments: 1 },
            ],
            ..ContigCounts::default()
        };
        let evidence = ContigEvidence::new(&counts, &[]);
        let introns = [(1, 2), (10, 20), (10, 40), (10, 50), (30, 50), (30, 60)].map(|(s, e)| interval(s, e));
        assert_eq!(evidence.junctions(&introns), [None, Some(0), None, Some(1), Some(2), None]);
        let found = evidence.over_junctions(&[0, 2], &[1]);
        assert_eq!(found, FormFragments { inclusion: 5 + 6 + 3 + 1, skipping: 3 });
        assert_eq!(evidence.over_junctions(&[], &[]), FormFragments::default());
    }

    #[test]
    fn unspliced_fragments_are_found_by_segments() {
        let pattern = |sense_forward, first_segment, last_segment, crossed| BodyPattern {
            sense_forward,
            first_segment,
            last_segment,
            crossed,
        };
        let none = [(0, 0); 2];
        let mut bodies = vec![
            BodyCount { pattern: pattern(true, 1, 1, none), fragments: 10 },
            BodyCount { pattern: pattern(true, 1, 2, [(1, 2), (0, 0)]), fragments: 20 },
            BodyCount { pattern: pattern(true, 2, 2, none), fragments: 40 },
            BodyCount { pattern: pattern(true, 2, 3, none), fragments: 80 },
            BodyCount { pattern: pattern(false, 2, 2, none), fragments: 160 },
        ];
        bodies.sort_unstable();
        let mut track = DepthTrackBuilder::default();
        track.push(200, 7);
        track.push(250, -7);
        let depth =
            ContigDepth::new(Default::default(), &[DepthTrackBuilder::default().finish(), track.finish()], 8);
        let counts = ContigCounts { bodies, depth, ..ContigCounts::default() };
        // Segment 1 is [100, 200), segment 2 [200, 300).
        let cuts = [100, 200, 300, 400];
        let evidence = ContigEvidence::new(&counts, &cuts);
        let forward = Senses::of(LibraryStrandedness::Forward, Some(Strand::Forward));
        let both = Senses::of(LibraryStrandedness::Unstranded, Some(Strand::Forward));
        assert_eq!(evidence.inside(interval(200, 300), forward), 40);
        assert_eq!(evidence.inside(interval(200, 300), both), 200);
        assert_eq!(evidence.inside(interval(100, 300), forward), 70);
        assert_eq!(evidence.inside(interval(200, 301), forward), 0, "no boundary of the annotation");
        assert_eq!(evidence.alternative(200, interval(200, 300), interval(100, 300), forward), 60);
        assert_eq!([199, 200, 249, 250].map(|b| evidence.over_boundary(b, forward)), [0, 7, 7, 0]);
    }
}
