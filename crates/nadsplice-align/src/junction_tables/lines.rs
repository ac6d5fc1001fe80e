//! Lines of a text file, plain or gzip, and their cells.

use std::{
    fs::File,
    io::{self, BufRead, BufReader, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use flate2::bufread::MultiGzDecoder;

use super::{JunctionLineProblem, JunctionTableError};

const BUFFER: usize = 64 << 10;

/// The empty block at the end of every bgzip file (SAM specification 4.1.2).
const BGZIP_EOF: [u8; 28] = [
    0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 0x06, 0, 0x42, 0x43, 0x02, 0, 0x1b, 0, 0x03, 0, 0, 0, 0, 0,
    0, 0, 0, 0,
];

const BGZIP_EOF_BYTES: i64 = 28;

/// Lines with their numbers from 1, without line ends; empty lines are passed over.
pub(super) struct Lines {
    path: PathBuf,
    reader: Box<dyn BufRead>,
    buffer: Vec<u8>,
    number: u64,
}

impl Lines {
    pub(super) fn open(path: &Path) -> Result<Self, JunctionTableError> {
        let fail = |source| JunctionTableError::Io { path: path.to_owned(), source };
        let mut file = File::open(path).map_err(fail)?;
        let mut head = [0u8; 14];
        let got = read_up_to(&mut file, &mut head).map_err(fail)?;
        let head = &head[..got];
        let gzip = head.starts_with(&[0x1f, 0x8b]);
        if gzip && head.get(3) == Some(&4) && head.get(12..14) == Some(b"BC") {
            // Cut between two blocks, which the decoder cannot notice.
            let mut end = [0u8; BGZIP_EOF.len()];
            let whole = file.seek(SeekFrom::End(-BGZIP_EOF_BYTES)).is_ok()
                && read_up_to(&mut file, &mut end).map_err(fail)? == end.len()
                && end == BGZIP_EOF;
            if !whole {
                return Err(JunctionTableError::Truncated { path: path.to_owned(), line: 0 });
            }
        }
        file.rewind().map_err(fail)?;
        let file = BufReader::with_capacity(BUFFER, file);
        let reader: Box<dyn BufRead> = if gzip {
            Box::new(BufReader::with_capacity(BUFFER, MultiGzDecoder::new(file)))
        } else {
            Box::new(file)
        };
        Ok(Self { path: path.to_owned(), reader, buffer: Vec::new(), number: 0 })
    }

    pub(super) fn next_line(&mut self) -> Result<Option<(u64, &[u8])>, JunctionTableError> {
        loop {
            self.buffer.clear();
            let read = self.reader.read_until(b'\n', &mut self.buffer);
            let got = read.map_err(|source| failed(&self.path, self.number, source))?;
            if got == 0 {
                return Ok(None);
            }
            self.number += 1;
            while matches!(self.buffer.last(), Some(b'\n' | b'\r')) {
                self.buffer.pop();
            }
            if !self.buffer.is_empty() {
                break;
            }
        }
        Ok(Some((self.number, &self.buffer)))
    }

    /// Some bytes from the beginning of the next line on; nothing at the end.
    pub(super) fn peek(&mut self) -> Result<&[u8], JunctionTableError> {
        let (path, number) = (&self.path, self.number);
        self.reader.fill_buf().map_err(|source| failed(path, number, source))
    }

    /// The number of the line last returned.
    pub(super) const fn number(&self) -> u64 {
        self.number
    }
}

fn failed(path: &Path, line: u64, source: io::Error) -> JunctionTableError {
    let path = path.to_owned();
    match source.kind() {
        io::ErrorKind::UnexpectedEof => JunctionTableError::Truncated { path, line },
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData => {
            JunctionTableError::Corrupt { path, line, source }
        }
        _ => JunctionTableError::Io { path, source },
    }
}

fn read_up_to(file: &mut File, buffer: &mut [u8]) -> io::Result<usize> {
    let mut got = 0;
    while got < buffer.len() {
        match file.read(&mut buffer[got..]) {
            Ok(0) => break,
            Ok(n) => got += n,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(got)
}

/// The cells of a line between tabs, as many as there must be.
pub(super) fn cells<const N: usize>(line: &[u8]) -> Result<[&[u8]; N], JunctionLineProblem> {
    let mut cells = [&[][..]; N];
    let mut found = 0;
    for cell in line.split(|&b| b == b'\t') {
        if let Some(slot) = cells.get_mut(found) {
            *slot = cell;
        }
        found += 1;
    }
    if found == N { Ok(cells) } else { Err(JunctionLineProblem::Columns { expected: N, found }) }
}

/// A cell with its place: the number of its column from 1, and what the column is.
#[derive(Clone, Copy)]
pub(super) struct Cell<'a> {
    pub(super) bytes: &'a [u8],
    pub(super) column: usize,
    pub(super) name: &'static str,
}

impl<'a> Cell<'a> {
    pub(super) const fn new(bytes: &'a [u8], column: usize, name: &'static str) -> Self {
        Self { bytes, column, name }
    }

    pub(super) fn unexpected(self, expected: &'static str) -> JunctionLineProblem {
        JunctionLineProblem::Cell { column: self.column, name: self.name, expected, found: shown(self.bytes) }
    }

    pub(super) fn number(self) -> Result<u32, JunctionLineProblem> {
        number(self.bytes).ok_or_else(|| self.unexpected("a whole number from 0 to 4294967295"))
    }
}

/// Decimal digits alone, as such tables have them.
pub(super) fn number(bytes: &[u8]) -> Option<u32> {
    if bytes.is_empty() {
        return None;
    }
    bytes.iter().try_fold(0u32, |value, &byte| {
        let digit = byte.is_ascii_digit().then(|| u32::from(byte - b'0'))?;
        value.checked_mul(10)?.checked_add(digit)
    })
}

/// Text of a file in a message: its beginning.
pub(super) fn shown(bytes: &[u8]) -> String {
    const MOST: usize = 40;
    let text: String = String::from_utf8_lossy(bytes).chars().take(MOST).collect();
    text.escape_debug().to_string()
}

/// A 1-based closed intron as 0-based and half-open.
pub(super) fn intron(first: u32, last: u32) -> Result<(u32, u32), JunctionLineProblem> {
    match first.checked_sub(1) {
        Some(start) if first <= last => Ok((start, last)),
        _ => Err(JunctionLineProblem::NoIntron { start: first.into(), end: last.into() }),
    }
}
