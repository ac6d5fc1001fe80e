//! Reading of a whole annotation file.

use std::{
    fmt, io,
    io::Read,
    path::{Path, PathBuf},
};

use nadsplice_core::{Annotation, PrincipalTranscripts};

use crate::{
    ahead::read_ahead,
    assemble::assemble,
    attributes::detect,
    collect::Collector,
    diagnose::Seen,
    error::ReadError,
    gff3::Gff3Rows,
    gtf::GtfRows,
    lines::{LONGEST_LINE, LineError, LineReader},
    row::Row,
    source::{Hashed, Source, other_file_kind},
    warning::Warning,
};

/// The two forms of annotation. The content decides between them, never the file's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Format {
    /// Gene transfer format: `gene_id "x"; transcript_id "y";`.
    Gtf,
    /// General feature format 3: `ID=x;Parent=y`.
    Gff3,
}

impl fmt::Display for Format {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Gtf => "GTF",
            Self::Gff3 => "GFF3",
        })
    }
}

/// What makes one gene of the rows of one `gene_id`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum GeneGrouping {
    /// One gene for each contig and strand of the `gene_id`, all with that id: copies of a gene on several contigs
    /// or strands share no splice graph.
    #[default]
    ByLocus,
    /// One gene a `gene_id`, as rMATS-turbo 4.3.0 has it: contig and strand are those of the first exon row, the
    /// exons of all its loci are merged onto it, and transcripts without exon rows do not exist.
    RmatsMerged,
}

/// How an annotation is to be read.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct ReadOptions {
    /// What makes a gene.
    pub grouping: GeneGrouping,
    /// Threads: with more than one, another thread decompresses. Nothing that is returned depends on them.
    pub threads: usize,
}

/// An annotation and where it came from.
#[derive(Clone, Debug)]
pub struct AnnotationFile {
    /// The gene models: at least one gene, each with at least one transcript.
    pub annotation: Annotation,
    /// The format found in the content.
    pub format: Format,
    /// BLAKE3 of the decompressed bytes: the same for a file and its gzip or bgzip form.
    pub content_hash: [u8; 32],
    /// What was odd, by line.
    pub warnings: Vec<Warning>,
    /// The transcripts that the file's tags single out: MANE Select, Ensembl canonical, RefSeq Select.
    pub principal: PrincipalTranscripts,
}

/// Reads a GTF or GFF3 file, plain, gzip or bgzip.
///
/// Exon, CDS, UTR and codon rows make the structure; rows of one transcript may stand anywhere in the file. A row
/// that cannot be used is skipped and counted in a warning. Exons and CDS of a transcript come out sorted by
/// `(start, end)`, each once. A transcript without exon rows gets the union of its CDS, UTR and codon rows
/// (with a warning), unless genes are merged as rMATS merges them. The first name a gene is given stays:
/// `gene_name`, else `gene`, else `ref_gene_name` (GTF); `gene_name`, else `gene`, else `Name` of the gene's own row
/// (GFF3).
///
/// A GFF3 `ID` is shown without the prefix that Ensembl and RefSeq give it (`gene:`, `transcript:`, `gene-`,
/// `rna-`), so that ids are those of the GTF of the same release.
///
/// # Errors
/// When the file cannot be opened or decompressed to its end, is not text, or has no usable exon row.
pub fn read(path: &Path, options: &ReadOptions) -> Result<AnnotationFile, ReadError> {
    let open = |source| ReadError::Open { path: path.to_owned(), source };
    parse(Source::open(path).map_err(open)?, path, *options)
}

fn parse<R: Read + Send>(
    source: Source<R>,
    path: &Path,
    options: ReadOptions,
) -> Result<AnnotationFile, ReadError> {
    let mut source = Hashed::new(source);
    let mut collector = Collector::default();
    let mut seen = Seen::default();
    let (taken, line) = read_ahead(&mut source, options.threads, |next_piece| {
        let mut lines = LineReader::new(next_piece);
        (take_lines(&mut lines, &mut collector, &mut seen), lines.line_number())
    });
    let format = match taken {
        Ok(format) => format,
        Err(Stop::Line(error)) => {
            return Err(line_error(error, path.to_owned(), line, source.source.is_compressed()));
        }
        Err(Stop::OtherFileKind(found)) => {
            return Err(ReadError::OtherFileKind { path: path.to_owned(), found });
        }
    };
    if source.source.lacks_end() {
        return Err(ReadError::Truncated { path: path.to_owned(), line });
    }
    let principal = std::mem::take(&mut collector.principal);
    let (annotation, warnings) = assemble(collector, options.grouping);
    match format {
        Some(format) if !annotation.genes.is_empty() => {
            Ok(AnnotationFile { annotation, format, content_hash: source.hash(), warnings, principal })
        }
        _ => Err(ReadError::NoExons {
            path: path.to_owned(),
            seen: seen.summary(format),
            reason: seen.reason(&warnings),
        }),
    }
}

/// Why the lines were not read to the end.
enum Stop {
    Line(LineError),
    OtherFileKind(&'static str),
}

impl From<LineError> for Stop {
    fn from(error: LineError) -> Self {
        Self::Line(error)
    }
}

/// Takes all rows of a file, and finds its format.
fn take_lines(
    lines: &mut LineReader<impl FnMut(Vec<u8>) -> io::Result<Vec<u8>>>,
    collector: &mut Collector,
    seen: &mut Seen,
) -> Result<Option<Format>, Stop> {
    const ENOUGH_TO_TELL: usize = 512;
    let head = lines.peek(ENOUGH_TO_TELL)?;
    if let Some(found) = other_file_kind(&head[..head.len().min(ENOUGH_TO_TELL)]) {
        return Err(Stop::OtherFileKind(found));
    }
    let mut format = None;
    let mut gtf = GtfRows::default();
    let mut gff3 = Gff3Rows::default();
    let mut number = 0;
    while let Some(line) = lines.next_line()? {
        number += 1;
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(after_bom) if number == 1 => after_bom.trim_ascii_end(),
            _ => line.trim_ascii_end(),
        };
        if number == 1 {
            seen.first_line(line);
        }
        match line.first() {
            Some(b'#') if line.starts_with(b"##FASTA") => break,
            None | Some(b'#') => continue,
            // Sequence may follow the features of a GFF3 without the directive.
            Some(b'>') => break,
            Some(b't' | b'b') if is_browser_line(line) => continue,
            Some(_) => seen.row(line),
        }
        let row = match Row::split(line) {
            Ok(row) => row,
            Err(problem) => {
                collector.warnings.row(problem, number);
                continue;
            }
        };
        seen.feature(row.feature);
        if format.is_none() {
            format = detect(row.attributes);
        }
        match format {
            Some(Format::Gff3) => gff3.take(&row, number, collector),
            Some(Format::Gtf) | None => gtf.take(&row, number, collector),
        }
    }
    lines.drain()?;
    gff3.finish(collector);
    Ok(format)
}

/// `track` and `browser` lines are how UCSC heads a custom track.
fn is_browser_line(line: &[u8]) -> bool {
    [&b"track"[..], b"browser"]
        .iter()
        .any(|word| line.strip_prefix(*word).is_some_and(|rest| rest.is_empty() || rest.starts_with(b" ")))
}

fn line_error(error: LineError, path: PathBuf, line: u64, is_compressed: bool) -> ReadError {
    let source = match error {
        LineError::TooLong => return ReadError::LineTooLong { path, line: line + 1, limit: LONGEST_LINE },
        LineError::Io(source) => source,
    };
    match source.kind() {
        io::ErrorKind::UnexpectedEof => ReadError::Truncated { path, line },
        io::ErrorKind::InvalidInput | io::ErrorKind::InvalidData if is_compressed => {
            ReadError::Corrupt { path, line, source }
        }
        _ => ReadError::Io { path, line, source },
    }
}
