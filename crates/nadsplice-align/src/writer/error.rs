//! Why alignments could not be written.

use std::{io, path::PathBuf};

use rust_htslib::errors::Error as HtslibError;

/// Alignments could not be written.
#[derive(Debug, thiserror::Error)]
pub enum AlignmentWriteError {
    /// The name does not end in a known format.
    #[error("`{}` names no alignment format (expected .bam, .sam or .cram)", path.display())]
    UnknownFormat {
        /// The destination.
        path: PathBuf,
    },
    /// A contig cannot stand in a header.
    #[error("contig `{name}` of length {length} cannot be written to a header: {reason}")]
    Contig {
        /// Its name.
        name: String,
        /// Its length in bases.
        length: u32,
        /// Why not.
        reason: &'static str,
    },
    /// A header text has a line break or tab.
    #[error("header text `{text}` holds a tab or a line break")]
    HeaderText {
        /// The text.
        text: String,
    },
    /// A temporary file could not be made, mostly because the folder is missing or read-only.
    #[error("could not create `{}`", path.display())]
    Create {
        /// The destination.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// htslib refused.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The destination.
        path: PathBuf,
        /// The cause.
        source: HtslibError,
    },
    /// The record contradicts itself or the header.
    #[error("record {record} (`{qname}`) of `{}`: {reason}", path.display())]
    Record {
        /// The destination.
        path: PathBuf,
        /// 1-based.
        record: u64,
        /// Its name.
        qname: String,
        /// What is wrong: expected against found.
        reason: String,
    },
    /// The file lacks its end, mostly because the disk is full.
    #[error("`{}` is incomplete: the end-of-file block is missing (is the disk full?)", path.display())]
    Incomplete {
        /// The destination.
        path: PathBuf,
    },
    /// The finished file could not be read back or take its name.
    #[error("could not finish `{}`", path.display())]
    Finish {
        /// The destination.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}
