//! Simulated cohorts: what is said beside the test holds what it promises.

#![allow(clippy::unwrap_used, reason = "the helpers fail as their tests do")]

use std::fs;

use nadsplice_core::EventKind;
use nadsplice_diff::{
    Contrast, ContrastTest, CountTable, Engine, Inputs, Model, ModelText, Plan, SampleSheet, test_step,
};
use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution, LogNormal, Poisson};

const EVENTS: usize = 700;

/// Events of 60 reads on average, correlation of median 0.02; `psi(event, sample)` of each.
struct Cohort {
    inclusion: Vec<u32>,
    skipping: Vec<u32>,
    samples: usize,
}

impl Cohort {
    fn new(seed: u64, samples: usize, psi: impl Fn(usize, usize) -> f64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let mut cohort = Self { inclusion: Vec::new(), skipping: Vec::new(), samples };
        for event in 0..EVENTS {
            let rho: f64 = LogNormal::new(0.02_f64.ln(), 0.6).unwrap().sample(&mut rng);
            let precision = rho.min(0.4).recip() - 1.0;
            for sample in 0..samples {
                let reads: f64 = Poisson::new(60.0).unwrap().sample(&mut rng);
                let mean = psi(event, sample);
                let own: f64 =
                    Beta::new(mean * precision, (1.0 - mean) * precision).unwrap().sample(&mut rng);
                #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "whole numbers")]
                let reads = reads as u64;
                let y = Binomial::new(reads, own).unwrap().sample(&mut rng);
                cohort.inclusion.push(u32::try_from(y).unwrap());
                cohort.skipping.push(u32::try_from(reads - y).unwrap());
            }
        }
        cohort
    }

    fn test(&self, sheet: &str, contrast: &str, covariates: &[&str], pair: Option<&str>) -> ContrastTest {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sheet.tsv");
        fs::write(&path, sheet).unwrap();
        let sheet = SampleSheet::read(&path, Inputs::Ignored).unwrap();
        let covariates: Vec<String> = covariates.iter().map(|&c| c.to_owned()).collect();
        let text = ModelText { covariates: &covariates, pair, formula: None };
        let model = Model::new(text, &sheet).unwrap();
        let plan = Plan::new(&[Contrast::parse(contrast, &sheet).unwrap()], &[], &model, &sheet).unwrap();
        let kinds = vec![EventKind::Se; EVENTS];
        let lengths = vec![100.0; EVENTS * self.samples];
        let table = CountTable {
            kinds: &kinds,
            samples: self.samples,
            inclusion: &self.inclusion,
            skipping: &self.skipping,
            inclusion_length: &lengths,
            skipping_length: &lengths,
        };
        test_step(&table, &plan.steps()[0], Engine::default(), |_| vec![None; EVENTS]).unwrap().remove(0)
    }
}

/// Cases and controls in turn; neighbours are a pair, the first half of the pairs is of the one batch.
fn sheet(samples: usize) -> String {
    let row = |s: usize| {
        let batch = if s % 4 < 2 { "x" } else { "y" };
        format!("s{s}\t{}\tp{}\t{batch}\n", if s.is_multiple_of(2) { "case" } else { "control" }, s / 2)
    };
    std::iter::once("sample\tg\tdonor\tbatch\n".to_owned()).chain((0..samples).map(row)).collect()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

fn below(test: &ContrastTest, level: f64) -> f64 {
    let p: Vec<f64> = test.events.iter().filter_map(|e| e.row.p_value).collect();
    p.iter().filter(|&&p| p < level).count() as f64 / p.len() as f64
}

fn logistic(eta: f64) -> f64 {
    1.0 / (1.0 + (-eta).exp())
}

#[test]
fn detectable_differences_are_seen_four_times_in_five() {
    for (samples, middle) in [(6, 0.5), (12, 0.3), (40, 0.15)] {
        let null = Cohort::new(1, samples, |_, _| middle).test(&sheet(samples), "g:case:control", &[], None);
        let delta = median(null.events.iter().filter_map(|e| e.detectable_delta).collect());
        let psi = |_, s| if s % 2 == 0 { middle + 0.5 * delta } else { middle - 0.5 * delta };
        let test = Cohort::new(2, samples, psi).test(&sheet(samples), "g:case:control", &[], None);
        let power = below(&test, 0.05);
        println!("{samples} samples, PSI {middle}: detectable {delta:.3}, seen {power:.3}");
        assert!((0.72..0.88).contains(&power), "{samples} samples: {delta} is seen {power}");
    }
}

#[test]
fn detectable_differences_allow_for_pairs() {
    let samples = 16;
    let donor = |s: usize| 0.8 * ((s / 2 * 7 % 5) as f64 - 2.0) / 2.0;
    let null = Cohort::new(3, samples, |_, s| logistic(donor(s))).test(
        &sheet(samples),
        "g:case:control",
        &[],
        Some("donor"),
    );
    let delta = median(null.events.iter().filter_map(|e| e.detectable_delta).collect());
    // On the scale of logits, four times the difference of PSI at one half.
    let effect = |s: usize| if s.is_multiple_of(2) { 2.0 * delta } else { -2.0 * delta };
    let test = Cohort::new(4, samples, |_, s| logistic(donor(s) + effect(s))).test(
        &sheet(samples),
        "g:case:control",
        &[],
        Some("donor"),
    );
    let power = below(&test, 0.05);
    println!("pairs: detectable {delta:.3}, seen {power:.3}, null {:.3}", below(&null, 0.05));
    assert!((0.70..0.90).contains(&power), "{delta} is seen {power}");
    assert!((0.03..0.07).contains(&below(&null, 0.05)));
}

#[test]
fn null_cohorts_have_few_outliers_and_sound_permutations() {
    for (pair, covariates) in [(None, &[][..]), (Some("donor"), &[][..]), (None, &["batch"][..])] {
        let samples = 16;
        let shift = |s: usize| if s % 4 < 2 { 0.3 } else { -0.3 };
        let psi = |_, s| logistic(if covariates.is_empty() { 0.0 } else { shift(s) });
        let test = Cohort::new(5, samples, psi).test(&sheet(samples), "g:case:control", covariates, pair);
        let flagged = test.events.iter().filter(|e| !e.outliers.is_empty()).count() as f64 / EVENTS as f64;
        println!("{pair:?} {covariates:?}: flagged {flagged:.4}, {:?}", test.permuted);
        assert!(flagged <= 0.02, "{flagged}");
        assert_eq!(test.permuted.is_some(), covariates.is_empty());
        assert!(test.permuted.is_none_or(|p| p.holds() && p.events > 600));
    }
}

#[test]
fn a_swapped_sample_is_an_outlier() {
    let samples = 10;
    let psi = |e: usize, s: usize| if s == 4 && e.is_multiple_of(10) { 0.9 } else { 0.2 };
    let test = Cohort::new(6, samples, psi).test(&sheet(samples), "g:case:control", &[], None);
    let found = test.events.iter().step_by(10).filter(|e| e.outliers == [4]).count();
    println!("found {found} of {}", EVENTS / 10);
    assert!(found > EVENTS / 20, "{found}");
}

#[test]
fn shrunken_differences_rank_by_certainty() {
    let psi = |e: usize, s: usize| if s.is_multiple_of(2) && e < EVENTS / 10 { 0.8 } else { 0.4 };
    let test = Cohort::new(7, 8, psi).test(&sheet(8), "g:case:control", &[], None);
    let mean = |range: std::ops::Range<usize>| {
        let of: Vec<f64> =
            test.events[range].iter().filter_map(|e| e.delta_psi_shrunk).map(f64::abs).collect();
        of.iter().sum::<f64>() / of.len() as f64
    };
    let (changed, null) = (mean(0..EVENTS / 10), mean(EVENTS / 10..EVENTS));
    println!("changed {changed:.3}, null {null:.4}");
    assert!(changed > 0.33 && null < 0.01, "{changed} {null}");
}
