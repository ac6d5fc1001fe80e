//! What was found, in sentences with the numbers behind them.

use std::fmt::Write as _;

use crate::{
    figures::sets,
    html::Html,
    results::{CALL_Q, Contrast, Results, gene_names, is_called},
    wording::{count, counted, listed, percent, probability, signed},
};

/// Names of genes in a sentence, at most.
const NAMED: usize = 12;

pub(super) fn write(html: &mut Html, results: &Results) {
    let events: usize = results.catalogue.values().sum();
    if results.contrasts.is_empty() {
        html.paragraph(&format!(
            "{} were quantified in {}. No comparison was made, so nothing is tested.",
            counted(events, "event"),
            counted(results.names.len(), "sample")
        ));
    }
    for contrast in &results.contrasts {
        html.leaf("h3", &[], &contrast.label);
        html.markup("<ul class=\"headline\">");
        for sentence in sentences(contrast) {
            html.leaf("li", &[], &sentence);
        }
        html.markup("</ul>\n");
    }
    let outliers: Vec<_> =
        results.pca.iter().filter(|row| row.outlier).map(|row| row.sample.as_str()).collect();
    if !outliers.is_empty() {
        html.leaf(
            "p",
            &[("class", "warning")],
            &format!("Far from most other samples: {}.", outliers.join(", ")),
        );
    }
}

fn sentences(contrast: &Contrast) -> Vec<String> {
    let mut sentences = Vec::new();
    let tested: Vec<_> = contrast.by_evidence();
    let called: Vec<_> = tested.iter().filter(|event| is_called(event)).collect();
    let genes = contrast.genes.values().filter(|gene| gene.q_value.is_some_and(|q| q < CALL_Q)).count();
    let mut splicing = format!(
        "Splicing: {} of {} tested ({} in the catalogue; {}) {} at a false discovery rate below {CALL_Q}",
        if called.is_empty() { "none".to_owned() } else { count(called.len() as u64) },
        counted(tested.len(), "event"),
        count(contrast.events.len() as u64),
        contrast.groups.sizes(),
        if called.len() < 2 { "differs" } else { "differ" },
    );
    let _ = match called.first() {
        Some(best) => write!(
            splicing,
            ", in {} at gene level; the strongest evidence is in {} ({}, ΔPSI {}, q {}).",
            counted(genes, "gene"),
            gene_names(best),
            best.event_id,
            signed(best.delta_psi),
            probability(best.q_value)
        ),
        None => write!(splicing, ". {}", smallest(contrast)),
    };
    sentences.push(splicing);
    if !contrast.panel.is_empty() {
        sentences.push(panel_sentence(contrast));
    }
    sentences.extend(sets_sentence(contrast));
    let confounded: Vec<_> = contrast
        .checks
        .iter()
        .filter(|check| check.goes_with_groups)
        .map(|check| check.variable.as_str())
        .collect();
    if !confounded.is_empty() {
        sentences.push(format!(
            "Caution: {} the groups, and could be what differs between them: {}.",
            if confounded.len() == 1 {
                "one measured variable goes with"
            } else {
                "measured variables go with"
            },
            confounded.join(", ")
        ));
    }
    if let Some(share) = contrast.diagnostic("permuted_p_below_0.05").filter(|s| !(0.03..=0.07).contains(s)) {
        sentences.push(format!(
            "Caution: on permuted labels {} of the p-values are below 0.05, where 3 to 7% would be sound.",
            percent(Some(share))
        ));
    }
    sentences
}

/// What could have been seen, where nothing was.
fn smallest(contrast: &Contrast) -> String {
    let mut detectable: Vec<f64> = contrast.tested().filter_map(|event| event.detectable_delta).collect();
    detectable.sort_by(f64::total_cmp);
    match detectable.get(detectable.len() / 2) {
        Some(median) => format!(
            "Half of the tested events had the reads and samples to show a difference of {median:.2} or less (at 0.05, \
             power 80%)."
        ),
        None => "No event had the reads for a test.".to_owned(),
    }
}

fn panel_sentence(contrast: &Contrast) -> String {
    let of = |verdict: &str| -> Vec<&str> {
        contrast
            .panel
            .iter()
            .filter(|gene| gene.verdict == verdict)
            .map(|gene| gene.gene_name.as_str())
            .collect()
    };
    let changed = of("changed");
    let mut sentence = format!("NAD+ panel ({} genes): ", contrast.panel.len());
    if changed.is_empty() {
        sentence.push_str("splicing of no gene is shown to change");
    } else {
        let _ = write!(sentence, "{} changed ({})", changed.len(), listed(&changed, NAMED));
    }
    for verdict in ["unchanged", "inconclusive", "constitutive", "not testable"] {
        let _ = write!(sentence, ", {} {verdict}", of(verdict).len());
    }
    sentence.push('.');
    if let Some(cd38) = contrast.panel.iter().find(|gene| gene.gene_name == "CD38") {
        let _ = write!(sentence, " CD38: {}.", cd38.verdict);
    }
    sentence
}

fn sets_sentence(contrast: &Contrast) -> Option<String> {
    let methods = [("wallenius", "called genes"), ("gsea", "ranking of all tested genes")];
    let parts: Vec<String> = methods
        .iter()
        .filter_map(|&(method, what)| {
            let tested = sets::tested(contrast, method);
            let called: Vec<_> = tested
                .iter()
                .filter(|set| set.q_value.is_some_and(|q| q < CALL_Q))
                .map(|set| set.set_name.as_str())
                .collect();
            (!tested.is_empty()).then(|| {
                let named = if called.is_empty() { "none".to_owned() } else { listed(&called, 4) };
                format!("by {what}: {named} (of {} tested)", tested.len())
            })
        })
        .collect();
    if parts.is_empty() {
        let first = contrast.sets.first()?;
        let reason = if first.status == "restricted_universe" {
            "not tested, since the regions that were counted chose the genes"
        } else {
            "none could be tested, for want of called and ranked genes"
        };
        return Some(format!("Gene sets: {reason}."));
    }
    Some(format!("Enriched gene sets (q < {CALL_Q}), {}.", parts.join("; ")))
}
