//! Writes tables of rows.

use std::{borrow::Borrow, marker::PhantomData, path::Path};

use crate::{
    line::TsvLine,
    output::{OutputFile, WriteError},
    row::{Row, Table},
};

/// Writes a table row by row: one header line, tabs, line feeds, no quoting.
#[derive(Debug)]
pub struct TableWriter<R> {
    file: OutputFile,
    line: TsvLine,
    rows: PhantomData<fn(&R)>,
}

impl<R: Row> TableWriter<R> {
    /// Begins the file and writes the header. The file appears at [`TableWriter::finish`].
    ///
    /// # Errors
    /// When the file cannot be made or written.
    pub fn create(path: &Path) -> Result<Self, WriteError> {
        Self::begin(OutputFile::create(path)?)
    }

    /// Writes the header to an output that was already begun.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn begin(file: OutputFile) -> Result<Self, WriteError> {
        let mut writer = Self { file, line: TsvLine::new(), rows: PhantomData };
        for column in R::COLUMNS {
            writer.line.text(column.name);
        }
        writer.end_line()?;
        Ok(writer)
    }

    /// Writes one row.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn write(&mut self, row: &R) -> Result<(), WriteError> {
        row.write_cells(&mut self.line);
        self.end_line()
    }

    /// Ends the file and gives it its name.
    ///
    /// # Errors
    /// When the rest cannot be written or the file cannot be renamed.
    pub fn finish(self) -> Result<(), WriteError> {
        self.file.finish()
    }

    fn end_line(&mut self) -> Result<(), WriteError> {
        self.line.end();
        let written = self.file.append(self.line.as_bytes());
        self.line.clear();
        written
    }
}

/// Writes a whole table under its own name into a folder.
///
/// # Errors
/// When the file cannot be made, written or renamed.
pub fn write_table<R: Table, B: Borrow<R>>(
    folder: &Path,
    rows: impl IntoIterator<Item = B>,
) -> Result<(), WriteError> {
    let mut writer = TableWriter::<R>::create(&folder.join(R::FILE))?;
    for row in rows {
        writer.write(row.borrow())?;
    }
    writer.finish()
}
