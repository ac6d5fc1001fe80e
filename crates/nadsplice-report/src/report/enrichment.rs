//! Gene sets: evidence, and the called genes that they share.

use crate::{
    figures::sets,
    html::Html,
    results::{Contrast, Results},
    wording::{fixed, listed, probability},
};

/// Rows of the table.
const MOST_ROWS: usize = 30;

pub(super) fn write(html: &mut Html, results: &Results) {
    if results.contrasts.iter().all(|contrast| contrast.sets.is_empty()) {
        html.paragraph("No gene sets were tested.");
    }
    for contrast in results.contrasts.iter().filter(|contrast| !contrast.sets.is_empty()) {
        html.leaf("h3", &[], &contrast.label);
        one(html, contrast);
    }
}

fn one(html: &mut Html, contrast: &Contrast) {
    let methods = [
        ("wallenius", "Over-representation among called genes"),
        ("gsea", "Enrichment along the ranking of all tested genes"),
    ];
    for (method, title) in methods {
        let tested = sets::tested(contrast, method);
        match sets::dots(title, &tested) {
            Some(drawing) => html.figure(
                &drawing,
                "One dot a set, the larger the more genes its evidence rests on; filled where q < 0.05.",
            ),
            None => {
                html.paragraph(&format!("{title}: no set could be tested ({}).", reasons(contrast, method)));
            }
        }
    }
    let tested = sets::tested(contrast, "wallenius");
    let focus: Vec<_> = contrast
        .sets
        .iter()
        .filter(|set| set.method == "wallenius" && (set.theme == "AMPK" || set.theme == "MTOR"))
        .collect();
    match sets::matrix("Called genes in AMPK and mTOR sets", &focus, contrast) {
        Some(drawing) => html.figure(&drawing, "Colour is the largest difference of PSI in the gene."),
        None => html.paragraph("No called gene is in an AMPK or mTOR set."),
    }
    let rows = tested.iter().take(MOST_ROWS).map(|set| {
        let genes: Vec<_> = set.genes.iter().map(String::as_str).collect();
        vec![
            set.set_name.clone(),
            set.theme.clone(),
            format!("{} of {}", set.overlap, set.set_size),
            fixed(set.expected, 2),
            fixed(set.fold, 2),
            probability(set.p_value),
            probability(set.q_value),
            listed(&genes, 15),
        ]
    });
    if !tested.is_empty() {
        html.table(&["Set", "Theme", "Called", "Expected", "Fold", "p", "q", "Called genes"], rows);
        html.note(
            "Expected numbers take into account how many tested events a gene has and how many reads these. Sets that \
             share most of their called genes are not independent evidence. All sets are in `enrichment.tsv`.",
        );
    }
}

fn reasons(contrast: &Contrast, method: &str) -> String {
    let mut found: Vec<&str> = Vec::new();
    for set in contrast.sets.iter().filter(|set| set.method == method) {
        if !found.contains(&set.status.as_str()) {
            found.push(&set.status);
        }
    }
    found.join(", ")
}
