//! Shrinkage of variances towards a common one.

use crate::special::{digamma, trigamma, trigamma_inverse};

/// Variances shrunk towards a common value.
#[derive(Clone, Debug, PartialEq)]
pub struct SqueezedVariances {
    /// Degrees of freedom that the common value is worth; infinite where the variances spread no more than chance,
    /// 0 where there are too few to learn from.
    pub df_prior: f64,
    /// The common value.
    pub prior: f64,
    /// The shrunken variances, in the order given.
    pub posterior: Vec<f64>,
}

/// Shrinks variances, each with its degrees of freedom, towards a common value by empirical Bayes.
///
/// Variances are taken as scaled F variables; the common value and its degrees of freedom come from the mean and
/// variance of their logarithms (Smyth 2004,
/// [doi:10.2202/1544-6115.1027](https://doi.org/10.2202/1544-6115.1027)). Results are those of `squeezeVar` of limma
/// 3.54 without trend: exact zeros count as 1e-5 of the median, variances that are not finite or have no degrees of
/// freedom do not inform the prior.
pub fn squeeze_variances(variances: &[f64], df: &[f64]) -> SqueezedVariances {
    let mut usable: Vec<(f64, f64)> = variances
        .iter()
        .zip(df)
        .filter(|(variance, df)| {
            variance.is_finite() && df.is_finite() && **df > 1e-15 && **variance > -1e-15
        })
        .map(|(&variance, &df)| (variance.max(0.0), df))
        .collect();
    let n = usable.len() as f64;
    if usable.len() < 2 {
        let prior = usable.first().map_or(f64::NAN, |&(variance, _)| variance);
        return SqueezedVariances { df_prior: 0.0, prior, posterior: variances.to_vec() };
    }
    let median = median(usable.iter().map(|&(variance, _)| variance).collect());
    let least = 1e-5 * if median > 0.0 { median } else { 1.0 };
    for (variance, _) in &mut usable {
        *variance = variance.max(least);
    }
    let logs: Vec<f64> =
        usable.iter().map(|&(variance, df)| variance.ln() - digamma(0.5 * df) + (0.5 * df).ln()).collect();
    let mean = logs.iter().sum::<f64>() / n;
    let spread = logs.iter().map(|log| (log - mean).powi(2)).sum::<f64>() / (n - 1.0);
    let by_chance = usable.iter().map(|&(_, df)| trigamma(0.5 * df)).sum::<f64>() / n;
    let excess = spread - by_chance;
    let (df_prior, prior) = if excess > 0.0 {
        let df = 2.0 * trigamma_inverse(excess);
        (df, (mean + digamma(0.5 * df) - (0.5 * df).ln()).exp())
    } else {
        (f64::INFINITY, usable.iter().map(|&(variance, _)| variance).sum::<f64>() / n)
    };
    let squeeze = |(&variance, &df): (&f64, &f64)| {
        if df_prior.is_infinite() || df <= 1e-15 || !variance.is_finite() {
            prior
        } else {
            (df * variance + df_prior * prior) / (df + df_prior)
        }
    };
    SqueezedVariances { df_prior, prior, posterior: variances.iter().zip(df).map(squeeze).collect() }
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    let n = values.len();
    0.5 * (values[(n - 1) / 2] + values[n / 2])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::test_vectors::{floats, input, output};

    #[test]
    fn agrees_with_limma() {
        for id in ["squeezeVar", "squeezeVar_inf", "squeezeVar_zero", "squeezeVar_finite"] {
            let (Some(given), Some(want)) = (input(id), output(id)) else { return };
            let variances = floats(&given["var"]);
            let df =
                given["df"].as_f64().map_or_else(|| floats(&given["df"]), |df| vec![df; variances.len()]);
            let got = squeeze_variances(&variances, &df);
            let close =
                |got: f64, want: f64| assert!((got / want - 1.0).abs() < 1e-9, "{id}: {got} against {want}");
            match want["df_prior"].as_f64() {
                Some(want) => close(got.df_prior, want),
                None => assert!(got.df_prior.is_infinite()),
            }
            close(got.prior, want["var_prior"].as_f64().unwrap());
            for (got, want) in got.posterior.iter().zip(floats(&want["var_post"])) {
                close(*got, want);
            }
        }
    }

    #[test]
    fn one_variance_stays_what_it_is() {
        let lone = squeeze_variances(&[0.7], &[4.0]);
        assert_eq!((lone.df_prior, lone.posterior), (0.0, vec![0.7]));
        assert!(squeeze_variances(&[], &[]).posterior.is_empty());
    }

    #[test]
    fn unusable_variances_get_the_common_value() {
        let squeezed = squeeze_variances(&[1.0, 1.2, 0.9, f64::NAN, 5.0], &[4.0, 4.0, 4.0, 4.0, 0.0]);
        assert!((squeezed.posterior[3] - squeezed.prior).abs() < 1e-12);
        assert!((squeezed.posterior[4] - squeezed.prior).abs() < 1e-12);
    }
}
