//! Contrast sheets.

use std::{
    fmt, io,
    path::{Path, PathBuf},
};

use super::{Contrast, ContrastError, Exclusion};
use crate::{
    delimited::{self, DelimitedError, DelimitedRecord},
    listing::quoted,
    sheet::{CONDITION, SampleSheet},
};

/// A contrast sheet could not be used.
#[derive(Debug, thiserror::Error)]
pub enum ContrastSheetError {
    /// The file could not be read.
    #[error("could not read contrast sheet `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The sheet has problems; all that were found.
    #[error("{}", ContrastProblem::report(.0))]
    Problems(Vec<ContrastProblem>),
}

/// One problem of a contrast sheet.
#[derive(Debug)]
pub struct ContrastProblem {
    /// The sheet.
    pub path: PathBuf,
    /// 1-based line, where the problem has one.
    pub line: Option<u64>,
    /// What is wrong.
    pub kind: ContrastProblemKind,
}

/// What is wrong with a contrast sheet.
#[derive(Debug, thiserror::Error)]
pub enum ContrastProblemKind {
    /// The line is not UTF-8.
    #[error("not UTF-8 text")]
    NotText,
    /// There is no line below the header.
    #[error("no contrasts")]
    NoContrasts,
    /// The header is that of no known form.
    #[error(
        "expected the columns `contrast`, `treatment`, `control` or `id`, `variable`, `reference`, `target`, \
         found {}",
        quoted(found)
    )]
    Header {
        /// The header.
        found: Vec<String>,
    },
    /// The line has another number of cells than the header.
    #[error("{found} cells, expected {expected} as in the header")]
    Ragged {
        /// Cells of the header.
        expected: usize,
        /// Cells of the line.
        found: usize,
    },
    /// The contrast does not fit the sample sheet.
    #[error(transparent)]
    Contrast(ContrastError),
}

impl ContrastProblem {
    fn report(problems: &[Self]) -> String {
        let lines: Vec<String> = problems.iter().map(Self::to_string).collect();
        match lines.as_slice() {
            [one] => one.clone(),
            many => format!("{} problems in the contrast sheet:\n  {}", many.len(), many.join("\n  ")),
        }
    }
}

impl fmt::Display for ContrastProblem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "`{}`", self.path.display())?;
        if let Some(line) = self.line {
            write!(f, ", line {line}")?;
        }
        write!(f, ": {}", self.kind)
    }
}

/// Positions of the columns of either form.
struct Form {
    id: Option<usize>,
    /// `None` where the factor is the condition.
    variable: Option<usize>,
    case: usize,
    control: usize,
    blocking: Option<usize>,
    excluded_column: Option<usize>,
    excluded_values: Option<usize>,
}

impl Form {
    fn of(header: &[String]) -> Option<Self> {
        let find = |name: &str| header.iter().position(|column| column.eq_ignore_ascii_case(name));
        if let (Some(variable), Some(control), Some(case)) =
            (find("variable"), find("reference"), find("target"))
        {
            return Some(Self {
                id: find("id"),
                variable: Some(variable),
                case,
                control,
                blocking: find("blocking"),
                excluded_column: find("exclude_samples_col"),
                excluded_values: find("exclude_samples_values"),
            });
        }
        Some(Self {
            id: Some(find("contrast")?),
            variable: None,
            case: find("treatment")?,
            control: find("control")?,
            blocking: None,
            excluded_column: None,
            excluded_values: None,
        })
    }

    /// The contrast of a line, not yet held against a sample sheet.
    fn contrast(&self, record: &DelimitedRecord) -> Contrast {
        let cell = |at: Option<usize>| at.map_or("", |at| record.cells[at].as_str());
        let value = |at| Some(cell(at)).filter(|cell| !matches!(*cell, "" | "NA"));
        let list = |at| {
            let items = value(at).into_iter().flat_map(|cell| cell.split(';'));
            items.map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect::<Vec<_>>()
        };
        let factor = if self.variable.is_some() { cell(self.variable) } else { CONDITION };
        let (case, control) = (cell(Some(self.case)), cell(Some(self.control)));
        Contrast {
            id: value(self.id).map(str::to_owned),
            blocking: list(self.blocking),
            excluded: value(self.excluded_column)
                .map(|column| Exclusion { column: column.to_owned(), values: list(self.excluded_values) }),
            ..Contrast::new(factor, case, control)
        }
    }
}

/// The columns of a sample sheet that the contrasts name.
pub(super) fn columns(path: &Path) -> Result<Vec<String>, ContrastSheetError> {
    let contrasts = parse(path, Ok)?;
    let columns = contrasts.into_iter().flat_map(|contrast| {
        let excluded = contrast.excluded.map(|excluded| excluded.column);
        contrast.blocking.into_iter().chain(excluded).chain([contrast.factor])
    });
    Ok(columns.collect())
}

pub(super) fn read(path: &Path, sheet: &SampleSheet) -> Result<Vec<Contrast>, ContrastSheetError> {
    parse(path, |contrast| contrast.checked(sheet))
}

fn parse(
    path: &Path,
    check: impl Fn(Contrast) -> Result<Contrast, ContrastError>,
) -> Result<Vec<Contrast>, ContrastSheetError> {
    let problem = |line, kind| ContrastProblem { path: path.to_owned(), line, kind };
    let only = |line, kind| ContrastSheetError::Problems(vec![problem(line, kind)]);
    let text = delimited::read(path).map_err(|error| match error {
        DelimitedError::Io(source) => ContrastSheetError::Open { path: path.to_owned(), source },
        DelimitedError::NotText { line } => only(Some(line), ContrastProblemKind::NotText),
        DelimitedError::Empty => only(None, ContrastProblemKind::NoContrasts),
    })?;
    let Some(form) = Form::of(&text.header) else {
        return Err(only(None, ContrastProblemKind::Header { found: text.header }));
    };
    let mut contrasts = Vec::new();
    let mut problems = Vec::new();
    for record in &text.records {
        let (expected, found) = (text.header.len(), record.cells.len());
        if found == expected {
            match check(form.contrast(record)) {
                Ok(contrast) => contrasts.push(contrast),
                Err(error) => {
                    problems.push(problem(Some(record.line), ContrastProblemKind::Contrast(error)));
                }
            }
        } else {
            problems.push(problem(Some(record.line), ContrastProblemKind::Ragged { expected, found }));
        }
    }
    if contrasts.is_empty() && problems.is_empty() {
        problems.push(problem(None, ContrastProblemKind::NoContrasts));
    }
    if problems.is_empty() { Ok(contrasts) } else { Err(ContrastSheetError::Problems(problems)) }
}
