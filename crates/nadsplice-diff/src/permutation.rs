//! The test on permuted labels: does it hold its level on this cohort's own noise?

use std::collections::HashSet;

use nadsplice_stats::{CountsError, Design};

use crate::{design::Comparison, random::SplitMix};

/// Permutations that are tried at most.
const PERMUTATIONS: usize = 20;
/// Even permutations without which the check says nothing: 4 against 4 samples have 18.
const LEAST_PERMUTATIONS: usize = 18;
/// Samples that each group must have.
const LEAST_SAMPLES: usize = 4;
/// Pairs without which there are too few ways to swap.
const LEAST_PAIRS: usize = 6;
/// Events that are tested at most under each permutation.
pub(crate) const MAX_EVENTS: usize = 1000;
/// The level that is checked, and the shares of smaller p-values that it allows for.
const LEVEL: (f64, std::ops::RangeInclusive<f64>) = (0.05, 0.03..=0.07);

/// The outcome of the check.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct PermutationCheck {
    /// Permutations of the labels.
    pub permutations: usize,
    /// Events tested under each.
    pub events: usize,
    /// Share of p-values below 0.05, in [0, 1].
    pub below_level: f64,
}

impl PermutationCheck {
    /// Whether the share is near enough to 0.05.
    pub fn holds(&self) -> bool {
        LEVEL.1.contains(&self.below_level)
    }
}

/// Tests under permuted labels; `test` gives the p-values of some events under a design of the comparison's samples.
///
/// Labels are exchanged between samples, or within pairs, such that each new group has its share of both old ones: true
/// differences then add to the spread and not to the difference. Nothing with covariates, whose labels cannot be
/// exchanged, or with fewer than four samples in a group or six pairs, which leave too few permutations.
pub(crate) fn check(
    comparison: &Comparison,
    test: impl Fn(&Design) -> Result<Vec<f64>, CountsError>,
) -> Result<Option<PermutationCheck>, CountsError> {
    let is_case: Option<Vec<bool>> = comparison.samples().iter().map(|&s| comparison.members()[s]).collect();
    let Some(is_case) = is_case.filter(|_| comparison.is_two_groups()) else { return Ok(None) };
    let pairs = comparison.pairs();
    // With pairs the pairs' own column is the only term that may stand beside the groups.
    if comparison.terms().len() > usize::from(pairs.is_some()) {
        return Ok(None);
    }
    let labels = permutations(&is_case, pairs);
    if labels.len() < LEAST_PERMUTATIONS {
        return Ok(None);
    }
    let (mut below, mut tested) = (0, 0);
    for label in &labels {
        let Some(design) = relabelled(comparison, label) else { continue };
        let p_values = test(&design)?;
        below += p_values.iter().filter(|&&p| p < LEVEL.0).count();
        tested += p_values.len();
    }
    Ok((tested > 0).then(|| PermutationCheck {
        permutations: labels.len(),
        events: tested / labels.len(),
        below_level: below as f64 / tested as f64,
    }))
}

/// The comparison's design with its tested column, the last one, replaced.
fn relabelled(comparison: &Comparison, is_case: &[bool]) -> Option<Design> {
    let (matrix, columns, _) = comparison.matrix();
    let mut rows = matrix.to_vec();
    for (row, &case) in rows.chunks_exact_mut(columns).zip(is_case) {
        row[columns - 1] = f64::from(u8::from(case));
    }
    let groups = nadsplice_stats::Groups {
        of_sample: is_case.iter().map(|&case| Some(usize::from(case))).collect(),
        columns: vec![columns - 1],
        contrast: Some(nadsplice_stats::Contrast { case: 1, control: 0 }),
    };
    Design::new(columns, &rows, &[columns - 1], Some(groups)).ok()
}

/// Distinct labellings that mix the groups evenly, always the same ones; those that swap the groups' names of another
/// are left out.
fn permutations(is_case: &[bool], pairs: Option<&[usize]>) -> Vec<Vec<bool>> {
    let mut random = SplitMix(0x006e_6164_7370_6c69);
    let mut seen: HashSet<Vec<bool>> = HashSet::new();
    let mut list = Vec::new();
    for _ in 0..200 * PERMUTATIONS {
        let Some(label) = (match pairs {
            Some(pairs) => swapped(is_case, pairs, &mut random),
            None => mixed(is_case, &mut random),
        }) else {
            break;
        };
        let other: Vec<bool> = label.iter().map(|&l| !l).collect();
        if !seen.contains(&other) && seen.insert(label.clone()) {
            list.push(label);
        }
        if list.len() == PERMUTATIONS {
            break;
        }
    }
    list
}

/// New cases are drawn from old cases and old controls in proportion.
fn mixed(is_case: &[bool], random: &mut SplitMix) -> Option<Vec<bool>> {
    let (mut cases, mut controls): (Vec<usize>, Vec<usize>) = (0..is_case.len()).partition(|&s| is_case[s]);
    if cases.len().min(controls.len()) < LEAST_SAMPLES {
        return None;
    }
    let exact = cases.len() * cases.len();
    let stay = exact / is_case.len() + usize::from(random.below(is_case.len()) < exact % is_case.len());
    let come = cases.len() - stay;
    random.shuffle(&mut cases);
    random.shuffle(&mut controls);
    let mut label = vec![false; is_case.len()];
    cases[..stay].iter().chain(&controls[..come]).for_each(|&s| label[s] = true);
    Some(label)
}

/// In half of the pairs the labels are exchanged.
fn swapped(is_case: &[bool], pairs: &[usize], random: &mut SplitMix) -> Option<Vec<bool>> {
    let n_pairs = pairs.iter().max()? + 1;
    if n_pairs < LEAST_PAIRS {
        return None;
    }
    let mut order: Vec<usize> = (0..n_pairs).collect();
    random.shuffle(&mut order);
    let half = n_pairs / 2 + (n_pairs % 2) * random.below(2);
    let swap = &order[..half];
    Some(is_case.iter().zip(pairs).map(|(&case, pair)| case != swap.contains(pair)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn labels_are_mixed_evenly_and_always_in_the_same_way() {
        let is_case: Vec<bool> = (0..12).map(|s| s < 6).collect();
        let labels = permutations(&is_case, None);
        assert_eq!((labels.len(), &labels), (20, &permutations(&is_case, None)));
        for label in &labels {
            let stay = (0..6).filter(|&s| label[s]).count();
            assert_eq!((stay, label.iter().filter(|&&l| l).count()), (3, 6));
        }
        let distinct: HashSet<&Vec<bool>> = labels.iter().collect();
        assert_eq!(distinct.len(), 20);
    }

    #[test]
    fn small_groups_have_too_few_permutations() {
        assert!(permutations(&[true, true, true, false, false, false], None).is_empty());
        // 4 against 4 have 18 that mix evenly and are no mirror image of another.
        let is_case: Vec<bool> = (0..8).map(|s| s < 4).collect();
        assert_eq!(permutations(&is_case, None).len(), 18);
    }

    #[test]
    fn pairs_are_swapped_within() {
        let is_case: Vec<bool> = (0..16).map(|s| s % 2 == 0).collect();
        let pairs: Vec<usize> = (0..16).map(|s| s / 2).collect();
        let labels = permutations(&is_case, Some(&pairs));
        assert_eq!(labels.len(), 20);
        assert!(labels.iter().all(|l| l.chunks(2).all(|pair| pair[0] != pair[1])));
    }
}
