//! The catalogue with novel junctions, its counts and lengths against those of rMATS-turbo 4.3.0, event by event.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod support;

use std::{collections::BTreeMap, fs, path::Path};

use nadsplice_core::{CountMode, LibraryStrandedness, RmatsFilter, SampleCounts};
use nadsplice_events::{
    Catalogue, CohortEvidence, Novelty, RmatsCount, rmats_key, rmats_lengths, rmats_quantify,
};
use support::{RMATS_KINDS, Row, counted, data, merged, parameters, rows};

/// One run of rMATS.
struct Run<'a> {
    name: &'a str,
    gtf: &'a str,
    library: LibraryStrandedness,
    filter: RmatsFilter,
}

impl Run<'_> {
    /// Compares everything; returns the number of novel events by kind.
    fn compare(&self, data: &Path) -> Vec<usize> {
        let folder = data.join("expected/rmats-4.3.0").join(self.name);
        let file = merged(&data.join(self.gtf));
        let (annotation, mode) = (&file.annotation, CountMode::Rmats(self.filter.clone()));
        let bams = |group: &str| -> Vec<_> {
            let list = fs::read_to_string(folder.join(group)).unwrap();
            list.lines().filter(|line| !line.is_empty()).map(|line| data.join(line)).collect()
        };
        let groups = [bams("group1_bams.txt"), bams("group2_bams.txt")];
        let samples: Vec<SampleCounts> = groups
            .concat()
            .iter()
            .map(|bam| counted(bam, annotation, file.content_hash, &parameters(1, mode.clone())))
            .collect();
        let mut evidence = CohortEvidence::rmats(annotation);
        for sample in &samples {
            evidence.add(sample, self.library).unwrap();
        }
        let catalogue = Catalogue::with_novel(&evidence);
        let counts: Vec<Vec<RmatsCount>> = samples
            .iter()
            .map(|sample| rmats_quantify(&catalogue, annotation, sample, self.library).unwrap())
            .collect();
        let mut novel_events = Vec::new();
        for kind in RMATS_KINDS {
            let expected = rows(&folder, &format!("fromGTF.{kind}.txt"), kind);
            let novel = rows(&folder, &format!("fromGTF.novelJunction.{kind}.txt"), kind);
            let found: BTreeMap<String, usize> = (0..catalogue.len())
                .filter(|&k| catalogue.events[k].kind == kind)
                .map(|k| {
                    let event = &catalogue.events[k];
                    (rmats_key(event, annotation.contigs.name(event.contig)).unwrap(), k)
                })
                .collect();
            let missing: Vec<_> = expected.keys().filter(|key| !found.contains_key(*key)).collect();
            let surplus: Vec<_> = found.keys().filter(|key| !expected.contains_key(*key)).collect();
            assert!(
                missing.is_empty() && surplus.is_empty(),
                "{kind}: missing {missing:?}, surplus {surplus:?}"
            );
            for (key, &k) in &found {
                let class = if novel.contains_key(key) { Novelty::NovelJunction } else { Novelty::Annotated };
                assert_eq!(catalogue.novelty[k], class, "{key}");
            }
            novel_events.push(novel.len());
            for bodies in [false, true] {
                let name = format!("all_events/{kind}.MATS.{}.txt", if bodies { "JCEC" } else { "JC" });
                let table = rows(&folder, &name, kind);
                assert_eq!(table.len(), expected.len(), "{name}");
                let mut different = Vec::new();
                for (key, row) in &table {
                    let k = found[key];
                    let ours = ours(&counts, k, groups[0].len(), bodies);
                    let lengths = rmats_lengths(&catalogue.events[k], &self.filter);
                    let extra = if bodies { (lengths.inclusion_body, lengths.skipping_body) } else { (0, 0) };
                    let lengths =
                        [lengths.inclusion + extra.0, lengths.skipping + extra.1].map(|l| l.to_string());
                    let theirs = theirs(row);
                    if ours != theirs || lengths != [row["IncFormLen"].clone(), row["SkipFormLen"].clone()] {
                        different.push(format!("{key}: {ours:?} against {theirs:?}"));
                    }
                }
                assert!(different.is_empty(), "{name}: {} differ: {different:#?}", different.len());
            }
        }
        novel_events
    }
}

/// Inclusion and skipping counts of both groups, joined as in the tables.
fn ours(counts: &[Vec<RmatsCount>], k: usize, first_group: usize, bodies: bool) -> [String; 4] {
    let join = |samples: &[Vec<RmatsCount>], of: &dyn Fn(&RmatsCount) -> u32| {
        samples.iter().map(|s| of(&s[k]).to_string()).collect::<Vec<_>>().join(",")
    };
    let inclusion = |c: &RmatsCount| c.inclusion + if bodies { c.inclusion_body } else { 0 };
    let skipping = |c: &RmatsCount| c.skipping + if bodies { c.skipping_body } else { 0 };
    let (one, other) = counts.split_at(first_group);
    [join(one, &inclusion), join(one, &skipping), join(other, &inclusion), join(other, &skipping)]
}

fn theirs(row: &Row) -> [String; 4] {
    ["IJC_SAMPLE_1", "SJC_SAMPLE_1", "IJC_SAMPLE_2", "SJC_SAMPLE_2"].map(|column| row[column].clone())
}

fn filter(read_length: u32) -> RmatsFilter {
    RmatsFilter {
        read_length,
        variable_read_length: false,
        allow_clipping: false,
        anchor: 1,
        single_end: false,
    }
}

#[test]
fn airway_novel_junctions_are_those_of_rmats() {
    let Some(data) = data() else { return };
    let run = Run {
        name: "airway",
        gtf: "airway/Homo_sapiens.GRCh37.75_subset.gtf",
        library: LibraryStrandedness::Unstranded,
        filter: filter(63),
    };
    assert_eq!(run.compare(&data), [13, 1, 0, 0, 0]);
}

#[test]
fn sirv_novel_junctions_are_those_of_rmats() {
    let Some(data) = data() else { return };
    let run = Run {
        name: "sirv_mix2_vs_mix1",
        gtf: "sirv/SIRV.gtf",
        library: LibraryStrandedness::Reverse,
        filter: RmatsFilter { variable_read_length: true, allow_clipping: true, ..filter(100) },
    };
    assert_eq!(run.compare(&data), [0, 0, 0, 0, 0]);
}

#[test]
fn esrp_novel_junctions_are_those_of_rmats() {
    let Some(data) = data() else { return };
    let run = Run {
        name: "esrp",
        gtf: "annotation/derived_refseq_hg38.gtf.gz",
        library: LibraryStrandedness::Unstranded,
        filter: RmatsFilter { allow_clipping: true, ..filter(50) },
    };
    assert_eq!(run.compare(&data), [66, 7, 0, 0, 0]);
}
