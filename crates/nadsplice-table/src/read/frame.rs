//! Tables of rows, cell by cell.

use std::path::{Path, PathBuf};

use polars::prelude::{Column as PolarsColumn, DataType, StringChunked};

use super::{ReadError, csv, line_of, source::Source};
use crate::{
    cell::CellFormat,
    line::MISSING,
    row::{CellError, Column, Row},
};

/// The text cells of a table, column by column.
pub(crate) struct Frame {
    path: PathBuf,
    /// One entry for each column of the row type; `None` where the file lacks it.
    columns: Vec<Option<StringChunked>>,
    rest_names: Vec<String>,
    rest: Vec<StringChunked>,
    height: usize,
}

impl Frame {
    /// Reads the columns of `R`.
    pub(crate) fn read<R: Row>(path: &Path) -> Result<Self, ReadError> {
        Self::build::<R>(&Source::read(path)?, false)
    }

    /// Reads the columns of `R` and all others.
    pub(crate) fn read_rest<R: Row>(path: &Path) -> Result<Self, ReadError> {
        Self::build::<R>(&Source::read(path)?, true)
    }

    /// Takes the cells of `R` out of a text, and those of all other columns on request.
    pub(super) fn build<R: Row>(source: &Source, with_rest: bool) -> Result<Self, ReadError> {
        let positions: Vec<_> = R::COLUMNS.iter().map(|column| source.position(column.name)).collect();
        let missing: Vec<_> = R::COLUMNS
            .iter()
            .zip(&positions)
            .filter(|(column, position)| column.required && position.is_none())
            .map(|(column, _)| column.name)
            .collect();
        if !missing.is_empty() {
            return Err(source.missing(missing));
        }
        let rest: Vec<usize> = if with_rest {
            (0..source.header.len()).filter(|position| !positions.contains(&Some(*position))).collect()
        } else {
            Vec::new()
        };
        let wanted: Vec<_> =
            positions.iter().flatten().chain(&rest).map(|&position| (position, DataType::String)).collect();
        let parse_error = |cause| ReadError::Parse { path: source.path.clone(), source: cause };
        let mut parsed = csv::parse(source.body(), source.header.len(), &wanted)
            .map_err(parse_error)?
            .into_iter()
            .map(|column| text_cells(&column).map_err(parse_error));
        let mut next = || parsed.next().transpose();
        let columns = positions
            .iter()
            .map(|position| if position.is_some() { next() } else { Ok(None) })
            .collect::<Result<Vec<_>, _>>()?;
        let rest_names = rest.iter().map(|&position| source.header[position].clone()).collect();
        let rest: Vec<_> = parsed.collect::<Result<_, _>>()?;
        let height = columns.iter().flatten().chain(&rest).next().map_or(0, StringChunked::len);
        Ok(Self { path: source.path.clone(), columns, rest_names, rest, height })
    }

    /// The number of rows.
    pub(crate) const fn height(&self) -> usize {
        self.height
    }

    /// One row.
    pub(crate) fn row<R: Row>(&self, row: usize) -> Result<R, ReadError> {
        let mut record = Record { columns: &self.columns, types: R::COLUMNS, row, next: 0 };
        R::read_cells(&mut record).map_err(|CellError { column, found, expected }| ReadError::Cell {
            path: self.path.clone(),
            line: line_of(row),
            column: column.to_owned(),
            found,
            expected,
        })
    }

    /// Names of the columns that are not the row type's.
    pub(crate) fn rest_names(&self) -> &[String] {
        &self.rest_names
    }

    /// One row's cells of these columns; the empty text where there is no value.
    pub(crate) fn rest_cells(&self, row: usize) -> Vec<String> {
        let cell = |cells: &StringChunked| cells.get(row).unwrap_or("").to_owned();
        self.rest.iter().map(cell).collect()
    }
}

fn text_cells(column: &PolarsColumn) -> polars::error::PolarsResult<StringChunked> {
    column.str().cloned()
}

/// One row of a file, read from its first column to its last.
pub struct Record<'a> {
    columns: &'a [Option<StringChunked>],
    types: &'static [Column],
    row: usize,
    next: usize,
}

impl Record<'_> {
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
        let (cells, column) = (&self.columns[self.next], self.types[self.next].name);
        self.next += 1;
        let Some(cells) = cells else { return Ok(None) };
        let cell = cells.get(self.row).unwrap_or(MISSING);
        match F::read(cell) {
            Some(value) => Ok(Some(value)),
            None => Err(CellError { column, found: cell.to_owned(), expected: F::EXPECTED }),
        }
    }
}
