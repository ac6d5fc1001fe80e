//! Gene set enrichment along a ranking, with p-values by adaptive multilevel splitting.
//!
//! Genes are sorted by score, highest first. Walking down, the running sum rises at a member of the set by its share
//! of the members' absolute scores and falls at any other gene; the enrichment score is its largest deviation from 0
//! (Subramanian et al. 2005, [doi:10.1073/pnas.0506580102](https://doi.org/10.1073/pnas.0506580102)). The null is
//! random sets of the same size. Small p-values come from multilevel splitting: half of a sample of random sets is
//! kept at each level, duplicated and moved by swaps that stay above the level (Korotkevich et al. 2021,
//! [doi:10.1101/060012](https://doi.org/10.1101/060012), whose package fgsea defines every constant here).
//!
//! With bins, random sets have as many genes in each bin as the set has, and swaps stay within a bin: a set of genes
//! with many events is compared with sets of genes with many events. See [`effort_bins`] and
//! [`normal_scores_within_bins`].
//!
//! Random numbers are a function of the seed, the ranks of the set's genes and a counter, so results do not depend on
//! threads or on which other sets are tested, and equal sets have equal results.

mod bins;
mod multilevel;
mod random;
mod running_sum;

pub use bins::{coverage_bins, effort_bins, event_number_bins, normal_scores_within_bins};

use crate::special::trigamma;
use multilevel::{Levels, SAMPLE_SIZE};
use random::{CounterRng, SetSampler};
use rayon::prelude::*;
use running_sum::Ranking;
use thiserror::Error;

/// Fewer random sets than this with a score of the same sign are no null distribution.
const MIN_SAME_SIGN: u32 = 10;

/// Which deviation of the running sum counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScoreType {
    /// The larger one, up or down: for signed scores.
    Standard,
    /// Upwards only: for scores that say how much, not in which direction.
    Positive,
}

/// How to test sets.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct GseaOptions {
    /// Power of the absolute score that members weigh by; 0 makes the score a Kolmogorov-Smirnov statistic.
    pub weight: f64,
    /// Which deviation counts.
    pub score_type: ScoreType,
    /// Random sets of the first, simple estimate.
    pub permutations: u32,
    /// P-values below this are reported as this.
    pub smallest_p: f64,
    /// Seed of the random numbers.
    pub seed: u64,
}

impl Default for GseaOptions {
    /// Weight 1, upwards only, 1000 permutations, p-values down to 1e-50, seed 42.
    fn default() -> Self {
        Self { weight: 1.0, score_type: ScoreType::Positive, permutations: 1000, smallest_p: 1e-50, seed: 42 }
    }
}

/// Why sets cannot be tested.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum GseaError {
    /// A score is NaN or infinite.
    #[error("score of gene {gene} is not a finite number")]
    ScoreNotFinite {
        /// Gene, from 0.
        gene: usize,
    },
    /// A set names a gene that has no score.
    #[error("set {set} holds gene {gene}, expected a number below {genes}")]
    NoSuchGene {
        /// Set, from 0.
        set: usize,
        /// The gene named.
        gene: usize,
        /// Genes there are.
        genes: usize,
    },
    /// There is not one bin a gene.
    #[error("{bins} bins for {genes} genes")]
    Bins {
        /// Bins given.
        bins: usize,
        /// Genes given.
        genes: usize,
    },
}

/// The test of one set.
#[derive(Clone, Debug, PartialEq)]
pub struct GseaRow {
    /// Genes of the set, each counted once.
    pub size: usize,
    /// Enrichment score, in `[-1, 1]`; none for a set of nothing or of everything.
    pub score: Option<f64>,
    /// The score over the mean of random scores of its sign.
    pub normalised: Option<f64>,
    /// The p-value; none where too few random scores have the sign of the score.
    pub p_value: Option<f64>,
    /// Standard error of the binary logarithm of the p-value; none where the p-value is only a bound.
    pub log2_error: Option<f64>,
    /// The genes from the top of the ranking to the deviation (from the bottom for a negative score).
    pub leading_edge: Vec<usize>,
}

/// Tests sets of genes, given as positions in `scores`, for a concentration at the top of the ranking (or, with
/// [`ScoreType::Standard`], at its bottom).
///
/// Genes of equal score are ranked in the order given, which should therefore not depend on anything but the genes.
/// With `bins`, one a gene, random sets keep the bins of the set.
///
/// ```
/// use nadsplice_stats::gsea::{GseaOptions, gsea};
///
/// let scores: Vec<f64> = (0..200).map(|i| 2.0 - f64::from(i) / 100.0).collect();
/// let rows = gsea(&scores, &[(0..10).collect(), vec![5, 50, 95, 140, 185]], None, &GseaOptions::default())?;
/// assert!(rows[0].p_value.is_some_and(|p| p < 1e-6));
/// assert!(rows[1].p_value.is_some_and(|p| p > 0.05));
/// # Ok::<(), nadsplice_stats::gsea::GseaError>(())
/// ```
pub fn gsea(
    scores: &[f64],
    sets: &[Vec<usize>],
    bins: Option<&[u32]>,
    options: &GseaOptions,
) -> Result<Vec<GseaRow>, GseaError> {
    if let Some(gene) = scores.iter().position(|s| !s.is_finite()) {
        return Err(GseaError::ScoreNotFinite { gene });
    }
    if let Some(bins) = bins.filter(|bins| bins.len() != scores.len()) {
        return Err(GseaError::Bins { bins: bins.len(), genes: scores.len() });
    }
    for (set, genes) in sets.iter().enumerate() {
        if let Some(&gene) = genes.iter().find(|&&gene| gene >= scores.len()) {
            return Err(GseaError::NoSuchGene { set, gene, genes: scores.len() });
        }
    }
    let ranking = Ranking::new(scores, bins, options.weight);
    Ok(sets.par_iter().map(|genes| test_set(&ranking, genes, options)).collect())
}

fn test_set(ranking: &Ranking, genes: &[usize], options: &GseaOptions) -> GseaRow {
    let hits = ranking.positions(genes);
    let size = hits.len();
    if size == 0 || size == ranking.len() {
        return GseaRow {
            size,
            score: None,
            normalised: None,
            p_value: None,
            log2_error: None,
            leading_edge: Vec::new(),
        };
    }
    let score = ranking.deviations(&hits).score(options.score_type);
    let mut rng = CounterRng::of_set(options.seed, &hits);
    let null = Null::sample(ranking, &hits, score, &mut rng, options);
    let (p_value, log2_error) = null
        .has_enough()
        .then(|| estimate_p(ranking, &hits, score, &null, &mut rng, options))
        .map_or((None, None), |estimate| (Some(estimate.p), estimate.log2_error));
    GseaRow {
        size,
        score: Some(score),
        normalised: null.mean().map(|mean| score / mean),
        p_value,
        log2_error,
        leading_edge: ranking.leading_edge(&hits, score, options.score_type),
    }
}

/// Random sets with a score of the same sign as the one tested.
#[derive(Clone, Copy, Debug)]
struct Null {
    same_sign: u32,
    as_extreme: u32,
    sum: f64,
    permutations: u32,
}

impl Null {
    fn sample(
        ranking: &Ranking,
        hits: &[u32],
        score: f64,
        rng: &mut CounterRng,
        options: &GseaOptions,
    ) -> Self {
        let mut sampler = SetSampler::new(ranking, hits);
        let sign = if score >= 0.0 { 1.0 } else { -1.0 };
        let mut null = Self { same_sign: 0, as_extreme: 0, sum: 0.0, permutations: options.permutations };
        let mut random = Vec::with_capacity(hits.len());
        for _ in 0..options.permutations {
            sampler.draw(rng, &mut random);
            let value = sign * ranking.deviations(&random).score(options.score_type);
            if value >= 0.0 {
                null.same_sign += 1;
                null.sum += value;
            }
            null.as_extreme += u32::from(value >= sign * score);
        }
        null
    }

    fn has_enough(self) -> bool {
        self.same_sign >= MIN_SAME_SIGN
    }

    /// The mean absolute score.
    fn mean(self) -> Option<f64> {
        (self.has_enough() && self.sum > 0.0).then(|| self.sum / f64::from(self.same_sign))
    }
}

/// A p-value and how far off it may be.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Estimate {
    p: f64,
    log2_error: Option<f64>,
}

/// The simple estimate where it is the more exact one, multilevel splitting elsewhere.
fn estimate_p(
    ranking: &Ranking,
    hits: &[u32],
    score: f64,
    null: &Null,
    rng: &mut CounterRng,
    options: &GseaOptions,
) -> Estimate {
    let (extreme, all) = (f64::from(null.as_extreme) + 1.0, f64::from(null.permutations) + 1.0);
    let simple_error = (trigamma(extreme) - trigamma(all)).max(0.0).sqrt() / std::f64::consts::LN_2;
    if multilevel_error(extreme / all) >= simple_error {
        let p = extreme / (f64::from(null.same_sign) + 1.0);
        return Estimate { p: p.min(1.0), log2_error: Some(simple_error) };
    }
    let signed = options.score_type == ScoreType::Standard;
    let tail = if score >= 0.0 {
        Levels::climb(ranking, hits, score, options.smallest_p, rng).tail(score, signed)
    } else {
        let reversed = ranking.reversed();
        let hits: Vec<u32> = reversed.mirror(hits);
        Levels::climb(&reversed, &hits, -score, options.smallest_p, rng).tail(-score, signed)
    };
    let same_sign_share = (f64::from(null.same_sign) + 1.0) / all;
    let p = (tail.p / same_sign_share).min(1.0);
    if p < options.smallest_p {
        return Estimate { p: options.smallest_p, log2_error: None };
    }
    Estimate { p, log2_error: tail.is_exact.then(|| multilevel_error(p)) }
}

/// Standard error of the binary logarithm of a p-value by multilevel splitting.
fn multilevel_error(p: f64) -> f64 {
    let size = SAMPLE_SIZE as f64;
    let levels = (1.0 - p.log2()).floor();
    (levels * (trigamma(0.5 * (size + 1.0)) - trigamma(size + 1.0))).sqrt() / std::f64::consts::LN_2
}

#[cfg(test)]
mod tests;
