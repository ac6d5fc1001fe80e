//! The header of a file of alignments.

use rust_htslib::bam::{self, header::HeaderRecord};
use rustc_hash::FxHashSet;

use super::{AlignmentWriteError, WriteOptions};

/// A contig of the header (`@SQ`). Its position in the list is the `tid` of records.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderContig {
    /// `SN`.
    pub name: String,
    /// `LN` in bases, at least 1.
    pub length: u32,
}

/// The program that made the records (`@PG`). It holds no path and no command line, so that files do not depend
/// on the place at which they were made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeaderProgram {
    /// `ID` and `PN`.
    pub name: String,
    /// `VN`.
    pub version: String,
}

pub(super) fn header(
    contigs: &[HeaderContig],
    options: &WriteOptions,
) -> Result<bam::Header, AlignmentWriteError> {
    let mut header = bam::Header::new();
    header.push_record(HeaderRecord::new(b"HD").push_tag(b"VN", "1.6").push_tag(b"SO", "coordinate"));
    let mut seen = FxHashSet::default();
    for contig in contigs {
        let bad =
            |reason| AlignmentWriteError::Contig { name: contig.name.clone(), length: contig.length, reason };
        if !is_reference_name(&contig.name) {
            return Err(bad("the name is empty or has a character that SAM does not allow"));
        }
        if contig.length == 0 || contig.length > i32::MAX.cast_unsigned() {
            return Err(bad("the length is not within 1 to 2^31 - 1"));
        }
        if !seen.insert(contig.name.as_str()) {
            return Err(bad("the name is there twice"));
        }
        header.push_record(
            HeaderRecord::new(b"SQ").push_tag(b"SN", &contig.name).push_tag(b"LN", contig.length),
        );
    }
    let texts = options.program.iter().flat_map(|p| [&p.name, &p.version]).chain(&options.comments);
    if let Some(text) = texts.into_iter().find(|t| t.contains(['\t', '\n', '\r', '\0'])) {
        return Err(AlignmentWriteError::HeaderText { text: text.clone() });
    }
    if let Some(program) = &options.program {
        header.push_record(
            HeaderRecord::new(b"PG")
                .push_tag(b"ID", &program.name)
                .push_tag(b"PN", &program.name)
                .push_tag(b"VN", &program.version),
        );
    }
    for comment in &options.comments {
        header.push_comment(comment.as_bytes());
    }
    Ok(header)
}

/// The names of the SAM specification, section 1.2.1.
fn is_reference_name(name: &str) -> bool {
    let allowed = |b: u8| b.is_ascii_graphic() && !br#"\,"'`()[]{}<>"#.contains(&b);
    !name.is_empty() && !name.starts_with(['*', '=']) && name.bytes().all(allowed)
}
