//! The chance of being called as a rising function of how often something was tested.

/// The least chance that is given, so that no weight is 0.
const FLOOR: f64 = 1e-4;

/// A probability weighting function: the chance that a gene is called, by its number of tests.
///
/// The share of called genes at each number, made non-decreasing by pooling adjacent violators (Barlow et al. 1972,
/// *Statistical Inference under Order Restrictions*), in the place of the spline of goseq (Young et al. 2010,
/// [doi:10.1186/gb-2010-11-2-r14](https://doi.org/10.1186/gb-2010-11-2-r14)).
#[derive(Clone, Debug, PartialEq)]
pub struct WeightingFunction {
    /// Ascending numbers of tests and the chance at each.
    steps: Vec<(u32, f64)>,
}

impl WeightingFunction {
    /// Fits the function to genes, given as their number of tests and whether they were called.
    ///
    /// ```
    /// use nadsplice_stats::isotonic::WeightingFunction;
    ///
    /// let genes = [(1, false), (1, false), (2, true), (2, false), (5, true)];
    /// let chance = WeightingFunction::fit(genes);
    /// assert_eq!((chance.at(2), chance.at(9)), (0.5, 0.9999));
    /// ```
    pub fn fit(genes: impl IntoIterator<Item = (u32, bool)>) -> Self {
        let mut by_number = std::collections::BTreeMap::<u32, (f64, f64)>::new();
        for (tests, called) in genes {
            let (genes, hits) = by_number.entry(tests).or_default();
            *genes += 1.0;
            *hits += f64::from(u8::from(called));
        }
        let (numbers, blocks): (Vec<u32>, Vec<(f64, f64)>) = by_number.into_iter().unzip();
        let chances = pool_adjacent_violators(&blocks);
        let steps =
            numbers.into_iter().zip(chances.into_iter().map(|c| c.clamp(FLOOR, 1.0 - FLOOR))).collect();
        Self { steps }
    }

    /// The chance at a number of tests, in `[1e-4, 0.9999]`; between fitted numbers that of the number below.
    pub fn at(&self, tests: u32) -> f64 {
        let above = self.steps.partition_point(|&(number, _)| number <= tests);
        self.steps.get(above.saturating_sub(1)).map_or(FLOOR, |&(_, chance)| chance)
    }

    /// The odds of drawing a member of a set against others, as [`crate::wallenius::Wallenius`] wants them.
    ///
    /// Of genes given as their number of tests and whether they are in the set: `ln(1 - a) / ln(1 - b)` with `a` and
    /// `b` the mean chances inside and outside, which is the ratio of weights that gives a Wallenius draw these
    /// chances of inclusion. `None` where there is no gene inside or none outside.
    pub fn odds(&self, genes: impl IntoIterator<Item = (u32, bool)>) -> Option<f64> {
        let (mut sums, mut sizes) = ([0.0; 2], [0.0; 2]);
        for (tests, inside) in genes {
            sums[usize::from(inside)] += self.at(tests);
            sizes[usize::from(inside)] += 1.0;
        }
        let [outside, inside] = [0, 1].map(|side| -f64::ln_1p(-sums[side] / sizes[side]));
        sizes.iter().all(|&size| size > 0.0).then_some(inside / outside)
    }
}

/// Non-decreasing means of blocks given as weight and sum: the weighted least squares fit.
fn pool_adjacent_violators(blocks: &[(f64, f64)]) -> Vec<f64> {
    let mut pooled: Vec<(f64, f64, usize)> = Vec::with_capacity(blocks.len());
    for &(weight, sum) in blocks {
        let mut block = (weight, sum, 1);
        while let Some(&(weight, sum, members)) = pooled.last() {
            if sum / weight <= block.1 / block.0 {
                break;
            }
            pooled.pop();
            block = (block.0 + weight, block.1 + sum, block.2 + members);
        }
        pooled.push(block);
    }
    pooled.into_iter().flat_map(|(weight, sum, members)| std::iter::repeat_n(sum / weight, members)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn violators_are_pooled_by_weight() {
        // Shares 0.5 of 2, 0.2 of 10, 0.9 of 10: the first two fall and become 3 of 12.
        let fitted = pool_adjacent_violators(&[(2.0, 1.0), (10.0, 2.0), (10.0, 9.0)]);
        assert_eq!(fitted, [0.25, 0.25, 0.9]);
    }

    #[test]
    fn chances_stay_off_zero_and_one() {
        let none = WeightingFunction::fit([(1, false), (2, false)]);
        assert!((none.at(1) - FLOOR).abs() < 1e-15);
        let all = WeightingFunction::fit([(1, true)]);
        assert!((all.at(1) - (1.0 - FLOOR)).abs() < 1e-15);
    }

    #[test]
    fn equal_chances_have_odds_of_one() {
        let flat = WeightingFunction::fit((0..100).map(|i| (1 + i % 5, i / 5 % 2 == 0)));
        let odds = flat.odds((0..100).map(|i| (1 + i % 5, i < 30))).unwrap();
        assert!((odds - 1.0).abs() < 1e-12);
        assert_eq!(flat.odds([(1, true), (2, true)]), None);
    }

    #[test]
    fn odds_give_back_the_chances_of_inclusion() {
        // A third of genes with many tests are called at 0.6, the others at 0.1.
        let genes = || {
            (0..3000)
                .map(|i| (if i % 3 == 0 { 10 } else { 1 }, if i % 3 == 0 { i % 15 < 9 } else { i % 10 == 0 }))
        };
        let function = WeightingFunction::fit(genes());
        let (many, few) = (function.at(10), function.at(1));
        let odds = function.odds(genes().map(|(tests, _)| (tests, tests == 10))).unwrap();
        assert!((odds - (1.0 - many).ln() / (1.0 - few).ln()).abs() < 1e-12);
        let called = u32::try_from(genes().filter(|&(_, called)| called).count()).unwrap();
        let mean = crate::wallenius::Wallenius::new(3000, 1000, called, odds).unwrap().mean();
        assert!((mean / 1000.0 - many).abs() < 0.01, "{mean} {many}");
    }

    proptest! {
        #[test]
        fn function_never_falls(genes in prop::collection::vec((1..30_u32, any::<bool>()), 1..200)) {
            let function = WeightingFunction::fit(genes.clone());
            for tests in 1..40 {
                prop_assert!(function.at(tests) <= function.at(tests + 1));
            }
            // Least squares keeps the total.
            let fitted: f64 = genes.iter().map(|&(tests, _)| function.at(tests)).sum();
            let called = genes.iter().filter(|g| g.1).count() as f64;
            prop_assert!((fitted - called).abs() <= FLOOR * 1.01 * genes.len() as f64);
        }
    }
}
