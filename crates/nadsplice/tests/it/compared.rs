//! What follows a test looks at the samples of the test, whatever the label and the sheet of the cohort say.

use std::{
    collections::BTreeSet,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    demo::demo,
    order::tables,
    program::{Called, nadsplice},
    scratch::scratch,
    toy::toy_results,
    tsv::Tsv,
};

/// The tables of the demonstration in a new folder, with those of its tests, and what follows them, taken away.
fn quantified(name: &str) -> PathBuf {
    let folder = scratch(name);
    let tests = ["differential", "genes", "contrast_samples", "nad_panel", "enrichment", "known_events"];
    for (table, bytes) in tables(&demo().join("results")) {
        // Files of other programs lie in folders of their own.
        if !table.contains('/') && !tests.iter().any(|test| table == format!("{test}.tsv")) {
            fs::write(folder.join(table), bytes).unwrap();
        }
    }
    folder
}

/// A sheet of the demonstration's samples that has none of the columns of its own: two arms, batches of which one is bad,
/// three doses, and a covariate that `young_2` lacks. With `good_only` the samples of the good batch.
fn write_sheet(path: &Path, good_only: bool) {
    let mut text = "sample\tarm\tbatch\tdose\tpart\n".to_owned();
    for number in 1..=6 {
        for (group, arm) in [("old", "p"), ("young", "q")] {
            let batch = if number <= 2 { "good" } else { "bad" };
            let dose = ["none", "low", "high"][(number - 1) / 2];
            let name = format!("{group}_{number}");
            let part = if name == "young_2" { "NA" } else { ["x", "y"][number % 2] };
            if !good_only || batch == "good" {
                writeln!(text, "{name}\t{arm}\t{batch}\t{dose}\t{part}").unwrap();
            }
        }
    }
    fs::write(path, text).unwrap();
}

fn diff(folder: &Path, sheet: &Path, options: &[&str]) {
    let mut command = nadsplice();
    command.args(["diff", "--quant"]).arg(folder).arg("--samples").arg(sheet).arg("-o").arg(folder);
    Called::of(command.args(options)).succeeded();
}

fn enrich(quant: &Path, diff: &Path, out: &Path) -> Called {
    let mut command = nadsplice();
    command.args(["enrich", "--quant"]).arg(quant).arg("--diff").arg(diff).arg("-o").arg(out);
    Called::of(&mut command)
}

/// The samples of a contrast with their groups and roles.
fn samples_of(folder: &Path, contrast: &str) -> Vec<[String; 3]> {
    let table = Tsv::read(&folder.join("contrast_samples.tsv"));
    let rows = table.rows_where("contrast", contrast);
    rows.map(|row| ["sample", "group", "role"].map(|column| row.text(column).to_owned())).collect()
}

#[test]
fn samples_that_a_contrast_sheet_excludes_are_in_nothing_that_follows() {
    let folder = quantified("compared_excluded");
    let (sheet, contrasts) = (folder.join("sheet.tsv.in"), folder.join("contrasts.csv"));
    write_sheet(&sheet, false);
    let header = "id,variable,reference,target,blocking,exclude_samples_col,exclude_samples_values";
    fs::write(&contrasts, format!("{header}\nc1,arm,q,p,,batch,bad\n")).unwrap();
    diff(&folder, &sheet, &["--contrasts", contrasts.to_str().unwrap()]);
    let expected = [
        ["old_1", "p", "case"],
        ["young_1", "q", "control"],
        ["old_2", "p", "case"],
        ["young_2", "q", "control"],
    ];
    assert_eq!(samples_of(&folder, "arm:p:q"), expected.map(|row| row.map(str::to_owned)));
    enrich(&folder, &folder, &folder).succeeded();

    // As if the others were not in the sheet at all.
    let few = quantified("compared_few");
    let good = few.join("sheet.tsv.in");
    write_sheet(&good, true);
    diff(&few, &good, &["--contrast", "arm:p:q"]);
    enrich(&few, &few, &few).succeeded();
    let (found, expected) = (tables(&folder), tables(&few));
    for table in ["differential.tsv", "nad_panel.tsv", "known_events.tsv", "enrichment.tsv"] {
        assert!(found[table] == expected[table], "{table}");
    }

    let exported = folder.join("rmats");
    let mut export = nadsplice();
    export.args(["export", "--format", "rmats", "--results"]).arg(&folder).arg("-o").arg(&exported);
    Called::of(&mut export).succeeded();
    let counts = Tsv::read(&exported.join("SE.MATS.JC.txt"));
    let own = Tsv::read(&folder.join("inclusion_counts.tsv"));
    let known: BTreeSet<String> =
        own.iter().map(|row| [row.text("old_1"), row.text("old_2")].join(",")).collect();
    assert!(!counts.rows.is_empty());
    assert!(counts.cells("IJC_SAMPLE_1").iter().all(|cell| known.contains(*cell)));

    Called::of(nadsplice().arg("report").arg(&folder)).succeeded();
    assert!(fs::read_to_string(folder.join("report.html")).unwrap().contains("2 q, 2 p"));
}

#[test]
fn samples_without_a_covariate_and_other_levels_have_no_role() {
    let folder = quantified("compared_model");
    let sheet = folder.join("sheet.tsv.in");
    write_sheet(&sheet, false);
    diff(&folder, &sheet, &["--contrast", "arm:p:q", "--contrast", "dose", "--covariate", "part"]);
    let arms = samples_of(&folder, "arm:p:q");
    assert_eq!(arms.len(), 11);
    assert!(!arms.iter().any(|[sample, ..]| sample == "young_2"));
    let whole = samples_of(&folder, "dose");
    assert!(whole.len() == 11 && whole.iter().all(|[_, group, role]| group != "NA" && role == "NA"));
    let pair = samples_of(&folder, "dose:low:none");
    let of =
        |role: &str| pair.iter().filter(|row| row[2] == role).map(|row| row[1].as_str()).collect::<Vec<_>>();
    assert_eq!(of("case"), ["low"; 4]);
    assert_eq!(of("control"), ["none"; 3]);
    assert_eq!(of("NA"), ["high"; 4]);
    enrich(&folder, &folder, &folder).succeeded();
    let panel = Tsv::read(&folder.join("nad_panel.tsv"));
    assert_eq!(panel.rows_where("contrast", "dose").count(), 0, "a test of three groups has no direction");
    assert!(panel.rows_where("contrast", "dose:low:none").count() > 0);
}

#[test]
fn tests_of_other_samples_or_without_their_samples_are_refused() {
    let folder = quantified("compared_refused");
    let results = demo().join("results");
    enrich(toy_results(), &results, &folder).failed(1, &["`young_3`", "contrast_samples.tsv"]).with_hint();
    for table in ["differential.tsv", "genes.tsv"] {
        fs::copy(results.join(table), folder.join(table)).unwrap();
    }
    enrich(&folder, &folder, &folder).failed(1, &["contrast_samples.tsv", "not found"]).with_hint();
    let mut export = nadsplice();
    export.args(["export", "--format", "rmats", "--results"]).arg(&folder).arg("-o").arg(&folder);
    Called::of(&mut export).failed(1, &["contrast_samples.tsv"]).with_hint();
    let other = "contrast\tsample\tgroup\trole\nx:a:b\told_1\ta\tcase\n";
    fs::write(folder.join("contrast_samples.tsv"), other).unwrap();
    enrich(&folder, &folder, &folder).failed(1, &["no samples of contrast `condition:old:young`"]);
    assert!(!folder.join("nad_panel.tsv").exists());
}
