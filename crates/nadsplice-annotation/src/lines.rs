//! Lines of a byte stream, without a copy of each.

use std::{
    io::{self, Read},
    ops::Range,
};

/// Bytes asked for at once.
const BUFFER: usize = 1024 * 1024;

/// The longest line that is read: far above any annotation's, and below what a genome without line ends needs.
pub(crate) const LONGEST_LINE: usize = 64 * BUFFER;

/// Why there is no next line.
#[derive(Debug)]
pub(crate) enum LineError {
    Io(io::Error),
    TooLong,
}

/// Lines with a 1-MB window that moves over the stream.
pub(crate) struct LineReader<R> {
    source: R,
    buffer: Vec<u8>,
    /// What of the buffer was read and not yet returned.
    pending: Range<usize>,
    line: u64,
}

impl<R: Read> LineReader<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, buffer: vec![0; BUFFER], pending: 0..0, line: 0 }
    }

    /// The 1-based number of the line last returned; 0 before the first.
    pub(crate) fn line_number(&self) -> u64 {
        self.line
    }

    /// The first bytes of the stream, at least `n` of them unless it is shorter; before the first line.
    pub(crate) fn peek(&mut self, n: usize) -> Result<&[u8], LineError> {
        while self.pending.len() < n && self.fill()? > 0 {}
        Ok(&self.buffer[self.pending.clone()])
    }

    /// The next line without its `\n`, or nothing at the end.
    pub(crate) fn next_line(&mut self) -> Result<Option<&[u8]>, LineError> {
        let mut searched = 0;
        loop {
            let unsearched = &self.buffer[self.pending.start + searched..self.pending.end];
            if let Some(found) = memchr::memchr(b'\n', unsearched) {
                let start = self.pending.start;
                let end = start + searched + found;
                self.pending.start = end + 1;
                self.line += 1;
                return Ok(Some(&self.buffer[start..end]));
            }
            searched = self.pending.len();
            if self.fill()? == 0 {
                if self.pending.is_empty() {
                    return Ok(None);
                }
                let rest = self.pending.clone();
                self.pending.start = self.pending.end;
                self.line += 1;
                return Ok(Some(&self.buffer[rest]));
            }
        }
    }

    /// Reads the rest of the stream, of which nothing is wanted.
    pub(crate) fn drain(&mut self) -> Result<(), LineError> {
        loop {
            self.pending = 0..0;
            if self.fill()? == 0 {
                return Ok(());
            }
        }
    }

    /// Reads more behind the pending bytes, which move to the front; how many bytes came.
    fn fill(&mut self) -> Result<usize, LineError> {
        if self.pending.start > 0 {
            self.buffer.copy_within(self.pending.clone(), 0);
            self.pending = 0..self.pending.len();
        }
        if self.pending.end == self.buffer.len() {
            if self.buffer.len() >= LONGEST_LINE {
                return Err(LineError::TooLong);
            }
            self.buffer.resize(2 * self.buffer.len(), 0);
        }
        let free = &mut self.buffer[self.pending.end..];
        let n = loop {
            match self.source.read(free) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                other => break other.map_err(LineError::Io)?,
            }
        };
        self.pending.end += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Gives at most `step` bytes at once.
    struct Trickle<'a> {
        bytes: &'a [u8],
        step: usize,
    }

    impl Read for Trickle<'_> {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let n = self.step.min(buffer.len()).min(self.bytes.len());
            buffer[..n].copy_from_slice(&self.bytes[..n]);
            self.bytes = &self.bytes[n..];
            Ok(n)
        }
    }

    fn lines(bytes: &[u8], step: usize) -> Vec<Vec<u8>> {
        let mut reader = LineReader::new(Trickle { bytes, step });
        let mut all = Vec::new();
        while let Some(line) = reader.next_line().unwrap() {
            all.push(line.to_vec());
        }
        assert_eq!(reader.line_number(), all.len() as u64);
        all
    }

    #[test]
    fn lines_are_those_of_split_however_the_bytes_arrive() {
        let long = [b"x".repeat(3 * BUFFER), b"y".to_vec()].join(&b'\n');
        for text in [&b"a\n\nbc\r\nlast"[..], b"", b"\n", b"one\n", &long] {
            let mut expected: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
            if expected.last() == Some(&&b""[..]) {
                expected.pop();
            }
            for step in [1, 2, 3, BUFFER].into_iter().filter(|&s| s > 100 || text.len() < 100) {
                assert_eq!(lines(text, step), expected);
            }
        }
    }

    #[test]
    fn a_drained_stream_is_at_its_end() {
        let text = [b"line\n".to_vec(), b"z".repeat(2 * BUFFER)].concat();
        let mut reader = LineReader::new(&text[..]);
        assert_eq!(reader.next_line().unwrap(), Some(&b"line"[..]));
        reader.drain().unwrap();
        assert_eq!(reader.next_line().unwrap(), None);
    }

    #[test]
    fn a_file_without_line_ends_is_refused() {
        let mut reader = LineReader::new(io::repeat(b'A'));
        assert!(matches!(reader.next_line(), Err(LineError::TooLong)));
    }
}
