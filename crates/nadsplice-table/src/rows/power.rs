use crate::{
    cell::{Fixed, Integer, Name, Text},
    row::row,
};

row! {
    /// What it would take to see a difference in a gene: its event that asks for the fewest samples.
    struct PowerRow in "power.tsv" {
        /// The comparison, `factor:case:control`, whose samples are the pilot.
        contrast: String as Name,
        /// Id of the gene.
        gene_id: String as Name,
        /// Name of the gene.
        gene_name: String as Text,
        /// The event; none where the gene has no event with reads.
        event_id: Option<String> as Name,
        /// Its PSI over all samples of the pilot, from 0 to 1.
        psi: Option<f64> as Fixed<6>,
        /// Median of its fragments over the samples of the pilot.
        median_reads: Option<f64> as Fixed<2>,
        /// Correlation of two reads of one sample beyond the groups: the event's own where it was tested, else what is
        /// usual at its coverage.
        rho: Option<f64> as Fixed<6>,
        /// Samples of the smaller group of the pilot.
        samples: u32 as Integer,
        /// The difference of PSI to be seen.
        delta_psi: f64 as Fixed<6>,
        /// Chance that a test at 0.05 sees it with two groups of `samples` at the pilot's depth.
        power: Option<f64> as Fixed<6>,
        /// Smallest difference seen with a power of 80% in such groups.
        detectable_delta: Option<f64> as Fixed<6>,
        /// Samples in each group that see the difference with a power of 80% at the pilot's depth; none where 1000 do
        /// not.
        samples_needed: Option<u32> as Integer,
        /// How many times as deeply `samples` in each group must be sequenced to see it; none where 1000 times are not
        /// enough, since samples differ however deeply they are read.
        depth_factor: Option<f64> as Fixed<2>,
    }
}
