//! Text: one font stack, and widths for layout without a font at hand.

use std::fmt::Write as _;

use super::{Colour, number};

/// The fonts of every figure and of the report. Arial, Helvetica and Liberation Sans have the same widths, so that
/// layout holds wherever one of them is found.
pub const FONT_STACK: &str = "Arial, Helvetica, 'Liberation Sans', sans-serif";

/// Size of text that says nothing else, in user units.
pub(super) const BODY_SIZE: f64 = 12.0;

/// Which end of a text lies at its anchor point.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Anchor {
    /// The text begins there.
    #[default]
    Start,
    /// The text is centred there.
    Middle,
    /// The text ends there.
    End,
}

/// How a text is set.
#[derive(Clone, Copy, Debug)]
pub struct Text {
    size: f64,
    anchor: Anchor,
    colour: Colour,
    bold: bool,
    italic: bool,
    turn: f64,
}

impl Default for Text {
    fn default() -> Self {
        Self {
            size: BODY_SIZE,
            anchor: Anchor::Start,
            colour: Colour::Ink,
            bold: false,
            italic: false,
            turn: 0.0,
        }
    }
}

impl Text {
    /// Upright text of 12 units in the ink's colour, beginning at its anchor point.
    pub fn new() -> Self {
        Self::default()
    }

    /// Size in user units.
    #[must_use]
    pub fn size(self, size: f64) -> Self {
        Self { size, ..self }
    }

    /// Which end lies at the anchor point.
    #[must_use]
    pub fn anchor(self, anchor: Anchor) -> Self {
        Self { anchor, ..self }
    }

    /// Colour.
    #[must_use]
    pub fn colour(self, colour: Colour) -> Self {
        Self { colour, ..self }
    }

    /// Bold.
    #[must_use]
    pub fn bold(self) -> Self {
        Self { bold: true, ..self }
    }

    /// Italic, as gene names are set.
    #[must_use]
    pub fn italic(self) -> Self {
        Self { italic: true, ..self }
    }

    /// Turned about its anchor point, in degrees clockwise; -90 reads upwards.
    #[must_use]
    pub fn turned(self, degrees: f64) -> Self {
        Self { turn: degrees, ..self }
    }

    /// Estimated width of a text in this style, in user units.
    pub fn width_of(&self, content: &str) -> f64 {
        text_width(content, self.size) * if self.bold { 1.07 } else { 1.0 }
    }

    pub(super) fn attributes(&self, at: (f64, f64)) -> String {
        let mut attributes = format!(" fill=\"{}\"", self.colour.hex());
        if let Some(class) = self.colour.class() {
            let _ = write!(attributes, " class=\"f-{class}\"");
        }
        if (self.size - BODY_SIZE).abs() > f64::EPSILON {
            let _ = write!(attributes, " font-size=\"{}\"", number(self.size));
        }
        match self.anchor {
            Anchor::Start => {}
            Anchor::Middle => attributes.push_str(" text-anchor=\"middle\""),
            Anchor::End => attributes.push_str(" text-anchor=\"end\""),
        }
        if self.bold {
            attributes.push_str(" font-weight=\"bold\"");
        }
        if self.italic {
            attributes.push_str(" font-style=\"italic\"");
        }
        if self.turn != 0.0 {
            let _ = write!(
                attributes,
                " transform=\"rotate({} {} {})\"",
                number(self.turn),
                number(at.0),
                number(at.1)
            );
        }
        attributes
    }
}

/// Estimated width of a text of `size` user units, by Helvetica's advance widths (Arial's and Liberation Sans's are
/// the same); letters outside ASCII count as an average capital.
pub fn text_width(content: &str, size: f64) -> f64 {
    content.chars().map(advance).sum::<f64>() * size / 1000.0
}

/// The longest beginning of a text that is at most `width` wide, with an ellipsis where something was cut.
pub fn fit(content: &str, size: f64, width: f64) -> String {
    if text_width(content, size) <= width {
        return content.to_owned();
    }
    let mut left = width - text_width("…", size);
    let mut cut = String::new();
    for c in content.chars() {
        left -= advance(c) * size / 1000.0;
        if left < 0.0 {
            break;
        }
        cut.push(c);
    }
    cut.push('…');
    cut
}

/// Advance width in thousandths of the size.
fn advance(c: char) -> f64 {
    f64::from(match c {
        'i' | 'j' | 'l' => 222_u16,
        '\'' => 191,
        '|' => 260,
        ' ' | '!' | ',' | '.' | '/' | ':' | ';' | 'I' | '[' | '\\' | ']' | 'f' | 't' => 278,
        '(' | ')' | '-' | 'r' | '`' | '{' | '}' => 334,
        '"' => 355,
        '*' => 389,
        '^' => 469,
        'J' | 'c' | 'k' | 's' | 'v' | 'x' | 'y' | 'z' => 500,
        '0'..='9'
        | '#'
        | '$'
        | '?'
        | '_'
        | 'L'
        | 'a'
        | 'b'
        | 'd'
        | 'e'
        | 'g'
        | 'h'
        | 'n'
        | 'o'
        | 'p'
        | 'q'
        | 'u' => 556,
        '+' | '<' | '=' | '>' | '~' => 584,
        'F' | 'T' | 'Z' => 611,
        '&' | 'A' | 'B' | 'E' | 'K' | 'P' | 'S' | 'V' | 'X' | 'Y' => 667,
        'C' | 'D' | 'H' | 'N' | 'R' | 'U' | 'w' => 722,
        'G' | 'O' | 'Q' => 778,
        'M' | 'm' => 833,
        '%' => 889,
        'W' => 944,
        '@' | '…' => 1015,
        _ => 700,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn widths_follow_the_letters() {
        assert!((text_width("SIRT1", 10.0) - (6.67 + 2.78 + 7.22 + 6.11 + 5.56)).abs() < 1e-9);
        assert!(text_width("WWW", 12.0) > 3.0 * text_width("iii", 12.0));
    }

    #[test]
    fn a_text_that_fits_is_whole_and_another_one_is_cut_to_the_width() {
        assert_eq!(fit("NAMPT", 12.0, 100.0), "NAMPT");
        let cut = fit("a very long name of a set of genes", 12.0, 80.0);
        assert!(cut.ends_with('…'));
        assert!(text_width(&cut, 12.0) <= 80.0);
    }
}
