//! Cohorts of events with known differences.

use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution, Gamma, LogNormal, Normal, Poisson};

/// What kind of samples the counts come from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Tissue {
    /// Median correlation of two reads of a sample.
    pub(crate) rho: f64,
    /// Squared coefficient of variation of a gene's expression between samples.
    pub(crate) variation: f64,
}

/// A cell line, grown and treated alike.
pub(crate) const CELL: Tissue = Tissue { rho: 0.0073, variation: 0.10 };
/// Biopsies of different people.
pub(crate) const HUMAN: Tissue = Tissue { rho: 0.032, variation: 0.35 };

/// Median reads of an event in a sample of normal depth.
pub(crate) const MEDIAN_READS: f64 = 38.0;
/// Standard deviation of the logarithm of the correlation.
const RHO_SPREAD: f64 = 0.9;
/// Change of its median with log coverage.
const RHO_TREND: f64 = -0.1;
/// Baseline PSI and PSI after a change stay this far from 0 and 1.
const EDGE: f64 = 0.02;
/// Share of the events that the nuisance columns have an effect on.
const NUISANCE_SHARE: f64 = 0.4;
/// Effects on the logit scale: of nuisance columns, and of groups where those are set on that scale.
pub(crate) const LOGIT_EFFECT: [f64; 2] = [0.5, 1.6];

/// How samples of one group differ.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Noise {
    /// Beta distribution of PSI: the model of the test.
    Beta,
    /// Normal distribution of logit PSI of about the same variance: another model.
    LogitNormal,
    /// Beta, and in this share of the events the PSI of one sample is drawn anew.
    Outlier(f64),
    /// Beta, and in this share of the events 0, 1 or 2 alleles of frequency 0.3 shift the logit by 0.8 each.
    Alleles(f64),
}

/// The size of true differences.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Size {
    /// Absolute difference of PSI, uniform, in the direction that has room.
    Psi([f64; 2]),
    /// Absolute difference of logit PSI, uniform, in either direction.
    Logit([f64; 2]),
}

/// How to draw a cohort.
#[derive(Clone, Debug)]
pub(crate) struct Recipe {
    pub(crate) tissue: Tissue,
    pub(crate) noise: Noise,
    /// Median reads of an event.
    pub(crate) reads: f64,
    /// Depth of every sample, 1 for a normal one.
    pub(crate) depth: Vec<f64>,
    /// Group of every sample; 0 has no difference.
    pub(crate) group: Vec<usize>,
    /// Columns with an effect on PSI in some events, one value a sample.
    pub(crate) nuisance: Vec<Vec<f64>>,
    pub(crate) size: Size,
    /// Share of events with a difference.
    pub(crate) changed: f64,
}

/// Counts and the truth about them.
#[derive(Clone, Debug, Default)]
pub(crate) struct Cohort {
    pub(crate) inclusion: Vec<u32>,
    pub(crate) skipping: Vec<u32>,
    /// Whether an event differs between the groups.
    pub(crate) changed: Vec<bool>,
    /// The true difference of an event: mean over the samples of their PSI in group 1 less that in group 0.
    pub(crate) delta: Vec<f64>,
}

impl Cohort {
    pub(crate) fn draw(recipe: &Recipe, events: usize, seed: u64) -> Self {
        let mut random = Source(ChaCha8Rng::seed_from_u64(seed));
        let mut cohort = Self::default();
        (0..events).for_each(|_| random.event(recipe, &mut cohort));
        cohort
    }
}

pub(crate) fn logit(p: f64) -> f64 {
    (p / (1.0 - p)).ln()
}

pub(crate) fn inverse_logit(eta: f64) -> f64 {
    (1.0 + (-eta).exp()).recip()
}

struct Source(ChaCha8Rng);

impl Source {
    fn draw(&mut self, from: impl Distribution<f64>) -> f64 {
        from.sample(&mut self.0)
    }

    fn between(&mut self, [low, high]: [f64; 2]) -> f64 {
        low + (high - low) * self.0.random::<f64>()
    }

    fn sign(&mut self) -> f64 {
        if self.0.random_bool(0.5) { 1.0 } else { -1.0 }
    }

    fn psi(&mut self) -> f64 {
        self.draw(Beta::new(0.5, 0.5).unwrap()).clamp(EDGE, 1.0 - EDGE)
    }

    /// The logit of PSI in each group, the first group's last known.
    fn groups(&mut self, recipe: &Recipe, psi: f64, changed: bool) -> Vec<f64> {
        let groups = recipe.group.iter().max().unwrap() + 1;
        let mut etas = vec![logit(psi); groups];
        for eta in etas.iter_mut().skip(1).filter(|_| changed) {
            *eta = match recipe.size {
                Size::Psi(range) => {
                    let delta = self.between(range);
                    let up = match (psi + delta <= 1.0 - EDGE, psi - delta >= EDGE) {
                        (true, true) => self.sign() > 0.0,
                        (up, _) => up,
                    };
                    logit(if up { psi + delta } else { psi - delta })
                }
                Size::Logit(range) => *eta + self.sign() * self.between(range),
            };
        }
        etas
    }

    fn event(&mut self, recipe: &Recipe, cohort: &mut Cohort) {
        let coverage = self.draw(LogNormal::new(recipe.reads.ln(), 1.0).unwrap());
        let psi = self.psi();
        let median = recipe.tissue.rho.ln() + RHO_TREND * (coverage / MEDIAN_READS).ln();
        let rho = self.draw(LogNormal::new(median, RHO_SPREAD).unwrap()).min(0.5);
        let changed = self.0.random_bool(recipe.changed);
        let by_group = self.groups(recipe, psi, changed);
        let mut shift = self.nuisance(recipe);
        if let Noise::Alleles(share) = recipe.noise
            && self.0.random_bool(share)
        {
            for own in &mut shift {
                let alleles = u8::from(self.0.random_bool(0.3)) + u8::from(self.0.random_bool(0.3));
                *own += 0.8 * f64::from(alleles);
            }
        }
        let outlier = match recipe.noise {
            Noise::Outlier(share) if self.0.random_bool(share) => {
                Some((self.0.random_range(0..shift.len()), self.psi()))
            }
            _ => None,
        };
        // Of the logit: about the variance of the beta distribution at this PSI.
        let deviation = (rho / (psi * (1.0 - psi)).max(0.09)).sqrt();
        for sample in 0..shift.len() {
            let eta = by_group[recipe.group[sample]] + shift[sample];
            let mean = match outlier {
                Some((who, psi)) if who == sample => psi,
                _ => inverse_logit(eta).clamp(1e-4, 1.0 - 1e-4),
            };
            let own = if recipe.noise == Noise::LogitNormal {
                inverse_logit(eta + deviation * self.draw(Normal::new(0.0, 1.0).unwrap()))
            } else {
                let precision = rho.recip() - 1.0;
                self.draw(Beta::new(mean * precision, (1.0 - mean) * precision).unwrap())
            };
            self.counts(recipe, coverage * recipe.depth[sample], own, cohort);
        }
        cohort.changed.push(changed);
        let last = by_group[by_group.len() - 1];
        let mean = |eta: f64| -> f64 {
            let psi = |shift: &f64| match recipe.noise {
                Noise::LogitNormal => expected(eta + shift, deviation),
                _ => inverse_logit(eta + shift),
            };
            shift.iter().map(psi).sum::<f64>() / shift.len() as f64
        };
        cohort.delta.push(mean(last) - mean(by_group[0]));
    }

    /// What the nuisance columns do to every sample's logit.
    fn nuisance(&mut self, recipe: &Recipe) -> Vec<f64> {
        let mut shift = vec![0.0; recipe.group.len()];
        if !recipe.nuisance.is_empty() && self.0.random_bool(NUISANCE_SHARE) {
            for column in &recipe.nuisance {
                let effect = self.sign() * self.between(LOGIT_EFFECT);
                shift.iter_mut().zip(column).for_each(|(s, x)| *s += effect * x);
            }
        }
        shift
    }

    /// Reads of one sample whose own PSI is `own`.
    fn counts(&mut self, recipe: &Recipe, coverage: f64, own: f64, cohort: &mut Cohort) {
        let shape = recipe.tissue.variation.recip();
        let expected = coverage * self.draw(Gamma::new(shape, shape.recip()).unwrap());
        let reads = self.draw(Poisson::new(expected.max(1e-6)).unwrap());
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a whole number of reads"
        )]
        let n = reads as u64;
        let y = Binomial::new(n, own.clamp(0.0, 1.0)).unwrap().sample(&mut self.0);
        cohort.inclusion.push(u32::try_from(y).unwrap());
        cohort.skipping.push(u32::try_from(n - y).unwrap());
    }
}

/// The mean of `inverse_logit` of a normal variable, by its quantiles.
fn expected(mean: f64, deviation: f64) -> f64 {
    const STEPS: u32 = 41;
    // Evenly spaced points of the density, 4 standard deviations to either side.
    let points = (0..STEPS).map(|i| -4.0 + 8.0 * f64::from(i) / f64::from(STEPS - 1));
    let (sum, mass) = points.fold((0.0, 0.0), |(sum, mass), z| {
        let density = (-0.5 * z * z).exp();
        (sum + density * inverse_logit(mean + deviation * z), mass + density)
    });
    sum / mass
}
