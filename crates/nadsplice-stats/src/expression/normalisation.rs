//! Library sizes that a few strongly expressed genes do not distort: trimmed means of M values.
//!
//! Robinson and Oshlack 2010, [doi:10.1186/gb-2010-11-3-r25](https://doi.org/10.1186/gb-2010-11-3-r25), with the constants
//! of edgeR's `calcNormFactors`: 30% of the genes are trimmed by log ratio and 5% by expression on either side, the rest
//! is weighted by the precision of its ratio.

use std::cmp::Ordering;

/// Quartiles that differ by less of their mean are the same but for the order of the sum.
const ROUNDING: f64 = 1e-9;
/// Share that is trimmed on either side by log ratio, and by mean expression.
const TRIM_RATIO: f64 = 0.3;
const TRIM_MEAN: f64 = 0.05;

/// Effective library sizes: fragments of all genes, times factors with a geometric mean of 1. `genes` are rows of one
/// count a sample.
///
/// `None` where there is no gene or sample or a library is empty.
pub fn effective_library_sizes(genes: &[&[f64]], samples: usize) -> Option<Vec<f64>> {
    let sizes: Vec<f64> = (0..samples).map(|i| genes.iter().map(|gene| gene[i]).sum()).collect();
    if sizes.is_empty() || sizes.iter().any(|&size| size <= 0.0) {
        return None;
    }
    let reference = reference_sample(genes, &sizes);
    let ln_factors: Vec<f64> =
        (0..samples).map(|sample| ln_factor(genes, &sizes, sample, reference)).collect();
    let mean = ln_factors.iter().sum::<f64>() / samples as f64;
    Some(sizes.iter().zip(ln_factors).map(|(size, factor)| size * (factor - mean).exp()).collect())
}

/// The sample whose upper quartile of relative expression is closest to the mean one. Of samples that are equally close
/// the one that its counts, not its place, set apart: the order of the samples changes nothing.
fn reference_sample(genes: &[&[f64]], sizes: &[f64]) -> usize {
    let quartiles: Vec<f64> = (0..sizes.len())
        .map(|i| {
            let mut shares: Vec<f64> = genes
                .iter()
                .filter(|gene| gene.iter().any(|&n| n > 0.0))
                .map(|gene| gene[i] / sizes[i])
                .collect();
            shares.sort_unstable_by(f64::total_cmp);
            let at = 0.75 * (shares.len() - 1) as f64;
            let below = at.floor();
            #[expect(
                clippy::cast_possible_truncation,
                clippy::cast_sign_loss,
                reason = "a position in the list"
            )]
            let lower = below as usize;
            let upper = (lower + 1).min(shares.len() - 1);
            shares[lower] + (at - below) * (shares[upper] - shares[lower])
        })
        .collect();
    let mean = quartiles.iter().sum::<f64>() / quartiles.len() as f64;
    let distance = |i: usize| (quartiles[i] - mean).abs();
    let closest = (0..sizes.len()).map(distance).fold(f64::INFINITY, f64::min);
    let by_counts = |a: usize, b: usize| {
        let of_genes = || genes.iter().map(|gene| gene[a].total_cmp(&gene[b])).find(|order| order.is_ne());
        sizes[a].total_cmp(&sizes[b]).then_with(|| of_genes().unwrap_or(Ordering::Equal))
    };
    (0..sizes.len())
        .filter(|&i| distance(i) <= closest + ROUNDING * mean)
        .max_by(|&a, &b| by_counts(a, b))
        .unwrap_or(0)
}

fn ln_factor(genes: &[&[f64]], sizes: &[f64], sample: usize, reference: usize) -> f64 {
    let (size, reference_size) = (sizes[sample], sizes[reference]);
    // Log ratio, mean log expression, variance of the log ratio.
    let values: Vec<[f64; 3]> = genes
        .iter()
        .map(|gene| (gene[sample], gene[reference]))
        .filter(|&(n, other)| n > 0.0 && other > 0.0)
        .map(|(n, other)| {
            let (a, b) = ((n / size).ln(), (other / reference_size).ln());
            let variance = (size - n) / size / n + (reference_size - other) / reference_size / other;
            [a - b, f64::midpoint(a, b), variance]
        })
        .collect();
    if values.iter().all(|value| value[0].abs() < 1e-6) {
        return 0.0;
    }
    let by_ratio = within(&values, 0, TRIM_RATIO);
    let by_mean = within(&values, 1, TRIM_MEAN);
    let (mut sum, mut weights) = (0.0, 0.0);
    for (value, _) in values.iter().zip(by_ratio.iter().zip(&by_mean)).filter(|(_, (a, b))| **a && **b) {
        if value[2] > 0.0 {
            sum += value[0] / value[2];
            weights += value[2].recip();
        }
    }
    if weights > 0.0 { sum / weights } else { 0.0 }
}

/// Which values keep their rank after trimming; equal values have their mean rank.
fn within(values: &[[f64; 3]], part: usize, trim: f64) -> Vec<bool> {
    let n = values.len();
    let mut order: Vec<usize> = (0..n).collect();
    order.sort_by(|&a, &b| values[a][part].total_cmp(&values[b][part]));
    let low = (n as f64 * trim).floor() + 1.0;
    let high = n as f64 + 1.0 - low;
    let mut kept = vec![false; n];
    let mut before = 0.0;
    for tied in order.chunk_by(|&a, &b| values[a][part].total_cmp(&values[b][part]).is_eq()) {
        let rank = before + f64::midpoint(1.0, tied.len() as f64);
        for &gene in tied {
            kept[gene] = (low..=high).contains(&rank);
        }
        before += tied.len() as f64;
    }
    kept
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn depth_alone_needs_no_factor() {
        let rows: Vec<[f64; 2]> = (1..200).map(|gene| [f64::from(gene), 3.0 * f64::from(gene)]).collect();
        let genes: Vec<&[f64]> = rows.iter().map(<[f64; 2]>::as_slice).collect();
        let sizes = effective_library_sizes(&genes, 2).unwrap();
        assert!((sizes[1] / sizes[0] - 3.0).abs() < 1e-9);
    }

    #[test]
    fn a_flood_of_one_gene_is_taken_out() {
        // The second sample has the same genes at half of the depth, and one gene that takes as much as all others.
        let mut rows: Vec<[f64; 2]> =
            (1..400).map(|gene| [100.0 + f64::from(gene), 50.0 + 0.5 * f64::from(gene)]).collect();
        let all: f64 = rows.iter().map(|row| row[1]).sum();
        rows.push([10.0, all]);
        let genes: Vec<&[f64]> = rows.iter().map(<[f64; 2]>::as_slice).collect();
        let sizes = effective_library_sizes(&genes, 2).unwrap();
        assert!((sizes[0] / sizes[1] - 2.0).abs() < 0.01, "{sizes:?}");
    }

    #[test]
    fn the_order_of_samples_does_not_matter() {
        // Two samples: both quartiles are equally far from their mean.
        let rows: Vec<[f64; 2]> =
            (1..300).map(|gene| [f64::from(gene), f64::from(gene * 7 % 301 + 1)]).collect();
        let reversed: Vec<[f64; 2]> = rows.iter().map(|&[a, b]| [b, a]).collect();
        let sizes = |rows: &[[f64; 2]]| {
            let genes: Vec<&[f64]> = rows.iter().map(<[f64; 2]>::as_slice).collect();
            effective_library_sizes(&genes, 2).unwrap()
        };
        let (forward, backward) = (sizes(&rows), sizes(&reversed));
        assert!((forward[0] / backward[1] - 1.0).abs() < 1e-12, "{forward:?} {backward:?}");
        assert!((forward[1] / backward[0] - 1.0).abs() < 1e-12);
    }

    #[test]
    fn an_empty_library_has_no_size() {
        assert_eq!(effective_library_sizes(&[&[1.0, 0.0]], 2), None);
        assert_eq!(effective_library_sizes(&[], 2), None);
    }
}
