//! The two forms of an event side by side.

use std::rc::Rc;

use nadsplice_core::{Event, EventKind, Form, Interval};

use super::{
    coding::{CodingPart, Genome},
    exchange::{alternative_part, exchanged, first_shared_base},
    finder::{Carriers, Model},
    nmd::StopContext,
    report::{Carrier, Consequence, FormConsequence},
    spliced::Spliced,
    translation::{ReadingEnd, first_stop, inner_stops},
    words::{Basis, CodingStatus, Frame, Region, StopPosition},
};

/// The transcript in which the forms are compared.
struct Host<'m> {
    model: &'m Model<'m>,
    spliced: &'m Spliced,
    part: CodingPart,
    start: u32,
    /// Which form it has: 0 inclusion, 1 skipping.
    form: usize,
    /// Its exons with the other form in place, where that fits.
    exchanged: Option<(Vec<Interval>, Spliced)>,
}

/// What the other form makes of the host's protein.
struct Counterpart {
    basis: Basis,
    /// The transcript that it is or was made of.
    transcript: Option<String>,
    spliced: Option<Spliced>,
    start: Option<u32>,
    end: Option<ReadingEnd>,
}

/// `carriers` is missing where nothing can be said; `listed` are the same transcripts as they are reported.
pub(super) fn compare(
    event: &Event,
    carriers: Option<&Carriers<'_>>,
    listed: [Vec<Carrier>; 2],
    genome: Option<Genome<'_>>,
) -> Consequence {
    let [inclusion, skipping] = listed.map(blank);
    let mut result = Consequence {
        region: Region::Unknown,
        frame: Frame::Unknown,
        host: None,
        residues_change: None,
        inclusion,
        skipping,
    };
    let Some(carriers) = carriers else { return result };
    for (form, models) in [&mut result.inclusion, &mut result.skipping].into_iter().zip(carriers) {
        form.coding =
            models.iter().map(|model| model.coding.status()).min().unwrap_or(CodingStatus::NoTranscript);
    }
    let part = alternative_part(event);
    let Some((host, partner)) = host(event, carriers) else {
        result.region = region_of_incomplete(&part, carriers);
        if result.region != Region::Cds && result.region != Region::Unknown {
            result.frame = Frame::NotApplicable;
        }
        for (form, models) in [&mut result.inclusion, &mut result.skipping].into_iter().zip(carriers) {
            if let Some((model, (spliced, part))) =
                models.iter().find_map(|model| Some((model, model.part()?)))
            {
                form.transcript = Some(model.transcript.id.clone());
                form.basis = Basis::AnnotatedOther;
                form.context = StopContext::of(spliced, part);
                form.residues = part.residues();
            }
        }
        return result;
    };
    let exchanged = host.exchanged.as_ref().map(|(_, spliced)| spliced);
    let other = match partner {
        Some(partner) => annotated(partner, Basis::Annotated),
        None => made(&host, exchanged, &carriers[1 - host.form], genome),
    };
    result.host = Some(host.model.transcript.id.clone());
    result.region = region(&part, &host, &other);
    result.frame = match result.region {
        Region::Cds => frame(event, &host, exchanged, &other),
        Region::Unknown => Frame::Unknown,
        _ => Frame::NotApplicable,
    };
    let (own_form, other_form) = match host.form {
        0 => (&mut result.inclusion, &mut result.skipping),
        _ => (&mut result.skipping, &mut result.inclusion),
    };
    own_form.basis = Basis::Annotated;
    own_form.transcript = Some(host.model.transcript.id.clone());
    own_form.stop = StopPosition::Same;
    own_form.context = StopContext::of(host.spliced, host.part);
    own_form.start_lost = Some(false);
    own_form.stop_lost = Some(false);
    own_form.residues = host.part.residues();
    other_form.basis = other.basis;
    other_form.transcript.clone_from(&other.transcript);
    other_form.stop = stop_position(event, &host, &other);
    if let (Some(spliced), Some(ReadingEnd::Stop(stop))) = (&other.spliced, other.end) {
        let part = CodingPart { start: other.start, stop };
        other_form.context = StopContext::of(spliced, part);
        other_form.residues = part.residues();
    }
    if let Some(spliced) = exchanged.or(other.spliced.as_ref()) {
        other_form.start_lost = Some(spliced.codon_of(host.spliced, host.start).is_none());
        other_form.stop_lost = Some(spliced.codon_of(host.spliced, host.part.stop).is_none());
    }
    if other.basis != Basis::AnnotatedOther {
        let both = result.inclusion.residues.zip(result.skipping.residues);
        result.residues_change = both.map(|(inclusion, skipping)| i64::from(inclusion) - i64::from(skipping));
    }
    result
}

fn blank(transcripts: Vec<Carrier>) -> FormConsequence {
    FormConsequence {
        coding: CodingStatus::Unknown,
        basis: Basis::Nothing,
        transcript: None,
        stop: StopPosition::Unknown,
        context: StopContext::UNKNOWN,
        start_lost: None,
        stop_lost: None,
        residues: None,
        transcripts,
    }
}

/// The host, with the annotated transcript of the other form that differs by the event alone, if there is one.
fn host<'m>(event: &Event, carriers: &'m Carriers<'m>) -> Option<(Host<'m>, Option<&'m Model<'m>>)> {
    let forms: [&Form; 2] = [&event.inclusion, &event.skipping];
    let mut candidates: Vec<(usize, &Rc<Model>)> =
        (0..2).flat_map(|form| carriers[form].iter().map(move |model| (form, model))).collect();
    candidates.sort_by(|a, b| a.1.rank().cmp(&b.1.rank()));
    let mut best = None;
    for (form, model) in candidates {
        let Some((spliced, part, start)) = model.complete() else { continue };
        let exchanged = exchanged(&model.transcript.exons, event, forms[form], forms[1 - form])
            .and_then(|exons| Spliced::new(&exons, spliced.strand()).map(|spliced| (exons, spliced)));
        let host = Host { model, spliced, part, start, form, exchanged };
        if let Some(partner) = carriers[1 - form].iter().find(|other| is_counterpart(&host, other)) {
            return Some((host, Some(partner)));
        }
        best = best.or(Some((host, None)));
    }
    best
}

/// Whether a transcript is the host with the other form in place, read from the same start codon where that is left.
fn is_counterpart(host: &Host, other: &Model) -> bool {
    let (Some((exons, exchanged)), Some((spliced, _, start))) = (&host.exchanged, other.complete()) else {
        return false;
    };
    let start_is_left = exchanged.codon_of(host.spliced, host.start).is_some();
    same_introns(exons, &other.transcript.exons)
        && (!start_is_left || spliced.codon_of(host.spliced, host.start) == Some(start))
}

fn same_introns(a: &[Interval], b: &[Interval]) -> bool {
    let sites = |pair: &[Interval]| (pair[0].end(), pair[1].start());
    a.windows(2).map(sites).eq(b.windows(2).map(sites))
}

fn annotated(model: &Model, basis: Basis) -> Counterpart {
    let part = model.coding.part();
    Counterpart {
        basis,
        transcript: Some(model.transcript.id.clone()),
        spliced: model.spliced.clone(),
        start: part.and_then(|part| part.start),
        end: part.map(|part| ReadingEnd::Stop(part.stop)),
    }
}

/// The host by exchange; another annotated transcript with the form where that leaves the stop codon open.
fn made(
    host: &Host,
    exchanged: Option<&Spliced>,
    others: &[Rc<Model<'_>>],
    genome: Option<Genome<'_>>,
) -> Counterpart {
    let made = exchanged.map(|spliced| {
        let start = spliced.codon_of(host.spliced, host.start);
        Counterpart {
            basis: Basis::Exchanged,
            transcript: Some(host.model.transcript.id.clone()),
            spliced: Some(spliced.clone()),
            start,
            end: start.and_then(|start| reading_end(host, spliced, start, genome)),
        }
    });
    match made {
        Some(made) if made.end.is_some() => made,
        made => match others.iter().find(|model| model.part().is_some()) {
            Some(other) => annotated(other, Basis::AnnotatedOther),
            None => made.unwrap_or(Counterpart {
                basis: Basis::Nothing,
                transcript: None,
                spliced: None,
                start: None,
                end: None,
            }),
        },
    }
}

fn reading_end(host: &Host, spliced: &Spliced, start: u32, genome: Option<Genome<'_>>) -> Option<ReadingEnd> {
    let length = host.part.stop + 3 - host.start;
    let unchanged =
        spliced.pieces(start, start + length) == host.spliced.pieces(host.start, host.part.stop + 3);
    if unchanged {
        return Some(ReadingEnd::Stop(start + length - 3));
    }
    let (contig, bases) = genome?;
    let read_through = inner_stops(host.spliced, (host.start, host.part.stop), contig, bases)?;
    first_stop(spliced, start, &read_through, contig, bases)
}

/// Where the alternative part lies in the host or its counterpart.
fn region(part: &[Interval], host: &Host, other: &Counterpart) -> Region {
    let coding_hull = |spliced: &Spliced, start: u32, stop: u32| {
        let (a, b) = (spliced.position(start)?, spliced.position(stop + 2)?);
        Interval::new(a.min(b), a.max(b) + 1)
    };
    let Some(hull) = coding_hull(host.spliced, host.start, host.part.stop) else { return Region::Unknown };
    let other_hull = match (&other.spliced, other.start, other.end) {
        (Some(spliced), Some(start), Some(ReadingEnd::Stop(stop))) => coding_hull(spliced, start, stop),
        _ => None,
    };
    let inside = |hull: Interval| part.iter().any(|piece| piece.overlaps(hull));
    match part.first() {
        None => Region::Unknown,
        Some(_) if inside(hull) || other_hull.is_some_and(inside) => Region::Cds,
        Some(piece) if host.spliced.upstream(piece.start(), hull.start()) => Region::FivePrimeUtr,
        Some(_) => Region::ThreePrimeUtr,
    }
}

/// Where no CDS is complete: in the CDS as far as that is annotated, or in transcripts without any.
fn region_of_incomplete(part: &[Interval], carriers: &Carriers<'_>) -> Region {
    let mut cds = carriers.iter().flatten().flat_map(|model| &model.transcript.cds).peekable();
    if cds.peek().is_none() {
        return if carriers.iter().all(Vec::is_empty) { Region::Unknown } else { Region::NonCoding };
    }
    if cds.any(|piece| part.iter().any(|alternative| alternative.overlaps(*piece))) {
        Region::Cds
    } else {
        Region::Unknown
    }
}

/// Whether the first shared base after the alternative part has the same place in a codon in both forms.
fn frame(event: &Event, host: &Host, exchanged: Option<&Spliced>, other: &Counterpart) -> Frame {
    let Some(anchor) = first_shared_base(event) else { return Frame::NotApplicable };
    let Some(in_host) = host.spliced.offset(anchor) else { return Frame::Unknown };
    if in_host >= host.part.stop + 3 {
        return Frame::NotApplicable;
    }
    let phase = |spliced: &Spliced, start: u32| spliced.offset(anchor)?.checked_sub(start).map(|n| n % 3);
    let in_other = match exchanged.and_then(|made| Some((made, made.codon_of(host.spliced, host.start)?))) {
        Some((made, start)) => phase(made, start),
        // The start codon is lost: the other form's own start, if it is read that far.
        None => match (&other.spliced, other.start, other.end) {
            (Some(spliced), Some(start), Some(ReadingEnd::Stop(stop)))
                if spliced.offset(anchor).is_some_and(|offset| offset < stop) =>
            {
                phase(spliced, start)
            }
            _ => None,
        },
    };
    match (phase(host.spliced, host.start), in_other) {
        (Some(a), Some(b)) if a == b => Frame::Kept,
        (Some(_), Some(_)) => Frame::Broken,
        _ => Frame::Unknown,
    }
}

fn stop_position(event: &Event, host: &Host, other: &Counterpart) -> StopPosition {
    let stop = match (&other.spliced, other.end) {
        (Some(_), Some(ReadingEnd::Open)) => return StopPosition::Absent,
        (Some(spliced), Some(ReadingEnd::Stop(stop))) => spliced.position(stop),
        _ => None,
    };
    match host.spliced.position(host.part.stop).zip(stop) {
        None => StopPosition::Unknown,
        Some((a, b)) if a == b => StopPosition::Same,
        Some(_) if event.kind == EventKind::Ale => StopPosition::Elsewhere,
        Some((a, b)) if host.spliced.upstream(b, a) => StopPosition::Premature,
        Some(_) => StopPosition::Later,
    }
}
