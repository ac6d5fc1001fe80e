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
    let files = ["counts/a.counts", "figures/figure1.svg", "genes.tsv", "report.html", "run_info.json"];
    for folder in ["counts", "figures"] {
        fs::create_dir_all(results.join(folder)).unwrap();
    }
    for file in files {
        fs::write(results.join(file), r#"{"kallisto_version": "0.46"}"#).unwrap();
    }
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &toy().entries());
    Called::of(&mut run(&sheet, &toy().gtf, &results))
        .failed(1, &["holds no results of this program"])
        .with_hint();
    for file in files {
        assert!(fs::read_to_string(results.join(file)).unwrap().contains("kallisto"), "{file}");
    }
}

#[test]
fn a_run_without_a_contrast_leaves_no_tests_of_an_earlier_one() {
    let folder = scratch("leftovers_tests");
    let results = folder.join("results");
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &toy().entries());
    Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST)).succeeded();
    assert!(results.join("differential.tsv").exists() && results.join("figures").exists());
    fs::write(results.join("figures/mine.svg"), "mine").unwrap();
    Called::of(&mut run(&sheet, &toy().gtf, &results)).succeeded();
    assert!(results.join("figures/mine.svg").exists());
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

#[test]
fn another_test_leaves_no_verdicts_of_the_one_before() {
    let folder = scratch("leftovers_diff");
    let results = folder.join("results");
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &toy().entries());
    Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST)).succeeded();
    let mut diff = nadsplice();
    diff.args(["diff", "--quant"]).arg(&results).arg("--samples").arg(&sheet).arg("-o").arg(&results);
    Called::of(diff.args(["--contrast", "condition:young:old", "--engine", "qbb"])).succeeded();
    for name in ["nad_panel.tsv", "enrichment.tsv", "known_events.tsv", "figures/data/loci.jsonl.gz"] {
        assert!(!results.join(name).exists(), "{name}");
    }
    Called::of(nadsplice().arg("report").arg(&results)).succeeded();
    let report = fs::read_to_string(results.join("report.html")).unwrap();
    assert!(report.contains("quasi-binomial") && !report.contains("beta-binomial likelihood-ratio"));
    assert!(!results.join("figures/volcano_condition_old_young.svg").exists());
    assert!(results.join("figures/volcano_condition_young_old.svg").exists());
}

#[test]
fn a_user_s_panel_is_not_overwritten_by_the_table_of_its_name() {
    let folder = scratch("leftovers_panel");
    let panel = folder.join("nad_panel.tsv");
    fs::write(&panel, "symbol\nSIRT1\n").unwrap();
    let mut enrich = nadsplice();
    enrich.args(["enrich", "--quant"]).arg(toy_results()).arg("--diff").arg(toy_results());
    Called::of(enrich.arg("--panel").arg(&panel).arg("-o").arg(&folder))
        .failed(1, &["would be overwritten"])
        .with_hint();
    assert_eq!(fs::read_to_string(&panel).unwrap(), "symbol\nSIRT1\n");
}
