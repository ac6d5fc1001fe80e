//! Inclusion and skipping counts of every event of a catalogue in one sample, with their effective lengths.

use nadsplice_core::{
    Annotation, CountParameters, Event, Evidence, FragmentEvidence, Interval, JunctionTable,
    LibraryStrandedness, SampleCounts,
};
use rustc_hash::{FxHashMap, FxHashSet};
use smallvec::SmallVec;

use crate::{
    Catalogue,
    evidence::{ContigEvidence, Senses, intron_set},
    geometry::{Limits, Point, ReadGeometry},
    junction_sum,
    plan::{Body, EventPlan, FormPlan},
};

/// Which reads are evidence for a form.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EvidenceKind {
    /// Fragments over the form's junctions; for a retained intron, contiguous fragments over its boundaries.
    #[default]
    Junctions,
    /// Also unspliced fragments inside the alternative region, and over the boundary of A5SS and A3SS.
    Body,
}

/// A catalogue with what counting needs of it and of the annotation, shared by all samples.
#[derive(Debug)]
pub struct CountingPlan<'a> {
    catalogue: &'a Catalogue,
    plans: Vec<EventPlan>,
    introns: Vec<FxHashSet<Interval>>,
    cuts: Vec<Vec<u32>>,
    contigs: &'a [String],
}

/// Counts and effective lengths of all events in one sample, in the order of the catalogue. Where an event was not
/// counted (see [`Self::is_counted`]) the lengths are not a number and the counts mean nothing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct EventCounts {
    /// Fragments (or reads) of the inclusion form.
    pub inclusion: Vec<u32>,
    /// Fragments (or reads) of the skipping form.
    pub skipping: Vec<u32>,
    /// Effective length of the inclusion form: expected placements that would be counted.
    pub inclusion_length: Vec<f64>,
    /// Effective length of the skipping form.
    pub skipping_length: Vec<f64>,
}

impl EventCounts {
    /// PSI of event `k`: `(I / lI) / (I / lI + S / lS)` in [0, 1]; nothing without reads or without a length.
    pub fn psi(&self, k: usize) -> Option<f64> {
        psi(
            f64::from(self.inclusion[k]),
            f64::from(self.skipping[k]),
            self.inclusion_length[k],
            self.skipping_length[k],
        )
    }
}

/// Percent spliced in, as a fraction: `(I / lI) / (I / lI + S / lS)`, in [0, 1]; nothing without reads or lengths.
pub fn psi(inclusion: f64, skipping: f64, inclusion_length: f64, skipping_length: f64) -> Option<f64> {
    if inclusion_length <= 0.0 || skipping_length <= 0.0 {
        return None;
    }
    let (i, s) = (inclusion / inclusion_length, skipping / skipping_length);
    (i + s > 0.0).then(|| i / (i + s))
}

/// A sample cannot be quantified with this catalogue.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum QuantifyError {
    /// The counts were made with other contigs.
    #[error("the counts of sample `{sample}` were made with another annotation: its contigs differ")]
    Contigs {
        /// The sample.
        sample: String,
    },
    /// The counts are of the other kind.
    #[error(
        "the counts of sample `{sample}` were made with `--counting {found}`, expected `--counting {expected}`\n\
         hint: all samples of a run are counted in one way"
    )]
    Counting {
        /// The sample.
        sample: String,
        /// Its kind.
        found: &'static str,
        /// The kind of the run.
        expected: &'static str,
    },
    /// Reads inside exons and introns are asked of a table of junctions.
    #[error(
        "sample `{sample}` is a junction table, which has no reads inside exons and introns, so there is no body \
         evidence\n\
         hint: leave `--evidence body` out, or take the alignments"
    )]
    NoBodies {
        /// The sample.
        sample: String,
    },
}

impl<'a> CountingPlan<'a> {
    /// Prepares the events of a catalogue for counting.
    pub fn new(catalogue: &'a Catalogue, annotation: &'a Annotation) -> Self {
        let cuts = annotation.exon_boundaries();
        let plan = |event: &Event| {
            let mut plan = EventPlan::new(event);
            plan.keep_counted_bodies(&cuts[event.contig.index()]);
            plan
        };
        Self {
            catalogue,
            plans: catalogue.events.iter().map(plan).collect(),
            introns: annotation.introns().iter().map(|i| intron_set(i)).collect(),
            cuts,
            contigs: annotation.contigs.names(),
        }
    }

    /// Counts every event in one sample of the given library strandedness.
    ///
    /// # Errors
    /// When the counts belong to another annotation, are of rMATS's reads, or are junctions alone where bodies are
    /// asked for.
    pub fn quantify(
        &self,
        sample: &SampleCounts,
        library: LibraryStrandedness,
        kind: EvidenceKind,
    ) -> Result<EventCounts, QuantifyError> {
        if sample.contigs != self.contigs {
            return Err(QuantifyError::Contigs { sample: sample.sample.clone() });
        }
        let evidence = match &sample.evidence {
            Evidence::Fragments(evidence) => evidence,
            Evidence::Junctions(table) if kind == EvidenceKind::Junctions => {
                return Ok(self.quantify_table(table));
            }
            Evidence::Junctions(_) => {
                return Err(QuantifyError::NoBodies { sample: sample.sample.clone() });
            }
            Evidence::Rmats(_) => {
                return Err(QuantifyError::Counting {
                    sample: sample.sample.clone(),
                    found: "rmats",
                    expected: "fragments",
                });
            }
        };
        let mut pass = SamplePass {
            plan: self,
            evidence,
            library,
            kind,
            lengths: Lengths::new(ReadGeometry::of(sample), &sample.parameters),
            counts: EventCounts::default(),
        };
        let events = &self.catalogue.events;
        let mut from = 0;
        while from < events.len() {
            let contig = events[from].contig;
            let to = from + events[from..].partition_point(|e| e.contig == contig);
            pass.contig(from..to);
            from = to;
        }
        Ok(pass.counts)
    }

    fn quantify_table(&self, table: &JunctionTable) -> EventCounts {
        let mut counts = EventCounts::default();
        for (event, plan) in self.catalogue.events.iter().zip(&self.plans) {
            junction_sum::count(table, event, [&plan.inclusion, &plan.skipping], &mut counts);
        }
        counts
    }
}

/// One sample on its way through the catalogue.
struct SamplePass<'a> {
    plan: &'a CountingPlan<'a>,
    evidence: &'a FragmentEvidence,
    library: LibraryStrandedness,
    kind: EvidenceKind,
    lengths: Lengths,
    counts: EventCounts,
}

impl SamplePass<'_> {
    /// Counts the events of one contig.
    fn contig(&mut self, events: std::ops::Range<usize>) {
        let contig = self.plan.catalogue.events[events.start].contig.index();
        let evidence = ContigEvidence::new(&self.evidence.contigs[contig], &self.plan.cuts[contig]);
        let introns = &self.plan.introns[contig];
        for k in events {
            let (event, plan) = (&self.plan.catalogue.events[k], &self.plan.plans[k]);
            self.event(event, plan, &evidence, introns);
        }
    }

    fn event(
        &mut self,
        event: &Event,
        plan: &EventPlan,
        evidence: &ContigEvidence<'_>,
        introns: &FxHashSet<Interval>,
    ) {
        let senses = Senses::of(self.library, event.strand);
        let found = evidence.over_junctions(&plan.inclusion.introns, &plan.skipping.introns);
        let unspliced = |form: &FormPlan| -> u32 {
            let boundaries: u32 = form.boundaries.iter().map(|&b| evidence.over_boundary(b, senses)).sum();
            let body: u32 = match self.kind {
                EvidenceKind::Junctions => 0,
                EvidenceKind::Body => form
                    .body
                    .iter()
                    .map(|&body| match body {
                        Body::Inside(region) => evidence.inside(region, senses),
                        Body::Alternative { boundary, region, exon } => {
                            evidence.alternative(boundary, region, exon, senses)
                        }
                    })
                    .sum(),
            };
            boundaries + body
        };
        let inclusion = found.inclusion + unspliced(&plan.inclusion);
        let skipping = found.skipping + unspliced(&plan.skipping);
        let inclusion_length = self.lengths.of_form(&plan.inclusion, introns, self.kind);
        let skipping_length = self.lengths.of_form(&plan.skipping, introns, self.kind);
        self.counts.inclusion.push(inclusion);
        self.counts.skipping.push(skipping);
        self.counts.inclusion_length.push(inclusion_length);
        self.counts.skipping_length.push(skipping_length);
    }
}

/// Effective lengths of one sample; equal geometry is computed once.
struct Lengths {
    geometry: ReadGeometry,
    /// One more than the longest fragment: beyond it neither a gap nor a limit makes a difference.
    far: i64,
    annotated_overhang: u32,
    novel_overhang: u32,
    known: FxHashMap<SmallVec<[i64; 8]>, f64>,
}

impl Lengths {
    fn new(geometry: ReadGeometry, parameters: &CountParameters) -> Self {
        Self {
            far: i64::from(geometry.longest()) + 1,
            geometry,
            annotated_overhang: parameters.min_overhang,
            novel_overhang: parameters.min_overhang_novel,
            known: FxHashMap::default(),
        }
    }

    fn of_form(&mut self, form: &FormPlan, introns: &FxHashSet<Interval>, kind: EvidenceKind) -> f64 {
        let mut total = self.of_junctions(form, introns);
        for _ in &form.boundaries {
            total += self.of_points(&[Point { at: 0, overhang: self.novel_overhang }], Limits::default());
        }
        if kind == EvidenceKind::Body {
            for body in &form.body {
                total += match *body {
                    Body::Inside(region) => self.geometry.inside(region.len()),
                    Body::Alternative { boundary, region, exon } => self.geometry.crossing_or_inside(
                        Point { at: i64::from(boundary), overhang: self.novel_overhang },
                        (i64::from(region.start()), i64::from(region.end())),
                        Limits { start: Some(i64::from(exon.start())), end: Some(i64::from(exon.end())) },
                    ),
                };
            }
        }
        total
    }

    fn of_junctions(&mut self, form: &FormPlan, introns: &FxHashSet<Interval>) -> f64 {
        let overhang = |intron: &Interval| {
            if introns.contains(intron) { self.annotated_overhang } else { self.novel_overhang }
        };
        let points: SmallVec<[Point; 4]> = form
            .introns
            .iter()
            .zip(&form.places)
            .map(|(intron, &at)| Point { at, overhang: overhang(intron) })
            .collect();
        if points.is_empty() { 0.0 } else { self.of_points(&points, form.limits) }
    }

    fn of_points(&mut self, points: &[Point], limits: Limits) -> f64 {
        let far = self.far;
        let mut near: SmallVec<[Point; 4]> = SmallVec::with_capacity(points.len());
        for (k, point) in points.iter().enumerate() {
            let at = if k == 0 { 0 } else { near[k - 1].at + (point.at - points[k - 1].at).min(far) };
            near.push(Point { at, overhang: point.overhang });
        }
        let limits =
            Limits { start: limits.start.filter(|&s| -s < far), end: limits.end.filter(|&e| e < far) };
        let mut key: SmallVec<[i64; 8]> = near.iter().flat_map(|p| [p.at, i64::from(p.overhang)]).collect();
        key.extend([limits.start.unwrap_or(i64::MIN), limits.end.unwrap_or(i64::MAX)]);
        if let Some(&length) = self.known.get(&key) {
            return length;
        }
        let length = self.geometry.crossing(&near, limits);
        self.known.insert(key, length);
        length
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn psi_divides_by_lengths_first() {
        assert_eq!(psi(20.0, 10.0, 200.0, 100.0), Some(0.5));
        assert_eq!(psi(0.0, 0.0, 200.0, 100.0), None);
        assert_eq!(psi(5.0, 0.0, 200.0, 100.0), Some(1.0));
        assert_eq!(psi(5.0, 5.0, 0.0, 100.0), None);
    }
}
