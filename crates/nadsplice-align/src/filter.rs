//! Which alignments are used.

use nadsplice_core::{Outcome, ReadFilter};

/// SAM flags that counting looks at (SAM specification, section 1.4).
pub(crate) mod flag {
    pub(crate) const PAIRED: u16 = 0x1;
    pub(crate) const PROPER_PAIR: u16 = 0x2;
    pub(crate) const UNMAPPED: u16 = 0x4;
    pub(crate) const MATE_UNMAPPED: u16 = 0x8;
    pub(crate) const REVERSE: u16 = 0x10;
    pub(crate) const MATE_REVERSE: u16 = 0x20;
    pub(crate) const READ_1: u16 = 0x40;
    pub(crate) const READ_2: u16 = 0x80;
    pub(crate) const SECONDARY: u16 = 0x100;
    pub(crate) const QC_FAILED: u16 = 0x200;
    pub(crate) const DUPLICATE: u16 = 0x400;
    pub(crate) const SUPPLEMENTARY: u16 = 0x800;
    /// Any of these, and the record is not the one primary alignment of a mapped read.
    pub(crate) const NOT_PRIMARY: u16 = UNMAPPED | SECONDARY | SUPPLEMENTARY | QC_FAILED;
}

/// The row of an alignment that flags alone reject.
pub(crate) fn rejected_by_flag(filter: &ReadFilter, flags: u16) -> Option<Outcome> {
    if flags & (flag::NOT_PRIMARY | flag::DUPLICATE) == 0 {
        return None;
    }
    if flags & flag::UNMAPPED != 0 {
        Some(Outcome::Unmapped)
    } else if flags & flag::SECONDARY != 0 {
        Some(Outcome::Secondary)
    } else if flags & flag::SUPPLEMENTARY != 0 {
        Some(Outcome::Supplementary)
    } else if flags & flag::QC_FAILED != 0 {
        Some(Outcome::QcFailed)
    } else if filter.skip_duplicates {
        Some(Outcome::Duplicate)
    } else {
        None
    }
}

/// Whether a record is uniquely mapped: `NH` = 1, or without the tag a mapping quality of at least
/// `min_mapq` (255, "not available", passes as STAR's and `HISAT2`'s unique reads do).
pub(crate) fn unique(filter: &ReadFilter, nh: Option<i64>, mapq: u8) -> bool {
    match nh {
        Some(hits) => hits == 1,
        None => mapq >= filter.min_mapq,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn flags_reject_in_a_fixed_order() {
        let keep = ReadFilter::default();
        assert_eq!(rejected_by_flag(&keep, 0x4 | 0x100), Some(Outcome::Unmapped));
        assert_eq!(rejected_by_flag(&keep, 0x100 | 0x800), Some(Outcome::Secondary));
        assert_eq!(rejected_by_flag(&keep, 0x400), None);
        let skip = ReadFilter { skip_duplicates: true, ..ReadFilter::default() };
        assert_eq!(rejected_by_flag(&skip, 0x400), Some(Outcome::Duplicate));
        assert_eq!(rejected_by_flag(&skip, 0x63), None);
    }

    #[test]
    fn the_nh_tag_overrules_mapping_quality() {
        let filter = ReadFilter::default();
        assert!(unique(&filter, Some(1), 0));
        assert!(!unique(&filter, Some(2), 60));
        assert!(unique(&filter, None, 10));
        assert!(!unique(&filter, None, 9));
    }
}
