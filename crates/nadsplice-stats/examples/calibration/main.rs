//! How far the p-values, false discovery rates and intervals of the differential test can be trusted: simulated
//! cohorts with known differences. Prints a table of tab-separated values.
//!
//!     cargo run --release -p nadsplice-stats --example calibration -- [--seeds 5] [--events 10000] [--only TEXT]
//!     cargo run --release -p nadsplice-stats --example calibration -- --stages
//!     cargo run --release -p nadsplice-stats --example calibration -- --rmats-tables FOLDER
//!
//! `--stages` is about families of events, `--rmats-tables` about splits without a difference of real counts: the
//! folder has rMATS's tables, `FOLDER/maser/MATS_output` and `FOLDER/jurkat/rMATS`.

#![expect(clippy::unwrap_used, reason = "a simulation that cannot be set up must stop")]
#![expect(clippy::print_stdout, reason = "the table goes to stdout")]

mod cohort;
mod real;
mod reference;
mod scenario;
mod score;
mod stages;

use cohort::Cohort;
use nadsplice_stats::{EventCounts, LengthOffsets, NdsOptions, NdsRow, test_events, test_events_quasi};
use scenario::Scenario;
use score::Score;

/// The first seed; none of those that the method was chosen with.
const FIRST_SEED: u64 = 101;

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| arguments.iter().position(|a| a == name).and_then(|at| arguments.get(at + 1));
    let number = |name: &str, default: usize| value(name).map_or(default, |text| text.parse().unwrap());
    let (seeds, events) = (number("--seeds", 5), number("--events", 10_000));
    let only = value("--only").map_or("", String::as_str);
    if arguments.iter().any(|a| a == "--stages") {
        return stages::run(seeds, events);
    }
    if let Some(folder) = value("--rmats-tables") {
        return real::run(folder.as_ref());
    }
    println!(
        "scenario\tmethod\tnull_events\ttype1_05\ttype1_01\ttype1_001\tcalls\tfdr\tpower\tpower_at_true_fdr\t\
         coverage_null\tcoverage_changed\twithin_bounds"
    );
    for scenario in scenario::all().iter().filter(|s| s.name.contains(only)) {
        run(scenario, seeds, events);
    }
}

fn run(scenario: &Scenario, seeds: usize, events: usize) {
    let samples = scenario.recipe.group.len();
    let mut scores = [(); 4].map(|()| Score::default());
    for seed in 0..seeds {
        let cohort = Cohort::draw(&scenario.recipe, events, FIRST_SEED + seed as u64);
        let counts =
            EventCounts::new(samples, &cohort.inclusion, &cohort.skipping, LengthOffsets::Equal).unwrap();
        let options = NdsOptions::default();
        let engines = [
            test_events(&counts, &scenario.design, &options).unwrap().rows,
            test_events_quasi(&counts, &scenario.design, &options).unwrap().rows,
        ];
        for (score, rows) in scores.iter_mut().zip(&engines) {
            let p: Vec<Option<f64>> = rows.iter().map(|row: &NdsRow| row.p_value).collect();
            score.add(&cohort, &p);
            score.add_intervals(&cohort, rows);
        }
        if scenario.kind == scenario::Kind::TwoGroups {
            let tested: Vec<bool> = engines[0].iter().map(|row| row.p_value.is_some()).collect();
            scores[2].add(&cohort, &reference::t_test(&cohort, &scenario.recipe.group, &tested));
            scores[3].add(&cohort, &reference::pooled(&cohort, &scenario.recipe.group, &tested));
        }
    }
    for (method, score) in ["nds", "qbb", "t", "pooled"].into_iter().zip(&scores) {
        if score.cohorts > 0 {
            print(scenario, method, score);
        }
    }
}

fn print(scenario: &Scenario, method: &str, score: &Score) {
    let figure = |f: Option<f64>| f.map_or_else(|| "NA".to_owned(), |f| format!("{f:.4}"));
    let [five, one, tenth] = score.type_one();
    let [null, changed] = score.coverage();
    let within =
        |value: Option<f64>, range: std::ops::RangeInclusive<f64>| value.is_none_or(|v| range.contains(&v));
    let good = within(five, scenario.kind.type_one())
        && within(score.fdr(), 0.0..=scenario.kind.fdr())
        && within(score.coverage_of_all(), 0.93..=0.97);
    println!(
        "{}\t{method}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}\t{}",
        scenario.name,
        score.null,
        figure(five),
        figure(one),
        figure(tenth),
        score.called,
        figure(score.fdr()),
        figure(score.power()),
        figure(score.power_at_true_fdr()),
        figure(null),
        figure(changed),
        if good { "yes" } else { "no" },
    );
}
