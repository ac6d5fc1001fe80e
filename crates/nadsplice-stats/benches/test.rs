//! The test of events: `cargo bench -p nadsplice-stats`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use criterion::{BenchmarkId, Criterion, Throughput};
use nadsplice_stats::{Design, EventCounts, LengthOffsets, NdsOptions, interval::jeffreys, test_events};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;

const EVENTS: usize = 200;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    criterion
        .bench_function("interval of a share", |b| b.iter(|| jeffreys(black_box(37), black_box(120), 0.95)));
    let mut group = criterion.benchmark_group("test of 200 events");
    group.throughput(Throughput::Elements(EVENTS as u64));
    for samples in [6, 60] {
        let (inclusion, skipping) = counts(samples);
        let counts = EventCounts::new(samples, &inclusion, &skipping, LengthOffsets::Equal).unwrap();
        let case: Vec<bool> = (0..samples).map(|sample| sample % 2 == 0).collect();
        let design = Design::two_groups(&case).unwrap();
        group.bench_function(BenchmarkId::new("samples", samples), |b| {
            b.iter(|| test_events(black_box(&counts), &design, &NdsOptions::default()).unwrap());
        });
    }
    group.finish();
    criterion.final_summary();
}

/// Shares that differ from event to event, and by a tenth between the groups in every fifth one.
fn counts(samples: usize) -> (Vec<u32>, Vec<u32>) {
    let mut random = ChaCha8Rng::seed_from_u64(1);
    let (mut inclusion, mut skipping) = (Vec::new(), Vec::new());
    for event in 0..EVENTS {
        let share = random.random_range(0.2..0.8);
        for sample in 0..samples {
            let shift = if event % 5 == 0 && sample % 2 == 0 { 0.1 } else { 0.0 };
            let total = random.random_range(20..80u32);
            let included = (0..total).filter(|_| random.random::<f64>() < share + shift).count();
            let included = u32::try_from(included).unwrap();
            inclusion.push(included);
            skipping.push(total - included);
        }
    }
    (inclusion, skipping)
}
