//! The differential test: a beta-binomial generalised linear model with shrunken overdispersion.
//!
//! # Model
//!
//! Of `n` reads of an event in a sample, `y` support inclusion. `y` is beta-binomial with mean `p` and correlation
//! `rho` of two reads of one sample; `logit p = X beta + o`, where `o = ln(inclusion length / skipping length)`, so
//! that `X beta` is the logit of PSI. Tested is whether the coefficients of the tested columns are 0.
//!
//! # Steps
//!
//! 1. Events are filtered without looking at the groups ([`Filters`]).
//! 2. The adjusted profile likelihood (Cox and Reid 1987,
//!    [doi:10.1111/j.2517-6161.1987.tb01422.x](https://doi.org/10.1111/j.2517-6161.1987.tb01422.x)) of `rho` is
//!    computed on a logarithmic grid. Where fewer than 60% of the samples are left after the means, a Gaussian
//!    pseudo-likelihood takes its place, since the profile is then biased towards no overdispersion.
//! 3. A log-normal prior of `rho`, whose mean may follow coverage, is fitted to all events by empirical Bayes
//!    ([`RhoPrior`]).
//! 4. Each event takes the mode of its posterior as `rho`, and the Satterthwaite degrees of freedom that the
//!    posterior of its variance inflation is worth.
//! 5. With `rho` held, the likelihood ratio of the model with and without the tested columns, divided by their
//!    number, is referred to an F distribution with those degrees of freedom. A chi-squared reference is too liberal
//!    with few samples. Where a group has fewer than 5 expected reads of the rarer form, the ratio is first divided
//!    by its expectation without a difference (Lawley 1956), or discreteness would make it liberal.
//! 6. PSI of the groups are weighted shares, or standardised predictions with covariates; the interval of their
//!    difference combines Wilson intervals of effective reads ([`crate::interval`]).
//!
//! No random numbers are used, and the result does not depend on the number of threads.

mod counts;
mod design;
mod diagnostics;
mod effect;
mod event;
mod filters;
mod fit;
mod grid;
mod mean;
mod posterior;
mod prior;
mod profile;
mod quasi;
mod row;
mod small_counts;
mod tester;

pub use counts::{CountsError, EventCounts, LengthOffsets, length_offset};
pub use design::{Contrast, Design, DesignError, Groups};
pub use diagnostics::Diagnostics;
pub use filters::Filters;
pub use prior::{PriorKnot, PriorSource, RhoPrior};
pub use quasi::test_events_quasi;
pub use row::{NdsRow, NdsStatus};

use event::Event;
use prior::Profiled;
use profile::Profiler;
use rayon::prelude::*;
use tester::Tester;

/// More events than this teach the prior nothing new; every so manieth is taken.
const MAX_PRIOR_EVENTS: usize = 8000;

/// How to test.
#[derive(Clone, Debug, PartialEq)]
pub struct NdsOptions {
    /// Which events are worth a test.
    pub filters: Filters,
    /// The prior of the correlation; estimated from the events when `None`.
    pub prior: Option<RhoPrior>,
    /// Whether the likelihood ratio is corrected where a group has fewer than 5 expected reads of the rarer form.
    pub correct_small_counts: bool,
}

impl Default for NdsOptions {
    /// Default filters, a prior learnt from the events, small counts corrected.
    fn default() -> Self {
        Self { filters: Filters::default(), prior: None, correct_small_counts: true }
    }
}

/// What a reader of the results should know.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum NdsWarning {
    /// Too few events to learn the prior of the correlation from; a fixed one was used.
    FixedPrior {
        /// Events that passed the filters.
        events: usize,
    },
}

impl std::fmt::Display for NdsWarning {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::FixedPrior { events } => {
                let least = prior::MIN_EVENTS;
                write!(
                    f,
                    "dispersion prior fixed: {events} events passed the filters, {least} needed to learn it"
                )
            }
        }
    }
}

/// The tests of all events.
#[derive(Clone, Debug, PartialEq)]
pub struct NdsResult {
    /// One row an event, in the order of the counts.
    pub rows: Vec<NdsRow>,
    /// The prior that was used.
    pub prior: RhoPrior,
    /// What a reader should know.
    pub warnings: Vec<NdsWarning>,
}

/// Tests every event for a difference in PSI.
///
/// Errors when counts and design differ in their number of samples.
///
/// ```
/// use nadsplice_stats::{Design, EventCounts, LengthOffsets, NdsOptions, test_events};
///
/// let design = Design::two_groups(&[false, false, false, true, true, true])?;
/// // One event; inclusion twice as long as skipping.
/// let offset = [2_f64.ln()];
/// let counts = EventCounts::new(
///     6,
///     &[8, 11, 9, 30, 28, 35],
///     &[32, 41, 36, 14, 12, 12],
///     LengthOffsets::PerEvent(&offset),
/// )?;
/// let result = test_events(&counts, &design, &NdsOptions::default())?;
/// assert!(result.rows[0].p_value.is_some_and(|p| p < 1e-6));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn test_events(
    counts: &EventCounts<'_>,
    design: &Design,
    options: &NdsOptions,
) -> Result<NdsResult, CountsError> {
    let Prepared { statuses, prior, warnings } = Prepared::new(counts, design, options)?;
    let rows = statuses
        .par_iter()
        .enumerate()
        .map_init(
            || Tester::new(options.correct_small_counts),
            |tester, (e, &status)| tester.row(counts, design, &prior, e, status),
        )
        .collect();
    Ok(NdsResult { rows, prior, warnings })
}

/// What is known of all events before any is tested.
struct Prepared {
    statuses: Vec<NdsStatus>,
    prior: RhoPrior,
    warnings: Vec<NdsWarning>,
}

impl Prepared {
    fn new(counts: &EventCounts<'_>, design: &Design, options: &NdsOptions) -> Result<Self, CountsError> {
        if counts.n_samples() != design.n_samples() {
            return Err(CountsError::Samples { counts: counts.n_samples(), design: design.n_samples() });
        }
        let statuses: Vec<NdsStatus> = (0..counts.n_events())
            .into_par_iter()
            .map_init(Event::default, |event, e| {
                let identified = event.load(counts, design, e);
                match options.filters.judge(event, design) {
                    NdsStatus::Ok if !identified => NdsStatus::Rank,
                    status => status,
                }
            })
            .collect();
        let mut warnings = Vec::new();
        let prior = options.prior.clone().unwrap_or_else(|| {
            let passed: Vec<usize> = (0..statuses.len()).filter(|&e| statuses[e] == NdsStatus::Ok).collect();
            estimate_prior(counts, design, &passed).unwrap_or_else(|| {
                warnings.push(NdsWarning::FixedPrior { events: passed.len() });
                RhoPrior::uninformed()
            })
        });
        Ok(Self { statuses, prior, warnings })
    }
}

/// Fits the prior to a regular sample of the events that passed.
fn estimate_prior(counts: &EventCounts<'_>, design: &Design, passed: &[usize]) -> Option<RhoPrior> {
    let stride = passed.len().div_ceil(MAX_PRIOR_EVENTS).max(1);
    let profiled: Vec<Option<Profiled>> = passed
        .par_iter()
        .step_by(stride)
        .map_init(<(Event, Profiler)>::default, |(event, profiler), &e| {
            event.load(counts, design, e);
            let profile = profiler.profile(event)?;
            Some(Profiled { mean_reads: event.mean_reads(), profile })
        })
        .collect();
    RhoPrior::estimate(&profiled.into_iter().flatten().collect::<Vec<_>>())
}

#[cfg(test)]
mod tests;
