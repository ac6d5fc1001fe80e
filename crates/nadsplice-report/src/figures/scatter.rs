//! Volcano and MA plots, one panel an event kind. The called events of best evidence are points; all others are counted
//! in small squares, so that the figure of 200,000 events is as small as that of 2,000.

use std::collections::BTreeMap;

use nadsplice_core::EventKind;
use nadsplice_table::DifferentialRow;

use crate::{
    boxes::{Boxes, TextBox},
    results::{CALL_Q, Contrast, gene_names, is_called},
    sashimi::{INCLUSION, SKIPPING},
    svg::{Colour, Drawing, Paint, PathData, Scale, Text},
    wording::{probability, signed},
};

/// Size of a panel.
const WIDTH: f64 = 300.0;
const HEIGHT: f64 = 240.0;
/// Side of the squares in which events are counted.
const BIN: f64 = 4.0;
/// Evidence is drawn up to this `-log10 p`; what lies beyond stands at the edge.
const MOST_EVIDENCE: f64 = 50.0;
/// Called events that are points with a tooltip, and that have their gene's name, at most.
const TOOLTIPS: usize = 150;
const NAMES: usize = 8;
/// Panels side by side in a figure of its own.
const COLUMNS: usize = 4;

/// What is drawn against what.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plane {
    /// Difference of PSI (x) and evidence (y).
    Volcano,
    /// Mean reads of a group (x) and difference of PSI (y).
    Ma,
}

impl Plane {
    fn place(self, row: &DifferentialRow) -> Option<(f64, f64)> {
        let delta = row.delta_psi?;
        Some(match self {
            Self::Volcano => (delta, (-row.log10_p?).clamp(0.0, MOST_EVIDENCE)),
            Self::Ma => {
                let samples = f64::from(row.n_case + row.n_control).max(1.0);
                (((row.reads_case + row.reads_control).max(1) as f64 / samples).log10(), delta)
            }
        })
    }

    fn axes(self) -> (&'static str, &'static str) {
        match self {
            Self::Volcano => ("ΔPSI", "−log10 p"),
            Self::Ma => ("log10 reads per sample", "ΔPSI"),
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Volcano => "Volcano plot",
            Self::Ma => "MA plot",
        }
    }
}

struct Point<'a> {
    row: &'a DifferentialRow,
    place: (f64, f64),
}

/// One panel an event kind that has tested events, all with the same scales.
pub(crate) fn panels(plane: Plane, contrast: &Contrast) -> Vec<Drawing> {
    let (kinds, domain) = by_kind(plane, contrast);
    kinds
        .iter()
        .map(|(kind, points)| {
            let title = format!("{} of {kind}, {}", plane.name(), contrast.label);
            let mut drawing = Drawing::new(WIDTH, HEIGHT, &title, &summary(*kind, points));
            panel(&mut drawing, plane, *kind, points, domain);
            drawing
        })
        .collect()
}

/// All panels in one figure; nothing where no event was tested.
pub(crate) fn grid(plane: Plane, contrast: &Contrast) -> Option<Drawing> {
    let (kinds, domain) = by_kind(plane, contrast);
    if kinds.is_empty() {
        return None;
    }
    let rows = kinds.len().div_ceil(COLUMNS);
    let title = format!("{} of {}", plane.name(), contrast.label);
    let width = WIDTH * kinds.len().min(COLUMNS) as f64;
    let mut drawing = Drawing::new(width, HEIGHT * rows as f64, &title, "");
    for (at, (kind, points)) in kinds.iter().enumerate() {
        let corner = (WIDTH * (at % COLUMNS) as f64, HEIGHT * (at / COLUMNS) as f64);
        drawing.shifted(corner, |drawing| panel(drawing, plane, *kind, points, domain));
    }
    Some(drawing)
}

type Kinds<'a> = BTreeMap<EventKind, Vec<Point<'a>>>;

/// Extent of x and y.
type Extents = ((f64, f64), (f64, f64));

/// The points of each kind, best evidence first, and the extent of x and y over all of them.
fn by_kind(plane: Plane, contrast: &Contrast) -> (Kinds<'_>, Extents) {
    let mut kinds = Kinds::new();
    let (mut most_delta, mut most_other) = (0.1_f64, 1.0_f64);
    for row in contrast.by_evidence() {
        if let Some(place) = plane.place(row) {
            let (delta, other) = if plane == Plane::Volcano { place } else { (place.1, place.0) };
            most_delta = most_delta.max(delta.abs());
            most_other = most_other.max(other);
            kinds.entry(row.kind).or_default().push(Point { row, place });
        }
    }
    let (delta, other) = ((-most_delta, most_delta), (0.0, most_other));
    (kinds, if plane == Plane::Volcano { (delta, other) } else { (other, delta) })
}

fn summary(kind: EventKind, points: &[Point<'_>]) -> String {
    let called = points.iter().filter(|point| is_called(point.row)).count();
    format!("{kind}: {} tested, {called} with q < {CALL_Q}", points.len())
}

fn panel(drawing: &mut Drawing, plane: Plane, kind: EventKind, points: &[Point<'_>], domain: Extents) {
    let x = Scale::nice(domain.0, (52.0, WIDTH - 12.0));
    let y = Scale::nice(domain.1, (HEIGHT - 44.0, 26.0));
    let (x_name, y_name) = plane.axes();
    drawing.text((52.0, 16.0), &summary(kind, points), &Text::new().size(11.5).bold());
    y.draw_y(drawing, x.range().0, 4, y_name, Some(x.range().1));
    x.draw_x(drawing, y.range().0, 4, x_name);
    let zero = Paint::stroke(Colour::Muted, 1.0).dashed("3 3");
    match plane {
        Plane::Volcano => drawing.line((x.at(0.0), y.range().0), (x.at(0.0), y.range().1), &zero),
        Plane::Ma => drawing.line((x.range().0, y.at(0.0)), (x.range().1, y.at(0.0)), &zero),
    }

    let at = |point: &Point<'_>| (x.at(point.place.0), y.at(point.place.1));
    let grey = points.iter().filter(|point| !is_called(point.row)).map(at);
    squares(drawing, grey, Colour::Muted);
    let called: Vec<_> = points.iter().filter(|point| is_called(point.row)).collect();
    let colour =
        |point: &Point<'_>| if point.row.delta_psi.is_some_and(|d| d > 0.0) { INCLUSION } else { SKIPPING };
    for side in [SKIPPING, INCLUSION] {
        let others = called.iter().skip(TOOLTIPS).filter(|point| colour(point) == side);
        squares(drawing, others.map(|point| at(point)), side);
    }
    for point in called.iter().take(TOOLTIPS).rev() {
        let row = point.row;
        let genes = gene_names(row);
        let text = format!(
            "{genes} {} ΔPSI {}, q {}",
            row.event_id,
            signed(row.delta_psi),
            probability(row.q_value)
        );
        drawing.circle(at(point), 3.0, &Paint::fill(colour(point)).opacity(0.8).tooltip(&text));
    }
    name_genes(drawing, &called, at, (x.range(), y.range()));
}

/// Counts places in squares, darker where there are more.
fn squares(drawing: &mut Drawing, places: impl Iterator<Item = (f64, f64)>, colour: Colour) {
    let mut numbers: BTreeMap<(i64, i64), u32> = BTreeMap::new();
    for (x, y) in places {
        #[expect(clippy::cast_possible_truncation, reason = "inside the panel")]
        let square = ((x / BIN).floor() as i64, (y / BIN).floor() as i64);
        *numbers.entry(square).or_default() += 1;
    }
    for (fewest, most, opacity) in [(1, 1, 0.3), (2, 5, 0.55), (6, u32::MAX, 0.9)] {
        let mut path = PathData::default();
        for (square, _) in numbers.iter().filter(|&(_, &number)| (fewest..=most).contains(&number)) {
            path.square((square.0 as f64 * BIN, square.1 as f64 * BIN), BIN);
        }
        if !path.is_empty() {
            drawing.path(path.as_str(), &Paint::fill(colour).opacity(opacity));
        }
    }
}

/// Names the genes of the best events, where there is room.
fn name_genes(
    drawing: &mut Drawing,
    called: &[&Point<'_>],
    at: impl Fn(&Point<'_>) -> (f64, f64),
    (x_range, y_range): Extents,
) {
    let style = Text::new().size(10.0);
    let mut taken = Boxes::default();
    for point in called.iter().take(TOOLTIPS) {
        let (x, y) = at(point);
        taken.block(TextBox::centred((x, y + 2.0), 4.0, 4.0));
    }
    let mut named: Vec<String> = Vec::new();
    for point in called {
        let name = gene_names(point.row);
        if named.len() == NAMES || named.contains(&name) {
            continue;
        }
        let (x, y) = at(point);
        let width = style.width_of(&name);
        for centre in
            [(x, y - 9.0), (x, y + 15.0), (x + 7.0 + width / 2.0, y + 4.0), (x - 7.0 - width / 2.0, y + 4.0)]
        {
            let inside = centre.0 - width / 2.0 > x_range.0
                && centre.0 + width / 2.0 < x_range.1
                && centre.1 - 8.0 > y_range.1
                && centre.1 < y_range.0;
            if inside && taken.take(TextBox::centred(centre, width, 10.0)) {
                drawing.text((centre.0 - width / 2.0, centre.1), &name, &style);
                named.push(name);
                break;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_tables::{results, tested};

    const SAMPLES: [(&str, &str); 4] = [("a", "old"), ("b", "young"), ("c", "old"), ("d", "young")];

    fn called(number: usize) -> Vec<DifferentialRow> {
        let delta = |at: usize| if at.is_multiple_of(2) { 0.3 } else { -0.3 };
        (0..number)
            .map(|at| tested(&format!("SE:{at}"), EventKind::Se, &format!("G{at}"), delta(at), 1e-4))
            .collect()
    }

    #[test]
    fn the_best_called_events_are_points_and_all_others_are_counted() {
        let mut events = called(TOOLTIPS + 2);
        events.push(tested("SE:x", EventKind::Se, "X", 0.01, 0.9));
        events.push(tested("RI:y", EventKind::Ri, "Y", 0.01, 0.9));
        let results = results(&SAMPLES, events);
        for plane in [Plane::Volcano, Plane::Ma] {
            let panels = panels(plane, &results.contrasts[0]);
            assert_eq!(panels.len(), 2, "one a kind");
            let svg = panels[0].inline();
            assert_eq!(svg.matches("<circle").count(), TOOLTIPS);
            assert_eq!(
                svg.matches("h4v4h-4z").count(),
                3,
                "two called ones on either side, one that is not called"
            );
            assert!(svg.contains(&format!("SE: {} tested, {} with q", TOOLTIPS + 3, TOOLTIPS + 2)));
        }
    }

    #[test]
    fn evidence_beyond_the_edge_stands_at_the_edge() {
        let mut event = tested("SE:1", EventKind::Se, "G", 0.3, 1e-300);
        event.log10_p = Some(-2000.0);
        assert_eq!(Plane::Volcano.place(&event), Some((0.3, MOST_EVIDENCE)));
        event.delta_psi = None;
        assert_eq!(Plane::Volcano.place(&event), None, "a term of several groups has no difference");
        let results = results(&SAMPLES, vec![event]);
        assert!(grid(Plane::Volcano, &results.contrasts[0]).is_none());
    }
}
