//! `MultiQC` custom content: files that `multiqc --strict` takes up by their names.

use std::fmt::Write as _;

use nadsplice_table::SampleRow;

use crate::{
    figures::{bars::LEDGER, kinds},
    results::{Contrast, Results},
    svg::escape,
};

/// The folder of the files within the results.
pub const MULTIQC_FOLDER: &str = "multiqc";

/// Name and content of each file. A file that would have no row is left out.
pub fn multiqc_files(results: &Results) -> Vec<(&'static str, String)> {
    let mut files = vec![("nadsplice_mqc_versions.yml", versions(results))];
    let content = [
        ("nadsplice_general_mqc.tsv", general(results)),
        ("nadsplice_ledger_mqc.tsv", ledger(results)),
        ("nadsplice_pca_mqc.tsv", pca(results)),
        ("nadsplice_called_events_mqc.tsv", called_events(results)),
        ("nadsplice_nad_panel_mqc.tsv", panel(results)),
    ];
    files.extend(content.into_iter().filter_map(|(name, content)| Some((name, content?))));
    files
}

fn versions(results: &Results) -> String {
    let version = results.run.as_ref().and_then(|run| run["version"].as_str());
    // Quoted as JSON, which YAML reads.
    let version = serde_json::Value::from(version.unwrap_or(env!("CARGO_PKG_VERSION")));
    format!("nadsplice:\n    nadsplice: {version}\n")
}

/// A cell: no tab or line end, and no markup, because `MultiQC` puts cells into its page as they are.
fn cell(text: &str) -> String {
    escape(&text.replace(['\t', '\n', '\r'], " "))
}

fn number(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| "NA".to_owned(), |value| format!("{value:.decimals$}"))
}

/// Rows of cells under a header, after the lines that tell `MultiQC` what they are; nothing without rows.
fn content(about: &str, header: &[&str], rows: Vec<Vec<String>>) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    let mut text = about.to_owned();
    if !header.is_empty() {
        let _ = writeln!(text, "{}", header.join("\t"));
    }
    for row in rows {
        let _ = writeln!(text, "{}", row.join("\t"));
    }
    Some(text)
}

/// Columns of the general statistics: header, and a share of a sample in percent.
type Share = (&'static str, fn(&SampleRow) -> Option<f64>);

const SHARES: [Share; 3] = [
    ("spliced_percent", |s| s.spliced_fraction),
    ("annotated_junction_percent", |s| s.annotated_junction_fraction),
    ("saturation_percent", |s| s.saturation),
];

const GENERAL: &str = r#"# plot_type: "generalstats"
# headers:
#     - used_alignments:
#         title: "Used"
#         description: "Alignments used for splicing, spliced and unspliced"
#         min: 0
#         format: "{:,.0f}"
#     - spliced_percent:
#         title: "% spliced"
#         description: "Used alignments that cross a junction"
#         min: 0
#         max: 100
#         suffix: "%"
#     - annotated_junction_percent:
#         title: "% annotated"
#         description: "Junction-crossing fragments on annotated junctions"
#         min: 0
#         max: 100
#         suffix: "%"
#     - saturation_percent:
#         title: "% saturation"
#         description: "Seen annotated junctions that half of the reads would have shown too"
#         min: 0
#         max: 100
#         suffix: "%"
"#;

fn general(results: &Results) -> Option<String> {
    let mut header = vec!["Sample", "used_alignments"];
    header.extend(SHARES.iter().map(|(name, _)| *name));
    let rows = results.names.iter().zip(&results.samples.rows).filter_map(|(name, (_, row))| {
        let mut cells = vec![cell(name), (row.used_spliced? + row.used_unspliced?).to_string()];
        cells.extend(SHARES.iter().map(|(_, of)| number(of(row).map(|share| share * 100.0), 2)));
        Some(cells)
    });
    content(GENERAL, &header, rows.collect())
}

const LEDGER_ABOUT: &str = r#"# id: "nadsplice_ledger"
# parent_id: "nadsplice"
# parent_name: "nadsplice"
# parent_description: "Alternative splicing: counts, PSI and differences between groups."
# section_name: "Alignments"
# description: "Where every alignment of each file went."
# plot_type: "bargraph"
# pconfig:
#     id: "nadsplice_ledger_plot"
#     title: "nadsplice: alignments"
#     ylab: "Alignments"
"#;

fn ledger(results: &Results) -> Option<String> {
    let mut header = vec!["Sample"];
    header.extend(LEDGER.iter().map(|(name, _)| *name));
    let rows = results.names.iter().zip(&results.samples.rows).filter_map(|(name, (_, row))| {
        row.alignments?;
        let mut cells = vec![cell(name)];
        cells.extend(LEDGER.iter().map(|(_, of)| of(row).unwrap_or(0).to_string()));
        Some(cells)
    });
    content(LEDGER_ABOUT, &header, rows.collect())
}

const PCA_ABOUT: &str = r#"# id: "nadsplice_pca"
# parent_id: "nadsplice"
# parent_name: "nadsplice"
# section_name: "PSI components"
# description: "Samples on the first two principal components of logit PSI."
# plot_type: "scatter"
# pconfig:
#     id: "nadsplice_pca_plot"
#     title: "nadsplice: principal components"
#     xlab: "PC1"
#     ylab: "PC2"
"#;

fn pca(results: &Results) -> Option<String> {
    let rows = results.pca.iter().filter_map(|row| {
        Some(vec![cell(&row.sample), number(Some(row.pc1?), 6), number(Some(row.pc2?), 6)])
    });
    content(PCA_ABOUT, &[], rows.collect())
}

const CALLED_ABOUT: &str = r#"# id: "nadsplice_called_events"
# parent_id: "nadsplice"
# parent_name: "nadsplice"
# section_name: "Differential events"
# description: "Events with a false discovery rate below 0.05 in each comparison, by kind."
# plot_type: "bargraph"
# pconfig:
#     id: "nadsplice_called_events_plot"
#     title: "nadsplice: differential events"
#     ylab: "Events"
"#;

fn called_events(results: &Results) -> Option<String> {
    let mut header = vec!["Sample"];
    header.extend(nadsplice_core::EventKind::ALL.iter().map(|kind| kind.name()));
    let row = |contrast: &Contrast| {
        let mut cells = vec![cell(&contrast.label)];
        cells.extend(kinds::numbers(results, Some(contrast)).iter().map(|(_, n)| n.called.to_string()));
        cells
    };
    content(CALLED_ABOUT, &header, results.contrasts.iter().map(row).collect())
}

const PANEL_ABOUT: &str = r#"# id: "nadsplice_nad_panel"
# parent_id: "nadsplice"
# parent_name: "nadsplice"
# section_name: "NAD+ genes"
# description: "Verdicts on the core genes of NAD+ metabolism; differences of PSI are case minus control."
# plot_type: "table"
# pconfig:
#     id: "nadsplice_nad_panel_table"
#     title: "nadsplice: NAD+ genes"
#     namespace: "nadsplice"
#     col1_header: "Gene"
"#;

fn panel(results: &Results) -> Option<String> {
    let header = ["Gene", "verdict", "delta_psi", "q_within_panel", "detectable_delta", "best_event"];
    let several = results.contrasts.len() > 1;
    let mut rows = Vec::new();
    for contrast in &results.contrasts {
        for gene in contrast.panel.iter().filter(|gene| gene.core || gene.verdict == "changed") {
            let name = if several {
                format!("{} {}", gene.gene_name, contrast.label)
            } else {
                gene.gene_name.clone()
            };
            rows.push(vec![
                cell(&name),
                cell(&gene.verdict),
                number(gene.delta_psi, 3),
                gene.best_q.map_or_else(|| "NA".to_owned(), |q| format!("{q:.2e}")),
                number(gene.detectable_delta, 3),
                gene.best_event.as_deref().map_or_else(|| "NA".to_owned(), cell),
            ]);
        }
    }
    content(PANEL_ABOUT, &header, rows)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::test_tables::results;

    #[test]
    fn cells_hold_neither_tabs_nor_markup() {
        assert_eq!(cell("a\tb\n<i>"), "a b &lt;i&gt;");
    }

    #[test]
    fn files_without_rows_are_left_out_and_the_version_is_that_of_the_run() {
        let mut results = results(&[("a", "old"), ("b", "young")], Vec::new());
        results.run = Some(json!({ "version": "9.8.7" }));
        let files = multiqc_files(&results);
        let names: Vec<_> = files.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["nadsplice_mqc_versions.yml", "nadsplice_called_events_mqc.tsv"]);
        assert_eq!(files[0].1, "nadsplice:\n    nadsplice: \"9.8.7\"\n");
    }
}
