//! `report.html`: one file that needs nothing else.
//!
//! Style and script are inside the page, figures are inline SVG, there is no address of another file or host. All that
//! is to be read is in the page without script; the script sorts, filters and saves tables.

mod cohort;
mod diagnostics;
mod differential;
mod enrichment;
mod headline;
mod methods;
mod panel;

use crate::{html::Html, results::Results, svg};

const STYLE: &str = include_str!("../assets/report.css");
const SCRIPT: &str = include_str!("../assets/report.js");

/// A section: id, heading, writer.
type Section = (&'static str, &'static str, fn(&mut Html, &Results));

const SECTIONS: [Section; 9] = [
    ("headline", "In short", headline::write),
    ("panel", "NAD+ genes", panel::write),
    ("cohort", "Cohort and quality", cohort::write),
    ("differential", "Differential splicing", differential::write_figures),
    ("events", "Top events", differential::write_tables),
    ("sets", "AMPK, mTOR and other gene sets", enrichment::write),
    ("diagnostics", "Diagnostics", diagnostics::write),
    ("methods", "Methods", methods::write),
    ("provenance", "Provenance", methods::write_provenance),
];

/// The page.
pub fn report(results: &Results) -> String {
    let mut html = Html::default();
    html.markup("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n");
    html.markup("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n");
    html.leaf("title", &[], &title(results));
    html.markup("\n<style>\n");
    html.style(&svg::page_rules());
    html.markup(STYLE);
    html.markup("</style>\n</head>\n<body>\n<header>\n");
    html.leaf("h1", &[], "Alternative splicing");
    html.leaf("p", &[("class", "subtitle")], &title(results));
    if results.samples.rows.iter().any(|(_, row)| row.is_regional()) {
        html.leaf("p", &[("class", "subtitle")], &regional(results));
    }
    html.markup("\n<nav aria-label=\"Sections\">");
    for (id, heading, _) in SECTIONS {
        html.leaf("a", &[("href", &format!("#{id}"))], heading);
        html.markup(" ");
    }
    html.markup("</nav>\n</header>\n<main>\n");
    for (id, heading, write) in SECTIONS {
        html.element("section", &[("id", id)], |html| {
            html.leaf("h2", &[], heading);
            html.markup("\n");
            write(html, results);
        });
        html.markup("\n");
    }
    html.markup("</main>\n<script>\n");
    html.markup(SCRIPT);
    html.markup("</script>\n</body>\n</html>\n");
    html.into_text()
}

/// That samples were counted in parts of the genome, and what that leaves out.
fn regional(results: &Results) -> String {
    let regions = results.run.as_ref().and_then(|run| run["parameters"]["counting"]["regions"].as_array());
    let number = regions.map_or_else(String::new, |regions| {
        format!(" ({})", crate::wording::counted(regions.len(), "region"))
    });
    format!(
        "Only parts of the genome were counted{number}: numbers of reads are of these parts, the dispersion of events is \
         learned from their events alone, and neither expression nor gene sets are tested."
    )
}

fn title(results: &Results) -> String {
    let contrasts: Vec<_> = results.contrasts.iter().map(|contrast| contrast.label.as_str()).collect();
    let samples = crate::wording::counted(results.names.len(), "sample");
    if contrasts.is_empty() {
        format!("nadsplice, {samples}")
    } else {
        format!("nadsplice, {samples}, {}", crate::wording::listed(&contrasts, 3))
    }
}
