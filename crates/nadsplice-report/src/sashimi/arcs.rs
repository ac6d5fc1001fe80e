//! Arcs of junctions with their numbers.

use nadsplice_core::Strand;

use super::{
    INCLUSION, SKIPPING,
    scene::{Arc, FormName},
};
use crate::{
    boxes::{Boxes, TextBox},
    figure_data::LocusJunction,
    genome_scale::GenomeScale,
    svg::{Anchor, Colour, Drawing, Paint, PathData, Text},
};

/// Size of the numbers.
const SIZE: f64 = 10.5;
/// Height of an arc over what lies beneath it.
const RISE: f64 = 15.0;

/// A number at an arc: whole, or with one decimal below 100.
pub(super) fn shown(value: f64) -> String {
    if value >= 100.0 || value.fract().abs() < 0.05 || value.fract() > 0.95 {
        format!("{value:.0}")
    } else {
        format!("{value:.1}")
    }
}

/// An arc with its place, relative to the line on which coverage stands: heights grow away from it.
#[derive(Clone, Debug)]
pub(super) struct PlacedArc<'a> {
    arc: &'a Arc<'a>,
    ends: [(f64, f64); 2],
    height: f64,
    value: f64,
}

/// Places the arcs of one side, short ones first, each over those that lie in its way, and its number where no other
/// is. `floor` gives the height at an arc's two ends and the highest between them.
pub(super) fn place<'a>(
    arcs: impl Iterator<Item = (&'a Arc<'a>, f64)>,
    scale: &GenomeScale,
    floor: impl Fn(&Arc<'a>) -> ([f64; 2], f64),
) -> Vec<PlacedArc<'a>> {
    let mut wanted: Vec<(&Arc<'a>, f64)> = arcs.collect();
    wanted.sort_by_key(|(arc, _)| (arc.intron.len(), arc.intron));
    let mut boxes = Boxes::default();
    let mut placed: Vec<PlacedArc<'a>> = Vec::new();
    for (arc, value) in wanted {
        let (left, right) = (scale.x(arc.intron.start()), scale.x(arc.intron.end()));
        let (at_ends, highest) = floor(arc);
        let beneath = placed
            .iter()
            .filter(|other| other.arc.intron.overlaps(arc.intron))
            .map(|other| other.height)
            .fold(highest, f64::max);
        let width = Text::new().size(SIZE).width_of(&shown(value)) + 4.0;
        let mut height = beneath + RISE;
        // Heights are turned over for the boxes, which only tell texts apart.
        while !boxes.take(TextBox::centred((f64::midpoint(left, right), -height), width, SIZE)) {
            height += 3.0;
        }
        placed.push(PlacedArc { arc, ends: [(left, at_ends[0]), (right, at_ends[1])], height, value });
    }
    placed
}

/// The height of the highest arc with its number; 0 without one.
pub(super) fn extent(placed: &[PlacedArc<'_>]) -> f64 {
    placed.iter().map(|p| p.height + SIZE).fold(0.0, f64::max)
}

/// Draws the arcs of one side; `up` is -1 for those over the line at `base`, 1 for those below it.
pub(super) fn draw(
    drawing: &mut Drawing,
    placed: &[PlacedArc<'_>],
    (base, up): (f64, f64),
    tooltip: impl Fn(&Arc<'_>) -> String,
) {
    for arc in placed {
        let [(left, from), (right, to)] = arc.ends;
        // A cubic curve with both control points at one height comes to three quarters of it, plus an eighth of
        // either end.
        let control = (arc.height - (from + to) / 8.0) / 0.75;
        let y = |height: f64| base + up * height;
        let data = PathData::starting_at((left, y(from))).curve_to(
            (left, y(control)),
            (right, y(control)),
            (right, y(to)),
        );
        let words = tooltip(arc.arc);
        let width = (1.0 + 0.45 * (1.0 + arc.value).ln()).min(3.5);
        let mut paint = Paint::stroke(colour(arc.arc), width).tooltip(&words);
        if arc.value <= 0.0 {
            paint = paint.dashed("3 3");
        }
        drawing.path(data.as_str(), &paint);
    }
    let style = Text::new().size(SIZE).anchor(Anchor::Middle);
    for arc in placed {
        let text = shown(arc.value);
        let centre = (f64::midpoint(arc.ends[0].0, arc.ends[1].0), base + up * arc.height);
        let width = style.width_of(&text) + 4.0;
        let corner = (centre.0 - width / 2.0, centre.1 - 0.5 * SIZE);
        drawing.rect(corner, width, SIZE, &Paint::fill(Colour::Paper).opacity(0.85));
        let colour = if arc.arc.form.is_some() { Colour::Ink } else { Colour::Muted };
        let style = if arc.arc.form.is_some() { style.bold() } else { style };
        drawing.text((centre.0, centre.1 + 0.36 * SIZE), &text, &style.colour(colour));
    }
}

fn colour(arc: &Arc<'_>) -> Colour {
    match arc.form {
        Some(FormName::Inclusion) => INCLUSION,
        Some(FormName::Skipping) => SKIPPING,
        None => Colour::Muted,
    }
}

/// A junction with the counts of samples as they stand in `junctions.tsv`.
pub(super) fn in_words(
    chrom: &str,
    arc: &Arc<'_>,
    samples: impl Iterator<Item = (String, usize)>,
    unit: &str,
) -> String {
    let place = format!("{chrom}:{}", arc.intron);
    let Some(LocusJunction { strand, annotated, counts, .. }) = arc.junction else {
        return format!("{place}: seen in no sample");
    };
    let known = if *annotated { "annotated" } else { "not annotated" };
    let each: Vec<(String, u32)> = samples.filter_map(|(name, s)| Some((name, *counts.get(s)?))).collect();
    let sum: u64 = each.iter().map(|e| u64::from(e.1)).sum();
    let each: Vec<String> = each.into_iter().map(|(name, n)| format!("{name} {n}")).collect();
    format!("{place} ({}), {known}: {sum} {unit} ({})", Strand::symbol_of(*strand), each.join(", "))
}
