use crate::{
    cell::{Fixed, Name, YesNo},
    row::row,
};

row! {
    /// Where a sample lies in the splicing of its cohort.
    struct SamplePcaRow in "sample_pca.tsv" {
        /// The sample.
        sample: String as Name,
        /// Score on the first principal component, in logit PSI. The components are those of the 2,000 most variable
        /// events that at least 80% of the samples cover with 10 reads; missing, as all that follow, with fewer than 50
        /// such events or three samples.
        pc1: Option<f64> as Fixed<6>,
        /// Score on the second component.
        pc2: Option<f64> as Fixed<6>,
        /// Score on the third component; missing where there are not as many.
        pc3: Option<f64> as Fixed<6>,
        /// Score on the fourth component.
        pc4: Option<f64> as Fixed<6>,
        /// Score on the fifth component.
        pc5: Option<f64> as Fixed<6>,
        /// Share of the variance that the first component explains, from 0 to 1; the same in all rows.
        pc1_share: Option<f64> as Fixed<6>,
        /// Share of the second component.
        pc2_share: Option<f64> as Fixed<6>,
        /// Share of the third component.
        pc3_share: Option<f64> as Fixed<6>,
        /// Share of the fourth component.
        pc4_share: Option<f64> as Fixed<6>,
        /// Share of the fifth component.
        pc5_share: Option<f64> as Fixed<6>,
        /// Median of the sample's distances to the others: root mean square of the differences in logit PSI over the events.
        distance: Option<f64> as Fixed<6>,
        /// Whether the sample lies far from most others: its distance is beyond the median of all distances by 5 scaled
        /// median absolute deviations. From six samples on.
        outlier: bool as YesNo,
    }
}
