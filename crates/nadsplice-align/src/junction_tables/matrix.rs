//! Tables of many samples, held in memory as far as the samples of a sheet need them.

use std::path::{Path, PathBuf};

use nadsplice_core::{ContigId, Strand};

use super::{
    JunctionFile, JunctionSample, JunctionTableError, KnownIntrons, Row, UnmatchedJunctions,
    gather::{ContigNames, assemble},
    junction_file, recount, snaptron,
};

/// Some samples of a table of many.
///
/// In memory are all junctions of the table (24 bytes each) and, for each of the samples asked for, the junctions with
/// reads (8 bytes each).
#[derive(Debug)]
pub struct JunctionMatrix {
    pub(super) path: PathBuf,
    pub(super) junctions: Vec<TableJunction>,
    pub(super) unmatched: Vec<String>,
    pub(super) samples: Vec<Column>,
}

/// A junction of a table of many samples.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct TableJunction {
    /// The contig, or its position among those that the annotation does not have.
    pub(super) contig: Result<ContigId, u32>,
    pub(super) start: u32,
    pub(super) end: u32,
    pub(super) strand: Option<Strand>,
    pub(super) line: u32,
}

/// A sample: `(position in the list of junctions, reads)`.
#[derive(Clone, Debug, Default)]
pub(super) struct Column {
    pub(super) id: String,
    pub(super) reads: Vec<(u32, u32)>,
}

impl JunctionMatrix {
    /// Reads a table of many samples, and of these the ones with the given ids.
    ///
    /// # Errors
    /// When a file cannot be read, is truncated or is no such table, has a line that is none of it, or lacks a sample.
    pub fn read(path: &Path, ids: &[String], known: &KnownIntrons<'_>) -> Result<Self, JunctionTableError> {
        let mut names = ContigNames::new(known);
        match junction_file(path)? {
            JunctionFile::Snaptron => snaptron::read(path, ids, &mut names),
            JunctionFile::Recount => recount::read(path, ids, &mut names),
            kind @ (JunctionFile::Star | JunctionFile::Bed) => Err(JunctionTableError::OtherFile {
                path: path.to_owned(),
                found: format!("it is {}, a table of one sample", kind.name()),
            }),
        }
    }

    /// A sample by its position among the ids that were asked for.
    ///
    /// # Errors
    /// When it has no junction on a contig of the annotation, or one twice.
    pub fn sample(
        &self,
        position: usize,
        name: &str,
        known: &KnownIntrons<'_>,
    ) -> Result<JunctionSample, JunctionTableError> {
        let column = &self.samples[position];
        let mut rows = Vec::with_capacity(column.reads.len());
        let mut unmatched = UnmatchedJunctions::default();
        let mut contigs = vec![false; self.unmatched.len()];
        for &(at, reads) in &column.reads {
            let TableJunction { contig, start, end, strand, line } = self.junctions[at as usize];
            match contig {
                Ok(contig) => {
                    let line = u64::from(line);
                    rows.push((contig, Row { start, end, strand, reads, max_overhang: None, line }));
                }
                Err(other) => {
                    unmatched.junctions += 1;
                    unmatched.reads += u64::from(reads);
                    contigs[other as usize] = true;
                }
            }
        }
        let seen = self.unmatched.iter().zip(contigs).filter(|(_, seen)| *seen);
        unmatched.contigs = seen.map(|(name, _)| name.clone()).collect();
        assemble(&self.path, known, name, rows, unmatched, format!(" of sample `{}`", column.id))
    }
}

/// Samples that are asked for, by id.
pub(super) fn columns(ids: &[String]) -> Vec<Column> {
    ids.iter().map(|id| Column { id: id.clone(), reads: Vec::new() }).collect()
}

/// A junction with its contig looked up. Tables of more than 2^32 - 1 lines do not fit into memory.
pub(super) fn table_junction(names: &mut ContigNames<'_>, contig: &[u8], row: Row) -> TableJunction {
    TableJunction {
        contig: names.find(contig).map_err(|other| u32::try_from(other).unwrap_or(u32::MAX)),
        start: row.start,
        end: row.end,
        strand: row.strand,
        line: u32::try_from(row.line).unwrap_or(u32::MAX),
    }
}
