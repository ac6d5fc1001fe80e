//! The bytes of a file, decompressed when they are gzip.

use std::{
    fs::File,
    io::{self, BufReader, Chain, Cursor, Read},
    path::Path,
};

use flate2::bufread::MultiGzDecoder;

/// Compressed bytes asked for at once.
const COMPRESSED_BUFFER: usize = 256 * 1024;

/// The empty block at the end of every bgzip file (SAM specification 4.1.2).
const BGZIP_EOF: [u8; 28] = [
    0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 0x06, 0, 0x42, 0x43, 0x02, 0, 0x1b, 0, 0x03, 0, 0, 0, 0, 0,
    0, 0, 0, 0,
];

/// A file whose compression was found from its first bytes; the name does not matter, and pipes will do.
pub(crate) enum Source<R> {
    Plain(Chain<Cursor<Vec<u8>>, R>),
    Gzip(Box<MultiGzDecoder<BufReader<Ends<R>>>>),
}

impl Source<File> {
    pub(crate) fn open(path: &Path) -> io::Result<Self> {
        Self::new(File::open(path)?)
    }
}

impl<R: Read> Source<R> {
    pub(crate) fn new(mut inner: R) -> io::Result<Self> {
        let mut head = Vec::new();
        inner.by_ref().take(BGZIP_EOF.len() as u64).read_to_end(&mut head)?;
        let gzip = head.starts_with(&[0x1f, 0x8b]);
        let bgzip = gzip && head.get(3) == Some(&4) && head.get(12..14) == Some(b"BC");
        let whole = Cursor::new(head).chain(inner);
        Ok(if gzip {
            let ends = Ends { inner: whole, bgzip, last: Vec::new() };
            // All members, not the first alone: bgzip makes one every 64 kB.
            Self::Gzip(Box::new(MultiGzDecoder::new(BufReader::with_capacity(COMPRESSED_BUFFER, ends))))
        } else {
            Self::Plain(whole)
        })
    }

    pub(crate) fn is_compressed(&self) -> bool {
        matches!(self, Self::Gzip(_))
    }

    /// Whether a bgzip file, read to its end, lacks its last block: it was cut between two blocks, which the
    /// decoder cannot notice.
    pub(crate) fn lacks_end(&self) -> bool {
        match self {
            Self::Plain(_) => false,
            Self::Gzip(decoder) => {
                let ends = decoder.get_ref().get_ref();
                ends.bgzip && ends.last != BGZIP_EOF
            }
        }
    }
}

impl<R: Read> Read for Source<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        match self {
            Self::Plain(reader) => reader.read(buffer),
            Self::Gzip(reader) => reader.read(buffer),
        }
    }
}

/// Remembers the last bytes that went through.
pub(crate) struct Ends<R> {
    inner: Chain<Cursor<Vec<u8>>, R>,
    bgzip: bool,
    last: Vec<u8>,
}

impl<R: Read> Read for Ends<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.inner.read(buffer)?;
        if self.bgzip {
            self.last.extend_from_slice(&buffer[n.saturating_sub(BGZIP_EOF.len())..n]);
            self.last.drain(..self.last.len().saturating_sub(BGZIP_EOF.len()));
        }
        Ok(n)
    }
}

/// Hashes what goes through.
pub(crate) struct Hashed<R> {
    pub(crate) source: R,
    hasher: blake3::Hasher,
}

impl<R> Hashed<R> {
    pub(crate) fn new(source: R) -> Self {
        Self { source, hasher: blake3::Hasher::new() }
    }

    /// BLAKE3 of all bytes read.
    pub(crate) fn hash(&self) -> [u8; 32] {
        *self.hasher.finalize().as_bytes()
    }
}

impl<R: Read> Read for Hashed<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let n = self.source.read(buffer)?;
        self.hasher.update(&buffer[..n]);
        Ok(n)
    }
}

/// What a file is that begins like this, when it is no text; `None` for what may be an annotation.
pub(crate) fn other_file_kind(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 12] = [
        (b"BAM\x01", "a BAM file"),
        (b"CRAM", "a CRAM file"),
        (b"BAI\x01", "a BAM index (.bai)"),
        (b"CSI\x01", "an index (.csi)"),
        (b"TBI\x01", "a tabix index (.tbi)"),
        (b"BCF\x02", "a BCF file"),
        (b"BZh", "a bzip2 file (decompress it first)"),
        (b"\xfd7zXZ", "an xz file (decompress it first)"),
        (b"\x28\xb5\x2f\xfd", "a zstd file (decompress it first)"),
        (b"PK\x03\x04", "a zip file (unpack it first)"),
        (b"\xff\xfe", "UTF-16 text (save it as UTF-8)"),
        (b"\xfe\xff", "UTF-16 text (save it as UTF-8)"),
    ];
    let known = KINDS.iter().find(|(magic, _)| head.starts_with(magic)).map(|&(_, kind)| kind);
    known.or_else(|| head.contains(&0).then_some("binary data"))
}

#[cfg(test)]
mod tests {
    use std::io::Write;

    use flate2::{Compression, write::GzEncoder};

    use super::*;

    fn gzip(bytes: &[u8]) -> Vec<u8> {
        let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
        encoder.write_all(bytes).unwrap();
        encoder.finish().unwrap()
    }

    fn read(bytes: &[u8]) -> io::Result<(Vec<u8>, bool)> {
        let mut source = Hashed::new(Source::new(bytes)?);
        let mut all = Vec::new();
        source.read_to_end(&mut all)?;
        assert_eq!(source.hash(), *blake3::hash(&all).as_bytes());
        Ok((all, source.source.lacks_end()))
    }

    #[test]
    fn every_member_of_a_gzip_file_is_read() {
        let two = [gzip(b"one "), gzip(b"two")].concat();
        assert_eq!(read(&two).unwrap(), (b"one two".to_vec(), false));
        assert_eq!(read(b"plain").unwrap(), (b"plain".to_vec(), false));
        assert_eq!(read(b"").unwrap(), (vec![], false));
    }

    #[test]
    fn a_cut_gzip_file_is_an_error_wherever_it_is_cut() {
        let whole = gzip(b"some text that is long enough to be cut");
        for length in 2..whole.len() {
            assert_eq!(read(&whole[..length]).unwrap_err().kind(), io::ErrorKind::UnexpectedEof, "{length}");
        }
    }

    #[test]
    fn bgzip_cut_between_blocks_is_noticed() {
        // A bgzip block is a gzip member with a `BC` extra field that holds its size less 1.
        let member = gzip(b"block");
        let mut block = vec![0x1f, 0x8b, 0x08, 0x04, 0, 0, 0, 0, 0, 0xff, 6, 0, b'B', b'C', 2, 0];
        block.extend_from_slice(&u16::try_from(member.len() - 10 + 18 - 1).unwrap().to_le_bytes());
        block.extend_from_slice(&member[10..]);
        assert_eq!(read(&block).unwrap(), (b"block".to_vec(), true));
        block.extend_from_slice(&BGZIP_EOF);
        assert_eq!(read(&block).unwrap(), (b"block".to_vec(), false));
    }

    #[test]
    fn binary_files_are_told_by_their_first_bytes() {
        assert_eq!(other_file_kind(b"BAM\x01\0\0"), Some("a BAM file"));
        assert_eq!(other_file_kind(b"\x7fELF\x02\0"), Some("binary data"));
        assert_eq!(other_file_kind(b"chr1\t"), None);
    }
}
