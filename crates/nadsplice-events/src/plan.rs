//! What has to be counted for each form of an event, and over which of its own coordinates.

use nadsplice_core::{Event, EventKind, Form, Interval, Strand};

use crate::geometry::Limits;

/// The counting plan of an event.
#[derive(Clone, Debug)]
pub(crate) struct EventPlan {
    pub(crate) inclusion: FormPlan,
    pub(crate) skipping: FormPlan,
}

/// The counting plan of one form.
#[derive(Clone, Debug, Default)]
pub(crate) struct FormPlan {
    /// Introns whose junctions are evidence, in genome order.
    pub(crate) introns: Vec<Interval>,
    /// For each intron its place on the form's coordinates; the first is at 0.
    pub(crate) places: Vec<i64>,
    /// Where the transcript itself begins or ends.
    pub(crate) limits: Limits,
    /// Exon-intron boundaries whose contiguous fragments are evidence, each on its own.
    pub(crate) boundaries: Vec<u32>,
    /// Unspliced evidence, taken only on request.
    pub(crate) body: Vec<Body>,
}

/// Unspliced evidence of a form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Body {
    /// Fragments that lie inside as a whole.
    Inside(Interval),
    /// Fragments inside `exon` that lie over the boundary or inside `region` as a whole.
    Alternative {
        /// End of the shorter exon.
        boundary: u32,
        /// What the longer exon has more.
        region: Interval,
        /// The longer exon.
        exon: Interval,
    },
}

impl EventPlan {
    pub(crate) fn new(event: &Event) -> Self {
        let mut inclusion = FormPlan::of_junctions(&event.inclusion);
        let mut skipping = FormPlan::of_junctions(&event.skipping);
        match event.kind {
            EventKind::Se | EventKind::Mse | EventKind::Mxe => {
                inclusion.body = inner_exons(&event.inclusion);
                skipping.body = inner_exons(&event.skipping);
            }
            EventKind::A5ss | EventKind::A3ss => {
                inclusion.body = alternative_region(&event.inclusion, &event.skipping).into_iter().collect();
            }
            EventKind::Ri => {
                for intron in event.skipping.introns() {
                    inclusion.boundaries.extend([intron.start(), intron.end()]);
                    inclusion.body.push(Body::Inside(intron));
                }
            }
            EventKind::Afe | EventKind::Ale => {
                let forward = event.strand != Some(Strand::Reverse);
                let left_is_alternative = forward == (event.kind == EventKind::Afe);
                inclusion.limits = outer_limit(&event.inclusion, left_is_alternative);
                skipping.limits = outer_limit(&event.skipping, left_is_alternative);
            }
        }
        Self { inclusion, skipping }
    }

    /// Leaves out unspliced evidence that was not counted: that between boundaries which the annotation lacks.
    pub(crate) fn keep_counted_bodies(&mut self, boundaries: &[u32]) {
        let known = |region: Interval| {
            [region.start(), region.end()].iter().all(|boundary| boundaries.binary_search(boundary).is_ok())
        };
        for form in [&mut self.inclusion, &mut self.skipping] {
            form.body.retain(|body| match *body {
                Body::Inside(region) => known(region),
                Body::Alternative { region, exon, .. } => known(region) && known(exon),
            });
        }
    }
}

impl FormPlan {
    fn of_junctions(form: &Form) -> Self {
        let introns: Vec<Interval> = form.introns().collect();
        let mut places = Vec::with_capacity(introns.len());
        let mut at = 0;
        for k in 0..introns.len() {
            if k > 0 {
                at += i64::from(introns[k].start() - introns[k - 1].end());
            }
            places.push(at);
        }
        Self { introns, places, ..Self::default() }
    }
}

fn inner_exons(form: &Form) -> Vec<Body> {
    let inner = form.exons.len().saturating_sub(1).max(1);
    form.exons[1..inner].iter().map(|&exon| Body::Inside(exon)).collect()
}

/// The part of the longer exon that the shorter one lacks, on the side of the intron.
fn alternative_region(longer: &Form, shorter: &Form) -> Option<Body> {
    let (long_intron, short_intron) = (longer.introns().next()?, shorter.introns().next()?);
    if long_intron.end() == short_intron.end() {
        // The alternative site is the left one: the exon ends farther right.
        let region = Interval::new(short_intron.start(), long_intron.start())?;
        Some(Body::Alternative { boundary: short_intron.start(), region, exon: *longer.exons.first()? })
    } else {
        let region = Interval::new(long_intron.end(), short_intron.end())?;
        Some(Body::Alternative { boundary: short_intron.end(), region, exon: *longer.exons.last()? })
    }
}

/// A first or last exon ends the transcript, on the form's coordinates with its only junction at 0.
fn outer_limit(form: &Form, left: bool) -> Limits {
    let mut limits = Limits::default();
    if left {
        limits.start = form.exons.first().map(|e| -i64::from(e.len()));
    } else {
        limits.end = form.exons.last().map(|e| i64::from(e.len()));
    }
    limits
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{ContigId, GeneId};

    use super::*;

    fn event(kind: EventKind, strand: Strand, inclusion: &[(u32, u32)], skipping: &[(u32, u32)]) -> Event {
        let form = |exons: &[(u32, u32)]| Form {
            exons: exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect(),
        };
        Event {
            kind,
            contig: ContigId(0),
            strand: Some(strand),
            genes: vec![GeneId(0)],
            inclusion: form(inclusion),
            skipping: form(skipping),
        }
    }

    #[test]
    fn junctions_lie_on_the_form_s_own_coordinates() {
        let se = event(
            EventKind::Se,
            Strand::Forward,
            &[(100, 200), (300, 330), (500, 600)],
            &[(100, 200), (500, 600)],
        );
        let plan = EventPlan::new(&se);
        assert_eq!(plan.inclusion.places, [0, 30]);
        assert_eq!(plan.skipping.places, [0]);
        assert_eq!(plan.inclusion.body, [Body::Inside(Interval::new(300, 330).unwrap())]);
        assert!(plan.skipping.body.is_empty());
    }

    #[test]
    fn the_alternative_region_lies_between_the_two_sites() {
        let left =
            event(EventKind::A5ss, Strand::Forward, &[(100, 250), (500, 600)], &[(100, 200), (500, 600)]);
        let region = Interval::new(200, 250).unwrap();
        let exon = Interval::new(100, 250).unwrap();
        assert_eq!(EventPlan::new(&left).inclusion.body, [Body::Alternative { boundary: 200, region, exon }]);
        let right =
            event(EventKind::A3ss, Strand::Forward, &[(100, 200), (450, 600)], &[(100, 200), (500, 600)]);
        let region = Interval::new(450, 500).unwrap();
        let exon = Interval::new(450, 600).unwrap();
        assert_eq!(
            EventPlan::new(&right).inclusion.body,
            [Body::Alternative { boundary: 500, region, exon }]
        );
    }

    #[test]
    fn bodies_between_boundaries_that_are_not_annotated_are_left_out() {
        let exons = [(100, 200), (300, 330), (500, 600)];
        let se = event(EventKind::Se, Strand::Forward, &exons, &[(100, 200), (500, 600)]);
        for (boundaries, bodies) in [(&[100, 200, 300, 330, 500][..], 1), (&[100, 200, 300, 331, 500], 0)] {
            let mut plan = EventPlan::new(&se);
            plan.keep_counted_bodies(boundaries);
            assert_eq!(plan.inclusion.body.len(), bodies);
        }
    }

    #[test]
    fn first_and_last_exons_limit_the_transcript() {
        let exons = [(100, 130), (500, 600)];
        let other = [(200, 230), (500, 600)];
        let afe = EventPlan::new(&event(EventKind::Afe, Strand::Forward, &exons, &other));
        assert_eq!(afe.inclusion.limits, Limits { start: Some(-30), end: None });
        let ale = EventPlan::new(&event(EventKind::Ale, Strand::Reverse, &exons, &other));
        assert_eq!(ale.inclusion.limits, Limits { start: Some(-30), end: None });
        let exons = [(100, 200), (500, 540)];
        let ale = EventPlan::new(&event(EventKind::Ale, Strand::Forward, &exons, &exons));
        assert_eq!(ale.inclusion.limits, Limits { start: None, end: Some(40) });
    }

    #[test]
    fn a_retained_intron_is_seen_at_both_boundaries() {
        let ri = event(EventKind::Ri, Strand::Forward, &[(100, 600)], &[(100, 200), (500, 600)]);
        let plan = EventPlan::new(&ri);
        assert_eq!(plan.inclusion.boundaries, [200, 500]);
        assert!(plan.inclusion.introns.is_empty());
        assert_eq!(plan.skipping.introns.len(), 1);
    }
}
