use crate::{formula::FormulaError, listing::quoted};

/// A design that cannot be tested. All are found from the sample sheet alone.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DesignProblem {
    /// The formula cannot be read.
    #[error(transparent)]
    Formula(#[from] FormulaError),
    /// The sheet has no such column.
    #[error(
        "the sample sheet has no column `{name}` that could stand in a model (its columns: {})",
        quoted(columns)
    )]
    UnknownColumn {
        /// The name asked for.
        name: String,
        /// Names of the columns that could be meant.
        columns: Vec<String>,
    },
    /// A model of measurements without an intercept.
    #[error("a model without intercept needs a factor: without one, a PSI of one half is no hypothesis")]
    NoIntercept,
    /// An interaction without one of its parts.
    #[error("term `{term}` needs `{part}` in the model\nhint: `a*b` stands for `a + b + a:b`")]
    Hierarchy {
        /// The interaction.
        term: String,
        /// What is missing.
        part: String,
    },
    /// The term to test is not in the model.
    #[error("term `{term}` cannot be tested: it is not in the model (its terms: {})", quoted(terms))]
    NotInModel {
        /// The term asked for.
        term: String,
        /// The model's terms.
        terms: Vec<String>,
    },
    /// What is compared is also named as a covariate or pair.
    #[error("`{name}` is what contrast `{label}` compares and cannot be a {role} of it")]
    ComparedColumn {
        /// The contrast.
        label: String,
        /// The column.
        name: String,
        /// `covariate` or `pair`.
        role: &'static str,
    },
    /// A column has no value in any sample of the contrast.
    #[error(
        "column `{name}` has no value in any sample of contrast `{label}`\nhint: leave it out of the model, or fill it in"
    )]
    NoValue {
        /// The contrast.
        label: String,
        /// The column.
        name: String,
    },
    /// A column has one value only.
    #[error(
        "column `{name}` has the value `{value}` in all {samples} samples of contrast `{label}`\nhint: leave it out of \
         the model"
    )]
    Constant {
        /// The contrast.
        label: String,
        /// The column.
        name: String,
        /// Its value.
        value: String,
        /// Samples of the contrast.
        samples: usize,
    },
    /// A group is too small.
    #[error(
        "contrast `{label}` needs at least {least} samples in each group, found {found} in `{group}`{}\nhint: a group \
         without replicates does not show how much samples differ",
        left_out_note(left_out)
    )]
    SmallGroup {
        /// The contrast.
        label: String,
        /// The group.
        group: String,
        /// Samples needed.
        least: usize,
        /// Its samples.
        found: usize,
        /// Samples that were left out for a missing value or partner.
        left_out: Vec<String>,
    },
    /// What is tested follows from other columns.
    #[error(
        "contrast `{label}` cannot be told apart from {}: the samples that differ in the one differ in the same way in \
         the other\nhint: no model can separate the two; leave out what does not matter, or compare samples that share it",
        quoted(columns)
    )]
    Aliased {
        /// The contrast.
        label: String,
        /// The columns that it follows from.
        columns: Vec<String>,
    },
    /// The same comparison is asked for twice.
    #[error("contrast `{label}` is asked for twice")]
    Twice {
        /// The contrast.
        label: String,
    },
    /// No sample is left to see the spread of PSI.
    #[error(
        "the model of contrast `{label}` has {columns} coefficients for {samples} samples: none is left to see how \
         much samples differ\nhint: leave out covariates, or add samples"
    )]
    NoReplication {
        /// The contrast.
        label: String,
        /// Independent columns of the model matrix.
        columns: usize,
        /// Samples.
        samples: usize,
    },
}

fn left_out_note(left_out: &[String]) -> String {
    if left_out.is_empty() { String::new() } else { format!(" (left out: {})", quoted(left_out)) }
}
