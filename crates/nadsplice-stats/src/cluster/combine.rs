//! The tests of a cluster's junctions as one test.

use crate::nds::{NdsRow, NdsStatus};
use crate::tails::ln_f_upper;

/// The smallest p-value that is given as such.
const MIN_P: f64 = 1e-300;

/// The test of one cluster.
///
/// Everything from [`statistic`](Self::statistic) on is there exactly where the status is [`NdsStatus::Ok`].
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterRow {
    /// Whether the cluster was tested, or why not.
    pub status: NdsStatus,
    /// The junctions that the test is made of: those whose own test was possible.
    pub n_tested: usize,
    /// The sum of the junctions' likelihood ratio statistics, each times the share of the cluster's reads that the
    /// junction does not have; at least 0.
    pub statistic: Option<f64>,
    /// Numerator degrees of freedom of the F distribution that `statistic` over them is referred to: the sum of these
    /// shares times the tested columns, which for a cluster of `k` tested junctions is `k - 1` a column.
    pub df_tested: Option<f64>,
    /// Denominator degrees of freedom: the mean of the junctions', weighted alike.
    pub df: Option<f64>,
    /// The p-value, in `[1e-300, 1]`; never 0.
    pub p_value: Option<f64>,
    /// The decimal logarithm of the p-value, not cut off.
    pub log10_p: Option<f64>,
}

impl ClusterRow {
    /// Combines the tests of a cluster's junctions, given each junction's share of the cluster's reads and the number
    /// of tested columns.
    pub(super) fn new(junctions: &[NdsRow], shares: &[f64], columns: usize) -> Self {
        let untested = |status, n_tested| Self {
            status,
            n_tested,
            statistic: None,
            df_tested: None,
            df: None,
            p_value: None,
            log10_p: None,
        };
        let (mut statistic, mut weight, mut df, mut n_tested) = (0.0, 0.0, 0.0, 0);
        for (junction, share) in junctions.iter().zip(shares) {
            if let Some((own, own_df)) = junction.statistic.zip(junction.df) {
                let own_weight = 1.0 - share;
                statistic += own_weight * own;
                df += own_weight * own_df;
                weight += own_weight;
                n_tested += 1;
            }
        }
        if let Some(status) = obstacle(junctions) {
            return untested(status, n_tested);
        }
        let (df_tested, df) = (weight * columns as f64, df / weight);
        let ln_p = ln_f_upper(statistic / df_tested, df_tested, df);
        if !ln_p.is_finite() {
            return untested(NdsStatus::Fit, n_tested);
        }
        Self {
            status: NdsStatus::Ok,
            n_tested,
            statistic: Some(statistic),
            df_tested: Some(df_tested),
            df: Some(df),
            p_value: Some(ln_p.exp().clamp(MIN_P, 1.0)),
            log10_p: Some(ln_p / std::f64::consts::LN_10),
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
