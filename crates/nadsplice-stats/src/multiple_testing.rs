//! Adjustment of p-values for multiplicity, and combination of p-values into one.
//!
//! A missing p-value is a test that was not made: it stays missing and does not count.

/// Adjusted p-values that control the false discovery rate of independent or positively dependent tests
/// (Benjamini and Hochberg 1995,
/// [doi:10.1111/j.2517-6161.1995.tb02031.x](https://doi.org/10.1111/j.2517-6161.1995.tb02031.x)).
///
/// ```
/// use nadsplice_stats::multiple_testing::benjamini_hochberg;
///
/// assert_eq!(benjamini_hochberg(&[Some(0.01), None, Some(0.5)]), [Some(0.02), None, Some(0.5)]);
/// ```
pub fn benjamini_hochberg(p: &[Option<f64>]) -> Vec<Option<f64>> {
    step_up(p, 1.0)
}

/// Adjusted p-values that control the false discovery rate under any dependence (Benjamini and Yekutieli 2001,
/// [doi:10.1214/aos/1013699998](https://doi.org/10.1214/aos/1013699998)).
pub fn benjamini_yekutieli(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let tests = p.iter().flatten().count();
    step_up(p, (1..=tests).map(|i| (i as f64).recip()).sum())
}

/// Adjusted p-values that control the family-wise error rate (Holm 1979, <https://www.jstor.org/stable/4615733>).
pub fn holm(p: &[Option<f64>]) -> Vec<Option<f64>> {
    let order = ascending(p);
    let tests = order.len();
    let mut adjusted = vec![None; p.len()];
    let mut highest = 0.0_f64;
    for (rank, &(value, index)) in order.iter().enumerate() {
        highest = highest.max(value * (tests - rank) as f64);
        adjusted[index] = Some(highest.min(1.0));
    }
    adjusted
}

/// Simes' p-value of the hypothesis that all are null: the smallest Benjamini-Hochberg value (Simes 1986,
/// [doi:10.1093/biomet/73.3.751](https://doi.org/10.1093/biomet/73.3.751)). `None` of nothing.
pub fn simes(p: &[f64]) -> Option<f64> {
    let mut sorted = p.to_vec();
    sorted.sort_by(f64::total_cmp);
    let tests = sorted.len() as f64;
    sorted.iter().enumerate().map(|(i, &value)| value * tests / (i + 1) as f64).min_by(f64::total_cmp)
}

/// The Cauchy combination of p-values in `(0, 1)` with equal weights, valid in the tail under any dependence (Liu
/// and Xie 2020, [doi:10.1080/01621459.2018.1554485](https://doi.org/10.1080/01621459.2018.1554485)). A value of 0
/// or 1 counts as the next float inside. `None` of nothing.
pub fn acat(p: &[f64]) -> Option<f64> {
    use std::f64::consts::PI;
    if p.is_empty() {
        return None;
    }
    let cauchy = |p: f64| {
        let p = p.clamp(f64::MIN_POSITIVE, 1.0 - f64::EPSILON / 2.0);
        // tan((1/2 - p) pi) = 1 / tan(p pi), which keeps the digits of a small p.
        (p * PI).tan().recip()
    };
    let mean = p.iter().map(|&p| cauchy(p)).sum::<f64>() / p.len() as f64;
    // 1/2 - atan(t)/pi = atan(1/t)/pi for t > 0, without the cancellation.
    Some(if mean > 0.0 { mean.recip().atan() / PI } else { 0.5 - mean.atan() / PI })
}

/// The Benjamini-Hochberg step-up procedure with every p-value inflated by `factor`.
fn step_up(p: &[Option<f64>], factor: f64) -> Vec<Option<f64>> {
    let order = ascending(p);
    let tests = order.len() as f64;
    let mut adjusted = vec![None; p.len()];
    let mut lowest = 1.0_f64;
    for (rank, &(value, index)) in order.iter().enumerate().rev() {
        lowest = lowest.min(value * factor * tests / (rank + 1) as f64);
        adjusted[index] = Some(lowest);
    }
    adjusted
}

/// The p-values that are there with their positions, from the smallest; ties in the order of the input.
fn ascending(p: &[Option<f64>]) -> Vec<(f64, usize)> {
    let mut order: Vec<(f64, usize)> =
        p.iter().enumerate().filter_map(|(index, value)| value.map(|value| (value, index))).collect();
    order.sort_by(|a, b| a.0.total_cmp(&b.0));
    order
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::{floats, input, optional_floats, output};
    use proptest::prelude::*;

    fn agrees(id: &str, adjust: fn(&[Option<f64>]) -> Vec<Option<f64>>) {
        let (Some(given), Some(want)) = (input(id), output(id)) else { return };
        let got = adjust(&optional_floats(&given["p"]));
        let want = optional_floats(&want);
        assert_eq!(got.len(), want.len());
        for (got, want) in got.into_iter().zip(want) {
            match (got, want) {
                (Some(got), Some(want)) => assert!((got - want).abs() < 1e-14, "{id}: {got} against {want}"),
                (got, want) => assert_eq!(got, want),
            }
        }
    }

    #[test]
    fn adjustments_agree_with_r_and_statsmodels() {
        agrees("BH", benjamini_hochberg);
        agrees("py_bh", benjamini_hochberg);
        agrees("holm", holm);
        agrees("py_by", benjamini_yekutieli);
    }

    #[test]
    fn combinations_agree_with_r() {
        let (Some(given), Some(want)) = (input("simes"), output("simes")) else { return };
        assert!((simes(&floats(&given["p"])).unwrap() - want["simes"].as_f64().unwrap()).abs() < 1e-15);
        let (given, want) = (input("acat").unwrap(), output("acat").unwrap());
        assert!((acat(&floats(&given["p"])).unwrap() - want.as_f64().unwrap()).abs() < 1e-14);
    }

    #[test]
    fn genes_are_adjusted_after_simes() {
        let (Some(given), Some(want)) = (input("gene_simes"), output("gene_simes")) else { return };
        let p = floats(&given["p"]);
        let genes = given["gene"].as_array().unwrap();
        let per_gene: Vec<Option<f64>> = want["gene"]
            .as_array()
            .unwrap()
            .iter()
            .map(|gene| {
                simes(&p.iter().zip(genes).filter(|&(_, g)| g == gene).map(|(&p, _)| p).collect::<Vec<_>>())
            })
            .collect();
        for (got, want) in per_gene.iter().zip(floats(&want["simes"])) {
            assert!((got.unwrap() - want).abs() < 1e-15);
        }
        for (got, want) in benjamini_hochberg(&per_gene).iter().zip(floats(&want["bh"])) {
            assert!((got.unwrap() - want).abs() < 1e-15);
        }
    }

    #[test]
    fn nothing_combines_to_nothing() {
        assert_eq!((simes(&[]), acat(&[])), (None, None));
        assert!(benjamini_hochberg(&[None, None]).iter().all(Option::is_none));
    }

    #[test]
    fn cauchy_combination_keeps_tiny_and_certain_values() {
        let tiny = acat(&[1e-250]).unwrap();
        assert!((tiny / 1e-250 - 1.0).abs() < 1e-12);
        let certain = acat(&[1.0, 0.2]).unwrap();
        assert!(certain > 0.99 && certain <= 1.0);
    }

    proptest! {
        #[test]
        fn adjustment_is_monotone_and_never_lowers(p in prop::collection::vec(prop::option::of(0.0..=1.0_f64), 0..40)) {
            for adjust in [benjamini_hochberg, benjamini_yekutieli, holm] {
                let q = adjust(&p);
                for (a, qa) in p.iter().zip(&q) {
                    prop_assert_eq!(a.is_some(), qa.is_some());
                    let (Some(a), Some(qa)) = (a, qa) else { continue };
                    prop_assert!(*qa >= a * (1.0 - 1e-15) && *qa <= 1.0);
                    for (b, qb) in p.iter().zip(&q) {
                        if let (Some(b), Some(qb)) = (b, qb) {
                            prop_assert!(a > b || qa <= qb);
                        }
                    }
                }
            }
        }

        #[test]
        fn simes_is_the_smallest_bh_value(p in prop::collection::vec(0.0..=1.0_f64, 1..30)) {
            let q = benjamini_hochberg(&p.iter().copied().map(Some).collect::<Vec<_>>());
            let lowest = q.into_iter().flatten().fold(1.0, f64::min);
            prop_assert!((simes(&p).unwrap() - lowest).abs() < 1e-15);
        }
    }
}
