//! A byte stream in pieces, which another thread reads ahead.

use std::{
    io::{self, Read},
    sync::mpsc::{channel, sync_channel},
    thread,
};

/// Bytes of a piece.
const PIECE: usize = 512 * 1024;
/// Pieces that wait to be taken.
const PIECES_AHEAD: usize = 4;

/// Lets `take` read a source piece by piece, which another thread reads ahead when there are at least two. Whoever asks
/// for a piece gives one back that is done with, or an empty one; behind the end pieces are empty.
///
/// Pieces are the same with any number of threads: how much can be read before an error depends on their size where
/// compressed data are damaged.
pub(crate) fn read_ahead<T>(
    source: &mut (impl Read + Send),
    threads: usize,
    take: impl FnOnce(&mut dyn FnMut(Vec<u8>) -> io::Result<Vec<u8>>) -> T,
) -> T {
    let mut pieces = Pieces { source, error: None };
    if threads < 2 {
        return take(&mut |spent| pieces.next(spent));
    }
    thread::scope(|scope| {
        let (sender, receiver) = sync_channel(PIECES_AHEAD);
        let (giver, spent) = channel();
        scope.spawn(move || {
            loop {
                let piece = pieces.next(spent.try_recv().unwrap_or_default());
                let is_last = !matches!(&piece, Ok(piece) if !piece.is_empty());
                // The other side takes no more of them once it has found an error.
                if sender.send(piece).is_err() || is_last {
                    break;
                }
            }
        });
        take(&mut |spent| {
            // Behind the last piece nobody needs it any more.
            let _ = giver.send(spent);
            receiver.recv().unwrap_or_else(|_| Ok(Vec::new()))
        })
    })
}

/// Cuts a source into pieces.
struct Pieces<'a, R> {
    source: &'a mut R,
    /// Met behind the bytes of the piece before.
    error: Option<io::Error>,
}

impl<R: Read> Pieces<'_, R> {
    /// The next piece, in the memory of one that is spent; an empty one behind the end.
    fn next(&mut self, mut piece: Vec<u8>) -> io::Result<Vec<u8>> {
        if let Some(error) = self.error.take() {
            return Err(error);
        }
        piece.clear();
        piece.reserve(PIECE);
        match self.source.take(PIECE as u64).read_to_end(&mut piece) {
            Err(error) if piece.is_empty() => return Err(error),
            Err(error) => self.error = Some(error),
            Ok(_) => {}
        }
        Ok(piece)
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

    /// Takes pieces to the end, or to an error.
    fn read_all(source: &mut (impl Read + Send), threads: usize) -> (Vec<u8>, io::Result<()>) {
        read_ahead(source, threads, |next_piece| {
            let (mut all, mut spent) = (Vec::new(), Vec::new());
            loop {
                match next_piece(spent) {
                    Ok(piece) if piece.is_empty() => return (all, Ok(())),
                    Ok(piece) => {
                        all.extend_from_slice(&piece);
                        spent = piece;
                    }
                    Err(error) => return (all, Err(error)),
                }
            }
        })
    }

    #[test]
    fn the_stream_is_the_same_with_and_without_a_second_thread() {
        for length in [0, 1, PIECE - 1, PIECE, PIECE + 1, 20 * PIECE + 7] {
            let bytes: Vec<u8> = (0..=250).cycle().take(length).collect();
            for threads in [1, 2] {
                let (found, end) = read_all(&mut &bytes[..], threads);
                end.unwrap();
                assert!(found == bytes, "{length} bytes, {threads} threads");
            }
        }
    }

    #[test]
    fn what_comes_before_an_error_is_read() {
        for length in [0, 1, PIECE, 3 * PIECE + 5] {
            for threads in [1, 2] {
                let (found, end) = read_all(&mut Breaks(length), threads);
                assert_eq!(end.unwrap_err().to_string(), "broken");
                assert_eq!(found.len(), length);
            }
        }
    }

    #[test]
    fn a_stream_need_not_be_taken_to_its_end() {
        let first = read_ahead(&mut io::repeat(b'x'), 2, |next_piece| next_piece(Vec::new())).unwrap();
        assert!(first == b"x".repeat(PIECE));
    }
}
