//! Error rates of the tests of gene sets on null sets: the table in `docs/enrichment.md`.
//!
//! `cargo run --release -p nadsplice-panel --example set_calibration [CONTRASTS [SETS]]`

#![expect(clippy::unwrap_used, clippy::print_stdout, reason = "a simulation that prints a table")]

mod simulation;

use simulation::{DrawnBy, simulate};

fn main() {
    let mut arguments = std::env::args().skip(1).map(|text| text.parse::<u64>().unwrap());
    let contrasts = arguments.next().unwrap_or(20);
    let sets = usize::try_from(arguments.next().unwrap_or(200)).unwrap();
    println!(
        "| sets drawn by | default | one weight a set | events only | hypergeometric | GSEA | GSEA without bins |"
    );
    println!("|---|---|---|---|---|---|---|");
    for drawn_by in DrawnBy::ALL {
        let (below, called) = simulate(drawn_by, contrasts, sets);
        println!(
            "| {drawn_by:?} ({called:.0} called) | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} | {:.3} |",
            below.wallenius,
            below.one_weight,
            below.wallenius_events,
            below.hypergeometric,
            below.gsea,
            below.gsea_plain,
        );
    }
}
