//! The error rate of set tests where genes with many events are called, and are in sets, more often.

#![expect(clippy::unwrap_used, reason = "a simulation that cannot be set up is a failed test")]

use nadsplice_stats::gsea::{GseaOptions, event_number_bins, gsea, normal_scores_within_bins};
use nadsplice_stats::hypergeometric::Hypergeometric;
use nadsplice_stats::isotonic::WeightingFunction;
use nadsplice_stats::multiple_testing::{benjamini_hochberg, simes};
use nadsplice_stats::wallenius::Wallenius;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const GENES: usize = 8000;
const SET_SIZE: usize = 60;

/// Genes with geometric numbers of events, of which 2% differ, and sets drawn in proportion to those numbers.
struct Simulation {
    rng: ChaCha8Rng,
    events: Vec<u32>,
    gene_p: Vec<f64>,
    any_event_called: Vec<bool>,
}

impl Simulation {
    fn new(seed: u64) -> Self {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let events: Vec<u32> = (0..GENES)
            .map(|_| {
                let mut number = 1;
                while number < 60 && rng.random_bool(0.8) {
                    number += 1;
                }
                number
            })
            .collect();
        let p: Vec<Vec<f64>> = events
            .iter()
            .map(|&number| {
                let differs = |rng: &mut ChaCha8Rng| if rng.random_bool(0.02) { 1e-6 } else { 1.0 };
                (0..number).map(|_| differs(&mut rng) * rng.random::<f64>()).collect()
            })
            .collect();
        let flat: Vec<Option<f64>> = p.iter().flatten().copied().map(Some).collect();
        let q = benjamini_hochberg(&flat);
        let mut called = q.into_iter().map(|q| q.is_some_and(|q| q < 0.05));
        let any_event_called =
            events.iter().map(|&n| called.by_ref().take(n as usize).filter(|&c| c).count() > 0).collect();
        let gene_p = p.iter().map(|p| simes(p).unwrap()).collect();
        Self { rng, events, gene_p, any_event_called }
    }

    fn simes_called(&self) -> Vec<bool> {
        let p: Vec<Option<f64>> = self.gene_p.iter().copied().map(Some).collect();
        benjamini_hochberg(&p).into_iter().map(|q| q.is_some_and(|q| q < 0.05)).collect()
    }

    /// Distinct genes, each with a chance that rises with its number of events.
    fn draw_set(&mut self) -> Vec<usize> {
        let mut set = Vec::new();
        while set.len() < SET_SIZE {
            let gene = self.rng.random_range(0..GENES);
            if !set.contains(&gene) && self.rng.random_range(0..60) < self.events[gene] {
                set.push(gene);
            }
        }
        set
    }
}

/// Shares of null sets with mid-P below 0.05: by Wallenius' distribution and by the hypergeometric one.
fn below_five_percent(simulation: &mut Simulation, called: &[bool], sets: usize) -> (f64, f64) {
    let size = |n: usize| u32::try_from(n).unwrap();
    let function = WeightingFunction::fit(simulation.events.iter().copied().zip(called.iter().copied()));
    let drawn = size(called.iter().filter(|&&c| c).count());
    let (mut biased, mut plain) = (0, 0);
    for _ in 0..sets {
        let set = simulation.draw_set();
        let overlap = size(set.iter().filter(|&&gene| called[gene]).count());
        let members = simulation.events.iter().enumerate().map(|(gene, &n)| (n, set.contains(&gene)));
        let odds = function.odds(members).unwrap();
        let wallenius = Wallenius::new(size(GENES), size(SET_SIZE), drawn, odds).unwrap();
        biased += usize::from(wallenius.p_mid(overlap) < 0.05);
        let hypergeometric = Hypergeometric::new(size(GENES), size(SET_SIZE), drawn).unwrap();
        plain += usize::from(hypergeometric.mid_p(overlap) < 0.05);
    }
    (biased as f64 / sets as f64, plain as f64 / sets as f64)
}

#[test]
fn overlap_of_null_sets_holds_its_level_only_with_the_weights() {
    let (mut any, mut by_simes) = ([0.0; 2], [0.0; 2]);
    for seed in 0..4 {
        let mut simulation = Simulation::new(seed);
        let called = simulation.any_event_called.clone();
        let (biased, plain) = below_five_percent(&mut simulation, &called, 250);
        any = [any[0] + biased / 4.0, any[1] + plain / 4.0];
        let called = simulation.simes_called();
        let (biased, plain) = below_five_percent(&mut simulation, &called, 250);
        by_simes = [by_simes[0] + biased / 4.0, by_simes[1] + plain / 4.0];
    }
    println!("mid-P below .05: any-event call {any:?}, Simes call {by_simes:?} (Wallenius, hypergeometric)");
    assert!((0.025..0.07).contains(&any[0]) && (0.025..0.07).contains(&by_simes[0]));
    assert!(any[1] > 0.2 && by_simes[1] > 0.1, "the bias that is corrected is there");
}

#[test]
fn ranking_test_of_null_sets_holds_its_level_within_bins() {
    let (mut binned, mut plain, mut tested) = (0, 0, 0);
    for seed in 10..14 {
        let mut simulation = Simulation::new(seed);
        let sets: Vec<Vec<usize>> = (0..120).map(|_| simulation.draw_set()).collect();
        let bins = event_number_bins(&simulation.events, 100);
        let scores = normal_scores_within_bins(&simulation.gene_p, &bins);
        let options = GseaOptions { permutations: 400, ..GseaOptions::default() };
        let below = |scores: &[f64], bins: Option<&[u32]>| {
            let rows = gsea(scores, &sets, bins, &options).unwrap();
            rows.iter().filter(|row| row.p_value.is_some_and(|p| p < 0.05)).count()
        };
        binned += below(&scores, Some(&bins));
        let all_one_bin = normal_scores_within_bins(&simulation.gene_p, &vec![0; GENES]);
        plain += below(&all_one_bin, None);
        tested += sets.len();
    }
    let share = |count: usize| count as f64 / tested as f64;
    println!("p below .05: within bins {:.4}, without {:.4}", share(binned), share(plain));
    assert!((0.025..0.08).contains(&share(binned)));
    assert!(share(plain) > 0.1, "the bias that is corrected is there");
}
