//! Sample sheet, design and contrasts; a tested row for every event and gene.

mod basis;
mod contrast;
mod delimited;
mod design;
mod formula;
mod genes;
mod listing;
mod measures;
mod mix_up;
mod model;
mod outliers;
mod overlap;
mod pca;
mod permutation;
mod power;
mod random;
mod sample_space;
mod sheet;
mod shrinkage;
mod surrogate;
mod testing;

pub use contrast::{Contrast, ContrastError, ContrastProblem, ContrastProblemKind, ContrastSheetError};
pub use design::{Comparison, DesignNote, DesignProblem, Plan, Step};
pub use formula::{Formula, FormulaError, Term, Variable};
pub use genes::{GeneTest, GeneTests};
pub use mix_up::{nearer_to_the_other_group, same_library};
pub use model::{Model, ModelText};
pub use overlap::overlap_groups;
pub use pca::{SamplePca, sample_pca};
pub use permutation::PermutationCheck;
pub use power::{Information, POWER, Pilot, Start};
pub use sheet::{Column, Inputs, Role, Sample, SampleSheet, SheetError, SheetProblem, SheetProblemKind};
pub use surrogate::{SurrogateError, SurrogateNumber, Surrogates, surrogates};
pub use testing::{
    ContrastTest, CountTable, Engine, EventTest, Exclusion, TestError, is_tested, test_contrast, test_step,
};
