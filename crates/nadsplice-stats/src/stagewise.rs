//! Families of hypotheses, such as the events of a gene: first which families differ, then which of their members.

use crate::multiple_testing::{acat, benjamini_hochberg, holm, simes};

/// False discovery rate of families, and of families with any false member among those that are named.
const LEVEL: f64 = 0.05;

/// How the p-values of a family become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Combination {
    /// Simes: the smallest Benjamini-Hochberg value. Finds the family with one changed member.
    #[default]
    Simes,
    /// Cauchy combination. Finds more where most members change together.
    Acat,
}

impl Combination {
    /// The name on the command line: `simes` or `acat`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Simes => "simes",
            Self::Acat => "acat",
        }
    }

    /// One p-value in `(0, 1]` of several; none of none.
    pub fn combine(self, p_values: &[f64]) -> Option<f64> {
        match self {
            Self::Simes => simes(p_values),
            Self::Acat => acat(p_values),
        }
    }
}

/// Families and their members, stage by stage.
#[derive(Clone, Debug, PartialEq)]
pub struct Stagewise {
    /// The p-value of each family; none where no member was tested.
    pub p_values: Vec<Option<f64>>,
    /// Benjamini-Hochberg over the families with a p-value.
    pub q_values: Vec<Option<f64>>,
    /// For each hypothesis: Holm over the tested members of its family, times tested over called families, at most 1;
    /// of a member of several called families the largest. None for a member of no called family.
    ///
    /// Naming the members below 0.05 keeps the share of families with any wrongly named member below 0.05 (Heller et
    /// al. 2009, [doi:10.1093/bioinformatics/btp385](https://doi.org/10.1093/bioinformatics/btp385); Van den Berge et
    /// al. 2017, [doi:10.1186/s13059-017-1277-0](https://doi.org/10.1186/s13059-017-1277-0)).
    pub members: Vec<Option<f64>>,
}

impl Stagewise {
    /// `hypotheses` are p-values, none for an untested one, `families` the positions of each family's members.
    pub fn new(combination: Combination, hypotheses: &[Option<f64>], families: &[Vec<usize>]) -> Self {
        let of_family = |family: &[usize]| family.iter().map(|&h| hypotheses[h]).collect::<Vec<_>>();
        let p_values: Vec<Option<f64>> = families
            .iter()
            .map(|family| combination.combine(&of_family(family).into_iter().flatten().collect::<Vec<_>>()))
            .collect();
        let q_values = benjamini_hochberg(&p_values);
        let called = |q: &Option<f64>| q.is_some_and(|q| q < LEVEL);
        let n_tested = q_values.iter().flatten().count() as f64;
        let n_called = q_values.iter().filter(|q| called(q)).count() as f64;
        let mut members: Vec<Option<f64>> = vec![None; hypotheses.len()];
        for (family, _) in families.iter().zip(&q_values).filter(|(_, q)| called(q)) {
            for (&member, adjusted) in family.iter().zip(holm(&of_family(family))) {
                let value = adjusted.map(|p| (p * n_tested / n_called).min(1.0));
                members[member] = match (members[member], value) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    (a, b) => a.or(b),
                };
            }
        }
        Self { p_values, q_values, members }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_named_in_called_families_only() {
        let p = [Some(1e-6), Some(0.5), None, Some(0.3), Some(0.6), Some(2e-4)];
        let families = [vec![0, 1, 2], vec![3, 4], vec![2], vec![0, 5]];
        let tests = Stagewise::new(Combination::Simes, &p, &families);
        assert_eq!(tests.p_values[2], None);
        assert!((tests.p_values[0].unwrap() - 2e-6).abs() < 1e-18);
        assert!(tests.q_values[1].unwrap() > 0.05);
        // Three families are tested, two called; the first hypothesis is in both, with one other tested member each.
        let close = |got: Option<f64>, want: f64| (got.unwrap() / want - 1.0).abs() < 1e-12;
        assert!(close(tests.members[0], 2e-6 * 1.5) && close(tests.members[5], 2e-4 * 1.5));
        assert!(close(tests.members[1], 0.5 * 1.5));
        assert_eq!((tests.members[2], tests.members[3]), (None, None));
    }

    #[test]
    fn without_a_called_family_nothing_is_named() {
        let tests = Stagewise::new(Combination::Acat, &[Some(0.4), Some(0.9)], &[vec![0, 1]]);
        assert!(tests.p_values[0].is_some_and(|p| p > 0.3) && tests.members == [None, None]);
    }
}
