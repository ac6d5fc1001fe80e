//! Tested junction clusters.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{
    demo::demo,
    program::{Called, nadsplice},
    scratch::scratch,
    toy::{CONTRAST, toy, toy_results},
    tsv::{Tsv, TsvRow},
};

const TABLE: &str = "cluster_differential.tsv";

fn is_called(row: TsvRow<'_>) -> bool {
    row.number("q_value").is_some_and(|q| q < 0.05)
}

fn numbers(row: TsvRow<'_>, column: &str) -> Vec<f64> {
    row.text(column).split(',').map(|cell| cell.parse().unwrap()).collect()
}

/// The PSI that was simulated for each event in the old and in the young.
fn planted(truth: &Tsv) -> BTreeMap<&str, [f64; 2]> {
    let mut events = BTreeMap::<&str, [f64; 2]>::new();
    for row in truth.iter() {
        let group = usize::from(row.text("group") == "young");
        events.entry(row.text("event_id")).or_default()[group] = row.number("psi_group").unwrap();
    }
    events
}

#[test]
fn clusters_of_planted_changes_are_called_and_others_are_not() {
    let results = demo().join("results");
    let [clusters, tested, events] =
        ["clusters.tsv", TABLE, "differential.tsv"].map(|file| Tsv::read(&results.join(file)));
    let truth = Tsv::read(&demo().join("data/truth.tsv"));
    let rows: BTreeMap<&str, TsvRow<'_>> = tested.iter().map(|row| (row.text("cluster_id"), row)).collect();
    assert_eq!(rows.len(), clusters.cells("cluster_id").into_iter().collect::<BTreeSet<_>>().len());
    let mut home = BTreeMap::<&str, &str>::new();
    for row in clusters.iter() {
        home.extend(row.text("events").split(',').map(|event| (event, row.text("cluster_id"))));
    }
    let (mut both, mut event_only, mut changed_genes) = (0, 0, BTreeSet::new());
    for (event, [old, young]) in planted(&truth) {
        if (old - young).abs() < 1e-6 {
            continue;
        }
        let row = events.row_where("event_id", event);
        changed_genes.extend(row.text("gene_id").split(','));
        if let Some(cluster) = home.get(event).filter(|_| is_called(row)) {
            let found = is_called(rows[cluster]);
            both += usize::from(found);
            event_only += usize::from(!found);
        }
    }
    assert!(both >= 30 && event_only * 10 <= both, "{both} by both, {event_only} by the event only");

    let others = tested.iter().filter(|row| {
        row.text("status") == "ok" && !row.text("gene_id").split(',').any(|gene| changed_genes.contains(gene))
    });
    let (mut unchanged, mut wrong) = (0, 0);
    for row in others {
        unchanged += 1;
        wrong += usize::from(is_called(row));
    }
    assert!(unchanged > 300 && wrong * 20 <= both + 20, "{wrong} of {unchanged} besides {both}");
}

#[test]
fn usages_of_both_groups_are_told_junction_by_junction() {
    let results = demo().join("results");
    let [clusters, tested] = ["clusters.tsv", TABLE].map(|file| Tsv::read(&results.join(file)));
    let mut members = clusters.iter();
    let mut seen = 0;
    for row in tested.iter() {
        let size = row.text("n_junctions").parse::<usize>().unwrap();
        let introns: Vec<String> = members
            .by_ref()
            .take(size)
            .map(|member| {
                assert_eq!(member.text("cluster_id"), row.text("cluster_id"));
                let kept = if member.text("kind") == "intron" { ":intron" } else { "" };
                format!("{}-{}{kept}", member.text("junction_start0"), member.text("junction_end"))
            })
            .collect();
        assert_eq!(row.text("junctions"), introns.join(","));
        if row.text("status") != "ok" {
            assert_eq!(row.text("p_value"), "NA");
            continue;
        }
        let [case, control, delta] =
            ["usage_case", "usage_control", "delta_usage"].map(|column| numbers(row, column));
        assert!(introns.contains(&row.text("top_junction").to_owned()));
        for usages in [&case, &control] {
            assert!((usages.iter().sum::<f64>() - 1.0).abs() < 0.05, "{usages:?}");
        }
        for ((case, control), delta) in case.iter().zip(&control).zip(&delta) {
            assert!((case - control - delta).abs() < 2e-6);
        }
        let farthest = delta.iter().fold(0.0_f64, |most, d| most.max(d.abs()));
        assert!((row.number("delta_usage_max").unwrap().abs() - farthest).abs() < 1e-9);
        seen += 1;
    }
    assert!(members.next().is_none() && seen > 300, "{seen}");
}

/// The toy cohort's tables, with another `clusters.tsv`.
fn quant_with(name: &str, clusters: &str) -> PathBuf {
    let quant = scratch(name).join("quant");
    fs::create_dir(&quant).unwrap();
    for table in ["events.tsv", "inclusion_counts.tsv", "skipping_counts.tsv", "samples.tsv"] {
        fs::copy(toy_results().join(table), quant.join(table)).unwrap();
    }
    fs::write(quant.join("clusters.tsv"), clusters).unwrap();
    quant
}

fn toy_clusters() -> Vec<String> {
    let text = fs::read_to_string(toy_results().join("clusters.tsv")).unwrap();
    text.lines().map(str::to_owned).collect()
}

fn diff(quant: &Path, sheet: &Path, more: &[&str]) -> Called {
    let mut command = nadsplice();
    command.arg("diff").arg("--quant").arg(quant).arg("--samples").arg(sheet).args(more);
    Called::of(command.arg("-o").arg(quant.with_file_name("diff")))
}

/// Changes one cell of a line; 0 is the header.
fn with_cell(lines: &[String], line: usize, column: &str, cell: &str) -> String {
    let at = lines[0].split('\t').position(|name| name == column).unwrap();
    let mut lines = lines.to_vec();
    let mut cells: Vec<&str> = lines[line].split('\t').collect();
    cells[at] = cell;
    lines[line] = cells.join("\t");
    lines.join("\n") + "\n"
}

#[test]
fn a_table_of_clusters_with_bad_content_is_refused_by_its_line() {
    let lines = toy_clusters();
    let join = |lines: &[&String]| lines.iter().flat_map(|line| [line.as_str(), "\n"]).collect::<String>();
    let first =
        |name: &str| lines[1].split('\t').nth(lines[0].split('\t').position(|n| n == name).unwrap()).unwrap();
    let second =
        lines.iter().rposition(|line| line.starts_with(&format!("{}\t", first("cluster_id")))).unwrap() + 1;
    let cases: [(&str, String, &[&str]); 8] = [
        ("half", with_cell(&lines, 2, "old_1", "3.5"), &["line 3", "`old_1`", "3.5", "whole number"]),
        ("word", with_cell(&lines, 3, "old_1", "many"), &["line 4", "`old_1`", "many"]),
        (
            "kind",
            with_cell(&lines, 2, "kind", "exon"),
            &["line 3", "`kind`", "exon", "`junction` or `intron`"],
        ),
        ("strand", with_cell(&lines, 2, "strand", "."), &["line 3", first("cluster_id"), "the line before"]),
        ("alone", join(&[&lines[0], &lines[1]]), &["line 2", first("cluster_id"), "one row", "2 or more"]),
        (
            "twice",
            with_cell(&with_cell_of(&lines, 2, 1), 2, "class", "other"),
            &["line 3", "stands already on line 2"],
        ),
        (
            "apart",
            join(&lines.iter().chain(&lines[1..second]).collect::<Vec<_>>()).replacen("\tyes\t", "\tno\t", 1),
            &[first("cluster_id"), "line"],
        ),
        ("column", lines.join("\n").replacen("junction_end", "end", 1), &["`junction_end`"]),
    ];
    for (name, text, words) in cases {
        let quant = quant_with(&format!("clusters_{name}"), &text);
        diff(&quant, &toy().sheet, &CONTRAST).failed(1, &[&["clusters.tsv"], words].concat());
        assert!(!quant.with_file_name("diff").join(TABLE).exists());
        assert!(!quant.with_file_name("diff").join("differential.tsv").exists());
    }
}

/// The lines, with one that says what another does.
fn with_cell_of(lines: &[String], line: usize, of: usize) -> Vec<String> {
    let mut lines = lines.to_vec();
    let copy = lines[of].clone();
    lines[line] = copy;
    lines
}

#[test]
fn members_that_were_not_counted_are_no_zeros() {
    let lines = toy_clusters();
    let quant = quant_with("clusters_not_counted", &with_cell(&lines, 1, "young_2", "NA"));
    diff(&quant, &toy().sheet, &CONTRAST).succeeded();
    let tested = Tsv::read(&quant.with_file_name("diff").join(TABLE));
    let row = tested.iter().next().unwrap();
    assert_eq!(row.text("status"), "not_counted");
    for column in ["p_value", "delta_usage", "usage_case", "reads_case", "n_control"] {
        assert_eq!(row.text(column), "NA", "{column}");
    }
    let own = Tsv::read(&toy_results().join(TABLE));
    assert_eq!(tested.rows.len(), own.rows.len());
}

#[test]
fn without_clusters_events_are_tested_all_the_same() {
    let quant = quant_with("clusters_absent", "");
    fs::remove_file(quant.join("clusters.tsv")).unwrap();
    let called = diff(&quant, &toy().sheet, &CONTRAST).succeeded();
    assert!(!called.stderr.contains("junction clusters"), "{}", called.stderr);
    let diff = quant.with_file_name("diff");
    assert!(diff.join("differential.tsv").exists() && !diff.join(TABLE).exists());
}

#[test]
fn clusters_are_tested_with_covariates_and_as_a_whole() {
    let folder = scratch("clusters_designs");
    let sheet = folder.join("sheet.tsv");
    let text = fs::read_to_string(demo().join("data/samples.tsv")).unwrap();
    let sexes = ["sex", "f", "m", "m", "f", "m", "f", "f", "f", "m", "m", "f", "m"];
    let lines: Vec<String> = text.lines().zip(sexes).map(|(line, sex)| format!("{line}\t{sex}\n")).collect();
    fs::write(&sheet, lines.concat()).unwrap();
    let plain = Tsv::read(&demo().join("results").join(TABLE));
    let test = |name: &str, more: &[&str]| {
        let mut command = nadsplice();
        command
            .arg("diff")
            .arg("--quant")
            .arg(demo().join("results"))
            .arg("--samples")
            .arg(&sheet)
            .args(more);
        Called::of(command.arg("-o").arg(folder.join(name))).succeeded();
        Tsv::read(&folder.join(name).join(TABLE))
    };
    let with_sex = test("sex", &["--contrast", "condition:old:young", "--covariate", "sex"]);
    let calls = |table: &Tsv| -> BTreeSet<String> {
        table.iter().filter(|row| is_called(*row)).map(|row| row.text("cluster_id").to_owned()).collect()
    };
    let (own, other) = (calls(&plain), calls(&with_sex));
    assert!(own.intersection(&other).count() * 10 >= own.len() * 8, "{} {}", own.len(), other.len());
    assert_ne!(plain.cells("p_value"), with_sex.cells("p_value"));

    let omnibus = test("omnibus", &["--contrast", "condition"]);
    let labels: BTreeSet<&str> = omnibus.cells("contrast").into_iter().collect();
    assert_eq!(labels.into_iter().collect::<Vec<_>>(), ["condition", "condition:old:young"]);
    let of = |label: &'static str| omnibus.rows_where("contrast", label);
    // Of two levels the omnibus test is the comparison of both.
    for (row, plain) in of("condition").zip(plain.iter()) {
        let [p, q] = [row, plain].map(|r| r.number("log10_p").unwrap_or(0.0));
        assert!((p - q).abs() < 1e-3 * (1.0 + q.abs()), "{p} {q}");
        assert_eq!((row.text("delta_usage"), row.text("reads_case")), ("NA", "0"));
    }
    for (whole, pair) in of("condition").zip(of("condition:old:young")) {
        assert_eq!(pair.number("q_value").is_some(), is_called(whole));
        assert_eq!(pair.text("status") == "omnibus", whole.text("status") == "ok" && !is_called(whole));
    }
}
