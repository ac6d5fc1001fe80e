//! Which samples a comparison has.

use nadsplice_diff::Comparison;
use nadsplice_table::{ContrastSampleRow, ContrastSamples};

/// One row for each sample of the model; `names` are those of the sheet.
pub(super) fn rows(comparison: &Comparison, names: &[String]) -> Vec<ContrastSampleRow> {
    let role = |sample: usize| {
        let member = comparison.members()[sample].filter(|_| comparison.is_two_groups());
        member.map(|is_case| ContrastSamples::role(is_case).to_owned())
    };
    let of_sample = comparison.samples().iter().zip(comparison.group_names());
    of_sample
        .map(|(&sample, group)| ContrastSampleRow {
            contrast: comparison.label().to_owned(),
            sample: names[sample].clone(),
            group: group.clone(),
            role: role(sample),
        })
        .collect()
}
