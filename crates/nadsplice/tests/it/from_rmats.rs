//! `diff --from-rmats`: rMATS's tables tested anew.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    data::data,
    demo::demo,
    program::{Called, nadsplice},
    scratch::scratch,
    tsv::Tsv,
};

fn tested(tables: &Path, output: &Path, more: &[&str]) -> Called {
    let mut command = nadsplice();
    command.arg("diff").arg("--from-rmats").arg(tables).arg("--output").arg(output).args(more);
    Called::of(&mut command)
}

/// The demonstration cohort in tables of rMATS: six old samples, then six young ones.
fn exported(folder: &Path) -> PathBuf {
    let tables = folder.join("tables");
    let mut command = nadsplice();
    command.args(["export", "--format", "rmats", "--results"]).arg(demo().join("results"));
    Called::of(command.arg("--output").arg(&tables)).succeeded();
    tables
}

fn rows_by_event(table: &Tsv) -> HashMap<&str, &[String]> {
    table.iter().map(|row| (row.text("event_id"), row.cells)).collect()
}

#[test]
fn exported_tables_come_back_with_their_counts_and_effects() {
    let folder = scratch("from_rmats_demo");
    let tables = exported(&folder);
    let rows = ["old", "young"].map(|group| (1..=6).map(move |k| format!("{group}_{k}\t{group}")));
    let rows: Vec<String> = rows.into_iter().flatten().collect();
    let sheet = folder.join("sheet.tsv");
    fs::write(&sheet, format!("sample\tage\n{}\n", rows.join("\n"))).unwrap();
    let output = folder.join("results");
    let options = ["--samples", sheet.to_str().unwrap(), "--contrast", "age:old:young"];
    tested(&tables, &output, &options).succeeded();

    let native = demo().join("results");
    for file in ["inclusion_counts.tsv", "skipping_counts.tsv"] {
        let (theirs, ours) = (Tsv::read(&native.join(file)), Tsv::read(&output.join(file)));
        let originals = rows_by_event(&theirs);
        assert!(ours.rows.len() > 500);
        let columns: Vec<usize> = ours.header.iter().map(|name| theirs.column(name)).collect();
        for row in ours.iter() {
            let original = originals[row.text("event_id")];
            let original: Vec<&String> = columns.iter().map(|&column| &original[column]).collect();
            assert_eq!(row.cells.iter().collect::<Vec<_>>(), original, "{file}");
        }
    }

    let (theirs, ours) =
        (Tsv::read(&native.join("differential.tsv")), Tsv::read(&output.join("differential.tsv")));
    let mut called = 0;
    for row in ours.iter().filter(|row| row.number("q_value").is_some_and(|q| q < 0.05)) {
        let original = theirs.row_where("event_id", row.text("event_id"));
        let (delta, before) = (row.number("delta_psi").unwrap(), original.number("delta_psi").unwrap());
        assert!((delta - before).abs() < 0.05, "{}: {delta}, {before}", row.text("event_id"));
        called += 1;
    }
    assert!(called >= 15, "{called}");
}

#[test]
fn without_a_sheet_the_groups_are_those_of_rmats() {
    let folder = scratch("from_rmats_groups");
    let output = folder.join("results");
    tested(&exported(&folder), &output, &[]).succeeded();
    let samples = Tsv::read(&output.join("samples.tsv"));
    assert_eq!(samples.cells("condition"), [["sample_1"; 6], ["sample_2"; 6]].concat());
    let roles = Tsv::read(&output.join("contrast_samples.tsv"));
    assert_eq!(roles.cells("role"), [["case"; 6], ["control"; 6]].concat());
}

#[test]
fn a_folder_that_cannot_be_tables_of_rmats_is_refused() {
    let folder = scratch("from_rmats_bad");
    tested(&folder, &folder.join("none"), &[]).failed(1, &["no table of rMATS"]).with_hint();
    // A quantified cohort is not overwritten.
    let tables = exported(&folder);
    let results = folder.join("quantified");
    fs::create_dir(&results).unwrap();
    fs::write(results.join("inclusion_lengths.tsv"), "").unwrap();
    tested(&tables, &results, &[]).failed(1, &["quantified cohort"]).with_hint();
    let sheet = folder.join("sheet.tsv");
    fs::write(&sheet, "sample\tage\na\told\nb\tyoung\n").unwrap();
    let options = ["--samples", sheet.to_str().unwrap(), "--contrast", "age:old:young"];
    tested(&tables, &folder.join("few"), &options).failed(1, &["sheet has 2 samples", "6 and 6"]);
    let table = tables.join("SE.MATS.JC.txt");
    let text = fs::read_to_string(&table).unwrap();
    let (head, rest) = text.split_once('\n').unwrap();
    let row = rest.lines().next().unwrap();
    fs::write(&table, format!("{head}\n{}\n", row.replacen("chr", "chr\t", 1))).unwrap();
    tested(&tables, &folder.join("cells"), &[]).failed(1, &["SE.MATS.JC.txt", "line 2", "cells, expected"]);
    for output in ["none", "few", "cells"] {
        assert!(!folder.join(output).exists(), "{output}");
    }
}

/// rMATS 3's own tables of 3 against 3.
#[test]
fn effects_of_maser_have_the_direction_that_rmats_gave_them() {
    let Some(data) = data("rmats_tables") else { return };
    let tables = data.join("rmats_tables/maser/MATS_output");
    let output = scratch("from_rmats_maser").join("results");
    tested(&tables, &output, &[]).succeeded();
    let ours = Tsv::read(&output.join("differential.tsv"));
    assert_eq!(ours.rows.len(), 6022);
    assert!(ours.rows_where("status", "ok").count() > 5500);
    let events = Tsv::read(&output.join("events.tsv"));
    let theirs = Tsv::read(&tables.join("SE.MATS.ReadsOnTargetAndJunctionCounts.txt"));
    // Skipped exons stand first in `events.tsv`, in rMATS's order, each once.
    let mut called = 0;
    for (their, event) in theirs.iter().zip(events.iter()) {
        let place = format!("SE:{}:{}-", their.text("chr"), their.text("upstreamEE"));
        assert!(event.text("event_id").starts_with(&place), "{} {place}", event.text("event_id"));
        let our = ours.row_where("event_id", event.text("event_id"));
        if our.number("q_value").is_none_or(|q| q >= 0.05) {
            continue;
        }
        let (delta, their) = (our.number("delta_psi").unwrap(), their.number("IncLevelDifference").unwrap());
        assert!(delta * their > 0.0, "{}: {delta}, rMATS {their}", event.text("event_id"));
        called += 1;
    }
    assert!(called > 1000, "{called}");
}
