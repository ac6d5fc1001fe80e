//! The data dictionary: every column of every table.

use std::iter;

use crate::{
    line::TsvLine,
    matrix::{self, MatrixTable},
    output::{OutputFile, WriteError},
    row::{Row, Table},
    rows::{
        ClusterDifferentialRow, ConsequenceRow, ContrastSampleRow, DiagnosticsRow, DifferentialRow,
        EnrichmentRow, EventRow, ExpressionRow, GeneRow, KnownEventRow, MissingSampleRow, PanelRow, PowerRow,
        RankEnrichmentRow, SampleCheckRow, SamplePcaRow, SampleRow, SurrogateRow,
    },
    samples::SAMPLES_FILE,
};

/// What stands for the names of columns that depend on the input.
pub(crate) const SAMPLE_COLUMN: &str = "<sample>";
const SHEET_COLUMN: &str = "<sheet column>";

/// One column of one table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DictionaryEntry {
    /// File name of the table.
    pub table: &'static str,
    /// Name of the column; `<sample>` stands for one column a sample, `<sheet column>` for those of the sheet.
    pub column: &'static str,
    /// Type and written form.
    pub kind: &'static str,
    /// Meaning, unit, range and coordinate base.
    pub description: &'static str,
}

/// All columns of all tables, in the order in which they stand in them.
pub fn data_dictionary() -> Vec<DictionaryEntry> {
    let mut rows = Vec::new();
    rows.extend(of_table::<EventRow>());
    rows.extend(of_table::<ConsequenceRow>());
    for table in [
        &matrix::INCLUSION_COUNTS,
        &matrix::SKIPPING_COUNTS,
        &matrix::PSI,
        &matrix::PSI_LOW,
        &matrix::PSI_HIGH,
        &matrix::INCLUSION_LENGTHS,
        &matrix::SKIPPING_LENGTHS,
        &matrix::INCLUSION_COUNTS_JCEC,
        &matrix::SKIPPING_COUNTS_JCEC,
        &matrix::INCLUSION_LENGTHS_JCEC,
        &matrix::SKIPPING_LENGTHS_JCEC,
    ] {
        rows.extend(of_matrix(table));
    }
    rows.extend(of_matrix(&matrix::JUNCTIONS));
    rows.extend(of_matrix(&matrix::GENE_COUNTS));
    rows.extend(of_matrix(&matrix::GENE_TPM));
    rows.extend(of_matrix(&matrix::CLUSTERS));
    rows.extend(of_matrix(&matrix::CLUSTER_USAGE));
    rows.push(entry(SAMPLES_FILE, SHEET_COLUMN, "text", "As in the sample sheet, NA where it is empty."));
    rows.extend(of_columns::<SampleRow>(SAMPLES_FILE));
    rows.extend(of_table::<MissingSampleRow>());
    rows.extend(of_table::<DifferentialRow>());
    rows.extend(of_table::<ContrastSampleRow>());
    rows.extend(of_table::<GeneRow>());
    rows.extend(of_table::<ClusterDifferentialRow>());
    rows.extend(of_table::<ExpressionRow>());
    rows.extend(of_table::<DiagnosticsRow>());
    rows.extend(of_table::<SampleCheckRow>());
    rows.extend(of_table::<SamplePcaRow>());
    rows.extend(of_table::<SurrogateRow>());
    rows.extend(of_table::<PanelRow>());
    rows.extend(of_table::<KnownEventRow>());
    rows.extend(of_table::<EnrichmentRow>());
    rows.extend(of_table::<RankEnrichmentRow>());
    rows.extend(of_table::<PowerRow>());
    rows
}

/// Writes the data dictionary as a table with the columns `table column type description`.
///
/// # Errors
/// When it cannot be written.
pub fn write_data_dictionary(mut file: OutputFile) -> Result<(), WriteError> {
    let mut lines = TsvLine::new();
    let header = ("table", "column", "type", "description");
    let rows = data_dictionary().into_iter().map(|e| (e.table, e.column, e.kind, e.description));
    for (table, column, kind, description) in iter::once(header).chain(rows) {
        for cell in [table, column, kind, description] {
            lines.text(cell);
        }
        lines.end();
    }
    file.append(lines.as_bytes())?;
    file.finish()
}

fn entry(
    table: &'static str,
    column: &'static str,
    kind: &'static str,
    description: &'static str,
) -> DictionaryEntry {
    DictionaryEntry { table, column, kind, description }
}

fn of_columns<R: Row>(table: &'static str) -> impl Iterator<Item = DictionaryEntry> {
    R::COLUMNS.iter().map(move |column| entry(table, column.name, column.kind, column.description))
}

fn of_table<R: Table>() -> impl Iterator<Item = DictionaryEntry> {
    of_columns::<R>(R::FILE)
}

fn of_matrix<L: Row>(table: &MatrixTable<L>) -> impl Iterator<Item = DictionaryEntry> {
    let sample = entry(table.file, SAMPLE_COLUMN, table.values.kind(), table.description);
    of_columns::<L>(table.file).chain([sample])
}
