//! A byte stream in pieces, which another thread reads ahead.

use std::{
    io::{self, Read},
    sync::mpsc::sync_channel,
    thread,
};

/// Bytes of a piece.
const PIECE: usize = 512 * 1024;
/// Pieces that wait to be taken.
const PIECES_AHEAD: usize = 4;

/// Lets `take` read a source, which another thread reads ahead when there are at least two.
///
/// Pieces are the same with any number of threads: how much can be read before an error depends on their size where
/// compressed data are damaged.
pub(crate) fn read_ahead<T>(
    source: &mut (impl Read + Send),
    threads: usize,
    take: impl FnOnce(&mut dyn Read) -> T,
) -> T {
    let mut pieces = Pieces { source, error: None };
    if threads < 2 {
        return take(&mut Joined::new(|| pieces.next()));
    }
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(PIECES_AHEAD);
        scope.spawn(move || {
            loop {
                let piece = pieces.next();
                let is_last = !matches!(&piece, Ok(piece) if !piece.is_empty());
                // The other side takes no more of them once it has found an error.
                if sender.send(piece).is_err() || is_last {
                    break;
                }
            }
        });
        take(&mut Joined::new(|| receiver.recv().unwrap_or_else(|_| Ok(Vec::new()))))
    })
}

/// Cuts a source into pieces.
struct Pieces<'a, R> {
    source: &'a mut R,
    /// Met behind the bytes of the piece before.
    error: Option<io::Error>,
}

impl<R: Read> Pieces<'_, R> {
    /// The next piece; an empty one behind the end.
    fn next(&mut self) -> io::Result<Vec<u8>> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        let mut piece = Vec::with_capacity(PIECE);
        match self.source.take(PIECE as u64).read_to_end(&mut piece) {
            Err(error) if piece.is_empty() => return Err(error),
            Err(error) => self.error = Some(error),
            Ok(_) => {}
        }
        Ok(piece)
    }
}

/// Pieces as one stream again.
struct Joined<N> {
    next: N,
    piece: Vec<u8>,
    taken: usize,
}

impl<N: FnMut() -> io::Result<Vec<u8>>> Joined<N> {
    fn new(next: N) -> Self {
        Self { next, piece: Vec::new(), taken: 0 }
    }
}

impl<N: FnMut() -> io::Result<Vec<u8>>> Read for Joined<N> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.taken == self.piece.len() {
            self.piece = (self.next)()?;
            self.taken = 0;
        }
        let left = &self.piece[self.taken..];
        let n = left.len().min(buffer.len());
        buffer[..n].copy_from_slice(&left[..n]);
        self.taken += n;
        Ok(n)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So many bytes, at most 1000 at once, and then an error.
    struct Breaks(usize);

    impl Read for Breaks {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            if self.0 == 0 {
                return Err(io::Error::other("broken"));
            }
            let n = buffer.len().min(1000).min(self.0);
            buffer[..n].fill(b'x');
            self.0 -= n;
            Ok(n)
        }
    }

    #[test]
    fn the_stream_is_the_same_with_and_without_a_second_thread() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 20 * PIECE + 7] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            for threads in [1, 2] {
                let mut found = Vec::new();
                read_ahead(&mut &bytes[..], threads, |stream| stream.read_to_end(&mut found)).unwrap();
                assert!(found == bytes, "{length} bytes, {threads} threads");
            }
        }
    }

    #[test]
    fn what_comes_before_an_error_is_read() {
        for length in [0, 1, PIECE, 3 * PIECE + 5] {
            for threads in [1, 2] {
                let mut found = Vec::new();
                let read = read_ahead(&mut Breaks(length), threads, |stream| stream.read_to_end(&mut found));
                assert_eq!(read.unwrap_err().to_string(), "broken");
                assert_eq!(found.len(), length);
            }
        }
    }

    #[test]
    fn a_stream_need_not_be_taken_to_its_end() {
        let mut first = [0; 10];
        read_ahead(&mut io::repeat(b'x'), 2, |stream| stream.read_exact(&mut first)).unwrap();
        assert_eq!(first, [b'x'; 10]);
    }
}
