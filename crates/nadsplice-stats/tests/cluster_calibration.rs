//! The error rate of the test of junction clusters on simulated cohorts, and that it finds true differences. The example
//! `cluster_calibration` does the same at length.

#![expect(clippy::expect_used, reason = "a simulation that cannot be set up is a failed test")]

#[path = "../examples/cluster_calibration/cohort.rs"]
#[allow(dead_code, reason = "the example has more kinds of cohorts")]
mod cohort;

use cohort::{Cohort, Layout, Noise, Scenario};
use nadsplice_stats::{
    ClusterCounts, ClusterResult, NdsOptions, multiple_testing::benjamini_hochberg, test_clusters,
};

const CLUSTERS: usize = 2000;

fn test(cohort: &Cohort, layout: Layout) -> ClusterResult {
    let sizes: Vec<usize> = cohort.clusters.iter().map(|counts| counts.len() / cohort.samples).collect();
    let counts = cohort.clusters.concat();
    let counts = ClusterCounts::new(cohort.samples, &counts, &sizes).expect("whole clusters");
    let design = layout.design().expect("a design of full rank");
    test_clusters(&counts, &design, &NdsOptions::default()).expect("counts of the design")
}

/// Shares of unchanged clusters below 0.05 and 0.01, of false calls, and of changed clusters that are called.
fn figures(scenario: &Scenario, seed: u64) -> [f64; 4] {
    let cohort = Cohort::new(scenario, CLUSTERS, seed);
    let p: Vec<Option<f64>> =
        test(&cohort, scenario.layout).clusters.iter().map(|cluster| cluster.p_value).collect();
    let of = |changed: bool| -> Vec<f64> {
        let own = p.iter().zip(&cohort.changed).filter(|(_, c)| **c == changed);
        own.filter_map(|(p, _)| *p).collect()
    };
    let (null, changed) = (of(false), of(true));
    let below = |level: f64| null.iter().filter(|&&p| p < level).count() as f64 / null.len() as f64;
    let called: Vec<bool> = benjamini_hochberg(&p)
        .iter()
        .zip(&cohort.changed)
        .filter(|(q, _)| q.is_some_and(|q| q < 0.05))
        .map(|(_, changed)| *changed)
        .collect();
    let right = called.iter().filter(|&&changed| changed).count() as f64;
    let false_calls = 1.0 - right / (called.len() as f64).max(1.0);
    println!(
        "{:?}: {:.4} {:.4}, FDR {false_calls:.3}, power {:.3}",
        scenario.layout,
        below(0.05),
        below(0.01),
        right / changed.len() as f64
    );
    [below(0.05), below(0.01), false_calls, right / changed.len() as f64]
}

#[test]
fn two_groups_hold_their_level_and_find_true_differences() {
    let layout = Layout::Groups(6, 6);
    let [five, one, false_calls, power] = figures(&Scenario { layout, ..Scenario::HUMAN }, 1);
    assert!((0.03..=0.06).contains(&five) && one <= 0.018, "{five} {one}");
    assert!(false_calls <= 0.1 && power >= 0.35, "{false_calls} {power}");
}

#[test]
fn junctions_that_come_and_go_together_hold_their_level() {
    let (layout, noise) = (Layout::Groups(6, 6), Noise::Transcripts);
    let [five, one, false_calls, power] =
        figures(&Scenario { layout, noise, reads: 400.0, ..Scenario::HUMAN }, 2);
    assert!((0.03..=0.06).contains(&five) && one <= 0.018, "{five} {one}");
    assert!(false_calls <= 0.1 && power >= 0.5, "{false_calls} {power}");
}

#[test]
fn junctions_that_vary_unequally_hold_their_level() {
    let (layout, noise) = (Layout::Groups(3, 3), Noise::Splits);
    let [five, one, ..] = figures(&Scenario { layout, noise, ..Scenario::HUMAN }, 3);
    assert!((0.03..=0.07).contains(&five) && one <= 0.02, "{five} {one}");
}

#[test]
fn covariates_and_pairs_hold_their_level() {
    for (layout, seed) in [(Layout::Covariates(10), 4), (Layout::Pairs(6), 5)] {
        let [five, one, false_calls, _] = figures(&Scenario { layout, ..Scenario::HUMAN }, seed);
        assert!((0.03..=0.065).contains(&five) && one <= 0.02, "{five} {one}");
        assert!(false_calls <= 0.12, "{false_calls}");
    }
}

#[test]
fn threads_do_not_change_a_bit() {
    let layout = Layout::Groups(3, 3);
    let cohort = Cohort::new(&Scenario { layout, ..Scenario::CELL }, 300, 6);
    let with = |threads: usize| {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
        pool.install(|| test(&cohort, layout))
    };
    assert_eq!(with(1), with(3));
}
