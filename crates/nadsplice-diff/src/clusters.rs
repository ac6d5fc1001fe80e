//! Tests every junction cluster of a cohort in the comparisons of a step.

use nadsplice_stats::{
    ClusterCounts, ClusterError, ClusterRow, NdsOptions, NdsRow, NdsStatus, RhoPrior,
    multiple_testing::benjamini_hochberg, test_clusters, test_clusters_quasi,
};

use crate::{
    design::{Comparison, Step},
    stages::StageWise,
    testing::{Engine, NOT_CALLED, is_tested},
};

/// Counts of the junctions of clusters, row by row, one column a sample.
#[derive(Clone, Copy, Debug)]
pub struct ClusterTable<'a> {
    /// Number of samples.
    pub samples: usize,
    /// Number of junctions of each cluster, at least 2.
    pub sizes: &'a [usize],
    /// Counts, junctions x samples, the junctions of a cluster together.
    pub counts: &'a [u32],
}

/// One cluster in one comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct ClusterTest {
    /// `ok`, or why the cluster was not tested.
    pub status: &'static str,
    /// The test; none where the cluster was left out beforehand.
    pub row: Option<ClusterRow>,
    /// Each junction against the rest of the cluster, its PSI being its usage; empty where the cluster was left out
    /// beforehand.
    pub junctions: Vec<NdsRow>,
    /// Benjamini-Hochberg over all tested clusters of the comparison, or stage-wise, in [0, 1].
    pub q_value: Option<f64>,
}

/// All clusters in one comparison.
#[derive(Clone, Debug)]
pub struct ClusterContrastTest {
    /// One entry a cluster, in the order of the table.
    pub clusters: Vec<ClusterTest>,
    /// The dispersion priors that were used: for clusters of two junctions, and for larger ones.
    pub priors: [RhoPrior; 2],
}

/// Clusters cannot be tested.
#[derive(Debug, thiserror::Error)]
pub enum ClusterTestError {
    /// The counts are out of range.
    #[error("the counts of junction clusters cannot be tested")]
    Counts(#[from] ClusterError),
}

/// The status of a cluster in comparisons with a sample in which not all of its junctions were counted.
const NOT_COUNTED: &str = "not_counted";

impl ClusterTest {
    fn left_out() -> Self {
        Self { status: NOT_COUNTED, row: None, junctions: Vec::new(), q_value: None }
    }

    fn p_value(&self) -> Option<f64> {
        self.row.and_then(|row| row.p_value)
    }

    fn withdraw(&mut self) {
        self.q_value = None;
        if is_tested(self.status) {
            self.status = NOT_CALLED;
            self.row = None;
            for junction in &mut self.junctions {
                *junction = junction.without_test();
            }
        }
    }
}

/// Tests all comparisons of a step; `not_counted` says for a comparison which clusters have a junction that was not
/// looked for in one of its samples. They keep their place without a test.
///
/// After an omnibus test, comparisons of two levels stand only in the clusters that it calls, as for events
/// ([`crate::test_step`]).
///
/// # Errors
/// When the counts of a cluster and sample add up to more than 2^32 - 1.
pub fn test_cluster_step(
    table: &ClusterTable<'_>,
    step: &Step,
    engine: Engine,
    not_counted: impl Fn(&Comparison) -> Vec<bool>,
) -> Result<Vec<ClusterContrastTest>, ClusterTestError> {
    let mut tests = step
        .comparisons()
        .map(|comparison| test(table, comparison, engine, &not_counted(comparison)))
        .collect::<Result<Vec<_>, _>>()?;
    if let [omnibus, pairs @ ..] = tests.as_mut_slice() {
        confirm(omnibus, pairs);
    }
    Ok(tests)
}

fn test(
    table: &ClusterTable<'_>,
    comparison: &Comparison,
    engine: Engine,
    left_out: &[bool],
) -> Result<ClusterContrastTest, ClusterTestError> {
    let columns = comparison.samples();
    let (mut sizes, mut counts) = (Vec::new(), Vec::new());
    let mut start = 0;
    for (&size, left_out) in table.sizes.iter().zip(left_out) {
        if !left_out {
            sizes.push(size);
            let rows = table.counts[start * table.samples..].chunks_exact(table.samples).take(size);
            counts.extend(rows.flat_map(|row| columns.iter().map(|&sample| row[sample])));
        }
        start += size;
    }
    let counts = ClusterCounts::new(columns.len(), &counts, &sizes)?;
    let test = match engine {
        Engine::BetaBinomial => test_clusters,
        Engine::QuasiBinomial => test_clusters_quasi,
    };
    let result = test(&counts, comparison.design(), &NdsOptions::default())?;
    let q_values = benjamini_hochberg(&result.clusters.iter().map(|c| c.p_value).collect::<Vec<_>>());

    let mut junctions = result.junctions.into_iter();
    let mut tested = result.clusters.into_iter().zip(sizes).zip(q_values);
    let clusters = left_out
        .iter()
        .map(|left_out| {
            let next = if *left_out { None } else { tested.next() };
            next.map_or_else(ClusterTest::left_out, |((row, size), q_value)| ClusterTest {
                status: row.status.as_str(),
                row: (row.status == NdsStatus::Ok).then_some(row),
                junctions: junctions.by_ref().take(size).collect(),
                q_value,
            })
        })
        .collect();
    Ok(ClusterContrastTest { clusters, priors: result.priors })
}

fn confirm(omnibus: &ClusterContrastTest, pairs: &mut [ClusterContrastTest]) {
    let omnibus: Vec<Option<f64>> = omnibus.clusters.iter().map(|c| c.q_value).collect();
    let p_values: Vec<Vec<Option<f64>>> =
        pairs.iter().map(|pair| pair.clusters.iter().map(ClusterTest::p_value).collect()).collect();
    let StageWise { called, q_values } = StageWise::new(&omnibus, &p_values);
    for (pair, q_values) in pairs.iter_mut().zip(q_values) {
        for ((test, q_value), &called) in pair.clusters.iter_mut().zip(q_values).zip(&called) {
            if called {
                test.q_value = q_value;
            } else {
                test.withdraw();
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Contrast, Inputs, Model, Plan, SampleSheet};

    fn plan(text: &str, contrasts: &[&str], terms: &[&str]) -> Plan {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sheet.tsv");
        std::fs::write(&path, text).unwrap();
        let sheet = SampleSheet::read(&path, Inputs::Ignored).unwrap();
        let contrasts: Vec<Contrast> =
            contrasts.iter().map(|text| Contrast::parse(text, &sheet).unwrap()).collect();
        let terms: Vec<String> = terms.iter().map(|&t| t.to_owned()).collect();
        Plan::new(&contrasts, &terms, &Model::default(), &sheet).unwrap()
    }

    const TRADE: [[u32; 7]; 3] =
        [[40, 44, 51, 12, 15, 9, 1000], [9, 14, 13, 38, 45, 33, 0], [10, 12, 9, 11, 13, 8, 0]];
    const STILL: [[u32; 7]; 2] = [[20, 24, 21, 22, 25, 19, 1000], [19, 24, 23, 21, 25, 23, 0]];

    #[test]
    fn samples_outside_the_comparison_do_not_matter_and_each_cluster_keeps_its_place() {
        let counts = [TRADE.concat(), STILL.concat(), STILL.concat()].concat();
        let table = ClusterTable { samples: 7, sizes: &[3, 2, 2], counts: &counts };
        let plan = plan("sample\tg\na\t0\nb\t0\nc\t0\nd\t1\ne\t1\nf\t1\nx\tNA\n", &["g:1:0"], &[]);
        let tests =
            test_cluster_step(&table, &plan.steps()[0], Engine::default(), |_| vec![false, true, false])
                .unwrap();
        let clusters = &tests[0].clusters;
        assert_eq!(clusters.iter().map(|c| c.status).collect::<Vec<_>>(), ["ok", "not_counted", "ok"]);
        assert_eq!(clusters.iter().map(|c| c.junctions.len()).collect::<Vec<_>>(), [3, 0, 2]);
        assert!(clusters[0].q_value.is_some_and(|q| q < 1e-4) && clusters[1].q_value.is_none());
        assert!(clusters[2].q_value.is_some_and(|q| q > 0.3));
        let delta: Vec<f64> = clusters[0].junctions.iter().filter_map(|j| j.delta_psi).collect();
        assert!(delta[0] < -0.3 && delta[1] > 0.3 && delta[2].abs() < 0.1);
    }

    #[test]
    fn levels_are_told_apart_only_in_clusters_that_the_omnibus_test_calls() {
        let plan = plan("sample\tg\na\tx\nb\tx\nc\ty\nd\ty\ne\tz\nf\tz\nh\tz\n", &[], &["g"]);
        let counts = [
            [[60, 61, 62, 63, 5, 6, 5], [5, 6, 5, 6, 60, 61, 62], [20, 22, 19, 18, 21, 23, 19]].concat(),
            [[20, 24, 21, 22, 25, 19, 20], [19, 24, 23, 21, 25, 23, 21]].concat(),
        ];
        let counts = counts.concat();
        let table = ClusterTable { samples: 7, sizes: &[3, 2], counts: &counts };
        let tests =
            test_cluster_step(&table, &plan.steps()[0], Engine::default(), |_| vec![false; 2]).unwrap();
        assert_eq!(tests.len(), 4);
        assert_eq!(tests[0].clusters[0].row.unwrap().n_tested, 3);
        assert!(tests[0].clusters[0].q_value.is_some_and(|q| q < 0.05));
        let statuses = |t: &ClusterContrastTest| t.clusters.iter().map(|c| c.status).collect::<Vec<_>>();
        assert!(tests[1..].iter().all(|t| statuses(t) == ["ok", "omnibus"]));
        let withdrawn = &tests[2].clusters[1];
        assert!(withdrawn.row.is_none() && withdrawn.q_value.is_none());
        assert!(withdrawn.junctions.iter().all(|j| j.p_value.is_none() && j.delta_psi.is_some()));
        assert!(tests[1].clusters[0].q_value.unwrap() > tests[2].clusters[0].q_value.unwrap());
    }
}
