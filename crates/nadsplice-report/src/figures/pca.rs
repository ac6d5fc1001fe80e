//! Samples on the first two principal components.

use crate::{
    boxes::{Boxes, TextBox},
    figures::legend,
    groups::Groups,
    results::Results,
    svg::{Colour, Drawing, Paint, Scale, Text},
    wording::percent,
};

const WIDTH: f64 = 440.0;
const HEIGHT: f64 = 380.0;

/// Draws the samples, coloured by group; a ring marks outliers. Names that would lie over others are left to tooltips.
/// Nothing without components.
pub(crate) fn draw(results: &Results, groups: &Groups) -> Option<Drawing> {
    let placed: Vec<_> = results
        .pca
        .iter()
        .filter_map(|row| {
            let sample = results.names.iter().position(|name| *name == row.sample)?;
            Some((row, sample, row.pc1?, row.pc2.unwrap_or(0.0)))
        })
        .collect();
    let first = placed.first()?.0;
    let extent = |of: fn(&(f64, f64)) -> f64| {
        let values: Vec<f64> = placed.iter().map(|&(.., a, b)| of(&(a, b))).collect();
        let low = values.iter().copied().fold(f64::INFINITY, f64::min);
        let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        let margin = (high - low) * 0.06;
        (low - margin, high + margin)
    };
    let mut drawing =
        Drawing::new(WIDTH, HEIGHT, "Samples on principal components of logit PSI", "One point a sample.");
    let entries = groups.legend();
    let legend_end = legend::draw(&mut drawing, (62.0, 14.0), WIDTH - 70.0, &entries);
    let x = Scale::new(extent(|p| p.0), (62.0, WIDTH - 12.0));
    let y = Scale::new(extent(|p| p.1), (HEIGHT - 44.0, legend_end + 14.0));
    let name = |number: u8, share| format!("PC{number} ({} of variance)", percent(share));
    y.draw_y(&mut drawing, x.range().0, 5, &name(2, first.pc2_share), Some(x.range().1));
    x.draw_x(&mut drawing, y.range().0, 5, &name(1, first.pc1_share));

    let style = Text::new().size(10.5);
    let mut taken = Boxes::default();
    for &(.., pc1, pc2) in &placed {
        taken.block(TextBox::centred((x.at(pc1), y.at(pc2) + 3.0), 6.0, 6.0));
    }
    for &(row, sample, pc1, pc2) in &placed {
        let centre = (x.at(pc1), y.at(pc2));
        let group = groups.group_of(sample);
        let colour = group.map_or(Colour::Muted, |group| groups.colour(group));
        let group = group.map_or("in no group", |at| &groups.groups[at].name);
        let remark = if row.outlier { ", far from most others" } else { "" };
        let tooltip = format!("{} ({group}){remark}", row.sample);
        if row.outlier {
            drawing.circle(centre, 8.0, &Paint::stroke(Colour::Ink, 1.2));
        }
        drawing.circle(centre, 4.5, &Paint::fill(colour).outlined(Colour::Paper, 0.8).tooltip(&tooltip));
        let width = style.width_of(&row.sample);
        let beside = 8.0 + width / 2.0;
        let places = [(beside, 4.0), (-beside, 4.0), (0.0, -9.0), (0.0, 18.0)];
        for (dx, dy) in places {
            let middle = (centre.0 + dx, centre.1 + dy);
            let inside = middle.0 - width / 2.0 > x.range().0
                && middle.0 + width / 2.0 < WIDTH - 2.0
                && middle.1 - 9.0 > y.range().1
                && middle.1 + 3.0 < y.range().0;
            if inside && taken.take(TextBox::centred(middle, width, 10.5)) {
                drawing.text((middle.0 - width / 2.0, middle.1), &row.sample, &style);
                break;
            }
        }
    }
    Some(drawing)
}
