//! Whether what was measured in the samples goes with the groups.

use nadsplice_diff::{Column, Comparison, SampleSheet};
use nadsplice_stats::two_groups::{fisher_exact, welch_t};
use nadsplice_table::SampleCheckRow;

use crate::messages::Messages;

/// Measured columns that can make groups differ: depth and library, RNA quality, tissue.
const LOOKED_AT: [&str; 14] = [
    "alignments",
    "read_length",
    "fragment_length",
    "spliced_fraction",
    "annotated_junction_fraction",
    "saturation",
    "intronic_share",
    "three_prime_bias",
    "mt_share",
    "duplicate_share",
    "slow_fibre_share",
    "fat_score",
    "immune_score",
    "fibrosis_score",
];
const SEX: &str = "sex_call";
/// Level at which a variable goes with the groups.
const LEVEL: f64 = 0.05;

/// One row for each measured variable that both groups of a contrast have; those that go with the groups are warned
/// of in one line.
pub(super) fn check(comparison: &Comparison, sheet: &SampleSheet, messages: Messages) -> Vec<SampleCheckRow> {
    if !comparison.is_two_groups() {
        return Vec::new();
    }
    let rows: Vec<SampleCheckRow> = sheet
        .measured()
        .filter(|c| c.name() == SEX || LOOKED_AT.contains(&c.name()))
        .filter_map(|column| row(comparison, column, is_in_model(comparison, sheet, column.name())))
        .collect();
    let found: Vec<String> = rows
        .iter()
        .filter(|row| row.goes_with_groups && !is_in_model(comparison, sheet, &row.variable))
        .map(|row| {
            let number = |n: Option<f64>| n.map_or_else(|| "NA".to_owned(), |n| format!("{n:.3}"));
            let p = row.p_value.map_or_else(String::new, |p| format!(", p = {p:.2}"));
            let p = if row.p_value.is_some_and(|p| p < 0.01) { ", p < 0.01".to_owned() } else { p };
            format!(
                "{} ({} in case, {} in control{p})",
                row.variable,
                number(row.mean_case),
                number(row.mean_control)
            )
        })
        .collect();
    if !found.is_empty() {
        messages.warn(format!(
            "contrast `{}`: {} of {} measured variables go with the groups at p < {LEVEL} ({:.1} would by chance), so that \
             what differs may be these: {}; see sample_checks.tsv and --covariate",
            comparison.label(),
            found.len(),
            rows.len(),
            LEVEL * rows.len() as f64,
            found.join(", "),
        ));
    }
    rows
}

/// Whether the model has what was measured under a name. A column of the sheet with this name goes before it.
fn is_in_model(comparison: &Comparison, sheet: &SampleSheet, name: &str) -> bool {
    let measured = sheet.measured().find(|column| column.name() == name);
    let is_variable = sheet.variable(name).zip(measured).is_some_and(|(one, two)| one.cells() == two.cells());
    is_variable && comparison.terms().iter().any(|term| mentions(term, name))
}

/// Whether a term of a model holds a variable.
fn mentions(term: &str, variable: &str) -> bool {
    term.split(|c: char| !(c.is_alphanumeric() || c == '_')).any(|word| word == variable)
}

/// Nothing where a group has no value.
fn row(comparison: &Comparison, column: &Column, is_in_model: bool) -> Option<SampleCheckRow> {
    let value = |sample: usize| match column.numbers() {
        Some(numbers) => numbers[sample],
        None => match column.cells()[sample].as_deref() {
            Some("female") => Some(1.0),
            Some("male") => Some(0.0),
            _ => None,
        },
    };
    let [case, control] = [true, false].map(|is_case| {
        let members = comparison.members().iter().enumerate().filter(|(_, m)| **m == Some(is_case));
        members.filter_map(|(sample, _)| value(sample)).collect::<Vec<f64>>()
    });
    if case.is_empty() || control.is_empty() {
        return None;
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let outcome = if column.name() == SEX { sexes(&case, &control) } else { numbers(&case, &control) };
    let mut note = outcome.note.to_owned();
    if is_in_model {
        note.push_str("; in the model");
    }
    let count = |values: &[f64]| u32::try_from(values.len()).unwrap_or(u32::MAX);
    Some(SampleCheckRow {
        contrast: comparison.label().to_owned(),
        variable: column.name().to_owned(),
        n_case: count(&case),
        n_control: count(&control),
        mean_case: Some(mean(&case)),
        mean_control: Some(mean(&control)),
        p_value: outcome.p_value,
        goes_with_groups: outcome.goes_with_groups,
        note,
    })
}

struct Outcome {
    p_value: Option<f64>,
    goes_with_groups: bool,
    note: &'static str,
}

fn sexes(case: &[f64], control: &[f64]) -> Outcome {
    let females = |group: &[f64]| {
        let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
        (count(group.iter().filter(|v| **v > 0.5).count()), count(group.len()))
    };
    let p_value = fisher_exact(females(case), females(control));
    Outcome {
        p_value,
        goes_with_groups: p_value.is_some_and(|p| p < LEVEL),
        note: "share of females; Fisher's exact test",
    }
}

fn numbers(case: &[f64], control: &[f64]) -> Outcome {
    let p_value = welch_t(case, control);
    if p_value.is_some() {
        let goes_with_groups = p_value.is_some_and(|p| p < LEVEL);
        return Outcome { p_value, goes_with_groups, note: "Welch's t-test" };
    }
    if case.len() < 2 || control.len() < 2 {
        return Outcome { p_value, goes_with_groups: false, note: "a group has fewer than two values" };
    }
    let differs = (case[0] - control[0]).abs() > 1e-9 * case[0].abs().max(control[0].abs());
    let note = if differs { "constant within each group, and different" } else { "the same in all samples" };
    Outcome { p_value, goes_with_groups: differs, note }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_constants_go_with_the_groups_and_one_does_not() {
        let told = |case: &[f64], control: &[f64]| {
            let outcome = numbers(case, control);
            (outcome.p_value.is_some(), outcome.goes_with_groups)
        };
        assert_eq!(told(&[100.0, 100.0], &[75.0, 75.0]), (false, true));
        assert_eq!(told(&[100.0, 100.0], &[100.0, 100.0]), (false, false));
        assert_eq!(told(&[100.0], &[75.0, 75.0]), (false, false));
        assert_eq!(told(&[0.10, 0.11, 0.12], &[0.30, 0.29, 0.33]), (true, true));
        assert_eq!(told(&[0.10, 0.31, 0.12], &[0.30, 0.09, 0.13]), (true, false));
    }

    #[test]
    fn sexes_need_more_than_three_and_three() {
        assert!(!sexes(&[1.0; 3], &[0.0; 3]).goes_with_groups);
        assert!(sexes(&[1.0; 4], &[0.0; 4]).goes_with_groups);
    }

    #[test]
    fn a_term_mentions_whole_names_only() {
        assert!(mentions("factor(mt_share)", "mt_share") && mentions("condition:mt_share", "mt_share"));
        assert!(!mentions("mt_share_2", "mt_share"));
    }
}
