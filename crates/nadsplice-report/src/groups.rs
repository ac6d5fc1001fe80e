//! The samples of a comparison, group by group.

use nadsplice_table::{ContrastSamples, SampleTable};

use crate::{sashimi::group_colour, svg::Colour};

/// A factor with more levels than this is taken as a measurement: all samples are one group.
const MOST_GROUPS: usize = 8;

/// The name of a group of all samples.
const ALL: &str = "samples";

/// Samples that are drawn together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Group {
    /// The level of the factor.
    pub(crate) name: String,
    /// Samples by their place in `samples.tsv`.
    pub(crate) members: Vec<usize>,
}

/// The groups of a comparison in the order in which they are drawn: control before case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Groups {
    /// At least one.
    pub(crate) groups: Vec<Group>,
    /// Whether there are two, of which the second is the case.
    pub(crate) is_pair: bool,
}

impl Groups {
    /// The groups that a test compared.
    pub(crate) fn compared(label: &str, compared: &ContrastSamples) -> Self {
        let mut groups: Vec<Group> =
            compared.groups(label).into_iter().map(|(name, members)| Group { name, members }).collect();
        let is_pair = compared.members(label).is_some();
        if is_pair {
            groups.reverse();
        } else if groups.is_empty() || groups.len() > MOST_GROUPS {
            groups = vec![Group { name: ALL.to_owned(), members: compared.places(label) }];
        }
        Self { groups, is_pair }
    }

    /// The groups that a label names: those of `factor:case:control`, else the levels of the factor, else all samples.
    pub(crate) fn of(label: &str, samples: &SampleTable) -> Self {
        pair(label, samples).unwrap_or_else(|| Self { groups: levels(label, samples), is_pair: false })
    }

    /// The group of a sample by its place.
    pub(crate) fn group_of(&self, sample: usize) -> Option<usize> {
        self.groups.iter().position(|group| group.members.contains(&sample))
    }

    /// The colour of a group, the same in every figure.
    pub(crate) fn colour(&self, group: usize) -> Colour {
        // Sashimi plots name the case first.
        group_colour(if self.is_pair { 1 - group } else { group })
    }

    /// The names of the groups with their colours, for a legend.
    pub(crate) fn legend(&self) -> Vec<(&str, Colour)> {
        self.groups.iter().enumerate().map(|(at, group)| (group.name.as_str(), self.colour(at))).collect()
    }

    /// `6 young, 6 old`.
    pub(crate) fn sizes(&self) -> String {
        let sizes: Vec<_> = self.groups.iter().map(|g| format!("{} {}", g.members.len(), g.name)).collect();
        sizes.join(", ")
    }
}

fn cells(samples: &SampleTable, column: usize) -> impl Iterator<Item = &str> {
    samples.rows.iter().map(move |(cells, _)| cells[column].as_str())
}

fn members(samples: &SampleTable, column: usize, level: &str) -> Group {
    let members = cells(samples, column).enumerate().filter(|(_, cell)| *cell == level).map(|(at, _)| at);
    Group { name: level.to_owned(), members: members.collect() }
}

fn pair(label: &str, samples: &SampleTable) -> Option<Groups> {
    samples.sheet_columns.iter().enumerate().find_map(|(column, factor)| {
        let levels = label.strip_prefix(factor.as_str())?.strip_prefix(':')?;
        // A level may hold a colon itself.
        levels.match_indices(':').find_map(|(at, _)| {
            let (case, control) = (&levels[..at], &levels[at + 1..]);
            let groups = vec![members(samples, column, control), members(samples, column, case)];
            groups.iter().all(|g| !g.members.is_empty()).then_some(Groups { groups, is_pair: true })
        })
    })
}

fn levels(label: &str, samples: &SampleTable) -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    if let Some(column) = samples.sheet_columns.iter().position(|name| name == label) {
        for level in cells(samples, column) {
            if !level.is_empty() && !groups.iter().any(|group| group.name == level) {
                groups.push(members(samples, column, level));
            }
        }
    }
    if groups.is_empty() || groups.len() > MOST_GROUPS {
        return vec![Group { name: ALL.to_owned(), members: (0..samples.rows.len()).collect() }];
    }
    groups
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_tables::sample_table;

    #[test]
    fn a_pair_is_control_then_case() {
        let samples = sample_table(&[("a", "old"), ("b", "young"), ("c", "old"), ("d", "")]);
        let groups = Groups::of("condition:old:young", &samples);
        assert!(groups.is_pair);
        assert_eq!(groups.sizes(), "1 young, 2 old");
        assert_eq!(groups.group_of(2), Some(1));
        assert_eq!(groups.group_of(3), None);
    }

    #[test]
    fn levels_with_colons_are_told_apart() {
        let samples = sample_table(&[("a", "x:1"), ("b", "x:2")]);
        let groups = Groups::of("condition:x:2:x:1", &samples);
        assert_eq!(groups.groups[1].name, "x:2");
    }

    #[test]
    fn a_factor_has_its_levels_and_anything_else_one_group() {
        let samples = sample_table(&[("a", "x"), ("b", "y"), ("c", "z")]);
        assert_eq!(Groups::of("condition", &samples).groups.len(), 3);
        assert_eq!(Groups::of("age", &samples).groups.len(), 1);
    }
}
