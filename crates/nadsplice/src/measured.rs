//! What was measured in the samples, as covariates.

use std::path::Path;

use nadsplice_diff::{Inputs, SampleSheet};
use nadsplice_table::{Row, SAMPLES_FILE, SampleRow};

/// Names of the columns that were measured.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    SampleRow::COLUMNS.iter().map(|column| column.name)
}

/// Adds the measured columns of a quantified cohort to its sheet; none where its folder has no `samples.tsv`.
pub(crate) fn add(sheet: &mut SampleSheet, quant: &Path) -> anyhow::Result<()> {
    let path = quant.join(SAMPLES_FILE);
    if path.is_file() {
        let found = SampleSheet::read(&path, Inputs::Ignored)?;
        sheet.add_measured(&found, |name| names().any(|known| known == name));
    }
    Ok(())
}

/// Whether the samples of a quantified cohort were counted in regions of the genome only. They are not where the folder
/// has no `samples.tsv`, or one of another origin without that column.
pub(crate) fn is_regional(quant: &Path) -> anyhow::Result<bool> {
    let path = quant.join(SAMPLES_FILE);
    if !path.is_file() {
        return Ok(false);
    }
    let sheet = SampleSheet::read(&path, Inputs::Ignored)?;
    let column = sheet.columns().iter().find(|column| column.name() == SampleRow::COUNTED_IN);
    Ok(column.is_some_and(|column| column.cells().iter().flatten().any(|cell| cell == SampleRow::REGIONS)))
}
