//! From values to places, with ticks at round values.

use super::{Anchor, Colour, Drawing, Paint, Text};

/// A linear map from values to places along one axis.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    domain: (f64, f64),
    range: (f64, f64),
}

impl Scale {
    /// Maps `domain.0` to `range.0` and `domain.1` to `range.1`; a range may run downwards, as for y. A domain
    /// without extent is widened by a half on either side.
    pub fn new(domain: (f64, f64), range: (f64, f64)) -> Self {
        let flat = (domain.1 - domain.0).abs() < f64::MIN_POSITIVE.sqrt();
        let domain = if flat { (domain.0 - 0.5, domain.1 + 0.5) } else { domain };
        Self { domain, range }
    }

    /// Like [`Scale::new`], over a domain widened to round values.
    pub fn nice(domain: (f64, f64), range: (f64, f64)) -> Self {
        let scale = Self::new(domain, range);
        let step = step(scale.domain.1 - scale.domain.0, 5);
        let domain = ((scale.domain.0 / step).floor() * step, (scale.domain.1 / step).ceil() * step);
        Self { domain, ..scale }
    }

    /// The place of a value.
    pub fn at(&self, value: f64) -> f64 {
        let share = (value - self.domain.0) / (self.domain.1 - self.domain.0);
        self.range.0 + share * (self.range.1 - self.range.0)
    }

    /// First and last value.
    pub fn domain(&self) -> (f64, f64) {
        self.domain
    }

    /// First and last place.
    pub fn range(&self) -> (f64, f64) {
        self.range
    }

    /// About `count` round values inside the domain, each with its label.
    pub fn ticks(&self, count: usize) -> Vec<(f64, String)> {
        nice_ticks(self.domain, count)
    }

    /// Draws the scale as an x axis: line at `y`, ticks below it, and the name centred under them. Takes 34 units
    /// below `y`.
    pub fn draw_x(&self, drawing: &mut Drawing, y: f64, count: usize, name: &str) {
        let axis = Paint::stroke(Colour::Muted, 1.0);
        drawing.line((self.range.0, y), (self.range.1, y), &axis);
        let label = Text::new().size(11.0).colour(Colour::Muted).anchor(Anchor::Middle);
        for (value, text) in self.ticks(count) {
            let x = self.at(value);
            drawing.line((x, y), (x, y + 4.0), &axis);
            drawing.text((x, y + 15.0), &text, &label);
        }
        let centre = f64::midpoint(self.range.0, self.range.1);
        drawing.text((centre, y + 31.0), name, &Text::new().anchor(Anchor::Middle));
    }

    /// Draws the scale as a y axis: line at `x`, ticks to its left, the name turned upwards left of them. Takes about
    /// 50 units left of `x`. Grid lines reach to `grid_to` where given.
    pub fn draw_y(&self, drawing: &mut Drawing, x: f64, count: usize, name: &str, grid_to: Option<f64>) {
        let axis = Paint::stroke(Colour::Muted, 1.0);
        let label = Text::new().size(11.0).colour(Colour::Muted).anchor(Anchor::End);
        let mut widest = 0.0_f64;
        for (value, text) in self.ticks(count) {
            let y = self.at(value);
            if let Some(end) = grid_to {
                drawing.line((x, y), (end, y), &Paint::stroke(Colour::Rule, 1.0));
            }
            drawing.line((x - 4.0, y), (x, y), &axis);
            drawing.text((x - 7.0, y + 4.0), &text, &label);
            widest = widest.max(label.width_of(&text));
        }
        drawing.line((x, self.range.0), (x, self.range.1), &axis);
        let centre = f64::midpoint(self.range.0, self.range.1);
        drawing.text((x - 14.0 - widest, centre), name, &Text::new().anchor(Anchor::Middle).turned(-90.0));
    }
}

/// About `count` values at 1, 2 or 5 times a power of ten inside `domain`, each with a label of just enough decimals.
pub fn nice_ticks(domain: (f64, f64), count: usize) -> Vec<(f64, String)> {
    let (low, high) = if domain.0 <= domain.1 { domain } else { (domain.1, domain.0) };
    if !(low.is_finite() && high.is_finite()) || high <= low {
        return Vec::new();
    }
    let step = step(high - low, count);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a handful of decimals")]
    let decimals = (-step.log10().floor()).clamp(0.0, 12.0) as usize;
    let first = (low / step - 1e-9).ceil();
    let mut ticks = Vec::new();
    let mut index = 0.0;
    loop {
        let value = (first + index) * step;
        if value > high + step * 1e-9 {
            return ticks;
        }
        let value = if value.abs() < step * 1e-9 { 0.0 } else { value };
        ticks.push((value, label(value, decimals)));
        index += 1.0;
    }
}

/// Thousands are set apart by a thin space, so that counts can be read.
fn label(value: f64, decimals: usize) -> String {
    let text = format!("{:.decimals$}", value.abs());
    let (whole, rest) =
        text.split_once('.').map_or((text.as_str(), None), |(whole, rest)| (whole, Some(rest)));
    let mut grouped = String::new();
    for (place, digit) in whole.chars().enumerate() {
        if place > 0 && (whole.len() - place).is_multiple_of(3) && whole.len() > 4 {
            grouped.push('\u{2009}');
        }
        grouped.push(digit);
    }
    if let Some(rest) = rest {
        grouped.push('.');
        grouped.push_str(rest);
    }
    if value < 0.0 { format!("\u{2212}{grouped}") } else { grouped }
}

fn step(extent: f64, count: usize) -> f64 {
    let rough = extent / count.max(1) as f64;
    let power = 10_f64.powf(rough.log10().floor());
    let part = rough / power;
    let round = if part <= 1.0 {
        1.0
    } else if part <= 2.0 {
        2.0
    } else if part <= 5.0 {
        5.0
    } else {
        10.0
    };
    round * power
}

#[cfg(test)]
mod tests {
    use super::*;

    fn labels(domain: (f64, f64), count: usize) -> Vec<String> {
        nice_ticks(domain, count).into_iter().map(|(_, label)| label).collect()
    }

    #[test]
    fn ticks_are_round_and_inside() {
        assert_eq!(labels((0.0, 1.0), 5), ["0.0", "0.2", "0.4", "0.6", "0.8", "1.0"]);
        assert_eq!(labels((-1.0, 1.0), 4), ["\u{2212}1.0", "\u{2212}0.5", "0.0", "0.5", "1.0"]);
        assert_eq!(labels((0.0, 45_000.0), 4), ["0", "20\u{2009}000", "40\u{2009}000"]);
        assert!(labels((f64::NAN, 1.0), 4).is_empty());
    }

    #[test]
    fn a_flat_domain_has_a_place_for_its_value() {
        let scale = Scale::new((3.0, 3.0), (0.0, 100.0));
        assert!((scale.at(3.0) - 50.0).abs() < 1e-9);
    }

    #[test]
    fn a_range_may_run_downwards() {
        let scale = Scale::new((0.0, 10.0), (100.0, 0.0));
        assert!((scale.at(2.5) - 75.0).abs() < 1e-9);
    }

    #[test]
    fn a_nice_scale_ends_at_round_values() {
        assert_eq!(Scale::nice((0.0, 9.3), (0.0, 1.0)).domain(), (0.0, 10.0));
    }
}
