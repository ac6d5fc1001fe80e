//! Which kind of junction table a file is.

use std::path::Path;

use super::{JunctionTableError, bed::is_comment, lines::Lines, lines::shown};

/// A kind of junction table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum JunctionFile {
    /// STAR's `SJ.out.tab`.
    Star,
    /// BED12 with one intron between two blocks.
    Bed,
    /// Snaptron's junctions, from its web service or its raw data.
    Snaptron,
    /// The matrix of counts of recount3, beside the table of junctions and the list of samples.
    Recount,
}

impl JunctionFile {
    /// What users call it.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Star => "STAR's SJ.out.tab",
            Self::Bed => "BED12",
            Self::Snaptron => "Snaptron's junctions",
            Self::Recount => "recount3's junction counts",
        }
    }

    /// Whether one file holds many samples.
    pub const fn has_many_samples(self) -> bool {
        matches!(self, Self::Snaptron | Self::Recount)
    }
}

/// Finds out from its first lines which kind of junction table a file is.
///
/// # Errors
/// When it cannot be read, is empty, or is something else.
pub fn junction_file(path: &Path) -> Result<JunctionFile, JunctionTableError> {
    let other = |found: String| JunctionTableError::OtherFile { path: path.to_owned(), found };
    let mut lines = Lines::open(path)?;
    // Binary data have no lines to speak of.
    if let Some(found) = other_file(lines.peek()?) {
        return Err(other(found.to_owned()));
    }
    while let Some((number, line)) = lines.next_line()? {
        if line.starts_with(b"%%MatrixMarket") {
            return Ok(JunctionFile::Recount);
        }
        if is_comment(line) {
            continue;
        }
        if line.starts_with(b"DataSource:Type\t") || line.starts_with(b"snaptron_id\t") {
            return Ok(JunctionFile::Snaptron);
        }
        if line.starts_with(b"chromosome\tstart\tend\tlength\tstrand\tannotated") {
            return Err(other(
                "it is the list of junctions (.RR) of a recount3 table; the file to name is its .MM".into(),
            ));
        }
        if line == b"rail_id" {
            return Err(other(
                "it is the list of samples (.ID) of a recount3 table; the file to name is its .MM".into(),
            ));
        }
        return match line.split(|&b| b == b'\t').count() {
            9 => Ok(JunctionFile::Star),
            12 => Ok(JunctionFile::Bed),
            17 | 18 => Ok(JunctionFile::Snaptron),
            columns => Err(other(format!("line {number} has {columns} columns (`{}`)", shown(line)))),
        };
    }
    Err(JunctionTableError::Empty { path: path.to_owned(), of: String::new() })
}

/// What a file is that begins like this.
fn other_file(head: &[u8]) -> Option<&'static str> {
    const KINDS: [(&[u8], &str); 8] = [
        (b"BAM\x01", "it is a BAM file"),
        (b"CRAM", "it is a CRAM file"),
        (b"NADSPLCT", "it is a counts file"),
        (b"@HD\t", "it is a SAM file"),
        (b"@SQ\t", "it is a SAM file"),
        (b"BZh", "it is a bzip2 file (decompress it first)"),
        (b"PK\x03\x04", "it is a zip file (unpack it first)"),
        (b"\xfd7zXZ", "it is an xz file (decompress it first)"),
    ];
    let known = KINDS.iter().find(|(magic, _)| head.starts_with(magic)).map(|&(_, kind)| kind);
    known.or_else(|| head.contains(&0).then_some("it holds binary data"))
}
