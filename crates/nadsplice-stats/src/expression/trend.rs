//! How the variance of log expression goes with its mean.

/// Genes of a bin at least.
const MIN_BIN: usize = 100;
/// Bins at most.
const MAX_BINS: usize = 20;
/// Variances below this share of the median tell nothing of their logarithm.
const LEAST: f64 = 1e-5;

/// The geometric mean of variances at an expression: linear between the middles of bins, constant outside.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct VarianceTrend {
    /// Expression and log variance, ascending by expression.
    knots: Vec<(f64, f64)>,
}

impl VarianceTrend {
    /// Learns the trend from genes given as mean expression and variance; flat for few genes.
    pub(super) fn of(genes: &[(f64, f64)]) -> Self {
        let mut sorted = genes.to_vec();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0));
        let mut variances: Vec<f64> = genes.iter().map(|gene| gene.1).collect();
        variances.sort_unstable_by(f64::total_cmp);
        let median = variances.get(variances.len() / 2).copied().unwrap_or(1.0);
        let least = LEAST * if median > 0.0 { median } else { 1.0 };
        let bins = (genes.len() / MIN_BIN).clamp(1, MAX_BINS);
        let size = genes.len().div_ceil(bins).max(1);
        let knots = sorted
            .chunks(size)
            .map(|bin| {
                let n = bin.len() as f64;
                let mean = bin.iter().map(|gene| gene.0).sum::<f64>() / n;
                (mean, bin.iter().map(|gene| gene.1.max(least).ln()).sum::<f64>() / n)
            })
            .collect();
        Self { knots }
    }

    /// The variance to be expected at a mean expression, up to a factor that is the same for all.
    pub(super) fn at(&self, mean: f64) -> f64 {
        let above = self.knots.partition_point(|knot| knot.0 <= mean);
        let ln = match (above.checked_sub(1).and_then(|at| self.knots.get(at)), self.knots.get(above)) {
            (Some(&(x0, y0)), Some(&(x1, y1))) => y0 + (y1 - y0) * (mean - x0) / (x1 - x0),
            (Some(&(_, y)), None) | (None, Some(&(_, y))) => y,
            (None, None) => 0.0,
        };
        ln.exp()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_falling_trend_is_followed_and_flat_outside() {
        let genes: Vec<(f64, f64)> =
            (0..4000).map(|i| (f64::from(i) / 400.0, (-f64::from(i) / 1000.0).exp())).collect();
        let trend = VarianceTrend::of(&genes);
        assert!((trend.at(5.0).ln() + 2.0).abs() < 0.02);
        assert!((trend.at(20.0) - trend.at(30.0)).abs() < 1e-12 && trend.at(-1.0) > 0.8);
    }

    #[test]
    fn few_genes_have_one_value() {
        let trend = VarianceTrend::of(&[(1.0, 0.1), (2.0, 0.4)]);
        assert!((trend.at(0.0) - 0.2).abs() < 1e-12 && (trend.at(9.0) - 0.2).abs() < 1e-12);
        assert!((VarianceTrend::of(&[]).at(1.0) - 1.0).abs() < 1e-12);
        assert!(VarianceTrend::of(&[(1.0, 0.0), (1.0, 0.0)]).at(1.0) > 0.0);
    }
}
