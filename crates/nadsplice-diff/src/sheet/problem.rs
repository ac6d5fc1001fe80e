use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use nadsplice_core::ParseStrandednessError;

use crate::{delimited::DelimitedError, listing::quoted};

/// A sample sheet could not be used.
#[derive(Debug, thiserror::Error)]
pub enum SheetError {
    /// The file could not be read.
    #[error("could not read sample sheet `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The sheet has problems; all that were found.
    #[error("{}", SheetProblem::report(.0))]
    Problems(Vec<SheetProblem>),
}

impl SheetError {
    pub(super) fn from_text(path: &Path, error: DelimitedError) -> Self {
        let problem = |line, kind| Self::Problems(vec![SheetProblem { path: path.to_owned(), line, kind }]);
        match error {
            DelimitedError::Io(source) => Self::Open { path: path.to_owned(), source },
            DelimitedError::NotText { line } => problem(Some(line), SheetProblemKind::NotText),
            DelimitedError::Empty => problem(None, SheetProblemKind::NoSamples),
        }
    }
}

/// One problem of a sample sheet.
#[derive(Debug)]
pub struct SheetProblem {
    /// The sheet.
    pub path: PathBuf,
    /// 1-based line, where the problem has one.
    pub line: Option<u64>,
    /// What is wrong.
    pub kind: SheetProblemKind,
}

impl SheetProblem {
    fn report(problems: &[Self]) -> String {
        let lines: Vec<String> = problems.iter().map(Self::to_string).collect();
        match lines.as_slice() {
            [one] => one.clone(),
            many => format!("{} problems in the sample sheet:\n  {}", many.len(), many.join("\n  ")),
        }
    }
}

impl fmt::Display for SheetProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

/// What is wrong with a sample sheet.
#[derive(Debug, thiserror::Error)]
pub enum SheetProblemKind {
    /// The line is not UTF-8.
    #[error("not UTF-8 text")]
    NotText,
    /// There is no line below the header.
    #[error("no samples")]
    NoSamples,
    /// There is no column of sample names.
    #[error("no column `sample` (its columns: {})", quoted(found))]
    NoSampleColumn {
        /// The header.
        found: Vec<String>,
    },
    /// A column that has values has no name.
    #[error("column {position} has no name")]
    UnnamedColumn {
        /// 1-based position.
        position: usize,
    },
    /// Two columns have the same name.
    #[error("two columns are named `{name}`")]
    DuplicateColumn {
        /// The name.
        name: String,
    },
    /// The line has another number of cells than the header.
    #[error("{found} cells, expected {expected} as in the header")]
    Ragged {
        /// Cells of the header.
        expected: usize,
        /// Cells of the line.
        found: usize,
    },
    /// The sample has no name.
    #[error("the sample has no name")]
    MissingName,
    /// The name cannot be used in file names and tables.
    #[error("sample name `{name}` cannot be used: {reason}")]
    UnusableName {
        /// The name.
        name: String,
        /// Why.
        reason: &'static str,
    },
    /// Two samples have the same name.
    #[error("sample name `{name}` is taken: `{}`, line {first_line}", first_path.display())]
    DuplicateName {
        /// The name.
        name: String,
        /// The file that has the first.
        first_path: PathBuf,
        /// 1-based line of the first.
        first_line: u64,
    },
    /// Two samples have the same file.
    #[error("`{}` belongs already to sample `{first}`", file.display())]
    DuplicateFile {
        /// The file.
        file: PathBuf,
        /// The first sample that has it.
        first: String,
    },
    /// The sample has neither alignments nor counts nor junctions.
    #[error("sample `{name}` has neither `bam` nor `counts` nor `junctions`")]
    NoInput {
        /// The sample.
        name: String,
    },
    /// A file is not there.
    #[error("file `{}` not found", file.display())]
    FileNotFound {
        /// The file.
        file: PathBuf,
    },
    /// The stated strandedness is not understood.
    #[error(transparent)]
    Strandedness(ParseStrandednessError),
}
