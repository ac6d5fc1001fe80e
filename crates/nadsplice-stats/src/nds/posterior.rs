//! The posterior of the correlation of one event, and the degrees of freedom that it is worth.

use super::event::Event;
use super::grid::{GRID, OnGrid, RHO_GRID};
use super::prior::RhoPrior;
use crate::special::trigamma_inverse;

/// Bounds of the posterior variance that degrees of freedom are computed from.
const VARIANCE: [f64; 2] = [1e-4, 50.0];

/// What is known of the correlation of one event.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct RhoPosterior {
    /// The most probable correlation.
    pub(crate) rho: f64,
    /// Satterthwaite degrees of freedom: those of the scaled chi-squared variable whose logarithm varies as much as
    /// the logarithm of the variance inflation does.
    pub(crate) df: f64,
}

impl RhoPosterior {
    /// Combines the profile of an event with the prior.
    pub(crate) fn new(profile: &OnGrid, prior: &RhoPrior, event: &Event) -> Self {
        let mean_reads = event.mean_reads();
        let mut log_posterior = *profile;
        prior.add_ln_density(mean_reads, &mut log_posterior);
        let variance = inflation_variance(&log_posterior, mean_reads);
        let df = 2.0 * trigamma_inverse(variance.clamp(VARIANCE[0], VARIANCE[1]));
        Self { rho: mode(&log_posterior).exp(), df }
    }
}

/// The logarithm of the correlation at the top of the parabola through the highest grid point and its neighbours;
/// the grid point itself at the ends.
fn mode(log_posterior: &OnGrid) -> f64 {
    let mut top = 0;
    for k in 1..GRID {
        if log_posterior[k] > log_posterior[top] {
            top = k;
        }
    }
    if top == 0 || top == GRID - 1 {
        return RHO_GRID.ln_rho[top];
    }
    let [below, at, above] = [log_posterior[top - 1], log_posterior[top], log_posterior[top + 1]];
    let curvature = below - 2.0 * at + above;
    let shift = if curvature < 0.0 { 0.5 * (below - above) / curvature } else { 0.0 };
    RHO_GRID.ln_rho[top] + shift * RHO_GRID.spacing
}

/// The posterior variance of `ln(1 + (n - 1) rho)` at the mean number of reads.
fn inflation_variance(log_posterior: &OnGrid, mean_reads: f64) -> f64 {
    let highest = log_posterior.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let density = log_posterior.map(|l| (l - highest).exp());
    let mass: f64 = density.iter().sum();
    let ln_inflation = RHO_GRID.rho.map(|rho| ((mean_reads - 1.0) * rho).ln_1p());
    let mean: f64 = density.iter().zip(&ln_inflation).map(|(d, v)| d * v).sum::<f64>() / mass;
    density.iter().zip(&ln_inflation).map(|(d, v)| d * (v - mean).powi(2)).sum::<f64>() / mass
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mode_lies_between_grid_points_and_stops_at_the_ends() {
        let parabola = |centre: f64| RHO_GRID.ln_rho.map(|l| -3.0 * (l - centre).powi(2));
        assert!((mode(&parabola(-3.3)) + 3.3).abs() < 1e-12);
        assert!((mode(&parabola(-20.0)) - RHO_GRID.ln_rho[0]).abs() < 1e-12);
        assert!((mode(&parabola(3.0)) - RHO_GRID.ln_rho[15]).abs() < 1e-12);
    }

    #[test]
    fn single_reads_have_no_inflation_to_vary() {
        assert!(inflation_variance(&[0.0; GRID], 1.0).abs() < 1e-15);
        assert!(inflation_variance(&[0.0; GRID], 50.0) > 0.1);
    }
}
