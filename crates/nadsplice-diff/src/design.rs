//! Comparisons ready to be tested: which samples, which model matrix, which columns of it.

mod build;
mod coding;
mod matrix;
mod plan;
mod problem;

pub use plan::{Plan, Step};
pub use problem::DesignProblem;

use std::fmt;

use nadsplice_stats::Design;

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
    pairs: Option<Vec<usize>>,
    /// Model matrix, row-major over the samples, tested columns last.
    matrix: Vec<f64>,
    columns: usize,
    tested: usize,
    terms: Vec<String>,
    design: Design,
    notes: Vec<DesignNote>,
}

impl Comparison {
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
