//! Decay of annotated transcripts, against the biotypes that Ensembl's annotators gave them.

#![allow(
    clippy::unwrap_used,
    clippy::print_stdout,
    reason = "a test stops where something is not there, and says when it is skipped"
)]

use std::{
    collections::{BTreeMap, BTreeSet},
    fs::File,
    io::{BufRead, BufReader},
    path::{Path, PathBuf},
};

use flate2::read::MultiGzDecoder;
use nadsplice_annotation::{Format, ReadOptions, read};
use nadsplice_events::{
    Catalogue, CodingStatus, ConsequenceFinder, EventKeys, Nmd, StopCodon, transcript_coding,
};

/// Ensembl's annotation of chromosome 1, where there is one.
fn ensembl() -> Option<PathBuf> {
    let folder = std::env::var_os("NADSPLICE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    let file = folder.join("annotation/Ensembl_GRCh37_chr1.gtf.gz");
    if file.is_file() {
        return Some(file);
    }
    println!("skipped: no {}", file.display());
    None
}

/// Biotype of each transcript (the source column of Ensembl 75), and the transcripts with a stop codon row.
fn biotypes(path: &Path) -> (BTreeMap<String, String>, BTreeSet<String>) {
    let (mut biotypes, mut with_stop) = (BTreeMap::new(), BTreeSet::new());
    for line in BufReader::new(MultiGzDecoder::new(File::open(path).unwrap())).lines() {
        let line = line.unwrap();
        let columns: Vec<&str> = line.split('\t').collect();
        let Some(id) = columns.get(8).and_then(|c| c.split("transcript_id \"").nth(1)?.split('"').next())
        else {
            continue;
        };
        biotypes.insert(id.to_owned(), columns[1].to_owned());
        if columns[2] == "stop_codon" {
            with_stop.insert(id.to_owned());
        }
    }
    (biotypes, with_stop)
}

/// Transcripts seen, those called to decay, those of unknown decay.
#[derive(Default, Debug)]
struct Calls {
    all: u32,
    predicted: u32,
    unknown: u32,
}

impl Calls {
    fn share(&self) -> f64 {
        f64::from(self.predicted) / f64::from(self.all)
    }
}

#[test]
fn the_50_nt_rule_agrees_with_ensembl_s_biotypes() {
    let Some(path) = ensembl() else { return };
    let file = read(&path, &ReadOptions::default()).unwrap();
    assert_eq!(file.format, Format::Gtf);
    let (biotypes, with_stop) = biotypes(&path);
    // By biotype: transcripts with a stop codon row, and all with CDS rows.
    let mut calls: BTreeMap<&str, [Calls; 2]> = BTreeMap::new();
    for gene in &file.annotation.genes {
        for transcript in gene.transcripts.iter().filter(|t| t.exons.len() > 1 && !t.cds.is_empty()) {
            let nmd = transcript_coding(transcript, gene.strand, StopCodon::Excluded).stop.nmd;
            let [stop, all] = calls.entry(&biotypes[&transcript.id]).or_default();
            let counted = if with_stop.contains(&transcript.id) { vec![stop, all] } else { vec![all] };
            for calls in counted {
                calls.all += 1;
                calls.predicted += u32::from(nmd == Nmd::Predicted);
                calls.unknown += u32::from(nmd == Nmd::Unknown);
            }
        }
    }
    for (biotype, [stop, all]) in &calls {
        println!("{biotype}: with a stop codon row {stop:?}, all {all:?}");
    }
    assert!(calls["nonsense_mediated_decay"][0].all > 500);
    assert!(calls["nonsense_mediated_decay"][0].share() >= 0.98);
    assert!(calls["protein_coding"].iter().all(|calls| calls.share() <= 0.03));
}

#[test]
fn a_whole_catalogue_has_consequences() {
    let Some(path) = ensembl() else { return };
    let annotation = read(&path, &ReadOptions::default()).unwrap().annotation;
    let events = Catalogue::from_annotation(&annotation, EventKeys::WithStrand).events;
    let mut finder = ConsequenceFinder::new(&annotation, StopCodon::Excluded, None);
    let mut counts: BTreeMap<String, u32> = BTreeMap::new();
    for event in &events {
        let found = finder.consequence(event);
        for (what, word) in [
            ("region", found.region.name()),
            ("frame", found.frame.name()),
            ("premature_stop", found.premature_stop().name()),
            ("nmd", found.nmd().name()),
            ("start_lost", found.start_lost().name()),
            ("stop_lost", found.stop_lost().name()),
            ("basis", found.inclusion.basis.name()),
            ("basis", found.skipping.basis.name()),
            ("residues", if found.residues_change.is_some() { "known" } else { "unknown" }),
        ] {
            *counts.entry(format!("{what} {word}")).or_default() += 1;
        }
        // What is known of the protein rests on a complete CDS, which an annotated transcript has.
        let coding = |form: &nadsplice_events::FormConsequence| form.coding == CodingStatus::Coding;
        assert_eq!(found.host.is_some(), coding(&found.inclusion) || coding(&found.skipping));
        if let (Some(change), nadsplice_events::Frame::Kept) = (found.residues_change, found.frame)
            && found.inclusion.stop == found.skipping.stop
            && found.start_lost() == nadsplice_events::AffectedForms::Neither
        {
            // Frame kept from one start to one stop: the change is the alternative part's own length.
            let bases = |form: &nadsplice_core::Form| -> i64 {
                form.exons.iter().map(|exon| i64::from(exon.len())).sum()
            };
            let inner = bases(&event.inclusion) - bases(&event.skipping);
            if event.kind == nadsplice_core::EventKind::Se {
                assert_eq!(inner, 3 * change, "{}", event.id("chr1"));
            }
        }
    }
    println!("{} events: {counts:#?}", events.len());
    let share = |word: &str| f64::from(counts[word]) / events.len() as f64;
    assert!(share("region cds") > 0.2 && share("frame kept") > 0.05);
}
