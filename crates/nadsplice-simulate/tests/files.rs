//! The files of a cohort: complete, readable by others, and the same bytes each time.

#![allow(clippy::unwrap_used, reason = "helpers of tests may panic")]

use std::{collections::BTreeMap, fs, path::Path, process::Command};

use nadsplice_simulate::{Cohort, CohortSpec, demo};

/// Four samples of the demonstration cohort, the one with the other strandedness among them.
fn cohort(fragments: u64) -> Cohort {
    let spec = demo::cohort().unwrap();
    let samples = spec.samples[2..6].to_vec();
    Cohort::new(&demo::annotation().unwrap(), &CohortSpec { samples, fragments, ..spec }).unwrap()
}

fn contents(folder: &Path) -> BTreeMap<String, Vec<u8>> {
    fs::read_dir(folder)
        .unwrap()
        .map(|entry| {
            let entry = entry.unwrap();
            (entry.file_name().into_string().unwrap(), fs::read(entry.path()).unwrap())
        })
        .collect()
}

fn written(cohort: &Cohort, threads: usize) -> BTreeMap<String, Vec<u8>> {
    let folder = tempfile::tempdir().unwrap();
    cohort.write(folder.path(), threads).unwrap();
    contents(folder.path())
}

#[test]
fn bytes_depend_on_neither_run_nor_threads_nor_folder() {
    let one = written(&cohort(6_000), 1);
    assert_eq!(
        one.keys().map(String::as_str).collect::<Vec<_>>(),
        [
            "samples.tsv",
            "truth.tsv",
            "young_3.bam",
            "young_3.bam.bai",
            "young_4.bam",
            "young_4.bam.bai",
            "young_5.bam",
            "young_5.bam.bai",
            "young_6.bam",
            "young_6.bam.bai"
        ]
    );
    for threads in [1, 2, 9] {
        assert!(one == written(&cohort(6_000), threads), "{threads} threads");
    }
    assert_ne!(one["young_3.bam"], one["young_5.bam"]);
}

#[test]
fn tables_are_well_formed() {
    let files = written(&cohort(100), 2);
    let text = |name: &str| String::from_utf8(files[name].clone()).unwrap();
    let expected = "sample\tbam\tcondition\nyoung_3\tyoung_3.bam\tyoung\nyoung_4\tyoung_4.bam\tyoung\n\
                    young_5\tyoung_5.bam\tyoung\nyoung_6\tyoung_6.bam\tyoung\n";
    assert_eq!(text("samples.tsv"), expected);
    let truth = text("truth.tsv");
    let mut lines = truth.lines();
    assert_eq!(lines.next(), Some("event_id\tkind\tgene_id\tgene_name\tsample\tgroup\tpsi_group\tpsi"));
    let events = demo::truth().unwrap().iter().filter(|g| g.event.is_some()).count();
    assert_eq!(lines.clone().count(), 4 * events);
    for line in lines {
        let field: Vec<&str> = line.split('\t').collect();
        assert_eq!(field.len(), 8, "{line}");
        assert!(field[0].starts_with(field[1]), "{line}");
        assert!(field[6..].iter().all(|psi| (0.0..=1.0).contains(&psi.parse::<f64>().unwrap())), "{line}");
    }
}

#[test]
fn a_failing_sample_leaves_no_tables() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("missing");
    let error = cohort(100).write(&missing, 2).unwrap_err();
    assert!(error.to_string().contains("could not create"), "{error}");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 0);
}

#[test]
fn samtools_reads_the_files() {
    if Command::new("samtools").arg("--version").output().is_err() {
        println!("skipped: samtools is not installed");
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let samples = cohort(5_000).write(folder.path(), 2).unwrap();
    let samtools = |arguments: &[&str]| {
        let output = Command::new("samtools").args(arguments).output().unwrap();
        assert!(
            output.status.success(),
            "samtools {arguments:?}: {}",
            String::from_utf8_lossy(&output.stderr)
        );
        String::from_utf8(output.stdout).unwrap()
    };
    for sample in &samples {
        let path = sample.path.to_str().unwrap();
        samtools(&["quickcheck", path]);
        let fragments: u64 = sample.fragments.iter().sum();
        assert_eq!(samtools(&["view", "-c", path]).trim(), (2 * fragments).to_string());
        // Sorted: samtools refuses to index a file that is not. Indexed: a region finds what a scan finds.
        samtools(&["index", path, folder.path().join("again.bai").to_str().unwrap()]);
        let by_index = samtools(&["view", "-c", path, "chr10:67884656-67918390"]);
        let by_scan =
            samtools(&["view", "-c", "-e", "rname==\"chr10\" && endpos>=67884656 && pos<=67918390", path]);
        assert_eq!(by_index, by_scan);
        assert!(by_index.trim().parse::<u32>().unwrap() > 0);
        assert!(
            samtools(&["view", "-H", path])
                .starts_with("@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:248956422\n")
        );
    }
}
