//! Sample sheet, design and contrasts; a tested row for every event and gene.

mod basis;
mod clusters;
mod contrast;
mod delimited;
mod design;
mod expression;
mod formula;
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
mod stages;
mod surrogate;
mod testing;

pub use clusters::{ClusterContrastTest, ClusterTable, ClusterTest, ClusterTestError, test_cluster_step};
pub use contrast::{Contrast, ContrastError, ContrastProblem, ContrastProblemKind, ContrastSheetError};
pub use design::{Comparison, DesignNote, DesignProblem, Plan, Step};
pub use expression::{ExpressionChange, expression_changes};
pub use formula::{Formula, FormulaError, Term, Variable};
pub use mix_up::{nearer_to_the_other_group, same_library};
pub use model::{Model, ModelText};
pub use overlap::overlap_groups;
pub use pca::{SamplePca, sample_pca};
pub use permutation::PermutationCheck;
pub use power::{Information, POWER, Pilot, Start};
pub use sheet::{Column, Inputs, Role, Sample, SampleSheet, SheetError, SheetProblem, SheetProblemKind};
pub use surrogate::{SurrogateError, SurrogateNumber, Surrogates, surrogates, surrogates_fit};
pub use testing::{
    ContrastTest, CountTable, Engine, EventTest, Exclusion, TestError, UNEVEN_INTRON, is_tested,
    test_contrast, test_step,
};
