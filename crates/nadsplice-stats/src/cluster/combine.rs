//! The tests of a cluster's junctions as one test.

use crate::nds::{NdsRow, NdsStatus};

/// The smallest p-value that is given as such.
const MIN_P: f64 = 1e-300;

/// The test of one cluster.
///
/// Everything from [`top_junction`](Self::top_junction) on is there exactly where the status is [`NdsStatus::Ok`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterRow {
    /// Whether the cluster was tested, or why not.
    pub status: NdsStatus,
    /// The junctions that the test is made of: those whose own test was possible.
    pub n_tested: usize,
    /// The junction with the smallest p-value, from 0; the first of several.
    pub top_junction: Option<usize>,
    /// The p-value, in `[1e-300, 1]`; never 0.
    pub p_value: Option<f64>,
    /// The decimal logarithm of the p-value, not cut off.
    pub log10_p: Option<f64>,
}

impl ClusterRow {
    /// Combines the tests of a cluster's junctions.
    pub(super) fn new(junctions: &[NdsRow]) -> Self {
        let mut tested: Vec<(f64, usize)> =
            junctions.iter().enumerate().filter_map(|(k, junction)| Some((junction.log10_p?, k))).collect();
        tested.sort_by(|a, b| a.0.total_cmp(&b.0));
        let n_tested = tested.len();
        let status = obstacle(junctions).unwrap_or(NdsStatus::Ok);
        if status != NdsStatus::Ok {
            return Self { status, n_tested, top_junction: None, p_value: None, log10_p: None };
        }
        // Simes' p-value, in logarithms, since p-values of deep cohorts are beyond plain numbers.
        let rank_scaled =
            |(rank, p): (usize, &(f64, usize))| p.0 + (n_tested as f64 / (rank + 1) as f64).log10();
        let log10_p = tested.iter().enumerate().map(rank_scaled).min_by(f64::total_cmp);
        Self {
            status,
            n_tested,
            top_junction: tested.first().map(|top| top.1),
            p_value: log10_p.map(|p| 10_f64.powf(p).clamp(MIN_P, 1.0)),
            log10_p,
        }
    }
}

/// Why a cluster cannot be tested: a junction that failed, or where none could be tested the reason of the one that
/// came nearest to it.
fn obstacle(junctions: &[NdsRow]) -> Option<NdsStatus> {
    let has = |status: NdsStatus| junctions.iter().any(|junction| junction.status == status);
    if has(NdsStatus::Fit) {
        return Some(NdsStatus::Fit);
    }
    if has(NdsStatus::Ok) {
        return None;
    }
    [NdsStatus::LowMinor, NdsStatus::Invariant, NdsStatus::Rank]
        .into_iter()
        .find(|&status| has(status))
        .or(Some(NdsStatus::Coverage))
}
