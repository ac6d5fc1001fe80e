use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, Gamma, LogNormal, Poisson};

use super::*;

const GENES: usize = 6000;

/// Negative binomial counts: log-normal expression, a biological coefficient of variation that falls with expression and
/// differs between genes, libraries of uneven depth. `change(gene, sample)` multiplies the mean.
fn cohort(seed: u64, samples: usize, change: impl Fn(usize, usize) -> f64) -> Vec<f64> {
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let depths: Vec<f64> = (0..samples).map(|_| rng.random_range(0.5..2.0)).collect();
    let (expression, spread) = (LogNormal::new(4.0, 1.8).unwrap(), LogNormal::new(0.0, 0.4).unwrap());
    let mut counts = Vec::with_capacity(GENES * samples);
    for gene in 0..GENES {
        let mean: f64 = expression.sample(&mut rng);
        let squared_cv = (0.05 + 1.0 / (mean + 5.0)) * spread.sample(&mut rng);
        let noise = Gamma::new(squared_cv.recip(), squared_cv).unwrap();
        for (sample, depth) in depths.iter().enumerate() {
            let rate = mean * depth * change(gene, sample) * noise.sample(&mut rng);
            counts.push(Poisson::new(rate.max(1e-9)).unwrap().sample(&mut rng));
        }
    }
    counts
}

fn two_groups(size: usize) -> Design {
    Design::two_groups(&(0..2 * size).map(|i| i >= size).collect::<Vec<_>>()).unwrap()
}

fn below(tests: &[ExpressionTest], level: f64) -> f64 {
    let p: Vec<f64> = tests.iter().filter_map(|test| test.p_value).collect();
    p.iter().filter(|&&p| p < level).count() as f64 / p.len() as f64
}

#[test]
fn null_genes_are_significant_as_often_as_they_should() {
    for size in [3, 5, 15] {
        let tests = test_expression(&cohort(size as u64, 2 * size, |_, _| 1.0), &two_groups(size));
        let (five, one) = (below(&tests, 0.05), below(&tests, 0.01));
        println!("{size} v {size}: {five:.4} below .05, {one:.4} below .01");
        assert!((0.04..=0.06).contains(&five) && (0.006..=0.015).contains(&one), "{size}: {five} {one}");
    }
}

#[test]
fn genes_of_all_strengths_hold_the_level() {
    let counts = cohort(99, 6, |_, _| 1.0);
    let mut tests = test_expression(&counts, &two_groups(3));
    tests.retain(|test| test.p_value.is_some());
    tests.sort_by(|a, b| a.mean_case.unwrap().total_cmp(&b.mean_case.unwrap()));
    for third in tests.chunks(tests.len().div_ceil(3)) {
        let share = below(third, 0.05);
        println!("{share:.4}");
        assert!((0.03..=0.075).contains(&share), "{share}");
    }
}

#[test]
fn changes_are_found_with_their_size_and_sign() {
    // A tenth of the genes, all upwards: the normalisation must not turn the others down.
    let is_changed = |gene: usize| gene.is_multiple_of(10);
    let counts = cohort(7, 10, |gene, sample| if is_changed(gene) && sample >= 5 { 4.0 } else { 1.0 });
    let tests = test_expression(&counts, &two_groups(5));
    let tested = |changed| {
        let of = tests
            .iter()
            .enumerate()
            .filter(move |(gene, test)| is_changed(*gene) == changed && test.p_value.is_some());
        of.map(|(_, test)| *test).collect::<Vec<_>>()
    };
    let mean = |tests: &[ExpressionTest]| {
        tests.iter().filter_map(|test| test.log2_fold_change).sum::<f64>() / tests.len() as f64
    };
    let (changed, unchanged) = (tested(true), tested(false));
    assert!((mean(&changed) - 2.0).abs() < 0.35, "{}", mean(&changed));
    assert!(mean(&unchanged).abs() < 0.12, "{}", mean(&unchanged));
    assert!(below(&changed, 0.001) > 0.6, "{}", below(&changed, 0.001));
    assert!((0.035..=0.065).contains(&below(&unchanged, 0.05)), "{}", below(&unchanged, 0.05));
    assert!(changed.iter().filter(|test| test.statistic.unwrap() > 0.0).count() * 100 > 99 * changed.len());
}

#[test]
fn pairs_and_omnibus_tests_hold_their_level() {
    let n = 12;
    let paired: Vec<f64> = (0..n)
        .flat_map(|i| {
            let pairs = (1..n / 2).map(move |pair| f64::from(u8::from(i / 2 == pair)));
            std::iter::once(1.0).chain(pairs).chain(std::iter::once(f64::from(u8::from(i % 2 == 1))))
        })
        .collect();
    let design = Design::new(n / 2 + 1, &paired, &[n / 2], None).unwrap();
    // Pairs differ by a factor that a model without them would take for noise.
    let counts = cohort(21, n, |gene, i| if (gene + i / 2).is_multiple_of(2) { 1.0 } else { 3.0 });
    let share = below(&test_expression(&counts, &design), 0.05);
    assert!((0.035..=0.065).contains(&share), "{share}");

    let of_sample: Vec<Option<usize>> = (0..n).map(|i| Some(i / 4)).collect();
    let rows: Vec<f64> = (0..n)
        .flat_map(|i| [1.0, f64::from(u8::from(i / 4 == 1)), f64::from(u8::from(i / 4 == 2))])
        .collect();
    let groups = crate::Groups { of_sample, columns: vec![1, 2], contrast: None };
    let design = Design::new(3, &rows, &[1, 2], Some(groups)).unwrap();
    let tests = test_expression(&cohort(22, n, |_, _| 1.0), &design);
    let share = below(&tests, 0.05);
    assert!((0.035..=0.065).contains(&share), "{share}");
    assert!(tests.iter().all(|test| test.log2_fold_change.is_none() && test.mean_case.is_none()));
}

#[test]
fn genes_that_cannot_be_tested_say_why() {
    let design = two_groups(2);
    let mut counts: Vec<f64> =
        (0..50).flat_map(|gene| [0, 1, 2, 3].map(|i| f64::from(100 + gene + i))).collect();
    counts[..4].fill(0.0);
    counts[4] = f64::NAN;
    let tests = test_expression(&counts, &design);
    assert_eq!(tests[0].status, ExpressionStatus::LowCount);
    assert_eq!((tests[0].mean_case, tests[0].p_value), (Some(0.0), None));
    assert_eq!((tests[1].status, tests[1].mean_case), (ExpressionStatus::NoCounts, None));
    assert_eq!(tests[2].status, ExpressionStatus::Ok);
    let empty = test_expression(&[f64::NAN; 8], &design);
    assert!(empty.iter().all(|test| test.status == ExpressionStatus::NoCounts));
    let saturated = Design::two_groups(&[false, true]).unwrap();
    let tests = test_expression(&[100.0, 120.0, 90.0, 80.0], &saturated);
    assert!(tests.iter().all(|test| test.status == ExpressionStatus::Rank && test.p_value.is_none()));
}
