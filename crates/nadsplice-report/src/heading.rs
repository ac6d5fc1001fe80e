//! What stands above a figure: title, lines, colours with their meaning, notes; broken to the figure's width.

use crate::svg::{Colour, Drawing, Paint, Text, text_width};

const LEFT: f64 = 8.0;
const TITLE: f64 = 15.0;
const LINE: f64 = 11.0;
const NOTE: f64 = 10.5;
/// Side of the square of a colour, and the space between two entries.
const SWATCH: f64 = 10.0;
const SPACE: f64 = 16.0;

/// The heading of a figure.
#[derive(Debug)]
pub(crate) struct Heading {
    width: f64,
    title: String,
    lines: Vec<String>,
    keys: Vec<(Option<Colour>, String)>,
}

impl Heading {
    pub(crate) fn new(figure_width: f64) -> Self {
        let width = figure_width - 2.0 * LEFT;
        Self { width, title: String::new(), lines: Vec::new(), keys: Vec::new() }
    }

    pub(crate) fn title(&mut self, text: &str) {
        text.clone_into(&mut self.title);
    }

    /// A line under the title.
    pub(crate) fn line(&mut self, text: &str) {
        self.lines.push(text.to_owned());
    }

    /// A colour and what it stands for.
    pub(crate) fn key(&mut self, colour: Colour, text: &str) {
        self.keys.push((Some(colour), text.to_owned()));
    }

    /// What else to know.
    pub(crate) fn note(&mut self, text: &str) {
        self.keys.push((None, text.to_owned()));
    }

    /// Draws it from the top of the figure; returns where it ends.
    pub(crate) fn draw(&self, drawing: &mut Drawing) -> f64 {
        let mut y = 8.0;
        for line in broken(&self.title, TITLE * 1.07, self.width) {
            y += TITLE + 3.0;
            drawing.text((LEFT, y), &line, &Text::new().size(TITLE).bold());
        }
        for line in self.lines.iter().flat_map(|line| broken(line, LINE, self.width)) {
            y += LINE + 4.0;
            drawing.text((LEFT, y), &line, &Text::new().size(LINE).colour(Colour::Muted));
        }
        let mut x = LEFT;
        let mut is_first = true;
        let style = Text::new().size(NOTE);
        for (colour, text) in &self.keys {
            let swatch = if colour.is_some() { SWATCH + 5.0 } else { 0.0 };
            for (number, part) in broken(text, NOTE, self.width - swatch).into_iter().enumerate() {
                let width = swatch + style.width_of(&part);
                if is_first || number > 0 || x + width > LEFT + self.width {
                    x = LEFT;
                    y += NOTE + 6.0;
                    is_first = false;
                }
                if let Some(colour) = colour.filter(|_| number == 0) {
                    drawing.rect((x, y - 9.0), SWATCH, SWATCH, &Paint::fill(colour));
                }
                drawing.text((x + swatch, y), &part, &style);
                x += width + SPACE;
            }
        }
        y + 6.0
    }
}

/// A text in lines of at most this width, broken at spaces and behind colons and commas where it can be.
fn broken(text: &str, size: f64, width: f64) -> Vec<String> {
    let mut lines = Vec::new();
    let mut line = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        let cut = rest.find([' ', ':', ',', '-']).map_or(rest.len(), |at| at + 1);
        let (word, after) = rest.split_at(cut);
        if !line.is_empty() && text_width(&(line.clone() + word.trim_end()), size) > width {
            lines.push(std::mem::take(&mut line));
        }
        for c in word.chars() {
            line.push(c);
            if text_width(line.trim_end(), size) > width && line.chars().count() > 1 {
                line.pop();
                lines.push(std::mem::take(&mut line));
                line.push(c);
            }
        }
        rest = after;
    }
    lines.push(line);
    lines.iter().map(|line| line.trim().to_owned()).filter(|line| !line.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_texts_are_broken_and_nothing_is_lost() {
        let id = "MSE:chr1:1000-2000:2100-3000:3100-4000:4100-5000:+";
        let lines = broken(id, 10.0, 100.0);
        assert!(lines.len() > 2);
        assert!(lines.iter().all(|line| text_width(line, 10.0) <= 100.0), "{lines:?}");
        assert_eq!(lines.concat(), id);
        assert_eq!(broken("a b", 10.0, 100.0), ["a b"]);
        assert_eq!(broken(&"W".repeat(30), 10.0, 100.0).concat(), "W".repeat(30));
        assert!(broken("", 10.0, 10.0).is_empty());
    }
}
