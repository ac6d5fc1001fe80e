//! The designs and kinds of noise that the test is tried on.

use super::cohort::{CELL, HUMAN, LOGIT_EFFECT, MEDIAN_READS, Noise, Recipe, Size, Tissue};
use nadsplice_stats::{Contrast, Design, Groups};
use rand::{RngExt, SeedableRng, seq::SliceRandom};
use rand_chacha::ChaCha8Rng;

/// What a scenario has to keep to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// Two groups and nothing else.
    TwoGroups,
    /// Pairs or covariates.
    Covariates,
}

impl Kind {
    /// Bounds of the error rate at 0.05.
    pub(crate) fn type_one(self) -> std::ops::RangeInclusive<f64> {
        match self {
            Self::TwoGroups => 0.04..=0.06,
            Self::Covariates => 0.0..=0.065,
        }
    }

    /// Upper bound of the share of false calls at 0.05.
    pub(crate) fn fdr(self) -> f64 {
        match self {
            Self::TwoGroups => 0.06,
            Self::Covariates => 0.08,
        }
    }
}

/// One kind of cohort with its model.
#[derive(Clone, Debug)]
pub(crate) struct Scenario {
    pub(crate) name: &'static str,
    pub(crate) kind: Kind,
    pub(crate) recipe: Recipe,
    pub(crate) design: Design,
}

/// Two groups.
fn two(name: &'static str, tissue: Tissue, [control, case]: [usize; 2]) -> Scenario {
    let group: Vec<usize> = (0..control + case).map(|i| usize::from(i >= control)).collect();
    let is_case: Vec<bool> = group.iter().map(|&g| g == 1).collect();
    Scenario {
        name,
        kind: Kind::TwoGroups,
        recipe: Recipe {
            tissue,
            noise: Noise::Beta,
            reads: MEDIAN_READS,
            depth: vec![1.0; group.len()],
            group,
            nuisance: Vec::new(),
            size: Size::Psi([0.1, 0.4]),
            changed: 0.15,
        },
        design: Design::two_groups(&is_case).unwrap(),
    }
}

impl Scenario {
    fn noise(mut self, noise: Noise) -> Self {
        self.recipe.noise = noise;
        self
    }

    fn size(mut self, low: f64, high: f64) -> Self {
        self.recipe.size = Size::Psi([low, high]);
        self
    }

    fn reads(mut self, reads: f64) -> Self {
        self.recipe.reads = reads;
        self
    }

    /// The last sample has a twentieth of the others' reads.
    fn one_shallow(mut self) -> Self {
        if let Some(last) = self.recipe.depth.last_mut() {
            *last = 0.05;
        }
        self
    }

    /// In each group one sample has a twentieth of the others' reads.
    fn two_shallow(mut self) -> Self {
        self.recipe.depth[0] = 0.05;
        self.one_shallow()
    }

    /// Columns beside the groups, in the model and with an effect.
    fn with(mut self, nuisance: Vec<Vec<f64>>) -> Self {
        let group = &self.recipe.group;
        let columns = nuisance.len() + 2;
        let rows: Vec<f64> = (0..group.len())
            .flat_map(|i| {
                std::iter::once(1.0)
                    .chain(nuisance.iter().map(move |c| c[i]))
                    .chain(std::iter::once(group[i] as f64))
            })
            .collect();
        let groups = Groups {
            of_sample: group.iter().map(|&g| Some(g)).collect(),
            columns: vec![columns - 1],
            contrast: Some(Contrast { case: 1, control: 0 }),
        };
        self.design = Design::new(columns, &rows, &[columns - 1], Some(groups)).unwrap();
        self.recipe.nuisance = nuisance;
        self.recipe.size = Size::Logit(LOGIT_EFFECT);
        self.kind = Kind::Covariates;
        self
    }
}

/// `pairs` pairs of a control and a case.
fn paired(name: &'static str, tissue: Tissue, pairs: usize) -> Scenario {
    let columns = (1..pairs).map(|p| (0..2 * pairs).map(|i| f64::from(u8::from(i % pairs == p))).collect());
    two(name, tissue, [pairs, pairs]).with(columns.collect())
}

/// Batch that goes with the group, age and sex.
fn batch_age_sex() -> Scenario {
    let mut random = ChaCha8Rng::seed_from_u64(20);
    let mut batch = [vec![0.0; 20], vec![1.0; 20]].concat();
    // A quarter of the samples is in the batch of the other group.
    (0..5).for_each(|i| batch[i] = 1.0);
    (35..40).for_each(|i| batch[i] = 0.0);
    let age: Vec<f64> = (0..40).map(|_| 3.4_f64.sqrt() * (random.random::<f64>() - 0.5)).collect();
    let mut sex: Vec<f64> = (0..40).map(|i| f64::from(u8::from(i % 2 == 0))).collect();
    sex.shuffle(&mut random);
    two("human 20v20, batch (goes with group) + age + sex", HUMAN, [20, 20]).with(vec![batch, age, sex])
}

/// Numbers that say nothing beside one another, so that the model has `columns` of them.
fn many(name: &'static str, samples: usize, columns: usize) -> Scenario {
    let mut random = ChaCha8Rng::seed_from_u64(30);
    let column = |random: &mut ChaCha8Rng| -> Vec<f64> {
        (0..2 * samples).map(|_| 2.0 * random.random::<f64>() - 1.0).collect()
    };
    two(name, HUMAN, [samples, samples]).with((0..columns).map(|_| column(&mut random)).collect())
}

/// Three groups, tested together.
fn three_groups(name: &'static str, tissue: Tissue, size: usize) -> Scenario {
    let group: Vec<usize> = (0..3 * size).map(|i| i / size).collect();
    let rows: Vec<f64> =
        group.iter().flat_map(|&g| [1.0, f64::from(u8::from(g == 1)), f64::from(u8::from(g == 2))]).collect();
    let groups =
        Groups { of_sample: group.iter().map(|&g| Some(g)).collect(), columns: vec![1, 2], contrast: None };
    let mut scenario = two(name, tissue, [size, 2 * size]);
    scenario.design = Design::new(3, &rows, &[1, 2], Some(groups)).unwrap();
    scenario.recipe.group = group;
    scenario.recipe.size = Size::Logit(LOGIT_EFFECT);
    scenario.kind = Kind::Covariates;
    scenario
}

/// All scenarios.
pub(crate) fn all() -> Vec<Scenario> {
    let shift = vec![vec![0.0, 0.0, 1.0, 0.0, 1.0, 1.0]];
    vec![
        two("cell 3v3", CELL, [3, 3]),
        two("human 3v3", HUMAN, [3, 3]),
        two("cell 6v6", CELL, [6, 6]),
        two("human 6v6", HUMAN, [6, 6]),
        two("human 30v30", HUMAN, [30, 30]),
        two("human 30v30, |dPSI| .03-.12", HUMAN, [30, 30]).size(0.03, 0.12),
        two("human 8v32, |dPSI| .05-.25", HUMAN, [8, 32]).size(0.05, 0.25),
        two("cell 3v3, logit-normal", CELL, [3, 3]).noise(Noise::LogitNormal),
        two("human 5v5, logit-normal", HUMAN, [5, 5]).noise(Noise::LogitNormal),
        two("human 30v30, logit-normal", HUMAN, [30, 30]).noise(Noise::LogitNormal),
        two("human 5v5, outlier in 10% of events", HUMAN, [5, 5]).noise(Noise::Outlier(0.1)),
        two("human 30v30, outlier in 10% of events", HUMAN, [30, 30]).noise(Noise::Outlier(0.1)),
        two("human 30v30, alleles in 30% of events", HUMAN, [30, 30]).noise(Noise::Alleles(0.3)),
        two("cell 3v3, median 12 reads", CELL, [3, 3]).reads(12.0),
        two("human 6v6, median 12 reads", HUMAN, [6, 6]).reads(12.0),
        two("cell 2v2", CELL, [2, 2]),
        two("cell 2v2, one replicate 20x shallower", CELL, [2, 2]).one_shallow(),
        two("cell 2v2, one replicate a group 20x shallower", CELL, [2, 2]).two_shallow(),
        two("cell 3v3, one replicate 20x shallower", CELL, [3, 3]).one_shallow(),
        two("human 3v3, one replicate 20x shallower", HUMAN, [3, 3]).one_shallow(),
        two("cell 2v2, median 400, one replicate a group 20x shallower (jurkat)", CELL, [2, 2])
            .reads(400.0)
            .two_shallow(),
        two("cell 3v3, median 400, one replicate a group 20x shallower (jurkat)", CELL, [3, 3])
            .reads(400.0)
            .two_shallow(),
        paired("cell, 3 pairs", CELL, 3),
        paired("human, 6 pairs", HUMAN, 6),
        paired("human, 12 pairs", HUMAN, 12),
        two("cell 3v3, batch", CELL, [3, 3]).with(shift),
        batch_age_sex(),
        many("human 10v10, 6 covariates", 10, 6),
        many("human 20v20, 18 covariates", 20, 18),
        three_groups("human, 3 groups of 4, omnibus", HUMAN, 4),
        three_groups("cell, 3 groups of 3, omnibus", CELL, 3),
    ]
}
