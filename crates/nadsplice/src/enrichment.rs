//! From tested events to verdicts on panel genes and to gene sets.

mod consequences;
mod known_events;

use std::{
    collections::{HashMap, HashSet},
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use nadsplice_core::Interval;
use nadsplice_diff::{Contrast, Inputs, SampleSheet};
use nadsplice_panel::{
    EventEvidence, GeneEvidence, GeneIndex, GeneResult, GeneSet, JunctionEvidence, JunctionFragments,
    OverRepresentationCuts, Panel, PanelGene, VerdictCuts, focus_sets, over_representation, read_gmt,
    verdicts,
};
use nadsplice_table::{
    DifferentialRow, EnrichmentRow, EventLead, GENE_COUNTS, GeneLead, GeneRow, INCLUSION_COUNTS, JUNCTIONS,
    JunctionLead, KnownEventRow, Matrix, PanelRow, SAMPLES_FILE, SKIPPING_COUNTS, SampleColumns, read_table,
    write_table,
};

use self::known_events::KnownInRun;
use crate::messages::Messages;

/// What to enrich.
pub(crate) struct EnrichSettings<'a> {
    pub(crate) quant: &'a Path,
    pub(crate) diff: &'a Path,
    pub(crate) panel: Option<&'a Path>,
    pub(crate) gmt: &'a [PathBuf],
    pub(crate) outdir: &'a Path,
    pub(crate) messages: Messages,
}

/// The user's panel, or the embedded one.
pub(crate) fn panel_of(path: Option<&Path>) -> anyhow::Result<Panel> {
    let Some(path) = path else { return Ok(Panel::nad()) };
    Panel::read(path).with_context(|| format!("could not use panel `{}`", path.display()))
}

/// The tables of a run, as far as they concern genes.
struct Results {
    sheet: SampleSheet,
    tests: Vec<DifferentialRow>,
    genes: Vec<GeneRow>,
    /// All genes of the annotation: id and name.
    all_genes: Vec<(String, String)>,
    inclusion: Matrix<EventLead, u32>,
    skipping: Matrix<EventLead, u32>,
    junctions: Matrix<JunctionLead, u32>,
}

/// Writes `nad_panel.tsv`, `known_events.tsv` and `enrichment.tsv` for every contrast of `differential.tsv`.
pub(crate) fn enrich(settings: &EnrichSettings<'_>) -> anyhow::Result<()> {
    let results = Results::read(settings)?;
    let panel = panel_of(settings.panel)?;
    let sets = gene_sets(settings)?;
    let index = GeneIndex::new(results.all_genes.iter().map(|(id, name)| (id.as_str(), Some(name.as_str()))));
    if panel.genes().iter().all(|g| index.resolve(&g.identity).is_none()) {
        let none = format!("none of the {} panel genes is in the annotation", panel.genes().len());
        match settings.panel {
            Some(path) => bail!(
                "{none} (`{}`)\nhint: genes are found by Ensembl id, Entrez id and symbol",
                path.display()
            ),
            // The embedded panel says nothing about a species or an excerpt that lacks its genes.
            None => settings.messages.warn(format!("{none}: all are `not testable`")),
        }
    }
    if let Some(path) = settings.panel {
        let missing: Vec<&str> = panel
            .genes()
            .iter()
            .filter(|g| index.resolve(&g.identity).is_none())
            .map(|g| g.identity.label())
            .collect();
        if !missing.is_empty() {
            settings.messages.warn(format!(
                "`{}`: {} of {} genes are not in the annotation: {}",
                path.display(),
                missing.len(),
                panel.genes().len(),
                missing.join(", ")
            ));
        }
    }
    let known = KnownInRun::find(settings.quant, &results, &index)?;
    let (mut panel_rows, mut set_rows, mut known_rows) = (Vec::new(), Vec::new(), Vec::new());
    let mut contrasts: Vec<&str> = results.tests.iter().map(|r| r.contrast.as_str()).collect();
    contrasts.dedup();
    for label in contrasts {
        // A test of several groups at once has no direction, which verdicts and sets ask for.
        let Some(contrast) = Contrast::of_label(label, &results.sheet)? else { continue };
        let members = contrast.members(&results.sheet);
        let group = |case: bool| members.iter().filter(|m| **m == Some(case)).count();
        let cuts = VerdictCuts::for_smaller_group(group(true).min(group(false)));
        panel_rows.extend(results.panel_rows(&panel, &index, label, &members, &cuts));
        known_rows.extend(known.rows(&results, label, &members));
        let cuts = OverRepresentationCuts::with_delta_psi(cuts.delta_psi);
        set_rows.extend(results.set_rows(&sets, &index, label, &cuts));
    }
    consequences::describe(&mut panel_rows, settings.quant)?;
    write_table::<PanelRow, _>(settings.outdir, &panel_rows)?;
    write_table::<KnownEventRow, _>(settings.outdir, &known_rows)?;
    write_table::<EnrichmentRow, _>(settings.outdir, &set_rows)?;
    summarise(&panel_rows, &set_rows, settings.messages);
    known.summarise(&known_rows, settings.messages);
    Ok(())
}

fn summarise(panel: &[PanelRow], sets: &[EnrichmentRow], messages: Messages) {
    for word in ["changed", "unchanged", "inconclusive", "constitutive", "not testable"] {
        let genes: Vec<&str> =
            panel.iter().filter(|r| r.verdict == word).map(|r| r.gene_name.as_str()).collect();
        messages.detail(format!("panel: {} {word}: {}", genes.len(), genes.join(", ")));
    }
    let count = |word: &str| panel.iter().filter(|r| r.verdict == word).count();
    messages.step(format!(
        "panel: {} changed, {} unchanged, {} inconclusive, {} constitutive, {} not testable",
        count("changed"),
        count("unchanged"),
        count("inconclusive"),
        count("constitutive"),
        count("not testable"),
    ));
    let enriched = sets.iter().filter(|r| r.q_value.is_some_and(|q| q < 0.05)).count();
    let tested = sets.iter().filter(|r| r.p_value.is_some()).count();
    messages.step(format!("gene sets: {tested} of {} tested, {enriched} with q < 0.05", sets.len()));
}

fn gene_sets(settings: &EnrichSettings<'_>) -> anyhow::Result<Vec<GeneSet>> {
    let mut sets = focus_sets();
    for path in settings.gmt {
        let file = read_gmt(path).with_context(|| format!("could not use gene sets `{}`", path.display()))?;
        if !file.empty_sets.is_empty() {
            settings.messages.warn(format!("`{}`: {} sets are empty", path.display(), file.empty_sets.len()));
        }
        sets.extend(file.sets);
    }
    Ok(sets)
}

impl Results {
    fn read(settings: &EnrichSettings<'_>) -> anyhow::Result<Self> {
        let quant = settings.quant;
        let sheet = SampleSheet::read(&quant.join(SAMPLES_FILE), Inputs::Ignored)?;
        let tests: Vec<DifferentialRow> = read_table(settings.diff)?;
        let mut seen = HashSet::new();
        let events: Vec<&str> =
            tests.iter().map(|r| r.event_id.as_str()).filter(|id| seen.insert(*id)).collect();
        let names: Vec<String> = sheet.samples().iter().map(|s| s.name.clone()).collect();
        let columns = SampleColumns::Named(&names);
        let inclusion = INCLUSION_COUNTS.read(quant, columns)?.for_events(&events)?;
        let skipping = SKIPPING_COUNTS.read(quant, columns)?.for_events(&events)?;
        let genes: Matrix<GeneLead, f64> = GENE_COUNTS.read(quant, columns)?;
        Ok(Self {
            all_genes: genes.leads().iter().map(|g| (g.gene_id.clone(), g.gene_name.clone())).collect(),
            junctions: JUNCTIONS.read(quant, columns)?,
            genes: read_table(settings.diff)?,
            inclusion,
            skipping,
            sheet,
            tests,
        })
    }

    fn panel_rows(
        &self,
        panel: &Panel,
        index: &GeneIndex,
        label: &str,
        members: &[Option<bool>],
        cuts: &VerdictCuts,
    ) -> Vec<PanelRow> {
        let rows: HashMap<&str, usize> =
            self.inclusion.leads().iter().enumerate().map(|(k, l)| (l.event_id.as_str(), k)).collect();
        let mut events: HashMap<&str, Vec<EventEvidence>> = HashMap::new();
        let mut junctions: HashMap<&str, Vec<usize>> = HashMap::new();
        for test in self.tests.iter().filter(|t| t.contrast == label) {
            let median_reads =
                rows.get(test.event_id.as_str()).map_or(0.0, |&k| self.median_reads(k, members));
            for gene in &test.gene_id {
                events.entry(gene).or_default().push(event_evidence(test, median_reads));
            }
        }
        for (k, lead) in self.junctions.leads().iter().enumerate() {
            for gene in &lead.gene_id {
                junctions.entry(gene).or_default().push(k);
            }
        }
        let evidence: Vec<GeneEvidence<'_>> = panel
            .genes()
            .iter()
            .map(|gene| self.gene_evidence(gene, index, &events, &junctions, members))
            .collect();
        verdicts(&evidence, cuts).into_iter().map(|row| panel_row(label, row)).collect()
    }

    fn gene_evidence<'p>(
        &self,
        gene: &'p PanelGene,
        index: &GeneIndex,
        events: &HashMap<&str, Vec<EventEvidence>>,
        junctions: &HashMap<&str, Vec<usize>>,
        members: &[Option<bool>],
    ) -> GeneEvidence<'p> {
        let found = index.resolve(&gene.identity);
        let ids: Vec<&str> = found
            .iter()
            .flat_map(nadsplice_panel::Match::genes)
            .map(|&k| self.all_genes[k].0.as_str())
            .collect();
        let mut own: Vec<EventEvidence> = Vec::new();
        for event in ids.iter().filter_map(|id| events.get(id)).flatten() {
            if !own.iter().any(|e| e.event_id == event.event_id) {
                own.push(event.clone());
            }
        }
        let junctions = ids
            .iter()
            .map(|id| self.junction_evidence(junctions.get(id).map_or(&[][..], Vec::as_slice), members))
            .max_by_key(JunctionEvidence::fragments)
            .unwrap_or_default();
        GeneEvidence {
            gene,
            gene_id: found.as_ref().map(|m| self.all_genes[m.gene()].0.clone()),
            note: found.and_then(|m| m.note),
            events: own,
            junctions,
        }
    }

    fn junction_evidence(&self, rows: &[usize], members: &[Option<bool>]) -> JunctionEvidence {
        let mut evidence = JunctionEvidence::default();
        let mut per_sample = vec![0u64; members.len()];
        for &k in rows {
            let lead = &self.junctions.leads()[k];
            let Some(intron) = Interval::new(lead.start0, lead.end) else { continue };
            let mut fragments = 0;
            for ((n, member), total) in self.junctions.row(k).iter().zip(members).zip(&mut per_sample) {
                if member.is_some() {
                    fragments += u64::from(n.unwrap_or(0));
                    if lead.annotated {
                        *total += u64::from(n.unwrap_or(0));
                    }
                }
            }
            let list = if lead.annotated { &mut evidence.annotated } else { &mut evidence.novel };
            list.push(JunctionFragments { intron, fragments });
        }
        evidence.median_per_sample = median(
            per_sample.iter().zip(members).filter(|(_, m)| m.is_some()).map(|(&n, _)| n as f64).collect(),
        );
        evidence
    }

    fn median_reads(&self, event: usize, members: &[Option<bool>]) -> f64 {
        let both = self.inclusion.row(event).iter().zip(self.skipping.row(event));
        median(
            both.zip(members)
                .filter(|(_, m)| m.is_some())
                .map(|((i, s), _)| f64::from(i.unwrap_or(0)) + f64::from(s.unwrap_or(0)))
                .collect(),
        )
    }

    fn set_rows(
        &self,
        sets: &[GeneSet],
        index: &GeneIndex,
        label: &str,
        cuts: &OverRepresentationCuts,
    ) -> Vec<EnrichmentRow> {
        let by_id: HashMap<&str, &GeneRow> =
            self.genes.iter().filter(|g| g.contrast == label).map(|g| (g.gene_id.as_str(), g)).collect();
        let results: Vec<GeneResult> = self
            .all_genes
            .iter()
            .map(|(id, _)| {
                by_id.get(id.as_str()).map_or_else(GeneResult::default, |g| GeneResult {
                    n_tested: g.n_tested,
                    q_value: g.q_value,
                    delta_psi_max: g.delta_psi_max,
                })
            })
            .collect();
        over_representation(sets, index, &results, cuts)
            .into_iter()
            .map(|row| EnrichmentRow {
                contrast: label.to_owned(),
                collection: row.collection,
                set_id: row.set_id,
                set_name: row.set_name,
                theme: row.theme.unwrap_or_default(),
                method: row.method.name().to_owned(),
                n_universe: row.n_universe,
                n_called: row.n_called,
                set_size: row.set_size,
                overlap: row.overlap,
                expected: Some(row.expected),
                fold: row.fold,
                p_value: row.p_value,
                q_value: row.q_value,
                p_hypergeometric: row.p_hypergeometric,
                genes: row.genes,
                status: row.status.name().to_owned(),
            })
            .collect()
    }
}

fn event_evidence(test: &DifferentialRow, median_reads: f64) -> EventEvidence {
    EventEvidence {
        event_id: test.event_id.clone(),
        status: test.status.clone(),
        p_value: test.p_value,
        q_value: test.q_value,
        delta_psi: test.delta_psi,
        interval: test.ci_low.zip(test.ci_high),
        median_reads,
        detectable_delta: test.detectable_delta,
    }
}

fn panel_row(label: &str, row: nadsplice_panel::PanelRow) -> PanelRow {
    let count = |n: usize| u32::try_from(n).unwrap_or(u32::MAX);
    PanelRow {
        contrast: label.to_owned(),
        gene_name: row.gene_name,
        gene_id: row.gene_id.into_iter().collect(),
        role: row.role.unwrap_or_default(),
        core: row.core,
        verdict: row.verdict.to_string(),
        n_events: count(row.n_events),
        n_tested: count(row.n_tested),
        best_event: row.best_event,
        best_q: row.best_q,
        delta_psi: row.delta_psi,
        ci_low: row.ci_low,
        ci_high: row.ci_high,
        median_reads: row.median_reads,
        reason: row.reason,
        detectable_delta: row.detectable_delta,
        consequence: String::new(),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        n => f64::midpoint(values[(n - 1) / 2], values[n / 2]),
    }
}
