//! Known events in the catalogues of RefSeq.
//!
//! The data folder is `NADSPLICE_DATA`, else `shared/data` beside the workspace; without it the tests say so and
//! pass.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests are tests")]

use std::{
    collections::{BTreeMap, BTreeSet},
    path::PathBuf,
};

use nadsplice_annotation::{ReadOptions, read};
use nadsplice_core::ContigId;
use nadsplice_events::{Catalogue, EventKeys};
use nadsplice_panel::{Agreement, Build, EventPlace, known_events, match_known};

/// Known events by gene and name, with the best agreement that an annotation's catalogue has.
fn found(file: &str, build: Build) -> Option<BTreeMap<(String, String), Agreement>> {
    let folder = std::env::var_os("NADSPLICE_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let path = folder.join(file);
    if !path.exists() {
        println!("skipped: no {}", path.display());
        return None;
    }
    let annotation = read(&path, &ReadOptions::default()).unwrap().annotation;
    let introns = annotation.introns();
    let introns = introns.iter().enumerate().flat_map(|(contig, list)| {
        let contig = annotation.contigs.name(ContigId(u32::try_from(contig).unwrap()));
        list.iter().map(move |&intron| (contig, intron))
    });
    assert_eq!(Build::of_introns(introns), Some(build), "{file}");
    let events = Catalogue::from_annotation(&annotation, EventKeys::WithStrand).events;
    let places: Vec<EventPlace> =
        events.iter().map(|event| EventPlace::of(event, annotation.contigs.name(event.contig))).collect();
    let mut best = BTreeMap::new();
    for matched in match_known(&places, build) {
        let event = &events[matched.event];
        let id = event.id(annotation.contigs.name(event.contig));
        let known = matched.known;
        println!("{file}: {} {}: {} {id}", known.gene, known.event, matched.agreement.name());
        // The coordinates lie in the gene that they are said to lie in.
        let genes: BTreeSet<String> =
            event.genes.iter().map(|&gene| annotation.gene(gene).label().to_uppercase()).collect();
        assert!(genes.contains(&known.gene), "{id} is of {genes:?}");
        let agreement = best.entry((known.gene.clone(), known.event.clone())).or_insert(matched.agreement);
        *agreement = matched.agreement.min(*agreement);
    }
    Some(best)
}

fn of(found: &BTreeMap<(String, String), Agreement>, agreement: Agreement) -> Vec<String> {
    let of_agreement = found.iter().filter(|(_, a)| **a == agreement);
    of_agreement.map(|((gene, event), _)| format!("{gene} {event}")).collect()
}

#[test]
fn known_events_are_in_refseq_on_grch38() {
    let Some(found) = found("annotation/derived_refseq_hg38.gtf.gz", Build::Grch38) else { return };
    assert_eq!(
        of(&found, Agreement::Exact),
        [
            "ATP2A1 exon 22 skipped (SERCA1b)",
            "BIN1 exon 11 skipped",
            "CD38 exon 3 skipped",
            "IGF1 exon 5 included (Ec, MGF)",
            "INSR exon 11 skipped (IR-A)",
            "RPTOR exons 14-17 skipped (v2)",
            "RYR1 exon 70 skipped (ASI-)",
            "TSC2 exon 26 skipped (historical exon 25)",
            "TSC2 exon 32 skipped (historical exon 31)",
            "TSC2 tandem acceptor of exon 27",
        ]
    );
    // RefSeq has no transcript without these exons; it skips only one of them.
    assert_eq!(
        of(&found, Agreement::OneSided),
        ["SIRT1 exons 3-8 skipped (d2/9)", "SIRT2 exons 2-4 skipped (isoform 5)"]
    );
    let placed = known_events().iter().filter(|known| known.locus(Build::Grch38).is_some());
    let missing: Vec<&str> = placed
        .filter(|known| !found.contains_key(&(known.gene.clone(), known.event.clone())))
        .map(|known| known.event.as_str())
        .collect();
    assert_eq!(missing, ["exon 8 skipped (dExon8)"]);
}

#[test]
fn known_events_are_in_refseq_on_grch37() {
    let Some(found) = found("annotation/derived_refseq_hg19.gtf.gz", Build::Grch37) else { return };
    assert_eq!(
        of(&found, Agreement::Exact),
        [
            "ATP2A1 exon 22 skipped (SERCA1b)",
            "BIN1 exon 11 skipped",
            "IGF1 exon 5 included (Ec, MGF)",
            "INSR exon 11 skipped (IR-A)",
            "RPTOR exons 14-17 skipped (v2)",
            "RYR1 exon 70 skipped (ASI-)",
            "TSC2 exon 32 skipped (historical exon 31)",
        ]
    );
}

#[test]
fn known_events_are_in_mouse_refseq() {
    let Some(found) = found("annotation/refseq_mm10.gtf.gz", Build::Grcm38) else { return };
    assert_eq!(
        of(&found, Agreement::Exact),
        [
            "IGF1 exon 5 included (Ec, MGF)",
            "PPARGC1A upstream acceptor of exon 7 (NT-PGC-1a)",
            "SIRT2 exons 2-4 skipped (isoform 5)",
            "TSC2 exon 26 skipped (historical exon 25)",
            "TSC2 exon 32 skipped (historical exon 31)",
            "TSC2 tandem acceptor of exon 27",
        ]
    );
}
