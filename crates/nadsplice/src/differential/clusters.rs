//! From the clusters of a cohort to tested clusters.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail, ensure};
use nadsplice_diff::{
    ClusterContrastTest, ClusterTable, ClusterTest, Comparison, Engine, Step, test_cluster_step,
};
use nadsplice_stats::{NdsRow, PriorSource};
use nadsplice_table::{
    CLUSTERS, ClusterDifferentialRow, ClusterLead, SAMPLES_FILE, SampleColumns, SampleTable,
};

use crate::messages::Messages;

/// Kinds of members: a spliced intron, a kept one.
const KINDS: [&str; 2] = ["junction", "intron"];

/// The junction clusters of a cohort with their counts.
pub(super) struct Clusters {
    leads: Vec<ClusterLead>,
    /// Number of members of each cluster.
    sizes: Vec<usize>,
    /// Members x samples; 0 where a member was not counted.
    counts: Vec<u32>,
    /// Clusters x samples: whether all members were counted.
    counted: Vec<bool>,
    samples: usize,
}

impl Clusters {
    /// Reads `clusters.tsv`, where it is there.
    pub(super) fn read(quant: &Path, samples: &[String]) -> anyhow::Result<Option<Self>> {
        let path = quant.join(CLUSTERS.file);
        if !path.exists() {
            return Ok(None);
        }
        let (mut leads, mut counts, mut counted) = (Vec::<ClusterLead>::new(), Vec::new(), Vec::new());
        CLUSTERS.for_each_row::<u32>(
            quant,
            SampleColumns::Named(samples),
            |_| true,
            |lead, row| {
                if leads.last().is_none_or(|before| before.cluster_id != lead.cluster_id) {
                    counted.resize(counted.len() + samples.len(), true);
                }
                let start = counted.len() - samples.len();
                for (counted, count) in counted[start..].iter_mut().zip(row) {
                    *counted &= count.is_some();
                    counts.push(count.unwrap_or(0));
                }
                leads.push(lead);
            },
        )?;
        let sizes = sizes(&leads, &path)?;
        if leads.iter().any(|lead| lead.kind == KINDS[1]) {
            let without_introns = samples_of_junctions_only(quant, samples)?;
            let mut members = leads.as_slice();
            for (&size, counted) in sizes.iter().zip(counted.chunks_mut(samples.len())) {
                let (of_cluster, rest) = members.split_at(size);
                members = rest;
                if of_cluster.iter().any(|lead| lead.kind == KINDS[1]) {
                    counted
                        .iter_mut()
                        .zip(&without_introns)
                        .for_each(|(counted, without)| *counted &= !without);
                }
            }
        }
        Ok(Some(Self { leads, sizes, counts, counted, samples: samples.len() }))
    }

    /// Tests every cluster in the comparisons of all steps.
    pub(super) fn test(
        &self,
        steps: &[Step],
        engine: Engine,
        messages: Messages,
    ) -> anyhow::Result<Vec<ClusterDifferentialRow>> {
        let table = ClusterTable { samples: self.samples, sizes: &self.sizes, counts: &self.counts };
        let not_counted = |comparison: &Comparison| -> Vec<bool> {
            self.counted.chunks(self.samples).map(|c| comparison.samples().iter().any(|&s| !c[s])).collect()
        };
        let mut rows = Vec::new();
        for step in steps {
            let tests = test_cluster_step(&table, step, engine, not_counted)
                .with_context(|| format!("could not test {}", super::labels(step.comparisons())))?;
            for (comparison, test) in step.comparisons().zip(&tests) {
                summarise(comparison, test, messages);
                let mut leads = self.leads.as_slice();
                for (&size, cluster) in self.sizes.iter().zip(&test.clusters) {
                    let (members, rest) = leads.split_at(size);
                    leads = rest;
                    rows.push(row(comparison, members, cluster));
                }
            }
        }
        Ok(rows)
    }
}

/// Finds where each cluster ends, and refuses what is no list of clusters.
fn sizes(leads: &[ClusterLead], path: &Path) -> anyhow::Result<Vec<usize>> {
    let at = |row: usize| format!("`{}`, line {}", path.display(), row + 2);
    let mut sizes: Vec<usize> = Vec::new();
    let mut seen = std::collections::HashMap::new();
    for (row, lead) in leads.iter().enumerate() {
        ensure!(
            KINDS.contains(&lead.kind.as_str()),
            "{}, column `kind`: found `{}`, expected `junction` or `intron`",
            at(row),
            lead.kind
        );
        ensure!(
            lead.junction_start0 < lead.junction_end,
            "{}: a junction from {} to {} has no intron",
            at(row),
            lead.junction_start0,
            lead.junction_end
        );
        let before = row.checked_sub(1).map(|row| &leads[row]).filter(|b| b.cluster_id == lead.cluster_id);
        if let (Some(before), Some(size)) = (before, sizes.last_mut()) {
            let of_cluster =
                |l: &ClusterLead| (l.chrom.clone(), l.strand, l.gene_id.clone(), l.gene_name.clone());
            ensure!(
                of_cluster(before) == of_cluster(lead),
                "{}: contig, strand or genes of cluster `{}` differ from those of the line before",
                at(row),
                lead.cluster_id
            );
            let place = |l: &ClusterLead| (l.junction_start0, l.junction_end, l.kind.clone());
            if let Some(twin) = (row - *size..row).find(|&other| place(&leads[other]) == place(lead)) {
                bail!(
                    "{}: {} {}-{} of cluster `{}` stands already on line {}",
                    at(row),
                    lead.kind,
                    lead.junction_start0,
                    lead.junction_end,
                    lead.cluster_id,
                    twin + 2
                );
            }
            *size += 1;
        } else {
            ensure_pair(&sizes, leads, row, path)?;
            if let Some(first) = seen.insert(lead.cluster_id.as_str(), row) {
                bail!(
                    "{}: cluster `{}` began on line {} and was followed by another\nhint: the rows of a cluster stand \
                     together",
                    at(row),
                    lead.cluster_id,
                    first + 2
                );
            }
            sizes.push(1);
        }
    }
    ensure_pair(&sizes, leads, leads.len(), path)?;
    Ok(sizes)
}

/// A cluster that ends before `row` has at least two members.
fn ensure_pair(sizes: &[usize], leads: &[ClusterLead], row: usize, path: &Path) -> anyhow::Result<()> {
    if let (Some(1), Some(lead)) = (sizes.last(), row.checked_sub(1).map(|row| &leads[row])) {
        bail!(
            "`{}`, line {}: cluster `{}` has one row, expected 2 or more",
            path.display(),
            row + 1,
            lead.cluster_id
        );
    }
    Ok(())
}

/// Which samples have counts that did not come from alignments, and so none of kept introns.
fn samples_of_junctions_only(quant: &Path, samples: &[String]) -> anyhow::Result<Vec<bool>> {
    let path: PathBuf = quant.join(SAMPLES_FILE);
    if !path.exists() {
        return Ok(vec![false; samples.len()]);
    }
    let table = SampleTable::read(quant)?;
    let name = table.sheet_columns.iter().position(|column| column == "sample");
    let found = |sample: &String| {
        table
            .rows
            .iter()
            .find(|(cells, _)| name.is_some_and(|name| cells[name] == *sample))
            .map(|(_, row)| row)
    };
    Ok(samples.iter().map(|sample| found(sample).is_some_and(|row| row.alignments.is_none())).collect())
}

fn summarise(comparison: &Comparison, test: &ClusterContrastTest, messages: Messages) {
    let tested = test.clusters.iter().filter(|c| c.q_value.is_some()).count();
    let called = test.clusters.iter().filter(|c| c.q_value.is_some_and(|q| q < 0.05)).count();
    if tested > 0 && test.priors.iter().all(|prior| prior.source() == PriorSource::Fixed) {
        messages.warn(format!(
            "contrast `{}`: dispersion prior of junction clusters fixed: too few junctions passed the filters to learn \
             it",
            comparison.label()
        ));
    }
    messages.step(format!(
        "contrast `{}`: {tested} of {} junction clusters tested, {called} with q < 0.05",
        comparison.label(),
        test.clusters.len(),
    ));
}

fn row(comparison: &Comparison, members: &[ClusterLead], test: &ClusterTest) -> ClusterDifferentialRow {
    let cluster = &members[0];
    let values = |of: fn(&NdsRow) -> Option<f64>| -> Vec<f64> {
        let values: Vec<f64> = test.junctions.iter().map(|j| of(j).unwrap_or(f64::NAN)).collect();
        if values.iter().all(|v| v.is_nan()) { Vec::new() } else { values }
    };
    let farthest = test
        .junctions
        .iter()
        .filter_map(|j| j.delta_psi)
        .reduce(|most, next| if next.abs() > most.abs() { next } else { most });
    // Reads of a junction and of its rest are those of the cluster.
    let covered = test.junctions.first();
    let outcome = test.row;
    let top = outcome.and_then(|o| o.top_junction);
    ClusterDifferentialRow {
        contrast: comparison.label().to_owned(),
        cluster_id: cluster.cluster_id.clone(),
        gene_id: cluster.gene_id.clone(),
        gene_name: cluster.gene_name.clone(),
        n_junctions: u32::try_from(members.len()).unwrap_or(u32::MAX),
        statistic: top.and_then(|k| test.junctions[k].statistic),
        df: top.and_then(|k| test.junctions[k].df),
        p_value: outcome.and_then(|o| o.p_value),
        q_value: test.q_value,
        status: test.status.to_owned(),
        delta_usage: values(|j| j.delta_psi),
        log10_p: outcome.and_then(|o| o.log10_p),
        n_tested: outcome.map_or(0, |o| u32::try_from(o.n_tested).unwrap_or(u32::MAX)),
        top_junction: top.map(|k| place(&members[k])),
        chrom: cluster.chrom.clone(),
        strand: cluster.strand,
        junctions: members.iter().map(place).collect(),
        usage_case: values(|j| j.psi_case),
        usage_control: values(|j| j.psi_control),
        ci_low: values(|j| j.ci_low),
        ci_high: values(|j| j.ci_high),
        delta_usage_max: farthest,
        reads_case: covered.map(|j| j.reads_case),
        reads_control: covered.map(|j| j.reads_control),
        n_case: covered.map(|j| j.n_case),
        n_control: covered.map(|j| j.n_control),
    }
}

fn place(member: &ClusterLead) -> String {
    let kept = if member.kind == KINDS[1] { ":intron" } else { "" };
    format!("{}-{}{kept}", member.junction_start0, member.junction_end)
}
