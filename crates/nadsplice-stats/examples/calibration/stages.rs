//! Families of events: do the called families, and the events named in them, keep to their false discovery rates?

use super::FIRST_SEED;
use super::cohort::Cohort;
use super::scenario;
use nadsplice_stats::stagewise::{Combination, Stagewise};
use nadsplice_stats::{EventCounts, LengthOffsets, NdsOptions, test_events};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const LEVEL: f64 = 0.05;

/// Sums over cohorts.
#[derive(Default)]
struct Sums {
    /// Families called, and those of them without a changed event.
    called: usize,
    false_families: usize,
    /// Called families with a wrongly named event, or called without any changed event.
    with_false_event: usize,
    /// Events named, wrong ones among them, and changed events that were tested.
    named: usize,
    wrong: usize,
    changed: usize,
}

pub(crate) fn run(seeds: usize, events: usize) {
    println!(
        "scenario\tgene_test\tcalled_families\tfamily_fdr\toverall_fdr\tnamed_events\tevent_fdr\tchanged_events_named"
    );
    for scenario in scenario::all().iter().filter(|s| ["cell 6v6", "human 6v6"].contains(&s.name)) {
        let mut sums = [Sums::default(), Sums::default()];
        for seed in 0..seeds as u64 {
            let cohort = Cohort::draw(&scenario.recipe, events, FIRST_SEED + seed);
            let (samples, families) = (scenario.recipe.group.len(), families(events, seed));
            let counts =
                EventCounts::new(samples, &cohort.inclusion, &cohort.skipping, LengthOffsets::Equal).unwrap();
            let rows = test_events(&counts, &scenario.design, &NdsOptions::default()).unwrap().rows;
            let p: Vec<Option<f64>> = rows.iter().map(|row| row.p_value).collect();
            for (sums, combination) in sums.iter_mut().zip([Combination::Simes, Combination::Acat]) {
                sums.add(&cohort, &p, &families, combination);
            }
        }
        for (sums, combination) in sums.iter().zip([Combination::Simes, Combination::Acat]) {
            let share = |part: usize, of: usize| part as f64 / of.max(1) as f64;
            println!(
                "{}\t{}\t{}\t{:.4}\t{:.4}\t{}\t{:.4}\t{:.4}",
                scenario.name,
                combination.as_str(),
                sums.called,
                share(sums.false_families, sums.called),
                share(sums.with_false_event, sums.called),
                sums.named,
                share(sums.wrong, sums.named),
                share(sums.named - sums.wrong, sums.changed),
            );
        }
    }
}

impl Sums {
    fn add(&mut self, cohort: &Cohort, p: &[Option<f64>], families: &[Vec<usize>], combination: Combination) {
        let result = Stagewise::new(combination, p, families);
        let is_named = |e: usize| result.members[e].is_some_and(|q| q < LEVEL);
        for (family, q) in families.iter().zip(&result.q_values) {
            self.changed += family.iter().filter(|&&e| p[e].is_some() && cohort.changed[e]).count();
            if q.is_none_or(|q| q >= LEVEL) {
                continue;
            }
            let none_changed = !family.iter().any(|&e| p[e].is_some() && cohort.changed[e]);
            let wrong = family.iter().filter(|&&e| is_named(e) && !cohort.changed[e]).count();
            self.called += 1;
            self.false_families += usize::from(none_changed);
            self.with_false_event += usize::from(none_changed || wrong > 0);
            self.named += family.iter().filter(|&&e| is_named(e)).count();
            self.wrong += wrong;
        }
    }
}

/// Families of 1 to 8 neighbouring events.
fn families(events: usize, seed: u64) -> Vec<Vec<usize>> {
    let mut random = ChaCha8Rng::seed_from_u64(seed);
    let mut families = Vec::new();
    let mut next = 0;
    while next < events {
        let end = (next + random.random_range(1..=8)).min(events);
        families.push((next..end).collect());
        next = end;
    }
    families
}
