//! The beta-binomial distribution by mean and intra-class correlation.
//!
//! `a = mu s`, `b = (1 - mu) s`, `s = 1 / rho - 1`; `rho` is the correlation of two reads of one sample, which
//! VGAM calls `rho` and aod `phi`. The variance of a count of `n` is `n mu (1 - mu) (1 + (n - 1) rho)`.

use crate::special::ln_rising;

/// `ln P(X = y)` for `y` of `n` trials, `0 <= y <= n`, mean `mu` in `[0, 1]`, correlation `rho` in `[0, 1)`.
///
/// `rho = 0` is the binomial distribution.
///
/// ```
/// use nadsplice_stats::beta_binomial::ln_pmf;
///
/// // rho = 1/3 and mu = 1/2 make the uniform distribution on 0..=n.
/// assert!((ln_pmf(2, 9, 0.5, 1.0 / 3.0) - 0.1_f64.ln()).abs() < 1e-14);
/// ```
pub fn ln_pmf(y: u32, n: u32, mu: f64, rho: f64) -> f64 {
    let other = n - y;
    if mu <= 0.0 || mu >= 1.0 {
        let certain = if mu <= 0.0 { y == 0 } else { other == 0 };
        return if certain { 0.0 } else { f64::NEG_INFINITY };
    }
    let ln_choose = ln_rising(f64::from(other) + 1.0, y) - ln_rising(1.0, y);
    if rho <= 0.0 {
        return ln_choose + f64::from(y) * mu.ln() + f64::from(other) * (-mu).ln_1p();
    }
    let s = rho.recip() - 1.0;
    ln_choose + ln_rising(mu * s, y) + ln_rising((1.0 - mu) * s, other) - ln_rising(s, n)
}

/// The reads that `n` correlated reads are worth: the weight `1 / (1 + (n - 1) rho)` of one of them, in `(0, 1]`.
pub fn read_weight(n: u32, rho: f64) -> f64 {
    (1.0 + (f64::from(n) - 1.0) * rho).recip()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::{counts, floats, input, output};
    use proptest::prelude::*;

    #[test]
    fn agrees_with_vgam_and_scipy() {
        for (id, tolerance) in [("bb_logpmf", 1e-12), ("py_bb_logpmf", 1e-11)] {
            let (Some(given), Some(want)) = (input(id), output(id)) else { return };
            let (x, n) = (counts(&given["x"]), counts(&given["n"]));
            let (mu, rho) = (floats(&given["mu"]), floats(&given["rho"]));
            for (i, want) in floats(&want).into_iter().enumerate() {
                let got = ln_pmf(x[i], n[i], mu[i], rho[i]);
                assert!((got - want).abs() < tolerance * want.abs(), "{id} {i}: {got} against {want}");
            }
        }
    }

    #[test]
    fn no_correlation_is_the_binomial() {
        let Some(want) = output("bb_logpmf_rho0") else { return };
        let want = floats(&want);
        assert!((ln_pmf(7, 20, 0.3, 0.0) - want[0]).abs() < 1e-13);
        // 1e-9 differs from the binomial by about 1e-8; the reference switches to the binomial below that.
        assert!((ln_pmf(7, 20, 0.3, 1e-9) - want[1]).abs() < 1e-7);
        assert!((ln_pmf(7, 20, 0.3, 1e-15) - want[0]).abs() < 1e-12);
    }

    #[test]
    fn boundary_means_are_certain() {
        assert!(ln_pmf(0, 5, 0.0, 0.1).abs() < f64::EPSILON);
        assert!(ln_pmf(5, 5, 1.0, 0.1).abs() < f64::EPSILON);
        assert!(ln_pmf(1, 5, 0.0, 0.1).is_infinite());
    }

    proptest! {
        #[test]
        fn probabilities_add_up(n in 0..120_u32, mu in 0.001..0.999_f64, log_rho in -9.0..-0.05_f64) {
            let rho = 10_f64.powf(log_rho);
            let sum: f64 = (0..=n).map(|y| ln_pmf(y, n, mu, rho).exp()).sum();
            prop_assert!((sum - 1.0).abs() < 1e-10);
        }
    }
}
