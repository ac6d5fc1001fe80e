//! PSI of events (rows) in samples (columns), both clustered.

use crate::{
    figures::{
        clustering::{Tree, average_linkage},
        legend,
    },
    groups::Groups,
    results::{CALL_Q, Contrast, HEATMAP_EVENTS, Results, gene_names, is_called},
    svg::{Anchor, Colour, Drawing, Paint, PathData, Scale, Text, fit, sequential},
    wording::fixed,
};

const ROW: f64 = 14.0;
const TREE: f64 = 46.0;
const NAMES: f64 = 170.0;

/// Draws up to 50 called events with the smallest p-values, or, where none is called, the 50 that vary most among
/// those with a PSI in every sample. Nothing where there is no event.
pub(crate) fn draw(results: &Results, contrast: Option<&Contrast>) -> Option<Drawing> {
    let (what, events) = choose(results, contrast);
    let columns = contrast.map_or_else(
        || (0..results.names.len()).collect(),
        |contrast| contrast.groups.groups.iter().flat_map(|g| g.members.iter().copied()).collect::<Vec<_>>(),
    );
    let rows: Vec<(String, &str, Vec<Option<f64>>)> = events
        .into_iter()
        .filter_map(|(event, genes)| {
            let (id, psi) = results.psi.get_key_value(&event)?;
            Some((genes, id.as_str(), columns.iter().map(|&sample| psi.values[sample]).collect()))
        })
        .collect();
    if rows.is_empty() || columns.is_empty() {
        return None;
    }
    let groups = contrast.map_or_else(|| results.cohort_groups(), |contrast| contrast.groups.clone());
    let names: Vec<&str> = columns.iter().map(|&sample| results.names[sample].as_str()).collect();
    Some(paint(&what, &rows, &columns, &names, &groups))
}

fn choose(results: &Results, contrast: Option<&Contrast>) -> (String, Vec<(String, String)>) {
    if let Some(contrast) = contrast {
        let called: Vec<_> = contrast
            .by_evidence()
            .into_iter()
            .filter(|event| is_called(event))
            .take(HEATMAP_EVENTS)
            .map(|event| (event.event_id.clone(), gene_names(event)))
            .collect();
        if called.len() > 1 {
            return (
                format!("{} events with the smallest p-values of those with q < {CALL_Q}", called.len()),
                called,
            );
        }
    }
    let events: Vec<_> = results
        .most_variable
        .iter()
        .map(|id| (id.clone(), results.gene_of_event.get(id).cloned().unwrap_or_default()))
        .collect();
    (format!("{} events that vary most between samples", events.len()), events)
}

fn paint(
    what: &str,
    rows: &[(String, &str, Vec<Option<f64>>)],
    columns: &[usize],
    names: &[&str],
    groups: &Groups,
) -> Drawing {
    let values: Vec<Vec<Option<f64>>> = rows.iter().map(|(.., values)| values.clone()).collect();
    let turned: Vec<Vec<Option<f64>>> =
        (0..columns.len()).map(|column| values.iter().map(|row| row[column]).collect()).collect();
    let (row_tree, column_tree) = (average_linkage(&values), average_linkage(&turned));
    let row_order = row_tree.as_ref().map(Tree::order).unwrap_or_default();
    let column_order = column_tree.as_ref().map(Tree::order).unwrap_or_default();

    let cell = (420.0 / columns.len() as f64).clamp(4.0, 26.0);
    let style = Text::new().size(10.0);
    let named = cell >= 11.0;
    let name_height = if named {
        names.iter().map(|name| style.width_of(&fit(name, 10.0, 110.0))).fold(0.0, f64::max) + 8.0
    } else {
        6.0
    };
    let left = 8.0 + TREE;
    let width = (left + cell * columns.len() as f64 + 8.0 + NAMES).max(430.0);
    let mut drawing = Drawing::new(width, 0.0, "PSI heatmap", what);
    drawing.text((8.0, 15.0), &fit(what, 11.5, width - 16.0), &Text::new().size(11.5).bold());
    let entries = groups.legend();
    let legend_end = legend::draw(&mut drawing, (8.0, 34.0), width - 16.0, &entries);
    let scale_end = draw_scale(&mut drawing, (8.0, legend_end + 10.0));

    let top = scale_end + 6.0 + TREE + 14.0;
    if let Some(tree) = &column_tree {
        let height = Scale::new((0.0, tree.height().max(1e-9)), (top - 15.0, top - 15.0 - TREE + 4.0));
        draw_tree(&mut drawing, tree, &mut 0.0, &|at, h| (left + cell * (at + 0.5), height.at(h)));
    }
    if let Some(tree) = &row_tree {
        let height = Scale::new((0.0, tree.height().max(1e-9)), (left - 3.0, 8.0));
        draw_tree(&mut drawing, tree, &mut 0.0, &|at, h| (height.at(h), top + ROW * (at + 0.5)));
    }
    for (at, &column) in column_order.iter().enumerate() {
        let colour = groups.group_of(columns[column]).map_or(Colour::Rule, |group| groups.colour(group));
        drawing.rect((left + cell * at as f64, top - 12.0), cell - 0.6, 8.0, &Paint::fill(colour));
    }
    for (y, &row) in row_order.iter().enumerate() {
        let (genes, id, values) = &rows[row];
        let y = top + ROW * y as f64;
        for (x, &column) in column_order.iter().enumerate() {
            let colour = values[column].map_or(Colour::Rule, sequential);
            let corner = (left + cell * x as f64, y);
            let paint = Paint::fill(colour);
            // Tooltips of every cell would be most of the file.
            if columns.len() * rows.len() <= 1500 {
                let tooltip = format!("{genes} {id} in {}: PSI {}", names[column], fixed(values[column], 3));
                drawing.rect(corner, cell - 0.6, ROW - 0.6, &paint.tooltip(&tooltip));
            } else {
                drawing.rect(corner, cell - 0.6, ROW - 0.6, &paint);
            }
        }
        let kind = id.split(':').next().unwrap_or_default();
        let label = fit(&format!("{genes} {kind}"), 10.0, NAMES - 6.0);
        drawing.group("", Some(id), |drawing| {
            drawing.text((left + cell * columns.len() as f64 + 5.0, y + 10.5), &label, &style);
        });
    }
    let bottom = top + ROW * rows.len() as f64;
    if named {
        for (at, &column) in column_order.iter().enumerate() {
            let x = left + cell * (at as f64 + 0.5) + 3.5;
            let name = fit(names[column], 10.0, 110.0);
            drawing.text((x, bottom + 5.0), &name, &style.anchor(Anchor::End).turned(-90.0));
        }
    }
    drawing.set_height(bottom + name_height + 4.0);
    drawing
}

/// The scale of PSI; returns its lower end.
fn draw_scale(drawing: &mut Drawing, corner: (f64, f64)) -> f64 {
    for step in 0..40_u32 {
        let x = corner.0 + f64::from(step) * 3.0;
        drawing.rect((x, corner.1), 3.2, 9.0, &Paint::fill(sequential((f64::from(step) + 0.5) / 40.0)));
    }
    let style = Text::new().size(10.0).colour(Colour::Muted);
    drawing.text((corner.0, corner.1 + 20.0), "PSI 0", &style);
    drawing.text((corner.0 + 120.0, corner.1 + 20.0), "1", &style.anchor(Anchor::End));
    drawing.rect((corner.0 + 140.0, corner.1), 9.0, 9.0, &Paint::fill(Colour::Rule));
    drawing.text((corner.0 + 153.0, corner.1 + 8.5), "no reads", &style);
    corner.1 + 22.0
}

/// Draws a tree with a bracket a join; `at` maps place along the leaves and height to a point. Returns the place of
/// the tree's root along the leaves.
fn draw_tree(drawing: &mut Drawing, tree: &Tree, next: &mut f64, at: &dyn Fn(f64, f64) -> (f64, f64)) -> f64 {
    match tree {
        Tree::Leaf(_) => {
            *next += 1.0;
            *next - 1.0
        }
        Tree::Join { left, right, height } => {
            let first = draw_tree(drawing, left, next, at);
            let second = draw_tree(drawing, right, next, at);
            let bracket = PathData::starting_at(at(first, left.height()))
                .line_to(at(first, *height))
                .line_to(at(second, *height))
                .line_to(at(second, right.height()));
            drawing.path(bracket.as_str(), &Paint::stroke(Colour::Muted, 0.8));
            f64::midpoint(first, second)
        }
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::EventKind;

    use super::*;
    use crate::test_tables::{results, tested};

    const SAMPLES: [(&str, &str); 3] = [("a", "old"), ("b", "young"), ("c", "old")];

    #[test]
    fn called_events_are_rows_and_missing_values_have_a_colour_of_their_own() {
        let events = (0..3).map(|at| tested(&format!("SE:{at}"), EventKind::Se, "G<i>", 0.3, 1e-4)).collect();
        let mut results = results(&SAMPLES, events);
        for (at, psi) in results.psi.values_mut().enumerate() {
            psi.values = vec![if at == 0 { None } else { Some(0.1 * at as f64) }; 3];
        }
        let svg = draw(&results, results.contrasts.first()).unwrap().inline();
        assert_eq!(svg.matches("PSI NA</title>").count(), 3);
        assert_eq!(svg.matches("PSI 0.200</title>").count(), 3);
        assert!(svg.contains("G&lt;i&gt; SE") && !svg.contains("NaN"));
    }

    #[test]
    fn without_any_event_there_is_no_figure() {
        let results = results(&SAMPLES, Vec::new());
        assert!(draw(&results, results.contrasts.first()).is_none());
        assert!(draw(&results, None).is_none());
    }
}
