//! Damaged, foreign and contradictory input: a clear error and no table, or a warning and the right tables.

use std::{
    fs::{self, File},
    path::{Path, PathBuf},
};

use crate::{
    bam_bytes::{Bam, END},
    data::{Entry, data, write_sheet},
    demo::demo,
    formats::assert_all_tables,
    order::{assert_same_tables, tables},
    program::{Called, nadsplice, run},
    scratch::{files_below, scratch},
    toy::{CONTRAST, SAMPLES, toy, toy_results},
    tsv::Tsv,
};

/// Calls `run` with the toy cohort's contrast, demands that it refuses, and that there is no table.
#[track_caller]
fn refused(folder: &Path, sheet: &Path, gtf: &Path, words: &[&str]) -> Called {
    refused_with(folder, sheet, gtf, &CONTRAST, words)
}

#[track_caller]
fn refused_with(folder: &Path, sheet: &Path, gtf: &Path, options: &[&str], words: &[&str]) -> Called {
    let results = folder.join("results");
    let called = Called::of(run(sheet, gtf, &results).args(options)).failed(1, words);
    if results.exists() {
        assert_eq!(files_below(&results), Vec::<PathBuf>::new());
    }
    called
}

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

fn whole_file() -> Vec<u8> {
    fs::read(toy().bam("old_2")).unwrap()
}

/// Writes a sheet of raw text.
fn sheet(folder: &Path, rows: &[&str]) -> PathBuf {
    let path = folder.join("sheet.tsv");
    fs::write(&path, rows.join("\n")).unwrap();
    path
}

/// A row of the toy cohort's sheet.
fn row(sample: &str, file: &str, group: &str) -> String {
    format!("{sample}\t{}\t{group}", toy().bam(file).display())
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
    let constitutive: String =
        text.lines().filter(|l| !l.contains(".skipping")).map(|l| format!("{l}\n")).collect();
    fs::write(&gtf, constitutive).unwrap();
    let results = folder.join("results");
    let mut command = run(&toy().sheet, &gtf, &results);
    Called::of(command.args(CONTRAST)).failed(1, &["no alternative splicing event"]).with_hint();
    assert!(tables(&results).is_empty());
}

#[test]
fn a_sheet_with_a_sample_twice_is_refused_with_the_line() {
    let folder = scratch("twice");
    let rows = [
        "sample\tbam\tcondition".to_owned(),
        row("a", "old_1", "old"),
        row("a", "old_2", "old"),
        row("b", "young_1", "young"),
        row("c", "young_2", "young"),
    ];
    let sheet = sheet(&folder, &rows.each_ref().map(String::as_str));
    refused(&folder, &sheet, &toy().gtf, &["sheet.tsv", "line 3", "`a`", "line 2"]);
}

#[test]
fn a_file_that_belongs_to_two_samples_is_refused_with_the_line() {
    let folder = scratch("shared_file");
    let rows = [
        "sample\tbam\tcondition".to_owned(),
        row("a", "old_1", "old"),
        row("d", "old_1", "old"),
        row("b", "young_1", "young"),
        row("c", "young_2", "young"),
    ];
    let sheet = sheet(&folder, &rows.each_ref().map(String::as_str));
    refused(&folder, &sheet, &toy().gtf, &["sheet.tsv", "line 3", "old_1.bam", "`a`"]);
}

#[test]
fn all_missing_files_of_a_sheet_are_named_at_once() {
    let folder = scratch("missing_files");
    let rows = [
        "sample\tbam\tcondition".to_owned(),
        row("a", "nowhere_1", "old"),
        row("b", "old_2", "old"),
        row("c", "young_1", "young"),
        row("d", "nowhere_2", "young"),
    ];
    let sheet = sheet(&folder, &rows.each_ref().map(String::as_str));
    let words = ["2 problems", "line 2", "nowhere_1.bam", "line 5", "nowhere_2.bam"];
    refused(&folder, &sheet, &toy().gtf, &words);
}

#[test]
fn all_damaged_files_of_a_cohort_are_named_at_once() {
    let folder = scratch("several_damaged");
    let (cut, empty) = (folder.join("cut.bam"), folder.join("zero.bam"));
    let whole = whole_file();
    fs::write(&cut, &whole[..whole.len() / 2]).unwrap();
    File::create(&empty).unwrap();
    let mut entries = toy().entries();
    entries[0].1 = cut;
    entries[3].1 = empty;
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &entries);
    let words = ["2 problems", "`old_1`", "cut.bam", "`young_2`", "zero.bam"];
    refused(&folder, &sheet, &toy().gtf, &words);
}

#[test]
fn a_group_of_one_sample_is_refused() {
    let folder = scratch("one_sample");
    let entries = &toy().entries()[1..];
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, entries);
    let words = ["condition:old:young", "at least 2 samples", "1 in `old`", "2 in `young`"];
    refused(&folder, &sheet, &toy().gtf, &words);
}

#[test]
fn unknown_contrasts_are_refused_with_what_there_is() {
    let folder = scratch("contrasts");
    let (sheet, gtf) = (&toy().sheet, &toy().gtf);
    for (contrast, words) in [
        ("condition:ancient:young", ["`condition`", "`ancient`", "`old`", "`young`"]),
        ("batch:old:young", ["`batch`", "`condition`", "column", "sheet"]),
        ("old:young", ["`old:young`", "factor:case:control", "contrast", "form"]),
        ("condition:old:old", ["condition:old:old", "old", "contrast", ""]),
    ] {
        refused_with(&folder, sheet, gtf, &["--contrast", contrast], &words);
    }
}

#[test]
fn without_a_contrast_events_are_quantified_and_nothing_is_guessed() {
    let folder = scratch("no_contrast");
    let results = folder.join("results");
    let called = Called::of(&mut run(&toy().sheet, &toy().gtf, &results)).succeeded();
    assert!(called.stderr.contains("no contrast"), "{}", called.stderr);
    let found = tables(&results);
    assert!(found["psi.tsv"] == tables(toy_results())["psi.tsv"]);
    assert!(!found.contains_key("differential.tsv"));
}

#[test]
fn a_sheet_that_is_missing_or_has_no_samples_is_refused() {
    let folder = scratch("no_sheet");
    refused(&folder, &folder.join("nowhere.tsv"), &toy().gtf, &["nowhere.tsv"]);
    let empty = sheet(&folder, &["sample\tbam\tcondition", ""]);
    refused(&folder, &empty, &toy().gtf, &["sheet.tsv"]);
}

#[test]
fn a_strandedness_that_the_reads_contradict_is_refused_with_the_fractions() {
    let folder = scratch("strandedness");
    let stated = [["a", "old_1", "old", "reverse"], ["b", "old_2", "old", "forward"]];
    let mut rows = vec!["sample\tbam\tcondition\tstrandedness".to_owned()];
    rows.extend(stated.map(|[s, file, group, word]| format!("{}\t{word}", row(s, file, group))));
    rows.extend(["young_1", "young_2"].map(|s| format!("{}\tauto", row(s, s, "young"))));
    let sheet = sheet(&folder, &rows.iter().map(String::as_str).collect::<Vec<_>>());
    let words = ["sample `b`", "forward", "reverse", "fragments over annotated junctions", "0.0%"];
    let called = refused(&folder, &sheet, &toy().gtf, &words).with_hint();
    assert!(!called.stderr.contains("sample `a`"));

    let mut options = CONTRAST.to_vec();
    options.extend(["--strandedness", "forward"]);
    refused_with(&folder, &toy().sheet, &toy().gtf, &options, &["4 problems", "stated strandedness"]);

    let mut quantify = nadsplice();
    quantify.args(["quantify", "--strandedness", "unstranded", "--gtf"]).arg(&toy().gtf);
    quantify.arg("--samples").arg(&toy().sheet).arg("-o").arg(folder.join("quant"));
    let words = ["--strandedness says unstranded", "reads are reverse", "100.0%"];
    Called::of(quantify.args(counts_files(&toy_results().join("counts")))).failed(1, &words).with_hint();
    assert!(tables(&folder.join("quant")).is_empty());
}

/// The toy cohort's counts files in a folder.
fn counts_files(folder: &Path) -> Vec<PathBuf> {
    SAMPLES.iter().map(|(name, _)| folder.join(format!("{name}.counts"))).collect()
}

/// `quantify` on the toy cohort's counts files, one of them with other content.
fn quantify_with(folder: &Path, gtf: &Path, content: &[u8]) -> Called {
    let counts = folder.join("counts");
    fs::create_dir_all(&counts).unwrap();
    for (from, to) in counts_files(&toy_results().join("counts")).iter().zip(counts_files(&counts)) {
        fs::copy(from, to).unwrap();
    }
    fs::write(&counts_files(&counts)[1], content).unwrap();
    let mut command = nadsplice();
    command.args(["quantify", "--gtf"]).arg(gtf).arg("--samples").arg(&toy().sheet);
    let called = Called::of(command.arg("-o").arg(folder.join("quant")).args(counts_files(&counts)));
    if folder.join("quant").exists() {
        assert!(tables(&folder.join("quant")).is_empty());
    }
    called
}

fn good_counts() -> Vec<u8> {
    fs::read(&counts_files(&toy_results().join("counts"))[1]).unwrap()
}

#[test]
fn a_corrupted_counts_file_is_refused() {
    let folder = scratch("corrupted_counts");
    let mut bytes = good_counts();
    let middle = bytes.len() / 2;
    bytes[middle] ^= 1;
    quantify_with(&folder, &toy().gtf, &bytes).failed(1, &["old_2.counts", "damaged"]).with_hint();
    let cut = &good_counts()[..middle];
    quantify_with(&folder, &toy().gtf, cut).failed(1, &["old_2.counts", "damaged"]).with_hint();
}

#[test]
fn a_file_that_is_no_counts_file_is_refused() {
    let folder = scratch("no_counts");
    quantify_with(&folder, &toy().gtf, b"").failed(1, &["old_2.counts", "not a counts file"]).with_hint();
    quantify_with(&folder, &toy().gtf, b"sample\tn\n").failed(1, &["old_2.counts"]).with_hint();
}

#[test]
fn counts_of_another_annotation_are_refused() {
    let folder = scratch("other_annotation");
    let gtf = folder.join("genes.gtf");
    let more = "chr1\tx\texon\t11\t20\t.\t+\t.\tgene_id \"NEW\"; transcript_id \"NEW.1\";\n";
    fs::write(&gtf, fs::read_to_string(&toy().gtf).unwrap() + more).unwrap();
    let words = [".counts` of sample `", "another annotation"];
    quantify_with(&folder, &gtf, &good_counts()).failed(1, &words).with_hint();
}

#[test]
fn counts_of_another_sample_are_refused() {
    let folder = scratch("other_sample");
    let other = fs::read(&counts_files(&toy_results().join("counts"))[0]).unwrap();
    quantify_with(&folder, &toy().gtf, &other).failed(1, &["two counts files", "`old_1`", "old_2.counts"]);
}

#[test]
fn counts_of_two_ways_of_counting_are_not_mixed() {
    let folder = scratch("mixed_counting");
    let rmats = folder.join("rmats.counts");
    let mut count = nadsplice();
    count.args(["count", "--sample", "old_2", "--counting", "rmats", "--read-length", "100", "--gtf"]);
    Called::of(count.arg(&toy().gtf).arg("-o").arg(&rmats).arg(toy().bam("old_2"))).succeeded();
    let words = ["`old_2`", "--counting rmats", "--counting fragments"];
    quantify_with(&folder, &toy().gtf, &fs::read(&rmats).unwrap()).failed(1, &words).with_hint();
}

#[test]
fn damaged_counts_of_an_earlier_run_are_made_again() {
    let folder = scratch("interrupted");
    let results = folder.join("results");
    fs::create_dir_all(results.join("counts")).unwrap();
    for (from, to) in
        counts_files(&toy_results().join("counts")).iter().zip(counts_files(&results.join("counts")))
    {
        fs::copy(from, to).unwrap();
    }
    let damaged = &counts_files(&results.join("counts"))[1];
    let good = good_counts();
    fs::write(damaged, &good[..good.len() - 100]).unwrap();
    Called::of(run(&toy().sheet, &toy().gtf, &results).args(CONTRAST)).succeeded();
    assert!(fs::read(damaged).unwrap() == good);
    assert_same_tables(&tables(&results), &tables(toy_results()));
}

#[test]
fn files_and_folders_of_others_are_left_alone() {
    let folder = scratch("foreign");
    let outdir = folder.join("thesis");
    fs::create_dir(&outdir).unwrap();
    fs::write(outdir.join("chapter.txt"), "precious").unwrap();
    let words = ["thesis", "not empty"];
    Called::of(run(&toy().sheet, &toy().gtf, &outdir).args(CONTRAST)).failed(1, &words).with_hint();
    Called::of(nadsplice().args(["demo", "--outdir"]).arg(&outdir)).failed(1, &words).with_hint();
    assert_eq!(files_below(&outdir), [PathBuf::from("chapter.txt")]);

    let mut count = nadsplice();
    count.args(["count", "--sample", "old_1", "--gtf"]).arg(&toy().gtf);
    count.arg("-o").arg(outdir.join("chapter.txt")).arg(toy().bam("old_1"));
    Called::of(&mut count).failed(1, &["chapter.txt", "will not overwrite"]).with_hint();
    assert_eq!(fs::read_to_string(outdir.join("chapter.txt")).unwrap(), "precious");
}

#[test]
fn a_panel_file_whose_genes_are_not_in_the_annotation_is_refused() {
    let folder = scratch("foreign_panel");
    let panel = folder.join("panel.tsv");
    fs::write(&panel, "symbol\nNOSUCHGENE\n").unwrap();
    let mut enrich = nadsplice();
    enrich.args(["enrich", "--diff"]).arg(toy_results()).arg("--quant").arg(toy_results());
    enrich.arg("--panel").arg(&panel).arg("-o").arg(folder.join("out"));
    Called::of(&mut enrich).failed(1, &["panel.tsv", "annotation"]).with_hint();
    assert!(tables(&folder.join("out")).is_empty());
}

#[test]
fn wrong_usage_ends_with_code_2() {
    for arguments in [
        &["frobnicate"][..],
        &["run"],
        &["run", "--samples"],
        &["count", "--gtf", "g.gtf", "--threads", "0"],
        &["events", "--gtf", "g.gtf", "--format", "xml"],
        &["count", "--gtf", "g.gtf", "--counting", "rmats", "--sample", "s", "-o", "s.counts", "s.bam"],
        &["demo"],
    ] {
        Called::with(arguments).failed(2, &["error: ", "--help"]);
    }
}

#[test]
fn tables_that_lack_are_named() {
    let folder = scratch("no_tables");
    let mut export = nadsplice();
    export.args(["export", "--format", "rmats", "--results"]).arg(&folder).arg("-o").arg(folder.join("o"));
    Called::of(&mut export).failed(1, &["events.tsv"]);
    let mut diff = nadsplice();
    diff.args(["diff", "--quant"]).arg(&folder).arg("--samples").arg(&toy().sheet).args(CONTRAST);
    Called::of(diff.arg("-o").arg(folder.join("o"))).failed(1, &["events.tsv"]);
}

#[test]
fn check_finds_nothing_wrong_with_a_sound_cohort() {
    let data = demo().join("data");
    let mut check = nadsplice();
    check
        .arg("check")
        .arg("--samples")
        .arg(data.join("samples.tsv"))
        .arg("--gtf")
        .arg(data.join("genes.gtf"));
    let called = Called::of(check.args(["--contrast", "condition:old:young"])).succeeded();
    let table = Tsv::parse(&called.stdout);
    assert_eq!(table.rows.len(), 12);
    assert!(table.cells("status").iter().all(|&s| s == "ok"));
    assert!(table.cells("build").iter().all(|b| b.contains("GRCh38")));
    assert!(table.cells("indexed").iter().all(|&i| i == "yes"));
}
