//! The table of samples: the sheet's own columns, then what was found in each sample.

use std::path::Path;

use crate::{
    line::TsvLine,
    output::{OutputFile, WriteError},
    read::{Frame, ReadError},
    row::Row,
    rows::SampleRow,
};

/// File name of the table of samples.
pub const SAMPLES_FILE: &str = "samples.tsv";

/// The table of samples.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct SampleTable {
    /// Names of the sheet's columns, in the sheet's order.
    pub sheet_columns: Vec<String>,
    /// For each sample its cells of the sheet (empty where there is none) and what was found.
    pub rows: Vec<(Vec<String>, SampleRow)>,
}

impl SampleTable {
    /// Writes `samples.tsv` into a folder. A sheet column that has the name of one of [`SampleRow`]'s gets `sheet_`
    /// before its name.
    ///
    /// # Errors
    /// When two columns would have the same name, a row has not as many cells as the sheet has columns, or the file
    /// cannot be made, written or renamed.
    pub fn write(&self, folder: &Path) -> Result<(), WriteError> {
        let path = folder.join(SAMPLES_FILE);
        let mut header: Vec<String> = Vec::new();
        for name in &self.sheet_columns {
            let is_taken = SampleRow::COLUMNS.iter().any(|column| column.name == name);
            let name = if is_taken { format!("sheet_{name}") } else { name.clone() };
            if header.contains(&name) {
                return Err(WriteError::DuplicateColumn { path, column: name });
            }
            header.push(name);
        }
        header.extend(SampleRow::COLUMNS.iter().map(|column| column.name.to_owned()));

        let mut file = OutputFile::create(&path)?;
        let mut line = TsvLine::new();
        for name in &header {
            line.text(name);
        }
        line.end();
        for (number, (cells, found)) in (1..).zip(&self.rows) {
            if cells.len() != self.sheet_columns.len() {
                let (expected, found) = (self.sheet_columns.len(), cells.len());
                return Err(WriteError::Width { path, row: number, expected, found });
            }
            for cell in cells {
                line.text(cell);
            }
            found.write_cells(&mut line);
            line.end();
        }
        file.append(line.as_bytes())?;
        file.finish()
    }

    /// Reads `samples.tsv` back from a folder; columns that are not [`SampleRow`]'s are the sheet's.
    ///
    /// # Errors
    /// When the file cannot be read, a column is missing, or a cell does not hold what its column expects.
    pub fn read(folder: &Path) -> Result<Self, ReadError> {
        let frame = Frame::read_rest::<SampleRow>(&folder.join(SAMPLES_FILE))?;
        let sheet_columns = frame.rest_names().to_vec();
        let rows = (0..frame.height())
            .map(|row| Ok((frame.rest_cells(row), frame.row(row)?)))
            .collect::<Result<_, ReadError>>()?;
        Ok(Self { sheet_columns, rows })
    }
}
