//! From words about groups and covariates to a model matrix.

use nadsplice_stats::{Contrast as Effect, DesignError, Groups, tails::ln_f_upper};

use super::{
    Comparison, DesignNote, DesignParts, DesignProblem,
    coding::Coding,
    matrix::{Block, Codings, Pretence, assemble},
};
use crate::{
    basis::{Basis, norm},
    contrast::LEAST_SAMPLES,
    formula::{Term, Variable},
    model::{Model, is_factor},
    sheet::SampleSheet,
};

/// Whole numbers of at least and at most so many different values may be meant as names of groups.
const FEW: std::ops::RangeInclusive<usize> = 3..=6;
/// Covariates that go with the groups at this level are told.
const GOES_WITH: f64 = 0.05;

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

    fn drop_missing(&mut self) -> Result<(), DesignProblem> {
        for variable in self.variables.clone() {
            let (with, without): (Vec<usize>, Vec<usize>) =
                self.request.samples.iter().partition(|&&s| self.cell(&variable.name, s).is_some());
            if with.is_empty() {
                return Err(DesignProblem::NoValue {
                    label: self.request.label.clone(),
                    name: variable.name,
                });
            }
            // Samples without a level of what is compared are outside of the comparison, which is no news.
            if !without.is_empty() && !self.request.tested.term().has(&variable.name) {
                let samples = self.sample_names(&without);
                self.left_out.extend(samples.iter().cloned());
                self.notes.push(DesignNote::MissingValue { column: variable.name, samples });
            }
            self.samples.retain(|s| with.contains(s));
        }
        Ok(())
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

    fn drop_incomplete_pairs(&mut self) {
        let Some(column) = self.request.model.pair() else { return };
        let mut pairs: Vec<&str> = self.samples.iter().filter_map(|&s| self.cell(column, s)).collect();
        pairs.dedup();
        let mut seen = Vec::new();
        pairs.retain(|pair| {
            let new = !seen.contains(pair);
            seen.push(pair);
            new
        });
        let of = |pair: &str| -> Vec<usize> {
            self.samples.iter().copied().filter(|&s| self.cell(column, s) == Some(pair)).collect()
        };
        let incomplete: Vec<&str> = pairs
            .into_iter()
            .filter(|pair| {
                let members = of(pair);
                let first = self.group_name(members[0]);
                match first {
                    Some(_) => members.iter().all(|&s| self.group_name(s) == first),
                    None => members.len() < 2,
                }
            })
            .collect();
        if incomplete.is_empty() {
            return;
        }
        let alone: Vec<usize> = self
            .samples
            .iter()
            .copied()
            .filter(|&s| self.cell(column, s).is_some_and(|p| incomplete.contains(&p)))
            .collect();
        let samples = self.sample_names(&alone);
        self.left_out.extend(samples.iter().cloned());
        self.notes.push(DesignNote::IncompletePair {
            column: column.to_owned(),
            pairs: incomplete.into_iter().map(str::to_owned).collect(),
            samples,
        });
        self.samples.retain(|s| !alone.contains(s));
    }

    fn check_constant(&mut self) -> Result<(), DesignProblem> {
        let compared = self.request.tested.term().variables().len();
        for (at, variable) in self.variables.clone().iter().enumerate() {
            let Some(column) = self.request.sheet.variable(&variable.name) else { continue };
            let mut values: Vec<&str> = Vec::new();
            for &s in &self.samples {
                let cell = column.cells()[s].as_deref().unwrap_or_default();
                let same = |v: &&str| match (v.parse::<f64>(), cell.parse::<f64>()) {
                    (Ok(a), Ok(b)) if !is_factor(variable, self.request.sheet) => a.total_cmp(&b).is_eq(),
                    _ => *v == cell,
                };
                if !values.iter().any(same) {
                    values.push(cell);
                }
            }
            // Of a group that has no sample left the next check tells more.
            let is_levels = matches!(self.request.tested, Tested::Levels { .. }) && at < compared;
            if let ([value], false) = (values.as_slice(), is_levels) {
                return Err(DesignProblem::Constant {
                    label: self.request.label.clone(),
                    name: variable.name.clone(),
                    value: (*value).to_owned(),
                    samples: self.samples.len(),
                });
            }
            let whole = values.iter().all(|v| v.parse::<i64>().is_ok());
            let (different, samples) = (values.len(), self.samples.len());
            let is_slope = !is_factor(variable, self.request.sheet);
            if is_slope && whole && FEW.contains(&different) && 2 * different <= samples {
                let column = variable.name.clone();
                self.notes.push(DesignNote::FewNumbers { column, values: different, samples });
            }
        }
        Ok(())
    }

    fn check_groups(&self) -> Result<(), DesignProblem> {
        let count = |group: &str| {
            self.samples.iter().filter(|&&s| self.group_name(s).as_deref() == Some(group)).count()
        };
        let names: Vec<String> = match self.request.tested {
            Tested::Levels { case, control, .. } => vec![case.to_owned(), control.to_owned()],
            Tested::Term(_) => self.samples.iter().filter_map(|&s| self.group_name(s)).collect(),
        };
        match names.into_iter().find(|group| count(group) < LEAST_SAMPLES) {
            None => Ok(()),
            Some(group) => Err(DesignProblem::SmallGroup {
                label: self.request.label.clone(),
                found: count(&group),
                group,
                least: LEAST_SAMPLES,
                left_out: self.left_out.clone(),
            }),
        }
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
        Ok(Comparison {
            label: self.request.label.clone(),
            name: self.request.name.clone(),
            samples: self.samples,
            members,
            groups: of_sample,
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

    fn look_for_aliases(&mut self, layout: &Layout) -> Result<(), DesignProblem> {
        let n = self.samples.len();
        let ones = vec![1.0; n];
        let basis_of = |blocks: &[&Block]| {
            let mut basis = Basis::default();
            basis.add(&ones);
            blocks.iter().flat_map(|b| &b.columns).for_each(|c| {
                basis.add(c);
            });
            basis
        };
        let mut basis = basis_of(&[]);
        for block in &layout.nuisance {
            let added = block.columns.iter().filter(|c| basis.add(c)).count();
            if added == 0 && !block.columns.is_empty() {
                self.notes.push(DesignNote::Redundant { term: block.name.clone() });
            }
        }
        let follows = |mut basis: Basis| layout.tested_columns.columns.iter().any(|c| !basis.add(c));
        if follows(basis.clone()) {
            let named = |blocks: Vec<&Block>| blocks.into_iter().map(|b| b.name.clone()).collect::<Vec<_>>();
            let alone: Vec<&Block> = layout.nuisance.iter().filter(|b| follows(basis_of(&[b]))).collect();
            let needed = layout.nuisance.iter().enumerate().filter(|(k, _)| {
                let rest: Vec<&Block> =
                    layout.nuisance.iter().enumerate().filter(|(j, _)| j != k).map(|(_, b)| b).collect();
                !follows(basis_of(&rest))
            });
            let needed: Vec<&Block> = needed.map(|(_, b)| b).collect();
            let columns = match (alone.is_empty(), needed.is_empty()) {
                (false, _) => named(alone),
                (true, false) => named(needed),
                (true, true) => named(layout.nuisance.iter().collect()),
            };
            return Err(DesignProblem::Aliased { label: self.request.label.clone(), columns });
        }
        for column in &layout.tested_columns.columns {
            basis.add(column);
        }
        if basis.rank() >= n {
            return Err(DesignProblem::NoReplication {
                label: self.request.label.clone(),
                columns: basis.rank(),
                samples: n,
            });
        }
        Ok(())
    }

    /// Tells of covariates that predict the compared groups.
    fn look_for_confounders(&mut self, codings: &Codings, layout: &Layout) {
        let (Tested::Levels { .. }, [case]) = (self.request.tested, layout.tested_columns.columns.as_slice())
        else {
            return;
        };
        let n = self.samples.len();
        for term in self.request.model.terms().iter().filter(|t| t.variables().len() == 1) {
            if term == self.request.tested.term() {
                continue;
            }
            let mut basis = Basis::default();
            basis.add(&vec![1.0; n]);
            let total = norm(&basis.residual(case)).powi(2);
            codings.block(term, n, None).columns.iter().for_each(|c| {
                basis.add(c);
            });
            let left = norm(&basis.residual(case)).powi(2);
            let (df1, df2) = ((basis.rank() - 1) as f64, (n - basis.rank()) as f64);
            if df1 < 1.0 || df2 < 1.0 {
                continue;
            }
            let f = ((total - left) / df1) / (left / df2);
            if ln_f_upper(f, df1, df2) < GOES_WITH.ln() {
                let explained = format!("{:.2}", 1.0 - left / total);
                self.notes.push(DesignNote::GoesWithGroups { column: term.to_string(), explained });
            }
        }
    }

    /// The groups of the samples, who of the sheet is a case or control, and the group of each sample.
    fn groups(
        &self,
        codings: &Codings,
        columns: usize,
        tested_at: &[usize],
    ) -> (Option<Groups>, Vec<Option<bool>>, Vec<Option<usize>>) {
        let mut members = vec![None; self.request.sheet.samples().len()];
        let n = self.samples.len();
        if let Tested::Levels { factor, case, .. } = self.request.tested {
            let Some(coding) = codings.find(&factor.variables()[0].name) else {
                return (None, members, Vec::new());
            };
            let of_sample: Vec<Option<usize>> = (0..n).map(|s| coding.level_of(s)).collect();
            let case = coding.levels().iter().position(|l| l == case).unwrap_or(1);
            for (&sample, level) in self.samples.iter().zip(&of_sample) {
                members[sample] = match *level {
                    Some(0) => Some(false),
                    Some(level) if level == case => Some(true),
                    _ => None,
                };
            }
            // The other levels' columns stand right before the tested one.
            let own = columns - (coding.levels().len() - 1)..columns;
            let groups = Groups {
                of_sample: of_sample.clone(),
                columns: own.collect(),
                contrast: Some(Effect { case, control: 0 }),
            };
            return (Some(groups), members, of_sample);
        }
        for &sample in &self.samples {
            members[sample] = Some(false);
        }
        let mut names: Vec<String> = Vec::new();
        let of_sample: Vec<Option<usize>> = self
            .samples
            .iter()
            .map(|&s| {
                let name = self.group_name(s)?;
                Some(names.iter().position(|known| *known == name).unwrap_or_else(|| {
                    names.push(name);
                    names.len() - 1
                }))
            })
            .collect();
        let is_main = self.request.tested.term().variables().len() == 1;
        let groups = (!names.is_empty()).then(|| Groups {
            of_sample: of_sample.clone(),
            columns: if is_main { tested_at.to_vec() } else { Vec::new() },
            contrast: None,
        });
        (groups, members, of_sample)
    }
}

/// Columns of a model matrix beside the intercept.
struct Layout {
    nuisance: Vec<Block>,
    tested_columns: Block,
}
