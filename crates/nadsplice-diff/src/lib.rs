//! Sample sheet, design and contrasts; a tested row for every event and gene.

mod contrast;
mod delimited;
mod listing;
mod sheet;
mod testing;

pub use contrast::{Contrast, ContrastError, ContrastProblem, ContrastProblemKind, ContrastSheetError};
pub use sheet::{Column, Inputs, Role, Sample, SampleSheet, SheetError, SheetProblem, SheetProblemKind};
pub use testing::{ContrastTest, CountTable, EventTest, Exclusion, TestError, is_tested, test_contrast};
