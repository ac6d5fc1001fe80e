//! What a verdict is made from.

use super::JunctionEvidence;
use crate::PanelGene;

/// An event of a panel gene in one contrast.
#[derive(Clone, Debug, PartialEq)]
pub struct EventEvidence {
    /// The event's id; an event that several panel genes share has the same id in each.
    pub event_id: String,
    /// `ok` for a tested event, otherwise why it was not tested.
    pub status: String,
    /// The p-value; an event is tested when it has one.
    pub p_value: Option<f64>,
    /// The q-value over all tested events of the contrast.
    pub q_value: Option<f64>,
    /// PSI(case) - PSI(control), in [-1, 1].
    pub delta_psi: Option<f64>,
    /// The 95% interval of delta PSI, lower and upper end.
    pub interval: Option<(f64, f64)>,
    /// Median over the samples of the contrast of the event's fragments, both forms together.
    pub median_reads: f64,
    /// The smallest |delta PSI| that the event's coverage and spread would have let the test see.
    pub detectable_delta: Option<f64>,
}

/// A panel gene in one contrast.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneEvidence<'p> {
    /// The panel gene.
    pub gene: &'p PanelGene,
    /// `gene_id` of the gene of the run that stands for it; `None` where the annotation has none.
    pub gene_id: Option<String>,
    /// Whether it lies in the parts of the genome that were counted.
    pub is_counted: bool,
    /// What to say of the match: [`Match::note`](crate::Match::note).
    pub note: Option<String>,
    /// All events of all genes of the run that the panel gene stands for, each once.
    pub events: Vec<EventEvidence>,
    /// The junctions of the gene, needed where it has no tested event; where the panel gene stands for several genes of the run, those of the one with
    /// the most fragments.
    pub junctions: JunctionEvidence,
}
