//! Scores that do not depend on how often a gene was tested.

use statrs::function::erf::erfc_inv;

/// Bins of genes with similar numbers of tests, one a gene, numbered from 0 by ascending number.
///
/// Every number of tests is its own bin, unless fewer than `min_size` genes have it: then it is taken together with
/// the next ones, the last with those before.
///
/// ```
/// use nadsplice_stats::gsea::event_number_bins;
///
/// assert_eq!(event_number_bins(&[1, 2, 1, 3, 2, 9], 2), [0, 1, 0, 2, 1, 2]);
/// ```
pub fn event_number_bins(tests: &[u32], min_size: usize) -> Vec<u32> {
    let mut sorted = tests.to_vec();
    sorted.sort_unstable();
    // The first number of each bin.
    let mut starts: Vec<u32> = Vec::new();
    let mut size = 0;
    for number in sorted.chunk_by(|a, b| a == b) {
        if size == 0 {
            starts.push(number[0]);
        }
        size += number.len();
        if size >= min_size {
            size = 0;
        }
    }
    if size > 0 && starts.len() > 1 {
        starts.pop();
    }
    let bin = |number: u32| starts.partition_point(|&start| start <= number).saturating_sub(1);
    tests.iter().map(|&number| u32::try_from(bin(number)).unwrap_or(u32::MAX)).collect()
}

/// Bins of genes with similar coverage, one a gene, numbered from 0 by ascending coverage, of at least `min_size` genes
/// (fewer only where there are no more). Genes of equal coverage share their bin.
///
/// ```
/// use nadsplice_stats::gsea::coverage_bins;
///
/// assert_eq!(coverage_bins(&[8.0, 0.5, 20.0, 0.5, 9.0], 2), [1, 0, 1, 0, 1]);
/// ```
pub fn coverage_bins(coverage: &[f64], min_size: usize) -> Vec<u32> {
    let mut distinct = coverage.to_vec();
    distinct.sort_unstable_by(f64::total_cmp);
    distinct.dedup();
    let rank = |value: f64| {
        u32::try_from(distinct.partition_point(|other| other.total_cmp(&value).is_lt())).unwrap_or(u32::MAX)
    };
    event_number_bins(&coverage.iter().map(|&value| rank(value)).collect::<Vec<_>>(), min_size)
}

/// Bins of genes with similar numbers of tests and similar coverage, one a gene, numbered from 0: first by number, in
/// bins of at least four times `min_size`, and these by coverage, in bins of at least `min_size`.
///
/// ```
/// use nadsplice_stats::gsea::effort_bins;
///
/// let bins = effort_bins(&[1, 1, 1, 1, 5, 5, 5, 5], &[1.0, 9.0, 2.0, 8.0, 7.0, 7.0, 3.0, 3.0], 1);
/// assert_eq!(bins, [0, 3, 1, 2, 5, 5, 4, 4]);
/// ```
pub fn effort_bins(tests: &[u32], coverage: &[f64], min_size: usize) -> Vec<u32> {
    let numbers = event_number_bins(tests, 4 * min_size);
    let mut bins = vec![0; tests.len()];
    let mut first = 0;
    for number in 0..numbers.iter().max().map_or(0, |&last| last + 1) {
        let genes: Vec<usize> = (0..tests.len()).filter(|&gene| numbers[gene] == number).collect();
        let of_bin = coverage_bins(&genes.iter().map(|&gene| coverage[gene]).collect::<Vec<_>>(), min_size);
        for (&gene, bin) in genes.iter().zip(&of_bin) {
            bins[gene] = first + bin;
        }
        first += of_bin.iter().max().map_or(0, |&last| last + 1);
    }
    bins
}

/// Normal scores of p-values ranked within their bin, high for small p-values.
///
/// A gene with many tests has a p-value of another distribution than a gene with one, also under the null and also
/// when combined by Simes' method; ranks within bins are alike. Equal p-values share their mean rank.
pub fn normal_scores_within_bins(p: &[f64], bins: &[u32]) -> Vec<f64> {
    let mut order: Vec<usize> = (0..p.len()).collect();
    order.sort_by(|&a, &b| bins[a].cmp(&bins[b]).then(p[a].total_cmp(&p[b])));
    let mut scores = vec![0.0; p.len()];
    for bin in order.chunk_by(|&a, &b| bins[a] == bins[b]) {
        let mut before = 0;
        for tied in bin.chunk_by(|&a, &b| p[a].total_cmp(&p[b]).is_eq()) {
            let share = (before as f64 + 0.5 * tied.len() as f64) / bin.len() as f64;
            let score = std::f64::consts::SQRT_2 * erfc_inv(2.0 * share);
            for &gene in tied {
                scores[gene] = score;
            }
            before += tied.len();
        }
    }
    scores
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn small_bins_join_their_neighbours() {
        assert_eq!(event_number_bins(&[1, 1, 1, 2, 3, 3, 7], 3), [0, 0, 0, 1, 1, 1, 1]);
        assert_eq!(event_number_bins(&[4, 5], 10), [0, 0]);
        assert!(event_number_bins(&[], 3).is_empty());
    }

    #[test]
    fn scores_rank_within_the_bin_only() {
        let scores = normal_scores_within_bins(&[0.01, 0.5, 1e-9, 1e-12], &[0, 0, 1, 1]);
        assert!((scores[0] - scores[3]).abs() < 1e-12 && (scores[1] - scores[2]).abs() < 1e-12);
        assert!(scores[0] > 0.0 && (scores[0] + scores[1]).abs() < 1e-12);
    }

    #[test]
    fn ties_share_their_score() {
        let scores = normal_scores_within_bins(&[1.0, 0.2, 1.0, 1.0], &[0; 4]);
        assert!((scores[0] - scores[2]).abs() < 1e-15 && (scores[0] - scores[3]).abs() < 1e-15);
        assert!(scores[1] > scores[0]);
    }
}
