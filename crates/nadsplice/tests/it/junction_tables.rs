//! Junction tables of other programs in place of alignments.

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use crate::{
    data::{data, text},
    program::{Called, nadsplice, run},
    scratch::{files_below, scratch},
    toy::{CONTRAST, SAMPLES, toy, toy_results},
    tsv::{Tsv, TsvRow},
};

/// Kinds of events of which each form has one junction.
const ONE_JUNCTION: [&str; 2] = ["A5SS", "A3SS"];

/// A junction of the toy cohort: contig, 1-based first and last base, strand.
fn place(row: TsvRow<'_>) -> (String, u32, u32, String) {
    let number = |name| row.text(name).parse::<u32>().unwrap();
    (row.text("chrom").to_owned(), number("start0") + 1, number("end"), row.text("strand").to_owned())
}

/// A sample's junctions of the toy cohort as STAR writes them.
fn star_text(sample: &str) -> String {
    let mut text = String::new();
    for row in Tsv::read(&toy_results().join("junctions.tsv")).iter() {
        let (contig, first, last, strand) = place(row);
        let strand = ["?", "+", "-"].iter().position(|s| *s == strand).unwrap();
        writeln!(text, "{contig}\t{first}\t{last}\t{strand}\t1\t1\t{}\t0\t50", row.text(sample)).unwrap();
    }
    text
}

/// The same as BED12.
fn bed_text(sample: &str) -> String {
    let mut text = String::new();
    for row in Tsv::read(&toy_results().join("junctions.tsv")).iter().filter(|r| r.text(sample) != "0") {
        let (contig, first, last, strand) = place(row);
        let (start, end, second) = (first - 51, last + 50, last - first + 51);
        let reads = row.text(sample);
        writeln!(
            text,
            "{contig}\t{start}\t{end}\tJ\t{reads}\t{strand}\t{start}\t{end}\t255,0,0\t2\t50,50\t0,{second}"
        )
        .unwrap();
    }
    text
}

/// The id of a sample of the toy cohort in tables of many samples.
fn id(sample: usize) -> usize {
    700 + sample
}

/// All samples in Snaptron's format.
fn snaptron_text() -> String {
    let mut text =
        "snaptron_id\tchromosome\tstart\tend\tlength\tstrand\tannotated\tleft_motif\tright_motif\t\
                    left_annotated\tright_annotated\tsamples\tsamples_count\tcoverage_sum\tcoverage_avg\t\
                    coverage_median\tsource_dataset_id\n"
            .to_owned();
    for row in Tsv::read(&toy_results().join("junctions.tsv")).iter() {
        let (contig, first, last, strand) = place(row);
        let samples = SAMPLES
            .iter()
            .enumerate()
            .filter(|(_, (name, _))| row.text(name) != "0")
            .map(|(k, (name, _))| format!(",{}:{}", id(k), row.text(name)))
            .collect::<Vec<_>>()
            .concat();
        let length = last - first + 1;
        writeln!(
            text,
            "0\t{contig}\t{first}\t{last}\t{length}\t{strand}\t1\tGT\tAG\t0\t0\t{samples}\t0\t0\t0\t0\t0"
        )
        .unwrap();
    }
    text
}

/// Writes all samples in recount3's format and returns the file of counts.
fn recount_files(folder: &Path) -> PathBuf {
    let mut junctions =
        "chromosome\tstart\tend\tlength\tstrand\tannotated\tleft_motif\tright_motif\tleft_annotated\t\
                         right_annotated\n"
            .to_owned();
    let mut values = String::new();
    let (mut rows, mut n) = (0, 0);
    for row in Tsv::read(&toy_results().join("junctions.tsv")).iter() {
        let (contig, first, last, strand) = place(row);
        rows += 1;
        writeln!(junctions, "{contig}\t{first}\t{last}\t{}\t{strand}\t1\tGT\tAG\t0\t0", last - first + 1)
            .unwrap();
        for (k, (name, _)) in SAMPLES.iter().enumerate().filter(|(_, (name, _))| row.text(name) != "0") {
            n += 1;
            writeln!(values, "{rows} {} {}", k + 1, row.text(name)).unwrap();
        }
    }
    let ids = (0..SAMPLES.len()).map(|k| format!("{}\n", id(k))).collect::<Vec<_>>().concat();
    let header = format!("%%MatrixMarket matrix coordinate integer general\n{rows} {} {n}\n", SAMPLES.len());
    fs::write(folder.join("toy.UNIQUE.RR"), junctions).unwrap();
    fs::write(folder.join("toy.UNIQUE.ID"), format!("rail_id\n{ids}")).unwrap();
    fs::write(folder.join("toy.UNIQUE.MM"), header + &values).unwrap();
    folder.join("toy.UNIQUE.MM")
}

/// Writes a sheet in which each sample of the toy cohort has a junction table.
fn sheet_of(folder: &Path, table: impl Fn(usize, &str) -> PathBuf) -> PathBuf {
    let mut sheet = "sample\tjunctions\trail_id\tcondition\n".to_owned();
    for (k, (name, group)) in SAMPLES.iter().enumerate() {
        writeln!(sheet, "{name}\t{}\t{}\t{group}", table(k, name).display(), id(k)).unwrap();
    }
    let path = folder.join("sheet.tsv");
    fs::write(&path, sheet).unwrap();
    path
}

/// Writes STAR's tables of the toy cohort and a sheet of them.
fn star_sheet(folder: &Path) -> PathBuf {
    for (name, _) in SAMPLES {
        fs::write(folder.join(format!("{name}.SJ.out.tab")), star_text(name)).unwrap();
    }
    sheet_of(folder, |_, name| PathBuf::from(format!("{name}.SJ.out.tab")))
}

#[test]
fn tables_of_a_simulated_cohort_give_the_psi_of_its_alignments() {
    let folder = scratch("junctions_psi");
    let results = folder.join("results");
    Called::of(run(&star_sheet(&folder), &toy().gtf, &results).args(CONTRAST)).succeeded();
    let table = |folder: &Path, name: &str| Tsv::read(&folder.join(name));
    let events = table(&results, "events.tsv");
    let kinds: BTreeMap<&str, &str> = events.iter().map(|r| (r.text("event_id"), r.text("kind"))).collect();
    assert_eq!(table(&results, "junctions.tsv"), table(toy_results(), "junctions.tsv"));
    for name in ["inclusion_counts.tsv", "skipping_counts.tsv", "psi.tsv"] {
        let (tables, alignments) = (table(&results, name), table(toy_results(), name));
        assert_eq!(tables.rows.len(), alignments.rows.len());
        for (found, expected) in tables.iter().zip(alignments.iter()) {
            let event = found.text("event_id");
            for (sample, _) in SAMPLES {
                let (found, expected) = (found.number(sample), expected.number(sample));
                match kinds[event] {
                    "RI" => assert_eq!(found, None, "{event}"),
                    kind if ONE_JUNCTION.contains(&kind) => assert_eq!(found, expected, "{event} {name}"),
                    // Fragments over both junctions of an exon count twice in a sum.
                    _ if name != "psi.tsv" => {
                        let (sum, union) = (found.unwrap(), expected.unwrap());
                        assert!(union <= sum && sum <= 3.0 * union, "{event}: {sum} for {union}");
                    }
                    // That a fragment does not reach past the end of a transcript cannot be taken into account.
                    "AFE" | "ALE" => assert!(found.is_some() && expected.is_some()),
                    _ => {
                        let difference = (found.unwrap() - expected.unwrap()).abs();
                        assert!(difference <= 0.05, "{event} {sample}: {found:?} for {expected:?}");
                    }
                }
            }
        }
    }
    for row in events.iter() {
        let expected = if row.text("kind") == "RI" { "none" } else { "junction_sum" };
        assert_eq!(row.text("evidence"), expected);
        let introns = row.text("inclusion_junctions").split(',').count() as f64;
        let length = (row.text("kind") != "RI").then_some(introns);
        assert_eq!(row.number("length_inclusion"), length);
    }
    let differential = table(&results, "differential.tsv");
    for row in differential.iter() {
        assert_eq!(row.text("status") == "not_counted", row.text("kind") == "RI");
    }
    let called = |table: &Tsv| -> Vec<String> {
        let called = table.iter().filter(|r| r.number("q_value").is_some_and(|q| q < 0.01));
        called.filter(|r| r.text("kind") != "RI").map(|r| r.text("event_id").to_owned()).collect()
    };
    let (found, expected) = (called(&differential), called(&table(toy_results(), "differential.tsv")));
    let common = found.iter().filter(|id| expected.contains(id)).count();
    assert!(
        10 * common >= 9 * expected.len().max(found.len()),
        "{common} of {} and {}",
        expected.len(),
        found.len()
    );
    let genes = table(&results, "gene_counts.tsv");
    assert!(SAMPLES.iter().all(|(name, _)| genes.cells(name).iter().all(|&n| n == "NA")));
    let panel = table(&results, "nad_panel.tsv");
    let expected = table(toy_results(), "nad_panel.tsv");
    for gene in ["SIRT1", "NADK", "CD38", "PARP1"] {
        let verdict = |table: &Tsv| table.row_where("gene_name", gene).text("verdict").to_owned();
        assert_eq!(verdict(&panel), verdict(&expected), "{gene}");
    }
}

#[test]
fn every_format_gives_the_same_tables() {
    let folder = scratch("junctions_formats");
    let star = star_sheet(&folder);
    let bed = folder.join("bed");
    let snaptron = folder.join("snaptron");
    let recount = folder.join("recount");
    for folder in [&bed, &snaptron, &recount] {
        fs::create_dir(folder).unwrap();
    }
    for (name, _) in SAMPLES {
        fs::write(bed.join(format!("{name}.bed")), bed_text(name)).unwrap();
    }
    fs::write(snaptron.join("junctions.tsv"), snaptron_text()).unwrap();
    let counts = recount_files(&recount);
    let sheets = [
        star,
        sheet_of(&bed, |_, name| PathBuf::from(format!("{name}.bed"))),
        sheet_of(&snaptron, |_, _| PathBuf::from("junctions.tsv")),
        sheet_of(&recount, |_, _| counts.clone()),
    ];
    let mut first: Option<BTreeMap<PathBuf, Vec<u8>>> = None;
    for (number, sheet) in sheets.iter().enumerate() {
        let output = folder.join(format!("quant_{number}"));
        let mut command = nadsplice();
        command.args(["quantify", "--novel", "--samples"]).arg(sheet).arg("--gtf").arg(&toy().gtf);
        Called::of(command.args(["--threads", "2", "-o"]).arg(&output)).succeeded();
        let tables: BTreeMap<PathBuf, Vec<u8>> = files_below(&output)
            .into_iter()
            .map(|file| (file.clone(), fs::read(output.join(file)).unwrap()))
            .collect();
        match &first {
            None => first = Some(tables),
            Some(first) => assert!(tables == *first, "{} differs", sheet.display()),
        }
    }
}

#[test]
fn tables_on_the_command_line_belong_to_samples_by_their_names() {
    let folder = scratch("junctions_named");
    star_sheet(&folder);
    let tables: Vec<PathBuf> =
        SAMPLES.iter().map(|(name, _)| folder.join(format!("{name}.SJ.out.tab"))).collect();
    let quantify = |files: &[PathBuf], name: &str| {
        let mut command = nadsplice();
        command.args(["quantify", "--gtf"]).arg(&toy().gtf).arg("--samples").arg(&toy().sheet);
        Called::of(command.arg("-o").arg(folder.join(name)).args(files))
    };
    quantify(&tables, "quant").succeeded();
    assert_eq!(
        Tsv::read(&folder.join("quant/junctions.tsv")),
        Tsv::read(&toy_results().join("junctions.tsv"))
    );
    let other = folder.join("middle_aged.SJ.out.tab");
    fs::copy(&tables[0], &other).unwrap();
    let mut with_other = tables.clone();
    with_other.push(other);
    quantify(&with_other, "none").failed(1, &["middle_aged.SJ.out.tab", "`middle_aged`"]).with_hint();
    let mut mixed = tables;
    mixed[1] = toy_results().join("counts/old_2.counts");
    quantify(&mixed, "none")
        .failed(1, &["3 of 4 samples are junction tables", "`old_1`", "`old_2`"])
        .with_hint();
    assert!(!folder.join("none").exists());
}

#[test]
fn what_junction_tables_cannot_give_is_refused_before_the_work() {
    let folder = scratch("junctions_options");
    let sheet = star_sheet(&folder);
    let refused = |options: &[&str], words: &[&str]| {
        let results = folder.join("results");
        Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST).args(options))
            .failed(1, words)
            .with_hint();
        assert!(files_below(&results).is_empty());
    };
    refused(&["--evidence", "body"], &["body evidence"]);
    refused(&["--counting", "rmats", "--read-length", "100"], &["--counting rmats"]);
    refused(&["--count-mates"], &["options of counting"]);
    let alignments = toy().bam("old_2");
    let text = fs::read_to_string(&sheet).unwrap();
    fs::write(&sheet, text.replace("old_2.SJ.out.tab", &alignments.display().to_string())).unwrap();
    refused(&[], &["old_2.bam", "a BAM file", "sample `old_2`"]);
    let table = folder.join("old_2.SJ.out.tab");
    toy().sheet_with(&sheet, "old_2", &table);
    refused(&[], &["old_2.SJ.out.tab", "it is a junction table", "`junctions`"]);
    let mixed = fs::read_to_string(&sheet).unwrap().replace("sample\tbam", "sample\tjunctions\tbam");
    let mixed = mixed
        .lines()
        .map(|line| match line.strip_prefix("old_2\t") {
            Some(rest) => format!("old_2\t{}\tNA\t{}\n", table.display(), rest.rsplit('\t').next().unwrap()),
            None => line.replacen('\t', if line.starts_with("sample") { "\t" } else { "\tNA\t" }, 1) + "\n",
        })
        .collect::<Vec<_>>()
        .concat();
    fs::write(&sheet, mixed).unwrap();
    refused(&[], &["1 of 4 samples are junction tables", "`old_2`", "`old_1`"]);
}

#[test]
fn damaged_tables_are_named_with_their_line_by_check_and_run() {
    let folder = scratch("junctions_damaged");
    let sheet = star_sheet(&folder);
    let table = folder.join("old_2.SJ.out.tab");
    let good = fs::read_to_string(&table).unwrap();
    let second = good.lines().nth(1).unwrap().to_owned();
    let refused = |bytes: &[u8], words: &[&str]| {
        fs::write(&table, bytes).unwrap();
        let mut words = words.to_vec();
        words.extend(["sample `old_2`", "old_2.SJ.out.tab"]);
        let mut check = nadsplice();
        check.arg("check").arg("--samples").arg(&sheet).arg("--gtf").arg(&toy().gtf).args(CONTRAST);
        let checked = Called::of(&mut check).failed(1, &words).with_hint();
        let status = Tsv::parse(&checked.stdout);
        assert_eq!(status.row_where("sample", "old_2").text("status"), "problem");
        let results = folder.join("results");
        Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST)).failed(1, &words).with_hint();
        assert!(files_below(&results).is_empty());
    };
    refused(good.replace(&second, "chr1\t5\tx\t1\t1\t1\t3\t0\t9").as_bytes(), &["line 2", "column 3"]);
    refused(good.replace(&second, "chr1\t9\t5\t1\t1\t1\t3\t0\t9").as_bytes(), &["line 2", "9 and ends at 5"]);
    refused(good.replace(&second, "chr1\t5\t9\t1\t1").as_bytes(), &["line 2", "5 columns, expected 9"]);
    let first = good.lines().find(|l| !l.contains("\t0\t0\t50")).unwrap();
    refused(format!("{good}{first}\n").as_bytes(), &["stands already in line"]);
    refused(good.replace("chr1", "scaffold_1").as_bytes(), &["`scaffold_1`", "`chr1`"]);
    let shifted = good
        .lines()
        .map(|line| {
            let cells: Vec<&str> = line.split('\t').collect();
            let moved = |k: usize| cells[k].parse::<u32>().unwrap() + 7;
            format!("chr1\t{}\t{}\t{}\n", moved(1), moved(2), cells[3..].join("\t"))
        })
        .collect::<Vec<_>>()
        .concat();
    refused(shifted.as_bytes(), &["0.0% of the", "--allow-build-mismatch"]);
    fs::write(&table, "").unwrap();
    let results = folder.join("results");
    Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST)).failed(1, &["old_2", "holds no junction"]);
}

#[test]
fn reads_on_contigs_without_annotation_are_reported() {
    let folder = scratch("junctions_contigs");
    let sheet = star_sheet(&folder);
    let table = folder.join("young_1.SJ.out.tab");
    let more = fs::read_to_string(&table).unwrap() + "GL1\t5\t90\t1\t1\t0\t3\t0\t9\n";
    fs::write(&table, more).unwrap();
    let results = folder.join("results");
    let called = Called::of(&mut run(&sheet, &toy().gtf, &results)).succeeded();
    assert!(called.stderr.contains("sample `young_1`: 3 reads over 1 junctions"), "{}", called.stderr);
    assert!(called.stderr.contains("`GL1`"), "{}", called.stderr);
}

#[test]
fn a549_and_hepg2_are_compared_from_their_junction_tables_alone() {
    let Some(data) = data("proactiv") else { return };
    let folder = scratch("proactiv");
    let proactiv = data.join("proactiv");
    let mut sheet = "sample\tjunctions\tcondition\n".to_owned();
    for (line, replicates) in [("A549", [1, 3, 5]), ("HepG2", [2, 4, 5])] {
        for replicate in replicates {
            let file = format!("SGNEx_{line}_Illumina_replicate{replicate}-run1.subset.SJ.out.tab.gz");
            writeln!(sheet, "{line}_{replicate}\t{}\t{line}", proactiv.join(file).display()).unwrap();
        }
    }
    let path = folder.join("sheet.tsv");
    fs::write(&path, sheet).unwrap();
    let results = folder.join("results");
    let gtf = proactiv.join("gencode.v34.annotation.subset.gtf.gz");
    let contrast = ["--contrast", "condition:A549:HepG2"];
    Called::of(run(&path, &gtf, &results).args(contrast)).succeeded();
    // The annotation says `chr1`, the tables `1`.
    let samples = Tsv::read(&results.join("samples.tsv"));
    assert!(samples.iter().all(|r| r.number("annotated_junction_fraction") > Some(0.98)));
    assert!(samples.cells("alignments").iter().all(|&n| n == "NA"));
    let differential = Tsv::read(&results.join("differential.tsv"));
    assert!(differential.rows_where("status", "ok").count() > 300);
    assert!(differential.rows_where("kind", "RI").all(|r| r.text("status") == "not_counted"));
    assert!(differential.iter().filter(|r| r.number("q_value").is_some_and(|q| q < 0.05)).count() > 10);
    let junctions = Tsv::read(&results.join("junctions.tsv"));
    let reads: f64 = junctions.iter().filter_map(|r| r.number("A549_1")).sum();
    let star = text(&proactiv.join("SGNEx_A549_Illumina_replicate1-run1.subset.SJ.out.tab.gz"));
    let expected: f64 = star.lines().map(|l| l.split('\t').nth(6).unwrap().parse::<f64>().unwrap()).sum();
    assert!((reads - expected).abs() < 0.5, "{reads} of {expected}");
}

#[test]
fn star_s_table_and_the_counted_alignments_are_one_junction_table() {
    let Some(data) = data("cd44_tumour") else { return };
    let folder = scratch("cd44_junctions");
    let gtf = data.join("annotation/derived_refseq_hg38.gtf.gz");
    let cd44 = data.join("cd44_tumour");
    let of = |column: &str, file: &str, options: &[&str]| {
        let sheet = folder.join(format!("{column}.tsv"));
        fs::write(&sheet, format!("sample\t{column}\ncd44\t{}\n", cd44.join(file).display())).unwrap();
        let results = folder.join(column);
        Called::of(run(&sheet, &gtf, &results).args(options)).succeeded();
        Tsv::read(&results.join("junctions.tsv"))
    };
    let counted = of("bam", "accepted_hits.uniq.bam", &["--min-overhang", "1"]);
    let table = of("junctions", "SJ.out.tab", &[]);
    assert!(table.iter().filter(|r| r.number("cd44") > Some(0.0)).count() > 20);
    assert_eq!(table, counted);
}
