//! What can be wrong with a junction table.

use std::{
    io,
    path::{Path, PathBuf},
};

/// What can be wrong with a junction table.
#[derive(Debug, thiserror::Error)]
pub enum JunctionTableError {
    /// It cannot be read at all.
    #[error("cannot read junction table `{}`", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The compressed data end too early.
    #[error(
        "junction table `{}` is truncated: its compressed data end within or after line {line}\n\
         hint: copy or write the file again", path.display()
    )]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Lines read until then.
        line: u64,
    },
    /// The compressed data are damaged.
    #[error(
        "junction table `{}` is damaged: its compressed data cannot be read after line {line}\n\
         hint: copy or write the file again", path.display()
    )]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Lines read until then.
        line: u64,
        /// Why.
        source: io::Error,
    },
    /// The file is something else.
    #[error(
        "`{}` is no junction table: {found}\n\
         hint: read are STAR's SJ.out.tab (9 columns), BED12 of regtools (12), Snaptron's junctions (17, or 18 with \
         `DataSource:Type`) and recount3's .MM beside its .RR and .ID, plain or gzip; alignments belong in the column \
         `bam`, counts files in `counts`", path.display()
    )]
    OtherFile {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: String,
    },
    /// There is no junction in it.
    #[error("junction table `{}` holds no junction{of}", path.display())]
    Empty {
        /// The file.
        path: PathBuf,
        /// Of which sample, where it has many.
        of: String,
    },
    /// A line is wrong.
    #[error(
        "`{}`, line {line}: {problem}\n\
         hint: {hint}", path.display(), hint = problem.hint()
    )]
    Line {
        /// The file.
        path: PathBuf,
        /// The number of the line, from 1.
        line: u64,
        /// What is wrong.
        problem: JunctionLineProblem,
    },
    /// No contig name is shared with the annotation.
    #[error(
        "no contig of junction table `{}` is in the annotation: the table has {found}; the annotation has {annotation}\n\
         hint: the two must come from one genome (names with and without `chr` are matched)", path.display()
    )]
    NoSharedContig {
        /// The file.
        path: PathBuf,
        /// Some of its contig names.
        found: String,
        /// Some of the annotation's.
        annotation: String,
    },
    /// A table of many samples stands where one of a single sample is asked for.
    #[error(
        "`{}` is a table of many samples ({what}), and nothing says which sample is meant\n\
         hint: name it in the column `junctions` of the sheet, beside the samples' ids in a column `rail_id`",
        path.display()
    )]
    ManySamples {
        /// The file.
        path: PathBuf,
        /// The kind of table.
        what: &'static str,
    },
    /// The table does not have a sample.
    #[error(
        "junction table `{}` has no sample `{id}`; it has {found}\n\
         hint: a column `rail_id` of the sheet holds the samples' ids in the table where these are not their names",
        path.display()
    )]
    NoSample {
        /// The file.
        path: PathBuf,
        /// The sample's id.
        id: String,
        /// Some ids of the table.
        found: String,
    },
    /// A file that belongs to another one is missing.
    #[error(
        "`{}` holds the counts of a recount3 table, and `{}` is not there\n\
         hint: the three files .MM, .RR and .ID of one project lie in one folder under their own names",
        path.display(), missing.display()
    )]
    NoCompanion {
        /// The file of counts.
        path: PathBuf,
        /// The missing one.
        missing: PathBuf,
    },
    /// Files of one table have different sizes.
    #[error("`{}` has {found} {what}, but `{}` says {expected}\nhint: the three files must be of one project and one \
             kind (ALL or UNIQUE)", path.display(), matrix.display())]
    Size {
        /// The file.
        path: PathBuf,
        /// The file of counts.
        matrix: PathBuf,
        /// `junctions` or `samples`.
        what: &'static str,
        /// How many it has.
        found: u64,
        /// How many the file of counts announces.
        expected: u64,
    },
}

impl JunctionTableError {
    pub(super) fn at(path: &Path, line: u64, problem: JunctionLineProblem) -> Self {
        Self::Line { path: path.to_owned(), line, problem }
    }
}

/// What is wrong with a line of a junction table.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum JunctionLineProblem {
    /// Not as many columns as the table has.
    #[error("{found} columns, expected {expected}")]
    Columns {
        /// Columns of such a table.
        expected: usize,
        /// Columns of the line.
        found: usize,
    },
    /// A cell is not what its column holds.
    #[error("column {column} ({name}) holds `{found}`, expected {expected}")]
    Cell {
        /// The number of the column, from 1.
        column: usize,
        /// What the column is.
        name: &'static str,
        /// What is expected there.
        expected: &'static str,
        /// What is there.
        found: String,
    },
    /// The intron ends before it begins.
    #[error("the intron begins at {start} and ends at {end} (1-based), so it has no base")]
    NoIntron {
        /// First base, 1-based.
        start: u64,
        /// Last base, 1-based.
        end: u64,
    },
    /// Blocks that do not make a junction.
    #[error("blocks `{sizes}` at `{starts}` do not span the {span} bases from chromStart to chromEnd")]
    Blocks {
        /// Sizes of the blocks.
        sizes: String,
        /// Starts of the blocks.
        starts: String,
        /// Bases that they should span.
        span: u64,
    },
    /// The length does not belong to the coordinates.
    #[error("length {length} does not belong to {start}-{end} (1-based, closed)")]
    Length {
        /// First base, 1-based.
        start: u64,
        /// Last base, 1-based.
        end: u64,
        /// The length that the table states.
        length: u64,
    },
    /// A junction stands twice in the table.
    #[error("junction {start}-{end} (1-based) on `{contig}` stands already in line {first}")]
    Repeated {
        /// The contig, as the annotation names it.
        contig: String,
        /// First base, 1-based.
        start: u32,
        /// Last base, 1-based.
        end: u32,
        /// The line that has it first.
        first: u64,
    },
    /// A header lacks a column.
    #[error("the header has no column `{0}`")]
    NoColumn(&'static str),
    /// More reads than can be counted.
    #[error("junction {start}-{end} (1-based) on `{contig}` has more than {most} reads", most = u32::MAX)]
    TooMany {
        /// The contig, as the annotation names it.
        contig: String,
        /// First base, 1-based.
        start: u32,
        /// Last base, 1-based.
        end: u32,
    },
    /// An index of a matrix is out of range.
    #[error("{what} {found} is out of the range from 1 to {most}")]
    Index {
        /// `junction` or `sample`.
        what: &'static str,
        /// The index.
        found: u64,
        /// The largest one.
        most: u64,
    },
    /// A matrix has more or fewer values than it announces.
    #[error("the matrix ends after {found} values, expected {expected}")]
    Values {
        /// Values that are there.
        found: u64,
        /// Values that it announces.
        expected: u64,
    },
}

impl JunctionLineProblem {
    const fn hint(&self) -> &'static str {
        match self {
            Self::Repeated { .. } => {
                "a table has each junction once; several lanes of a sample are aligned together"
            }
            Self::Values { .. } => "the file is cut short; copy or write it again",
            _ => "the file is damaged, edited or of another kind; copy or write it again",
        }
    }
}
