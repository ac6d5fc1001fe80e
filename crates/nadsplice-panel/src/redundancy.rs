//! Which sets say the same as a better one.

use rustc_hash::FxHashSet;

/// Sets with larger p-values are not looked at: a report does not show them.
const WORTH_A_LOOK: f64 = 0.05;
/// Two sets say the same from this share of common genes on.
const JACCARD: f64 = 0.5;

/// The result of a set, as far as its redundancy goes.
pub(crate) struct Found<'r> {
    pub(crate) collection: &'r str,
    pub(crate) p_value: Option<f64>,
    /// The genes on which the result rests, each once.
    pub(crate) genes: &'r [String],
}

/// For each set the position of the better set that says the same.
///
/// Sets of a collection with p < 0.05 are gone through from the smallest p-value, equal ones in their order. A set is
/// redundant with the first set before it that is not itself redundant and with whose genes its own have a Jaccard
/// index (common genes over genes of either) of at least 0.5.
pub(crate) fn redundant_with(results: &[Found<'_>]) -> Vec<Option<usize>> {
    let mut order: Vec<(usize, f64)> = results
        .iter()
        .enumerate()
        .filter_map(|(set, found)| Some((set, found.p_value.filter(|&p| p < WORTH_A_LOOK)?)))
        .collect();
    order.sort_by(|a, b| a.1.total_cmp(&b.1));
    let mut redundant = vec![None; results.len()];
    let mut kept: Vec<(usize, FxHashSet<&str>)> = Vec::new();
    for (set, _) in order {
        let genes: FxHashSet<&str> = results[set].genes.iter().map(String::as_str).collect();
        let better = kept.iter().find(|(other, others)| {
            let common = genes.iter().filter(|gene| others.contains(*gene)).count();
            let either = genes.len() + others.len() - common;
            results[*other].collection == results[set].collection
                && common > 0
                && common as f64 >= JACCARD * either as f64
        });
        match better {
            Some((other, _)) => redundant[set] = Some(*other),
            None => kept.push((set, genes)),
        }
    }
    redundant
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_best_of_alike_sets_stands_for_them() {
        let genes = |names: &str| names.split(' ').map(str::to_owned).collect::<Vec<_>>();
        let lists = ["a b c d", "a b c", "a b", "e f", "a b c d", "a b c d"].map(genes);
        let p_values = [Some(0.01), Some(0.001), Some(0.04), Some(0.02), Some(0.03), Some(0.2)];
        let collections = ["x", "x", "x", "x", "y", "x"];
        let results: Vec<Found<'_>> = (0..6)
            .map(|i| Found { collection: collections[i], p_value: p_values[i], genes: &lists[i] })
            .collect();
        assert_eq!(redundant_with(&results), [Some(1), None, Some(1), None, None, None]);
    }

    #[test]
    fn sets_without_genes_are_alike_nothing() {
        let results = [0.01, 0.02].map(|p| Found { collection: "x", p_value: Some(p), genes: &[] });
        assert_eq!(redundant_with(&results), [None, None]);
    }
}
