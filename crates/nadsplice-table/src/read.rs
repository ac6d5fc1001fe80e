//! Reads tables back, with errors that name file, line and column.
//!
//! Tables of rows are read whole. The shape of a file (encoding, header, number of cells in each line) is checked first,
//! because polars fills short lines with nulls and reports bad cells by byte offset; polars then splits and parses the
//! cells. Matrices, which grow with the number of samples, are read line by line.

mod csv;
mod error;
mod frame;
mod head;
mod lines;
mod matrix;
mod number;
mod record;
mod source;

pub use error::ReadError;
pub use matrix::{Matrix, SampleColumns};
pub use number::MatrixNumber;
pub use record::Record;

pub(crate) use frame::Frame;
#[cfg(feature = "parquet")]
pub(crate) use {csv::parse, source::Source};

use std::{
    collections::{HashMap, hash_map::Entry},
    hash::Hash,
    path::Path,
};

use crate::{
    row::{Row, Table},
    rows::EventRow,
};

/// Reads all rows of a file. Columns may stand in any order; further ones are ignored.
///
/// # Errors
/// When the file cannot be read, is not a table, lacks a required column, or has a cell that does not hold what its
/// column expects.
pub fn read_rows<R: Row>(path: &Path) -> Result<Vec<R>, ReadError> {
    let frame = Frame::read::<R>(path)?;
    (0..frame.height()).map(|row| frame.row(row)).collect()
}

/// Reads a whole table by its own name from a folder.
///
/// # Errors
/// As [`read_rows`].
pub fn read_table<R: Table>(folder: &Path) -> Result<Vec<R>, ReadError> {
    read_rows(&folder.join(R::FILE))
}

/// Reads `events.tsv` from a folder; every event must stand in it once. Of its columns only `event_id`, `kind`,
/// `gene_id`, `gene_name`, `chrom`, `strand`, `length_inclusion` and `length_skipping` are required.
///
/// # Errors
/// As [`read_rows`], and when an event stands in the file twice.
pub fn read_events(folder: &Path) -> Result<Vec<EventRow>, ReadError> {
    let path = folder.join(EventRow::FILE);
    let rows = read_rows::<EventRow>(&path)?;
    let mut keys = Keys::default();
    for (row, event) in rows.iter().enumerate() {
        keys.add(&path, event.event_id.as_bytes(), row)?;
    }
    Ok(rows)
}

/// 1-based line of a row: the header is line 1, and no line is empty.
pub(crate) fn line_of(row: usize) -> u64 {
    row as u64 + 2
}

/// What rows are about, each once.
struct Keys<K>(HashMap<K, usize>);

impl<K> Default for Keys<K> {
    fn default() -> Self {
        Self(HashMap::new())
    }
}

impl<K: AsRef<[u8]> + Eq + Hash> Keys<K> {
    /// Adds the key of the next row.
    fn add(&mut self, path: &Path, key: K, row: usize) -> Result<(), ReadError> {
        match self.0.entry(key) {
            Entry::Vacant(entry) => {
                entry.insert(row);
                Ok(())
            }
            Entry::Occupied(entry) => Err(ReadError::DuplicateRow {
                path: path.to_owned(),
                line: line_of(row),
                first_line: line_of(*entry.get()),
                key: String::from_utf8_lossy(entry.key().as_ref()).replace('\t', " "),
            }),
        }
    }
}
