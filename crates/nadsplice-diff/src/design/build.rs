//! From words about groups and covariates to a model matrix.

mod checks;
mod groups;
mod samples;

use nadsplice_stats::DesignError;

use super::{
    Comparison, DesignNote, DesignParts, DesignProblem,
    coding::Coding,
    matrix::{Block, Codings, Pretence, assemble},
};
use crate::{
    formula::{Term, Variable},
    model::{Model, is_factor},
    sheet::SampleSheet,
};

/// What is tested.
#[derive(Clone, Copy, Debug)]
pub(super) enum Tested<'a> {
    /// Two levels of a factor; its other levels may have samples too.
    Levels { factor: &'a Term, case: &'a str, control: &'a str },
    /// All columns of a term at once.
    Term(&'a Term),
}

impl<'a> Tested<'a> {
    fn term(self) -> &'a Term {
        match self {
            Self::Levels { factor, .. } => factor,
            Self::Term(term) => term,
        }
    }
}

/// A comparison that is asked for.
#[derive(Clone, Debug)]
pub(super) struct Request<'a> {
    pub(super) label: String,
    pub(super) name: String,
    /// Samples that could take part, as positions in the sheet.
    pub(super) samples: Vec<usize>,
    pub(super) tested: Tested<'a>,
    pub(super) model: &'a Model,
    pub(super) sheet: &'a SampleSheet,
}

/// Makes a comparison of a request.
pub(super) fn build(request: &Request<'_>) -> Result<Comparison, DesignProblem> {
    let mut builder = Builder::new(request)?;
    builder.drop_missing()?;
    builder.drop_incomplete_pairs();
    builder.check_constant()?;
    builder.check_groups()?;
    builder.finish()
}

struct Builder<'a> {
    request: &'a Request<'a>,
    /// Variables of the model, the tested ones first, each once; the pair's column is a factor.
    variables: Vec<Variable>,
    samples: Vec<usize>,
    left_out: Vec<String>,
    notes: Vec<DesignNote>,
}

impl<'a> Builder<'a> {
    fn new(request: &'a Request<'a>) -> Result<Self, DesignProblem> {
        let tested = request.tested.term();
        let compared = |name: &str, role| DesignProblem::ComparedColumn {
            label: request.label.clone(),
            name: name.to_owned(),
            role,
        };
        let pair = request.model.pair();
        if let Some(name) = pair.filter(|name| tested.has(name)) {
            return Err(compared(name, "pair"));
        }
        let mut variables: Vec<Variable> = tested.variables().to_vec();
        if let Tested::Levels { .. } = request.tested {
            for variable in &mut variables {
                variable.as_factor = true;
            }
        }
        let paired = pair.map(|name| Variable { name: name.to_owned(), as_factor: true });
        for variable in paired.iter().chain(request.model.terms().iter().flat_map(Term::variables)) {
            if !variables.iter().any(|v| v.name == variable.name) {
                variables.push(variable.clone());
            }
        }
        Ok(Self {
            request,
            variables,
            samples: request.samples.clone(),
            left_out: Vec::new(),
            notes: Vec::new(),
        })
    }

    fn sample_names(&self, samples: &[usize]) -> Vec<String> {
        samples.iter().map(|&s| self.request.sheet.samples()[s].name.clone()).collect()
    }

    fn cell(&self, name: &str, sample: usize) -> Option<&'a str> {
        self.request.sheet.variable(name)?.cells()[sample].as_deref()
    }

    /// What a sample's group is called; nothing where a measurement is tested.
    fn group_name(&self, sample: usize) -> Option<String> {
        let variables = &self.variables[..self.request.tested.term().variables().len()];
        let sheet = self.request.sheet;
        variables
            .iter()
            .map(|v| is_factor(v, sheet).then(|| self.cell(&v.name, sample)).flatten())
            .collect::<Option<Vec<&str>>>()
            .map(|levels| levels.join(":"))
    }

    fn codings(&self) -> Codings {
        let reference = |name: &str| match self.request.tested {
            Tested::Levels { factor, control, .. } if factor.has(name) => Some(control),
            _ => None,
        };
        let coding = |v: &Variable| {
            let column = self.request.sheet.variable(&v.name)?;
            Some(Coding::new(column, v.as_factor, &self.samples, reference(&v.name)))
        };
        Codings::new(self.variables.iter().filter_map(coding).collect())
    }

    fn finish(mut self) -> Result<Comparison, DesignProblem> {
        let codings = self.codings();
        let n = self.samples.len();
        let tested = self.request.tested;
        let layout = self.layout(&codings, None);
        self.look_for_aliases(&layout)?;
        self.look_for_confounders(&codings, &layout);
        let Layout { nuisance, tested_columns } = layout;
        let tested_count = tested_columns.columns.len();
        let terms = self.nuisance_terms().iter().map(Term::to_string).collect();
        let blocks = [nuisance, vec![tested_columns]].concat();
        let matrix = assemble(&blocks, n);
        let columns = matrix.len() / n;
        let tested_at: Vec<usize> = (columns - tested_count..columns).collect();
        let (groups, members, of_sample) = self.groups(&codings, columns, &tested_at);
        let aliased = |_: DesignError| DesignProblem::Aliased {
            label: self.request.label.clone(),
            columns: self.nuisance_terms().iter().map(Term::to_string).collect(),
        };
        let mut parts = DesignParts { groups, as_member: None };
        if let Tested::Levels { factor, case, .. } = tested
            && self
                .request
                .model
                .terms()
                .iter()
                .any(|t| t.variables().len() > 1 && t.has(&factor.to_string()))
        {
            let name = factor.variables()[0].name.as_str();
            let level =
                codings.find(name).and_then(|c| c.levels().iter().position(|l| l == case)).unwrap_or(1);
            let as_level = |level| {
                let Layout { nuisance, tested_columns } =
                    self.layout(&codings, Some(Pretence { factor: name, level }));
                assemble(&[nuisance, vec![tested_columns]].concat(), n)
            };
            parts.as_member = Some([as_level(level), as_level(0)]);
        }
        let design = parts.design(&matrix, columns, tested_count).map_err(aliased)?;
        let pairs = self.request.model.pair().and_then(|name| {
            let coding = codings.find(name)?;
            (0..n).map(|s| coding.level_of(s)).collect::<Option<Vec<_>>>()
        });
        let group_names = self.samples.iter().map(|&s| self.group_name(s)).collect();
        Ok(Comparison {
            label: self.request.label.clone(),
            name: self.request.name.clone(),
            samples: self.samples,
            members,
            groups: of_sample,
            group_names,
            pairs,
            matrix,
            columns,
            tested: tested_count,
            terms,
            design,
            parts,
            notes: self.notes,
        })
    }

    /// Terms beside what is tested, pairs first, so that what pairs explain is called redundant and not they.
    fn nuisance_terms(&self) -> Vec<Term> {
        let pair = self.request.model.pair().map(Term::main);
        let others = self.request.model.terms().iter().filter(|t| *t != self.request.tested.term()).cloned();
        pair.into_iter().chain(others).collect()
    }

    /// Columns of the nuisance terms and of the tested ones.
    fn layout(&self, codings: &Codings, pretence: Option<Pretence<'_>>) -> Layout {
        let n = self.samples.len();
        let mut nuisance: Vec<Block> =
            self.nuisance_terms().iter().map(|t| codings.block(t, n, pretence)).collect();
        let mut tested_columns = codings.block(self.request.tested.term(), n, pretence);
        if let Tested::Levels { factor, case, .. } = self.request.tested {
            let levels = codings.find(&factor.variables()[0].name).map(Coding::levels).unwrap_or_default();
            let at = levels.iter().position(|l| l == case).unwrap_or(1) - 1;
            let case_column = tested_columns.columns.remove(at);
            let others = std::mem::replace(&mut tested_columns.columns, vec![case_column]);
            nuisance.push(Block { name: tested_columns.name.clone(), columns: others });
        }
        Layout { nuisance, tested_columns }
    }
}

/// Columns of a model matrix beside the intercept.
struct Layout {
    nuisance: Vec<Block>,
    tested_columns: Block,
}
