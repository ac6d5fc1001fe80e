//! What can be wrong with a panel or a GMT file.

use std::{io, path::Path};

/// A file of genes or gene sets that cannot be used. Lines are 1-based.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// The file cannot be opened or read.
    #[error("could not read {path}")]
    Read {
        /// The file.
        path: String,
        /// Why.
        #[source]
        source: io::Error,
    },
    /// The file starts as gzip does.
    #[error("{path} is gzip-compressed (expected plain text; `gzip -d` unpacks it)")]
    Compressed {
        /// The file.
        path: String,
    },
    /// The bytes are no UTF-8.
    #[error("{path}, line {line}: not UTF-8 text")]
    Encoding {
        /// The file.
        path: String,
        /// The first line that is not UTF-8.
        line: usize,
    },
    /// There is nothing in it.
    #[error("{path}: holds no {expected}")]
    Empty {
        /// The file.
        path: String,
        /// What was expected.
        expected: &'static str,
    },
    /// The header lacks a column.
    #[error("{path}, line {line}: no column {expected} in the header (found: {found})")]
    MissingColumn {
        /// The file.
        path: String,
        /// The header's line.
        line: usize,
        /// The column or columns needed.
        expected: &'static str,
        /// The columns that are there, comma-joined.
        found: String,
    },
    /// The header names a column twice.
    #[error("{path}, line {line}: column `{column}` is there twice")]
    RepeatedColumn {
        /// The file.
        path: String,
        /// The header's line.
        line: usize,
        /// The column.
        column: String,
    },
    /// A row is longer than the header or a GMT line too short.
    #[error("{path}, line {line}: expected {expected} tab-separated fields, found {found}")]
    FieldCount {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// How many fields were expected.
        expected: String,
        /// How many there are.
        found: usize,
    },
    /// A row names no gene.
    #[error("{path}, line {line}: names no gene (`symbol`, `ensembl_id` and `entrez_id` are empty)")]
    UnnamedGene {
        /// The file.
        path: String,
        /// The line.
        line: usize,
    },
    /// A field holds something else than it should.
    #[error("{path}, line {line}: `{column}` is `{value}` (expected {expected})")]
    Value {
        /// The file.
        path: String,
        /// The line.
        line: usize,
        /// The column.
        column: &'static str,
        /// What it holds.
        value: String,
        /// What it should hold.
        expected: &'static str,
    },
    /// A gene or a gene set is there twice.
    #[error("{path}, line {line}: {what} `{name}` is already on line {first}")]
    Duplicate {
        /// The file.
        path: String,
        /// The second line.
        line: usize,
        /// The first line.
        first: usize,
        /// `gene` or `gene set`.
        what: &'static str,
        /// Its name.
        name: String,
    },
}

/// The whole of a text file, without a byte-order mark.
pub(crate) fn read_text(path: &Path) -> Result<String, Error> {
    let name = || path.display().to_string();
    let bytes = std::fs::read(path).map_err(|source| Error::Read { path: name(), source })?;
    if bytes.starts_with(&[0x1f, 0x8b]) {
        return Err(Error::Compressed { path: name() });
    }
    let text = String::from_utf8(bytes).map_err(|error| {
        let valid = &error.as_bytes()[..error.utf8_error().valid_up_to()];
        Error::Encoding { path: name(), line: valid.split(|&b| b == b'\n').count() }
    })?;
    Ok(match text.strip_prefix('\u{feff}') {
        Some(rest) => rest.to_owned(),
        None => text,
    })
}
