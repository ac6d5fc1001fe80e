//! Colours that people with any kind of colour vision tell apart, on white, on a light page and on a dark one.

use std::fmt::Write as _;

/// A colour of a drawing. All but [`Colour::Rgb`] have a class, by which a page replaces them in dark mode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Colour {
    /// Text and main lines.
    Ink,
    /// Axes, secondary text, things that are not significant.
    Muted,
    /// Grid lines and light fillings.
    Rule,
    /// The sheet itself: gaps and rings around marks.
    Paper,
    /// The colour of a group or kind, by its number; the palette of Okabe and Ito, repeated after eight.
    Series(usize),
    /// A colour of a scale of values, the same on every sheet.
    Rgb(u8, u8, u8),
}

/// Okabe and Ito's colours (<https://jfly.uni-koeln.de/color/>) on a light sheet and, lightened where they would
/// vanish, on a dark one. Yellow is darkened on light.
const SERIES: [(&str, &str); 8] = [
    ("#0072b2", "#4aa8e0"),
    ("#d55e00", "#ff8a3d"),
    ("#009e73", "#2fc79b"),
    ("#cc79a7", "#e59cc4"),
    ("#e69f00", "#f2b733"),
    ("#56b4e9", "#8fd0f5"),
    ("#b8a800", "#f0e442"),
    ("#555555", "#b5b5b5"),
];

const SERIES_CLASSES: [&str; 8] =
    ["series1", "series2", "series3", "series4", "series5", "series6", "series7", "series8"];

/// Class, colour on a light sheet, colour on a dark one.
const NEUTRAL: [(&str, &str, &str); 4] = [
    ("ink", "#1b1f24", "#e8eaed"),
    ("muted", "#626a73", "#a3abb5"),
    ("rule", "#d8dde3", "#3a4149"),
    ("paper", "#ffffff", "#16191d"),
];

impl Colour {
    /// The colour on a white sheet, as `#rrggbb`.
    pub fn hex(self) -> String {
        match self {
            Self::Ink => NEUTRAL[0].1.to_owned(),
            Self::Muted => NEUTRAL[1].1.to_owned(),
            Self::Rule => NEUTRAL[2].1.to_owned(),
            Self::Paper => NEUTRAL[3].1.to_owned(),
            Self::Series(index) => SERIES[index % SERIES.len()].0.to_owned(),
            Self::Rgb(red, green, blue) => format!("#{red:02x}{green:02x}{blue:02x}"),
        }
    }

    /// Name of the colour, from which the classes `f-NAME` (filling) and `s-NAME` (outline) are made.
    pub(super) fn class(self) -> Option<&'static str> {
        match self {
            Self::Ink => Some(NEUTRAL[0].0),
            Self::Muted => Some(NEUTRAL[1].0),
            Self::Rule => Some(NEUTRAL[2].0),
            Self::Paper => Some(NEUTRAL[3].0),
            Self::Series(index) => Some(SERIES_CLASSES[index % SERIES.len()]),
            Self::Rgb(..) => None,
        }
    }
}

/// Style rules of a page: the variables `--ink`, `--series1`, ... for light and dark, and the classes of drawings.
/// Print is always light.
pub fn page_rules() -> String {
    let mut light = String::new();
    let mut dark = String::new();
    let mut classes = String::new();
    let series =
        SERIES_CLASSES.iter().zip(SERIES).map(|(&name, (on_light, on_dark))| (name, on_light, on_dark));
    for (name, on_light, on_dark) in NEUTRAL.into_iter().chain(series) {
        let _ = write!(light, "--{name}:{on_light};");
        let _ = write!(dark, "--{name}:{on_dark};");
        let _ = writeln!(classes, ".f-{name}{{fill:var(--{name})}}.s-{name}{{stroke:var(--{name})}}");
    }
    format!(
        ":root{{color-scheme:light dark;{light}}}\n\
         @media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n{classes}"
    )
}

/// Colour of a share in `0.0..=1.0` (values outside are clipped), dark blue to yellow, of even lightness steps.
///
/// The scale is cividis (Nuñez, Anderton and Renslow 2018, <https://doi.org/10.1371/journal.pone.0199239>) at nine
/// points with linear steps between them.
pub fn sequential(share: f64) -> Colour {
    const POINTS: [(u8, u8, u8); 9] = [
        (0, 32, 76),
        (0, 51, 110),
        (57, 72, 107),
        (87, 93, 109),
        (112, 113, 115),
        (138, 134, 120),
        (166, 157, 117),
        (202, 186, 106),
        (255, 233, 69),
    ];
    interpolate(&POINTS, share)
}

/// Colour of a signed value in `-1.0..=1.0` (values outside are clipped): blue, near white at 0, orange.
pub fn diverging(value: f64) -> Colour {
    const POINTS: [(u8, u8, u8); 5] =
        [(0, 90, 150), (120, 180, 220), (243, 243, 243), (240, 170, 110), (190, 75, 0)];
    interpolate(&POINTS, f64::midpoint(value.clamp(-1.0, 1.0), 1.0))
}

fn interpolate(points: &[(u8, u8, u8)], share: f64) -> Colour {
    let place = share.clamp(0.0, 1.0) * (points.len() - 1) as f64;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "between 0 and the number of points"
    )]
    let below = (place.floor() as usize).min(points.len() - 2);
    let part = place - below as f64;
    let (low, high) = (points[below], points[below + 1]);
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between two bytes")]
    let between = |a: u8, b: u8| (f64::from(a) + (f64::from(b) - f64::from(a)) * part).round() as u8;
    Colour::Rgb(between(low.0, high.0), between(low.1, high.1), between(low.2, high.2))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scales_reach_their_ends_and_clip() {
        assert_eq!(sequential(-1.0), Colour::Rgb(0, 32, 76));
        assert_eq!(sequential(1.0), Colour::Rgb(255, 233, 69));
        assert_eq!(diverging(0.0), Colour::Rgb(243, 243, 243));
        assert_eq!(diverging(7.0), Colour::Rgb(190, 75, 0));
    }

    #[test]
    fn every_class_of_a_colour_has_a_rule_and_a_dark_value() {
        let rules = page_rules();
        for colour in
            [Colour::Ink, Colour::Muted, Colour::Rule, Colour::Paper, Colour::Series(0), Colour::Series(7)]
        {
            let name = colour.class().unwrap();
            assert!(rules.contains(&format!(".f-{name}{{")));
            assert_eq!(rules.matches(&format!("--{name}:#")).count(), 2);
        }
    }
}
