//! Writing and reading of matrices: `cargo bench -p nadsplice-table`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up must stop")]

use std::{hint::black_box, path::Path};

use criterion::{Criterion, Throughput};
use nadsplice_table::{EventLead, INCLUSION_COUNTS, MatrixTable, MatrixValue, PSI, StoreFolder};

const ROWS: usize = 2_000;
const SAMPLES: usize = 60;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = tempfile::tempdir().unwrap();
    let leads: Vec<EventLead> =
        (0..ROWS).map(|k| EventLead { event_id: format!("SE:chr1:{k}-200:300-400:+") }).collect();
    let names: Vec<String> = (0..SAMPLES).map(|k| format!("sample{k}")).collect();
    let mut group = criterion.benchmark_group("matrix of 2,000 x 60");
    group.throughput(Throughput::Elements((ROWS * SAMPLES) as u64));
    group.bench_function("write counts", |b| {
        b.iter(|| {
            write(&INCLUSION_COUNTS, folder.path(), &names, &leads, |row, k| Some((row * k % 977) as u64));
        });
    });
    group.bench_function("write shares", |b| {
        b.iter(|| write(&PSI, folder.path(), &names, &leads, |row, k| Some((row * k % 977) as f64 / 976.0)));
    });
    group.bench_function("keep and put together columns", |b| {
        b.iter(|| {
            let temporary = StoreFolder::within(folder.path()).unwrap();
            let mut store = temporary.store("counts", ROWS);
            for block in 0..SAMPLES / 20 {
                store
                    .push(20, |row, values| {
                        values
                            .extend((0..20).map(|k| if row % 3 == 0 { 0 } else { (row * k + block) as u64 }));
                    })
                    .unwrap();
            }
            let (mut rows, mut row) = (store.rows().unwrap(), Vec::new());
            for _ in 0..ROWS {
                row.clear();
                rows.read(black_box(&mut row)).unwrap();
            }
        });
    });
    group.finish();
    criterion.final_summary();
}

fn write<V: MatrixValue>(
    table: &MatrixTable<EventLead>,
    folder: &Path,
    names: &[String],
    leads: &[EventLead],
    value: impl Fn(usize, usize) -> V,
) {
    let mut writer = table.create(folder, names).unwrap();
    for (row, lead) in leads.iter().enumerate() {
        writer.write(lead, (0..SAMPLES).map(|k| value(row, k))).unwrap();
    }
    writer.finish().unwrap();
}
