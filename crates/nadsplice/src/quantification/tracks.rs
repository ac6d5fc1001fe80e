//! What figures need of each sample beside the tables.

use nadsplice_core::Junction;
use nadsplice_events::{CohortJunction, DepthRequest, junction_counts};
use rayon::prelude::*;

use super::{CountedSample, QuantifySettings, samples, survey};
use crate::missing::Missing;

/// For each sample the mean depths that are asked for; nothing of a sample whose counts hold none.
pub(crate) fn mean_depths(
    settings: &QuantifySettings<'_>,
    cohort: &[CountedSample],
    requests: &[DepthRequest],
) -> anyhow::Result<Vec<Option<Vec<Vec<f64>>>>> {
    cohort
        .par_iter()
        .map(|sample| {
            let (counts, _) = settings.read(sample)?;
            let (library, _) = samples::library(sample, &counts, &mut Vec::new())?;
            Ok(nadsplice_events::mean_depths(&counts, library, requests))
        })
        .collect()
}

/// The junctions of a cohort that are wanted, as `junctions.tsv` has them: in genome order, with one count a sample.
pub(crate) fn junction_rows(
    settings: &QuantifySettings<'_>,
    cohort: &[CountedSample],
    is_wanted: impl Fn(Junction) -> bool + Sync,
) -> anyhow::Result<Vec<(CohortJunction, Vec<u32>)>> {
    let (evidence, failures) = survey::pool(settings, cohort);
    Missing::default().settle(failures, cohort.len(), settings.messages)?;
    let mut rows = evidence.cohort_junctions();
    rows.retain(|row| is_wanted(row.junction));
    let of_samples: Vec<Vec<(Junction, u32)>> = cohort
        .par_iter()
        .map(|sample| {
            let mut counts = junction_counts(&settings.read(sample)?.0);
            counts.retain(|(junction, _)| is_wanted(*junction));
            Ok(counts)
        })
        .collect::<anyhow::Result<_>>()?;
    let count = |counts: &[(Junction, u32)], junction: Junction| {
        counts.binary_search_by_key(&junction, |c| c.0).map_or(0, |k| counts[k].1)
    };
    let with_counts = rows.into_iter().map(|row| {
        let counts = of_samples.iter().map(|counts| count(counts, row.junction)).collect();
        (row, counts)
    });
    Ok(with_counts.collect())
}
