//! A row of colours with their names.

use crate::svg::{Colour, Drawing, Paint, Text};

const SIZE: f64 = 11.0;

/// Draws names behind squares of their colours, from `at` (base line of the first name) on, in as many lines as
/// `width` needs. Returns the base line of the last one.
pub(crate) fn draw(drawing: &mut Drawing, at: (f64, f64), width: f64, entries: &[(&str, Colour)]) -> f64 {
    let style = Text::new().size(SIZE);
    let (mut x, mut y) = at;
    for &(name, colour) in entries {
        let needed = 14.0 + style.width_of(name) + 16.0;
        if x > at.0 && x + needed > at.0 + width {
            (x, y) = (at.0, y + 17.0);
        }
        drawing.rect((x, y - 9.0), 10.0, 10.0, &Paint::fill(colour));
        drawing.text((x + 14.0, y), name, &style);
        x += needed;
    }
    y
}
