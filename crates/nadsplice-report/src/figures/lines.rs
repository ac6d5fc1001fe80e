//! A curve through a few points, on a logarithmic x axis.

use crate::svg::{Colour, Drawing, Paint, PathData, Scale};

/// Draws points `(x, y)` in order of x, joined by lines; x must be positive. Nothing with fewer than two points.
pub(crate) fn curve(title: &str, points: &[(f64, f64)], axes: (&str, &str)) -> Option<Drawing> {
    if points.len() < 2 {
        return None;
    }
    let (width, height) = (380.0, 230.0);
    let mut drawing = Drawing::new(width, height, title, "");
    let logs: Vec<f64> = points.iter().map(|p| p.0.max(f64::MIN_POSITIVE).log10()).collect();
    let low = logs.iter().copied().fold(f64::INFINITY, f64::min);
    let high = logs.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let most = points.iter().map(|p| p.1).fold(0.0, f64::max);
    let x = Scale::new((low, high), (66.0, width - 14.0));
    let y = Scale::nice((0.0, most), (height - 42.0, 12.0));
    y.draw_y(&mut drawing, x.range().0, 4, axes.1, Some(x.range().1));
    x.draw_x(&mut drawing, y.range().0, 4, axes.0);
    let places: Vec<_> = logs.iter().zip(points).map(|(&log, p)| (x.at(log), y.at(p.1))).collect();
    let path =
        places.iter().skip(1).fold(PathData::starting_at(places[0]), |path, &place| path.line_to(place));
    drawing.path(path.as_str(), &Paint::stroke(Colour::Series(0), 2.0));
    for (place, point) in places.iter().zip(points) {
        let tooltip = format!("{:.1}: {:.4}", point.0, point.1);
        drawing.circle(*place, 3.5, &Paint::fill(Colour::Series(0)).tooltip(&tooltip));
    }
    Some(drawing)
}
