//! What is measured in samples, and its use as a covariate.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    data::{data, write_sheet},
    demo::demo,
    program::{Called, nadsplice, run},
    scratch::scratch,
    toy::{CONTRAST, SAMPLES, toy, toy_results},
    tsv::Tsv,
};

/// Alignments of each sample that are moved to the mitochondrion, which the annotation lacks: many in one group.
const MITOCHONDRIAL: [usize; 4] = [9_000, 8_000, 2_000, 2_500];

/// Writes the toy cohort as SAM with the first read pairs moved to the contig `MT` and every tenth of the rest marked as
/// duplicates; the sheet, and for each sample the shares of both.
fn with_mitochondrion(folder: &Path) -> (PathBuf, Vec<[f64; 2]>) {
    let toy = toy();
    let mut shares = Vec::new();
    let mut entries = toy.entries();
    for ((name, moved), entry) in SAMPLES.map(|s| s.0).into_iter().zip(MITOCHONDRIAL).zip(&mut entries) {
        let path = folder.join(format!("{name}.sam"));
        toy.write_as(name, &path);
        let text = fs::read_to_string(&path).unwrap();
        let (header, records): (Vec<&str>, Vec<&str>) = text.lines().partition(|line| line.starts_with('@'));
        let mut lines: Vec<String> = header.into_iter().map(str::to_owned).collect();
        lines.push("@SQ\tSN:MT\tLN:16569".to_owned());
        let mut mitochondrial = Vec::new();
        let mut duplicates = 0;
        for (number, record) in records.iter().enumerate() {
            let mut fields: Vec<String> = record.split('\t').map(str::to_owned).collect();
            if number < moved {
                let bases = fields[9].len();
                "0".clone_into(&mut fields[1]);
                "MT".clone_into(&mut fields[2]);
                fields[3] = (1 + number).to_string();
                fields[5] = format!("{bases}M");
                for (at, value) in [(6, "*"), (7, "0"), (8, "0")] {
                    value.clone_into(&mut fields[at]);
                }
                mitochondrial.push(fields.join("\t"));
            } else {
                if number % 10 == 0 {
                    duplicates += 1;
                    fields[1] = (fields[1].parse::<u16>().unwrap() | 0x400).to_string();
                }
                lines.push(fields.join("\t"));
            }
        }
        lines.extend(mitochondrial);
        fs::write(&path, lines.join("\n") + "\n").unwrap();
        let all = records.len() as f64;
        shares.push([moved as f64 / all, f64::from(duplicates) / all]);
        entry.1 = path;
    }
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &entries);
    (sheet, shares)
}

#[test]
fn a_measured_share_is_found_exactly_warned_of_and_used_as_a_covariate() {
    let folder = scratch("measured");
    let (sheet, shares) = with_mitochondrion(&folder);
    let results = folder.join("results");
    let told = Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST)).succeeded().stderr;
    let found = Tsv::read(&results.join("samples.tsv"));
    for (row, [mitochondrial, duplicates]) in found.iter().zip(&shares) {
        assert!((row.number("mt_share").unwrap() - mitochondrial).abs() < 1e-6);
        assert!((row.number("duplicate_share").unwrap() - duplicates).abs() < 1e-6);
        assert_eq!((row.text("sex_call"), row.text("fat_score")), ("NA", "NA"), "no such genes");
        assert!(row.number("intronic_share").unwrap() < 0.2);
    }
    assert!(
        told.contains("measured variables go with the groups") && told.contains("mt_share (0."),
        "{told}"
    );
    let checks = Tsv::read(&results.join("sample_checks.tsv"));
    let row = checks.row_where("variable", "mt_share");
    assert_eq!(row.text("goes_with_groups"), "yes");
    assert!(row.number("mean_case").unwrap() > 3.0 * row.number("mean_control").unwrap());
    assert!(row.number("p_value").unwrap() < 0.05);

    // Step by step and in one go, a measured covariate gives the same tables.
    let covariate = ["--covariate", "spliced_fraction"];
    let steps = folder.join("steps");
    let diff = |quant: &Path, outdir: &Path| {
        let mut command = nadsplice();
        command.arg("diff").arg("--quant").arg(quant).arg("--samples").arg(&sheet).arg("-o").arg(outdir);
        command.args(CONTRAST).args(covariate);
        command
    };
    Called::of(&mut diff(&results, &steps)).succeeded();
    let one = folder.join("one");
    let told = Called::of(run(&sheet, &toy().gtf, &one).args(CONTRAST).args(covariate)).succeeded().stderr;
    assert!(told.contains("the design has spliced_fraction, measured when samples are quantified"), "{told}");
    for name in ["differential.tsv", "genes.tsv", "diagnostics.tsv", "sample_checks.tsv", "sample_pca.tsv"] {
        assert!(fs::read(steps.join(name)).unwrap() == fs::read(one.join(name)).unwrap(), "`{name}` differs");
    }
    let without = fs::read(results.join("differential.tsv")).unwrap();
    assert_ne!(fs::read(one.join("differential.tsv")).unwrap(), without);
    let checks = Tsv::read(&one.join("sample_checks.tsv"));
    assert!(checks.row_where("variable", "spliced_fraction").text("note").ends_with("in the model"));
}

#[test]
fn a_measured_covariate_without_values_is_named_with_what_to_do() {
    let folder = scratch("measured_missing");
    let results = folder.join("results");
    let mut command = run(&toy().sheet, &toy().gtf, &results);
    let called = Called::of(command.args(CONTRAST).args(["--covariate", "mt_share"]));
    called.failed(1, &["mt_share", "no value"]).with_hint();
    let diff = ["diff", "--covariate", "no_such_column", "-o"];
    let mut command = nadsplice();
    command.args(diff).arg(&folder).args(CONTRAST).arg("--quant").arg(toy_results());
    Called::of(command.arg("--samples").arg(&toy().sheet)).failed(1, &["no_such_column", "condition"]);
}

#[test]
fn mitochondrial_reads_of_a_real_file_are_seen_without_mitochondrial_genes() {
    let Some(data) = data("parathyroid") else { return };
    let folder = scratch("parathyroid_mt");
    let counts = folder.join("a.counts");
    let mut count = nadsplice();
    count.args(["count", "--sample", "a", "--gtf"]).arg(data.join("annotation/derived_refseq_hg19.gtf.gz"));
    Called::of(count.arg("-o").arg(&counts).arg(data.join("parathyroid/SRR479052.bam"))).succeeded();
    let sheet = folder.join("sheet.tsv");
    fs::write(&sheet, "sample\tcondition\na\tx\n").unwrap();
    let mut quantify = nadsplice();
    quantify.arg("quantify").arg("--gtf").arg(data.join("annotation/derived_refseq_hg19.gtf.gz"));
    quantify.arg("--samples").arg(&sheet).arg("-o").arg(&folder);
    Called::of(quantify.arg(&counts)).succeeded();
    let found = Tsv::read(&folder.join("samples.tsv"));
    let row = found.row_where("sample", "a");
    // By samtools view: of 9,255 primary alignments with NH:i:1, 842 are on MT.
    assert_eq!(row.text("mt_share"), "0.090978");
    assert_eq!(row.text("duplicate_share"), "NA", "nobody marked duplicates");
}

#[test]
fn samples_are_placed_and_surrogates_written() {
    let results = toy_results();
    let pca = Tsv::read(&results.join("sample_pca.tsv"));
    let names: Vec<&str> = SAMPLES.iter().map(|s| s.0).collect();
    assert_eq!(pca.cells("sample"), names);
    // Every fourth event changes by half: the first component is the groups.
    let sign = |sample: &str| pca.row_where("sample", sample).number("pc1").unwrap().signum();
    assert!((sign("old_1") - sign("old_2")).abs() < 0.5 && (sign("old_1") + sign("young_1")).abs() < 0.5);
    assert!(pca.iter().next().unwrap().number("pc1_share").unwrap() > 0.5);
    assert!(!results.join("surrogate_variables.tsv").exists(), "nobody asked for them");

    let folder = scratch("surrogates");
    let diff = |number: &str| {
        let mut command = nadsplice();
        command.arg("diff").arg("--quant").arg(results).arg("--samples").arg(&toy().sheet).args(CONTRAST);
        command.args(["--surrogate", number]).arg("-o").arg(&folder);
        Called::of(&mut command)
    };
    diff("1").failed(1, &["--surrogate 1", "room for 0"]).with_hint();
    diff("none").failed(2, &["expected `auto` or 1, 2"]);
    diff("auto").succeeded();
    assert!(Tsv::read(&folder.join("surrogate_variables.tsv")).rows.is_empty());
    let same = |name: &str| fs::read(folder.join(name)).unwrap() == fs::read(results.join(name)).unwrap();
    assert!(["differential.tsv", "sample_pca.tsv", "sample_checks.tsv"].into_iter().all(same));
}

#[test]
fn samples_that_do_not_fit_the_sheet_are_told() {
    let folder = scratch("mix_up");
    let copy = folder.join("copy.bam");
    fs::copy(toy().bam("old_1"), &copy).unwrap();
    let sheet = folder.join("sheet.tsv");
    toy().sheet_with(&sheet, "old_2", &copy);
    let told = Called::of(run(&sheet, &toy().gtf, &folder.join("results")).args(CONTRAST)).succeeded().stderr;
    assert!(told.contains("samples `old_1` and `old_2` have the same input"), "{told}");
    assert!(!told.contains("strandedness: "), "{told}");
}

#[test]
fn surrogates_are_in_the_models_of_expression_too() {
    let folder = scratch("surrogates_of_expression");
    let results = demo().join("results");
    let diff = |sheet: &Path, options: &[&str], name: &str| {
        let mut command = nadsplice();
        command.args(["diff", "--quant"]).arg(&results).arg("--samples").arg(sheet).args(CONTRAST);
        Called::of(command.args(options).arg("-o").arg(folder.join(name))).succeeded();
        Tsv::read(&folder.join(name).join("gene_expression.tsv"))
    };
    let sheet = demo().join("data/samples.tsv");
    let found = diff(&sheet, &["--surrogate", "1"], "surrogate");
    // The same model with the surrogate as a column of the sheet.
    let values = Tsv::read(&folder.join("surrogate/surrogate_variables.tsv"));
    let text = fs::read_to_string(&sheet).unwrap();
    let lines = text.lines().enumerate().map(|(number, line)| {
        let sample = line.split('\t').next().unwrap();
        let cell = if number == 0 { "unknown" } else { values.row_where("sample", sample).text("value") };
        format!("{line}\t{cell}\n")
    });
    let wider = folder.join("sheet.tsv");
    fs::write(&wider, lines.collect::<String>()).unwrap();
    let expected = diff(&wider, &["--covariate", "unknown"], "covariate");
    let without = Tsv::read(&results.join("gene_expression.tsv"));
    let numbers = |table: &Tsv, column| table.iter().map(|row| row.number(column)).collect::<Vec<_>>();
    assert_ne!(numbers(&found, "p_value"), numbers(&without, "p_value"));
    for (found, expected) in numbers(&found, "statistic").iter().zip(numbers(&expected, "statistic")) {
        match (found, expected) {
            (Some(found), Some(expected)) => assert!((found - expected).abs() < 1e-3, "{found} {expected}"),
            (found, expected) => assert_eq!(*found, expected),
        }
    }
}

#[test]
fn more_surrogates_than_the_design_allows_for_are_refused_before_anything_is_counted() {
    let results = scratch("many_surrogates").join("results");
    Called::of(run(&toy().sheet, &toy().gtf, &results).args(CONTRAST).args(["--surrogate", "9"]))
        .failed(1, &["--surrogate 9", "room for 0"])
        .with_hint();
    assert!(!results.exists());
}

/// `check` on the toy cohort.
fn check(options: &[&str]) -> Called {
    let mut command = nadsplice();
    command.args(["check", "--samples"]).arg(&toy().sheet).arg("--gtf").arg(&toy().gtf);
    Called::of(command.args(options))
}

#[test]
fn groups_that_are_yet_to_be_measured_are_not_judged_before() {
    let strands = ["--contrast", "library_strandedness:reverse:forward"];
    let awaited = "the design has library_strandedness, measured when";
    let told = check(&strands).succeeded().stderr;
    assert!(told.contains(awaited), "{told}");
    let told = check(&[&CONTRAST[..], &["--covariate", "factor(library_strandedness)"]].concat()).succeeded();
    assert!(told.stderr.contains(awaited), "{}", told.stderr);
    let contrasts = scratch("measured_contrasts").join("contrasts.tsv");
    let header = "id\tvariable\treference\ttarget\tblocking";
    fs::write(&contrasts, format!("{header}\na\tcondition\tyoung\told\tlibrary_strandedness\n")).unwrap();
    let told = check(&["--contrasts", contrasts.to_str().unwrap()]).succeeded().stderr;
    assert!(told.contains(awaited), "{told}");
    // What can be judged is.
    check(&[&strands[..], &["--contrast", "condition:old:yuong"]].concat()).failed(1, &["`yuong`"]);
    // A level is no column.
    let told = check(&["--contrast", "condition:duplicate:young"]).failed(1, &["no value `duplicate`"]);
    assert!(!told.stderr.contains("the design has"), "{}", told.stderr);

    // All libraries of the toy are of one kind, which is known at the end.
    let results = scratch("measured_groups").join("results");
    Called::of(run(&toy().sheet, &toy().gtf, &results).args(strands))
        .failed(1, &["now that library_strandedness is measured", "no value `forward`"])
        .with_hint();
    assert!(results.join("samples.tsv").is_file());
}

#[test]
fn a_column_of_the_sheet_does_not_hide_what_was_measured() {
    let folder = scratch("measured_name");
    let sheet = folder.join("sheet.tsv");
    let rows = SAMPLES.iter().zip([75, 50, 70, 51]);
    let rows = rows.map(|((name, group), length)| format!("{name}\t{group}\t{length}\n"));
    fs::write(&sheet, format!("sample\tcondition\tread_length\n{}", rows.collect::<String>())).unwrap();
    let mut command = nadsplice();
    command.args(["diff", "--quant"]).arg(toy_results()).arg("--samples").arg(&sheet).args(CONTRAST);
    Called::of(command.arg("-o").arg(&folder)).succeeded();
    let checks = |folder: &Path| fs::read_to_string(folder.join("sample_checks.tsv")).unwrap();
    assert!(checks(&folder).contains("\tread_length\t"));
    assert_eq!(checks(&folder), checks(toy_results()));
    // As a covariate the sheet's column is meant.
    let mut command = nadsplice();
    command.args(["diff", "--quant"]).arg(toy_results()).arg("--samples").arg(&sheet).args(CONTRAST);
    Called::of(command.args(["--covariate", "read_length", "-o"]).arg(&folder)).succeeded();
    assert_eq!(checks(&folder), checks(toy_results()), "the measured length is not in the model");
}
