//! A small version of the calibration study (`examples/calibration`): error rates, false discoveries and intervals of
//! the differential test on simulated cohorts. Bounds are those of the study, widened by three standard errors of the
//! figures of a small simulation.

#![expect(clippy::unwrap_used, reason = "a simulation that cannot be set up is a failed test")]

#[path = "../examples/calibration/cohort.rs"]
mod cohort;
#[path = "../examples/calibration/scenario.rs"]
mod scenario;
#[path = "../examples/calibration/score.rs"]
mod score;

use cohort::Cohort;
use nadsplice_stats::{EventCounts, LengthOffsets, NdsOptions, NdsResult, test_events, test_events_quasi};
use scenario::{Kind, Scenario};
use score::Score;

const SEED: u64 = 1;

type Engine = fn(
    &EventCounts<'_>,
    &nadsplice_stats::Design,
    &NdsOptions,
) -> Result<NdsResult, nadsplice_stats::CountsError>;

fn named(name: &str) -> Scenario {
    scenario::all().into_iter().find(|s| s.name == name).unwrap()
}

fn tested(scenario: &Scenario, cohort: &Cohort, engine: Engine) -> NdsResult {
    let samples = scenario.recipe.group.len();
    let counts =
        EventCounts::new(samples, &cohort.inclusion, &cohort.skipping, LengthOffsets::Equal).unwrap();
    engine(&counts, &scenario.design, &NdsOptions::default()).unwrap()
}

fn scored(scenario: &Scenario, events: usize, engine: Engine) -> Score {
    let cohort = Cohort::draw(&scenario.recipe, events, SEED);
    let rows = tested(scenario, &cohort, engine).rows;
    let mut score = Score::default();
    score.add(&cohort, &rows.iter().map(|row| row.p_value).collect::<Vec<_>>());
    score.add_intervals(&cohort, &rows);
    score
}

/// Three standard errors of a share.
fn margin(share: f64, of: usize) -> f64 {
    3.0 * (share * (1.0 - share) / of.max(1) as f64).sqrt()
}

/// Checks the figures of a scenario against what it has to keep to.
fn holds(name: &str, events: usize) {
    let scenario = named(name);
    let score = scored(&scenario, events, test_events);
    let five = score.type_one()[0].unwrap();
    let (range, slack) = (scenario.kind.type_one(), margin(0.05, score.null));
    println!(
        "{name}: {} null, below .05 {five:.4}, false calls {:?}, found at 5% false {:?}, covered {:?}",
        score.null,
        score.fdr(),
        score.power_at_true_fdr(),
        score.coverage(),
    );
    assert!((range.start() - slack..=range.end() + slack).contains(&five), "{name}: {five}");
    let most = scenario.kind.fdr();
    assert!(score.fdr().is_none_or(|fdr| fdr <= most + margin(most, score.called)), "{name}");
    assert!(score.power().is_some_and(|power| power > 0.05), "{name}");
    if scenario.design.contrast().is_some() {
        let covered = score.coverage_of_all().unwrap();
        let slack = margin(0.95, score.null + score.changed);
        assert!((0.93 - slack..=0.97 + slack).contains(&covered), "{name}: {covered}");
    }
}

#[test]
fn two_groups_hold_their_level() {
    holds("human 3v3", 2500);
    holds("cell 3v3", 2500);
    holds("cell 2v2, one replicate 20x shallower", 2500);
    holds("human 5v5, logit-normal", 2000);
    holds("human 5v5, outlier in 10% of events", 2000);
}

#[test]
fn pairs_and_covariates_hold_their_level() {
    holds("cell, 3 pairs", 2000);
    holds("human, 6 pairs", 1500);
    holds("cell 3v3, batch", 2000);
    holds("human 10v10, 6 covariates", 1200);
    holds("human, 3 groups of 4, omnibus", 1500);
}

#[test]
fn confounding_that_is_not_modelled_shows() {
    let scenario = named("human 20v20, batch (goes with group) + age + sex");
    let cohort = Cohort::draw(&scenario.recipe, 1000, SEED);
    let below = |design: &nadsplice_stats::Design| {
        let scenario = Scenario { design: design.clone(), ..scenario.clone() };
        let mut score = Score::default();
        let rows = tested(&scenario, &cohort, test_events).rows;
        score.add(&cohort, &rows.iter().map(|row| row.p_value).collect::<Vec<_>>());
        score.type_one()[0].unwrap()
    };
    let ignored: Vec<bool> = scenario.recipe.group.iter().map(|&g| g == 1).collect();
    let modelled = below(&scenario.design);
    let ignored = below(&nadsplice_stats::Design::two_groups(&ignored).unwrap());
    assert!(Kind::Covariates.type_one().end() + margin(0.05, 800) > modelled, "{modelled}");
    assert!(ignored > modelled + 0.02, "the confounding that is corrected is there: {ignored}");
}

#[test]
fn prior_finds_the_correlation_that_was_simulated() {
    let scenario = named("human 6v6");
    let cohort = Cohort::draw(&scenario.recipe, 2500, SEED);
    let prior = tested(&scenario, &cohort, test_events).prior;
    let median = prior.ln_rho_at(cohort::MEDIAN_READS).exp();
    assert!((0.02..0.045).contains(&median), "{median}");
}

#[test]
fn second_engine_holds_its_level_and_agrees() {
    let scenario = named("human 6v6");
    let score = scored(&scenario, 3000, test_events_quasi);
    let five = score.type_one()[0].unwrap();
    // The range over all designs that the method was specified with.
    let slack = margin(0.05, score.null);
    assert!((0.038 - slack..=0.062 + slack).contains(&five), "{five}");
    let covered = score.coverage_of_all().unwrap();
    let slack = margin(0.95, score.null + score.changed);
    assert!((0.93 - slack..=0.97 + slack).contains(&covered), "{covered}");
    let cohort = Cohort::draw(&scenario.recipe, 1000, SEED);
    let [first, second] = [test_events as Engine, test_events_quasi].map(|e| tested(&scenario, &cohort, e));
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
    let scenario = named("human 3v3");
    let cohort = Cohort::draw(&scenario.recipe, 500, SEED);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().unwrap();
        pool.install(|| tested(&scenario, &cohort, test_events))
    };
    assert_eq!(with(1), with(3));
}
