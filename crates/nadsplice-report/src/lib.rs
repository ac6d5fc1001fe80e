//! Figures (SVG), the self-contained HTML report and `MultiQC` files, from result tables.

mod boxes;
mod error;
pub mod figure_data;
mod figures;
pub mod gene_view;
mod genome_scale;
mod groups;
mod heading;
mod html;
mod models;
mod multiqc;
mod report;
mod results;
pub mod sashimi;
pub mod svg;
#[cfg(test)]
mod test_tables;
#[cfg(test)]
mod toy;
mod wording;

pub use error::ReportError;
pub use figures::FigureKind;
pub use multiqc::{MULTIQC_FOLDER, multiqc_files};
pub use report::report;
pub use results::{Contrast, Results};
