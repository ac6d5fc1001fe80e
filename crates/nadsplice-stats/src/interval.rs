//! Confidence intervals of a proportion and of the difference of two.

use crate::incomplete_beta::beta_quantile;

/// Jeffreys' interval of a proportion with `y` of `n` successes, at `confidence` in `(0, 1)`.
///
/// The equal-tailed interval of Beta(`y + 1/2`, `n - y + 1/2`), with the lower end 0 at `y = 0` and the upper end 1
/// at `y = n` (Brown et al. 2001, [doi:10.1214/ss/1009213286](https://doi.org/10.1214/ss/1009213286)).
/// `None` without trials: no reads are no estimate.
///
/// ```
/// use nadsplice_stats::interval::jeffreys;
///
/// assert_eq!(jeffreys(0, 0, 0.95), None);
/// assert_eq!(jeffreys(0, 20, 0.95).map(|(low, _)| low), Some(0.0));
/// ```
pub fn jeffreys(y: u32, n: u32, confidence: f64) -> Option<(f64, f64)> {
    if n == 0 || y > n {
        return None;
    }
    let (a, b) = (f64::from(y) + 0.5, f64::from(n - y) + 0.5);
    let tail = 0.5 * (1.0 - confidence);
    let low = if y == 0 { 0.0 } else { beta_quantile(tail, a, b) };
    // The upper quantile through the mirrored lower one, which keeps the digits of a small tail.
    let high = if y == n { 1.0 } else { 1.0 - beta_quantile(tail, b, a) };
    Some((low, high))
}

/// Wilson's score interval without continuity correction of a proportion `p` in `[0, 1]` from `n > 0` effective
/// trials, at the two-sided critical value `z` (Wilson 1927,
/// [doi:10.1080/01621459.1927.10502953](https://doi.org/10.1080/01621459.1927.10502953)).
pub fn wilson(p: f64, n: f64, z: f64) -> (f64, f64) {
    let z2 = z * z;
    let centre = (n * p + 0.5 * z2) / (n + z2);
    let half = z * (n * p * (1.0 - p) + 0.25 * z2).sqrt() / (n + z2);
    // The ends touch 0 and 1 exactly at p = 0 and p = 1; rounding must not push them beyond.
    ((centre - half).clamp(0.0, p), (centre + half).clamp(p, 1.0))
}

/// An estimate with its two-sided interval.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Estimate {
    /// The point.
    pub value: f64,
    /// The lower end, at most `value`.
    pub low: f64,
    /// The upper end, at least `value`.
    pub high: f64,
}

impl Estimate {
    /// The difference `self - other` of independent estimates: the method of variance estimates recovery
    /// (Newcombe 1998, [doi:10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I](
    /// https://doi.org/10.1002/(SICI)1097-0258(19980430)17:8<873::AID-SIM779>3.0.CO;2-I); Zou and Donner 2008,
    /// [doi:10.1002/sim.3095](https://doi.org/10.1002/sim.3095)).
    #[must_use]
    pub fn minus(self, other: Self) -> Self {
        self.minus_correlated(other, 0.0)
    }

    /// The same for estimates whose errors have the given correlation, in `[-1, 1]`.
    #[must_use]
    pub fn minus_correlated(self, other: Self, correlation: f64) -> Self {
        let value = self.value - other.value;
        let margin = |a: f64, b: f64| (a * a + b * b - 2.0 * correlation * a * b).max(0.0).sqrt();
        Self {
            value,
            low: value - margin(self.value - self.low, other.high - other.value),
            high: value + margin(self.high - self.value, other.value - other.low),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::{floats, output};
    use proptest::prelude::*;

    #[test]
    fn jeffreys_agrees_with_scipy() {
        let Some(want) = output("py_beta_ci") else { return };
        let want = floats(&want);
        let (low, high) = jeffreys(7, 20, 0.95).unwrap();
        assert!((low - want[0]).abs() < 1e-12 && (high - want[1]).abs() < 1e-12);
    }

    #[test]
    fn jeffreys_ends_touch_the_boundary_only_at_it() {
        assert_eq!(jeffreys(20, 20, 0.95).map(|(_, high)| high), Some(1.0));
        let (low, high) = jeffreys(1, 20, 0.95).unwrap();
        assert!(low > 0.0 && high < 1.0);
    }

    #[test]
    fn wilson_at_the_boundary_is_one_sided() {
        let (low, high) = wilson(0.0, 50.0, 1.96);
        assert!(low.abs() < f64::EPSILON);
        assert!((high - 1.96 * 1.96 / (50.0 + 1.96 * 1.96)).abs() < 1e-14);
    }

    #[test]
    fn shared_errors_cancel_and_opposed_ones_add() {
        let [a, b] = [0.5, 0.3].map(|value| Estimate { value, low: value - 0.1, high: value + 0.1 });
        let width = |correlation| {
            let difference = a.minus_correlated(b, correlation);
            difference.high - difference.low
        };
        assert!(width(1.0).abs() < 1e-7 && (width(-1.0) - 0.4).abs() < 1e-12);
        assert_eq!(a.minus(b), a.minus_correlated(b, 0.0));
    }

    proptest! {
        #[test]
        fn jeffreys_mirrors(n in 1..5000_u32, share in 0.0..=1.0_f64) {
            #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within 0..=n")]
            let y = (f64::from(n) * share) as u32;
            let (low, high) = jeffreys(y, n, 0.95).unwrap();
            let (mirror_low, mirror_high) = jeffreys(n - y, n, 0.95).unwrap();
            prop_assert!((low - (1.0 - mirror_high)).abs() < 1e-12 && (high - (1.0 - mirror_low)).abs() < 1e-12);
            let psi = f64::from(y) / f64::from(n);
            prop_assert!(low <= psi && psi <= high);
        }

        #[test]
        fn difference_changes_sign_with_the_order(p in 0.0..=1.0_f64, q in 0.0..=1.0_f64, n in 1.0..500.0_f64) {
            let estimate = |p: f64| {
                let (low, high) = wilson(p, n, 2.1);
                Estimate { value: p, low, high }
            };
            let (d, e) = (estimate(p).minus(estimate(q)), estimate(q).minus(estimate(p)));
            prop_assert_eq!((d.value, d.low, d.high), (-e.value, -e.high, -e.low));
            prop_assert!(d.low >= -1.0 - 1e-12 && d.high <= 1.0 + 1e-12);
        }
    }
}
