//! The tables of clusters.

use std::path::Path;

use nadsplice_core::Annotation;
use nadsplice_events::{Catalogue, Cluster, MemberKind};
use nadsplice_table::{CLUSTER_USAGE, CLUSTERS, ClusterLead};

use super::tables::Cohort;
use crate::rows::gene_columns;

/// Writes the counts and the usage of all members of all clusters.
pub(super) fn write(cohort: &Cohort<'_>, outdir: &Path) -> anyhow::Result<()> {
    let (clusters, catalogue) = (&cohort.survey.clusters, &cohort.survey.catalogue);
    let mut counts = CLUSTERS.create(outdir, &cohort.names)?;
    let mut usage = CLUSTER_USAGE.create(outdir, &cohort.names)?;
    let mut stored = cohort.columns.clusters.rows()?;
    for (cluster, events) in clusters.clusters.iter().zip(clusters.events(catalogue)) {
        let leads = leads(cluster, &events, catalogue, cohort.annotation);
        let mut totals = vec![0u64; cohort.names.len()];
        let mut members = Vec::with_capacity(leads.len());
        for _ in &leads {
            let mut row = Vec::with_capacity(totals.len());
            stored.read(&mut row)?;
            totals.iter_mut().zip(&row).for_each(|(total, count)| *total += count);
            members.push(row);
        }
        for (lead, row) in leads.iter().zip(&members) {
            counts.write(lead, row.iter().copied())?;
            let share = |(&count, &total): (&u64, &u64)| (total > 0).then(|| count as f64 / total as f64);
            usage.write(lead, row.iter().zip(&totals).map(share))?;
        }
    }
    counts.finish()?;
    Ok(usage.finish()?)
}

/// The leading columns of a cluster's members; `events` are those that it contains.
fn leads(
    cluster: &Cluster,
    events: &[usize],
    catalogue: &Catalogue,
    annotation: &Annotation,
) -> Vec<ClusterLead> {
    let chrom = annotation.contigs.name(cluster.contig);
    let (gene_id, gene_name) = gene_columns(&cluster.genes, annotation);
    let mut pairs = vec![Vec::new(); cluster.members.len()];
    for (a, b, class) in cluster.pairs() {
        for (one, other) in [(a, b), (b, a)] {
            let intron = cluster.members[other].intron;
            pairs[one].push(format!("{class}:{}-{}", intron.start(), intron.end()));
        }
    }
    let members = cluster.members.iter().zip(cluster.classes()).zip(pairs);
    members
        .map(|((member, classes), pairs)| ClusterLead {
            cluster_id: cluster.id(chrom),
            chrom: chrom.to_owned(),
            strand: cluster.strand,
            gene_id: gene_id.clone(),
            gene_name: gene_name.clone(),
            junction_start0: member.intron.start(),
            junction_end: member.intron.end(),
            annotated: member.annotated,
            class: classes.iter().map(ToString::to_string).collect(),
            kind: match member.kind {
                MemberKind::Junction => "junction",
                MemberKind::RetainedIntron => "intron",
            }
            .to_owned(),
            pairs,
            events: events
                .iter()
                .map(|&event| &catalogue.events[event])
                .filter(|event| member.is_of(event))
                .map(|event| event.id(chrom))
                .collect(),
        })
        .collect()
}
