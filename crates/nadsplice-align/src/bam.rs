//! Alignments as counting sees them, and a reader of BAM that hands them out where they were inflated.

mod parts;
mod tags;

use std::{fs::File, io, path::Path};

use nadsplice_core::Strand;
use rust_htslib::bam::{self, record::Aux};

pub(crate) use self::parts::PartsReader;
use self::tags::{Tag, first_tags, tag};
use crate::{
    bgzf::{Batch, BgzfFault, BgzfReader},
    filter::flag,
    index_file::FilePlace,
};

/// Bytes of a record before its name (SAM specification, section 4.2).
const FIXED: usize = 32;

/// What counting asks of an alignment record.
pub(crate) trait Alignment {
    fn flags(&self) -> u16;
    /// The contig's number in the header, -1 for none.
    fn contig(&self) -> i32;
    /// 0-based leftmost position, -1 for none.
    fn position(&self) -> i64;
    fn mapping_quality(&self) -> u8;
    fn mate_contig(&self) -> i32;
    fn mate_position(&self) -> i64;
    fn name(&self) -> &[u8];
    /// CIGAR operations as BAM codes them.
    fn cigar(&self) -> &[u32];
    /// The `NH` tag: places that the read maps to.
    fn hits(&self) -> Option<i64>;
    /// The transcript strand that a spliced aligner noted: `XS` names it (STAR, HISAT2, `TopHat`), `ts` says whether
    /// the read runs along it (minimap2).
    fn tagged_strand(&self) -> Option<Strand>;
}

fn strand_of(sign: u8) -> Option<Strand> {
    match sign {
        b'+' => Some(Strand::Forward),
        b'-' => Some(Strand::Reverse),
        _ => None,
    }
}

impl Alignment for bam::Record {
    fn flags(&self) -> u16 {
        self.flags()
    }

    fn contig(&self) -> i32 {
        self.tid()
    }

    fn position(&self) -> i64 {
        self.pos()
    }

    fn mapping_quality(&self) -> u8 {
        self.mapq()
    }

    fn mate_contig(&self) -> i32 {
        self.mtid()
    }

    fn mate_position(&self) -> i64 {
        self.mpos()
    }

    fn name(&self) -> &[u8] {
        self.qname()
    }

    fn cigar(&self) -> &[u32] {
        self.raw_cigar()
    }

    fn hits(&self) -> Option<i64> {
        match self.aux(b"NH").ok()? {
            Aux::I8(n) => Some(n.into()),
            Aux::U8(n) => Some(n.into()),
            Aux::I16(n) => Some(n.into()),
            Aux::U16(n) => Some(n.into()),
            Aux::I32(n) => Some(n.into()),
            Aux::U32(n) => Some(n.into()),
            _ => None,
        }
    }

    fn tagged_strand(&self) -> Option<Strand> {
        let sign = |aux| match aux {
            Aux::Char(sign) => strand_of(sign),
            _ => None,
        };
        if let Some(strand) = self.aux(b"XS").ok().and_then(sign) {
            return Some(strand);
        }
        let along = self.aux(b"ts").ok().and_then(sign)?;
        Some(if self.is_reverse() { along.opposite() } else { along })
    }
}

/// A record of a BAM file in place, with its numbers taken out.
#[derive(Clone, Copy, Debug)]
pub(crate) struct BamRecord<'a> {
    contig: i32,
    position: i32,
    mate_contig: i32,
    mate_position: i32,
    flags: u16,
    mapping_quality: u8,
    name: &'a [u8],
    cigar: &'a [u32],
    tags: &'a [u8],
}

/// Operations of a CIGAR that take bases of the read, a bit each: M, I, S, = and X.
const CONSUMES_READ: u32 = 1 << 0 | 1 << 1 | 1 << 4 | 1 << 7 | 1 << 8;

/// Why there is no next record.
#[derive(Debug)]
pub(crate) enum BamFault {
    Io(io::Error),
    /// The file ends inside it, or a block is damaged.
    Cut,
    /// Its contig is not in the header.
    Contig,
    /// Its fields contradict each other.
    Fields,
    /// No record of the contig that the index promised begins here.
    Misplaced,
}

#[inline]
fn u16_at(bytes: &[u8], at: usize) -> u16 {
    u16::from_le_bytes([bytes[at], bytes[at + 1]])
}

#[inline]
fn u32_at(bytes: &[u8], at: usize) -> u32 {
    u32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]])
}

#[inline]
fn i32_at(bytes: &[u8], at: usize) -> i32 {
    u32_at(bytes, at).cast_signed()
}

/// Sums over the operations of a CIGAR.
#[derive(Clone, Copy, Default)]
struct Lengths {
    /// Bases of the read.
    read: u64,
    /// All operations, so that no position can lie further right.
    all: u64,
}

/// Decodes the operations of a CIGAR into `cigar`.
#[inline(always)]
fn decode_cigar(raw: &[u8], cigar: &mut Vec<u32>) -> Lengths {
    let mut lengths = Lengths::default();
    cigar.clear();
    for &raw in raw.as_chunks().0 {
        let raw = u32::from_le_bytes(raw);
        let length = u64::from(raw >> 4);
        lengths.all += length;
        lengths.read += length * u64::from(CONSUMES_READ >> (raw & 0xf) & 1);
        cigar.push(raw);
    }
    lengths
}

impl<'a> BamRecord<'a> {
    /// Takes a record apart; `cigar` is memory for its operations.
    #[inline(always)]
    fn new(bytes: &'a [u8], contigs: i32, cigar: &'a mut Vec<u32>) -> Result<Self, BamFault> {
        let Some((fixed, rest)) = bytes.split_first_chunk::<FIXED>() else { return Err(BamFault::Fields) };
        let (contig, mate_contig) = (i32_at(fixed, 0), i32_at(fixed, 20));
        let position = i32_at(fixed, 4);
        let bases = u32_at(fixed, 16) as usize;
        let operations = 4 * usize::from(u16_at(fixed, 12));
        if bases > i32::MAX as usize {
            return Err(BamFault::Fields);
        }
        if contig < -1 || contig >= contigs || mate_contig < -1 || mate_contig >= contigs {
            return Err(BamFault::Contig);
        }
        let parts = rest.split_at_checked(fixed[8].into()).and_then(|(name, rest)| {
            let (operations, rest) = rest.split_at_checked(operations)?;
            Some((name.strip_suffix(&[0])?, operations, rest.get(bases.div_ceil(2) + bases..)?))
        });
        let Some((name, operations, tags)) = parts else { return Err(BamFault::Fields) };
        let mut lengths = decode_cigar(operations, cigar);
        // More operations than the field can count are in a tag; `<read length>S<span>N` stands in for them.
        if let [clip, skip] = cigar.as_slice()
            && u64::from(*clip) == (bases as u64) << 4 | 4
            && skip & 0xf == 3
            && let Some((b'B', value)) = tag(tags, *b"CG")
            && value.first() == Some(&b'I')
        {
            lengths = decode_cigar(&value[5..], cigar);
        }
        // Without bases, or without a CIGAR, there is nothing to compare.
        if bases > 0 && !cigar.is_empty() && lengths.read != bases as u64 {
            return Err(BamFault::Fields);
        }
        // No contig is longer than this; so positions fit 32 bits wherever the CIGAR leads.
        if u64::from(position.unsigned_abs()) + lengths.all > u64::from(u32::MAX) {
            return Err(BamFault::Fields);
        }
        Ok(Self {
            contig,
            position,
            mate_contig,
            mate_position: i32_at(fixed, 24),
            flags: u16_at(fixed, 14),
            mapping_quality: fixed[9],
            name,
            cigar,
            tags,
        })
    }
}

impl Alignment for BamRecord<'_> {
    #[inline]
    fn flags(&self) -> u16 {
        self.flags
    }

    #[inline]
    fn contig(&self) -> i32 {
        self.contig
    }

    #[inline]
    fn position(&self) -> i64 {
        self.position.into()
    }

    #[inline]
    fn mapping_quality(&self) -> u8 {
        self.mapping_quality
    }

    #[inline]
    fn mate_contig(&self) -> i32 {
        self.mate_contig
    }

    #[inline]
    fn mate_position(&self) -> i64 {
        self.mate_position.into()
    }

    #[inline]
    fn name(&self) -> &[u8] {
        self.name
    }

    #[inline]
    fn cigar(&self) -> &[u32] {
        self.cigar
    }

    #[inline(always)]
    fn hits(&self) -> Option<i64> {
        let (kind, value) = tag(self.tags, *b"NH")?;
        match (kind, value) {
            (b'c', &[n]) => Some(n.cast_signed().into()),
            (b'C', &[n]) => Some(n.into()),
            (b's', &[a, b]) => Some(i16::from_le_bytes([a, b]).into()),
            (b'S', &[a, b]) => Some(u16::from_le_bytes([a, b]).into()),
            (b'i', &[a, b, c, d]) => Some(i32::from_le_bytes([a, b, c, d]).into()),
            (b'I', &[a, b, c, d]) => Some(u32::from_le_bytes([a, b, c, d]).into()),
            _ => None,
        }
    }

    #[inline(always)]
    fn tagged_strand(&self) -> Option<Strand> {
        let sign = |tag: Tag<'_>| match tag {
            (b'A', &[sign]) => strand_of(sign),
            _ => None,
        };
        let [named, along] = first_tags(self.tags, [*b"XS", *b"ts"]);
        named.and_then(sign).or_else(|| {
            let along = sign(along?)?;
            Some(if self.flags & flag::REVERSE != 0 { along.opposite() } else { along })
        })
    }
}

/// Reads the records of a BAM file.
#[derive(Debug)]
pub(crate) struct BamReader {
    blocks: BgzfReader,
    batch: Batch,
    /// What of the batch was handed out.
    at: usize,
    /// A record, or a part of the header, that spans batches.
    spanning: Vec<u8>,
    cigar: Vec<u32>,
    contigs: i32,
}

impl BamReader {
    /// Opens a file and reads past its header; nothing when it does not begin as BAM does.
    pub(crate) fn open(path: &Path, threads: usize) -> Result<Option<Self>, BamFault> {
        let file = File::open(path).map_err(BamFault::Io)?;
        Self::past_header(BgzfReader::new(file, threads))
    }

    /// The same up to the place where a record begins, with one thread.
    pub(crate) fn open_beginning(path: &Path, end: FilePlace) -> Result<Option<Self>, BamFault> {
        let file = File::open(path).map_err(BamFault::Io)?;
        Self::past_header(BgzfReader::part(file, 0, end).map_err(BamFault::Io)?)
    }

    /// Opens what lies between the beginnings of two records, with one thread; the header has so many contigs.
    pub(crate) fn open_part(
        path: &Path,
        contigs: usize,
        start: FilePlace,
        end: FilePlace,
    ) -> Result<Self, BamFault> {
        let contigs = i32::try_from(contigs).map_err(|_| BamFault::Fields)?;
        let file = File::open(path).map_err(BamFault::Io)?;
        let blocks = BgzfReader::part(file, start.block, end).map_err(BamFault::Io)?;
        let mut reader = Self::new(blocks, contigs);
        let within = usize::from(start.within);
        if !reader.advance()? || within > reader.batch.bytes().len() {
            return Err(BamFault::Cut);
        }
        reader.at = within;
        Ok(reader)
    }

    fn new(blocks: BgzfReader, contigs: i32) -> Self {
        Self { blocks, batch: Batch::default(), at: 0, spanning: Vec::new(), cigar: Vec::new(), contigs }
    }

    fn past_header(blocks: BgzfReader) -> Result<Option<Self>, BamFault> {
        let mut reader = Self::new(blocks, 0);
        let Some(head) = reader.take(8)? else { return Ok(None) };
        if !head.starts_with(b"BAM\x01") {
            return Ok(None);
        }
        let text = u32_at(head, 4) as usize;
        reader.expect(text)?;
        reader.contigs = i32_at(reader.expect(4)?, 0);
        for _ in 0..reader.contigs {
            let name = u32_at(reader.expect(4)?, 0) as usize;
            reader.expect(name + 4)?;
        }
        Ok(Some(reader))
    }

    /// The next record, or nothing at the end of the file.
    #[inline(always)]
    pub(crate) fn next(&mut self) -> Result<Option<BamRecord<'_>>, BamFault> {
        let size = match self.batch.bytes()[self.at..].first_chunk() {
            Some(&size) => {
                self.at += 4;
                u32::from_le_bytes(size) as usize
            }
            None => match self.take(4)? {
                Some(size) => u32_at(size, 0) as usize,
                None => return Ok(None),
            },
        };
        if size < FIXED {
            return Err(BamFault::Fields);
        }
        if self.batch.bytes().len() - self.at >= size {
            self.at += size;
            let bytes = &self.batch.bytes()[self.at - size..self.at];
            return BamRecord::new(bytes, self.contigs, &mut self.cigar).map(Some);
        }
        self.gather(size)?;
        BamRecord::new(&self.spanning, self.contigs, &mut self.cigar).map(Some)
    }

    /// Compressed bytes read so far.
    pub(crate) fn position(&self) -> u64 {
        self.batch.file_end
    }

    /// The next bytes, which must be there.
    fn expect(&mut self, length: usize) -> Result<&[u8], BamFault> {
        self.gather(length)?;
        Ok(&self.spanning)
    }

    /// The next bytes, or nothing at the end of the file.
    fn take(&mut self, length: usize) -> Result<Option<&[u8]>, BamFault> {
        while self.at == self.batch.bytes().len() {
            if !self.advance()? {
                return Ok(None);
            }
        }
        if self.batch.bytes().len() - self.at >= length {
            self.at += length;
            return Ok(Some(&self.batch.bytes()[self.at - length..self.at]));
        }
        self.expect(length).map(Some)
    }

    /// Copies the next bytes into `spanning`.
    fn gather(&mut self, length: usize) -> Result<(), BamFault> {
        self.spanning.clear();
        while self.spanning.len() < length {
            let rest = &self.batch.bytes()[self.at..];
            let part = &rest[..rest.len().min(length - self.spanning.len())];
            self.spanning.extend_from_slice(part);
            self.at += part.len();
            if self.spanning.len() < length && !self.advance()? {
                return Err(BamFault::Cut);
            }
        }
        Ok(())
    }

    /// Goes on to the next batch; `false` at the end of the file.
    fn advance(&mut self) -> Result<bool, BamFault> {
        match self.batch.fault.take() {
            Some(BgzfFault::Io(error)) => return Err(BamFault::Io(error)),
            Some(BgzfFault::Damaged) => return Err(BamFault::Cut),
            None => {}
        }
        self.at = 0;
        let position = self.batch.file_end;
        let more = self.blocks.next(&mut self.batch);
        if !more {
            self.batch.file_end = position;
        }
        Ok(more)
    }
}

#[cfg(test)]
mod tests {
    use rust_htslib::bam::{
        Format, Header, HeaderView, Read as _, Writer,
        header::HeaderRecord,
        record::{Cigar, CigarString},
    };

    use super::*;

    /// Everything that counting asks of a record.
    type Seen = (u16, [i64; 4], u8, Vec<u8>, Vec<u32>, Option<i64>, Option<Strand>);

    fn seen(record: &impl Alignment) -> Seen {
        (
            record.flags(),
            [record.contig().into(), record.position(), record.mate_contig().into(), record.mate_position()],
            record.mapping_quality(),
            record.name().to_vec(),
            record.cigar().to_vec(),
            record.hits(),
            record.tagged_strand(),
        )
    }

    /// A BAM file of these SAM lines, and `more` records.
    fn write(path: &Path, lines: &[String], more: &[bam::Record]) {
        let mut header = Header::new();
        for name in ["a", "b"] {
            header.push_record(HeaderRecord::new(b"SQ").push_tag(b"SN", name).push_tag(b"LN", 100_000_000));
        }
        let view = HeaderView::from_header(&header);
        let mut writer = Writer::from_path(path, &header, Format::Bam).unwrap();
        for line in lines {
            writer.write(&bam::Record::from_sam(&view, line.as_bytes()).unwrap()).unwrap();
        }
        for record in more {
            writer.write(record).unwrap();
        }
    }

    fn read(path: &Path, threads: usize) -> Vec<Seen> {
        let mut reader = BamReader::open(path, threads).unwrap().unwrap();
        let mut all = Vec::new();
        while let Some(record) = reader.next().unwrap() {
            all.push(seen(&record));
        }
        all
    }

    /// A record at position 100 of contig 0 with this name, these operations and so many bases.
    fn raw(name: &[u8], cigar: &[(u32, u32)], bases: usize) -> Vec<u8> {
        let mut bytes = Vec::new();
        bytes.extend(0i32.to_le_bytes());
        bytes.extend(100i32.to_le_bytes());
        bytes.extend([u8::try_from(name.len()).unwrap(), 60, 0, 0]);
        bytes.extend(u16::try_from(cigar.len()).unwrap().to_le_bytes());
        bytes.extend(0u16.to_le_bytes());
        bytes.extend(i32::try_from(bases).unwrap().to_le_bytes());
        bytes.extend([-1i32, -1, 0].map(i32::to_le_bytes).concat());
        bytes.extend(name);
        bytes.extend(cigar.iter().flat_map(|(length, op)| (length << 4 | op).to_le_bytes()));
        bytes.extend(vec![0; bases.div_ceil(2) + bases]);
        bytes
    }

    #[test]
    fn records_that_contradict_themselves_are_refused() {
        let (matches, skips) = (0, 3);
        let fault = |bytes: &[u8]| BamRecord::new(bytes, 1, &mut Vec::new()).err();
        assert!(fault(&raw(b"r\0", &[(10, matches), (50, skips), (10, matches)], 20)).is_none());
        // Without bases there is nothing to compare.
        assert!(fault(&raw(b"r\0", &[(10, matches)], 0)).is_none());
        assert!(matches!(fault(&raw(b"r\0", &[(7, matches)], 10)), Some(BamFault::Fields)));
        assert!(matches!(fault(&raw(b"re", &[(10, matches)], 10)), Some(BamFault::Fields)));
        // A way that leads out of 32 bits.
        let far = [[(268_435_455, skips), (10, matches)]; 17].concat();
        assert!(matches!(fault(&raw(b"r\0", &far, 170)), Some(BamFault::Fields)));
        assert!(matches!(fault(&raw(b"r\0", &far, 0)), Some(BamFault::Fields)));
    }

    #[test]
    fn records_are_those_that_htslib_reads() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bam");
        let tags = [
            "NH:i:1",
            "NH:i:300\tXS:A:-",
            "RG:Z:x y\tNH:i:-1\tts:A:+",
            "ZB:B:s,1,-2,3\tNH:i:70000\tXS:A:?\tts:A:-",
            "NH:Z:1",
            "XS:Z:+",
            "ZF:f:1.5\tXH:H:1AE3\tNH:i:2",
            "",
        ];
        let lines: Vec<String> = (0..3000)
            .map(|k| {
                let (flags, tag) = ([0, 16, 99, 147, 4, 73][k % 6], tags[k % tags.len()]);
                let name = "n".repeat(1 + k % 200);
                let line = format!(
                    "{name}\t{flags}\ta\t{}\t{}\t3S5M{k}N2I4M\tb\t77\t0\t*\t*\t{tag}",
                    k + 1,
                    k % 256
                );
                line.trim_end().to_owned()
            })
            .collect();
        // More operations than 16 bits count: BAM keeps them in a tag.
        let mut long = bam::Record::new();
        let operations = 70_000;
        let cigar = CigarString(
            (0..operations).map(|k| if k % 2 == 0 { Cigar::Match(1) } else { Cigar::RefSkip(9) }).collect(),
        );
        let bases = vec![b'A'; 35_000];
        long.set(b"long", Some(&cigar), &bases, &bases);
        long.set_tid(1);
        long.set_pos(10);
        write(&path, &lines, &[long]);
        let mut expected = Vec::new();
        let mut reader = bam::Reader::from_path(&path).unwrap();
        let mut record = bam::Record::new();
        while let Some(result) = reader.read(&mut record) {
            result.unwrap();
            expected.push(seen(&record));
        }
        assert_eq!(expected.len(), 3001);
        assert_eq!(expected[3000].4.len(), operations);
        for threads in [1, 3] {
            assert!(read(&path, threads) == expected, "{threads} threads");
        }
    }

    #[test]
    fn contradictory_fields_are_an_error() {
        let mut cigar = Vec::new();
        let mut record = [0u8; 36];
        record[8] = 2;
        assert!(BamRecord::new(&record, 1, &mut cigar).is_ok());
        record[16] = 50;
        assert!(matches!(BamRecord::new(&record, 1, &mut cigar), Err(BamFault::Fields)));
        record[16..20].fill(0xff);
        assert!(matches!(BamRecord::new(&record, 1, &mut cigar), Err(BamFault::Fields)));
        record[16..20].fill(0);
        record[0] = 1;
        assert!(matches!(BamRecord::new(&record, 1, &mut cigar), Err(BamFault::Contig)));
    }

    #[test]
    fn a_file_without_records_ends_at_once() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bam");
        write(&path, &[], &[]);
        assert!(read(&path, 1).is_empty());
    }
}
