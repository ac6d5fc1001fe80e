//! The tables of a quantified cohort.

use std::{collections::BTreeMap, path::Path};

use nadsplice_core::Junction;
use nadsplice_diff::{Role, SampleSheet};
use nadsplice_events::EventCounts;
use nadsplice_table::{
    EventLead, EventRow, GENE_COUNTS, GeneLead, INCLUSION_COUNTS, INCLUSION_COUNTS_JCEC, INCLUSION_LENGTHS,
    INCLUSION_LENGTHS_JCEC, JUNCTIONS, JunctionLead, MatrixTable, MatrixValue, PSI, PSI_HIGH, PSI_LOW,
    SKIPPING_COUNTS, SKIPPING_COUNTS_JCEC, SKIPPING_LENGTHS, SKIPPING_LENGTHS_JCEC, SampleTable, Table,
    TableWriter,
};

use super::Cohort;
use crate::rows::event_row;

/// The column `evidence` of an event that was counted in no sample.
const NO_EVIDENCE: &str = "none";

/// Writes every table into a folder that exists.
pub(super) fn write(cohort: &Cohort<'_>, sheet: &SampleSheet, outdir: &Path) -> anyhow::Result<()> {
    let ids: Vec<EventLead> = cohort
        .catalogue
        .events
        .iter()
        .map(|e| EventLead { event_id: e.id(cohort.loaded.annotation.contigs.name(e.contig)) })
        .collect();
    events(cohort, outdir)?;
    let counts = |k: usize| &cohort.samples[k].events.counts;
    let counted = |s: usize, e: usize, n: fn(&EventCounts) -> &Vec<u32>| {
        counts(s).is_counted(e).then(|| n(counts(s))[e])
    };
    matrix(cohort, &ids, &INCLUSION_COUNTS, outdir, |s, e| counted(s, e, |c| &c.inclusion))?;
    matrix(cohort, &ids, &SKIPPING_COUNTS, outdir, |s, e| counted(s, e, |c| &c.skipping))?;
    matrix(cohort, &ids, &INCLUSION_LENGTHS, outdir, |s, e| counts(s).inclusion_length[e])?;
    matrix(cohort, &ids, &SKIPPING_LENGTHS, outdir, |s, e| counts(s).skipping_length[e])?;
    matrix(cohort, &ids, &PSI, outdir, |s, e| counts(s).psi(e))?;
    let intervals = |k: usize| &cohort.samples[k].events.intervals;
    matrix(cohort, &ids, &PSI_LOW, outdir, |s, e| intervals(s).low[e])?;
    matrix(cohort, &ids, &PSI_HIGH, outdir, |s, e| intervals(s).high[e])?;
    if cohort.samples.iter().all(|s| s.events.with_bodies.is_some()) {
        let none = EventCounts::default();
        let bodies = |k: usize| cohort.samples[k].events.with_bodies.as_ref().unwrap_or(&none);
        matrix(cohort, &ids, &INCLUSION_COUNTS_JCEC, outdir, |s, e| bodies(s).inclusion[e])?;
        matrix(cohort, &ids, &SKIPPING_COUNTS_JCEC, outdir, |s, e| bodies(s).skipping[e])?;
        matrix(cohort, &ids, &INCLUSION_LENGTHS_JCEC, outdir, |s, e| bodies(s).inclusion_length[e])?;
        matrix(cohort, &ids, &SKIPPING_LENGTHS_JCEC, outdir, |s, e| bodies(s).skipping_length[e])?;
    }
    junctions(cohort, outdir)?;
    genes(cohort, outdir)?;
    samples(cohort, sheet, outdir)?;
    Ok(())
}

fn matrix<V: MatrixValue>(
    cohort: &Cohort<'_>,
    ids: &[EventLead],
    table: &MatrixTable<EventLead>,
    outdir: &Path,
    value: impl Fn(usize, usize) -> V,
) -> anyhow::Result<()> {
    let mut writer = table.create(outdir, &cohort.names)?;
    for (k, id) in ids.iter().enumerate() {
        writer.write(id, (0..cohort.samples.len()).map(|s| value(s, k)))?;
    }
    Ok(writer.finish()?)
}

fn events(cohort: &Cohort<'_>, outdir: &Path) -> anyhow::Result<()> {
    let annotation = &cohort.loaded.annotation;
    let mut writer = TableWriter::<EventRow>::create(&outdir.join(EventRow::FILE))?;
    for (k, event) in cohort.catalogue.events.iter().enumerate() {
        let lengths = |of: fn(&EventCounts) -> &Vec<f64>| {
            median(cohort.samples.iter().map(|s| of(&s.events.counts)[k]).filter(|l| !l.is_nan()).collect())
        };
        let counted = cohort.samples.iter().any(|s| s.events.counts.is_counted(k));
        let evidence = if counted { cohort.evidence } else { NO_EVIDENCE };
        writer.write(&EventRow {
            length_inclusion: lengths(|c| &c.inclusion_length),
            length_skipping: lengths(|c| &c.skipping_length),
            evidence: evidence.to_owned(),
            ..event_row(event, cohort.catalogue.novelty[k], annotation)
        })?;
    }
    Ok(writer.finish()?)
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| f64::midpoint(values[(n - 1) / 2], values[n / 2]))
}

fn junctions(cohort: &Cohort<'_>, outdir: &Path) -> anyhow::Result<()> {
    let annotation = &cohort.loaded.annotation;
    let mut writer = JUNCTIONS.create(outdir, &cohort.names)?;
    // Each sample's list is in the order of the pool, so that a cursor finds its counts.
    let mut cursors = vec![0usize; cohort.samples.len()];
    for row in &cohort.junctions {
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
        let counts: Vec<u32> = cursors
            .iter_mut()
            .zip(&cohort.samples)
            .map(|(cursor, sample)| match sample.junctions.get(*cursor) {
                Some(&(junction, count)) if junction == row.junction => {
                    *cursor += 1;
                    count
                }
                _ => 0,
            })
            .collect();
        writer.write(&lead, counts)?;
    }
    Ok(writer.finish()?)
}

/// Loci of one `gene_id` are one row. rMATS's reads and junction tables give no gene counts: the genes are listed
/// without.
fn genes(cohort: &Cohort<'_>, outdir: &Path) -> anyhow::Result<()> {
    let mut by_id: BTreeMap<&str, (usize, &str, Vec<Option<u64>>)> = BTreeMap::new();
    for (k, gene) in cohort.loaded.annotation.genes.iter().enumerate() {
        let (_, _, counts) =
            by_id.entry(&gene.id).or_insert_with(|| (k, gene.label(), vec![None; cohort.samples.len()]));
        for (count, sample) in counts.iter_mut().zip(&cohort.samples) {
            if let Some(genes) = &sample.genes {
                *count = Some(count.unwrap_or(0) + u64::from(genes[k]));
            }
        }
    }
    let mut rows: Vec<_> = by_id.into_iter().collect();
    rows.sort_unstable_by_key(|(_, (first, _, _))| *first);
    let mut writer = GENE_COUNTS.create(outdir, &cohort.names)?;
    for (id, (_, label, counts)) in rows {
        writer.write(&GeneLead { gene_id: id.to_owned(), gene_name: label.to_owned() }, counts)?;
    }
    Ok(writer.finish()?)
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
        .zip(&cohort.samples)
        .map(|(name, sample)| {
            let at = sheet.samples().iter().position(|s| s.name == *name);
            let cells =
                columns.iter().map(|c| at.and_then(|k| c.cells()[k].clone()).unwrap_or_default()).collect();
            (cells, sample.row.clone())
        })
        .collect();
    let table = SampleTable { sheet_columns: columns.iter().map(|c| c.name().to_owned()).collect(), rows };
    Ok(table.write(outdir)?)
}
