//! Why an annotation could not be read.

use std::{io, path::PathBuf};

/// Why an annotation could not be read.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum ReadError {
    /// The file could not be opened.
    #[error("cannot open annotation `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// Reading failed.
    #[error("cannot read annotation `{}` after line {line}", path.display())]
    Io {
        /// The file.
        path: PathBuf,
        /// Lines read until then.
        line: u64,
        /// Why.
        source: io::Error,
    },
    /// The compressed data end too early.
    #[error("annotation `{}` is truncated: its compressed data end within or after line {line}", path.display())]
    Truncated {
        /// The file.
        path: PathBuf,
        /// Lines read until then.
        line: u64,
    },
    /// The compressed data are damaged.
    #[error("annotation `{}` is damaged: its compressed data cannot be read after line {line}", path.display())]
    Corrupt {
        /// The file.
        path: PathBuf,
        /// Lines read until then.
        line: u64,
        /// Why.
        source: io::Error,
    },
    /// The file is of a kind that its first bytes name.
    #[error("expected GTF or GFF3 (plain, gzip or bgzip) in `{}`, found {found}", path.display())]
    OtherFileKind {
        /// The file.
        path: PathBuf,
        /// What it is.
        found: &'static str,
    },
    /// A line is longer than any annotation has.
    #[error("line {line} of `{}` is longer than {limit} bytes: this is no GTF or GFF3", path.display())]
    LineTooLong {
        /// The file.
        path: PathBuf,
        /// The 1-based number of the line.
        line: u64,
        /// The longest line that is read, in bytes.
        limit: usize,
    },
    /// Nothing from which an exon could be made.
    #[error("no usable exon row in `{}` ({seen}): {reason}", path.display())]
    NoExons {
        /// The file.
        path: PathBuf,
        /// Rows, format and features that were seen.
        seen: String,
        /// What the file probably is or lacks.
        reason: String,
    },
}
