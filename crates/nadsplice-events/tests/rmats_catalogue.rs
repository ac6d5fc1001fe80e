//! The annotated catalogue against the one that rMATS-turbo 4.3.0 finds in the same file.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where something is not there, and says when it is skipped"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use nadsplice_annotation::{GeneGrouping, ReadOptions, read};
use nadsplice_core::{Annotation, EventKind};
use nadsplice_events::{Catalogue, EventKeys, rmats_columns, rmats_coordinates, rmats_key};

const KINDS: [EventKind; 5] =
    [EventKind::Se, EventKind::Mxe, EventKind::A5ss, EventKind::A3ss, EventKind::Ri];

/// The folder with the data sets, where there is one.
fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("NADSPLICE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    if !folder.is_dir() {
        println!("skipped: no data in {}", folder.display());
        return None;
    }
    Some(folder)
}

/// A table, plain or gzip, as rows of fields by column name.
fn table(folder: &Path, name: &str) -> Vec<BTreeMap<String, String>> {
    let mut text = String::new();
    let plain = folder.join(name);
    if plain.is_file() {
        text = fs::read_to_string(plain).unwrap();
    } else {
        let file = fs::File::open(folder.join(format!("{name}.gz"))).unwrap();
        flate2::read::MultiGzDecoder::new(io::BufReader::new(file)).read_to_string(&mut text).unwrap();
    }
    let mut lines = text.lines().map(|line| line.split('\t'));
    let header: Vec<String> = lines.next().unwrap().map(str::to_owned).collect();
    lines.map(|fields| header.iter().cloned().zip(fields.map(str::to_owned)).collect()).collect()
}

/// What identifies a row: the columns of the reference tables that no choice of rMATS changes.
fn key(kind: EventKind, row: &BTreeMap<String, String>) -> (String, Vec<u32>) {
    let number = |column: &str| row[column].parse::<u32>().unwrap();
    let columns: &[&str] = match kind {
        EventKind::Se => &["exonStart_0base", "exonEnd", "upstreamEE", "downstreamES"],
        EventKind::Mxe => &[
            "1stExonStart_0base",
            "1stExonEnd",
            "2ndExonStart_0base",
            "2ndExonEnd",
            "upstreamEE",
            "downstreamES",
        ],
        EventKind::Ri => &["upstreamEE", "downstreamES"],
        _ if number("longExonEnd") == number("shortEE") => &["longExonStart_0base", "shortES", "flankingEE"],
        _ => &["longExonEnd", "shortEE", "flankingES"],
    };
    (row["chr"].clone(), columns.iter().map(|column| number(column)).collect())
}

/// Compares all five kinds; returns how many events each has.
fn compare(annotation: &Annotation, expected: &Path) -> Vec<usize> {
    let catalogue = Catalogue::from_annotation(annotation, EventKeys::Rmats);
    let mut counts = Vec::new();
    for kind in KINDS {
        let rows = |name: String| -> BTreeMap<_, _> {
            table(expected, &name).into_iter().map(|row| (key(kind, &row), row)).collect()
        };
        let mut known = rows(format!("fromGTF.{kind}.txt"));
        for novel in rows(format!("fromGTF.novelJunction.{kind}.txt")).keys() {
            known.remove(novel);
        }
        let known: BTreeMap<String, _> = known
            .into_iter()
            .map(|((chrom, numbers), row)| {
                let numbers: Vec<String> = numbers.iter().map(u32::to_string).collect();
                (format!("{kind}:{chrom}:{}", numbers.join(":")), row)
            })
            .collect();
        let mut found = BTreeMap::new();
        for event in catalogue.events.iter().filter(|event| event.kind == kind) {
            let key = rmats_key(event, annotation.contigs.name(event.contig)).unwrap();
            assert!(found.insert(key, event).is_none());
        }
        let missing: Vec<_> = known.keys().filter(|key| !found.contains_key(*key)).collect();
        let surplus: Vec<_> = found.keys().filter(|key| !known.contains_key(*key)).collect();
        assert!(missing.is_empty() && surplus.is_empty(), "{kind}: missing {missing:?}, surplus {surplus:?}");
        for (key, row) in &known {
            let event = found[key];
            let genes: BTreeSet<String> =
                event.genes.iter().map(|&gene| format!("\"{}\"", annotation.gene(gene).id)).collect();
            assert!(genes.contains(&row["GeneID"]), "{key} lacks gene {}", row["GeneID"]);
            // rMATS's far ends belong to whichever finding won; ours to the longest.
            let theirs =
                rmats_columns(kind).unwrap().iter().map(|column| row[*column].parse::<u32>().unwrap());
            let ours = rmats_coordinates(event).unwrap();
            if !matches!(kind, EventKind::Mxe | EventKind::Ri) {
                for (position, (ours, theirs)) in ours.iter().zip(theirs).enumerate() {
                    let reaches = if position % 2 == 0 { *ours <= theirs } else { *ours >= theirs };
                    assert!(reaches, "{key}: {ours} against {theirs}");
                }
            }
        }
        counts.push(found.len());
    }
    counts
}

fn merged(path: &Path) -> Annotation {
    read(path, &ReadOptions { grouping: GeneGrouping::RmatsMerged }).unwrap().annotation
}

#[test]
fn airway_events_are_those_of_rmats() {
    let Some(data) = data() else { return };
    let annotation = merged(&data.join("airway/Homo_sapiens.GRCh37.75_subset.gtf"));
    assert_eq!(compare(&annotation, &data.join("expected/rmats-4.3.0/airway")), [7, 1, 2, 2, 0]);
}

#[test]
fn sirv_events_are_those_of_rmats() {
    let Some(data) = data() else { return };
    let annotation = merged(&data.join("sirv/SIRV.gtf"));
    let counts = compare(&annotation, &data.join("expected/rmats-4.3.0/sirv_mix2_vs_mix1"));
    assert_eq!(counts, [25, 1, 9, 5, 11]);
}

#[test]
fn refseq_events_are_those_of_rmats() {
    let Some(data) = data() else { return };
    let annotation = merged(&data.join("annotation/derived_refseq_hg38.gtf.gz"));
    let counts = compare(&annotation, &data.join("expected/rmats-4.3.0/esrp"));
    assert_eq!(counts, [14457, 1434, 4131, 5172, 1492]);
}
