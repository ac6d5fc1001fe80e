//! What it would take to see a difference in a gene, by what a pilot shows.

use std::{cmp::Ordering, path::Path};

use anyhow::{Context, bail};
use nadsplice_diff::{
    Comparison, ContrastTest, Engine, EventTest, Pilot, Plan, SampleSheet, Start, test_step,
};
use nadsplice_panel::{GeneIdentity, GeneIndex, Match};
use nadsplice_table::{PowerRow, write_table};

use super::Cohort;
use crate::messages::Messages;

/// Samples a group, and times the depth, that are tried at most.
const MOST_SAMPLES: u32 = 1000;
const MOST_DEPTH: f64 = 1000.0;
/// Reasons not to test that more samples or reads do not remove.
const HOPELESS: [&str; 5] = ["invariant", "length", "mxe_junctions", "not_counted", "uneven_intron"];

/// What is asked.
pub(crate) struct PowerSettings<'a> {
    pub(crate) quant: &'a Path,
    pub(crate) sheet: &'a SampleSheet,
    pub(crate) plan: &'a Plan,
    /// The test whose power is asked for.
    pub(crate) engine: Engine,
    /// Genes by symbol or id, in output order.
    pub(crate) genes: &'a [GeneIdentity],
    /// The difference of PSI to be seen, above 0 and below 1.
    pub(crate) delta: f64,
    pub(crate) outdir: &'a Path,
    pub(crate) messages: Messages,
}

/// Writes `power.tsv`.
pub(crate) fn power(settings: &PowerSettings<'_>) -> anyhow::Result<()> {
    let cohort = Cohort::read(settings.quant, settings.sheet, settings.plan)?;
    let mut known: Vec<(&str, &str)> = Vec::new();
    for event in &cohort.events {
        known
            .extend(event.gene_id.iter().map(String::as_str).zip(event.gene_name.iter().map(String::as_str)));
    }
    known.sort_unstable();
    known.dedup();
    let index = GeneIndex::new(known.iter().map(|&(id, name)| (id, Some(name))));
    let mut rows = Vec::new();
    for step in settings.plan.steps() {
        let tests = test_step(&cohort.table(), step, settings.engine, |c| cohort.exclusions(c.members()))
            .context("could not learn the spread of the pilot's samples")?;
        for (comparison, test) in step.comparisons().zip(&tests).filter(|(c, _)| c.is_two_groups()) {
            for identity in settings.genes {
                let found = index.resolve(identity);
                let ids: Vec<&str> = found.iter().flat_map(Match::genes).map(|&k| known[k].0).collect();
                let name = found.as_ref().map_or_else(|| identity.label(), |m| known[m.gene()].1);
                let id = found.as_ref().map_or_else(|| identity.label(), |m| known[m.gene()].0);
                rows.push(cohort.power_of_gene(settings.delta, comparison, test, &ids, (id, name)));
            }
        }
    }
    if rows.is_empty() {
        bail!("no two groups were named\nhint: --contrast condition:old:young");
    }
    write_table::<PowerRow, _>(settings.outdir, &rows)?;
    let count = |seen: fn(&PowerRow) -> bool| rows.iter().filter(|r| seen(r)).count();
    settings.messages.step(format!(
        "a difference of {} is seen in {} of {} genes with the pilot's samples, in {} with some number of samples",
        settings.delta,
        count(|r| r.power.is_some_and(|p| p >= nadsplice_diff::POWER)),
        rows.len(),
        count(|r| r.samples_needed.is_some()),
    ));
    Ok(())
}

impl Cohort {
    fn power_of_gene(
        &self,
        delta: f64,
        comparison: &Comparison,
        test: &ContrastTest,
        genes: &[&str],
        (gene_id, gene_name): (&str, &str),
    ) -> PowerRow {
        let group = |case: bool| comparison.members().iter().filter(|m| **m == Some(case)).count();
        let samples = u32::try_from(group(true).min(group(false))).unwrap_or(u32::MAX);
        let of_gene = |e: &usize| self.events[*e].gene_id.iter().any(|id| genes.contains(&id.as_str()));
        let mut best: Option<PowerRow> = None;
        for event in (0..self.events.len()).filter(of_gene) {
            let Some((pilot, median_reads)) = self.pilot(event, comparison, test) else { continue };
            let information = pilot.information(samples, 1.0);
            let row = PowerRow {
                contrast: comparison.label().to_owned(),
                gene_id: gene_id.to_owned(),
                gene_name: gene_name.to_owned(),
                event_id: Some(self.events[event].event_id.clone()),
                psi: Some(pilot.start.psi),
                median_reads: Some(median_reads),
                rho: Some(pilot.rho),
                samples,
                delta_psi: delta,
                power: Some(information.power(pilot.start, delta)),
                detectable_delta: Some(information.detectable(pilot.start).unwrap_or(1.0)),
                samples_needed: pilot.samples_needed(delta, MOST_SAMPLES),
                depth_factor: pilot.depth_needed(samples, delta, MOST_DEPTH),
            };
            let rank = |r: &PowerRow| (r.samples_needed.unwrap_or(u32::MAX), -r.power.unwrap_or(0.0));
            let is_better =
                best.as_ref().is_none_or(|b| rank(&row).partial_cmp(&rank(b)).is_some_and(Ordering::is_lt));
            if is_better {
                best = Some(row);
            }
        }
        best.unwrap_or_else(|| PowerRow {
            contrast: comparison.label().to_owned(),
            gene_id: gene_id.to_owned(),
            gene_name: gene_name.to_owned(),
            event_id: None,
            psi: None,
            median_reads: None,
            rho: None,
            samples,
            delta_psi: delta,
            power: None,
            detectable_delta: None,
            samples_needed: None,
            depth_factor: None,
        })
    }

    /// The event as the samples of a comparison show it, with the median of its reads.
    fn pilot(&self, event: usize, comparison: &Comparison, test: &ContrastTest) -> Option<(Pilot, f64)> {
        let EventTest { status, row, .. } = &test.events[event];
        if HOPELESS.contains(status) {
            return None;
        }
        let at = |sample: usize| event * self.names.len() + sample;
        let samples = || (0..self.names.len()).filter(|&s| comparison.members()[s].is_some());
        let mut reads: Vec<u64> =
            samples().map(|s| u64::from(self.inclusion[at(s)]) + u64::from(self.skipping[at(s)])).collect();
        reads.sort_unstable();
        let n = reads.len();
        let median = (reads[(n - 1) / 2] + reads[n / 2]) as f64 / 2.0;
        let mean = reads.iter().sum::<u64>() as f64 / n as f64;
        if median <= 0.0 {
            return None;
        }
        let psi = match (row.psi_case, row.psi_control) {
            (Some(case), Some(control)) => 0.5 * (case + control),
            (one, other) => one.or(other)?,
        };
        let lengths = samples().map(|s| (self.inclusion_length[at(s)] / self.skipping_length[at(s)]).ln());
        let offset = lengths.sum::<f64>() / n as f64;
        let pilot = Pilot {
            reads: median,
            rho: row.rho.unwrap_or_else(|| test.prior.ln_rho_at(mean).exp()),
            tau: test.prior.tau(),
            start: Start { psi, offset },
        };
        offset.is_finite().then_some((pilot, median))
    }
}
