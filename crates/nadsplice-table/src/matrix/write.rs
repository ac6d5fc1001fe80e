//! Writes matrices row by row, so that none is ever in memory as text.

use std::{collections::HashSet, marker::PhantomData, path::Path};

use super::MatrixTable;
use crate::{
    line::TsvLine,
    output::{OutputFile, WriteError},
    row::Row,
};

/// Writes a matrix row by row. The file appears at [`MatrixWriter::finish`].
#[derive(Debug)]
pub struct MatrixWriter<L> {
    file: OutputFile,
    line: TsvLine,
    width: usize,
    decimals: usize,
    rows: u64,
    lead: PhantomData<fn(&L)>,
}

/// A value of a sample column.
pub trait MatrixValue {
    /// Writes the cell; `decimals` is that of the table.
    fn write(&self, line: &mut TsvLine, decimals: usize);
}

impl MatrixValue for u32 {
    fn write(&self, line: &mut TsvLine, _decimals: usize) {
        line.integer(u64::from(*self));
    }
}

impl MatrixValue for u64 {
    fn write(&self, line: &mut TsvLine, _decimals: usize) {
        line.integer(*self);
    }
}

impl MatrixValue for f64 {
    fn write(&self, line: &mut TsvLine, decimals: usize) {
        line.fixed(*self, decimals);
    }
}

impl<T: MatrixValue> MatrixValue for Option<T> {
    fn write(&self, line: &mut TsvLine, decimals: usize) {
        match self {
            Some(value) => value.write(line, decimals),
            None => line.missing(),
        }
    }
}

impl<L: Row> MatrixTable<L> {
    /// Begins the table under its own name in a folder and writes the header.
    ///
    /// # Errors
    /// When two columns would have the same name, or the file cannot be made or written.
    pub fn create<S: AsRef<str>>(&self, folder: &Path, samples: &[S]) -> Result<MatrixWriter<L>, WriteError> {
        let path = folder.join(self.file);
        let mut line = TsvLine::new();
        let mut names = HashSet::new();
        let leading = L::COLUMNS.iter().map(|column| column.name);
        for name in leading.chain(samples.iter().map(AsRef::as_ref)) {
            if !names.insert(name) {
                return Err(WriteError::DuplicateColumn { path, column: name.to_owned() });
            }
            line.text(name);
        }
        let mut writer = MatrixWriter {
            file: OutputFile::create(&path)?,
            line,
            width: samples.len(),
            decimals: self.values.decimals(),
            rows: 0,
            lead: PhantomData,
        };
        writer.end_line()?;
        Ok(writer)
    }
}

impl<L: Row> MatrixWriter<L> {
    /// Writes one row: its leading columns, then one value a sample in the header's order.
    ///
    /// # Errors
    /// When there are not as many values as samples, or the row cannot be written.
    pub fn write<V: MatrixValue>(
        &mut self,
        lead: &L,
        values: impl IntoIterator<Item = V>,
    ) -> Result<(), WriteError> {
        self.rows += 1;
        lead.write_cells(&mut self.line);
        let mut found = 0;
        for value in values {
            value.write(&mut self.line, self.decimals);
            found += 1;
        }
        if found != self.width {
            return Err(WriteError::Width {
                path: self.file.path().to_owned(),
                row: self.rows,
                expected: self.width,
                found,
            });
        }
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
