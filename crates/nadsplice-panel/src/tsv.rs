//! Tab-separated tables with a header row.

use crate::Error;

/// A table in memory; rows borrow from the text.
pub(crate) struct Tsv<'t> {
    path: &'t str,
    header_line: usize,
    columns: Vec<&'t str>,
    rows: Vec<Row<'t>>,
}

/// One row: its 1-based line and its fields, at most as many as there are columns.
pub(crate) struct Row<'t> {
    pub(crate) line: usize,
    fields: Vec<&'t str>,
}

impl<'t> Row<'t> {
    /// The trimmed field of a column; nothing where the column is absent, the field empty or `NA`.
    pub(crate) fn get(&self, column: Option<usize>) -> Option<&'t str> {
        let field = self.fields.get(column?)?.trim();
        (!field.is_empty() && field != "NA").then_some(field)
    }
}

impl<'t> Tsv<'t> {
    /// Reads a table; blank lines and lines that start with `#` are skipped, a row may end before its last
    /// columns. `path` is for messages.
    pub(crate) fn parse(path: &'t str, text: &'t str) -> Result<Self, Error> {
        let mut lines = text
            .lines()
            .enumerate()
            .map(|(i, line)| (i + 1, line))
            .filter(|(_, line)| !line.trim().is_empty() && !line.starts_with('#'));
        let Some((header_line, header)) = lines.next() else {
            return Err(Error::Empty { path: path.to_owned(), expected: "header row" });
        };
        let columns: Vec<&str> = header.split('\t').map(str::trim).collect();
        for (i, column) in columns.iter().enumerate() {
            if !column.is_empty() && columns[..i].contains(column) {
                return Err(Error::RepeatedColumn {
                    path: path.to_owned(),
                    line: header_line,
                    column: (*column).to_owned(),
                });
            }
        }
        let mut rows = Vec::new();
        for (line, text) in lines {
            let fields: Vec<&str> = text.split('\t').collect();
            if fields.len() > columns.len() {
                return Err(Error::FieldCount {
                    path: path.to_owned(),
                    line,
                    expected: format!("at most {}", columns.len()),
                    found: fields.len(),
                });
            }
            rows.push(Row { line, fields });
        }
        Ok(Self { path, header_line, columns, rows })
    }

    pub(crate) fn path(&self) -> &'t str {
        self.path
    }

    pub(crate) fn rows(&self) -> &[Row<'t>] {
        &self.rows
    }

    /// The position of a column.
    pub(crate) fn column(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|c| *c == name)
    }

    /// The field of a column that no row may leave empty.
    pub(crate) fn required(&self, row: &Row<'t>, column: &'static str) -> Result<&'t str, Error> {
        row.get(self.column(column)).ok_or_else(|| Error::Value {
            path: self.path.to_owned(),
            line: row.line,
            column,
            value: String::new(),
            expected: "a value",
        })
    }

    /// The error that the header lacks a column.
    pub(crate) fn missing_column(&self, expected: &'static str) -> Error {
        Error::MissingColumn {
            path: self.path.to_owned(),
            line: self.header_line,
            expected,
            found: self.columns.join(", "),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_know_their_line_and_empty_fields_are_missing() {
        let table = Tsv::parse("t", "# note\r\n\r\na\tb\r\n1\tNA\r\n2\r\n").unwrap();
        let (a, b) = (table.column("a"), table.column("b"));
        assert_eq!(table.rows()[0].line, 4);
        assert_eq!((table.rows()[0].get(a), table.rows()[0].get(b)), (Some("1"), None));
        assert_eq!((table.rows()[1].get(a), table.rows()[1].get(b)), (Some("2"), None));
        assert_eq!(table.rows()[1].get(table.column("c")), None);
    }

    #[test]
    fn a_row_longer_than_the_header_is_an_error() {
        let error = Tsv::parse("t", "a\tb\n1\t2\t3\n").err().unwrap();
        assert_eq!(error.to_string(), "t, line 2: expected at most 2 tab-separated fields, found 3");
    }

    #[test]
    fn a_column_named_twice_is_an_error() {
        let error = Tsv::parse("t", "a\ta\n").err().unwrap();
        assert_eq!(error.to_string(), "t, line 1: column `a` is there twice");
    }
}
