//! Alignment files.

use std::{
    fs::{self, File},
    path::Path,
};

use super::{refused, whole_file};
use crate::{
    bam_bytes::{Bam, END},
    order::{assert_same_tables, tables},
    program::{Called, nadsplice, run},
    scratch::scratch,
    toy::{CONTRAST, toy, toy_results},
    tsv::Tsv,
};

/// A toy cohort in which one sample has these alignments is refused, by `run`, `check` and `count`.
#[track_caller]
fn refused_alignments(folder: &Path, alignments: &Path, words: &[&str]) -> Called {
    let sheet = folder.join("sheet.tsv");
    toy().sheet_with(&sheet, "old_2", alignments);
    let mut named = words.to_vec();
    named.push("sample `old_2`");
    let mut check = nadsplice();
    check.arg("check").arg("--samples").arg(&sheet).arg("--gtf").arg(&toy().gtf).args(CONTRAST);
    let checked = Called::of(&mut check).failed(1, &named);
    assert_eq!(Tsv::parse(&checked.stdout).rows_where("status", "problem").count(), 1);
    let counts = folder.join("old_2.counts");
    let mut count = nadsplice();
    count.args(["count", "--sample", "old_2", "--gtf"]).arg(&toy().gtf).arg("-o").arg(&counts);
    Called::of(count.arg(alignments)).failed(1, &named);
    assert!(!counts.exists());
    refused(folder, &sheet, &toy().gtf, &named)
}

/// A toy cohort in which one sample has these alignments gives the tables of the toy cohort.
#[track_caller]
fn read_all_the_same(folder: &Path, alignments: &Path) {
    let sheet = folder.join("sheet.tsv");
    toy().sheet_with(&sheet, "old_2", alignments);
    let results = folder.join("results");
    Called::of(run(&sheet, &toy().gtf, &results).args(CONTRAST)).succeeded();
    assert_same_tables(&tables(&results), &tables(toy_results()));
}

#[test]
fn a_bam_cut_in_the_middle_is_refused() {
    let folder = scratch("cut");
    let file = folder.join("cut.bam");
    let whole = whole_file();
    fs::write(&file, &whole[..whole.len() / 2]).unwrap();
    refused_alignments(&folder, &file, &["cut.bam", "truncated"]).with_hint();
}

#[test]
fn a_bam_without_its_last_block_is_refused() {
    let folder = scratch("no_end");
    let file = folder.join("no_end.bam");
    let whole = whole_file();
    assert!(whole.ends_with(&END));
    fs::write(&file, &whole[..whole.len() - END.len()]).unwrap();
    refused_alignments(&folder, &file, &["no_end.bam", "end-of-file marker"]).with_hint();
}

#[test]
fn a_bam_cut_in_the_middle_and_ended_properly_is_refused() {
    let folder = scratch("cut_ended");
    let file = folder.join("cut_ended.bam");
    let whole = whole_file();
    fs::write(&file, [&whole[..whole.len() / 2], &END].concat()).unwrap();
    refused_alignments(&folder, &file, &["cut_ended.bam", "record "]).with_hint();
}

#[test]
fn a_bam_with_a_flipped_bit_is_refused() {
    let folder = scratch("flipped");
    let file = folder.join("flipped.bam");
    let mut bytes = whole_file();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 0x10;
    fs::write(&file, bytes).unwrap();
    refused_alignments(&folder, &file, &["flipped.bam", "damaged", "record "]).with_hint();
}

#[test]
fn a_cram_cut_in_the_middle_is_refused() {
    let folder = scratch("cut_cram");
    let (whole, file) = (folder.join("whole.cram"), folder.join("cut.cram"));
    toy().write_as("old_2", &whole);
    let bytes = fs::read(&whole).unwrap();
    fs::write(&file, &bytes[..bytes.len() / 2]).unwrap();
    refused_alignments(&folder, &file, &["cut.cram"]);
}

#[test]
fn a_zero_byte_file_is_refused() {
    let folder = scratch("zero");
    let file = folder.join("zero.bam");
    File::create(&file).unwrap();
    refused_alignments(&folder, &file, &["zero.bam", "empty"]);
}

#[test]
fn a_file_that_is_no_alignment_file_is_refused() {
    let folder = scratch("no_bam");
    let file = folder.join("notes.bam");
    fs::write(&file, "these are my notes\n").unwrap();
    refused_alignments(&folder, &file, &["notes.bam", "SAM, BAM or CRAM"]);
    let fasta = folder.join("genome.bam");
    fs::write(&fasta, ">chr1\nACGT\n").unwrap();
    let mut count = nadsplice();
    count.args(["count", "--sample", "s", "--gtf"]).arg(&toy().gtf).arg("-o").arg(folder.join("s.counts"));
    Called::of(count.arg(&fasta)).failed(1, &["genome.bam", "FASTA"]);
}

#[test]
fn a_bam_without_records_is_refused() {
    let folder = scratch("empty");
    let file = folder.join("empty.bam");
    let mut bam = Bam::read(&toy().bam("old_2"));
    bam.records.clear();
    bam.write(&file);
    refused_alignments(&folder, &file, &["empty.bam", "no alignment records"]);
}

#[test]
fn a_bam_without_contigs_is_refused() {
    let folder = scratch("no_contigs");
    let file = folder.join("unaligned.bam");
    let mut bam = Bam::read(&toy().bam("old_2"));
    bam.text = "@HD\tVN:1.6\tSO:unsorted\n".to_owned();
    bam.contigs.clear();
    bam.records.clear();
    bam.write(&file);
    refused_alignments(&folder, &file, &["unaligned.bam", "@SQ"]);
}

#[test]
fn a_bam_without_spliced_reads_is_refused() {
    let folder = scratch("unspliced");
    let file = folder.join("genomic.bam");
    let mut bam = Bam::read(&toy().bam("old_2"));
    bam.records.retain(|record| !Bam::is_spliced(record));
    bam.write(&file);
    let used = bam.records.len().to_string();
    refused_alignments(&folder, &file, &["genomic.bam", "no spliced alignment", &used]).with_hint();
}

#[test]
fn malformed_program_lines_do_not_matter() {
    let lines = [
        "@PG\tPN:STAR\tVN:no id\n",
        "@PG\tID:twice\tVN:1\n@PG\tID:twice\tVN:2\n",
        "@PG STAR --runThreadN 8\n",
        "@PG\tID:star\tCL:STAR --outSAMattrRGline\tID:1 SM:2\n",
        "@PG\tID:lost\tPP:nobody\n",
    ];
    for (k, line) in lines.into_iter().enumerate() {
        let folder = scratch(&format!("program_line_{k}"));
        let file = folder.join("file.bam");
        let mut bam = Bam::read(&toy().bam("old_2"));
        bam.text.push_str(line);
        bam.write(&file);
        read_all_the_same(&folder, &file);
    }
}

#[test]
fn duplicate_contig_lines_do_not_matter() {
    let whole = Bam::read(&toy().bam("old_2"));
    let line = whole.text.lines().find(|l| l.starts_with("@SQ")).unwrap();
    let text = format!("{}{line}\n", whole.text);
    let twice = [whole.contigs.clone(), vec![whole.contigs[0].clone()]].concat();
    let forms = [
        Bam { text: text.clone(), ..whole.clone() },
        Bam { contigs: twice.clone(), ..whole.clone() },
        Bam { text, contigs: twice, ..whole },
    ];
    for (k, form) in forms.into_iter().enumerate() {
        let folder = scratch(&format!("contig_line_{k}"));
        let file = folder.join("file.bam");
        form.write(&file);
        read_all_the_same(&folder, &file);
    }
}

#[test]
fn a_missing_index_does_not_matter() {
    let folder = scratch("no_index");
    let file = folder.join("copy.bam");
    fs::write(&file, whole_file()).unwrap();
    read_all_the_same(&folder, &file);
}
