//! Junction tables that other programs wrote, in place of alignments.
//!
//! ```text
//!   lines (gzip) -> star | bed | snaptron | recount -> gather (contigs, strands, repeats) -> SampleCounts
//! ```
//!
//! The content decides what a table is, not its name:
//!
//! | table | samples | an intron in it | reads |
//! |---|---|---|---|
//! | STAR `SJ.out.tab` | one | columns 2 and 3, 1-based and closed | column 7, uniquely mapped |
//! | regtools and `TopHat` BED12 | one | between two blocks, 0-based and half-open | score |
//! | Snaptron | many | `start` and `end`, 1-based and closed | `samples`, `,id:reads` |
//! | recount3 `MM` with `RR` and `ID` | many | `start` and `end` of `RR`, 1-based and closed | values of `MM` |

mod bed;
mod error;
mod gather;
mod kind;
mod lines;
mod matrix;
mod recount;
mod snaptron;
mod star;
#[cfg(test)]
mod tests;

pub use error::{JunctionLineProblem, JunctionTableError};
pub use gather::{JunctionSample, KnownIntrons, UnmatchedJunctions};
pub use kind::{JunctionFile, junction_file};
pub use matrix::JunctionMatrix;

use std::path::Path;

use nadsplice_core::{InputIdentity, Strand};

use self::{gather::Gather, lines::Lines};
use crate::input::pieces;

/// A junction of a table, 0-based and half-open, with where it stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Row {
    start: u32,
    end: u32,
    strand: Option<Strand>,
    reads: u32,
    max_overhang: Option<u32>,
    line: u64,
}

/// Reads a table of one sample: STAR's, or BED12.
///
/// # Errors
/// When the file cannot be read, is truncated, is no such table, has a line that is none of it, or has no junction on
/// a contig of the annotation.
pub fn read_junctions(
    path: &Path,
    sample: &str,
    known: &KnownIntrons<'_>,
) -> Result<JunctionSample, JunctionTableError> {
    let kind = junction_file(path)?;
    let mut lines = Lines::open(path)?;
    let mut gather = Gather::new(path, known);
    while let Some((number, line)) = lines.next_line()? {
        let row = match kind {
            JunctionFile::Star => star::parse(line, number).map(Some),
            JunctionFile::Bed => bed::parse(line, number),
            JunctionFile::Snaptron | JunctionFile::Recount => {
                return Err(JunctionTableError::ManySamples { path: path.to_owned(), what: kind.name() });
            }
        };
        let row = row.map_err(|problem| JunctionTableError::at(path, number, problem))?;
        if let Some((contig, row)) = row {
            gather.add(contig, row);
        }
    }
    gather.finish(sample)
}

/// The identity of a table's file.
///
/// # Errors
/// When it cannot be read.
pub fn identify_table(path: &Path) -> Result<InputIdentity, JunctionTableError> {
    // A table has no header.
    pieces(path, *blake3::hash(&[]).as_bytes())
        .map_err(|source| JunctionTableError::Io { path: path.to_owned(), source })
}
