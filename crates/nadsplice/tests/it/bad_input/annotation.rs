//! Annotations: of other names, builds and species, with odd lines, or none.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::{refused, refused_with};
use crate::{
    data::{Entry, data, write_sheet},
    formats::assert_all_tables,
    order::tables,
    program::{Called, run},
    scratch::scratch,
    toy::{CONTRAST, toy, toy_results},
};

#[test]
fn contig_names_that_match_nothing_are_refused_with_both_lists() {
    let folder = scratch("other_names");
    let gtf = folder.join("genes.gtf");
    fs::write(&gtf, fs::read_to_string(&toy().gtf).unwrap().replace("chr1\t", "scaffold_9\t")).unwrap();
    refused(&folder, &toy().sheet, &gtf, &["`chr1`", "`scaffold_9`", "old_1.bam", "young_2.bam"]).with_hint();
}

#[test]
fn contig_names_with_and_without_chr_are_one() {
    let folder = scratch("no_chr");
    let gtf = folder.join("genes.gtf");
    fs::write(&gtf, fs::read_to_string(&toy().gtf).unwrap().replace("chr1\t", "1\t")).unwrap();
    let results = folder.join("results");
    Called::of(run(&toy().sheet, &gtf, &results).args(CONTRAST)).succeeded();
    let (found, expected) = (tables(&results), tables(toy_results()));
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    for name in ["psi.tsv", "inclusion_counts.tsv", "differential.tsv"] {
        assert_eq!(
            text(&found[name]).replace(":1:", ":chr1:").replace("\t1\t", "\tchr1\t").lines().count(),
            { text(&expected[name]).lines().count() }
        );
    }
    assert_eq!(
        text(&found["psi.tsv"]).replace(":1:", ":chr1:"),
        text(&expected["psi.tsv"]),
        "ids have the annotation's names"
    );
}

#[test]
fn an_annotation_that_reaches_past_a_contig_is_of_another_build() {
    let folder = scratch("past_the_end");
    let gtf = folder.join("genes.gtf");
    let far = "chr1\tx\texon\t240000000\t240000100\t.\t+\t.\tgene_id \"FAR\"; transcript_id \"FAR.1\";\n";
    fs::write(&gtf, fs::read_to_string(&toy().gtf).unwrap() + far).unwrap();
    let words = ["different genome builds", "`chr1`", "240000100", "old_1.bam"];
    refused(&folder, &toy().sheet, &gtf, &words).with_hint();
}

/// The toy annotation with every exon moved, as in another build.
fn moved_gtf(folder: &Path) -> PathBuf {
    let gtf = folder.join("genes.gtf");
    let text = fs::read_to_string(&toy().gtf).unwrap();
    let moved: String = text
        .lines()
        .map(|line| {
            let mut fields: Vec<String> = line.split('\t').map(str::to_owned).collect();
            for field in [3, 4] {
                fields[field] = (fields[field].parse::<u32>().unwrap() + 1_234).to_string();
            }
            fields.join("\t") + "\n"
        })
        .collect();
    fs::write(&gtf, moved).unwrap();
    gtf
}

#[test]
fn reads_that_cross_no_annotated_junction_are_of_another_build() {
    let folder = scratch("moved");
    let gtf = moved_gtf(&folder);
    let words = ["junction of the annotation", "expected at least 20%", "old_1.bam"];
    refused(&folder, &toy().sheet, &gtf, &words).with_hint();
}

#[test]
fn another_build_can_be_insisted_on() {
    let folder = scratch("moved_allowed");
    let gtf = moved_gtf(&folder);
    let results = folder.join("results");
    let mut command = run(&toy().sheet, &gtf, &results);
    Called::of(command.args(CONTRAST).arg("--allow-build-mismatch")).succeeded();
    assert_all_tables(&results);
}

#[test]
fn hg19_reads_are_refused_with_an_hg38_annotation() {
    let Some(data) = data("airway") else { return };
    let folder = scratch("hg19_hg38");
    let gtf = data.join("annotation/derived_refseq_hg38.gtf.gz");
    let sheet = airway_sheet(&folder, &data);
    let words = ["different genome builds", "hg19", "SRR1039508_subset.bam"];
    refused_with(&folder, &sheet, &gtf, &["--contrast", "condition:dex:none"], &words).with_hint();
}

#[test]
fn human_reads_are_refused_with_a_mouse_annotation() {
    let Some(data) = data("airway") else { return };
    let folder = scratch("human_mouse");
    let gtf = data.join("annotation/refseq_mm10.gtf.gz");
    let sheet = airway_sheet(&folder, &data);
    let words = ["different genome builds", "hg19", "SRR1039508_subset.bam"];
    refused_with(&folder, &sheet, &gtf, &["--contrast", "condition:dex:none"], &words).with_hint();
}

fn airway_sheet(folder: &Path, data: &Path) -> PathBuf {
    let sheet = folder.join("sheet.tsv");
    let sample = |name: &str, group| {
        let file = data.join(format!("airway/{name}_subset.bam"));
        (name.to_owned(), file, group)
    };
    let entries: Vec<Entry> = vec![
        sample("SRR1039508", "none"),
        sample("SRR1039509", "dex"),
        sample("SRR1039512", "none"),
        sample("SRR1039513", "dex"),
    ];
    write_sheet(&sheet, &entries);
    sheet
}

#[test]
fn a_missing_annotation_and_one_that_is_none_are_refused() {
    let folder = scratch("no_annotation");
    refused(&folder, &toy().sheet, &folder.join("nowhere.gtf"), &["nowhere.gtf"]);
    refused(&folder, &toy().sheet, &toy().bam("old_1"), &["old_1.bam", "GTF or GFF3", "BAM"]);
    let empty = folder.join("empty.gtf");
    fs::write(&empty, "# nothing\n").unwrap();
    refused(&folder, &toy().sheet, &empty, &["empty.gtf"]);
}

#[test]
fn odd_lines_of_an_annotation_are_named_and_passed_over() {
    let folder = scratch("odd_lines");
    let gtf = folder.join("genes.gtf");
    let text = fs::read_to_string(&toy().gtf).unwrap();
    let lines = text.lines().count();
    let odd = "\nchr1\tx\texon\tten\t20\t.\t+\t.\tgene_id \"ODD\"; transcript_id \"ODD.1\";\n";
    fs::write(&gtf, text + odd).unwrap();
    let results = folder.join("results");
    let called = Called::of(run(&toy().sheet, &gtf, &results).args(CONTRAST)).succeeded();
    assert!(called.stderr.contains(&format!("{}", lines + 2)), "{}", called.stderr);
    assert!(called.stderr.contains("genes.gtf"));
    let psi = |results: &Path| fs::read(results.join("psi.tsv")).unwrap();
    assert_eq!(psi(&results), psi(toy_results()));
}

#[test]
fn an_annotation_without_alternatives_is_refused() {
    let folder = scratch("no_alternatives");
    let gtf = folder.join("genes.gtf");
    let text = fs::read_to_string(&toy().gtf).unwrap();
    let constitutive: Vec<&str> = text.lines().filter(|l| !l.contains(".skipping")).collect();
    fs::write(&gtf, constitutive.join("\n")).unwrap();
    // Of panel genes the reads' own events would be added.
    let panel = folder.join("panel.tsv");
    fs::write(&panel, "symbol\nLONG\n").unwrap();
    let results = folder.join("results");
    let mut command = run(&toy().sheet, &gtf, &results);
    command.args(CONTRAST).arg("--panel").arg(&panel);
    Called::of(&mut command).failed(1, &["no alternative splicing event"]).with_hint();
    assert!(tables(&results).is_empty());
}
