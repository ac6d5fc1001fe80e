//! Tests of one variable between two small groups.

use crate::{hypergeometric::Hypergeometric, tails::ln_t_upper};

/// The two-sided p-value of Welch's t-test of equal means (Welch 1947,
/// [doi:10.1093/biomet/34.1-2.28](https://doi.org/10.1093/biomet/34.1-2.28)).
///
/// Nothing where a group has fewer than two values or neither group varies.
pub fn welch_t(a: &[f64], b: &[f64]) -> Option<f64> {
    if a.len() < 2 || b.len() < 2 {
        return None;
    }
    let moments = |values: &[f64]| {
        let n = values.len() as f64;
        let mean = values.iter().sum::<f64>() / n;
        (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0) / n)
    };
    let ((mean_a, va), (mean_b, vb)) = (moments(a), moments(b));
    let variance = va + vb;
    // Rounding leaves a trace of variance in equal values.
    if variance.sqrt() <= 1e-12 * mean_a.abs().max(mean_b.abs()) {
        return None;
    }
    let (na, nb) = (a.len() as f64, b.len() as f64);
    let df = variance.powi(2) / (va.powi(2) / (na - 1.0) + vb.powi(2) / (nb - 1.0));
    let t = (mean_a - mean_b) / variance.sqrt();
    Some((std::f64::consts::LN_2 + ln_t_upper(t.abs(), df)).exp().min(1.0))
}

/// The two-sided p-value of Fisher's exact test of equal shares: `of_a` of `a` members of one group and `of_b` of `b`
/// of the other have a property. The sum over all tables that are no more likely than this one.
///
/// Nothing where more have the property than there are members.
pub fn fisher_exact((of_a, a): (u32, u32), (of_b, b): (u32, u32)) -> Option<f64> {
    if of_a > a || of_b > b {
        return None;
    }
    let drawn = Hypergeometric::new(a.checked_add(b)?, of_a.checked_add(of_b)?, a)?;
    let seen = drawn.ln_pmf(of_a);
    let (low, high) = drawn.support();
    // As R does: tables that rounding alone tells apart are equally likely.
    let total: f64 = (low..=high).map(|k| drawn.ln_pmf(k)).filter(|&p| p <= seen + 1e-7).map(f64::exp).sum();
    Some(total.min(1.0))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::{input, output};

    #[test]
    fn welch_agrees_with_r_on_student_s_sleep_data() {
        let placebo = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0.0, 2.0];
        let drug = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
        // t.test(extra ~ group, data = sleep): p-value = 0.07939.
        assert!(welch_t(&placebo, &drug).is_some_and(|p| (p - 0.07939).abs() < 5e-6));
        assert_eq!(welch_t(&placebo, &drug), welch_t(&drug, &placebo));
    }

    #[test]
    fn without_any_spread_there_is_no_test() {
        assert_eq!(welch_t(&[0.1, 0.1, 0.1], &[0.3, 0.3]), None);
        assert_eq!(welch_t(&[1.0], &[2.0, 3.0]), None);
        assert_eq!(welch_t(&[0.0, 0.0], &[0.0, 0.0]), None);
        assert!(welch_t(&[1.0, 2.0], &[1.0, 2.0]).is_some_and(|p| (p - 1.0).abs() < 1e-12));
    }

    #[test]
    fn fisher_agrees_with_r() {
        let (Some(cells), Some(want)) = (input("fisher_two_sided"), output("fisher_two_sided")) else {
            return;
        };
        let cell = |name: &str| u32::try_from(cells[name].as_u64().unwrap()).unwrap();
        let (a, b, c, d) = (cell("a"), cell("b"), cell("c"), cell("d"));
        let p = fisher_exact((a, a + c), (b, b + d)).unwrap();
        assert!((p / want["p"].as_f64().unwrap() - 1.0).abs() < 1e-9);
    }

    #[test]
    fn complete_separation_of_three_and_three_has_a_tenth() {
        assert!(fisher_exact((3, 3), (0, 3)).is_some_and(|p| (p - 0.1).abs() < 1e-12));
        assert!(fisher_exact((1, 2), (1, 2)).is_some_and(|p| (p - 1.0).abs() < 1e-12));
        assert_eq!(fisher_exact((4, 3), (0, 3)), None);
    }
}
