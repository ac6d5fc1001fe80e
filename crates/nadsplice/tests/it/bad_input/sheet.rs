//! Sample sheets, contrasts and what they state.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use super::{counts_files, refused, refused_with, whole_file};
use crate::{
    data::write_sheet,
    order::tables,
    program::{Called, nadsplice, run},
    scratch::scratch,
    toy::{CONTRAST, toy, toy_results},
};

/// Writes a sheet of raw text.
fn sheet(folder: &Path, rows: &[&str]) -> PathBuf {
    let path = folder.join("sheet.tsv");
    fs::write(&path, rows.join("\n")).unwrap();
    path
}

/// A row of the toy cohort's sheet.
fn row(sample: &str, file: &str, group: &str) -> String {
    format!("{sample}\t{}\t{group}", toy().bam(file).display())
}

#[test]
fn a_sheet_with_a_sample_twice_is_refused_with_the_line() {
    let folder = scratch("twice");
    let rows = [
        "sample\tbam\tcondition".to_owned(),
        row("a", "old_1", "old"),
        row("a", "old_2", "old"),
        row("b", "young_1", "young"),
        row("c", "young_2", "young"),
    ];
    let sheet = sheet(&folder, &rows.each_ref().map(String::as_str));
    refused(&folder, &sheet, &toy().gtf, &["sheet.tsv", "line 3", "`a`", "line 2"]);
}

#[test]
fn a_file_that_belongs_to_two_samples_is_refused_with_the_line() {
    let folder = scratch("shared_file");
    let rows = [
        "sample\tbam\tcondition".to_owned(),
        row("a", "old_1", "old"),
        row("d", "old_1", "old"),
        row("b", "young_1", "young"),
        row("c", "young_2", "young"),
    ];
    let sheet = sheet(&folder, &rows.each_ref().map(String::as_str));
    refused(&folder, &sheet, &toy().gtf, &["sheet.tsv", "line 3", "old_1.bam", "`a`"]);
}

#[test]
fn all_missing_files_of_a_sheet_are_named_at_once() {
    let folder = scratch("missing_files");
    let rows = [
        "sample\tbam\tcondition".to_owned(),
        row("a", "nowhere_1", "old"),
        row("b", "old_2", "old"),
        row("c", "young_1", "young"),
        row("d", "nowhere_2", "young"),
    ];
    let sheet = sheet(&folder, &rows.each_ref().map(String::as_str));
    let words = ["2 problems", "line 2", "nowhere_1.bam", "line 5", "nowhere_2.bam"];
    refused(&folder, &sheet, &toy().gtf, &words);
}

#[test]
fn all_damaged_files_of_a_cohort_are_named_at_once() {
    let folder = scratch("several_damaged");
    let (cut, empty) = (folder.join("cut.bam"), folder.join("zero.bam"));
    let whole = whole_file();
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    File::create(&empty).unwrap();
    let mut entries = toy().entries();
    entries[0].1 = cut;
    entries[3].1 = empty;
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &entries);
    let words = ["2 problems", "`old_1`", "cut.bam", "`young_2`", "zero.bam"];
    refused(&folder, &sheet, &toy().gtf, &words);
}

#[test]
fn a_group_of_one_sample_is_refused() {
    let folder = scratch("one_sample");
    let entries = &toy().entries()[1..];
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, entries);
    let words = ["condition:old:young", "at least 2 samples", "1 in `old`", "2 in `young`"];
    refused(&folder, &sheet, &toy().gtf, &words);
}

#[test]
fn unknown_contrasts_are_refused_with_what_there_is() {
    let folder = scratch("contrasts");
    let (sheet, gtf) = (&toy().sheet, &toy().gtf);
    for (contrast, words) in [
        ("condition:ancient:young", ["`condition`", "`ancient`", "`old`", "`young`"]),
        ("batch:old:young", ["`batch`", "`condition`", "column", "sheet"]),
        ("old:young", ["`old:young`", "factor:case:control", "contrast", "form"]),
        ("condition:old:old", ["condition:old:old", "old", "contrast", ""]),
    ] {
        refused_with(&folder, sheet, gtf, &["--contrast", contrast], &words);
    }
}

#[test]
fn without_a_contrast_events_are_quantified_and_nothing_is_guessed() {
    let folder = scratch("no_contrast");
    let results = folder.join("results");
    let called = Called::of(&mut run(&toy().sheet, &toy().gtf, &results)).succeeded();
    assert!(called.stderr.contains("no contrast"), "{}", called.stderr);
    let found = tables(&results);
    assert!(found["psi.tsv"] == tables(toy_results())["psi.tsv"]);
    assert!(!found.contains_key("differential.tsv"));
}

#[test]
fn a_sheet_that_is_missing_or_has_no_samples_is_refused() {
    let folder = scratch("no_sheet");
    refused(&folder, &folder.join("nowhere.tsv"), &toy().gtf, &["nowhere.tsv"]);
    let empty = sheet(&folder, &["sample\tbam\tcondition", ""]);
    refused(&folder, &empty, &toy().gtf, &["sheet.tsv"]);
}

#[test]
fn a_strandedness_that_the_reads_contradict_is_refused_with_the_fractions() {
    let folder = scratch("strandedness");
    let stated = [["a", "old_1", "old", "reverse"], ["b", "old_2", "old", "forward"]];
    let mut rows = vec!["sample\tbam\tcondition\tstrandedness".to_owned()];
    rows.extend(stated.map(|[s, file, group, word]| format!("{}\t{word}", row(s, file, group))));
    rows.extend(["young_1", "young_2"].map(|s| format!("{}\tauto", row(s, s, "young"))));
    let sheet = sheet(&folder, &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let words = ["sample `b`", "forward", "reverse", "fragments over annotated junctions", "0.0%"];
    let called = refused(&folder, &sheet, &toy().gtf, &words).with_hint();
    assert!(!called.stderr.contains("sample `a`"));

    let mut options = CONTRAST.to_vec();
    options.extend(["--strandedness", "forward"]);
    refused_with(&folder, &toy().sheet, &toy().gtf, &options, &["4 problems", "stated strandedness"]);

    let mut quantify = nadsplice();
    quantify.args(["quantify", "--strandedness", "unstranded", "--gtf"]).arg(&toy().gtf);
    quantify.arg("--samples").arg(&toy().sheet).arg("-o").arg(folder.join("quant"));
    let words = ["--strandedness says unstranded", "reads are reverse", "100.0%"];
    Called::of(quantify.args(counts_files(&toy_results().join("counts")))).failed(1, &words).with_hint();
    assert!(tables(&folder.join("quant")).is_empty());
}
