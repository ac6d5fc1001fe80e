//! Surrogate variables in the models of a run.

use anyhow::Context;
use nadsplice_diff::{
    Comparison, CountTable, Plan, Step, SurrogateError, SurrogateNumber, surrogates, surrogates_fit,
};
use nadsplice_table::SurrogateRow;

use crate::messages::Messages;

/// Share of a surrogate's variance due to the groups from which it is warned of.
const CONFOUNDS: f64 = 0.2;

/// The events of a cohort as surrogates are found in them.
pub(super) struct Cohort<'a> {
    pub(super) table: CountTable<'a>,
    pub(super) names: &'a [String],
    /// The same number for events that share reads.
    pub(super) linked: &'a [Option<u32>],
}

/// Refuses a number for which a comparison has no room, before anything is counted.
pub(crate) fn check_room(plan: &Plan, number: Option<SurrogateNumber>) -> anyhow::Result<()> {
    let Some(number) = number else { return Ok(()) };
    plan.steps()
        .iter()
        .flat_map(Step::comparisons)
        .try_for_each(|comparison| named(surrogates_fit(comparison, number), comparison.label(), number))
}

/// The result, or its error with the contrast and what to do.
fn named<T>(result: Result<T, SurrogateError>, label: &str, number: SurrogateNumber) -> anyhow::Result<T> {
    result.with_context(|| {
        format!("contrast `{label}`: --surrogate {number} is not possible\nhint: --surrogate auto")
    })
}

/// The step with surrogate variables in all its models, and the rows that tell of them.
pub(super) fn extend(
    cohort: &Cohort<'_>,
    step: &Step,
    number: SurrogateNumber,
    messages: Messages,
) -> anyhow::Result<(Step, Vec<SurrogateRow>)> {
    let mut rows = Vec::new();
    let extended = step.try_map(|comparison| extend_one(cohort, comparison, number, messages, &mut rows))?;
    Ok((extended, rows))
}

fn extend_one(
    cohort: &Cohort<'_>,
    comparison: &Comparison,
    number: SurrogateNumber,
    messages: Messages,
    rows: &mut Vec<SurrogateRow>,
) -> anyhow::Result<Comparison> {
    let label = comparison.label();
    let found = named(surrogates(&cohort.table, comparison, cohort.linked, number), label, number)?;
    messages.step(format!(
        "contrast `{label}`: {} surrogate variables from {} events",
        found.values.len(),
        found.events
    ));
    let mut columns = Vec::new();
    for (k, values) in found.values.into_iter().enumerate() {
        let name = format!("surrogate_{}", k + 1);
        if found.with_groups[k] >= CONFOUNDS {
            messages.warn(format!(
                "contrast `{label}`: `{name}` goes with the groups (R squared {:.2}): what is due to it cannot be told from \
                 what is due to the groups without trust in the surrogate",
                found.with_groups[k]
            ));
        }
        for (&sample, &value) in comparison.samples().iter().zip(&values) {
            rows.push(SurrogateRow {
                contrast: label.to_owned(),
                surrogate: name.clone(),
                sample: cohort.names[sample].clone(),
                value: Some(value),
                residual_share: Some(found.shares[k]),
                group_share: Some(found.with_groups[k]),
            });
        }
        columns.push((name, values));
    }
    Ok(comparison.with_columns(&columns)?)
}
