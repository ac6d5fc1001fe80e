//! `--counting rmats` and `export --format rmats` against tables that rMATS-turbo 4.3.0 itself made.

use std::{
    collections::{BTreeMap, HashSet},
    fs,
    path::{Path, PathBuf},
};

use crate::{
    data::{data, text, write_sheet},
    program::{Called, nadsplice, run},
    scratch::scratch,
    tsv::{Tsv, TsvRow},
};

const KINDS: [&str; 5] = ["SE", "MXE", "A5SS", "A3SS", "RI"];

/// Cells that must be equal to the last character.
const CELLS: [&str; 10] = [
    "geneSymbol",
    "IJC_SAMPLE_1",
    "SJC_SAMPLE_1",
    "IJC_SAMPLE_2",
    "SJC_SAMPLE_2",
    "IncFormLen",
    "SkipFormLen",
    "IncLevel1",
    "IncLevel2",
    "IncLevelDifference",
];

/// A data set, and how rMATS was called on it.
struct Case {
    expected: &'static str,
    gtf: &'static str,
    options: &'static [&'static str],
    /// Annotated events.
    events: usize,
    /// Events with a junction that only the reads have.
    novel: usize,
}

/// What identifies an event: kind, contig, strand and those coordinates that no other record of it can change.
fn key(kind: &str, row: TsvRow<'_>) -> (String, Vec<u32>) {
    let at = |name: &str| row.text(name).parse::<u32>().unwrap();
    let coordinates = match kind {
        "SE" => vec![at("exonStart_0base"), at("exonEnd"), at("upstreamEE"), at("downstreamES")],
        "MXE" => vec![
            at("1stExonStart_0base"),
            at("1stExonEnd"),
            at("2ndExonStart_0base"),
            at("2ndExonEnd"),
            at("upstreamEE"),
            at("downstreamES"),
        ],
        "RI" => vec![at("upstreamEE"), at("downstreamES")],
        _ if at("flankingES") >= at("longExonEnd") => {
            vec![1, at("longExonEnd"), at("shortEE"), at("flankingES")]
        }
        _ => vec![0, at("longExonStart_0base"), at("shortES"), at("flankingEE")],
    };
    (format!("{kind} {}{}", row.text("chr"), row.text("strand")), coordinates)
}

/// The cells of a table's events by their keys, without those whose ids are left out.
fn events(kind: &str, table: &Tsv, left_out: &HashSet<&str>) -> BTreeMap<(String, Vec<u32>), Vec<String>> {
    let mut events = BTreeMap::new();
    for row in table.iter().filter(|row| !left_out.contains(row.text("ID"))) {
        let cells = CELLS.map(|name| row.text(name).to_owned()).to_vec();
        assert!(events.insert(key(kind, row), cells).is_none(), "two rows of {kind} {:?}", key(kind, row));
    }
    events
}

/// The group file's BAMs with their names.
fn group(data: &Path, expected: &Path, number: usize) -> Vec<(String, PathBuf)> {
    let list = fs::read_to_string(expected.join(format!("group{number}_bams.txt"))).unwrap();
    list.split([',', '\n'])
        .map(str::trim)
        .filter(|file| !file.is_empty())
        .map(|file| (file.to_owned(), data.join(file)))
        .map(|(file, path)| (file.rsplit('/').next().unwrap().to_owned(), path))
        .collect()
}

impl Case {
    /// Counts once; exports and compares the annotated catalogue, then the one with novel junctions.
    fn check(&self) {
        let Some(data) = data(&format!("expected/rmats-4.3.0/{}", self.expected)) else { return };
        let expected = data.join("expected/rmats-4.3.0").join(self.expected);
        let folder = scratch(&format!("rmats_{}", self.expected));
        let mut entries = Vec::new();
        for (number, name) in [(1, "first"), (2, "second")] {
            entries.extend(group(&data, &expected, number).into_iter().map(|(f, path)| (f, path, name)));
        }
        let sheet = folder.join("sheet.tsv");
        write_sheet(&sheet, &entries);
        for with_novel in [false, true] {
            self.compare(&data, &expected, &sheet, &folder, with_novel);
        }
    }

    fn compare(&self, data: &Path, expected: &Path, sheet: &Path, folder: &Path, with_novel: bool) {
        // The second time the counts files are there.
        let results = folder.join("results");
        let mut command = run(sheet, &data.join(self.gtf), &results);
        command.args(["--counting", "rmats", "--contrast", "condition:first:second"]);
        if with_novel {
            command.arg("--novel");
        }
        Called::of(command.args(self.options)).succeeded();
        let tables = folder.join("tables");
        let mut export = nadsplice();
        export.args(["export", "--format", "rmats", "--results"]).arg(&results).arg("-o").arg(&tables);
        Called::of(&mut export).succeeded();

        let mut compared = 0;
        for kind in KINDS {
            let novel = Tsv::parse(&text(&expected.join(format!("fromGTF.novelJunction.{kind}.txt"))));
            let novel: HashSet<&str> =
                if with_novel { HashSet::new() } else { novel.cells("ID").into_iter().collect() };
            for rule in ["JC", "JCEC"] {
                let name = format!("{kind}.MATS.{rule}.txt");
                let theirs = Tsv::parse(&text(&expected.join("all_events").join(format!("{name}.gz"))));
                let ours = Tsv::read(&tables.join(&name));
                assert_eq!(ours.header, theirs.header, "{name}");
                let (theirs, ours) = (events(kind, &theirs, &novel), events(kind, &ours, &HashSet::new()));
                let missing: Vec<_> = theirs.keys().filter(|k| !ours.contains_key(k)).collect();
                let extra: Vec<_> = ours.keys().filter(|k| !theirs.contains_key(k)).collect();
                assert!(
                    missing.is_empty() && extra.is_empty(),
                    "{name}: {missing:?} lack, {extra:?} are extra"
                );
                for (event, cells) in &theirs {
                    let ((symbol, ours), (their_symbol, cells)) =
                        (ours[event].split_first().unwrap(), cells.split_first().unwrap());
                    // Of the genes that share an event rMATS names one by the order of a hash table.
                    assert_eq!(symbol == "NA", their_symbol == "NA", "{name} {event:?}");
                    assert_eq!(ours, cells, "{name} {event:?} {CELLS:?}");
                }
                compared += theirs.len();
            }
        }
        let events = self.events + if with_novel { self.novel } else { 0 };
        assert_eq!(compared, 2 * events);
    }
}

#[test]
fn airway_counts_and_lengths_are_those_of_rmats() {
    let options = &["--read-length", "63", "--strandedness", "unstranded"];
    let gtf = "airway/Homo_sapiens.GRCh37.75_subset.gtf";
    Case { expected: "airway", gtf, options, events: 12, novel: 14 }.check();
}

#[test]
fn sirv_counts_and_lengths_are_those_of_rmats() {
    let options = &[
        "--read-length",
        "100",
        "--rmats-variable-read-length",
        "--rmats-allow-clipping",
        "--strandedness",
        "reverse",
    ];
    Case { expected: "sirv_mix2_vs_mix1", gtf: "sirv/SIRV.gtf", options, events: 51, novel: 0 }.check();
}

#[test]
fn esrp_counts_and_lengths_are_those_of_rmats() {
    let options = &["--read-length", "50", "--rmats-allow-clipping", "--strandedness", "unstranded"];
    let gtf = "annotation/derived_refseq_hg38.gtf.gz";
    Case { expected: "esrp", gtf, options, events: 26_686, novel: 73 }.check();
}
