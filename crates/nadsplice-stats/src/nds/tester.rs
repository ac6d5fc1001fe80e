//! The beta-binomial test of one event, and its row.

use super::counts::EventCounts;
use super::design::Design;
use super::effect::{self, Effect, Spread};
use super::event::Event;
use super::fit::MeanFitter;
use super::mean::WeightedLogistic;
use super::posterior::RhoPosterior;
use super::prior::RhoPrior;
use super::profile::Profiler;
use super::row::{NdsRow, NdsStatus};
use super::small_counts::expected_ratio;
use crate::tails::ln_f_upper;

/// The smallest p-value that is given as such.
const MIN_P: f64 = 1e-300;

/// The outcome of a test.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Outcome {
    /// How counts spread.
    pub(crate) spread: Spread,
    /// The statistic, which over the number of tested columns is F-distributed.
    pub(crate) statistic: f64,
    /// Natural logarithm of the p-value.
    pub(crate) ln_p: f64,
    /// PSI of the groups; none without a contrast.
    pub(crate) effect: Option<Effect>,
}

impl Outcome {
    /// Refers the statistic to its F distribution and finds the effect. `None` where either fails.
    pub(crate) fn new(
        regression: &mut WeightedLogistic,
        event: &Event,
        design: &Design,
        statistic: f64,
        spread: Spread,
    ) -> Option<Self> {
        let tested = design.n_tested() as f64;
        let ln_p = ln_f_upper(statistic / tested, tested, spread.df);
        let effect = match design.contrast() {
            Some(contrast) if design.is_one_way() => Some(effect::pooled(event, design, contrast, spread)),
            Some(contrast) => Some(effect::standardised(regression, event, design, contrast, spread)?),
            None => None,
        };
        ln_p.is_finite().then_some(Self { spread, statistic, ln_p, effect })
    }

    /// The row of the event that is loaded, tested or not.
    pub(crate) fn row(
        outcome: Option<Self>,
        event: &Event,
        design: &Design,
        prior: &RhoPrior,
        status: NdsStatus,
    ) -> NdsRow {
        let status = if status == NdsStatus::Ok && outcome.is_none() { NdsStatus::Fit } else { status };
        let effect = outcome.as_ref().map_or_else(
            || {
                // Without a test there is still a point: reads weighted as the prior would have it.
                let rho = prior.ln_rho_at(event.mean_reads()).exp();
                let spread = Spread { rho, dispersion: 1.0, df: f64::INFINITY };
                design.contrast().map(|contrast| effect::pooled(event, design, contrast, spread))
            },
            |outcome| outcome.effect,
        );
        let (n_case, reads_case) = coverage(event, design, design.contrast().map(|c| c.case));
        let (n_control, reads_control) = coverage(event, design, design.contrast().map(|c| c.control));
        let delta = effect.and_then(|e| e.delta);
        let interval = outcome.and(delta);
        NdsRow {
            status,
            psi_case: effect.and_then(|e| e.psi_case),
            psi_control: effect.and_then(|e| e.psi_control),
            delta_psi: delta.map(|d| d.value),
            ci_low: interval.map(|d| d.low),
            ci_high: interval.map(|d| d.high),
            statistic: outcome.map(|o| o.statistic),
            df: outcome.map(|o| o.spread.df),
            p_value: outcome.map(|o| o.ln_p.exp().clamp(MIN_P, 1.0)),
            log10_p: outcome.map(|o| o.ln_p / std::f64::consts::LN_10),
            rho: outcome.map(|o| o.spread.rho),
            n_case,
            n_control,
            reads_case,
            reads_control,
        }
    }
}

/// Samples with reads and reads of a group.
fn coverage(event: &Event, design: &Design, group: Option<usize>) -> (u32, u64) {
    let members = event.samples.iter().zip(&event.n);
    members
        .filter(|(sample, _)| group.is_some() && design.group(**sample) == group)
        .fold((0, 0), |(samples, reads), (_, &n)| (samples + 1, reads + u64::from(n)))
}

/// Tests events one after the other; keeps its buffers.
#[derive(Debug, Default)]
pub(crate) struct Tester {
    event: Event,
    profiler: Profiler,
    fitter: MeanFitter,
    regression: WeightedLogistic,
    correct_small_counts: bool,
}

impl Tester {
    /// A tester that corrects the likelihood ratio of small counts, or leaves it as it is.
    pub(crate) fn new(correct_small_counts: bool) -> Self {
        Self { correct_small_counts, ..Self::default() }
    }

    /// The row of one event, tested where its status is [`NdsStatus::Ok`].
    pub(crate) fn row(
        &mut self,
        counts: &EventCounts<'_>,
        design: &Design,
        prior: &RhoPrior,
        event: usize,
        status: NdsStatus,
    ) -> NdsRow {
        self.event.load(counts, design, event);
        let outcome = if status == NdsStatus::Ok { self.test(design, prior) } else { None };
        Outcome::row(outcome, &self.event, design, prior, status)
    }

    fn test(&mut self, design: &Design, prior: &RhoPrior) -> Option<Outcome> {
        let profile = self.profiler.profile(&self.event)?;
        let RhoPosterior { rho, df } = RhoPosterior::new(&profile, prior, &self.event);
        let mut statistic = self.fitter.likelihood_ratio(&self.event, rho)?;
        if self.correct_small_counts {
            statistic /= expected_ratio(&self.event, design, self.fitter.null_eta(), rho);
        }
        let spread = Spread { rho, dispersion: 1.0, df };
        Outcome::new(&mut self.regression, &self.event, design, statistic, spread)
    }
}
