//! What is said of each tested event beside its test.

use nadsplice_stats::{NdsRow, RhoPrior, beta_binomial::read_weight, tails::t_quantile};
use rayon::prelude::*;

use crate::{
    basis::{Basis, norm},
    design::Comparison,
    outliers::{Reads, Spread, outliers},
    power::{Information, Start},
    shrinkage::{Estimated, shrink},
    testing::CountTable,
};

/// Measures of one event.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Measured {
    pub(crate) shrunk: Option<f64>,
    pub(crate) detectable: Option<f64>,
    pub(crate) outliers: Vec<usize>,
}

/// Measures every event, given its status and test.
pub(crate) fn measure(
    table: &CountTable<'_>,
    comparison: &Comparison,
    prior: &RhoPrior,
    rows: &[(&'static str, NdsRow)],
) -> Vec<Measured> {
    let shrunk = shrink(&rows.iter().map(|(_, row)| estimate(row)).collect::<Vec<_>>());
    rows.par_iter()
        .enumerate()
        .zip(shrunk)
        .map(|((event, (_, row)), shrunk)| {
            let Some(rho) = row.rho.filter(|_| row.p_value.is_some()) else { return Measured::default() };
            Measured {
                shrunk,
                detectable: detectable(table, comparison, event, row, rho),
                outliers: odd_samples(table, comparison, prior, event, rho),
            }
        })
        .collect()
}

/// The difference with the standard error that its interval is worth.
fn estimate(row: &NdsRow) -> Option<Estimated> {
    let width = row.ci_high? - row.ci_low?;
    let error = width / (2.0 * t_quantile(0.975, row.df?));
    (error > 0.0).then_some(Estimated { value: row.delta_psi?, error })
}

fn odd_samples(
    table: &CountTable<'_>,
    comparison: &Comparison,
    prior: &RhoPrior,
    event: usize,
    rho: f64,
) -> Vec<usize> {
    let reads: Vec<Reads> = comparison
        .samples()
        .iter()
        .zip(comparison.groups())
        .map(|(&sample, &group)| {
            let (inclusion, total) = table.reads(event, sample);
            Reads { inclusion, total, group }
        })
        .collect();
    let spread = if comparison.is_one_way() {
        let covered = reads.iter().filter(|r| r.total > 0).count() as f64;
        let mean_reads = reads.iter().map(|r| f64::from(r.total)).sum::<f64>() / covered;
        Spread::Learnt { ln_rho: prior.ln_rho_at(mean_reads), tau: prior.tau() }
    } else {
        Spread::Residual { rho }
    };
    outliers(&reads, spread).into_iter().map(|k| comparison.samples()[k]).collect()
}

fn detectable(
    table: &CountTable<'_>,
    comparison: &Comparison,
    event: usize,
    row: &NdsRow,
    rho: f64,
) -> Option<f64> {
    let start_psi = 0.5 * (row.psi_case? + row.psi_control?);
    let (mut effective, mut offset, mut covered) = ([0.0; 2], 0.0, 0.0);
    let weights: Vec<f64> = comparison
        .samples()
        .iter()
        .map(|&sample| {
            let (_, total) = table.reads(event, sample);
            let weight = if total == 0 { 0.0 } else { read_weight(total, rho) * f64::from(total) };
            if let Some(case) = comparison.members()[sample] {
                effective[usize::from(case)] += weight;
            }
            if total > 0 {
                offset += table.offset(event, sample);
                covered += 1.0;
            }
            weight
        })
        .collect();
    let [control, case] = effective;
    if !(control > 0.0 && case > 0.0) {
        return None;
    }
    let kept = if comparison.is_one_way() { 1.0 } else { efficiency(comparison, &weights, case, control) };
    let information = Information { reads_case: case * kept, reads_control: control * kept, df: row.df? };
    Some(information.detectable(Start { psi: start_psi, offset: offset / covered }).unwrap_or(1.0))
}

/// The share of the information on the difference that is left beside the covariates, in [0, 1].
fn efficiency(comparison: &Comparison, weights: &[f64], case: f64, control: f64) -> f64 {
    let (matrix, columns, _) = comparison.matrix();
    let column = |c: usize| -> Vec<f64> {
        matrix.iter().skip(c).step_by(columns).zip(weights).map(|(x, w)| x * w.sqrt()).collect()
    };
    let mut basis = Basis::default();
    for nuisance in 0..columns - 1 {
        basis.add(&column(nuisance));
    }
    let left = norm(&basis.residual(&column(columns - 1))).powi(2);
    (left * (case + control) / (case * control)).min(1.0)
}
