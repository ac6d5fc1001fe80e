//! Verdicts on panel genes, from the evidence of a run.

use std::collections::HashMap;

use nadsplice_core::Interval;
use nadsplice_panel::{
    EventEvidence, GeneEvidence, GeneIndex, JunctionEvidence, JunctionFragments, Panel, PanelGene,
    VerdictCuts, verdicts,
};
use nadsplice_table::{DifferentialRow, PanelRow};

use super::Results;

impl Results {
    /// A row for each panel gene in one contrast.
    pub(super) fn panel_rows(
        &self,
        panel: &Panel,
        index: &GeneIndex,
        label: &str,
        members: &[Option<bool>],
        cuts: &VerdictCuts,
    ) -> Vec<PanelRow> {
        // Only what belongs to a panel gene is looked at.
        let mut events: HashMap<&str, Vec<EventEvidence>> = HashMap::new();
        let mut junctions: HashMap<&str, Vec<usize>> = HashMap::new();
        for test in self.tests.iter().filter(|t| t.contrast == label) {
            let mut genes = test.gene_id.iter().filter(|gene| self.of_panel.contains(*gene)).peekable();
            if genes.peek().is_none() {
                continue;
            }
            let median_reads =
                self.reads.get(&test.event_id).map_or(0.0, |reads| median_reads(reads, members));
            for gene in genes {
                events.entry(gene).or_default().push(event_evidence(test, median_reads));
            }
        }
        for (k, lead) in self.junctions.leads().iter().enumerate() {
            for gene in lead.gene_id.iter().filter(|gene| self.of_panel.contains(*gene)) {
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
        let is_counted = self.has_counted(&mut found.iter().flat_map(nadsplice_panel::Match::genes));
        GeneEvidence {
            gene,
            is_counted,
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
}

fn median_reads(reads: &[u64], members: &[Option<bool>]) -> f64 {
    median(reads.iter().zip(members).filter(|(_, m)| m.is_some()).map(|(&n, _)| n as f64).collect())
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
        log2_fold_change: None,
        expression_q: None,
        gene_sets: Vec::new(),
    }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_unstable_by(f64::total_cmp);
    match values.len() {
        0 => 0.0,
        n => f64::midpoint(values[(n - 1) / 2], values[n / 2]),
    }
}
