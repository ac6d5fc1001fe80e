//! Contrasts: which samples are compared with which.

mod sheet;

pub use sheet::{ContrastProblem, ContrastProblemKind, ContrastSheetError};

use std::{collections::HashMap, path::Path};

use crate::{
    listing::quoted,
    sheet::{Column, SampleSheet},
};

/// Samples that a group must have at least.
pub(crate) const LEAST_SAMPLES: usize = 2;

/// A comparison of two levels of a factor. All differences are case minus control.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Contrast {
    factor: String,
    case: String,
    control: String,
    id: Option<String>,
    blocking: Vec<String>,
    excluded: Option<Exclusion>,
    label: String,
    name: String,
}

/// Samples that stay out of a contrast: those whose cell in a column is one of some values.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Exclusion {
    column: String,
    values: Vec<String>,
}

/// A contrast does not fit the sample sheet.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ContrastError {
    /// The text has not three parts.
    #[error("contrast `{text}` is not of the form `factor:case:control`")]
    Form {
        /// The text.
        text: String,
    },
    /// The sheet has no such column.
    #[error(
        "the sample sheet has no column `{name}` that could be compared (its columns: {})",
        quoted(columns)
    )]
    UnknownColumn {
        /// The name asked for.
        name: String,
        /// Names of the columns that could be meant.
        columns: Vec<String>,
    },
    /// The column has no such value.
    #[error("column `{factor}` has no value `{level}` (its values: {})", quoted(levels))]
    UnknownLevel {
        /// The column.
        factor: String,
        /// The value asked for.
        level: String,
        /// The column's values.
        levels: Vec<String>,
    },
    /// Case and control are the same.
    #[error("contrast `{label}` compares `{level}` with itself")]
    SameLevel {
        /// The contrast.
        label: String,
        /// The level.
        level: String,
    },
    /// The column holds measurements, not groups.
    #[error(
        "column `{factor}` is numeric with {values} different values in {samples} samples: \
         a contrast needs groups, while a covariate may be numeric"
    )]
    Measurements {
        /// The column.
        factor: String,
        /// Number of different values.
        values: usize,
        /// Number of samples that have a value.
        samples: usize,
    },
    /// A group is too small to know how much its samples differ.
    #[error(
        "contrast `{label}` needs at least {LEAST_SAMPLES} samples in each group, \
         found {n_case} in `{case}` and {n_control} in `{control}`\nhint: a \
         group without replicates does not show how much samples differ"
    )]
    TooFewSamples {
        /// The contrast.
        label: String,
        /// The case level.
        case: String,
        /// Its samples.
        n_case: usize,
        /// The control level.
        control: String,
        /// Its samples.
        n_control: usize,
    },
    /// The same contrast is asked for twice.
    #[error("contrast `{label}` is asked for twice")]
    Twice {
        /// The contrast.
        label: String,
    },
}

impl Contrast {
    /// Takes `factor:case:control` and checks it against the sheet.
    ///
    /// # Errors
    /// When the sheet has no such column or values, case and control are the same, the column holds measurements, or a
    /// group has fewer than two samples.
    pub fn parse(text: &str, sheet: &SampleSheet) -> Result<Self, ContrastError> {
        match text.split(':').map(str::trim).collect::<Vec<_>>().as_slice() {
            [factor, case, control] if !factor.is_empty() && !case.is_empty() && !control.is_empty() => {
                Self::new(factor, case, control).checked(sheet)
            }
            _ => Err(ContrastError::Form { text: text.to_owned() }),
        }
    }

    /// Takes a contrast's label as it stands in tables, for a look at samples of which nothing was tested: which samples a
    /// test left out it does not say. Nothing for a label of anything but two groups.
    ///
    /// # Errors
    /// As [`Contrast::parse`].
    pub fn of_label(label: &str, sheet: &SampleSheet) -> Result<Option<Self>, ContrastError> {
        let parts: Vec<&str> = label.splitn(4, ':').collect();
        let [factor, case, control, ..] = parts.as_slice() else { return Ok(None) };
        // `a:b:c` may also be an interaction of three columns.
        if sheet.variable(factor).is_some_and(|c| !c.levels().contains(case))
            && sheet.variable(case).is_some()
        {
            return Ok(None);
        }
        Self::parse(&[*factor, *case, *control].join(":"), sheet).map(Some)
    }

    /// Reads a contrast sheet with tabs or commas: `contrast,treatment,control` (levels of `condition`), or
    /// `id,variable,reference,target` with optional `blocking`, `exclude_samples_col` and `exclude_samples_values`
    /// (lists with semicolons).
    ///
    /// # Errors
    /// All problems of the sheet at once, each with its line.
    pub fn read_sheet(path: &Path, sheet: &SampleSheet) -> Result<Vec<Self>, ContrastSheetError> {
        sheet::read(path, sheet)
    }

    /// The columns of a sample sheet that a contrast sheet names, whether there are such or not.
    ///
    /// # Errors
    /// Problems of the contrast sheet alone.
    pub fn columns_of_sheet(path: &Path) -> Result<Vec<String>, ContrastSheetError> {
        sheet::columns(path)
    }

    /// Makes labels and names distinct, for all contrasts of a run together. Where two compare the same groups in
    /// different ways, the label of the later one ends in its id; where two have the same name, the factor is put before
    /// it, and where this is not enough a number behind it.
    ///
    /// # Errors
    /// When a contrast stands twice.
    pub fn distinguish(mut contrasts: Vec<Self>) -> Result<Vec<Self>, ContrastError> {
        for at in 0..contrasts.len() {
            let (before, rest) = contrasts.split_at_mut(at);
            let contrast = &mut rest[0];
            let is_taken = |label: &str| before.iter().any(|other| other.label == label);
            if is_taken(&contrast.label) {
                let label = contrast.label.clone();
                match &contrast.id {
                    Some(id) if !is_taken(&format!("{label}:{id}")) => {
                        contrast.label = format!("{label}:{id}");
                    }
                    _ => return Err(ContrastError::Twice { label }),
                }
            }
        }
        let mut uses: HashMap<String, usize> = HashMap::new();
        for contrast in &contrasts {
            *uses.entry(contrast.name.clone()).or_default() += 1;
        }
        for at in 0..contrasts.len() {
            let (before, rest) = contrasts.split_at_mut(at);
            let contrast = &mut rest[0];
            if uses.get(&contrast.name).is_some_and(|&uses| uses > 1) {
                contrast.name = format!("{}_{}", file_name_part(&contrast.factor), contrast.name);
            }
            let base = contrast.name.clone();
            let mut number = 1;
            while before.iter().any(|other| other.name == contrast.name) {
                number += 1;
                contrast.name = format!("{base}_{number}");
            }
        }
        Ok(contrasts)
    }

    fn new(factor: &str, case: &str, control: &str) -> Self {
        Self {
            factor: factor.to_owned(),
            case: case.to_owned(),
            control: control.to_owned(),
            id: None,
            blocking: Vec::new(),
            excluded: None,
            label: String::new(),
            name: String::new(),
        }
    }

    /// Gives it its label and name, after a look at the sheet.
    fn checked(mut self, sheet: &SampleSheet) -> Result<Self, ContrastError> {
        let column = column(&self.factor, sheet)?;
        column.name().clone_into(&mut self.factor);
        self.label = format!("{}:{}:{}", self.factor, self.case, self.control);
        self.name = match &self.id {
            Some(id) => file_name_part(id),
            None => format!("{}_vs_{}", file_name_part(&self.case), file_name_part(&self.control)),
        };
        for name in self.blocking.iter().chain(self.excluded.as_ref().map(|excluded| &excluded.column)) {
            self::column(name, sheet)?;
        }
        let levels = column.levels();
        let n_values = column.cells().iter().flatten().count();
        if column.is_numeric() && levels.len() > 2 && 2 * levels.len() > n_values {
            let (factor, values) = (self.factor, levels.len());
            return Err(ContrastError::Measurements { factor, values, samples: n_values });
        }
        for level in [&self.case, &self.control] {
            if !levels.contains(&level.as_str()) {
                return Err(ContrastError::UnknownLevel {
                    factor: self.factor,
                    level: level.clone(),
                    levels: levels.into_iter().map(str::to_owned).collect(),
                });
            }
        }
        if self.case == self.control {
            return Err(ContrastError::SameLevel { label: self.label, level: self.case });
        }
        let members = self.members(sheet);
        let count = |group| members.iter().filter(|&&member| member == Some(group)).count();
        let (n_case, n_control) = (count(true), count(false));
        if n_case.min(n_control) < LEAST_SAMPLES {
            let (label, case, control) = (self.label, self.case, self.control);
            return Err(ContrastError::TooFewSamples { label, case, n_case, control, n_control });
        }
        Ok(self)
    }

    /// The column of the sheet whose levels are compared.
    pub fn factor(&self) -> &str {
        &self.factor
    }

    /// The level from which the other is subtracted.
    pub fn case(&self) -> &str {
        &self.case
    }

    /// The level that is subtracted.
    pub fn control(&self) -> &str {
        &self.control
    }

    /// Columns that a contrast sheet wants in the model beside the factor.
    pub fn blocking(&self) -> &[String] {
        &self.blocking
    }

    /// `factor:case:control`, the content of the column `contrast` in all tables.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// A name for headings and files: the contrast sheet's id, else `case_vs_control`. Letters, digits, `.`, `-`, `+` and
    /// `_` only.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// For each sample of the sheet: `Some(true)` in the case group, `Some(false)` in the control group, `None` in
    /// neither, because it has another level, none, or is excluded.
    pub fn members(&self, sheet: &SampleSheet) -> Vec<Option<bool>> {
        let cells = |name: &str| sheet.variable(name).map(Column::cells).unwrap_or_default();
        let excluded = self.excluded.as_ref().map(|excluded| (cells(&excluded.column), &excluded.values));
        let is_excluded = |sample: usize| {
            excluded
                .as_ref()
                .is_some_and(|(cells, values)| cells[sample].as_ref().is_some_and(|c| values.contains(c)))
        };
        cells(&self.factor)
            .iter()
            .enumerate()
            .map(|(sample, level)| match level {
                _ if is_excluded(sample) => None,
                Some(level) if *level == self.case => Some(true),
                Some(level) if *level == self.control => Some(false),
                _ => None,
            })
            .collect()
    }
}

/// A variable of the sheet.
fn column<'a>(name: &str, sheet: &'a SampleSheet) -> Result<&'a Column, ContrastError> {
    sheet.variable(name).ok_or_else(|| ContrastError::UnknownColumn {
        name: name.to_owned(),
        columns: sheet.variables().map(|column| column.name().to_owned()).collect(),
    })
}

/// The text with `_` for every character that file systems or shells may take amiss.
pub(crate) fn file_name_part(text: &str) -> String {
    text.chars()
        .map(|c| if c.is_alphanumeric() || matches!(c, '.' | '-' | '+' | '_') { c } else { '_' })
        .collect()
}
