//! A cohort that is quantified in shards has the tables of one that is quantified whole.

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    demo::demo,
    order::{assert_same_tables, tables},
    program::{Called, nadsplice},
    scratch::scratch,
};

/// `quantify` on the first samples of the demonstration; `counts` is the folder of their counts files.
fn quantify(sheet: &Path, counts: &Path, output: &Path, options: &[&str]) -> Called {
    let mut command = nadsplice();
    command.args(["quantify", "--quiet", "--gtf"]).arg(demo().join("data/genes.gtf"));
    command.arg("--samples").arg(sheet).arg("-o").arg(output).args(options);
    let text = fs::read_to_string(sheet).unwrap();
    let names = text.lines().skip(1).filter_map(|line| line.split('\t').next());
    Called::of(command.args(names.map(|name| counts.join(format!("{name}.counts")))))
}

fn gather(output: &Path, shards: &[PathBuf]) -> Called {
    Called::of(nadsplice().args(["gather", "--quiet", "-o"]).arg(output).args(shards))
}

/// A sheet of the first samples.
fn sheet(folder: &Path, samples: usize) -> PathBuf {
    let path = folder.join("sheet.tsv");
    let all = fs::read_to_string(demo().join("data/samples.tsv")).unwrap();
    fs::write(&path, all.split_inclusive('\n').take(1 + samples).collect::<String>()).unwrap();
    path
}

/// Quantifies whole and in shards, and demands the same bytes. Returns the folders of the shards.
fn assert_same(folder: &Path, samples: usize, counts: &Path, options: &[&str], of: usize) -> Vec<PathBuf> {
    let sheet = sheet(folder, samples);
    let whole = folder.join("whole");
    quantify(&sheet, counts, &whole, options).succeeded();
    let shards: Vec<PathBuf> = (1..=of).rev().map(|k| folder.join(format!("shard_{k}"))).collect();
    for (number, shard) in (1..=of).rev().zip(&shards) {
        let shard_of = format!("{number}/{of}");
        quantify(&sheet, counts, shard, &[options, &["--shard", &shard_of]].concat()).succeeded();
        assert!(number == 1 || !shard.join("samples.tsv").exists());
    }
    let gathered = folder.join("gathered");
    gather(&gathered, &shards).succeeded();
    assert_same_tables(&tables(&gathered), &tables(&whole));
    shards
}

#[test]
fn shards_together_are_the_whole() {
    let counts = demo().join("results/counts");
    let shards = assert_same(&scratch("shards"), 12, &counts, &[], 5);
    let events = |shard: &PathBuf| fs::read_to_string(shard.join("events.tsv")).unwrap().lines().count();
    assert!(
        shards.iter().all(|shard| events(shard) > 100),
        "{:?}",
        shards.iter().map(events).collect::<Vec<_>>()
    );
}

#[test]
fn novel_events_and_more_shards_than_contigs_make_no_difference() {
    let counts = demo().join("results/counts");
    assert_same(&scratch("shards_novel"), 3, &counts, &["--novel", "--evidence", "body"], 25);
}

#[test]
fn rmats_counts_in_shards_are_the_whole() {
    let folder = scratch("shards_rmats");
    let counts = folder.join("counts");
    fs::create_dir(&counts).unwrap();
    for sample in ["young_1", "young_2"] {
        let mut count = nadsplice();
        count.args(["count", "--quiet", "--counting", "rmats", "--read-length", "100", "--sample", sample]);
        count.arg("--gtf").arg(demo().join("data/genes.gtf"));
        count.arg("-o").arg(counts.join(format!("{sample}.counts")));
        Called::of(count.arg(demo().join("data").join(format!("{sample}.bam")))).succeeded();
    }
    assert_same(&folder, 2, &counts, &["--novel"], 4);
}

#[test]
fn shards_that_do_not_belong_together_are_refused() {
    let folder = scratch("shards_refused");
    let sheet = sheet(&folder, 2);
    let counts = demo().join("results/counts");
    let [one, two, other, output] = ["one", "two", "other", "output"].map(|name| folder.join(name));
    quantify(&sheet, &counts, &one, &["--shard", "1/2"]).succeeded();
    quantify(&sheet, &counts, &two, &["--shard", "2/2"]).succeeded();
    quantify(&sheet, &counts, &other, &["--shard", "2/2", "--novel"]).succeeded();
    let refused = |shards: &[&PathBuf], words: &[&str]| {
        let shards: Vec<PathBuf> = shards.iter().map(|shard| (*shard).clone()).collect();
        gather(&output, &shards).failed(1, words);
        assert!(!output.exists());
    };
    refused(&[&one], &["shards are missing: 2/2", "hint:"]);
    refused(&[&one, &two, &two], &["the same shard, 2/2"]);
    refused(&[&one, &other], &["not shards of one cohort", "novel differs", "hint:"]);
    refused(&[&one, &folder], &["no finished shard", "hint:"]);
    fs::write(two.join("psi.tsv"), "event_id\tyoung_1\tyoung_2\n").unwrap();
    refused(&[&one, &two], &["psi.tsv", "make the shard again"]);
    quantify(&sheet, &counts, &one, &["--shard", "3/2"]).failed(2, &["expected K/N"]);
}
