//! Matrices with a column for each sample.

use std::fs;

use insta::assert_snapshot;
use nadsplice_core::Strand;
use nadsplice_table::*;
use proptest::prelude::*;

use super::{fails, strings, text};

fn lead(event_id: &str) -> EventLead {
    EventLead { event_id: event_id.to_owned() }
}

#[test]
fn matrices_come_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let samples = strings(&["s1", "s2", "s3"]);
    let counts = [[Some(0), None, Some(u32::MAX)], [Some(7), Some(12), Some(1)]];
    let psi = [[0.0, f64::NAN, 1.0], [0.5, -0.0, 0.333_333_333]];
    let mut writer = INCLUSION_COUNTS.create(folder.path(), &samples).unwrap();
    writer.write(&lead("a"), counts[0]).unwrap();
    writer.write(&lead("b"), counts[1]).unwrap();
    writer.finish().unwrap();
    let mut writer = PSI.create(folder.path(), &samples).unwrap();
    writer.write(&lead("a"), psi[0]).unwrap();
    writer.write(&lead("b"), psi[1]).unwrap();
    writer.finish().unwrap();
    assert_snapshot!(
        format!("{}{}", text(folder.path(), "inclusion_counts.tsv"), text(folder.path(), "psi.tsv")), @r"
    event_id | s1 | s2 | s3
    a | 0 | NA | 4294967295
    b | 7 | 12 | 1
    event_id | s1 | s2 | s3
    a | 0.000000 | NA | 1.000000
    b | 0.500000 | 0.000000 | 0.333333
    "
    );

    let read = INCLUSION_COUNTS.read::<u32>(folder.path(), SampleColumns::All).unwrap();
    assert_eq!(read.samples(), samples);
    assert_eq!((read.row(0), read.row(1)), (&counts[0][..], &counts[1][..]));
    let chosen = strings(&["s3", "s1"]);
    let read = PSI.read::<f64>(folder.path(), SampleColumns::Named(&chosen)).unwrap();
    assert_eq!(read.row(0), [Some(1.0), Some(0.0)]);
    assert_eq!(read.row(1), [Some(0.333_333), Some(0.5)]);
}

#[test]
fn junctions_genes_and_clusters_have_their_leading_columns() {
    let folder = tempfile::tempdir().unwrap();
    let junction = JunctionLead {
        chrom: "chr4".to_owned(),
        start0: 200,
        end: 300,
        strand: None,
        annotated: true,
        gene_id: strings(&["ENSG1", "ENSG2"]),
    };
    let mut writer = JUNCTIONS.create(folder.path(), &["s1"]).unwrap();
    writer.write(&junction, [5u32]).unwrap();
    writer.finish().unwrap();
    let gene = GeneLead { gene_id: "ENSG1".to_owned(), gene_name: "CD38".to_owned() };
    let mut writer = GENE_COUNTS.create(folder.path(), &["s1"]).unwrap();
    writer.write(&gene, [6u64]).unwrap();
    writer.finish().unwrap();
    let member = ClusterLead {
        cluster_id: "CL:chr4:200-401:+".to_owned(),
        chrom: "chr4".to_owned(),
        strand: Some(Strand::Forward),
        gene_id: strings(&["ENSG1"]),
        gene_name: strings(&["CD38"]),
        junction_start0: 200,
        junction_end: 300,
        annotated: false,
        class: strings(&["alt3p", "ir"]),
        kind: "intron".to_owned(),
        pairs: strings(&["alt3p:200-400", "ir:200-300"]),
        events: Vec::new(),
    };
    let mut writer = CLUSTERS.create(folder.path(), &["s1"]).unwrap();
    writer.write(&member, [5u64]).unwrap();
    writer.finish().unwrap();
    let files = ["junctions.tsv", "gene_counts.tsv", "clusters.tsv"];
    let all = files.map(|f| text(folder.path(), f)).join("\n");
    assert_snapshot!(all, @r"
    chrom | start0 | end | strand | annotated | gene_id | s1
    chr4 | 200 | 300 | . | yes | ENSG1,ENSG2 | 5

    gene_id | gene_name | s1
    ENSG1 | CD38 | 6

    cluster_id | chrom | strand | gene_id | gene_name | junction_start0 | junction_end | annotated | class | kind | pairs | events | s1
    CL:chr4:200-401:+ | chr4 | + | ENSG1 | CD38 | 200 | 300 | no | alt3p,ir | intron | alt3p:200-400,ir:200-300 | NA | 5
    ");
    assert_eq!(CLUSTERS.read::<u32>(folder.path(), SampleColumns::All).unwrap().leads(), [member]);
    let read = JUNCTIONS.read::<u32>(folder.path(), SampleColumns::All).unwrap();
    assert_eq!((read.leads(), read.row(0)), (&[junction][..], &[Some(5)][..]));
    assert_eq!(GENE_COUNTS.read::<u32>(folder.path(), SampleColumns::All).unwrap().leads(), [gene]);
}

#[test]
fn a_foreign_matrix_may_write_missing_and_whole_numbers_as_pandas_does() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("inclusion_counts.tsv"), "event_id\ta\tb\nx\t12.0\t\ny\tnan\t 3\n").unwrap();
    let read = INCLUSION_COUNTS.read::<u32>(folder.path(), SampleColumns::All).unwrap();
    assert_eq!((read.row(0), read.row(1)), (&[Some(12), None][..], &[None, Some(3)][..]));
}

#[test]
fn rows_that_are_wanted_are_read_without_the_others() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("inclusion_counts.tsv"),
        "event_id\ta\tb\r\nx\t1\t2\r\ny\tmany\t4\r\nz\t5\t6\r\n",
    )
    .unwrap();
    let read = |wanted: &str| {
        INCLUSION_COUNTS
            .read_where::<u32>(folder.path(), SampleColumns::All, |lead| wanted.contains(&lead.event_id))
    };
    let matrix = read("xz").unwrap();
    let ids: Vec<&str> = matrix.leads().iter().map(|lead| lead.event_id.as_str()).collect();
    assert_eq!(ids, ["x", "z"]);
    assert_eq!((matrix.row(0), matrix.row(1)), (&[Some(1), Some(2)][..], &[Some(5), Some(6)][..]));
    assert!(read("").unwrap().is_empty());
    assert!(fails(read("xy"), folder.path()).contains("line 3, column `a`: found `many`"));
}

#[test]
fn errors_of_matrices_name_file_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let mut messages = Vec::new();
    for body in [
        "x\t1\t2\ny\t3\tmany\n",
        "x\t1\t2\ny\t3\t1.5\n",
        "x\t1\t-2\n",
        "x\t1\tinf\n",
        "x\t1\t4294967296\n",
        "x\t1\t2\ny\t1\t2\nx\t3\t4\n",
        "x\t1\t2\ny\t3\n",
    ] {
        fs::write(folder.path().join("inclusion_counts.tsv"), format!("event_id\ta\tb\n{body}")).unwrap();
        messages.push(fails(INCLUSION_COUNTS.read::<u32>(folder.path(), SampleColumns::All), folder.path()));
    }
    fs::write(folder.path().join("inclusion_counts.tsv"), "event_id\ta\tb\nx\t1\t2\n").unwrap();
    let named = strings(&["a", "c", "event_id"]);
    messages.push(fails(
        INCLUSION_COUNTS.read::<u32>(folder.path(), SampleColumns::Named(&named)),
        folder.path(),
    ));
    let matrix = INCLUSION_COUNTS.read::<u32>(folder.path(), SampleColumns::All).unwrap();
    messages.push(fails(matrix.for_events(&["x", "y", "z"]), folder.path()));
    assert_snapshot!(messages.join("\n"), @r"
    `inclusion_counts.tsv`, line 3, column `b`: found `many`, expected a whole number from 0 to 4294967295, or NA
    `inclusion_counts.tsv`, line 3, column `b`: found `1.5`, expected a whole number from 0 to 4294967295, or NA
    `inclusion_counts.tsv`, line 2, column `b`: found `-2`, expected a whole number from 0 to 4294967295, or NA
    `inclusion_counts.tsv`, line 2, column `b`: found `inf`, expected a whole number from 0 to 4294967295, or NA
    `inclusion_counts.tsv`, line 2, column `b`: found `4294967296`, expected a whole number from 0 to 4294967295, or NA
    `inclusion_counts.tsv`, line 4: `x` stands already on line 2
    `inclusion_counts.tsv`, line 3: 2 tab-separated cells, expected 3 as in the header
    `inclusion_counts.tsv` has no column `c`, `event_id` (its columns: `event_id`, `a`, `b`)
    `inclusion_counts.tsv` lacks 2 of 3 events, the first of them `y`
    ");
}

#[test]
fn a_matrix_in_another_order_is_brought_into_that_of_the_events() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("inclusion_counts.tsv"), "event_id\ta\nx\t1\ny\t2\nz\t3\n").unwrap();
    let read = || INCLUSION_COUNTS.read::<u32>(folder.path(), SampleColumns::All).unwrap();
    let matrix = read().for_events(&["z", "x"]).unwrap();
    assert_eq!((matrix.len(), matrix.row(0), matrix.row(1)), (2, &[Some(3)][..], &[Some(1)][..]));
    assert_eq!(read().for_events(&["x", "y", "z"]).unwrap().row(2), [Some(3)]);
}

#[test]
fn events_are_given_away_one_by_one_with_their_places() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("inclusion_counts.tsv"), "event_id\ta\tb\nx\t1\t2\ny\t3\tNA\nz\tmany\t6\n")
        .unwrap();
    let samples = strings(&["b", "a"]);
    let read = |events: &[&str], unwanted: &str| {
        let mut found = Vec::new();
        INCLUSION_COUNTS
            .for_each_event::<u32>(
                folder.path(),
                SampleColumns::Named(&samples),
                events,
                |lead| lead.event_id != unwanted,
                |place, row| found.push((place, row.to_vec())),
            )
            .map(|()| found)
    };
    let found = read(&["y", "z", "x"], "z").unwrap();
    assert_eq!(found, [(2, vec![Some(2), Some(1)]), (0, vec![None, Some(3)])]);
    assert_snapshot!(
        [
            fails(read(&["y", "x"], ""), folder.path()),
            fails(read(&["y", "v", "x", "w"], "z"), folder.path()),
        ]
        .join("\n"), @r"
    `inclusion_counts.tsv`, line 4, column `a`: found `many`, expected a whole number from 0 to 4294967295, or NA
    `inclusion_counts.tsv` lacks 2 of 4 events, the first of them `v`
    "
    );
}

#[test]
fn of_several_faults_that_of_the_shape_comes_first_and_that_of_a_number_last() {
    let folder = tempfile::tempdir().unwrap();
    let mut messages = Vec::new();
    for (body, sample) in [
        ("x\tmany\nx\t1\nNA\t1\nz\t1\t2\n", "b"),
        ("x\tmany\nx\t1\nNA\t1\n", "b"),
        ("x\tmany\nx\t1\n", "b"),
        ("x\tmany\ny\tmore\n", "b"),
        ("x\tmany\ny\tmore\n", "a"),
    ] {
        fs::write(folder.path().join("inclusion_counts.tsv"), format!("event_id\ta\n{body}")).unwrap();
        let samples = strings(&[sample]);
        let read = INCLUSION_COUNTS.read::<u32>(folder.path(), SampleColumns::Named(&samples));
        messages.push(fails(read, folder.path()));
    }
    assert_snapshot!(messages.join("\n"), @r"
    `inclusion_counts.tsv`, line 5: 3 tab-separated cells, expected 2 as in the header
    `inclusion_counts.tsv`, line 4, column `event_id`: found `NA`, expected a text
    `inclusion_counts.tsv`, line 3: `x` stands already on line 2
    `inclusion_counts.tsv` has no column `b` (its columns: `event_id`, `a`)
    `inclusion_counts.tsv`, line 2, column `a`: found `many`, expected a whole number from 0 to 4294967295, or NA
    ");
}

#[test]
fn a_matrix_that_cannot_be_right_is_not_written() {
    let folder = tempfile::tempdir().unwrap();
    let error = INCLUSION_COUNTS.create(folder.path(), &["a", "a"]).unwrap_err();
    assert!(error.to_string().ends_with("would have two columns named `a`"), "{error}");
    let error = INCLUSION_COUNTS.create(folder.path(), &["event_id"]).unwrap_err();
    assert!(error.to_string().ends_with("would have two columns named `event_id`"), "{error}");
    let mut writer = INCLUSION_COUNTS.create(folder.path(), &["a", "b"]).unwrap();
    let error = writer.write(&lead("x"), [1u32]).unwrap_err();
    assert!(error.to_string().ends_with("has 1 values, expected 2"), "{error}");
    drop(writer);
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn counts_of_any_size_come_back(
        counts in prop::collection::vec(prop::collection::vec(any::<Option<u32>>(), 3), 0..40),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let mut writer = SKIPPING_COUNTS.create(folder.path(), &["a", "b", "c"]).unwrap();
        for (row, counts) in counts.iter().enumerate() {
            writer.write(&lead(&format!("e{row}")), counts.iter().copied()).unwrap();
        }
        writer.finish().unwrap();
        let read = SKIPPING_COUNTS.read::<u32>(folder.path(), SampleColumns::All).unwrap();
        prop_assert_eq!(read.len(), counts.len());
        for (row, counts) in counts.iter().enumerate() {
            prop_assert_eq!(read.row(row), counts.as_slice());
        }
    }
}
