//! PSI of simulated pairs against the truth.

use std::{collections::BTreeMap, fmt::Write as _, fs, path::PathBuf};

use nadsplice_core::EventKind;
use nadsplice_simulate::{Cohort, FragmentLengths, Library, gtf_text};

use crate::{
    cohort::{Genes, cohort},
    data::{Entry, write_sheet},
    program::{Called, run},
    scratch::scratch,
    tsv::Tsv,
};

const TRUTHS: [f64; 3] = [0.2, 0.5, 0.8];
const GROUPS: [&str; 3] = ["low", "middle", "high"];

/// Read lengths and mean inserts.
const LIBRARIES: [(u32, f64); 9] = [
    (63, 180.0),
    (63, 280.0),
    (63, 400.0),
    (100, 180.0),
    (100, 280.0),
    (100, 400.0),
    (150, 180.0),
    (150, 280.0),
    (150, 400.0),
];

/// Mean PSI less truth over the genes of a kind, by kind, read length, insert and truth.
fn biases(folder: &str, events: &[(EventKind, u32, u32)], fragments: u64) -> Biases {
    let folder = scratch(folder);
    let genes = Genes::new(events, &[]);
    let gtf = folder.join("genes.gtf");
    fs::write(&gtf, gtf_text(&genes.annotation)).unwrap();
    let mut sheet: Vec<Entry> = Vec::new();
    for (seed, &(read_length, mean)) in (1..).zip(&LIBRARIES) {
        let library = Library {
            read_length,
            fragment_lengths: FragmentLengths { mean, sd: 30.0, min: 100, max: 500 },
            ..Library::default()
        };
        let samples: Vec<(String, usize)> = (0..TRUTHS.len())
            .map(|group| (format!("{read_length}_{mean}_{}", GROUPS[group]), group))
            .collect();
        let genes_spec = genes.with_psi(|_| TRUTHS.to_vec());
        let spec = cohort(seed, library, &GROUPS, &samples, fragments, genes_spec);
        let written = Cohort::new(&genes.annotation, &spec).unwrap().write(&folder, 2).unwrap();
        let groups = samples.iter().map(|(_, group)| GROUPS[*group]);
        sheet.extend(written.into_iter().zip(groups).map(|(w, g)| (w.name, w.path, g)));
    }
    let samples = folder.join("sheet.tsv");
    write_sheet(&samples, &sheet);
    let results = folder.join("results");
    Called::of(&mut run(&samples, &gtf, &results)).succeeded();
    for (_, bam, _) in &sheet {
        fs::remove_file(bam).unwrap();
    }
    Biases::of(&genes, &results)
}

/// Bias by kind, read length, insert and position of the truth.
struct Biases(BTreeMap<(EventKind, u32, u32, usize), f64>);

impl Biases {
    fn of(genes: &Genes, results: &PathBuf) -> Self {
        let psi = Tsv::read(&results.join("psi.tsv"));
        let mut sums: BTreeMap<(EventKind, u32, u32, usize), (f64, f64)> = BTreeMap::new();
        for (gene, event) in genes.events.iter().enumerate() {
            let id = genes.event_id(gene);
            let row = psi.row_where("event_id", &id);
            for &(read_length, insert) in &LIBRARIES {
                for (group, truth) in TRUTHS.into_iter().enumerate() {
                    let name = format!("{read_length}_{insert}_{}", GROUPS[group]);
                    let Some(found) = row.number(&name) else { panic!("{id} has no reads in {name}") };
                    let sum = sums.entry((event.kind, read_length, insert as u32, group)).or_default();
                    sum.0 += found - truth;
                    sum.1 += 1.0;
                }
            }
        }
        Self(sums.into_iter().map(|(key, (sum, n))| (key, sum / n)).collect())
    }

    /// Means over everything but what `key` keeps.
    fn mean_by<K: Ord>(&self, key: impl Fn(EventKind, u32, u32, usize) -> K) -> BTreeMap<K, f64> {
        let mut sums: BTreeMap<K, (f64, f64)> = BTreeMap::new();
        for (&(kind, read_length, insert, truth), bias) in &self.0 {
            let sum = sums.entry(key(kind, read_length, insert, truth)).or_default();
            sum.0 += bias;
            sum.1 += 1.0;
        }
        sums.into_iter().map(|(k, (sum, n))| (k, sum / n)).collect()
    }

    fn table(&self) -> String {
        let mut text = String::new();
        for (kind, read_length, insert) in
            self.0.keys().map(|k| (k.0, k.1, k.2)).collect::<std::collections::BTreeSet<_>>()
        {
            let cells: Vec<String> =
                (0..3).map(|t| format!("{:+.4}", self.0[&(kind, read_length, insert, t)])).collect();
            let _ = writeln!(text, "{kind} 2x{read_length} insert {insert}: {}", cells.join(" "));
        }
        text
    }
}

#[test]
fn measure() {
    let mut events = Vec::new();
    for length in (30..=300).step_by(10) {
        for kind in [EventKind::Se, EventKind::Mse, EventKind::Mxe, EventKind::Afe, EventKind::Ale] {
            events.push((kind, length, 330 - length));
        }
        events.push((EventKind::Ri, 50 + 2 * length, 0));
        events.push((EventKind::A5ss, (length - 30) / 3 + 10, 0));
        events.push((EventKind::A3ss, (length - 30) / 3 + 10, 0));
    }
    let b = biases("bias_measure", &events, 600_000);
    eprintln!("{}", b.table());
    for (k, v) in b.mean_by(|k, _, _, t| (k, t)) {
        eprintln!("{k:?} {v:+.4}");
    }
}
