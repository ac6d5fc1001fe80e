//! What the annotation lacks, found again from reads alone.
//!
//! A cohort is simulated from two transcripts a gene. Its alignments are counted twice: by the whole annotation, and by
//! one that lacks the inclusion forms, so that all events must come from the reads.

use std::{
    collections::BTreeMap,
    fs,
    path::{Path, PathBuf},
    sync::OnceLock,
};

use nadsplice_core::EventKind;
use nadsplice_simulate::{Cohort, Library, gtf_text};

use crate::{
    cohort::{Genes, cohort},
    program::{Called, nadsplice},
    scratch::scratch,
    tsv::Tsv,
};

/// Each sample is a group, so that an event can be of one sample alone.
const SAMPLES: [&str; 3] = ["a", "b", "c"];
const FRAGMENTS: u64 = 120_000;
/// More fragments than one sample has over any junction, and fewer than the cohort has over most.
const MANY: &str = "800";
/// Lengths of exons that the aligner has to place across three bases and more.
const MICROEXONS: [u32; 5] = [3, 6, 9, 15, 27];
/// Events with their PSI in the samples.
const EVENTS: [(EventKind, u32, u32, [f64; 3]); 18] = [
    (EventKind::Se, 3, 0, [0.5; 3]),
    (EventKind::Se, 6, 0, [0.5; 3]),
    (EventKind::Se, 9, 0, [0.5; 3]),
    (EventKind::Se, 15, 0, [0.5; 3]),
    (EventKind::Se, 27, 0, [0.5; 3]),
    (EventKind::Se, 120, 0, [0.6; 3]),
    (EventKind::Se, 90, 0, [0.4, 0.0, 0.0]),
    (EventKind::Se, 150, 0, [0.0, 0.0, 0.3]),
    (EventKind::Se, 110, 0, [0.0; 3]),
    (EventKind::Mse, 90, 120, [0.5; 3]),
    (EventKind::Mxe, 90, 120, [0.5; 3]),
    (EventKind::A5ss, 40, 0, [0.5; 3]),
    (EventKind::A3ss, 40, 0, [0.5, 0.5, 0.0]),
    (EventKind::A3ss, 60, 0, [0.0; 3]),
    (EventKind::Ri, 300, 0, [0.4; 3]),
    (EventKind::Ri, 250, 0, [0.0, 0.4, 0.0]),
    (EventKind::Ri, 350, 0, [0.0; 3]),
    (EventKind::Se, 100, 0, [0.5; 3]),
];
/// The one event that both annotations have.
const KNOWN: usize = 17;

/// Whether no sample has the event.
fn is_nowhere(psi: [f64; 3]) -> bool {
    psi.iter().all(|&p| p <= 0.0)
}

struct Sets {
    genes: Genes,
    /// Tables by the whole annotation, and by the one without the inclusion forms, with and without `--novel`.
    known: PathBuf,
    found: PathBuf,
    without: PathBuf,
    folder: PathBuf,
}

fn sets() -> &'static Sets {
    static SETS: OnceLock<Sets> = OnceLock::new();
    SETS.get_or_init(|| {
        let folder = scratch("cryptic");
        let genes = Genes::new(&EVENTS.map(|(kind, part, other, _)| (kind, part, other)), &[]);
        let specs = genes.specs(|gene, _| (1.0, EVENTS[gene].3.to_vec()));
        let samples: Vec<(String, usize)> =
            SAMPLES.iter().enumerate().map(|(k, name)| ((*name).to_owned(), k)).collect();
        let spec = cohort(23, Library::default(), &SAMPLES, &samples, FRAGMENTS, specs);
        Cohort::new(&genes.annotation, &spec).unwrap().write(&folder, 2).unwrap();
        let mut cut = genes.annotation.clone();
        for (number, gene) in cut.genes.iter_mut().enumerate() {
            gene.transcripts.retain(|t| number == KNOWN || !t.id.ends_with(".inclusion"));
        }
        let (whole, part) = (folder.join("whole.gtf"), folder.join("part.gtf"));
        fs::write(&whole, gtf_text(&genes.annotation)).unwrap();
        fs::write(&part, gtf_text(&cut)).unwrap();
        let sheet = folder.join("sheet.tsv");
        fs::write(&sheet, format!("sample\tcondition\n{}", SAMPLES.map(|s| format!("{s}\tx\n")).concat()))
            .unwrap();
        let known = quantified(&folder, "known", &whole, SAMPLES, &sheet, &[]);
        let found = quantified(&folder, "found", &part, SAMPLES, &sheet, &["--novel"]);
        let without = quantified(&folder, "without", &part, SAMPLES, &sheet, &[]);
        Sets { genes, known, found, without, folder }
    })
}

/// Counts each sample by itself, in this order and with one overhang for all junctions, and quantifies the cohort.
fn quantified(
    folder: &Path,
    name: &str,
    gtf: &Path,
    order: [&str; 3],
    sheet: &Path,
    options: &[&str],
) -> PathBuf {
    let results = folder.join(name);
    fs::create_dir_all(&results).unwrap();
    let counts = order.map(|sample| {
        let file = results.join(format!("{sample}.counts"));
        let mut command = nadsplice();
        command
            .args(["count", "--min-overhang", "8", "--sample", sample, "--gtf"])
            .arg(gtf)
            .arg("-o")
            .arg(&file);
        Called::of(command.arg(folder.join(format!("{sample}.bam")))).succeeded();
        file
    });
    let mut command = nadsplice();
    command.arg("quantify").arg("--gtf").arg(gtf).arg("--samples").arg(sheet).arg("-o").arg(&results);
    Called::of(command.args(options).args(counts)).succeeded();
    results
}

/// The rows of a matrix by event.
fn rows(results: &Path, file: &str) -> BTreeMap<String, Vec<String>> {
    let table = Tsv::read(&results.join(file));
    table.rows.into_iter().map(|row| (row[0].clone(), row[1..].to_vec())).collect()
}

#[test]
fn counts_of_events_from_reads_are_those_with_the_events_given() {
    let sets = sets();
    let ids: Vec<String> = (0..EVENTS.len()).map(|gene| sets.genes.event_id(gene)).collect();
    let found = Tsv::read(&sets.found.join("events.tsv"));
    let novel: Vec<&str> = found.cells("event_id");
    for file in [
        "inclusion_counts.tsv",
        "skipping_counts.tsv",
        "inclusion_lengths.tsv",
        "skipping_lengths.tsv",
        "psi.tsv",
    ] {
        let (given, from_reads) = (rows(&sets.known, file), rows(&sets.found, file));
        for (id, (kind, _, _, psi)) in ids.iter().zip(EVENTS) {
            if is_nowhere(psi) {
                assert!(!novel.contains(&id.as_str()), "{id} is in no sample");
            } else {
                assert_eq!(from_reads.get(id), given.get(id), "{kind} {id} in {file}");
            }
        }
    }
    // Nothing else is made up: an event of another kind may come with mutually exclusive exons only.
    let others: Vec<&&str> = novel.iter().filter(|id| !ids.contains(&(**id).to_owned())).collect();
    let allowed = others.iter().all(|id| id.starts_with("SE:") || id.starts_with("MSE:"));
    assert!(allowed && others.len() <= 2, "{others:?}");
}

#[test]
fn neither_the_order_of_counting_nor_of_the_sheet_matters() {
    let sets = sets();
    let sheet = sets.folder.join("reversed.tsv");
    fs::write(&sheet, "sample\tcondition\nc\tx\na\tx\nb\tx\n").unwrap();
    let part = sets.folder.join("part.gtf");
    let reversed = quantified(&sets.folder, "reversed", &part, ["b", "c", "a"], &sheet, &["--novel"]);
    let read = |folder: &Path, file: &str| fs::read(folder.join(file)).unwrap();
    assert!(read(&reversed, "events.tsv") == read(&sets.found, "events.tsv"));
    for file in ["psi.tsv", "junctions.tsv", "clusters.tsv", "gene_counts.tsv"] {
        let (one, other) = (Tsv::read(&reversed.join(file)), Tsv::read(&sets.found.join(file)));
        for sample in SAMPLES {
            assert_eq!(one.cells(sample), other.cells(sample), "{sample} in {file}");
        }
    }
}

#[test]
fn cryptic_exons_have_their_psi_where_they_are_and_nothing_elsewhere() {
    let sets = sets();
    let psi = Tsv::read(&sets.found.join("psi.tsv"));
    let inclusion = Tsv::read(&sets.found.join("inclusion_counts.tsv"));
    let events = Tsv::read(&sets.found.join("events.tsv"));
    for (gene, (kind, part, _, truth)) in EVENTS.into_iter().enumerate() {
        if is_nowhere(truth) {
            continue;
        }
        let id = sets.genes.event_id(gene);
        let novelty = events.row_where("event_id", &id).text("novelty").to_owned();
        let expected = match kind {
            _ if gene == KNOWN => "annotated",
            EventKind::Se | EventKind::Mse | EventKind::Mxe => "novel_exon",
            EventKind::Ri => "novel_intron",
            _ => "novel_site",
        };
        assert_eq!(novelty, expected, "{id}");
        for (sample, truth) in SAMPLES.into_iter().zip(truth) {
            let found = psi.row_where("event_id", &id).number(sample).unwrap();
            assert!(
                (found - truth).abs() < 0.06,
                "{kind} of {part} bases in {sample}: {found}, truth {truth}"
            );
            if truth == 0.0 {
                let reads = inclusion.row_where("event_id", &id).number(sample);
                assert_eq!(reads, Some(0.0), "{id} in {sample}");
            }
        }
    }
}

#[test]
fn microexons_keep_their_psi() {
    let sets = sets();
    for results in [&sets.known, &sets.found] {
        let psi = Tsv::read(&results.join("psi.tsv"));
        for (gene, length) in MICROEXONS.into_iter().enumerate() {
            let id = sets.genes.event_id(gene);
            let row = psi.row_where("event_id", &id);
            let mean = SAMPLES.iter().map(|s| row.number(s).unwrap()).sum::<f64>() / 3.0;
            assert!((mean - 0.5).abs() < 0.03, "{length} bases: {mean}");
        }
    }
}

#[test]
fn nothing_is_added_unless_asked_for() {
    let sets = sets();
    let events = Tsv::read(&sets.without.join("events.tsv"));
    assert_eq!(events.cells("event_id"), [sets.genes.event_id(KNOWN)]);
}

#[test]
fn novel_events_of_panel_genes_need_no_option() {
    let sets = sets();
    let panel = sets.folder.join("panel.tsv");
    let named = "SE_5";
    fs::write(&panel, format!("symbol\n{named}\n")).unwrap();
    let part = sets.folder.join("part.gtf");
    let sheet = sets.folder.join("sheet.tsv");
    let options = ["--panel", panel.to_str().unwrap()];
    let results = quantified(&sets.folder, "panel", &part, SAMPLES, &sheet, &options);
    let events = Tsv::read(&results.join("events.tsv"));
    let novel: Vec<_> = events.iter().filter(|row| row.text("novelty") != "annotated").collect();
    assert_eq!(novel.iter().map(|row| row.text("event_id")).collect::<Vec<_>>(), [sets.genes.event_id(5)]);
    assert!(novel.iter().all(|row| row.text("gene_id") == named));
}

#[test]
fn thresholds_decide_and_need_the_option() {
    let sets = sets();
    let (part, sheet) = (sets.folder.join("part.gtf"), sets.folder.join("sheet.tsv"));
    // Of one sample alone nothing is left when all three must support it.
    let strict = ["--novel", "--novel-min-samples", "3", "--novel-lone-fragments", "1000000"];
    let results = quantified(&sets.folder, "strict", &part, SAMPLES, &sheet, &strict);
    let events = Tsv::read(&results.join("events.tsv"));
    let ids = events.cells("event_id");
    for (gene, (.., psi)) in EVENTS.into_iter().enumerate() {
        let everywhere = psi.iter().all(|&p| p > 0.0);
        assert_eq!(
            ids.contains(&sets.genes.event_id(gene).as_str()),
            everywhere,
            "{}",
            sets.genes.event_id(gene)
        );
    }
    let mut command = nadsplice();
    command.arg("quantify").arg("--gtf").arg(&part).arg("--samples").arg(&sheet).arg("-o").arg(&results);
    Called::of(command.args(["--novel-min-share", "0.1"])).failed(2, &["--novel"]);
    let mut command = nadsplice();
    command.arg("quantify").arg("--gtf").arg(&part).arg("--samples").arg(&sheet).arg("-o").arg(&results);
    Called::of(command.args(["--novel", "--novel-min-share", "2"])).failed(2, &["from 0 to 1"]);
}

#[test]
fn thresholds_take_what_they_are_about() {
    let sets = sets();
    let counts = SAMPLES.map(|sample| sets.found.join(format!("{sample}.counts")));
    // Novel exons, sites and introns that are left.
    let left = |option: &str, value: &str| -> [usize; 3] {
        let results = sets.folder.join(format!("{option}{value}"));
        fs::create_dir(&results).unwrap();
        let mut command = nadsplice();
        command.arg("quantify").arg("--gtf").arg(sets.folder.join("part.gtf"));
        command.arg("--samples").arg(sets.folder.join("sheet.tsv")).arg("-o").arg(&results);
        Called::of(command.args(["--novel", option, value]).args(&counts)).succeeded();
        let events = Tsv::read(&results.join("events.tsv"));
        assert_eq!(events.rows_where("novelty", "annotated").count(), 1);
        ["novel_exon", "novel_site", "novel_intron"]
            .map(|novelty| events.rows_where("novelty", novelty).count())
    };
    let all = left("--novel-min-samples", "2");
    let [exons, sites, introns] = all;
    assert!(exons > 5 && sites == 2 && introns == 2, "{all:?}");
    for option in ["--novel-sample-fragments", "--novel-min-fragments", "--novel-min-intron-length"] {
        assert_eq!(left(option, "1000000"), [0; 3], "{option}");
    }
    // What all samples have together no single one has.
    let in_sample = left("--novel-sample-fragments", MANY).iter().sum::<usize>();
    let together = left("--novel-min-fragments", MANY).iter().sum::<usize>();
    assert!(in_sample < together, "{in_sample} {together}");
    assert_eq!(left("--novel-max-intron-length", "21"), [0; 3]);
    // Junctions have an overhang and a share of their sites, introns have not.
    assert_eq!(left("--novel-min-overhang", "1000"), [0, 0, introns]);
    assert_eq!(left("--novel-min-share", "0.9"), [0, 0, introns]);
    let [most, ..] = left("--novel-min-positions", "64");
    assert!(most < exons, "the exon of one sample has the fewest reads");
    let [short, none, _] = left("--novel-max-exon-length", "10");
    assert!(short > 0 && short < exons && none == 0);
    for option in ["--novel-min-intron-share", "--novel-min-intron-balance"] {
        assert_eq!(left(option, "0.99"), [exons, sites, 0], "{option}");
    }
    let [exons_of_several, _, introns_of_several] = left("--novel-lone-fragments", "1000000");
    assert!(exons_of_several < exons && introns_of_several < introns);
}
