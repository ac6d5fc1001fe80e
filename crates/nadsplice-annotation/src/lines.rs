//! Lines of a byte stream, without a copy of each.

use std::io;

/// The longest line that is read, or up to a piece more: far above any annotation's, and below what a genome without
/// line ends needs.
pub(crate) const LONGEST_LINE: usize = 64 * 1024 * 1024;

/// Why there is no next line.
#[derive(Debug)]
pub(crate) enum LineError {
    Io(io::Error),
    TooLong,
}

/// Lines of a stream that comes in pieces. They are shown where they lie; what is copied is a line over two pieces.
pub(crate) struct LineReader<N> {
    /// Gives the next piece for one that is done with; an empty one behind the end.
    next: N,
    piece: Vec<u8>,
    /// What of the piece was returned.
    at: usize,
    /// A line over several pieces.
    joined: Vec<u8>,
    line: u64,
}

impl<N: FnMut(Vec<u8>) -> io::Result<Vec<u8>>> LineReader<N> {
    pub(crate) fn new(next: N) -> Self {
        Self { next, piece: Vec::new(), at: 0, joined: Vec::new(), line: 0 }
    }

    /// The 1-based number of the line last returned; 0 before the first.
    pub(crate) fn line_number(&self) -> u64 {
        self.line
    }

    /// The first bytes of the stream, at least `n` of them unless it is shorter; before the first line.
    pub(crate) fn peek(&mut self, n: usize) -> Result<&[u8], LineError> {
        while self.piece.len() < n {
            let mut more = (self.next)(Vec::new()).map_err(LineError::Io)?;
            if more.is_empty() {
                break;
            }
            self.piece.append(&mut more);
        }
        Ok(&self.piece)
    }

    /// The next line without its `\n`, or nothing at the end.
    #[inline]
    pub(crate) fn next_line(&mut self) -> Result<Option<&[u8]>, LineError> {
        let start = self.at;
        if let Some(length) = memchr::memchr(b'\n', &self.piece[start..]) {
            self.at = start + length + 1;
            self.line += 1;
            return Ok(Some(&self.piece[start..start + length]));
        }
        self.joined_line()
    }

    /// The line that begins in this piece and ends in another one.
    #[cold]
    fn joined_line(&mut self) -> Result<Option<&[u8]>, LineError> {
        self.joined.clear();
        self.joined.extend_from_slice(&self.piece[self.at..]);
        while self.advance()? {
            let end = memchr::memchr(b'\n', &self.piece);
            self.joined.extend_from_slice(&self.piece[..end.unwrap_or(self.piece.len())]);
            if let Some(end) = end {
                self.at = end + 1;
                self.line += 1;
                return Ok(Some(&self.joined));
            }
            if self.joined.len() >= LONGEST_LINE {
                return Err(LineError::TooLong);
            }
        }
        if self.joined.is_empty() {
            return Ok(None);
        }
        self.line += 1;
        Ok(Some(&self.joined))
    }

    /// Reads the rest of the stream, of which nothing is wanted.
    pub(crate) fn drain(&mut self) -> Result<(), LineError> {
        while self.advance()? {}
        Ok(())
    }

    /// Goes on to the next piece; `false` at the end.
    fn advance(&mut self) -> Result<bool, LineError> {
        self.at = 0;
        self.piece = (self.next)(std::mem::take(&mut self.piece)).map_err(LineError::Io)?;
        Ok(!self.piece.is_empty())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes in pieces of `step`.
    fn pieces(bytes: &[u8], step: usize) -> impl FnMut(Vec<u8>) -> io::Result<Vec<u8>> {
        let mut chunks = bytes.chunks(step);
        move |_| Ok(chunks.next().map(<[u8]>::to_vec).unwrap_or_default())
    }

    fn lines(bytes: &[u8], step: usize) -> Vec<Vec<u8>> {
        let mut reader = LineReader::new(pieces(bytes, step));
        let mut all = Vec::new();
        while let Some(line) = reader.next_line().unwrap() {
            all.push(line.to_vec());
        }
        assert_eq!(reader.line_number(), all.len() as u64);
        assert_eq!(reader.next_line().unwrap(), None);
        all
    }

    #[test]
    fn lines_are_those_of_split_however_the_bytes_arrive() {
        for text in [&b"a\n\nbc\r\nlast"[..], b"", b"\n", b"one\n", b"\n\n\nlong enough for some pieces\n\n"]
        {
            let mut expected: Vec<&[u8]> = text.split(|&b| b == b'\n').collect();
            if expected.last() == Some(&&b""[..]) {
                expected.pop();
            }
            for step in 1..=text.len().max(1) {
                assert_eq!(lines(text, step), expected);
            }
        }
    }

    #[test]
    fn what_was_peeked_at_is_still_to_come() {
        for step in 1..12 {
            let mut reader = LineReader::new(pieces(b"one\ntwo\n", step));
            assert!(reader.peek(6).unwrap().starts_with(b"one\ntw"));
            assert_eq!(reader.peek(100).unwrap(), b"one\ntwo\n");
            assert_eq!(reader.next_line().unwrap(), Some(&b"one"[..]));
            assert_eq!(reader.next_line().unwrap(), Some(&b"two"[..]));
            assert_eq!(reader.next_line().unwrap(), None);
        }
    }

    #[test]
    fn a_drained_stream_is_at_its_end() {
        let mut reader = LineReader::new(pieces(b"line\nrest of it", 7));
        assert_eq!(reader.next_line().unwrap(), Some(&b"line"[..]));
        reader.drain().unwrap();
        assert_eq!(reader.next_line().unwrap(), None);
    }

    #[test]
    fn an_error_leaves_the_lines_before_it() {
        let mut pieces = vec![Ok(b"one\ntwo\nthr".to_vec()), Err(io::Error::other("broken"))].into_iter();
        let mut reader = LineReader::new(|_| pieces.next().unwrap());
        assert_eq!(reader.next_line().unwrap(), Some(&b"one"[..]));
        assert_eq!(reader.next_line().unwrap(), Some(&b"two"[..]));
        assert!(matches!(reader.next_line(), Err(LineError::Io(error)) if error.to_string() == "broken"));
        assert_eq!(reader.line_number(), 2);
    }

    #[test]
    fn a_file_without_line_ends_is_refused() {
        let mut reader = LineReader::new(|_| Ok(vec![b'A'; 1024 * 1024]));
        assert!(matches!(reader.next_line(), Err(LineError::TooLong)));
    }
}
