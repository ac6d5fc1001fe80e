//! PSI of simulated pairs against the truth.

use std::{collections::BTreeMap, fs, path::Path};

use nadsplice_core::EventKind;
use nadsplice_simulate::{Cohort, FragmentLengths, Library, gtf_text};

use crate::{
    cohort::{Genes, cohort},
    data::{Entry, write_sheet},
    program::{Called, run},
    scratch::scratch,
    tsv::Tsv,
};

/// True PSI, and the groups that have them.
const TRUTHS: [(f64, &str); 3] = [(0.2, "low"), (0.5, "middle"), (0.8, "high")];
const READ_LENGTHS: [u32; 3] = [63, 100, 150];
/// Mean fragment lengths.
const INSERTS: [u32; 3] = [180, 280, 400];
/// Fragments of a sample.
const FRAGMENTS: u64 = 110_000;
/// Fragments of a gene with a skipped exon in relation to others.
const SE_EXPRESSION: f64 = 3.0;
/// Largest mean error of PSI.
const LARGEST_BIAS: f64 = 0.01;

/// Mean errors of PSI, by what they were averaged for.
type Biases<K> = BTreeMap<K, f64>;

/// PSI less the truth, of a gene in a sample.
struct PsiError {
    kind: EventKind,
    read_length: u32,
    truth: &'static str,
    error: f64,
}

fn averaged<K: Ord>(errors: &[PsiError], key: impl Fn(&PsiError) -> Option<K>) -> Biases<K> {
    let mut sums: BTreeMap<K, (f64, f64)> = BTreeMap::new();
    for one in errors {
        if let Some(key) = key(one) {
            let sum = sums.entry(key).or_default();
            sum.0 += one.error;
            sum.1 += 1.0;
        }
    }
    sums.into_iter().map(|(key, (sum, n))| (key, sum / n)).collect()
}

fn sample_name(read_length: u32, insert: u32, truth: &str) -> String {
    format!("{read_length}_{insert}_{truth}")
}

/// Genes of every kind of event: exons of 30 to 300 bases, alternative parts of 10 to 100, introns of 110 to 650.
fn genes() -> Genes {
    let mut events = Vec::new();
    for length in (30..=300).step_by(10) {
        for kind in [EventKind::Se, EventKind::Mse, EventKind::Mxe, EventKind::Afe, EventKind::Ale] {
            events.push((kind, length, 330 - length));
        }
        for kind in [EventKind::A5ss, EventKind::A3ss] {
            events.push((kind, length / 3, 0));
        }
        events.push((EventKind::Ri, 50 + 2 * length, 0));
    }
    Genes::new(&events, &[])
}

/// Simulates all libraries and quantifies them as one cohort.
fn quantified(genes: &Genes, folder: &Path) -> Vec<PsiError> {
    let gtf = folder.join("genes.gtf");
    fs::write(&gtf, gtf_text(&genes.annotation)).unwrap();
    let groups = TRUTHS.map(|(_, group)| group);
    let plan = || {
        genes.specs(|_, event| {
            let expression = if event.kind == EventKind::Se { SE_EXPRESSION } else { 1.0 };
            (expression, TRUTHS.map(|(psi, _)| psi).to_vec())
        })
    };
    let mut entries: Vec<Entry> = Vec::new();
    for (seed, (read_length, insert)) in
        (1..).zip(READ_LENGTHS.into_iter().flat_map(|r| INSERTS.map(|i| (r, i))))
    {
        let fragment_lengths = FragmentLengths { mean: insert.into(), sd: 30.0, min: 100, max: 500 };
        let library = Library { read_length, fragment_lengths, ..Library::default() };
        let samples: Vec<(String, usize)> = groups
            .iter()
            .enumerate()
            .map(|(k, group)| (sample_name(read_length, insert, group), k))
            .collect();
        let spec = cohort(seed, library, &groups, &samples, FRAGMENTS, plan());
        let written = Cohort::new(&genes.annotation, &spec).unwrap().write(folder, 2).unwrap();
        entries.extend(written.into_iter().zip(groups).map(|(w, group)| (w.name, w.path, group)));
    }
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &entries);
    let results = folder.join("results");
    Called::of(&mut run(&sheet, &gtf, &results)).succeeded();
    for (_, bam, _) in &entries {
        fs::remove_file(bam).unwrap();
    }

    let psi = Tsv::read(&results.join("psi.tsv"));
    let mut errors = Vec::new();
    for (gene, event) in genes.events.iter().enumerate() {
        let id = genes.event_id(gene);
        let row = psi.row_where("event_id", &id);
        for read_length in READ_LENGTHS {
            for insert in INSERTS {
                for (true_psi, truth) in TRUTHS {
                    let sample = sample_name(read_length, insert, truth);
                    let found = row.number(&sample).unwrap_or_else(|| panic!("{id} has no PSI in {sample}"));
                    let error = found - true_psi;
                    errors.push(PsiError { kind: event.kind, read_length, truth, error });
                }
            }
        }
    }
    errors
}

fn assert_small<K: std::fmt::Debug>(biases: &Biases<K>) {
    for (of, bias) in biases {
        eprintln!("mean error of PSI for {of:?}: {bias:+.4}");
    }
    let large: Vec<_> = biases.iter().filter(|(_, bias)| bias.abs() >= LARGEST_BIAS).collect();
    assert!(large.is_empty(), "{large:?}");
}

#[test]
fn psi_has_no_bias_for_any_kind_of_event_read_length_insert_or_exon_length() {
    let errors = quantified(&genes(), &scratch("bias"));
    let skipped_exons = |d: &PsiError| (d.kind == EventKind::Se).then_some((d.kind, d.read_length, d.truth));
    assert_small(&averaged(&errors, skipped_exons));
    assert_small(&averaged(&errors, |d| Some((d.kind, d.truth))));
}
