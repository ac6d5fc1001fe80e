//! All events of a gene under its transcripts, each with its difference between groups.

use nadsplice_core::Interval;

use crate::{
    figure_data::{Locus, LocusEvent, LocusTest},
    genome_scale::GenomeScale,
    heading::Heading,
    models::{ExonNames, Models, draw_axis, draw_model, own_parts},
    sashimi::{INCLUSION, SKIPPING, kind_in_words, probability, test_in_words},
    svg::{Anchor, Colour, Drawing, Paint, Scale, Text},
};

/// What the figure shows.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneViewData {
    /// The gene.
    pub locus: Locus,
    /// The contrast whose differences are drawn; nothing where none was tested.
    pub contrast: Option<String>,
}

/// How it is drawn.
#[derive(Clone, Copy, Debug)]
pub struct GeneViewOptions {
    /// Rows for transcripts; the others are counted.
    pub max_transcripts: usize,
    /// Rows for events; where there are more, those with the lowest q are drawn and the others counted.
    pub max_events: usize,
    /// Least width in user units; genes of many exons take more.
    pub width: f64,
}

impl Default for GeneViewOptions {
    fn default() -> Self {
        Self { max_transcripts: 30, max_events: 40, width: 1100.0 }
    }
}

const SIZE: f64 = 10.5;
const ROW: f64 = 18.0;
/// Width of the differences, and of the words beside them.
const DIFFERENCES: f64 = 150.0;
const WORDS: f64 = 120.0;
const SPACE: f64 = 22.0;
const RIGHT: f64 = 12.0;

/// Draws the figure.
pub fn gene_view(data: &GeneViewData, options: &GeneViewOptions) -> Drawing {
    let locus = &data.locus;
    let (events, left_out) = chosen(data, options.max_events);
    let models = Models::of(locus, locus.region, None, options.max_transcripts);
    let labels = events.iter().map(|event| Text::new().size(SIZE).width_of(&label(event)));
    let left = labels.fold(models.label_width(), |widest, width| widest.max(width + 20.0));
    let exons: Vec<Interval> = locus.transcripts.iter().flat_map(|t| &t.exons).copied().collect();
    let side = if data.contrast.is_some() { SPACE + DIFFERENCES + WORDS } else { 0.0 };
    let scale = GenomeScale::new(locus.region, &exons, left, options.width - side - RIGHT);
    let width = scale.right() + side + RIGHT;
    let words = format!("Transcripts and {} events of {}", locus.events.len(), locus.gene_name);
    let mut drawing = Drawing::new(width, 0.0, &locus.gene_name, &words);

    let mut heading = Heading::new(width);
    if locus.gene_id == locus.gene_name {
        heading.title(&locus.gene_name);
    } else {
        heading.title(&format!("{} ({})", locus.gene_name, locus.gene_id));
    }
    if let Some(contrast) = &data.contrast {
        let verdict = locus.verdicts.iter().find(|v| v.contrast == *contrast);
        let verdict = verdict.map(|v| format!(": {}", v.verdict)).unwrap_or_default();
        heading.line(&format!("{contrast}{verdict}"));
    }
    heading.key(INCLUSION, "only in the inclusion form");
    heading.key(SKIPPING, "only in the skipping form");
    if data.contrast.is_some() {
        heading.note("ΔPSI: case minus control with its 95% interval; filled where q < 0.05");
    }
    if left_out > 0 {
        let (events, are) = if left_out == 1 { ("event", "is") } else { ("events", "are") };
        let which = if data.contrast.is_some() { "; those of the lowest q are drawn" } else { "" };
        heading.note(&format!("{left_out} more {events} {are} left out{which}"));
    }
    let mut y = heading.draw(&mut drawing);
    y = models.draw(&mut drawing, &scale, locus.strand, &ExonNames::of(locus, None, locus.region), y);
    y += 12.0;
    let top = y;
    for event in &events {
        y += ROW;
        draw_event(&mut drawing, &scale, locus, event, y);
        if let Some(contrast) = &data.contrast {
            draw_difference(&mut drawing, difference_scale(&scale), event.test(contrast), y);
        }
    }
    if events.is_empty() {
        y += ROW;
        let style = Text::new().size(SIZE).colour(Colour::Muted);
        drawing.text((scale.left(), y), "no event: every transcript is spliced alike", &style);
    } else if data.contrast.is_some() {
        let axis = difference_scale(&scale);
        drawing.line((axis.at(0.0), top), (axis.at(0.0), y + 8.0), &Paint::stroke(Colour::Rule, 1.0));
        axis.draw_x(&mut drawing, y + 10.0, 2, "ΔPSI");
    }
    y = draw_axis(&mut drawing, &scale, &locus.chrom, locus.strand, y + 6.0);
    drawing.set_height(y + 14.0);
    drawing
}

fn difference_scale(scale: &GenomeScale) -> Scale {
    let left = scale.right() + SPACE;
    Scale::new((-1.0, 1.0), (left, left + DIFFERENCES - 10.0))
}

/// The events that are drawn, in genome order, and how many are not.
fn chosen(data: &GeneViewData, most: usize) -> (Vec<&LocusEvent>, usize) {
    let events = &data.locus.events;
    let q_of = |event: &LocusEvent| {
        let test = data.contrast.as_deref().and_then(|contrast| event.test(contrast));
        test.and_then(|test| test.q_value).unwrap_or(f64::INFINITY)
    };
    let mut order: Vec<usize> = (0..events.len()).collect();
    order.sort_by(|&a, &b| q_of(&events[a]).total_cmp(&q_of(&events[b])).then(a.cmp(&b)));
    order.truncate(most);
    order.sort_unstable();
    let left_out = events.len() - order.len();
    (order.into_iter().map(|k| &events[k]).collect(), left_out)
}

/// Kind and place of what is alternative.
fn label(event: &LocusEvent) -> String {
    let parts =
        [own_parts(&event.inclusion, &event.skipping), own_parts(&event.skipping, &event.inclusion)].concat();
    let place = parts.iter().map(|p| p.start()).min().zip(parts.iter().map(|p| p.end()).max());
    match place.and_then(|(start, end)| Interval::new(start, end)) {
        Some(place) => format!("{} {place}", event.kind),
        None => event.kind.to_string(),
    }
}

/// The exons of an event with what only one form has in its colour.
fn draw_event(drawing: &mut Drawing, scale: &GenomeScale, locus: &Locus, event: &LocusEvent, y: f64) {
    let middle = y - 4.0;
    let tooltip = format!("{} ({})", event.event_id, kind_in_words(event));
    drawing.group("", Some(&tooltip), |drawing| {
        let style = Text::new().size(SIZE).anchor(Anchor::End);
        drawing.text((scale.left() - 10.0, y), &label(event), &style);
        // The inclusion form reaches as far as the skipping form.
        let form = (event.inclusion.as_slice(), [].as_slice());
        draw_model(drawing, scale, locus.strand, form, locus.region, (middle, Colour::Muted));
        let sides =
            [(&event.inclusion, &event.skipping, INCLUSION), (&event.skipping, &event.inclusion, SKIPPING)];
        for (own, other, colour) in sides {
            for part in own_parts(own, other) {
                let (left, right) = (scale.x(part.start()), scale.x(part.end()));
                drawing.rect((left, middle - 5.5), right - left, 11.0, &Paint::fill(colour));
            }
        }
    });
}

/// The difference with its interval, and q in words.
fn draw_difference(drawing: &mut Drawing, axis: Scale, test: Option<&LocusTest>, y: f64) {
    let middle = y - 4.0;
    let at = (axis.range().1 + 12.0, y);
    let Some(test) = test else { return };
    let words = Text::new().size(SIZE).colour(Colour::Muted);
    let (Some(delta), Some(q)) = (test.delta_psi, test.q_value) else {
        let reason = if test.status == "ok" { "NA" } else { &test.status };
        drawing.text(at, &crate::svg::fit(reason, SIZE, WORDS), &words);
        return;
    };
    let colour = if q < 0.05 { Colour::Ink } else { Colour::Muted };
    if let (Some(low), Some(high)) = (test.ci_low, test.ci_high) {
        let ends = ((axis.at(low.max(-1.0)), middle), (axis.at(high.min(1.0)), middle));
        drawing.line(ends.0, ends.1, &Paint::stroke(colour, 1.5));
    }
    let tooltip = test_in_words(test);
    let dot = if q < 0.05 { Paint::fill(colour) } else { Paint::fill(Colour::Paper).outlined(colour, 1.2) };
    drawing.circle((axis.at(delta), middle), 3.5, &dot.tooltip(&tooltip));
    let delta = format!("{delta:+.2}").replace('-', "\u{2212}");
    let text = format!("{delta}, q = {}", probability(q));
    drawing.text(at, &text, &words.colour(colour));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::{CONTRAST, crossing_texts, data};

    #[test]
    fn every_event_has_a_row_and_texts_are_apart() {
        let locus = data().loci[0].clone();
        let view = GeneViewData { locus: locus.clone(), contrast: Some(CONTRAST.to_owned()) };
        let svg = gene_view(&view, &GeneViewOptions::default()).standalone();
        for event in &locus.events {
            assert!(svg.contains(&format!("<title>{} (", event.event_id)), "{}", event.event_id);
        }
        assert!(svg.contains("+0.30, q = 0.001") && svg.contains(">coverage<"), "{svg}");
        assert_eq!(crossing_texts(&svg), Vec::<String>::new());
    }

    #[test]
    fn events_of_high_q_are_counted_where_there_is_no_room() {
        let view = GeneViewData { locus: data().loci[0].clone(), contrast: Some(CONTRAST.to_owned()) };
        let options = GeneViewOptions { max_events: 1, ..GeneViewOptions::default() };
        let svg = gene_view(&view, &options).standalone();
        assert!(svg.contains("2 more events are left out; those of the lowest q are drawn"), "{svg}");
        assert!(svg.contains("+0.30"));
        let svg = gene_view(&GeneViewData { contrast: None, ..view }, &options).standalone();
        assert!(svg.contains(">2 more events are left out<"), "{svg}");
    }

    #[test]
    fn a_gene_without_events_and_tests_is_drawn() {
        let mut locus = data().loci[0].clone();
        locus.events.clear();
        let svg =
            gene_view(&GeneViewData { locus, contrast: None }, &GeneViewOptions::default()).standalone();
        assert!(svg.contains("every transcript is spliced alike"));
        assert_eq!(crossing_texts(&svg), Vec::<String>::new());
    }
}
