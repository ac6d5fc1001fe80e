//! Files for the tests, and annotations in a form that can be compared at sight.
#![allow(dead_code, reason = "each test file uses its own part")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "test code")]

use std::{
    fmt::Write as _,
    fs,
    io::Write as _,
    path::{Path, PathBuf},
};

use flate2::{Compression, write::GzEncoder};
use nadsplice_annotation::{AnnotationFile, GeneGrouping, ReadError, ReadOptions, WarningKind, read};
use nadsplice_core::{Annotation, Interval, Strand};

/// Reads bytes as a file of this name, with one thread and with two, which must not matter.
pub(crate) fn read_as(name: &str, bytes: &[u8], grouping: GeneGrouping) -> Result<AnnotationFile, ReadError> {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join(name);
    fs::write(&path, bytes).unwrap();
    let [one, two] = [1, 2].map(|threads| read(&path, &ReadOptions { grouping, threads }));
    let told = |result: &Result<AnnotationFile, ReadError>| match result {
        Ok(file) => {
            Ok((shown(&file.annotation), file.format, file.content_hash, format!("{:?}", file.warnings)))
        }
        Err(error) => Err(error.to_string()),
    };
    assert_eq!(told(&one), told(&two));
    two
}

/// Reads text, genes split by locus.
pub(crate) fn read_text(text: &str) -> AnnotationFile {
    read_as("genes.txt", text.as_bytes(), GeneGrouping::ByLocus).unwrap()
}

/// The message for text from which no annotation comes.
pub(crate) fn failure(bytes: &[u8]) -> String {
    read_as("genes.gtf", bytes, GeneGrouping::ByLocus).unwrap_err().to_string()
}

/// `gene(name) contig strand: transcript exons [cds]`, a line a transcript; coordinates 1-based and closed.
pub(crate) fn shown(annotation: &Annotation) -> Vec<String> {
    let mut lines = Vec::new();
    for gene in &annotation.genes {
        let name = gene.name.as_deref().unwrap_or("-");
        let contig = annotation.contigs.name(gene.contig);
        let strand = Strand::symbol_of(gene.strand);
        for transcript in &gene.transcripts {
            let mut line = format!(
                "{}({name}) {contig}{strand} {}: {}",
                gene.id,
                transcript.id,
                list(&transcript.exons)
            );
            if !transcript.cds.is_empty() {
                let _ = write!(line, " [{}]", list(&transcript.cds));
            }
            lines.push(line);
        }
    }
    lines
}

fn list(intervals: &[Interval]) -> String {
    intervals.iter().map(ToString::to_string).collect::<Vec<_>>().join(",")
}

/// Kind, first line and count of each warning.
pub(crate) fn warned(file: &AnnotationFile) -> Vec<(WarningKind, u64, u64)> {
    file.warnings.iter().map(|w| (w.kind, w.first_line, w.count)).collect()
}

/// Rows with tabs where the text has ` | `.
pub(crate) fn tabs(text: &str) -> String {
    text.replace(" | ", "\t")
}

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// The folder with real data, or nothing after a message when there is none.
pub(crate) fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("NADSPLICE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    if folder.is_dir() {
        return Some(folder);
    }
    println!("skipped: no data folder at {}", folder.display());
    None
}
