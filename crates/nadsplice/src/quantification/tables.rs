//! The tables of a quantified cohort.

mod events;

use std::path::Path;

use nadsplice_core::{Annotation, Junction, Regions};
use nadsplice_diff::{Role, SampleSheet};
use nadsplice_events::NovelOptions;
use nadsplice_table::{
    CLUSTER_USAGE, CLUSTERS, ConsequenceRow, EventRow, GENE_COUNTS, GENE_TPM, GeneLead, JUNCTIONS,
    JunctionLead, MissingSampleRow, SAMPLES_FILE, SampleTable, Table,
};

use super::{
    clusters,
    columns::{Columns, restored},
    survey::Survey,
};

/// A quantified cohort.
pub(super) struct Cohort<'a> {
    pub(super) annotation: &'a Annotation,
    pub(super) survey: &'a Survey,
    pub(super) names: Vec<&'a str>,
    pub(super) columns: &'a Columns,
    /// Where the samples were counted, where not in the whole genome.
    pub(super) regions: Option<&'a Regions>,
    /// Thresholds also for the evidence along retained introns.
    pub(super) thresholds: NovelOptions,
    /// The column `evidence` of `events.tsv`.
    pub(super) evidence: &'static str,
}

/// Names of the tables of a cohort's quantification.
pub(crate) struct TableNames {
    /// Their rows are in genome order, so that those of shards follow each other.
    pub(crate) by_place: Vec<&'static str>,
    /// The others.
    pub(crate) whole: [&'static str; 4],
}

/// The tables that [`write()`] and [`super::consequences::write()`] leave behind.
pub(crate) fn names(rmats: bool) -> TableNames {
    let others = [ConsequenceRow::FILE, JUNCTIONS.file, CLUSTERS.file, CLUSTER_USAGE.file];
    let by_place = [EventRow::FILE].into_iter().chain(events::matrix_names(rmats)).chain(others).collect();
    let whole = [GENE_COUNTS.file, GENE_TPM.file, SAMPLES_FILE, MissingSampleRow::FILE];
    TableNames { by_place, whole }
}

/// Writes every table into a folder that exists. Without a sheet those that are not by place are left out.
pub(super) fn write(cohort: &Cohort<'_>, sheet: Option<&SampleSheet>, outdir: &Path) -> anyhow::Result<()> {
    let (events, others) = rayon::join(
        || events::write(cohort, outdir),
        || -> anyhow::Result<()> {
            junctions(cohort, outdir)?;
            if sheet.is_some() {
                genes(cohort, outdir)?;
                abundances(cohort, outdir)?;
            }
            clusters::write(cohort, outdir)
        },
    );
    events?;
    others?;
    sheet.map_or(Ok(()), |sheet| samples(cohort, sheet, outdir))
}

fn junctions(cohort: &Cohort<'_>, outdir: &Path) -> anyhow::Result<()> {
    let annotation = cohort.annotation;
    let mut writer = JUNCTIONS.create(outdir, &cohort.names)?;
    let mut stored = cohort.columns.junctions.rows()?;
    let mut counts = Vec::new();
    for row in &cohort.survey.junctions {
        let Junction { contig, intron } = row.junction;
        let mut gene_id: Vec<String> = row.genes.iter().map(|&g| annotation.gene(g).id.clone()).collect();
        gene_id.sort_unstable();
        gene_id.dedup();
        let lead = JunctionLead {
            chrom: annotation.contigs.name(contig).to_owned(),
            start0: intron.start(),
            end: intron.end(),
            strand: row.strand,
            annotated: row.annotated,
            gene_id,
        };
        counts.clear();
        stored.read(&mut counts)?;
        writer.write(&lead, counts.iter().copied())?;
    }
    Ok(writer.finish()?)
}

/// Loci of one `gene_id` are one row. rMATS's reads and junction tables give no gene counts: the genes are listed
/// without.
fn genes(cohort: &Cohort<'_>, outdir: &Path) -> anyhow::Result<()> {
    let mut writer = GENE_COUNTS.create(outdir, &cohort.names)?;
    let mut stored = cohort.columns.genes.rows()?;
    let mut counts = Vec::new();
    for &gene in &cohort.columns.gene_ids.first {
        counts.clear();
        stored.read(&mut counts)?;
        writer.write(&gene_lead(cohort, gene), counts.iter().map(|&count| restored(count)))?;
    }
    Ok(writer.finish()?)
}

/// Transcripts in a million (Li and others 2010, [doi:10.1093/bioinformatics/btp692](https://doi.org/10.1093/bioinformatics/btp692)),
/// with the bases of a gene's exons as its length: fragments are not dealt to transcripts.
fn abundances(cohort: &Cohort<'_>, outdir: &Path) -> anyhow::Result<()> {
    let ids = &cohort.columns.gene_ids;
    let lengths: Vec<f64> = ids.exon_bases(cohort.annotation).into_iter().map(|n| n as f64).collect();
    let mut sums = vec![0.0; cohort.names.len()];
    let mut stored = cohort.columns.genes.rows()?;
    let mut counts = Vec::new();
    for length in &lengths {
        counts.clear();
        stored.read(&mut counts)?;
        for (sum, &count) in sums.iter_mut().zip(&counts) {
            *sum += restored(count).map_or(0.0, |count| count as f64 / length);
        }
    }
    let mut writer = GENE_TPM.create(outdir, &cohort.names)?;
    let mut stored = cohort.columns.genes.rows()?;
    for (&gene, length) in ids.first.iter().zip(&lengths) {
        counts.clear();
        stored.read(&mut counts)?;
        let values = counts.iter().zip(&sums).map(|(&count, &sum)| {
            // A share of what the regions hold says nothing of the sample.
            restored(count)
                .filter(|_| cohort.regions.is_none())
                .map(|count| if sum > 0.0 { 1e6 * (count as f64 / length) / sum } else { 0.0 })
        });
        writer.write(&gene_lead(cohort, gene), values)?;
    }
    Ok(writer.finish()?)
}

fn gene_lead(cohort: &Cohort<'_>, gene: usize) -> GeneLead {
    let gene = &cohort.annotation.genes[gene];
    GeneLead { gene_id: gene.id.clone(), gene_name: gene.label().to_owned() }
}

/// The sheet's columns but paths, which say where a machine keeps its files, then what was found.
fn samples(cohort: &Cohort<'_>, sheet: &SampleSheet, outdir: &Path) -> anyhow::Result<()> {
    let columns: Vec<_> = sheet
        .columns()
        .iter()
        .filter(|c| matches!(c.role(), Role::Sample | Role::TableId | Role::Strandedness | Role::Variable))
        .collect();
    let rows = cohort
        .names
        .iter()
        .zip(&cohort.columns.samples)
        .map(|(name, row)| {
            let at = sheet.samples().iter().position(|s| s.name == *name);
            let cells =
                columns.iter().map(|c| at.and_then(|k| c.cells()[k].clone()).unwrap_or_default()).collect();
            (cells, row.clone())
        })
        .collect();
    let table = SampleTable { sheet_columns: columns.iter().map(|c| c.name().to_owned()).collect(), rows };
    Ok(table.write(outdir)?)
}
