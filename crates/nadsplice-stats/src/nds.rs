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
//!    with few samples.
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
mod row;

pub use counts::{CountsError, EventCounts, LengthOffsets};
pub use design::{Contrast, Design, DesignError, Groups};
pub use diagnostics::Diagnostics;
pub use filters::Filters;
pub use prior::{PriorKnot, PriorSource, RhoPrior};
pub use row::{NdsRow, NdsStatus};

use crate::tails::ln_f_upper;
use effect::Effect;
use event::Event;
use fit::MeanFitter;
use mean::WeightedLogistic;
use posterior::RhoPosterior;
use prior::Profiled;
use profile::Profiler;
use rayon::prelude::*;

/// More events than this teach the prior nothing new; every so manieth is taken.
const MAX_PRIOR_EVENTS: usize = 8000;
/// The smallest p-value that is given as such.
const MIN_P: f64 = 1e-300;

/// How to test.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct NdsOptions {
    /// Which events are worth a test.
    pub filters: Filters,
    /// The prior of the correlation; estimated from the events when `None`.
    pub prior: Option<RhoPrior>,
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
    if counts.n_samples() != design.n_samples() {
        return Err(CountsError::Samples { counts: counts.n_samples(), design: design.n_samples() });
    }
    let statuses: Vec<NdsStatus> = (0..counts.n_events())
        .into_par_iter()
        .map_init(Tester::default, |tester, e| tester.judge(counts, design, options, e))
        .collect();
    let mut warnings = Vec::new();
    let prior = options.prior.clone().unwrap_or_else(|| {
        let passed: Vec<usize> = (0..statuses.len()).filter(|&e| statuses[e] == NdsStatus::Ok).collect();
        estimate_prior(counts, design, &passed).unwrap_or_else(|| {
            warnings.push(NdsWarning::FixedPrior { events: passed.len() });
            RhoPrior::uninformed()
        })
    });
    let rows = statuses
        .par_iter()
        .enumerate()
        .map_init(Tester::default, |tester, (e, &status)| tester.row(counts, design, &prior, e, status))
        .collect();
    Ok(NdsResult { rows, prior, warnings })
}

/// Fits the prior to a regular sample of the events that passed.
fn estimate_prior(counts: &EventCounts<'_>, design: &Design, passed: &[usize]) -> Option<RhoPrior> {
    let stride = passed.len().div_ceil(MAX_PRIOR_EVENTS).max(1);
    let profiled: Vec<Option<Profiled>> = passed
        .par_iter()
        .step_by(stride)
        .map_init(Tester::default, |tester, &e| {
            tester.event.load(counts, design, e);
            let profile = tester.profiler.profile(&tester.event)?;
            Some(Profiled { mean_reads: tester.event.mean_reads(), profile })
        })
        .collect();
    RhoPrior::estimate(&profiled.into_iter().flatten().collect::<Vec<_>>())
}

/// The test of one event.
#[derive(Clone, Copy, Debug)]
struct Tested {
    posterior: RhoPosterior,
    statistic: f64,
    ln_p: f64,
    effect: Option<Effect>,
}

/// Tests events one after the other; keeps its buffers.
#[derive(Debug, Default)]
struct Tester {
    event: Event,
    profiler: Profiler,
    fitter: MeanFitter,
    regression: WeightedLogistic,
}

impl Tester {
    fn judge(
        &mut self,
        counts: &EventCounts<'_>,
        design: &Design,
        options: &NdsOptions,
        event: usize,
    ) -> NdsStatus {
        let identified = self.event.load(counts, design, event);
        match options.filters.judge(&self.event, design) {
            NdsStatus::Ok if !identified => NdsStatus::Rank,
            status => status,
        }
    }

    fn row(
        &mut self,
        counts: &EventCounts<'_>,
        design: &Design,
        prior: &RhoPrior,
        event: usize,
        status: NdsStatus,
    ) -> NdsRow {
        self.event.load(counts, design, event);
        let tested = if status == NdsStatus::Ok { self.test(design, prior) } else { None };
        let status = if status == NdsStatus::Ok && tested.is_none() { NdsStatus::Fit } else { status };
        let effect = tested.as_ref().map_or_else(
            || {
                // Without a test there is still a point: reads weighted as the prior would have it.
                let rho = prior.ln_rho_at(self.event.mean_reads()).exp();
                design.contrast().map(|c| effect::pooled(&self.event, design, c, rho, f64::INFINITY))
            },
            |tested| tested.effect,
        );
        let (n_case, reads_case) = self.coverage(design, design.contrast().map(|c| c.case));
        let (n_control, reads_control) = self.coverage(design, design.contrast().map(|c| c.control));
        let delta = effect.and_then(|e| e.delta);
        let interval = tested.and(delta);
        NdsRow {
            status,
            psi_case: effect.and_then(|e| e.psi_case),
            psi_control: effect.and_then(|e| e.psi_control),
            delta_psi: delta.map(|d| d.value),
            ci_low: interval.map(|d| d.low),
            ci_high: interval.map(|d| d.high),
            statistic: tested.map(|t| t.statistic),
            df: tested.map(|t| t.posterior.df),
            p_value: tested.map(|t| t.ln_p.exp().clamp(MIN_P, 1.0)),
            log10_p: tested.map(|t| t.ln_p / std::f64::consts::LN_10),
            rho: tested.map(|t| t.posterior.rho),
            n_case,
            n_control,
            reads_case,
            reads_control,
        }
    }

    /// Tests the event that is loaded. `None` where the model cannot be fitted.
    fn test(&mut self, design: &Design, prior: &RhoPrior) -> Option<Tested> {
        let event = &self.event;
        let profile = self.profiler.profile(event)?;
        let posterior = RhoPosterior::new(&profile, prior, event);
        let RhoPosterior { rho, df } = posterior;
        let statistic = self.fitter.likelihood_ratio(event, rho)?;
        let tested = design.n_tested() as f64;
        let ln_p = ln_f_upper(statistic / tested, tested, df);
        let effect = match design.contrast() {
            Some(c) if design.is_one_way() => Some(effect::pooled(event, design, c, rho, df)),
            Some(c) => Some(effect::standardised(&mut self.regression, event, design, c, rho, df)?),
            None => None,
        };
        ln_p.is_finite().then_some(Tested { posterior, statistic, ln_p, effect })
    }

    /// Samples with reads and reads of a group.
    fn coverage(&self, design: &Design, group: Option<usize>) -> (u32, u64) {
        let members = self.event.samples.iter().zip(&self.event.n);
        members
            .filter(|(sample, _)| group.is_some() && design.group(**sample) == group)
            .fold((0, 0), |(samples, reads), (_, &n)| (samples + 1, reads + u64::from(n)))
    }
}

#[cfg(test)]
mod tests;
