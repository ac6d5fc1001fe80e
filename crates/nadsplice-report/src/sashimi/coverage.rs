//! Depth of a group of samples along a region.

use nadsplice_core::Interval;

use crate::{figure_data::DepthRuns, genome_scale::GenomeScale};

/// Steps that are narrower than this together are drawn as one.
const LEAST_STEP: f64 = 0.8;

/// A stretch along which no sample's depth changes.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Stretch {
    from: u32,
    to: u32,
    mean: f64,
    low: f64,
    high: f64,
}

/// A step of the drawing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Step {
    pub(super) left: f64,
    pub(super) right: f64,
    pub(super) mean: f64,
    pub(super) low: f64,
    pub(super) high: f64,
}

/// Mean, lowest and highest depth of samples.
#[derive(Debug, Default)]
pub(super) struct Coverage {
    stretches: Vec<Stretch>,
}

impl Coverage {
    /// Of these samples over `region`; `start` is where their runs begin.
    pub(super) fn of(samples: &[&DepthRuns], start: u32, region: Interval) -> Self {
        let runs: Vec<Vec<(u32, u32, f64)>> = samples
            .iter()
            .map(|runs| {
                let clip = |(from, to, depth): (u32, u32, f64)| {
                    (from.max(region.start()), to.min(region.end()), depth)
                };
                runs.from(start).map(clip).filter(|run| run.0 < run.1).collect()
            })
            .collect();
        let mut cuts: Vec<u32> = runs.iter().flatten().flat_map(|run| [run.0, run.1]).collect();
        cuts.sort_unstable();
        cuts.dedup();
        let mut next = vec![0usize; runs.len()];
        let stretches = cuts
            .windows(2)
            .map(|pair| {
                let (mut sum, mut low, mut high) = (0.0, f64::INFINITY, 0.0_f64);
                for (next, runs) in next.iter_mut().zip(&runs) {
                    while runs.get(*next).is_some_and(|run| run.1 <= pair[0]) {
                        *next += 1;
                    }
                    let depth = runs.get(*next).filter(|run| run.0 <= pair[0]).map_or(0.0, |run| run.2);
                    sum += depth;
                    low = low.min(depth);
                    high = high.max(depth);
                }
                Stretch { from: pair[0], to: pair[1], mean: sum / runs.len() as f64, low, high }
            })
            .collect();
        Self { stretches }
    }

    /// The highest depth of any sample.
    pub(super) fn highest(&self) -> f64 {
        self.stretches.iter().map(|s| s.high).fold(0.0, f64::max)
    }

    /// The mean depth at a base.
    pub(super) fn at(&self, position: u32) -> f64 {
        let next = self.stretches.partition_point(|s| s.to <= position);
        self.stretches.get(next).filter(|s| s.from <= position).map_or(0.0, |s| s.mean)
    }

    /// The highest depth of any sample over these bases.
    pub(super) fn highest_over(&self, bases: Interval) -> f64 {
        let first = self.stretches.partition_point(|s| s.to <= bases.start());
        self.stretches[first..]
            .iter()
            .take_while(|s| s.from < bases.end())
            .map(|s| s.high)
            .fold(0.0, f64::max)
    }

    /// The drawing's steps, in genome order and without gaps.
    pub(super) fn steps(&self, scale: &GenomeScale) -> Vec<Step> {
        let mut steps: Vec<Step> = Vec::new();
        for stretch in &self.stretches {
            let Stretch { from, to, mean, low, high } = *stretch;
            let step = Step { left: scale.x(from), right: scale.x(to), mean, low, high };
            match steps.last_mut() {
                Some(last) if step.right - last.left < LEAST_STEP => {
                    let (one, other) = (last.right - last.left, step.right - step.left);
                    let joined = |a: f64, b: f64| (a * one + b * other) / (one + other);
                    *last = Step {
                        left: last.left,
                        right: step.right,
                        mean: joined(last.mean, mean),
                        low: last.low.min(low),
                        high: last.high.max(high),
                    };
                }
                _ => steps.push(step),
            }
        }
        steps
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_averaged_where_either_changes() {
        let one = DepthRuns::of([(10, 4.0), (10, 0.0)].into_iter());
        let other = DepthRuns::of([(5, 0.0), (15, 2.0)].into_iter());
        let coverage = Coverage::of(&[&one, &other], 100, Interval::new(102, 120).unwrap());
        for (position, mean) in [(102, 2.0), (104, 2.0), (105, 3.0), (109, 3.0), (110, 1.0), (119, 1.0)] {
            assert!((coverage.at(position) - mean).abs() < 1e-9, "at {position}");
        }
        assert!((coverage.highest() - 4.0).abs() < 1e-9);
        assert!((coverage.highest_over(Interval::new(112, 115).unwrap()) - 2.0).abs() < 1e-9);
    }

    #[test]
    fn no_sample_has_no_coverage() {
        let coverage = Coverage::of(&[], 0, Interval::new(0, 10).unwrap());
        assert!(coverage.at(5).abs() < 1e-9 && coverage.highest().abs() < 1e-9);
    }
}
