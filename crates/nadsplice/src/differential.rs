//! From the tables of a cohort to tested events and genes.

mod clusters;
mod diagnostics;
mod expression;
mod junctions;
mod power;
mod sample_checks;
mod sample_pca;
mod samples;
mod surrogate;

pub(crate) use power::{PowerSettings, power};
pub(crate) use surrogate::check_room;

use std::{collections::HashMap, path::Path};

use anyhow::Context;
use nadsplice_core::EventKind;
use nadsplice_diff::{
    Comparison, ContrastTest, CountTable, Engine, EventTest, Exclusion, Plan, SampleSheet, Step,
    SurrogateNumber, UNEVEN_INTRON, is_tested, overlap_groups, test_step,
};
use nadsplice_stats::stagewise::{Combination, Stagewise};
use nadsplice_table::{
    ClusterDifferentialRow, ContrastSampleRow, DiagnosticsRow, DifferentialRow, EventLead, EventRow, GeneRow,
    INCLUSION_COUNTS, INCLUSION_LENGTHS, MatrixNumber, MatrixTable, SKIPPING_COUNTS, SKIPPING_LENGTHS,
    SampleCheckRow, SampleColumns, SamplePcaRow, SurrogateRow, Table, read_events, write_table,
};

use self::{clusters::Clusters, junctions::JunctionSupport};
use crate::{messages::Messages, results_folder};

/// The events of a cohort with their counts.
struct Cohort {
    events: Vec<EventRow>,
    kinds: Vec<EventKind>,
    names: Vec<String>,
    inclusion: Vec<u32>,
    skipping: Vec<u32>,
    /// Whether an event was counted in a sample at all.
    counted: Vec<bool>,
    inclusion_length: Vec<f64>,
    skipping_length: Vec<f64>,
    junctions: Option<JunctionSupport>,
    overlaps: Vec<Option<u32>>,
}

/// How events and genes are tested.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct TestSettings {
    pub(crate) engine: Engine,
    pub(crate) gene_test: Combination,
    /// Surrogate variables that are added to every model.
    pub(crate) surrogate: Option<SurrogateNumber>,
}

/// Describes the samples of a cohort, tests every event of it in every contrast and writes `differential.tsv`,
/// `contrast_samples.tsv`, `genes.tsv`, `gene_expression.tsv`, `diagnostics.tsv`, `sample_checks.tsv`, `sample_pca.tsv` and, on request,
/// `surrogate_variables.tsv`; where the cohort has junction clusters, tests them too and writes
/// `cluster_differential.tsv`.
pub(crate) fn test(
    quant: &Path,
    sheet: &SampleSheet,
    plan: &Plan,
    settings: TestSettings,
    outdir: &Path,
    messages: Messages,
) -> anyhow::Result<()> {
    let cohort = Cohort::read(quant, sheet, plan)?;
    let places = sample_pca::describe(&cohort.table(), &cohort.names, plan, messages);
    write_table::<SamplePcaRow, _>(outdir, &places)?;
    if plan.steps().is_empty() {
        return Ok(());
    }
    if cohort.junctions.is_none() {
        messages.warn(format!(
            "`{}` has no junctions.tsv: mutually exclusive exons are tested without looking at each junction",
            quant.display()
        ));
    }
    let mut rows: Vec<DifferentialRow> = Vec::new();
    let mut genes: Vec<GeneRow> = Vec::new();
    let mut figures: Vec<DiagnosticsRow> = Vec::new();
    let mut checks: Vec<SampleCheckRow> = Vec::new();
    let mut found: Vec<SurrogateRow> = Vec::new();
    let mut compared: Vec<ContrastSampleRow> = Vec::new();
    let mut steps: Vec<Step> = Vec::new();
    for step in plan.steps() {
        let extended = settings
            .surrogate
            .map(|number| surrogate::extend(&cohort.for_surrogates(), step, number, messages));
        let step = match extended.transpose()? {
            Some((step, rows)) => {
                found.extend(rows);
                step
            }
            None => step.clone(),
        };
        let exclusions = |comparison: &Comparison| cohort.exclusions(comparison.members());
        let tests = test_step(&cohort.table(), &step, settings.engine, exclusions)
            .with_context(|| format!("could not test {}", labels(step.comparisons())))?;
        for (k, (comparison, test)) in step.comparisons().zip(&tests).enumerate() {
            summarise(comparison, test, messages);
            compared.extend(samples::rows(comparison, &cohort.names));
            figures.extend(diagnostics::rows(comparison, test, settings.engine));
            checks.extend(sample_checks::check(comparison, sheet, messages));
            let mut of_contrast = cohort.rows(comparison, test);
            let (of_genes, stagewise) = gene_rows(comparison, settings.gene_test, &of_contrast);
            // What follows an omnibus test has had its stages.
            if k == 0 {
                of_contrast.iter_mut().zip(stagewise).for_each(|(row, q)| row.q_value_stagewise = q);
            }
            genes.extend(of_genes);
            rows.extend(of_contrast);
        }
        steps.push(step);
    }
    // Counts of events, of clusters and of genes are large: one after the other is in memory.
    let names = cohort.into_names();
    let cluster_rows = match Clusters::read(quant, &names)? {
        Some(clusters) => Some(clusters.test(&steps, settings.engine, messages)?),
        None => None,
    };
    write_table::<ContrastSampleRow, _>(outdir, &compared)?;
    write_table::<DifferentialRow, _>(outdir, &rows)?;
    write_table::<GeneRow, _>(outdir, &genes)?;
    write_table::<DiagnosticsRow, _>(outdir, &figures)?;
    write_table::<SampleCheckRow, _>(outdir, &checks)?;
    if settings.surrogate.is_some() {
        write_table::<SurrogateRow, _>(outdir, &found)?;
    } else {
        results_folder::remove(outdir, SurrogateRow::FILE)?;
    }
    if let Some(rows) = cluster_rows {
        write_table::<ClusterDifferentialRow, _>(outdir, &rows)?;
    } else {
        results_folder::remove(outdir, ClusterDifferentialRow::FILE)?;
    }
    expression::test(quant, &names, &steps, outdir, messages)
}

fn labels<'a>(comparisons: impl Iterator<Item = &'a Comparison>) -> String {
    comparisons.map(|c| format!("contrast `{}`", c.label())).collect::<Vec<_>>().join(", ")
}

fn summarise(contrast: &Comparison, test: &ContrastTest, messages: Messages) {
    for warning in &test.warnings {
        messages.warn(format!("contrast `{}`: {warning}", contrast.label()));
    }
    if let Some(permuted) = test.permuted.filter(|p| !p.holds()) {
        messages.warn(format!(
            "contrast `{}`: of tests on permuted labels {:.3} have p < 0.05, expected 0.03 to 0.07; p-values of this \
             contrast may be off in the same direction",
            contrast.label(),
            permuted.below_level,
        ));
    }
    let called = test.events.iter().filter(|e| e.q_value.is_some_and(|q| q < 0.05)).count();
    let tested = test.events.iter().filter(|e| is_tested(e.status)).count();
    messages.step(format!(
        "contrast `{}`: {tested} of {} events tested, {called} with q < 0.05",
        contrast.label(),
        test.events.len(),
    ));
    let figure = |f: Option<f64>| f.map_or_else(|| "NA".to_owned(), |f| format!("{f:.3}"));
    messages.detail(format!(
        "contrast `{}`: median df {}, lambda {}, share of statistics at 0 {}",
        contrast.label(),
        figure(test.diagnostics.median_df),
        figure(test.diagnostics.lambda),
        figure(test.diagnostics.zero_statistic_share),
    ));
}

impl Cohort {
    fn read(quant: &Path, sheet: &SampleSheet, plan: &Plan) -> anyhow::Result<Self> {
        let events = read_events(quant)?;
        let names: Vec<String> = sheet.samples().iter().map(|s| s.name.clone()).collect();
        let ids: Vec<&str> = events.iter().map(|e| e.event_id.as_str()).collect();
        let lengths =
            |table: &MatrixTable<EventLead>, of: fn(&EventRow) -> Option<f64>| -> anyhow::Result<Vec<f64>> {
                let mut lengths = vec![f64::NAN; events.len() * names.len()];
                if quant.join(table.file).exists() {
                    read_cells(table, quant, &names, &ids, |cell, found: Option<f64>| {
                        lengths[cell] = found.unwrap_or(f64::NAN);
                    })?;
                } else {
                    for (event, lengths) in events.iter().zip(lengths.chunks_mut(names.len())) {
                        lengths.fill(of(event).unwrap_or(f64::NAN));
                    }
                }
                Ok(lengths)
            };
        let inclusion_length = lengths(&INCLUSION_LENGTHS, |e| e.length_inclusion)?;
        let skipping_length = lengths(&SKIPPING_LENGTHS, |e| e.length_skipping)?;
        let mut counted = vec![false; events.len() * names.len()];
        let mut counts = |table: &MatrixTable<EventLead>| -> anyhow::Result<Vec<u32>> {
            let mut counts = vec![0; events.len() * names.len()];
            read_cells(table, quant, &names, &ids, |cell, found: Option<u32>| {
                // An event that was not counted in a sample has no reads there.
                counts[cell] = found.unwrap_or(0);
                counted[cell] |= found.is_some();
            })?;
            Ok(counts)
        };
        let (inclusion, skipping) = (counts(&INCLUSION_COUNTS)?, counts(&SKIPPING_COUNTS)?);
        Ok(Self {
            kinds: events.iter().map(|e| e.kind).collect(),
            inclusion,
            skipping,
            counted,
            inclusion_length,
            skipping_length,
            junctions: JunctionSupport::read(quant, &events, &names, plan)?,
            overlaps: overlap_groups(events.iter().map(|e| (e.event_id.as_str(), e.gene_id.as_slice()))),
            names,
            events,
        })
    }

    /// The names of the samples, without anything else.
    fn into_names(self) -> Vec<String> {
        self.names
    }

    fn for_surrogates(&self) -> surrogate::Cohort<'_> {
        surrogate::Cohort { table: self.table(), names: &self.names, linked: &self.overlaps }
    }

    fn table(&self) -> CountTable<'_> {
        CountTable {
            kinds: &self.kinds,
            samples: self.names.len(),
            inclusion: &self.inclusion,
            skipping: &self.skipping,
            inclusion_length: &self.inclusion_length,
            skipping_length: &self.skipping_length,
        }
    }

    /// Events that no sample of a comparison was counted for are not tested. Mutually exclusive exons need reads on each
    /// of their four junctions: one unsupported junction is more often another event's. So is a retained intron without
    /// even evidence along it.
    fn exclusions(&self, members: &[Option<bool>]) -> Vec<Option<Exclusion>> {
        let junctions = self.junctions.as_ref().map(|junctions| junctions.among(members));
        (0..self.events.len())
            .map(|e| {
                let of_event = &self.counted[e * self.names.len()..(e + 1) * self.names.len()];
                if !of_event.iter().zip(members).any(|(counted, member)| *counted && member.is_some()) {
                    return Some(Exclusion::NotCounted);
                }
                if self.events[e].flags.iter().any(|flag| flag == UNEVEN_INTRON) {
                    return Some(Exclusion::UnevenIntron);
                }
                let junctions = junctions.filter(|_| self.kinds[e] == EventKind::Mxe)?;
                (!junctions.hold(e)).then_some(Exclusion::MxeJunctions)
            })
            .collect()
    }

    fn rows(&self, contrast: &Comparison, test: &ContrastTest) -> Vec<DifferentialRow> {
        let junctions = self.junctions.as_ref().map(|junctions| junctions.among(contrast.members()));
        self.events
            .iter()
            .zip(&test.events)
            .enumerate()
            .map(|(k, (event, test))| {
                let EventTest { status, row, .. } = test;
                DifferentialRow {
                    contrast: contrast.label().to_owned(),
                    event_id: event.event_id.clone(),
                    kind: event.kind,
                    gene_id: event.gene_id.clone(),
                    gene_name: event.gene_name.clone(),
                    chrom: event.chrom.clone(),
                    strand: event.strand,
                    psi_case: row.psi_case,
                    psi_control: row.psi_control,
                    delta_psi: row.delta_psi,
                    ci_low: row.ci_low,
                    ci_high: row.ci_high,
                    statistic: row.statistic,
                    df: row.df,
                    p_value: row.p_value,
                    log10_p: row.log10_p,
                    q_value: test.q_value,
                    reads_case: row.reads_case,
                    reads_control: row.reads_control,
                    n_case: row.n_case,
                    n_control: row.n_control,
                    status: (*status).to_owned(),
                    q_value_kind: test.q_value_kind,
                    delta_psi_shrunk: test.delta_psi_shrunk,
                    detectable_delta: test.detectable_delta,
                    outlier_samples: test.outliers.iter().map(|&s| self.names[s].clone()).collect(),
                    overlap_group: self.overlaps[k],
                    junction_balance: junctions.and_then(|junctions| junctions.balance(k)),
                    evidence: event.evidence.clone(),
                    q_value_stagewise: None,
                }
            })
            .collect()
    }
}

/// Gives each number of a matrix away, with its place among events x samples.
fn read_cells<T: MatrixNumber>(
    table: &MatrixTable<EventLead>,
    quant: &Path,
    samples: &[String],
    events: &[&str],
    mut give: impl FnMut(usize, Option<T>),
) -> anyhow::Result<()> {
    let give_row = |event: usize, row: &[Option<T>]| {
        row.iter().enumerate().for_each(|(sample, found)| give(event * samples.len() + sample, *found));
    };
    table.for_each_event(quant, SampleColumns::Named(samples), events, |_| true, give_row)?;
    Ok(())
}

/// One row for each gene with an event, in the order of their first events, and the stage-wise value of each event.
fn gene_rows(
    contrast: &Comparison,
    test: Combination,
    rows: &[DifferentialRow],
) -> (Vec<GeneRow>, Vec<Option<f64>>) {
    let mut numbers: HashMap<&str, usize> = HashMap::new();
    let mut names: Vec<(&str, &str)> = Vec::new();
    let mut events: Vec<Vec<usize>> = Vec::new();
    for (k, row) in rows.iter().enumerate() {
        for (id, name) in row.gene_id.iter().zip(&row.gene_name) {
            let gene = *numbers.entry(id).or_insert_with(|| {
                names.push((id, name));
                events.push(Vec::new());
                names.len() - 1
            });
            events[gene].push(k);
        }
    }
    let tests = Stagewise::new(test, &rows.iter().map(|r| r.p_value).collect::<Vec<_>>(), &events);
    let genes = names
        .into_iter()
        .zip(&events)
        .zip(tests.p_values.into_iter().zip(tests.q_values))
        .map(|(((id, name), members), (p_value, q_value))| {
            let tested: Vec<&DifferentialRow> =
                members.iter().map(|&k| &rows[k]).filter(|r| r.p_value.is_some()).collect();
            let top = tested.iter().min_by(|a, b| {
                let p = |r: &DifferentialRow| r.log10_p.unwrap_or(0.0);
                p(a).total_cmp(&p(b))
            });
            let farthest =
                tested.iter().filter_map(|r| r.delta_psi).max_by(|a, b| a.abs().total_cmp(&b.abs()));
            GeneRow {
                contrast: contrast.label().to_owned(),
                gene_id: id.to_owned(),
                gene_name: name.to_owned(),
                n_events: u32::try_from(members.len()).unwrap_or(u32::MAX),
                n_tested: u32::try_from(tested.len()).unwrap_or(u32::MAX),
                p_value,
                q_value,
                top_event: top.map(|r| r.event_id.clone()),
                delta_psi_max: farthest,
            }
        })
        .collect();
    (genes, tests.members)
}
