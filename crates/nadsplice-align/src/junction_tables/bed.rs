//! BED12 junctions as `regtools junctions extract` and `TopHat` write them: two blocks with the intron between them.

use nadsplice_core::Strand;

use super::{
    JunctionLineProblem, Row,
    lines::{Cell, cells, number as digits, shown},
};

/// A line: the contig and its junction; nothing for the lines of a track that are no items.
///
/// The blocks are the largest overhangs on either side, of any reads, so that the smaller of them is an upper bound of
/// the overhang of one read.
pub(super) fn parse(line: &[u8], number: u64) -> Result<Option<(&[u8], Row)>, JunctionLineProblem> {
    if is_comment(line) {
        return Ok(None);
    }
    let [contig, start, end, _, score, strand, _, _, _, count, sizes, starts] = cells::<12>(line)?;
    let (start, end) = (Cell::new(start, 2, "chromStart").number()?, Cell::new(end, 3, "chromEnd").number()?);
    let reads = Cell::new(score, 5, "score").number()?;
    let strand = match strand {
        b"+" => Some(Strand::Forward),
        b"-" => Some(Strand::Reverse),
        b"?" | b"." => None,
        other => return Err(Cell::new(other, 6, "strand").unexpected("`+`, `-`, `?` or `.`")),
    };
    if count != b"2" {
        return Err(
            Cell::new(count, 10, "blockCount").unexpected("2, the blocks on either side of one intron")
        );
    }
    let pair = |text, column, name| pair(text).ok_or(Cell::new(text, column, name).unexpected("two numbers"));
    let [left, right] = pair(sizes, 11, "blockSizes")?;
    let [first, second] = pair(starts, 12, "blockStarts")?;
    let span = u64::from(end).saturating_sub(u64::from(start));
    if first != 0 || u64::from(second) + u64::from(right) != span {
        return Err(JunctionLineProblem::Blocks { sizes: shown(sizes), starts: shown(starts), span });
    }
    if left >= second {
        let (start, end) = (u64::from(start) + u64::from(left) + 1, u64::from(start) + u64::from(second));
        return Err(JunctionLineProblem::NoIntron { start, end });
    }
    // Both are before chromEnd, which is a number of this size.
    let row = Row {
        start: start + left,
        end: start + second,
        strand,
        reads,
        max_overhang: Some(left.min(right)),
        line: number,
    };
    Ok(Some((contig, row)))
}

/// Whether a line is no item of a BED file.
pub(super) fn is_comment(line: &[u8]) -> bool {
    line.starts_with(b"#") || line.starts_with(b"track") || line.starts_with(b"browser")
}

/// Two numbers with a comma between them, and perhaps one behind.
fn pair(text: &[u8]) -> Option<[u32; 2]> {
    let text = text.strip_suffix(b",").unwrap_or(text);
    let comma = text.iter().position(|&b| b == b',')?;
    Some([digits(&text[..comma])?, digits(&text[comma + 1..])?])
}
