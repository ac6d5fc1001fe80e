//! Panels of users, and known events in a run.

use std::{fs, path::Path};

use crate::{
    demo::demo,
    program::{Called, nadsplice},
    scratch::scratch,
    toy::toy_results,
    tsv::Tsv,
};

/// `enrich` on the toy cohort with a panel file of this content.
fn enriched(name: &str, panel: &str) -> (Called, std::path::PathBuf) {
    let folder = scratch(name);
    let path = folder.join("panel.tsv");
    fs::write(&path, panel).unwrap();
    let out = folder.join("out");
    let mut enrich = nadsplice();
    enrich.args(["enrich", "--diff"]).arg(toy_results()).arg("--quant").arg(toy_results());
    enrich.arg("--panel").arg(&path).arg("-o").arg(&out);
    (Called::of(&mut enrich), out)
}

fn genes(out: &Path) -> Vec<(String, String)> {
    let panel = Tsv::read(&out.join("nad_panel.tsv"));
    panel.iter().map(|row| (row.text("gene_name").to_owned(), row.text("gene_id").to_owned())).collect()
}

#[test]
fn genes_of_a_panel_file_are_found_by_any_name_or_id() {
    for (number, (panel, expected)) in [
        ("symbol\tcore\r\nNADK\tno\r\nCD38\tyes\r\n", [("CD38", "CD38"), ("NADK", "NADK")]),
        ("symbol\nENSG00000004468.14\n65220\n", [("CD38", "CD38"), ("NADK", "NADK")]),
        ("entrez_id\n952\n65220\n", [("CD38", "CD38"), ("NADK", "NADK")]),
        ("ensembl_id\nENSG00000004468\nENSMUSG00000029063\n", [("CD38", "CD38"), ("NADK", "NADK")]),
        ("mouse_symbol\nCd38\nNadk\n", [("Cd38", "CD38"), ("Nadk", "NADK")]),
    ]
    .into_iter()
    .enumerate()
    {
        let (called, out) = enriched(&format!("panel_ids_{number}"), panel);
        called.succeeded();
        let found = genes(&out);
        let found: Vec<(&str, &str)> = found.iter().map(|(a, b)| (a.as_str(), b.as_str())).collect();
        assert_eq!(found, expected, "{panel}");
    }
}

#[test]
fn genes_that_the_annotation_lacks_are_named_and_keep_their_row() {
    let (called, out) = enriched("panel_missing", "symbol\nCD38\nNOSUCHGENE\n");
    let stderr = called.succeeded().stderr;
    assert!(stderr.contains("1 of 2 genes are not in the annotation: NOSUCHGENE"), "{stderr}");
    assert_eq!(genes(&out).len(), 2);
    let panel = Tsv::read(&out.join("nad_panel.tsv"));
    let row = panel.row_where("gene_name", "NOSUCHGENE");
    assert_eq!((row.text("verdict"), row.text("gene_id")), ("not testable", "NA"));
    assert!(row.text("reason").contains("not in the annotation"));
}

#[test]
fn bad_panel_files_are_refused_with_file_and_line() {
    for (number, (panel, words)) in [
        ("", &["panel.tsv", "no header row"][..]),
        ("symbol\n\n", &["no gene below its header"]),
        ("gene\nCD38\n", &["line 1", "no column `symbol`", "found: gene"]),
        ("symbol,core\nCD38,yes\n", &["line 1", "found: symbol,core"]),
        ("symbol\nCD38\nNADK\nCD38\n", &["line 4", "`CD38` is already on line 2"]),
        ("symbol\r\nCD38\r\n1-Mar\r\n", &["line 3", "`1-Mar`", "spreadsheets"]),
        ("symbol\nMGI:107474\n", &["line 2", "`MGI:107474`", "an Ensembl id or an Entrez id"]),
        ("symbol\tcore\nCD38\tperhaps\n", &["line 2", "`perhaps`", "yes or no"]),
    ]
    .into_iter()
    .enumerate()
    {
        let (called, out) = enriched(&format!("panel_bad_{number}"), panel);
        called.failed(1, words);
        assert!(!out.join("nad_panel.tsv").exists(), "{panel}");
    }
}

#[test]
fn known_events_are_beside_what_was_measured_of_them() {
    let table = Tsv::read(&demo().join("results/known_events.tsv"));
    assert_eq!(table.rows.len(), 33);
    assert!(table.cells("build").iter().all(|&build| build == "GRCh38"));
    assert!(table.cells("citation").iter().all(|&citation| citation != "NA"));
    let differential = Tsv::read(&demo().join("results/differential.tsv"));
    let mut exact = 0;
    for row in table.rows_where("found", "exact") {
        let test = differential.row_where("event_id", row.text("measured_event"));
        for column in ["psi_case", "psi_control", "delta_psi", "q_value", "status"] {
            assert_eq!(row.text(column), test.text(column));
        }
        let change = row.number("form_change").map(f64::abs);
        assert_eq!(
            change,
            if row.text("form") == "NA" { None } else { row.number("delta_psi").map(f64::abs) }
        );
        exact += 1;
    }
    assert!(exact >= 5, "{exact}");
    for row in table.rows_where("found", "junctions") {
        let psi = row.number("psi_case").or(row.number("psi_control")).unwrap();
        assert!((0.0..=1.0).contains(&psi));
        assert_eq!((row.text("status"), row.text("q_value")), ("not_tested", "NA"));
    }
    // Whatever has no event says why.
    assert!(table.iter().all(|row| row.text("status") == "ok" || row.text("reason") != "NA"));
    let insr = table.row_where("gene_name", "INSR");
    assert_eq!((insr.text("form"), insr.text("found")), ("skipping", "exact"));
    assert_eq!(insr.number("form_change"), insr.number("delta_psi").map(|delta| -delta));
}

#[test]
fn coordinates_of_no_known_build_are_said() {
    let table = Tsv::read(&toy_results().join("known_events.tsv"));
    assert!(table.cells("build").iter().all(|&build| build == "NA"));
    let row = table.iter().find(|row| row.text("event").starts_with("exon 3 skipped")).unwrap();
    assert_eq!((row.text("found"), row.text("gene_id")), ("none", "CD38"));
    assert!(row.text("reason").contains("none of GRCh38, GRCh37, GRCm38"), "{}", row.text("reason"));
}
