//! The report in Markdown.

use std::fmt::Write;

use nadsplice_stats::multiple_testing::benjamini_hochberg;

use crate::rivals::{NAMES, Outcome, TESTS};

/// Numbers of junctions that are told apart: name, from, to.
const SIZES: [(&str, usize, usize); 4] = [("2", 2, 2), ("3", 3, 3), ("4 to 5", 4, 5), ("6 to 10", 6, 10)];

/// The figures of one test in one scenario.
#[derive(Clone, Copy, Debug, Default)]
struct Row {
    tested: usize,
    /// Share of unchanged clusters below 0.05, 0.01 and 0.001.
    below: [f64; 3],
    /// The same below 0.05, by number of junctions.
    by_size: [f64; SIZES.len()],
    /// Share of false calls at q < 0.05.
    false_calls: f64,
    /// Share of changed clusters called at q < 0.05.
    power: f64,
    /// Share of changed clusters called where 5% of all calls are false.
    true_power: f64,
}

/// All tests in one scenario; averages over seeds.
pub(crate) struct Figures {
    name: &'static str,
    rows: [Option<Row>; TESTS],
}

impl Figures {
    /// From the outcomes of one scenario, seed by seed.
    pub(crate) fn new(name: &'static str, seeds: Vec<Vec<Outcome>>) -> Self {
        let row = |test: usize| {
            let runs: Vec<Vec<(f64, &Outcome)>> = seeds
                .iter()
                .map(|run| run.iter().filter_map(|o| o.p[test].map(|p| (p, o))).collect())
                .collect();
            let all: Vec<(f64, &Outcome)> = runs.concat();
            if all.is_empty() {
                return None;
            }
            let mean = |of: fn(&[(f64, &Outcome)]) -> f64| {
                runs.iter().map(|run| of(run)).sum::<f64>() / runs.len() as f64
            };
            Some(Row {
                tested: all.len(),
                below: [0.05, 0.01, 0.001].map(|level| below(&all, level, (0, usize::MAX))),
                by_size: SIZES.map(|(_, from, to)| below(&all, 0.05, (from, to))),
                false_calls: mean(|run| called(run).0),
                power: mean(|run| called(run).1),
                true_power: mean(true_power),
            })
        };
        Self { name, rows: std::array::from_fn(row) }
    }
}

/// Share of unchanged clusters of so many junctions whose p-value is below a level.
fn below(tests: &[(f64, &Outcome)], level: f64, (from, to): (usize, usize)) -> f64 {
    let null = tests.iter().filter(|(_, o)| !o.changed && (from..=to).contains(&o.junctions));
    let (low, all) =
        null.fold((0.0, 0.0), |(low, all), (p, _)| (low + f64::from(u8::from(*p < level)), all + 1.0));
    low / all
}

/// Share of false calls, and of changed clusters that are called, at q < 0.05.
fn called(tests: &[(f64, &Outcome)]) -> (f64, f64) {
    let q = benjamini_hochberg(&tests.iter().map(|(p, _)| Some(*p)).collect::<Vec<_>>());
    let calls: Vec<bool> = tests
        .iter()
        .zip(q)
        .filter(|(_, q)| q.is_some_and(|q| q < 0.05))
        .map(|((_, o), _)| o.changed)
        .collect();
    let right = calls.iter().filter(|&&changed| changed).count() as f64;
    let wrong = calls.len() as f64 - right;
    let changed = tests.iter().filter(|(_, o)| o.changed).count() as f64;
    (wrong / (calls.len() as f64).max(1.0), right / changed)
}

/// Share of changed clusters that could be called with 5% false calls, were the truth known.
fn true_power(tests: &[(f64, &Outcome)]) -> f64 {
    let mut sorted: Vec<&(f64, &Outcome)> = tests.iter().collect();
    sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
    let (mut right, mut wrong, mut best) = (0.0, 0.0, 0.0);
    for (_, outcome) in sorted {
        if outcome.changed {
            right += 1.0;
        } else {
            wrong += 1.0;
        }
        if wrong <= 0.05 * (right + wrong) {
            best = right;
        }
    }
    best / (right + f64::from(u8::from(right == 0.0)))
}

/// What the report is about.
pub(crate) fn introduction(clusters: usize, seeds: &[u64]) -> String {
    let seeds: Vec<String> = seeds.iter().map(u64::to_string).collect();
    format!(
        "{}\n\nThis run: {clusters} clusters a cohort, seeds {}.\n",
        include_str!("introduction.md").trim_end(),
        seeds.join(", ")
    )
}

/// The tables.
pub(crate) fn tables(figures: &[Figures]) -> String {
    let mut text = String::new();
    for Figures { name, rows } in figures {
        let tested = rows[0].map_or(0, |row| row.tested);
        _ = write!(
            text,
            "\n## {name}\n\n{tested} clusters tested.\n\n\
             | test | 0.05 | 0.01 | 0.001 | FDR | power | power at true FDR |\n|---|---|---|---|---|---|---|\n"
        );
        for (name, row) in NAMES.iter().zip(rows) {
            if let Some(Row { below: [a, b, c], false_calls, power, true_power, .. }) = row {
                _ = writeln!(
                    text,
                    "| {name} | {a:.3} | {b:.4} | {c:.4} | {false_calls:.3} | {power:.3} | {true_power:.3} |"
                );
            }
        }
    }
    let head: Vec<&str> = SIZES.iter().map(|size| size.0).collect();
    _ = write!(
        text,
        "\n## By number of junctions\n\nShare of unchanged clusters below 0.05: the test in use, and the \
         Dirichlet-multinomial test with F.\n\n| scenario | {} | DM {} |\n|---{}|\n",
        head.join(" | "),
        head.join(" | DM "),
        "|---".repeat(2 * SIZES.len())
    );
    for Figures { name, rows } in figures {
        let cells = |row: &Option<Row>| -> Vec<String> {
            (0..SIZES.len())
                .map(|k| row.map_or_else(String::new, |row| format!("{:.3}", row.by_size[k])))
                .collect()
        };
        _ = writeln!(text, "| {name} | {} | {} |", cells(&rows[0]).join(" | "), cells(&rows[4]).join(" | "));
    }
    text
}
