//! Sample sheets in all the forms that are read.

#![allow(clippy::unwrap_used, reason = "the helpers fail as their tests do")]

use std::{
    fs,
    path::{Path, PathBuf},
};

use insta::assert_snapshot;
use nadsplice_core::LibraryStrandedness;
use nadsplice_diff::{Column, Inputs, Role, SampleSheet, SheetError};
use tempfile::TempDir;

fn folder(files: &[&str]) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    for file in files {
        let path = folder.path().join(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, "").unwrap();
    }
    folder
}

fn read(folder: &TempDir, text: &str, inputs: Inputs) -> Result<SampleSheet, SheetError> {
    let path = folder.path().join("sheet.tsv");
    fs::write(&path, text).unwrap();
    SampleSheet::read(&path, inputs)
}

fn message<T>(result: Result<T, SheetError>, folder: &TempDir) -> String {
    match result {
        Ok(_) => panic!("accepted a sheet that is wrong"),
        Err(error) => error.to_string().replace(&format!("{}/", folder.path().display()), ""),
    }
}

fn names(sheet: &SampleSheet) -> Vec<&str> {
    sheet.samples().iter().map(|sample| sample.name.as_str()).collect()
}

fn cells(column: &Column) -> Vec<&str> {
    column.cells().iter().map(|cell| cell.as_deref().unwrap_or("-")).collect()
}

#[test]
fn a_sheet_with_tabs_has_samples_files_factors_and_numbers() {
    let folder = folder(&["bams/a.bam", "b.counts"]);
    let sheet = read(
        &folder,
        "sample\tbam\tcounts\tstrandedness\tcondition\tage\n\
         a\tbams/a.bam\t\treverse\told\t71\n\
         b\t\tb.counts\tauto\tyoung\tNA\n",
        Inputs::Required,
    )
    .unwrap();
    let [a, b] = sheet.samples() else { panic!("two samples") };
    assert_eq!((a.name.as_str(), a.line), ("a", 2));
    assert_eq!(a.alignments.as_deref(), Some(folder.path().join("bams/a.bam").as_path()));
    assert_eq!(a.strandedness, Some(LibraryStrandedness::Reverse));
    assert_eq!((&b.alignments, b.strandedness), (&None, None));
    assert_eq!(b.counts, Some(folder.path().join("b.counts")));
    assert_eq!(sheet.variables().map(Column::name).collect::<Vec<_>>(), ["condition", "age"]);
    assert_eq!(sheet.columns().len(), 6);
    assert_eq!(sheet.variable("condition").unwrap().levels(), ["old", "young"]);
    assert_eq!(sheet.variable("age").unwrap().numbers(), Some(&[Some(71.0), None][..]));
    assert!(sheet.variable("bam").is_none());
}

#[test]
fn a_sheet_with_commas_may_have_quoted_cells() {
    let folder = folder(&[]);
    let sheet = read(
        &folder,
        "\"sample\",\"condition\",\"note\"\r\n\"a\",\"old\",\"first, of two\"\r\n\"b\",\"young\",\"\"\r\n",
        Inputs::Ignored,
    )
    .unwrap();
    assert_eq!(names(&sheet), ["a", "b"]);
    assert_eq!(cells(sheet.variable("note").unwrap()), ["first, of two", "-"]);
}

#[test]
fn an_nf_core_sheet_is_read_as_it_is() {
    let folder = folder(&["a.bam", "b.bam"]);
    let sheet = read(
        &folder,
        "sample,fastq_1,fastq_2,strandedness,genome_bam,condition\n\
         a,a_L1_1.fq.gz,a_L1_2.fq.gz,auto,a.bam,old\n\
         a,a_L2_1.fq.gz,a_L2_2.fq.gz,auto,a.bam,old\n\
         b,b_1.fq.gz,b_2.fq.gz,forward,b.bam,young\n",
        Inputs::Required,
    )
    .unwrap();
    assert_eq!(names(&sheet), ["a", "b"]);
    assert_eq!(sheet.samples()[1].strandedness, Some(LibraryStrandedness::Forward));
    assert_eq!(sheet.variables().map(Column::name).collect::<Vec<_>>(), ["condition"]);
    let fastq = sheet.columns().iter().find(|column| column.name() == "fastq_1").unwrap();
    assert_eq!((fastq.role(), cells(fastq)), (Role::OtherFile, vec!["a_L1_1.fq.gz", "b_1.fq.gz"]));
}

#[test]
fn the_group_of_a_shiba_table_is_the_condition() {
    let folder = folder(&["a.bam", "b.bam"]);
    let sheet = read(
        &folder,
        "sample\tbam\tgroup\ttechnology\na\ta.bam\tRef\tshort\nb\tb.bam\tAlt\tshort\n",
        Inputs::Required,
    )
    .unwrap();
    assert_eq!(sheet.variable("condition").unwrap().name(), "group");
    assert_eq!(sheet.variable("group").unwrap().levels(), ["Ref", "Alt"]);
}

#[test]
fn all_problems_of_a_sheet_are_told_at_once() {
    let folder = folder(&["a.bam", "c.bam"]);
    let text = "sample\tbam\tstrandedness\tcondition\n\
                a\ta.bam\treverse\told\n\
                a\tmissing.bam\tsideways\told\n\
                \tc.bam\t\tyoung\n\
                d\t./a.bam\t\tyoung\n\
                e\tc.bam\tyoung\n\
                x/y\t\t\tyoung\n\
                chrom\t\t\tyoung\n";
    assert_snapshot!(message(read(&folder, text, Inputs::Required), &folder), @r"
    10 problems in the sample sheet:
      `sheet.tsv`, line 3: unknown strandedness `sideways` (expected unstranded, forward or reverse)
      `sheet.tsv`, line 3: sample name `a` is taken: `sheet.tsv`, line 2
      `sheet.tsv`, line 3: file `missing.bam` not found
      `sheet.tsv`, line 4: the sample has no name
      `sheet.tsv`, line 5: `./a.bam` belongs already to sample `a`
      `sheet.tsv`, line 6: 3 cells, expected 4 as in the header
      `sheet.tsv`, line 7: sample name `x/y` cannot be used: names become file names, which hold no path separators
      `sheet.tsv`, line 7: sample `x/y` has neither `bam` nor `counts` nor `junctions`
      `sheet.tsv`, line 8: sample name `chrom` cannot be used: the result tables have a column of this name
      `sheet.tsv`, line 8: sample `chrom` has neither `bam` nor `counts` nor `junctions`
    ");
    let without_files = message(read(&folder, text, Inputs::Ignored), &folder);
    assert!(!without_files.contains("not found") && !without_files.contains("neither"), "{without_files}");
}

#[test]
fn a_sheet_without_samples_or_columns_is_refused() {
    let folder = folder(&[]);
    let messages = [
        "",
        "sample\tbam\n",
        "name\tbam\na\tb\n",
        "sample;bam\na;b\n",
        "sample,,condition\na,b,c\n",
        "sample,x,x\na,b,c\n",
        "sample,bam\na,b,c,\n",
    ]
    .map(|text| message(read(&folder, text, Inputs::Ignored), &folder));
    assert_snapshot!(messages.join("\n"), @r"
    `sheet.tsv`: no samples
    `sheet.tsv`: no samples
    `sheet.tsv`: no column `sample` (its columns: `name`, `bam`)
    `sheet.tsv`: no column `sample` (its columns: `sample;bam`)
    `sheet.tsv`, line 1: column 2 has no name
    `sheet.tsv`, line 1: two columns are named `x`
    `sheet.tsv`, line 2: 3 cells, expected 2 as in the header
    ");
    let error = SampleSheet::read(Path::new("no/such/sheet.csv"), Inputs::Ignored).unwrap_err();
    assert_eq!(error.to_string(), "could not read sample sheet `no/such/sheet.csv`");
}

#[test]
fn a_column_without_name_and_values_is_no_column() {
    let folder = folder(&[]);
    let sheet = read(&folder, "sample,,condition,\na,,old\nb,,young,\n", Inputs::Ignored).unwrap();
    assert_eq!(sheet.columns().iter().map(Column::name).collect::<Vec<_>>(), ["sample", "condition"]);
}

fn groups(folder: &TempDir, b1: &str, b2: &str) -> Result<SampleSheet, SheetError> {
    let paths: [PathBuf; 2] = ["b1.txt", "b2.txt"].map(|file| folder.path().join(file));
    fs::write(&paths[0], b1).unwrap();
    fs::write(&paths[1], b2).unwrap();
    SampleSheet::from_rmats_groups(&paths[0], &paths[1], Inputs::Required)
}

#[test]
fn rmats_group_files_name_samples_after_their_files() {
    let folder = folder(&["x.rep-1.bam", "x.rep-2.bam", "y.cram"]);
    let sheet = groups(&folder, "x.rep-1.bam, x.rep-2.bam\n", "y.cram").unwrap();
    assert_eq!(names(&sheet), ["x.rep-1", "x.rep-2", "y"]);
    assert_eq!(cells(sheet.variable("condition").unwrap()), ["group1", "group1", "group2"]);
    assert_eq!(sheet.samples()[0].alignments, Some(folder.path().join("x.rep-1.bam")));
    assert_eq!(
        sheet.columns().iter().map(Column::role).collect::<Vec<_>>(),
        [Role::Sample, Role::Alignments, Role::Variable,]
    );
}

#[test]
fn samples_of_equal_file_names_are_named_after_their_folders() {
    let out = "Aligned.sortedByCoord.out.bam";
    let folder = folder(&[&format!("s1/{out}"), &format!("s2/{out}"), "z.bam"]);
    let sheet = groups(&folder, &format!("s1/{out}"), &format!("s2/{out},z.bam")).unwrap();
    assert_eq!(names(&sheet), ["s1", "s2", "z"]);
}

#[test]
fn problems_of_rmats_groups_name_the_file() {
    let folder = folder(&["x.bam"]);
    let mut messages = vec![message(groups(&folder, "x.bam,no.bam", "\nx.bam\n"), &folder)];
    messages.push(message(groups(&folder, "x.bam", "\n"), &folder));
    assert_snapshot!(messages.join("\n"), @r"
    3 problems in the sample sheet:
      `b1.txt`, line 1: file `no.bam` not found
      `b2.txt`, line 2: sample name `x` is taken: `b1.txt`, line 1
      `b2.txt`, line 2: `x.bam` belongs already to sample `x`
    `b2.txt`: no samples
    ");
}

#[test]
fn real_rmats_groups_are_read() {
    let data = std::env::var_os("NADSPLICE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let folder = data.join("esrp");
    if !folder.exists() {
        println!("skipped: no data in {}", data.display());
        return;
    }
    let sheet =
        SampleSheet::from_rmats_groups(&folder.join("b1.txt"), &folder.join("b2.txt"), Inputs::Required)
            .unwrap();
    assert_eq!(
        names(&sheet),
        ["231ESRP.25K.rep-1", "231ESRP.25K.rep-2", "231EV.25K.rep-1", "231EV.25K.rep-2"]
    );
}

#[test]
fn what_was_measured_joins_the_sheet_by_sample_and_is_no_variable_beside_a_column() {
    let folder = tempfile::tempdir().unwrap();
    let read = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        SampleSheet::read(&path, Inputs::Ignored).unwrap()
    };
    let mut sheet =
        read("sheet.tsv", "sample\tcondition\tread_length\na\told\t75\nb\tyoung\t75\nc\told\t50\n");
    let found = read("samples.tsv", "sample\tread_length\tmt_share\tother\nc\t1\t0.5\t1\na\t1\tNA\t1\n");
    sheet.add_measured(&found, |name| name != "other");
    let names: Vec<&str> = sheet.measured().map(Column::name).collect();
    assert_eq!(names, ["read_length", "mt_share"]);
    let names: Vec<&str> = sheet.variables().map(Column::name).collect();
    assert_eq!(names, ["condition", "read_length", "mt_share"]);
    assert_eq!(sheet.measured().next().unwrap().numbers(), Some(&[Some(1.0), None, Some(1.0)][..]));
    assert_eq!(sheet.variable("mt_share").unwrap().numbers(), Some(&[None, None, Some(0.5)][..]));
    assert_eq!(sheet.variable("read_length").unwrap().numbers().unwrap()[2], Some(50.0));
    sheet.add_stand_ins(&["mt_share", "intronic_share", "fat_score"]);
    let values = |name: &str| sheet.variable(name).unwrap().numbers().unwrap().to_vec();
    assert_eq!(values("mt_share")[2], Some(0.5));
    assert!(values("intronic_share").iter().all(Option::is_some));
    assert_ne!(values("intronic_share"), values("fat_score"));
}
