//! One form of an event in the place of the other, and the bases in which they differ.

use nadsplice_core::{Event, EventKind, Form, Interval, Strand};

/// The exons of a transcript that has `from`, with `to` in its place, in genome order; nothing where the transcript
/// does not have `from` or its exons are too short for `to`.
///
/// Outer ends are the transcript's own, but for the exchanged first or last exon of AFE and ALE.
pub(super) fn exchanged(exons: &[Interval], event: &Event, from: &Form, to: &Form) -> Option<Vec<Interval>> {
    let sites: Vec<(u32, u32)> = from.splice_sites().collect();
    let at = place(exons, event, &sites)?;
    let end = at + sites.len();
    let left = match alternative_end(event) {
        Some(End::Left) => to.exons.first()?.start(),
        _ => exons.get(at)?.start(),
    };
    let right = match alternative_end(event) {
        Some(End::Right) => to.exons.last()?.end(),
        _ => exons.get(end)?.end(),
    };
    let mut exchanged = exons[..at].to_vec();
    let mut start = left;
    for (donor, acceptor) in to.splice_sites() {
        exchanged.push(Interval::new(start, donor)?);
        start = acceptor;
    }
    exchanged.push(Interval::new(start, right)?);
    exchanged.extend(&exons[end + 1..]);
    Some(exchanged)
}

/// The first of the exons that make the form.
fn place(exons: &[Interval], event: &Event, sites: &[(u32, u32)]) -> Option<usize> {
    if sites.is_empty() {
        let (end, start) = event.skipping.splice_sites().next()?;
        return exons.iter().position(|exon| exon.start() < end && start < exon.end());
    }
    let last = exons.len().checked_sub(sites.len() + 1)?;
    let (first, last) = match alternative_end(event) {
        Some(End::Left) => (0, 0),
        Some(End::Right) => (last, last),
        None => (0, last),
    };
    (first..=last).find(|&at| {
        exons[at..].windows(2).zip(sites).all(|(pair, &site)| (pair[0].end(), pair[1].start()) == site)
    })
}

/// The side of the gene, in genome order, where an event's forms end differently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum End {
    Left,
    Right,
}

fn alternative_end(event: &Event) -> Option<End> {
    match (event.kind, event.strand) {
        (EventKind::Afe, Some(Strand::Reverse)) | (EventKind::Ale, Some(Strand::Forward) | None) => {
            Some(End::Right)
        }
        (EventKind::Afe, Some(Strand::Forward) | None) | (EventKind::Ale, Some(Strand::Reverse)) => {
            Some(End::Left)
        }
        _ => None,
    }
}

/// The stretch of the genome in which the forms may differ: from the first donor or acceptor that is not common to
/// all exons around the event to the last, or to the outer end of alternative first and last exons.
fn hull(event: &Event) -> Option<Interval> {
    let sites = || event.inclusion.splice_sites().chain(event.skipping.splice_sites());
    let (mut start, mut end) = (sites().map(|(end, _)| end).min()?, sites().map(|(_, start)| start).max()?);
    match alternative_end(event) {
        Some(End::Left) => start = 0,
        Some(End::Right) => end = u32::MAX,
        None => {}
    }
    Interval::new(start, end)
}

/// The bases that one form has and the other has not, in genome order; far ends of flanking exons do not count.
pub(super) fn alternative_part(event: &Event) -> Vec<Interval> {
    let Some(hull) = hull(event) else { return Vec::new() };
    let clipped = |form: &Form| -> Vec<Interval> {
        form.exons
            .iter()
            .filter_map(|exon| Interval::new(exon.start().max(hull.start()), exon.end().min(hull.end())))
            .collect()
    };
    let (inclusion, skipping) = (clipped(&event.inclusion), clipped(&event.skipping));
    let mut part = without(&inclusion, &skipping);
    part.extend(without(&skipping, &inclusion));
    part.sort_unstable();
    part
}

/// The bases of `these` that none of `those` has; both in genome order.
fn without(these: &[Interval], those: &[Interval]) -> Vec<Interval> {
    let mut left = Vec::new();
    for interval in these {
        let mut start = interval.start();
        for other in those.iter().filter(|other| other.overlaps(*interval)) {
            left.extend(Interval::new(start, other.start()));
            start = start.max(other.end());
        }
        left.extend(Interval::new(start, interval.end()));
    }
    left
}

/// The first base after the alternative part, in transcript order, that both forms have; nothing for ALE.
pub(super) fn first_shared_base(event: &Event) -> Option<u32> {
    if event.kind == EventKind::Ale {
        return None;
    }
    let sites = || event.inclusion.splice_sites().chain(event.skipping.splice_sites());
    match event.strand? {
        Strand::Forward => sites().map(|(_, start)| start).max(),
        Strand::Reverse => sites().map(|(end, _)| end).min()?.checked_sub(1),
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{ContigId, GeneId};

    use super::*;
    use crate::toy::{Exons, form};

    fn event(kind: EventKind, strand: Strand, inclusion: Exons, skipping: Exons) -> Event {
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
    fn forms_are_exchanged_there_and_back() {
        let (host, other): (Exons, Exons) =
            (&[(0, 10), (20, 40), (50, 60), (70, 80), (90, 99)], &[(0, 10), (20, 40), (70, 80), (90, 99)]);
        let se =
            event(EventKind::Se, Strand::Forward, &[(15, 40), (50, 60), (70, 88)], &[(15, 40), (70, 88)]);
        let (host, other) = (form(host).exons, form(other).exons);
        assert_eq!(exchanged(&host, &se, &se.inclusion, &se.skipping), Some(other.clone()));
        assert_eq!(exchanged(&other, &se, &se.skipping, &se.inclusion), Some(host.clone()));
        assert_eq!(exchanged(&other, &se, &se.inclusion, &se.skipping), None);
        let ri = event(EventKind::Ri, Strand::Forward, &[(20, 60)], &[(20, 40), (50, 60)]);
        let retained = form(&[(0, 10), (20, 60), (70, 80), (90, 99)]).exons;
        assert_eq!(exchanged(&host, &ri, &ri.skipping, &ri.inclusion), Some(retained.clone()));
        assert_eq!(exchanged(&retained, &ri, &ri.inclusion, &ri.skipping), Some(host));
    }

    #[test]
    fn first_and_last_exons_bring_their_outer_end() {
        let exons = form(&[(5, 10), (50, 60), (70, 80)]).exons;
        let afe = event(EventKind::Afe, Strand::Forward, &[(0, 10), (50, 60)], &[(20, 30), (50, 60)]);
        let expected = Some(form(&[(20, 30), (50, 60), (70, 80)]).exons);
        assert_eq!(exchanged(&exons, &afe, &afe.inclusion, &afe.skipping), expected);
        let ale = event(EventKind::Ale, Strand::Forward, &[(50, 60), (90, 99)], &[(50, 60), (70, 85)]);
        let expected = Some(form(&[(5, 10), (50, 60), (90, 99)]).exons);
        assert_eq!(exchanged(&exons, &ale, &ale.skipping, &ale.inclusion), expected);
    }

    #[test]
    fn a_form_that_does_not_fit_is_not_forced() {
        // The host's exon begins after the donor of the shorter form.
        let a5 = event(EventKind::A5ss, Strand::Forward, &[(0, 40), (50, 60)], &[(0, 20), (50, 60)]);
        let exons = form(&[(30, 40), (50, 60)]).exons;
        assert_eq!(exchanged(&exons, &a5, &a5.inclusion, &a5.skipping), None);
    }

    #[test]
    fn the_alternative_part_is_what_one_form_has() {
        let part = |kind, inclusion, skipping| {
            let event = event(kind, Strand::Forward, inclusion, skipping);
            (alternative_part(&event), first_shared_base(&event))
        };
        let se = part(EventKind::Se, &[(0, 10), (20, 30), (40, 50)], &[(0, 10), (40, 60)]);
        assert_eq!(se, (form(&[(20, 30)]).exons, Some(40)));
        let a3 = part(EventKind::A3ss, &[(0, 10), (20, 50)], &[(0, 10), (23, 50)]);
        assert_eq!(a3, (form(&[(20, 23)]).exons, Some(23)));
        let ri = part(EventKind::Ri, &[(0, 50)], &[(0, 10), (23, 50)]);
        assert_eq!(ri, (form(&[(10, 23)]).exons, Some(23)));
        let afe = part(EventKind::Afe, &[(0, 10), (40, 50)], &[(20, 30), (40, 50)]);
        assert_eq!(afe, (form(&[(0, 10), (20, 30)]).exons, Some(40)));
        let ale = part(EventKind::Ale, &[(0, 10), (40, 50)], &[(0, 10), (20, 30)]);
        assert_eq!(ale, (form(&[(20, 30), (40, 50)]).exons, None));
    }
}
