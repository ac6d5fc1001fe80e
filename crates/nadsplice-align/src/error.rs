//! Why a sample cannot be counted.

use std::path::PathBuf;

/// What can be wrong with an alignment file.
#[derive(Debug, thiserror::Error)]
pub enum AlignError {
    /// The file cannot be read at all.
    #[error("cannot read `{path}`")]
    Io {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: std::io::Error,
    },
    /// Not an alignment file, or its header is damaged.
    #[error("`{path}` cannot be opened as SAM, BAM or CRAM: {found}")]
    Format {
        /// The file.
        path: PathBuf,
        /// What its first bytes look like.
        found: String,
    },
    /// The end-of-file marker is missing.
    #[error(
        "`{path}` is truncated: its end-of-file marker is missing\n\
         hint: copy or write the file again, and compare its size and checksum with the original"
    )]
    MissingEof {
        /// The file.
        path: PathBuf,
    },
    /// A record cannot be read.
    #[error(
        "`{path}` is damaged: record {record} cannot be read ({what})\n\
         hint: `samtools quickcheck -v` and `samtools view -c` show where it breaks; copy or write the file again"
    )]
    Record {
        /// The file.
        path: PathBuf,
        /// The number of the record, from 1.
        record: u64,
        /// What htslib found.
        what: &'static str,
    },
    /// The header names no contig.
    #[error("the header of `{path}` has no @SQ line, so its reads have no contigs")]
    NoContigs {
        /// The file.
        path: PathBuf,
    },
    /// No contig name is shared with the annotation.
    #[error(
        "no contig of `{path}` is in the annotation: the alignments have {alignments}; the annotation has {annotation}\n\
         hint: the two must come from one genome (names with and without `chr` are matched)"
    )]
    NoSharedContig {
        /// The file.
        path: PathBuf,
        /// Some of its contig names.
        alignments: String,
        /// Some of the annotation's.
        annotation: String,
    },
    /// The annotation reaches past the end of a contig.
    #[error(
        "`{path}` and the annotation are of different genome builds: on contig `{contig}` the annotation reaches base \
         {annotated}, but the contig has {length}{likely}\n\
         hint: take the annotation of the build that the reads were aligned to, or pass --allow-build-mismatch"
    )]
    BuildMismatch {
        /// The file.
        path: PathBuf,
        /// The contig, as the alignments name it.
        contig: String,
        /// The last annotated base, 1-based.
        annotated: u32,
        /// The contig's length.
        length: u64,
        /// What the lengths say about the build of the alignments.
        likely: String,
    },
    /// Out of coordinate order too late to go back.
    #[error(
        "`{path}` is neither sorted by coordinate nor grouped by name: record {record} breaks the order after {sorted} \
         sorted ones\n\
         hint: `samtools sort` it, or give its header the sort order `SO:unsorted`"
    )]
    Order {
        /// The file.
        path: PathBuf,
        /// The number of the record, from 1.
        record: u64,
        /// Sorted records before it.
        sorted: u64,
    },
    /// There is nothing in the file.
    #[error("`{path}` has no alignment records")]
    Empty {
        /// The file.
        path: PathBuf,
    },
    /// An index cannot be read.
    #[error(
        "index `{index}` is damaged, or not of these alignments: expected {expected}\n\
         hint: make it again with `samtools index`"
    )]
    Index {
        /// The index.
        index: PathBuf,
        /// What it should have.
        expected: &'static str,
    },
    /// An index of another file, or of an earlier state of this one.
    #[error(
        "index `{index}` does not fit `{path}`: {found}\n\
         hint: make it again with `samtools index`; if that fails, the alignments are damaged"
    )]
    IndexMisfit {
        /// The alignments.
        path: PathBuf,
        /// The index.
        index: PathBuf,
        /// What does not fit.
        found: &'static str,
    },
    /// No read is spliced.
    #[error(
        "`{path}` has no spliced alignment among {used} used ones\n\
         hint: splicing needs RNA-seq reads aligned to the genome by a spliced aligner (STAR, HISAT2, minimap2 -x splice)"
    )]
    NoSplicedReads {
        /// The file.
        path: PathBuf,
        /// Used alignments.
        used: u64,
    },
}
