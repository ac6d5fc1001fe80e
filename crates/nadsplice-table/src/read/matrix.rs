//! Reads matrices: leading columns and one number a sample.

use std::{
    collections::HashMap,
    path::{Path, PathBuf},
};

use super::{Keys, ReadError, Record, head::Head, line_of, lines::Lines, number, number::MatrixNumber};
use crate::{line::TsvLine, matrix::MatrixTable, row::Row, rows::EventLead};

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

impl<L, T> Matrix<L, T> {
    /// The leading columns, row by row.
    pub fn leads(&self) -> &[L] {
        &self.leads
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
        all_there(&self.path, event_ids, |k| rows.contains_key(event_ids[k]))?;
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
        is_wanted: impl FnMut(&L) -> bool,
    ) -> Result<Matrix<L, T>, ReadError> {
        let (mut leads, mut values) = (Vec::new(), Vec::new());
        let samples = self.for_each_row(folder, samples, is_wanted, |lead, row| {
            leads.push(lead);
            values.extend_from_slice(row);
        })?;
        Ok(Matrix { path: folder.join(self.file), leads, samples, values })
    }

    /// Reads the table as [`Self::read_where`], and gives each row that is wanted away as soon as it is read: its leading
    /// columns and its values, one a sample. Returns the names of the samples.
    ///
    /// # Errors
    /// As [`Self::read_where`]. Some rows may have been given away before.
    pub fn for_each_row<T: MatrixNumber>(
        &self,
        folder: &Path,
        samples: SampleColumns<'_>,
        mut is_wanted: impl FnMut(&L) -> bool,
        mut give: impl FnMut(L, &[Option<T>]),
    ) -> Result<Vec<String>, ReadError> {
        let mut lines = Lines::open(&folder.join(self.file))?;
        let columns = match LeadCells::find::<L>(&lines.head) {
            Ok(columns) => columns,
            Err(fault) => return Err(lines.after(fault)),
        };
        let path = lines.head.path.clone();
        let (mut keys, mut key) = (Keys::default(), TsvLine::new());
        // What is wrong with leading columns is told before what is wrong with samples and their numbers, so all leading
        // columns are read in any case.
        let (mut twin, mut values) = (None, Values::find::<L>(&lines.head, samples));
        let mut row = 0;
        while let Some(line) = lines.next()? {
            let lead: L = match columns.read(&path, row, line) {
                Ok(lead) => lead,
                Err(fault) => return Err(lines.after(fault)),
            };
            key.clear();
            lead.write_cells(&mut key);
            twin = twin.or_else(|| keys.add(&path, Box::from(key.as_bytes()), row).err());
            if let Ok(of_row) = &mut values
                && is_wanted(&lead)
            {
                match of_row.read(line) {
                    Ok(()) => give(lead, &of_row.row),
                    Err(fault) => values = Err(fault.told(&lines.head, row, T::EXPECTED)),
                }
            }
            row += 1;
        }
        match twin {
            Some(twin) => Err(twin),
            None => Ok(values?.samples),
        }
    }
}

impl MatrixTable<EventLead> {
    /// Reads the rows of these events and gives each away as soon as it is read: the event's place in the list and its
    /// values, one a sample. Rows come in the order of the file; further events are left out, and so are those that are not
    /// wanted.
    ///
    /// # Errors
    /// As [`Self::for_each_row`], and when the matrix lacks one of the events, wanted or not.
    pub fn for_each_event<T: MatrixNumber>(
        &self,
        folder: &Path,
        samples: SampleColumns<'_>,
        event_ids: &[&str],
        is_wanted: impl Fn(&EventLead) -> bool,
        mut give: impl FnMut(usize, &[Option<T>]),
    ) -> Result<(), ReadError> {
        let places: HashMap<&str, usize> = event_ids.iter().enumerate().map(|(k, id)| (*id, k)).collect();
        let place = |lead: &EventLead| places.get(lead.event_id.as_str()).copied();
        let mut is_there = vec![false; event_ids.len()];
        let is_wanted = |lead: &EventLead| {
            if let Some(place) = place(lead) {
                is_there[place] = true;
            }
            is_wanted(lead)
        };
        self.for_each_row(folder, samples, is_wanted, |lead, row| {
            if let Some(place) = place(&lead) {
                give(place, row);
            }
        })?;
        all_there(&folder.join(self.file), event_ids, |k| is_there[k])
    }
}

/// Refuses a matrix without some of the events.
fn all_there(path: &Path, event_ids: &[&str], is_there: impl Fn(usize) -> bool) -> Result<(), ReadError> {
    let lacking: Vec<usize> = (0..event_ids.len()).filter(|&k| !is_there(k)).collect();
    match lacking.first() {
        None => Ok(()),
        Some(&first) => Err(ReadError::MissingEvents {
            path: path.to_owned(),
            missing: lacking.len(),
            expected: event_ids.len(),
            first: event_ids[first].to_owned(),
        }),
    }
}

/// Where the leading columns stand.
struct LeadCells {
    /// One entry for each column of the row type; `None` where the file lacks it.
    positions: Vec<Option<usize>>,
    /// Cells from the left among which they are.
    width: usize,
}

impl LeadCells {
    fn find<L: Row>(head: &Head) -> Result<Self, ReadError> {
        let positions = head.positions_of::<L>()?;
        let width = positions.iter().flatten().max().map_or(0, |last| last + 1);
        Ok(Self { positions, width })
    }

    fn read<L: Row>(&self, path: &Path, row: usize, line: &str) -> Result<L, ReadError> {
        let left: Vec<&str> = line.split('\t').take(self.width).collect();
        let cells: Vec<_> = self.positions.iter().map(|position| position.map(|at| left[at])).collect();
        Record::read(path, row, &cells)
    }
}

/// The values of one row after the other.
struct Values<T> {
    samples: Vec<String>,
    /// Positions in the file, ascending, each with its place in the row.
    columns: Vec<(usize, usize)>,
    row: Vec<Option<T>>,
}

/// A cell that holds no number.
struct NoNumber {
    position: usize,
    found: String,
}

impl NoNumber {
    fn told(self, head: &Head, row: usize, expected: &'static str) -> ReadError {
        let (path, column) = (head.path.clone(), head.columns[self.position].clone());
        ReadError::Cell { path, line: line_of(row), column, found: self.found, expected }
    }
}

impl<T: MatrixNumber> Values<T> {
    fn find<L: Row>(head: &Head, samples: SampleColumns<'_>) -> Result<Self, ReadError> {
        let is_lead = |name: &str| L::COLUMNS.iter().any(|column| column.name == name);
        let samples: Vec<String> = match samples {
            SampleColumns::All => head.columns.iter().filter(|name| !is_lead(name)).cloned().collect(),
            SampleColumns::Named(names) => names.to_vec(),
        };
        let positions: HashMap<&str, usize> =
            head.columns.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let position = |name: &str| positions.get(name).copied().filter(|_| !is_lead(name));
        let missing: Vec<_> =
            samples.iter().map(String::as_str).filter(|name| position(name).is_none()).collect();
        if !missing.is_empty() {
            return Err(head.missing(missing));
        }
        let mut columns: Vec<(usize, usize)> =
            samples.iter().enumerate().filter_map(|(place, name)| Some((position(name)?, place))).collect();
        columns.sort_unstable();
        Ok(Self { row: vec![None; samples.len()], samples, columns })
    }

    /// Reads the values of a line, which has all cells of the header.
    fn read(&mut self, line: &str) -> Result<(), NoNumber> {
        let end_of = |start: usize| {
            line.as_bytes()[start..]
                .iter()
                .position(|b| *b == b'\t')
                .map_or(line.len(), |length| start + length)
        };
        let (mut at, mut start, mut end) = (0, 0, end_of(0));
        for &(position, place) in &self.columns {
            while at < position {
                (at, start) = (at + 1, end + 1);
                end = end_of(start);
            }
            self.row[place] =
                number::read(&line[start..end]).map_err(|found| NoNumber { position, found })?;
        }
        Ok(())
    }
}
