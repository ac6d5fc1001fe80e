use crate::{
    cell::{Name, Text},
    row::row,
};

row! {
    /// A sample of the sheet that could not be used and that `--allow-missing` left out of all tables.
    struct MissingSampleRow in "missing_samples.tsv" {
        /// The sample.
        sample: String as Name,
        /// The step in which it could not be used: `check` (the look at its file), `count` or `quantify`.
        step: String as Name,
        /// Why, as in the message of that step; it may name the file.
        reason: String as Text,
    }
}
