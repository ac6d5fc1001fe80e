//! Every output row type, its documentation and its TSV form.
//!
//! # Tables
//!
//! All tables have one header row, tabs, line feeds, no quoting and no comment lines. `NA` stands for what is missing,
//! numbers have a fixed number of decimals that belongs to the column, probabilities are written in scientific
//! notation and never as zero, `yes` and `no` are truth values, lists are joined by commas. A tab or line end inside a
//! value becomes a space, a comma inside an item of a list a semicolon. A file appears whole or not at all.
//!
//! # Rows are the documentation
//!
//! A table is a struct: its fields, in their order, are the columns, and the doc of a field is the column's entry in
//! the [`data_dictionary`]. Each field names its written form ([`cell`]), which writes it, reads it back and gives its
//! documented type. Matrices ([`MatrixTable`]) have a row type for their leading columns, and then one column a
//! sample.

pub mod cell;
mod contrast_samples;
mod dictionary;
mod line;
mod matrix;
mod output;
#[cfg(feature = "parquet")]
mod parquet;
mod read;
mod row;
mod rows;
mod samples;
mod store;
mod write;

pub use contrast_samples::ContrastSamples;
pub use dictionary::{DictionaryEntry, data_dictionary, write_data_dictionary};
pub use line::TsvLine;
pub use matrix::{
    CLUSTER_USAGE, CLUSTERS, GENE_COUNTS, GENE_TPM, INCLUSION_COUNTS, INCLUSION_COUNTS_JCEC,
    INCLUSION_LENGTHS, INCLUSION_LENGTHS_JCEC, JUNCTIONS, MatrixTable, MatrixValue, MatrixWriter, PSI,
    PSI_HIGH, PSI_LOW, SKIPPING_COUNTS, SKIPPING_COUNTS_JCEC, SKIPPING_LENGTHS, SKIPPING_LENGTHS_JCEC,
    ValueKind,
};
pub use output::{OutputFile, WriteError};
#[cfg(feature = "parquet")]
pub use parquet::{ParquetError, write_parquet_beside};
pub use read::{Matrix, MatrixNumber, ReadError, Record, SampleColumns, read_events, read_rows, read_table};
pub use row::{CellError, Column, Row, Table};
pub use rows::{
    ClusterDifferentialRow, ClusterLead, ConsequenceRow, ContrastSampleRow, DiagnosticsRow, DifferentialRow,
    EnrichmentRow, EventLead, EventRow, ExpressionRow, GeneLead, GeneRow, JunctionLead, KnownEventRow,
    MissingSampleRow, PanelRow, PowerRow, RankEnrichmentRow, SampleCheckRow, SamplePcaRow, SampleRow,
    SurrogateRow,
};
pub use samples::{SAMPLES_FILE, SampleTable};
pub use store::{ColumnStore, StoreError, StoreFolder, StoredRows};
pub use write::{TableWriter, write_table};
