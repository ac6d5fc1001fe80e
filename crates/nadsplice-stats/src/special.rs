//! Gamma-function differences and derivatives, without the cancellation of two large logarithms.
//!
//! Every beta-binomial likelihood is a sum of terms `ln Γ(x + k) - ln Γ(x)`. Computed as two log-gammas, the
//! difference loses all digits when `x` is large (weak overdispersion); computed as the logarithm of the rising
//! factorial `x (x + 1) .. (x + k - 1)` or as a difference of Stirling series it loses none.

pub use statrs::function::gamma::{digamma, ln_gamma};

/// From here on the truncated asymptotic series below are exact to about 2e-14 (absolute).
const ASYMPTOTIC: f64 = 10.0;

/// The most factors that are multiplied before the range is checked.
const BLOCK: u32 = 64;

/// The shortest rising factorial for which two logarithms beat the multiplications.
const LONG_PRODUCT: u32 = 2 * BLOCK;

/// Below this base, sixteen factors of a product stay far inside the range of a float.
const HUGE_BASE: f64 = 1e6;

/// `ln Γ(x + k) - ln Γ(x)` for `x > 0`, `x + k > 0`, `k` any real number.
///
/// ```
/// use nadsplice_stats::special::ln_gamma_delta;
///
/// // Γ(7) / Γ(4) = 6 * 5 * 4
/// assert!((ln_gamma_delta(4.0, 3.0) - 120_f64.ln()).abs() < 1e-12);
/// ```
pub fn ln_gamma_delta(x: f64, k: f64) -> f64 {
    let (mut low, mut ratio) = (x, 1.0);
    while low < ASYMPTOTIC || low + k < ASYMPTOTIC {
        ratio *= low / (low + k);
        low += 1.0;
    }
    ratio.ln() + stirling_delta(low, k)
}

/// `ln Γ(x + k) - ln Γ(x)` for integer `k`, the logarithm of the rising factorial; `x > 0`.
pub fn ln_rising(x: f64, k: u32) -> f64 {
    let mut sum = LogProduct::new();
    sum.times_rising(x, k);
    sum.ln()
}

/// The first and second derivative of [`ln_rising`] with respect to `x`: `ψ(x + k) - ψ(x)` and
/// `ψ'(x + k) - ψ'(x)`; `x > 0`.
pub fn ln_rising_derivatives(x: f64, k: u32) -> (f64, f64) {
    let (mut low, mut left) = (x, k);
    let (mut first, mut second) = (0.0, 0.0);
    while left > 0 && (low < ASYMPTOTIC || k < 10) {
        let r = low.recip();
        first += r;
        second -= r * r;
        low += 1.0;
        left -= 1;
    }
    if left == 0 {
        return (first, second);
    }
    let high = low + f64::from(left);
    let (low_recip, high_recip) = (low.recip(), high.recip());
    first += (high * low_recip).ln() + digamma_correction(high_recip) - digamma_correction(low_recip);
    second += trigamma_series(high_recip) - trigamma_series(low_recip);
    (first, second)
}

/// `ψ'(x)`, the trigamma function, for `x > 0`.
pub fn trigamma(x: f64) -> f64 {
    let (mut z, mut head) = (x, 0.0);
    while z < 15.0 {
        head += (z * z).recip();
        z += 1.0;
    }
    head + trigamma_series(z.recip())
}

/// The `x > 0` with `ψ'(x) = y`, for `y > 0`.
///
/// Newton's method on `1 / ψ'`, which is nearly linear and convex, so that every step stays on one side of the
/// root. Beyond 1e7 and below 1e-6 the leading term is returned, as limma's `trigammaInverse` does (Smyth 2004,
/// [doi:10.2202/1544-6115.1027](https://doi.org/10.2202/1544-6115.1027)).
pub fn trigamma_inverse(y: f64) -> f64 {
    if y > 1e7 {
        return y.sqrt().recip();
    }
    if y < 1e-6 {
        return y.recip();
    }
    let mut x = 0.5 + y.recip();
    for _ in 0..50 {
        let tri = trigamma(x);
        let step = tri * (1.0 - tri / y) / tetragamma(x);
        x += step;
        if -step / x < 1e-12 {
            break;
        }
    }
    x
}

/// `ψ''(x)` for `x > 0`.
fn tetragamma(x: f64) -> f64 {
    let (mut z, mut head) = (x, 0.0);
    while z < 15.0 {
        head -= 2.0 / (z * z * z);
        z += 1.0;
    }
    let q = (z * z).recip();
    let series = 0.5 - q * (1.0 / 6.0 - q * (1.0 / 6.0 - q * (0.3 - q * (5.0 / 6.0))));
    head - q * (1.0 + z.recip() + q * series)
}

/// `ln Γ(x + k) - ln Γ(x)` where both arguments are in the range of the Stirling series.
fn stirling_delta(x: f64, k: f64) -> f64 {
    let high = x + k;
    (x - 0.5) * (k / x).ln_1p() + k * (high.ln() - 1.0) + stirling_correction(high) - stirling_correction(x)
}

/// What the Stirling series adds to `(z - 1/2) ln z - z + ln(2π)/2`.
fn stirling_correction(z: f64) -> f64 {
    let r = z.recip();
    let q = r * r;
    r * (1.0 / 12.0 - q * (1.0 / 360.0 - q * (1.0 / 1260.0 - q * (1.0 / 1680.0 - q / 1188.0))))
}

/// `ψ(z) - ln z` from `r = 1 / z`.
fn digamma_correction(r: f64) -> f64 {
    let q = r * r;
    -0.5 * r - q * (1.0 / 12.0 - q * (1.0 / 120.0 - q * (1.0 / 252.0 - q * (1.0 / 240.0 - q / 132.0))))
}

/// `ψ'(z)` from `r = 1 / z`.
fn trigamma_series(r: f64) -> f64 {
    let q = r * r;
    let odd = 1.0 / 6.0 - q * (1.0 / 30.0 - q * (1.0 / 42.0 - q * (1.0 / 30.0 - q * (5.0 / 66.0))));
    r + q * (0.5 + r * odd)
}

/// The logarithm of a long product, taken only when the product is about to leave the range of a float.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LogProduct {
    product: f64,
    log: f64,
}

impl LogProduct {
    /// The empty product.
    pub(crate) fn new() -> Self {
        Self { product: 1.0, log: 0.0 }
    }

    /// Multiplies by `Γ(x + k) / Γ(x)`.
    pub(crate) fn times_rising(&mut self, x: f64, k: u32) {
        if k < 10 || (k < BLOCK && x < HUGE_BASE) {
            self.times_product(x, k);
        } else if k < LONG_PRODUCT && x < HUGE_BASE {
            self.times_product(x, BLOCK);
            self.times_product(x + f64::from(BLOCK), k - BLOCK);
        } else if x < ASYMPTOTIC {
            // Ten factors bring the base into the range of the series; k has at least that many.
            self.times_product(x, 10);
            self.log += stirling_delta(x + 10.0, f64::from(k - 10));
        } else {
            self.log += stirling_delta(x, f64::from(k));
        }
    }

    /// Multiplies by `Γ(x + k) / Γ(x)` for every `k`, given in ascending order.
    ///
    /// Each factorial continues the one before it, so that the largest is the cost of all.
    pub(crate) fn times_rising_each(&mut self, x: f64, ascending: &[u32]) {
        let mut last = Self::new();
        let mut done = 0;
        for &k in ascending {
            last.times_rising(x + f64::from(done), k - done);
            done = k;
            self.log += last.log;
            self.times(last.product);
        }
    }

    /// Multiplies by `x (x + 1) .. (x + k - 1)`, in four independent chains of at most 16 factors.
    fn times_product(&mut self, x: f64, k: u32) {
        let mut chains = [1.0; 4];
        let mut factors = [x, x + 1.0, x + 2.0, x + 3.0];
        for _ in 0..k / 4 {
            for (chain, factor) in chains.iter_mut().zip(&mut factors) {
                *chain *= *factor;
                *factor += 4.0;
            }
        }
        for (chain, factor) in chains.iter_mut().zip(&factors).take((k % 4) as usize) {
            *chain *= factor;
        }
        if k < 16 && x < HUGE_BASE {
            self.times(chains[0] * chains[1] * chains[2] * chains[3]);
        } else {
            for chain in chains {
                self.times(chain);
            }
        }
    }

    /// Multiplies by one positive factor.
    fn times(&mut self, factor: f64) {
        let product = self.product * factor;
        if (1e-120..1e120).contains(&product) {
            self.product = product;
        } else {
            self.rescale(factor);
        }
    }

    /// Multiplies by a factor that leads out of range: powers of two are exact and cost no logarithm.
    #[cold]
    fn rescale(&mut self, factor: f64) {
        if !(factor > 0.0 && factor.is_finite()) {
            self.log += factor.ln();
            return;
        }
        let [up, down] = [2_f64.powi(400), 2_f64.powi(-400)];
        let (mut product, mut factor) = (self.product, factor);
        for value in [&mut product, &mut factor] {
            while *value > 1e60 {
                *value *= down;
                self.log += 400.0 * std::f64::consts::LN_2;
            }
            while *value < 1e-61 {
                *value *= up;
                self.log -= 400.0 * std::f64::consts::LN_2;
            }
        }
        self.product = product * factor;
    }

    /// The logarithm.
    pub(crate) fn ln(self) -> f64 {
        self.log + self.product.ln()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::{floats, input, output};
    use proptest::prelude::*;

    fn close(got: f64, want: f64, relative: f64) {
        assert!((got - want).abs() <= relative * want.abs().max(1e-300), "got {got}, want {want}");
    }

    #[test]
    fn polygammas_agree_with_scipy() {
        let Some(out) = output("py_poly") else { return };
        let x = floats(&input("py_poly").unwrap()["x"]);
        for (i, &x) in x.iter().enumerate() {
            close(digamma(x), floats(&out["digamma"])[i], 1e-13);
            close(trigamma(x), floats(&out["trigamma"])[i], 1e-13);
        }
    }

    #[test]
    fn trigamma_inverse_agrees_with_limma() {
        let Some(out) = output("trigammaInverse") else { return };
        let x = floats(&input("trigammaInverse").unwrap()["x"]);
        for (&x, &want) in x.iter().zip(&floats(&out)) {
            close(trigamma_inverse(x), want, 1e-12);
        }
    }

    #[test]
    fn tetragamma_is_the_slope_of_trigamma() {
        for x in [0.02, 0.7, 3.0, 40.0, 1e4] {
            let h = x * 1e-5;
            close(tetragamma(x), (trigamma(x + h) - trigamma(x - h)) / (2.0 * h), 1e-6);
        }
    }

    #[test]
    fn rising_factorial_of_a_huge_base_keeps_its_digits() {
        // ln(x^(k)) = k ln x + sum ln(1 + j / x); log-gammas of 1e15 differ by nothing but noise here.
        let (x, k) = (1e15_f64, 200_u32);
        let want = f64::from(k) * x.ln() + f64::from(k * (k - 1) / 2) / x;
        close(ln_rising(x, k), want, 1e-15);
    }

    #[test]
    fn rising_factorial_of_a_tiny_base_does_not_underflow() {
        let want = (1e-300_f64).ln() + (1..100).map(|j| f64::from(j).ln()).sum::<f64>();
        close(ln_rising(1e-300, 100), want, 1e-14);
    }

    proptest! {
        #[test]
        fn rising_factorial_equals_its_factors(log_x in -6.0..9.0_f64, k in 0..400_u32) {
            let x = 10_f64.powf(log_x);
            let want: f64 = (0..k).map(|j| (x + f64::from(j)).ln()).sum();
            let slope: f64 = (0..k).map(|j| (x + f64::from(j)).recip()).sum();
            prop_assert!((ln_rising(x, k) - want).abs() <= 1e-12 * want.abs().max(1.0));
            prop_assert!((ln_gamma_delta(x, f64::from(k)) - want).abs() <= 1e-12 * want.abs().max(1.0));
            let (first, second) = ln_rising_derivatives(x, k);
            prop_assert!((first - slope).abs() <= 1e-12 * slope.max(1e-3));
            let curvature: f64 = (0..k).map(|j| (x + f64::from(j)).powi(-2)).sum();
            prop_assert!((second + curvature).abs() <= 1e-12 * curvature.max(1e-2));
        }

        #[test]
        fn factorials_of_one_base_share_their_factors(
            log_x in -6.0..7.0_f64, mut counts in prop::collection::vec(0..300_u32, 0..20),
        ) {
            let x = 10_f64.powf(log_x);
            counts.sort_unstable();
            let mut shared = LogProduct::new();
            shared.times_rising_each(x, &counts);
            let want: f64 = counts.iter().map(|&k| ln_rising(x, k)).sum();
            prop_assert!((shared.ln() - want).abs() <= 1e-12 * want.abs().max(1.0));
        }

        #[test]
        fn trigamma_inverse_inverts(log_y in -5.5..6.5_f64) {
            let y = 10_f64.powf(log_y);
            prop_assert!((trigamma(trigamma_inverse(y)) - y).abs() <= 1e-9 * y);
        }
    }
}
