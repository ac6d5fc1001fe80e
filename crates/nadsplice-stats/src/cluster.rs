//! The differential test of junction clusters.
//!
//! Each junction of a cluster is tested against all the others together by the beta-binomial test of events
//! ([`test_events`]), with a correlation of its own, drawn to a prior. Clusters of two junctions have a prior of their
//! own, since junctions that come and go together share out what a transcript varies by. The cluster's p-value is
//! Simes' combination of those of its junctions ([`crate::multiple_testing::simes`]), which holds its level where they
//! depend on each other as junctions of common transcripts do. A cluster of two junctions has the p-value of the binary
//! test.
//!
//! A Dirichlet-multinomial model has one correlation for all junctions of a cluster, and has them compete evenly for
//! reads. Where junctions differ in how much they vary, or come and go together as the two of a skipped exon do, its
//! likelihood ratio is too liberal; so is a weighted sum of the junctions' statistics.

mod combine;
mod counts;

pub use combine::ClusterRow;
pub use counts::{ClusterCounts, ClusterError};

use crate::nds::{
    CountsError, Design, EventCounts, LengthOffsets, NdsOptions, NdsResult, NdsRow, PriorSource, RhoPrior,
    test_events, test_events_quasi,
};

/// The tests of all clusters.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterResult {
    /// One row a cluster.
    pub clusters: Vec<ClusterRow>,
    /// One row a junction, in the order of the counts: the junction against the rest of its cluster, PSI being its
    /// usage.
    pub junctions: Vec<NdsRow>,
    /// The priors that were used: for clusters of two junctions, and for larger ones.
    pub priors: [RhoPrior; 2],
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
    test_by(test_events, counts, design, options)
}

/// The same by [`test_events_quasi`], as a second opinion.
///
/// # Errors
/// As [`test_clusters`].
pub fn test_clusters_quasi(
    counts: &ClusterCounts<'_>,
    design: &Design,
    options: &NdsOptions,
) -> Result<ClusterResult, ClusterError> {
    test_by(test_events_quasi, counts, design, options)
}

/// The test of junctions.
type Engine = fn(&EventCounts<'_>, &Design, &NdsOptions) -> Result<NdsResult, CountsError>;

fn test_by(
    engine: Engine,
    counts: &ClusterCounts<'_>,
    design: &Design,
    options: &NdsOptions,
) -> Result<ClusterResult, ClusterError> {
    if counts.n_samples() != design.n_samples() {
        return Err(CountsError::Samples { counts: counts.n_samples(), design: design.n_samples() }.into());
    }
    let size = |rows: &[u32]| rows.len() / counts.n_samples();
    let pairs =
        JunctionTests::new(engine, counts.clusters().filter(|rows| size(rows) == 2), design, options)?;
    let larger =
        JunctionTests::new(engine, counts.clusters().filter(|rows| size(rows) > 2), design, options)?;
    let [pairs, larger] = match [&pairs, &larger].map(|tests| tests.prior.source()) {
        // Too few of the one kind teach no prior; the other's is nearer to the truth than none.
        [PriorSource::Fixed, PriorSource::Estimated { .. }] => {
            [pairs.again(design, &larger.prior, options)?, larger]
        }
        [PriorSource::Estimated { .. }, PriorSource::Fixed] => {
            let larger = larger.again(design, &pairs.prior, options)?;
            [pairs, larger]
        }
        _ => [pairs, larger],
    };

    let priors = [pairs.prior, larger.prior];
    let (mut pairs, mut larger) = (pairs.rows.into_iter(), larger.rows.into_iter());
    let mut clusters = Vec::with_capacity(counts.n_clusters());
    let mut junctions = Vec::new();
    for rows in counts.clusters() {
        let start = junctions.len();
        match size(rows) {
            2 => junctions.extend(pairs.by_ref().take(1).flat_map(|first| [first, mirrored(&first)])),
            size => junctions.extend(larger.by_ref().take(size)),
        }
        clusters.push(ClusterRow::new(&junctions[start..]));
    }
    Ok(ClusterResult { clusters, junctions, priors })
}

/// Tests of junctions, each against the rest of its cluster.
struct JunctionTests {
    engine: Engine,
    samples: usize,
    inclusion: Vec<u32>,
    rest: Vec<u32>,
    rows: Vec<NdsRow>,
    prior: RhoPrior,
}

impl JunctionTests {
    /// Of two junctions the first alone is tested, since the second says what the first does.
    fn new<'a>(
        engine: Engine,
        clusters: impl Iterator<Item = &'a [u32]>,
        design: &Design,
        options: &NdsOptions,
    ) -> Result<Self, ClusterError> {
        let samples = design.n_samples();
        let (mut inclusion, mut rest) = (Vec::new(), Vec::new());
        for rows in clusters {
            let total: Vec<u32> =
                (0..samples).map(|sample| rows.iter().skip(sample).step_by(samples).sum()).collect();
            let tested = if rows.len() == 2 * samples { 1 } else { rows.len() / samples };
            for row in rows.chunks_exact(samples).take(tested) {
                inclusion.extend_from_slice(row);
                rest.extend(total.iter().zip(row).map(|(total, own)| total - own));
            }
        }
        let untested =
            Self { engine, samples, inclusion, rest, rows: Vec::new(), prior: RhoPrior::uninformed() };
        untested.tested(design, options)
    }

    /// The same tests under another prior.
    fn again(self, design: &Design, prior: &RhoPrior, options: &NdsOptions) -> Result<Self, ClusterError> {
        self.tested(design, &NdsOptions { prior: Some(prior.clone()), ..options.clone() })
    }

    fn tested(mut self, design: &Design, options: &NdsOptions) -> Result<Self, ClusterError> {
        let events = EventCounts::new(self.samples, &self.inclusion, &self.rest, LengthOffsets::Equal)?;
        let tested = (self.engine)(&events, design, options)?;
        (self.rows, self.prior) = (tested.rows, tested.prior);
        Ok(self)
    }
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
        assert_eq!(result.priors[0], binary.prior);
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
            assert!(a.top_junction.zip(b.top_junction).is_some_and(|(a, b)| a == 3 - b));
        }
        let p = |k: usize| result.clusters[k].p_value.unwrap();
        let highest = (0..60).step_by(5).map(p).fold(0.0, f64::max);
        let lowest = (0..60).filter(|k| k % 5 > 0).map(p).fold(1.0, f64::min);
        assert!(highest < lowest, "clusters with a difference come first: {highest} {lowest}");
    }

    #[test]
    fn p_values_are_those_of_simes_however_small() {
        let mut counts = cohort(4);
        // One cluster with a difference beyond plain numbers.
        for (sample, count) in counts[..2 * SAMPLES].iter_mut().enumerate() {
            *count = if (sample < SAMPLES) == (sample % SAMPLES < 3) { 3_000_000 } else { 10 };
        }
        let prior = Some(RhoPrior::fixed(3e-4, 0.15));
        let given = ClusterCounts::new(SAMPLES, &counts, &[4; 60]).unwrap();
        let options = NdsOptions { prior, ..NdsOptions::default() };
        let result = test_clusters(&given, &design(), &options).unwrap();
        for (cluster, junctions) in result.clusters.iter().zip(result.junctions.chunks_exact(4)) {
            let p: Vec<f64> = junctions.iter().filter_map(|j| j.p_value).collect();
            let (simes, own) = (crate::multiple_testing::simes(&p).unwrap(), cluster.p_value.unwrap());
            assert!((simes - own).abs() <= 1e-9 * simes, "{simes} {own}");
            let top = junctions[cluster.top_junction.unwrap()].p_value.unwrap();
            assert!(p.iter().all(|&p| p >= top));
        }
        let lowest = result.clusters[0].log10_p.unwrap();
        assert!(lowest < -20.0 && lowest.is_finite(), "{lowest}");
    }

    #[test]
    fn a_few_clusters_of_one_kind_take_the_prior_of_the_other() {
        let (pairs, larger) = (cohort(2), cohort(3));
        let few = [&pairs[..3 * 2 * SAMPLES], &larger].concat();
        let result = test(&few, &[&[2; 3][..], &[3; 60]].concat());
        assert_eq!(result.priors[0], result.priors[1]);
        assert_eq!(result.priors[1], test(&larger, &[3; 60]).priors[1]);
        let both = test(&[pairs, larger].concat(), &[[2; 60], [3; 60]].concat());
        assert_ne!(both.priors[0], both.priors[1]);
        assert_eq!(both.clusters.len(), 120);
        assert_eq!(both.junctions.len(), 300);
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
