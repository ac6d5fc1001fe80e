//! The report, single figures and `MultiQC` files, made from tables.

use std::{
    collections::BTreeSet,
    fs,
    path::{Path, PathBuf},
    process::Command,
};

use crate::{
    demo::demo,
    program::{Called, nadsplice, run},
    scratch::{files_below, scratch},
    toy::{CONTRAST, toy, toy_results},
    tsv::Tsv,
};

/// The folder of a demo's results.
fn demo_results() -> PathBuf {
    demo().join("results")
}

fn page(results: &Path) -> String {
    fs::read_to_string(results.join("report.html")).unwrap()
}

/// A new folder with the tables of a folder of results, each changed by `edit`; nothing but what a report needs.
fn tables_of(results: &Path, name: &str, edit: impl Fn(&str, String) -> String) -> PathBuf {
    let folder = scratch(name);
    for file in ["run_info.json", "CITATIONS.md"] {
        fs::copy(results.join(file), folder.join(file)).unwrap();
    }
    for entry in fs::read_dir(results).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|e| e == "tsv") {
            let name = path.file_name().unwrap().to_str().unwrap();
            fs::write(folder.join(name), edit(name, fs::read_to_string(&path).unwrap())).unwrap();
        }
    }
    folder
}

/// Replaces the cells of a column, row by row.
fn with_column(table: &str, column: &str, cell: impl Fn(usize) -> Option<&'static str>) -> String {
    let mut table = Tsv::parse(table);
    let at = table.column(column);
    for (number, row) in table.rows.iter_mut().enumerate() {
        if let Some(cell) = cell(number) {
            cell.clone_into(&mut row[at]);
        }
    }
    let lines = std::iter::once(&table.header).chain(&table.rows).map(|cells| cells.join("\t") + "\n");
    lines.collect()
}

fn quoted_after<'a>(page: &'a str, attribute: &str) -> BTreeSet<&'a str> {
    page.split(&format!(" {attribute}=\"")).skip(1).map(|rest| rest.split('"').next().unwrap()).collect()
}

#[test]
fn a_page_stands_alone_and_its_links_lead_somewhere() {
    let page = page(&demo_results());
    assert!(page.len() < 5_000_000, "{}", page.len());
    let without_namespaces = page.replace("xmlns=\"http://www.w3.org/2000/svg\"", "");
    for outside in ["http://", "https://", " src=", "url(", "@import", "<link"] {
        assert!(!without_namespaces.contains(outside), "`{outside}` in the page");
    }
    let ids = quoted_after(&page, "id");
    let links = quoted_after(&page, "href");
    assert!(links.len() > 100, "{links:?}");
    for link in links {
        assert!(ids.contains(link.strip_prefix('#').unwrap()), "{link}");
    }
}

#[test]
fn the_panel_comes_first_with_every_gene_and_its_reason() {
    let results = demo_results();
    let page = page(&results);
    let panel_start = page.find("<section id=\"panel\">").unwrap();
    let cohort_start = page.find("<section id=\"cohort\">").unwrap();
    assert!(page.find("<section id=\"headline\">").unwrap() < panel_start && panel_start < cohort_start);
    let section = &page[panel_start..cohort_start];
    let panel = Tsv::read(&results.join("nad_panel.tsv"));
    for row in panel.iter() {
        let gene = row.text("gene_name");
        let start =
            section.find(&format!("id=\"gene-1-{gene}\"")).unwrap_or_else(|| panic!("{gene} is missing"));
        let rest = &section[start..];
        let verdict = row.text("verdict");
        let found = rest.split("<span class=\"badge").nth(1).unwrap();
        let found = found.split('>').nth(1).unwrap().split('<').next().unwrap();
        assert_eq!(found, verdict, "{gene}");
        assert!(rest.contains(row.text("reason")), "{gene}: {}", row.text("reason"));
        if verdict == "changed" {
            let card = rest.split("</article>").next().unwrap();
            let delta = row.number("delta_psi").unwrap();
            assert!(card.contains(&format!("{delta:+.3}")), "{gene}");
            assert_eq!(card.matches("<svg").count(), 2, "{gene}: PSI of samples, and sashimi plot");
        }
    }
}

#[test]
fn tables_alone_make_the_same_report_at_any_later_time() {
    let results = demo_results();
    let copy = tables_of(&results, "report_of_tables", |_, table| table);
    let data = Path::new("figures/data");
    fs::create_dir_all(copy.join(data)).unwrap();
    for file in fs::read_dir(results.join(data)).unwrap() {
        let file = file.unwrap();
        fs::copy(file.path(), copy.join(data).join(file.file_name())).unwrap();
    }
    Called::of(nadsplice().arg("report").arg(&copy)).succeeded();
    for made in files_below(&results) {
        if made.starts_with("figures") || made.starts_with("multiqc") || made == Path::new("report.html") {
            assert!(
                fs::read(results.join(&made)).unwrap() == fs::read(copy.join(&made)).unwrap(),
                "{made:?}"
            );
        }
    }
    let alone = copy.join("elsewhere.html");
    Called::of(nadsplice().arg("report").arg("--results").arg(&copy).arg("-o").arg(&alone)).succeeded();
    assert!(fs::read_to_string(alone).unwrap() == page(&results));
}

#[test]
fn markup_in_names_is_shown_and_not_obeyed() {
    let odd = "<script>alert(1)</script>&\"'";
    let folder = tables_of(&demo_results(), "report_of_odd_names", |_, table| {
        let renamed = table.replace("SIRT1", odd).replace("young_1", "<b>young_1");
        renamed.replace("\told\t", "\tol<d>\t").replace("condition:old", "condition:ol<d>")
    });
    Called::of(nadsplice().arg("report").arg(&folder)).succeeded();
    let mut seen = 0;
    for file in files_below(&folder) {
        if file.extension().is_some_and(|e| e == "html" || e == "svg") || file.starts_with("multiqc") {
            let text = fs::read_to_string(folder.join(&file)).unwrap();
            for markup in ["<script>alert", "<b>young", "<d>"] {
                assert!(!text.contains(markup), "`{markup}` in {file:?}");
            }
            seen += usize::from(text.contains("&lt;script&gt;alert(1)&lt;/script&gt;&amp;&quot;&#39;"));
        }
    }
    assert!(seen >= 2, "the name is shown in {seen} files");
}

#[test]
fn groups_of_one_sample_and_events_without_reads_have_their_figures() {
    let folder = tables_of(&demo_results(), "report_of_few", |name, table| match name {
        // One sample of each group is left.
        "contrast_samples.tsv" => {
            let lines = table.lines().enumerate().filter(|(line, _)| [0, 1, 7].contains(line));
            lines.flat_map(|(_, line)| [line, "\n"]).collect()
        }
        "psi.tsv" | "psi_low.tsv" | "psi_high.tsv" => {
            let names: Vec<String> =
                table.lines().next().unwrap().split('\t').skip(1).map(str::to_owned).collect();
            names.iter().fold(table, |table, sample| with_column(&table, sample, |_| Some("NA")))
        }
        _ => table,
    });
    Called::of(nadsplice().arg("report").arg(&folder)).succeeded();
    let page = page(&folder);
    assert!(page.contains("1 young, 1 old"));
    assert!(page.contains("1 without reads"));
    let drawn = page.split("<script>").next().unwrap();
    assert!(!drawn.contains("NaN") && !drawn.contains("inf\""));
}

#[test]
fn tables_without_a_comparison_make_a_report_too() {
    let folder = tables_of(toy_results(), "report_of_quantification", |_, table| table);
    for table in [
        "differential",
        "genes",
        "nad_panel",
        "enrichment",
        "gene_expression",
        "diagnostics",
        "sample_checks",
    ] {
        fs::remove_file(folder.join(format!("{table}.tsv"))).unwrap();
    }
    Called::of(nadsplice().arg("report").arg(&folder)).succeeded();
    assert!(page(&folder).contains("No comparison was made"));
    assert!(folder.join("figures/heatmap.svg").is_file());
    let error = Called::of(nadsplice().args(["plot", "volcano", "--results"]).arg(&folder));
    error.failed(1, &["nothing to draw", "volcano"]).with_hint();
    fs::remove_file(folder.join("samples.tsv")).unwrap();
    Called::of(nadsplice().arg("report").arg(&folder)).failed(1, &["samples.tsv"]).with_hint();
}

#[test]
fn a_run_leaves_the_report_out_on_request() {
    let results = scratch("no_report").join("results");
    Called::of(run(&toy().sheet, &toy().gtf, &results).args(CONTRAST).arg("--no-report")).succeeded();
    assert!(results.join("nad_panel.tsv").is_file());
    for made in ["report.html", "multiqc", "figures/pca.svg"] {
        assert!(!results.join(made).exists(), "{made}");
    }
}

#[test]
fn single_figures_are_those_of_the_results() {
    let results = demo_results();
    let folder = scratch("table_figures");
    for figure in ["heatmap", "pca", "volcano", "ma", "kinds"] {
        let file = folder.join(format!("{figure}.svg"));
        Called::of(nadsplice().args(["plot", figure, "--results"]).arg(&results).arg("-o").arg(&file))
            .succeeded();
        let beside =
            if figure == "pca" { "pca.svg".to_owned() } else { format!("{figure}_condition_old_young.svg") };
        let svg = fs::read_to_string(&file).unwrap();
        assert!(svg == fs::read_to_string(results.join("figures").join(beside)).unwrap(), "{figure}");
        assert!(svg.starts_with("<?xml") && svg.ends_with("</svg>\n"));
    }
    let wrong = ["--contrast", "condition:young:old", "-o"];
    Called::of(
        nadsplice().args(["plot", "ma", "--results"]).arg(&results).args(wrong).arg(folder.join("no.svg")),
    )
    .failed(1, &["no contrast `condition:young:old`", "condition:old:young"])
    .with_hint();
}

#[test]
fn a_volcano_plot_has_every_called_event() {
    let results = demo_results();
    let differential = Tsv::read(&results.join("differential.tsv"));
    let called: Vec<_> =
        differential.iter().filter(|row| row.number("q_value").is_some_and(|q| q < 0.05)).collect();
    assert!(called.len() > 20);
    let svg = fs::read_to_string(results.join("figures/volcano_condition_old_young.svg")).unwrap();
    assert_eq!(svg.matches("<circle").count(), called.len());
    for row in called {
        let delta = row.number("delta_psi").unwrap();
        assert!(
            svg.contains(&format!("{} ΔPSI {delta:+.3}", row.text("event_id"))),
            "{}",
            row.text("event_id")
        );
    }
}

/// Rows of a `MultiQC` file, without the lines that describe it.
fn custom_content(results: &Path, name: &str) -> Tsv {
    let text = fs::read_to_string(results.join("multiqc").join(name)).unwrap();
    let rows: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
    Tsv::parse(&rows.join("\n"))
}

#[test]
fn multiqc_files_hold_the_numbers_of_the_tables() {
    let results = demo_results();
    let samples = Tsv::read(&results.join("samples.tsv"));
    let ledger = custom_content(&results, "nadsplice_ledger_mqc.tsv");
    let general = custom_content(&results, "nadsplice_general_mqc.tsv");
    assert_eq!(ledger.cells("Sample"), samples.cells("sample"));
    assert_eq!(ledger.cells("used, spliced"), samples.cells("used_spliced"));
    for (row, sample) in ledger.iter().zip(samples.iter()) {
        let sum: f64 = ledger.header[1..].iter().map(|class| row.number(class).unwrap()).sum();
        assert_eq!(Some(sum), sample.number("alignments"));
    }
    for (row, sample) in general.iter().zip(samples.iter()) {
        let used = sample.number("used_spliced").unwrap() + sample.number("used_unspliced").unwrap();
        assert_eq!(row.number("used_alignments"), Some(used));
        let saturation = 100.0 * sample.number("saturation").unwrap();
        assert!((row.number("saturation_percent").unwrap() - saturation).abs() < 0.006);
    }
    let differential = Tsv::read(&results.join("differential.tsv"));
    let called = custom_content(&results, "nadsplice_called_events_mqc.tsv");
    for kind in &called.header[1..] {
        let expected = differential
            .rows_where("kind", kind)
            .filter(|row| row.number("q_value").is_some_and(|q| q < 0.05))
            .count();
        assert_eq!(called.cells(kind), [expected.to_string()], "{kind}");
    }
    let panel = Tsv::read(&results.join("nad_panel.tsv"));
    for row in custom_content(&results, "nadsplice_nad_panel_mqc.tsv").iter() {
        let expected = panel.row_where("gene_name", row.text("Gene"));
        assert_eq!(row.text("verdict"), expected.text("verdict"));
        assert_eq!(row.text("best_event"), expected.text("best_event"));
    }
}

/// Whether a program can be called.
fn is_on_path(program: &str) -> bool {
    Command::new(program).arg("--version").output().is_ok_and(|output| output.status.success())
}

#[test]
fn multiqc_accepts_the_files_in_strict_mode() {
    if !is_on_path("multiqc") {
        eprintln!("skipped: no multiqc on PATH");
        return;
    }
    let results = demo_results();
    let folder = scratch("multiqc");
    let output = Command::new("multiqc")
        .args(["--strict", "--no-version-check", "--no-ansi", "--outdir"])
        .arg(&folder)
        .arg(results.join("multiqc"))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let data = folder.join("multiqc_data");
    let read = |name: &str| Tsv::read(&data.join(name));
    let samples = Tsv::read(&results.join("samples.tsv"));
    let ledger = read("multiqc_nadsplice_ledger_plot.txt");
    for sample in samples.iter() {
        let row = ledger.row_where("Sample", sample.text("sample"));
        assert_eq!(row.number("used, spliced"), sample.number("used_spliced"));
    }
    let panel = Tsv::read(&results.join("nad_panel.tsv"));
    let taken = read("multiqc_nadsplice_nad_panel_table.txt");
    for row in panel.rows_where("verdict", "changed") {
        let found = taken.row_where("Sample", row.text("gene_name"));
        assert_eq!(found.text("verdict"), "changed");
        let expected = row.number("delta_psi").unwrap();
        assert!((found.number("delta_psi").unwrap() - expected).abs() < 0.0006);
    }
    let general = read("multiqc_general_stats.txt");
    assert_eq!(general.rows.len(), samples.rows.len());
    let versions = fs::read_to_string(data.join("multiqc_software_versions.txt")).unwrap();
    assert!(versions.contains(env!("CARGO_PKG_VERSION")), "{versions}");
}

/// The page as a browser has it after its script ran, or nothing without a browser.
fn in_browser(page: &Path, fragment: &str) -> Option<String> {
    let browser =
        ["chromium", "chromium-browser", "google-chrome"].into_iter().find(|name| is_on_path(name))?;
    let profile = page.with_extension("profile");
    let output = Command::new(browser)
        .args(["--headless", "--no-sandbox", "--disable-gpu", "--enable-logging=stderr", "--dump-dom"])
        .arg(format!("--user-data-dir={}", profile.display()))
        .arg(format!("file://{}#{fragment}", page.display()))
        .output()
        .unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("CONSOLE"), "{errors}");
    Some(String::from_utf8(output.stdout).unwrap())
}

#[test]
fn the_filter_of_the_table_shows_the_rows_of_a_gene() {
    let folder = scratch("browser");
    let page = folder.join("report.html");
    fs::copy(demo_results().join("report.html"), &page).unwrap();
    let Some(dom) = in_browser(&page, "filter=NQO1&q=0.05") else {
        eprintln!("skipped: no chromium on PATH");
        return;
    };
    let table = dom.split("<table class=\"events\"").nth(1).unwrap().split("</table>").next().unwrap();
    let body = table.split("<tbody>").nth(1).unwrap();
    let rows: Vec<&str> = body.split("<tr").skip(1).collect();
    assert!(rows.len() >= 100, "{}", rows.len());
    let cells = |row: &str| -> Vec<String> {
        row.split("<td")
            .skip(1)
            .map(|c| c.split('>').nth(1).unwrap().split('<').next().unwrap().to_owned())
            .collect()
    };
    let shown: Vec<Vec<String>> =
        rows.iter().filter(|row| !row.starts_with(" hidden")).map(|row| cells(row)).collect();

    let differential = Tsv::read(&demo_results().join("differential.tsv"));
    let mut expected: Vec<_> = differential
        .rows_where("gene_name", "NQO1")
        .filter(|row| row.number("q_value").is_some_and(|q| q < 0.05))
        .collect();
    expected.sort_by(|a, b| a.number("p_value").unwrap().total_cmp(&b.number("p_value").unwrap()));
    assert!(expected.len() > 1);
    assert_eq!(shown.len(), expected.len(), "{shown:?}");
    for (row, expected) in shown.iter().zip(expected) {
        assert_eq!(row[0], "NQO1");
        assert_eq!(row[2], format!("{:+.3}", expected.number("delta_psi").unwrap()));
        assert_eq!(row[9], expected.text("reads_control"));
        assert_eq!(row[11], expected.text("event_id"));
    }
    assert!(dom.contains(&format!("{} of {} shown", shown.len(), rows.len())));
}
