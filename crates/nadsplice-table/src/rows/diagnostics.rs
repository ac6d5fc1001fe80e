use crate::{
    cell::{Fixed, Name},
    row::row,
};

row! {
    /// One figure that tells whether the tests of a contrast are sound.
    struct DiagnosticsRow in "diagnostics.tsv" {
        /// The comparison, as in `differential.tsv`.
        contrast: String as Name,
        /// What is measured. `samples`, `columns` and `tested_columns` are those of the model; `events` and
        /// `events_tested` are counts. `prior_*` describe what was learnt of the correlation of two reads of a sample:
        /// the events used (none where the prior is fixed), `prior_tau` the standard deviation of its natural logarithm,
        /// and at some coverages (`prior_knot_N_reads`) its median (`prior_knot_N_rho`). `median_df` are degrees of
        /// freedom. `lambda` is the chi-squared value of the median p-value over that of 0.5, near 1 where most events do
        /// not differ. `zero_statistic_share` is the share of statistics at 0. `p_histogram_X` counts p-values from X to
        /// X + 0.05. `permutations`, `permuted_events` and `permuted_p_below_0.05` tell of the same test on permuted
        /// labels: the share of p-values below 0.05, sound from 0.03 to 0.07. `quasi_binomial` is 1 where events
        /// were tested with `--engine qbb`, else 0.
        /// After the test of a factor as a whole `events_tested` counts the events that it called, all else is of every
        /// event that can be tested.
        measure: String as Name,
        /// The figure.
        value: Option<f64> as Fixed<6>,
    }
}
