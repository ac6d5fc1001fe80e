//! Which alignments of a sample are used, and where every other one went.

use serde::{Deserialize, Serialize};

/// Where an alignment ended: one row of the read ledger.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Used; crosses at least one junction with enough overhang.
    UsedSpliced,
    /// Used; crosses no junction.
    UsedUnspliced,
    /// Used as far as it lies in exons; every junction of it has too short an overhang.
    ShortOverhang,
    /// Not mapped (0x4), or mapped without an aligned base.
    Unmapped,
    /// Secondary alignment (0x100).
    Secondary,
    /// Supplementary alignment (0x800).
    Supplementary,
    /// Failed the platform's quality control (0x200).
    QcFailed,
    /// Marked as a duplicate (0x400) and left out on request.
    Duplicate,
    /// On a contig that the annotation does not have.
    NoAnnotatedContig,
    /// Mapped to more than one place: `NH` above 1, or no `NH` and too low a mapping quality.
    MultiMapped,
    /// Rejected by a rule of rMATS-compatible counting (see `docs/rmats.md`).
    RmatsRejected,
}

impl Outcome {
    /// All rows in output order.
    pub const ALL: [Self; 11] = [
        Self::UsedSpliced,
        Self::UsedUnspliced,
        Self::ShortOverhang,
        Self::Unmapped,
        Self::Secondary,
        Self::Supplementary,
        Self::QcFailed,
        Self::Duplicate,
        Self::NoAnnotatedContig,
        Self::MultiMapped,
        Self::RmatsRejected,
    ];

    /// The column name in `samples.tsv`.
    pub const fn name(self) -> &'static str {
        match self {
            Self::UsedSpliced => "used_spliced",
            Self::UsedUnspliced => "used_unspliced",
            Self::ShortOverhang => "short_overhang",
            Self::Unmapped => "unmapped",
            Self::Secondary => "secondary",
            Self::Supplementary => "supplementary",
            Self::QcFailed => "qc_failed",
            Self::Duplicate => "duplicate",
            Self::NoAnnotatedContig => "no_annotated_contig",
            Self::MultiMapped => "multi_mapped",
            Self::RmatsRejected => "rmats_rejected",
        }
    }
}

/// Every alignment of a file in exactly one row.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLedger {
    rows: [u64; 11],
    /// Used alignments marked as duplicates (0x400); they are also in one of the used rows.
    pub used_duplicates: u64,
}

impl ReadLedger {
    /// Adds one alignment to a row.
    pub fn add(&mut self, outcome: Outcome) {
        self.rows[outcome as usize] += 1;
    }

    /// Adds the alignments of another part of the file.
    pub fn absorb(&mut self, part: &Self) {
        for (row, more) in self.rows.iter_mut().zip(part.rows) {
            *row += more;
        }
        self.used_duplicates += part.used_duplicates;
    }

    /// Alignments in a row.
    pub fn count(&self, outcome: Outcome) -> u64 {
        self.rows[outcome as usize]
    }

    /// All alignments of the file: the sum of all rows.
    pub fn total(&self) -> u64 {
        self.rows.iter().sum()
    }

    /// Alignments that count for something.
    pub fn used(&self) -> u64 {
        self.count(Outcome::UsedSpliced)
            + self.count(Outcome::UsedUnspliced)
            + self.count(Outcome::ShortOverhang)
    }
}

/// Which mapped alignments are used.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadFilter {
    /// Where a record has no `NH` tag: the lowest mapping quality of a uniquely mapped one.
    pub min_mapq: u8,
    /// Leave out alignments marked as duplicates (0x400).
    pub skip_duplicates: bool,
}

impl Default for ReadFilter {
    fn default() -> Self {
        Self { min_mapq: 10, skip_duplicates: false }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_keep_their_order_and_add_up() {
        let mut ledger = ReadLedger::default();
        for (k, row) in Outcome::ALL.into_iter().enumerate() {
            assert_eq!(row as usize, k);
            ledger.add(row);
        }
        assert_eq!((ledger.total(), ledger.used()), (11, 3));
    }
}
