//! The test as a whole: against recorded results, and its symmetries.

use super::*;
use crate::test_vectors::{counts as count_values, floats, output};
use proptest::prelude::*;

const OPEN: Filters = Filters {
    min_samples: 2,
    min_samples_large: 2,
    large_group: usize::MAX,
    min_mean_reads: 0.0,
    min_minor_share: 0.0,
    min_minor_reads: 0,
};

fn open() -> NdsOptions {
    NdsOptions { filters: OPEN, prior: Some(RhoPrior::uninformed()) }
}

fn three_by_three() -> Design {
    Design::two_groups(&[false, false, false, true, true, true]).unwrap()
}

fn test_one(design: &Design, y: &[u32], n: &[u32], offsets: LengthOffsets<'_>) -> NdsRow {
    let s: Vec<u32> = y.iter().zip(n).map(|(y, n)| n - y).collect();
    let counts = EventCounts::new(y.len(), y, &s, offsets).unwrap();
    test_events(&counts, design, &open()).unwrap().rows[0]
}

#[test]
fn recorded_cases_are_reproduced() {
    let Some(cases) = output("nds_end_to_end") else { return };
    for (name, case) in cases.as_object().unwrap() {
        let (y, n) = (count_values(&case["y"]), count_values(&case["n"]));
        let row = test_one(&three_by_three(), &y, &n, LengthOffsets::Equal);
        let boundary = case.get("tolerance").is_some() || name == "allzero_vs_one";
        let tolerance = if boundary { 0.02 } else { 1e-6 };
        let close = |got: Option<f64>, want: f64, what: &str| {
            let got = got.unwrap();
            println!("{name} {what}: {got} {want} {:.1e}", (got - want).abs() / want.abs());
            assert!((got - want).abs() <= tolerance * want.abs(), "{name} {what}: {got}, recorded {want}");
        };
        close(row.rho, case["rho"].as_f64().unwrap(), "rho");
        close(row.df, case["df"].as_f64().unwrap(), "df");
        close(row.statistic, case["LR"].as_f64().unwrap(), "LR");
        let log10_p = case["p"].as_f64().unwrap().log10();
        close(row.log10_p, log10_p, "log10 p");
        let (psi, ci) = (floats(&case["psi"]), floats(&case["ci"]));
        close(row.psi_control, psi[0], "psi control");
        close(row.psi_case, psi[1], "psi case");
        close(row.delta_psi, case["dpsi"].as_f64().unwrap(), "delta");
        close(row.ci_low, ci[0], "low");
        close(row.ci_high, ci[1], "high");
    }
}
