//! The text of a table and its shape.

use std::{
    collections::HashSet,
    fs,
    path::{Path, PathBuf},
    str,
};

use memchr::memchr_iter;

use super::ReadError;

/// How many column names an error lists.
const LISTED: usize = 30;

/// A table's text, checked: UTF-8, a header of distinct names, as many cells in every line.
pub(crate) struct Source {
    pub(crate) path: PathBuf,
    pub(crate) header: Vec<String>,
    bytes: Vec<u8>,
    /// Bytes before the first line of the body and after its last.
    body: (usize, usize),
}

impl Source {
    pub(crate) fn read(path: &Path) -> Result<Self, ReadError> {
        let bytes = fs::read(path).map_err(|source| ReadError::Open { path: path.to_owned(), source })?;
        Self::check(path, bytes)
    }

    fn check(path: &Path, bytes: Vec<u8>) -> Result<Self, ReadError> {
        let path = path.to_owned();
        if let Err(error) = str::from_utf8(&bytes) {
            let line = 1 + memchr_iter(b'\n', &bytes[..error.valid_up_to()]).count() as u64;
            return Err(ReadError::NotText { path, line });
        }
        let start = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
        let end = bytes.iter().rposition(|b| !matches!(b, b'\n' | b'\r')).map_or(0, |last| last + 1);
        if start >= end {
            return Err(ReadError::Empty { path });
        }
        let mut lines = bytes[start..end].split(|&b| b == b'\n');
        let first = lines.next().unwrap_or_default();
        let header: Vec<String> = String::from_utf8_lossy(first.strip_suffix(b"\r").unwrap_or(first))
            .split('\t')
            .map(str::to_owned)
            .collect();
        let mut names = HashSet::new();
        if let Some(column) = header.iter().find(|name| !names.insert(name.as_str())) {
            return Err(ReadError::DuplicateColumn { path, column: column.clone() });
        }
        for (line, cells) in (2..).zip(lines) {
            let found = 1 + memchr_iter(b'\t', cells).count();
            if found != header.len() {
                return Err(ReadError::Ragged { path, line, expected: header.len(), found });
            }
        }
        let body = ((start + first.len() + 1).min(end), end);
        Ok(Self { path, header, bytes, body })
    }

    /// The lines below the header, without a line feed after the last.
    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[self.body.0..self.body.1]
    }

    /// The position of a column.
    pub(crate) fn position(&self, name: &str) -> Option<usize> {
        self.header.iter().position(|column| column == name)
    }

    /// The error for columns that are not there.
    pub(crate) fn missing<'a>(&self, names: impl IntoIterator<Item = &'a str>) -> ReadError {
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
            found: quoted(self.header.iter().map(String::as_str).collect()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &[u8]) -> Result<Source, String> {
        Source::check(Path::new("t.tsv"), text.to_vec()).map_err(|e| e.to_string())
    }

    #[test]
    fn byte_order_mark_carriage_returns_and_last_empty_lines_do_no_harm() {
        let source = check(b"\xef\xbb\xbfa\tb\r\n1\t2\r\n\r\n\n").unwrap();
        assert_eq!(source.header, ["a", "b"]);
        assert_eq!(source.body(), b"1\t2");
        assert_eq!(check(b"a\tb\n").unwrap().body(), b"");
    }

    #[test]
    fn errors_of_shape_name_the_line() {
        for (text, expected) in [
            (&b""[..], "`t.tsv` is empty: expected a header line"),
            (b"\n\n", "`t.tsv` is empty: expected a header line"),
            (b"a\tb\n1\t2\n1\n", "`t.tsv`, line 3: 1 tab-separated cells, expected 2 as in the header"),
            (b"a\tb\n1\t2\t3\n", "`t.tsv`, line 2: 3 tab-separated cells, expected 2 as in the header"),
            (b"a\tb\n\n1\t2\n", "`t.tsv`, line 2: 1 tab-separated cells, expected 2 as in the header"),
            (b"a\tb\n1\t\xff\n", "`t.tsv`, line 2: not UTF-8 text"),
            (b"a\ta\n", "`t.tsv` has two columns named `a`"),
        ] {
            assert_eq!(check(text).err().as_deref(), Some(expected));
        }
    }

    #[test]
    fn missing_columns_are_listed_with_those_that_are_there() {
        let error = check(b"a\tb\n").unwrap().missing(["c", "d"]);
        assert_eq!(error.to_string(), "`t.tsv` has no column `c`, `d` (its columns: `a`, `b`)");
    }
}
