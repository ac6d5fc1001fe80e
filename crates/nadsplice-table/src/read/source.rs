//! The text of a table and its shape.

use std::{fs, path::Path};

use super::{ReadError, head::Head, lines::Lines};

/// A table's text, checked: UTF-8, a header of distinct names, as many cells in every line.
pub(crate) struct Source {
    pub(crate) head: Head,
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
        let mut lines = Lines::new(path, bytes.as_slice())?;
        while lines.next()?.is_some() {}
        let head = lines.head;
        let end = bytes.iter().rposition(|b| !matches!(b, b'\n' | b'\r')).map_or(0, |last| last + 1);
        let first = bytes.iter().position(|b| *b == b'\n').map_or(end, |at| at + 1);
        Ok(Self { head, bytes, body: (first.min(end), end) })
    }

    /// The lines below the header, without a line feed after the last.
    pub(crate) fn body(&self) -> &[u8] {
        &self.bytes[self.body.0..self.body.1]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn byte_order_mark_carriage_returns_and_last_empty_lines_do_no_harm() {
        let check = |text: &[u8]| Source::check(Path::new("t.tsv"), text.to_vec()).map_err(|e| e.to_string());
        let source = check(b"\xef\xbb\xbfa\tb\r\n1\t2\r\n\r\n\n").unwrap();
        assert_eq!(source.head.columns, ["a", "b"]);
        assert_eq!(source.body(), b"1\t2");
        assert_eq!(check(b"a\tb\n").unwrap().body(), b"");
    }
}
