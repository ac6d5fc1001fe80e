//! Rows: structs whose fields are the columns of a table, and their documentation.

use crate::{line::TsvLine, read::Record};

/// A documented column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// The name in the header.
    pub name: &'static str,
    /// The type and written form.
    pub kind: &'static str,
    /// Whether a file without this column cannot be read.
    pub required: bool,
    /// What the column means, with unit, range and coordinate base.
    pub description: &'static str,
}

/// A row: a fixed list of columns in a fixed order. Declared by `row!`.
pub trait Row: Sized {
    /// What one row stands for.
    const ABOUT: &'static str;
    /// The columns in output order.
    const COLUMNS: &'static [Column];

    /// Writes one cell for each column.
    fn write_cells(&self, line: &mut TsvLine);

    /// Reads one cell for each column.
    ///
    /// # Errors
    /// The first cell that does not hold what its column expects.
    fn read_cells(record: &mut Record<'_>) -> Result<Self, CellError>;
}

/// A row that makes up a whole table.
pub trait Table: Row {
    /// The file name in the output folder.
    const FILE: &'static str;
}

/// A cell does not hold what its column expects.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CellError {
    /// The column.
    pub column: &'static str,
    /// The cell as it stands in the file.
    pub found: String,
    /// What it must hold.
    pub expected: &'static str,
}

/// Declares row structs. Field docs become the data dictionary; `as` names the written form; `= value` is
/// taken where a file lacks the column, without it the column is required; `in "file"` makes it a [`Table`].
macro_rules! row {
    (
        $(#[doc = $about:literal])+
        struct $row:ident $(in $file:literal)? {
            $(
                $(#[doc = $doc:literal])+
                $field:ident: $type:ty as $format:ty $(= $default:expr)?,
            )+
        }
    ) => {
        $(#[doc = $about])+
        #[derive(Clone, Debug, PartialEq)]
        pub struct $row {
            $(
                $(#[doc = $doc])+
                pub $field: $type,
            )+
        }

        impl $crate::row::Row for $row {
            const ABOUT: &'static str = concat!($($about),+).trim_ascii();
            const COLUMNS: &'static [$crate::row::Column] = &[$(
                $crate::row::Column {
                    name: stringify!($field),
                    kind: <$format as $crate::cell::CellFormat<$type>>::KIND,
                    required: row!(@required $($default)?),
                    description: concat!($($doc),+).trim_ascii(),
                },
            )+];

            fn write_cells(&self, line: &mut $crate::line::TsvLine) {
                $(<$format as $crate::cell::CellFormat<$type>>::write(&self.$field, line);)+
            }

            fn read_cells(record: &mut $crate::read::Record<'_>) -> Result<Self, $crate::row::CellError> {
                // Fields are evaluated in the order in which they are written, which is the columns' order.
                Ok(Self { $($field: row!(@read record, $format, $type $(, $default)?),)+ })
            }
        }

        $(impl $crate::row::Table for $row {
            const FILE: &'static str = $file;
        })?
    };
    (@required) => { true };
    (@required $default:expr) => { false };
    (@read $record:ident, $format:ty, $type:ty) => { $record.required::<$format, $type>()? };
    (@read $record:ident, $format:ty, $type:ty, $default:expr) => {
        $record.optional::<$format, $type>()?.unwrap_or_else(|| $default)
    };
}

pub(crate) use row;

#[cfg(test)]
mod tests {
    #![expect(unreachable_pub, reason = "the macro declares public rows")]

    use super::*;
    use crate::cell::{Integer, Name, Text};

    row! {
        /// One toy,
        /// in two lines.
        struct ToyRow in "toys.tsv" {
            /// Its name.
            name: String as Name,
            /// How many,
            /// at least one.
            count: u32 as Integer,
            /// A remark.
            remark: String as Text = String::new(),
        }
    }

    #[test]
    fn field_docs_are_the_documentation_of_the_columns() {
        assert_eq!(ToyRow::FILE, "toys.tsv");
        assert_eq!(ToyRow::ABOUT, "One toy, in two lines.");
        assert_eq!(
            ToyRow::COLUMNS[1],
            Column {
                name: "count",
                kind: "whole number",
                required: true,
                description: "How many, at least one.",
            }
        );
        assert_eq!(ToyRow::COLUMNS.iter().map(|c| c.required).collect::<Vec<_>>(), [true, true, false]);
    }

    #[test]
    fn cells_are_written_in_the_order_of_the_columns() {
        let mut line = TsvLine::new();
        ToyRow { name: "bear".to_owned(), count: 3, remark: String::new() }.write_cells(&mut line);
        assert_eq!(line.as_bytes(), b"bear\t3\tNA");
    }
}
