//! Command lines, folders and files of others.

use std::{fs, path::PathBuf};

use crate::{
    demo::demo,
    order::tables,
    program::{Called, nadsplice, run},
    scratch::{files_below, scratch},
    toy::{CONTRAST, toy, toy_results},
    tsv::Tsv,
};

#[test]
fn files_and_folders_of_others_are_left_alone() {
    let folder = scratch("foreign");
    let outdir = folder.join("thesis");
    fs::create_dir(&outdir).unwrap();
    fs::write(outdir.join("chapter.txt"), "precious").unwrap();
    let words = ["thesis", "not empty"];
    Called::of(run(&toy().sheet, &toy().gtf, &outdir).args(CONTRAST)).failed(1, &words).with_hint();
    Called::of(nadsplice().args(["demo", "--outdir"]).arg(&outdir)).failed(1, &words).with_hint();
    assert_eq!(files_below(&outdir), [PathBuf::from("chapter.txt")]);

    let mut count = nadsplice();
    count.args(["count", "--sample", "old_1", "--gtf"]).arg(&toy().gtf);
    count.arg("-o").arg(outdir.join("chapter.txt")).arg(toy().bam("old_1"));
    Called::of(&mut count).failed(1, &["chapter.txt", "will not overwrite"]).with_hint();
    assert_eq!(fs::read_to_string(outdir.join("chapter.txt")).unwrap(), "precious");
}

#[test]
fn a_panel_file_whose_genes_are_not_in_the_annotation_is_refused() {
    let folder = scratch("foreign_panel");
    let panel = folder.join("panel.tsv");
    fs::write(&panel, "symbol\nNOSUCHGENE\n").unwrap();
    let mut enrich = nadsplice();
    enrich.args(["enrich", "--diff"]).arg(toy_results()).arg("--quant").arg(toy_results());
    enrich.arg("--panel").arg(&panel).arg("-o").arg(folder.join("out"));
    Called::of(&mut enrich).failed(1, &["panel.tsv", "annotation"]).with_hint();
    assert!(tables(&folder.join("out")).is_empty());
}

#[test]
fn wrong_usage_ends_with_code_2() {
    for arguments in [
        &["frobnicate"][..],
        &["run"],
        &["run", "--samples"],
        &["count", "--gtf", "g.gtf", "--threads", "0"],
        &["events", "--gtf", "g.gtf", "--format", "xml"],
        &["count", "--gtf", "g.gtf", "--counting", "rmats", "--sample", "s", "-o", "s.counts", "s.bam"],
        &["demo"],
    ] {
        Called::with(arguments).failed(2, &["error: ", "--help"]);
    }
}

#[test]
fn tables_that_lack_are_named() {
    let folder = scratch("no_tables");
    let mut export = nadsplice();
    export.args(["export", "--format", "rmats", "--results"]).arg(&folder).arg("-o").arg(folder.join("o"));
    Called::of(&mut export).failed(1, &["events.tsv"]);
    let mut diff = nadsplice();
    diff.args(["diff", "--quant"]).arg(&folder).arg("--samples").arg(&toy().sheet).args(CONTRAST);
    Called::of(diff.arg("-o").arg(folder.join("o"))).failed(1, &["events.tsv"]);
}

#[test]
fn check_finds_nothing_wrong_with_a_sound_cohort() {
    let data = demo().join("data");
    let mut check = nadsplice();
    check
        .arg("check")
        .arg("--samples")
        .arg(data.join("samples.tsv"))
        .arg("--gtf")
        .arg(data.join("genes.gtf"));
    let called = Called::of(check.args(["--contrast", "condition:old:young"])).succeeded();
    let table = Tsv::parse(&called.stdout);
    assert_eq!(table.rows.len(), 12);
    assert!(table.cells("status").iter().all(|&s| s == "ok"));
    assert!(table.cells("build").iter().all(|b| b.contains("GRCh38")));
    assert!(table.cells("indexed").iter().all(|&i| i == "yes"));
}
