//! Events of each kind: in the catalogue, tested, called.

use nadsplice_core::EventKind;

use crate::{
    figures::legend,
    results::{CALL_Q, Contrast, Results, is_called},
    svg::{Anchor, Colour, Drawing, Paint, Scale, Text},
    wording::count,
};

const WIDTH: f64 = 440.0;
const ROW: f64 = 40.0;

/// Numbers of one kind.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct KindNumbers {
    pub(crate) events: usize,
    pub(crate) novel: usize,
    pub(crate) tested: usize,
    pub(crate) called: usize,
}

/// The numbers of every kind, in the kinds' order.
pub(crate) fn numbers(results: &Results, contrast: Option<&Contrast>) -> Vec<(EventKind, KindNumbers)> {
    EventKind::ALL
        .into_iter()
        .map(|kind| {
            let mut numbers = KindNumbers::default();
            for ((of, novelty), number) in &results.catalogue {
                if *of == kind {
                    numbers.events += number;
                    numbers.novel += if novelty == "annotated" { 0 } else { *number };
                }
            }
            if let Some(contrast) = contrast {
                let tested = contrast.tested().filter(|event| event.kind == kind);
                for event in tested {
                    numbers.tested += 1;
                    numbers.called += usize::from(is_called(event));
                }
                // Counts from elsewhere come without a catalogue.
                if results.catalogue.is_empty() {
                    numbers.events = contrast.events.iter().filter(|event| event.kind == kind).count();
                }
            }
            (kind, numbers)
        })
        .collect()
}

/// Draws bars on a logarithmic scale; nothing without events.
pub(crate) fn draw(results: &Results, contrast: Option<&Contrast>) -> Option<Drawing> {
    let numbers = numbers(results, contrast);
    let most = numbers.iter().map(|(_, n)| n.events).max().filter(|&most| most > 0)?;
    let called = format!("q < {CALL_Q}");
    let entries: &[(&str, Colour)] = if contrast.is_some() {
        &[("in the catalogue", Colour::Rule), ("tested", Colour::Series(5)), (&called, Colour::Series(1))]
    } else {
        &[("in the catalogue", Colour::Rule)]
    };
    let title =
        contrast.map_or_else(|| "Events by kind".to_owned(), |c| format!("Events by kind, {}", c.label));
    let mut drawing = Drawing::new(WIDTH, 0.0, &title, "Bars on a logarithmic scale.");
    let top = legend::draw(&mut drawing, (60.0, 14.0), WIDTH - 66.0, entries) + 12.0;
    let scale = Scale::new((0.0, (most as f64 + 1.0).log10()), (60.0, WIDTH - 60.0));
    let number = Text::new().size(10.0).colour(Colour::Muted);
    for (at, (kind, numbers)) in numbers.iter().enumerate() {
        let y = top + ROW * at as f64;
        drawing.text((52.0, y + 20.0), kind.name(), &Text::new().anchor(Anchor::End));
        let values = [numbers.events, numbers.tested, numbers.called];
        for (bar, (&value, &(_, colour))) in values.iter().zip(entries).enumerate() {
            let y = y + 11.0 * bar as f64;
            let end = scale.at((value as f64 + 1.0).log10());
            drawing.rect((60.0, y), end - 60.0, 9.5, &Paint::fill(colour));
            drawing.text((end + 4.0, y + 8.5), &count(value as u64), &number);
        }
    }
    drawing.set_height(top + ROW * numbers.len() as f64);
    Some(drawing)
}
