//! STAR's `SJ.out.tab` (STAR manual, section 4.4).

use nadsplice_core::Strand;

use super::{
    JunctionLineProblem, Row,
    lines::{Cell, cells, intron},
};

/// A line: the contig and its junction. Whether STAR's index has the junction does not matter here, since it may have
/// been made with another annotation.
pub(super) fn parse(line: &[u8], number: u64) -> Result<(&[u8], Row), JunctionLineProblem> {
    let [contig, first, last, strand, motif, annotated, unique, multiple, overhang] = cells::<9>(line)?;
    let (start, end) = intron(
        Cell::new(first, 2, "first base of the intron").number()?,
        Cell::new(last, 3, "last base of the intron").number()?,
    )?;
    let strand = match strand {
        b"0" => None,
        b"1" => Some(Strand::Forward),
        b"2" => Some(Strand::Reverse),
        other => return Err(Cell::new(other, 4, "strand").unexpected("0, 1 or 2")),
    };
    Cell::new(motif, 5, "intron motif").number()?;
    Cell::new(annotated, 6, "annotated").number()?;
    Cell::new(multiple, 8, "multi-mapping reads").number()?;
    let row = Row {
        start,
        end,
        strand,
        reads: Cell::new(unique, 7, "uniquely mapping reads").number()?,
        max_overhang: Some(Cell::new(overhang, 9, "maximum overhang").number()?),
        line: number,
    };
    Ok((contig, row))
}
