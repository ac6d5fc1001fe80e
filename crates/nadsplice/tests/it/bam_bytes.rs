//! BAM files byte by byte (SAM specification, section 4): what a careless program would have written.

use std::{
    fs,
    io::{Read as _, Write as _},
    path::Path,
};

use flate2::{Compression, Crc, read::MultiGzDecoder, write::DeflateEncoder};

/// The block that ends a complete file.
pub(crate) const END: [u8; 28] = *b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0";
/// Bytes of content in a block.
const BLOCK: usize = 60_000;

/// A BAM file, taken apart.
#[derive(Clone, Debug)]
pub(crate) struct Bam {
    /// The header's text.
    pub(crate) text: String,
    /// The binary list of contigs: each with the length of its name, its name, a NUL and its length.
    pub(crate) contigs: Vec<Vec<u8>>,
    /// The records without their sizes.
    pub(crate) records: Vec<Vec<u8>>,
}

impl Bam {
    pub(crate) fn read(path: &Path) -> Self {
        let mut bytes = Vec::new();
        MultiGzDecoder::new(fs::read(path).unwrap().as_slice()).read_to_end(&mut bytes).unwrap();
        let mut rest = Cursor(&bytes);
        assert_eq!(rest.take(4), b"BAM\x01");
        let length = rest.number();
        let text = String::from_utf8(rest.take(length).to_vec()).unwrap();
        let contigs = (0..rest.number())
            .map(|_| {
                let length = Cursor(rest.0).number();
                rest.take(4 + length + 4).to_vec()
            })
            .collect();
        let mut records = Vec::new();
        while !rest.0.is_empty() {
            let length = rest.number();
            records.push(rest.take(length).to_vec());
        }
        Self { text, contigs, records }
    }

    /// Writes the file with its end-of-file block.
    pub(crate) fn write(&self, path: &Path) {
        let mut bytes = b"BAM\x01".to_vec();
        let number = |n: usize| u32::try_from(n).unwrap().to_le_bytes();
        bytes.extend(number(self.text.len()));
        bytes.extend(self.text.as_bytes());
        bytes.extend(number(self.contigs.len()));
        bytes.extend(self.contigs.iter().flatten());
        for record in &self.records {
            bytes.extend(number(record.len()));
            bytes.extend(record);
        }
        let mut file: Vec<u8> = bytes.chunks(BLOCK).flat_map(block).collect();
        file.extend(END);
        fs::write(path, file).unwrap();
    }

    /// The name of a record.
    pub(crate) fn name(record: &[u8]) -> &[u8] {
        let length = usize::from(record[8]);
        &record[32..32 + length - 1]
    }

    /// Whether a record's CIGAR has an intron.
    pub(crate) fn is_spliced(record: &[u8]) -> bool {
        let from = 32 + usize::from(record[8]);
        let operations = usize::from(u16::from_le_bytes([record[12], record[13]]));
        record[from..from + 4 * operations].chunks(4).any(|op| op[0] & 0xf == 3)
    }
}

/// A block of BGZF.
fn block(content: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(content).unwrap();
    let deflated = encoder.finish().unwrap();
    let mut crc = Crc::new();
    crc.update(content);
    let size = u16::try_from(deflated.len() + 25).unwrap();
    let mut block = END[..16].to_vec();
    block.extend(size.to_le_bytes());
    block.extend(deflated);
    block.extend(crc.sum().to_le_bytes());
    block.extend(u32::try_from(content.len()).unwrap().to_le_bytes());
    block
}

/// Bytes that are still to be read.
struct Cursor<'a>(&'a [u8]);

impl<'a> Cursor<'a> {
    fn take(&mut self, length: usize) -> &'a [u8] {
        let (taken, rest) = self.0.split_at(length);
        self.0 = rest;
        taken
    }

    fn number(&mut self) -> usize {
        u32::from_le_bytes(self.take(4).try_into().unwrap()) as usize
    }
}
