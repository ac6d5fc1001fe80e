//! Adaptive multilevel splitting of the upper tail of the enrichment score.

use super::ScoreType;
use super::random::{CounterRng, SetSampler};
use super::running_sum::Ranking;
use crate::special::digamma;

/// Random sets of a level; odd, so that its median is one of them.
pub(crate) const SAMPLE_SIZE: usize = 101;
/// Sets at or below the median.
const HALF: usize = SAMPLE_SIZE.div_ceil(2);
/// Swaps tried in a row on one set, as a share of its size.
const SWEEP_SHARE: f64 = 0.1;
/// Swaps tried for each accepted one that is wanted, before a level is given up.
const MAX_TRIES: usize = 500;

/// A random set on its way up.
#[derive(Clone, Debug)]
struct Member {
    /// Ranks, ascending.
    hits: Vec<u32>,
    /// Their weight.
    total: f64,
}

/// The thresholds that random sets have climbed.
#[derive(Clone, Debug)]
pub(crate) struct Levels {
    /// Upward deviations of the sets that each level left behind, ascending.
    thresholds: Vec<f64>,
    /// Of the sets of the same level above each threshold, those whose score is positive.
    positive_above: Vec<usize>,
}

/// A tail probability.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tail {
    /// The probability.
    pub(crate) p: f64,
    /// False where too few of the last sets had the sign for its error to be known.
    pub(crate) is_exact: bool,
}

impl Levels {
    /// Climbs until the thresholds reach `score` or the probability falls below `smallest_p`.
    pub(crate) fn climb(
        ranking: &Ranking,
        hits: &[u32],
        score: f64,
        smallest_p: f64,
        rng: &mut CounterRng,
    ) -> Self {
        let mut sampler = SetSampler::new(ranking, hits);
        let mut sets: Vec<Member> = (0..SAMPLE_SIZE)
            .map(|_| {
                let mut hits = Vec::with_capacity(hits.len());
                sampler.draw(rng, &mut hits);
                Member { total: ranking.total(&hits), hits }
            })
            .collect();
        let mut levels = Self { thresholds: Vec::new(), positive_above: Vec::new() };
        levels.rise(ranking, &mut sets);
        while score > levels.highest() {
            let deep_enough = levels.thresholds.len() as f64 / HALF as f64 > -(0.5 * smallest_p).log2();
            if deep_enough || !shuffle(ranking, &sampler, &mut sets, levels.highest(), rng) {
                break;
            }
            levels.rise(ranking, &mut sets);
        }
        levels
    }

    fn highest(&self) -> f64 {
        self.thresholds.last().copied().unwrap_or(f64::NEG_INFINITY)
    }

    /// Leaves the lower half behind, its median included, and doubles the upper half.
    fn rise(&mut self, ranking: &Ranking, sets: &mut Vec<Member>) {
        let mut scored: Vec<(f64, bool, usize)> = sets
            .iter()
            .enumerate()
            .map(|(i, set)| {
                let deviations = ranking.deviations(&set.hits);
                (deviations.up, deviations.score(ScoreType::Standard) > 0.0, i)
            })
            .collect();
        scored.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.2.cmp(&b.2)));
        let mut positive = scored.iter().filter(|(_, positive, _)| *positive).count();
        for &(up, is_positive, _) in &scored[..HALF] {
            positive -= usize::from(is_positive);
            self.thresholds.push(up);
            self.positive_above.push(positive);
        }
        let upper = scored[HALF..].iter().flat_map(|&(_, _, i)| [i, i]);
        *sets = upper.chain([scored[HALF - 1].2]).map(|i| sets[i].clone()).collect();
    }

    /// The probability of a score of at least `score`; with `signed`, of a random score that is also positive.
    pub(crate) fn tail(&self, score: f64, signed: bool) -> Tail {
        let last = self.thresholds.len() - 1;
        let at = if score >= self.highest() { last } else { self.thresholds.partition_point(|&t| t < score) };
        let (level, within) = (at / HALF, at % HALF);
        let above = SAMPLE_SIZE - within;
        let mut ln_p =
            level as f64 * ln_mean_share(HALF, SAMPLE_SIZE) + ln_mean_share(above + 1, SAMPLE_SIZE);
        let mut is_exact = true;
        if signed {
            let ln_share = ln_mean_share(self.positive_above[at] + 1, above);
            ln_p += ln_share;
            is_exact = ln_share.exp() >= 0.5;
        }
        Tail { p: ln_p.exp().clamp(0.0, 1.0), is_exact }
    }
}

/// The mean logarithm of the share that `a` of `n` stand for: of a Beta(`a`, `n + 1 - a`) variable.
fn ln_mean_share(a: usize, n: usize) -> f64 {
    digamma(a as f64) - digamma(n as f64 + 1.0)
}

/// Moves the sets by swaps that keep them above `bound`, until a swap for every gene of every set was accepted.
///
/// False where hardly any swap is possible any more.
fn shuffle(
    ranking: &Ranking,
    sampler: &SetSampler,
    sets: &mut [Member],
    bound: f64,
    rng: &mut CounterRng,
) -> bool {
    let size = sets[0].hits.len();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a tenth of the size of a set"
    )]
    let sweep = ((size as f64 * SWEEP_SHARE) as usize).max(1);
    let wanted = sets.len() * size;
    let (mut accepted, mut tried) = (0, 0);
    while accepted < wanted {
        if tried > MAX_TRIES * wanted {
            return false;
        }
        for set in sets.iter_mut() {
            for _ in 0..sweep {
                tried += 1;
                accepted += usize::from(swap_one(ranking, sampler, set, bound, rng));
            }
        }
    }
    true
}

/// Swaps one rank for another of its bin, if the set stays above `bound`.
fn swap_one(
    ranking: &Ranking,
    sampler: &SetSampler,
    set: &mut Member,
    bound: f64,
    rng: &mut CounterRng,
) -> bool {
    let at = rng.below(set.hits.len());
    let old = set.hits[at];
    let new = sampler.neighbour(ranking, old, rng);
    let Err(place) = set.hits.binary_search(&new) else { return false };
    let now = replace(&mut set.hits, at, place, new);
    let total = set.total - ranking.weight(old) + ranking.weight(new);
    let stays = ranking.rises_above(&set.hits, total, bound);
    if stays {
        set.total = total;
    } else {
        let back = if now >= at { at } else { at + 1 };
        replace(&mut set.hits, now, back, old);
    }
    stays
}

/// Takes out the rank at `at` and puts `new` where it belongs, `place` being that position while the old one is
/// still there. Returns where it came to be.
fn replace(hits: &mut [u32], at: usize, place: usize, new: u32) -> usize {
    let now = if place > at {
        hits[at..place].rotate_left(1);
        place - 1
    } else {
        hits[place..=at].rotate_right(1);
        place
    };
    hits[now] = new;
    now
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn replacing_keeps_the_order_and_can_be_undone() {
        let original = [2, 5, 9, 14];
        for at in 0..4 {
            for new in [0, 3, 7, 12, 20] {
                let mut hits = original;
                let place = original.binary_search(&new).unwrap_err();
                let now = replace(&mut hits, at, place, new);
                let mut want: Vec<u32> = original.iter().copied().filter(|&h| h != original[at]).collect();
                want.push(new);
                want.sort_unstable();
                assert_eq!((hits.to_vec(), hits[now]), (want, new));
                let back = if now >= at { at } else { at + 1 };
                replace(&mut hits, now, back, original[at]);
                assert_eq!(hits, original);
            }
        }
    }
}
