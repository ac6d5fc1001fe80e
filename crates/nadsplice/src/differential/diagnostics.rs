//! Figures that tell whether the tests of a contrast are sound.

use nadsplice_diff::{Comparison, ContrastTest, Engine, is_tested};
use nadsplice_stats::PriorSource;
use nadsplice_table::DiagnosticsRow;

/// The rows of one contrast.
pub(super) fn rows(comparison: &Comparison, test: &ContrastTest, engine: Engine) -> Vec<DiagnosticsRow> {
    let mut rows = Vec::new();
    let mut add = |measure: &str, value: Option<f64>| {
        rows.push(DiagnosticsRow {
            contrast: comparison.label().to_owned(),
            measure: measure.to_owned(),
            value,
        });
    };
    let design = comparison.design();
    add("samples", Some(design.n_samples() as f64));
    add("columns", Some(design.n_columns() as f64));
    add("tested_columns", Some(design.n_tested() as f64));
    add("events", Some(test.events.len() as f64));
    add("events_tested", Some(test.events.iter().filter(|e| is_tested(e.status)).count() as f64));
    let learnt_from = match test.prior.source() {
        PriorSource::Estimated { events } => Some(events as f64),
        PriorSource::Fixed => None,
    };
    add("prior_events", learnt_from);
    add("prior_tau", Some(test.prior.tau()));
    for (k, knot) in test.prior.knots().iter().enumerate() {
        add(&format!("prior_knot_{}_reads", k + 1), learnt_from.map(|_| knot.ln_mean_reads.exp()));
        add(&format!("prior_knot_{}_rho", k + 1), Some(knot.ln_rho.exp()));
    }
    add("median_df", test.diagnostics.median_df);
    add("lambda", test.diagnostics.lambda);
    add("zero_statistic_share", test.diagnostics.zero_statistic_share);
    let bins = test.diagnostics.p_histogram.len() as f64;
    for (k, count) in test.diagnostics.p_histogram.iter().enumerate() {
        add(&format!("p_histogram_{:.2}", k as f64 / bins), Some(*count as f64));
    }
    let permuted = test.permuted;
    add("permutations", permuted.map(|p| p.permutations as f64));
    add("permuted_events", permuted.map(|p| p.events as f64));
    add("permuted_p_below_0.05", permuted.map(|p| p.below_level));
    add("quasi_binomial", Some(f64::from(u8::from(engine == Engine::QuasiBinomial))));
    rows
}
