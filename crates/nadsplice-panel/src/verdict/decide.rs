//! The rules, in their order.

use std::{cmp::Ordering, fmt};

use nadsplice_stats::multiple_testing::benjamini_hochberg;
use rustc_hash::FxHashMap;

use super::{EventEvidence, GeneEvidence, VerdictCuts, reason};

/// What can be said of a gene's splicing in a contrast; the first of these that holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// An event has a q-value within the panel below the cut and |delta PSI| at or above its cut.
    Changed,
    /// At least one event is tested and every tested event's 95% interval lies within the margin.
    Unchanged,
    /// Events are tested, and neither of the above.
    Inconclusive,
    /// No alternative form is annotated or found, and the reads exclude one of more than a small usage.
    Constitutive,
    /// Nothing can be said.
    NotTestable,
}

impl Verdict {
    /// All verdicts in the order in which they are tried.
    pub const ALL: [Self; 5] =
        [Self::Changed, Self::Unchanged, Self::Inconclusive, Self::Constitutive, Self::NotTestable];

    /// The word in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Unchanged => "unchanged",
            Self::Inconclusive => "inconclusive",
            Self::Constitutive => "constitutive",
            Self::NotTestable => "not testable",
        }
    }
}

impl fmt::Display for Verdict {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A panel gene's row in one contrast.
#[derive(Clone, Debug, PartialEq)]
pub struct PanelRow {
    /// The panel's name of the gene.
    pub gene_name: String,
    /// `gene_id` in the run; `None` where the annotation does not have the gene.
    pub gene_id: Option<String>,
    /// The gene's role in the panel.
    pub role: Option<String>,
    /// Whether it is a core gene of the panel.
    pub core: bool,
    /// The verdict.
    pub verdict: Verdict,
    /// Events of the gene in the catalogue.
    pub n_events: usize,
    /// Those that were tested.
    pub n_tested: usize,
    /// The event that the next columns describe: for `changed` the changed event of the smallest q-value, otherwise
    /// the tested event of the smallest.
    pub best_event: Option<String>,
    /// Its q-value within the panel.
    pub best_q: Option<f64>,
    /// Its PSI(case) - PSI(control).
    pub delta_psi: Option<f64>,
    /// Lower end of the 95% interval of that.
    pub ci_low: Option<f64>,
    /// Upper end.
    pub ci_high: Option<f64>,
    /// Median fragments a sample: of the best event; without a tested event of the best covered one; without any
    /// event of all annotated junctions of the gene together. `None` where the annotation does not have the gene, or it
    /// was not counted.
    pub median_reads: Option<f64>,
    /// The verdict in a sentence, with its numbers.
    pub reason: String,
    /// The smallest |delta PSI| that the test of the best event would have seen.
    pub detectable_delta: Option<f64>,
}

/// A tested event with its q-value within the panel.
#[derive(Clone, Copy)]
pub(super) struct Tested<'e> {
    pub(super) event: &'e EventEvidence,
    pub(super) q_panel: f64,
}

impl Tested<'_> {
    pub(super) fn is_significant(&self, cuts: &VerdictCuts) -> bool {
        self.q_panel < cuts.q
    }

    fn is_changed(&self, cuts: &VerdictCuts) -> bool {
        self.is_significant(cuts) && self.event.delta_psi.is_some_and(|d| d.abs() >= cuts.delta_psi)
    }

    /// Whether its 95% interval is inside the margin; without an interval it is not.
    pub(super) fn is_equivalent(&self, cuts: &VerdictCuts) -> bool {
        let margin = cuts.equivalence;
        self.event.interval.is_some_and(|(low, high)| -margin <= low && high <= margin)
    }

    /// Smallest q first, then smallest p, largest effect, id: the same event whatever the order of the input.
    fn rank(&self, other: &Self) -> Ordering {
        let p = |t: &Self| t.event.p_value.unwrap_or(1.0);
        let effect = |t: &Self| t.event.delta_psi.map_or(0.0, f64::abs);
        (self.q_panel.total_cmp(&other.q_panel))
            .then_with(|| p(self).total_cmp(&p(other)))
            .then_with(|| effect(other).total_cmp(&effect(self)))
            .then_with(|| self.event.event_id.cmp(&other.event.event_id))
    }
}

/// The verdict of every gene of one contrast, in the order given, which for the genes of a
/// [`Panel`](crate::Panel) is the order of the reports.
///
/// The q-values within the panel are made here: Benjamini-Hochberg over all tested events of all the genes given, an
/// event that several genes share counted once. That family is declared before any p-value is seen.
pub fn verdicts(genes: &[GeneEvidence<'_>], cuts: &VerdictCuts) -> Vec<PanelRow> {
    let q_panel = q_within(genes);
    genes.iter().map(|gene| row(gene, &q_panel, cuts)).collect()
}

fn q_within<'g>(genes: &'g [GeneEvidence<'_>]) -> FxHashMap<&'g str, f64> {
    let tested = |event: &'g EventEvidence| Some((event.event_id.as_str(), event.p_value?));
    let mut family: Vec<(&str, f64)> =
        genes.iter().flat_map(|gene| &gene.events).filter_map(tested).collect();
    family.sort_by(|a, b| a.0.cmp(b.0).then(a.1.total_cmp(&b.1)));
    family.dedup_by_key(|(id, _)| *id);
    let p_values: Vec<Option<f64>> = family.iter().map(|&(_, p)| Some(p)).collect();
    let q_values = benjamini_hochberg(&p_values);
    family.iter().zip(q_values).filter_map(|(&(id, _), q)| Some((id, q?))).collect()
}

fn row(gene: &GeneEvidence<'_>, q_panel: &FxHashMap<&str, f64>, cuts: &VerdictCuts) -> PanelRow {
    let mut tested: Vec<Tested<'_>> = gene
        .events
        .iter()
        .filter_map(|event| {
            event.p_value?;
            Some(Tested { event, q_panel: *q_panel.get(event.event_id.as_str())? })
        })
        .collect();
    tested.sort_by(Tested::rank);
    let changed: Vec<Tested<'_>> = tested.iter().copied().filter(|t| t.is_changed(cuts)).collect();

    let (verdict, best, sentence) = if let Some(best) = changed.first() {
        (Verdict::Changed, Some(*best), reason::changed(*best, changed.len(), gene, tested.len(), cuts))
    } else if let Some(best) = tested.first() {
        if tested.iter().all(|t| t.is_equivalent(cuts)) {
            (Verdict::Unchanged, Some(*best), reason::unchanged(&tested, gene, cuts))
        } else {
            (Verdict::Inconclusive, Some(*best), reason::inconclusive(&tested, gene, cuts))
        }
    } else if let Some(sentence) = constitutive(gene, cuts) {
        (Verdict::Constitutive, None, sentence)
    } else {
        (Verdict::NotTestable, None, reason::not_testable(gene, cuts))
    };
    let interval = best.and_then(|t| t.event.interval);
    let best_covered = gene.events.iter().map(|e| e.median_reads).max_by(f64::total_cmp);
    PanelRow {
        gene_name: gene.gene.identity.label().to_owned(),
        gene_id: gene.gene_id.clone(),
        role: gene.gene.role.clone(),
        core: gene.gene.core,
        verdict,
        n_events: gene.events.len(),
        n_tested: tested.len(),
        best_event: best.map(|t| t.event.event_id.clone()),
        best_q: best.map(|t| t.q_panel),
        delta_psi: best.and_then(|t| t.event.delta_psi),
        ci_low: interval.map(|(low, _)| low),
        ci_high: interval.map(|(_, high)| high),
        median_reads: gene.gene_id.as_ref().filter(|_| gene.is_counted).map(|_| {
            best.map(|t| t.event.median_reads).or(best_covered).unwrap_or(gene.junctions.median_per_sample)
        }),
        reason: reason::with_note(sentence, gene.note.as_deref()),
        detectable_delta: best.and_then(|t| t.event.detectable_delta),
    }
}

/// The sentence of a gene that is constitutive; `None` when it is not.
fn constitutive(gene: &GeneEvidence<'_>, cuts: &VerdictCuts) -> Option<String> {
    if gene.gene_id.is_none() || !gene.events.is_empty() || gene.junctions.has_annotated_alternative() {
        return None;
    }
    let bound = gene.junctions.usage_bound(cuts.confidence)?;
    (bound.usage <= cuts.usage).then(|| reason::constitutive(gene, bound, cuts))
}
