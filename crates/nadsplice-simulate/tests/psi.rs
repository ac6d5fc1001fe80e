//! True PSI is recovered from the reads when fragments are divided by the number of their places.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::{collections::HashMap, fs, path::Path};

use nadsplice_align::HeaderContig;
use nadsplice_core::{Interval, LibraryStrandedness, Strand};
use nadsplice_simulate::{FragmentLengths, Library, Molecule, SampleFile, write_sample};

const LEFT: u32 = 500;
const RIGHT: u32 = 600;

/// Exons of the isoform with a cassette exon of this length, or without.
fn exons(cassette: Option<u32>) -> Vec<Interval> {
    let cassette = cassette.map(|length| (10_000, 10_000 + length));
    [Some((1_000, 1_000 + LEFT)), cassette, Some((20_000, 20_000 + RIGHT))]
        .into_iter()
        .flatten()
        .map(|(start, end)| Interval::new(start, end).unwrap())
        .collect()
}

/// Expected number of places of a fragment of which at least one read crosses a junction, by enumeration.
fn places(library: &Library, junctions: &[u32], length: u32) -> f64 {
    let FragmentLengths { mean, sd, min, max } = library.fragment_lengths;
    let weight = |f: u32| (-0.5 * ((f64::from(f) - mean) / sd).powi(2)).exp();
    let total: f64 = (min..=max).map(weight).sum();
    let crosses = |from: u32, to: u32| junctions.iter().any(|&j| from < j && j < to);
    let read = library.read_length;
    (min..=max)
        .map(|f| {
            let starts = (0..=length - f)
                .filter(|&s| crosses(s, s + read.min(f)) || crosses(s + f - read.min(f), s + f))
                .count();
            weight(f) / total * starts as f64
        })
        .sum()
}

/// Fragments of a SAM file over one of the junctions around the cassette exon, and over the one that skips it.
fn crossing_fragments(path: &Path, cassette: u32) -> (usize, usize) {
    let inclusion = [(1_000 + LEFT, 10_000), (10_000 + cassette, 20_000)];
    let mut forms: HashMap<String, (bool, bool)> = HashMap::new();
    for line in fs::read_to_string(path).unwrap().lines().filter(|line| !line.starts_with('@')) {
        let field: Vec<&str> = line.split('\t').collect();
        let (mut at, mut number) = (field[3].parse::<u32>().unwrap() - 1, 0);
        let form = forms.entry(field[0].to_owned()).or_default();
        for c in field[5].chars() {
            if let Some(digit) = c.to_digit(10) {
                number = 10 * number + digit;
                continue;
            }
            if c == 'N' {
                let junction = (at, at + number);
                form.0 |= inclusion.contains(&junction);
                form.1 |= junction == (1_000 + LEFT, 20_000);
            }
            at += number;
            number = 0;
        }
    }
    (forms.values().filter(|f| f.0).count(), forms.values().filter(|f| f.1).count())
}

#[test]
fn psi_is_unbiased_for_all_libraries_and_exons() {
    let folder = tempfile::tempdir().unwrap();
    let contigs = [HeaderContig { name: "chr1".into(), length: 30_000 }];
    let mut sample = 0;
    for (read_length, insert) in [(63, 180.0), (100, 200.0), (100, 400.0), (150, 300.0)] {
        let library = Library {
            read_length,
            fragment_lengths: FragmentLengths { mean: insert, sd: 30.0, min: 100, max: 500 },
            strandedness: LibraryStrandedness::Unstranded,
            ..Library::default()
        };
        for truth in [0.2, 0.5, 0.8] {
            let mut bias = 0.0;
            let cassettes = [30, 60, 100, 180, 300];
            for cassette in cassettes {
                let molecules = [Some(cassette), None]
                    .map(|c| Molecule::new(0, Some(Strand::Forward), &exons(c)).unwrap());
                let path = folder.path().join("reads.sam");
                let file = SampleFile {
                    path: &path,
                    contigs: &contigs,
                    seed: 77,
                    sample,
                    fragments: 12_000,
                    extra_threads: 0,
                    compression_level: None,
                };
                sample += 1;
                write_sample(&file, &library, &molecules, &[truth, 1.0 - truth]).unwrap();
                let (with, without) = crossing_fragments(&path, cassette);
                let length =
                    |molecule: &Molecule, junctions: &[u32]| places(&library, junctions, molecule.len());
                let i = with as f64 / length(&molecules[0], &[LEFT, LEFT + cassette]);
                let s = without as f64 / length(&molecules[1], &[LEFT]);
                bias += i / (i + s) - truth;
            }
            bias /= cassettes.len() as f64;
            assert!(bias.abs() < 0.01, "2x{read_length}, insert {insert}, PSI {truth}: bias {bias:.4}");
        }
    }
}
