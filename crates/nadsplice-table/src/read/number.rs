//! Cells that hold a number or nothing.

use crate::{cell::is_missing_number, line::MISSING};

/// Digits of a whole number that is below 2^32 whatever they are.
const SHORT: usize = 9;

/// A number type of a matrix.
pub trait MatrixNumber: Sized + Copy {
    /// What a cell must hold, for error messages: "expected ...".
    const EXPECTED: &'static str;

    /// The number, unless it is none of this type.
    fn from_number(number: f64) -> Option<Self>;

    /// A whole number without sign, which most cells hold and is read faster than others.
    fn from_whole(number: u32) -> Self;
}

impl MatrixNumber for u32 {
    const EXPECTED: &'static str = "a whole number from 0 to 4294967295, or NA";

    /// Takes `12.0` too, as tools write whole numbers that once stood beside missing ones.
    fn from_number(number: f64) -> Option<Self> {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "whole and within the type's range"
        )]
        (number.fract() == 0.0 && (0.0..=f64::from(u32::MAX)).contains(&number)).then_some(number as u32)
    }

    fn from_whole(number: u32) -> Self {
        number
    }
}

impl MatrixNumber for f64 {
    const EXPECTED: &'static str = "a finite number, or NA";

    fn from_number(number: f64) -> Option<Self> {
        number.is_finite().then_some(number)
    }

    fn from_whole(number: u32) -> Self {
        Self::from(number)
    }
}

/// The number of a cell, or nothing where it is missing: empty, `NA` or not a number.
///
/// # Errors
/// What was found in its place.
pub(super) fn read<T: MatrixNumber>(cell: &str) -> Result<Option<T>, String> {
    if let Some(number) = whole(cell.as_bytes()) {
        return Ok(Some(T::from_whole(number)));
    }
    // Blanks before a number do no harm, those behind it do.
    let padded = cell.trim_start_matches(' ');
    if cell == MISSING || padded.is_empty() {
        return Ok(None);
    }
    match padded.parse::<f64>() {
        Ok(number) if number.is_nan() => Ok(None),
        Ok(number) => T::from_number(number).map(Some).ok_or_else(|| number.to_string()),
        Err(_) => {
            let bare = cell.trim();
            let is_padding = is_missing_number(bare) || bare.parse::<f64>().is_ok();
            Err(if is_padding { cell } else { bare }.to_owned())
        }
    }
}

fn whole(cell: &[u8]) -> Option<u32> {
    if cell.is_empty() || cell.len() > SHORT {
        return None;
    }
    cell.iter()
        .try_fold(0, |number, digit| digit.is_ascii_digit().then(|| 10 * number + u32::from(digit - b'0')))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn numbers_are_read_as_other_programs_write_them() {
        for (cell, expected) in [
            ("0", Some(0)),
            ("007", Some(7)),
            ("999999999", Some(999_999_999)),
            ("4294967295", Some(u32::MAX)),
            ("0000000004294967295", Some(u32::MAX)),
            ("12.0", Some(12)),
            ("1e3", Some(1000)),
            ("+5", Some(5)),
            ("-0", Some(0)),
            (" 3", Some(3)),
            ("", None),
            ("  ", None),
            ("NA", None),
            ("nan", None),
            ("NaN", None),
        ] {
            assert_eq!(read::<u32>(cell), Ok(expected), "{cell:?}");
            assert_eq!(read::<f64>(cell), Ok(expected.map(f64::from)), "{cell:?}");
        }
        assert_eq!(read::<f64>("0.333333"), Ok(Some(0.333_333)));
        assert!(read::<f64>("-0").is_ok_and(|n| n.is_some_and(f64::is_sign_negative)));
    }

    #[test]
    fn what_is_no_number_is_told() {
        for (cell, found) in [
            ("many", "many"),
            (" many ", "many"),
            ("3 ", "3 "),
            (" NA", " NA"),
            ("4294967296", "4294967296"),
            ("1e10", "10000000000"),
            ("1.5", "1.5"),
            ("-2", "-2"),
            ("inf", "inf"),
            ("1\r", "1\r"),
        ] {
            assert_eq!(read::<u32>(cell), Err(found.to_owned()), "{cell:?}");
        }
        assert_eq!(read::<f64>("-inf"), Err("-inf".to_owned()));
        assert_eq!(read::<f64>("1e999"), Err("inf".to_owned()));
    }

    proptest! {
        #[test]
        fn whole_numbers_and_decimals_are_exact(whole in any::<u32>(), decimal in any::<f64>(), places in 0usize..8) {
            prop_assert_eq!(read::<u32>(&whole.to_string()), Ok(Some(whole)));
            prop_assert_eq!(read::<f64>(&whole.to_string()), Ok(Some(f64::from(whole))));
            let text = format!("{:.places$}", decimal % 1e6);
            let bits = |n: Option<f64>| n.filter(|n| !n.is_nan()).map(f64::to_bits);
            prop_assert_eq!(read::<f64>(&text).map(bits), Ok(bits(text.parse().ok())));
        }
    }
}
