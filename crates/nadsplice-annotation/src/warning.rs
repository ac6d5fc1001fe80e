//! What was odd in an annotation file but did not stop its reading.

use std::fmt;

/// A kind of oddity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum WarningKind {
    /// A row with fewer than nine columns; skipped.
    TooFewColumns,
    /// A start or end that is not a whole number of at most 32 bits; row skipped.
    Coordinate,
    /// A start or end of 0, where the first base is 1; row skipped.
    CoordinateZero,
    /// A start above its end; row skipped.
    StartAfterEnd,
    /// A strand other than `+`, `-`, `.` and `?`; row skipped.
    Strand,
    /// An exon, CDS or UTR row without `gene_id`; skipped.
    NoGeneId,
    /// An exon, CDS or UTR row without `transcript_id`; skipped.
    NoTranscriptId,
    /// A GFF3 exon, CDS or UTR row with neither `Parent` nor both `gene_id` and `transcript_id`; skipped.
    NoParent,
    /// A GFF3 `Parent` that no row defines; what names it is kept.
    UnknownParent,
    /// A GFF3 transcript with several `Parent`s; the first counts.
    SeveralGenes,
    /// A transcript without exon rows; its exons are the union of its CDS, UTR and codon rows.
    ExonsInferred,
    /// A transcript without exon rows, left out because genes are merged as rMATS merges them.
    NoExonRows,
    /// In nearly all transcripts `gene_id` and `transcript_id` are the same.
    GeneIdIsTranscriptId,
    /// A name or id that is not UTF-8; read as Latin-1.
    NotUtf8,
}

/// One kind of oddity of a file: where it was met first, an example, and how often it was met.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Warning {
    /// The kind.
    pub kind: WarningKind,
    /// The 1-based number of the first line concerned.
    pub first_line: u64,
    /// How many rows are concerned (transcripts for [`WarningKind::UnknownParent`],
    /// [`WarningKind::SeveralGenes`], [`WarningKind::ExonsInferred`], [`WarningKind::NoExonRows`] and
    /// [`WarningKind::GeneIdIsTranscriptId`]; ids for [`WarningKind::NotUtf8`]); at least 1.
    pub count: u64,
    /// What was found on the first line.
    pub example: String,
}

impl fmt::Display for Warning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kind, first_line, count, example } = self;
        write!(f, "line {first_line}: ")?;
        let skipped = |f: &mut fmt::Formatter<'_>, expected: &str| {
            write!(f, "expected {expected}, found {example} ({count} {} skipped)", plural(*count, "row"))
        };
        let transcripts = plural(*count, "transcript");
        match kind {
            WarningKind::TooFewColumns => skipped(f, "9 tab-separated columns"),
            WarningKind::Coordinate => skipped(f, "start and end as whole numbers from 1 to 4294967295"),
            WarningKind::CoordinateZero => skipped(f, "1-based coordinates"),
            WarningKind::StartAfterEnd => skipped(f, "a start not above its end"),
            WarningKind::Strand => skipped(f, "strand +, -, . or ?"),
            WarningKind::NoGeneId => skipped(f, "a gene_id"),
            WarningKind::NoTranscriptId => skipped(f, "a transcript_id"),
            WarningKind::NoParent => skipped(f, "a Parent, or gene_id and transcript_id"),
            WarningKind::UnknownParent => {
                write!(f, "Parent {example} has no row of its own ({count} {transcripts} kept)")
            }
            WarningKind::SeveralGenes => {
                write!(
                    f,
                    "transcript {example} has several Parents; the first is taken ({count} {transcripts})"
                )
            }
            WarningKind::ExonsInferred => write!(
                f,
                "transcript {example} has no exon rows; its exons are the union of its CDS, UTR and codon rows \
                 ({count} {transcripts})"
            ),
            WarningKind::NoExonRows => {
                write!(f, "transcript {example} has no exon rows ({count} {transcripts} left out)")
            }
            WarningKind::GeneIdIsTranscriptId => write!(
                f,
                "gene_id equals transcript_id, as in {example} ({count} {transcripts}): each transcript is a gene \
                 of its own, so alternative splicing cannot be seen"
            ),
            WarningKind::NotUtf8 => {
                write!(f, "{example} is not UTF-8 and was read as Latin-1 ({count} {})", plural(*count, "id"))
            }
        }
    }
}

fn plural(count: u64, noun: &str) -> String {
    if count == 1 { noun.to_owned() } else { format!("{noun}s") }
}

/// What is wrong with one row.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Problem {
    pub(crate) kind: WarningKind,
    pub(crate) example: String,
}

/// Bytes of the file for a message: within backticks, at most 60 characters.
pub(crate) fn quoted(bytes: &[u8]) -> String {
    const LONGEST: usize = 60;
    format!("`{}`", printable(bytes, LONGEST))
}

/// Bytes of the file for a message: at most this many characters, blanks in place of control characters.
pub(crate) fn printable(bytes: &[u8], longest: usize) -> String {
    const LONGEST_UTF8: usize = 4;
    let text = String::from_utf8_lossy(&bytes[..bytes.len().min(LONGEST_UTF8 * (longest + 1))]);
    let shown: String = text.chars().take(longest).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let cut = if text.chars().nth(longest).is_some() { "..." } else { "" };
    format!("{shown}{cut}")
}

/// The warnings of a file while it is read: one entry a kind.
#[derive(Debug, Default)]
pub(crate) struct Warnings(Vec<Warning>);

impl Warnings {
    /// Counts an oddity; `example` is made only for the first of its kind on the smallest line.
    pub(crate) fn add(&mut self, kind: WarningKind, line: u64, example: impl FnOnce() -> String) {
        self.add_many(kind, line, 1, example);
    }

    /// Counts an oddity that was met `count` times, first on `line`.
    pub(crate) fn add_many(
        &mut self,
        kind: WarningKind,
        line: u64,
        count: u64,
        example: impl FnOnce() -> String,
    ) {
        match self.0.iter_mut().find(|w| w.kind == kind) {
            Some(warning) => {
                warning.count += count;
                if line < warning.first_line {
                    warning.first_line = line;
                    warning.example = example();
                }
            }
            None => self.0.push(Warning { kind, first_line: line, count, example: example() }),
        }
    }

    /// Counts a problem of a row.
    pub(crate) fn row(&mut self, problem: Problem, line: u64) {
        self.add(problem.kind, line, || problem.example);
    }

    /// All of them, by first line, then kind.
    pub(crate) fn into_sorted(self) -> Vec<Warning> {
        let mut all = self.0;
        all.sort_by_key(|w| (w.first_line, w.kind));
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_keeps_its_first_line_and_counts_the_rest() {
        let mut warnings = Warnings::default();
        warnings.add(WarningKind::Strand, 9, || "`x`".to_owned());
        warnings.add(WarningKind::Strand, 4, || "`y`".to_owned());
        warnings.add(WarningKind::TooFewColumns, 7, || "3".to_owned());
        let texts: Vec<String> = warnings.into_sorted().iter().map(ToString::to_string).collect();
        assert_eq!(
            texts,
            [
                "line 4: expected strand +, -, . or ?, found `y` (2 rows skipped)",
                "line 7: expected 9 tab-separated columns, found 3 (1 row skipped)",
            ]
        );
    }

    #[test]
    fn examples_are_short_and_printable() {
        assert_eq!(quoted(b"a\tb\x00"), "`a b `");
        assert_eq!(quoted(&[b'x'; 100]), format!("`{}...`", "x".repeat(60)));
    }
}
