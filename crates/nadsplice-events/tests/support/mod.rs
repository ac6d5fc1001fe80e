//! Data sets, and tables of rMATS-turbo by the keys of its events.

#![allow(dead_code, reason = "each test uses a part")]
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests are tests")]

use std::{
    collections::BTreeMap,
    fmt::Write as _,
    fs,
    io::{self, Read as _},
    path::{Path, PathBuf},
};

use nadsplice_align::{AnnotationIndex, CountJob, count};
use nadsplice_annotation::{AnnotationFile, GeneGrouping, ReadOptions, read};
use nadsplice_core::{
    Annotation, ContigId, Contigs, CountMode, CountParameters, EventKind, Gene, Interval, SampleCounts,
    Strand, Transcript,
};

/// The kinds that rMATS has.
pub(crate) const RMATS_KINDS: [EventKind; 5] =
    [EventKind::Se, EventKind::Mxe, EventKind::A5ss, EventKind::A3ss, EventKind::Ri];

/// A row of a table by column name.
pub(crate) type Row = BTreeMap<String, String>;

/// The folder with the data sets, where there is one.
pub(crate) fn data() -> Option<PathBuf> {
    let folder = std::env::var_os("NADSPLICE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    if !folder.is_dir() {
        println!("skipped: no data in {}", folder.display());
        return None;
    }
    Some(folder)
}

/// An annotation with the genes of rMATS.
pub(crate) fn merged(path: &Path) -> AnnotationFile {
    read(path, &ReadOptions { grouping: GeneGrouping::RmatsMerged, ..ReadOptions::default() }).unwrap()
}

/// An annotation with a gene for each locus.
pub(crate) fn by_locus(path: &Path) -> AnnotationFile {
    read(path, &ReadOptions::default()).unwrap()
}

/// Counts of a BAM, under the name of its file.
pub(crate) fn counted(
    path: &Path,
    annotation: &Annotation,
    hash: [u8; 32],
    parameters: &CountParameters,
) -> SampleCounts {
    let index = AnnotationIndex::new(annotation, hash, 2);
    let job = CountJob {
        sample: path.file_stem().unwrap().to_str().unwrap(),
        path,
        index: &index,
        contigs: &annotation.contigs,
        parameters,
        threads: 1,
        allow_build_mismatch: true,
        max_waiting: None,
        max_records: None,
    };
    count(&job).unwrap().counts
}

/// Parameters with one overhang for annotated and un-annotated junctions.
pub(crate) fn parameters(overhang: u32, mode: CountMode) -> CountParameters {
    CountParameters {
        min_overhang: overhang,
        min_overhang_novel: overhang,
        mode,
        ..CountParameters::default()
    }
}

/// A table, plain or gzip, as rows of fields by column name.
pub(crate) fn table(folder: &Path, name: &str) -> Vec<Row> {
    let mut text = String::new();
    let plain = folder.join(name);
    if plain.is_file() {
        text = fs::read_to_string(plain).unwrap();
    } else {
        let file = fs::File::open(folder.join(format!("{name}.gz"))).unwrap();
        flate2::read::MultiGzDecoder::new(io::BufReader::new(file)).read_to_string(&mut text).unwrap();
    }
    let mut lines = text.lines().map(|line| line.split('\t'));
    let header: Vec<String> = lines.next().unwrap().map(str::to_owned).collect();
    lines.map(|fields| header.iter().cloned().zip(fields.map(str::to_owned)).collect()).collect()
}

/// What identifies a row, in the form of [`nadsplice_events::rmats_key`]: the columns of the reference tables that no
/// choice of rMATS changes.
pub(crate) fn row_key(kind: EventKind, row: &Row) -> String {
    let number = |column: &str| row[column].parse::<u32>().unwrap();
    let columns: &[&str] = match kind {
        EventKind::Se => &["exonStart_0base", "exonEnd", "upstreamEE", "downstreamES"],
        EventKind::Mxe => &[
            "1stExonStart_0base",
            "1stExonEnd",
            "2ndExonStart_0base",
            "2ndExonEnd",
            "upstreamEE",
            "downstreamES",
        ],
        EventKind::Ri => &["upstreamEE", "downstreamES"],
        _ if number("longExonEnd") == number("shortEE") => &["longExonStart_0base", "shortES", "flankingEE"],
        _ => &["longExonEnd", "shortEE", "flankingES"],
    };
    let numbers: Vec<String> = columns.iter().map(|column| number(column).to_string()).collect();
    format!("{kind}:{}:{}", row["chr"], numbers.join(":"))
}

/// Rows by key.
pub(crate) fn rows(folder: &Path, name: &str, kind: EventKind) -> BTreeMap<String, Row> {
    table(folder, name).into_iter().map(|row| (row_key(kind, &row), row)).collect()
}

/// Exons as 0-based, half-open pairs in genome order.
pub(crate) type Exons<'a> = &'a [(u32, u32)];

/// A gene on contig `chr1` with transcripts `T1`, `T2`, ...
pub(crate) fn gene(id: &str, strand: Strand, transcripts: &[Exons]) -> Gene {
    let transcript = |(k, exons): (usize, &Exons)| Transcript {
        id: format!("{id}.T{}", k + 1),
        exons: exons.iter().map(|&(start, end)| Interval::new(start, end).unwrap()).collect(),
        cds: Vec::new(),
    };
    Gene {
        id: id.to_owned(),
        name: None,
        contig: ContigId(0),
        strand: Some(strand),
        transcripts: transcripts.iter().enumerate().map(transcript).collect(),
    }
}

/// An annotation of these genes on contig `chr1`.
pub(crate) fn annotation(genes: Vec<Gene>) -> Annotation {
    let mut contigs = Contigs::default();
    contigs.intern("chr1");
    Annotation { contigs, genes }
}

/// Reads of 75 bases, at every `step` bases of each molecule's exons: single-end, read on the molecule's strand.
pub(crate) struct Molecule<'a> {
    pub(crate) exons: Exons<'a>,
    pub(crate) strand: Strand,
    pub(crate) step: u32,
}

/// A SAM file with the reads of these molecules.
pub(crate) fn tiled_reads(path: &Path, molecules: &[Molecule<'_>]) {
    const READ: u32 = 75;
    let mut lines: Vec<(u32, String)> = Vec::new();
    for (number, molecule) in molecules.iter().enumerate() {
        let flag = if molecule.strand == Strand::Forward { 0 } else { 16 };
        let length: u32 = molecule.exons.iter().map(|(start, end)| end - start).sum();
        for first in (0..=length.saturating_sub(READ)).step_by(molecule.step as usize) {
            let blocks = blocks(molecule.exons, first, READ);
            let mut cigar = String::new();
            for (k, &(start, end)) in blocks.iter().enumerate() {
                if k > 0 {
                    let _ = write!(cigar, "{}N", start - blocks[k - 1].1);
                }
                let _ = write!(cigar, "{}M", end - start);
            }
            let start = blocks[0].0;
            lines.push((
                start,
                format!("r{number}_{first}\t{flag}\tchr1\t{}\t60\t{cigar}\t*\t0\t0\t*\t*\tNH:i:1", start + 1),
            ));
        }
    }
    lines.sort();
    let body: Vec<String> = lines.into_iter().map(|(_, line)| line).collect();
    let header = "@HD\tVN:1.6\tSO:coordinate\n@SQ\tSN:chr1\tLN:1000000\n";
    fs::write(path, format!("{header}{}\n", body.join("\n"))).unwrap();
}

/// Where `length` bases from `first` on, counted along the exons, lie in the genome.
fn blocks(exons: Exons<'_>, first: u32, length: u32) -> Vec<(u32, u32)> {
    let (mut skip, mut left, mut blocks) = (first, length, Vec::new());
    for &(start, end) in exons {
        let size = end - start;
        if skip >= size {
            skip -= size;
            continue;
        }
        let (from, to) = (start + skip, end.min(start + skip + left));
        blocks.push((from, to));
        left -= to - from;
        skip = 0;
        if left == 0 {
            break;
        }
    }
    blocks
}
