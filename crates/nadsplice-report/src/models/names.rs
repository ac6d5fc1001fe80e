//! Numbers of exons over the transcripts.

use nadsplice_core::{EventKind, Interval, Strand};

use super::{LocusEvent, SIZE, clipped, has_form};
use crate::{
    boxes::{Boxes, TextBox},
    figure_data::{Locus, LocusTranscript},
    genome_scale::GenomeScale,
    svg::{Anchor, Colour, Drawing, Text, fit},
};

/// Exons with their numbers in one transcript, 5' to 3'.
#[derive(Debug)]
pub(crate) struct ExonNames {
    transcript: String,
    exons: Vec<(Interval, String)>,
}

impl ExonNames {
    /// Numbers in the transcript that has the event's inclusion form (of a retained intron the skipping form) and the
    /// most exons; without an event, in the one with the most exons. Exons of the event that it lacks are called `alt`.
    pub(crate) fn of(locus: &Locus, event: Option<&LocusEvent>, region: Interval) -> Self {
        let better = |transcript: &&LocusTranscript| {
            let form = event.map_or(0, |event| {
                // Of a retained intron both exons are to have a number.
                let (first, second) = match event.kind {
                    EventKind::Ri => (&event.skipping, &event.inclusion),
                    _ => (&event.inclusion, &event.skipping),
                };
                2 * usize::from(has_form(transcript, first)) + usize::from(has_form(transcript, second))
            });
            (form, transcript.exons.len())
        };
        let Some(named) = locus.transcripts.iter().rev().max_by_key(better) else {
            return Self { transcript: String::new(), exons: Vec::new() };
        };
        let last = named.exons.len();
        let number = |position: usize| match named.strand {
            Some(Strand::Reverse) => last - position,
            _ => position + 1,
        };
        let mut exons: Vec<(Interval, String)> = named
            .exons
            .iter()
            .enumerate()
            .filter_map(|(position, exon)| Some((clipped(*exon, region)?, number(position).to_string())))
            .collect();
        if let Some(event) = event {
            let of_event: Vec<Interval> =
                event.inclusion.iter().chain(&event.skipping).filter_map(|e| clipped(*e, region)).collect();
            exons.retain(|(exon, _)| of_event.iter().any(|other| other.overlaps(*exon)));
            for exon in of_event {
                if !exons.iter().any(|(other, _)| other.overlaps(exon)) {
                    exons.push((exon, "alt".to_owned()));
                }
            }
        }
        Self { transcript: named.id.clone(), exons }
    }

    /// Draws the numbers below `top`; returns where they end.
    pub(super) fn draw(&self, drawing: &mut Drawing, scale: &GenomeScale, top: f64) -> f64 {
        if self.exons.is_empty() {
            return top;
        }
        let style = Text::new().size(SIZE).anchor(Anchor::Middle);
        let (mut boxes, mut lowest) = (Boxes::default(), top);
        let mut placed = Vec::new();
        for (exon, name) in &self.exons {
            let x = f64::midpoint(scale.x(exon.start()), scale.x(exon.end()));
            let mut y = top + SIZE + 2.0;
            while !boxes.take(TextBox::centred((x, y), style.width_of(name), SIZE)) {
                y += SIZE + 3.0;
            }
            lowest = lowest.max(y);
            placed.push(((x, y), name));
        }
        for (at, name) in placed {
            drawing.text(at, name, &style);
        }
        let lead = Text::new().size(SIZE).colour(Colour::Muted).anchor(Anchor::End);
        drawing.text((scale.left() - 10.0, top + SIZE + 2.0), "exon", &lead);
        let note =
            fit(&format!("numbers of exons: in {}", self.transcript), SIZE, scale.right() - scale.left());
        lowest += SIZE + 4.0;
        drawing.text((scale.left(), lowest), &note, &Text::new().size(SIZE).colour(Colour::Muted));
        lowest
    }
}
