use std::{io, path::PathBuf};

use nadsplice_table::{ReadError, WriteError};

use crate::figure_data::FigureDataError;

/// Results could not be read, or a figure or report not be made from them.
#[derive(Debug, thiserror::Error)]
pub enum ReportError {
    /// A table could not be read.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The data of figures could not be read.
    #[error(transparent)]
    FigureData(#[from] FigureDataError),
    /// An output could not be written.
    #[error(transparent)]
    Write(#[from] WriteError),
    /// A text file of the results could not be read.
    #[error("could not read `{}`", path.display())]
    Open {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
    /// The provenance is not JSON.
    #[error("`{}` is not JSON", path.display())]
    Json {
        /// The file.
        path: PathBuf,
        /// The cause.
        source: serde_json::Error,
    },
    /// `samples.tsv` has no column `sample`.
    #[error("`{}` has no column `sample`", path.display())]
    NoSampleColumn {
        /// The file.
        path: PathBuf,
    },
    /// A folder for figures could not be made.
    #[error("could not make folder `{}`", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// The cause.
        source: io::Error,
    },
}
