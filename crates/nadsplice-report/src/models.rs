//! Transcripts under a figure, with names of exons and an axis.

mod axis;
mod names;

use nadsplice_core::{Interval, Strand};

pub(crate) use self::{axis::draw_axis, names::ExonNames};
use crate::{
    figure_data::{Locus, LocusEvent, LocusTranscript},
    genome_scale::GenomeScale,
    sashimi::{INCLUSION, SKIPPING},
    svg::{Anchor, Colour, Drawing, Paint, PathData, Text, fit},
};

/// Size of the rows' labels.
const SIZE: f64 = 10.5;
/// Most width of a label.
const WIDEST_LABEL: f64 = 190.0;
/// Height of a row.
const ROW: f64 = 17.0;
/// Height of a coding and of an untranslated part of an exon.
const CODING: f64 = 11.0;
const UNTRANSLATED: f64 = 5.0;
/// Space between the arrow heads along an intron.
const CHEVRONS: f64 = 26.0;

/// The rows of transcripts.
#[derive(Debug)]
pub(crate) struct Models<'a> {
    rows: Vec<Row<'a>>,
    /// Further transcripts in the region.
    more: usize,
    event: Option<&'a LocusEvent>,
}

/// Transcripts that are alike in the region.
#[derive(Debug)]
struct Row<'a> {
    label: String,
    transcript: &'a LocusTranscript,
    region: Interval,
}

impl<'a> Models<'a> {
    /// The transcripts of a gene in a region; those that have parts of the event first, at most `most` rows.
    pub(crate) fn of(locus: &'a Locus, region: Interval, event: Option<&'a LocusEvent>, most: usize) -> Self {
        let mut alike: Vec<(Vec<&'a LocusTranscript>, Shape)> = Vec::new();
        for transcript in &locus.transcripts {
            let shape = Shape::of(transcript, region);
            if shape.exons.is_empty() {
                continue;
            }
            match alike.iter_mut().find(|(_, other)| *other == shape) {
                Some((members, _)) => members.push(transcript),
                None => alike.push((vec![transcript], shape)),
            }
        }
        if let Some(event) = event {
            alike.sort_by_key(|(members, _)| rank(members[0], event));
        }
        let shown = if alike.len() > most.max(1) { most.max(1) } else { alike.len() };
        let more = alike[shown..].iter().map(|(members, _)| members.len()).sum();
        let rows = alike[..shown]
            .iter()
            .map(|(members, _)| {
                let others = members.len() - 1;
                let label = if others == 0 { String::new() } else { format!(" + {others}") };
                let name = fit(&members[0].id, SIZE, WIDEST_LABEL - 40.0);
                Row { label: name + &label, transcript: members[0], region }
            })
            .collect();
        Self { rows, more, event }
    }

    /// Width that the labels need, with the space behind them.
    pub(crate) fn label_width(&self) -> f64 {
        let widest = self.rows.iter().map(|row| Text::new().size(SIZE).width_of(&row.label));
        widest.fold(Text::new().size(SIZE).bold().width_of("inclusion form"), f64::max) + 20.0
    }

    /// Draws the two forms of the event, the names of exons and the transcripts below `top`; returns where they end.
    pub(crate) fn draw(
        &self,
        drawing: &mut Drawing,
        scale: &GenomeScale,
        strand: Option<Strand>,
        names: &ExonNames,
        top: f64,
    ) -> f64 {
        let mut y = names.draw(drawing, scale, top);
        if let Some(event) = self.event {
            for (exons, name, colour) in [
                (&event.inclusion, "inclusion form", INCLUSION),
                (&event.skipping, "skipping form", SKIPPING),
            ] {
                y += ROW;
                let region = self.rows.first().map_or_else(|| hull(exons), |row| Some(row.region));
                if let Some(region) = region {
                    draw_model(drawing, scale, strand, (exons, exons), region, (y - 4.0, colour));
                }
                label(drawing, scale, (name, colour), y);
            }
            y += 4.0;
        }
        for row in &self.rows {
            y += ROW;
            let LocusTranscript { exons, cds, strand, .. } = row.transcript;
            draw_model(drawing, scale, *strand, (exons, cds), row.region, (y - 4.0, Colour::Muted));
            if let Some(event) = self.event {
                highlight(drawing, scale, row, event, y - 4.0);
            }
            label(drawing, scale, (&row.label, Colour::Ink), y);
        }
        if self.more > 0 {
            y += ROW - 3.0;
            let transcripts = if self.more == 1 { "transcript" } else { "transcripts" };
            let style = Text::new().size(SIZE).colour(Colour::Muted);
            drawing.text((scale.left(), y), &format!("and {} more {transcripts}", self.more), &style);
        }
        y
    }
}

/// Paints what only one form has in a transcript that has it.
fn highlight(drawing: &mut Drawing, scale: &GenomeScale, row: &Row<'_>, event: &LocusEvent, middle: f64) {
    let sides =
        [(&event.inclusion, &event.skipping, INCLUSION), (&event.skipping, &event.inclusion, SKIPPING)];
    for (own, other, colour) in sides {
        let others = LocusEvent::introns(other);
        let introns = LocusEvent::introns(own).into_iter().filter(|i| !others.contains(i));
        for intron in introns.filter(|i| LocusEvent::introns(&row.transcript.exons).contains(i)) {
            let (left, right) = (scale.x(intron.start()), scale.x(intron.end()));
            drawing.line((left, middle), (right, middle), &Paint::stroke(colour, 2.0));
        }
        if !has_form(row.transcript, own) {
            continue;
        }
        for part in own_parts(own, other) {
            for exon in &row.transcript.exons {
                let painted = clipped(*exon, part).and_then(|p| clipped(p, row.region));
                if let Some(painted) = painted {
                    exon_boxes(drawing, scale, painted, &row.transcript.cds, (middle, colour));
                }
            }
        }
    }
}

/// Whether a transcript has all splice sites of a form; for a form of one exon, an exon over all of it but its ends.
fn has_form(transcript: &LocusTranscript, form: &[Interval]) -> bool {
    let introns = LocusEvent::introns(&transcript.exons);
    let wanted = LocusEvent::introns(form);
    match form {
        [exon] => {
            let overlapping: Vec<&Interval> = transcript.exons.iter().filter(|e| e.overlaps(*exon)).collect();
            matches!(overlapping[..], [only] if only.len() * 2 > exon.len())
        }
        _ => wanted.iter().all(|intron| introns.contains(intron)),
    }
}

/// Transcripts with the inclusion form, then those with the skipping form, then the others.
fn rank(transcript: &LocusTranscript, event: &LocusEvent) -> u8 {
    if has_form(transcript, &event.inclusion) {
        0
    } else if has_form(transcript, &event.skipping) {
        1
    } else {
        2
    }
}

/// What of a transcript is seen in a region.
#[derive(Debug, PartialEq, Eq)]
struct Shape {
    exons: Vec<Interval>,
    cds: Vec<Interval>,
    /// Whether the transcript goes on to the left and to the right.
    goes_on: [bool; 2],
}

impl Shape {
    fn of(transcript: &LocusTranscript, region: Interval) -> Self {
        let inside =
            |parts: &[Interval]| parts.iter().filter_map(|part| clipped(*part, region)).collect::<Vec<_>>();
        let goes_on = [
            transcript.exons.first().is_some_and(|e| e.start() < region.start()),
            transcript.exons.last().is_some_and(|e| e.end() > region.end()),
        ];
        Self { exons: inside(&transcript.exons), cds: inside(&transcript.cds), goes_on }
    }
}

fn hull(exons: &[Interval]) -> Option<Interval> {
    Interval::new(exons.first()?.start(), exons.last()?.end())
}

fn clipped(part: Interval, region: Interval) -> Option<Interval> {
    Interval::new(part.start().max(region.start()), part.end().min(region.end()))
}

/// The parts of one form's exons that the other form's lack.
pub(crate) fn own_parts(own: &[Interval], other: &[Interval]) -> Vec<Interval> {
    let mut parts = Vec::new();
    for exon in own {
        let mut at = exon.start();
        for cut in other.iter().filter(|o| o.overlaps(*exon)) {
            parts.extend(Interval::new(at, cut.start().max(at)));
            at = at.max(cut.end());
        }
        parts.extend(Interval::new(at.min(exon.end()), exon.end()));
    }
    parts
}

fn label(drawing: &mut Drawing, scale: &GenomeScale, (text, colour): (&str, Colour), y: f64) {
    let style = Text::new().size(SIZE).colour(colour).anchor(Anchor::End);
    let style = if colour == Colour::Ink { style } else { style.bold() };
    drawing.text((scale.left() - 10.0, y), text, &style);
}

/// Draws exons and introns of a transcript about the height `middle`: coding parts thick, others thin, arrow heads in
/// its direction.
pub(crate) fn draw_model(
    drawing: &mut Drawing,
    scale: &GenomeScale,
    strand: Option<Strand>,
    (exons, cds): (&[Interval], &[Interval]),
    region: Interval,
    (middle, colour): (f64, Colour),
) {
    let Some(hull) = hull(exons).and_then(|hull| clipped(hull, region)) else { return };
    let (left, right) = (scale.x(hull.start()), scale.x(hull.end()));
    drawing.line((left, middle), (right, middle), &Paint::stroke(colour, 1.0));
    for intron in LocusEvent::introns(exons).iter().filter_map(|intron| clipped(*intron, region)) {
        chevrons(drawing, (scale.x(intron.start()), scale.x(intron.end())), strand, (middle, colour));
    }
    for exon in exons.iter().filter_map(|exon| clipped(*exon, region)) {
        exon_boxes(drawing, scale, exon, cds, (middle, colour));
    }
}

/// An exon, thick where it is coding.
fn exon_boxes(
    drawing: &mut Drawing,
    scale: &GenomeScale,
    exon: Interval,
    cds: &[Interval],
    (middle, colour): (f64, Colour),
) {
    let paint = Paint::fill(colour);
    let mut draw = |part: Interval, height: f64| {
        let (left, right) = (scale.x(part.start()), scale.x(part.end()));
        drawing.rect((left, middle - height / 2.0), (right - left).max(1.0), height, &paint);
    };
    draw(exon, UNTRANSLATED);
    for coding in cds.iter().filter_map(|coding| clipped(*coding, exon)) {
        draw(coding, CODING);
    }
}

fn chevrons(
    drawing: &mut Drawing,
    (left, right): (f64, f64),
    strand: Option<Strand>,
    (middle, colour): (f64, Colour),
) {
    let Some(strand) = strand else { return };
    let number = ((right - left) / CHEVRONS).floor();
    let step = (right - left) / (number + 1.0);
    let back = match strand {
        Strand::Forward => -3.0,
        Strand::Reverse => 3.0,
    };
    let mut data: Option<PathData> = None;
    let mut x = left + step;
    while x < right - 4.0 {
        let (from, tip, to) = ((x + back, middle - 3.0), (x, middle), (x + back, middle + 3.0));
        data = Some(match data {
            None => PathData::starting_at(from),
            Some(data) => data.move_to(from),
        })
        .map(|data| data.line_to(tip).line_to(to));
        x += step;
    }
    if let Some(data) = data {
        drawing.path(data.as_str(), &Paint::stroke(colour, 1.0));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(pairs: &[(u32, u32)]) -> Vec<Interval> {
        pairs.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect()
    }

    #[test]
    fn what_only_one_form_has() {
        let parts = |own: &[(u32, u32)], other: &[(u32, u32)]| own_parts(&intervals(own), &intervals(other));
        assert_eq!(parts(&[(0, 10), (20, 30), (40, 50)], &[(0, 10), (40, 50)]), intervals(&[(20, 30)]));
        assert_eq!(parts(&[(0, 50)], &[(0, 10), (40, 50)]), intervals(&[(10, 40)]));
        assert_eq!(parts(&[(0, 25), (40, 50)], &[(0, 10), (40, 50)]), intervals(&[(10, 25)]));
        assert!(parts(&[(0, 10), (40, 50)], &[(0, 25), (40, 50)]).is_empty());
    }
}
