use crate::{
    cell::{Fixed, Integer, Name, Probability, Text, YesNo},
    row::row,
};

row! {
    /// Whether something that was measured in the samples goes with the groups of a contrast.
    struct SampleCheckRow in "sample_checks.tsv" {
        /// The contrast, as in `differential.tsv`.
        contrast: String as Name,
        /// A column of `samples.tsv`.
        variable: String as Name,
        /// Case samples with a value.
        n_case: u32 as Integer,
        /// Control samples with a value.
        n_control: u32 as Integer,
        /// Its mean over the case samples; of `sex_call` the share of females among those called.
        mean_case: Option<f64> as Fixed<6>,
        /// The same over the control samples.
        mean_control: Option<f64> as Fixed<6>,
        /// Two-sided p-value of Welch's t-test, of `sex_call` of Fisher's exact test; not adjusted for the number of
        /// variables. Missing where a group has fewer than two values or no value varies.
        p_value: Option<f64> as Probability,
        /// Whether it goes with the groups: a p-value below 0.05, or two different constants.
        goes_with_groups: bool as YesNo,
        /// What was tested or why not, and whether the variable is in the model.
        note: String as Text,
    }
}
