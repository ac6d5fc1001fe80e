//! Writes alignments: BAM, SAM or CRAM with a coordinate-sorted header and an index.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Read, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use rust_htslib::bam::{self, CompressionLevel, Format};
use tempfile::TempPath;

mod bgzip;
mod error;
mod header;
mod record;

pub use bgzip::{BgzipError, BgzipWriter};
pub use error::AlignmentWriteError;
pub use header::{HeaderContig, HeaderProgram};
pub use record::{AlignmentRecord, CigarKind, CigarOp, Locus};

/// The end-of-file block of BGZF (SAM specification, section 4.1.2): the last thing that a complete BAM holds.
const BGZF_END: [u8; 28] = *b"\x1f\x8b\x08\x04\0\0\0\0\0\xff\x06\0BC\x02\0\x1b\0\x03\0\0\0\0\0\0\0\0\0";
/// The bins of BAI and tabix reach this far; what lies beyond needs CSI.
const BIN_LIMIT: u32 = 1 << 29;
/// Bits of the smallest CSI bin, as samtools sets them.
const CSI_MIN_SHIFT: u32 = 14;
/// The longest name that fits the BAM record together with its terminator and padding.
const LONGEST_NAME: usize = 251;

/// How to write.
#[derive(Clone, Debug, Default)]
pub struct WriteOptions {
    /// The `@PG` line.
    pub program: Option<HeaderProgram>,
    /// `@CO` lines.
    pub comments: Vec<String>,
    /// Threads that compress beside the caller's own; 0 compresses in place. The bytes do not depend on it.
    pub extra_threads: usize,
    /// 0 (none) to 9 (smallest); `None` is htslib's default, 6.
    pub compression_level: Option<u8>,
}

/// What was written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The index (`.bai`, `.csi`, `.crai`); SAM has none.
    pub index: Option<PathBuf>,
    /// Number of records.
    pub records: u64,
}

/// A file of alignments under construction.
///
/// Records are written in the order given, which must be that of a coordinate-sorted file: by contig and
/// leftmost base, reads without a place last. The file is written to a temporary name in its folder and takes
/// its own, together with its index, in [`AlignmentWriter::finish`]; dropped before that, it leaves nothing.
///
/// BAM is written with a BAI, or with a CSI where a contig is longer than 2^29 bases; CRAM with a CRAI and
/// without an external reference: the bases are kept in the file, which htslib mentions on standard error.
#[derive(Debug)]
pub struct AlignmentWriter {
    // Dropped before the temporary file, which it holds open.
    writer: bam::Writer,
    temporary: TempPath,
    path: PathBuf,
    format: Format,
    lengths: Vec<u32>,
    record: bam::Record,
    data: Vec<u8>,
    last: Option<Locus>,
    placeless: bool,
    records: u64,
}

/// Sizes of a checked record, in the types of htslib's fields.
struct Sizes {
    /// Of the name with its terminator.
    name: u16,
    /// CIGAR operations.
    operations: u32,
    /// Bases of the read.
    bases: i32,
    /// 0-based position after the last aligned base, -1 without a place.
    end: i64,
}

impl AlignmentWriter {
    /// Begins a file; its extension (`.bam`, `.sam`, `.cram`, any case) chooses the format.
    ///
    /// # Errors
    /// When the extension is unknown, a contig or text cannot stand in a header, or the folder cannot be written.
    pub fn create(
        path: &Path,
        contigs: &[HeaderContig],
        options: &WriteOptions,
    ) -> Result<Self, AlignmentWriteError> {
        let format = format_of(path)?;
        let header = header::header(contigs, options)?;
        let temporary = temporary(path)?;
        let write_error = |source| AlignmentWriteError::Write { path: path.to_owned(), source };
        let mut writer = bam::Writer::from_path(&temporary, &header, format).map_err(write_error)?;
        if format != Format::Sam {
            if let Some(level) = options.compression_level {
                writer.set_compression_level(CompressionLevel::Level(level.into())).map_err(write_error)?;
            }
            if options.extra_threads > 0 {
                writer.set_threads(options.extra_threads).map_err(write_error)?;
            }
        }
        Ok(Self {
            writer,
            temporary,
            path: path.to_owned(),
            format,
            lengths: contigs.iter().map(|c| c.length).collect(),
            record: bam::Record::new(),
            data: Vec::new(),
            last: None,
            placeless: false,
            records: 0,
        })
    }

    /// Writes one record.
    ///
    /// # Errors
    /// When the record is out of order or contradicts itself or the header, or the disk is full.
    pub fn write(&mut self, record: &AlignmentRecord<'_>) -> Result<(), AlignmentWriteError> {
        self.records += 1;
        let sizes = self.check(record).map_err(|reason| AlignmentWriteError::Record {
            path: self.path.clone(),
            record: self.records,
            qname: String::from_utf8_lossy(record.qname).into_owned(),
            reason,
        })?;
        let padding = record::encode(record, &mut self.data);
        self.record.set_data(&self.data);
        let (tid, pos) = record::bam_locus(record.locus);
        let (mate_tid, mate_pos) = record::bam_locus(record.mate);
        let core = &mut self.record.inner_mut().core;
        core.tid = tid;
        core.pos = pos;
        core.bin = record::bin(pos, sizes.end);
        core.qual = record.mapq;
        core.flag = record.flag;
        core.mtid = mate_tid;
        core.mpos = mate_pos;
        core.isize_ = record.template_length.into();
        core.l_qname = sizes.name + u16::from(padding);
        core.l_extranul = padding;
        core.n_cigar = sizes.operations;
        core.l_qseq = sizes.bases;
        self.writer
            .write(&self.record)
            .map_err(|source| AlignmentWriteError::Write { path: self.path.clone(), source })
    }

    /// The record's sizes, or what is wrong with it.
    fn check(&mut self, record: &AlignmentRecord<'_>) -> Result<Sizes, String> {
        let name = record.qname;
        if name.is_empty() || name.len() > LONGEST_NAME || name.contains(&0) {
            return Err(format!(
                "the name has {} bytes (expected 1 to {LONGEST_NAME}, none NUL)",
                name.len()
            ));
        }
        let (mut on_reference, mut on_read) = (0_u64, 0_u64);
        for op in record.cigar {
            if op.length == 0 || op.length >= 1 << 28 {
                return Err(format!("a CIGAR operation has {} bases (expected 1 to 2^28 - 1)", op.length));
            }
            on_reference += u64::from(op.length) * u64::from(op.kind.consumes_reference());
            on_read += u64::from(op.length) * u64::from(op.kind.consumes_read());
        }
        let bases = record.bases.len();
        if bases > 0 && !record.cigar.is_empty() && on_read != bases as u64 {
            return Err(format!("the CIGAR spans {on_read} bases of the read, the read has {bases}"));
        }
        if !record.qualities.is_empty() && record.qualities.len() != bases {
            return Err(format!("{} qualities for {bases} bases", record.qualities.len()));
        }
        let too_many = || format!("{bases} bases and {} CIGAR operations are too many", record.cigar.len());
        let mut sizes = Sizes {
            name: u16::try_from(name.len() + 1).map_err(|_| too_many())?,
            operations: u16::try_from(record.cigar.len()).map_err(|_| too_many())?.into(),
            // The data of a record, about 1.5 bytes a base, have a signed 32-bit size.
            bases: i32::try_from(bases).ok().filter(|&b| b < 1 << 30).ok_or_else(too_many)?,
            end: -1,
        };
        if let Some(mate) = record.mate {
            self.within(mate, 1).map_err(|reason| format!("mate: {reason}"))?;
        }
        let Some(locus) = record.locus else {
            self.placeless = true;
            return Ok(sizes);
        };
        sizes.end = self.within(locus, on_reference.max(1))?;
        if self.placeless {
            return Err("a read with a place follows one without (expected coordinate order)".to_owned());
        }
        if let Some(last) = self.last.filter(|last| locus < *last) {
            return Err(format!(
                "contig {} position {} (0-based) follows contig {} position {} (expected coordinate order)",
                locus.tid, locus.pos0, last.tid, last.pos0
            ));
        }
        self.last = Some(locus);
        Ok(sizes)
    }

    fn within(&self, locus: Locus, bases: u64) -> Result<i64, String> {
        let Some(&length) = self.lengths.get(locus.tid as usize) else {
            return Err(format!("contig {} of {} (0-based)", locus.tid, self.lengths.len()));
        };
        let end = u64::from(locus.pos0) + bases;
        if end > u64::from(length) {
            return Err(format!("ends at {end}, its contig at {length}"));
        }
        Ok(end.cast_signed())
    }

    /// Completes the file, builds its index and gives both their names.
    ///
    /// # Errors
    /// When the disk is full or the file cannot take its name.
    pub fn finish(self) -> Result<Written, AlignmentWriteError> {
        let Self { writer, temporary, path, format, lengths, records, .. } = self;
        // Closing writes the last blocks; htslib's answer is not handed through, hence the look at the end.
        drop(writer);
        let finish_error = |source| AlignmentWriteError::Finish { path: path.clone(), source };
        if format == Format::Bam && !ends_with(&temporary, &BGZF_END).map_err(finish_error)? {
            return Err(AlignmentWriteError::Incomplete { path });
        }
        let index = match format {
            Format::Sam => None,
            Format::Cram => Some(("crai", bam::index::Type::Bai)),
            Format::Bam if lengths.iter().any(|&l| l > BIN_LIMIT) => {
                Some(("csi", bam::index::Type::Csi(CSI_MIN_SHIFT)))
            }
            Format::Bam => Some(("bai", bam::index::Type::Bai)),
        };
        let Some((extension, kind)) = index else {
            temporary.persist(&path).map_err(|e| finish_error(e.error))?;
            return Ok(Written { index: None, records });
        };
        let temporary_index =
            TempPath::try_from_path(with_suffix(&temporary, extension)).map_err(finish_error)?;
        bam::index::build::<&Path>(&temporary, Some(&temporary_index), kind, 1)
            .map_err(|source| AlignmentWriteError::Write { path: path.clone(), source })?;
        // The alignments first: an index older than its alignments is distrusted.
        temporary.persist(&path).map_err(|e| finish_error(e.error))?;
        let index = with_suffix(&path, extension);
        temporary_index.persist(&index).map_err(|e| finish_error(e.error))?;
        Ok(Written { index: Some(index), records })
    }
}

fn format_of(path: &Path) -> Result<Format, AlignmentWriteError> {
    let extension = path.extension().unwrap_or_default().to_ascii_lowercase();
    match extension.to_str() {
        Some("bam") => Ok(Format::Bam),
        Some("sam") => Ok(Format::Sam),
        Some("cram") => Ok(Format::Cram),
        _ => Err(AlignmentWriteError::UnknownFormat { path: path.to_owned() }),
    }
}

/// `name.bam` and `bai` make `name.bam.bai`.
fn with_suffix(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

fn temporary(path: &Path) -> Result<TempPath, AlignmentWriteError> {
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    let mut prefix = OsString::from(".");
    prefix.push(path.file_name().unwrap_or_default());
    prefix.push(".");
    let mut builder = tempfile::Builder::new();
    builder.prefix(&prefix).suffix(".tmp");
    // For everybody whom the umask lets read; a temporary file would be for its owner alone.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    builder
        .tempfile_in(folder)
        .map(tempfile::NamedTempFile::into_temp_path)
        .map_err(|source| AlignmentWriteError::Create { path: path.to_owned(), source })
}

fn ends_with(path: &Path, end: &[u8]) -> io::Result<bool> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    if size < end.len() as u64 {
        return Ok(false);
    }
    file.seek(SeekFrom::Start(size - end.len() as u64))?;
    let mut found = Vec::with_capacity(end.len());
    file.read_to_end(&mut found)?;
    Ok(found == end)
}

#[cfg(test)]
mod tests {
    use nadsplice_core::Strand;
    use rust_htslib::bam::{Read as _, ext::BamRecordExtensions, record::Aux};

    use super::*;

    fn contigs() -> Vec<HeaderContig> {
        vec![
            HeaderContig { name: "chr1".into(), length: 10_000 },
            HeaderContig { name: "HLA:A*01-2".into(), length: 5_000 },
        ]
    }

    const SPLICED: [CigarOp; 3] = [
        CigarOp { kind: CigarKind::Match, length: 5 },
        CigarOp { kind: CigarKind::Skip, length: 90 },
        CigarOp { kind: CigarKind::Match, length: 4 },
    ];

    fn record(qname: &'static str, tid: u32, pos0: u32) -> AlignmentRecord<'static> {
        AlignmentRecord {
            qname: qname.as_bytes(),
            flag: 99,
            locus: Some(Locus { tid, pos0 }),
            mapq: 255,
            cigar: &SPLICED,
            mate: Some(Locus { tid, pos0: pos0 + 100 }),
            template_length: 200,
            bases: b"ACGTNACGT",
            qualities: &[37, 37, 11, 2, 37, 37, 25, 25, 40],
            hits: Some(1),
            splice_strand: Some(Strand::Reverse),
        }
    }

    fn write(path: &Path, options: &WriteOptions, positions: &[(u32, u32)]) -> Written {
        let mut writer = AlignmentWriter::create(path, &contigs(), options).unwrap();
        for (i, &(tid, pos0)) in positions.iter().enumerate() {
            let name = ["a", "bc", "def", "ghij", "klmno"][i % 5];
            writer.write(&record(name, tid, pos0)).unwrap();
        }
        writer.finish().unwrap()
    }

    #[test]
    fn a_bam_reads_back_as_it_was_written_and_its_index_finds_records() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bam");
        let options = WriteOptions {
            program: Some(HeaderProgram { name: "maker".into(), version: "1.0".into() }),
            comments: vec!["seed 7".into()],
            ..WriteOptions::default()
        };
        let written = write(&path, &options, &[(0, 10), (0, 10), (0, 700), (1, 3), (1, 4000)]);
        assert_eq!(written.records, 5);
        assert_eq!(written.index.as_deref(), Some(folder.path().join("a.bam.bai").as_path()));
        let mut reader = bam::Reader::from_path(&path).unwrap();
        let header = String::from_utf8(reader.header().as_bytes().to_vec()).unwrap();
        assert_eq!(
            header.trim_end(),
            "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:10000\n@SQ\tSN:HLA:A*01-2\tLN:5000\n\
             @PG\tID:maker\tPN:maker\tVN:1.0\n@CO\tseed 7"
        );
        let records: Vec<bam::Record> = reader.records().map(Result::unwrap).collect();
        let places: Vec<(i32, i64)> = records.iter().map(|r| (r.tid(), r.pos())).collect();
        assert_eq!(places, [(0, 10), (0, 10), (0, 700), (1, 3), (1, 4000)]);
        let first = &records[1];
        assert_eq!(first.qname(), b"bc");
        assert_eq!(first.flags(), 99);
        assert_eq!(first.mapq(), 255);
        assert_eq!(first.cigar().to_string(), "5M90N4M");
        assert_eq!((first.mtid(), first.mpos(), first.insert_size()), (0, 110, 200));
        assert_eq!(first.seq().as_bytes(), b"ACGTNACGT");
        assert_eq!(first.qual(), [37, 37, 11, 2, 37, 37, 25, 25, 40]);
        assert_eq!(first.aux(b"NH"), Ok(Aux::U8(1)));
        assert_eq!(first.aux(b"XS"), Ok(Aux::Char(b'-')));
        assert_eq!(first.reference_end(), 109);

        let mut indexed = bam::IndexedReader::from_path(&path).unwrap();
        indexed.fetch(("HLA:A*01-2", 3999, 4001)).unwrap();
        let found: Vec<i64> = indexed.records().map(|r| r.unwrap().pos()).collect();
        assert_eq!(found, [4000]);
    }

    #[test]
    fn sam_is_text_without_an_index() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.sam");
        let mut writer = AlignmentWriter::create(&path, &contigs(), &WriteOptions::default()).unwrap();
        writer.write(&record("a", 0, 10)).unwrap();
        let unplaced = AlignmentRecord {
            qname: b"lost",
            flag: 4,
            locus: None,
            mapq: 0,
            cigar: &[],
            mate: None,
            template_length: 0,
            bases: b"",
            qualities: b"",
            hits: None,
            splice_strand: None,
        };
        writer.write(&unplaced).unwrap();
        assert_eq!(writer.finish().unwrap(), Written { index: None, records: 2 });
        let text = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = text.lines().filter(|l| !l.starts_with('@')).collect();
        assert_eq!(
            lines,
            [
                "a\t99\tchr1\t11\t255\t5M90N4M\t=\t111\t200\tACGTNACGT\tFF,#FF::I\tNH:i:1\tXS:A:-",
                "lost\t4\t*\t0\t0\t*\t*\t0\t0\t*\t*"
            ]
        );
    }

    #[test]
    fn cram_needs_no_reference() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.cram");
        let written = write(&path, &WriteOptions::default(), &[(0, 10), (0, 12), (1, 3)]);
        assert_eq!(written.index, Some(folder.path().join("a.cram.crai")));
        let mut reader = bam::Reader::from_path(&path).unwrap();
        let records: Vec<bam::Record> = reader.records().map(Result::unwrap).collect();
        assert_eq!(records.len(), 3);
        assert!(records.iter().all(|r| r.cigar().to_string() == "5M90N4M"));
        assert!(records.iter().all(|r| r.seq().as_bytes() == b"ACGTNACGT"));
    }

    #[test]
    fn threads_do_not_change_a_byte() {
        let folder = tempfile::tempdir().unwrap();
        let positions: Vec<(u32, u32)> =
            (0..9_000).map(|p| (0, p)).chain((0..4_000).map(|p| (1, p))).collect();
        let bytes = |threads: usize| {
            let path = folder.path().join(format!("{threads}.bam"));
            let options = WriteOptions { extra_threads: threads, ..WriteOptions::default() };
            let written = write(&path, &options, &positions);
            (std::fs::read(path).unwrap(), std::fs::read(written.index.unwrap()).unwrap())
        };
        let one = bytes(0);
        assert!(one.0.len() > 70_000, "several blocks");
        assert!(one == bytes(2));
    }

    #[test]
    fn long_contigs_get_a_csi() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("wheat.bam");
        let contigs = [HeaderContig { name: "1A".into(), length: 600_000_000 }];
        let mut writer = AlignmentWriter::create(&path, &contigs, &WriteOptions::default()).unwrap();
        writer.write(&record("a", 0, 599_000_000)).unwrap();
        let written = writer.finish().unwrap();
        assert_eq!(written.index, Some(folder.path().join("wheat.bam.csi")));
        let mut indexed = bam::IndexedReader::from_path(&path).unwrap();
        indexed.fetch(("1A", 599_000_000, 599_000_010)).unwrap();
        assert_eq!(indexed.records().count(), 1);
    }

    #[test]
    fn contradictions_are_named() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bam");
        let refused = |change: &dyn Fn(&mut AlignmentRecord<'static>)| {
            let mut writer = AlignmentWriter::create(&path, &contigs(), &WriteOptions::default()).unwrap();
            writer.write(&record("first", 0, 500)).unwrap();
            let mut second = record("second", 0, 600);
            change(&mut second);
            let error = writer.write(&second).unwrap_err().to_string();
            assert!(error.starts_with("record 2 (`"), "{error}");
            error
        };
        assert!(refused(&|r| r.locus = Some(Locus { tid: 0, pos0: 499 })).contains("coordinate order"));
        assert!(refused(&|r| r.locus = Some(Locus { tid: 2, pos0: 0 })).contains("contig 2 of 2"));
        assert!(refused(&|r| r.locus = Some(Locus { tid: 1, pos0: 4_950 })).contains("ends at 5049"));
        assert!(refused(&|r| r.bases = b"ACGT").contains("spans 9 bases of the read, the read has 4"));
        assert!(refused(&|r| r.qualities = &[1]).contains("1 qualities for 9 bases"));
        assert!(refused(&|r| r.qname = b"").contains("name has 0 bytes"));
        assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0, "nothing is left behind");
    }

    #[test]
    fn headers_are_checked_before_anything_is_written() {
        let folder = tempfile::tempdir().unwrap();
        let create = |name: &str, contigs: &[HeaderContig]| {
            AlignmentWriter::create(&folder.path().join(name), contigs, &WriteOptions::default())
                .map(|_| ())
                .unwrap_err()
                .to_string()
        };
        let contig = |name: &str, length| HeaderContig { name: name.into(), length };
        assert!(create("a.txt", &contigs()).contains("expected .bam, .sam or .cram"));
        assert!(create("a.bam", &[contig("chr 1", 5)]).contains("does not allow"));
        assert!(create("a.bam", &[contig("chr1", 0)]).contains("not within 1 to"));
        assert!(create("a.bam", &[contig("x", 5), contig("x", 5)]).contains("twice"));
        assert!(create("missing/a.bam", &contigs()).contains("could not create"));
    }

    #[test]
    fn a_truncated_bam_is_noticed() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("a.bam");
        write(&path, &WriteOptions::default(), &[(0, 1)]);
        assert!(ends_with(&path, &BGZF_END).unwrap());
        let bytes = std::fs::read(&path).unwrap();
        std::fs::write(&path, &bytes[..bytes.len() - 1]).unwrap();
        assert!(!ends_with(&path, &BGZF_END).unwrap());
    }
}
