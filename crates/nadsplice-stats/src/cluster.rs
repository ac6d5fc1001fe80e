//! The differential test of junction clusters.
//!
//! # Test
//!
//! Each junction of a cluster is tested against all the others together by the beta-binomial test of events
//! ([`test_events`]), with a correlation of its own, drawn to a prior that all junctions share. With `S_k` the
//! likelihood ratio statistic of junction `k` and `p_k` its share of the cluster's reads, the cluster's statistic is
//!
//! ```text
//! T = sum of (1 - p_k) S_k
//! ```
//!
//! For multinomial counts the squared differences of the junctions' shares, standardised one by one and weighted like
//! this, add up to Pearson's chi-squared of the whole table, which has `K - 1` degrees of freedom; so `T` asks whether
//! the usages differ at all, and counts no read twice. `T / nu` is referred to `F(nu, df)` with `nu` the sum of the
//! weights times the number of tested columns, and `df` the weighted mean of the junctions' degrees of freedom, as
//! though all their correlations were one and the same unknown. A cluster of two junctions has the p-value of the
//! binary test.
//!
//! Unlike the Dirichlet-multinomial model, which gives all junctions of a cluster one correlation, this holds its level
//! where junctions differ in how much they vary, and it takes any design that the test of events takes.

mod combine;
mod counts;

pub use combine::ClusterRow;
pub use counts::{ClusterCounts, ClusterError};

use crate::nds::{Design, EventCounts, LengthOffsets, NdsOptions, NdsRow, RhoPrior, test_events};

/// The tests of all clusters.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterResult {
    /// One row a cluster.
    pub clusters: Vec<ClusterRow>,
    /// One row a junction, in the order of the counts: the junction against the rest of its cluster, PSI being its
    /// usage.
    pub junctions: Vec<NdsRow>,
    /// The prior that was used.
    pub prior: RhoPrior,
}

/// Tests every cluster for a difference in the usages of its junctions.
///
/// The filters of the options apply to each junction against the rest; what they leave out is not tested and still
/// counts as rest.
///
/// # Errors
/// When counts and design differ in their number of samples.
///
/// ```
/// use nadsplice_stats::{ClusterCounts, Design, NdsOptions, test_clusters};
///
/// let design = Design::two_groups(&[false, false, false, true, true, true])?;
/// // The first junction gives way to the second, the third stays as it is.
/// let counts = [40, 44, 51, 12, 15, 9, 9, 14, 13, 38, 45, 33, 10, 12, 9, 11, 13, 8];
/// let result = test_clusters(&ClusterCounts::new(6, &counts, &[3])?, &design, &NdsOptions::default())?;
/// assert!(result.clusters[0].p_value.is_some_and(|p| p < 1e-6));
/// assert!(result.junctions[2].p_value.is_some_and(|p| p > 0.1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn test_clusters(
    counts: &ClusterCounts<'_>,
    design: &Design,
    options: &NdsOptions,
) -> Result<ClusterResult, ClusterError> {
    let samples = counts.n_samples();
    let (mut inclusion, mut rest) = (Vec::new(), Vec::new());
    for rows in counts.clusters() {
        let total: Vec<u32> =
            (0..samples).map(|sample| rows.iter().skip(sample).step_by(samples).sum()).collect();
        for row in rows.chunks_exact(samples).take(distinct(rows.len() / samples)) {
            inclusion.extend_from_slice(row);
            rest.extend(total.iter().zip(row).map(|(total, own)| total - own));
        }
    }
    let events = EventCounts::new(samples, &inclusion, &rest, LengthOffsets::Equal)?;
    let tested = test_events(&events, design, options)?;

    let mut rows = tested.rows.iter();
    let mut clusters = Vec::with_capacity(counts.n_clusters());
    let mut junctions = Vec::new();
    for counts in counts.clusters() {
        let size = counts.len() / samples;
        let start = junctions.len();
        junctions.extend(rows.by_ref().take(distinct(size)).copied());
        if let (2, Some(first)) = (size, junctions.get(start)) {
            junctions.push(mirrored(first));
        }
        clusters.push(ClusterRow::new(&junctions[start..], &shares(counts, samples), design.n_tested()));
    }
    Ok(ClusterResult { clusters, junctions, prior: tested.prior })
}

/// How many of a cluster's junctions have a test of their own: of two, the second says what the first does.
fn distinct(size: usize) -> usize {
    if size == 2 { 1 } else { size }
}

/// The same test, told of the other form.
fn mirrored(row: &NdsRow) -> NdsRow {
    let other = |share: Option<f64>| share.map(|share| 1.0 - share);
    let negative = |value: Option<f64>| value.map(|value| -value);
    NdsRow {
        psi_case: other(row.psi_case),
        psi_control: other(row.psi_control),
        delta_psi: negative(row.delta_psi),
        ci_low: negative(row.ci_high),
        ci_high: negative(row.ci_low),
        ..*row
    }
}

/// The share of a cluster's reads that each junction has; NaN without reads.
fn shares(rows: &[u32], samples: usize) -> Vec<f64> {
    let own = |row: &[u32]| row.iter().map(|&n| f64::from(n)).sum::<f64>();
    let all = own(rows);
    rows.chunks_exact(samples).map(|row| own(row) / all).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nds::NdsStatus;

    const SAMPLES: usize = 6;

    fn design() -> Design {
        Design::two_groups(&[false, false, false, true, true, true]).unwrap()
    }

    fn test(counts: &[u32], sizes: &[usize]) -> ClusterResult {
        let counts = ClusterCounts::new(SAMPLES, counts, sizes).unwrap();
        test_clusters(&counts, &design(), &NdsOptions::default()).unwrap()
    }

    /// Counts of 60 clusters of `size` junctions that vary from sample to sample, some with a difference.
    fn cohort(size: usize) -> Vec<u32> {
        let spread = |k: usize| u32::try_from(k.wrapping_mul(2_654_435_761) >> 7 & 31).unwrap();
        (0..60 * size)
            .flat_map(|row| {
                (0..SAMPLES).map(move |sample| {
                    let changed = row / size % 5 == 0 && row % size == 0 && sample > 2;
                    5 + spread(row * SAMPLES + sample) + if changed { 80 } else { 0 }
                })
            })
            .collect()
    }

    #[test]
    fn two_junctions_are_the_binary_test() {
        let counts = cohort(2);
        let result = test(&counts, &[2; 60]);
        let (first, second): (Vec<&[u32]>, Vec<&[u32]>) =
            counts.chunks_exact(2 * SAMPLES).map(|c| c.split_at(SAMPLES)).unzip();
        let (first, second) = (first.concat(), second.concat());
        let events = EventCounts::new(SAMPLES, &first, &second, LengthOffsets::Equal).unwrap();
        let binary = test_events(&events, &design(), &NdsOptions::default()).unwrap();
        assert_eq!(result.prior, binary.prior);
        for (k, (cluster, event)) in result.clusters.iter().zip(&binary.rows).enumerate() {
            assert_eq!(result.junctions[2 * k], *event);
            let (cluster, event) = (cluster.log10_p.unwrap(), event.log10_p.unwrap());
            assert!((cluster - event).abs() < 1e-9 * event.abs().max(1.0), "{cluster} {event}");
        }
    }

    #[test]
    fn second_of_two_junctions_mirrors_the_first() {
        let counts = cohort(2);
        let turned: Vec<u32> =
            counts.chunks_exact(2 * SAMPLES).flat_map(|c| [&c[SAMPLES..], &c[..SAMPLES]].concat()).collect();
        let (result, turned) = (test(&counts, &[2; 60]), test(&turned, &[2; 60]));
        for (a, b) in result.junctions.chunks_exact(2).zip(turned.junctions.chunks_exact(2)) {
            let close = |a: Option<f64>, b: Option<f64>| (a.unwrap() - b.unwrap()).abs() < 1e-6;
            assert!(close(a[1].psi_case, b[0].psi_case) && close(a[1].delta_psi, b[0].delta_psi));
            assert!(close(a[1].ci_low, b[0].ci_low) && close(a[1].log10_p, b[0].log10_p));
        }
    }

    #[test]
    fn order_of_junctions_does_not_matter() {
        let counts = cohort(4);
        let turned: Vec<u32> = counts
            .chunks_exact(4 * SAMPLES)
            .flat_map(|cluster| cluster.chunks_exact(SAMPLES).rev().collect::<Vec<_>>().concat())
            .collect();
        let (result, turned) = (test(&counts, &[4; 60]), test(&turned, &[4; 60]));
        for (a, b) in result.clusters.iter().zip(&turned.clusters) {
            assert!((a.log10_p.unwrap() - b.log10_p.unwrap()).abs() < 1e-9);
            assert!((a.df_tested.unwrap() - 3.0).abs() < 1e-12);
        }
        let p = |k: usize| result.clusters[k].p_value.unwrap();
        let highest = (0..60).step_by(5).map(p).fold(0.0, f64::max);
        let lowest = (0..60).filter(|k| k % 5 > 0).map(p).fold(1.0, f64::min);
        assert!(highest < lowest, "clusters with a difference come first: {highest} {lowest}");
    }

    #[test]
    fn clusters_that_are_not_tested_say_why() {
        let row = |n: u32| [n; SAMPLES];
        let counts = [
            // Too few reads.
            [row(2), row(1), row(3)].concat(),
            // One junction has all reads.
            [row(90), row(0), row(0)].concat(),
            // Hardly a read of the others.
            [[20; 6], [1, 0, 0, 1, 0, 0], [0, 0, 0, 0, 1, 0]].concat(),
            // The third is too rare, the others are tested.
            [row(30), row(40), [0, 0, 0, 0, 1, 1]].concat(),
        ];
        let result = test(&counts.concat(), &[3; 4]);
        let statuses: Vec<NdsStatus> = result.clusters.iter().map(|c| c.status).collect();
        assert_eq!(statuses, [NdsStatus::Coverage, NdsStatus::Invariant, NdsStatus::LowMinor, NdsStatus::Ok]);
        assert_eq!(result.clusters[3].n_tested, 2);
        assert!(result.clusters[3].df_tested.is_some_and(|df| (1.0..1.01).contains(&df)));
        assert!(result.clusters[..3].iter().all(|c| c.p_value.is_none() && c.n_tested == 0));
        assert!(result.junctions.iter().all(|j| j.delta_psi.is_some()), "usages are known all the same");
    }

    #[test]
    fn usages_of_a_group_add_up() {
        let result = test(&cohort(5), &[5; 60]);
        for junctions in result.junctions.chunks_exact(5) {
            let sum: f64 = junctions.iter().filter_map(|j| j.psi_case).sum();
            // Junctions weigh samples by correlations of their own.
            assert!((sum - 1.0).abs() < 0.02, "{sum}");
        }
    }
}
