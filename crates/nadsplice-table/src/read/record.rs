//! One row of a file, cell by cell.

use std::path::Path;

use super::{ReadError, line_of};
use crate::{
    cell::CellFormat,
    row::{CellError, Column, Row},
};

/// One row of a file, read from its first column to its last.
pub struct Record<'a> {
    /// One entry for each column of the row type; `None` where the file lacks it.
    cells: &'a [Option<&'a str>],
    types: &'static [Column],
    next: usize,
}

impl<'a> Record<'a> {
    /// Reads a row of a file from the cells of its type's columns.
    pub(super) fn read<R: Row>(
        path: &Path,
        row: usize,
        cells: &'a [Option<&'a str>],
    ) -> Result<R, ReadError> {
        let mut record = Self { cells, types: R::COLUMNS, next: 0 };
        R::read_cells(&mut record).map_err(|CellError { column, found, expected }| ReadError::Cell {
            path: path.to_owned(),
            line: line_of(row),
            column: column.to_owned(),
            found,
            expected,
        })
    }

    /// The next column's cell, which must be there.
    pub(crate) fn required<F: CellFormat<T>, T>(&mut self) -> Result<T, CellError> {
        // The file was refused if it lacked a required column, so what is missing here is the cell.
        let name = self.types[self.next].name;
        self.optional::<F, T>()?.ok_or_else(|| CellError {
            column: name,
            found: String::new(),
            expected: F::EXPECTED,
        })
    }

    /// The next column's cell; `None` where the file lacks the column.
    pub(crate) fn optional<F: CellFormat<T>, T>(&mut self) -> Result<Option<T>, CellError> {
        let (cell, column) = (self.cells[self.next], self.types[self.next].name);
        self.next += 1;
        let Some(cell) = cell else { return Ok(None) };
        match F::read(cell) {
            Some(value) => Ok(Some(value)),
            None => Err(CellError { column, found: cell.to_owned(), expected: F::EXPECTED }),
        }
    }
}
