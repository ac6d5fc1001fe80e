//! Streams of random numbers.

use rand_chacha::{ChaCha8Rng, rand_core::SeedableRng};

/// What a stream is for. Purposes never share numbers, so that, say, another depth leaves every PSI as it was.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    /// Expression of genes, the same for all samples.
    Expression,
    /// PSI of groups, the same for all samples.
    Plan,
    /// Depth of a sample.
    Depth,
    /// Biological noise of a gene in a sample.
    Noise,
    /// Shares of a sample's molecules in its fragments.
    Shares,
    /// Places of the fragments of a sample on one contig.
    Places,
    /// Base qualities.
    Qualities,
}

/// The stream of a purpose, a sample and a part of it, such as a contig or gene.
pub(crate) fn stream(seed: u64, purpose: Purpose, sample: u32, part: u32) -> ChaCha8Rng {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    // 8 bits of purpose, 28 of sample, 28 of part.
    let low = |n: u32| u64::from(n) & ((1 << 28) - 1);
    rng.set_stream((purpose as u64) << 56 | low(sample) << 28 | low(part));
    rng
}

/// The number by which a sample's streams are known.
pub(crate) fn sample_number(index: usize) -> u32 {
    u32::try_from(index).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use rand::Rng;

    use super::*;

    #[test]
    fn streams_are_reproducible_and_distinct() {
        let first = |seed, purpose, sample, part| stream(seed, purpose, sample, part).next_u64();
        assert_eq!(first(7, Purpose::Noise, 1, 2), first(7, Purpose::Noise, 1, 2));
        let all = [
            first(7, Purpose::Noise, 1, 2),
            first(7, Purpose::Noise, 2, 1),
            first(7, Purpose::Shares, 1, 2),
            first(8, Purpose::Noise, 1, 2),
        ];
        for (i, a) in all.iter().enumerate() {
            assert!(all[i + 1..].iter().all(|b| a != b));
        }
    }
}
