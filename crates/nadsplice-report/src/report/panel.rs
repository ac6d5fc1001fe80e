//! The NAD+ genes: verdicts, PSI of every sample, expression beside it, and why something is not known.

use nadsplice_table::{DifferentialRow, PanelRow};

use crate::{
    figures::{legend, psi_dots},
    html::Html,
    results::{Contrast, Results},
    sashimi::{SashimiOptions, sashimi},
    svg::Drawing,
    wording::{fixed, probability, signed},
};

/// Verdicts in the order of the page, and what each says.
const VERDICTS: [(&str, &str); 5] = [
    ("changed", "an event differs, with a difference that counts"),
    ("unchanged", "every tested event's interval lies within ±0.1"),
    ("inconclusive", "tested, and neither changed nor shown to be unchanged"),
    ("constitutive", "no alternative form is annotated or found, and the reads would have shown one"),
    ("not testable", "none of these can be said; the reason is beside it"),
];

pub(super) fn write(html: &mut Html, results: &Results) {
    if results.contrasts.iter().all(|contrast| contrast.panel.is_empty()) {
        html.paragraph("There are no panel verdicts: they need a comparison (`nadsplice enrich` or `run`).");
        return;
    }
    for (number, contrast) in results.contrasts.iter().enumerate().filter(|(_, c)| !c.panel.is_empty()) {
        html.leaf("h3", &[], &contrast.label);
        overview(html, contrast, number);
        group_legend(html, contrast);
        let changed = contrast.panel.iter().filter(|gene| gene.verdict == "changed");
        for gene in changed {
            card(html, results, contrast, gene, number);
        }
        let rest = |core: bool, quiet: bool| {
            contrast
                .panel
                .iter()
                .filter(move |gene| gene.verdict != "changed" && gene.core == core)
                .filter(move |gene| core || is_quiet(gene) == quiet)
                .collect::<Vec<_>>()
        };
        let core = rest(true, false);
        if !core.is_empty() {
            html.leaf("h4", &[], "Other core genes of the panel");
            table(html, results, contrast, &core, number);
        }
        let others = rest(false, false);
        if !others.is_empty() {
            html.leaf("h4", &[], "Other genes with tested events");
            table(html, results, contrast, &others, number);
        }
        let quiet = rest(false, true);
        if !quiet.is_empty() {
            html.element("details", &[], |html| {
                html.leaf("summary", &[], &format!("{} other genes without a tested event", quiet.len()));
                table(html, results, contrast, &quiet, number);
            });
        }
    }
    html.note(
        "q-values are within the panel, a family declared beforehand. ΔPSI is case minus control. Detectable is the \
         smallest difference that the test would have seen at 0.05 with a power of 80%. Expression is in fragments per \
         million; its q-value is over all genes.",
    );
}

fn is_quiet(gene: &PanelRow) -> bool {
    gene.verdict == "constitutive" || gene.verdict == "not testable"
}

/// The gene's place in the page.
fn anchor(gene: &PanelRow, contrast: usize) -> String {
    format!("gene-{}-{}", contrast + 1, gene.gene_name)
}

fn class_of(verdict: &str) -> &'static str {
    match verdict {
        "changed" => "badge changed",
        "unchanged" => "badge unchanged",
        "inconclusive" => "badge inconclusive",
        "constitutive" => "badge constitutive",
        _ => "badge untestable",
    }
}

/// All genes by verdict, each a link to its row.
fn overview(html: &mut Html, contrast: &Contrast, number: usize) {
    html.markup("<dl class=\"verdicts\">");
    for (verdict, meaning) in VERDICTS {
        let genes: Vec<_> = contrast.panel.iter().filter(|gene| gene.verdict == verdict).collect();
        html.element("dt", &[], |html| {
            html.leaf("span", &[("class", class_of(verdict))], &format!("{} {verdict}", genes.len()));
            html.leaf("small", &[], meaning);
        });
        html.element("dd", &[], |html| {
            for gene in genes {
                let class = if gene.core { "core" } else { "other" };
                let href = format!("#{}", anchor(gene, number));
                html.leaf("a", &[("href", &href), ("class", class), ("title", &gene.role)], &gene.gene_name);
                html.markup(" ");
            }
        });
    }
    html.markup("</dl>\n");
    html.note("Core genes of the panel are set in bold.");
}

fn group_legend(html: &mut Html, contrast: &Contrast) {
    let mut drawing = Drawing::new(340.0, 0.0, "Colours of the groups", "");
    let entries = contrast.groups.legend();
    let end = legend::draw(&mut drawing, (2.0, 14.0), 336.0, &entries);
    drawing.set_height(end + 8.0);
    html.figure(
        &drawing,
        "Dots are samples, upright bars the 95% interval of a sample's reads, level bars the model's estimate of a \
         group. In the small drawings PSI runs from 0 (left) to 1 (right).",
    );
}

fn best_row<'a>(contrast: &'a Contrast, gene: &PanelRow) -> Option<&'a DifferentialRow> {
    let best = gene.best_event.as_deref()?;
    contrast.events.iter().find(|event| event.event_id == best)
}

fn interval(gene: &PanelRow) -> String {
    match (gene.ci_low, gene.ci_high) {
        (Some(low), Some(high)) => format!("{low:+.3} to {high:+.3}"),
        _ => "NA".to_owned(),
    }
}

fn expression(contrast: &Contrast, gene: &PanelRow) -> String {
    let row = gene.gene_id.iter().find_map(|id| contrast.expression.get(id));
    let Some(row) = row else { return "not measured".to_owned() };
    let means = match (row.mean_control, row.mean_case) {
        (Some(control), Some(case)) => format!("{control:.1} → {case:.1} per million"),
        _ => "means not known".to_owned(),
    };
    if row.status != "ok" {
        return format!("{means}; not tested ({})", row.status);
    }
    format!("{means}; log2 change {}, q {}", fixed(row.log2_fold_change, 2), probability(row.q_value))
}

fn card(html: &mut Html, results: &Results, contrast: &Contrast, gene: &PanelRow, number: usize) {
    html.element("article", &[("id", &anchor(gene, number)), ("class", "gene")], |html| {
        html.element("h4", &[], |html| {
            html.leaf("i", &[], &gene.gene_name);
            html.markup(" ");
            html.leaf("span", &[("class", class_of(&gene.verdict))], &gene.verdict);
            html.leaf("small", &[], &gene.role);
        });
        html.markup("<div class=\"beside\">");
        let row = best_row(contrast, gene);
        if let Some(psi) = gene.best_event.as_ref().and_then(|event| results.psi.get(event)) {
            let title = format!("PSI of {}", gene.best_event.as_deref().unwrap_or_default());
            html.figure(&psi_dots::figure(&title, psi, &contrast.groups, row, &results.names), "");
        }
        html.markup("<dl>");
        let mut fact = |name: &'static str, value: &str| {
            if !value.is_empty() {
                html.leaf("dt", &[], name);
                html.leaf("dd", &[], value);
            }
        };
        fact("Event", gene.best_event.as_deref().unwrap_or("NA"));
        let estimate = format!("{} ({})", signed(gene.delta_psi), interval(gene));
        fact("ΔPSI (95% interval)", &estimate);
        fact("q within the panel", &probability(gene.best_q));
        fact("Detectable ΔPSI", &fixed(gene.detectable_delta, 2));
        fact("Protein", &gene.consequence);
        fact("Expression", &expression(contrast, gene));
        fact("Gene sets", &gene.gene_sets.join(", "));
        let outliers = row.map(|row| row.outlier_samples.join(", ")).unwrap_or_default();
        fact("Outlying samples", &outliers);
        fact("Why", &gene.reason);
        html.markup("</dl></div>\n");
        let figures = results.figures.as_ref().zip(gene.best_event.as_deref());
        let data =
            figures.and_then(|(figures, event)| figures.sashimi_of_event(event, Some(&contrast.label)));
        if let Some(data) = data {
            html.element("figure", &[("class", "broad")], |html| {
                html.drawing(&sashimi(&data, &SashimiOptions::default()));
            });
        }
    });
    html.markup("\n");
}

/// Headings of the columns after the gene's name; on a phone they stand before each cell.
const HEADINGS: [&str; 6] =
    ["Verdict", "PSI, best event", "ΔPSI (95% interval)", "q", "Detectable", "Expression"];

fn table(html: &mut Html, results: &Results, contrast: &Contrast, genes: &[&PanelRow], number: usize) {
    html.markup("<div class=\"wide\"><table class=\"genes\"><thead><tr><th scope=\"col\">Gene</th>");
    for heading in HEADINGS {
        html.leaf("th", &[("scope", "col")], heading);
    }
    html.markup("</tr></thead>\n<tbody>\n");
    for gene in genes {
        html.element("tr", &[("id", &anchor(gene, number))], |html| row(html, results, contrast, gene));
        html.element("tr", &[("class", "why")], |html| {
            html.leaf("td", &[("colspan", "7")], &gene.reason);
        });
        html.markup("\n");
    }
    html.markup("</tbody></table></div>\n");
}

fn row(html: &mut Html, results: &Results, contrast: &Contrast, gene: &PanelRow) {
    html.element("th", &[("scope", "row")], |html| {
        html.leaf("i", &[], &gene.gene_name);
        html.leaf("small", &[], &gene.role);
    });
    let mut headings = HEADINGS.into_iter();
    let mut cell = |is_known: bool, content: &dyn Fn(&mut Html)| {
        let heading = headings.next().unwrap_or_default();
        let class = if is_known { "" } else { "none" };
        html.element("td", &[("data-label", heading), ("class", class)], |html| content(html));
    };
    cell(true, &|html| html.leaf("span", &[("class", class_of(&gene.verdict))], &gene.verdict));
    let psi = gene.best_event.as_ref().and_then(|event| Some((event, results.psi.get(event)?)));
    cell(psi.is_some(), &|html| {
        if let Some((event, psi)) = psi {
            html.drawing(&psi_dots::strip(event, psi, &contrast.groups, best_row(contrast, gene)));
        }
    });
    cell(gene.delta_psi.is_some(), &|html| {
        html.text(&signed(gene.delta_psi));
        if gene.ci_low.is_some() {
            html.leaf("small", &[], &interval(gene));
        }
    });
    cell(gene.best_q.is_some(), &|html| html.text(&probability(gene.best_q)));
    cell(gene.detectable_delta.is_some(), &|html| html.text(&fixed(gene.detectable_delta, 2)));
    cell(true, &|html| html.text(&expression(contrast, gene)));
}
