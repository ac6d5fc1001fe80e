//! What figures are drawn from, kept beside the tables so that nothing else is needed: `figures/data/loci.jsonl.gz`.
//!
//! The file is gzip-compressed text. Its first line is a JSON object with the samples and how the contrasts group them
//! ([`FigureHeader`]), every further line is one gene ([`Locus`]). All coordinates are 0-based and half-open, intervals
//! are pairs `[start, end]`, strands `"+"`, `"-"` or `"."`. Objects may gain fields; a reader passes over those that it
//! does not know.

mod file;
mod form;

use nadsplice_core::{EventKind, Interval, Strand};
use serde::{Deserialize, Serialize};

pub use file::{FIGURE_DATA_FILE, FigureDataError, FigureDataWriter};

use crate::sashimi::{Focus, SashimiData};

/// The first line: what holds for all genes.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FigureHeader {
    /// Names of the samples, in the order of all counts and depths.
    pub samples: Vec<String>,
    /// What is counted: `fragments`, `alignments` or `reads`.
    pub unit: String,
    /// One for each contrast of `differential.tsv`, in its order; none where nothing was tested.
    pub groupings: Vec<Grouping>,
}

/// How a contrast groups the samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grouping {
    /// The contrast, as in `differential.tsv`; empty for all samples together.
    pub contrast: String,
    /// The groups, the case before the control.
    pub groups: Vec<Group>,
}

/// A group of samples.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Group {
    /// The factor's level.
    pub name: String,
    /// Positions in [`FigureHeader::samples`], ascending.
    pub samples: Vec<usize>,
}

/// A gene with everything that is drawn of it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Locus {
    /// `gene_id` of the annotation.
    pub gene_id: String,
    /// The name to show.
    pub gene_name: String,
    /// Contig as the annotation names it.
    pub chrom: String,
    /// The gene, and what its events reach beyond it.
    #[serde(with = "form::interval")]
    pub region: Interval,
    /// Strand of the gene.
    #[serde(with = "form::strand")]
    pub strand: Option<Strand>,
    /// Whether the gene is of the panel.
    pub panel: bool,
    /// Transcripts of the gene, in the annotation's order.
    pub transcripts: Vec<LocusTranscript>,
    /// Junctions of `junctions.tsv` inside the region that are not of the other strand.
    pub junctions: Vec<LocusJunction>,
    /// Events of `events.tsv` that are the gene's.
    pub events: Vec<LocusEvent>,
    /// What `nad_panel.tsv` says of the gene; empty for genes that are not of the panel.
    pub verdicts: Vec<LocusVerdict>,
    /// For each sample the depth along the region; empty where the counts hold none (junction tables, rMATS's reads).
    pub depth: Vec<DepthRuns>,
}

/// A transcript.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocusTranscript {
    /// `transcript_id` of the annotation.
    pub id: String,
    /// Strand of its gene, which in a region of several genes is not that of all.
    #[serde(with = "form::strand")]
    pub strand: Option<Strand>,
    /// Exons in genome order.
    #[serde(with = "form::intervals")]
    pub exons: Vec<Interval>,
    /// Coding segments in genome order; empty without any.
    #[serde(with = "form::intervals")]
    pub cds: Vec<Interval>,
}

/// A junction with its counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocusJunction {
    /// The intron.
    #[serde(with = "form::interval")]
    pub intron: Interval,
    /// Strand as in `junctions.tsv`.
    #[serde(with = "form::strand")]
    pub strand: Option<Strand>,
    /// Whether a transcript of the annotation has the intron.
    pub annotated: bool,
    /// The row's counts, one a sample.
    pub counts: Vec<u32>,
}

/// An event with its tests.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocusEvent {
    /// The event, as in `events.tsv`.
    pub event_id: String,
    /// Its kind.
    #[serde(with = "form::kind")]
    pub kind: EventKind,
    /// Exons of the inclusion form, in genome order.
    #[serde(with = "form::intervals")]
    pub inclusion: Vec<Interval>,
    /// Exons of the skipping form, in genome order.
    #[serde(with = "form::intervals")]
    pub skipping: Vec<Interval>,
    /// One for each contrast, in the order of `differential.tsv`.
    pub tests: Vec<LocusTest>,
}

/// What `differential.tsv` says of an event in a contrast.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct LocusTest {
    /// The contrast.
    pub contrast: String,
    /// Share of the inclusion form in the case group.
    pub psi_case: Option<f64>,
    /// Share of the inclusion form in the control group.
    pub psi_control: Option<f64>,
    /// Case minus control.
    pub delta_psi: Option<f64>,
    /// Lower end of its 95% interval.
    pub ci_low: Option<f64>,
    /// Upper end of its 95% interval.
    pub ci_high: Option<f64>,
    /// False discovery rate over all tested events.
    pub q_value: Option<f64>,
    /// `ok`, or why the event was not tested.
    pub status: String,
}

/// A panel verdict.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LocusVerdict {
    /// The contrast.
    pub contrast: String,
    /// `changed`, `unchanged`, `inconclusive`, `constitutive` or `not testable`.
    pub verdict: String,
    /// The event on which it rests.
    pub best_event: Option<String>,
}

/// Depth along a region: `(bases, tenths)` one behind the other from the region's first base to its last, where
/// `tenths` is ten times the mean depth over these bases.
///
/// A stretch between two neighbouring exon ends or splice sites is cut in at most 40 equal parts (12 outside all exons),
/// so that a step at a splice site is kept to the base while an intron of any length stays small. From 100 on depth is rounded to whole
/// numbers.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct DepthRuns(Vec<(u32, u64)>);

impl DepthRuns {
    /// Takes the mean depth of neighbouring parts of a region, in genome order.
    pub fn of(parts: impl Iterator<Item = (u32, f64)>) -> Self {
        let mut runs: Vec<(u32, u64)> = Vec::new();
        for (bases, depth) in parts {
            let tenths = tenths(depth);
            match runs.last_mut() {
                Some(last) if last.1 == tenths => last.0 += bases,
                _ => runs.push((bases, tenths)),
            }
        }
        Self(runs)
    }

    /// The runs with their places: 0-based start and end, and the mean depth. `start` is the region's.
    pub fn from(&self, start: u32) -> impl Iterator<Item = (u32, u32, f64)> + '_ {
        let mut at = start;
        self.0.iter().map(move |&(bases, tenths)| {
            let from = at;
            at = at.saturating_add(bases);
            (from, at, tenths as f64 / 10.0)
        })
    }

    /// Bases under the runs.
    pub fn bases(&self) -> u64 {
        self.0.iter().map(|run| u64::from(run.0)).sum()
    }
}

fn tenths(depth: f64) -> u64 {
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "depths are counts of fragments"
    )]
    let rounded = |value: f64| value.round().max(0.0) as u64;
    if depth < 100.0 { rounded(10.0 * depth) } else { 10 * rounded(depth) }
}

/// Everything that figures are drawn from.
#[derive(Clone, Debug, PartialEq)]
pub struct FigureData {
    /// What holds for all genes.
    pub header: FigureHeader,
    /// The genes in genome order.
    pub loci: Vec<Locus>,
}

impl FigureData {
    /// The gene that has this event.
    pub fn locus_of_event(&self, event_id: &str) -> Option<&Locus> {
        self.loci.iter().find(|locus| locus.event(event_id).is_some())
    }

    /// The gene of this name or id.
    pub fn locus_of_gene(&self, gene: &str) -> Option<&Locus> {
        let exact = self.loci.iter().find(|l| l.gene_name == gene || l.gene_id == gene);
        exact.or_else(|| self.loci.iter().find(|l| l.gene_name.eq_ignore_ascii_case(gene)))
    }

    /// The groups of a contrast; of the first one where none is named, and all samples together where there is none.
    pub fn grouping(&self, contrast: Option<&str>) -> Option<Grouping> {
        match (contrast, self.header.groupings.first()) {
            (Some(label), _) => self.header.groupings.iter().find(|g| g.contrast == label).cloned(),
            (None, Some(first)) => Some(first.clone()),
            (None, None) => Some(self.header.all_samples()),
        }
    }

    /// What a sashimi plot of an event shows: the groups of a contrast (of the first one where none is named). Nothing
    /// where the event is not kept, or there is no such contrast.
    pub fn sashimi_of_event(&self, event_id: &str, contrast: Option<&str>) -> Option<SashimiData> {
        let locus = self.locus_of_event(event_id)?.clone();
        let focus = Focus::Event(event_id.to_owned());
        Some(SashimiData { header: self.header.clone(), locus, grouping: self.grouping(contrast)?, focus })
    }
}

impl FigureHeader {
    /// All samples in one group.
    pub fn all_samples(&self) -> Grouping {
        let group = Group { name: "all samples".to_owned(), samples: (0..self.samples.len()).collect() };
        Grouping { contrast: String::new(), groups: vec![group] }
    }
}

impl Locus {
    /// An event of the gene.
    pub fn event(&self, event_id: &str) -> Option<&LocusEvent> {
        self.events.iter().find(|event| event.event_id == event_id)
    }
}

impl LocusEvent {
    /// The introns of a form's exons, in genome order; touching and overlapping exons have none.
    pub fn introns(exons: &[Interval]) -> Vec<Interval> {
        exons.windows(2).filter_map(|pair| Interval::new(pair[0].end(), pair[1].start())).collect()
    }

    /// What was found in a contrast.
    pub fn test(&self, contrast: &str) -> Option<&LocusTest> {
        self.tests.iter().find(|test| test.contrast == contrast)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_neighbours_are_one_run() {
        let runs = DepthRuns::of([(5, 0.0), (5, 0.0), (10, 12.34), (3, 100.4)].into_iter());
        assert_eq!(runs.0, [(10, 0), (10, 123), (3, 1000)]);
        assert_eq!(
            runs.from(100).collect::<Vec<_>>(),
            [(100, 110, 0.0), (110, 120, 12.3), (120, 123, 100.0)]
        );
        assert_eq!(runs.bases(), 23);
    }
}
