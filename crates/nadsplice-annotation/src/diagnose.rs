//! What a file without a usable exon row probably is.

use std::fmt::Write;

use crate::{
    read::Format,
    row::Segment,
    warning::{Warning, printable, quoted},
};

/// Features beyond this many kinds are not told apart; no annotation has so many.
const MOST_FEATURES: usize = 200;
/// Features named in a message.
const SHOWN_FEATURES: usize = 8;
/// Characters shown of a feature.
const LONGEST_FEATURE: usize = 25;
/// Bytes kept of the first lines.
const KEPT: usize = 400;

/// What was seen of a file, for the case that no exon comes out of it.
#[derive(Default)]
pub(crate) struct Seen {
    first_line: Vec<u8>,
    first_row: Option<Vec<u8>>,
    rows: u64,
    /// In the order of their first rows: the most frequent ones are soon found.
    features: Vec<(Vec<u8>, u64)>,
}

impl Seen {
    /// Takes the first line of the file, of whatever kind.
    pub(crate) fn first_line(&mut self, line: &[u8]) {
        self.first_line = line[..line.len().min(KEPT)].to_vec();
    }

    /// Takes a line that is neither comment nor blank.
    pub(crate) fn row(&mut self, line: &[u8]) {
        self.rows += 1;
        self.first_row.get_or_insert_with(|| line[..line.len().min(KEPT)].to_vec());
    }

    /// Takes the feature of a row with nine columns.
    pub(crate) fn feature(&mut self, feature: &[u8]) {
        if let Some((_, count)) = self.features.iter_mut().find(|(known, _)| known == feature) {
            *count += 1;
        } else if self.features.len() < MOST_FEATURES {
            self.features.push((feature.to_vec(), 1));
        }
    }

    /// `12 rows, read as GTF, features: exon 7, gene 5`.
    pub(crate) fn summary(&self, format: Option<Format>) -> String {
        let mut summary = format!("{} {}", self.rows, if self.rows == 1 { "row" } else { "rows" });
        if let Some(format) = format {
            let _ = write!(summary, ", read as {format}");
        }
        let mut features: Vec<_> = self.features.iter().collect();
        features.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        for (position, (feature, count)) in features.iter().take(SHOWN_FEATURES).enumerate() {
            let lead = if position == 0 { ", features:" } else { "," };
            let _ = write!(summary, "{lead} {} {count}", printable(feature, LONGEST_FEATURE));
        }
        if features.len() > SHOWN_FEATURES {
            let _ = write!(summary, " and {} more kinds", features.len() - SHOWN_FEATURES);
        }
        summary
    }

    /// The likely reason.
    pub(crate) fn reason(&self, warnings: &[Warning]) -> String {
        if let Some(kind) = kind_of_first_line(&self.first_line) {
            return format!("the first line is that of {kind}");
        }
        let Some(row) = &self.first_row else {
            let empty = self.first_line.is_empty();
            return if empty { "the file is empty" } else { "the file has nothing but comments" }.to_owned();
        };
        if let Some(kind) = kind_of_row(row) {
            return format!("the first row, {}, looks like {kind}", quoted(row));
        }
        if !warnings.is_empty() {
            let all: Vec<String> = warnings.iter().map(ToString::to_string).collect();
            return all.join("; ");
        }
        if self.features.iter().any(|(feature, _)| Segment::of(feature).is_some()) {
            return "none of its exon and CDS rows could be used".to_owned();
        }
        "it has neither exon nor CDS rows".to_owned()
    }
}

fn kind_of_first_line(line: &[u8]) -> Option<&'static str> {
    const STARTS: [(&[u8], &str); 10] = [
        (b">", "a FASTA file"),
        (b"##fileformat=VCF", "a VCF file"),
        (b"LOCUS ", "a GenBank file"),
        (b"@HD\t", "a SAM file"),
        (b"@SQ\t", "a SAM file"),
        (b"@PG\t", "a SAM file"),
        (b"@", "a FASTQ file"),
        (b"<", "an HTML or XML page (a failed download?)"),
        (b"{", "a JSON file"),
        (b"#bin\t", "a UCSC table (make a GTF of it with genePredToGtf)"),
    ];
    STARTS.iter().find(|(start, _)| line.starts_with(start)).map(|&(_, kind)| kind)
}

fn kind_of_row(row: &[u8]) -> Option<&'static str> {
    let columns: Vec<&[u8]> = row.split(|&b| b == b'\t').collect();
    let is_number = |n: usize| {
        columns.get(n).is_some_and(|column| !column.is_empty() && column.iter().all(u8::is_ascii_digit))
    };
    let is_strand = |n: usize| matches!(columns.get(n), Some(&(b"+" | b"-")));
    if columns.len() >= 10 && (1..=3).any(|n| is_strand(n) && is_number(n + 1) && is_number(n + 2)) {
        return Some("a genePred or refFlat table (make a GTF of it with genePredToGtf)");
    }
    if columns.len() >= 11 && is_number(1) && is_number(3) && is_number(4) {
        return Some("SAM");
    }
    if columns.len() == 9 && (1..9).all(is_number) {
        return Some("a junction table of STAR (SJ.out.tab)");
    }
    if columns.len() >= 3 && is_number(1) && is_number(2) {
        return Some("BED");
    }
    let blanks = row.split(u8::is_ascii_whitespace).filter(|word| !word.is_empty()).count();
    (columns.len() == 1 && blanks >= 9)
        .then_some("a table whose columns are separated by blanks instead of tabs")
}
