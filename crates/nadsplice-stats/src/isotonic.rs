//! The chance of being called as a rising function of how often and how deeply a gene was tested.

use crate::gsea::{coverage_bins, event_number_bins};

/// The least chance that is given, so that no weight is 0.
const FLOOR: f64 = 1e-4;
/// Genes of one bin at least, along either axis.
const MIN_BIN: usize = 50;
/// Bins of coverage at most: a finer grid lets the fit follow chance where it is highest.
const MAX_COVERAGE_BINS: usize = 10;
/// Weight of a cell without a gene, which takes the value of its neighbours.
const NO_GENES: f64 = 1e-6;
/// Alternating fits stop when they differ by less.
const TOLERANCE: f64 = 1e-7;
const MAX_ROUNDS: usize = 2000;

/// What makes a gene more likely to be called, whatever it does.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct TestEffort {
    /// Tests of the gene, at least 1.
    pub tests: u32,
    /// How deeply it was tested: a finite number, larger for more reads, of which only the order counts.
    pub coverage: f64,
}

/// The chance of each gene to be called, given how often and how deeply it was tested.
///
/// Genes are put on a grid of their number of tests and their coverage; the share of called genes is made
/// non-decreasing along both by least squares (Dykstra and Robertson 1982,
/// [doi:10.1214/aos/1176345866](https://doi.org/10.1214/aos/1176345866)), in the place of the spline of one variable of
/// goseq (Young et al. 2010, [doi:10.1186/gb-2010-11-2-r14](https://doi.org/10.1186/gb-2010-11-2-r14)).
#[derive(Clone, Debug, PartialEq)]
pub struct CallChances {
    chances: Vec<f64>,
}

impl CallChances {
    /// Fits the chances to genes, each with whether it was called.
    ///
    /// ```
    /// use nadsplice_stats::isotonic::{CallChances, TestEffort};
    ///
    /// // Of 200 genes those with two tests are called, and of those the deeply covered ones.
    /// let genes: Vec<TestEffort> =
    ///     (0..200).map(|i| TestEffort { tests: 1 + i % 2, coverage: f64::from(i / 2) }).collect();
    /// let called: Vec<bool> = genes.iter().map(|g| g.tests == 2 && g.coverage >= 50.0).collect();
    /// let chances = CallChances::fit(&genes, &called);
    /// assert!(chances.of(199) > 0.99 && chances.of(198) < 0.01 && chances.of(1) < 0.01);
    /// ```
    pub fn fit(genes: &[TestEffort], called: &[bool]) -> Self {
        let tests: Vec<u32> = genes.iter().map(|gene| gene.tests).collect();
        let coverage: Vec<f64> = genes.iter().map(|gene| gene.coverage).collect();
        let rows = event_number_bins(&tests, MIN_BIN);
        let columns = coverage_bins(&coverage, (genes.len() / MAX_COVERAGE_BINS).max(MIN_BIN));
        let width = |bins: &[u32]| bins.iter().max().map_or(0, |&bin| bin as usize + 1);
        let mut grid = Grid::new(width(&rows), width(&columns));
        for ((&row, &column), &called) in rows.iter().zip(&columns).zip(called) {
            grid.add(row as usize, column as usize, called);
        }
        let fitted = grid.fit();
        let chances = rows
            .iter()
            .zip(&columns)
            .map(|(&row, &column)| fitted[grid.at(row as usize, column as usize)].clamp(FLOOR, 1.0 - FLOOR))
            .collect();
        Self { chances }
    }

    /// The chance of a gene, in `[1e-4, 0.9999]`.
    ///
    /// # Panics
    /// When there is no such gene.
    pub fn of(&self, gene: usize) -> f64 {
        self.chances[gene]
    }

    /// The chances of all genes.
    pub fn all(&self) -> &[f64] {
        &self.chances
    }

    /// The odds of drawing a member of a set against others, as [`crate::wallenius::Wallenius`] wants them.
    ///
    /// `ln(1 - a) / ln(1 - b)` with `a` and `b` the mean chances inside and outside the set, which is the ratio of
    /// weights that gives a Wallenius draw these chances of inclusion. `None` where there is no gene inside or none
    /// outside.
    pub fn odds(&self, is_member: impl Fn(usize) -> bool) -> Option<f64> {
        let (mut sums, mut sizes) = ([0.0; 2], [0.0; 2]);
        for (gene, chance) in self.chances.iter().enumerate() {
            let inside = usize::from(is_member(gene));
            sums[inside] += chance;
            sizes[inside] += 1.0;
        }
        let [outside, inside] = [0, 1].map(|side| -f64::ln_1p(-sums[side] / sizes[side]));
        sizes.iter().all(|&size| size > 0.0).then_some(inside / outside)
    }
}

/// Genes and called genes in cells, row by row.
struct Grid {
    height: usize,
    width: usize,
    genes: Vec<f64>,
    called: Vec<f64>,
}

impl Grid {
    fn new(height: usize, width: usize) -> Self {
        Self { height, width, genes: vec![0.0; height * width], called: vec![0.0; height * width] }
    }

    fn at(&self, row: usize, column: usize) -> usize {
        row * self.width + column
    }

    fn add(&mut self, row: usize, column: usize, called: bool) {
        let at = self.at(row, column);
        self.genes[at] += 1.0;
        self.called[at] += f64::from(u8::from(called));
    }

    /// The share of called genes in each cell, non-decreasing along rows and columns.
    fn fit(&self) -> Vec<f64> {
        let total: f64 = self.genes.iter().sum();
        let overall = self.called.iter().sum::<f64>() / total.max(1.0);
        let weights: Vec<f64> =
            self.genes.iter().map(|&n| if n > 0.0 { n } else { NO_GENES * total }).collect();
        let shares: Vec<f64> = self
            .genes
            .iter()
            .zip(&self.called)
            .map(|(&n, &called)| if n > 0.0 { called / n } else { overall })
            .collect();
        // Dykstra's projections: each direction is fitted to the data plus what the other one changed.
        let mut by_column = vec![0.0; shares.len()];
        for _ in 0..MAX_ROUNDS {
            let start: Vec<f64> =
                shares.iter().zip(&by_column).map(|(share, change)| share + change).collect();
            let along_rows = self.pooled(&start, &weights, false);
            let start: Vec<f64> = along_rows
                .iter()
                .zip(&start)
                .zip(&shares)
                .map(|((fitted, start), share)| share + fitted - start)
                .collect();
            let along_columns = self.pooled(&start, &weights, true);
            for ((change, fitted), start) in by_column.iter_mut().zip(&along_columns).zip(&start) {
                *change = fitted - start;
            }
            let apart = along_rows.iter().zip(&along_columns).map(|(a, b)| (a - b).abs()).fold(0.0, f64::max);
            if apart < TOLERANCE {
                return along_columns;
            }
        }
        shares.iter().zip(&by_column).map(|(share, change)| share + change).collect()
    }

    /// The least squares fit that rises along each row, or along each column.
    fn pooled(&self, values: &[f64], weights: &[f64], along_columns: bool) -> Vec<f64> {
        let (lines, length) =
            if along_columns { (self.width, self.height) } else { (self.height, self.width) };
        let mut fitted = vec![0.0; values.len()];
        for line in 0..lines {
            let cell = |k: usize| if along_columns { self.at(k, line) } else { self.at(line, k) };
            let blocks: Vec<(f64, f64)> =
                (0..length).map(|k| (weights[cell(k)], weights[cell(k)] * values[cell(k)])).collect();
            for (k, value) in pool_adjacent_violators(&blocks).into_iter().enumerate() {
                fitted[cell(k)] = value;
            }
        }
        fitted
    }
}

/// Non-decreasing means of blocks given as weight and sum: the weighted least squares fit (Barlow et al. 1972,
/// *Statistical Inference under Order Restrictions*).
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

    fn efforts(genes: impl IntoIterator<Item = (u32, f64)>) -> Vec<TestEffort> {
        genes.into_iter().map(|(tests, coverage)| TestEffort { tests, coverage }).collect()
    }

    #[test]
    fn violators_are_pooled_by_weight() {
        // Shares 0.5 of 2, 0.2 of 10, 0.9 of 10: the first two fall and become 3 of 12.
        let fitted = pool_adjacent_violators(&[(2.0, 1.0), (10.0, 2.0), (10.0, 9.0)]);
        assert_eq!(fitted, [0.25, 0.25, 0.9]);
    }

    #[test]
    fn least_squares_along_both_directions() {
        // Of 10 genes a cell: [5 1; 2 8]. The first column falls, so does the first row; the answer of a quadratic
        // program: the three smaller cells share their mean.
        let mut grid = Grid::new(2, 2);
        for (row, column, called) in [(0, 0, 5), (0, 1, 1), (1, 0, 2), (1, 1, 8)] {
            (0..10).for_each(|i| grid.add(row, column, i < called));
        }
        let fitted = grid.fit();
        for (value, want) in fitted.iter().zip([0.8 / 3.0, 0.8 / 3.0, 0.8 / 3.0, 0.8]) {
            assert!((value - want).abs() < 1e-5, "{fitted:?}");
        }
    }

    #[test]
    fn chances_stay_off_zero_and_one() {
        let genes = efforts([(1, 5.0), (2, 9.0)]);
        assert!((CallChances::fit(&genes, &[false; 2]).of(0) - FLOOR).abs() < 1e-15);
        assert!((CallChances::fit(&genes, &[true; 2]).of(1) - (1.0 - FLOOR)).abs() < 1e-15);
        assert_eq!(CallChances::fit(&[], &[]).odds(|_| true), None);
    }

    #[test]
    fn equal_chances_have_odds_of_one() {
        let genes = efforts((0..400).map(|i| (1 + i % 5, 3.0)));
        let called: Vec<bool> = (0..400).map(|i| i / 5 % 2 == 0).collect();
        let flat = CallChances::fit(&genes, &called);
        assert!((flat.odds(|gene| gene < 30).unwrap() - 1.0).abs() < 1e-9);
        assert_eq!(flat.odds(|_| true), None);
    }

    #[test]
    fn odds_give_back_the_chances_of_inclusion() {
        // Genes with many tests are called at 0.6, the others at 0.1, whatever their coverage.
        let genes = efforts((0..3000).map(|i| (if i % 3 == 0 { 10 } else { 1 }, f64::from(i * 7 % 1000))));
        let called: Vec<bool> =
            (0..3000).map(|i| if i % 3 == 0 { i % 15 < 9 } else { i % 10 == 0 }).collect();
        let chances = CallChances::fit(&genes, &called);
        let odds = chances.odds(|gene| genes[gene].tests == 10).unwrap();
        let drawn = u32::try_from(called.iter().filter(|&&c| c).count()).unwrap();
        let mean = crate::wallenius::Wallenius::new(3000, 1000, drawn, odds).unwrap().mean();
        assert!((mean / 1000.0 - 0.6).abs() < 0.02, "{mean}");
    }

    proptest! {
        #[test]
        fn chances_never_fall_with_effort(
            genes in prop::collection::vec((1..30_u32, 0..100_u32, any::<bool>()), 1..400),
        ) {
            let called: Vec<bool> = genes.iter().map(|g| g.2).collect();
            let genes = efforts(genes.iter().map(|g| (g.0, f64::from(g.1))));
            let chances = CallChances::fit(&genes, &called);
            for (i, a) in genes.iter().enumerate() {
                for (j, b) in genes.iter().enumerate() {
                    if a.tests <= b.tests && a.coverage <= b.coverage {
                        prop_assert!(chances.of(i) <= chances.of(j) + 1e-4, "{a:?} {b:?}");
                    }
                }
            }
            // Least squares keeps the total.
            let fitted: f64 = (0..genes.len()).map(|gene| chances.of(gene)).sum();
            let all = called.iter().filter(|&&c| c).count() as f64;
            prop_assert!((fitted - all).abs() <= 3e-4 * genes.len() as f64 + 1e-6);
        }
    }
}
