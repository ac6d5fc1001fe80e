//! How contrasts group the samples.

use std::path::Path;

use anyhow::bail;
use nadsplice_diff::{Contrast, SampleSheet};
use nadsplice_report::figure_data::{Group, Grouping};
use nadsplice_table::DifferentialRow;

use crate::compared;

/// The groupings of all contrasts of `differential.tsv`, of which `tests` are the rows, as places in `samples`. A test of
/// a measurement has none.
pub(super) fn groupings(
    results: &Path,
    tests: &[DifferentialRow],
    samples: &[String],
) -> anyhow::Result<Vec<Grouping>> {
    let mut labels: Vec<&str> = tests.iter().map(|row| row.contrast.as_str()).collect();
    labels.dedup();
    if labels.is_empty() {
        return Ok(Vec::new());
    }
    let compared = compared::read(results, samples, labels.iter().copied())?;
    let of = |label: &str| Grouping {
        contrast: label.to_owned(),
        groups: compared.groups(label).into_iter().map(|(name, samples)| Group { name, samples }).collect(),
    };
    Ok(labels.into_iter().map(of).filter(|grouping| !grouping.groups.is_empty()).collect())
}

/// The grouping that a user asks for: `factor:case:control`, or a column of the sheet for all of its groups.
pub(crate) fn grouping_of(label: &str, sheet: &SampleSheet) -> anyhow::Result<Grouping> {
    match of_label(label, sheet)? {
        Some(grouping) => Ok(grouping),
        None => bail!(
            "`{label}` groups no samples\n\
             hint: --contrast factor:case:control, or a column of the sample sheet that holds groups"
        ),
    }
}

fn of_label(label: &str, sheet: &SampleSheet) -> anyhow::Result<Option<Grouping>> {
    if let Some(contrast) = Contrast::of_label(label, sheet)? {
        let members = contrast.members(sheet);
        let group = |name: &str, case: bool| Group {
            name: name.to_owned(),
            samples: (0..members.len()).filter(|&k| members[k] == Some(case)).collect(),
        };
        let groups = vec![group(contrast.case(), true), group(contrast.control(), false)];
        return Ok(Some(Grouping { contrast: label.to_owned(), groups }));
    }
    let Some(column) = sheet.variable(label).filter(|column| !column.is_numeric()) else { return Ok(None) };
    let group = |level: &str| Group {
        name: level.to_owned(),
        samples: (0..column.cells().len()).filter(|&k| column.cells()[k].as_deref() == Some(level)).collect(),
    };
    Ok(Some(Grouping {
        contrast: label.to_owned(),
        groups: column.levels().into_iter().map(group).collect(),
    }))
}
