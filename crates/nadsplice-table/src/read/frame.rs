//! Tables of rows, cell by cell.

use std::path::{Path, PathBuf};

use polars::prelude::{Column as PolarsColumn, DataType, StringChunked};

use super::{ReadError, Record, csv, source::Source};
use crate::{line::MISSING, row::Row};

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
    fn build<R: Row>(source: &Source, with_rest: bool) -> Result<Self, ReadError> {
        let head = &source.head;
        let positions = head.positions_of::<R>()?;
        let rest: Vec<usize> = if with_rest {
            (0..head.columns.len()).filter(|position| !positions.contains(&Some(*position))).collect()
        } else {
            Vec::new()
        };
        let wanted: Vec<_> =
            positions.iter().flatten().chain(&rest).map(|&position| (position, DataType::String)).collect();
        let parse_error = |cause| ReadError::Parse { path: head.path.clone(), source: cause };
        let mut parsed = csv::parse(source.body(), head.columns.len(), &wanted)
            .map_err(parse_error)?
            .into_iter()
            .map(|column| text_cells(&column).map_err(parse_error));
        let mut next = || parsed.next().transpose();
        let columns = positions
            .iter()
            .map(|position| if position.is_some() { next() } else { Ok(None) })
            .collect::<Result<Vec<_>, _>>()?;
        let rest_names = rest.iter().map(|&position| head.columns[position].clone()).collect();
        let rest: Vec<_> = parsed.collect::<Result<_, _>>()?;
        let height = columns.iter().flatten().chain(&rest).next().map_or(0, StringChunked::len);
        Ok(Self { path: head.path.clone(), columns, rest_names, rest, height })
    }

    /// The number of rows.
    pub(crate) const fn height(&self) -> usize {
        self.height
    }

    /// One row.
    pub(crate) fn row<R: Row>(&self, row: usize) -> Result<R, ReadError> {
        let cell = |cells| StringChunked::get(cells, row).unwrap_or(MISSING);
        let cells: Vec<_> = self.columns.iter().map(|cells| cells.as_ref().map(cell)).collect();
        Record::read(&self.path, row, &cells)
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
