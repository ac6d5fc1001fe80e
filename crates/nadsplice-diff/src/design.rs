//! Comparisons ready to be tested: which samples, which model matrix, which columns of it.

mod build;
mod coding;
mod matrix;
mod plan;
mod problem;

pub use plan::{Plan, Step};
pub use problem::DesignProblem;

use std::fmt;

use nadsplice_stats::{Design, DesignError, Groups};

use crate::listing::quoted;

/// Something about a design that its user should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DesignNote {
    /// Samples without a value in a column of the model are left out.
    MissingValue {
        /// The column.
        column: String,
        /// The samples.
        samples: Vec<String>,
    },
    /// Samples without a partner in the other group are left out.
    IncompletePair {
        /// The column of pairs.
        column: String,
        /// Its values that have no partner.
        pairs: Vec<String>,
        /// The samples.
        samples: Vec<String>,
    },
    /// A column adds nothing to the ones before it.
    Redundant {
        /// The column or interaction.
        term: String,
    },
    /// A numeric column of few values may be meant as a factor.
    FewNumbers {
        /// The column.
        column: String,
        /// Different values.
        values: usize,
        /// Samples.
        samples: usize,
    },
    /// A covariate goes with the groups, so that little can be said about either.
    GoesWithGroups {
        /// The covariate.
        column: String,
        /// Share of the compared groups' variance that the covariate explains, in [0, 1].
        explained: String,
    },
}

impl fmt::Display for DesignNote {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::MissingValue { column, samples } => {
                write!(f, "column `{column}` has no value in {}: left out", quoted(samples))
            }
            Self::IncompletePair { column, pairs, samples } => write!(
                f,
                "{} of column `{column}` {} no sample in the other group: {} left out",
                quoted(pairs),
                if pairs.len() == 1 { "has" } else { "have" },
                quoted(samples)
            ),
            Self::Redundant { term } => {
                write!(f, "`{term}` follows from the columns before it and adds nothing to the model")
            }
            Self::FewNumbers { column, values, samples } => write!(
                f,
                "column `{column}` is numeric with {values} values in {samples} samples and enters as a slope\n\
                 hint: `factor({column})` takes its numbers for names of groups"
            ),
            Self::GoesWithGroups { column, explained } => write!(
                f,
                "covariate `{column}` goes with the compared groups (R squared {explained}): intervals are wide, and \
                 what differs may be the one or the other"
            ),
        }
    }
}

/// A comparison with its model, ready to be tested.
#[derive(Clone, Debug)]
pub struct Comparison {
    label: String,
    name: String,
    samples: Vec<usize>,
    members: Vec<Option<bool>>,
    groups: Vec<Option<usize>>,
    group_names: Vec<Option<String>>,
    pairs: Option<Vec<usize>>,
    /// Model matrix, row-major over the samples, tested columns last.
    matrix: Vec<f64>,
    columns: usize,
    tested: usize,
    terms: Vec<String>,
    design: Design,
    /// What the design was made of beside the matrix.
    parts: DesignParts,
    notes: Vec<DesignNote>,
}

/// What a design is made of beside its matrix.
#[derive(Clone, Debug, Default)]
struct DesignParts {
    groups: Option<Groups>,
    /// The matrix with every sample set to the case and to the control group, where interactions make it depend on
    /// that.
    as_member: Option<[Vec<f64>; 2]>,
}

impl DesignParts {
    fn design(&self, matrix: &[f64], columns: usize, tested: usize) -> Result<Design, DesignError> {
        let tested: Vec<usize> = (columns - tested..columns).collect();
        let design = Design::new(columns, matrix, &tested, self.groups.clone())?;
        match &self.as_member {
            Some([case, control]) => design.with_members(case, control),
            None => Ok(design),
        }
    }
}

impl Comparison {
    /// The comparison with further numeric columns in its model, each with its name and one value a sample of the model.
    ///
    /// # Errors
    /// When the tested columns follow from those of the model.
    pub fn with_columns(&self, added: &[(String, Vec<f64>)]) -> Result<Self, DesignProblem> {
        let wider = |matrix: &[f64]| -> Vec<f64> {
            let rows = matrix.chunks_exact(self.columns).enumerate();
            // After the intercept: tested columns stay last.
            rows.flat_map(|(s, row)| {
                row[..1]
                    .iter()
                    .copied()
                    .chain(added.iter().map(move |(_, v)| v[s]))
                    .chain(row[1..].iter().copied())
            })
            .collect()
        };
        let mut other = self.clone();
        other.matrix = wider(&self.matrix);
        other.columns += added.len();
        other.terms.extend(added.iter().map(|(name, _)| name.clone()));
        if let Some(groups) = &mut other.parts.groups {
            groups.columns.iter_mut().for_each(|c| *c += added.len());
        }
        if let Some(matrices) = &mut other.parts.as_member {
            *matrices = std::array::from_fn(|k| wider(&matrices[k]));
        }
        other.design = other.parts.design(&other.matrix, other.columns, other.tested).map_err(|_| {
            DesignProblem::Aliased { label: self.label.clone(), columns: other.terms.clone() }
        })?;
        Ok(other)
    }

    /// The content of the column `contrast` in all tables: `factor:case:control`, or the tested term.
    pub fn label(&self) -> &str {
        &self.label
    }

    /// A name for headings and files.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The samples of the model, as positions in the sheet, ascending.
    pub fn samples(&self) -> &[usize] {
        &self.samples
    }

    /// For each sample of the sheet: `Some(true)` for a case, `Some(false)` for a control, `None` for a sample that is
    /// neither or not in the model. Without two groups that are compared, all samples of the model are `Some(false)`.
    pub fn members(&self) -> &[Option<bool>] {
        &self.members
    }

    /// Whether two groups are compared; else the test is of all columns of a term at once.
    pub fn is_two_groups(&self) -> bool {
        self.design.contrast().is_some()
    }

    /// The group of each sample of the model, numbered from 0.
    pub(crate) fn groups(&self) -> &[Option<usize>] {
        &self.groups
    }

    /// What the group of each sample of the model is called: its level of what is compared, of an interaction its levels
    /// joined by colons; nothing where a measurement is tested.
    pub fn group_names(&self) -> &[Option<String>] {
        &self.group_names
    }

    /// The pair of each sample of the model.
    pub(crate) fn pairs(&self) -> Option<&[usize]> {
        self.pairs.as_deref()
    }

    /// Whether the groups are all that the model knows of a sample.
    pub fn is_one_way(&self) -> bool {
        self.terms.is_empty()
    }

    /// Terms of the model beside the tested groups, in their order, pairs last.
    pub fn terms(&self) -> &[String] {
        &self.terms
    }

    /// The model matrix: rows of `columns` values, one a sample of the model, of which the last `tested` are tested.
    pub(crate) fn matrix(&self) -> (&[f64], usize, usize) {
        (&self.matrix, self.columns, self.tested)
    }

    /// Model matrix and groups as the tests take them.
    pub fn design(&self) -> &Design {
        &self.design
    }

    /// What the user should know.
    pub fn notes(&self) -> &[DesignNote] {
        &self.notes
    }
}
