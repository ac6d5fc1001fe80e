//! The tests of gene sets hold their level on sets that are called, and tested, more often for no biological reason.

#![expect(clippy::unwrap_used, reason = "a simulation that cannot be set up is a failed test")]

#[path = "../examples/set_calibration/simulation.rs"]
mod simulation;

use simulation::{DrawnBy, simulate};

#[test]
fn null_sets_are_significant_as_often_as_they_should() {
    for drawn_by in DrawnBy::ALL {
        let (below, called) = simulate(drawn_by, 4, 200);
        println!("{drawn_by:?}, {called} called: {below:?}");
        // 800 sets: standard error 0.008, and sets of one contrast share its genes.
        for share in [below.wallenius, below.gsea] {
            assert!((0.025..=0.075).contains(&share), "{drawn_by:?}: {below:?}");
        }
        let biased = [below.hypergeometric, below.gsea_plain];
        match drawn_by {
            DrawnBy::Chance => assert!(biased.iter().all(|&share| share < 0.08)),
            DrawnBy::Events => assert!(biased.iter().all(|&share| share > 0.15), "{below:?}"),
            DrawnBy::Coverage | DrawnBy::Both => {
                assert!(below.hypergeometric > 0.15 && below.wallenius_events > 0.1, "{below:?}");
            }
        }
    }
}
