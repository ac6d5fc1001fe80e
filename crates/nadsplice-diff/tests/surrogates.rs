//! Surrogate variables in simulated cohorts with and without something unknown.

#![allow(clippy::unwrap_used, reason = "the helpers fail as their tests do")]
#![expect(clippy::print_stdout, reason = "the figures that the bounds are about")]

use std::{fmt::Write as _, fs};

use nadsplice_core::EventKind;
use nadsplice_diff::{
    Contrast, CountTable, Engine, Inputs, Model, Plan, SampleSheet, Step, SurrogateError, SurrogateNumber,
    nearer_to_the_other_group, same_library, sample_pca, surrogates, test_step,
};
use rand::{Rng, RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution, LogNormal, Normal, Poisson};

const EVENTS: usize = 1_200;
/// Every tenth event truly differs, by this on the scale of logits.
const EFFECT: f64 = 1.0;
const CHANGED: usize = 10;

/// A cohort of two groups and something unknown.
struct Cohort {
    inclusion: Vec<u32>,
    skipping: Vec<u32>,
    is_case: Vec<bool>,
}

/// How a cohort is drawn: the unknown has a value a sample and a standard deviation of its effects on 40% of the events.
struct Spec<'a> {
    is_case: &'a [bool],
    unknown: &'a [f64],
    effects: f64,
    effect: f64,
}

fn poisson(rng: &mut impl Rng, mean: f64) -> u64 {
    let drawn: f64 = Poisson::new(mean).unwrap().sample(rng);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers")]
    let drawn = drawn as u64;
    drawn
}

impl Cohort {
    fn new(seed: u64, spec: &Spec<'_>) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let (mut inclusion, mut skipping) = (Vec::new(), Vec::new());
        for event in 0..EVENTS {
            let rho: f64 = LogNormal::new(0.02_f64.ln(), 0.7).unwrap().sample(&mut rng);
            let precision = rho.min(0.4).recip() - 1.0;
            let reads: f64 = LogNormal::new(60.0_f64.ln(), 0.5).unwrap().sample(&mut rng);
            let base: f64 = Normal::new(0.0, 1.2).unwrap().sample(&mut rng);
            let sign = if rng.random_bool(0.5) { 1.0 } else { -1.0 };
            let effect = if event.is_multiple_of(CHANGED) { sign * spec.effect } else { 0.0 };
            let normal: f64 = Normal::new(0.0, 1.0).unwrap().sample(&mut rng);
            let loading = if rng.random_bool(0.4) { spec.effects * normal } else { 0.0 };
            for (&case, unknown) in spec.is_case.iter().zip(spec.unknown) {
                let eta = base + loading * unknown + if case { effect } else { 0.0 };
                let mean = (1.0 / (1.0 + (-eta).exp())).clamp(0.001, 0.999);
                let own = Beta::new(mean * precision, (1.0 - mean) * precision).unwrap().sample(&mut rng);
                let n = poisson(&mut rng, reads);
                let y = Binomial::new(n, own).unwrap().sample(&mut rng);
                inclusion.push(u32::try_from(y).unwrap());
                skipping.push(u32::try_from(n - y).unwrap());
            }
        }
        Self { inclusion, skipping, is_case: spec.is_case.to_vec() }
    }

    fn with_table<T>(&self, use_it: impl FnOnce(&CountTable<'_>) -> T) -> T {
        let samples = self.is_case.len();
        let (kinds, lengths) = (vec![EventKind::Se; EVENTS], vec![100.0; EVENTS * samples]);
        use_it(&CountTable {
            kinds: &kinds,
            samples,
            inclusion: &self.inclusion,
            skipping: &self.skipping,
            inclusion_length: &lengths,
            skipping_length: &lengths,
        })
    }

    fn step(&self) -> Step {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sheet.tsv");
        let mut text = "sample\tg\n".to_owned();
        for (s, &case) in self.is_case.iter().enumerate() {
            writeln!(text, "s{s}\t{}", if case { "case" } else { "control" }).unwrap();
        }
        fs::write(&path, text).unwrap();
        let sheet = SampleSheet::read(&path, Inputs::Ignored).unwrap();
        let contrast = Contrast::parse("g:case:control", &sheet).unwrap();
        let plan = Plan::new(&[contrast], &[], &Model::default(), &sheet).unwrap();
        plan.steps()[0].clone()
    }

    /// How the test does with these columns in the model.
    fn test(&self, columns: &[Vec<f64>]) -> Outcome {
        let named: Vec<(String, Vec<f64>)> =
            columns.iter().enumerate().map(|(k, c)| (format!("c{k}"), c.clone())).collect();
        let step = self.step().try_map(|comparison| comparison.with_columns(&named)).unwrap();
        let test = self
            .with_table(|table| test_step(table, &step, Engine::default(), |_| vec![None; EVENTS]))
            .unwrap()
            .remove(0);
        let mut outcome = Outcome::default();
        for (event, found) in test.events.iter().enumerate() {
            let (Some(p), Some(q)) = (found.row.p_value, found.q_value) else { continue };
            if event.is_multiple_of(CHANGED) {
                outcome.changed += 1.0;
                outcome.found += f64::from(u8::from(q < 0.05));
            } else {
                outcome.null += 1.0;
                outcome.below += f64::from(u8::from(p < 0.05));
                outcome.false_calls += f64::from(u8::from(q < 0.05));
            }
        }
        outcome
    }

    fn surrogates(&self, number: SurrogateNumber) -> Vec<Vec<f64>> {
        let Step::Contrast(comparison) = self.step() else { panic!("one contrast") };
        self.with_table(|table| surrogates(table, &comparison, &[None; EVENTS], number)).unwrap().values
    }
}

/// Sums over events and cohorts.
#[derive(Clone, Copy, Debug, Default)]
struct Outcome {
    null: f64,
    below: f64,
    changed: f64,
    found: f64,
    false_calls: f64,
}

impl Outcome {
    fn add(&mut self, other: Self) {
        self.null += other.null;
        self.below += other.below;
        self.changed += other.changed;
        self.found += other.found;
        self.false_calls += other.false_calls;
    }

    fn type_one(self) -> f64 {
        self.below / self.null
    }

    fn power(self) -> f64 {
        self.found / self.changed
    }

    fn fdr(self) -> f64 {
        self.false_calls / (self.false_calls + self.found).max(1.0)
    }
}

/// The test as it is, with surrogates, and with the unknown as a covariate; and the number of surrogates.
struct Compared {
    ignored: Outcome,
    surrogate: Outcome,
    known: Outcome,
    numbers: Vec<usize>,
}

fn compare(title: &str, seeds: std::ops::Range<u64>, spec: &Spec<'_>, number: SurrogateNumber) -> Compared {
    let mut compared = Compared {
        ignored: Outcome::default(),
        surrogate: Outcome::default(),
        known: Outcome::default(),
        numbers: Vec::new(),
    };
    for seed in seeds {
        let cohort = Cohort::new(seed, spec);
        let found = cohort.surrogates(number);
        compared.numbers.push(found.len());
        let ignored = cohort.test(&[]);
        compared.ignored.add(ignored);
        compared.surrogate.add(if found.is_empty() { ignored } else { cohort.test(&found) });
        if spec.effects > 0.0 {
            compared.known.add(cohort.test(&[spec.unknown.to_vec()]));
        }
    }
    for (name, o) in
        [("ignored", compared.ignored), ("surrogate", compared.surrogate), ("known", compared.known)]
    {
        println!(
            "{title}, {name}: type-I {:.3}, false among calls {:.3}, power {:.3}",
            o.type_one(),
            o.fdr(),
            o.power()
        );
    }
    println!("{title}: surrogates {:?}", compared.numbers);
    compared
}

fn groups(each: usize) -> Vec<bool> {
    (0..2 * each).map(|s| s < each).collect()
}

/// A batch that so many cases and controls are in.
fn batch(each: usize, cases: usize, controls: usize) -> Vec<f64> {
    (0..2 * each)
        .map(|s| if s < each { s < cases } else { s - each < controls })
        .map(|in_batch| if in_batch { 1.0 } else { -1.0 })
        .collect()
}

#[test]
fn an_unknown_batch_that_goes_with_the_groups_no_longer_makes_false_calls() {
    let (is_case, unknown) = (groups(10), batch(10, 7, 3));
    let spec = Spec { is_case: &is_case, unknown: &unknown, effects: 0.7, effect: EFFECT };
    let found = compare("10v10, batch of 7 and 3", 0..1, &spec, SurrogateNumber::Auto);
    assert_eq!(found.numbers, [1]);
    assert!(found.ignored.type_one() > 0.08);
    assert!((0.035..0.065).contains(&found.surrogate.type_one()));
    assert!(found.surrogate.power() > found.known.power() - 0.05);
}

#[test]
fn an_unknown_batch_across_the_groups_no_longer_hides_what_differs() {
    let (is_case, unknown) = (groups(6), batch(6, 3, 3));
    let spec = Spec { is_case: &is_case, unknown: &unknown, effects: 0.7, effect: EFFECT };
    let found = compare("6v6, batch of 3 and 3", 0..1, &spec, SurrogateNumber::Auto);
    assert_eq!(found.numbers, [1]);
    assert!((0.035..0.065).contains(&found.surrogate.type_one()));
    assert!(found.surrogate.power() > found.ignored.power() + 0.15);
    assert!(found.surrogate.power() > found.known.power() - 0.05);
}

#[test]
fn where_nothing_is_unknown_hardly_ever_a_surrogate_is_found() {
    for each in [3, 6, 10] {
        let (is_case, unknown) = (groups(each), batch(each, 0, 0));
        let spec = Spec { is_case: &is_case, unknown: &unknown, effects: 0.0, effect: EFFECT };
        let found = |seed| Cohort::new(seed, &spec).surrogates(SurrogateNumber::Auto).len();
        let with = (200..210).filter(|&seed| found(seed) > 0).count();
        assert!(with <= 2, "{each} v {each}: {with} of 10 cohorts");
    }
}

/// The figures of docs/statistics.md: `cargo test -p nadsplice-diff --test surrogates -- --ignored --nocapture study`.
#[test]
#[ignore = "takes minutes; the tests above are its small version"]
fn study() {
    for (each, cases, controls) in [(3, 2, 1), (6, 4, 2), (6, 3, 3), (10, 7, 3), (10, 5, 5), (20, 13, 7)] {
        let (is_case, unknown) = (groups(each), batch(each, cases, controls));
        let spec = Spec { is_case: &is_case, unknown: &unknown, effects: 0.7, effect: EFFECT };
        let title = format!("{each} v {each}, batch of {cases} and {controls}");
        compare(&title, 1_000..1_005, &spec, SurrogateNumber::Auto);
    }
    for each in [3, 6, 10, 20] {
        let (is_case, unknown) = (groups(each), batch(each, 0, 0));
        let spec = Spec { is_case: &is_case, unknown: &unknown, effects: 0.0, effect: EFFECT };
        for number in [SurrogateNumber::Auto, SurrogateNumber::Fixed(2)] {
            compare(&format!("{each} v {each}, nothing unknown, {number}"), 1_000..1_005, &spec, number);
        }
    }
}

#[test]
fn more_surrogates_than_samples_allow_for_are_refused() {
    let (is_case, unknown) = (groups(3), batch(3, 0, 0));
    let cohort = Cohort::new(1, &Spec { is_case: &is_case, unknown: &unknown, effects: 0.0, effect: 0.0 });
    let Step::Contrast(comparison) = cohort.step() else { panic!("one contrast") };
    let error = cohort
        .with_table(|table| surrogates(table, &comparison, &[None; EVENTS], SurrogateNumber::Fixed(3)))
        .unwrap_err();
    assert_eq!(error, SurrogateError::TooMany { asked: 3, most: 2, samples: 6, columns: 2 });
    assert!(
        cohort
            .with_table(|table| surrogates(table, &comparison, &[None; EVENTS], SurrogateNumber::Fixed(2)))
            .is_ok()
    );
}

#[test]
fn a_sample_of_the_wrong_group_is_seen_and_others_are_left_alone() {
    for (each, effect) in [(3, 1.5), (6, 1.5), (10, 1.5), (6, 0.0), (10, 0.0)] {
        let (is_case, unknown) = (groups(each), batch(each, each / 2, each / 2));
        for (seed, effects) in [(1, 0.0), (2, 0.0), (3, 0.5), (4, 0.0), (5, 0.5)] {
            let spec = Spec { is_case: &is_case, unknown: &unknown, effects, effect };
            let mut cohort = Cohort::new(seed, &spec);
            let pca = cohort.with_table(sample_pca).unwrap();
            assert!(!pca.outliers.contains(&true), "{each} v {each}, seed {seed}: {:?}", pca.distances);
            assert!((pca.shares.iter().sum::<f64>() - 1.0).abs() < 1e-9);
            let suspects = |cohort: &Cohort| {
                let Step::Contrast(comparison) = cohort.step() else { panic!("one contrast") };
                nearer_to_the_other_group(&pca, &comparison)
            };
            assert_eq!(suspects(&cohort), Vec::<usize>::new(), "{each} v {each}, seed {seed}");
            if effect > 0.0 && each > 3 && effects == 0.0 {
                cohort.is_case[1] = false;
                assert_eq!(suspects(&cohort), [1], "{each} v {each}, seed {seed}");
            }
        }
    }
}

#[test]
fn copies_and_parts_of_one_library_are_seen_and_replicates_are_not() {
    let (is_case, unknown) = (groups(3), batch(3, 0, 0));
    let cohort = Cohort::new(7, &Spec { is_case: &is_case, unknown: &unknown, effects: 0.0, effect: 0.0 });
    assert!(cohort.with_table(same_library).is_empty());
    let mut rng = ChaCha8Rng::seed_from_u64(8);
    let samples = is_case.len();
    let mut copied = Cohort { is_case, ..cohort };
    for counts in [&mut copied.inclusion, &mut copied.skipping] {
        for row in counts.chunks_exact_mut(samples) {
            row[4] = row[1];
            row[5] = u32::try_from(Binomial::new(row[0].into(), 0.6).unwrap().sample(&mut rng)).unwrap();
        }
    }
    assert_eq!(copied.with_table(same_library), [(0, 5), (1, 4)]);
}
