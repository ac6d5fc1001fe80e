//! What makes a comparison impossible, or doubtful.

use nadsplice_stats::tails::ln_f_upper;

use super::{Builder, Layout, Tested};
use crate::{
    basis::{Basis, norm},
    contrast::LEAST_SAMPLES,
    design::{
        DesignNote, DesignProblem,
        matrix::{Block, Codings},
    },
    model::is_factor,
};

/// Whole numbers of at least and at most so many different values may be meant as names of groups.
const FEW: std::ops::RangeInclusive<usize> = 3..=6;
/// Covariates that go with the groups at this level are told.
const GOES_WITH: f64 = 0.05;

impl Builder<'_> {
    /// Every column must have two values.
    pub(super) fn check_constant(&mut self) -> Result<(), DesignProblem> {
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

    /// Every compared group must have samples enough.
    pub(super) fn check_groups(&self) -> Result<(), DesignProblem> {
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

    /// What is tested must not follow from the rest of the model, and samples must be left to see spread.
    pub(super) fn look_for_aliases(&mut self, layout: &Layout) -> Result<(), DesignProblem> {
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
    pub(super) fn look_for_confounders(&mut self, codings: &Codings, layout: &Layout) {
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
}
