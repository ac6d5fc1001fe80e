//! How a value stands in a cell, and how it is read back.

use nadsplice_core::{EventKind, Interval, LibraryStrandedness, Strand};

use crate::line::{MISSING, TsvLine};

/// The written form of a value of type `T`. Formats are types without values, named in the declaration of a
/// column, so that the same place decides about writing, reading and the documented type.
pub trait CellFormat<T> {
    /// The type of the column in the words of the data dictionary.
    const KIND: &'static str;
    /// What a cell must hold, for error messages: "expected ...".
    const EXPECTED: &'static str = Self::KIND;

    /// Writes one cell.
    fn write(value: &T, line: &mut TsvLine);

    /// Reads one cell; `None` when it holds something else than [`CellFormat::EXPECTED`].
    fn read(cell: &str) -> Option<T>;

    /// Whether the cell says that there is no value.
    fn is_missing(cell: &str) -> bool {
        is_missing_text(cell)
    }
}

impl<T, F: CellFormat<T>> CellFormat<Option<T>> for F {
    const KIND: &'static str = F::KIND;
    const EXPECTED: &'static str = F::EXPECTED;

    fn write(value: &Option<T>, line: &mut TsvLine) {
        match value {
            Some(value) => F::write(value, line),
            None => line.missing(),
        }
    }

    fn read(cell: &str) -> Option<Option<T>> {
        if F::is_missing(cell) { Some(None) } else { F::read(cell).map(Some) }
    }
}

/// A text that must be there.
#[derive(Debug)]
pub struct Name;

impl CellFormat<String> for Name {
    const KIND: &'static str = "text";
    const EXPECTED: &'static str = "a text";

    fn write(value: &String, line: &mut TsvLine) {
        line.text(value);
    }

    fn read(cell: &str) -> Option<String> {
        (!is_missing_text(cell)).then(|| cell.to_owned())
    }
}

/// A text that may be empty: written `NA` and read as empty.
#[derive(Debug)]
pub struct Text;

impl CellFormat<String> for Text {
    const KIND: &'static str = "text";

    fn write(value: &String, line: &mut TsvLine) {
        line.text(value);
    }

    fn read(cell: &str) -> Option<String> {
        Some(if is_missing_text(cell) { String::new() } else { cell.to_owned() })
    }
}

/// Texts joined by commas; none is `NA`.
#[derive(Debug)]
pub struct List;

impl CellFormat<Vec<String>> for List {
    const KIND: &'static str = "texts joined by commas";

    fn write(value: &Vec<String>, line: &mut TsvLine) {
        line.list(value);
    }

    fn read(cell: &str) -> Option<Vec<String>> {
        Some(if is_missing_text(cell) { Vec::new() } else { cell.split(',').map(str::to_owned).collect() })
    }
}

/// A whole number that is not negative.
#[derive(Debug)]
pub struct Integer;

impl CellFormat<u32> for Integer {
    const KIND: &'static str = "whole number";
    const EXPECTED: &'static str = "a whole number from 0 to 4294967295";

    fn write(value: &u32, line: &mut TsvLine) {
        line.integer(u64::from(*value));
    }

    fn read(cell: &str) -> Option<u32> {
        cell.parse().ok()
    }
}

impl CellFormat<u64> for Integer {
    const KIND: &'static str = "whole number";
    const EXPECTED: &'static str = "a whole number that is not negative";

    fn write(value: &u64, line: &mut TsvLine) {
        line.integer(*value);
    }

    fn read(cell: &str) -> Option<u64> {
        cell.parse().ok()
    }
}

impl CellFormat<i64> for Integer {
    const KIND: &'static str = "whole number, can be negative";
    const EXPECTED: &'static str = "a whole number";

    fn write(value: &i64, line: &mut TsvLine) {
        line.text(&value.to_string());
    }

    fn read(cell: &str) -> Option<i64> {
        cell.parse().ok()
    }
}

/// A number with `N` decimals; not a number is `NA`.
#[derive(Debug)]
pub struct Fixed<const N: usize>;

impl<const N: usize> Fixed<N> {
    const KIND: &'static str = match N {
        2 => "number with 2 decimals",
        3 => "number with 3 decimals",
        4 => "number with 4 decimals",
        6 => "number with 6 decimals",
        _ => "number",
    };
}

impl<const N: usize> CellFormat<f64> for Fixed<N> {
    const KIND: &'static str = Self::KIND;
    const EXPECTED: &'static str = "a number";

    fn write(value: &f64, line: &mut TsvLine) {
        line.fixed(*value, N);
    }

    fn read(cell: &str) -> Option<f64> {
        cell.parse().ok()
    }

    fn is_missing(cell: &str) -> bool {
        is_missing_number(cell)
    }
}

impl<const N: usize> CellFormat<Vec<f64>> for Fixed<N> {
    const KIND: &'static str = match N {
        6 => "numbers with 6 decimals joined by commas",
        _ => "numbers joined by commas",
    };
    const EXPECTED: &'static str = "numbers joined by commas";

    fn write(value: &Vec<f64>, line: &mut TsvLine) {
        line.fixed_list(value, N);
    }

    fn read(cell: &str) -> Option<Vec<f64>> {
        if is_missing_number(cell) {
            return Some(Vec::new());
        }
        cell.split(',').map(|v| if is_missing_number(v) { Some(f64::NAN) } else { v.parse().ok() }).collect()
    }
}

/// A probability in `[0, 1]`, in scientific notation with six decimals, printed as 1e-300 where it is smaller.
#[derive(Debug)]
pub struct Probability;

impl CellFormat<f64> for Probability {
    const KIND: &'static str = "probability in scientific notation, at least 1e-300";
    const EXPECTED: &'static str = "a number from 0 to 1";

    fn write(value: &f64, line: &mut TsvLine) {
        line.probability(*value);
    }

    fn read(cell: &str) -> Option<f64> {
        cell.parse().ok().filter(|p| (0.0..=1.0).contains(p))
    }

    fn is_missing(cell: &str) -> bool {
        is_missing_number(cell)
    }
}

/// `yes` or `no`.
#[derive(Debug)]
pub struct YesNo;

impl CellFormat<bool> for YesNo {
    const KIND: &'static str = "yes or no";

    fn write(value: &bool, line: &mut TsvLine) {
        line.text(if *value { "yes" } else { "no" });
    }

    fn read(cell: &str) -> Option<bool> {
        match cell {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        }
    }
}

/// The short name of an event kind.
#[derive(Debug)]
pub struct Kind;

impl CellFormat<EventKind> for Kind {
    const KIND: &'static str = "SE, MSE, A5SS, A3SS, MXE, RI, AFE or ALE";

    fn write(value: &EventKind, line: &mut TsvLine) {
        line.text(value.name());
    }

    fn read(cell: &str) -> Option<EventKind> {
        cell.parse().ok()
    }
}

/// `+`, `-`, or `.` for an unknown strand.
#[derive(Debug)]
pub struct StrandSymbol;

impl CellFormat<Option<Strand>> for StrandSymbol {
    const KIND: &'static str = "+, - or .";

    fn write(value: &Option<Strand>, line: &mut TsvLine) {
        line.text(Strand::symbol_of(*value).encode_utf8(&mut [0; 4]));
    }

    fn read(cell: &str) -> Option<Option<Strand>> {
        match cell {
            "+" => Some(Some(Strand::Forward)),
            "-" => Some(Some(Strand::Reverse)),
            "." | "*" | "" | MISSING => Some(None),
            _ => None,
        }
    }
}

/// `unstranded`, `forward` or `reverse`.
#[derive(Debug)]
pub struct Strandedness;

impl CellFormat<LibraryStrandedness> for Strandedness {
    const KIND: &'static str = "unstranded, forward or reverse";

    fn write(value: &LibraryStrandedness, line: &mut TsvLine) {
        line.text(&value.to_string());
    }

    fn read(cell: &str) -> Option<LibraryStrandedness> {
        cell.parse().ok()
    }
}

/// Intervals as `start0-end`, 0-based and half-open, joined by commas; none is `NA`.
#[derive(Debug)]
pub struct Intervals;

impl CellFormat<Vec<Interval>> for Intervals {
    const KIND: &'static str = "0-based half-open start0-end, joined by commas";

    fn write(value: &Vec<Interval>, line: &mut TsvLine) {
        line.ranges(value.iter().map(|interval| (interval.start(), interval.end())));
    }

    fn read(cell: &str) -> Option<Vec<Interval>> {
        if is_missing_text(cell) {
            return Some(Vec::new());
        }
        cell.split(',')
            .map(|item| {
                let (start, end) = item.split_once('-')?;
                Interval::new(start.parse().ok()?, end.parse().ok()?)
            })
            .collect()
    }
}

/// Whether a cell of a text column has no value.
fn is_missing_text(cell: &str) -> bool {
    cell.is_empty() || cell == MISSING
}

/// Whether a cell of a number column has no value; R, Python and spreadsheets write it in these ways.
pub(crate) fn is_missing_number(cell: &str) -> bool {
    is_missing_text(cell) || cell.eq_ignore_ascii_case("nan")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn round_trip<T, F: CellFormat<T>>(value: &T) -> (String, Option<T>) {
        let mut line = TsvLine::new();
        F::write(value, &mut line);
        let text = String::from_utf8(line.as_bytes().to_vec()).unwrap();
        let back = F::read(&text);
        (text, back)
    }

    #[test]
    fn values_come_back_as_they_were_written() {
        assert_eq!(round_trip::<_, Integer>(&7u32), ("7".to_owned(), Some(7)));
        assert_eq!(round_trip::<_, Integer>(&-7i64), ("-7".to_owned(), Some(-7)));
        assert_eq!(round_trip::<_, YesNo>(&true), ("yes".to_owned(), Some(true)));
        assert_eq!(round_trip::<Option<f64>, Fixed<3>>(&None), ("NA".to_owned(), Some(None)));
        assert_eq!(round_trip::<_, Fixed<3>>(&Some(0.25)), ("0.250".to_owned(), Some(Some(0.25))));
        assert_eq!(round_trip::<Option<Strand>, StrandSymbol>(&None), (".".to_owned(), Some(None)));
        assert_eq!(
            round_trip::<_, StrandSymbol>(&Some(Strand::Reverse)),
            ("-".to_owned(), Some(Some(Strand::Reverse)))
        );
        assert_eq!(round_trip::<_, Kind>(&EventKind::A5ss), ("A5SS".to_owned(), Some(EventKind::A5ss)));
        assert_eq!(
            round_trip::<_, List>(&vec!["a".to_owned(), "b".to_owned()]).1,
            Some(vec!["a".to_owned(), "b".to_owned()])
        );
        let intervals = vec![Interval::new(0, 5).unwrap(), Interval::new(9, 12).unwrap()];
        assert_eq!(round_trip::<_, Intervals>(&intervals), ("0-5,9-12".to_owned(), Some(intervals)));
        let (text, back) = round_trip::<Vec<f64>, Fixed<6>>(&vec![0.5, f64::NAN]);
        assert_eq!(text, "0.500000,NA");
        assert_eq!(format!("{back:?}"), "Some([0.5, NaN])");
    }

    #[test]
    fn what_does_not_belong_in_a_cell_is_refused() {
        assert_eq!(<Integer as CellFormat<u32>>::read("-1"), None);
        assert_eq!(<Integer as CellFormat<u32>>::read("4294967296"), None);
        assert_eq!(<Probability as CellFormat<f64>>::read("1.5"), None);
        assert_eq!(<Name as CellFormat<String>>::read("NA"), None);
        assert_eq!(<Intervals as CellFormat<Vec<Interval>>>::read("5-5"), None);
        assert_eq!(<Kind as CellFormat<EventKind>>::read("EX"), None);
        assert_eq!(<YesNo as CellFormat<bool>>::read("true"), None);
    }

    #[test]
    fn a_number_that_is_missing_elsewhere_is_missing_here() {
        for cell in ["", "NA", "NaN", "nan"] {
            assert_eq!(<Fixed<6> as CellFormat<Option<f64>>>::read(cell), Some(None), "{cell}");
        }
    }
}
