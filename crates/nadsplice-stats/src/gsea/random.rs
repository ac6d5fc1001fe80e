//! Random numbers and random sets.

use super::running_sum::Ranking;

/// Random numbers that are a function of a key and a counter (`SplitMix64`: Steele, Lea and Flood 2014,
/// [doi:10.1145/2714064.2660195](https://doi.org/10.1145/2714064.2660195)).
#[derive(Clone, Debug)]
pub(crate) struct CounterRng {
    key: u64,
    counter: u64,
}

const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

impl CounterRng {
    /// One independent stream for each seed and stream number.
    pub(crate) fn new(seed: u64, stream: u64) -> Self {
        Self {
            key: mix(mix(seed.wrapping_add(GOLDEN)) ^ mix(stream.wrapping_mul(GOLDEN).wrapping_add(1))),
            counter: 0,
        }
    }

    /// The stream of a set, given as ascending ranks.
    pub(crate) fn of_set(seed: u64, hits: &[u32]) -> Self {
        Self::new(seed, hits.iter().fold(0, |hash, &hit| mix(hash ^ u64::from(hit).wrapping_add(GOLDEN))))
    }

    fn next(&mut self) -> u64 {
        self.counter += 1;
        mix(self.key.wrapping_add(self.counter.wrapping_mul(GOLDEN)))
    }

    /// A number below `bound`, which is at least 1.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        // The high half of the product is uniform but for a bias of bound / 2^64.
        let high = (u128::from(self.next()) * bound as u128) >> 64;
        usize::try_from(high).unwrap_or(0)
    }
}

fn mix(mut z: u64) -> u64 {
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Draws random sets with as many ranks in each bin as a given set has.
#[derive(Clone, Debug)]
pub(crate) struct SetSampler {
    /// Ranks of each bin that the set touches, and how many are drawn.
    bins: Vec<(Vec<u32>, usize)>,
    /// Where each bin is in `bins`.
    place: Vec<Option<usize>>,
}

impl SetSampler {
    pub(crate) fn new(ranking: &Ranking, hits: &[u32]) -> Self {
        let n_bins = ranking.bins().iter().max().map_or(0, |&bin| bin as usize + 1);
        let mut wanted = vec![0; n_bins];
        for &hit in hits {
            wanted[ranking.bins()[hit as usize] as usize] += 1;
        }
        let mut place = vec![None; n_bins];
        let mut bins: Vec<(Vec<u32>, usize)> = Vec::new();
        for (bin, &count) in wanted.iter().enumerate().filter(|(_, count)| **count > 0) {
            place[bin] = Some(bins.len());
            bins.push((Vec::new(), count));
        }
        for (rank, &bin) in (0..).zip(ranking.bins()) {
            if let Some(at) = place[bin as usize] {
                bins[at].0.push(rank);
            }
        }
        Self { bins, place }
    }

    /// Draws one set, ascending.
    pub(crate) fn draw(&mut self, rng: &mut CounterRng, set: &mut Vec<u32>) {
        set.clear();
        for (ranks, count) in &mut self.bins {
            // The head of a shuffle; the order that earlier draws left does no harm.
            for i in 0..*count {
                let other = i + rng.below(ranks.len() - i);
                ranks.swap(i, other);
            }
            set.extend_from_slice(&ranks[..*count]);
        }
        set.sort_unstable();
    }

    /// A random rank of the bin of `rank`.
    pub(crate) fn neighbour(&self, ranking: &Ranking, rank: u32, rng: &mut CounterRng) -> u32 {
        let bin = self.place[ranking.bins()[rank as usize] as usize];
        bin.map_or(rank, |at| {
            let ranks = &self.bins[at].0;
            ranks[rng.below(ranks.len())]
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn streams_differ_and_repeat() {
        let draw = |seed, stream| {
            let mut rng = CounterRng::new(seed, stream);
            [rng.next(), rng.next()]
        };
        assert_eq!(draw(1, 2), draw(1, 2));
        assert_ne!(draw(1, 2), draw(1, 3));
        assert_ne!(draw(1, 2), draw(2, 2));
    }

    #[test]
    fn numbers_are_even() {
        let mut rng = CounterRng::new(7, 0);
        let mut seen = [0_u32; 10];
        (0..100_000).for_each(|_| seen[rng.below(10)] += 1);
        assert!(seen.iter().all(|&count| (9_600..10_400).contains(&count)), "{seen:?}");
    }

    #[test]
    fn random_sets_keep_the_bins() {
        let scores: Vec<f64> = (0..30).map(|i| -f64::from(i)).collect();
        let bins: Vec<u32> = (0..30).map(|i| 5 * (i % 3)).collect();
        let ranking = Ranking::new(&scores, Some(&bins), 1.0);
        // Two of the first bin, one of the second.
        let mut sampler = SetSampler::new(&ranking, &[0, 4, 6]);
        let (mut rng, mut set) = (CounterRng::new(3, 0), Vec::new());
        for _ in 0..50 {
            sampler.draw(&mut rng, &mut set);
            assert_eq!(set.iter().filter(|&&rank| rank % 3 == 0).count(), 2);
            assert_eq!(set.iter().filter(|&&rank| rank % 3 == 1).count(), 1);
            assert!(set.windows(2).all(|pair| pair[0] < pair[1]));
            assert_eq!(sampler.neighbour(&ranking, 4, &mut rng) % 3, 1);
        }
    }
}
