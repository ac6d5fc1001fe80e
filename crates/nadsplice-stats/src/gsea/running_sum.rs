//! The ranking of genes and the running sum of a set along it.

use super::ScoreType;

/// Genes from the highest score to the lowest.
#[derive(Clone, Debug)]
pub(crate) struct Ranking {
    /// Absolute score to the power of the weight, by rank.
    weights: Vec<f64>,
    /// Bin by rank, numbered from 0.
    bins: Vec<u32>,
    /// Gene by rank.
    genes: Vec<usize>,
    /// Rank by gene.
    ranks: Vec<u32>,
}

/// The largest deviations of a running sum.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Deviations {
    /// Upwards, at least 0 but for rounding.
    pub(crate) up: f64,
    /// Downwards, at most 0.
    pub(crate) down: f64,
    /// The hit at which the sum is highest, as its number among the hits.
    up_at: usize,
    /// The hit before which it is lowest.
    down_at: usize,
}

impl Deviations {
    /// The enrichment score; exactly 0 where both deviations are equal.
    pub(crate) fn score(self, score_type: ScoreType) -> f64 {
        match score_type {
            ScoreType::Positive => self.up,
            ScoreType::Standard if self.up > -self.down => self.up,
            ScoreType::Standard if self.up < -self.down => self.down,
            ScoreType::Standard => 0.0,
        }
    }
}

impl Ranking {
    /// Sorts genes by score, highest first, equal scores in the order given.
    pub(crate) fn new(scores: &[f64], bins: Option<&[u32]>, weight: f64) -> Self {
        let mut genes: Vec<usize> = (0..scores.len()).collect();
        genes.sort_by(|&a, &b| scores[b].total_cmp(&scores[a]));
        let mut numbers: Vec<u32> = bins.unwrap_or_default().to_vec();
        numbers.sort_unstable();
        numbers.dedup();
        let bin = |gene: usize| {
            let position = bins.map_or(0, |bins| numbers.partition_point(|&number| number < bins[gene]));
            u32::try_from(position).unwrap_or(u32::MAX)
        };
        let mut ranks = vec![0; genes.len()];
        for (rank, &gene) in (0..).zip(&genes) {
            ranks[gene] = rank;
        }
        Self {
            weights: genes.iter().map(|&gene| scores[gene].abs().powf(weight)).collect(),
            bins: genes.iter().map(|&gene| bin(gene)).collect(),
            genes,
            ranks,
        }
    }

    /// The number of genes.
    pub(crate) fn len(&self) -> usize {
        self.genes.len()
    }

    /// Bin by rank.
    pub(crate) fn bins(&self) -> &[u32] {
        &self.bins
    }

    /// The ranks of genes, ascending, each once.
    pub(crate) fn positions(&self, genes: &[usize]) -> Vec<u32> {
        let mut positions: Vec<u32> = genes.iter().map(|&gene| self.ranks[gene]).collect();
        positions.sort_unstable();
        positions.dedup();
        positions
    }

    /// The same ranking upside down.
    pub(crate) fn reversed(&self) -> Self {
        let mut reversed = self.clone();
        reversed.weights.reverse();
        reversed.bins.reverse();
        reversed.genes.reverse();
        for (rank, &gene) in (0..).zip(&reversed.genes) {
            reversed.ranks[gene] = rank;
        }
        reversed
    }

    /// Ranks of the ranking that this one is the reverse of, as ranks of this one.
    pub(crate) fn mirror(&self, hits: &[u32]) -> Vec<u32> {
        let last = u32::try_from(self.len() - 1).unwrap_or(u32::MAX);
        hits.iter().rev().map(|&hit| last - hit).collect()
    }

    /// The deviations of the running sum of a set, given as ascending ranks, neither empty nor everything.
    pub(crate) fn deviations(&self, hits: &[u32]) -> Deviations {
        let total = self.total(hits);
        let step = ((self.len() - hits.len()) as f64).recip();
        // Members that all weigh nothing weigh the same.
        let (scale, flat) =
            if total > 0.0 { (total.recip(), 0.0) } else { (0.0, (hits.len() as f64).recip()) };
        let mut sum = 0.0;
        let mut found = Deviations { up: f64::NEG_INFINITY, down: f64::INFINITY, up_at: 0, down_at: 0 };
        for (i, &hit) in hits.iter().enumerate() {
            let misses = (hit as usize - i) as f64 * step;
            let before = sum * scale - misses + flat * i as f64;
            sum += self.weights[hit as usize];
            let after = sum * scale - misses + flat * (i + 1) as f64;
            if before < found.down {
                (found.down, found.down_at) = (before, i);
            }
            if after > found.up {
                (found.up, found.up_at) = (after, i);
            }
        }
        found
    }

    /// The weight of a set.
    pub(crate) fn total(&self, hits: &[u32]) -> f64 {
        hits.iter().map(|&hit| self.weights[hit as usize]).sum()
    }

    /// The weight of one rank.
    pub(crate) fn weight(&self, rank: u32) -> f64 {
        self.weights[rank as usize]
    }

    /// Whether the running sum of a set of weight `total` rises above `bound`; looks no further than it must.
    pub(crate) fn rises_above(&self, hits: &[u32], total: f64, bound: f64) -> bool {
        if total <= 0.0 {
            return self.deviations(hits).up > bound;
        }
        // All in units of the total, which saves a division a member.
        let step = total / (self.len() - hits.len()) as f64;
        let bound = bound * total;
        let mut sum = 0.0;
        hits.iter().enumerate().any(|(i, &hit)| {
            sum += self.weights[hit as usize];
            sum - (hit as usize - i) as f64 * step > bound
        })
    }

    /// The genes that make up the deviation.
    pub(crate) fn leading_edge(&self, hits: &[u32], score: f64, score_type: ScoreType) -> Vec<usize> {
        let found = self.deviations(hits);
        let gene = |&hit: &u32| self.genes[hit as usize];
        match score_type {
            ScoreType::Standard if score < 0.0 => hits[found.down_at..].iter().rev().map(gene).collect(),
            _ => hits[..=found.up_at].iter().map(gene).collect(),
        }
    }
}
