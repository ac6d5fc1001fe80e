//! Reads alignments once and returns a sample's counts; reads and writes counts files.

mod builds;
mod cigar;
mod count;
mod depth;
mod file;
mod filter;
mod fragments;
mod input;
mod lengths;
mod pairing;
mod rmats;
mod segments;
mod writer;

pub use builds::of_lengths as build_of_lengths;
pub use count::{CountJob, CountWarning, Counted, count};
pub use file::{CountsFileError, CountsHead, read_counts, read_counts_head, write_counts};
pub use input::{AlignError, contig_lengths, identify};
pub use segments::AnnotationIndex;
pub use writer::{
    AlignmentRecord, AlignmentWriteError, AlignmentWriter, BgzipError, BgzipWriter, CigarKind, CigarOp,
    HeaderContig, HeaderProgram, Locus, WriteOptions, Written,
};
