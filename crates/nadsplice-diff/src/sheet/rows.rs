//! Makes samples and columns of the cells of a sheet, and collects what is wrong.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
};

use nadsplice_core::LibraryStrandedness;

use super::{
    Column, Inputs, Role, Sample, SampleSheet, SheetError, SheetProblem, SheetProblemKind, column::value,
};
use crate::delimited::{Delimited, DelimitedRecord};

/// Leading columns of the matrices: a sample of such a name would stand beside a column of the same name.
const TABLE_COLUMNS: [&str; 15] = [
    "event_id",
    "chrom",
    "start0",
    "end",
    "strand",
    "annotated",
    "gene_id",
    "gene_name",
    "cluster_id",
    "junction_start0",
    "junction_end",
    "class",
    "kind",
    "pairs",
    "events",
];

/// Collects problems of one sheet and knows what the samples before have.
pub(super) struct Checker<'a> {
    path: &'a Path,
    inputs: Inputs,
    names: HashMap<String, (PathBuf, u64)>,
    files: HashMap<PathBuf, String>,
    pub(super) problems: Vec<SheetProblem>,
}

impl<'a> Checker<'a> {
    pub(super) fn new(path: &'a Path, inputs: Inputs) -> Self {
        Self { path, inputs, names: HashMap::new(), files: HashMap::new(), problems: Vec::new() }
    }

    /// The same checks for samples of a further file.
    pub(super) fn continue_with(&mut self, path: &'a Path) {
        self.path = path;
    }

    pub(super) fn problem(&mut self, line: Option<u64>, kind: SheetProblemKind) {
        self.problems.push(SheetProblem { path: self.path.to_owned(), line, kind });
    }

    pub(super) fn check(&mut self, sample: &Sample) {
        let (line, name) = (sample.line, &sample.name);
        if name.is_empty() {
            self.problem(Some(line), SheetProblemKind::MissingName);
        } else if let Some(reason) = unusable(name) {
            self.problem(Some(line), SheetProblemKind::UnusableName { name: name.clone(), reason });
        } else if let Some((first_path, first_line)) = self.names.get(name).cloned() {
            let name = name.clone();
            self.problem(Some(line), SheetProblemKind::DuplicateName { name, first_path, first_line });
        } else {
            self.names.insert(name.clone(), (self.path.to_owned(), line));
        }
        for file in [&sample.alignments, &sample.counts].into_iter().flatten() {
            // Two spellings and links of one file are one file.
            let identity = fs::canonicalize(file).unwrap_or_else(|_| file.clone());
            if let Some(first) = self.files.get(&identity) {
                let kind = SheetProblemKind::DuplicateFile { file: file.clone(), first: first.clone() };
                self.problem(Some(line), kind);
            } else {
                self.files.insert(identity, name.clone());
            }
            if self.inputs == Inputs::Required && !file.is_file() {
                self.problem(Some(line), SheetProblemKind::FileNotFound { file: file.clone() });
            }
        }
        if let Some(file) =
            sample.junctions.as_ref().filter(|f| self.inputs == Inputs::Required && !f.is_file())
        {
            self.problem(Some(line), SheetProblemKind::FileNotFound { file: file.clone() });
        }
        let has_input = [&sample.alignments, &sample.counts, &sample.junctions].iter().any(|i| i.is_some());
        if self.inputs == Inputs::Required && !has_input {
            self.problem(Some(line), SheetProblemKind::NoInput { name: name.clone() });
        }
    }

    pub(super) fn finish(
        mut self,
        samples: Vec<Sample>,
        columns: Vec<Column>,
    ) -> Result<SampleSheet, SheetError> {
        if samples.is_empty() && self.problems.is_empty() {
            self.problem(None, SheetProblemKind::NoSamples);
        }
        if self.problems.is_empty() {
            Ok(SampleSheet { samples, columns })
        } else {
            Err(SheetError::Problems(self.problems))
        }
    }
}

/// Why a name cannot be used, if so.
fn unusable(name: &str) -> Option<&'static str> {
    if name.contains(['/', '\\']) || name == "." || name == ".." {
        Some("names become file names, which hold no path separators")
    } else if name.contains(',') {
        Some("names are listed with commas between them")
    } else if name.chars().any(char::is_control) {
        Some("it holds a control character")
    } else if TABLE_COLUMNS.contains(&name) {
        Some("the result tables have a column of this name")
    } else {
        None
    }
}

pub(super) fn assemble(path: &Path, text: Delimited, inputs: Inputs) -> Result<SampleSheet, SheetError> {
    let mut checker = Checker::new(path, inputs);
    let (header, positions) = check_header(&mut checker, &text);
    let records = check_width(&mut checker, text.records, text.header.len());
    let roles: Vec<Role> = header.iter().map(|name| Role::of(name)).collect();
    let Some(names) = roles.iter().position(|&role| role == Role::Sample) else {
        checker.problem(None, SheetProblemKind::NoSampleColumn { found: header });
        return Err(SheetError::Problems(checker.problems));
    };
    // What the roles refer to are the columns that have a name.
    let records: Vec<(u64, Vec<String>)> = records
        .into_iter()
        .map(|record| (record.line, positions.iter().map(|&at| record.cells[at].clone()).collect()))
        .collect();
    let records = merge_lanes(records, &roles, names);

    let folder = path.parent().unwrap_or_else(|| Path::new(""));
    let mut samples = Vec::new();
    for (line, cells) in &records {
        let of_role = |role| {
            let mut cells = roles.iter().zip(cells).filter(move |(r, _)| **r == role);
            cells.find_map(|(_, cell)| value(cell))
        };
        let strandedness = match of_role(Role::Strandedness).map(strandedness).transpose() {
            Ok(stated) => stated.flatten(),
            Err(problem) => {
                checker.problem(Some(*line), problem);
                None
            }
        };
        let sample = Sample {
            name: value(&cells[names]).unwrap_or_default().to_owned(),
            alignments: of_role(Role::Alignments).map(|file| folder.join(file)),
            counts: of_role(Role::Counts).map(|file| folder.join(file)),
            junctions: of_role(Role::Junctions).map(|file| folder.join(file)),
            table_id: of_role(Role::TableId).map(str::to_owned),
            strandedness,
            line: *line,
        };
        checker.check(&sample);
        samples.push(sample);
    }
    let columns = header
        .into_iter()
        .zip(roles)
        .enumerate()
        .map(|(at, (name, role))| {
            let cells = records.iter().map(|(_, cells)| value(&cells[at]).map(str::to_owned)).collect();
            Column::new(name, role, cells)
        })
        .collect();
    checker.problems.sort_by_key(|problem| problem.line);
    checker.finish(samples, columns)
}

/// The names of the columns and their positions; a column without name and values is left out.
fn check_header(checker: &mut Checker<'_>, text: &Delimited) -> (Vec<String>, Vec<usize>) {
    let line = Some(text.header_line);
    let mut names: Vec<String> = Vec::new();
    let mut positions = Vec::new();
    for (at, name) in text.header.iter().enumerate() {
        if name.is_empty() {
            if text.records.iter().any(|record| record.cells.get(at).is_some_and(|cell| !cell.is_empty())) {
                checker.problem(line, SheetProblemKind::UnnamedColumn { position: at + 1 });
            }
            continue;
        }
        if names.contains(name) {
            checker.problem(line, SheetProblemKind::DuplicateColumn { name: name.clone() });
        }
        names.push(name.clone());
        positions.push(at);
    }
    (names, positions)
}

/// The lines that have as many cells as the header.
fn check_width(
    checker: &mut Checker<'_>,
    records: Vec<DelimitedRecord>,
    expected: usize,
) -> Vec<DelimitedRecord> {
    let (whole, ragged): (Vec<_>, Vec<_>) =
        records.into_iter().partition(|record| record.cells.len() == expected);
    for record in ragged {
        checker.problem(Some(record.line), SheetProblemKind::Ragged { expected, found: record.cells.len() });
    }
    whole
}

/// nf-core sheets have one line for each pair of FASTQ files: lines of one sample that differ in such files only are one
/// sample.
fn merge_lanes(records: Vec<(u64, Vec<String>)>, roles: &[Role], names: usize) -> Vec<(u64, Vec<String>)> {
    if !roles.contains(&Role::OtherFile) {
        return records;
    }
    let mut merged: Vec<(u64, Vec<String>)> = Vec::new();
    for (line, cells) in records {
        let is_lane = |(_, first): &(u64, Vec<String>)| {
            !cells[names].is_empty()
                && (0..roles.len()).all(|at| roles[at] == Role::OtherFile || first[at] == cells[at])
        };
        if !merged.iter().any(is_lane) {
            merged.push((line, cells));
        }
    }
    merged
}

/// The stated strandedness; `auto` and salmon's `A` leave it to the reads.
fn strandedness(word: &str) -> Result<Option<LibraryStrandedness>, SheetProblemKind> {
    if word.eq_ignore_ascii_case("auto") || word.eq_ignore_ascii_case("a") {
        Ok(None)
    } else {
        word.parse().map(Some).map_err(SheetProblemKind::Strandedness)
    }
}
