//! recount3's junction counts (Wilks et al. 2021, doi 10.1186/s13059-021-02533-6): `.MM`, a sparse matrix of junctions
//! by samples in the Matrix Market format, beside `.RR`, the junctions, and `.ID`, the samples.

use std::path::{Path, PathBuf};

use rustc_hash::FxHashMap;

use super::{
    JunctionLineProblem, JunctionMatrix, JunctionTableError,
    gather::ContigNames,
    lines::{Cell, Lines, shown},
    matrix::{Column, TableJunction, columns, table_junction},
    snaptron::Places,
};
use crate::input::shown as shown_list;

pub(super) fn read(
    path: &Path,
    ids: &[String],
    names: &mut ContigNames<'_>,
) -> Result<JunctionMatrix, JunctionTableError> {
    let (ranges, list) = (companion(path, "RR")?, companion(path, "ID")?);
    let known_ids = sample_ids(&list)?;
    let mut wanted: FxHashMap<u32, usize> = FxHashMap::default();
    for (position, id) in ids.iter().enumerate() {
        let at =
            known_ids.iter().position(|known| known == id).ok_or_else(|| JunctionTableError::NoSample {
                path: list.clone(),
                id: id.clone(),
                found: shown_list(known_ids.iter().map(String::as_str)),
            })?;
        wanted.insert(u32::try_from(at).unwrap_or(u32::MAX), position);
    }
    let junctions = junctions(&ranges, names)?;
    let mut samples = columns(ids);
    let (rows, columns) = counts(path, &wanted, &mut samples)?;
    for (file, what, found, expected) in [
        (ranges, "junctions", junctions.len() as u64, rows),
        (list, "samples", known_ids.len() as u64, columns),
    ] {
        if found != expected {
            return Err(JunctionTableError::Size {
                path: file,
                matrix: path.to_owned(),
                what,
                found,
                expected,
            });
        }
    }
    Ok(JunctionMatrix {
        path: path.to_owned(),
        junctions,
        unmatched: std::mem::take(&mut names.unmatched),
        samples,
    })
}

/// The file of the same table with another ending: `.MM` or `.MM.gz` becomes `.RR` or `.RR.gz`; either may be there.
fn companion(path: &Path, ending: &str) -> Result<PathBuf, JunctionTableError> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let bare = name.strip_suffix(".gz").unwrap_or(&name);
    let Some(stem) = bare.strip_suffix(".MM") else {
        return Err(JunctionTableError::OtherFile {
            path: path.to_owned(),
            found: "it is a matrix whose name does not end in .MM or .MM.gz, so that its junctions (.RR) and samples \
                    (.ID) cannot be found"
                .to_owned(),
        });
    };
    let candidates =
        [format!("{stem}.{ending}.gz"), format!("{stem}.{ending}")].map(|n| path.with_file_name(n));
    let found = candidates.iter().find(|candidate| candidate.is_file());
    found.cloned().ok_or_else(|| {
        let [missing, _] = candidates.clone();
        JunctionTableError::NoCompanion { path: path.to_owned(), missing }
    })
}

/// The samples: a header `rail_id`, then one id a line.
fn sample_ids(path: &Path) -> Result<Vec<String>, JunctionTableError> {
    let mut lines = Lines::open(path)?;
    let mut ids = Vec::new();
    while let Some((number, line)) = lines.next_line()? {
        if number == 1 {
            if line != b"rail_id" {
                let problem = Cell::new(line, 1, "header").unexpected("`rail_id`");
                return Err(JunctionTableError::at(path, number, problem));
            }
            continue;
        }
        ids.push(String::from_utf8_lossy(line).into_owned());
    }
    Ok(ids)
}

fn junctions(path: &Path, names: &mut ContigNames<'_>) -> Result<Vec<TableJunction>, JunctionTableError> {
    let mut lines = Lines::open(path)?;
    let mut junctions = Vec::new();
    let mut layout: Option<(Places, usize)> = None;
    while let Some((number, line)) = lines.next_line()? {
        let at = |problem| JunctionTableError::at(path, number, problem);
        let cells: Vec<&[u8]> = line.split(|&b| b == b'\t').collect();
        let Some((places, width)) = layout else {
            layout = Some((Places::of_header(&cells).map_err(at)?, cells.len()));
            continue;
        };
        if cells.len() != width {
            return Err(at(JunctionLineProblem::Columns { expected: width, found: cells.len() }));
        }
        let (contig, row) = places.junction(&cells, number).map_err(at)?;
        junctions.push(table_junction(names, contig, row));
    }
    Ok(junctions)
}

/// Reads the values of the wanted samples, and says how many junctions and samples the matrix has.
fn counts(
    path: &Path,
    wanted: &FxHashMap<u32, usize>,
    samples: &mut [Column],
) -> Result<(u64, u64), JunctionTableError> {
    let mut lines = Lines::open(path)?;
    let mut size: Option<[u32; 3]> = None;
    let mut seen = 0u64;
    while let Some((number, line)) = lines.next_line()? {
        let at = |problem| JunctionTableError::at(path, number, problem);
        if number == 1 && !line.starts_with(b"%%MatrixMarket matrix coordinate integer general") {
            let problem =
                Cell::new(line, 1, "header").unexpected("`%%MatrixMarket matrix coordinate integer general`");
            return Err(at(problem));
        }
        if line.starts_with(b"%") {
            continue;
        }
        let [row, column, value] = triple(line).map_err(at)?;
        let Some([rows, columns, _]) = size else {
            size = Some([row, column, value]);
            continue;
        };
        for (what, found, most) in [("junction", row, rows), ("sample", column, columns)] {
            if found == 0 || found > most {
                return Err(at(JunctionLineProblem::Index { what, found: found.into(), most: most.into() }));
            }
        }
        seen += 1;
        if value > 0
            && let Some(&sample) = wanted.get(&(column - 1))
        {
            samples[sample].reads.push((row - 1, value));
        }
    }
    let Some([rows, columns, values]) = size else {
        return Err(JunctionTableError::Empty { path: path.to_owned(), of: String::new() });
    };
    if seen != u64::from(values) {
        let problem = JunctionLineProblem::Values { found: seen, expected: values.into() };
        return Err(JunctionTableError::at(path, lines.number(), problem));
    }
    Ok((rows.into(), columns.into()))
}

/// Three numbers with blanks between them.
fn triple(line: &[u8]) -> Result<[u32; 3], JunctionLineProblem> {
    let mut cells = line.split(u8::is_ascii_whitespace).filter(|c| !c.is_empty());
    let mut values = [0; 3];
    for (k, value) in values.iter_mut().enumerate() {
        let name = ["junction", "sample", "reads"][k];
        let cell = cells.next().ok_or(JunctionLineProblem::Columns { expected: 3, found: k })?;
        *value = Cell::new(cell, k + 1, name).number()?;
    }
    match cells.next() {
        None => Ok(values),
        Some(more) => Err(JunctionLineProblem::Cell {
            column: 4,
            name: "nothing",
            expected: "three numbers a line",
            found: shown(more),
        }),
    }
}
