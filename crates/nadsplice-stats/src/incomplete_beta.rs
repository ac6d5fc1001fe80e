//! The regularised incomplete beta function in log space, and its inverse.
//!
//! Written here and not taken from `statrs`: that one returns the probability itself, which underflows in the
//! tails that a p-value lives in, takes at most 140 terms of the continued fraction, which is too few beyond
//! some thousand degrees of freedom, and its inverse starts from a value clamped to `[1e-4, 0.9999]`.

use crate::special::{ln_gamma, ln_gamma_delta};

/// Terms of the continued fraction; it needs about the square root of the larger shape.
const MAX_TERMS: usize = 20_000;

/// `ln B(a, b)` for `a, b > 0`, accurate for shapes of very different size.
pub fn ln_beta(a: f64, b: f64) -> f64 {
    let (small, large) = if a < b { (a, b) } else { (b, a) };
    ln_gamma(small) - ln_gamma_delta(large, small)
}

/// A point of `(0, 1)` with its complement, so that neither end loses digits.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Proportion {
    /// The point.
    pub(crate) value: f64,
    /// One minus the point.
    pub(crate) complement: f64,
}

impl Proportion {
    /// `u / (u + v)` for `u, v >= 0`, not both 0.
    pub(crate) fn of(u: f64, v: f64) -> Self {
        let sum = u + v;
        Self { value: u / sum, complement: v / sum }
    }

    fn flipped(self) -> Self {
        Self { value: self.complement, complement: self.value }
    }

    fn ln(self) -> f64 {
        if self.value > 0.5 { (-self.complement).ln_1p() } else { self.value.ln() }
    }
}

/// `ln I_x(a, b)`, the logarithm of the regularised lower incomplete beta function.
pub(crate) fn ln_incomplete_beta(a: f64, b: f64, x: Proportion) -> f64 {
    if x.value <= 0.0 {
        return f64::NEG_INFINITY;
    }
    if x.complement <= 0.0 {
        return 0.0;
    }
    let ln_b = ln_beta(a, b);
    if x.value < (a + 1.0) / (a + b + 2.0) {
        ln_lower(a, b, x, ln_b)
    } else {
        ln_one_minus_exp(ln_lower(b, a, x.flipped(), ln_b))
    }
}

/// `ln(1 - exp(l))` for `l <= 0`.
pub(crate) fn ln_one_minus_exp(l: f64) -> f64 {
    if l > -std::f64::consts::LN_2 { (-l.exp_m1()).ln() } else { (-l.exp()).ln_1p() }
}

/// `ln I_x(a, b)` by the continued fraction (DLMF 8.17.22), which converges fast left of the mean.
fn ln_lower(a: f64, b: f64, x: Proportion, ln_b: f64) -> f64 {
    a * x.ln() + b * x.flipped().ln() - a.ln() - ln_b + continued_fraction(a, b, x.value).ln()
}

/// The continued fraction of `I_x(a, b) a B(a, b) / (x^a (1 - x)^b)` by Lentz's method.
fn continued_fraction(a: f64, b: f64, x: f64) -> f64 {
    const TINY: f64 = 1e-300;
    let away_from_zero = |v: f64| if v.abs() < TINY { TINY } else { v };
    let mut c = 1.0;
    let mut d = away_from_zero(1.0 - (a + b) * x / (a + 1.0)).recip();
    let mut value = d;
    for m in 1..MAX_TERMS {
        let m = m as f64;
        let even = m * (b - m) * x / ((a + 2.0 * m - 1.0) * (a + 2.0 * m));
        d = away_from_zero(1.0 + even * d).recip();
        c = away_from_zero(1.0 + even / c);
        value *= d * c;
        let odd = -(a + m) * (a + b + m) * x / ((a + 2.0 * m) * (a + 2.0 * m + 1.0));
        d = away_from_zero(1.0 + odd * d).recip();
        c = away_from_zero(1.0 + odd / c);
        let change = d * c;
        value *= change;
        if (change - 1.0).abs() < 1e-15 {
            break;
        }
    }
    value
}

/// The quantile of Beta(`a`, `b`) at probability `p` in `[0, 1]`; `a, b > 0`.
///
/// Newton steps on the logit of the quantile, inside a bracket that every evaluation narrows, so that shapes far
/// below one and quantiles next to 0 or 1 converge as well.
///
/// ```
/// use nadsplice_stats::incomplete_beta::beta_quantile;
///
/// assert!((beta_quantile(0.25, 1.0, 1.0) - 0.25).abs() < 1e-14);
/// ```
pub fn beta_quantile(p: f64, a: f64, b: f64) -> f64 {
    if p <= 0.0 {
        return 0.0;
    }
    if p >= 1.0 {
        return 1.0;
    }
    let ln_b = ln_beta(a, b);
    let (mut low, mut high) = (-700.0_f64, 700.0_f64);
    let mut logit = start_logit(p, a, b, ln_b).clamp(-690.0, 690.0);
    for _ in 0..200 {
        let x = Proportion::of(logit.exp().min(1.0), (-logit).exp().min(1.0));
        // The smaller tail is the one with digits; its target is the matching tail of `p`.
        let left = x.value < (a + 1.0) / (a + b + 2.0);
        let (ln_tail, error) = if left {
            let tail = ln_lower(a, b, x, ln_b);
            (tail, tail.exp() - p)
        } else {
            let tail = ln_lower(b, a, x.flipped(), ln_b);
            (tail, (1.0 - p) - tail.exp())
        };
        if error > 0.0 {
            high = logit;
        } else {
            low = logit;
        }
        // d I / d logit = x^a (1 - x)^b / B(a, b)
        let ln_slope = a * x.ln() + b * x.flipped().ln() - ln_b;
        // On the log scale of a small tail Newton is straight where on the plain scale it crawls.
        let step = if left {
            (ln_tail - p.ln()) * (ln_tail - ln_slope).exp()
        } else {
            ((1.0 - p).ln() - ln_tail) * (ln_tail - ln_slope).exp()
        };
        // Before the bracket is looked at: the last step may round to its very end. Convergence is quadratic, so a step
        // of this size leaves an error far below rounding.
        if step.abs() < 1e-9 * logit.abs().max(1.0) {
            logit -= step;
            break;
        }
        let next = logit - step;
        logit = if next > low && next < high { next } else { 0.5 * (low + high) };
    }
    if logit > 0.0 { 1.0 / (1.0 + (-logit).exp()) } else { logit.exp() / (1.0 + logit.exp()) }
}

/// A first guess at the logit of the quantile: the leading power of either end, or Cornish and Fisher's
/// approximation (Abramowitz and Stegun 26.5.22).
fn start_logit(p: f64, a: f64, b: f64, ln_b: f64) -> f64 {
    if a > 1.0 && b > 1.0 {
        let z = statrs::function::erf::erfc_inv(2.0 * p) * std::f64::consts::SQRT_2;
        let lambda = (z * z - 3.0) / 6.0;
        let (s, t) = ((2.0 * a - 1.0).recip(), (2.0 * b - 1.0).recip());
        let h = 2.0 / (s + t);
        let w = z * (h + lambda).max(0.0).sqrt() / h - (t - s) * (lambda + 5.0 / 6.0 - 2.0 / (3.0 * h));
        // x = a / (a + b exp(2 w))
        return (a / b).ln() - 2.0 * w;
    }
    let ln_x = (p.ln() + a.ln() + ln_b) / a;
    let ln_y = ((-p).ln_1p() + b.ln() + ln_b) / b;
    if ln_x < -0.7 && ln_x <= ln_y {
        ln_x - ln_one_minus_exp(ln_x)
    } else if ln_y < -0.7 {
        ln_one_minus_exp(ln_y) - ln_y
    } else {
        (a / b).ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::{floats, output};
    use proptest::prelude::*;

    #[test]
    fn quantiles_agree_with_r() {
        let Some(out) = output("tails") else { return };
        for (p, want) in [0.025, 0.975].into_iter().zip(floats(&out["qbeta"])) {
            assert!((beta_quantile(p, 3.5, 8.5) / want - 1.0).abs() < 1e-12);
        }
        for (p, want) in [0.025, 0.975].into_iter().zip(floats(&out["qbeta_jeff_zero"])) {
            assert!(
                (beta_quantile(p, 0.5, 20.5) / want - 1.0).abs() < 1e-12,
                "{}",
                beta_quantile(p, 0.5, 20.5)
            );
        }
    }

    #[test]
    fn ln_beta_of_unequal_shapes_keeps_its_digits() {
        // B(a, 1) = 1 / a
        assert!((ln_beta(1e12, 1.0) + 1e12_f64.ln()).abs() < 1e-13);
        assert!((ln_beta(0.5, 0.5) - std::f64::consts::PI.ln()).abs() < 1e-14);
    }

    proptest! {
        #[test]
        fn quantile_inverts_the_distribution(
            p in 1e-6..0.999_999_f64, log_a in -2.0..4.0_f64, log_b in -2.0..4.0_f64,
        ) {
            let (a, b) = (10_f64.powf(log_a), 10_f64.powf(log_b));
            let x = beta_quantile(p, a, b);
            prop_assume!(x > 1e-250 && x < 1.0 - 1e-6);
            let back = ln_incomplete_beta(a, b, Proportion { value: x, complement: 1.0 - x }).exp();
            prop_assert!((back - p).abs() < 1e-9, "x {x} back {back}");
        }

        #[test]
        fn both_tails_add_up(a in 0.1..500.0_f64, b in 0.1..500.0_f64, x in 0.001..0.999_f64) {
            let x = Proportion { value: x, complement: 1.0 - x };
            let sum = ln_incomplete_beta(a, b, x).exp() + ln_incomplete_beta(b, a, x.flipped()).exp();
            prop_assert!((sum - 1.0).abs() < 1e-12);
        }
    }
}
