//! How a sample's reads lie on their fragments, and how many placements of a fragment a counting rule counts.
//!
//! The effective length of a form is the expected number of start positions from which a fragment, drawn from the
//! sample's own distribution of read and fragment lengths, would be counted for the form. On the form's own
//! coordinates (its exons joined, introns left out) a read of length `r` that starts at `p` crosses a junction at `q`
//! with an overhang of at least `a` when `q - r + a <= p <= q - a`. A fragment of length `f` has one read at each of
//! its ends and is counted once if any read crosses any of the form's junctions, so its placements are the union of
//! such ranges. Counting fragments with lengths meant for single reads biases PSI: with two reads of 100 on a
//! fragment of 200 and an exon of 100 bases a true 0.5 comes out as 0.445.

use nadsplice_core::{CountMode, SampleCounts};
use smallvec::SmallVec;

/// Points that stand for a distribution of fragment lengths.
const FRAGMENT_POINTS: usize = 40;
/// Points that stand for a distribution of read lengths.
const READ_POINTS: usize = 4;
/// Pairs below which the distribution of fragment lengths is not taken from the sample.
const MIN_PAIRS: u64 = 200;

/// A place that a read has to cross, on the form's own coordinates.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Point {
    /// The number of the form's bases before it, from any origin.
    pub at: i64,
    /// Aligned bases that a read needs on either side, at least 1.
    pub overhang: u32,
}

/// Where a fragment can start and end at most, on the form's own coordinates.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Limits {
    /// The transcript starts here: no fragment begins before it.
    pub start: Option<i64>,
    /// The transcript ends here: no fragment reaches past it.
    pub end: Option<i64>,
}

/// One fragment length and read length with its share of the sample's fragments.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Shape {
    fragment: i64,
    read: i64,
    weight: f64,
}

/// The read and fragment lengths of a sample, as a few weighted points.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadGeometry {
    shapes: Vec<Shape>,
    assumed: bool,
}

impl ReadGeometry {
    /// Takes the distribution from what was counted.
    ///
    /// Single reads are fragments as long as the read. Where too few pairs lie inside one exon to measure fragments
    /// (below 200), pairs are taken to be 2.5 reads long and [`Self::is_assumed`] says so.
    pub fn of(counts: &SampleCounts) -> Self {
        let reads = quantile_points(&counts.aligned_lengths, READ_POINTS);
        let alignments: u64 = counts.aligned_lengths.iter().map(|&(_, n)| n).sum();
        let paired = match counts.parameters.mode {
            CountMode::Fragments => counts.paired_alignments.min(alignments),
            CountMode::Mates | CountMode::Rmats(_) => 0,
        };
        let (pairs, singles) = (paired as f64 / 2.0, (alignments - paired) as f64);
        let total = pairs + singles;
        if total == 0.0 {
            return Self { shapes: Vec::new(), assumed: false };
        }
        let measured: u64 = counts.fragment_lengths.iter().map(|&(_, n)| n).sum();
        let assumed = paired > 0 && measured < MIN_PAIRS * u64::from(SampleCounts::PAIR_WEIGHT);
        let fragments = quantile_points(&counts.fragment_lengths, FRAGMENT_POINTS);
        let mut shapes = Vec::new();
        for &(read, share) in &reads {
            let read_length = whole(read);
            if singles > 0.0 {
                let weight = share * singles / total;
                shapes.push(Shape { fragment: read_length, read: read_length, weight });
            }
            if pairs > 0.0 {
                let assumption = [(2.5 * read, 1.0)];
                for &(fragment, part) in if assumed { &assumption[..] } else { &fragments } {
                    let fragment = whole(fragment);
                    let weight = share * part * pairs / total;
                    shapes.push(Shape { fragment, read: read_length.min(fragment), weight });
                }
            }
        }
        Self { shapes, assumed }
    }

    /// Pairs of one shape, for models and tests.
    pub fn uniform(fragment: u32, read: u32) -> Self {
        let fragment = i64::from(fragment).max(1);
        let shape = Shape { fragment, read: i64::from(read).clamp(1, fragment), weight: 1.0 };
        Self { shapes: vec![shape], assumed: false }
    }

    /// Whether the fragment length is an assumption.
    pub const fn is_assumed(&self) -> bool {
        self.assumed
    }

    /// The longest fragment considered: beyond it nothing changes.
    pub fn longest(&self) -> u32 {
        self.shapes.iter().map(|s| u32::try_from(s.fragment).unwrap_or(u32::MAX)).max().unwrap_or(0)
    }

    /// Expected placements of a fragment with a read over at least one of the points.
    pub fn crossing(&self, points: &[Point], limits: Limits) -> f64 {
        // Starts from which the left read crosses a point, but for the read's length.
        let mut left: SmallVec<[(i64, i64); 8]> = points
            .iter()
            .map(|point| {
                let overhang = i64::from(point.overhang.max(1));
                (point.at + overhang, point.at - overhang + 1)
            })
            .collect();
        left.sort_unstable();
        let placements = |shape: &Shape| {
            let mut union = Union::new(limits, shape.fragment);
            let by_left = left.iter().map(|&(from, to)| (from - shape.read, to));
            // The right read crosses where the fragment starts that much before; all of these come before the last one
            // by the left read.
            let shift = shape.fragment - shape.read;
            let mut by_right = by_left.clone().map(|(from, to)| (from - shift, to - shift)).peekable();
            for range in by_left {
                while let Some(earlier) = by_right.next_if(|earlier| earlier.0 < range.0) {
                    union.add(earlier);
                }
                union.add(range);
            }
            shape.weight * union.covered as f64
        };
        self.shapes.iter().map(placements).sum()
    }

    /// Expected placements of a fragment that lies inside a stretch of this many bases as a whole.
    pub fn inside(&self, length: u32) -> f64 {
        self.shapes.iter().map(|s| s.weight * (i64::from(length) - s.fragment + 1).max(0) as f64).sum()
    }

    /// Expected placements of a fragment that stays inside `[start, end)` and either has a read over the point or
    /// lies as a whole inside `inner`.
    pub fn crossing_or_inside(&self, point: Point, inner: (i64, i64), limits: Limits) -> f64 {
        let mut ranges = Vec::with_capacity(3);
        self.shapes
            .iter()
            .map(|shape| {
                ranges.clear();
                let overhang = i64::from(point.overhang.max(1));
                let (first, last) = (point.at - shape.read + overhang, point.at - overhang);
                let shift = shape.fragment - shape.read;
                ranges.push((first, last + 1));
                ranges.push((first - shift, last + 1 - shift));
                ranges.push((inner.0, inner.1 - shape.fragment + 1));
                ranges.sort_unstable();
                let mut union = Union::new(limits, shape.fragment);
                for &range in &ranges {
                    union.add(range);
                }
                shape.weight * union.covered as f64
            })
            .sum()
    }
}

/// A length as a whole number of bases, at least 1.
fn whole(length: f64) -> i64 {
    #[expect(clippy::cast_possible_truncation, reason = "means of 32-bit lengths")]
    let bases = length.round() as i64;
    bases.max(1)
}

/// The number of positions in the union of half-open ranges, within the starts that limits allow.
struct Union {
    covered: i64,
    reached: i64,
    highest: i64,
}

impl Union {
    fn new(limits: Limits, fragment: i64) -> Self {
        let highest = limits.end.map_or(i64::MAX, |end| end - fragment + 1);
        Self { covered: 0, reached: limits.start.unwrap_or(i64::MIN), highest }
    }

    /// Adds a range that does not begin before the last one.
    #[inline]
    fn add(&mut self, (from, to): (i64, i64)) {
        let from = from.max(self.reached);
        let to = to.min(self.highest);
        if from < to {
            self.covered += to - from;
            self.reached = to;
        }
    }
}

/// Sums up a histogram by at most `points` means of equal shares: `(value, share)` with shares that add up to 1.
fn quantile_points(histogram: &[(u32, u64)], points: usize) -> Vec<(f64, f64)> {
    let total: u64 = histogram.iter().map(|&(_, n)| n).sum();
    if histogram.len() <= points {
        return histogram.iter().map(|&(v, n)| (f64::from(v), n as f64 / total as f64)).collect();
    }
    let mut out = Vec::with_capacity(points);
    let mut bins = histogram.iter().copied();
    let mut rest = bins.next();
    let mut taken = 0u64;
    for point in 1..=points as u64 {
        // The shares are exact in integers, so nothing depends on rounding.
        let upto = u128::from(total) * u128::from(point) / points as u128;
        let upto = u64::try_from(upto).unwrap_or(total);
        let (mut sum, mut n) = (0.0, 0u64);
        while taken < upto {
            let Some((value, count)) = rest else { break };
            let part = count.min(upto - taken);
            sum += f64::from(value) * part as f64;
            n += part;
            taken += part;
            rest = if part < count { Some((value, count - part)) } else { bins.next() };
        }
        if n > 0 {
            out.push((sum / n as f64, n as f64 / total as f64));
        }
    }
    out
}

#[cfg(test)]
#[allow(clippy::float_cmp, reason = "sums of whole numbers are exact")]
mod tests {
    use proptest::prelude::*;

    use super::*;

    const NONE: Limits = Limits { start: None, end: None };

    fn point(at: i64, overhang: u32) -> Point {
        Point { at, overhang }
    }

    /// Tries every start position.
    fn brute(fragment: u32, read: u32, points: &[Point], limits: Limits) -> usize {
        let (fragment, read) = (i64::from(fragment), i64::from(read.min(fragment)));
        (-3000..3000)
            .filter(|&p| {
                limits.start.is_none_or(|s| p >= s)
                    && limits.end.is_none_or(|e| p + fragment <= e)
                    && [p, p + fragment - read].iter().any(|&start| {
                        points.iter().any(|q| {
                            let a = i64::from(q.overhang);
                            q.at - start >= a && start + read - q.at >= a
                        })
                    })
            })
            .count()
    }

    #[test]
    fn a_single_read_has_the_classical_length() {
        let reads = ReadGeometry::uniform(100, 100);
        assert_eq!(reads.crossing(&[point(0, 1)], NONE), 99.0);
        assert_eq!(reads.crossing(&[point(0, 8)], NONE), 85.0);
        // rMATS: base + min(x, base) for an exon of x bases.
        assert_eq!(reads.crossing(&[point(0, 1), point(50, 1)], NONE), 149.0);
        assert_eq!(reads.crossing(&[point(0, 1), point(500, 1)], NONE), 198.0);
    }

    #[test]
    fn overlapping_mates_are_one_fragment() {
        // Insert 100: both mates are the same stretch.
        assert_eq!(ReadGeometry::uniform(100, 150).crossing(&[point(0, 1)], NONE), 99.0);
        // Far apart: two chances.
        assert_eq!(ReadGeometry::uniform(400, 100).crossing(&[point(0, 1)], NONE), 198.0);
        // 2 x 100 on 200: an exon of 100 between the junctions joins the mates' ranges.
        let inclusion = ReadGeometry::uniform(200, 100).crossing(&[point(0, 1), point(100, 1)], NONE);
        let skipping = ReadGeometry::uniform(200, 100).crossing(&[point(0, 1)], NONE);
        assert_eq!((inclusion, skipping), (297.0, 198.0));
    }

    #[test]
    fn a_short_first_exon_leaves_fewer_starts() {
        let pairs = ReadGeometry::uniform(250, 100);
        let limits = Limits { start: Some(-30), end: None };
        assert_eq!(pairs.crossing(&[point(0, 3)], limits), 28.0);
        assert_eq!(pairs.inside(260), 11.0);
        assert_eq!(pairs.inside(100), 0.0);
    }

    #[test]
    fn quantile_points_keep_mean_and_weight() {
        let histogram: Vec<(u32, u64)> = (100..300).map(|v| (v, u64::from(v % 7 + 1))).collect();
        let total: u64 = histogram.iter().map(|h| h.1).sum();
        let mean = histogram.iter().map(|&(v, n)| f64::from(v) * n as f64).sum::<f64>() / total as f64;
        let points = quantile_points(&histogram, 40);
        assert!(points.len() <= 40);
        assert!((points.iter().map(|p| p.1).sum::<f64>() - 1.0).abs() < 1e-12);
        assert!((points.iter().map(|p| p.0 * p.1).sum::<f64>() - mean).abs() < 1e-9);
    }

    proptest! {
        #[test]
        fn unions_equal_trying_every_start(
            fragment in 20u32..500,
            read in 10u32..200,
            at in proptest::collection::vec((0i64..600, 1u32..9), 1..5),
            start in proptest::option::of(-300i64..0),
            end in proptest::option::of(600i64..900),
        ) {
            let points: Vec<Point> = at.into_iter().map(|(q, a)| point(q, a)).collect();
            let limits = Limits { start, end };
            let geometry = ReadGeometry::uniform(fragment, read);
            prop_assert_eq!(geometry.crossing(&points, limits), brute(fragment, read, &points, limits) as f64);
        }
    }
}
