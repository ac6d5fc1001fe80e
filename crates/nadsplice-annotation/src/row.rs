//! The nine columns of a row.

use memchr::memchr_iter;
use nadsplice_core::{Interval, Strand};

use crate::warning::{Problem, WarningKind, quoted};

/// What a row adds to its transcript.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Segment {
    Exon,
    Cds,
    /// UTR, start codon or stop codon: of use only where a transcript has no exon rows. (GTF leaves the stop codon
    /// out of the CDS.)
    Utr,
}

impl Segment {
    /// The segment of a feature (column 3), or nothing when it is none.
    pub(crate) fn of(feature: &[u8]) -> Option<Self> {
        match feature {
            b"exon" | b"pseudogenic_exon" => Some(Self::Exon),
            b"CDS" => Some(Self::Cds),
            b"UTR" | b"5UTR" | b"3UTR" | b"5'-UTR" | b"3'-UTR" | b"five_prime_utr" | b"three_prime_utr"
            | b"five_prime_UTR" | b"three_prime_UTR" | b"start_codon" | b"stop_codon" => Some(Self::Utr),
            _ => None,
        }
    }
}

/// The columns in use, as they stand in the file.
#[derive(Debug)]
pub(crate) struct Row<'a> {
    pub(crate) contig: &'a [u8],
    pub(crate) feature: &'a [u8],
    start: &'a [u8],
    end: &'a [u8],
    strand: &'a [u8],
    /// Column 9 and whatever follows it.
    pub(crate) attributes: &'a [u8],
}

impl<'a> Row<'a> {
    /// Cuts a line, which has no blanks or tabs at its end, at its first eight tabs.
    pub(crate) fn split(line: &'a [u8]) -> Result<Self, Problem> {
        let mut tabs = [0; 8];
        let mut found = 0;
        for (slot, at) in tabs.iter_mut().zip(memchr_iter(b'\t', line)) {
            *slot = at;
            found += 1;
        }
        if found < tabs.len() {
            let example = format!("{} in {}", found + 1, quoted(line));
            return Err(Problem { kind: WarningKind::TooFewColumns, example });
        }
        let column = |n: usize| &line[tabs[n - 2] + 1..tabs[n - 1]];
        Ok(Self {
            contig: &line[..tabs[0]],
            feature: column(3),
            start: column(4),
            end: column(5),
            strand: column(7),
            attributes: &line[tabs[7] + 1..],
        })
    }

    /// Where the row lies: the interval 0-based and half-open.
    pub(crate) fn place(&self) -> Result<(Interval, Option<Strand>), Problem> {
        let (Some(start), Some(end)) = (number(self.start), number(self.end)) else {
            let wrong = if number(self.start).is_none() { self.start } else { self.end };
            return Err(Problem { kind: WarningKind::Coordinate, example: quoted(wrong) });
        };
        let range = || quoted(format!("{start}-{end}").as_bytes());
        if start == 0 || end == 0 {
            return Err(Problem { kind: WarningKind::CoordinateZero, example: range() });
        }
        let Some(interval) = Interval::new(start - 1, end) else {
            return Err(Problem { kind: WarningKind::StartAfterEnd, example: range() });
        };
        let strand = match self.strand {
            b"+" => Some(Strand::Forward),
            b"-" => Some(Strand::Reverse),
            b"." | b"?" => None,
            other => return Err(Problem { kind: WarningKind::Strand, example: quoted(other) }),
        };
        Ok((interval, strand))
    }
}

fn number(digits: &[u8]) -> Option<u32> {
    if digits.is_empty() {
        return None;
    }
    digits.iter().try_fold(0u32, |n, &digit| {
        let digit = digit.wrapping_sub(b'0');
        if digit > 9 { None } else { n.checked_mul(10)?.checked_add(u32::from(digit)) }
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn place(start: &str, end: &str, strand: &str) -> Result<(Interval, Option<Strand>), WarningKind> {
        let line = format!("chr1\tsource\texon\t{start}\t{end}\t.\t{strand}\t.\tgene_id \"G\"");
        Row::split(line.as_bytes()).unwrap().place().map_err(|p| p.kind)
    }

    #[test]
    fn closed_1_based_coordinates_become_half_open() {
        let one_base = Interval::new(0, 1).unwrap();
        assert_eq!(place("1", "1", "+"), Ok((one_base, Some(Strand::Forward))));
        assert_eq!(place("1", "1", "-"), Ok((one_base, Some(Strand::Reverse))));
        assert_eq!(place("1", "1", "."), Ok((one_base, None)));
        assert_eq!(place("1", "1", "?"), Ok((one_base, None)));
        assert_eq!(place("4294967295", "4294967295", "+").unwrap().0.end(), u32::MAX);
    }

    #[test]
    fn odd_places_are_refused_with_their_kind() {
        for (start, end, strand, kind) in [
            ("", "5", "+", WarningKind::Coordinate),
            ("1", "5x", "+", WarningKind::Coordinate),
            ("-1", "5", "+", WarningKind::Coordinate),
            ("1.5", "5", "+", WarningKind::Coordinate),
            ("1", "4294967296", "+", WarningKind::Coordinate),
            ("0", "5", "+", WarningKind::CoordinateZero),
            ("6", "5", "+", WarningKind::StartAfterEnd),
            ("1", "5", "*", WarningKind::Strand),
            ("1", "5", "", WarningKind::Strand),
        ] {
            assert_eq!(place(start, end, strand), Err(kind), "{start} {end} {strand}");
        }
    }

    #[test]
    fn a_row_needs_nine_columns() {
        let problem = Row::split(b"chr1\tx\texon\t1\t5\t.\t+\t.").unwrap_err();
        assert_eq!(problem.kind, WarningKind::TooFewColumns);
        assert!(problem.example.starts_with("8 in `chr1 x exon"));
        assert_eq!(Row::split(b"1\t2\t3\t4\t5\t6\t7\t8\t9\t10").unwrap().attributes, b"9\t10");
    }
}
