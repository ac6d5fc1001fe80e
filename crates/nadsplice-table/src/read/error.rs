use std::{io, path::PathBuf};

/// A table could not be read.
#[derive(Debug, thiserror::Error)]
pub enum ReadError {
    /// The file could not be opened or read.
    #[error("could not read `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// There is no header line.
    #[error("`{}` is empty: expected a header line", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// The file is not UTF-8 text.
    #[error("`{}`, line {line}: not UTF-8 text", path.display())]
    NotText {
        /// The file.
        path: PathBuf,
        /// 1-based line.
        line: u64,
    },
    /// A line has more or fewer cells than the header.
    #[error("`{}`, line {line}: {found} tab-separated cells, expected {expected} as in the header", path.display())]
    Ragged {
        /// The file.
        path: PathBuf,
        /// 1-based line.
        line: u64,
        /// Cells in the header.
        expected: usize,
        /// Cells in the line.
        found: usize,
    },
    /// The header has a name twice.
    #[error("`{}` has two columns named `{column}`", path.display())]
    DuplicateColumn {
        /// The file.
        path: PathBuf,
        /// The name.
        column: String,
    },
    /// Columns that are needed are not in the header.
    #[error("`{}` has no column {missing} (its columns: {found})", path.display())]
    MissingColumns {
        /// The file.
        path: PathBuf,
        /// Names of the missing columns, quoted, comma-separated.
        missing: String,
        /// Names in the header, quoted, comma-separated; shortened where there are many.
        found: String,
    },
    /// A cell does not hold what its column expects.
    #[error("`{}`, line {line}, column `{column}`: found `{found}`, expected {expected}", path.display())]
    Cell {
        /// The file.
        path: PathBuf,
        /// 1-based line.
        line: u64,
        /// The column.
        column: String,
        /// The cell.
        found: String,
        /// What it must hold.
        expected: &'static str,
    },
    /// A row is about a sample that the table of samples lacks.
    #[error("`{}`, line {line}: sample `{sample}` is not in the table of samples", path.display())]
    UnknownSample {
        /// The file.
        path: PathBuf,
        /// 1-based line.
        line: u64,
        /// The sample.
        sample: String,
    },
    /// Two rows are about the same thing.
    #[error("`{}`, line {line}: `{key}` stands already on line {first_line}", path.display())]
    DuplicateRow {
        /// The file.
        path: PathBuf,
        /// 1-based line of the second row.
        line: u64,
        /// 1-based line of the first row.
        first_line: u64,
        /// What they are about.
        key: String,
    },
    /// A matrix lacks events.
    #[error("`{}` lacks {missing} of {expected} events, the first of them `{first}`", path.display())]
    MissingEvents {
        /// The file.
        path: PathBuf,
        /// How many events it lacks.
        missing: usize,
        /// How many were asked for.
        expected: usize,
        /// The first that it lacks.
        first: String,
    },
    /// The table could not be parsed for another reason.
    #[error("could not parse `{}`", path.display())]
    Parse {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: polars::error::PolarsError,
    },
}
