//! Tables as the tests read them: by the names of columns.

use std::{fs, path::Path};

/// A table.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Tsv {
    pub(crate) header: Vec<String>,
    pub(crate) rows: Vec<Vec<String>>,
}

impl Tsv {
    #[track_caller]
    pub(crate) fn read(path: &Path) -> Self {
        let text = fs::read_to_string(path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        Self::parse(&text)
    }

    pub(crate) fn parse(text: &str) -> Self {
        let mut rows = text.lines().map(|line| line.split('\t').map(str::to_owned).collect::<Vec<_>>());
        let header: Vec<String> = rows.next().unwrap();
        let rows: Vec<Vec<String>> = rows.collect();
        assert!(rows.iter().all(|row| row.len() == header.len()), "rows of unequal length");
        Self { header, rows }
    }

    /// The position of the first column of this name.
    #[track_caller]
    pub(crate) fn column(&self, name: &str) -> usize {
        self.header.iter().position(|h| h == name).unwrap_or_else(|| panic!("no column `{name}`"))
    }

    /// Cells of the first column of this name.
    #[track_caller]
    pub(crate) fn cells(&self, name: &str) -> Vec<&str> {
        let column = self.column(name);
        self.rows.iter().map(|row| row[column].as_str()).collect()
    }

    /// Rows whose cell in this column is the given one.
    #[track_caller]
    pub(crate) fn rows_where<'a>(&'a self, name: &str, cell: &str) -> impl Iterator<Item = TsvRow<'a>> {
        let column = self.column(name);
        self.iter().filter(move |row| row.cells[column] == cell)
    }

    /// The one row whose cell in this column is the given one.
    #[track_caller]
    pub(crate) fn row_where<'a>(&'a self, name: &str, cell: &'a str) -> TsvRow<'a> {
        let mut rows = self.rows_where(name, cell);
        let row = rows.next().unwrap_or_else(|| panic!("no row has `{cell}` in column `{name}`"));
        assert!(rows.next().is_none(), "several rows have `{cell}` in column `{name}`");
        row
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = TsvRow<'_>> {
        self.rows.iter().map(|cells| TsvRow { table: self, cells })
    }
}

/// A row of a table.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TsvRow<'a> {
    table: &'a Tsv,
    pub(crate) cells: &'a [String],
}

impl<'a> TsvRow<'a> {
    #[track_caller]
    pub(crate) fn text(self, name: &str) -> &'a str {
        &self.cells[self.table.column(name)]
    }

    /// The number in a column; nothing for `NA`.
    #[track_caller]
    pub(crate) fn number(self, name: &str) -> Option<f64> {
        let text = self.text(name);
        (text != "NA").then(|| text.parse().unwrap_or_else(|e| panic!("`{text}` in column `{name}`: {e}")))
    }
}
