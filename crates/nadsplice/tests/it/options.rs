//! Options that reach what they are about: each changes the numbers that it names, and by as much as it should.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    bam_bytes::Bam,
    demo::demo,
    program::{Called, nadsplice, run},
    scratch::scratch,
    toy::{toy, toy_results},
    tsv::{Tsv, TsvRow},
};

const PROPER_PAIR: u8 = 0x2;
const DUPLICATE: u16 = 0x400;

fn number(row: TsvRow<'_>, name: &str) -> u64 {
    row.text(name).parse().unwrap()
}

/// `run` on one sample of the toy cohort.
fn one_sample(folder: &Path, bam: &Path, options: &[&str]) -> PathBuf {
    let sheet = folder.join("sheet.tsv");
    fs::write(&sheet, format!("sample\tbam\na\t{}\n", bam.display())).unwrap();
    let results = folder.join(format!("results{}", options.concat()));
    Called::of(run(&sheet, &toy().gtf, &results).args(options)).succeeded();
    results
}

/// Alignments without NH, of which every fifth is marked as a duplicate and every seventh is mapped badly.
fn marked(path: &Path) -> [usize; 3] {
    let mut bam = Bam::read(&toy().bam("old_1"));
    let tag = *b"NHC\x01";
    let (mut duplicates, mut bad) = (0, 0);
    for (number, record) in bam.records.iter_mut().enumerate() {
        let at = record.windows(4).rposition(|bytes| bytes == tag).unwrap();
        record.drain(at..at + 4);
        if number % 5 == 0 {
            let flags = u16::from_le_bytes([record[14], record[15]]) | DUPLICATE;
            record[14..16].copy_from_slice(&flags.to_le_bytes());
            duplicates += 1;
        }
        if number % 7 == 0 {
            record[9] = 9;
            bad += 1;
        }
    }
    bam.write(path);
    [bam.records.len(), duplicates, bad]
}

#[test]
fn duplicates_and_badly_mapped_reads_are_left_out_on_request() {
    let folder = scratch("options_marked");
    let bam = folder.join("marked.bam");
    let [all, duplicates, bad] = marked(&bam).map(|n| n as u64);
    let ledger = |options: &[&str]| {
        let results = one_sample(&folder, &bam, options);
        let table = Tsv::read(&results.join("samples.tsv"));
        let row = table.row_where("sample", "a");
        assert_eq!(number(row, "alignments"), all);
        let used = ["used_spliced", "used_unspliced", "short_overhang"].map(|name| number(row, name));
        (used.iter().sum::<u64>(), number(row, "duplicate"), number(row, "multi_mapped"))
    };
    assert_eq!(ledger(&[]), (all - bad, 0, bad));
    assert_eq!(ledger(&["--min-mapq", "9"]), (all, 0, 0));
    let (used, left_out, unsure) = ledger(&["--skip-duplicates"]);
    assert_eq!((used + left_out + unsure, left_out), (all, duplicates));
    assert!(unsure < bad);
}

#[test]
fn overhangs_are_those_asked_for_and_in_the_lengths() {
    let folder = scratch("options_overhang");
    let lengths = |options: &[&str]| {
        let results = one_sample(&folder, &toy().bam("old_1"), options);
        let table = Tsv::read(&results.join("skipping_lengths.tsv"));
        let found = table.iter().find(|row| row.text("event_id").starts_with("SE:")).map(|row| row.text("a"));
        found.unwrap().parse::<f64>().unwrap()
    };
    // 17 bases more on both sides of the junction take 34 places from each read, and less than 68 from a pair whose
    // reads overlap.
    let (default, longer) = (lengths(&[]), lengths(&["--min-overhang", "20"]));
    assert!(default - longer > 34.0 && default - longer < 68.5, "{default} {longer}");
    // The junctions are annotated; the boundaries of introns are not spliced.
    let novel = ["--min-overhang-novel", "20"];
    assert_eq!(lengths(&novel).to_bits(), default.to_bits());
    let retained = |options: &[&str]| {
        let results = folder.join(format!("results{}", options.concat()));
        let table = Tsv::read(&results.join("inclusion_lengths.tsv"));
        table.iter().find(|row| row.text("event_id").starts_with("RI:")).unwrap().number("a").unwrap()
    };
    // 12 bases more, at both boundaries.
    let taken = retained(&[]) - retained(&novel);
    assert!(taken > 48.0 && taken < 96.5, "{taken}");
    let rmats =
        |anchor: &str| lengths(&["--counting", "rmats", "--read-length", "100", "--rmats-anchor", anchor]);
    assert_eq!([rmats("1"), rmats("10")].map(f64::to_bits), [99.0_f64, 81.0].map(f64::to_bits));
}

#[test]
fn single_reads_are_not_asked_for_a_proper_pair() {
    let folder = scratch("options_single");
    let path = folder.join("improper.bam");
    let mut bam = Bam::read(&toy().bam("old_1"));
    let improper = bam.records.iter_mut().step_by(10);
    let number_improper = improper.len() as u64;
    for record in improper {
        record[14] &= !PROPER_PAIR;
    }
    bam.write(&path);
    let rejected = |options: &[&str]| {
        let results =
            one_sample(&folder, &path, &[&["--counting", "rmats", "--read-length", "100"], options].concat());
        number(Tsv::read(&results.join("samples.tsv")).row_where("sample", "a"), "rmats_rejected")
    };
    let single = rejected(&["--rmats-single-end"]);
    assert_eq!(rejected(&[]), single + number_improper);
}

#[test]
fn group_files_of_rmats_are_a_sheet() {
    let folder = scratch("options_groups");
    let group = |name: &str| {
        let bams = [1, 2].map(|k| toy().bam(&format!("{name}_{k}")).display().to_string());
        let file = folder.join(format!("{name}.txt"));
        fs::write(&file, bams.join(",")).unwrap();
        file
    };
    let results = folder.join("results");
    let mut command = nadsplice();
    command.arg("run").arg("--b1").arg(group("old")).arg("--b2").arg(group("young"));
    command.arg("--gtf").arg(&toy().gtf).arg("--outdir").arg(&results);
    Called::of(command.args(["--contrast", "condition:group1:group2"])).succeeded();
    let p_values = |folder: &Path| {
        let table = Tsv::read(&folder.join("differential.tsv"));
        table.iter().map(|row| row.text("p_value").to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(p_values(&results), p_values(toy_results()));
    let samples = Tsv::read(&results.join("samples.tsv"));
    assert_eq!(samples.cells("condition"), ["group1", "group1", "group2", "group2"]);
}

#[test]
fn a_formula_is_the_contrast_with_its_covariates() {
    let folder = scratch("options_formula");
    let sheet = folder.join("sheet.tsv");
    let rows = Tsv::read(&demo().join("data/samples.tsv"));
    let rows = rows.iter().enumerate().map(|(k, row)| {
        let sex = if k % 2 == 0 { "f" } else { "m" };
        format!("{}\t{}\t{sex}\t{}\n", row.text("sample"), row.text("condition"), 20 + 7 * (k % 5))
    });
    fs::write(&sheet, format!("sample\tcondition\tsex\tage\n{}", rows.collect::<String>())).unwrap();
    let test = |name: &str, options: &[&str]| {
        let output = folder.join(name);
        let mut command = nadsplice();
        command.arg("diff").arg("--quant").arg(demo().join("results")).arg("--samples").arg(&sheet);
        Called::of(command.args(options).arg("--output").arg(&output)).succeeded();
        Tsv::read(&output.join("differential.tsv"))
    };
    let p_values = |table: &Tsv, contrast: &str| -> Vec<String> {
        table.rows_where("contrast", contrast).map(|row| row.text("p_value").to_owned()).collect()
    };
    let named =
        test("named", &["--contrast", "condition:old:young", "--covariate", "sex", "--covariate", "age"]);
    let formula = test("formula", &["--formula", "~ condition + sex + age", "--test", "condition"]);
    // Of two levels one difference is all that there is to ask.
    assert_eq!(p_values(&formula, "condition"), p_values(&named, "condition:old:young"));
    let tested = |p_values: &[String]| p_values.iter().filter(|p| *p != "NA").count();
    assert!(tested(&p_values(&formula, "condition")) > 300);
    let interaction = test("interaction", &["--formula", "~ condition*sex + age", "--test", "condition:sex"]);
    let p_values = p_values(&interaction, "condition:sex");
    assert!(tested(&p_values) > 300);
    assert!(interaction.cells("delta_psi").iter().all(|&delta| delta == "NA"), "there is no one difference");
    let called = interaction.iter().filter(|row| row.number("q_value").is_some_and(|q| q < 0.05)).count();
    assert!(called <= 2, "the sexes were dealt out: {called}");
}

#[test]
fn exported_tables_can_be_filtered_as_rmats_filters_its_own() {
    let folder = scratch("options_filtered");
    let table = |name: &str, options: &[&str]| {
        let output = folder.join(name);
        let mut command = nadsplice();
        command.args(["export", "--format", "rmats", "--results"]).arg(demo().join("results"));
        Called::of(command.args(options).arg("--output").arg(&output)).succeeded();
        Tsv::read(&output.join("SE.MATS.JC.txt"))
    };
    let (all, filtered) = (table("all", &[]), table("filtered", &["--filtered"]));
    let sum = |row: TsvRow<'_>, names: [&str; 2]| -> u64 {
        names
            .iter()
            .flat_map(|name| row.text(name).split(','))
            .map(|count| count.parse::<u64>().unwrap())
            .sum()
    };
    // Reads of either form, and of either group.
    let passes = |row: &TsvRow<'_>| {
        [
            ["IJC_SAMPLE_1", "IJC_SAMPLE_2"],
            ["SJC_SAMPLE_1", "SJC_SAMPLE_2"],
            ["IJC_SAMPLE_1", "SJC_SAMPLE_1"],
            ["IJC_SAMPLE_2", "SJC_SAMPLE_2"],
        ]
        .into_iter()
        .all(|names| sum(*row, names) > 0)
    };
    assert_eq!(filtered.rows.len(), all.iter().filter(passes).count());
    assert!(filtered.iter().all(|row| passes(&row)) && filtered.rows.len() < all.rows.len());
}

#[test]
fn simulated_reads_are_as_asked_for() {
    let folder = scratch("options_simulated");
    let simulate = |name: &str, options: &[&str]| {
        let output = folder.join(name);
        let mut command = nadsplice();
        command
            .args(["simulate", "--fragments", "5000", "--samples-per-group", "1", "--gtf"])
            .arg(&toy().gtf);
        Called::of(command.args(options).arg("--outdir").arg(&output)).succeeded();
        output
    };
    let is_paired = |record: &Vec<u8>| record[14] & 1 == 1;
    let single = Bam::read(&simulate("single", &["--single-end"]).join("case_1.bam"));
    assert!(!single.records.is_empty() && !single.records.iter().any(is_paired));
    let length = |record: &[u8]| i32::from_le_bytes(record[28..32].try_into().unwrap());
    let options = ["--fragment-mean", "180", "--fragment-sd", "5"];
    let paired = Bam::read(&simulate("paired", &options).join("case_1.bam"));
    assert!(paired.records.iter().all(is_paired));
    // Pairs that no intron lies between.
    let within: Vec<i32> =
        paired.records.iter().map(|r| length(r)).filter(|&l| (1..250).contains(&l)).collect();
    let mean = within.iter().map(|&l| f64::from(l)).sum::<f64>() / within.len() as f64;
    assert!(within.len() > 500 && (mean - 180.0).abs() < 2.0, "{mean}");

    let truth = |options: &[&str]| {
        let table = Tsv::read(&simulate(&options.concat(), options).join("truth.tsv"));
        let of_group = |group: &str| -> Vec<f64> {
            table.rows_where("group", group).map(|row| row.number("psi_group").unwrap()).collect()
        };
        let pairs = of_group("case").into_iter().zip(of_group("control"));
        pairs.map(|(case, control)| (case - control).abs()).collect::<Vec<f64>>()
    };
    let differences = truth(&["--changed", "1", "--delta", "0.25"]);
    assert!(!differences.is_empty());
    assert!(differences.iter().all(|delta| (delta - 0.25).abs() < 1e-5), "{differences:?}");
    assert!(truth(&["--changed", "0"]).iter().all(|&delta| delta == 0.0));
}

#[test]
fn figures_show_as_much_as_asked_for() {
    let folder = scratch("options_figures");
    let plot = |kind: &str, options: &[&str]| {
        let output = folder.join(format!("{kind}{}.svg", options.concat()));
        let mut command = nadsplice();
        command.args(["plot", kind, "--gene", "SIRT1", "--results"]).arg(demo().join("results"));
        Called::of(command.args(options).arg("--output").arg(&output)).succeeded();
        fs::read_to_string(output).unwrap()
    };
    let samples = Tsv::read(&demo().join("results/samples.tsv"));
    let shown =
        |svg: &str| samples.cells("sample").iter().filter(|s| svg.contains(&format!(">{s} ("))).count();
    let (groups, each) = (plot("sashimi", &[]), plot("sashimi", &["--per-sample"]));
    assert_eq!((shown(&groups), shown(&each)), (0, 12));
    let scaled = plot("sashimi", &["--per-sample", "--same-scale"]);
    assert!(scaled != each && shown(&scaled) == 12);
    let width = |svg: &str| -> f64 {
        svg.split_once("width=\"").unwrap().1.split_once('"').unwrap().0.parse().unwrap()
    };
    assert!(width(&plot("sashimi", &["--width", "2000"])) > width(&groups) + 500.0);
    assert!(!groups.contains("more transcript"));
    assert!(plot("sashimi", &["--max-transcripts", "1"]).contains("more transcript"));
    let one = plot("gene", &["--max-events", "1"]);
    assert!(one.contains("left out") && !plot("gene", &[]).contains("left out"));
}
