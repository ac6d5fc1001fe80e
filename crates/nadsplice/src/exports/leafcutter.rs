//! LeafCutter's counts of intron clusters (Li et al. 2018, <https://doi.org/10.1038/s41588-017-0004-9>).

use std::{fmt::Write as _, io::Write as _, path::Path};

use super::plain_names;
use nadsplice_align::BgzipWriter;
use nadsplice_core::Strand;
use nadsplice_table::{CLUSTERS, ClusterLead, Matrix, OutputFile, SampleColumns};

/// Kind of the rows that LeafCutter knows.
const JUNCTION: &str = "junction";

/// Writes `clusters_perind.counts.gz` (shares as `count/total`), `clusters_perind_numers.counts.gz` (counts) and
/// `clusters_ids.tsv`, which maps LeafCutter's cluster names to stable ids. Retained introns are left out, and clusters
/// that have fewer than two junctions without them.
pub(crate) fn export(results: &Path, output: &Path) -> anyhow::Result<()> {
    let table = CLUSTERS.read::<u32>(results, SampleColumns::All)?;
    let mut shares = BgzipWriter::create(&output.join("clusters_perind.counts.gz"))?;
    let mut counts = BgzipWriter::create(&output.join("clusters_perind_numers.counts.gz"))?;
    let mut names = OutputFile::create(&output.join("clusters_ids.tsv"))?;
    // The tables are separated by blanks.
    let samples = plain_names(table.samples())?.join(" ");
    shares.append(format!("chrom {samples}\n").as_bytes())?;
    counts.append(format!("{samples}\n").as_bytes())?;
    writeln!(names, "cluster\tcluster_id")?;
    for (number, cluster) in (1u32..).zip(clusters(&table)) {
        let (mut share_rows, mut count_rows) = (String::new(), String::new());
        let total = |sample: usize| -> u64 {
            cluster.iter().map(|&row| u64::from(table.row(row)[sample].unwrap_or(0))).sum()
        };
        let totals: Vec<u64> = (0..table.samples().len()).map(total).collect();
        let name = |lead: &ClusterLead| format!("clu_{number}_{}", Strand::symbol_of(lead.strand));
        for &row in &cluster {
            let lead = &table.leads()[row];
            let intron =
                format!("{}:{}:{}:{}", lead.chrom, lead.junction_start0, lead.junction_end + 1, name(lead));
            share_rows.push_str(&intron);
            count_rows.push_str(&intron);
            for (count, total) in table.row(row).iter().map(|n| n.unwrap_or(0)).zip(&totals) {
                write!(share_rows, " {count}/{total}")?;
                write!(count_rows, " {count}")?;
            }
            share_rows.push('\n');
            count_rows.push('\n');
        }
        shares.append(share_rows.as_bytes())?;
        counts.append(count_rows.as_bytes())?;
        if let Some(&first) = cluster.first() {
            let lead = &table.leads()[first];
            writeln!(names, "{}:{}\t{}", lead.chrom, name(lead), lead.cluster_id)?;
        }
    }
    shares.finish()?;
    counts.finish()?;
    Ok(names.finish()?)
}

/// Rows of each cluster's junctions, clusters in the table's order.
fn clusters(table: &Matrix<ClusterLead, u32>) -> impl Iterator<Item = Vec<usize>> {
    let leads = table.leads();
    let rows: Vec<usize> = (0..leads.len()).collect();
    let clusters: Vec<Vec<usize>> = rows
        .chunk_by(|&a, &b| leads[a].cluster_id == leads[b].cluster_id)
        .map(|rows| rows.iter().copied().filter(|&row| leads[row].kind == JUNCTION).collect())
        .collect();
    clusters.into_iter().filter(|rows: &Vec<usize>| rows.len() > 1)
}
