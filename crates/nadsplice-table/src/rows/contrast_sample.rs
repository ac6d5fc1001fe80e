use crate::{cell::Name, row::row};

row! {
    /// A sample in the model of a comparison.
    struct ContrastSampleRow in "contrast_samples.tsv" {
        /// The comparison, as in `differential.tsv`.
        contrast: String as Name,
        /// The sample.
        sample: String as Name,
        /// Its level of what is compared; of an interaction its levels joined by colons. Missing where a measurement is
        /// tested.
        group: Option<String> as Name,
        /// `case` or `control` where two groups are compared. Missing for samples of other groups, which the model knows
        /// but which are not compared, and where a term is tested as a whole.
        role: Option<String> as Name,
    }
}
