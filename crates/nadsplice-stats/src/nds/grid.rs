//! The grid of correlations that likelihoods are profiled over.

use crate::special::ln_rising;
use std::sync::LazyLock;

/// Points of the grid.
pub(crate) const GRID: usize = 16;

/// A value for every point of the grid.
pub(crate) type OnGrid = [f64; GRID];

/// The smallest and the largest correlation.
const ENDS: [f64; 2] = [3e-4, 0.6];

/// Points at which means are computed; in between they are those of the point below, since they hardly move.
pub(crate) const ANCHORS: [usize; 4] = [0, 5, 10, 15];

/// Read numbers whose normalising terms are kept ready.
const KEPT_READS: u32 = 2048;

/// The grid with everything that depends on nothing else.
#[derive(Debug)]
pub(crate) struct Grid {
    /// Correlations, ascending, evenly spaced in the logarithm.
    pub(crate) rho: OnGrid,
    /// Their logarithms.
    pub(crate) ln_rho: OnGrid,
    /// Their precisions `1 / rho - 1`.
    pub(crate) precision: OnGrid,
    /// Distance of neighbours in the logarithm.
    pub(crate) spacing: f64,
    /// `ln` of the rising factorial of the precision, by number of reads.
    norms: Vec<OnGrid>,
}

/// The one grid there is.
pub(crate) static RHO_GRID: LazyLock<Grid> = LazyLock::new(|| {
    let [low, high] = ENDS.map(f64::ln);
    let spacing = (high - low) / (GRID - 1) as f64;
    let ln_rho: OnGrid = std::array::from_fn(|k| low + spacing * k as f64);
    let rho = ln_rho.map(f64::exp);
    let precision = rho.map(|rho| rho.recip() - 1.0);
    let norms = (0..KEPT_READS).map(|n| precision.map(|s| ln_rising(s, n))).collect();
    Grid { rho, ln_rho, precision, spacing, norms }
});

impl Grid {
    /// Subtracts `ln Γ(s + n) - ln Γ(s)` at every precision `s`.
    pub(crate) fn subtract_norm(&self, n: u32, from: &mut OnGrid) {
        if let Some(norms) = self.norms.get(n as usize) {
            from.iter_mut().zip(norms).for_each(|(v, norm)| *v -= norm);
        } else {
            from.iter_mut().zip(&self.precision).for_each(|(v, &s)| *v -= ln_rising(s, n));
        }
    }

    /// The anchor whose means are used at point `k`.
    pub(crate) fn anchor(k: usize) -> usize {
        ANCHORS.into_iter().rev().find(|&a| a <= k).unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn grid_spans_its_range_evenly() {
        let grid = &*RHO_GRID;
        assert!((grid.rho[0] - 3e-4).abs() < 1e-15 && (grid.rho[15] - 0.6).abs() < 1e-12);
        assert!((grid.rho[8] / grid.rho[7] - grid.spacing.exp()).abs() < 1e-12);
    }

    #[test]
    fn kept_and_computed_norms_agree() {
        let grid = &*RHO_GRID;
        for n in [7, KEPT_READS - 1, KEPT_READS, 40_000] {
            let mut norm = [0.0; GRID];
            grid.subtract_norm(n, &mut norm);
            assert!((norm[3] + ln_rising(grid.precision[3], n)).abs() < 1e-12);
        }
    }

    #[test]
    fn means_come_from_the_anchor_below() {
        assert_eq!([0, 4, 5, 9, 10, 14, 15].map(Grid::anchor), [0, 0, 5, 5, 10, 10, 15]);
    }
}
