//! The overlap of a set with a draw in which every gene has its own weight.
//!
//! In Wallenius' scheme items are drawn one after the other in proportion to their weights. It is the same as giving each
//! item an exponential clock with its weight as rate and drawing those that ring first (Fog 2008,
//! [doi:10.1080/03610910701790269](https://doi.org/10.1080/03610910701790269)): at the time at which about as many have
//! rung as are drawn, items are drawn independently, each with its own chance. So the overlap is Poisson-binomial within
//! the set, given the size of the draw. [`crate::wallenius`] has one weight for a whole set; where chances differ much
//! within it, that distribution is too wide, and the test too cautious.
//!
//! The number drawn outside the set is a binomial variable with the mean and variance of the sum of chances, of a size
//! that need not be whole (Ehm 1991, [doi:10.1016/0167-7152(91)90170-V](https://doi.org/10.1016/0167-7152(91)90170-V)).
//! With equal chances everywhere the overlap is exactly hypergeometric.

use statrs::function::gamma::ln_gamma;

/// The distribution of the overlap.
#[derive(Clone, Debug, PartialEq)]
pub struct WeightedOverlap {
    /// Probability of each overlap from 0.
    pmf: Vec<f64>,
}

impl WeightedOverlap {
    /// A draw of `drawn` items, of which those inside and outside a set have these chances, each in (0, 1).
    ///
    /// `None` where there is no item inside or none outside, or no overlap is possible.
    ///
    /// ```
    /// use nadsplice_stats::{hypergeometric::Hypergeometric, overlap::WeightedOverlap};
    ///
    /// let even = WeightedOverlap::new(&[0.1; 10], &[0.1; 90], 10).ok_or("nothing to test")?;
    /// let plain = Hypergeometric::new(100, 10, 10).ok_or("nothing to test")?;
    /// assert!((even.p_upper(3) / plain.upper_tail(3) - 1.0).abs() < 1e-9);
    /// # Ok::<(), &str>(())
    /// ```
    pub fn new(inside: &[f64], outside: &[f64], drawn: u32) -> Option<Self> {
        Self::with_outside(inside, Chances::of(outside)?, drawn)
    }

    /// As [`new`](Self::new), of what is known of the chances outside.
    pub fn with_outside(inside: &[f64], outside: Chances, drawn: u32) -> Option<Self> {
        if inside.is_empty() {
            return None;
        }
        let mut pmf = poisson_binomial(inside);
        let ln_outside: Vec<f64> = (0..pmf.len())
            .map(|k| f64::from(drawn) - k as f64)
            .map(|drawn_outside| outside.ln_probability(drawn_outside))
            .collect();
        let largest = ln_outside.iter().copied().fold(f64::NEG_INFINITY, f64::max);
        for (probability, ln) in pmf.iter_mut().zip(&ln_outside) {
            *probability *= (ln - largest).exp();
        }
        let total: f64 = pmf.iter().sum();
        if !(total > 0.0 && total.is_finite()) {
            return None;
        }
        for probability in &mut pmf {
            *probability /= total;
        }
        Some(Self { pmf })
    }

    /// `P(X = k)`.
    pub fn pmf(&self, k: u32) -> f64 {
        self.pmf.get(k as usize).copied().unwrap_or(0.0)
    }

    /// `P(X >= k)`.
    pub fn p_upper(&self, k: u32) -> f64 {
        // From the small end, which keeps the digits of small tails.
        self.pmf.iter().skip(k as usize).rev().sum::<f64>().min(1.0)
    }

    /// `P(X > k) + P(X = k) / 2`, the mid-P value.
    pub fn p_mid(&self, k: u32) -> f64 {
        (self.p_upper(k.saturating_add(1)) + 0.5 * self.pmf(k)).min(1.0)
    }

    /// The expected overlap.
    pub fn mean(&self) -> f64 {
        self.pmf.iter().enumerate().map(|(k, probability)| k as f64 * probability).sum()
    }
}

/// How many chances there are, their sum and the sum of their squares.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Chances {
    sum: f64,
    squares: f64,
}

impl Chances {
    /// Of a list of chances, each in (0, 1); `None` where it is empty.
    pub fn of(chances: &[f64]) -> Option<Self> {
        (!chances.is_empty()).then(|| Self {
            sum: chances.iter().sum(),
            squares: chances.iter().map(|chance| chance * chance).sum(),
        })
    }

    /// These without some of them; `None` where nothing is left.
    pub fn without(self, some: &[f64]) -> Option<Self> {
        let (sum, squares) = (
            self.sum - some.iter().sum::<f64>(),
            self.squares - some.iter().map(|chance| chance * chance).sum::<f64>(),
        );
        (sum > 1e-9 * self.sum && squares > 0.0).then_some(Self { sum, squares })
    }

    /// The logarithm of the binomial probability with this mean and variance.
    fn ln_probability(self, k: f64) -> f64 {
        let chance = self.squares / self.sum;
        let size = self.sum / chance;
        // Sums of equal chances come out a rounding error beside whole numbers.
        if k < 0.0 || k > size + 1e-6 {
            return f64::NEG_INFINITY;
        }
        let rest = (size - k).max(0.0);
        ln_gamma(size + 1.0) - ln_gamma(k + 1.0) - ln_gamma(rest + 1.0)
            + k * chance.ln()
            + rest * f64::ln_1p(-chance)
    }
}

/// Probabilities of each number of successes of independent trials with these chances.
fn poisson_binomial(chances: &[f64]) -> Vec<f64> {
    let mut pmf = Vec::with_capacity(chances.len() + 1);
    pmf.push(1.0);
    for &chance in chances {
        pmf.push(0.0);
        for k in (1..pmf.len()).rev() {
            pmf[k] = pmf[k] * (1.0 - chance) + pmf[k - 1] * chance;
        }
        pmf[0] *= 1.0 - chance;
    }
    pmf
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{hypergeometric::Hypergeometric, wallenius::Wallenius};

    #[test]
    fn equal_chances_are_hypergeometric() {
        let overlap = WeightedOverlap::new(&[0.05; 85], &vec![0.05; 11_915], 600).unwrap();
        let plain = Hypergeometric::new(12_000, 85, 600).unwrap();
        for k in [0, 1, 4, 11, 30] {
            assert!((overlap.p_upper(k) / plain.upper_tail(k) - 1.0).abs() < 1e-7, "{k}");
        }
        assert!((overlap.mean() - 4.25).abs() < 1e-6);
    }

    #[test]
    fn one_weight_inside_and_one_outside_are_close_to_wallenius() {
        // Chances of a draw of 600 of 12,000 with odds of 1.8 for 85 of them.
        let odds = 1.8_f64;
        let outside = 0.049_7_f64;
        let inside = 1.0 - (1.0 - outside).powf(odds);
        let overlap = WeightedOverlap::new(&[inside; 85], &vec![outside; 11_915], 600).unwrap();
        let wallenius = Wallenius::new(12_000, 85, 600, odds).unwrap();
        assert!((overlap.mean() / wallenius.mean() - 1.0).abs() < 0.01);
        for k in [3, 8, 15] {
            assert!((overlap.p_mid(k) / wallenius.p_mid(k) - 1.0).abs() < 0.05, "{k}");
        }
    }

    #[test]
    fn unequal_chances_make_the_overlap_less_variable() {
        let uneven: Vec<f64> = (0..60).map(|i| if i % 2 == 0 { 0.01 } else { 0.59 }).collect();
        let [uneven, even] = [uneven, vec![0.3; 60]]
            .map(|chances| WeightedOverlap::new(&chances, &vec![0.1; 8000], 818).unwrap());
        assert!((uneven.mean() - even.mean()).abs() < 0.2);
        assert!(uneven.p_upper(25) < 0.5 * even.p_upper(25));
    }

    #[test]
    fn tiny_tails_keep_their_digits() {
        let overlap = WeightedOverlap::new(&[0.01; 100], &vec![0.01; 9900], 100).unwrap();
        let plain = Hypergeometric::new(10_000, 100, 100).unwrap();
        assert!((overlap.p_upper(60) / plain.upper_tail(60) - 1.0).abs() < 1e-6);
        assert!(overlap.p_upper(60) < 1e-80);
    }

    #[test]
    fn nothing_inside_or_outside_is_no_test() {
        assert_eq!(WeightedOverlap::new(&[], &[0.1], 1), None);
        assert_eq!(WeightedOverlap::new(&[0.1], &[], 1), None);
        assert_eq!(Chances::of(&[0.1, 0.2]).unwrap().without(&[0.1, 0.2]), None);
    }
}
