//! The quasi-likelihood test: a second engine that shares nothing with the first but the means.
//!
//! Reads are weighted `1 / (1 + (n - 1) rho)` with the correlation common to events of their coverage, so that
//! unequal coverage gets its due; what spread is left is one Pearson dispersion an event, squeezed towards the common
//! one, and the difference of deviances over it is referred to F. Needs no gamma functions. In simulations it loses a
//! little power, and with strongly overdispersed events of uneven coverage 5.5 to 6.1% of null events fall below 0.05.

use super::counts::{CountsError, EventCounts};
use super::design::Design;
use super::effect::Spread;
use super::event::Event;
use super::mean::{WeightedLogistic, inverse_logit, two_shares};
use super::prior::RhoPrior;
use super::row::NdsStatus;
use super::tester::Outcome;
use super::{NdsOptions, NdsResult, Prepared};
use crate::beta_binomial::read_weight;
use crate::empirical_bayes::squeeze_variances;
use crate::linear::independent_columns;
use rayon::prelude::*;

/// The largest common correlation.
const MAX_RHO: f64 = 0.6;
/// Expected reads of the rarer form below which a sample says nothing about spread.
const MIN_EXPECTED: f64 = 0.5;

/// Tests every event for a difference in PSI by weighted quasi-binomial regression.
///
/// The same events are tested as by [`test_events`](super::test_events), and the rows mean the same; use it to
/// cross-check the default test. Errors when counts and design differ in their number of samples.
pub fn test_events_quasi(
    counts: &EventCounts<'_>,
    design: &Design,
    options: &NdsOptions,
) -> Result<NdsResult, CountsError> {
    let Prepared { statuses, prior, warnings } = Prepared::new(counts, design, options)?;
    let fits: Vec<Option<QuasiFit>> = statuses
        .par_iter()
        .enumerate()
        .map_init(<(Event, WeightedLogistic)>::default, |(event, regression), (e, &status)| {
            (status == NdsStatus::Ok).then_some(())?;
            event.load(counts, design, e);
            QuasiFit::new(regression, event, common_rho(&prior, event.mean_reads()))
        })
        .collect();
    let fitted: Vec<&QuasiFit> = fits.iter().flatten().collect();
    let degrees: Vec<f64> = fitted.iter().map(|fit| fit.df).collect();
    let squeezed =
        squeeze_variances(&fitted.iter().map(|fit| fit.pearson / fit.df).collect::<Vec<_>>(), &degrees);
    let all_degrees: f64 = degrees.iter().sum();
    let mut dispersions = squeezed.posterior.into_iter();
    let fits: Vec<Option<(QuasiFit, f64)>> =
        fits.iter().map(|fit| fit.and_then(|fit| dispersions.next().map(|d| (fit, d)))).collect();
    let rows = statuses
        .par_iter()
        .enumerate()
        .map_init(<(Event, WeightedLogistic)>::default, |(event, regression), (e, &status)| {
            event.load(counts, design, e);
            let outcome = fits[e].and_then(|(fit, dispersion)| {
                let df = (fit.df + squeezed.df_prior).min(all_degrees);
                let spread = Spread { rho: fit.rho, dispersion, df };
                let statistic = (fit.null_deviance - fit.deviance).max(0.0) / dispersion;
                Outcome::new(regression, event, design, statistic, spread)
            });
            Outcome::row(outcome, event, design, &prior, status)
        })
        .collect();
    Ok(NdsResult { rows, prior, warnings })
}

/// The correlation common to events of one coverage: the mean of the prior, since variance is linear in correlation.
fn common_rho(prior: &RhoPrior, mean_reads: f64) -> f64 {
    (prior.ln_rho_at(mean_reads) + 0.5 * prior.tau().powi(2)).exp().min(MAX_RHO)
}

/// The weighted quasi-binomial fit of one event.
#[derive(Clone, Copy, Debug)]
struct QuasiFit {
    rho: f64,
    deviance: f64,
    null_deviance: f64,
    /// Pearson's statistic of the full model.
    pearson: f64,
    /// Samples that can show spread less the columns that they determine.
    df: f64,
}

impl QuasiFit {
    /// `None` where a model cannot be fitted or there are no more samples than columns.
    fn new(regression: &mut WeightedLogistic, event: &Event, rho: f64) -> Option<Self> {
        (event.len() > event.columns()).then_some(())?;
        let means: Vec<f64> = if let Some(mean_of) = &event.mean_of {
            let shares = two_shares(event, mean_of, rho);
            mean_of.iter().map(|&group| shares[group]).collect()
        } else {
            regression.fit(event, event.columns(), rho).then_some(())?;
            regression.eta.iter().map(|&eta| inverse_logit(eta)).collect()
        };
        let (deviance, pearson) = discrepancy(event, &means, rho);
        let df = residual_df(event, &means);
        regression.fit(event, event.null_columns, rho).then_some(())?;
        let null_means: Vec<f64> = regression.eta.iter().map(|&eta| inverse_logit(eta)).collect();
        let (null_deviance, _) = discrepancy(event, &null_means, rho);
        let finite = deviance.is_finite() && null_deviance.is_finite() && pearson.is_finite();
        finite.then_some(Self { rho, deviance, null_deviance, pearson, df })
    }
}

/// Whether a sample with this many reads can show spread about its mean: where next to none of the rarer form are
/// expected, none are seen, however much samples differ.
fn shows_spread(n: u32, mu: f64) -> bool {
    f64::from(n) * mu.min(1.0 - mu) >= MIN_EXPECTED
}

/// Samples that can show spread less the columns that they determine.
fn residual_df(event: &Event, means: &[f64]) -> f64 {
    let columns = event.columns();
    let used = || (0..event.len()).filter(|&i| shows_spread(event.n[i], means[i]));
    let samples = used().count();
    if samples == event.len() {
        return (samples - columns) as f64;
    }
    let rows: Vec<f64> =
        used().flat_map(|i| event.x[i * columns..(i + 1) * columns].iter().copied()).collect();
    (samples - independent_columns(&rows, columns).len()) as f64
}

/// Weighted deviance, and Pearson's statistic of the samples that can show spread.
fn discrepancy(event: &Event, means: &[f64], rho: f64) -> (f64, f64) {
    let (mut deviance, mut pearson) = (0.0, 0.0);
    for (i, &mu) in means.iter().enumerate() {
        let weight = read_weight(event.n[i], rho);
        let (y, n) = (f64::from(event.y[i]), f64::from(event.n[i]));
        let entropy =
            |count: f64, expected: f64| if count > 0.0 { count * (count / expected).ln() } else { 0.0 };
        deviance += 2.0 * weight * (entropy(y, n * mu) + entropy(n - y, n * (1.0 - mu)));
        if shows_spread(event.n[i], mu) {
            pearson += weight * (y - n * mu).powi(2) / (n * mu * (1.0 - mu));
        }
    }
    (deviance, pearson)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nds::counts::LengthOffsets;
    use crate::test_vectors::{counts as count_values, floats, input, output};

    fn load(design: &Design, y: &[u32], n: &[u32]) -> Event {
        let s: Vec<u32> = y.iter().zip(n).map(|(y, n)| n - y).collect();
        let counts = EventCounts::new(y.len(), y, &s, LengthOffsets::Equal).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, design, 0));
        event
    }

    #[test]
    fn weighted_fit_agrees_with_glm() {
        let (Some(given), Some(want)) = (input("weighted_qbb_glm"), output("weighted_qbb_glm")) else {
            return;
        };
        let (y, n) = (count_values(&given["y"]), count_values(&given["m"]));
        let rows: Vec<f64> = floats(&given["g"])
            .into_iter()
            .zip(floats(&given["age"]))
            .flat_map(|(g, age)| [1.0, age, g])
            .collect();
        let design = Design::new(3, &rows, &[2], None).unwrap();
        let event = load(&design, &y, &n);
        let mut regression = WeightedLogistic::default();
        let fit = QuasiFit::new(&mut regression, &event, given["rho"].as_f64().unwrap()).unwrap();
        let close = |got: f64, field: &str| {
            let want = want[field].as_f64().unwrap();
            assert!((got / want - 1.0).abs() < 1e-7, "{field}: {got} against {want}");
        };
        close(fit.deviance, "dev1");
        close(fit.null_deviance, "dev0");
        close(fit.pearson / fit.df, "pearson_phi");
        close(fit.df, "df");
        assert!(regression.fit(&event, 3, given["rho"].as_f64().unwrap()));
        let coefficients = floats(&want["coef"]);
        for (got, want) in regression.beta.iter().zip([coefficients[0], coefficients[2], coefficients[1]]) {
            assert!((got / want - 1.0).abs() < 1e-6);
        }
    }

    #[test]
    fn unweighted_fit_agrees_with_glm() {
        let (Some(given), Some(want)) = (input("quasibinomial_glm"), output("quasibinomial_glm")) else {
            return;
        };
        let design = Design::two_groups(&[false, false, false, false, true, true, true, true]).unwrap();
        let event = load(&design, &count_values(&given["y"]), &count_values(&given["m"]));
        let fit = QuasiFit::new(&mut WeightedLogistic::default(), &event, 0.0).unwrap();
        assert!((fit.deviance - want["dev1"].as_f64().unwrap()).abs() < 1e-7);
        assert!((fit.null_deviance - want["dev0"].as_f64().unwrap()).abs() < 1e-7);
        assert!((fit.pearson / fit.df - want["dispersion"].as_f64().unwrap()).abs() < 1e-7);
    }

    #[test]
    fn as_many_means_as_samples_leave_no_spread() {
        let design = Design::two_groups(&[false, true]).unwrap();
        let event = load(&design, &[1, 5], &[10, 10]);
        assert!(QuasiFit::new(&mut WeightedLogistic::default(), &event, 0.02).is_none());
    }
}
