//! Samples that cannot be used: all are named, and left out on request.

use std::fs;

use crate::{
    data::write_sheet,
    demo::demo,
    order::{assert_same_tables, tables},
    program::{Called, nadsplice, run},
    scratch::scratch,
    tsv::Tsv,
};

const CONTRAST: [&str; 2] = ["--contrast", "condition:old:young"];

#[test]
fn samples_that_cannot_be_used_are_all_named_and_left_out_on_request() {
    let folder = scratch("missing");
    let data = demo().join("data");
    let entry = |name: &str, group| (name.to_owned(), data.join(format!("{name}.bam")), group);
    let good = ["old_1", "old_2", "old_4", "young_1", "young_3", "young_5"]
        .map(|name| entry(name, if name.starts_with("old") { "old" } else { "young" }));
    let cut = folder.join("cut.bam");
    let whole = fs::read(data.join("old_3.bam")).unwrap();
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    let empty = folder.join("empty.bam");
    fs::write(&empty, "").unwrap();
    let bad = [("old_3".to_owned(), cut, "old"), ("young_2".to_owned(), empty, "young")];
    let all = folder.join("all.tsv");
    // In the middle of the others, so that columns have to move.
    write_sheet(&all, &[&good[..2], &bad, &good[2..]].concat());
    let few = folder.join("few.tsv");
    write_sheet(&few, &good);
    let gtf = data.join("genes.gtf");

    Called::of(run(&all, &gtf, &folder.join("refused")).args(CONTRAST))
        .failed(1, &["`old_3`", "`young_2`", "--allow-missing"])
        .with_hint();
    let results = folder.join("results");
    let called = Called::of(run(&all, &gtf, &results).arg("--allow-missing").args(CONTRAST)).succeeded();
    assert!(called.stderr.contains("sample `old_3` is left out"), "{}", called.stderr);

    let missing = Tsv::read(&results.join("missing_samples.tsv"));
    assert_eq!(missing.cells("sample"), ["old_3", "young_2"]);
    assert_eq!(missing.cells("step"), ["check", "check"]);
    let info = fs::read_to_string(results.join("run_info.json")).unwrap();
    let listed = info.split_once("\"missing_samples\": [").unwrap().1.split_once(']').unwrap().0;
    assert!(listed.contains("old_3") && listed.contains("young_2"), "{listed}");

    // Otherwise the tables are those of a sheet that never had them.
    let expected = folder.join("expected");
    Called::of(run(&few, &gtf, &expected).args(CONTRAST)).succeeded();
    let [mut found, mut without] = [&results, &expected].map(|folder| tables(folder));
    for tables in [&mut found, &mut without] {
        tables.remove("missing_samples.tsv").unwrap();
    }
    assert_same_tables(&found, &without);

    // The single commands know what was left out.
    let quantified = folder.join("quantified");
    let mut quantify = nadsplice();
    quantify.args(["quantify", "--allow-missing", "--gtf"]).arg(&gtf).arg("--samples").arg(&all);
    quantify.arg("-o").arg(&quantified);
    for (name, ..) in &good {
        quantify.arg(results.join("counts").join(format!("{name}.counts")));
    }
    let damaged = folder.join("old_3.counts");
    fs::write(&damaged, "").unwrap();
    Called::of(quantify.arg(&damaged)).succeeded();
    let mut diff = nadsplice();
    diff.args(["diff", "--quant"]).arg(&quantified).arg("--samples").arg(&all).args(CONTRAST);
    let called = Called::of(diff.arg("-o").arg(&quantified)).succeeded();
    assert!(called.stderr.contains("`young_2` was left out"), "{}", called.stderr);
    let differential = |folder| fs::read(folder).unwrap();
    assert!(
        differential(quantified.join("differential.tsv")) == differential(results.join("differential.tsv"))
    );
}

#[test]
fn counts_files_that_are_not_there_are_named_together() {
    let folder = scratch("missing_counts");
    let data = demo().join("data");
    let counts = demo().join("results/counts");
    let mut quantify = nadsplice();
    quantify
        .args(["quantify", "--gtf"])
        .arg(data.join("genes.gtf"))
        .arg("--samples")
        .arg(data.join("samples.tsv"));
    quantify.arg("-o").arg(folder.join("tables"));
    for name in ["old_1", "old_2", "young_1"] {
        quantify.arg(counts.join(format!("{name}.counts")));
    }
    Called::of(&mut quantify)
        .failed(1, &["9 of 12 samples cannot be used", "`old_3`", "`old_6`", "`young_2`", "--allow-missing"]);
    assert!(!folder.join("tables").exists());
}
