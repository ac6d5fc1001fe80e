//! Gene sets: their evidence as dots, and which called genes they share.

use std::collections::BTreeSet;

use nadsplice_table::EnrichmentRow;

use crate::{
    results::{CALL_Q, Contrast},
    svg::{Anchor, Colour, Drawing, Paint, Scale, Text, diverging, fit},
    wording::{fixed, probability, signed},
};

const NAMES: f64 = 250.0;
const ROW: f64 = 17.0;
/// Sets in a figure, and genes in a matrix, at most.
pub(crate) const MOST_SETS: usize = 25;
pub(crate) const MOST_GENES: usize = 40;

/// Tested sets of a method, smallest p-value first.
pub(crate) fn tested<'a>(contrast: &'a Contrast, method: &str) -> Vec<&'a EnrichmentRow> {
    let mut sets: Vec<_> =
        contrast.sets.iter().filter(|set| set.method == method && set.p_value.is_some()).collect();
    sets.sort_by(|a, b| a.p_value.unwrap_or(1.0).total_cmp(&b.p_value.unwrap_or(1.0)));
    sets
}

/// The genes on which a set's evidence rests.
fn evidence(set: &EnrichmentRow) -> &[String] {
    if set.method == "gsea" { &set.leading_edge } else { &set.genes }
}

/// One dot a set: x its evidence, size the number of genes that it rests on, filled where the set is called.
pub(crate) fn dots(title: &str, sets: &[&EnrichmentRow]) -> Option<Drawing> {
    let sets = &sets[..sets.len().min(MOST_SETS)];
    let most = sets.iter().map(|set| -set.p_value.unwrap_or(1.0).log10()).fold(1.5, f64::max);
    if sets.is_empty() {
        return None;
    }
    let (width, top) = (620.0, 30.0);
    let bottom = top + ROW * sets.len() as f64;
    let mut drawing = Drawing::new(width, bottom + 42.0, title, "One dot a gene set.");
    drawing.text((8.0, 15.0), title, &Text::new().bold().size(11.5));
    let x = Scale::nice((0.0, most), (NAMES + 12.0, width - 60.0));
    let line = Paint::stroke(Colour::Rule, 1.0);
    let radius = |genes: usize| (2.0 + 1.6 * (genes as f64).sqrt()).min(8.0);
    for (value, _) in x.ticks(5) {
        drawing.line((x.at(value), top), (x.at(value), bottom), &line);
    }
    for (at, set) in sets.iter().enumerate() {
        let y = top + ROW * (at as f64 + 0.5);
        drawing.line((x.range().0, y), (x.range().1, y), &line);
        let name = Text::new().size(10.5).anchor(Anchor::End);
        drawing.group("", Some(&set.set_id), |drawing| {
            drawing.text((NAMES + 4.0, y + 4.0), &fit(&set.set_name, 10.5, NAMES - 4.0), &name);
        });
        let genes = evidence(set).len();
        let effect = if set.method == "gsea" {
            format!("normalised score {}", fixed(set.nes, 2))
        } else {
            format!("{} of {} genes, {} times the expected", set.overlap, set.set_size, fixed(set.fold, 2))
        };
        let tooltip = format!(
            "{}: {effect}, p {}, q {}",
            set.set_name,
            probability(set.p_value),
            probability(set.q_value)
        );
        let called = set.q_value.is_some_and(|q| q < CALL_Q);
        let paint = if called {
            Paint::fill(Colour::Series(1)).outlined(Colour::Series(1), 1.5)
        } else {
            Paint::fill(Colour::Paper).outlined(Colour::Series(0), 1.5)
        };
        let place = (x.at(-set.p_value.unwrap_or(1.0).log10()), y);
        drawing.circle(place, radius(genes), &paint.tooltip(&tooltip));
        let number = Text::new().size(10.0).colour(Colour::Muted);
        drawing.text((width - 50.0, y + 4.0), &format!("q {}", probability(set.q_value)), &number);
    }
    x.draw_x(&mut drawing, bottom + 2.0, 5, "−log10 p");
    Some(drawing)
}

/// Which called genes are in which sets, coloured by the largest difference of PSI in the gene. Sets without a called
/// gene are left out; nothing where none is left.
pub(crate) fn matrix(title: &str, sets: &[&EnrichmentRow], contrast: &Contrast) -> Option<Drawing> {
    let sets: Vec<_> = sets.iter().filter(|set| !set.genes.is_empty()).take(MOST_SETS).collect();
    let genes: BTreeSet<&str> = sets.iter().flat_map(|set| &set.genes).map(String::as_str).collect();
    let number_of_sets = |gene: &str| sets.iter().filter(|set| set.genes.iter().any(|g| g == gene)).count();
    let mut genes: Vec<(&str, usize)> = genes.into_iter().map(|gene| (gene, number_of_sets(gene))).collect();
    genes.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    genes.truncate(MOST_GENES);
    if genes.is_empty() {
        return None;
    }
    let cell = 15.0;
    let style = Text::new().size(10.0);
    let names = genes.iter().map(|(gene, _)| style.width_of(gene)).fold(0.0, f64::max) + 10.0;
    let top = 44.0 + names;
    let width = (NAMES + 14.0 + cell * genes.len() as f64 + 10.0).max(420.0);
    let mut drawing = Drawing::new(
        width,
        top + cell * sets.len() as f64 + 6.0,
        title,
        "A square for each called gene of each set.",
    );
    drawing.text((8.0, 15.0), title, &Text::new().bold().size(11.5));
    for (step, value) in (0..).zip([-1.0, -0.5, 0.0, 0.5, 1.0_f64]) {
        drawing.rect((62.0 + 14.0 * f64::from(step), 25.0), 14.0, 9.0, &Paint::fill(diverging(value)));
    }
    let muted = style.colour(Colour::Muted);
    drawing.text((58.0, 33.0), "ΔPSI −0.5", &muted.anchor(Anchor::End));
    drawing.text((136.0, 33.0), "+0.5 or more", &muted);
    let delta = |gene: &str| {
        contrast.genes.values().find(|row| row.gene_name == gene || row.gene_id == gene)?.delta_psi_max
    };
    for (at, (gene, _)) in genes.iter().enumerate() {
        let x = NAMES + 14.0 + cell * (at as f64 + 0.5) + 3.5;
        drawing.text((x, top - 6.0), gene, &style.italic().turned(-90.0));
    }
    for (row, set) in sets.iter().enumerate() {
        let y = top + cell * row as f64;
        let name = Text::new().size(10.5).anchor(Anchor::End);
        drawing.group("", Some(&set.set_id), |drawing| {
            drawing.text((NAMES + 6.0, y + 11.0), &fit(&set.set_name, 10.5, NAMES - 4.0), &name);
        });
        for (at, (gene, _)) in genes.iter().enumerate() {
            let corner = (NAMES + 14.0 + cell * at as f64, y);
            let is_member = set.genes.iter().any(|g| g == gene);
            if is_member {
                let delta = delta(gene);
                let tooltip = format!("{gene} in {}: ΔPSI {}", set.set_name, signed(delta));
                let colour = delta.map_or(Colour::Muted, |delta| diverging(delta * 2.0));
                let paint = Paint::fill(colour).outlined(Colour::Muted, 0.5).tooltip(&tooltip);
                drawing.rect(corner, cell - 1.5, cell - 1.5, &paint);
            } else {
                drawing.rect(corner, cell - 1.5, cell - 1.5, &Paint::stroke(Colour::Rule, 0.6));
            }
        }
    }
    Some(drawing)
}
