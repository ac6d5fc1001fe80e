//! Reads alignments once, or another program's junction table, and returns a sample's counts; reads and writes counts
//! files.

#![allow(
    clippy::inline_always,
    reason = "what is done for every alignment is one loop; left to itself the compiler makes calls, a tenth slower"
)]

mod bam;
mod bgzf;
mod builds;
mod by_contig;
mod cigar;
mod count;
mod depth;
mod error;
mod file;
mod filter;
mod fragments;
mod index_file;
mod input;
mod junction_tables;
mod lengths;
mod pairing;
mod parallel;
mod pass;
mod regional;
mod rmats;
mod segments;
mod writer;

pub use builds::of_lengths as build_of_lengths;
pub use count::{CountJob, CountWarning, Counted, count};
pub use error::AlignError;
pub use file::{
    CountsFileError, CountsHead, is_counts_file, read_counts, read_counts_head, read_counts_of, write_counts,
};
pub use input::{contig_lengths, identify};
pub use junction_tables::{
    JunctionFile, JunctionLineProblem, JunctionMatrix, JunctionSample, JunctionTableError, KnownIntrons,
    UnmatchedJunctions, identify_table, junction_file, read_junctions,
};
pub use regional::ReadThrough;
pub use segments::AnnotationIndex;
pub use writer::{
    AlignmentRecord, AlignmentWriteError, AlignmentWriter, BgzipError, BgzipWriter, CigarKind, CigarOp,
    HeaderContig, HeaderProgram, Locus, WriteOptions, Written,
};
