//! The test of junction clusters and its rivals, on the same cohort.

use crate::{
    cohort::{Cohort, Layout},
    dirichlet::{self, Table},
};
use nadsplice_stats::{
    ClusterCounts, Design, EventCounts, LengthOffsets, NdsOptions, NdsRow, NdsStatus,
    multiple_testing::acat,
    tails::{ln_chi_squared_upper, ln_f_upper},
    test_clusters, test_events,
};

/// Number of tests.
pub(crate) const TESTS: usize = 6;

/// Their names in the report, in the order of [`Outcome::p`].
pub(crate) const NAMES: [&str; TESTS] = [
    "Simes over junctions (in use)",
    "weighted sum over junctions",
    "ACAT over junctions",
    "Fisher over splits",
    "Dirichlet-multinomial, F",
    "Dirichlet-multinomial, chi-squared",
];

/// What the tests say of one cluster.
pub(crate) struct Outcome {
    /// The p-values; none where a cluster, or its design, is not tested.
    pub(crate) p: [Option<f64>; TESTS],
    /// Whether the usages truly differ.
    pub(crate) changed: bool,
    /// Number of junctions.
    pub(crate) junctions: usize,
}

/// Tests all clusters of a cohort.
pub(crate) fn test(cohort: &Cohort, layout: Layout) -> Vec<Outcome> {
    let samples = cohort.samples;
    let design = layout.design().expect("a design of full rank");
    let sizes: Vec<usize> = cohort.clusters.iter().map(|counts| counts.len() / samples).collect();
    let counts = cohort.clusters.concat();
    let counts = ClusterCounts::new(samples, &counts, &sizes).expect("whole clusters");
    let result = test_clusters(&counts, &design, &NdsOptions::default()).expect("counts of the design");
    let splits = fisher_over_splits(cohort, &design);

    let mut junctions = result.junctions.as_slice();
    let mut outcomes: Vec<Outcome> = Vec::new();
    for (k, &size) in sizes.iter().enumerate() {
        let (own, rest) = junctions.split_at(size);
        junctions = rest;
        let p: Vec<f64> = own.iter().filter_map(|junction| junction.p_value).collect();
        outcomes.push(Outcome {
            p: [result.clusters[k].p_value, weighted_sum(own, &design), acat(&p), splits[k], None, None],
            changed: cohort.changed[k],
            junctions: size,
        });
    }
    if matches!(layout, Layout::Groups(..) | Layout::Three(_)) {
        let groups: Vec<usize> = (0..samples).map(|sample| layout.group(sample)).collect();
        let mut of_cluster = Vec::new();
        let mut tables = Vec::new();
        let mut junctions = result.junctions.as_slice();
        for (k, counts) in cohort.clusters.iter().enumerate() {
            let (own, rest) = junctions.split_at(sizes[k]);
            junctions = rest;
            let rows = counts.chunks(samples).zip(own).filter(|(_, own)| own.status == NdsStatus::Ok);
            let rows: Vec<Vec<u32>> = rows.map(|(row, _)| row.to_vec()).collect();
            if rows.len() > 1 {
                let table = Table::new(&rows, &groups);
                if table.has_all_groups() {
                    tables.push(table);
                    of_cluster.push(k);
                }
            }
        }
        for (fit, k) in dirichlet::test(&tables).iter().zip(of_cluster) {
            outcomes[k].p[4] = Some(ln_f_upper(fit.ratio / fit.tested, fit.tested, fit.df).exp());
            outcomes[k].p[5] = Some(ln_chi_squared_upper(fit.ratio, fit.tested).exp());
        }
    }
    outcomes
}

/// The junctions' statistics, each times the share of reads that the junction does not have: for multinomial counts the
/// chi-squared of the whole table. Its degrees of freedom are the sum of these shares, and the mean of the junctions'.
fn weighted_sum(junctions: &[NdsRow], design: &Design) -> Option<f64> {
    let (mut statistic, mut weight, mut df) = (0.0, 0.0, 0.0);
    for junction in junctions {
        let (Some(own), Some(own_df)) = (junction.statistic, junction.df) else { continue };
        // Without a contrast nothing tells the usage; all junctions then weigh alike.
        let usage = junction.psi_case.zip(junction.psi_control).map(|(a, b)| 0.5 * (a + b));
        let other = 1.0 - usage.unwrap_or(1.0 / junctions.len() as f64);
        statistic += other * own;
        df += other * own_df;
        weight += other;
    }
    let columns = weight * design.n_tested() as f64;
    (weight > 0.0).then(|| ln_f_upper(statistic / columns, columns, df / weight).exp())
}

/// Each junction against those with fewer reads, most reads first: tests that are independent under the Dirichlet and
/// under each split having a correlation of its own.
fn fisher_over_splits(cohort: &Cohort, design: &Design) -> Vec<Option<f64>> {
    let samples = cohort.samples;
    let (mut own, mut less) = (Vec::new(), Vec::new());
    for counts in &cohort.clusters {
        let mut rows: Vec<&[u32]> = counts.chunks(samples).collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.iter().map(|&n| u64::from(n)).sum::<u64>()));
        for (at, row) in rows[..rows.len() - 1].iter().enumerate() {
            own.extend_from_slice(row);
            less.extend((0..samples).map(|i| rows[at + 1..].iter().map(|r| r[i]).sum::<u32>()));
        }
    }
    let events = EventCounts::new(samples, &own, &less, LengthOffsets::Equal).expect("whole rows");
    let tested = test_events(&events, design, &NdsOptions::default()).expect("counts of the design").rows;
    let mut tested: &[NdsRow] = &tested;
    let mut combined = Vec::new();
    for counts in &cohort.clusters {
        let (splits, rest) = tested.split_at(counts.len() / samples - 1);
        tested = rest;
        let p: Vec<f64> = splits.iter().filter_map(|split| split.p_value).collect();
        let statistic: f64 = p.iter().map(|p| -2.0 * p.ln()).sum();
        combined.push((!p.is_empty()).then(|| ln_chi_squared_upper(statistic, 2.0 * p.len() as f64).exp()));
    }
    combined
}
