//! Wallenius' noncentral hypergeometric distribution: overlap of a set with a biased draw.
//!
//! Items are drawn one after the other, those of the set with `odds` times the chance of the others. This is the
//! null distribution of a set whose members are more, or less, likely to be called for reasons that are not its
//! biology: genes with more events are called more often (Young et al. 2010,
//! [doi:10.1186/gb-2010-11-2-r14](https://doi.org/10.1186/gb-2010-11-2-r14); Fog 2008,
//! [doi:10.1080/03610910701790269](https://doi.org/10.1080/03610910701790269)).
//!
//! With `m1` items in the set, `m2` outside, `n` drawn and `D = odds (m1 - x) + m2 - (n - x)`,
//!
//! ```text
//! P(X = x) = C(m1, x) C(m2, n - x) D  ∫ (1 - e^(-odds v))^x (1 - e^(-v))^(n - x) e^(-D v) dv   over v > 0
//! ```
//!
//! The integrand is log-concave. In `s = ln v` it falls off exponentially on one side and faster on the other, so
//! that the trapezoidal rule converges faster than any power of its step.

use crate::hypergeometric::{Hypergeometric, ln_choose};

/// A biased draw of `drawn` items without replacement.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Wallenius {
    universe: u32,
    set_size: u32,
    drawn: u32,
    odds: f64,
}

impl Wallenius {
    /// A draw of `drawn` of `universe` items, of which `set_size` are in the set and have `odds > 0` times the
    /// weight of the others.
    ///
    /// `None` where the set is empty or everything, the draw is larger than the universe, or the odds are not a
    /// positive number: there is nothing to test then.
    ///
    /// ```
    /// use nadsplice_stats::wallenius::Wallenius;
    ///
    /// let overlap = Wallenius::new(12_000, 85, 600, 1.8).ok_or("nothing to test")?;
    /// assert!((overlap.mean() - 7.457).abs() < 1e-3);
    /// assert!((overlap.p_upper(11) - 0.1228).abs() < 1e-4);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn new(universe: u32, set_size: u32, drawn: u32, odds: f64) -> Option<Self> {
        let proper = set_size > 0 && set_size < universe && drawn <= universe;
        (proper && odds > 0.0 && odds.is_finite()).then_some(Self { universe, set_size, drawn, odds })
    }

    /// The smallest and the largest possible overlap.
    pub fn support(self) -> (u32, u32) {
        self.unbiased().map_or((0, 0), Hypergeometric::support)
    }

    /// `P(X = k)`.
    pub fn pmf(self, k: u32) -> f64 {
        self.ln_pmf(k).exp()
    }

    /// `P(X >= k)`.
    pub fn p_upper(self, k: u32) -> f64 {
        let (low, high) = self.support();
        if k <= low {
            return 1.0;
        }
        if k > high {
            return 0.0;
        }
        // The distribution is unimodal: from its centre outwards terms fall, and the tail that starts beyond the
        // centre is summed as it is, so that it keeps its digits.
        if f64::from(k) > self.centre() {
            self.sum(k..=high, |_| 1.0)
        } else {
            (1.0 - self.sum((low..k).rev(), |_| 1.0)).max(0.0)
        }
    }

    /// `P(X > k) + P(X = k) / 2`, the mid-P value, whose null mean is one half.
    pub fn p_mid(self, k: u32) -> f64 {
        (self.p_upper(k) - 0.5 * self.pmf(k)).max(0.0)
    }

    /// The expected overlap.
    pub fn mean(self) -> f64 {
        let (low, high) = self.support();
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "within the support")]
        let middle = (self.centre().round() as u32).clamp(low, high);
        let (mut mass, mut moment) = (0.0, 0.0);
        for weight in [|_: u32| 1.0, f64::from as fn(u32) -> f64] {
            let sum = self.sum(middle..=high, weight) + self.sum((low..middle).rev(), weight);
            (mass, moment) = (moment, sum);
        }
        // Divided by the mass, which is 1 but for rounding.
        moment / mass
    }

    fn unbiased(self) -> Option<Hypergeometric> {
        Hypergeometric::new(self.universe, self.set_size, self.drawn)
    }

    /// The sum of weighted probabilities in an order in which they end up falling, until the rest is negligible.
    fn sum(self, overlaps: impl Iterator<Item = u32>, weight: impl Fn(u32) -> f64) -> f64 {
        let (mut sum, mut last) = (0.0, f64::INFINITY);
        for k in overlaps {
            let term = weight(k) * self.pmf(k);
            sum += term;
            if sum > 0.0 && term < last && term <= sum * 1e-17 {
                break;
            }
            last = term;
        }
        sum
    }

    /// Wallenius' approximation to the mean: the overlap `m` with `(1 - m / m1)^(1 / odds) = 1 - (n - m) / m2`.
    fn centre(self) -> f64 {
        let [m1, m2] = [self.set_size, self.universe - self.set_size].map(f64::from);
        let drawn = f64::from(self.drawn);
        let excess = |m: f64| (1.0 - m / m1).max(0.0).powf(self.odds.recip()) - (1.0 - (drawn - m) / m2);
        let (low, high) = self.support();
        let (mut low, mut high) = (f64::from(low), f64::from(high));
        // The left side falls in m and the right side rises.
        for _ in 0..60 {
            let middle = 0.5 * (low + high);
            if excess(middle) > 0.0 {
                low = middle;
            } else {
                high = middle;
            }
        }
        0.5 * (low + high)
    }

    /// `ln P(X = k)`.
    fn ln_pmf(self, k: u32) -> f64 {
        let (low, high) = self.support();
        if k < low || k > high {
            return f64::NEG_INFINITY;
        }
        if low == high {
            return 0.0;
        }
        let outside = self.universe - self.set_size;
        let ways = ln_choose(self.set_size, k) + ln_choose(outside, self.drawn - k);
        let left = self.odds * f64::from(self.set_size - k) + f64::from(outside - (self.drawn - k));
        let integrand =
            Integrand { odds: self.odds, inside: f64::from(k), outside: f64::from(self.drawn - k), left };
        ways + left.ln() + integrand.ln_integral()
    }
}

/// `(1 - e^(-odds v))^inside (1 - e^(-v))^outside e^(-left v)`.
#[derive(Clone, Copy, Debug)]
struct Integrand {
    odds: f64,
    inside: f64,
    outside: f64,
    left: f64,
}

impl Integrand {
    /// The logarithm of the integrand over `s = ln v`, the Jacobian included.
    fn ln(self, s: f64) -> f64 {
        let v = s.exp();
        let power = |count: f64, rate: f64| {
            if count > 0.0 { count * (-(-rate * v).exp_m1()).ln() } else { 0.0 }
        };
        power(self.inside, self.odds) + power(self.outside, 1.0) - self.left * v + s
    }

    /// The first two derivatives of [`ln`](Self::ln).
    fn slopes(self, s: f64) -> (f64, f64) {
        let v = s.exp();
        let term = |count: f64, rate: f64| {
            // d/ds of count ln(1 - e^-u), u = rate v: count u / (e^u - 1)
            let u = rate * v;
            let ratio = if u > 700.0 { 0.0 } else { u / u.exp_m1() };
            (count * ratio, count * ratio * (1.0 - u - ratio))
        };
        let (a, b) = (term(self.inside, self.odds), term(self.outside, 1.0));
        (a.0 + b.0 - self.left * v + 1.0, a.1 + b.1 - self.left * v)
    }

    /// Where it is highest: the slope falls from positive to negative.
    fn mode(self) -> f64 {
        let (mut low, mut high) = (-60.0, 60.0);
        let mut s = ((self.inside + self.outside + 1.0) / self.left).ln().clamp(-50.0, 50.0);
        for _ in 0..100 {
            let (slope, curvature) = self.slopes(s);
            if slope > 0.0 {
                low = s;
            } else {
                high = s;
            }
            let step = slope / curvature;
            // Before the bracket is looked at: the last step may round to its very end.
            if step.abs() < 1e-6 {
                break;
            }
            let next = s - step;
            s = if next > low && next < high { next } else { 0.5 * (low + high) };
        }
        s
    }

    /// The logarithm of the integral.
    fn ln_integral(self) -> f64 {
        let mode = self.mode();
        let top = self.ln(mode);
        let width = (-self.slopes(mode).1).max(1e-12).sqrt().recip();
        let sum_at = |offset: f64, step: f64| {
            let mut sum = 0.0;
            for direction in [1.0, -1.0] {
                let mut s = mode + direction * offset;
                loop {
                    let term = (self.ln(s) - top).exp();
                    sum += term;
                    s += direction * step;
                    if term < 1e-18 {
                        break;
                    }
                }
            }
            sum
        };
        // Points of the coarsest grid: the mode itself and steps to either side.
        let mut step = 0.8 * width;
        let mut sum = 1.0 + sum_at(step, step);
        for _ in 0..12 {
            // The points halfway between, all at odd multiples of half a step.
            let refined = sum + sum_at(0.5 * step, step);
            let (coarse, fine) = (sum * step, refined * 0.5 * step);
            sum = refined;
            step *= 0.5;
            if (fine - coarse).abs() < 1e-13 * fine {
                break;
            }
        }
        top + (sum * step).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::{floats, input, output};
    use proptest::prelude::*;

    #[test]
    fn agrees_with_biased_urn_and_scipy() {
        for odds in [0.5, 1.0, 1.8, 3.0] {
            let overlap = Wallenius::new(12_000, 85, 600, odds).unwrap();
            let Some(want) = output(&format!("wallenius_od{odds}")) else { return };
            let close = |got: f64, want: &serde_json::Value, tolerance: f64| {
                let want = want.as_f64().unwrap();
                assert!((got / want - 1.0).abs() < tolerance, "{odds}: {got} against {want}");
            };
            // BiasedUrn's own precision is 1e-7; it shows where the odds are 1 and the answer is known.
            close(overlap.p_upper(11), &want["upper"], 2e-6);
            close(overlap.pmf(11), &want["pmf_k"], 2e-6);
            close(overlap.mean(), &want["mean"], 1e-8);
            close(overlap.p_upper(11), &output(&format!("py_wallenius_od{odds}")).unwrap(), 7e-7);
        }
    }

    #[test]
    fn small_case_agrees_at_every_overlap() {
        let (Some(given), Some(want)) = (input("wallenius_small"), output("wallenius_small")) else { return };
        assert_eq!((given["m1"].as_u64(), given["m2"].as_u64()), (Some(5), Some(10)));
        let overlap = Wallenius::new(15, 5, 6, 2.5).unwrap();
        for (k, (pmf, upper)) in floats(&want["pmf"]).into_iter().zip(floats(&want["upper"])).enumerate() {
            let k = u32::try_from(k).unwrap();
            assert!((overlap.pmf(k) - pmf).abs() < 1e-9);
            assert!((overlap.p_upper(k) - upper).abs() < 1e-9);
        }
    }

    #[test]
    fn two_draws_are_the_product_of_their_chances() {
        // Three in the set at weight 2, four outside: first and second draw written out.
        let overlap = Wallenius::new(7, 3, 2, 2.0).unwrap();
        assert!((overlap.pmf(2) - 6.0 / 10.0 * 4.0 / 8.0).abs() < 1e-13);
        assert!((overlap.pmf(0) - 4.0 / 10.0 * 3.0 / 9.0).abs() < 1e-13);
    }

    #[test]
    fn nothing_to_test_is_none() {
        assert_eq!(Wallenius::new(10, 0, 5, 2.0), None);
        assert_eq!(Wallenius::new(10, 10, 5, 2.0), None);
        assert_eq!(Wallenius::new(10, 5, 11, 2.0), None);
        assert_eq!(Wallenius::new(10, 5, 5, f64::NAN), None);
    }

    #[test]
    fn no_overlap_is_certain_from_above() {
        let overlap = Wallenius::new(100, 10, 20, 1.4).unwrap();
        assert!((overlap.p_upper(0) - 1.0).abs() < f64::EPSILON);
        assert!((overlap.p_mid(0) - (1.0 - 0.5 * overlap.pmf(0))).abs() < 1e-15);
        assert!(overlap.p_upper(11).abs() < f64::EPSILON);
    }

    #[test]
    fn far_tail_keeps_its_size() {
        let tail = Wallenius::new(12_000, 400, 600, 1.5).unwrap().p_upper(300);
        assert!(tail > 0.0 && tail < 1e-200, "{tail}");
    }

    /// Universe, set size and draw that go together.
    fn draws(universe: u32, largest_set: u32) -> impl Strategy<Value = (u32, u32, u32)> {
        (2..universe).prop_flat_map(move |u| (Just(u), 1..u.min(largest_set), 0..=u))
    }

    proptest! {
        #[test]
        fn equal_odds_are_the_hypergeometric((universe, set, drawn) in draws(4000, 500)) {
            let biased = Wallenius::new(universe, set, drawn, 1.0).unwrap();
            let plain = Hypergeometric::new(universe, set, drawn).unwrap();
            prop_assert!((biased.mean() - plain.expected()).abs() <= 1e-10 * plain.expected());
            let (low, high) = plain.support();
            for k in low..=high.min(low + 40) {
                let (got, want) = (biased.p_upper(k), plain.upper_tail(k));
                prop_assert!((got - want).abs() <= 1e-10 * want, "{} {} {}", k, got, want);
            }
        }

        #[test]
        fn probabilities_add_up((universe, set, drawn) in draws(200, 100), log_odds in -3.0..3.0_f64) {
            let overlap = Wallenius::new(universe, set, drawn, log_odds.exp()).unwrap();
            let (low, high) = overlap.support();
            let sum: f64 = (low..=high).map(|k| overlap.pmf(k)).sum();
            prop_assert!((sum - 1.0).abs() < 1e-10, "{}", sum);
        }
    }
}
