//! The annotated catalogue against the one that rMATS-turbo 4.3.0 finds in the same file.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where something is not there, and says when it is skipped"
)]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use nadsplice_core::{Annotation, EventKind};
use nadsplice_events::{Catalogue, EventKeys, rmats_columns, rmats_coordinates, rmats_key};
use support::{RMATS_KINDS, data, merged, rows};

/// Compares all five kinds; returns how many events each has.
fn compare(annotation: &Annotation, expected: &Path) -> Vec<usize> {
    let catalogue = Catalogue::from_annotation(annotation, EventKeys::Rmats);
    let mut counts = Vec::new();
    for kind in RMATS_KINDS {
        let mut known = rows(expected, &format!("fromGTF.{kind}.txt"), kind);
        for novel in rows(expected, &format!("fromGTF.novelJunction.{kind}.txt"), kind).keys() {
            known.remove(novel);
        }
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

#[test]
fn airway_events_are_those_of_rmats() {
    let Some(data) = data() else { return };
    let annotation = merged(&data.join("airway/Homo_sapiens.GRCh37.75_subset.gtf")).annotation;
    assert_eq!(compare(&annotation, &data.join("expected/rmats-4.3.0/airway")), [7, 1, 2, 2, 0]);
}

#[test]
fn sirv_events_are_those_of_rmats() {
    let Some(data) = data() else { return };
    let annotation = merged(&data.join("sirv/SIRV.gtf")).annotation;
    let counts = compare(&annotation, &data.join("expected/rmats-4.3.0/sirv_mix2_vs_mix1"));
    assert_eq!(counts, [25, 1, 9, 5, 11]);
}

#[test]
fn refseq_events_are_those_of_rmats() {
    let Some(data) = data() else { return };
    let annotation = merged(&data.join("annotation/derived_refseq_hg38.gtf.gz")).annotation;
    let counts = compare(&annotation, &data.join("expected/rmats-4.3.0/esrp"));
    assert_eq!(counts, [14457, 1434, 4131, 5172, 1492]);
}
