//! What stands in a model beside the compared groups.

use crate::{
    design::DesignProblem,
    formula::{Formula, Term, Variable},
    sheet::{Column, SampleSheet},
};

/// Covariates, interactions and pairs. The compared groups are always in the model and need not be named.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Model {
    terms: Vec<Term>,
    pair: Option<String>,
    is_formula: bool,
}

/// The words of the command line from which a model is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct ModelText<'a> {
    /// Columns, or `factor(column)` where numbers are names of groups.
    pub covariates: &'a [String],
    /// The column that says which samples belong together.
    pub pair: Option<&'a str>,
    /// A formula.
    pub formula: Option<&'a str>,
}

impl Model {
    /// Looks every name up in the sheet.
    ///
    /// # Errors
    /// When the formula cannot be read, a column is not there, or an interaction stands without its parts.
    pub fn new(text: ModelText<'_>, sheet: &SampleSheet) -> Result<Self, DesignProblem> {
        let mut model = Self::default();
        if let Some(formula) = text.formula {
            let formula = Formula::parse(formula)?;
            model.is_formula = true;
            for term in formula.terms {
                model.add(resolved(term, sheet)?);
            }
            let has_factor = model.terms.iter().flat_map(Term::variables).any(|v| is_factor(v, sheet));
            if formula.without_intercept && !has_factor {
                return Err(DesignProblem::NoIntercept);
            }
        }
        for name in text.covariates {
            model.add(covariate(name, sheet)?);
        }
        if let Some(name) = text.pair {
            model.pair = Some(variable(name, sheet)?.name().to_owned());
        }
        for term in &model.terms {
            if let Some(part) = parts(term).into_iter().find(|part| !model.terms.contains(part)) {
                return Err(DesignProblem::Hierarchy { term: term.to_string(), part: part.to_string() });
            }
        }
        Ok(model)
    }

    /// The terms, in the order in which they were named.
    pub fn terms(&self) -> &[Term] {
        &self.terms
    }

    /// The column that says which samples belong together.
    pub fn pair(&self) -> Option<&str> {
        self.pair.as_deref()
    }

    /// Whether a formula said what stands in the model.
    pub(crate) fn is_formula(&self) -> bool {
        self.is_formula
    }

    pub(crate) fn add(&mut self, term: Term) {
        if !self.terms.contains(&term) {
            self.terms.push(term);
        }
    }
}

/// A column by its name, or `factor(column)`.
pub(crate) fn covariate(name: &str, sheet: &SampleSheet) -> Result<Term, DesignProblem> {
    let quoted = if sheet.variable(name).is_some() { format!("`{name}`") } else { name.to_owned() };
    match Formula::parse_term(&quoted) {
        Ok(term) if term.variables().len() == 1 => resolved(term, sheet),
        _ => Err(unknown(name, sheet)),
    }
}

/// The term with its columns named as in the sheet.
pub(crate) fn resolved(mut term: Term, sheet: &SampleSheet) -> Result<Term, DesignProblem> {
    for named in term.variables_mut() {
        variable(&named.name, sheet)?.name().clone_into(&mut named.name);
    }
    Ok(term)
}

/// Whether a variable stands for groups.
pub(crate) fn is_factor(variable: &Variable, sheet: &SampleSheet) -> bool {
    variable.as_factor || sheet.variable(&variable.name).is_some_and(|c| !c.is_numeric())
}

fn variable<'a>(name: &str, sheet: &'a SampleSheet) -> Result<&'a Column, DesignProblem> {
    sheet.variable(name).ok_or_else(|| unknown(name, sheet))
}

fn unknown(name: &str, sheet: &SampleSheet) -> DesignProblem {
    DesignProblem::UnknownColumn {
        name: name.to_owned(),
        columns: sheet.variables().map(|column| column.name().to_owned()).collect(),
    }
}

/// What is left of an interaction when one of its variables is taken out.
fn parts(term: &Term) -> Vec<Term> {
    let variables = term.variables();
    if variables.len() < 2 {
        return Vec::new();
    }
    (0..variables.len()).map(|out| term.without(out)).collect()
}
