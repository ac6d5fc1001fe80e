//! Sample sheets: which samples there are, where their alignments lie, and what is known about them.

mod column;
mod problem;
mod rmats;
mod rows;

pub use column::{Column, Role};
pub use problem::{SheetError, SheetProblem, SheetProblemKind};

use std::path::{Path, PathBuf};

use nadsplice_core::LibraryStrandedness;

use crate::delimited;

/// The column that holds the groups where nothing else is said.
pub(crate) const CONDITION: &str = "condition";
/// What Shiba's experiment tables call it.
const GROUP: &str = "group";

/// A sample of a sheet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sample {
    /// The name, distinct in the sheet and fit for a file name.
    pub name: String,
    /// The SAM, BAM or CRAM file, from the columns `bam` or `genome_bam`.
    pub alignments: Option<PathBuf>,
    /// The counts file, or a junction table in its place, from the column `counts`.
    pub counts: Option<PathBuf>,
    /// The junction table, from the column `junctions`; several samples may share one.
    pub junctions: Option<PathBuf>,
    /// What a table of many samples calls this one, from the column `rail_id`, where that is not its name.
    pub table_id: Option<String>,
    /// The library's strandedness where the sheet states it; `auto` states nothing.
    pub strandedness: Option<LibraryStrandedness>,
    /// 1-based line of the sheet.
    pub line: u64,
}

/// What is asked of the sheet's input files.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Inputs {
    /// Each sample must have alignments, counts or a junction table, and every file that the sheet names must be there.
    Required,
    /// Samples may have neither, and files are not looked for.
    Ignored,
}

/// Samples in the order of the sheet, and its columns.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleSheet {
    samples: Vec<Sample>,
    columns: Vec<Column>,
}

impl SampleSheet {
    /// Reads a sheet with tabs or commas: `sample`, then `bam` or `genome_bam` (relative to the sheet's folder),
    /// `counts` or `junctions` with optional `rail_id`, optionally `strandedness`, and any further columns. nf-core sheets and Shiba's experiment tables are
    /// read as they are; a sample that an nf-core sheet repeats for each of its FASTQ files is one sample.
    ///
    /// # Errors
    /// All problems of the sheet at once, each with its line.
    pub fn read(path: &Path, inputs: Inputs) -> Result<Self, SheetError> {
        let text = delimited::read(path).map_err(|error| SheetError::from_text(path, error))?;
        rows::assemble(path, text, inputs)
    }

    /// Reads rMATS's group files, BAM paths joined by commas. Paths are relative to the working directory, as they are
    /// for rMATS, or else to the group file's folder. A sample has the name of its file without the ending; where these
    /// are not distinct, that of the file's folder. The column `condition` holds `group1` and `group2`.
    ///
    /// # Errors
    /// All problems of both files at once, each with its line.
    pub fn from_rmats_groups(b1: &Path, b2: &Path, inputs: Inputs) -> Result<Self, SheetError> {
        rmats::assemble([b1, b2], inputs)
    }

    /// The samples.
    pub fn samples(&self) -> &[Sample] {
        &self.samples
    }

    /// All columns as they stand in the sheet, with one cell a sample.
    pub fn columns(&self) -> &[Column] {
        &self.columns
    }

    /// The columns that can serve as a factor or covariate, those that were measured last. A column of the sheet goes
    /// before a measured one of its name.
    pub fn variables(&self) -> impl Iterator<Item = &Column> {
        let is_own = |name: &str| self.columns.iter().any(|c| c.role() == Role::Variable && c.name() == name);
        self.columns.iter().filter(move |column| match column.role() {
            Role::Variable => true,
            Role::Measured => !is_own(column.name()),
            _ => false,
        })
    }

    /// The columns that were measured in the samples, also those that are no [variables](Self::variables).
    pub fn measured(&self) -> impl Iterator<Item = &Column> {
        self.columns.iter().filter(|column| column.role() == Role::Measured)
    }

    /// Adds what was measured in the samples: the variables of `found` that `is_wanted` knows, sample by sample. A
    /// sample that `found` lacks has no value.
    pub fn add_measured(&mut self, found: &Self, is_wanted: impl Fn(&str) -> bool) {
        let rows: Vec<Option<usize>> = self
            .samples
            .iter()
            .map(|sample| found.samples.iter().position(|other| other.name == sample.name))
            .collect();
        for column in found.variables().filter(|column| is_wanted(column.name())) {
            let cells = rows.iter().map(|row| row.and_then(|at| column.cells()[at].clone())).collect();
            self.add_column(column.name(), cells);
        }
    }

    /// Adds columns in place of what is yet to be measured, so that a design can be checked: a measurement without ties
    /// that goes with nothing.
    pub fn add_stand_ins(&mut self, names: &[&str]) {
        let golden = 0.5 * (5.0_f64.sqrt() - 1.0);
        for (step, name) in (1..).map(f64::from).zip(names) {
            // Multiples of different irrational numbers, modulo 1, have no linear relation.
            let by = (golden + step.sqrt() * std::f64::consts::PI).fract();
            let cells = (1..=self.samples.len()).map(|k| Some((k as f64 * by).fract().to_string())).collect();
            self.add_column(name, cells);
        }
    }

    /// The sheet of some of its samples.
    #[must_use]
    pub fn with_samples(&self, is_wanted: impl Fn(&str) -> bool) -> Self {
        let rows: Vec<usize> =
            (0..self.samples.len()).filter(|&row| is_wanted(&self.samples[row].name)).collect();
        let column = |column: &Column| {
            let cells = rows.iter().map(|&row| column.cells()[row].clone()).collect();
            Column::new(column.name().to_owned(), column.role(), cells)
        };
        Self {
            samples: rows.iter().map(|&row| self.samples[row].clone()).collect(),
            columns: self.columns.iter().map(column).collect(),
        }
    }

    fn add_column(&mut self, name: &str, cells: Vec<Option<String>>) {
        if !self.measured().any(|column| column.name() == name) {
            self.columns.push(Column::new(name.to_owned(), Role::Measured, cells));
        }
    }

    /// The variable of this name. `condition` also finds `group`, as Shiba calls it, where there is no `condition`.
    pub fn variable(&self, name: &str) -> Option<&Column> {
        let find = |name: &str| self.variables().find(|column| column.name() == name);
        find(name).or_else(|| if name == CONDITION { find(GROUP) } else { None })
    }
}
