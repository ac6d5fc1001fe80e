//! What can be wrong with a cohort.

use std::{io, path::PathBuf};

use nadsplice_align::AlignmentWriteError;

/// A cohort could not be made.
#[derive(Debug, thiserror::Error)]
pub enum SimulateError {
    /// The library is impossible.
    #[error("impossible library: {reason}")]
    Library {
        /// Which value, and what was expected.
        reason: String,
    },
    /// A number of the specification is out of range.
    #[error("{what} is {found} (expected {expected})")]
    Range {
        /// Which number.
        what: String,
        /// Its value.
        found: String,
        /// What would do.
        expected: &'static str,
    },
    /// There is no group or no sample.
    #[error("the cohort has no {0}")]
    Empty(&'static str),
    /// A sample's group does not exist.
    #[error("sample `{sample}` is in group {group} (0-based) of {groups}")]
    UnknownGroup {
        /// The sample.
        sample: String,
        /// Its group.
        group: usize,
        /// How many there are.
        groups: usize,
    },
    /// A sample's name is unfit for a file, or there twice.
    #[error("sample name `{sample}` {reason}")]
    SampleName {
        /// The name.
        sample: String,
        /// Why it will not do.
        reason: &'static str,
    },
    /// An event has too few or too many PSI.
    #[error("event {event} has {found} PSI values for {groups} groups")]
    PsiCount {
        /// The event's id.
        event: String,
        /// Its PSI values.
        found: usize,
        /// How many groups there are.
        groups: usize,
    },
    /// Two events are planned for one gene.
    #[error("gene `{gene}` has two planned events, {first} and {second} (expected one)")]
    SecondEvent {
        /// The gene.
        gene: String,
        /// The id of the one.
        first: String,
        /// The id of the other.
        second: String,
    },
    /// A gene stands twice in the specification.
    #[error("gene `{gene}` is there twice")]
    SecondGene {
        /// The gene.
        gene: String,
    },
    /// No transcript of the event's genes can carry both forms.
    #[error("event {event}: no transcript of its genes contains a form that can be exchanged for the other")]
    NoTranscript {
        /// The event's id.
        event: String,
    },
    /// The header lacks a contig of the annotation.
    #[error("contig `{contig}` of the annotation is not in the header")]
    MissingContig {
        /// The contig.
        contig: String,
    },
    /// An exon ends behind its contig.
    #[error("gene `{gene}` ends at {end} (1-based), its contig `{contig}` at {length}")]
    ContigTooShort {
        /// The gene.
        gene: String,
        /// The gene's last base.
        end: u32,
        /// The contig.
        contig: String,
        /// Its length.
        length: u32,
    },
    /// No molecule has a positive abundance.
    #[error("sample `{sample}`: no transcript is expressed")]
    NothingExpressed {
        /// The sample.
        sample: String,
    },
    /// Data that are part of the program are damaged.
    #[error("embedded table {table}, line {line}: {reason}")]
    Embedded {
        /// The table.
        table: &'static str,
        /// 1-based, with the header.
        line: usize,
        /// Expected against found.
        reason: String,
    },
    /// Alignments could not be written.
    #[error(transparent)]
    Alignments(#[from] AlignmentWriteError),
    /// A table could not be written.
    #[error("could not write `{}`", path.display())]
    Write {
        /// The destination.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}
