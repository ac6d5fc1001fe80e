//! Inclusion and skipping counts of every event of a catalogue in one sample, with their effective lengths.

use nadsplice_core::{
    Annotation, CountParameters, Event, Evidence, FragmentEvidence, Interval, JunctionTable,
    LibraryStrandedness, SampleCounts,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use smallvec::SmallVec;

use crate::{
    Catalogue,
    evidence::{ContigEvidence, Senses},
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
    shapes: Shapes,
    introns: Introns,
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
        let plans: Vec<EventPlan> = catalogue.events.par_iter().map(plan).collect();
        Self {
            catalogue,
            shapes: Shapes::of(catalogue, &plans, annotation),
            introns: Introns::of(catalogue, &plans, annotation.contigs.len()),
            plans,
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
            lengths: Lengths::new(ReadGeometry::of(sample), &sample.parameters, &self.shapes),
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
    lengths: Lengths<'a>,
    counts: EventCounts,
}

impl SamplePass<'_> {
    /// Counts the events of one contig.
    fn contig(&mut self, events: std::ops::Range<usize>) {
        let contig = self.plan.catalogue.events[events.start].contig.index();
        let evidence = ContigEvidence::new(&self.evidence.contigs[contig], &self.plan.cuts[contig]);
        let junctions = evidence.junctions(&self.plan.introns.of_contig[contig]);
        for k in events {
            self.event(k, &evidence, &junctions);
        }
    }

    /// Counts one event; `junctions` are those of the contig's introns.
    fn event(&mut self, k: usize, evidence: &ContigEvidence<'_>, junctions: &[Option<u32>]) {
        let (event, plan) = (&self.plan.catalogue.events[k], &self.plan.plans[k]);
        let senses = Senses::of(self.library, event.strand);
        let crossed = self.plan.introns.of_event[k].each_ref().map(|introns| -> SmallVec<[u32; 4]> {
            introns.iter().filter_map(|&intron| junctions[intron as usize]).collect()
        });
        let found = evidence.over_junctions(&crossed[0], &crossed[1]);
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
        let shapes = self.plan.shapes.of_event[k];
        let inclusion_length = self.lengths.of_form(&plan.inclusion, shapes[0], self.kind);
        let skipping_length = self.lengths.of_form(&plan.skipping, shapes[1], self.kind);
        self.counts.inclusion.push(inclusion);
        self.counts.skipping.push(skipping);
        self.counts.inclusion_length.push(inclusion_length);
        self.counts.skipping_length.push(skipping_length);
    }
}

/// The introns of a catalogue's forms, so that a sample's junctions are looked up once for each.
#[derive(Debug)]
struct Introns {
    /// For each contig, sorted, each once.
    of_contig: Vec<Vec<Interval>>,
    /// For each event those of inclusion and skipping, by their numbers in its contig.
    of_event: Vec<[SmallVec<[u32; 4]>; 2]>,
}

impl Introns {
    fn of(catalogue: &Catalogue, plans: &[EventPlan], contigs: usize) -> Self {
        let events = || catalogue.events.iter().map(|event| event.contig.index()).zip(plans);
        let mut of_contig = vec![Vec::new(); contigs];
        for (contig, plan) in events() {
            of_contig[contig].extend([&plan.inclusion, &plan.skipping].into_iter().flat_map(|f| &f.introns));
        }
        of_contig.par_iter_mut().for_each(|introns: &mut Vec<Interval>| {
            introns.sort_unstable();
            introns.dedup();
        });
        let numbers = |contig: usize, form: &FormPlan| {
            let known = &of_contig[contig];
            // There are fewer than bases of a contig, and all of them are there.
            let number = |intron| known.binary_search(intron).ok().and_then(|k| u32::try_from(k).ok());
            form.introns.iter().filter_map(number).collect()
        };
        let of_event = events()
            .map(|(contig, plan)| [numbers(contig, &plan.inclusion), numbers(contig, &plan.skipping)])
            .collect();
        Self { of_contig, of_event }
    }
}

/// What the length of a form's junctions depends on, but for the sample.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
struct Shape {
    /// On the form's coordinates, each with whether the annotation has the intron.
    junctions: SmallVec<[(i64, bool); 2]>,
    limits: Limits,
}

/// The distinct shapes of a catalogue's forms: most forms have that of many others.
#[derive(Debug)]
struct Shapes {
    distinct: Vec<Shape>,
    /// For each event the shapes of inclusion and skipping, by their numbers.
    of_event: Vec<[usize; 2]>,
}

impl Shapes {
    fn of(catalogue: &Catalogue, plans: &[EventPlan], annotation: &Annotation) -> Self {
        let introns = annotation.introns();
        let mut distinct = Vec::new();
        let mut numbers: FxHashMap<Shape, usize> = FxHashMap::default();
        let mut number = |event: &Event, form: &FormPlan| {
            let introns = &introns[event.contig.index()];
            let is_annotated = |intron| introns.binary_search(intron).is_ok();
            let junctions = form.introns.iter().zip(&form.places);
            let shape = Shape {
                junctions: junctions.map(|(intron, &at)| (at, is_annotated(intron))).collect(),
                limits: form.limits,
            };
            *numbers.entry(shape).or_insert_with_key(|shape| {
                distinct.push(shape.clone());
                distinct.len() - 1
            })
        };
        let of_event = catalogue
            .events
            .iter()
            .zip(plans)
            .map(|(event, plan)| [number(event, &plan.inclusion), number(event, &plan.skipping)])
            .collect();
        Self { distinct, of_event }
    }
}

/// Effective lengths of one sample; equal geometry is computed once.
struct Lengths<'a> {
    geometry: ReadGeometry,
    /// One more than the longest fragment: beyond it neither a gap nor a limit makes a difference.
    far: i64,
    annotated_overhang: u32,
    novel_overhang: u32,
    shapes: &'a [Shape],
    /// By the numbers of shapes.
    of_shape: Vec<Option<f64>>,
    /// Shapes that differ only beyond the longest fragment have one length.
    known: FxHashMap<SmallVec<[i64; 8]>, f64>,
}

impl<'a> Lengths<'a> {
    fn new(geometry: ReadGeometry, parameters: &CountParameters, shapes: &'a Shapes) -> Self {
        Self {
            far: i64::from(geometry.longest()) + 1,
            geometry,
            annotated_overhang: parameters.min_overhang,
            novel_overhang: parameters.min_overhang_novel,
            shapes: &shapes.distinct,
            of_shape: vec![None; shapes.distinct.len()],
            known: FxHashMap::default(),
        }
    }

    fn of_form(&mut self, form: &FormPlan, shape: usize, kind: EvidenceKind) -> f64 {
        let mut total = self.of_shape[shape].unwrap_or_else(|| {
            let length = self.of_junctions(&self.shapes[shape]);
            self.of_shape[shape] = Some(length);
            length
        });
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

    fn of_junctions(&mut self, shape: &Shape) -> f64 {
        let overhang =
            |is_annotated| if is_annotated { self.annotated_overhang } else { self.novel_overhang };
        let points: SmallVec<[Point; 4]> = shape
            .junctions
            .iter()
            .map(|&(at, is_annotated)| Point { at, overhang: overhang(is_annotated) })
            .collect();
        if points.is_empty() { 0.0 } else { self.of_points(&points, shape.limits) }
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
