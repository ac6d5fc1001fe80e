//! Opening an alignment file: format, header, end, identity.

use std::{
    collections::hash_map::Entry,
    fs::File,
    io::{Read as _, Seek, SeekFrom},
    path::{Path, PathBuf},
};

use nadsplice_core::{ContigId, Contigs, InputIdentity};
use rust_htslib::{
    bam::{self, Read as _},
    htslib,
};
use rustc_hash::FxHashMap;

use crate::{
    AlignError, AnnotationIndex,
    bam::{Alignment, BamFault, BamReader, PartsReader},
    builds,
    index_file::FileRange,
    junction_tables::junction_file,
    regional::{Access, Indexed, ReadThrough, Scope, access},
};

/// Pieces of a file that its identity rests on.
const PIECES: u64 = 64;
const PIECE_BYTES: u64 = 64 << 10;

/// Names shown of a list that may be long.
const SHOWN: usize = 5;

/// The order that a header claims.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ClaimedOrder {
    Coordinate,
    Other,
    None,
}

/// Where records come from.
enum Records {
    /// A BAM file, read here.
    Bam(Box<BamReader>),
    /// Parts of one.
    Parts(Box<PartsReader>),
    /// Every other format, read by htslib.
    Htslib(Box<(bam::Reader, bam::Record)>),
}

/// An opened alignment file.
pub(crate) struct Input {
    /// The index by which it is read.
    pub(crate) indexed: Option<Box<Indexed>>,
    /// Compressed bytes of ranges that were read before.
    inflated: u64,
    pub(crate) path: PathBuf,
    records: Records,
    pub(crate) claimed_order: ClaimedOrder,
    pub(crate) header_hash: [u8; 32],
    /// `(name, length)` of every contig.
    pub(crate) contigs: Vec<(String, u64)>,
    pub(crate) read: u64,
}

/// Two contigs of a file never become one of the annotation: their coordinates have nothing to do with each other. The
/// one that is named alike but for `chr` stays matched (`chrMT` for `MT`, and not the `chrM` of an older sequence), else
/// the first.
fn one_each(
    contigs: &[(String, u64)],
    mut matched: Vec<Option<ContigId>>,
    annotation: &Contigs,
) -> Vec<Option<ContigId>> {
    let plain = |name: &str| name.strip_prefix("chr").unwrap_or(name).to_owned();
    let mut kept: FxHashMap<ContigId, usize> = FxHashMap::default();
    for at in 0..matched.len() {
        let Some(id) = matched[at] else { continue };
        let alike = |at: usize| plain(&contigs[at].0) == plain(annotation.name(id));
        match kept.entry(id) {
            Entry::Vacant(free) => {
                free.insert(at);
            }
            Entry::Occupied(mut other) => {
                let loser = if alike(at) && !alike(*other.get()) { other.insert(at) } else { at };
                matched[loser] = None;
            }
        }
    }
    matched
}

impl Input {
    /// Opens a file and reads its header.
    pub(crate) fn open(path: &Path, threads: usize) -> Result<Self, AlignError> {
        silence_htslib();
        let mut magic = [0u8; 4];
        let mut file = File::open(path).map_err(|source| AlignError::Io { path: path.to_owned(), source })?;
        let size = file.metadata().map_err(|source| AlignError::Io { path: path.to_owned(), source })?.len();
        let got = file.read(&mut magic).map_err(|source| AlignError::Io { path: path.to_owned(), source })?;
        if size == 0 && file.metadata().is_ok_and(|found| !found.is_file()) {
            let found = "not a regular file (a pipe, say), and it is read more than once".into();
            return Err(AlignError::Format { path: path.to_owned(), found });
        }
        if size == 0 {
            return Err(AlignError::Format { path: path.to_owned(), found: "the file is empty".into() });
        }
        let mut reader = bam::Reader::from_path(path).map_err(|_| AlignError::Format {
            path: path.to_owned(),
            found: describe(path, &magic[..got]),
        })?;
        if end_marker_missing(&reader) {
            return Err(AlignError::MissingEof { path: path.to_owned() });
        }
        // Nothing of the bases and qualities is needed, so a CRAM needs no reference. Other formats ignore this.
        let _ = reader.set_cram_options(
            htslib::hts_fmt_option_CRAM_OPT_REQUIRED_FIELDS,
            htslib::sam_fields_SAM_QNAME
                | htslib::sam_fields_SAM_FLAG
                | htslib::sam_fields_SAM_RNAME
                | htslib::sam_fields_SAM_POS
                | htslib::sam_fields_SAM_MAPQ
                | htslib::sam_fields_SAM_CIGAR
                | htslib::sam_fields_SAM_RNEXT
                | htslib::sam_fields_SAM_PNEXT
                | htslib::sam_fields_SAM_AUX,
        );
        let header = reader.header();
        let text = header.as_bytes();
        let header_hash = *blake3::hash(text).as_bytes();
        let claimed_order = claimed_order(text);
        let contigs: Vec<(String, u64)> = (0..header.target_count())
            .map(|tid| {
                let name = String::from_utf8_lossy(header.tid2name(tid)).into_owned();
                (name, header.target_len(tid).unwrap_or(0))
            })
            .collect();
        if contigs.is_empty() {
            if let Some(found) = junction_table(path) {
                return Err(AlignError::Format { path: path.to_owned(), found });
            }
            return Err(AlignError::NoContigs { path: path.to_owned() });
        }
        let records = match bgzf_bam(&reader).then(|| BamReader::open(path, threads)) {
            Some(opened) => opened.map(|r| r.map(|r| Records::Bam(Box::new(r)))),
            None => Ok(None),
        };
        let records = match records {
            Ok(Some(records)) => records,
            Ok(None) => {
                if threads > 1 {
                    // Without the pool the file is read all the same.
                    let _ = reader.set_threads(threads - 1);
                }
                Records::Htslib(Box::new((reader, bam::Record::new())))
            }
            Err(fault) => return Err(record_error(path, 1, fault)),
        };
        Ok(Self {
            path: path.to_owned(),
            indexed: None,
            inflated: 0,
            records,
            claimed_order,
            header_hash,
            contigs,
            read: 0,
        })
    }

    /// For each contig of the file its id in the annotation. A name that is in the annotation to the letter goes
    /// before one that only matches under another naming habit.
    pub(crate) fn match_contigs(&self, annotation: &Contigs) -> Result<Vec<Option<ContigId>>, AlignError> {
        let exact: Vec<Option<ContigId>> =
            self.contigs.iter().map(|(name, _)| annotation.get(name)).collect();
        let matched: Vec<Option<ContigId>> = self
            .contigs
            .iter()
            .zip(&exact)
            .map(|((name, _), &id)| {
                id.or_else(|| annotation.resolve(name).filter(|id| !exact.contains(&Some(*id))))
            })
            .collect();
        let matched = one_each(&self.contigs, matched, annotation);
        if matched.iter().all(Option::is_none) {
            return Err(AlignError::NoSharedContig {
                path: self.path.clone(),
                alignments: shown(self.contigs.iter().map(|(name, _)| name.as_str())),
                annotation: shown(annotation.names().iter().map(String::as_str)),
            });
        }
        Ok(matched)
    }

    /// Refuses an annotation that reaches past the end of a contig.
    pub(crate) fn check_ends(
        &self,
        index: &AnnotationIndex,
        matched: &[Option<ContigId>],
    ) -> Result<(), AlignError> {
        for ((name, length), id) in self.contigs.iter().zip(matched) {
            let annotated = id.map_or(0, |id| index.annotated_end(id));
            if u64::from(annotated) > *length {
                let likely = builds::of_lengths(&self.contigs)
                    .map_or(String::new(), |build| format!("; the alignments look like {build}"));
                return Err(AlignError::BuildMismatch {
                    path: self.path.clone(),
                    contig: name.clone(),
                    annotated,
                    length: *length,
                    likely,
                });
            }
        }
        Ok(())
    }

    /// Goes on to read for regions only: by the index, where there is one and it pays. Says why it does not else.
    pub(crate) fn narrow(
        &mut self,
        scope: &Scope,
        threads: usize,
    ) -> Result<Option<ReadThrough>, AlignError> {
        if !matches!(self.records, Records::Bam(_)) {
            self.use_threads(threads)?;
            return Ok(Some(ReadThrough::NotBam));
        }
        let fail = |source| AlignError::Io { path: self.path.clone(), source };
        let size = self.path.metadata().map_err(fail)?.len();
        match access(&self.path, size, scope)? {
            Access::Through(reason) => {
                self.use_threads(threads)?;
                Ok(reason)
            }
            Access::Indexed(indexed) => {
                self.records = Records::Parts(Box::new(indexed.open(indexed.ranges.clone())?));
                self.indexed = Some(indexed);
                Ok(None)
            }
        }
    }

    /// Begins anew, with more threads than one.
    pub(crate) fn use_threads(&mut self, threads: usize) -> Result<(), AlignError> {
        if threads > 1 {
            self.records = Self::open(&self.path, threads)?.records;
        }
        Ok(())
    }

    /// Whether it is a BAM file that says of itself that it is in coordinate order.
    pub(crate) fn is_sorted_bam(&self) -> bool {
        matches!(self.records, Records::Bam(_)) && self.claimed_order == ClaimedOrder::Coordinate
    }

    /// Goes on to read other ranges, where it is read by its index.
    pub(crate) fn read_ranges(&mut self, ranges: Vec<FileRange>) -> Result<(), AlignError> {
        if let Some(indexed) = &self.indexed {
            let records = indexed.open(ranges)?;
            self.inflated = self.position().unwrap_or(0);
            self.records = Records::Parts(Box::new(records));
        }
        Ok(())
    }

    /// Compressed bytes read so far, of a BAM; other formats have no such position.
    pub(crate) fn position(&self) -> Option<u64> {
        match &self.records {
            Records::Bam(reader) => Some(reader.position()),
            Records::Parts(reader) => Some(self.inflated + reader.inflated()),
            Records::Htslib(_) => None,
        }
    }

    /// Hands the next record to `each` with its number, from 1; `false` at the end of the file.
    #[inline(always)]
    pub(crate) fn next(&mut self, each: &mut impl EachRecord) -> Result<bool, AlignError> {
        let number = self.read + 1;
        match &mut self.records {
            Records::Bam(reader) => match reader.next() {
                Ok(Some(record)) => each.accept(&record, number)?,
                Ok(None) => return Ok(false),
                Err(fault) => return Err(record_error(&self.path, number, fault)),
            },
            Records::Parts(reader) => match (reader.next(), &self.indexed) {
                (Ok(Some(record)), _) => each.accept(&record, number)?,
                (Err(fault), Some(indexed)) => return Err(indexed.error(fault)),
                (Err(fault), None) => return Err(record_error(&self.path, number, fault)),
                (Ok(None), _) => return Ok(false),
            },
            Records::Htslib(reader) => match read_htslib(reader) {
                Ok(true) => each.accept(&reader.1, number)?,
                Ok(false) => return Ok(false),
                Err(fault) => return Err(record_error(&self.path, number, fault)),
            },
        }
        self.read = number;
        Ok(true)
    }
}

/// What is done with records, of whichever format.
pub(crate) trait EachRecord {
    fn accept(&mut self, record: &impl Alignment, number: u64) -> Result<(), AlignError>;
}

/// Reads the next record; `false` at the end of the file.
#[allow(unsafe_code, reason = "the safe wrapper takes htslib's error codes below -4 and -3 for records")]
fn read_htslib((reader, record): &mut (bam::Reader, bam::Record)) -> Result<bool, BamFault> {
    // SAFETY: the three pointers belong to live objects that this call alone uses, as `Reader::read` does.
    let code = unsafe {
        htslib::sam_read1(reader.htsfile(), reader.header().inner_ptr().cast_mut(), record.inner_mut())
    };
    match code {
        0.. => Ok(true),
        -1 => Ok(false),
        -3 => Err(BamFault::Contig),
        -4 => Err(BamFault::Fields),
        _ => Err(BamFault::Cut),
    }
}

fn record_error(path: &Path, record: u64, fault: BamFault) -> AlignError {
    let path = path.to_owned();
    let what = match fault {
        BamFault::Io(source) => return AlignError::Io { path, source },
        BamFault::Cut => "the file ends inside it, or a block fails its checksum",
        BamFault::Contig => "its contig is not in the header, or the file ends inside it",
        BamFault::Fields => "its fields contradict each other",
        BamFault::Misplaced => "it is of another contig than expected",
    };
    AlignError::Record { path, record, what }
}

/// Whether an open file is BAM in BGZF blocks, as nearly all are.
#[allow(unsafe_code, reason = "no safe wrapper tells the format of an open file")]
fn bgzf_bam(reader: &bam::Reader) -> bool {
    // SAFETY: the file is open, and its format was set when it was opened.
    let format = unsafe { (*reader.htsfile()).format };
    format.format == htslib::htsExactFormat_bam && format.compression == htslib::htsCompression_bgzf
}

/// Messages of htslib go to stderr past every option; what they say comes back as an error here.
#[allow(unsafe_code, reason = "htslib has a global log level and no safe wrapper for it")]
fn silence_htslib() {
    // SAFETY: sets one integer.
    unsafe { htslib::hts_set_log_level(htslib::htsLogLevel_HTS_LOG_OFF) };
}

#[allow(unsafe_code, reason = "no safe wrapper for hts_check_EOF")]
fn end_marker_missing(reader: &bam::Reader) -> bool {
    // SAFETY: the file is open; htslib restores its position.
    unsafe { htslib::hts_check_EOF(reader.htsfile()) == 0 }
}

fn claimed_order(header: &[u8]) -> ClaimedOrder {
    let first = header.split(|&b| b == b'\n').find(|line| line.starts_with(b"@HD"));
    let order = first.and_then(|line| line.split(|&b| b == b'\t').find_map(|f| f.strip_prefix(b"SO:")));
    match order {
        Some(b"coordinate") => ClaimedOrder::Coordinate,
        Some(b"unsorted" | b"queryname") => ClaimedOrder::Other,
        _ => ClaimedOrder::None,
    }
}

/// That a file is a junction table, where it is one.
fn junction_table(path: &Path) -> Option<String> {
    let kind = junction_file(path).ok()?;
    Some(format!(
        "it is a junction table ({})\nhint: name it in the column `junctions` of the sheet in place of alignments",
        kind.name()
    ))
}

fn describe(path: &Path, magic: &[u8]) -> String {
    if let Some(found) = junction_table(path) {
        return found;
    }
    match magic {
        [0x1f, 0x8b, ..] => "it is gzip-compressed, but holds no valid BAM header".into(),
        [b'B', b'A', b'M', 1] => "it is an uncompressed BAM with a damaged header".into(),
        [b'C', b'R', b'A', b'M'] => "it is a CRAM with a damaged header".into(),
        [b'>', ..] => "it looks like FASTA".into(),
        [b'@', ..] => "it looks like SAM or FASTQ with a damaged header".into(),
        other => format!("it starts with the bytes {other:02x?}"),
    }
}

pub(crate) fn shown<'a>(names: impl ExactSizeIterator<Item = &'a str>) -> String {
    let count = names.len();
    let first: Vec<String> = names.take(SHOWN).map(|n| format!("`{n}`")).collect();
    if count > SHOWN { format!("{}, ... ({count} in all)", first.join(", ")) } else { first.join(", ") }
}

/// The identity of an input file: its size, pieces of its content and its header, not its path, time or index.
///
/// # Errors
/// When the file cannot be opened or read, or has no usable header.
pub fn identify(path: &Path) -> Result<InputIdentity, AlignError> {
    let input = Input::open(path, 1)?;
    pieces(path, input.header_hash).map_err(|source| AlignError::Io { path: path.to_owned(), source })
}

/// `(name, length)` of every contig in a file's header.
///
/// # Errors
/// When the file cannot be opened or has no usable header.
pub fn contig_lengths(path: &Path) -> Result<Vec<(String, u64)>, AlignError> {
    Ok(Input::open(path, 1)?.contigs)
}

pub(crate) fn pieces(path: &Path, header: [u8; 32]) -> std::io::Result<InputIdentity> {
    let mut file = File::open(path)?;
    let size = file.metadata()?.len();
    let mut hasher = blake3::Hasher::new();
    if size <= PIECES * PIECE_BYTES {
        std::io::copy(&mut file, &mut hasher)?;
    } else {
        for piece in 0..PIECES {
            // The first piece starts the file and the last one ends it.
            file.seek(SeekFrom::Start((size - PIECE_BYTES) / (PIECES - 1) * piece))?;
            std::io::copy(&mut (&mut file).take(PIECE_BYTES), &mut hasher)?;
        }
        file.seek(SeekFrom::Start(size - PIECE_BYTES))?;
        std::io::copy(&mut file, &mut hasher)?;
    }
    Ok(InputIdentity { size, pieces: *hasher.finalize().as_bytes(), header })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sort_order_is_read_from_the_header() {
        assert_eq!(claimed_order(b"@HD\tVN:1.4\tSO:coordinate\n@SQ\tSN:1\tLN:5"), ClaimedOrder::Coordinate);
        assert_eq!(claimed_order(b"@HD\tVN:1.4\tSO:unsorted\tGO:query"), ClaimedOrder::Other);
        assert_eq!(claimed_order(b"@PG\tID:STAR"), ClaimedOrder::None);
    }

    #[test]
    fn two_contigs_of_a_file_never_become_one() {
        let mut annotation = Contigs::default();
        let (first, mitochondrion) = (annotation.intern("1"), annotation.intern("MT"));
        let contigs = ["chrM", "chr1", "chrMT"].map(|name| (name.to_owned(), 1000)).to_vec();
        let matched = vec![Some(mitochondrion), Some(first), Some(mitochondrion)];
        assert_eq!(one_each(&contigs, matched, &annotation), [None, Some(first), Some(mitochondrion)]);
        let contigs = ["M", "chrM"].map(|name| (name.to_owned(), 1000)).to_vec();
        let matched = vec![Some(mitochondrion); 2];
        assert_eq!(one_each(&contigs, matched, &annotation), [Some(mitochondrion), None]);
    }

    #[test]
    fn long_lists_are_cut() {
        assert_eq!(shown(["a", "b"].into_iter()), "`a`, `b`");
        assert_eq!(shown(["1"; 9].into_iter()), "`1`, `1`, `1`, `1`, `1`, ... (9 in all)");
    }
}
