//! The samples: where their alignments went, what the libraries are like, how they lie to one another.

use nadsplice_table::SampleRow;

use crate::{
    figures::{bars, pca},
    html::Html,
    results::{Contrast, Results},
    wording::{MISSING, fixed, percent, probability},
};

pub(super) fn write(html: &mut Html, results: &Results) {
    match bars::ledger(results) {
        Some(drawing) => html.figure(&drawing, "Where every alignment of each file went (`samples.tsv`)."),
        None => html.paragraph("The counts did not come from alignments, so there is no ledger of reads."),
    }
    strandedness(html, results);
    samples(html, results);
    html.leaf("h3", &[], "Principal components");
    match pca::draw(results, &results.cohort_groups()) {
        Some(drawing) => html.figure(
            &drawing,
            "Logit PSI of the most variable well-covered events; a ring marks samples far from most others \
             (`sample_pca.tsv`).",
        ),
        None => html.paragraph("Too few events or samples for principal components."),
    }
    for contrast in results.contrasts.iter().filter(|contrast| !contrast.checks.is_empty()) {
        checks(html, contrast);
    }
}

fn strandedness(html: &mut Html, results: &Results) {
    let mut found: Vec<(String, Vec<&str>)> = Vec::new();
    for (name, (_, row)) in results.names.iter().zip(&results.samples.rows) {
        let word = row.library_strandedness.map_or_else(|| "unknown".to_owned(), |s| s.to_string());
        match found.iter_mut().find(|(known, _)| *known == word) {
            Some((_, names)) => names.push(name),
            None => found.push((word, vec![name])),
        }
    }
    if let [(word, _)] = found.as_slice() {
        html.paragraph(&format!("Strandedness: all libraries are {word}."));
    } else {
        let parts: Vec<_> =
            found.iter().map(|(word, names)| format!("{word}: {}", names.join(", "))).collect();
        let text =
            format!("Libraries differ in strandedness ({}); each was counted as it is.", parts.join("; "));
        html.leaf("p", &[("class", "warning")], &text);
    }
}

type Measure = (&'static str, fn(&SampleRow) -> String);

const MEASURES: [Measure; 10] = [
    ("Strandedness", |s| s.library_strandedness.map_or_else(|| MISSING.to_owned(), |w| w.to_string())),
    ("Read length", |s| s.read_length.map_or_else(|| MISSING.to_owned(), |n| n.to_string())),
    ("Fragment", |s| fixed(s.fragment_length, 0)),
    ("Spliced", |s| percent(s.spliced_fraction)),
    ("On annotated junctions", |s| percent(s.annotated_junction_fraction)),
    ("Novel junctions", |s| s.novel_junctions.map_or_else(|| MISSING.to_owned(), |n| n.to_string())),
    ("Saturation", |s| percent(s.saturation)),
    ("Intronic", |s| percent(s.intronic_share)),
    ("3' bias", |s| fixed(s.three_prime_bias, 2)),
    ("Mitochondrial", |s| percent(s.mt_share)),
];

fn samples(html: &mut Html, results: &Results) {
    // A column without any value says nothing.
    let shown: Vec<&Measure> = MEASURES
        .iter()
        .filter(|(_, of)| results.samples.rows.iter().any(|(_, row)| !of(row).starts_with(MISSING)))
        .collect();
    let mut header = vec!["Sample", "Group"];
    header.extend(shown.iter().map(|(name, _)| *name));
    let groups = results.cohort_groups();
    let rows = results.names.iter().zip(&results.samples.rows).enumerate().map(|(at, (name, (_, row)))| {
        let group = groups.group_of(at).map_or("", |group| groups.groups[group].name.as_str());
        let mut cells = vec![name.clone(), group.to_owned()];
        cells.extend(shown.iter().map(|(_, of)| of(row)));
        cells
    });
    html.table(&header, rows);
    html.note(
        "Saturation is the share of the seen annotated junctions that half of the reads would have shown too: near \
         100%, deeper sequencing adds little. 3' bias is even at 0.50. More is in `samples.tsv`.",
    );
}

fn checks(html: &mut Html, contrast: &Contrast) {
    html.leaf("h3", &[], &format!("What else differs between the groups of {}", contrast.label));
    let with: Vec<_> = contrast.checks.iter().filter(|check| check.goes_with_groups).collect();
    if with.is_empty() {
        html.paragraph(&format!(
            "Of {} measured variables none goes with the groups (p < 0.05, not adjusted).",
            contrast.checks.len()
        ));
        return;
    }
    let rows = with.iter().map(|check| {
        vec![
            check.variable.clone(),
            fixed(check.mean_control, 3),
            fixed(check.mean_case, 3),
            probability(check.p_value),
            check.note.clone(),
        ]
    });
    html.table(&["Variable", "Mean of control", "Mean of case", "p", "Note"], rows);
}
