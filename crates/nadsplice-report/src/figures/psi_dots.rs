//! PSI of one event in every sample, group by group.

use nadsplice_table::DifferentialRow;

use crate::{
    groups::Groups,
    results::EventPsi,
    svg::{Anchor, Colour, Drawing, Paint, PathData, Scale, Text, fit},
    wording::fixed,
};

/// The estimates of control and case by the model, in the order of the groups.
fn estimates(groups: &Groups, row: Option<&DifferentialRow>) -> Vec<Option<f64>> {
    match row {
        Some(row) if groups.is_pair => vec![row.psi_control, row.psi_case],
        _ => vec![None; groups.groups.len()],
    }
}

/// A figure of its own: a dot and the 95% interval of the sample's reads for each sample, and a bar at the model's
/// estimate of each group. Samples without reads have no dot; their number is written under the group.
pub(crate) fn figure(
    title: &str,
    psi: &EventPsi,
    groups: &Groups,
    row: Option<&DifferentialRow>,
    names: &[String],
) -> Drawing {
    let samples: usize = groups.groups.iter().map(|g| g.members.len()).sum();
    let step = (300.0 / samples.max(1) as f64).clamp(7.0, 26.0);
    let gap = 18.0;
    let inner = step * samples as f64 + gap * groups.groups.len() as f64;
    let inner = inner.max(90.0 * groups.groups.len() as f64);
    let (width, height) = (56.0 + inner + 8.0, 250.0);
    let mut drawing =
        Drawing::new(width, height, title, "One dot a sample, with the 95% interval of its reads.");
    let y = Scale::new((0.0, 1.0), (height - 40.0, 12.0));
    y.draw_y(&mut drawing, 56.0, 5, "PSI", Some(width - 8.0));
    let estimates = estimates(groups, row);
    let share = (inner - gap * groups.groups.len() as f64) / samples.max(1) as f64;
    let mut left = 56.0;
    for (at, group) in groups.groups.iter().enumerate() {
        let extent = share * group.members.len() as f64 + gap;
        let colour = groups.colour(at);
        let mut without = 0;
        for (place, &sample) in group.members.iter().enumerate() {
            let x = left + gap / 2.0 + share * (place as f64 + 0.5);
            let Some(value) = psi.values[sample] else {
                without += 1;
                continue;
            };
            let (low, high) = (psi.low[sample], psi.high[sample]);
            if let (Some(low), Some(high)) = (low, high) {
                drawing.line((x, y.at(low)), (x, y.at(high)), &Paint::stroke(colour, 1.5).opacity(0.55));
            }
            let tooltip = format!(
                "{}: PSI {} ({} to {})",
                names[sample],
                fixed(Some(value), 3),
                fixed(low, 3),
                fixed(high, 3)
            );
            let paint = Paint::fill(colour).outlined(Colour::Paper, 0.8).tooltip(&tooltip);
            drawing.circle((x, y.at(value)), 4.0, &paint);
        }
        if let Some(estimate) = estimates[at] {
            let tooltip = format!("{}: PSI {estimate:.3} by the model", group.name);
            let level = y.at(estimate);
            let paint = Paint::stroke(Colour::Ink, 2.0).tooltip(&tooltip);
            drawing.line((left + gap / 2.0 - 3.0, level), (left + extent - gap / 2.0 + 3.0, level), &paint);
        }
        let label = Text::new().anchor(Anchor::Middle);
        let centre = left + extent / 2.0;
        drawing.text((centre, height - 22.0), &fit(&group.name, 12.0, extent - 4.0), &label);
        if without > 0 {
            let text = fit(&format!("{without} without reads"), 10.0, extent);
            drawing.text((centre, height - 8.0), &text, &label.size(10.0).colour(Colour::Muted));
        }
        left += extent;
    }
    drawing
}

/// A small one for a table: a line a group, PSI from left to right.
pub(crate) fn strip(title: &str, psi: &EventPsi, groups: &Groups, row: Option<&DifferentialRow>) -> Drawing {
    let width = 170.0;
    let line = 15.0;
    let height = line * groups.groups.len() as f64 + 4.0;
    let mut drawing = Drawing::new(width, height, title, "");
    let x = Scale::new((0.0, 1.0), (6.0, width - 6.0));
    for tick in [0.0, 0.5, 1.0] {
        drawing.line((x.at(tick), 1.0), (x.at(tick), height - 1.0), &Paint::stroke(Colour::Rule, 1.0));
    }
    for ((at, group), estimate) in groups.groups.iter().enumerate().zip(estimates(groups, row)) {
        let y = 2.0 + line * (at as f64 + 0.5);
        let mut dots = PathData::default();
        for value in group.members.iter().filter_map(|&sample| psi.values[sample]) {
            dots.dot((x.at(value), y));
        }
        if !dots.is_empty() {
            let paint = Paint::stroke(groups.colour(at), 6.0).opacity(0.6).round();
            drawing.path(dots.as_str(), &paint);
        }
        if let Some(estimate) = estimate {
            let place = x.at(estimate);
            drawing.line((place, y - 6.0), (place, y + 6.0), &Paint::stroke(Colour::Ink, 2.0));
        }
    }
    drawing
}

#[cfg(test)]
mod tests {
    use nadsplice_core::EventKind;

    use super::*;
    use crate::test_tables::{sample_table, tested};

    fn psi(values: &[Option<f64>]) -> EventPsi {
        let ends = |by: f64| values.iter().map(|v| v.map(|v| v + by)).collect();
        EventPsi { values: values.to_vec(), low: ends(-0.1), high: ends(0.1) }
    }

    #[test]
    fn every_sample_with_reads_has_a_dot_and_the_others_are_counted() {
        let samples = sample_table(&[("a", "old"), ("b", "young"), ("c", "old")]);
        let groups = Groups::of("condition:old:young", &samples);
        let names = ["a", "b", "c"].map(str::to_owned);
        let row = tested("SE:1", EventKind::Se, "SIRT1", 0.3, 0.01);
        let values = psi(&[Some(0.5), Some(0.2), None]);
        let svg = figure("t", &values, &groups, Some(&row), &names).inline();
        assert_eq!(svg.matches("<circle").count(), 2);
        assert!(svg.contains("1 without reads"), "{svg}");
        assert!(svg.contains("a: PSI 0.500 (0.400 to 0.600)"));
        assert_eq!(strip("t", &values, &groups, Some(&row)).inline().matches("h0").count(), 2);
    }

    #[test]
    fn an_event_without_any_value_is_an_empty_frame() {
        let samples = sample_table(&[("a", "old"), ("b", "young")]);
        let groups = Groups::of("condition:old:young", &samples);
        let names = ["a", "b"].map(str::to_owned);
        let svg = figure("t", &psi(&[None, None]), &groups, None, &names).inline();
        assert!(!svg.contains("NaN") && !svg.contains("<circle"), "{svg}");
        assert!(!strip("t", &psi(&[None, None]), &groups, None).inline().contains("NaN"));
    }
}
