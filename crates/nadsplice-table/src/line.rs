//! One line of a tab-separated table, with the project's fixed number formats.

use std::io::Write as _;

/// What stands in a cell that has no value.
pub(crate) const MISSING: &str = "NA";

/// Smallest p-value or q-value that is printed: a table never says that a probability is zero.
pub(crate) const PROBABILITY_FLOOR: f64 = 1e-300;

/// A line under construction: cells go in from left to right, tabs between them.
///
/// A tab, line feed or carriage return inside a text would break the table and becomes a space.
#[derive(Debug, Default)]
pub struct TsvLine {
    bytes: Vec<u8>,
    cells: usize,
}

impl TsvLine {
    /// An empty line.
    pub const fn new() -> Self {
        Self { bytes: Vec::new(), cells: 0 }
    }

    /// The line so far.
    pub fn as_bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The line's bytes.
    pub fn into_bytes(self) -> Vec<u8> {
        self.bytes
    }

    /// Takes all cells away and keeps the memory.
    pub fn clear(&mut self) {
        self.bytes.clear();
        self.cells = 0;
    }

    /// Ends the line with a line feed; further cells begin the next one.
    pub(crate) fn end(&mut self) {
        self.bytes.push(b'\n');
        self.cells = 0;
    }

    /// A cell without a value: `NA`.
    pub fn missing(&mut self) {
        self.next_cell();
        self.bytes.extend_from_slice(MISSING.as_bytes());
    }

    /// A text; the empty one is written `NA`.
    pub fn text(&mut self, text: &str) {
        if text.is_empty() {
            return self.missing();
        }
        self.next_cell();
        self.push_clean(text, |byte| byte);
    }

    /// Texts joined by commas, `NA` when there are none or one empty one. A comma inside a text becomes a semicolon.
    pub fn list<T: AsRef<str>>(&mut self, items: &[T]) {
        if items.is_empty() || matches!(items, [only] if only.as_ref().is_empty()) {
            return self.missing();
        }
        self.next_cell();
        for (i, item) in items.iter().enumerate() {
            if i > 0 {
                self.bytes.push(b',');
            }
            self.push_clean(item.as_ref(), |byte| if byte == b',' { b';' } else { byte });
        }
    }

    /// A whole number.
    pub fn integer(&mut self, value: u64) {
        self.next_cell();
        self.push_digits(value, 1);
    }

    /// A number with exactly this many decimals, rounded as `{:.N}` rounds; never `-0.00`; `NA` for not a
    /// number, `inf` and `-inf` for the infinities.
    pub fn fixed(&mut self, value: f64, decimals: usize) {
        if value.is_nan() {
            return self.missing();
        }
        self.next_cell();
        self.push_fixed(value, decimals);
    }

    /// Numbers as [`TsvLine::fixed`] writes them, joined by commas, `NA` when there are none.
    pub fn fixed_list(&mut self, values: &[f64], decimals: usize) {
        if values.is_empty() {
            return self.missing();
        }
        self.next_cell();
        for (i, &value) in values.iter().enumerate() {
            if i > 0 {
                self.bytes.push(b',');
            }
            if value.is_nan() {
                self.bytes.extend_from_slice(MISSING.as_bytes());
            } else {
                self.push_fixed(value, decimals);
            }
        }
    }

    /// Pairs as `start-end`, joined by commas, `NA` when there are none.
    pub fn ranges(&mut self, ranges: impl IntoIterator<Item = (u32, u32)>) {
        let mut ranges = ranges.into_iter().peekable();
        if ranges.peek().is_none() {
            return self.missing();
        }
        self.next_cell();
        while let Some((start, end)) = ranges.next() {
            self.push_digits(u64::from(start), 1);
            self.bytes.push(b'-');
            self.push_digits(u64::from(end), 1);
            if ranges.peek().is_some() {
                self.bytes.push(b',');
            }
        }
    }

    /// A probability in scientific notation with six decimals, at least 1e-300; `NA` for not a number.
    pub fn probability(&mut self, value: f64) {
        if value.is_nan() {
            return self.missing();
        }
        self.next_cell();
        // Writing into a vector does not fail.
        let _ = write!(self.bytes, "{:.6e}", value.max(PROBABILITY_FLOOR));
    }

    fn next_cell(&mut self) {
        if self.cells > 0 {
            self.bytes.push(b'\t');
        }
        self.cells += 1;
    }

    fn push_clean(&mut self, text: &str, map: impl Fn(u8) -> u8) {
        self.bytes.extend(text.bytes().map(|byte| match byte {
            b'\t' | b'\n' | b'\r' => b' ',
            other => map(other),
        }));
    }

    /// Decimal digits, with leading zeros up to the width.
    #[inline]
    fn push_digits(&mut self, value: u64, width: usize) {
        let digit = |value: u64| b'0' + (value % 10) as u8;
        // Most numbers are short, and arrays of a known length are copied without a call.
        match (value, width) {
            (..10, ..=1) => self.bytes.push(digit(value)),
            (..100, ..=2) => self.bytes.extend_from_slice(&[digit(value / 10), digit(value)]),
            (..1_000, ..=3) => {
                self.bytes.extend_from_slice(&[digit(value / 100), digit(value / 10), digit(value)]);
            }
            (..10_000, ..=4) => {
                let digits = [value / 1_000, value / 100, value / 10, value].map(digit);
                self.bytes.extend_from_slice(&digits);
            }
            _ => self.push_more_digits(value, width),
        }
    }

    fn push_more_digits(&mut self, mut value: u64, width: usize) {
        let mut digits = [b'0'; 20];
        let mut at = digits.len();
        while value > 0 {
            at -= 1;
            digits[at] = b'0' + (value % 10) as u8;
            value /= 10;
        }
        self.bytes.extend_from_slice(&digits[at.min(digits.len() - width)..]);
    }

    fn push_fixed(&mut self, value: f64, decimals: usize) {
        const POWERS: [u64; 7] = [1, 10, 100, 1_000, 10_000, 100_000, 1_000_000];
        // Up to here the product's rounding error is below 2^-13, so that a remainder which is not within
        // 1e-3 of a half rounds as the exact decimal expansion does; the standard library takes the rest.
        const LIMIT: f64 = (1u64 << 40) as f64;
        if let Some(&power) = POWERS.get(decimals) {
            let scaled = value.abs() * power as f64;
            let remainder = scaled.fract();
            if scaled < LIMIT && (remainder - 0.5).abs() > 1e-3 {
                #[expect(
                    clippy::cast_possible_truncation,
                    clippy::cast_sign_loss,
                    reason = "not negative and below 2^40"
                )]
                let units = scaled as u64 + u64::from(remainder > 0.5);
                if value < 0.0 && units > 0 {
                    self.bytes.push(b'-');
                }
                self.push_digits(units / power, 1);
                if decimals > 0 {
                    self.bytes.push(b'.');
                    self.push_digits(units % power, decimals);
                }
                return;
            }
        }
        let start = self.bytes.len();
        let _ = write!(self.bytes, "{value:.decimals$}");
        if self.bytes[start..].iter().all(|b| matches!(b, b'-' | b'0' | b'.')) && self.bytes[start] == b'-' {
            self.bytes.remove(start);
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn written(fill: impl FnOnce(&mut TsvLine)) -> String {
        let mut line = TsvLine::new();
        fill(&mut line);
        String::from_utf8(line.as_bytes().to_vec()).unwrap()
    }

    #[test]
    fn cells_are_separated_by_tabs_also_after_an_empty_text() {
        let line = written(|line| {
            line.text("");
            line.integer(0);
            line.list::<&str>(&[]);
            line.list(&[""]);
            line.list(&["a", "b,c"]);
            line.missing();
        });
        assert_eq!(line, "NA\t0\tNA\tNA\ta,b;c\tNA");
    }

    #[test]
    fn a_text_cannot_break_the_table() {
        assert_eq!(written(|line| line.text("a\tb\r\nc")), "a b  c");
    }

    #[test]
    fn numbers_never_show_a_negative_zero() {
        for (value, decimals, expected) in [
            (-0.0, 6, "0.000000"),
            (-0.000_000_4, 6, "0.000000"),
            (-0.000_000_6, 6, "-0.000001"),
            (-0.000_5, 3, "-0.001"),
            (-0.000_499_999, 3, "0.000"),
            (0.5, 6, "0.500000"),
            (1.0, 6, "1.000000"),
            (123.456_789, 3, "123.457"),
            (-12.0, 0, "-12"),
            (f64::INFINITY, 4, "inf"),
            (f64::NEG_INFINITY, 4, "-inf"),
            (f64::NAN, 4, "NA"),
            (1e300, 0, &format!("{:.0}", 1e300)),
        ] {
            assert_eq!(written(|line| line.fixed(value, decimals)), expected, "{value} {decimals}");
        }
    }

    #[test]
    fn a_probability_is_never_zero() {
        assert_eq!(written(|line| line.probability(0.0)), "1.000000e-300");
        assert_eq!(written(|line| line.probability(1.0)), "1.000000e0");
        assert_eq!(written(|line| line.probability(1.61e-7)), "1.610000e-7");
        assert_eq!(written(|line| line.probability(f64::NAN)), "NA");
    }

    proptest! {
        #[test]
        fn fixed_rounds_as_the_standard_library(
            value in prop_oneof![-1.0f64..1.0, -1e7f64..1e7, any::<f64>().prop_filter("finite", |v| v.is_finite())],
            decimals in 0usize..9,
        ) {
            let standard = format!("{value:.decimals$}");
            let is_zero = standard.chars().all(|c| "-0.".contains(c));
            let expected = if is_zero { standard.trim_start_matches('-') } else { &standard };
            prop_assert_eq!(written(|line| line.fixed(value, decimals)), expected);
        }

        #[test]
        fn ties_of_the_last_decimal_round_as_the_standard_library(units in -2_000_000i64..2_000_000) {
            let value = (units as f64 + 0.5) / 1e6;
            let standard = format!("{value:.6}");
            prop_assert_eq!(
                written(|line| line.fixed(value, 6)),
                if standard == "-0.000000" { "0.000000" } else { &standard }
            );
        }

        #[test]
        fn integers_are_their_decimal_digits(value in prop_oneof![0u64..20_000, any::<u64>()]) {
            prop_assert_eq!(written(|line| line.integer(value)), value.to_string());
        }
    }
}
