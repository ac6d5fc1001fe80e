//! Samples that cannot be used: all are named, and left out where that is wished.

use std::path::Path;

use anyhow::anyhow;
use nadsplice_align::CountsFileError;
use nadsplice_diff::SampleSheet;
use nadsplice_table::{MissingSampleRow, Table, read_table, write_table};

use crate::messages::Messages;

/// The step in which a sample could not be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum MissedIn {
    Check,
    Count,
    Quantify,
}

impl MissedIn {
    const fn word(self) -> &'static str {
        match self {
            Self::Check => "check",
            Self::Count => "count",
            Self::Quantify => "quantify",
        }
    }
}

/// A sample that cannot be used.
#[derive(Debug)]
pub(crate) struct Failure {
    pub(crate) sample: String,
    pub(crate) step: MissedIn,
    pub(crate) error: anyhow::Error,
}

impl Failure {
    /// Whether the place to write to is what fails.
    fn is_of_output(&self) -> bool {
        let mut causes = self.error.chain().filter_map(|cause| cause.downcast_ref::<CountsFileError>());
        causes.any(|cause| matches!(cause, CountsFileError::Io { doing: "write", .. }))
    }

    /// Causes in one line, without hints.
    fn reason(&self) -> String {
        let lines = self.error.chain().flat_map(|cause| {
            let text = cause.to_string();
            text.lines().filter(|line| !line.starts_with("hint: ")).map(str::to_owned).collect::<Vec<_>>()
        });
        lines.collect::<Vec<_>>().join(": ")
    }
}

/// Samples that were asked for and are left out.
#[derive(Debug, Default)]
pub(crate) struct Missing {
    /// Whether samples may be left out.
    pub(crate) is_allowed: bool,
    pub(crate) rows: Vec<MissingSampleRow>,
}

impl Missing {
    /// Leaves the samples out, or refuses and names all of them. `total` samples were tried.
    pub(crate) fn settle(
        &mut self,
        mut failures: Vec<Failure>,
        total: usize,
        messages: Messages,
    ) -> anyhow::Result<()> {
        if failures.is_empty() {
            return Ok(());
        }
        // Where counts cannot be written it is not for the sample.
        if let Some(at) = failures.iter().position(Failure::is_of_output) {
            return Err(failures.swap_remove(at).error);
        }
        if !self.is_allowed && failures.len() == 1 {
            return Err(failures.remove(0).error);
        }
        if !self.is_allowed || failures.len() == total {
            return Err(refusal(&failures, total));
        }
        for failure in failures {
            let reason = failure.reason();
            messages.warn(format!("sample `{}` is left out: {reason}", failure.sample));
            self.rows.push(MissingSampleRow {
                sample: failure.sample,
                step: failure.step.word().to_owned(),
                reason,
            });
        }
        Ok(())
    }

    /// Whether a sample is left out.
    pub(crate) fn has(&self, sample: &str) -> bool {
        self.rows.iter().any(|row| row.sample == sample)
    }

    /// Writes `missing_samples.tsv`, also where no sample is missing.
    pub(crate) fn write(&self, outdir: &Path) -> anyhow::Result<()> {
        Ok(write_table::<MissingSampleRow, _>(outdir, &self.rows)?)
    }

    /// What a quantified cohort lacks.
    pub(crate) fn read(quant: &Path) -> anyhow::Result<Self> {
        let is_there = quant.join(MissingSampleRow::FILE).is_file();
        let rows = if is_there { read_table(quant)? } else { Vec::new() };
        Ok(Self { is_allowed: true, rows })
    }

    /// The sheet without the samples that are left out.
    pub(crate) fn leave_out(&self, sheet: SampleSheet) -> SampleSheet {
        if self.rows.is_empty() { sheet } else { sheet.with_samples(|name| !self.has(name)) }
    }
}

/// What helps where some samples can be used.
pub(crate) const ALLOW_MISSING: &str = "hint: --allow-missing goes on without them";
/// Hints that are given of many failures.
const MAX_HINTS: usize = 3;

/// All failures in one error, with the first hints.
fn refusal(failures: &[Failure], total: usize) -> anyhow::Error {
    let mut lines = vec![format!("{} of {total} samples cannot be used", failures.len())];
    lines.extend(failures.iter().map(|failure| format!("sample `{}`: {}", failure.sample, failure.reason())));
    let causes = failures.iter().flat_map(|failure| failure.error.chain().map(ToString::to_string));
    let mut hints: Vec<String> = Vec::new();
    for cause in causes {
        let of_cause = cause.lines().filter(|line| line.starts_with("hint: ")).map(str::to_owned);
        hints.extend(of_cause.collect::<Vec<_>>());
    }
    hints.dedup();
    lines.extend(hints.into_iter().take(MAX_HINTS));
    if failures.len() < total {
        lines.push(ALLOW_MISSING.to_owned());
    }
    anyhow!(lines.join("\n"))
}

/// The values, and what failed.
pub(crate) fn part<T>(results: Vec<Result<T, Failure>>) -> (Vec<T>, Vec<Failure>) {
    let (mut values, mut failures) = (Vec::new(), Vec::new());
    for result in results {
        match result {
            Ok(value) => values.push(value),
            Err(failure) => failures.push(failure),
        }
    }
    (values, failures)
}
