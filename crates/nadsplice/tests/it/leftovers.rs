//! What lies in a folder already: the user's files are spared, an earlier run's results do not outlive it.

use std::fs;

use crate::{
    data::write_sheet,
    program::{Called, nadsplice, run},
    scratch::scratch,
    toy::{toy, toy_results},
    tsv::Tsv,
};

const CONTRAST: [&str; 2] = ["--contrast", "condition:old:young"];

#[test]
fn a_sample_sheet_is_not_overwritten_by_the_table_of_its_name() {
    let folder = scratch("leftovers_sheet");
    fs::create_dir(folder.join("counts")).unwrap();
    let sheet = folder.join("samples.tsv");
    write_sheet(&sheet, &toy().entries());
    let before = fs::read(&sheet).unwrap();
    Called::of(run(&sheet, &toy().gtf, &folder).arg("--force"))
        .failed(1, &["would be overwritten"])
        .with_hint();
    let mut quantify = nadsplice();
    quantify.args(["quantify", "--samples"]).arg(&sheet).arg("--gtf").arg(&toy().gtf).arg("-o").arg(&folder);
    for (sample, ..) in toy().entries() {
        quantify.arg(toy_results().join(format!("counts/{sample}.counts")));
    }
    Called::of(&mut quantify).failed(1, &["would be overwritten"]).with_hint();
    assert_eq!(fs::read(&sheet).unwrap(), before);
}

#[test]
fn a_folder_of_another_program_is_left_alone() {
    let folder = scratch("leftovers_foreign");
    let results = folder.join("results");
    fs::create_dir_all(results.join("counts")).unwrap();
    fs::write(results.join("counts/featureCounts.txt"), "not ours").unwrap();
    fs::write(results.join("genes.tsv"), "not ours").unwrap();
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &toy().entries());
    Called::of(&mut run(&sheet, &toy().gtf, &results))
        .failed(1, &["holds no results of this program"])
        .with_hint();
    assert_eq!(fs::read_to_string(results.join("genes.tsv")).unwrap(), "not ours");
}

#[test]
fn a_run_without_a_contrast_leaves_no_tests_of_an_earlier_one() {
    let folder = scratch("leftovers_tests");
    let results = folder.join("results");
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &toy().entries());
    Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST)).succeeded();
    assert!(results.join("differential.tsv").exists() && results.join("figures").exists());
    Called::of(&mut run(&sheet, &toy().gtf, &results)).succeeded();
    for name in
        ["differential.tsv", "cluster_differential.tsv", "genes.tsv", "nad_panel.tsv", "gene_expression.tsv"]
    {
        assert!(!results.join(name).exists(), "{name}");
    }
    assert!(!Tsv::read(&results.join("psi.tsv")).rows.is_empty());
}

#[test]
fn a_folder_that_another_run_writes_into_is_refused() {
    let folder = scratch("leftovers_locked");
    let results = folder.join("results");
    fs::create_dir(&results).unwrap();
    let other = fs::File::open(&results).unwrap();
    other.lock().unwrap();
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &toy().entries());
    Called::of(&mut run(&sheet, &toy().gtf, &results)).failed(1, &["another run writes into"]).with_hint();
    drop(other);
    Called::of(&mut run(&sheet, &toy().gtf, &results)).succeeded();
}
