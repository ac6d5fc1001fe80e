//! Where the samples of a cohort lie, and whether some were mixed up.

use nadsplice_diff::{
    CountTable, Plan, SamplePca, Step, nearer_to_the_other_group, same_library, sample_pca,
};
use nadsplice_table::SamplePcaRow;

use crate::messages::Messages;

/// One row a sample; outliers and what looks like a mix-up are warned of.
pub(super) fn describe(
    table: &CountTable<'_>,
    names: &[String],
    plan: &Plan,
    messages: Messages,
) -> Vec<SamplePcaRow> {
    for (first, second) in same_library(table) {
        messages.warn(format!(
            "samples `{}` and `{}` have counts more alike than two libraries can have: the same reads twice, or most of \
             them?",
            names[first], names[second]
        ));
    }
    let pca = sample_pca(table);
    match &pca {
        Some(pca) => tell(pca, names, plan, messages),
        None => messages.detail("too few samples or covered events for principal components of the samples"),
    }
    names.iter().enumerate().map(|(sample, name)| row(sample, name, pca.as_ref())).collect()
}

fn tell(pca: &SamplePca, names: &[String], plan: &Plan, messages: Messages) {
    let outliers: Vec<&str> =
        names.iter().zip(&pca.outliers).filter(|(_, far)| **far).map(|(name, _)| name.as_str()).collect();
    if !outliers.is_empty() {
        messages.warn(format!(
            "far from the other samples in splicing: {} (sample_pca.tsv); they are not left out",
            outliers.join(", ")
        ));
    }
    let mut told: Vec<(usize, &str)> = Vec::new();
    for comparison in plan.steps().iter().flat_map(Step::comparisons) {
        for sample in nearer_to_the_other_group(pca, comparison) {
            let name = names[sample].as_str();
            if !told.iter().any(|(_, other)| *other == name) {
                messages.warn(format!(
                    "contrast `{}`: sample `{name}` lies with the other group in splicing: is its group right?",
                    comparison.label()
                ));
                told.push((sample, name));
            }
        }
    }
}

fn row(sample: usize, name: &str, pca: Option<&SamplePca>) -> SamplePcaRow {
    let score = |c: usize| pca.and_then(|p| p.scores[sample].get(c).copied());
    let share = |c: usize| pca.and_then(|p| p.shares.get(c).copied());
    SamplePcaRow {
        sample: name.to_owned(),
        pc1: score(0),
        pc2: score(1),
        pc3: score(2),
        pc4: score(3),
        pc5: score(4),
        pc1_share: share(0),
        pc2_share: share(1),
        pc3_share: share(2),
        pc4_share: share(3),
        pc5_share: share(4),
        distance: pca.map(|p| p.distances[sample]),
        outlier: pca.is_some_and(|p| p.outliers[sample]),
    }
}
