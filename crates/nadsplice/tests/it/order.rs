//! Results depend on the alignments: not on threads, format or order.

use std::{collections::BTreeMap, fs, path::Path};

use crate::{
    bam_bytes::Bam,
    data::{Entry, write_sheet},
    demo::demo,
    program::{Called, run},
    scratch::{files_below, scratch},
    toy::{CONTRAST, SAMPLES, toy, toy_results},
};

/// The TSV tables of a folder of results, by name; not what lies in folders below.
pub(crate) fn tables(results: &Path) -> BTreeMap<String, Vec<u8>> {
    files_below(results)
        .into_iter()
        .filter(|file| file.components().count() == 1 && file.extension().is_some_and(|e| e == "tsv"))
        .map(|file| (file.display().to_string(), fs::read(results.join(file)).unwrap()))
        .collect()
}

#[track_caller]
pub(crate) fn assert_same_tables(found: &BTreeMap<String, Vec<u8>>, expected: &BTreeMap<String, Vec<u8>>) {
    assert!(expected.len() >= 13, "{:?}", expected.keys());
    assert_eq!(found.keys().collect::<Vec<_>>(), expected.keys().collect::<Vec<_>>());
    for (name, bytes) in expected {
        assert!(found[name] == *bytes, "`{name}` differs");
    }
}

/// Runs the toy cohort with other files in place of its own and demands the tables of its own.
fn assert_same_results(folder: &Path, entries: &[Entry]) {
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, entries);
    let results = folder.join("results");
    Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST)).succeeded();
    assert_same_tables(&tables(&results), &tables(toy_results()));
}

/// Rewrites the toy cohort's files, each with its records in another order.
fn reordered(folder: &Path, sort_order: &str, reorder: impl Fn(&mut Vec<Vec<u8>>)) -> Vec<Entry> {
    let mut entries = toy().entries();
    for (name, path, _) in &mut entries {
        let mut bam = Bam::read(path);
        assert!(bam.text.contains("\tSO:coordinate"));
        bam.text = bam.text.replace("\tSO:coordinate", sort_order);
        reorder(&mut bam.records);
        *path = folder.join(format!("{name}.bam"));
        bam.write(path);
    }
    entries
}

/// Steps through the list in strides that are coprime with its length: no two neighbours stay together.
fn shuffle(records: &mut Vec<Vec<u8>>) {
    let n = records.len();
    let mut stride = n * 5 / 13;
    while (2..=stride).any(|d| stride.is_multiple_of(d) && n.is_multiple_of(d)) {
        stride += 1;
    }
    *records = (0..n).map(|k| std::mem::take(&mut records[k * stride % n])).collect();
    assert!(records.iter().all(|r| !r.is_empty()));
}

#[test]
fn tables_and_counts_files_are_the_same_bytes_with_one_thread_and_with_two() {
    let (data, two) = (demo().join("data"), demo().join("results"));
    let one = scratch("demo_one_thread").join("results");
    let mut command = run(&data.join("samples.tsv"), &data.join("genes.gtf"), &one);
    Called::of(command.args(["--threads", "1", "--contrast", "condition:old:young"])).succeeded();
    assert_same_tables(&tables(&one), &tables(&two));
    let counts = |results: &Path| files_below(&results.join("counts"));
    assert_eq!(counts(&one).len(), 12);
    assert_eq!(counts(&one), counts(&two));
    for file in counts(&one) {
        let read = |results: &Path| fs::read(results.join("counts").join(&file)).unwrap();
        assert!(read(&one) == read(&two), "`{}` differs", file.display());
    }
}

#[test]
fn bam_sam_and_cram_give_the_same_tables() {
    for format in ["sam", "cram"] {
        let folder = scratch(&format!("toy_{format}"));
        let mut entries = toy().entries();
        for (name, path, _) in &mut entries {
            *path = folder.join(format!("{name}.{format}"));
            toy().write_as(name, path);
        }
        assert_same_results(&folder, &entries);
    }
}

#[test]
fn one_cohort_can_mix_formats() {
    let folder = scratch("toy_mixed");
    let mut entries = toy().entries();
    for ((name, path, _), format) in entries.iter_mut().zip(["bam", "sam", "cram", "bam"]) {
        *path = folder.join(format!("{name}.{format}"));
        toy().write_as(name, path);
    }
    assert_same_results(&folder, &entries);
}

#[test]
fn files_grouped_by_name_give_the_same_tables() {
    let folder = scratch("toy_by_name");
    let by_name = |records: &mut Vec<Vec<u8>>| records.sort_by(|a, b| Bam::name(a).cmp(Bam::name(b)));
    let entries = reordered(&folder, "\tSO:queryname", by_name);
    assert_same_results(&folder, &entries);
}

#[test]
fn files_grouped_by_name_without_a_word_of_it_give_the_same_tables() {
    let folder = scratch("toy_by_name_unsaid");
    let by_name = |records: &mut Vec<Vec<u8>>| records.sort_by(|a, b| Bam::name(a).cmp(Bam::name(b)));
    let entries = reordered(&folder, "", by_name);
    assert_same_results(&folder, &entries);
}

#[test]
fn unsorted_files_give_the_same_tables() {
    let folder = scratch("toy_unsorted");
    let entries = reordered(&folder, "\tSO:unsorted", shuffle);
    assert_same_results(&folder, &entries);
}

#[test]
fn unsorted_files_without_a_word_of_it_give_the_same_tables() {
    let folder = scratch("toy_unsorted_unsaid");
    let entries = reordered(&folder, "", shuffle);
    assert_same_results(&folder, &entries);
}

#[test]
fn unsorted_files_that_claim_to_be_sorted_give_the_same_tables() {
    let folder = scratch("toy_unsorted_falsely");
    let entries = reordered(&folder, "\tSO:coordinate", shuffle);
    assert_same_results(&folder, &entries);
}

#[test]
fn the_order_of_samples_in_the_sheet_changes_the_order_of_columns_only() {
    let folder = scratch("toy_reversed");
    let mut entries = toy().entries();
    entries.reverse();
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &entries);
    let results = folder.join("results");
    Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST)).succeeded();
    let (found, expected) = (tables(&results), tables(toy_results()));
    for name in ["events.tsv", "differential.tsv", "nad_panel.tsv"] {
        let table = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let differ = table(&found[name])
            .lines()
            .zip(table(&expected[name]).lines())
            .find(|(a, b)| a != b)
            .map(|(a, b)| format!("{a}\n{b}"));
        assert_eq!(differ, None, "{name}");
    }
    let header = String::from_utf8(found["psi.tsv"].clone()).unwrap().lines().next().unwrap().to_owned();
    let names: Vec<&str> = SAMPLES.iter().rev().map(|s| s.0).collect();
    assert_eq!(header, format!("event_id\t{}", names.join("\t")));
}
