//! Differential splicing: figures, and the table of the events with the best evidence.

use nadsplice_table::DifferentialRow;

use crate::{
    figures::{heatmap, kinds, scatter},
    html::Html,
    results::{CALL_Q, Contrast, Results, is_called},
    wording::{count, counted, probability, signed},
};

/// Rows in all tables of top events together, and in one of them, at most.
const MOST_ROWS: usize = 3000;
const MOST_ROWS_EACH: usize = 500;
/// Rows in a table where fewer events are called.
const FEWEST_ROWS: usize = 100;

pub(super) fn write_figures(html: &mut Html, results: &Results) {
    if results.contrasts.is_empty() {
        html.paragraph("No comparison was made.");
        figure(html, kinds::draw(results, None), "Events of each kind in the catalogue (`events.tsv`).");
        figure(html, heatmap::draw(results, None), "PSI of events and samples, clustered (`psi.tsv`).");
    }
    for contrast in &results.contrasts {
        html.leaf("h3", &[], &contrast.label);
        figure(html, kinds::draw(results, Some(contrast)), "Events of each kind, on a logarithmic scale.");
        facets(html, contrast);
        figure(
            html,
            heatmap::draw(results, Some(contrast)),
            "PSI of events and samples; rows and columns by average-linkage clustering (`psi.tsv`).",
        );
    }
}

fn figure(html: &mut Html, drawing: Option<crate::svg::Drawing>, caption: &str) {
    if let Some(drawing) = drawing {
        html.figure(&drawing, caption);
    }
}

fn facets(html: &mut Html, contrast: &Contrast) {
    let planes = [
        (scatter::Plane::Volcano, "Volcano plots: difference of PSI and evidence, one panel a kind."),
        (scatter::Plane::Ma, "MA plots: reads and difference of PSI, one panel a kind."),
    ];
    if contrast.tested().next().is_none() {
        html.paragraph("No event could be tested.");
    }
    for (plane, caption) in planes {
        let panels = scatter::panels(plane, contrast);
        if panels.is_empty() {
            continue;
        }
        html.element("figure", &[], |html| {
            html.markup("<div class=\"facets\">");
            for panel in &panels {
                html.drawing(panel);
            }
            html.markup("</div>");
            html.leaf("figcaption", &[], caption);
        });
        html.markup("\n");
    }
    html.note(&format!(
        "Colour marks events with q < {CALL_Q}: orange with more inclusion in the case group, blue with less. The 150 of \
         each kind with the best evidence are points; squares count all others, darker where there are more. All panels of a figure have the same scales; evidence beyond p = \
         1e-50 is drawn at the edge."
    ));
}

/// A column of the table: its name in `differential.tsv`, its heading, its cell.
type Column = (&'static str, &'static str, fn(&DifferentialRow) -> String);

const COLUMNS: [Column; 12] = [
    ("gene_name", "Gene", crate::results::gene_names),
    ("kind", "Kind", |e| e.kind.to_string()),
    ("delta_psi", "ΔPSI", |e| signed(e.delta_psi)),
    ("ci_low", "95% from", |e| signed(e.ci_low)),
    ("ci_high", "to", |e| signed(e.ci_high)),
    ("psi_control", "PSI control", |e| crate::wording::fixed(e.psi_control, 3)),
    ("psi_case", "PSI case", |e| crate::wording::fixed(e.psi_case, 3)),
    ("p_value", "p", |e| probability(e.p_value)),
    ("q_value", "q", |e| probability(e.q_value)),
    ("reads_control", "Reads control", |e| e.reads_control.to_string()),
    ("reads_case", "Reads case", |e| e.reads_case.to_string()),
    ("event_id", "Event", |e| e.event_id.clone()),
];

pub(super) fn write_tables(html: &mut Html, results: &Results) {
    if results.contrasts.is_empty() {
        html.paragraph("No comparison was made.");
    }
    let most = (MOST_ROWS / results.contrasts.len().max(1)).clamp(10, MOST_ROWS_EACH);
    for (number, contrast) in results.contrasts.iter().enumerate() {
        html.leaf("h3", &[], &contrast.label);
        let tested = contrast.by_evidence();
        if tested.is_empty() {
            html.paragraph(&format!("No event could be tested: {}.", reasons(contrast)));
            continue;
        }
        let called = tested.iter().filter(|event| is_called(event)).count();
        let shown = called.clamp(FEWEST_ROWS.min(most), most).min(tested.len());
        html.paragraph(&format!(
            "The {} with the smallest p-values, of {} tested; {} with q < {CALL_Q}. All are in `differential.tsv`. Not \
             tested: {}.",
            counted(shown, "event"),
            count(tested.len() as u64),
            count(called as u64),
            reasons(contrast)
        ));
        table(html, &contrast.label, &tested[..shown], number);
    }
}

/// How many events were not tested, by reason, most frequent first.
fn reasons(contrast: &Contrast) -> String {
    let mut numbers: Vec<(&str, usize)> = Vec::new();
    for event in contrast.events.iter().filter(|event| event.status != "ok") {
        match numbers.iter_mut().find(|(status, _)| *status == event.status) {
            Some((_, number)) => *number += 1,
            None => numbers.push((&event.status, 1)),
        }
    }
    numbers.sort_by(|a, b| b.1.cmp(&a.1).then(a.0.cmp(b.0)));
    let parts: Vec<_> =
        numbers.iter().map(|(status, number)| format!("{} {status}", count(*number as u64))).collect();
    if parts.is_empty() { "none".to_owned() } else { parts.join(", ") }
}

fn table(html: &mut Html, label: &str, events: &[&DifferentialRow], number: usize) {
    html.element("div", &[("class", "browse"), ("data-name", &format!("top_events_{}", number + 1))], |html| {
        html.markup("<p class=\"controls\" hidden><label>Filter <input type=\"search\" placeholder=\"gene, kind, ");
        html.markup("event\"></label> <label>q below <input type=\"number\" min=\"0\" max=\"1\" step=\"any\" ");
        html.markup("size=\"6\"></label> <button type=\"button\">Save as TSV</button> <output></output></p>\n");
        html.element("div", &[("class", "wide tall")], |html| {
            html.element("table", &[("class", "events"), ("data-contrast", label)], |html| {
                html.markup("<thead><tr>");
                for (name, heading, _) in COLUMNS {
                    html.leaf("th", &[("scope", "col"), ("data-name", name)], heading);
                }
                html.markup("</tr></thead>\n<tbody>\n");
                for event in events {
                    html.element("tr", &[], |html| {
for (_, _, cell) in COLUMNS {
html.cell(&cell(event));
}
});
                    html.markup("\n");
                }
                html.markup("</tbody>");
            });
        });
    });
    html.markup("\n");
}
