//! The test as a whole: against recorded results, its symmetries, and its error rate.

use super::*;
use crate::test_vectors::{counts as count_values, floats, output};
use proptest::prelude::*;

/// Filters that let everything through that can be tested.
const OPEN: Filters = Filters {
    min_samples: 2,
    min_samples_large: 2,
    large_group: usize::MAX,
    min_mean_reads: 0.0,
    min_minor_share: 0.0,
    min_minor_reads: 0,
};

fn open() -> NdsOptions {
    NdsOptions { filters: OPEN, prior: Some(RhoPrior::uninformed()), correct_small_counts: false }
}

fn three_by_three() -> Design {
    Design::two_groups(&[false, false, false, true, true, true]).unwrap()
}

fn test_one(design: &Design, y: &[u32], n: &[u32], offsets: LengthOffsets<'_>) -> NdsRow {
    let s: Vec<u32> = y.iter().zip(n).map(|(y, n)| n - y).collect();
    let counts = EventCounts::new(y.len(), y, &s, offsets).unwrap();
    test_events(&counts, design, &open()).unwrap().rows[0]
}

fn two_groups_test(y: &[u32], n: &[u32]) -> NdsRow {
    test_one(&three_by_three(), y, n, LengthOffsets::Equal)
}

#[test]
fn recorded_cases_are_reproduced() {
    let Some(cases) = output("nds_end_to_end") else { return };
    for (name, case) in cases.as_object().unwrap() {
        let row = two_groups_test(&count_values(&case["y"]), &count_values(&case["n"]));
        let boundary = ["separation", "allzero_vs_one"].contains(&name.as_str());
        let tolerance = if boundary { 0.02 } else { 1e-6 };
        let close = |got: Option<f64>, want: f64, what: &str| {
            let got = got.unwrap();
            assert!((got - want).abs() <= tolerance * want.abs(), "{name} {what}: {got}, recorded {want}");
        };
        close(row.rho, case["rho"].as_f64().unwrap(), "rho");
        close(row.df, case["df"].as_f64().unwrap(), "df");
        close(row.statistic, case["LR"].as_f64().unwrap(), "statistic");
        close(row.log10_p, case["p"].as_f64().unwrap().log10(), "log10 p");
        let (psi, ci) = (floats(&case["psi"]), floats(&case["ci"]));
        close(row.psi_control, psi[0], "psi control");
        close(row.psi_case, psi[1], "psi case");
        close(row.delta_psi, case["dpsi"].as_f64().unwrap(), "delta psi");
        close(row.ci_low, ci[0], "low end");
        close(row.ci_high, ci[1], "high end");
    }
}

#[test]
fn one_form_alone_is_not_tested_even_without_filters() {
    let n = [40, 52, 45, 44, 40, 47];
    for y in [[0; 6], n] {
        let row = two_groups_test(&y, &n);
        assert_eq!((row.status, row.p_value, row.ci_low), (NdsStatus::Invariant, None, None));
        assert_eq!(row.delta_psi, Some(0.0));
    }
}

#[test]
fn lone_sample_of_a_group_leaves_the_point_only() {
    let row = two_groups_test(&[8, 0, 0, 30, 28, 35], &[40, 0, 0, 44, 40, 47]);
    assert_eq!((row.status, row.p_value, row.ci_low), (NdsStatus::Coverage, None, None));
    assert_eq!((row.n_control, row.n_case, row.reads_control, row.reads_case), (1, 3, 40, 131));
    assert!((row.delta_psi.unwrap() - 0.51).abs() < 0.01);
}

#[test]
fn event_without_reads_has_nothing() {
    let row = two_groups_test(&[0; 6], &[0; 6]);
    assert_eq!((row.status, row.psi_case, row.delta_psi), (NdsStatus::Coverage, None, None));
}

#[test]
fn enormous_difference_has_a_finite_logarithm() {
    let case: Vec<bool> = (0..400).map(|i| i % 2 == 0).collect();
    let y: Vec<u32> = (0..400).map(|i| if i % 2 == 0 { 99_900 + i % 7 } else { 90 }).collect();
    let s: Vec<u32> = y.iter().map(|y| 100_000 - y).collect();
    let counts = EventCounts::new(400, &y, &s, LengthOffsets::Equal).unwrap();
    let options = NdsOptions { prior: Some(RhoPrior::fixed(3e-4, 0.15)), ..open() };
    let row = test_events(&counts, &Design::two_groups(&case).unwrap(), &options).unwrap().rows[0];
    assert_eq!(row.p_value, Some(1e-300));
    assert!(row.log10_p.unwrap() < -300.0 && row.log10_p.unwrap().is_finite());
}

#[test]
fn length_offset_of_an_event_moves_psi_and_not_p() {
    let (y, n) = ([8, 11, 9, 30, 28, 35], [40, 52, 45, 44, 40, 47]);
    let plain = two_groups_test(&y, &n);
    let double = test_one(&three_by_three(), &y, &n, LengthOffsets::PerEvent(&[2_f64.ln()]));
    assert_eq!((plain.p_value, plain.statistic), (double.p_value, double.statistic));
    let halved = |p: f64| p / (p + 2.0 * (1.0 - p));
    assert!((double.psi_case.unwrap() - halved(plain.psi_case.unwrap())).abs() < 1e-12);
}

#[test]
fn few_events_warn_of_a_fixed_prior() {
    let (y, s) = ([8, 11, 9, 30, 28, 35], [32, 41, 36, 14, 12, 12]);
    let counts = EventCounts::new(6, &y, &s, LengthOffsets::Equal).unwrap();
    let result = test_events(&counts, &three_by_three(), &NdsOptions::default()).unwrap();
    assert_eq!(result.warnings, [NdsWarning::FixedPrior { events: 1 }]);
    assert_eq!(result.prior, RhoPrior::uninformed());
}

#[test]
fn counts_must_fit_the_design() {
    let counts = EventCounts::new(2, &[1, 2], &[1, 2], LengthOffsets::Equal).unwrap();
    assert_eq!(
        test_events(&counts, &three_by_three(), &open()).unwrap_err(),
        CountsError::Samples { counts: 2, design: 6 }
    );
}

#[test]
fn three_groups_are_tested_together_and_by_contrast() {
    let of_sample: Vec<Option<usize>> = (0..9).map(|i| Some(i / 3)).collect();
    let rows: Vec<f64> = (0..9)
        .flat_map(|i| [1.0, f64::from(u8::from(i / 3 == 1)), f64::from(u8::from(i / 3 == 2))])
        .collect();
    let (y, n) = ([10, 12, 9, 11, 10, 12, 30, 33, 29], [40; 9]);
    let groups = |contrast| Some(Groups { of_sample: of_sample.clone(), columns: vec![1, 2], contrast });
    let omnibus = Design::new(3, &rows, &[1, 2], groups(None)).unwrap();
    let row = test_one(&omnibus, &y, &n, LengthOffsets::Equal);
    assert!(row.p_value.unwrap() < 1e-4);
    assert_eq!((row.delta_psi, row.n_case), (None, 0));
    let contrast = |case| Some(Contrast { case, control: 0 });
    let null = Design::new(3, &rows, &[1], groups(contrast(1))).unwrap();
    let row = test_one(&null, &y, &n, LengthOffsets::Equal);
    assert!(row.p_value.unwrap() > 0.5 && row.delta_psi.unwrap().abs() < 0.05);
    let changed = Design::new(3, &rows, &[2], groups(contrast(2))).unwrap();
    let row = test_one(&changed, &y, &n, LengthOffsets::Equal);
    assert!(row.p_value.unwrap() < 1e-4 && row.ci_low.unwrap() > 0.3);
}

/// Counts of three against three, no sample empty.
fn cohort() -> impl Strategy<Value = (Vec<u32>, Vec<u32>)> {
    prop::collection::vec((1..200_u32, 0.0..=1.0_f64), 6).prop_map(|samples| {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a share of n")]
        let inclusion = |(n, share): &(u32, f64)| (f64::from(*n) * share).round() as u32;
        (samples.iter().map(inclusion).collect(), samples.iter().map(|(n, _)| *n).collect())
    })
}

proptest! {
    #[test]
    fn swapped_groups_change_sign_only((y, n) in cohort()) {
        let swapped = Design::two_groups(&[true, true, true, false, false, false]).unwrap();
        let (a, b) = (two_groups_test(&y, &n), test_one(&swapped, &y, &n, LengthOffsets::Equal));
        prop_assert_eq!(a.status, b.status);
        let close = |a: Option<f64>, b: Option<f64>| match (a, b) {
            (Some(a), Some(b)) => (a - b).abs() <= 1e-9 * a.abs().max(1.0),
            (a, b) => a == b,
        };
        prop_assert!(close(a.delta_psi, b.delta_psi.map(|d| -d)));
        prop_assert!(close(a.ci_low, b.ci_high.map(|d| -d)) && close(a.ci_high, b.ci_low.map(|d| -d)));
        prop_assert!(close(a.log10_p, b.log10_p), "{:?} {:?}", a.log10_p, b.log10_p);
    }

    #[test]
    fn order_of_samples_does_not_matter((y, n) in cohort(), shift in 1..6_usize) {
        let case: Vec<bool> = (0..6).map(|i| (i + shift) % 6 >= 3).collect();
        let turn = |v: &[u32]| (0..6).map(|i| v[(i + shift) % 6]).collect::<Vec<_>>();
        let design = Design::two_groups(&case).unwrap();
        let (a, b) = (two_groups_test(&y, &n), test_one(&design, &turn(&y), &turn(&n), LengthOffsets::Equal));
        prop_assert_eq!(a.status, b.status);
        if let (Some(a), Some(b)) = (a.log10_p, b.log10_p) {
            prop_assert!((a - b).abs() <= 1e-9 * a.abs().max(1.0), "{} {}", a, b);
        }
    }

    #[test]
    fn every_tested_row_is_whole((y, n) in cohort(), offset in -2.0..2.0_f64) {
        let row = test_one(&three_by_three(), &y, &n, LengthOffsets::PerEvent(&[offset]));
        prop_assert!(row.status != NdsStatus::Fit);
        if row.status == NdsStatus::Ok {
            let (low, delta, high) = (row.ci_low.unwrap(), row.delta_psi.unwrap(), row.ci_high.unwrap());
            prop_assert!((-1.0 - 1e-9..=delta).contains(&low) && (delta..=1.0 + 1e-9).contains(&high));
            prop_assert!(row.p_value.unwrap() > 0.0 && row.p_value.unwrap() <= 1.0);
            prop_assert!(row.statistic.unwrap() >= 0.0 && row.df.unwrap() > 0.0);
        }
    }

    #[test]
    fn offsets_per_sample_are_always_fitted(
        (y, n) in cohort(), offsets in prop::collection::vec(-1.5..1.5_f64, 6),
    ) {
        let row = test_one(&three_by_three(), &y, &n, LengthOffsets::PerSample(&offsets));
        prop_assert!(row.status == NdsStatus::Ok || row.status == NdsStatus::Invariant, "{:?}", row);
    }
}
