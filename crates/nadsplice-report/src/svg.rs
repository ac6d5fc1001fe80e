//! A small writer of SVG that looks the same alone and inside a page.
//!
//! Every shape carries its colours as presentation attributes, which Inkscape, Illustrator and browsers read, and a
//! class for each colour (`f-ink`, `s-rule`, ...), by which a page's style sheet replaces them, so that one drawing
//! serves a white sheet, a light page and a dark page. There is no style element and no script inside a drawing.
//!
//! Lengths are in user units (CSS pixels); x grows to the right, y downwards. Numbers are written with at most two
//! decimals, so that the bytes do not depend on the platform.

mod colour;
mod scale;
mod text;

use std::fmt::Write as _;

pub use colour::{Colour, diverging, page_rules, sequential};
pub use scale::{Scale, nice_ticks};
pub use text::{Anchor, FONT_STACK, Text, fit, text_width};

/// Replaces the five characters that mean something in XML and HTML, and drops control characters that XML forbids.
pub fn escape(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\'' => escaped.push_str("&#39;"),
            '\t' | '\n' => escaped.push(c),
            c if c.is_control() || c == '\u{fffe}' || c == '\u{ffff}' => {}
            c => escaped.push(c),
        }
    }
    escaped
}

/// A length or coordinate with at most two decimals and without trailing zeros. A number that is not finite is
/// written as 0: a figure leaves out what it cannot place before it comes here.
pub fn number(value: f64) -> String {
    if !value.is_finite() {
        return "0".to_owned();
    }
    let text = format!("{value:.2}");
    let text = text.trim_end_matches('0').trim_end_matches('.');
    if text == "-0" { "0".to_owned() } else { text.to_owned() }
}

/// How a shape is painted, and what is shown when a pointer rests on it.
#[derive(Clone, Copy, Debug, Default)]
pub struct Paint<'a> {
    fill: Option<Colour>,
    opacity: Option<f64>,
    stroke: Option<(Colour, f64)>,
    dash: Option<&'a str>,
    round: bool,
    tooltip: Option<&'a str>,
}

impl<'a> Paint<'a> {
    /// A filled shape without an outline.
    pub fn fill(colour: Colour) -> Self {
        Self { fill: Some(colour), ..Self::default() }
    }

    /// An outline of the given width without a filling.
    pub fn stroke(colour: Colour, width: f64) -> Self {
        Self { stroke: Some((colour, width)), ..Self::default() }
    }

    /// Adds an outline.
    #[must_use]
    pub fn outlined(self, colour: Colour, width: f64) -> Self {
        Self { stroke: Some((colour, width)), ..self }
    }

    /// Opacity of the filling (or of the outline, where there is no filling), in `0.0..=1.0`.
    #[must_use]
    pub fn opacity(self, opacity: f64) -> Self {
        Self { opacity: Some(opacity), ..self }
    }

    /// Dashes of the outline, as in `"4 3"`.
    #[must_use]
    pub fn dashed(self, pattern: &'a str) -> Self {
        Self { dash: Some(pattern), ..self }
    }

    /// Round ends of lines, so that a line without length ([`PathData::dot`]) is a dot as wide as the outline.
    #[must_use]
    pub fn round(self) -> Self {
        Self { round: true, ..self }
    }

    /// Text shown when a pointer rests on the shape; unescaped.
    #[must_use]
    pub fn tooltip(self, text: &'a str) -> Self {
        Self { tooltip: Some(text), ..self }
    }

    fn attributes(&self) -> String {
        let mut attributes = String::new();
        let mut classes = Vec::new();
        match self.fill {
            Some(colour) => {
                let _ = write!(attributes, " fill=\"{}\"", colour.hex());
                classes.extend(colour.class().map(|name| format!("f-{name}")));
            }
            None => attributes.push_str(" fill=\"none\""),
        }
        if let Some((colour, width)) = self.stroke {
            let _ = write!(attributes, " stroke=\"{}\" stroke-width=\"{}\"", colour.hex(), number(width));
            classes.extend(colour.class().map(|name| format!("s-{name}")));
        }
        if let Some(opacity) = self.opacity {
            let which = if self.fill.is_some() { "fill-opacity" } else { "stroke-opacity" };
            let _ = write!(attributes, " {which}=\"{}\"", number(opacity));
        }
        if let Some(dash) = self.dash {
            let _ = write!(attributes, " stroke-dasharray=\"{}\"", escape(dash));
        }
        if self.round {
            attributes.push_str(" stroke-linecap=\"round\"");
        }
        if !classes.is_empty() {
            let _ = write!(attributes, " class=\"{}\"", classes.join(" "));
        }
        attributes
    }
}

/// An SVG drawing under construction. Later shapes lie over earlier ones.
#[derive(Clone, Debug)]
pub struct Drawing {
    width: f64,
    height: f64,
    title: String,
    description: String,
    body: String,
}

impl Drawing {
    /// An empty drawing of `width` x `height` user units. `title` is read aloud and shown by viewers; `description`
    /// says in a sentence what is to be seen (may be empty).
    pub fn new(width: f64, height: f64, title: &str, description: &str) -> Self {
        Self {
            width,
            height,
            title: title.to_owned(),
            description: description.to_owned(),
            body: String::new(),
        }
    }

    /// Width in user units.
    pub fn width(&self) -> f64 {
        self.width
    }

    /// Height in user units.
    pub fn height(&self) -> f64 {
        self.height
    }

    /// Changes the height, for layouts that know it only at their end.
    pub fn set_height(&mut self, height: f64) {
        self.height = height;
    }

    /// A straight line.
    pub fn line(&mut self, from: (f64, f64), to: (f64, f64), paint: &Paint) {
        let place = format!(
            "x1=\"{}\" y1=\"{}\" x2=\"{}\" y2=\"{}\"",
            number(from.0),
            number(from.1),
            number(to.0),
            number(to.1)
        );
        self.shape("line", &place, paint);
    }

    /// A rectangle by its upper left corner and size. A negative size is taken as 0.
    pub fn rect(&mut self, corner: (f64, f64), width: f64, height: f64, paint: &Paint) {
        let place = format!(
            "x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\"",
            number(corner.0),
            number(corner.1),
            number(width.max(0.0)),
            number(height.max(0.0))
        );
        self.shape("rect", &place, paint);
    }

    /// A circle.
    pub fn circle(&mut self, centre: (f64, f64), radius: f64, paint: &Paint) {
        let place = format!(
            "cx=\"{}\" cy=\"{}\" r=\"{}\"",
            number(centre.0),
            number(centre.1),
            number(radius.max(0.0))
        );
        self.shape("circle", &place, paint);
    }

    /// A path; `data` is the value of `d`, for which [`PathData`] is a builder.
    pub fn path(&mut self, data: &str, paint: &Paint) {
        self.shape("path", &format!("d=\"{}\"", escape(data)), paint);
    }

    /// A line of text; `at` is the anchor point on the base line.
    pub fn text(&mut self, at: (f64, f64), content: &str, style: &Text) {
        let _ =
            write!(self.body, "<text x=\"{}\" y=\"{}\"{}", number(at.0), number(at.1), style.attributes(at));
        self.body.push('>');
        self.body.push_str(&escape(content));
        self.body.push_str("</text>\n");
    }

    /// A group of shapes with a class (for a page's script and style; may be empty) and a tooltip for all of it.
    pub fn group(&mut self, class: &str, tooltip: Option<&str>, draw: impl FnOnce(&mut Self)) {
        self.body.push_str("<g");
        if !class.is_empty() {
            let _ = write!(self.body, " class=\"{}\"", escape(class));
        }
        self.body.push('>');
        if let Some(tooltip) = tooltip {
            let _ = write!(self.body, "<title>{}</title>", escape(tooltip));
        }
        self.body.push('\n');
        draw(self);
        self.body.push_str("</g>\n");
    }

    /// A group that is shifted by `(dx, dy)`.
    pub fn shifted(&mut self, by: (f64, f64), draw: impl FnOnce(&mut Self)) {
        let _ = writeln!(self.body, "<g transform=\"translate({} {})\">", number(by.0), number(by.1));
        draw(self);
        self.body.push_str("</g>\n");
    }

    /// The drawing as an `svg` element for a page; it shrinks with the page's width, and never grows beyond its own.
    pub fn inline(&self) -> String {
        self.element(false)
    }

    /// The drawing as a file of its own, on white.
    pub fn standalone(&self) -> String {
        format!("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n{}", self.element(true))
    }

    fn element(&self, standalone: bool) -> String {
        let (width, height) = (number(self.width), number(self.height));
        let mut svg = format!(
            "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} \
             {height}\" role=\"img\" font-family=\"{FONT_STACK}\" font-size=\"{}\">\n<title>{}</title>\n",
            number(text::BODY_SIZE),
            escape(&self.title)
        );
        if !self.description.is_empty() {
            let _ = writeln!(svg, "<desc>{}</desc>", escape(&self.description));
        }
        if standalone {
            let _ = writeln!(svg, "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>");
        }
        svg.push_str(&self.body);
        svg.push_str("</svg>\n");
        svg
    }

    fn shape(&mut self, element: &str, place: &str, paint: &Paint) {
        let _ = write!(self.body, "<{element} {place}{}", paint.attributes());
        match paint.tooltip {
            Some(tooltip) => {
                let _ = writeln!(self.body, "><title>{}</title></{element}>", escape(tooltip));
            }
            None => self.body.push_str("/>\n"),
        }
    }
}

/// Builder of the `d` attribute of a path, in absolute coordinates.
#[derive(Clone, Debug, Default)]
pub struct PathData(String);

impl PathData {
    /// A path that starts at a point.
    pub fn starting_at(point: (f64, f64)) -> Self {
        Self(format!("M{} {}", number(point.0), number(point.1)))
    }

    /// A straight line to a point.
    #[must_use]
    pub fn line_to(mut self, point: (f64, f64)) -> Self {
        let _ = write!(self.0, "L{} {}", number(point.0), number(point.1));
        self
    }

    /// A jump to a point.
    #[must_use]
    pub fn move_to(mut self, point: (f64, f64)) -> Self {
        let _ = write!(self.0, "M{} {}", number(point.0), number(point.1));
        self
    }

    /// A cubic curve to `end` with two control points.
    #[must_use]
    pub fn curve_to(mut self, first: (f64, f64), second: (f64, f64), end: (f64, f64)) -> Self {
        let _ = write!(
            self.0,
            "C{} {} {} {} {} {}",
            number(first.0),
            number(first.1),
            number(second.0),
            number(second.1),
            number(end.0),
            number(end.1)
        );
        self
    }

    /// Adds a dot at a point; painted with [`Paint::round`]. Thousands of them are one short path.
    pub fn dot(&mut self, point: (f64, f64)) {
        let _ = write!(self.0, "M{} {}h0", number(point.0), number(point.1));
    }

    /// Adds a square with its upper left corner at a point.
    pub fn square(&mut self, corner: (f64, f64), side: f64) {
        let side = number(side);
        let _ = write!(self.0, "M{} {}h{side}v{side}h-{side}z", number(corner.0), number(corner.1));
    }

    /// Whether nothing was added.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Closes the outline.
    #[must_use]
    pub fn close(mut self) -> Self {
        self.0.push('Z');
        self
    }

    /// The value of `d`.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_a_name_is_text_everywhere() {
        let odd = "<script>alert(\"1\")</script>&'\u{1}";
        let mut drawing = Drawing::new(10.0, 10.0, odd, odd);
        drawing.text((1.0, 1.0), odd, &Text::new());
        drawing.rect((0.0, 0.0), 1.0, 1.0, &Paint::fill(Colour::Ink).tooltip(odd));
        drawing.group(odd, Some(odd), |_| {});
        let svg = drawing.standalone();
        assert!(!svg.contains("<script"), "{svg}");
        assert!(!svg.contains('\u{1}'));
        assert_eq!(svg.matches("&lt;script&gt;alert(&quot;1&quot;)&lt;/script&gt;&amp;&#39;").count(), 6);
    }

    #[test]
    fn a_colour_is_an_attribute_and_a_class() {
        let mut drawing = Drawing::new(10.0, 10.0, "t", "");
        drawing.circle((1.0, 2.005), 3.0, &Paint::fill(Colour::Series(0)).outlined(Colour::Paper, 0.5));
        let svg = drawing.inline();
        assert!(
            svg.contains(
                "<circle cx=\"1\" cy=\"2\" r=\"3\" fill=\"#0072b2\" stroke=\"#ffffff\" stroke-width=\"0.5\" \
                 class=\"f-series1 s-paper\"/>"
            ),
            "{svg}"
        );
    }

    #[test]
    fn numbers_have_no_trailing_zeros_and_no_negative_zero() {
        assert_eq!(number(1.0), "1");
        assert_eq!(number(-0.001), "0");
        assert_eq!(number(12.345_6), "12.35");
        assert_eq!(number(f64::NAN), "0");
    }

    #[test]
    fn only_a_drawing_of_its_own_has_a_white_sheet() {
        let drawing = Drawing::new(10.0, 10.0, "t", "d");
        assert!(drawing.standalone().contains("fill=\"#ffffff\""));
        assert!(!drawing.inline().contains("<rect"));
    }
}
