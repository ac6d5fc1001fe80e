//! The error rate of the differential test on simulated cohorts without any difference, and that it finds true ones.

#![expect(clippy::unwrap_used, reason = "a simulation that cannot be set up is a failed test")]

use nadsplice_stats::multiple_testing::benjamini_hochberg;
use nadsplice_stats::{
    Contrast, Design, EventCounts, Groups, LengthOffsets, NdsOptions, NdsResult, NdsStatus, test_events,
    test_events_quasi,
};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Beta, Binomial, Distribution, Gamma, LogNormal, Poisson};

/// Cohorts like human tissue: log-normal coverage of median 38 with gene-level noise between samples, PSI piled up
/// near 0 and 1, read correlation log-normal of median 0.03 and standard deviation 0.9, falling a little with
/// coverage.
struct Cohort {
    rng: ChaCha8Rng,
    inclusion: Vec<u32>,
    skipping: Vec<u32>,
}

impl Cohort {
    fn new(seed: u64) -> Self {
        Self { rng: ChaCha8Rng::seed_from_u64(seed), inclusion: Vec::new(), skipping: Vec::new() }
    }

    fn draw(&mut self, from: impl Distribution<f64>) -> f64 {
        from.sample(&mut self.rng)
    }

    /// Adds an event; `psi_of(psi, i)` is what sample `i` makes of the PSI.
    fn add_event(&mut self, samples: usize, psi_of: impl Fn(f64, usize) -> f64) {
        let coverage = self.draw(LogNormal::new(38_f64.ln(), 1.0).unwrap());
        let psi = self.draw(Beta::new(0.5, 0.5).unwrap()).clamp(0.02, 0.98);
        let trend = 0.03_f64.ln() - 0.1 * (coverage / 38.0).ln();
        let rho = self.draw(LogNormal::new(trend, 0.9).unwrap()).min(0.5);
        let precision = rho.recip() - 1.0;
        // Squared biological coefficient of variation 0.35.
        let shape = 0.35_f64.recip();
        for sample in 0..samples {
            let expected = coverage * self.draw(Gamma::new(shape, shape.recip()).unwrap());
            let reads = self.draw(Poisson::new(expected.max(1e-6)).unwrap());
            let psi = psi_of(psi, sample).clamp(0.001, 0.999);
            let own = self.draw(Beta::new(psi * precision, (1.0 - psi) * precision).unwrap());
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a whole number of reads"
            )]
            let n = reads as u64;
            let y = Binomial::new(n, own.clamp(0.0, 1.0)).unwrap().sample(&mut self.rng);
            self.inclusion.push(u32::try_from(y).unwrap());
            self.skipping.push(u32::try_from(n - y).unwrap());
        }
    }

    fn counts(&self, samples: usize) -> EventCounts<'_> {
        EventCounts::new(samples, &self.inclusion, &self.skipping, LengthOffsets::Equal).unwrap()
    }

    fn test(&self, design: &Design) -> NdsResult {
        test_events(&self.counts(design.n_samples()), design, &NdsOptions::default()).unwrap()
    }
}

fn rejected(result: &NdsResult, level: f64) -> f64 {
    let p: Vec<f64> = result.rows.iter().filter_map(|row| row.p_value).collect();
    p.iter().filter(|&&p| p < level).count() as f64 / p.len() as f64
}

fn three_by_three() -> Design {
    Design::two_groups(&[false, false, false, true, true, true]).unwrap()
}

#[test]
fn five_percent_of_null_events_are_below_five_percent() {
    let mut cohort = Cohort::new(20_240_601);
    (0..7000).for_each(|_| cohort.add_event(6, |psi, _| psi));
    let result = cohort.test(&three_by_three());
    let tested = result.rows.iter().filter(|row| row.status == NdsStatus::Ok).count();
    assert!(tested > 3500, "{tested} tested");
    let (five, one) = (rejected(&result, 0.05), rejected(&result, 0.01));
    println!("tested {tested}, below .05 {five:.4}, below .01 {one:.4}, tau {}", result.prior.tau());
    assert!((0.035..=0.065).contains(&five), "{five}");
    assert!(one <= 0.02, "{one}");
    // The prior finds the correlation that was simulated.
    let median = result.prior.ln_rho_at(38.0).exp();
    assert!((0.02..0.045).contains(&median), "{median}");
}

#[test]
fn paired_designs_hold_their_level() {
    let samples = 12;
    let rows: Vec<f64> = (0..samples)
        .flat_map(|i| {
            let pairs = (1..samples / 2).map(move |pair| f64::from(u8::from(i / 2 == pair)));
            std::iter::once(1.0).chain(pairs).chain(std::iter::once(f64::from(u8::from(i % 2 == 1))))
        })
        .collect();
    let design = Design::new(samples / 2 + 1, &rows, &[samples / 2], None).unwrap();
    let mut cohort = Cohort::new(7);
    let pair_shift = [0.0, 0.5, -0.6, 0.3, -0.4, 0.8];
    let shifted = |psi: f64, i: usize| {
        let odds = psi / (1.0 - psi) * f64::exp(pair_shift[i / 2]);
        odds / (1.0 + odds)
    };
    (0..4000).for_each(|_| cohort.add_event(samples, shifted));
    let five = rejected(&cohort.test(&design), 0.05);
    println!("paired, below .05 {five:.4}");
    assert!((0.03..=0.065).contains(&five), "{five}");
}

#[test]
fn true_events_are_found_and_false_ones_are_few() {
    let mut cohort = Cohort::new(11);
    let changed: Vec<bool> = (0..4000).map(|_| cohort.rng.random_bool(0.15)).collect();
    for &changed in &changed {
        let delta = if changed { 0.3 } else { 0.0 };
        cohort.add_event(12, |psi, i| if i < 6 { psi } else { psi + delta });
    }
    let case: Vec<bool> = (0..12).map(|i| i >= 6).collect();
    let result = cohort.test(&Design::two_groups(&case).unwrap());
    let p: Vec<Option<f64>> = result.rows.iter().map(|row| row.p_value).collect();
    let called: Vec<usize> = benjamini_hochberg(&p)
        .iter()
        .enumerate()
        .filter_map(|(e, q)| q.is_some_and(|q| q < 0.05).then_some(e))
        .collect();
    let false_calls = called.iter().filter(|&&e| !changed[e]).count();
    println!("{} called, {false_calls} of them null", called.len());
    assert!(called.len() > 100);
    assert!((false_calls as f64) < 0.1 * called.len() as f64, "{false_calls} of {}", called.len());
}

#[test]
fn intervals_of_null_events_cover_no_change() {
    let mut cohort = Cohort::new(5);
    (0..3000).for_each(|_| cohort.add_event(6, |psi, _| psi));
    let result = cohort.test(&three_by_three());
    let ends: Vec<(f64, f64)> = result.rows.iter().filter_map(|row| row.ci_low.zip(row.ci_high)).collect();
    let covered = ends.iter().filter(|(low, high)| *low <= 0.0 && *high >= 0.0).count() as f64;
    let share = covered / ends.len() as f64;
    println!("covered {share:.4}");
    assert!((0.93..0.985).contains(&share), "{share}");
}

#[test]
fn covariates_hold_the_level_and_the_coverage() {
    let samples = 20;
    let batch = |i: usize| i % 2;
    // Batch goes with the group: eight of ten cases are in the second batch.
    let is_case = |i: usize| (i < 16) == (batch(i) == 1);
    let rows: Vec<f64> = (0..samples)
        .flat_map(|i| [1.0, batch(i) as f64, (i * 7 % 5) as f64 - 2.0, f64::from(u8::from(is_case(i)))])
        .collect();
    let groups = Groups {
        of_sample: (0..samples).map(|i| Some(usize::from(is_case(i)))).collect(),
        columns: vec![3],
        contrast: Some(Contrast { case: 1, control: 0 }),
    };
    let design = Design::new(4, &rows, &[3], Some(groups)).unwrap();
    let mut cohort = Cohort::new(13);
    let shifted = |psi: f64, i: usize| {
        let odds = psi / (1.0 - psi) * f64::exp(0.8 * batch(i) as f64);
        odds / (1.0 + odds)
    };
    (0..4000).for_each(|_| cohort.add_event(samples, shifted));
    let result = cohort.test(&design);
    let five = rejected(&result, 0.05);
    let ends: Vec<(f64, f64)> = result.rows.iter().filter_map(|row| row.ci_low.zip(row.ci_high)).collect();
    let covered =
        ends.iter().filter(|(low, high)| *low <= 0.0 && *high >= 0.0).count() as f64 / ends.len() as f64;
    let ignored = rejected(
        &cohort.test(&Design::two_groups(&(0..samples).map(is_case).collect::<Vec<_>>()).unwrap()),
        0.05,
    );
    println!("covariates: below .05 {five:.4}, covered {covered:.4}; ignored: below .05 {ignored:.4}");
    assert!((0.035..=0.068).contains(&five), "{five}");
    assert!((0.93..0.985).contains(&covered), "{covered}");
    assert!(ignored > five + 0.02, "the confounding that is corrected is there: {ignored}");
}

#[test]
fn second_engine_holds_its_level_and_agrees() {
    let mut cohort = Cohort::new(17);
    (0..4000).for_each(|e| {
        cohort.add_event(12, |psi, i| if e % 10 == 0 && i >= 6 { psi + 0.3 } else { psi });
    });
    let design = Design::two_groups(&(0..12).map(|i| i >= 6).collect::<Vec<_>>()).unwrap();
    let first = cohort.test(&design);
    let second = test_events_quasi(&cohort.counts(12), &design, &NdsOptions::default()).unwrap();
    let null = |result: &NdsResult| {
        let p: Vec<f64> = result
            .rows
            .iter()
            .enumerate()
            .filter(|(e, _)| e % 10 != 0)
            .filter_map(|(_, r)| r.p_value)
            .collect();
        p.iter().filter(|&&p| p < 0.05).count() as f64 / p.len() as f64
    };
    let ends = second.rows.iter().enumerate().filter(|(e, _)| e % 10 != 0);
    let ends: Vec<(f64, f64)> = ends.filter_map(|(_, row)| row.ci_low.zip(row.ci_high)).collect();
    let covered =
        ends.iter().filter(|(low, high)| *low <= 0.0 && *high >= 0.0).count() as f64 / ends.len() as f64;
    println!(
        "below .05: default {:.4}, quasi {:.4}; quasi covered {covered:.4}",
        null(&first),
        null(&second)
    );
    assert!((0.035..=0.072).contains(&null(&second)));
    assert!((0.93..0.985).contains(&covered), "{covered}");
    for (a, b) in first.rows.iter().zip(&second.rows) {
        assert_eq!((a.status, a.n_case, a.reads_control), (b.status, b.n_case, b.reads_control));
    }
    let both: Vec<(f64, f64)> =
        first.rows.iter().zip(&second.rows).filter_map(|(a, b)| a.log10_p.zip(b.log10_p)).collect();
    let clear: Vec<_> = both.iter().filter(|(a, _)| *a < -6.0).collect();
    assert!(!clear.is_empty() && clear.iter().all(|(_, b)| *b < -2.0), "clear events are clear to both");
}

#[test]
fn threads_do_not_change_a_bit() {
    let mut cohort = Cohort::new(3);
    (0..500).for_each(|_| cohort.add_event(6, |psi, _| psi));
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| cohort.test(&three_by_three()))
    };
    assert_eq!(with(1), with(3));
}
