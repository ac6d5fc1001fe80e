//! All comparisons of a run.

use super::{
    Comparison, DesignProblem,
    build::{Request, Tested, build},
};
use crate::{
    contrast::{Contrast, file_name_part},
    formula::{Formula, Term},
    model::{Model, covariate, is_factor, resolved},
    sheet::SampleSheet,
};

/// One comparison of a run, or a test of several groups at once with the comparisons that follow it.
#[derive(Clone, Debug)]
pub enum Step {
    /// Two groups.
    Contrast(Box<Comparison>),
    /// All columns of a term at once; where the term is one factor, each two of its levels are compared in the events
    /// that this test calls.
    Omnibus {
        /// The test of the term.
        omnibus: Box<Comparison>,
        /// Two levels each, later minus earlier in the sheet's order.
        pairs: Vec<Comparison>,
    },
}

/// All comparisons of a run, in the order in which they were asked for.
#[derive(Clone, Debug)]
pub struct Plan {
    steps: Vec<Step>,
}

impl Plan {
    /// Prepares contrasts, and tests of whole terms: `condition`, `condition:sex`, `factor(batch)`. With a formula a
    /// tested term must be in it; without one it is added. A main effect beside an interaction is the average over the
    /// levels of the interaction's other factors, at the mean of its measurements.
    ///
    /// # Errors
    /// The problems of all comparisons.
    pub fn new(
        contrasts: &[Contrast],
        terms: &[String],
        model: &Model,
        sheet: &SampleSheet,
    ) -> Result<Self, Vec<DesignProblem>> {
        let mut steps = Vec::new();
        let mut problems = Vec::new();
        for contrast in contrasts {
            match of_contrast(contrast, model, sheet) {
                Ok(comparison) => steps.push(Step::Contrast(Box::new(comparison))),
                Err(problem) => problems.push(problem),
            }
        }
        for term in terms {
            match of_term(term, model, sheet) {
                Ok(step) => steps.push(step),
                Err(problem) => problems.push(problem),
            }
        }
        let mut labels: Vec<&str> = Vec::new();
        for label in steps.iter().flat_map(Step::comparisons).map(Comparison::label) {
            if labels.contains(&label) {
                problems.push(DesignProblem::Twice { label: label.to_owned() });
            }
            labels.push(label);
        }
        if problems.is_empty() { Ok(Self { steps }) } else { Err(problems) }
    }

    /// The comparisons.
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Step {
    /// All comparisons of the step, the test of several groups first.
    pub fn comparisons(&self) -> impl Iterator<Item = &Comparison> {
        let (first, rest): (&Comparison, &[Comparison]) = match self {
            Self::Contrast(comparison) => (comparison, &[]),
            Self::Omnibus { omnibus, pairs } => (omnibus, pairs),
        };
        std::iter::once(first).chain(rest)
    }
}

impl Step {
    /// The step with every comparison replaced.
    ///
    /// # Errors
    /// The first error.
    pub fn try_map<E>(
        &self,
        mut change: impl FnMut(&Comparison) -> Result<Comparison, E>,
    ) -> Result<Self, E> {
        Ok(match self {
            Self::Contrast(comparison) => Self::Contrast(Box::new(change(comparison)?)),
            Self::Omnibus { omnibus, pairs } => Self::Omnibus {
                omnibus: Box::new(change(omnibus)?),
                pairs: pairs.iter().map(&mut change).collect::<Result<_, E>>()?,
            },
        })
    }
}

fn of_contrast(contrast: &Contrast, model: &Model, sheet: &SampleSheet) -> Result<Comparison, DesignProblem> {
    let mut model = model.clone();
    for name in contrast.blocking() {
        model.add(covariate(name, sheet)?);
    }
    let members = contrast.members(sheet);
    build(&Request {
        label: contrast.label().to_owned(),
        name: contrast.name().to_owned(),
        samples: (0..members.len()).filter(|&s| members[s].is_some()).collect(),
        tested: Tested::Levels {
            factor: &Term::main(contrast.factor()),
            case: contrast.case(),
            control: contrast.control(),
        },
        model: &model,
        sheet,
    })
}

fn of_term(text: &str, model: &Model, sheet: &SampleSheet) -> Result<Step, DesignProblem> {
    let named = if sheet.variable(text).is_some() {
        covariate(text, sheet)?
    } else {
        resolved(Formula::parse_term(text)?, sheet)?
    };
    let term = match model.terms().iter().find(|t| **t == named) {
        Some(term) => term.clone(),
        None if model.is_formula() || named.variables().len() > 1 => {
            return Err(DesignProblem::NotInModel {
                term: named.to_string(),
                terms: model.terms().iter().map(Term::to_string).collect(),
            });
        }
        None => named,
    };
    let label = term.to_string();
    let request = |label: String, name: String, tested| Request {
        label,
        name,
        samples: (0..sheet.samples().len()).collect(),
        tested,
        model,
        sheet,
    };
    let omnibus = build(&request(label.clone(), file_name_part(&label), Tested::Term(&term)))?;
    let mut pairs = Vec::new();
    if let [factor] = term.variables()
        && is_factor(factor, sheet)
        && let Some(column) = sheet.variable(&factor.name)
    {
        let present =
            |level: &&str| omnibus.samples().iter().any(|&s| column.cells()[s].as_deref() == Some(level));
        let levels: Vec<&str> = column.levels().into_iter().filter(present).collect();
        let main = Term::main(&factor.name);
        for (k, case) in levels.iter().enumerate() {
            for control in &levels[..k] {
                let label = format!("{}:{case}:{control}", factor.name);
                let name = format!("{}_vs_{}", file_name_part(case), file_name_part(control));
                let tested = Tested::Levels { factor: &main, case, control };
                pairs.push(build(&request(label, name, tested))?);
            }
        }
    }
    Ok(Step::Omnibus { omnibus: Box::new(omnibus), pairs })
}
