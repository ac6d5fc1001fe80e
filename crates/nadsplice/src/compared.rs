//! Which samples the tests of a folder compared.

use std::path::Path;

use anyhow::{Context, bail};
use nadsplice_table::{ContrastSampleRow, ContrastSamples, ReadError, Table};

/// Reads which of the quantified samples stand in each of some comparisons. What a label and the sample sheet say is not
/// enough: a test may leave samples out, and may have had another sheet.
pub(crate) fn read<'a>(
    diff: &Path,
    samples: &[String],
    labels: impl IntoIterator<Item = &'a str>,
) -> anyhow::Result<ContrastSamples> {
    let again = "hint: test this cohort once more with `nadsplice diff`";
    let compared = match ContrastSamples::read(diff, samples) {
        Ok(Some(compared)) => compared,
        Ok(None) => bail!(
            "`{}` not found, which says which samples were compared: the tests are of an earlier version\n{again}",
            diff.join(ContrastSampleRow::FILE).display()
        ),
        Err(error) => {
            let is_other = matches!(error, ReadError::UnknownSample { .. });
            let error = Err(error.into());
            return if is_other {
                error.with_context(|| {
                    format!("the tests in `{}` are not of the quantified samples\n{again}", diff.display())
                })
            } else {
                error
            };
        }
    };
    for label in labels {
        if !compared.has(label) {
            bail!(
                "`{}` has no samples of contrast `{label}`\n{again}",
                diff.join(ContrastSampleRow::FILE).display()
            );
        }
    }
    Ok(compared)
}
