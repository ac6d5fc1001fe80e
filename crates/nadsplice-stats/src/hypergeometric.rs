//! The hypergeometric distribution: overlap of a set with a random draw.

use crate::special::ln_gamma_delta;

/// A draw of `drawn` items without replacement from `universe` items, of which `set_size` belong to the set.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Hypergeometric {
    universe: u32,
    set_size: u32,
    drawn: u32,
}

impl Hypergeometric {
    /// `None` where the set or the draw is larger than the universe.
    ///
    /// ```
    /// use nadsplice_stats::hypergeometric::Hypergeometric;
    ///
    /// let overlap = Hypergeometric::new(12_000, 85, 600).ok_or("set beyond the universe")?;
    /// assert!((overlap.expected() - 4.25).abs() < 1e-12);
    /// assert!(overlap.upper_tail(11) < 0.0033);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn new(universe: u32, set_size: u32, drawn: u32) -> Option<Self> {
        (set_size <= universe && drawn <= universe).then_some(Self { universe, set_size, drawn })
    }

    /// The smallest and the largest possible overlap.
    pub fn support(self) -> (u32, u32) {
        ((self.drawn + self.set_size).saturating_sub(self.universe), self.drawn.min(self.set_size))
    }

    /// The mean overlap; 0 of an empty universe.
    pub fn expected(self) -> f64 {
        if self.universe == 0 {
            return 0.0;
        }
        f64::from(self.set_size) * f64::from(self.drawn) / f64::from(self.universe)
    }

    /// `ln P(X = k)`.
    pub fn ln_pmf(self, k: u32) -> f64 {
        let (low, high) = self.support();
        if k < low || k > high {
            return f64::NEG_INFINITY;
        }
        let rest = self.universe - self.set_size;
        ln_choose(self.set_size, k) + ln_choose(rest, self.drawn - k) - ln_choose(self.universe, self.drawn)
    }

    /// `ln P(X >= k)`.
    pub fn ln_upper_tail(self, k: u32) -> f64 {
        let (low, high) = self.support();
        if k <= low {
            return 0.0;
        }
        if k > high {
            return f64::NEG_INFINITY;
        }
        if f64::from(k) > self.expected() {
            self.ln_pmf(k) + self.sum_relative(k, Self::ratio_up).ln()
        } else {
            // Left of the mean the lower tail is the one with digits.
            let lower = (self.ln_pmf(k - 1) + self.sum_relative(k - 1, Self::ratio_down).ln()).exp();
            (-lower).ln_1p()
        }
    }

    /// `P(X >= k)`.
    pub fn upper_tail(self, k: u32) -> f64 {
        self.ln_upper_tail(k).exp()
    }

    /// `P(X > k) + P(X = k) / 2`, the mid-P value, whose null mean is one half.
    pub fn mid_p(self, k: u32) -> f64 {
        self.upper_tail(k) - 0.5 * self.ln_pmf(k).exp()
    }

    /// `P(X = k + 1) / P(X = k)` and `k + 1`, or none at the top.
    fn ratio_up(self, k: u32) -> Option<(f64, u32)> {
        let ways = f64::from(self.set_size - k) * f64::from(self.drawn - k);
        // Added before it is subtracted: universe - set_size - drawn alone may be negative.
        let left_out = f64::from(self.universe - self.set_size) - f64::from(self.drawn) + f64::from(k) + 1.0;
        (ways > 0.0).then(|| (ways / (f64::from(k) + 1.0) / left_out, k + 1))
    }

    /// `P(X = k - 1) / P(X = k)` and `k - 1`, or none at the bottom.
    fn ratio_down(self, k: u32) -> Option<(f64, u32)> {
        let below = k.checked_sub(1)?;
        (below >= self.support().0).then_some(())?;
        self.ratio_up(below).map(|(ratio, _)| (ratio.recip(), below))
    }

    /// The probabilities from `k` on in one direction, relative to that of `k`.
    fn sum_relative(self, k: u32, next: impl Fn(Self, u32) -> Option<(f64, u32)>) -> f64 {
        let (mut term, mut sum, mut at) = (1.0, 1.0, k);
        while let Some((ratio, neighbour)) = next(self, at) {
            term *= ratio;
            if term < sum * 1e-18 {
                break;
            }
            sum += term;
            at = neighbour;
        }
        sum
    }
}

/// `ln (n over k)` for `k <= n`.
pub(crate) fn ln_choose(n: u32, k: u32) -> f64 {
    let k = k.min(n - k);
    ln_gamma_delta(f64::from(n - k) + 1.0, f64::from(k)) - ln_gamma_delta(1.0, f64::from(k))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::output;
    use proptest::prelude::*;

    #[test]
    fn agrees_with_r_and_scipy() {
        let overlap = Hypergeometric::new(12_000, 85, 600).unwrap();
        let Some(want) = output("hypergeom") else { return };
        let close = |got: f64, field: &str| {
            let want = want[field].as_f64().unwrap();
            assert!((got / want - 1.0).abs() < 1e-10, "{field}: {got} against {want}");
        };
        close(overlap.upper_tail(11), "upper");
        close(overlap.mid_p(11), "midp");
        close(overlap.ln_upper_tail(11), "log_upper");
        close(overlap.upper_tail(0), "k0");
        let want = output("py_hypergeom").unwrap().as_f64().unwrap();
        assert!((overlap.upper_tail(11) / want - 1.0).abs() < 1e-10);
    }

    #[test]
    fn far_tail_is_a_number() {
        let all = Hypergeometric::new(20_000, 500, 500).unwrap();
        assert!(all.ln_upper_tail(500) < -2000.0 && all.ln_upper_tail(500).is_finite());
        assert!(all.ln_upper_tail(501).is_infinite());
    }

    #[test]
    fn impossible_draws_are_refused() {
        assert_eq!(Hypergeometric::new(10, 11, 5), None);
        assert_eq!(Hypergeometric::new(10, 5, 11), None);
    }

    proptest! {
        #[test]
        fn probabilities_and_tails_add_up(universe in 0..80_u32, set in 0..80_u32, drawn in 0..80_u32) {
            prop_assume!(set <= universe && drawn <= universe);
            let overlap = Hypergeometric::new(universe, set, drawn).unwrap();
            let pmf: Vec<f64> = (0..=universe).map(|k| overlap.ln_pmf(k).exp()).collect();
            prop_assert!((pmf.iter().sum::<f64>() - 1.0).abs() < 1e-11);
            let mean: f64 = pmf.iter().enumerate().map(|(k, p)| k as f64 * p).sum();
            prop_assert!((mean - overlap.expected()).abs() < 1e-9);
            for k in 0..=universe {
                let tail: f64 = pmf[k as usize..].iter().sum();
                prop_assert!((overlap.upper_tail(k) - tail).abs() < 1e-11);
            }
        }
    }
}
