//! Genes and events of a cohort, chosen at random.

use std::collections::{HashMap, HashSet};

use nadsplice_core::{Annotation, Event, GeneId};
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

/// One event of each gene that has any, with a PSI between 0.05 and 0.95 in the first group, and, in a random share
/// of the genes, another PSI in all other groups.
///
/// Events without an isoform pair ([`isoform_pair`]) are passed over. The result has the order of `events`.
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
    let mut taken: HashSet<GeneId> = HashSet::new();
    let mut chosen: Vec<usize> = order
        .into_iter()
        .filter(|&i| {
            let free = !events[i].genes.iter().any(|gene| taken.contains(gene));
            let usable = free && isoform_pair(&events[i], annotation).is_some();
            if usable {
                taken.extend(&events[i].genes);
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
    let mut rng = stream(seed, Purpose::Expression, 0, 0);
    let express = |(gene, model): (GeneId, &nadsplice_core::Gene)| {
        let deviate: f64 = StandardNormal.sample(&mut rng);
        let bases = model.transcripts.first().map_or(0, |t| t.exons.iter().map(|e| e.len()).sum::<u32>());
        GeneSpec {
            gene,
            expression: f64::from(bases) * (expression.sd_log * deviate).exp(),
            event: by_gene.get(&gene).map(|&planned| planned.clone()),
        }
    };
    Ok(annotation.genes().map(express).collect())
}
