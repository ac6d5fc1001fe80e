//! Keeps what figures are drawn from.

mod draft;
mod grouping;
mod selection;

use std::{collections::HashMap, path::Path};

use anyhow::Context;
use nadsplice_align::read_counts_head;
use nadsplice_core::CountMode;
use nadsplice_report::figure_data::{
    FigureDataWriter, FigureHeader, Locus, LocusEvent, LocusJunction, LocusTest, LocusVerdict,
};
use nadsplice_table::{
    DifferentialRow, EventRow, JUNCTIONS, JunctionLead, Matrix, PanelRow, SampleColumns, Table, read_table,
};

pub(crate) use self::{draft::Drafts, grouping::grouping_of};
use self::{grouping::groupings, selection::genes_to_keep};
use crate::{
    cli::Counting,
    junction_input::Source,
    quantification::{CountedSample, QuantifySettings},
    regions::is_inside,
};

/// Where the data come from and which genes are kept.
pub(crate) struct KeepSettings<'a> {
    pub(crate) quantify: &'a QuantifySettings<'a>,
    pub(crate) samples: &'a [CountedSample],
    /// Folder with the tables of `quantify`; of `diff` and `enrich` too where `tested`.
    pub(crate) results: &'a Path,
    pub(crate) tested: bool,
    /// Of each contrast so many tested events with the lowest p-values keep their gene, beside the panel's genes.
    pub(crate) top_events: usize,
}

/// Writes `figures/data/loci.jsonl.gz`: the genes of the panel and those of the most significant events.
pub(crate) fn keep(settings: &KeepSettings<'_>) -> anyhow::Result<()> {
    keep_in(settings).context("could not keep the data of figures")
}

fn keep_in(settings: &KeepSettings<'_>) -> anyhow::Result<()> {
    let quantify = settings.quantify;
    let annotation = &quantify.loaded.annotation;
    let tests: Vec<DifferentialRow> =
        if settings.tested { read_table(settings.results)? } else { Vec::new() };
    let events: Vec<EventRow> = read_table(settings.results)?;
    let samples: Vec<String> = settings.samples.iter().map(|s| s.name.clone()).collect();
    let header = FigureHeader {
        unit: unit(quantify, settings.samples)?.to_owned(),
        groupings: groupings(settings.results, &tests, &samples)?,
        samples,
    };
    let mut kept = genes_to_keep(quantify.panel, annotation, &tests, settings.top_events);
    if let Some(regions) = quantify.regions {
        kept.retain(|&(gene, _)| is_inside(regions, annotation, gene));
    }
    let mut drafts = Drafts::of_genes(annotation, &kept, &locus_events(&events, &tests));
    let junctions: Matrix<JunctionLead, u32> =
        JUNCTIONS.read(settings.results, SampleColumns::Named(&header.samples))?;
    for (row, lead) in junctions.leads().iter().enumerate() {
        drafts.add_junction(&lead.chrom, (lead.start0, lead.end), |intron| LocusJunction {
            intron,
            strand: lead.strand,
            annotated: lead.annotated,
            counts: junctions.row(row).iter().map(|count| count.unwrap_or_default()).collect(),
        });
    }
    drop(junctions);
    let mut loci = drafts.with_depth(quantify, settings.samples)?;
    if settings.tested {
        add_verdicts(&mut loci, settings.results)?;
    }
    let mut writer = FigureDataWriter::create(settings.results, &header)?;
    for locus in &loci {
        writer.write(locus)?;
    }
    writer.finish()?;
    quantify.messages.detail(format!("data of figures of {} genes", loci.len()));
    Ok(())
}

/// What is counted.
pub(crate) fn unit(
    settings: &QuantifySettings<'_>,
    samples: &[CountedSample],
) -> anyhow::Result<&'static str> {
    if settings.counting == Counting::Rmats || settings.junctions.any() {
        return Ok("reads");
    }
    let Some(CountedSample { source: Source::Counts(path), .. }) = samples.first() else {
        return Ok("fragments");
    };
    Ok(match read_counts_head(path)?.parameters.mode {
        CountMode::Mates => "alignments",
        CountMode::Fragments | CountMode::Rmats(_) => "fragments",
    })
}

/// Events by the ids of their genes, each with its tests.
fn locus_events(
    events: &[EventRow],
    tests: &[DifferentialRow],
) -> HashMap<String, Vec<(String, LocusEvent)>> {
    let mut tests_of: HashMap<&str, Vec<LocusTest>> = HashMap::new();
    for row in tests {
        tests_of.entry(&row.event_id).or_default().push(LocusTest {
            contrast: row.contrast.clone(),
            psi_case: row.psi_case,
            psi_control: row.psi_control,
            delta_psi: row.delta_psi,
            ci_low: row.ci_low,
            ci_high: row.ci_high,
            q_value: row.q_value,
            status: row.status.clone(),
        });
    }
    let mut by_gene: HashMap<String, Vec<(String, LocusEvent)>> = HashMap::new();
    for row in events {
        let event = LocusEvent {
            event_id: row.event_id.clone(),
            kind: row.kind,
            inclusion: row.inclusion_exons.clone(),
            skipping: row.skipping_exons.clone(),
            tests: tests_of.get(row.event_id.as_str()).cloned().unwrap_or_default(),
        };
        for gene in &row.gene_id {
            by_gene.entry(gene.clone()).or_default().push((row.chrom.clone(), event.clone()));
        }
    }
    by_gene
}

fn add_verdicts(loci: &mut [Locus], results: &Path) -> anyhow::Result<()> {
    if !results.join(PanelRow::FILE).is_file() {
        return Ok(());
    }
    for row in read_table::<PanelRow>(results)? {
        for locus in loci.iter_mut().filter(|locus| row.gene_id.contains(&locus.gene_id)) {
            locus.verdicts.push(LocusVerdict {
                contrast: row.contrast.clone(),
                verdict: row.verdict.clone(),
                best_event: row.best_event.clone(),
            });
        }
    }
    Ok(())
}
