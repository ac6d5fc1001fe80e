//! The Dirichlet-multinomial test of a cluster in designs of one mean a group, as a rival.

use nadsplice_stats::{
    beta_binomial::read_weight,
    special::{ln_rising, ln_rising_derivatives, trigamma_inverse},
};

const GRID: usize = 16;

fn grid() -> [f64; GRID] {
    let [low, high] = [3e-4_f64.ln(), 0.6_f64.ln()];
    std::array::from_fn(|k| (low + (high - low) * k as f64 / (GRID - 1) as f64).exp())
}

/// A cluster as the Dirichlet-multinomial model sees it: junctions x samples with reads.
pub(crate) struct Table {
    counts: Vec<Vec<u32>>,
    totals: Vec<u32>,
    groups: Vec<usize>,
    n_groups: usize,
}

/// The outcome for one cluster.
pub(crate) struct Fit {
    /// Twice the gain in log-likelihood.
    pub(crate) ratio: f64,
    /// Degrees of freedom of the numerator.
    pub(crate) tested: f64,
    /// Satterthwaite degrees of freedom.
    pub(crate) df: f64,
}

impl Table {
    /// The kept junctions of a cluster.
    pub(crate) fn new(counts: &[Vec<u32>], groups: &[usize]) -> Self {
        let total = |i: usize| counts.iter().map(|row| row[i]).sum::<u32>();
        let used: Vec<usize> = (0..groups.len()).filter(|&i| total(i) > 0).collect();
        Self {
            counts: counts.iter().map(|row| used.iter().map(|&i| row[i]).collect()).collect(),
            totals: used.iter().map(|&i| total(i)).collect(),
            groups: used.iter().map(|&i| groups[i]).collect(),
            n_groups: groups.iter().max().map_or(0, |g| g + 1),
        }
    }

    /// Whether each group has two samples with reads.
    pub(crate) fn has_all_groups(&self) -> bool {
        (0..self.n_groups).all(|g| self.members(Some(g)).len() > 1)
    }

    fn mean_reads(&self) -> f64 {
        self.totals.iter().map(|&n| f64::from(n)).sum::<f64>() / self.totals.len() as f64
    }

    fn members(&self, group: Option<usize>) -> Vec<usize> {
        (0..self.groups.len()).filter(|&i| group.is_none_or(|g| self.groups[i] == g)).collect()
    }

    fn shares(&self, members: &[usize], rho: f64) -> Vec<f64> {
        let weight = |i: usize| read_weight(self.totals[i], rho);
        let raw: Vec<f64> = self
            .counts
            .iter()
            .map(|row| members.iter().map(|&i| weight(i) * f64::from(row[i])).sum::<f64>())
            .collect();
        let total: f64 = raw.iter().sum();
        raw.iter().map(|r| (r / total).max(1e-5)).collect()
    }

    fn likelihood(&self, members: &[usize], shares: &[f64], rho: f64) -> f64 {
        let s = rho.recip() - 1.0;
        let own = |i: usize| {
            let parts: f64 = self.counts.iter().zip(shares).map(|(row, p)| ln_rising(p * s, row[i])).sum();
            parts - ln_rising(s, self.totals[i])
        };
        members.iter().map(|&i| own(i)).sum()
    }

    /// Cox and Reid's adjusted profile of the correlation.
    pub(crate) fn profile(&self) -> [f64; GRID] {
        let rhos = grid();
        std::array::from_fn(|k| {
            (0..self.n_groups)
                .map(|g| {
                    let members = self.members(Some(g));
                    let shares = self.shares(&members, rhos[k]);
                    let reads: f64 = members
                        .iter()
                        .map(|&i| read_weight(self.totals[i], rhos[k]) * f64::from(self.totals[i]))
                        .sum();
                    let information =
                        (shares.len() - 1) as f64 * reads.ln() + shares.iter().map(|p| p.ln()).sum::<f64>();
                    self.likelihood(&members, &shares, rhos[k]) - 0.5 * information
                })
                .sum()
        })
    }

    /// The highest log-likelihood of common usages at a correlation: Newton steps on the simplex, where it is concave.
    fn fit(&self, members: &[usize], rho: f64) -> f64 {
        let s = rho.recip() - 1.0;
        let mut shares = self.shares(members, rho);
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|p| *p /= total);
        let mut best = self.likelihood(members, &shares, rho);
        for _ in 0..50 {
            let derivatives: Vec<(f64, f64)> = self
                .counts
                .iter()
                .zip(&shares)
                .map(|(row, p)| {
                    members.iter().fold((0.0, 0.0), |(first, second), &i| {
                        let (a, b) = ln_rising_derivatives(p * s, row[i]);
                        (first + s * a, second + s * s * b)
                    })
                })
                .collect();
            // Junctions without reads in the group have no curvature and stay at the floor.
            let inverse: Vec<f64> =
                derivatives.iter().map(|(_, h)| if *h < -1e-9 { -h.recip() } else { 0.0 }).collect();
            let scale: f64 = inverse.iter().sum();
            let multiplier = derivatives.iter().zip(&inverse).map(|((g, _), w)| g * w).sum::<f64>() / scale;
            let step: Vec<f64> =
                derivatives.iter().zip(&inverse).map(|((g, _), w)| w * (g - multiplier)).collect();
            let mut length = 1.0;
            let mut gained = 0.0;
            for _ in 0..30 {
                let next: Vec<f64> =
                    shares.iter().zip(&step).map(|(p, d)| (p + length * d).max(6e-6)).collect();
                let total: f64 = next.iter().sum();
                let next: Vec<f64> = next.iter().map(|p| p / total).collect();
                let likelihood = self.likelihood(members, &next, rho);
                if likelihood >= best {
                    gained = likelihood - best;
                    best = likelihood;
                    shares = next;
                    break;
                }
                length *= 0.5;
            }
            if gained < 1e-9 {
                break;
            }
        }
        best
    }

    fn ratio(&self, rho: f64) -> f64 {
        let full: f64 = (0..self.n_groups).map(|g| self.fit(&self.members(Some(g)), rho)).sum();
        (2.0 * (full - self.fit(&self.members(None), rho))).max(0.0)
    }
}

/// Tests all clusters; the prior of the correlation is learnt from all of them, one mean for all coverages.
pub(crate) fn test(tables: &[Table]) -> Vec<Fit> {
    let rhos = grid();
    let profiles: Vec<[f64; GRID]> = tables.iter().map(Table::profile).collect();
    let density = |m: f64, tau: f64| rhos.map(|r| -0.5 * ((r.ln() - m) / tau).powi(2));
    let (mut best, mut prior) = (f64::NEG_INFINITY, [0.0; GRID]);
    for tau in [0.15, 0.3, 0.45, 0.6, 0.75, 0.9, 1.1, 1.4] {
        for step in 0..28 {
            let m = 1.5e-3_f64.ln() + (0.2_f64 / 1.5e-3).ln() * f64::from(step) / 27.0;
            let ln = density(m, tau);
            let mass: f64 = ln.iter().map(|d| d.exp()).sum();
            let total: f64 = profiles
                .iter()
                .map(|profile| {
                    let top = profile.iter().copied().fold(f64::NEG_INFINITY, f64::max);
                    let sum: f64 = profile.iter().zip(&ln).map(|(p, d)| (p - top + d).exp()).sum();
                    (sum / mass).max(f64::MIN_POSITIVE).ln()
                })
                .sum();
            if total > best {
                (best, prior) = (total, ln);
            }
        }
    }
    tables
        .iter()
        .zip(&profiles)
        .map(|(table, profile)| {
            let posterior: Vec<f64> = profile.iter().zip(&prior).map(|(p, d)| p + d).collect();
            let top = (0..GRID).max_by(|&a, &b| posterior[a].total_cmp(&posterior[b])).unwrap_or(0);
            let weights: Vec<f64> = posterior.iter().map(|p| (p - posterior[top]).exp()).collect();
            let mass: f64 = weights.iter().sum();
            let inflation = rhos.map(|r| ((table.mean_reads() - 1.0) * r).ln_1p());
            let mean: f64 = weights.iter().zip(&inflation).map(|(w, v)| w * v).sum::<f64>() / mass;
            let variance: f64 =
                weights.iter().zip(&inflation).map(|(w, v)| w * (v - mean).powi(2)).sum::<f64>() / mass;
            let shift = if top == 0 || top == GRID - 1 {
                0.0
            } else {
                let [a, b, c] = [posterior[top - 1], posterior[top], posterior[top + 1]];
                0.5 * (a - c) / (a - 2.0 * b + c)
            };
            let rho = (rhos[top].ln() + shift * (rhos[1] / rhos[0]).ln()).exp();
            Fit {
                ratio: table.ratio(rho),
                tested: ((table.counts.len() - 1) * (table.n_groups - 1)) as f64,
                df: 2.0 * trigamma_inverse(variance.clamp(1e-4, 50.0)),
            }
        })
        .collect()
}
