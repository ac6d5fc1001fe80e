//! Parquet copies of tables.

use std::path::{Path, PathBuf};

use polars::{
    error::PolarsError,
    prelude::{DataFrame, DataType, ParquetWriter, PlSmallStr},
};

use crate::{
    dictionary::{SAMPLE_COLUMN, data_dictionary},
    output::{OutputFile, WriteError},
    read::{ReadError, Source, parse},
};

/// A Parquet copy of a table could not be made.
#[derive(Debug, thiserror::Error)]
pub enum ParquetError {
    /// The table could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The copy could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// The copy could not be made.
    #[error("could not make `{}`", path.display())]
    Encode {
        /// The copy.
        path: PathBuf,
        /// The cause.
        source: PolarsError,
    },
}

/// Writes a Parquet copy of a table beside it, with the ending `.parquet` in place of `.tsv`, and returns its path.
/// Column types are those of the data dictionary: whole numbers are 64-bit integers, other numbers 64-bit floats,
/// everything else text; `NA` is null.
///
/// # Errors
/// When the table cannot be read or the copy cannot be written.
pub fn write_parquet_beside(table: &Path) -> Result<PathBuf, ParquetError> {
    let source = Source::read(table)?;
    let path = table.with_extension("parquet");
    let file = table.file_name().unwrap_or_default();
    let dictionary: Vec<_> = data_dictionary().into_iter().filter(|entry| file == entry.table).collect();
    let kind_of = |column: &str| {
        let entry = |name: &str| dictionary.iter().find(|entry| entry.column == name);
        entry(column).or_else(|| entry(SAMPLE_COLUMN)).map_or("text", |entry| entry.kind)
    };
    let wanted: Vec<_> =
        source.head.columns.iter().map(|column| data_type(kind_of(column))).enumerate().collect();
    let encode = |cause| ParquetError::Encode { path: path.clone(), source: cause };
    let mut columns = parse(source.body(), source.head.columns.len(), &wanted).map_err(encode)?;
    for (column, name) in columns.iter_mut().zip(&source.head.columns) {
        column.rename(PlSmallStr::from_str(name));
    }
    let mut frame = DataFrame::new_infer_height(columns).map_err(encode)?;
    let mut output = OutputFile::create(&path)?;
    ParquetWriter::new(&mut output).finish(&mut frame).map_err(encode)?;
    output.finish()?;
    Ok(path)
}

fn data_type(kind: &str) -> DataType {
    if kind == "whole number" {
        DataType::Int64
    } else if kind.contains("joined by commas") {
        DataType::String
    } else if kind.starts_with("number") || kind.starts_with("probability") {
        DataType::Float64
    } else {
        DataType::String
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use polars::prelude::{ParquetReader, SerReader as _};

    use super::*;

    #[test]
    fn a_copy_has_the_types_of_the_dictionary() {
        let folder = tempfile::tempdir().unwrap();
        let table = folder.path().join("junctions.tsv");
        fs::write(&table, "chrom\tstart0\tend\tstrand\tannotated\tgene_id\ts1\n1\t2\t3\t+\tyes\tNA\t7\n")
            .unwrap();
        let copy = write_parquet_beside(&table).unwrap();
        assert_eq!(copy, folder.path().join("junctions.parquet"));
        let frame = ParquetReader::new(fs::File::open(copy).unwrap()).finish().unwrap();
        let types: Vec<_> = frame.columns().iter().map(|column| column.dtype().clone()).collect();
        let (text, integer) = (DataType::String, DataType::Int64);
        assert_eq!(
            types,
            [text.clone(), integer.clone(), integer.clone(), text.clone(), text.clone(), text, integer]
        );
        assert_eq!(frame.column("s1").unwrap().i64().unwrap().get(0), Some(7));
        assert_eq!(frame.column("gene_id").unwrap().str().unwrap().get(0), None);
        assert_eq!(data_type("number with 6 decimals"), DataType::Float64);
        assert_eq!(data_type("numbers joined by commas"), DataType::String);
        assert_eq!(data_type("whole number"), DataType::Int64);
    }
}
