//! PSI of the groups, their difference and its interval.

use super::design::{Contrast, Design};
use super::event::Event;
use super::mean::{WeightedLogistic, WeightedShare, inverse_logit};
use crate::beta_binomial::read_weight;
use crate::interval::{Estimate, wilson};
use crate::linear::solve_lower;
use crate::tails::t_quantile;

/// Confidence of the interval, as the upper quantile of a two-sided 95% interval.
const UPPER_QUANTILE: f64 = 0.975;
/// Below this binomial variance the regression says nothing of how precise a mean is.
const MIN_VARIANCE: f64 = 1e-4;

/// PSI of a group on the scale of reads.
#[derive(Clone, Copy, Debug)]
struct GroupMean {
    /// Share of inclusion reads, in `[0, 1]`.
    share: f64,
    /// Effective number of reads behind it.
    reads: f64,
    /// The length offset that takes the share to PSI.
    offset: f64,
}

impl GroupMean {
    /// PSI: `share / (share + exp(offset) (1 - share))`.
    fn psi(self, share: f64) -> f64 {
        // Exactly 0 and 1 stay what they are.
        share / (share + self.offset.exp() * (1.0 - share))
    }

    fn estimate(self, critical: f64) -> Estimate {
        let (low, high) = wilson(self.share, self.reads, critical);
        Estimate { value: self.psi(self.share), low: self.psi(low), high: self.psi(high) }
    }
}

/// PSI of both groups of a contrast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Effect {
    /// PSI of the case group.
    pub(crate) psi_case: Option<f64>,
    /// PSI of the control group.
    pub(crate) psi_control: Option<f64>,
    /// Their difference with its interval; none where a group has no PSI.
    pub(crate) delta: Option<Estimate>,
}

impl Effect {
    fn new(case: Option<GroupMean>, control: Option<GroupMean>, correlation: f64, df: f64) -> Self {
        let critical = t_quantile(UPPER_QUANTILE, df);
        let [case, control] = [case, control].map(|mean| mean.map(|m| m.estimate(critical)));
        Self {
            psi_case: case.map(|e| e.value),
            psi_control: control.map(|e| e.value),
            delta: case.zip(control).map(|(case, control)| case.minus_correlated(control, correlation)),
        }
    }
}

/// How far counts spread around their means.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Spread {
    /// Correlation of two reads of one sample, which their weights allow for.
    pub(crate) rho: f64,
    /// Variance left over the weighted binomial one, 1 where `rho` is all.
    pub(crate) dispersion: f64,
    /// Degrees of freedom that this is known with.
    pub(crate) df: f64,
}

/// The effect from the pooled reads of each group, weighted for correlation.
///
/// Any groups with reads have one, tested or not.
pub(crate) fn pooled(event: &Event, design: &Design, contrast: Contrast, spread: Spread) -> Effect {
    let Spread { rho, dispersion, df } = spread;
    let mean = |group: usize| {
        let members = (0..event.len()).filter(|&i| design.group(event.samples[i]) == Some(group));
        let (mut share, mut offset, mut size) = (WeightedShare::default(), 0.0, 0.0);
        for i in members {
            share.add(event.y[i], event.n[i], rho);
            offset += event.offset[i];
            size += 1.0;
        }
        (size > 0.0).then(|| GroupMean {
            share: share.share(),
            reads: share.reads / dispersion,
            offset: offset / size,
        })
    };
    Effect::new(mean(contrast.case), mean(contrast.control), 0.0, df)
}

/// The effect with covariates: the mean prediction over all samples with reads, were they all in the one group or
/// all in the other, from the weighted logistic regression.
///
/// `None` where the regression cannot be fitted.
pub(crate) fn standardised(
    regression: &mut WeightedLogistic,
    event: &Event,
    design: &Design,
    contrast: Contrast,
    spread: Spread,
) -> Option<Effect> {
    let Spread { rho, dispersion, df } = spread;
    regression.fit(event, event.columns(), rho).then_some(())?;
    let offset = event.offset.iter().sum::<f64>() / event.len() as f64;
    let mean = |group: usize, prediction: &Prediction| {
        let binomial = prediction.share * (1.0 - prediction.share);
        let reads = if binomial < MIN_VARIANCE {
            let members = (0..event.len()).filter(|&i| design.group(event.samples[i]) == Some(group));
            members.map(|i| read_weight(event.n[i], rho) * f64::from(event.n[i])).sum()
        } else {
            binomial / prediction.covariance(prediction)
        };
        Some(GroupMean { share: prediction.share, reads: reads / dispersion, offset })
    };
    let case = Prediction::new(regression, event, design, contrast.case);
    let control = Prediction::new(regression, event, design, contrast.control);
    // Covariates that differ between the groups tie the two predictions together.
    let scale = (case.covariance(&case) * control.covariance(&control)).sqrt();
    let correlation = if scale > 0.0 { (case.covariance(&control) / scale).clamp(-1.0, 1.0) } else { 0.0 };
    let (case, control) = (mean(contrast.case, &case), mean(contrast.control, &control));
    Some(Effect::new(case, control, correlation, df))
}

/// The mean prediction over all samples with reads, were they all in one group.
#[derive(Clone, Debug)]
struct Prediction {
    /// The mean share of inclusion reads.
    share: f64,
    /// Its gradient by the coefficients, scaled so that inner products are covariances.
    error: Vec<f64>,
}

impl Prediction {
    fn new(regression: &WeightedLogistic, event: &Event, design: &Design, group: usize) -> Self {
        let columns = event.columns();
        let mut error = vec![0.0; columns];
        let mut row = vec![0.0; columns];
        let mut share = 0.0;
        for (i, own) in event.x.chunks_exact(columns).enumerate() {
            for (j, value) in row.iter_mut().enumerate() {
                *value = design.group_value(event.samples[i], group, event.kept[j]).unwrap_or(own[j]);
            }
            let eta: f64 = row.iter().zip(&regression.beta).map(|(x, b)| x * b).sum();
            let mu = inverse_logit(eta + event.offset[i]);
            share += mu;
            error.iter_mut().zip(&row).for_each(|(g, x)| *g += mu * (1.0 - mu) * x);
        }
        let size = event.len() as f64;
        for g in &mut error {
            *g /= size;
        }
        solve_lower(&regression.factor, columns, &mut error);
        Self { share: share / size, error }
    }

    /// The covariance of two predictions by the delta method.
    fn covariance(&self, other: &Self) -> f64 {
        self.error.iter().zip(&other.error).map(|(a, b)| a * b).sum()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nds::counts::{EventCounts, LengthOffsets};
    use crate::nds::design::Groups;

    const Y: [u32; 6] = [8, 11, 9, 30, 28, 35];
    const S: [u32; 6] = [32, 41, 36, 14, 12, 12];
    const CONTRAST: Contrast = Contrast { case: 1, control: 0 };

    fn spread(rho: f64, df: f64) -> Spread {
        Spread { rho, dispersion: 1.0, df }
    }

    fn load(design: &Design, offsets: LengthOffsets<'_>) -> Event {
        let counts = EventCounts::new(6, &Y, &S, offsets).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, design, 0));
        event
    }

    fn two_groups() -> Design {
        Design::two_groups(&[false, false, false, true, true, true]).unwrap()
    }

    #[test]
    fn length_offset_takes_shares_to_psi() {
        // Inclusion twice as long: a share of 2/3 is a PSI of 1/2.
        let mean = GroupMean { share: 2.0 / 3.0, reads: 10.0, offset: 2_f64.ln() };
        assert!((mean.psi(mean.share) - 0.5).abs() < 1e-15);
        assert!(mean.psi(0.0).abs() < 1e-300 && (mean.psi(1.0) - 1.0).abs() < 1e-300);
    }

    #[test]
    fn without_covariates_standardising_changes_no_point() {
        let design = two_groups();
        for offsets in [LengthOffsets::Equal, LengthOffsets::PerEvent(&[0.8])] {
            let event = load(&design, offsets);
            let pooled = pooled(&event, &design, CONTRAST, spread(0.02, 12.0));
            let mut regression = WeightedLogistic::default();
            let standard =
                standardised(&mut regression, &event, &design, CONTRAST, spread(0.02, 12.0)).unwrap();
            let (a, b) = (pooled.delta.unwrap(), standard.delta.unwrap());
            assert!((a.value - b.value).abs() < 1e-9);
            // With one mean a group the delta method gives back the weighted reads.
            assert!((a.low - b.low).abs() < 1e-6 && (a.high - b.high).abs() < 1e-6);
        }
    }

    #[test]
    fn balanced_covariate_moves_the_point_little() {
        let rows =
            vec![1.0, -1.0, 0.0, 1.0, 0.0, 0.0, 1.0, 1.0, 0.0, 1.0, -1.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 1.0];
        let groups = Groups {
            of_sample: vec![Some(0), Some(0), Some(0), Some(1), Some(1), Some(1)],
            columns: vec![2],
            contrast: Some(CONTRAST),
        };
        let design = Design::new(3, &rows, &[2], Some(groups)).unwrap();
        let event = load(&design, LengthOffsets::Equal);
        let effect =
            standardised(&mut WeightedLogistic::default(), &event, &design, CONTRAST, spread(0.01, 20.0))
                .unwrap();
        let delta = effect.delta.unwrap();
        assert!((delta.value - 0.505).abs() < 0.01, "{}", delta.value);
        assert!(delta.low < delta.value && delta.value < delta.high);
    }

    #[test]
    fn interaction_is_predicted_with_its_column_set_too() {
        // Intercept, batch, case, case in the second batch; the difference of cases is there in that batch alone.
        let row = |batch: f64, case: f64| [1.0, batch, case, batch * case];
        let samples =
            [(0.0, 0.0), (0.0, 0.0), (1.0, 0.0), (1.0, 0.0), (0.0, 1.0), (0.0, 1.0), (1.0, 1.0), (1.0, 1.0)];
        let rows: Vec<f64> = samples.iter().flat_map(|&(batch, case)| row(batch, case)).collect();
        let set = |case: f64| samples.iter().flat_map(|&(batch, _)| row(batch, case)).collect::<Vec<f64>>();
        let groups = Groups {
            of_sample: samples.iter().map(|&(_, case)| Some(usize::from(case > 0.5))).collect(),
            columns: vec![2],
            contrast: Some(CONTRAST),
        };
        let design = Design::new(4, &rows, &[2, 3], Some(groups)).unwrap();
        let design = design.with_members(&set(1.0), &set(0.0)).unwrap();
        let y = [10, 10, 10, 10, 10, 10, 30, 30];
        let skipping = y.map(|y| 40 - y);
        let counts = EventCounts::new(8, &y, &skipping, LengthOffsets::Equal).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, &design, 0));
        let mut regression = WeightedLogistic::default();
        let effect = standardised(&mut regression, &event, &design, CONTRAST, spread(0.01, 20.0)).unwrap();
        // Half of the samples change by a half.
        assert!((effect.delta.unwrap().value - 0.25).abs() < 1e-9);
    }

    #[test]
    fn group_without_reads_has_no_psi() {
        let design = two_groups();
        let counts =
            EventCounts::new(6, &[0, 0, 0, 3, 2, 1], &[0, 0, 0, 1, 2, 3], LengthOffsets::Equal).unwrap();
        let mut event = Event::default();
        event.load(&counts, &design, 0);
        let effect = pooled(&event, &design, CONTRAST, spread(0.02, 10.0));
        assert_eq!((effect.psi_control, effect.delta), (None, None));
        assert_eq!(effect.psi_case, Some(0.5));
    }
}
