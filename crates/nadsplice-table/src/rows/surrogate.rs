use crate::{
    cell::{Fixed, Name},
    row::row,
};

row! {
    /// The value of a surrogate variable in a sample.
    struct SurrogateRow in "surrogate_variables.tsv" {
        /// The comparison whose model has the variable, as in `differential.tsv`.
        contrast: String as Name,
        /// Its name in the model.
        surrogate: String as Name,
        /// The sample.
        sample: String as Name,
        /// The value; mean 0 and standard deviation 1 over the samples of the comparison.
        value: Option<f64> as Fixed<6>,
        /// Share of the residual variance of all events in its direction, from 0 to 1.
        residual_share: Option<f64> as Fixed<6>,
        /// Share of its variance that the tested groups explain, from 0 to 1: how much it confounds.
        group_share: Option<f64> as Fixed<6>,
    }
}
