//! Hints that samples were mixed up.

use rayon::prelude::*;

use crate::{
    design::Comparison,
    pca::{SamplePca, median},
    testing::CountTable,
};

/// Counts that are compared of two samples at most, and at least.
const MOST_COUNTS: usize = 10_000;
const LEAST_COUNTS: u64 = 300;
/// Counts after which it is looked whether two samples differ enough.
const AT_ONCE: usize = 256;
/// Reads of both samples that make a count worth comparing.
const LEAST_READS: u32 = 10;
/// Counts of two libraries differ at least by chance, by 1 on average on the scale below.
const SAME_LIBRARY: f64 = 0.5;

/// Pairs of samples whose counts differ by less than chance makes two libraries differ: the same reads twice, or most of
/// them.
///
/// With independent reads the mean of `(b - p a)^2 / (p (a + b))` over counts `a` and `b` of two samples, `p` the ratio
/// of their depths, is 1 for replicates of one RNA and more for anything else. It is 0 for a copy and `(1 - p) / (1 + p)`
/// for a random share `p` of the same reads.
pub fn same_library(table: &CountTable<'_>) -> Vec<(usize, usize)> {
    let n = table.samples;
    let counts: Vec<&[u32]> = [table.inclusion, table.skipping]
        .into_iter()
        .flat_map(|counts| counts.chunks_exact(n.max(1)))
        .filter(|row| row.iter().filter(|c| **c > 0).count() >= 2)
        .collect();
    let stride = counts.len().div_ceil(MOST_COUNTS).max(1);
    let counts: Vec<&[u32]> = counts.into_iter().step_by(stride).collect();
    // Every sample is compared with every other: the counts of each stand together.
    let samples: Vec<Vec<u32>> = (0..n).map(|s| counts.iter().map(|row| row[s]).collect()).collect();
    let is_same = |first: usize, second: usize| {
        difference(&samples[first], &samples[second], SAME_LIBRARY).is_some_and(|d| d < SAME_LIBRARY)
    };
    (0..n)
        .into_par_iter()
        .flat_map_iter(|first| (first + 1..n).map(move |second| (first, second)))
        .filter(|&(first, second)| is_same(first, second))
        .collect()
}

/// The mean over the counts that are worth comparing; nothing where they are too few or it is `most` at least.
fn difference(first: &[u32], second: &[u32], most: f64) -> Option<f64> {
    let is_compared = |a: u32, b: u32| a.saturating_add(b) >= LEAST_READS;
    let (mut compared, mut of_first, mut of_second) = (0, 0, 0);
    for (&a, &b) in first.iter().zip(second) {
        let weight = u64::from(is_compared(a, b));
        compared += weight;
        of_first += weight * u64::from(a);
        of_second += weight * u64::from(b);
    }
    let is_deeper = of_first >= of_second;
    let (deep, shallow) = if is_deeper { (of_first, of_second) } else { (of_second, of_first) };
    if compared < LEAST_COUNTS || shallow == 0 {
        return None;
    }
    let (p, n) = (shallow as f64 / deep as f64, compared as f64);
    let mut sum = 0.0;
    for (first, second) in first.chunks(AT_ONCE).zip(second.chunks(AT_ONCE)) {
        for (&a, &b) in first.iter().zip(second).filter(|&(&a, &b)| is_compared(a, b)) {
            let (a, b) = if is_deeper { (a, b) } else { (b, a) };
            let (a, b) = (f64::from(a), f64::from(b));
            sum += (b - p * a).powi(2) / (p * (a + b));
        }
        // No term is negative, so that most pairs are known to differ long before the last count.
        if sum >= most * n {
            return None;
        }
    }
    Some(sum / n)
}

/// Samples that a group must have.
const LEAST_SAMPLES: usize = 3;
/// Groups are apart when the typical sample is nearer to its own by this share of the distance of two samples.
const APART: f64 = 0.1;
/// Share of the samples that may be on the wrong side; with more, it is the groups that are not apart.
const FEW: f64 = 0.1;

/// Samples that lie as far on the other group's side as others lie on their own, where the groups of a comparison are
/// apart; positions in the sheet.
///
/// Compared are squared distances to the centres of the sample's own group, without itself, and of the other one, less
/// what is due to the spread around the centres.
pub fn nearer_to_the_other_group(pca: &SamplePca, comparison: &Comparison) -> Vec<usize> {
    let n = pca.distances.len();
    let of_group = |is_case: bool| -> Vec<usize> {
        (0..n).filter(|&s| comparison.members().get(s) == Some(&Some(is_case))).collect()
    };
    let groups = [of_group(false), of_group(true)];
    if !comparison.is_two_groups() || groups.iter().any(|g| g.len() < LEAST_SAMPLES) {
        return Vec::new();
    }
    let squared = |i: usize, j: usize| pca.squared[i * n + j];
    let to_centre = |sample: usize, group: &[usize]| {
        let others: Vec<usize> = group.iter().copied().filter(|&s| s != sample).collect();
        let mean = |pairs: Vec<f64>| pairs.iter().sum::<f64>() / pairs.len() as f64;
        let distance = mean(others.iter().map(|&s| squared(sample, s)).collect());
        let spread: Vec<f64> = others
            .iter()
            .enumerate()
            .flat_map(|(k, &i)| others[..k].iter().map(move |&j| (i, j)))
            .map(|(i, j)| squared(i, j))
            .collect();
        distance - 0.5 * mean(spread)
    };
    let margins: Vec<(usize, f64)> = (0..2)
        .flat_map(|g| groups[g].iter().map(move |&s| (s, g)))
        .map(|(s, g)| (s, to_centre(s, &groups[1 - g]) - to_centre(s, &groups[g])))
        .collect();
    let typical = median(margins.iter().map(|m| m.1).collect());
    let scale = median(pca.distances.iter().map(|d| d * d).collect());
    let wrong = margins.iter().filter(|m| m.1 < 0.0).count();
    if typical < APART * scale || wrong as f64 > (FEW * margins.len() as f64).max(1.0) {
        return Vec::new();
    }
    let mut found: Vec<usize> = margins.iter().filter(|m| m.1 < -0.5 * typical).map(|m| m.0).collect();
    found.sort_unstable();
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_of_one_library_differ_less_than_chance() {
        let same: Vec<u32> = (0..500).map(|k| 10 + k % 40).collect();
        let half: Vec<u32> = same.iter().map(|a| 2 * a).collect();
        let of = |first: &[u32], second: &[u32]| difference(first, second, f64::INFINITY);
        assert!(of(&same, &same).is_some_and(|d| d < 1e-12));
        assert!(of(&half, &same).is_some_and(|d| d < 1e-12));
        assert_eq!(of(&half, &same), of(&same, &half));
        // Differences of the square root of the mean, as of Poisson counts.
        let apart: [Vec<u32>; 2] =
            [95, 110].map(|odd| (0..400).map(|k| if k % 2 == 0 { 205 - odd } else { odd }).collect());
        assert!(of(&apart[0], &apart[1]).is_some_and(|d| (1.0..1.2).contains(&d)));
        assert_eq!(difference(&apart[0], &apart[1], SAME_LIBRARY), None);
        assert_eq!(of(&[15; 400], &[0; 400]), None, "no reads to compare with");
        assert_eq!(of(&same[..200], &same[..200]), None, "too few counts");
        assert_eq!(of(&[4; 400], &[5; 400]), None, "too few reads");
    }
}
