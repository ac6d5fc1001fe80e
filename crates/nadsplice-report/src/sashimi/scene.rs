//! What of a gene is drawn: the region, its exons, and the junctions with their sides.

use nadsplice_core::{EventKind, Interval};

use super::{ArcCounts, Focus, SashimiData, SashimiOptions, TrackOf};
use crate::figure_data::{Group, LocusEvent, LocusJunction};

/// Bases shown of an event's outer exons.
const FLANK: u32 = 300;
/// Without another wish, the least share of the highest junction that is drawn.
const LEAST_SHARE: f64 = 0.02;

/// A form of an event.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FormName {
    Inclusion,
    Skipping,
}

/// A junction that is drawn.
#[derive(Clone, Debug)]
pub(super) struct Arc<'a> {
    pub(super) intron: Interval,
    /// The form that alone has it.
    pub(super) form: Option<FormName>,
    /// Its counts; nothing where the event has a junction that no sample shows and the annotation lacks.
    pub(super) junction: Option<&'a LocusJunction>,
    /// Whether it is drawn over the coverage, else below it.
    pub(super) above: bool,
}

/// What is drawn.
pub(super) struct Scene<'a> {
    pub(super) region: Interval,
    /// Exons that are to scale.
    pub(super) exons: Vec<Interval>,
    pub(super) event: Option<&'a LocusEvent>,
    /// In genome order.
    pub(super) arcs: Vec<Arc<'a>>,
    /// Junctions that are left out for their low counts.
    pub(super) hidden: usize,
    /// The count below which they are.
    pub(super) least: f64,
}

impl<'a> Scene<'a> {
    pub(super) fn of(data: &'a SashimiData, options: &SashimiOptions) -> Self {
        let locus = &data.locus;
        let event = match &data.focus {
            Focus::Event(id) => locus.event(id),
            _ => None,
        };
        let region = match (&data.focus, event) {
            (_, Some(event)) => event_region(event).unwrap_or(locus.region),
            (Focus::Region { region, .. }, None) => {
                intersection(*region, locus.region).unwrap_or(locus.region)
            }
            _ => locus.region,
        };
        let exons = exons(data, event);
        let (arcs, hidden, least) = arcs(data, options, event, region);
        Self { region, exons, event, arcs, hidden, least }
    }
}

fn intersection(a: Interval, b: Interval) -> Option<Interval> {
    Interval::new(a.start().max(b.start()), a.end().min(b.end()))
}

/// From the outer exons of both forms, cut to what lies next to their splice sites.
fn event_region(event: &LocusEvent) -> Option<Interval> {
    let forms = || [&event.inclusion, &event.skipping].into_iter();
    let spliced = || forms().filter(|form| form.len() > 1);
    let start = forms().filter_map(|form| form.first()).map(|e| e.start()).min()?;
    let end = forms().filter_map(|form| form.last()).map(|e| e.end()).max()?;
    let first_site = spliced().map(|form| form[0].end()).min()?;
    let last_site = spliced().filter_map(|form| form.last()).map(|e| e.start()).max()?;
    Interval::new(start.max(first_site.saturating_sub(FLANK)), end.min(last_site.saturating_add(FLANK)))
}

/// The exons that are to scale: of an event its own, and others that do not bridge one of its introns.
fn exons(data: &SashimiData, event: Option<&LocusEvent>) -> Vec<Interval> {
    let all = data.locus.transcripts.iter().flat_map(|t| &t.exons).copied();
    let Some(event) = event else { return all.collect() };
    let introns = [&event.inclusion, &event.skipping].map(|form| LocusEvent::introns(form)).concat();
    let bridges = |exon: &Interval| introns.iter().any(|intron| exon.encloses(*intron));
    let of_event = event.inclusion.iter().chain(&event.skipping).copied();
    all.chain(of_event).filter(|exon| !bridges(exon)).collect()
}

fn arcs<'a>(
    data: &'a SashimiData,
    options: &SashimiOptions,
    event: Option<&'a LocusEvent>,
    region: Interval,
) -> (Vec<Arc<'a>>, usize, f64) {
    let forms = event.map(|event| {
        // A retained intron has boundaries in place of junctions.
        let inclusion =
            if event.kind == EventKind::Ri { Vec::new() } else { LocusEvent::introns(&event.inclusion) };
        [inclusion, LocusEvent::introns(&event.skipping)]
    });
    let form_of = |intron: Interval| {
        let [inclusion, skipping] = forms.as_ref()?;
        match (inclusion.contains(&intron), skipping.contains(&intron)) {
            (true, false) => Some(FormName::Inclusion),
            (false, true) => Some(FormName::Skipping),
            _ => None,
        }
    };
    let is_of_event =
        |intron: Interval| forms.as_ref().is_some_and(|f| f.iter().any(|form| form.contains(&intron)));
    let highest_of = |junction: &LocusJunction| {
        let groups = data.grouping.groups.iter();
        match options.tracks {
            TrackOf::Group => groups.map(|g| value(&junction.counts, g, options.counts)).fold(0.0, f64::max),
            TrackOf::Sample => groups
                .flat_map(|g| &g.samples)
                .filter_map(|&s| junction.counts.get(s))
                .map(|&n| f64::from(n))
                .fold(0.0, f64::max),
        }
    };
    let inside: Vec<&LocusJunction> =
        data.locus.junctions.iter().filter(|j| region.encloses(j.intron)).collect();
    let highest = inside.iter().map(|j| highest_of(j)).fold(0.0, f64::max);
    let least = options.min_count.unwrap_or((LEAST_SHARE * highest).max(1.0));
    let mut hidden = 0;
    let mut found: Vec<Arc<'a>> = Vec::new();
    for junction in inside {
        let highest = highest_of(junction);
        if is_of_event(junction.intron) || (highest >= least && highest > 0.0) {
            let form = form_of(junction.intron);
            found.push(Arc { intron: junction.intron, form, junction: Some(junction), above: true });
        } else if highest > 0.0 {
            hidden += 1;
        }
    }
    for &intron in forms.iter().flatten().flatten() {
        if !found.iter().any(|arc| arc.intron == intron) {
            found.push(Arc { intron, form: form_of(intron), junction: None, above: true });
        }
    }
    found.sort_by_key(|arc| arc.intron);
    choose_sides(&mut found);
    (found, hidden, least)
}

/// Inclusion over the coverage, skipping below it; every other junction where fewer lie in its way.
fn choose_sides(arcs: &mut [Arc<'_>]) {
    let mut order: Vec<usize> = (0..arcs.len()).collect();
    order.sort_by_key(|&k| (arcs[k].intron.len(), arcs[k].intron));
    let mut levels = vec![0usize; arcs.len()];
    let mut placed: Vec<usize> = Vec::new();
    for own_form in [true, false] {
        for &k in &order {
            if arcs[k].form.is_some() != own_form {
                continue;
            }
            let level = |above: bool| {
                let in_the_way = placed.iter().filter(|&&other| {
                    arcs[other].above == above && arcs[other].intron.overlaps(arcs[k].intron)
                });
                in_the_way.map(|&other| levels[other] + 1).max().unwrap_or(0)
            };
            let above = match arcs[k].form {
                Some(FormName::Inclusion) => true,
                Some(FormName::Skipping) => false,
                None => level(true) <= level(false),
            };
            levels[k] = level(above);
            arcs[k].above = above;
            placed.push(k);
        }
    }
}

/// The number of a group.
pub(super) fn value(counts: &[u32], group: &Group, how: ArcCounts) -> f64 {
    let sum: u64 = group.samples.iter().filter_map(|&s| counts.get(s)).map(|&n| u64::from(n)).sum();
    match how {
        ArcCounts::Sum => sum as f64,
        ArcCounts::Mean => sum as f64 / group.samples.len().max(1) as f64,
    }
}
