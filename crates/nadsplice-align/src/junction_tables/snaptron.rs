//! Snaptron's junctions (Wilks et al. 2018, doi 10.1093/bioinformatics/btx547): one line a junction, its samples in one
//! cell as `,id:reads,id:reads`.
//!
//! Answers of the web service have a header and a first column `DataSource:Type`; the raw `junctions.bgz` has neither.

use std::path::Path;

use nadsplice_core::Strand;
use rustc_hash::FxHashMap;

use super::{
    JunctionLineProblem, JunctionMatrix, JunctionTableError, Row,
    gather::ContigNames,
    lines::{Cell, Lines, intron, number as digits, shown},
    matrix::{columns, table_junction},
};
use crate::input::shown as shown_list;

/// Columns of the raw data, in order; in answers one more stands before them.
const COLUMNS: usize = 17;

/// Where what is needed stands, from 0.
#[derive(Clone, Copy, Debug)]
pub(super) struct Places {
    pub(super) contig: usize,
    pub(super) start: usize,
    pub(super) end: usize,
    pub(super) length: usize,
    pub(super) strand: usize,
}

impl Places {
    /// By the names in a header.
    pub(super) fn of_header(header: &[&[u8]]) -> Result<Self, JunctionLineProblem> {
        let find = |name: &'static str| find(header, name);
        Ok(Self {
            contig: find("chromosome")?,
            start: find("start")?,
            end: find("end")?,
            length: find("length")?,
            strand: find("strand")?,
        })
    }

    /// The contig and the junction of a line.
    pub(super) fn junction<'l>(
        &self,
        cells: &[&'l [u8]],
        line: u64,
    ) -> Result<(&'l [u8], Row), JunctionLineProblem> {
        let cell = |at: usize, name| Cell::new(cells[at], at + 1, name);
        let (first, last) = (cell(self.start, "start").number()?, cell(self.end, "end").number()?);
        let length = cell(self.length, "length").number()?;
        let (start, end) = intron(first, last)?;
        if end - start != length {
            return Err(JunctionLineProblem::Length {
                start: first.into(),
                end: last.into(),
                length: length.into(),
            });
        }
        let strand = match cells[self.strand] {
            b"+" => Some(Strand::Forward),
            b"-" => Some(Strand::Reverse),
            b"?" | b"." | b"*" | b"0" => None,
            _ => return Err(cell(self.strand, "strand").unexpected("`+`, `-`, `?`, `.`, `*` or 0")),
        };
        Ok((cells[self.contig], Row { start, end, strand, reads: 0, max_overhang: None, line }))
    }
}

fn find(header: &[&[u8]], name: &'static str) -> Result<usize, JunctionLineProblem> {
    header.iter().position(|&h| h == name.as_bytes()).ok_or(JunctionLineProblem::NoColumn(name))
}

pub(super) fn read(
    path: &Path,
    ids: &[String],
    names: &mut ContigNames<'_>,
) -> Result<JunctionMatrix, JunctionTableError> {
    let wanted: FxHashMap<&[u8], usize> = ids.iter().enumerate().map(|(k, id)| (id.as_bytes(), k)).collect();
    let mut samples = columns(ids);
    let mut others: Vec<String> = Vec::new();
    let mut junctions = Vec::new();
    let mut lines = Lines::open(path)?;
    let mut layout: Option<(Places, usize, usize)> = None;
    while let Some((number, line)) = lines.next_line()? {
        let at = |problem| JunctionTableError::at(path, number, problem);
        let cells: Vec<&[u8]> = line.split(|&b| b == b'\t').collect();
        let header = layout.is_none() && cells.contains(&&b"snaptron_id"[..]);
        let found = layout.map_or_else(|| layout_of(&cells, header), Ok).map_err(at)?;
        layout = Some(found);
        if header {
            continue;
        }
        let (places, list, width) = found;
        if cells.len() != width {
            return Err(at(JunctionLineProblem::Columns { expected: width, found: cells.len() }));
        }
        let (contig, row) = places.junction(&cells, number).map_err(at)?;
        let position = u32::try_from(junctions.len()).unwrap_or(u32::MAX);
        let mut used = false;
        for entry in cells[list].split(|&b| b == b',').filter(|e| !e.is_empty()) {
            let problem = || at(Cell::new(entry, list + 1, "samples").unexpected("`id:reads`"));
            let colon = entry.iter().position(|&b| b == b':').ok_or_else(problem)?;
            let reads = digits(&entry[colon + 1..]).ok_or_else(problem)?;
            match wanted.get(&entry[..colon]) {
                Some(&sample) if reads > 0 => {
                    samples[sample].reads.push((position, reads));
                    used = true;
                }
                None if others.len() < SHOWN_IDS => others.push(shown(&entry[..colon])),
                _ => {}
            }
        }
        if used {
            junctions.push(table_junction(names, contig, row));
        }
    }
    if let Some(missing) = samples.iter().find(|s| s.reads.is_empty()) {
        others.dedup();
        return Err(JunctionTableError::NoSample {
            path: path.to_owned(),
            id: missing.id.clone(),
            found: shown_list(others.iter().map(String::as_str)),
        });
    }
    Ok(JunctionMatrix {
        path: path.to_owned(),
        junctions,
        unmatched: std::mem::take(&mut names.unmatched),
        samples,
    })
}

/// Ids that a message may show.
const SHOWN_IDS: usize = 5;

/// The places of a line's cells, that of its samples, and the number of its columns.
fn layout_of(cells: &[&[u8]], header: bool) -> Result<(Places, usize, usize), JunctionLineProblem> {
    if header {
        return Ok((Places::of_header(cells)?, find(cells, "samples")?, cells.len()));
    }
    // The raw data's order, behind the first column of answers where there is one.
    let shift = match cells.len() {
        COLUMNS => 0,
        n if n == COLUMNS + 1 => 1,
        found => return Err(JunctionLineProblem::Columns { expected: COLUMNS, found }),
    };
    let places =
        Places { contig: 1 + shift, start: 2 + shift, end: 3 + shift, length: 4 + shift, strand: 5 + shift };
    Ok((places, 11 + shift, cells.len()))
}
