//! The header of a table.

use std::{collections::HashSet, path::PathBuf};

use super::ReadError;
use crate::row::Row;

/// How many column names an error lists.
const LISTED: usize = 30;

/// The file and the names of its columns, which are distinct.
pub(crate) struct Head {
    pub(crate) path: PathBuf,
    pub(crate) columns: Vec<String>,
}

impl Head {
    /// Splits the first line.
    pub(super) fn new(path: PathBuf, line: &str) -> Result<Self, ReadError> {
        let columns: Vec<String> = line.split('\t').map(str::to_owned).collect();
        let mut names = HashSet::new();
        if let Some(column) = columns.iter().find(|name| !names.insert(name.as_str())) {
            return Err(ReadError::DuplicateColumn { path, column: column.clone() });
        }
        Ok(Self { path, columns })
    }

    /// The position of a column.
    pub(super) fn position(&self, name: &str) -> Option<usize> {
        self.columns.iter().position(|column| column == name)
    }

    /// The positions of a row type's columns; `None` for one that is not there and need not be.
    pub(super) fn positions_of<R: Row>(&self) -> Result<Vec<Option<usize>>, ReadError> {
        let positions: Vec<_> = R::COLUMNS.iter().map(|column| self.position(column.name)).collect();
        let missing: Vec<_> = R::COLUMNS
            .iter()
            .zip(&positions)
            .filter(|(column, position)| column.required && position.is_none())
            .map(|(column, _)| column.name)
            .collect();
        if missing.is_empty() { Ok(positions) } else { Err(self.missing(missing)) }
    }

    /// The error for columns that are not there.
    pub(super) fn missing<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> ReadError {
        let quoted = |names: Vec<&str>| {
            let listed = names.iter().take(LISTED).map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
            match names.len().checked_sub(LISTED) {
                None | Some(0) => listed,
                Some(more) => format!("{listed} and {more} more"),
            }
        };
        ReadError::MissingColumns {
            path: self.path.clone(),
            missing: quoted(names.into_iter().collect()),
            found: quoted(self.columns.iter().map(String::as_str).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn missing_columns_are_listed_with_those_that_are_there() {
        let error = Head::new("t.tsv".into(), "a\tb").unwrap_or_else(|e| panic!("{e}")).missing(["c", "d"]);
        assert_eq!(error.to_string(), "`t.tsv` has no column `c`, `d` (its columns: `a`, `b`)");
    }
}
