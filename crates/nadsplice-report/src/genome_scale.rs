//! From genome positions to places: exons to scale, introns shrunk.

use nadsplice_core::Interval;

/// Introns up to this length are to scale with the exons.
const FULL_INTRON: f64 = 100.0;
/// Longer ones grow with this power of their length.
const SHRINKAGE: f64 = 0.35;
/// Least width of an exon, so that a microexon is seen.
const LEAST_EXON: f64 = 6.0;
/// Least width of an intron, so that the number of its junction has room.
const LEAST_INTRON: f64 = 30.0;
/// Least width of a short gap, as between an exon and its alternative end.
const LEAST_GAP: f64 = 6.0;

/// A stretch of the genome with its place.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Piece {
    from: u32,
    to: u32,
    left: f64,
    right: f64,
    exonic: bool,
}

/// Maps the bases of a region to x, in genome order.
#[derive(Clone, Debug)]
pub(crate) struct GenomeScale {
    pieces: Vec<Piece>,
    per_base: f64,
}

impl GenomeScale {
    /// Lays out a region between `left` and `right`, wider where its exons and introns need more. `exons` are to scale;
    /// their parts outside the region are left out.
    pub(crate) fn new(region: Interval, exons: &[Interval], left: f64, right: f64) -> Self {
        let stretches = stretches(region, exons);
        let least = |&(from, to, exonic): &(u32, u32, bool)| {
            let bases = f64::from(to - from);
            if exonic {
                LEAST_EXON
            } else if bases <= FULL_INTRON {
                LEAST_GAP
            } else {
                LEAST_INTRON
            }
        };
        let drawn = |&(from, to, exonic): &(u32, u32, bool)| {
            let bases = f64::from(to - from);
            if exonic || bases <= FULL_INTRON {
                bases
            } else {
                FULL_INTRON * (bases / FULL_INTRON).powf(SHRINKAGE)
            }
        };
        let width = (right - left).max(stretches.iter().map(least).sum::<f64>() * 1.15);
        let total =
            |per_base: f64| -> f64 { stretches.iter().map(|s| (drawn(s) * per_base).max(least(s))).sum() };
        // The total grows with the width of a base; some widths are at their least.
        let (mut low, mut high) = (0.0, width);
        for _ in 0..60 {
            let middle = f64::midpoint(low, high);
            if total(middle) > width { high = middle } else { low = middle }
        }
        let mut at = left;
        let pieces = stretches
            .iter()
            .map(|stretch| {
                let piece_left = at;
                at += (drawn(stretch) * low).max(least(stretch));
                let &(from, to, exonic) = stretch;
                Piece { from, to, left: piece_left, right: at, exonic }
            })
            .collect();
        Self { pieces, per_base: low }
    }

    /// Place of the boundary before a 0-based position; positions outside the region are at its ends.
    pub(crate) fn x(&self, position: u32) -> f64 {
        let next = self.pieces.partition_point(|piece| piece.to <= position);
        match self.pieces.get(next) {
            Some(piece) if position >= piece.from => {
                let share = f64::from(position - piece.from) / f64::from(piece.to - piece.from);
                piece.left + share * (piece.right - piece.left)
            }
            Some(piece) => piece.left,
            None => self.right(),
        }
    }

    /// The first place.
    pub(crate) fn left(&self) -> f64 {
        self.pieces.first().map_or(0.0, |piece| piece.left)
    }

    /// The last place.
    pub(crate) fn right(&self) -> f64 {
        self.pieces.last().map_or(0.0, |piece| piece.right)
    }

    /// Width of one exonic base, where its exon has more than the least width.
    pub(crate) fn per_base(&self) -> f64 {
        self.per_base
    }

    /// Whether an intron is drawn shorter than it is.
    pub(crate) fn has_shrunk(&self) -> bool {
        self.pieces.iter().any(|p| !p.exonic && f64::from(p.to - p.from) > FULL_INTRON)
    }

    /// Where exonic stretches begin and end, 0-based, in genome order.
    pub(crate) fn ends(&self) -> Vec<u32> {
        self.pieces.iter().filter(|p| p.exonic).flat_map(|p| [p.from, p.to]).collect()
    }
}

/// Cuts a region into exonic stretches and those between them.
fn stretches(region: Interval, exons: &[Interval]) -> Vec<(u32, u32, bool)> {
    let mut clipped: Vec<(u32, u32)> = exons
        .iter()
        .map(|e| (e.start().max(region.start()), e.end().min(region.end())))
        .filter(|(from, to)| from < to)
        .collect();
    clipped.sort_unstable();
    let mut found: Vec<(u32, u32, bool)> = Vec::new();
    let mut at = region.start();
    for (from, to) in clipped {
        if from > at {
            found.push((at, from, false));
            found.push((from, to, true));
        } else if to > at {
            match found.last_mut() {
                Some(last) if last.2 => last.1 = to,
                _ => found.push((at, to, true)),
            }
        }
        at = at.max(to);
    }
    if at < region.end() {
        found.push((at, region.end(), false));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(start: u32, end: u32) -> Interval {
        Interval::new(start, end).unwrap()
    }

    #[test]
    fn exons_are_to_scale_and_introns_are_not() {
        let exons = [interval(1000, 1200), interval(11_200, 11_300)];
        let scale = GenomeScale::new(interval(1000, 11_300), &exons, 50.0, 850.0);
        let width = |from, to| scale.x(to) - scale.x(from);
        assert!((width(1000, 1200) - 2.0 * width(11_200, 11_300)).abs() < 1e-6);
        assert!(width(1200, 11_200) < 3.0 * width(1000, 1200));
        assert!((scale.left() - 50.0).abs() < 1e-9 && (scale.right() - 850.0).abs() < 1e-6);
        assert!(scale.has_shrunk());
    }

    #[test]
    fn a_microexon_is_seen_and_a_gene_of_many_exons_is_wider() {
        let exons: Vec<Interval> = (0..60).map(|k| interval(k * 5000, k * 5000 + 3)).collect();
        let scale = GenomeScale::new(interval(0, 59 * 5000 + 3), &exons, 0.0, 800.0);
        assert!(exons.iter().all(|e| scale.x(e.end()) - scale.x(e.start()) >= LEAST_EXON - 1e-9));
        assert!(scale.right() > 1800.0);
    }

    #[test]
    fn places_grow_with_positions() {
        let exons = [interval(10, 20), interval(15, 30), interval(30, 40), interval(500, 700)];
        let scale = GenomeScale::new(interval(0, 600), &exons, 0.0, 300.0);
        let places: Vec<f64> = (0..=600).map(|p| scale.x(p)).collect();
        assert!(places.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(scale.ends(), [10, 40, 500, 600]);
    }
}
