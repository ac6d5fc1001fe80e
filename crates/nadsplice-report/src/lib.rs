//! Figures (SVG), the self-contained HTML report and `MultiQC` files, from result tables.

mod boxes;
mod error;
mod figures;
mod groups;
mod html;
mod multiqc;
mod report;
mod results;
pub mod svg;
#[cfg(test)]
mod test_tables;
mod wording;

pub use error::ReportError;
pub use figures::FigureKind;
pub use groups::{Group, Groups};
pub use multiqc::{MULTIQC_FOLDER, multiqc_files};
pub use report::report;
pub use results::{Contrast, Results};
