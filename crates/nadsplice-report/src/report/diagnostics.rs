//! Whether the tests are sound.

use crate::{
    figures::{bars, lines},
    html::Html,
    results::{Contrast, Results},
    wording::{fixed, percent},
};

pub(super) fn write(html: &mut Html, results: &Results) {
    if results.contrasts.is_empty() {
        html.paragraph("No comparison was made.");
    }
    for contrast in &results.contrasts {
        html.leaf("h3", &[], &contrast.label);
        html.markup("<div class=\"facets\">");
        p_values(html, contrast);
        prior(html, contrast);
        detectable(html, contrast);
        html.markup("</div>\n");
        html.paragraph(&permutations(contrast));
        let lambda = contrast.diagnostic("lambda");
        if lambda.is_some() {
            html.paragraph(&format!(
                "Inflation (lambda): {}, near 1 where most events do not differ. Median denominator degrees of freedom: \
                 {}.",
                fixed(lambda, 2),
                fixed(contrast.diagnostic("median_df"), 1)
            ));
        }
    }
}

fn p_values(html: &mut Html, contrast: &Contrast) {
    let mut bins = [0.0; 20];
    for p in contrast.tested().filter_map(|event| event.p_value) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 19")]
        let bin = ((p * 20.0) as usize).min(19);
        bins[bin] += 1.0;
    }
    let number: f64 = bins.iter().sum();
    if number > 0.0 {
        let drawing = bars::histogram(
            "p-values of the tested events",
            &bins,
            (0.0, 1.0),
            ("p-value", "events"),
            Some(number / 20.0),
        );
        html.figure(
            &drawing,
            "p-values: a flat floor, and a peak at the left where events differ. Dashed: were none to differ.",
        );
    }
}

/// Correlation of two reads of a sample against coverage, as learnt from all events.
fn prior(html: &mut Html, contrast: &Contrast) {
    let mut knots: Vec<(f64, f64)> = (1..)
        .map_while(|knot| {
            let reads = contrast.diagnostic(&format!("prior_knot_{knot}_reads"))?;
            Some((reads, contrast.diagnostic(&format!("prior_knot_{knot}_rho"))?))
        })
        .collect();
    knots.sort_by(|a, b| a.0.total_cmp(&b.0));
    let tau = fixed(contrast.diagnostic("prior_tau"), 2);
    let axes = ("log10 reads per sample", "median rho");
    if let Some(drawing) = lines::curve("Prior of the overdispersion", &knots, axes) {
        let caption = format!(
            "Overdispersion: correlation (rho) of two reads of a sample, learnt from all events; standard deviation of \
             its logarithm {tau}."
        );
        html.figure(&drawing, &caption);
    } else if let [(_, rho)] = knots.as_slice() {
        html.paragraph(&format!(
            "Overdispersion: the correlation (rho) of two reads of a sample is {rho:.4} at the median, the same at all \
             coverages; standard deviation of its logarithm {tau}."
        ));
    }
}

fn detectable(html: &mut Html, contrast: &Contrast) {
    let mut bins = [0.0; 20];
    for delta in contrast.tested().filter_map(|event| event.detectable_delta) {
        #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "between 0 and 19")]
        let bin = ((delta * 20.0) as usize).min(19);
        bins[bin] += 1.0;
    }
    if bins.iter().sum::<f64>() > 0.0 {
        let drawing = bars::histogram(
            "Detectable differences",
            &bins,
            (0.0, 1.0),
            ("smallest detectable |ΔPSI|", "events"),
            None,
        );
        html.figure(
            &drawing,
            "Smallest difference that the test of each event would have seen (0.05, power 80%).",
        );
    }
}

fn permutations(contrast: &Contrast) -> String {
    match (contrast.diagnostic("permuted_p_below_0.05"), contrast.diagnostic("permutations")) {
        (Some(share), Some(number)) => format!(
            "Permutation check: the same test on {number:.0} permuted labelings of {:.0} events gives p < 0.05 in {} of \
             the tests; {}.",
            contrast.diagnostic("permuted_events").unwrap_or_default(),
            percent(Some(share)),
            if (0.03..=0.07).contains(&share) { "3 to 7% is sound" } else { "3 to 7% would be sound" }
        ),
        _ => "There is no permutation check of this comparison.".to_owned(),
    }
}
