//! Error rates and power of tests of junction clusters, on simulated cohorts.
//!
//! ```sh
//! cargo run --release -p nadsplice-stats --example cluster_calibration > docs/calibration-clusters.md
//! ```
//!
//! Takes the clusters of a cohort and the seeds as further arguments; the default is 4000 clusters and three seeds.

#![expect(clippy::print_stdout, reason = "the report")]
#![expect(clippy::expect_used, reason = "a simulation that cannot be set up has no result")]

mod cohort;
mod dirichlet;
mod report;
mod rivals;

use cohort::{Cohort, Layout, Noise, Scenario};
use report::Figures;

const CLUSTERS: usize = 4000;
const SEEDS: [u64; 3] = [41, 42, 43];

fn scenarios() -> Vec<Scenario> {
    let (cell, human) = (Scenario::CELL, Scenario::HUMAN);
    let three = Layout::Groups(3, 3);
    let six = Layout::Groups(6, 6);
    let thirty = Layout::Groups(30, 30);
    vec![
        Scenario { name: "cell, 3 v 3", layout: three, ..cell },
        Scenario { name: "cell, 6 v 6", layout: six, ..cell },
        Scenario { name: "human, 3 v 3", layout: three, ..human },
        Scenario { name: "human, 3 v 3, few reads", layout: three, reads: 20.0, ..human },
        Scenario { name: "human, 6 v 6", layout: six, ..human },
        Scenario { name: "human, 6 v 6, skewed usages", layout: six, evenness: 0.25, ..human },
        Scenario { name: "human, 8 v 32", layout: Layout::Groups(8, 32), ..human },
        Scenario { name: "human, 30 v 30", layout: thirty, ..human },
        Scenario { name: "human, 3 v 3, splits", noise: Noise::Splits, ..human },
        Scenario { name: "human, 6 v 6, splits", layout: six, noise: Noise::Splits, ..human },
        Scenario { name: "human, 30 v 30, splits", layout: thirty, noise: Noise::Splits, ..human },
        Scenario { name: "human, 6 v 6, log-normal", layout: six, noise: Noise::LogNormal, ..human },
        Scenario { name: "human, 30 v 30, log-normal", layout: thirty, noise: Noise::LogNormal, ..human },
        Scenario { name: "cell, 3 v 3, transcripts", layout: three, noise: Noise::Transcripts, ..cell },
        Scenario { name: "human, 3 v 3, transcripts", layout: three, noise: Noise::Transcripts, ..human },
        Scenario { name: "human, 6 v 6, transcripts", layout: six, noise: Noise::Transcripts, ..human },
        Scenario {
            name: "human, 6 v 6, transcripts, many reads",
            layout: six,
            noise: Noise::Transcripts,
            reads: 400.0,
            ..human
        },
        Scenario { name: "human, 30 v 30, transcripts", layout: thirty, noise: Noise::Transcripts, ..human },
        Scenario { name: "human, 20 v 20 with batch, age and sex", layout: Layout::Covariates(20), ..human },
        Scenario { name: "human, 6 pairs", layout: Layout::Pairs(6), ..human },
        Scenario { name: "human, 12 pairs", layout: Layout::Pairs(12), ..human },
        Scenario { name: "human, 3 groups of 4", layout: Layout::Three(4), ..human },
    ]
}

fn main() {
    let mut given = std::env::args().skip(1).map(|text| text.parse::<u64>().expect("a whole number"));
    let clusters = given.next().map_or(CLUSTERS, |n| usize::try_from(n).expect("a number of clusters"));
    let seeds: Vec<u64> = given.collect();
    let seeds = if seeds.is_empty() { SEEDS.to_vec() } else { seeds };
    print!("{}", report::introduction(clusters, &seeds));
    let figures: Vec<Figures> = scenarios()
        .iter()
        .map(|scenario| {
            let runs = seeds
                .iter()
                .map(|&seed| rivals::test(&Cohort::new(scenario, clusters, seed), scenario.layout));
            Figures::new(scenario.name, runs.collect())
        })
        .collect();
    print!("{}", report::tables(&figures));
}
