//! Simulated clusters: counts of junctions of known usage, under several kinds of noise.

use nadsplice_stats::{Contrast, Design, DesignError, Groups};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution, Gamma, LogNormal, Normal, Poisson};

/// Standard deviation of `ln rho` between clusters.
const SPREAD_OF_RHO: f64 = 0.9;
/// Coverage at which the median correlation holds; beyond it falls as coverage to the power of -0.1.
const USUAL_READS: f64 = 60.0;
/// Share of clusters whose usages truly differ.
const CHANGED: f64 = 0.15;
/// Share of clusters whose usages depend on the covariates.
const CONFOUNDED: f64 = 0.4;

/// How usages spread around their mean between the samples of a group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Noise {
    /// Dirichlet: one correlation a cluster.
    Dirichlet,
    /// Junctions split off one after the other, in random order, each split with a correlation of its own.
    Splits,
    /// Logarithms of usages normal, each junction with a variance of its own.
    LogNormal,
    /// Transcripts of one, two or three of the cluster's junctions, their usages Dirichlet with one correlation: as of a
    /// skipped exon, whose two junctions come and go together.
    Transcripts,
}

/// Who is compared with whom.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) enum Layout {
    /// Two groups of so many samples.
    Groups(usize, usize),
    /// So many pairs, one sample of each in either group.
    Pairs(usize),
    /// Two groups of so many samples, with a batch that goes with the group, an age and a sex.
    Covariates(usize),
    /// Three groups of so many samples, tested all at once.
    Three(usize),
}

/// A kind of cohort.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scenario {
    /// What the report calls it.
    pub(crate) name: &'static str,
    /// Who is compared.
    pub(crate) layout: Layout,
    /// Median correlation.
    pub(crate) rho: f64,
    /// Squared biological coefficient of variation of a cluster's coverage.
    pub(crate) bcv2: f64,
    /// Median reads of a cluster in a sample.
    pub(crate) reads: f64,
    /// Concentration of the usages of a cluster's junctions: below 1 few junctions dominate.
    pub(crate) evenness: f64,
    /// Kind of noise.
    pub(crate) noise: Noise,
}

impl Scenario {
    /// Like cultured cells: little noise between samples.
    pub(crate) const CELL: Self = Self {
        name: "cell",
        layout: Layout::Groups(3, 3),
        rho: 0.0073,
        bcv2: 0.1,
        reads: USUAL_READS,
        evenness: 0.7,
        noise: Noise::Dirichlet,
    };
    /// Like human tissue.
    pub(crate) const HUMAN: Self = Self { name: "human", rho: 0.032, bcv2: 0.35, ..Self::CELL };
}

impl Layout {
    /// Number of samples.
    pub(crate) fn samples(self) -> usize {
        match self {
            Self::Groups(a, b) => a + b,
            Self::Pairs(n) | Self::Covariates(n) => 2 * n,
            Self::Three(n) => 3 * n,
        }
    }

    /// Group of a sample.
    pub(crate) fn group(self, sample: usize) -> usize {
        match self {
            Self::Groups(control, _) => usize::from(sample >= control),
            Self::Pairs(_) => sample % 2,
            Self::Covariates(n) => usize::from(sample >= n),
            Self::Three(n) => sample / n,
        }
    }

    /// The nuisance columns of a sample.
    fn nuisance(self, sample: usize) -> Vec<f64> {
        let is = |b: bool| f64::from(u8::from(b));
        match self {
            Self::Groups(..) | Self::Three(_) => Vec::new(),
            Self::Pairs(n) => (1..n).map(|pair| is(sample / 2 == pair)).collect(),
            Self::Covariates(n) => {
                // Three of four controls are in the one batch, three of four cases in the other.
                let batch = is((sample % 4 == 0) != (sample >= n));
                let age = (sample * 7 % 11) as f64 / 5.0 - 1.0;
                vec![batch, age, is(sample % 2 == 1)]
            }
        }
    }

    /// The design that is true.
    pub(crate) fn design(self) -> Result<Design, DesignError> {
        let samples = self.samples();
        let groups = if matches!(self, Self::Three(_)) { 3 } else { 2 };
        let rows: Vec<f64> = (0..samples)
            .flat_map(|i| {
                let own = (1..groups).map(move |g| f64::from(u8::from(self.group(i) == g)));
                std::iter::once(1.0).chain(self.nuisance(i)).chain(own)
            })
            .collect();
        let columns = rows.len() / samples;
        let tested: Vec<usize> = (columns + 1 - groups..columns).collect();
        let groups = Groups {
            of_sample: (0..samples).map(|i| Some(self.group(i))).collect(),
            columns: tested.clone(),
            contrast: (groups == 2).then_some(Contrast { case: 1, control: 0 }),
        };
        Design::new(columns, &rows, &tested, Some(groups))
    }
}

/// A simulated cohort.
pub(crate) struct Cohort {
    /// Number of samples.
    pub(crate) samples: usize,
    /// Counts of each cluster: junctions x samples, row-major.
    pub(crate) clusters: Vec<Vec<u32>>,
    /// Whether the usages of each cluster truly differ between the groups.
    pub(crate) changed: Vec<bool>,
}

impl Cohort {
    /// Simulates `clusters` clusters of 2 to 10 junctions.
    pub(crate) fn new(scenario: &Scenario, clusters: usize, seed: u64) -> Self {
        let mut source = Source { rng: ChaCha8Rng::seed_from_u64(seed) };
        let samples = scenario.layout.samples();
        let (counts, changed) = (0..clusters).map(|_| source.cluster(scenario)).unzip();
        Self { samples, clusters: counts, changed }
    }
}

struct Source {
    rng: ChaCha8Rng,
}

impl Source {
    fn draw(&mut self, from: Result<impl Distribution<f64>, impl std::fmt::Debug>) -> f64 {
        from.expect("parameters within range").sample(&mut self.rng)
    }

    fn rho(&mut self, median: f64, reads: f64) -> f64 {
        let centre = median.ln() - 0.1 * (reads / USUAL_READS).ln();
        self.draw(LogNormal::new(centre, SPREAD_OF_RHO)).min(0.5)
    }

    /// Usages of a cluster, none below a hundredth before they are scaled to 1.
    fn usages(&mut self, junctions: usize, evenness: f64) -> Vec<f64> {
        let raw: Vec<f64> = (0..junctions).map(|_| self.draw(Gamma::new(evenness, 1.0))).collect();
        let total: f64 = raw.iter().sum();
        scaled(raw.iter().map(|u| (u / total).max(0.01)).collect())
    }

    /// The junctions of each transcript: runs of up to three, or one each.
    fn transcripts(&mut self, junctions: usize, noise: Noise) -> Vec<Vec<usize>> {
        let mut transcripts: Vec<Vec<usize>> = Vec::new();
        let mut next = 0;
        while next < junctions {
            // Two transcripts at least.
            let most = if transcripts.is_empty() { junctions - 1 } else { junctions - next };
            let longest = if noise == Noise::Transcripts { most.min(3) } else { 1 };
            let end = next + self.rng.random_range(1..=longest);
            transcripts.push((next..end).collect());
            next = end;
        }
        transcripts
    }

    fn cluster(&mut self, scenario: &Scenario) -> (Vec<u32>, bool) {
        // Small clusters are the most frequent.
        let junctions = (2 + self.draw(Gamma::new(0.8, 2.4)) as usize).min(10);
        let reads = self.draw(LogNormal::new(scenario.reads.ln(), 1.0));
        let transcripts = self.transcripts(junctions, scenario.noise);
        let base = self.usages(transcripts.len(), scenario.evenness);
        let changed = self.rng.random_bool(CHANGED);
        let other = if changed { self.shifted(&base, scenario.evenness) } else { base.clone() };
        let layout = scenario.layout;
        let columns = layout.nuisance(0).len();
        let confounded = columns > 0 && self.rng.random_bool(CONFOUNDED);
        let slopes: Vec<Vec<f64>> = (0..transcripts.len())
            .map(|_| {
                (0..columns)
                    .map(|_| if confounded { self.draw(Normal::new(0.0, 0.6)) } else { 0.0 })
                    .collect()
            })
            .collect();
        let noise = self.noise(scenario, &base, reads);
        let mut counts = vec![0; junctions * layout.samples()];
        for sample in 0..layout.samples() {
            let nuisance = layout.nuisance(sample);
            // Of three groups the last differs.
            let last = if matches!(layout, Layout::Three(_)) { 2 } else { 1 };
            let mean = if layout.group(sample) == last { &other } else { &base };
            let mean = scaled(
                mean.iter()
                    .zip(&slopes)
                    .map(|(p, s)| p * s.iter().zip(&nuisance).map(|(s, x)| s * x).sum::<f64>().exp())
                    .collect(),
            );
            let own = of_junctions(&self.own_usages(&mean, &noise), &transcripts, junctions);
            let shape = scenario.bcv2.recip();
            let expected = reads * self.draw(Gamma::new(shape, shape.recip()));
            let mut left = self.draw(Poisson::new(expected.max(1e-6))) as u64;
            let mut rest = 1.0;
            for (junction, usage) in own.iter().enumerate() {
                let share = if rest > 1e-12 { (usage / rest).clamp(0.0, 1.0) } else { 1.0 };
                let share = if junction + 1 == junctions { 1.0 } else { share };
                let of = Binomial::new(left, share).expect("a share").sample(&mut self.rng);
                counts[junction * layout.samples() + sample] = of as u32;
                left -= of;
                rest -= usage;
            }
        }
        (counts, changed)
    }

    /// What a true difference makes of the usages: two junctions trade, one gains from all others, or all are drawn
    /// anew and mixed in.
    fn shifted(&mut self, base: &[f64], evenness: f64) -> Vec<f64> {
        let mut usages = base.to_vec();
        let size: f64 = self.rng.random_range(0.1..0.4);
        let mut order: Vec<usize> = (0..base.len()).collect();
        order.shuffle(&mut self.rng);
        match self.rng.random_range(0..3) {
            0 => {
                let (a, b) = (order[0], order[1]);
                let (from, to) = if base[a] > base[b] { (a, b) } else { (b, a) };
                let moved = size.min(0.9 * base[from]);
                usages[from] -= moved;
                usages[to] += moved;
            }
            1 => {
                let gains = order[0];
                let to = if base[gains] + size < 0.95 { base[gains] + size } else { base[gains] - size };
                let factor = (1.0 - to) / (1.0 - base[gains]);
                usages.iter_mut().for_each(|u| *u *= factor);
                usages[gains] = to;
            }
            _ => {
                let anew = self.usages(base.len(), evenness);
                usages.iter_mut().zip(anew).for_each(|(u, new)| *u = (1.0 - size) * *u + size * new);
            }
        }
        scaled(usages)
    }

    fn noise(&mut self, scenario: &Scenario, base: &[f64], reads: f64) -> Drawn {
        match scenario.noise {
            Noise::Dirichlet | Noise::Transcripts => {
                Drawn::Dirichlet(self.rho(scenario.rho, reads).recip() - 1.0)
            }
            Noise::Splits => {
                let mut order: Vec<usize> = (0..base.len()).collect();
                order.shuffle(&mut self.rng);
                let precisions = order.iter().map(|_| self.rho(scenario.rho, reads).recip() - 1.0).collect();
                Drawn::Splits { order, precisions }
            }
            Noise::LogNormal => Drawn::LogNormal(
                base.iter()
                    .map(|p| (self.rho(scenario.rho, reads) / (p * (1.0 - p))).sqrt().min(1.2))
                    .collect(),
            ),
        }
    }

    fn own_usages(&mut self, mean: &[f64], noise: &Drawn) -> Vec<f64> {
        match noise {
            Drawn::Dirichlet(precision) => scaled(
                mean.iter()
                    .map(|p| self.draw(Gamma::new(p * precision, 1.0)).max(f64::MIN_POSITIVE))
                    .collect(),
            ),
            Drawn::Splits { order, precisions } => {
                let mut own = vec![0.0; mean.len()];
                let (mut stick, mut rest) = (1.0, 1.0);
                for (&junction, precision) in order.iter().zip(precisions) {
                    let share = (mean[junction] / rest).clamp(0.0, 1.0);
                    let last = order.last() == Some(&junction) || share > 0.999_999;
                    let part = if last {
                        1.0
                    } else {
                        self.draw(Beta::new(share * precision, (1.0 - share) * precision))
                    };
                    own[junction] = stick * part;
                    stick *= 1.0 - part;
                    rest -= mean[junction];
                }
                own
            }
            Drawn::LogNormal(deviations) => scaled(
                mean.iter().zip(deviations).map(|(p, d)| p * self.draw(Normal::new(0.0, *d)).exp()).collect(),
            ),
        }
    }
}

/// The noise of one cluster.
enum Drawn {
    Dirichlet(f64),
    Splits { order: Vec<usize>, precisions: Vec<f64> },
    LogNormal(Vec<f64>),
}

/// The usages of junctions, given those of transcripts.
fn of_junctions(usages: &[f64], transcripts: &[Vec<usize>], junctions: usize) -> Vec<f64> {
    let mut sums = vec![0.0; junctions];
    for (usage, transcript) in usages.iter().zip(transcripts) {
        transcript.iter().for_each(|&junction| sums[junction] += usage);
    }
    scaled(sums)
}

fn scaled(mut values: Vec<f64>) -> Vec<f64> {
    let total: f64 = values.iter().sum();
    values.iter_mut().for_each(|v| *v /= total);
    values
}
