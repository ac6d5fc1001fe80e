//! Which samples take part.

use super::Builder;
use crate::design::{DesignNote, DesignProblem};

impl Builder<'_> {
    /// Leaves out samples without a value in a column of the model.
    pub(super) fn drop_missing(&mut self) -> Result<(), DesignProblem> {
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

    /// Leaves out samples whose pair has no sample in the other group.
    pub(super) fn drop_incomplete_pairs(&mut self) {
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
}
