//! Counts files.

use std::{fs, path::Path};

use super::counts_files;
use crate::{
    order::{assert_same_tables, tables},
    program::{Called, nadsplice, run},
    scratch::scratch,
    toy::{CONTRAST, toy, toy_results},
};

/// `quantify` on the toy cohort's counts files, one of them with other content.
fn quantify_with(folder: &Path, gtf: &Path, content: &[u8]) -> Called {
    let counts = folder.join("counts");
    fs::create_dir_all(&counts).unwrap();
    for (from, to) in counts_files(&toy_results().join("counts")).iter().zip(counts_files(&counts)) {
        fs::copy(from, to).unwrap();
    }
    fs::write(&counts_files(&counts)[1], content).unwrap();
    let mut command = nadsplice();
    command.args(["quantify", "--gtf"]).arg(gtf).arg("--samples").arg(&toy().sheet);
    let called = Called::of(command.arg("-o").arg(folder.join("quant")).args(counts_files(&counts)));
    if folder.join("quant").exists() {
        assert!(tables(&folder.join("quant")).is_empty());
    }
    called
}

fn good_counts() -> Vec<u8> {
    fs::read(&counts_files(&toy_results().join("counts"))[1]).unwrap()
}

#[test]
fn a_corrupted_counts_file_is_refused() {
    let folder = scratch("corrupted_counts");
    let mut bytes = good_counts();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    quantify_with(&folder, &toy().gtf, &bytes).failed(1, &["old_2.counts", "damaged"]).with_hint();
    let cut = &good_counts()[..middle];
    quantify_with(&folder, &toy().gtf, cut).failed(1, &["old_2.counts", "damaged"]).with_hint();
}

#[test]
fn a_file_that_is_no_counts_file_is_refused() {
    let folder = scratch("no_counts");
    quantify_with(&folder, &toy().gtf, b"").failed(1, &["old_2.counts", "not a counts file"]).with_hint();
    quantify_with(&folder, &toy().gtf, b"sample\tn\n").failed(1, &["old_2.counts"]).with_hint();
}

#[test]
fn counts_of_another_annotation_are_refused() {
    let folder = scratch("other_annotation");
    let gtf = folder.join("genes.gtf");
    let more = "chr1\tx\texon\t11\t20\t.\t+\t.\tgene_id \"NEW\"; transcript_id \"NEW.1\";\n";
    fs::write(&gtf, fs::read_to_string(&toy().gtf).unwrap() + more).unwrap();
    let words = [".counts` of sample `", "another annotation"];
    quantify_with(&folder, &gtf, &good_counts()).failed(1, &words).with_hint();
}

#[test]
fn counts_of_another_sample_are_refused() {
    let folder = scratch("other_sample");
    let other = fs::read(&counts_files(&toy_results().join("counts"))[0]).unwrap();
    quantify_with(&folder, &toy().gtf, &other).failed(1, &["two counts files", "`old_1`", "old_2.counts"]);
}

#[test]
fn counts_of_two_ways_of_counting_are_not_mixed() {
    let folder = scratch("mixed_counting");
    let rmats = folder.join("rmats.counts");
    let mut count = nadsplice();
    count.args(["count", "--sample", "old_2", "--counting", "rmats", "--read-length", "100", "--gtf"]);
    Called::of(count.arg(&toy().gtf).arg("-o").arg(&rmats).arg(toy().bam("old_2"))).succeeded();
    let words = ["`old_2`", "--counting rmats", "--counting fragments"];
    quantify_with(&folder, &toy().gtf, &fs::read(&rmats).unwrap()).failed(1, &words).with_hint();
}

#[test]
fn damaged_counts_of_an_earlier_run_are_made_again() {
    let folder = scratch("interrupted");
    let results = folder.join("results");
    fs::create_dir_all(results.join("counts")).unwrap();
    for (from, to) in
        counts_files(&toy_results().join("counts")).iter().zip(counts_files(&results.join("counts")))
    {
        fs::copy(from, to).unwrap();
    }
    let damaged = &counts_files(&results.join("counts"))[1];
    let good = good_counts();
    fs::write(damaged, &good[..good.len() - 100]).unwrap();
    Called::of(run(&toy().sheet, &toy().gtf, &results).args(CONTRAST)).succeeded();
    assert!(fs::read(damaged).unwrap() == good);
    assert_same_tables(&tables(&results), &tables(toy_results()));
}
