//! The result of one event.

use std::fmt;

/// Whether an event was tested, or why not.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum NdsStatus {
    /// Tested.
    Ok,
    /// Too few samples with reads in a group, or too few reads on average.
    Coverage,
    /// All but a negligible share of the reads support one form.
    Invariant,
    /// Too few reads of the rarer form.
    LowMinor,
    /// The samples with reads do not identify the tested effect.
    Rank,
    /// The model could not be fitted.
    Fit,
}

impl NdsStatus {
    /// The status as tables have it.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::Coverage => "coverage",
            Self::Invariant => "invariant",
            Self::LowMinor => "low_minor",
            Self::Rank => "rank",
            Self::Fit => "fit",
        }
    }
}

impl fmt::Display for NdsStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.as_str())
    }
}

/// The test of one event.
///
/// Everything from [`statistic`](Self::statistic) to [`log10_p`](Self::log10_p), and the interval, is there exactly
/// where the status is [`NdsStatus::Ok`] (the interval also needs a contrast). PSI and their difference are there
/// wherever the groups of the contrast have reads.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NdsRow {
    /// Whether the event was tested, or why not.
    pub status: NdsStatus,
    /// PSI of the case group, in `[0, 1]`.
    pub psi_case: Option<f64>,
    /// PSI of the control group, in `[0, 1]`.
    pub psi_control: Option<f64>,
    /// `psi_case - psi_control`, in `[-1, 1]`.
    pub delta_psi: Option<f64>,
    /// Lower end of the 95% interval of `delta_psi`.
    pub ci_low: Option<f64>,
    /// Upper end of the 95% interval of `delta_psi`.
    pub ci_high: Option<f64>,
    /// The likelihood ratio statistic, at least 0; of the quasi-likelihood test the difference of deviances over the
    /// dispersion.
    pub statistic: Option<f64>,
    /// Denominator degrees of freedom of the F distribution that `statistic` over the number of tested columns is
    /// referred to.
    pub df: Option<f64>,
    /// The p-value, in `[1e-300, 1]`; never 0.
    pub p_value: Option<f64>,
    /// The decimal logarithm of the p-value, not cut off.
    pub log10_p: Option<f64>,
    /// The correlation of two reads of one sample beyond what the model explains: the event's own, in
    /// `[3e-4, 0.6]`; of the quasi-likelihood test the one common to events of its coverage.
    pub rho: Option<f64>,
    /// Case samples with reads; 0 without a contrast.
    pub n_case: u32,
    /// Control samples with reads; 0 without a contrast.
    pub n_control: u32,
    /// Reads of both forms in the case samples; 0 without a contrast.
    pub reads_case: u64,
    /// Reads of both forms in the control samples; 0 without a contrast.
    pub reads_control: u64,
}

impl NdsRow {
    /// The point estimates alone, for a test that is not to stand.
    #[must_use]
    pub fn without_test(self) -> Self {
        Self { ci_low: None, ci_high: None, statistic: None, df: None, p_value: None, log10_p: None, ..self }
    }
}
