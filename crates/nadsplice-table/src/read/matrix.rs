//! Reads matrices: leading columns and one number a sample.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use polars::prelude::DataType;

use super::{Frame, ReadError, check_unique, csv, line_of, source::Source};
use crate::{cell::is_missing_number, line::TsvLine, matrix::MatrixTable, row::Row, rows::EventLead};

/// So many numbers are parsed at once.
const CELLS_AT_ONCE: usize = 1 << 20;

/// Which sample columns to read.
#[derive(Clone, Copy, Debug)]
pub enum SampleColumns<'a> {
    /// All that are there, in the file's order.
    All,
    /// These, in this order; each must be there.
    Named(&'a [String]),
}

/// A matrix in memory: one row a lead, one column a sample.
#[derive(Clone, Debug)]
pub struct Matrix<L, T> {
    path: PathBuf,
    leads: Vec<L>,
    samples: Vec<String>,
    /// Row by row.
    values: Vec<Option<T>>,
}

/// A number type of a matrix.
pub trait MatrixNumber: Sized + Copy {
    /// What a cell must hold, for error messages: "expected ...".
    const EXPECTED: &'static str;

    /// The number, unless it is none of this type.
    fn from_number(number: f64) -> Option<Self>;
}

impl MatrixNumber for u32 {
    const EXPECTED: &'static str = "a whole number from 0 to 4294967295, or NA";

    /// Takes `12.0` too, as tools write whole numbers that once stood beside missing ones.
    fn from_number(number: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and within the type's range"
        )]
        (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
    }
}

impl MatrixNumber for f64 {
    const EXPECTED: &'static str = "a finite number, or NA";

    fn from_number(number: f64) -> Option<Self> {
        number.is_finite().then_some(number)
    }
}

impl<L, T> Matrix<L, T> {
    /// The leading columns, row by row.
    pub fn leads(&self) -> &[L] {
        &self.leads
    }

    /// The leading columns, without the values.
    pub fn into_leads(self) -> Vec<L> {
        self.leads
    }

    /// The sample names, in the order of the values.
    pub fn samples(&self) -> &[String] {
        &self.samples
    }

    /// The values of a row, one a sample; `None` where there is none.
    pub fn row(&self, row: usize) -> &[Option<T>] {
        &self.values[row * self.samples.len()..][..self.samples.len()]
    }

    /// The number of rows.
    pub fn len(&self) -> usize {
        self.leads.len()
    }

    /// Whether there are no rows.
    pub fn is_empty(&self) -> bool {
        self.leads.is_empty()
    }
}

impl<T: Copy> Matrix<EventLead, T> {
    /// The rows of these events, in this order; further rows are left out.
    ///
    /// # Errors
    /// When the matrix lacks one of the events.
    pub fn for_events(self, event_ids: &[&str]) -> Result<Self, ReadError> {
        if self.leads.iter().map(|lead| lead.event_id.as_str()).eq(event_ids.iter().copied()) {
            return Ok(self);
        }
        let rows: HashMap<&str, usize> =
            self.leads.iter().enumerate().map(|(row, lead)| (lead.event_id.as_str(), row)).collect();
        let lacking: Vec<_> = event_ids.iter().filter(|id| !rows.contains_key(**id)).collect();
        if let Some(first) = lacking.first() {
            return Err(ReadError::MissingEvents {
                path: self.path.clone(),
                missing: lacking.len(),
                expected: event_ids.len(),
                first: (**first).to_owned(),
            });
        }
        let order: Vec<usize> = event_ids.iter().filter_map(|id| rows.get(id).copied()).collect();
        let values = order.iter().flat_map(|&row| self.row(row)).copied().collect();
        let leads = order.iter().map(|&row| self.leads[row].clone()).collect();
        Ok(Self { leads, values, ..self })
    }
}

impl<L: Row> MatrixTable<L> {
    /// Reads the table by its own name from a folder; no two rows may have the same leading columns.
    ///
    /// # Errors
    /// When the file cannot be read, is not a table, lacks a leading column or a sample asked for, has a row twice, or
    /// has a cell that does not hold what its column expects.
    pub fn read<T: MatrixNumber>(
        &self,
        folder: &Path,
        samples: SampleColumns<'_>,
    ) -> Result<Matrix<L, T>, ReadError> {
        self.read_where(folder, samples, |_| true)
    }

    /// As [`Self::read`], but only the rows that are wanted, by their leading columns; numbers of others take no memory.
    ///
    /// # Errors
    /// As [`Self::read`]; cells of other rows are not looked at.
    pub fn read_where<T: MatrixNumber>(
        &self,
        folder: &Path,
        samples: SampleColumns<'_>,
        is_wanted: impl Fn(&L) -> bool,
    ) -> Result<Matrix<L, T>, ReadError> {
        let source = Source::read(&folder.join(self.file))?;
        let frame = Frame::build::<L>(&source, false)?;
        let leads: Vec<L> = (0..frame.height()).map(|row| frame.row(row)).collect::<Result<_, _>>()?;
        check_unique(
            &source.path,
            leads.iter().map(|lead| {
                let mut key = TsvLine::new();
                lead.write_cells(&mut key);
                key.into_bytes()
            }),
        )?;

        let is_lead = |name: &str| L::COLUMNS.iter().any(|column| column.name == name);
        let samples: Vec<String> = match samples {
            SampleColumns::All => source.header.iter().filter(|name| !is_lead(name)).cloned().collect(),
            SampleColumns::Named(names) => names.to_vec(),
        };
        let positions: Vec<_> =
            samples.iter().map(|name| source.position(name).filter(|_| !is_lead(name))).collect();
        let missing: Vec<_> = samples
            .iter()
            .zip(&positions)
            .filter(|(_, position)| position.is_none())
            .map(|(name, _)| name.as_str())
            .collect();
        if !missing.is_empty() {
            return Err(source.missing(missing));
        }
        let positions: Vec<usize> = positions.into_iter().flatten().collect();
        let is_wanted: Vec<bool> = leads.iter().map(is_wanted).collect();
        let values = numbers(&source, &positions, &is_wanted)?;
        let leads = leads.into_iter().zip(is_wanted).filter_map(|(lead, wanted)| wanted.then_some(lead));
        Ok(Matrix { path: source.path, leads: leads.collect(), samples, values })
    }
}

/// The numbers of some columns in the wanted rows, row by row.
fn numbers<T: MatrixNumber>(
    source: &Source,
    positions: &[usize],
    is_wanted: &[bool],
) -> Result<Vec<Option<T>>, ReadError> {
    let height = is_wanted.iter().filter(|wanted| **wanted).count();
    let mut values = Vec::with_capacity(height * positions.len());
    if height == 0 || positions.is_empty() {
        return Ok(values);
    }
    // Parsed numbers are twice as large as what is kept of them: some lines at a time.
    let lines_at_once = CELLS_AT_ONCE.div_ceil(positions.len());
    let lines = source.body().split(|&b| b == b'\n').enumerate();
    let mut lines = lines.zip(is_wanted).filter_map(|(line, wanted)| wanted.then_some(line)).peekable();
    while lines.peek().is_some() {
        let (mut body, mut rows) = (Vec::new(), Vec::new());
        for (row, line) in lines.by_ref().take(lines_at_once) {
            rows.push(row);
            body.extend_from_slice(line.strip_suffix(b"\r").unwrap_or(line));
            body.push(b'\n');
        }
        body.pop();
        add_numbers(&mut values, source, positions, &body, &rows)?;
    }
    Ok(values)
}

/// Adds the numbers of some lines, which are these rows of the table.
fn add_numbers<T: MatrixNumber>(
    values: &mut Vec<Option<T>>,
    source: &Source,
    positions: &[usize],
    body: &[u8],
    rows: &[usize],
) -> Result<(), ReadError> {
    let parse_error = |cause| ReadError::Parse { path: source.path.clone(), source: cause };
    let mut wanted: Vec<_> = positions.iter().map(|&position| (position, DataType::Float64)).collect();
    wanted.sort_unstable_by_key(|&(position, _)| position);
    wanted.dedup_by_key(|&mut (position, _)| position);
    // polars tells a cell that is no number by its byte offset only.
    let columns = csv::parse(body, source.header.len(), &wanted)
        .map_err(|cause| unreadable_cell::<T>(source, positions).unwrap_or_else(|| parse_error(cause)))?;
    let first = values.len();
    values.resize(first + rows.len() * positions.len(), None);
    for (index, position) in positions.iter().enumerate() {
        let Ok(at) = wanted.binary_search_by_key(position, |&(wanted, _)| wanted) else { continue };
        let numbers = columns[at].f64().map_err(parse_error)?;
        for (k, number) in numbers.iter().enumerate() {
            let Some(number) = number.filter(|n| !n.is_nan()) else { continue };
            let value = T::from_number(number).ok_or_else(|| ReadError::Cell {
                path: source.path.clone(),
                line: line_of(rows[k]),
                column: source.header[*position].clone(),
                found: number.to_string(),
                expected: T::EXPECTED,
            })?;
            values[first + k * positions.len() + index] = Some(value);
        }
    }
    Ok(())
}

/// The first cell that is no number.
fn unreadable_cell<T: MatrixNumber>(source: &Source, positions: &[usize]) -> Option<ReadError> {
    let body = String::from_utf8_lossy(source.body());
    body.lines().enumerate().find_map(|(row, line)| {
        let cells: Vec<&str> = line.split('\t').collect();
        positions.iter().find_map(|&position| {
            let cell = cells.get(position)?.trim();
            (!is_missing_number(cell) && cell.parse::<f64>().is_err()).then(|| ReadError::Cell {
                path: source.path.clone(),
                line: line_of(row),
                column: source.header[position].clone(),
                found: cell.to_owned(),
                expected: T::EXPECTED,
            })
        })
    })
}
