//! Known events beside what a run measured of them.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use nadsplice_core::{ContigId, Event, Form, Interval};
use nadsplice_panel::{
    Agreement, Build, CoordinateCheck, DescribedForm, EventPlace, GeneIndex, KnownEvent, RunJunction,
    known_events, known_junctions, match_known,
};
use nadsplice_table::{DifferentialRow, EventRow, KnownEventRow, read_events};

use super::Results;
use crate::messages::Messages;

/// Known events, looked up in a run.
pub(super) struct KnownInRun {
    build: Option<Build>,
    /// Whether `events.tsv` has the exons of its events.
    has_exons: bool,
    places: Vec<KnownPlace>,
}

/// A known event with what the run has of it.
struct KnownPlace {
    known: &'static KnownEvent,
    gene_id: Vec<String>,
    /// Whether its gene lies in the parts of the genome that were counted.
    is_counted: bool,
    exact: Vec<String>,
    similar: Vec<String>,
    /// Rows of `junctions.tsv`: the sides of the inclusion form, and the skipping form.
    inclusion: Vec<Vec<usize>>,
    skipping: Vec<usize>,
}

/// What was measured of an event in one contrast.
#[derive(Default)]
struct Measured {
    event: Option<String>,
    psi: [Option<f64>; 2],
    delta: Option<f64>,
    interval: [Option<f64>; 2],
    q_value: Option<f64>,
    reads: Option<[u64; 2]>,
    status: String,
}

impl KnownInRun {
    /// Looks all known events up among the events and junctions of a run.
    pub(super) fn find(quant: &Path, results: &Results, index: &GeneIndex) -> anyhow::Result<Self> {
        let events = read_events(quant)?;
        let leads = results.junctions.leads();
        let introns = leads
            .iter()
            .filter(|lead| lead.annotated)
            .filter_map(|lead| Some((lead.chrom.as_str(), Interval::new(lead.start0, lead.end)?)));
        let build = Build::of_introns(introns);
        let mut places: Vec<KnownPlace> =
            known_events().iter().map(|known| KnownPlace::new(known, results, index)).collect();
        let has_exons = events.iter().any(|event| !event.skipping_exons.is_empty());
        if let Some(build) = build {
            add_events(&mut places, &events, build);
            add_junctions(&mut places, results, build);
        }
        Ok(Self { build, has_exons, places })
    }

    /// The rows of a contrast.
    pub(super) fn rows(
        &self,
        results: &Results,
        label: &str,
        members: &[Option<bool>],
    ) -> Vec<KnownEventRow> {
        let wanted: HashSet<&str> =
            self.places.iter().flat_map(|place| &place.exact).map(String::as_str).collect();
        let tests: HashMap<&str, &DifferentialRow> = results
            .tests
            .iter()
            .filter(|test| test.contrast == label && wanted.contains(test.event_id.as_str()))
            .map(|test| (test.event_id.as_str(), test))
            .collect();
        self.places.iter().map(|place| self.row(place, results, &tests, label, members)).collect()
    }

    /// Says how many known events the run has.
    pub(super) fn summarise(&self, rows: &[KnownEventRow], messages: Messages) {
        let placed = rows.iter().filter(|row| !row.parts.is_empty()).count();
        let count = |word: &str| rows.iter().filter(|row| row.found == word).count();
        messages.detail(match self.build {
            Some(build) => format!(
                "known events on {}: {placed} rows with coordinates, {} with an event, {} with junctions only",
                build.name(),
                count("exact"),
                count("junctions"),
            ),
            None => "known events: the annotation has the splice sites of none".to_owned(),
        });
    }

    fn row(
        &self,
        place: &KnownPlace,
        results: &Results,
        tests: &HashMap<&str, &DifferentialRow>,
        label: &str,
        members: &[Option<bool>],
    ) -> KnownEventRow {
        let known = place.known;
        let locus = self.build.and_then(|build| known.locus(build));
        let pooled = place.pooled(results, members);
        let (found, measured) = if let Some(test) = place.most_covered(tests) {
            ("exact", measured_event(test))
        } else if pooled.is_some() {
            ("junctions", measured_junctions(pooled))
        } else {
            ("none", Measured { status: "not_tested".to_owned(), ..Measured::default() })
        };
        let form_change = match known.form {
            Some(DescribedForm::Inclusion) => measured.delta,
            Some(DescribedForm::Skipping) => measured.delta.map(|delta| -delta),
            None => None,
        };
        KnownEventRow {
            contrast: label.to_owned(),
            gene_name: known.gene.clone(),
            gene_id: place.gene_id.clone(),
            event: known.event.clone(),
            effect: known.effect.clone(),
            kind: known.kind,
            form: known.form.map(|form| form.name().to_owned()),
            build: self.build.map(|build| build.name().to_owned()),
            chrom: locus.map(|locus| locus.contig.clone()),
            parts: locus.map(|locus| locus.parts.clone()).unwrap_or_default(),
            found: found.to_owned(),
            event_id: place.exact.clone(),
            similar_events: place.similar.clone(),
            reason: self.reason(place, found, &measured, pooled),
            measured_event: measured.event,
            psi_case: measured.psi[0],
            psi_control: measured.psi[1],
            delta_psi: measured.delta,
            ci_low: measured.interval[0],
            ci_high: measured.interval[1],
            form_change,
            q_value: measured.q_value,
            reads_case: measured.reads.map(|reads| reads[0]),
            reads_control: measured.reads.map(|reads| reads[1]),
            status: measured.status,
            citation: known.citation.clone(),
            reference: known.reference.clone(),
            evidence: known.evidence.name().to_owned(),
        }
    }

    /// Why there is no event or no test; nothing for a tested one.
    fn reason(
        &self,
        place: &KnownPlace,
        found: &str,
        measured: &Measured,
        pooled: Option<[Pooled; 2]>,
    ) -> String {
        let known = place.known;
        if found == "exact" {
            let [case, control] = measured.reads.unwrap_or_default();
            return match measured.status.as_str() {
                "ok" => String::new(),
                status => format!("not tested: {status} ({case} and {control} fragments)"),
            };
        }
        if let Some(why) = without_coordinates(known) {
            return why.to_owned();
        }
        if place.gene_id.is_empty() {
            return format!("{} is not in the annotation", known.gene);
        }
        if !place.is_counted {
            return format!("{} is outside the regions that were counted", known.gene);
        }
        let Some(build) = self.build else {
            let builds = Build::ALL.map(Build::name).join(", ");
            return format!("the annotation's coordinates are of none of {builds}");
        };
        if known.locus(build).is_none() {
            return format!("no coordinates on {}: RefSeq has no such exon there", build.name());
        }
        let similar = match place.similar.len() {
            0 => String::new(),
            1 => "; 1 event shares an end of it".to_owned(),
            n => format!("; {n} events share an end of it"),
        };
        if let Some(pooled) = pooled {
            let sum = |of: fn(&Pooled) -> f64| pooled.iter().map(of).sum::<f64>();
            return format!(
                "the annotation has no transcript that makes it an event: fragments on its junctions, {} for inclusion \
                 and {} for skipping, without a test{similar}",
                sum(|group| group.inclusion),
                sum(|group| group.skipping),
            );
        }
        if !self.has_exons {
            return "events.tsv has no exons to compare with".to_owned();
        }
        if place.inclusion.iter().all(Vec::is_empty) && place.skipping.is_empty() {
            return format!("no junction of the run ends at its exon{similar}");
        }
        format!("no fragment on its junctions{similar}")
    }
}

/// Why an event has coordinates on no build.
fn without_coordinates(known: &KnownEvent) -> Option<&'static str> {
    if !known.loci.is_empty() {
        return None;
    }
    Some(match known.coordinates {
        CoordinateCheck::NotGiven => "the source does not place it exactly",
        CoordinateCheck::Several => "the row stands for more than one event",
        CoordinateCheck::NotNamed => "the source does not name the event",
        _ => "no transcript of RefSeq has it, so it has no coordinates",
    })
}

impl KnownPlace {
    fn new(known: &'static KnownEvent, results: &Results, index: &GeneIndex) -> Self {
        let found = known.identity().and_then(|identity| index.resolve(&identity));
        let mut gene_id: Vec<String> = found
            .iter()
            .flat_map(nadsplice_panel::Match::genes)
            .map(|&gene| results.all_genes[gene].0.clone())
            .collect();
        gene_id.dedup();
        let mut genes = found.iter().flat_map(nadsplice_panel::Match::genes);
        let is_counted = results.has_counted(&mut genes);
        Self {
            known,
            gene_id,
            is_counted,
            exact: vec![],
            similar: vec![],
            inclusion: vec![],
            skipping: vec![],
        }
    }

    /// The exact event with most fragments; the first of equals. Labels and p-values have no say in it.
    fn most_covered<'t>(&self, tests: &HashMap<&str, &'t DifferentialRow>) -> Option<&'t DifferentialRow> {
        let tested = self.exact.iter().filter_map(|id| tests.get(id.as_str()).copied());
        tested.reduce(|best, other| {
            let reads = |test: &DifferentialRow| test.reads_case + test.reads_control;
            if reads(other) > reads(best) { other } else { best }
        })
    }

    /// Fragments on its junctions in case and control group; nothing where there are none at all.
    fn pooled(&self, results: &Results, members: &[Option<bool>]) -> Option<[Pooled; 2]> {
        let sum = |rows: &[usize], case: bool| -> f64 {
            let of = |&row: &usize| -> u64 {
                let fragments = results.junctions.row(row).iter().zip(members);
                fragments.filter(|(_, m)| **m == Some(case)).map(|(n, _)| u64::from(n.unwrap_or(0))).sum()
            };
            rows.iter().map(of).sum::<u64>() as f64
        };
        let group = |case: bool| Pooled {
            inclusion: self.inclusion.iter().map(|side| sum(side, case)).sum::<f64>()
                / self.inclusion.len().max(1) as f64,
            skipping: sum(&self.skipping, case),
        };
        let groups = [group(true), group(false)];
        groups.iter().any(|group| group.total() > 0.0).then_some(groups)
    }
}

/// Fragments of a group on the junctions of either form; both sides of an exon averaged.
#[derive(Clone, Copy)]
struct Pooled {
    inclusion: f64,
    skipping: f64,
}

impl Pooled {
    fn total(self) -> f64 {
        self.inclusion + self.skipping
    }

    fn psi(self) -> Option<f64> {
        (self.total() > 0.0).then(|| self.inclusion / self.total())
    }
}

fn measured_event(test: &DifferentialRow) -> Measured {
    Measured {
        event: Some(test.event_id.clone()),
        psi: [test.psi_case, test.psi_control],
        delta: test.delta_psi,
        interval: [test.ci_low, test.ci_high],
        q_value: test.q_value,
        reads: Some([test.reads_case, test.reads_control]),
        status: test.status.clone(),
    }
}

fn measured_junctions(pooled: Option<[Pooled; 2]>) -> Measured {
    let psi = pooled.map_or([None; 2], |groups| groups.map(Pooled::psi));
    Measured {
        psi,
        delta: psi[0].zip(psi[1]).map(|(case, control)| case - control),
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "a sum of counts, halved"
        )]
        reads: pooled.map(|groups| groups.map(|group| group.total().round() as u64)),
        status: "not_tested".to_owned(),
        ..Measured::default()
    }
}

/// Adds the run's events at the places of known ones, in the order of `events.tsv`.
fn add_events(places: &mut [KnownPlace], events: &[EventRow], build: Build) {
    let form = |exons: &[Interval]| Form { exons: exons.to_vec() };
    let run: Vec<EventPlace<'_>> = events
        .iter()
        .map(|row| {
            let event = Event {
                kind: row.kind,
                contig: ContigId(0),
                strand: row.strand,
                genes: Vec::new(),
                inclusion: form(&row.inclusion_exons),
                skipping: form(&row.skipping_exons),
            };
            EventPlace::of(&event, &row.chrom)
        })
        .collect();
    for found in match_known(&run, build) {
        let Some(place) = places.iter_mut().find(|place| std::ptr::eq(place.known, found.known)) else {
            continue;
        };
        let list = match found.agreement {
            Agreement::Exact => &mut place.exact,
            Agreement::OneSided => &mut place.similar,
        };
        list.push(events[found.event].event_id.clone());
    }
}

/// Adds the run's junctions at the places of known events.
fn add_junctions(places: &mut [KnownPlace], results: &Results, build: Build) {
    let (rows, junctions): (Vec<usize>, Vec<RunJunction<'_>>) = results
        .junctions
        .leads()
        .iter()
        .enumerate()
        .filter_map(|(row, lead)| {
            let intron = Interval::new(lead.start0, lead.end)?;
            Some((row, RunJunction { contig: &lead.chrom, intron, strand: lead.strand }))
        })
        .unzip();
    let row_of = |list: Vec<usize>| list.into_iter().map(|k| rows[k]).collect();
    for place in places {
        if let Some((kind, locus)) = place.known.kind.zip(place.known.locus(build)) {
            let found = known_junctions(kind, locus, &junctions);
            place.inclusion = found.inclusion.into_iter().map(row_of).collect();
            place.skipping = row_of(found.skipping);
        }
    }
}
