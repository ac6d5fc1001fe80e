//! The lines of a table, one at a time: no more of a file is in memory than a line.

use std::{
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use memchr::memchr_iter;

use super::{ReadError, head::Head};

/// Bytes that are read at once.
const BUFFER: usize = 1 << 18;

/// A header and the lines below it, checked: UTF-8, as many cells in each as in the header. Empty lines at the end of the
/// file are none.
pub(super) struct Lines<R> {
    pub(super) head: Head,
    text: Text<R>,
}

impl Lines<BufReader<File>> {
    pub(super) fn open(path: &Path) -> Result<Self, ReadError> {
        let file = File::open(path).map_err(|source| ReadError::Open { path: path.to_owned(), source })?;
        Self::new(path, BufReader::with_capacity(BUFFER, file))
    }
}

impl<R: BufRead> Lines<R> {
    pub(super) fn new(path: &Path, input: R) -> Result<Self, ReadError> {
        let mut text = Text::new(path, input);
        if !text.advance()? {
            return Err(ReadError::Empty { path: path.to_owned() });
        }
        match Head::new(path.to_owned(), text.line()) {
            Ok(head) => Ok(Self { head, text }),
            Err(fault) => Err(text.read_on(fault, None)),
        }
    }

    /// The next line, without its end.
    pub(super) fn next(&mut self) -> Result<Option<&str>, ReadError> {
        if !self.text.advance()? {
            return Ok(None);
        }
        match self.text.ragged(self.head.columns.len()) {
            None => Ok(Some(self.text.line())),
            Some(fault) => Err(self.text.read_on(fault, None)),
        }
    }

    /// The error of a file with this fault in its cells, told before the end was reached: bytes that are no text and
    /// lines that are no rows come first wherever they are, since other faults may follow from them.
    pub(super) fn after(&mut self, fault: ReadError) -> ReadError {
        self.text.read_on(fault, Some(self.head.columns.len()))
    }
}

/// A text, line by line.
struct Text<R> {
    path: PathBuf,
    input: R,
    /// 1-based number of the current line.
    number: u64,
    /// The last line that is not empty.
    last: String,
    /// Lines before that one which are still to come, the current one included; they are empty.
    empty: u64,
}

impl<R: BufRead> Text<R> {
    fn new(path: &Path, input: R) -> Self {
        Self { path: path.to_owned(), input, number: 0, last: String::new(), empty: 0 }
    }

    /// The current line.
    fn line(&self) -> &str {
        if self.empty > 0 { "" } else { &self.last }
    }

    /// Goes to the next line; whether there is one. Lines behind which only empty ones stand do not count.
    fn advance(&mut self) -> Result<bool, ReadError> {
        if self.empty > 0 {
            self.empty -= 1;
            self.number += 1;
            return Ok(true);
        }
        let mut empty = 0;
        while self.read(self.number + empty + 1)? {
            if !self.last.is_empty() {
                self.empty = empty;
                self.number += 1;
                return Ok(true);
            }
            empty += 1;
        }
        Ok(false)
    }

    /// Reads the line of this number; whether there is one.
    fn read(&mut self, number: u64) -> Result<bool, ReadError> {
        let mut bytes = std::mem::take(&mut self.last).into_bytes();
        bytes.clear();
        let found = self.input.read_until(b'\n', &mut bytes);
        found.map_err(|source| ReadError::Open { path: self.path.clone(), source })?;
        let is_line = !bytes.is_empty();
        for end in [b'\n', b'\r'] {
            bytes.pop_if(|last| *last == end);
        }
        if number == 1 && bytes.starts_with("\u{feff}".as_bytes()) {
            bytes.drain(..3);
        }
        self.last = String::from_utf8(bytes)
            .map_err(|_| ReadError::NotText { path: self.path.clone(), line: number })?;
        Ok(is_line)
    }

    /// The fault of the current line, if it has another number of cells.
    fn ragged(&self, expected: usize) -> Option<ReadError> {
        let found = 1 + memchr_iter(b'\t', self.line().as_bytes()).count();
        let fault = || ReadError::Ragged { path: self.path.clone(), line: self.number, expected, found };
        (found != expected).then(fault)
    }

    /// Reads on to the end after a fault, for a graver one: bytes that are no text, or, if a number of cells is expected, a
    /// line with another one.
    fn read_on(&mut self, mut fault: ReadError, mut cells: Option<usize>) -> ReadError {
        loop {
            match self.advance() {
                Ok(true) => {
                    if let Some(ragged) = cells.and_then(|cells| self.ragged(cells)) {
                        (fault, cells) = (ragged, None);
                    }
                }
                Ok(false) => return fault,
                Err(graver) => return graver,
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// All lines as they come from a buffer of so many bytes.
    fn read(text: &[u8], buffer: usize) -> Result<Vec<String>, String> {
        let input = BufReader::with_capacity(buffer, text);
        let mut lines = Lines::new(Path::new("t.tsv"), input).map_err(|e| e.to_string())?;
        let mut found = vec![lines.head.columns.join("\t")];
        while let Some(line) = lines.next().map_err(|e| e.to_string())? {
            found.push(line.to_owned());
        }
        Ok(found)
    }

    #[test]
    fn lines_are_the_same_wherever_the_buffer_ends() {
        for text in [
            "a\tb\n1\t2\n3\t\u{e4}\u{20ac}\n",
            "a\tb\r\n1\t2\r\n3\t\u{e4}\u{20ac}",
            "\u{feff}a\tb\n1\t2\n3\t\u{e4}\u{20ac}\n\r\n\n",
        ] {
            for buffer in 1..30 {
                let expected = ["a\tb", "1\t2", "3\t\u{e4}\u{20ac}"];
                assert_eq!(read(text.as_bytes(), buffer).unwrap(), expected, "{text:?} {buffer}");
            }
        }
        assert_eq!(read(b"a\tb\n", 8).unwrap(), ["a\tb"]);
    }

    #[test]
    fn an_empty_line_is_one_where_others_follow() {
        assert_eq!(read(b"a\n\n\r\nx\n\n", 8).unwrap(), ["a", "", "", "x"]);
        assert_eq!(read(b"\n\nx\n", 8).unwrap(), ["", "", "x"]);
    }

    #[test]
    fn errors_of_shape_name_the_line() {
        for (text, expected) in [
            (&b""[..], "`t.tsv` is empty: expected a header line"),
            (b"\n\n", "`t.tsv` is empty: expected a header line"),
            (b"\xef\xbb\xbf\n", "`t.tsv` is empty: expected a header line"),
            (b"a\tb\n1\t2\n1\n", "`t.tsv`, line 3: 1 tab-separated cells, expected 2 as in the header"),
            (b"a\tb\n1\t2\t3\n", "`t.tsv`, line 2: 3 tab-separated cells, expected 2 as in the header"),
            (b"a\tb\n\n1\t2\n", "`t.tsv`, line 2: 1 tab-separated cells, expected 2 as in the header"),
            (b"a\tb\n1\t2\n3", "`t.tsv`, line 3: 1 tab-separated cells, expected 2 as in the header"),
            (b"a\tb\n1\t\xff\n", "`t.tsv`, line 2: not UTF-8 text"),
            (b"a\ta\n", "`t.tsv` has two columns named `a`"),
        ] {
            assert_eq!(read(text, 3).err().as_deref(), Some(expected));
        }
    }

    #[test]
    fn the_gravest_fault_is_told() {
        for (text, expected) in [
            (&b"a\ta\n1\n1\t\xff\n"[..], "`t.tsv`, line 3: not UTF-8 text"),
            (b"a\ta\n1\n", "`t.tsv` has two columns named `a`"),
            (b"a\tb\n1\n\n1\t\xff\n", "`t.tsv`, line 4: not UTF-8 text"),
        ] {
            assert_eq!(read(text, 3).err().as_deref(), Some(expected));
        }
        let of_cells = |text: &[u8]| {
            let mut lines = Lines::new(Path::new("t.tsv"), text).unwrap();
            let path = PathBuf::from("t.tsv");
            lines
                .after(ReadError::DuplicateRow { path, line: 3, first_line: 2, key: "x".to_owned() })
                .to_string()
        };
        assert_eq!(of_cells(b"a\tb\n1\t2\n"), "`t.tsv`, line 3: `x` stands already on line 2");
        let expected = "`t.tsv`, line 2: 1 tab-separated cells, expected 2 as in the header";
        assert_eq!(of_cells(b"a\tb\n1\n1\t2\n1\t2\t3\n"), expected);
        assert_eq!(of_cells(b"a\tb\n1\n1\t\xff\n"), "`t.tsv`, line 3: not UTF-8 text");
    }
}
