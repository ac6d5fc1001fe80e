//! Hints that samples were mixed up.

use crate::{
    design::Comparison,
    pca::{SamplePca, median},
    testing::CountTable,
};

/// Counts that are compared of two samples at most, and at least.
const MOST_COUNTS: usize = 10_000;
const LEAST_COUNTS: usize = 300;
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
    let mut pairs = Vec::new();
    for first in 0..n {
        for second in first + 1..n {
            let compared: Vec<(f64, f64)> = counts
                .iter()
                .filter(|row| row[first].saturating_add(row[second]) >= LEAST_READS)
                .map(|row| (f64::from(row[first]), f64::from(row[second])))
                .collect();
            if compared.len() >= LEAST_COUNTS && difference(&compared) < SAME_LIBRARY {
                pairs.push((first, second));
            }
        }
    }
    pairs
}

fn difference(counts: &[(f64, f64)]) -> f64 {
    let (first, second) = counts.iter().fold((0.0, 0.0), |sum, c| (sum.0 + c.0, sum.1 + c.1));
    let deeper_first = first >= second;
    let p = if deeper_first { second / first } else { first / second };
    if p <= 0.0 {
        return f64::INFINITY;
    }
    let one = |&(first, second): &(f64, f64)| {
        let (a, b) = if deeper_first { (first, second) } else { (second, first) };
        (b - p * a).powi(2) / (p * (a + b))
    };
    counts.iter().map(one).sum::<f64>() / counts.len() as f64
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
        let same: Vec<(f64, f64)> = (0..500).map(|k| f64::from(1 + k % 40)).map(|a| (a, a)).collect();
        assert!(difference(&same) < 1e-12);
        let half: Vec<(f64, f64)> = same.iter().map(|&(a, _)| (2.0 * a, a)).collect();
        assert!(difference(&half) < 1e-12);
        // Differences of the square root of the mean, as of Poisson counts.
        let apart: Vec<(f64, f64)> =
            (0..400).map(|k| if k % 2 == 0 { (110.0, 95.0) } else { (95.0, 110.0) }).collect();
        assert!((1.0..1.2).contains(&difference(&apart)), "{}", difference(&apart));
        assert!(difference(&[(5.0, 0.0)]).is_infinite());
    }
}
