//! Genes and events of a cohort, chosen at random.

use std::collections::{BTreeMap, HashMap};

use nadsplice_core::{Annotation, ContigId, Event, Gene, GeneId, Interval};
use rand::{RngExt, seq::SliceRandom};
use rand_distr::{Distribution, StandardNormal};

use crate::{
    GeneSpec, PlannedEvent, SimulateError, isoform_pair,
    random::{Purpose, stream},
};

/// Expression across genes: log-normal.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Expression {
    /// Standard deviation of the natural logarithm of molar abundance, at least 0. Default 1.5.
    pub sd_log: f64,
}

impl Default for Expression {
    fn default() -> Self {
        Self { sd_log: 1.5 }
    }
}

/// Which events change, and by how much.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventPlan {
    /// Share of the genes with an event in which it changes, in [0, 1]. Default 0.1.
    pub changed: f64,
    /// Size of the change in PSI between the first group and all others, in [0, 0.9]; up and down alike. Default 0.3.
    pub delta: f64,
}

impl Default for EventPlan {
    fn default() -> Self {
        Self { changed: 0.1, delta: 0.3 }
    }
}

/// Events in genes that do not overlap each other, one in each, with a PSI between 0.05 and 0.95 in the first group,
/// and, in a random share of them, another PSI in all other groups.
///
/// Which of a gene's events, and which of overlapping genes, is random. Events without an isoform pair
/// ([`isoform_pair`]) are passed over. The result has the order of `events`.
///
/// # Errors
/// When a number of the plan is out of range.
pub fn plan_events(
    events: &[Event],
    annotation: &Annotation,
    groups: usize,
    plan: &EventPlan,
    seed: u64,
) -> Result<Vec<PlannedEvent>, SimulateError> {
    let in_range = |what: &str, value: f64, upper: f64, expected| {
        if (0.0..=upper).contains(&value) {
            return Ok(());
        }
        Err(SimulateError::Range { what: what.to_owned(), found: value.to_string(), expected })
    };
    in_range("the share of changed genes", plan.changed, 1.0, "0 to 1")?;
    in_range("the change in PSI", plan.delta, 0.9, "0 to 0.9")?;
    let mut rng = stream(seed, Purpose::Plan, 0, 0);
    // In random order, so that no kind of event is favoured by its place in the catalogue.
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.shuffle(&mut rng);
    let mut taken = Taken::new(annotation.contigs.len());
    let mut chosen: Vec<usize> = order
        .into_iter()
        .filter(|&i| {
            let spans = || events[i].genes.iter().filter_map(|&id| annotation.gene(id).span());
            let Some(span) = Interval::new(
                spans().map(Interval::start).min().unwrap_or(0),
                spans().map(Interval::end).max().unwrap_or(0),
            ) else {
                return false;
            };
            let contig = events[i].contig;
            let usable = taken.is_free(contig, span) && isoform_pair(&events[i], annotation).is_some();
            if usable {
                taken.take(contig, span);
            }
            usable
        })
        .collect();
    chosen.sort_unstable();
    let draw = |i: usize| {
        let changed = rng.random_bool(plan.changed);
        let delta = if changed { plan.delta } else { 0.0 };
        let low = 0.05 + (0.9 - delta) * rng.random::<f64>();
        let (first, other) = if rng.random() { (low, low + delta) } else { (low + delta, low) };
        let psi = (0..groups).map(|group| if group == 0 { first } else { other }).collect();
        PlannedEvent { event: events[i].clone(), psi }
    };
    Ok(chosen.into_iter().map(draw).collect())
}

/// Every gene of the annotation with a random expression, and the events in their genes: an event in the gene of
/// its isoform pair.
///
/// Genes without an event that overlap another gene's event, on either strand, are silent, since their reads would
/// count for it. Events of overlapping genes can still disturb each other.
///
/// # Errors
/// When an event has no isoform pair or two events meet in one gene.
pub fn express(
    annotation: &Annotation,
    events: &[PlannedEvent],
    expression: &Expression,
    seed: u64,
) -> Result<Vec<GeneSpec>, SimulateError> {
    if !(expression.sd_log >= 0.0 && expression.sd_log.is_finite()) {
        return Err(SimulateError::Range {
            what: "the spread of expression".to_owned(),
            found: expression.sd_log.to_string(),
            expected: "at least 0",
        });
    }
    let id = |event: &Event| event.id(annotation.contigs.name(event.contig));
    let mut by_gene: HashMap<GeneId, &PlannedEvent> = HashMap::new();
    for planned in events {
        let pair = isoform_pair(&planned.event, annotation)
            .ok_or_else(|| SimulateError::NoTranscript { event: id(&planned.event) })?;
        if let Some(other) = by_gene.insert(pair.gene, planned) {
            return Err(SimulateError::SecondEvent {
                gene: annotation.gene(pair.gene).label().to_owned(),
                first: id(&other.event),
                second: id(&planned.event),
            });
        }
    }
    let mut occupied = vec![Vec::new(); annotation.contigs.len()];
    for planned in events {
        occupied[planned.event.contig.index()].extend(planned.event.span());
    }
    let disturbs = |gene: &Gene| {
        let span = gene.span();
        span.is_some_and(|span| {
            occupied[gene.contig.index()].iter().any(|event: &Interval| event.overlaps(span))
        })
    };
    let mut rng = stream(seed, Purpose::Expression, 0, 0);
    let express = |(gene, model): (GeneId, &Gene)| {
        let deviate: f64 = StandardNormal.sample(&mut rng);
        let event = by_gene.get(&gene).map(|&planned| planned.clone());
        let bases = model.transcripts.first().map_or(0, |t| t.exons.iter().map(|e| e.len()).sum::<u32>());
        let audible = event.is_some() || !disturbs(model);
        let expression = if audible { f64::from(bases) * (expression.sd_log * deviate).exp() } else { 0.0 };
        GeneSpec { gene, expression, event }
    };
    Ok(annotation.genes().map(express).collect())
}

/// Disjoint stretches of each contig, their ends by their starts.
struct Taken(Vec<BTreeMap<u32, u32>>);

impl Taken {
    fn new(contigs: usize) -> Self {
        Self(vec![BTreeMap::new(); contigs])
    }

    fn is_free(&self, contig: ContigId, span: Interval) -> bool {
        let before = self.0[contig.index()].range(..span.end()).next_back();
        before.is_none_or(|(_, &end)| end <= span.start())
    }

    fn take(&mut self, contig: ContigId, span: Interval) {
        self.0[contig.index()].insert(span.start(), span.end());
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{EventKind, Form, Strand, Transcript};

    use super::*;

    /// `n` genes, each with a skipped exon; the second half of the events is a variant in the same genes.
    fn toy(n: u32) -> (Annotation, Vec<Event>) {
        let mut annotation = Annotation::default();
        let contig = annotation.contigs.intern("chr1");
        let exons = |i: u32, middle: bool| -> Vec<Interval> {
            let at = i * 10_000;
            let all = [(at, at + 300), (at + 1_000, at + 1_090), (at + 2_000, at + 2_400)];
            all.iter()
                .enumerate()
                .filter(|&(k, _)| middle || k != 1)
                .map(|(_, &(s, e))| Interval::new(s, e).unwrap())
                .collect()
        };
        let mut events = Vec::new();
        for i in (0..n).chain(0..n) {
            events.push(Event {
                kind: EventKind::Se,
                contig,
                strand: Some(Strand::Forward),
                genes: vec![GeneId(i)],
                inclusion: Form { exons: exons(i, true) },
                skipping: Form { exons: exons(i, false) },
            });
        }
        for i in 0..n {
            let transcript = Transcript { id: format!("t{i}"), exons: exons(i, true), cds: vec![] };
            annotation.genes.push(Gene {
                id: format!("g{i}"),
                name: None,
                contig,
                strand: Some(Strand::Forward),
                transcripts: vec![transcript],
            });
        }
        (annotation, events)
    }

    #[test]
    fn each_gene_gets_one_event_and_the_share_asked_for_changes() {
        let (annotation, events) = toy(2_000);
        let plan = EventPlan { changed: 0.25, delta: 0.4 };
        let planned = plan_events(&events, &annotation, 3, &plan, 5).unwrap();
        assert_eq!(planned.len(), 2_000);
        let changed: Vec<&PlannedEvent> =
            planned.iter().filter(|p| (p.psi[0] - p.psi[1]).abs() > 0.0).collect();
        assert!((430..570).contains(&changed.len()), "{}", changed.len());
        assert!(changed.iter().all(|p| ((p.psi[0] - p.psi[1]).abs() - 0.4).abs() < 1e-9 && p.psi.len() == 3));
        let up = changed.iter().filter(|p| p.psi[1] > p.psi[0]).count();
        assert!((up as f64 / changed.len() as f64 - 0.5).abs() < 0.1);
        assert!(planned.iter().flat_map(|p| &p.psi).all(|psi| (0.05..=0.95).contains(psi)));
        assert_eq!(planned, plan_events(&events, &annotation, 3, &plan, 5).unwrap());
        assert_ne!(planned, plan_events(&events, &annotation, 3, &plan, 6).unwrap());
    }

    #[test]
    fn every_gene_is_expressed_and_has_its_event() {
        let (annotation, events) = toy(500);
        let planned: Vec<PlannedEvent> = events[..2]
            .iter()
            .map(|event| PlannedEvent { event: event.clone(), psi: vec![0.5, 0.5] })
            .collect();
        let genes = express(&annotation, &planned, &Expression { sd_log: 1.0 }, 9).unwrap();
        assert_eq!(genes.len(), 500);
        assert!(genes.iter().enumerate().all(|(i, g)| g.event.is_some() == (i < 2)));
        let logs: Vec<f64> = genes.iter().map(|g| g.expression.ln()).collect();
        let mean = logs.iter().sum::<f64>() / 500.0;
        let sd = (logs.iter().map(|l| (l - mean).powi(2)).sum::<f64>() / 500.0).sqrt();
        assert!((sd - 1.0).abs() < 0.1, "{sd}");
        let twice = [planned[0].clone(), planned[0].clone()];
        let error = express(&annotation, &twice, &Expression::default(), 9).unwrap_err().to_string();
        assert!(error.starts_with("gene `g0` has two planned events"), "{error}");
    }

    #[test]
    fn overlapping_genes_do_not_disturb_an_event() {
        let (mut annotation, events) = toy(3);
        let nested = |at: u32| Gene {
            id: "nested".into(),
            strand: Some(Strand::Reverse),
            transcripts: vec![Transcript {
                id: "n".into(),
                exons: vec![Interval::new(at, at + 500).unwrap()],
                cds: vec![],
            }],
            ..annotation.genes[0].clone()
        };
        // One in an intron of the second gene's event, one behind all genes.
        let genes = [nested(11_200), nested(90_000)];
        annotation.genes.extend(genes);
        let planned = plan_events(&events, &annotation, 2, &EventPlan::default(), 1).unwrap();
        assert_eq!(planned.len(), 3);
        let genes = express(&annotation, &planned, &Expression::default(), 1).unwrap();
        let silent: Vec<bool> = genes.iter().map(|g| g.expression <= 0.0).collect();
        assert_eq!(silent, [false, false, false, true, false]);
        // Two genes with events over the same bases: only one of them is planned.
        annotation.genes[1] = Gene { id: "twin".into(), ..annotation.genes[0].clone() };
        let mut twins = events[..2].to_vec();
        twins[1] = Event { genes: vec![GeneId(1)], ..twins[0].clone() };
        assert_eq!(plan_events(&twins, &annotation, 2, &EventPlan::default(), 1).unwrap().len(), 1);
    }

    #[test]
    fn impossible_plans_are_refused() {
        let (annotation, events) = toy(1);
        let refused = |changed, delta| {
            plan_events(&events, &annotation, 2, &EventPlan { changed, delta }, 1).unwrap_err().to_string()
        };
        assert!(refused(1.5, 0.1).contains("share of changed genes is 1.5"));
        assert!(refused(0.5, 0.95).contains("change in PSI is 0.95"));
    }
}
