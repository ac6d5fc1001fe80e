//! rMATS's group files.

use std::{
    ffi::OsStr,
    fs,
    path::{Path, PathBuf},
};

use super::{
    CONDITION, Column, Inputs, Role, Sample, SampleSheet, SheetError, SheetProblem, SheetProblemKind,
    rows::Checker,
};

/// Endings that are not part of a sample's name.
const ENDINGS: [&str; 3] = ["bam", "cram", "sam"];

pub(super) fn assemble(group_files: [&Path; 2], inputs: Inputs) -> Result<SampleSheet, SheetError> {
    let mut entries = Vec::new();
    for (path, group) in group_files.into_iter().zip(["group1", "group2"]) {
        let before = entries.len();
        entries.extend(read(path)?.into_iter().map(|(line, file)| (path, group, line, file)));
        if entries.len() == before {
            let problem =
                SheetProblem { path: path.to_owned(), line: None, kind: SheetProblemKind::NoSamples };
            return Err(SheetError::Problems(vec![problem]));
        }
    }
    let files: Vec<&Path> = entries.iter().map(|(.., file)| file.as_path()).collect();
    let names = names(&files);

    let mut checker = Checker::new(group_files[0], inputs);
    let mut samples = Vec::new();
    for ((path, _, line, file), name) in entries.iter().zip(names) {
        checker.continue_with(path);
        let alignments = Some(file.clone());
        let sample = Sample {
            name,
            alignments,
            counts: None,
            junctions: None,
            table_id: None,
            strandedness: None,
            line: *line,
        };
        checker.check(&sample);
        samples.push(sample);
    }
    let column = |name: &str, role, cells: Vec<String>| {
        Column::new(name.to_owned(), role, cells.into_iter().map(Some).collect())
    };
    let columns = vec![
        column("sample", Role::Sample, samples.iter().map(|sample| sample.name.clone()).collect()),
        column("bam", Role::Alignments, files.iter().map(|file| file.display().to_string()).collect()),
        column(CONDITION, Role::Variable, entries.iter().map(|(_, group, ..)| (*group).to_owned()).collect()),
    ];
    checker.finish(samples, columns)
}

/// The paths of a group file with their lines.
fn read(path: &Path) -> Result<Vec<(u64, PathBuf)>, SheetError> {
    let text =
        fs::read_to_string(path).map_err(|source| SheetError::Open { path: path.to_owned(), source })?;
    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let resolve = |file: &str| {
        let beside = folder.join(file);
        if !Path::new(file).exists() && beside.exists() { beside } else { PathBuf::from(file) }
    };
    let files =
        (1..).zip(text.lines()).flat_map(|(line, files)| files.split(',').map(move |f| (line, f.trim())));
    Ok(files.filter(|(_, file)| !file.is_empty()).map(|(line, file)| (line, resolve(file))).collect())
}

/// Names of samples: of the files, or of their folders where several files have one name.
fn names(files: &[&Path]) -> Vec<String> {
    let own: Vec<String> = files.iter().map(|file| stem(file)).collect();
    let folders: Vec<Option<String>> = files
        .iter()
        .map(|file| file.parent()?.file_name().map(|name| name.to_string_lossy().into_owned()))
        .collect();
    let count = |name: &String, folder: Option<&Option<String>>| {
        let is_same =
            |(n, f): &(&String, &Option<String>)| *n == name && folder.is_none_or(|folder| *f == folder);
        own.iter().zip(&folders).filter(is_same).count()
    };
    own.iter()
        .zip(&folders)
        .map(|(name, folder)| match folder {
            Some(own_folder) if count(name, None) > 1 && count(name, Some(folder)) == 1 => own_folder.clone(),
            _ => name.clone(),
        })
        .collect()
}

fn stem(file: &Path) -> String {
    let is_ending = |ending: &OsStr| ENDINGS.iter().any(|known| ending.eq_ignore_ascii_case(known));
    let name = if file.extension().is_some_and(is_ending) { file.file_stem() } else { file.file_name() };
    name.unwrap_or_default().to_string_lossy().into_owned()
}
