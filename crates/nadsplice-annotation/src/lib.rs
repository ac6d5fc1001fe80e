//! Reads GTF and GFF3 into gene models, and bases and splice motifs out of an indexed FASTA.
//!
//! [`read()`] takes a plain, gzip or bgzip file, finds out from its content whether it is GTF or GFF3, and returns
//! the [`nadsplice_core::Annotation`] with whatever was odd in the file as grouped [`Warning`]s. The 1-based
//! closed coordinates of both formats end here: everything returned is 0-based and half-open.
//!
//! ```text
//!   source (gzip, hash) -> ahead -> lines -> row (columns) -> gtf  \
//!                                                             -> gff3 -> collect -> assemble -> Annotation
//! ```

mod ahead;
mod assemble;
mod attributes;
mod collect;
mod diagnose;
mod error;
mod fasta;
mod gff3;
mod gtf;
mod intern;
mod lines;
mod nodes;
mod read;
mod row;
mod source;
mod warning;

pub use error::ReadError;
pub use fasta::{IndexedReference, ReferenceError, SpliceMotif};
pub use read::{AnnotationFile, Format, GeneGrouping, ReadOptions, read};
pub use warning::{Warning, WarningKind};
