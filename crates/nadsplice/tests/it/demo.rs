//! The demonstration cohort: what was planned is found, and nothing else.

use std::{collections::HashMap, fs, path::PathBuf, sync::OnceLock};

use nadsplice_simulate::demo::{
    DemoGene, GeneList, LOW_GENE, PLANTED_SET, Role, SWAPPED_SAMPLE, UNPLANTED_SET, truth,
};

use crate::{
    bam_bytes::Bam,
    order::{assert_same_tables, tables},
    program::{Called, nadsplice, run},
    scratch::scratch,
    tsv::{Tsv, TsvRow},
};

/// Columns of `samples.tsv` in one of which each alignment is counted.
const LEDGER: [&str; 11] = [
    "used_spliced",
    "used_unspliced",
    "short_overhang",
    "unmapped",
    "secondary",
    "supplementary",
    "qc_failed",
    "duplicate",
    "no_annotated_contig",
    "multi_mapped",
    "rmats_rejected",
];

/// The folder that `demo` filled, with two threads.
pub(crate) fn demo() -> PathBuf {
    static DEMO: OnceLock<PathBuf> = OnceLock::new();
    DEMO.get_or_init(|| {
        let folder = scratch("demo");
        Called::of(nadsplice().args(["demo", "--threads", "2", "--outdir"]).arg(&folder)).succeeded();
        folder
    })
    .clone()
}

fn table(name: &str) -> Tsv {
    Tsv::read(&demo().join("results").join(name))
}

fn panel_genes(role: Role) -> impl Iterator<Item = DemoGene> {
    truth().unwrap().into_iter().filter(move |g| g.list == GeneList::Panel && g.role == role)
}

#[test]
fn changed_panel_genes_are_found_with_the_direction_of_their_change() {
    let panel = table("nad_panel.tsv");
    let mut found = 0;
    for gene in panel_genes(Role::PanelChanged) {
        let row = panel.row_where("gene_name", &gene.gene_name);
        assert_eq!(row.text("verdict"), "changed", "{}", gene.gene_name);
        let planned = gene.event.unwrap().delta_psi();
        let delta = row.number("delta_psi").unwrap();
        let (low, high) = (row.number("ci_low").unwrap(), row.number("ci_high").unwrap());
        assert!(low <= delta && delta <= high && low * high > 0.0, "{low} {delta} {high}");
        // The best event can be another one that shares the junctions of the planned one.
        assert!(delta.abs() > 0.15 && planned.abs() > 0.15, "{}: {delta}, planned {planned}", gene.gene_name);
        found += 1;
    }
    assert!(found >= 5);
}

#[test]
fn no_unchanged_panel_gene_is_called_changed() {
    let panel = table("nad_panel.tsv");
    let (mut tested, mut verdicts) = (0, HashMap::<String, usize>::new());
    for role in [Role::Unchanged, Role::NoEvent, Role::LowCoverage] {
        for gene in panel_genes(role) {
            let row = panel.row_where("gene_name", &gene.gene_name);
            assert_ne!(row.text("verdict"), "changed", "{}", gene.gene_name);
            tested += usize::from(row.number("n_tested") > Some(0.0));
            *verdicts.entry(row.text("verdict").to_owned()).or_default() += 1;
        }
    }
    assert!(tested >= 30, "{tested}: {verdicts:?}");
    assert_eq!(panel.rows.len(), 121);
}

#[test]
fn events_that_change_are_called_and_the_others_are_not() {
    let differential = table("differential.tsv");
    let rows: HashMap<&str, TsvRow<'_>> = differential.iter().map(|r| (r.text("event_id"), r)).collect();
    let called = |row: TsvRow<'_>| row.number("q_value").is_some_and(|q| q < 0.05);
    let (mut changed, mut changed_called, mut unchanged, mut unchanged_called) = (0, 0, 0, 0);
    for gene in truth().unwrap() {
        let Some(event) = &gene.event else { continue };
        let row = rows[event.event_id.as_str()];
        if row.text("status") != "ok" {
            continue;
        }
        match gene.role {
            Role::PanelChanged | Role::SetChanged | Role::BackgroundChanged => {
                changed += 1;
                changed_called += usize::from(called(row));
                let delta = row.number("delta_psi").unwrap();
                assert!(delta * event.delta_psi() > 0.0 || !called(row), "{}", event.event_id);
            }
            _ => {
                unchanged += 1;
                unchanged_called += usize::from(called(row));
            }
        }
    }
    assert!(changed >= 20 && unchanged >= 200, "{changed} {unchanged}");
    assert!(changed_called * 10 >= changed * 7, "{changed_called} of {changed}");
    // At a false discovery rate of 5%.
    assert!(unchanged_called * 20 <= changed_called + 20, "{unchanged_called} besides {changed_called}");
}

#[test]
fn scarce_cd38_is_not_judged_and_the_reason_has_numbers() {
    let panel = table("nad_panel.tsv");
    let row = panel.row_where("gene_name", LOW_GENE);
    assert!(["not testable", "inconclusive"].contains(&row.text("verdict")), "{}", row.text("verdict"));
    let reason = row.text("reason");
    assert!(reason.contains(|c: char| c.is_ascii_digit()), "{reason}");
}

#[test]
fn the_planted_set_is_enriched_and_the_other_is_not() {
    let enrichment = table("enrichment.tsv");
    // `<name>__<id>`, as GMT files name the sets.
    let id = |name: &str| name.rsplit("__").next().unwrap().replace('_', "-");
    let [planted, unplanted] = [PLANTED_SET, UNPLANTED_SET].map(id);
    for method in ["wallenius", "gsea"] {
        let row = |set: &str| {
            enrichment.rows_where("method", method).find(|row| row.text("set_id") == set).unwrap()
        };
        assert!(row(&planted).number("q_value").unwrap() < 0.05, "{method}");
        assert!(row(&planted).number("fold").is_none_or(|fold| fold > 1.5));
        assert!(row(&unplanted).number("q_value").unwrap() > 0.2, "{method}");
    }
}

#[test]
fn the_swapped_library_is_found() {
    let samples = table("samples.tsv");
    assert_eq!(samples.rows.len(), 12);
    for row in samples.iter() {
        let swapped = row.text("sample") == SWAPPED_SAMPLE;
        assert_eq!(row.text("library_strandedness"), if swapped { "forward" } else { "reverse" });
        assert_eq!(row.text("strandedness_source"), "reads");
        let forward = row.number("forward_fraction").unwrap();
        assert!(if swapped { forward > 0.95 } else { forward < 0.05 }, "{forward}");
    }
}

#[test]
fn every_ledger_adds_up_to_the_records_of_the_file() {
    for row in table("samples.tsv").iter() {
        let sum: f64 = LEDGER.iter().map(|column| row.number(column).unwrap()).sum();
        let alignments = row.number("alignments").unwrap();
        assert!((sum - alignments).abs() < 0.5, "{}: {sum} of {alignments}", row.text("sample"));
        let bam = demo().join("data").join(format!("{}.bam", row.text("sample")));
        assert!((Bam::read(&bam).records.len() as f64 - alignments).abs() < 0.5);
    }
}

#[test]
fn psi_of_a_group_is_close_to_the_truth() {
    let names =
        ["inclusion_counts.tsv", "inclusion_lengths.tsv", "skipping_counts.tsv", "skipping_lengths.tsv"];
    let matrices = names.map(table);
    let rows: HashMap<&str, usize> = matrices[0].cells("event_id").into_iter().zip(0..).collect();
    // By event and group: reads, inclusion and skipping reads per length, and PSI weighted by reads.
    let mut groups: HashMap<(String, String), [f64; 4]> = HashMap::new();
    for row in Tsv::read(&demo().join("data/truth.tsv")).iter() {
        let (k, sample) = (rows[row.text("event_id")], row.text("sample"));
        let cell = |m: &Tsv| m.rows[k][m.column(sample)].parse::<f64>().unwrap();
        let [inclusion, inclusion_length, skipping, skipping_length] = matrices.each_ref().map(cell);
        let reads = inclusion + skipping;
        let sums = groups.entry((row.text("event_id").to_owned(), row.text("group").to_owned())).or_default();
        let terms = [
            reads,
            inclusion / inclusion_length,
            skipping / skipping_length,
            reads * row.number("psi").unwrap(),
        ];
        for (sum, term) in sums.iter_mut().zip(terms) {
            *sum += term;
        }
    }
    let errors: Vec<f64> = groups
        .values()
        .filter(|[reads, ..]| *reads >= 100.0)
        .map(|[reads, inclusion, skipping, psi]| inclusion / (inclusion + skipping) - psi / reads)
        .collect();
    let n = errors.len() as f64;
    assert!(n > 200.0, "{n}");
    let bias = errors.iter().sum::<f64>() / n;
    let rms = (errors.iter().map(|e| e * e).sum::<f64>() / n).sqrt();
    assert!(bias.abs() < 0.015 && rms < 0.07, "bias {bias:.4}, root mean square error {rms:.4}");
}

#[test]
fn a_second_run_reuses_the_counts_and_writes_the_same_tables() {
    // Its own folder: other tests read the demonstration's at the same time.
    let results = scratch("demo_again").join("results");
    fs::create_dir_all(results.join("counts")).unwrap();
    for entry in fs::read_dir(demo().join("results/counts")).unwrap() {
        let path = entry.unwrap().path();
        fs::copy(&path, results.join("counts").join(path.file_name().unwrap())).unwrap();
    }
    let before = tables(&demo().join("results"));
    let counts = |folder: &PathBuf| -> Vec<_> {
        let mut files: Vec<_> = fs::read_dir(folder.join("counts"))
            .unwrap()
            .map(|entry| {
                let entry = entry.unwrap();
                (entry.path(), entry.metadata().unwrap().modified().unwrap())
            })
            .collect();
        files.sort();
        files
    };
    let made = counts(&results);
    assert_eq!(made.len(), 12);
    let data = demo().join("data");
    let mut again = run(&data.join("samples.tsv"), &data.join("genes.gtf"), &results);
    Called::of(again.args(["--contrast", "condition:old:young"])).succeeded();
    assert_eq!(counts(&results), made);
    assert_same_tables(&tables(&results), &before);
}
