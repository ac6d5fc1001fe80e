//! Who is compared with whom.

use nadsplice_stats::{Contrast as Effect, Groups};

use super::{Builder, Tested};
use crate::design::matrix::Codings;

impl Builder<'_> {
    /// The groups of the samples, who of the sheet is a case or control, and the group of each sample.
    pub(super) fn groups(
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
