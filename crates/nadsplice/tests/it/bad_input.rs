//! Damaged, foreign and contradictory input: a clear error and no table, or a warning and the right tables.

mod alignments;
mod annotation;
mod counts;
mod sheet;
mod usage;

use std::{
    fs,
    path::{Path, PathBuf},
};

use crate::{
    program::{Called, run},
    scratch::files_below,
    toy::{CONTRAST, SAMPLES, toy},
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

fn whole_file() -> Vec<u8> {
    fs::read(toy().bam("old_2")).unwrap()
}

/// The toy cohort's counts files in a folder.
fn counts_files(folder: &Path) -> Vec<PathBuf> {
    SAMPLES.iter().map(|(name, _)| folder.join(format!("{name}.counts"))).collect()
}
