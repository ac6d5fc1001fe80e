//! Tables, help and catalogues have the form that is promised.

use std::{collections::HashMap, fs, path::Path};

use crate::{
    data::data,
    demo::demo,
    order::tables,
    program::{Called, nadsplice},
    scratch::scratch,
    toy::{SAMPLES, toy, toy_results},
    tsv::Tsv,
};

/// Columns that every version has, in this order, before any others.
const CONTRACT: [(&str, &str); 11] = [
    (
        "events.tsv",
        "event_id kind gene_id gene_name chrom strand start0 end novelty inclusion_junctions skipping_junctions \
         length_inclusion length_skipping rmats_key suppa_id exons inclusion_transcripts total_transcripts",
    ),
    ("junctions.tsv", "chrom start0 end strand annotated gene_id"),
    ("gene_counts.tsv", "gene_id gene_name"),
    ("gene_tpm.tsv", "gene_id gene_name"),
    ("samples.tsv", "sample condition"),
    (
        "differential.tsv",
        "contrast event_id kind gene_id gene_name chrom strand psi_case psi_control delta_psi ci_low ci_high \
         statistic df p_value log10_p q_value reads_case reads_control n_case n_control status q_value_kind \
         delta_psi_shrunk detectable_delta outlier_samples overlap_group junction_balance evidence",
    ),
    ("genes.tsv", "contrast gene_id gene_name n_events n_tested p_value q_value top_event delta_psi_max"),
    (
        "nad_panel.tsv",
        "contrast gene_name gene_id role core verdict n_events n_tested best_event best_q delta_psi ci_low ci_high \
         median_reads reason detectable_delta consequence",
    ),
    (
        "consequences.tsv",
        "event_id gene_name form region frame basis transcript coding stop nmd nmd_exceptions start_lost stop_lost \
         residues residues_change reason transcripts",
    ),
    (
        "known_events.tsv",
        "contrast gene_name gene_id event effect kind form build chrom parts found event_id similar_events \
         measured_event psi_case psi_control delta_psi ci_low ci_high form_change q_value reads_case reads_control \
         status reason citation reference evidence",
    ),
    (
        "enrichment.tsv",
        "contrast collection set_id set_name theme method n_universe n_called set_size overlap expected fold p_value \
         q_value p_hypergeometric genes",
    ),
];

/// Tables of one column an event and then one a sample.
const MATRICES: [&str; 5] = [
    "inclusion_counts.tsv",
    "skipping_counts.tsv",
    "psi.tsv",
    "inclusion_lengths.tsv",
    "skipping_lengths.tsv",
];

const COMMANDS: [&str; 13] = [
    "run",
    "check",
    "count",
    "quantify",
    "diff",
    "enrich",
    "events",
    "export",
    "simulate",
    "demo",
    "panel",
    "columns",
    "completions",
];

/// Demands every table of a tested cohort in a folder of results.
#[track_caller]
pub(crate) fn assert_all_tables(results: &Path) {
    let found = tables(results);
    for name in CONTRACT.iter().map(|c| c.0).chain(MATRICES) {
        assert!(found.contains_key(name), "{name}");
    }
}

fn read(name: &str) -> Tsv {
    Tsv::read(&toy_results().join(name))
}

#[test]
fn every_table_has_the_columns_of_the_contract_in_their_order() {
    let names = SAMPLES.map(|s| s.0);
    for (name, columns) in CONTRACT {
        let header = read(name).header;
        let columns: Vec<&str> = columns.split(' ').collect();
        assert_eq!(header[..columns.len().min(header.len())], columns, "{name}");
    }
    for name in MATRICES {
        let header = read(name).header;
        assert_eq!(header[0], "event_id", "{name}");
        assert_eq!(header[1..], names, "{name}");
    }
    for (name, leads) in [("junctions.tsv", 6), ("gene_counts.tsv", 2)] {
        assert_eq!(read(name).header[leads..], names, "{name}");
    }
}

#[test]
fn run_writes_every_table_and_the_provenance() {
    assert_all_tables(toy_results());
    let info: serde_json::Value =
        serde_json::from_slice(&fs::read(toy_results().join("run_info.json")).unwrap()).unwrap();
    assert_eq!(info["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(info["inputs"].as_array().unwrap().len(), 4);
    assert!(info["inputs"][0]["size"].as_u64().unwrap() > 1_000);
    let citations = fs::read_to_string(toy_results().join("CITATIONS.md")).unwrap();
    assert!(citations.contains("doi:"));
}

#[test]
fn tables_have_a_header_tabs_line_feeds_and_a_value_in_every_cell() {
    for (name, bytes) in tables(toy_results()).into_iter().chain(tables(&demo().join("results"))) {
        let text = String::from_utf8(bytes).unwrap();
        assert!(text.ends_with('\n') && !text.contains('\r') && !text.starts_with('#'), "{name}");
        let table = Tsv::parse(&text);
        assert!(table.rows.iter().flatten().all(|cell| !cell.is_empty()), "{name} has an empty cell");
        assert_eq!(table.rows.is_empty(), name == "missing_samples.tsv", "{name}");
    }
}

#[test]
fn rows_of_events_stand_in_genome_order_in_all_tables() {
    let results = demo().join("results");
    let events = Tsv::read(&results.join("events.tsv"));
    let mut chroms: Vec<&str> = events.cells("chrom");
    chroms.dedup();
    let mut distinct = chroms.clone();
    distinct.sort_unstable();
    distinct.dedup();
    assert_eq!(chroms.len(), distinct.len(), "a chromosome's rows stand together");
    let position =
        |k: usize| -> (&str, u32) { (events.cells("chrom")[k], events.cells("start0")[k].parse().unwrap()) };
    let places: Vec<(&str, u32)> = {
        let (chrom, start) = (events.cells("chrom"), events.cells("start0"));
        chrom.into_iter().zip(start.into_iter().map(|s| s.parse().unwrap())).collect()
    };
    assert_eq!(position(0), places[0]);
    assert!(places.windows(2).all(|p| p[0].0 != p[1].0 || p[0].1 <= p[1].1));
    let ids = events.cells("event_id");
    for name in MATRICES.into_iter().chain(["differential.tsv"]) {
        assert_eq!(Tsv::read(&results.join(name)).cells("event_id"), ids, "{name}");
    }
    let mut unique = ids.clone();
    unique.sort_unstable();
    unique.dedup();
    assert_eq!(unique.len(), ids.len(), "event ids are distinct");
}

#[test]
fn every_event_has_a_row_and_untested_ones_say_why() {
    let differential = Tsv::read(&demo().join("results/differential.tsv"));
    let mut reasons: HashMap<&str, usize> = HashMap::new();
    for row in differential.iter() {
        let tested = row.text("status") == "ok";
        assert_eq!(tested, row.number("p_value").is_some(), "{}", row.text("event_id"));
        assert_eq!(tested, row.number("q_value").is_some(), "{}", row.text("event_id"));
        *reasons.entry(row.text("status")).or_default() += 1;
    }
    assert!(reasons.len() > 2 && !reasons.contains_key("NA"), "{reasons:?}");
}

#[test]
fn every_psi_lies_in_its_interval_and_events_without_reads_have_none() {
    let [psi, low, high] = ["psi.tsv", "psi_low.tsv", "psi_high.tsv"].map(read);
    let counts = ["inclusion_counts.tsv", "skipping_counts.tsv"].map(read);
    assert_eq!((&psi.header, psi.rows.len()), (&low.header, low.rows.len()));
    for (k, row) in psi.iter().enumerate() {
        for (column, sample) in psi.header.iter().enumerate().skip(1) {
            let cells = [&low, &psi, &high].map(|table| table.rows[k][column].as_str());
            let reads: u32 = counts.iter().map(|t| t.rows[k][column].parse::<u32>().unwrap()).sum();
            if reads == 0 {
                assert_eq!(cells, ["NA"; 3], "{} {sample}", row.text("event_id"));
                continue;
            }
            let [low, psi, high] = cells.map(|cell| cell.parse::<f64>().unwrap());
            assert!(
                0.0 <= low && low <= psi && psi <= high && high <= 1.0 && low < high,
                "{low} {psi} {high}"
            );
        }
    }
}

#[test]
fn columns_documents_every_column_that_is_written() {
    let dictionary = Tsv::parse(&Called::with(["columns"]).succeeded().stdout);
    assert_eq!(dictionary.header, ["table", "column", "type", "description"]);
    let documented: Vec<(&str, &str)> =
        dictionary.cells("table").into_iter().zip(dictionary.cells("column")).collect();
    assert!(dictionary.cells("description").iter().all(|d| d.len() > 10));
    for (name, bytes) in tables(toy_results()) {
        let header = Tsv::parse(&String::from_utf8(bytes).unwrap()).header;
        for column in header {
            let kind = if SAMPLES.iter().any(|s| s.0 == column) {
                "<sample>"
            } else if name == "samples.tsv" && ["sample", "condition"].contains(&column.as_str()) {
                "<sheet column>"
            } else {
                &column
            };
            assert!(documented.contains(&(&name, kind)), "`{kind}` of {name}");
        }
    }
}

#[test]
fn every_command_has_help_with_an_example_and_the_common_options() {
    for command in COMMANDS {
        let help = Called::with([command, "--help"]).succeeded().stdout;
        assert!(help.contains("Example"), "{command}");
        assert!(help.contains(&format!("  nadsplice {command}")), "{command}");
        for option in ["--threads", "--quiet", "--verbose"] {
            assert!(help.contains(option), "{command} {option}");
        }
    }
    let help = Called::with(["--help"]).succeeded().stdout;
    for command in COMMANDS {
        assert!(help.contains(&format!("\n  {command} ")), "{command}");
    }
}

#[test]
fn the_version_is_the_program_and_three_numbers() {
    let version = Called::with(["--version"]).succeeded().stdout;
    let number = version.strip_prefix("nadsplice ").unwrap().strip_suffix('\n').unwrap();
    let parts: Vec<&str> = number.split('.').collect();
    assert!(parts.len() == 3 && parts.iter().all(|p| p.parse::<u32>().is_ok()), "{version}");
}

#[test]
fn quiet_says_nothing_and_data_stay_off_the_messages() {
    let outdir = scratch("quiet").join("results");
    let mut command = crate::program::run(&toy().sheet, &toy().gtf, &outdir);
    let called = Called::of(command.args(crate::toy::CONTRAST).arg("--quiet")).succeeded();
    assert_eq!((called.stdout.as_str(), called.stderr.as_str()), ("", ""));
}

#[test]
fn completions_are_written_for_the_common_shells() {
    for shell in ["bash", "zsh", "fish"] {
        let script = Called::with(["completions", shell]).succeeded().stdout;
        assert!(COMMANDS.iter().all(|command| script.contains(command)), "{shell}");
    }
}

#[test]
fn the_panel_and_its_sets_are_printed() {
    let panel = Tsv::parse(&Called::with(["panel"]).succeeded().stdout);
    assert_eq!(panel.rows.len(), 121);
    for column in ["symbol", "ensembl_id", "entrez_id", "role", "core", "aliases", "source", "licence"] {
        panel.column(column);
    }
    let sets = Called::with(["panel", "--sets"]).succeeded().stdout;
    assert!(sets.lines().count() >= 70);
    assert!(sets.lines().all(|line| line.split('\t').count() >= 3));
}

#[test]
fn the_catalogue_alone_has_the_events_of_a_run() {
    let file = scratch("catalogue").join("events.tsv");
    let called = Called::of(nadsplice().args(["events", "--gtf"]).arg(&toy().gtf).arg("-o").arg(&file));
    assert_eq!(called.succeeded().stdout, "");
    let (alone, of_run) = (Tsv::read(&file), read("events.tsv"));
    assert_eq!(alone.header, of_run.header);
    for column in ["event_id", "gene_id", "exons", "rmats_key", "suppa_id"] {
        assert_eq!(alone.cells(column), of_run.cells(column), "{column}");
    }
    assert_eq!(alone.rows.len(), toy().genes.events.len());
    let mut ids: Vec<String> = (0..alone.rows.len()).map(|k| toy().genes.event_id(k)).collect();
    let mut found = alone.cells("event_id");
    ids.sort();
    found.sort_unstable();
    assert_eq!(found, ids);
}

#[test]
fn the_sirv_catalogue_is_written_as_tsv_ioe_and_rmats() {
    let Some(data) = data("sirv/SIRV.gtf") else { return };
    let gtf = data.join("sirv/SIRV.gtf");
    let folder = scratch("sirv_catalogue");
    let events = |format: &str, output: &Path| {
        let mut command = nadsplice();
        command.args(["events", "--format", format, "--gtf"]).arg(&gtf).arg("-o").arg(output);
        Called::of(&mut command).succeeded();
    };
    events("tsv", &folder.join("events.tsv"));
    events("ioe", &folder.join("events.ioe"));
    events("rmats", &folder.join("rmats"));

    let table = Tsv::read(&folder.join("events.tsv"));
    let suppa_ids: Vec<&str> =
        table.cells("suppa_id").into_iter().flat_map(|c| c.split(',')).filter(|&id| id != "NA").collect();
    let ioe = Tsv::read(&folder.join("events.ioe"));
    assert_eq!(
        ioe.header,
        ["seqname", "gene_id", "event_id", "alternative_transcripts", "total_transcripts"]
    );
    assert!(ioe.rows.len() > 40);
    for row in ioe.iter() {
        assert!(suppa_ids.contains(&row.text("event_id")), "{}", row.text("event_id"));
        let total: Vec<&str> = row.text("total_transcripts").split(',').collect();
        assert!(row.text("alternative_transcripts").split(',').all(|t| total.contains(&t)));
    }

    let expected = data.join("expected/rmats-4.3.0/sirv_mix2_vs_mix1");
    for kind in ["SE", "MXE", "A5SS", "A3SS", "RI"] {
        let file = format!("fromGTF.{kind}.txt");
        let (found, theirs) =
            (Tsv::read(&folder.join("rmats").join(&file)), Tsv::read(&expected.join(&file)));
        assert_eq!(found.header, theirs.header, "{kind}");
        assert_eq!(found.rows.len(), theirs.rows.len(), "{kind}");
    }
}

#[test]
fn the_rmats_catalogue_needs_a_folder() {
    let mut command = nadsplice();
    command.args(["events", "--format", "rmats", "--gtf"]).arg(&toy().gtf);
    Called::of(&mut command).failed(1, &["five files"]).with_hint();
}

#[test]
fn steps_one_by_one_give_the_tables_of_a_run() {
    let folder = scratch("steps");
    let mut counts = Vec::new();
    for (sample, _) in SAMPLES {
        let file = folder.join(format!("{sample}.counts"));
        let mut command = nadsplice();
        command.args(["count", "--sample", sample, "--gtf"]).arg(&toy().gtf).arg("-o").arg(&file);
        Called::of(command.arg(toy().bam(sample))).succeeded();
        counts.push(file);
    }
    let gtf = &toy().gtf;
    let results = folder.join("results");
    let mut quantify = nadsplice();
    quantify.args(["quantify", "--gtf"]).arg(gtf).arg("--samples").arg(&toy().sheet);
    Called::of(quantify.arg("-o").arg(&results).args(&counts)).succeeded();
    let mut diff = nadsplice();
    diff.args(["diff", "--quant"]).arg(&results).arg("--samples").arg(&toy().sheet);
    Called::of(diff.args(crate::toy::CONTRAST).arg("-o").arg(&results)).succeeded();
    let mut enrich = nadsplice();
    enrich.args(["enrich", "--diff"]).arg(&results).arg("--quant").arg(&results);
    Called::of(enrich.arg("-o").arg(&results)).succeeded();
    crate::order::assert_same_tables(&tables(&results), &tables(toy_results()));
}

#[test]
fn diff_tests_counts_from_elsewhere() {
    let folder = scratch("elsewhere");
    let quant = folder.join("quant");
    fs::create_dir(&quant).unwrap();
    let needed = [
        "event_id",
        "kind",
        "gene_id",
        "gene_name",
        "chrom",
        "strand",
        "length_inclusion",
        "length_skipping",
    ];
    let events = read("events.tsv");
    let columns = needed.map(|name| events.column(name));
    let mut text = format!("{}\n", needed.join("\t"));
    for row in &events.rows {
        text.push_str(&columns.map(|c| row[c].clone()).join("\t"));
        text.push('\n');
    }
    fs::write(quant.join("events.tsv"), text).unwrap();
    for name in ["inclusion_counts.tsv", "skipping_counts.tsv"] {
        fs::copy(toy_results().join(name), quant.join(name)).unwrap();
    }
    let sheet = SAMPLES.map(|(name, group)| format!("{name}\t{group}"));
    fs::write(folder.join("sheet.tsv"), format!("sample\tcondition\n{}\n", sheet.join("\n"))).unwrap();
    let mut diff = nadsplice();
    diff.args(["diff", "--quant"]).arg(&quant).arg("--samples").arg(folder.join("sheet.tsv"));
    Called::of(diff.args(crate::toy::CONTRAST).arg("-o").arg(folder.join("out"))).succeeded();
    let (found, of_run) = (Tsv::read(&folder.join("out/differential.tsv")), read("differential.tsv"));
    assert_eq!(found.header, of_run.header);
    assert_eq!(found.cells("event_id"), of_run.cells("event_id"));
    assert!(found.cells("status").contains(&"ok"));
}
