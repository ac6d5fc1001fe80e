//! Parts of the genome.

use serde::{Deserialize, Serialize};

use crate::{ContigId, Interval};

/// Parts of the genome, for each contig of an annotation disjoint intervals in order that do not touch.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Regions {
    contigs: Vec<Vec<Interval>>,
}

impl Regions {
    /// Joins intervals, in any order, that overlap or touch.
    pub fn new(intervals: impl IntoIterator<Item = (ContigId, Interval)>) -> Self {
        let mut sorted: Vec<(ContigId, Interval)> = intervals.into_iter().collect();
        sorted.sort_unstable();
        let mut contigs: Vec<Vec<Interval>> = Vec::new();
        for (contig, interval) in sorted {
            if contigs.len() <= contig.index() {
                contigs.resize_with(contig.index() + 1, Vec::new);
            }
            let there = &mut contigs[contig.index()];
            match there.last_mut() {
                Some(last) if interval.start() <= last.end() => {
                    let end = last.end().max(interval.end());
                    *last = Interval::new(last.start(), end).unwrap_or(*last);
                }
                _ => there.push(interval),
            }
        }
        Self { contigs }
    }

    /// The intervals on a contig.
    pub fn of(&self, contig: ContigId) -> &[Interval] {
        self.contigs.get(contig.index()).map_or(&[], Vec::as_slice)
    }

    /// All intervals in genome order.
    pub fn iter(&self) -> impl Iterator<Item = (ContigId, Interval)> + '_ {
        (0u32..).zip(&self.contigs).flat_map(|(id, there)| there.iter().map(move |&i| (ContigId(id), i)))
    }

    /// Whether a base of the interval lies inside.
    pub fn overlap(&self, contig: ContigId, interval: Interval) -> bool {
        first_ending_after(self.of(contig), interval.start()).is_some_and(|i| i.overlaps(interval))
    }

    /// Whether every base of the interval lies inside.
    pub fn enclose(&self, contig: ContigId, interval: Interval) -> bool {
        first_ending_after(self.of(contig), interval.start()).is_some_and(|i| i.encloses(interval))
    }

    /// Whether the base at a 0-based position lies inside.
    pub fn contain(&self, contig: ContigId, position: u32) -> bool {
        first_ending_after(self.of(contig), position).is_some_and(|i| i.contains(position))
    }

    /// Whether the base on either side of an intron lies inside: what aligns over the intron has bases there.
    pub fn flank(&self, contig: ContigId, intron: Interval) -> [bool; 2] {
        [intron.start().checked_sub(1), Some(intron.end())]
            .map(|base| base.is_some_and(|base| self.contain(contig, base)))
    }

    /// Bases in all intervals.
    pub fn bases(&self) -> u64 {
        self.iter().map(|(_, interval)| u64::from(interval.len())).sum()
    }
}

/// Of disjoint intervals in order the first one that ends behind a 0-based position.
fn first_ending_after(intervals: &[Interval], position: u32) -> Option<Interval> {
    intervals.get(intervals.partition_point(|i| i.end() <= position)).copied()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn on(contig: u32, start: u32, end: u32) -> (ContigId, Interval) {
        (ContigId(contig), Interval::new(start, end).unwrap())
    }

    #[test]
    fn intervals_that_overlap_or_touch_are_one() {
        let regions = Regions::new([on(2, 50, 60), on(0, 5, 9), on(2, 10, 20), on(2, 20, 30), on(2, 12, 15)]);
        assert_eq!(regions.iter().collect::<Vec<_>>(), [on(0, 5, 9), on(2, 10, 30), on(2, 50, 60)]);
        assert_eq!(regions.bases(), 34);
        assert!(regions.of(ContigId(1)).is_empty() && regions.of(ContigId(9)).is_empty());
    }

    #[test]
    fn what_lies_inside_is_told_to_the_base() {
        let regions = Regions::new([on(0, 10, 20), on(0, 30, 40)]);
        let id = ContigId(0);
        let at = |start, end| Interval::new(start, end).unwrap();
        assert!(regions.enclose(id, at(10, 20)) && !regions.enclose(id, at(10, 21)));
        assert!(!regions.enclose(id, at(19, 31)) && regions.overlap(id, at(19, 31)));
        assert!(!regions.overlap(id, at(20, 30)) && regions.overlap(id, at(20, 31)));
        assert_eq!(regions.flank(id, at(20, 30)), [true, true]);
        assert_eq!(regions.flank(id, at(0, 10)), [false, true]);
        assert_eq!(regions.flank(id, at(15, 45)), [true, false]);
        assert!(!regions.overlap(ContigId(1), at(0, 100)));
    }
}
