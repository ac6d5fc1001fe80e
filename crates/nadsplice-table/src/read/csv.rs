//! The one place where polars parses text.

use std::{io::Cursor, sync::Arc};

use polars::prelude::{
    Column, CsvParseOptions, CsvReadOptions, DataType, Field, NullValues, PlSmallStr, PolarsResult, Schema,
    SerReader as _,
};

use crate::line::MISSING;

/// Parses some columns of a table's body and returns them in the order asked for. `NA` becomes null, as does an empty
/// cell in a column of numbers; an empty text stays one.
///
/// All lines must have `width` cells, and no column may be asked for twice.
pub(crate) fn parse(body: &[u8], width: usize, wanted: &[(usize, DataType)]) -> PolarsResult<Vec<Column>> {
    // Columns go by their positions: names come from users.
    let name = |position: usize| PlSmallStr::from_string(position.to_string());
    let mut types = vec![DataType::String; width];
    for (position, data_type) in wanted {
        types[*position] = data_type.clone();
    }
    let schema: Schema = types
        .into_iter()
        .enumerate()
        .map(|(position, data_type)| Field::new(name(position), data_type))
        .collect();
    let options = CsvParseOptions::default()
        .with_separator(b'\t')
        .with_quote_char(None)
        .with_missing_is_null(false)
        .with_null_values(Some(NullValues::AllColumnsSingle(PlSmallStr::from_static(MISSING))));
    let mut projection: Vec<usize> = wanted.iter().map(|&(position, _)| position).collect();
    projection.sort_unstable();
    let frame = CsvReadOptions::default()
        .with_has_header(false)
        .with_schema(Some(Arc::new(schema)))
        .with_projection(Some(Arc::new(projection)))
        .with_infer_schema_length(Some(0))
        .with_raise_if_empty(false)
        .with_rechunk(true)
        .with_parse_options(options)
        .into_reader_with_file_handle(Cursor::new(body))
        .finish()?;
    wanted.iter().map(|&(position, _)| frame.column(&name(position)).cloned()).collect()
}
