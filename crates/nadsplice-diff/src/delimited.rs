//! Text with tabs or commas between cells, as people write it with editors and spreadsheets.

use std::{fs, io, path::Path, str};

use csv::{ReaderBuilder, StringRecord, Trim};

/// The cells of a sheet, without surrounding blanks.
#[derive(Debug)]
pub(crate) struct Delimited {
    /// 1-based number of the header's line.
    pub(crate) header_line: u64,
    /// The header's cells.
    pub(crate) header: Vec<String>,
    /// The lines below it that are not empty.
    pub(crate) records: Vec<DelimitedRecord>,
}

/// One line of a sheet.
#[derive(Debug)]
pub(crate) struct DelimitedRecord {
    /// 1-based number of its first line.
    pub(crate) line: u64,
    /// Its cells; as many as there are, which need not be as many as in the header.
    pub(crate) cells: Vec<String>,
}

/// The text could not be taken apart.
#[derive(Debug)]
pub(crate) enum DelimitedError {
    Io(io::Error),
    NotText { line: u64 },
    Empty,
}

/// Reads a sheet. Cells are separated by tabs where the header has one, else by commas; a cell may be quoted with `"`,
/// and then holds separators and line ends. Empty cells at the header's end and beyond its width are
/// dropped, and lines of empty cells only.
pub(crate) fn read(path: &Path) -> Result<Delimited, DelimitedError> {
    parse(&fs::read(path).map_err(DelimitedError::Io)?)
}

fn parse(bytes: &[u8]) -> Result<Delimited, DelimitedError> {
    let text = str::from_utf8(bytes).map_err(|error| {
        let lines_before = bytes[..error.valid_up_to()].split(|&b| b == b'\n').count();
        DelimitedError::NotText { line: lines_before as u64 }
    })?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let first = text.lines().find(|line| !line.trim().is_empty()).ok_or(DelimitedError::Empty)?;
    let delimiter = if first.contains('\t') { b'\t' } else { b',' };
    let mut reader = ReaderBuilder::new()
        .delimiter(delimiter)
        .has_headers(false)
        .flexible(true)
        .trim(Trim::All)
        .from_reader(text.as_bytes());
    let mut header = None;
    let mut records = Vec::new();
    let mut record = StringRecord::new();
    // The text is in memory and checked, so that no read can fail.
    while reader.read_record(&mut record).map_err(|error| DelimitedError::Io(error.into()))? {
        let mut cells: Vec<String> = record.iter().map(str::to_owned).collect();
        if cells.iter().all(String::is_empty) {
            continue;
        }
        match &header {
            None => {
                drop_empty_end(&mut cells, 0);
                header = Some((first_line(text, &record), cells));
            }
            Some((_, header)) => {
                drop_empty_end(&mut cells, header.len());
                records.push(DelimitedRecord { line: first_line(text, &record), cells });
            }
        }
    }
    let (header_line, header) = header.ok_or(DelimitedError::Empty)?;
    Ok(Delimited { header_line, header, records })
}

/// Drops empty cells from the end until there are `least`.
fn drop_empty_end(cells: &mut Vec<String>, least: usize) {
    while cells.len() > least && cells.last().is_some_and(String::is_empty) {
        cells.pop();
    }
}

/// 1-based line of a record's first cell. The reader's own position is before any empty lines that it skipped.
fn first_line(text: &str, record: &StringRecord) -> u64 {
    let Some(position) = record.position() else { return 0 };
    let at = usize::try_from(position.byte()).unwrap_or(usize::MAX);
    let skipped = text.as_bytes().get(at..).unwrap_or_default();
    let line_ends =
        skipped.iter().take_while(|b| matches!(b, b'\n' | b'\r')).filter(|&&b| b == b'\n').count();
    position.line() + line_ends as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn shown(text: &str) -> String {
        let sheet = parse(text.as_bytes()).unwrap();
        let lines = sheet.records.iter().map(|r| format!("{}: {}", r.line, r.cells.join("|")));
        [sheet.header.join("|")].into_iter().chain(lines).collect::<Vec<_>>().join("\n")
    }

    #[test]
    fn tabs_and_commas_are_told_apart_by_the_header() {
        assert_eq!(shown("a\tb,c\n1\t2,3\n"), "a|b,c\n2: 1|2,3");
        assert_eq!(shown("a,b\n1,2"), "a|b\n2: 1|2");
        assert_eq!(shown("a\n1,5\n"), "a\n2: 1|5");
    }

    #[test]
    fn what_spreadsheets_add_does_no_harm() {
        assert_eq!(shown("\u{feff}a,b\r\n 1 ,2,,\r\n,,\r\n3,4\r\n"), "a|b\n2: 1|2\n4: 3|4");
        assert_eq!(shown("\"a\",\"b\"\n\"x, y\",\"say \"\"z\"\"\"\n"), "a|b\n2: x, y|say \"z\"");
    }

    #[test]
    fn lines_are_numbered_as_an_editor_numbers_them() {
        assert_eq!(shown("\na,b\n\n\n1,2\n\n\"3\n3\",4\n5,6\n"), "a|b\n5: 1|2\n7: 3\n3|4\n9: 5|6");
        assert_eq!(shown("a,b\r\n\r\n1,2\r\n3\r\n"), "a|b\n3: 1|2\n4: 3");
    }

    #[test]
    fn what_is_no_text_is_told_with_its_line() {
        assert!(matches!(parse(b"a\nb\n\xff\n"), Err(DelimitedError::NotText { line: 3 })));
        assert!(matches!(parse(b""), Err(DelimitedError::Empty)));
        assert!(matches!(parse(b"\n ,\n"), Err(DelimitedError::Empty)));
    }
}
