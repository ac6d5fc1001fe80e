//! `run` on real cohorts.

use std::path::{Path, PathBuf};

use crate::{
    data::{Entry, data, write_sheet},
    formats::assert_all_tables,
    order::{assert_same_tables, tables},
    program::{Called, run},
    scratch::scratch,
    tsv::Tsv,
};

/// Runs a cohort and returns its folder of results.
fn results(name: &str, gtf: &Path, samples: &[Entry], contrast: &str) -> PathBuf {
    let folder = scratch(name);
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, samples);
    let results = folder.join("results");
    let called = Called::of(run(&sheet, gtf, &results).args(["--contrast", contrast])).succeeded();
    assert!(!called.stderr.contains("panicked"));
    assert_all_tables(&results);
    results
}

fn named(folder: &Path, names: &[&str], group: &'static str) -> Vec<Entry> {
    names.iter().map(|name| ((*name).to_owned(), folder.join(format!("{name}.bam")), group)).collect()
}

/// Rows of a table.
fn rows(results: &Path, table: &str) -> usize {
    Tsv::read(&results.join(table)).rows.len()
}

#[test]
fn sirv_mixes_are_told_apart() {
    let Some(data) = data("sirv") else { return };
    let sirv = data.join("sirv");
    let mut samples = named(&sirv, &["mix2_1", "mix2_2", "mix2_3", "mix2_4"], "mix2");
    samples.extend(named(&sirv, &["mix1_1", "mix1_2", "mix1_3", "mix1_4"], "mix1"));
    let results = results("sirv", &sirv.join("SIRV.gtf"), &samples, "condition:mix2:mix1");
    let found = Tsv::read(&results.join("samples.tsv"));
    assert!(found.cells("library_strandedness").iter().all(|&s| s == "reverse"));
    let differential = Tsv::read(&results.join("differential.tsv"));
    let tested = differential.rows_where("status", "ok").count();
    let called = differential.iter().filter(|r| r.number("q_value").is_some_and(|q| q < 0.05)).count();
    assert!(tested >= 30 && called >= 10, "{called} of {tested}");
    // Spike-ins have no gene of the panel, which is said of each.
    let panel = Tsv::read(&results.join("nad_panel.tsv"));
    assert!(panel.cells("verdict").iter().all(|&v| v == "not testable"));
    assert!(panel.cells("reason").iter().all(|r| r.contains("annotation")));
}

#[test]
fn airway_is_read_without_an_index_and_under_other_contig_names() {
    let Some(data) = data("airway") else { return };
    let airway = data.join("airway");
    let treated = ["SRR1039509_subset", "SRR1039513_subset", "SRR1039517_subset", "SRR1039521_subset"];
    let untreated = ["SRR1039508_subset", "SRR1039512_subset", "SRR1039516_subset", "SRR1039520_subset"];
    let mut samples = named(&airway, &treated, "dex");
    samples.extend(named(&airway, &untreated, "none"));
    let gtf = airway.join("Homo_sapiens.GRCh37.75_subset.gtf");
    let results = results("airway", &gtf, &samples, "condition:dex:none");
    let found = Tsv::read(&results.join("samples.tsv"));
    assert!(found.cells("library_strandedness").iter().all(|&s| s == "unstranded"));
    assert!(found.iter().all(|r| r.number("read_length") == Some(63.0)));
    assert!(found.iter().all(|r| r.number("annotated_junction_fraction") > Some(0.95)));
    assert!(rows(&results, "junctions.tsv") > 50);
}

#[test]
fn sparse_esrp_gives_statuses_and_hardly_a_p_value() {
    let Some(data) = data("esrp") else { return };
    let esrp = data.join("esrp");
    let mut samples = named(&esrp, &["231ESRP.25K.rep-1", "231ESRP.25K.rep-2"], "esrp");
    samples.extend(named(&esrp, &["231EV.25K.rep-1", "231EV.25K.rep-2"], "empty"));
    let gtf = data.join("annotation/derived_refseq_hg38.gtf.gz");
    let results = results("esrp", &gtf, &samples, "condition:esrp:empty");
    let differential = Tsv::read(&results.join("differential.tsv"));
    assert!(differential.rows.len() > 25_000);
    let tested = differential.rows_where("status", "ok").count();
    assert!(tested * 200 < differential.rows.len(), "{tested} of {}", differential.rows.len());
    assert!(differential.cells("status").iter().all(|s| s.len() > 1 && *s != "NA"));
    let panel = Tsv::read(&results.join("nad_panel.tsv"));
    assert_eq!(panel.rows.len(), 121);
    let judged = ["changed", "unchanged"];
    assert!(panel.cells("verdict").iter().all(|v| !judged.contains(v)));
    assert!(panel.cells("reason").iter().all(|reason| reason.len() > 10));
}

#[test]
fn real_reads_give_the_same_tables_from_sam_and_cram() {
    let Some(data) = data("airway") else { return };
    if std::process::Command::new("samtools").arg("--version").output().is_err() {
        eprintln!("skipped: there is no samtools to convert with");
        return;
    }
    let airway = data.join("airway");
    let names = ["SRR1039508_subset", "SRR1039509_subset", "SRR1039512_subset", "SRR1039513_subset"];
    let mut samples = named(&airway, &[names[1], names[3]], "dex");
    samples.extend(named(&airway, &[names[0], names[2]], "none"));
    let gtf = airway.join("Homo_sapiens.GRCh37.75_subset.gtf");
    let expected = tables(&results("airway_bam", &gtf, &samples, "condition:dex:none"));
    for (format, options) in [("sam", ["-O", "sam"]), ("cram", ["-O", "cram,no_ref=1"])] {
        let converted = scratch(&format!("airway_converted_{format}"));
        let mut others = samples.clone();
        for (name, path, _) in &mut others {
            let target = converted.join(format!("{name}.{format}"));
            let mut samtools = std::process::Command::new("samtools");
            samtools.args(["view", "-h"]).args(options).arg("-o").arg(&target).arg(&*path);
            assert!(samtools.status().unwrap().success());
            *path = target;
        }
        let found = results(&format!("airway_{format}"), &gtf, &others, "condition:dex:none");
        assert_same_tables(&tables(&found), &expected);
    }
}
