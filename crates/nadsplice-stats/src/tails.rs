//! Upper tails of the F, t and chi-squared distributions as natural logarithms, and the t quantile.
//!
//! A logarithm, because a p-value of 1e-400 is a number here and 0 in a float.

use crate::incomplete_beta::{Proportion, ln_incomplete_beta, ln_one_minus_exp};
use crate::special::ln_gamma;
use statrs::function::erf::erfc_inv;

/// Degrees of freedom from which the chi-squared limit of F, and the normal limit of t, are exact in a float.
const INFINITE_DF: f64 = 1e17;

/// `ln P(F > x)` for `F` with `df1 > 0` and `df2 > 0` degrees of freedom, `df2` possibly infinite.
///
/// ```
/// use nadsplice_stats::tails::ln_f_upper;
///
/// // F(2, 2) exceeds x with probability 1 / (1 + x).
/// assert!((ln_f_upper(3.0, 2.0, 2.0) - 0.25_f64.ln()).abs() < 1e-12);
/// ```
pub fn ln_f_upper(x: f64, df1: f64, df2: f64) -> f64 {
    if x.is_nan() || df1.is_nan() || df2.is_nan() {
        return f64::NAN;
    }
    if x <= 0.0 {
        return 0.0;
    }
    if df2 >= INFINITE_DF {
        return ln_chi_squared_upper(x * df1, df1);
    }
    ln_incomplete_beta(0.5 * df2, 0.5 * df1, Proportion::of(df2, df1 * x))
}

/// `ln P(T > t)` for Student's `T` with `df > 0` degrees of freedom, possibly infinite.
pub fn ln_t_upper(t: f64, df: f64) -> f64 {
    let beyond = ln_f_upper(t * t, 1.0, df) - std::f64::consts::LN_2;
    if t >= 0.0 { beyond } else { ln_one_minus_exp(beyond) }
}

/// `ln P(X > x)` for a chi-squared `X` with `df > 0` degrees of freedom.
pub fn ln_chi_squared_upper(x: f64, df: f64) -> f64 {
    if x <= 0.0 {
        return 0.0;
    }
    let (a, x) = (0.5 * df, 0.5 * x);
    let ln_front = a * x.ln() - x - ln_gamma(a);
    if x < a + 1.0 {
        // Series of the lower tail.
        let (mut term, mut sum, mut k) = (a.recip(), a.recip(), a);
        while term > sum * 1e-17 {
            k += 1.0;
            term *= x / k;
            sum += term;
        }
        return ln_one_minus_exp((ln_front + sum.ln()).min(0.0));
    }
    // Continued fraction of the upper tail (DLMF 8.9.2) by Lentz's method; all its terms are positive here.
    let mut b = x + 1.0 - a;
    let mut c = 1e300;
    let mut d = b.recip();
    let mut value = d;
    for i in 1..100_000 {
        let i = f64::from(i);
        let numerator = -i * (i - a);
        b += 2.0;
        d = (numerator * d + b).recip();
        c = b + numerator / c;
        value *= c * d;
        if (c * d - 1.0).abs() < 1e-15 {
            break;
        }
    }
    ln_front + value.ln()
}

/// The `t` with `P(T <= t) = p`, `0 < p < 1`, `df > 0` possibly infinite.
///
/// Starts from Hill's expansion (1970, [doi:10.1145/355598.355600](https://doi.org/10.1145/355598.355600)) and
/// polishes it by Newton steps on the logarithm of the tail.
pub fn t_quantile(p: f64, df: f64) -> f64 {
    let tail = if p < 0.5 { p } else { 1.0 - p };
    if tail <= 0.0 || df.is_nan() {
        return if df.is_nan() { f64::NAN } else { (p - 0.5).signum() * f64::INFINITY };
    }
    let z = erfc_inv(2.0 * tail) * std::f64::consts::SQRT_2;
    if df >= INFINITE_DF || z <= 0.0 {
        return if p < 0.5 { -z } else { z };
    }
    let ln_density_scale = -0.5 * df.ln() - crate::incomplete_beta::ln_beta(0.5 * df, 0.5);
    let mut t = hill_start(tail, z, df);
    for _ in 0..50 {
        let ln_tail = ln_t_upper(t, df);
        let ln_density = ln_density_scale - 0.5 * (df + 1.0) * (t * t / df).ln_1p();
        // In u = ln t the log tail is nearly straight far out, and smooth near the centre.
        let step = (ln_tail - tail.ln()) * (ln_tail - ln_density).exp() / t;
        // Below one degree of freedom the quantile may lie tens of orders of magnitude beyond the start.
        t *= step.clamp(-2.0, 40.0).exp();
        if step.abs() < 1e-14 {
            break;
        }
    }
    if p < 0.5 { -t } else { t }
}

/// Hill's approximation to the quantile with upper tail `tail`, always positive.
fn hill_start(tail: f64, z: f64, df: f64) -> f64 {
    if df < 3.0 {
        // The Cauchy quantile, or that of two degrees of freedom: exact at 1 and 2.
        let two_tails = 2.0 * tail;
        return if df < 1.5 {
            (std::f64::consts::FRAC_PI_2 * two_tails).tan().recip()
        } else {
            (2.0 / (two_tails * (2.0 - two_tails)) - 2.0).sqrt()
        };
    }
    let z2 = z * z;
    let expansion =
        z * (1.0 + (z2 + 1.0) / (4.0 * df) + (5.0 * z2 * z2 + 16.0 * z2 + 3.0) / (96.0 * df * df));
    expansion.max(z)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::output;
    use proptest::prelude::*;

    #[test]
    fn far_tails_agree_with_r() {
        let Some(want) = output("tails") else { return };
        let close = |got: f64, field: &str| {
            let want = want[field].as_f64().unwrap();
            assert!((got / want - 1.0).abs() < 1e-12, "{field}: {got} against {want}");
        };
        close(ln_f_upper(200.0, 1.0, 6.3), "pf");
        close(ln_f_upper(8.0, 3.0, f64::INFINITY), "pf_3_inf");
        close(ln_t_upper(40.0, 9.7), "pt");
        close(ln_chi_squared_upper(1500.0, 1.0), "pchisq");
    }

    #[test]
    fn nothing_underflows() {
        let ln_p = ln_f_upper(1e6, 1.0, 20_000.0);
        assert!(ln_p.is_finite() && ln_p < -30_000.0, "{ln_p}");
        assert!(ln_t_upper(-1e9, 5.0).abs() < 1e-30);
    }

    #[test]
    fn zero_and_nan_are_kept() {
        assert!(ln_f_upper(0.0, 1.0, 5.0).abs() < f64::EPSILON);
        assert!(ln_f_upper(f64::NAN, 1.0, 5.0).is_nan());
    }

    #[test]
    fn quantiles_of_one_and_two_degrees_of_freedom_are_closed_forms() {
        assert!((t_quantile(0.975, 1.0) - 12.706_204_736_174_7).abs() < 1e-11);
        assert!((t_quantile(0.8, 2.0) - 1.060_660_171_779_82).abs() < 1e-12);
        assert!((t_quantile(0.975, f64::INFINITY) - 1.959_963_984_540_05).abs() < 1e-12);
        assert!(t_quantile(0.5, 3.0).abs() < 1e-15);
    }

    proptest! {
        #[test]
        fn t_quantile_inverts_the_tail(log_p in -12.0..-0.31_f64, log_df in -0.5..5.0_f64) {
            let (p, df) = (10_f64.powf(log_p), 10_f64.powf(log_df));
            let t = t_quantile(p, df);
            prop_assert!(t < 0.0);
            prop_assert!((ln_t_upper(-t, df) - p.ln()).abs() < 1e-10, "t {t}");
        }

        #[test]
        fn tails_fall(x in 0.01..1e4_f64, df1 in 0.5..50.0_f64, df2 in 0.5..2e4_f64) {
            prop_assert!(ln_f_upper(x * 1.01, df1, df2) <= ln_f_upper(x, df1, df2));
            prop_assert!(ln_f_upper(x, df1, df2) <= 0.0);
        }
    }
}
