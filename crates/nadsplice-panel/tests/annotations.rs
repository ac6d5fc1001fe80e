//! The embedded tables against complete public annotations.
//!
//! The data folder is `NADSPLICE_DATA`, else `shared/data` beside the workspace; without it the tests say so and
//! pass.
#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "helpers of tests are tests")]

use std::{
    collections::BTreeSet,
    fs::File,
    io::{BufRead, BufReader},
    path::PathBuf,
};

use flate2::read::MultiGzDecoder;
use nadsplice_panel::{GeneIndex, MatchedBy, Panel, focus_sets, read_gmt};

/// A file of the data folder, or nothing and a word of it.
fn data(path: &str) -> Option<PathBuf> {
    let folder = std::env::var_os("NADSPLICE_DATA").map_or_else(
        || PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../../shared/data")),
        PathBuf::from,
    );
    let file = folder.join(path);
    if file.exists() {
        return Some(file);
    }
    println!("skipped: no {}", file.display());
    None
}

/// The gene names of a GTF, sorted, each once.
fn gene_names(path: PathBuf) -> BTreeSet<String> {
    let lines = BufReader::new(MultiGzDecoder::new(File::open(path).unwrap())).lines();
    let attribute = |line: &str, key: &str| {
        let value = line.split(&format!("{key} \"")).nth(1)?;
        Some(value.split('"').next()?.to_owned())
    };
    lines
        .map_while(Result::ok)
        .filter_map(|line| attribute(&line, "gene_name").or_else(|| attribute(&line, "gene_id")))
        .collect()
}

fn index(names: &BTreeSet<String>) -> GeneIndex {
    GeneIndex::new(names.iter().map(|name| (name.as_str(), None)))
}

/// Panel genes that the annotation does not have, and those that it has under another name.
fn missing_and_aliased(file: &str) -> Option<(Vec<String>, Vec<String>)> {
    let index = index(&gene_names(data(file)?));
    let (mut missing, mut aliased) = (Vec::new(), Vec::new());
    for gene in Panel::nad().genes() {
        match index.resolve(&gene.identity) {
            None => missing.push(gene.identity.label().to_owned()),
            Some(found) if found.matched_by == MatchedBy::Alias => aliased.push(found.note.unwrap()),
            Some(_) => {}
        }
    }
    Some((missing, aliased))
}

#[test]
fn every_panel_gene_is_in_refseq_of_either_build() {
    for file in ["annotation/derived_refseq_hg38.gtf.gz", "annotation/derived_refseq_hg19.gtf.gz"] {
        let Some((missing, aliased)) = missing_and_aliased(file) else { return };
        assert_eq!(missing, Vec::<String>::new(), "{file}");
        assert_eq!(
            aliased,
            [
                "KYAT1 is CCBL1 in this annotation",
                "KYAT3 is CCBL2 in this annotation",
                "NAPRT is NAPRT1 in this annotation",
                "NADK2 is NADKD1 in this annotation",
                "NOCT is CCRN4L in this annotation",
                "ADPRS is ADPRHL2 in this annotation",
                "NAXD is CARKD in this annotation",
                "NAXE is APOA1BP in this annotation",
            ],
            "{file}"
        );
    }
}

#[test]
fn every_panel_gene_with_an_ortholog_is_in_mouse_refseq() {
    let Some((missing, _)) = missing_and_aliased("annotation/refseq_mm10.gtf.gz") else { return };
    assert_eq!(missing, ["PARP15"]);
}

#[test]
fn nearly_all_members_of_the_embedded_sets_are_in_refseq() {
    for (file, least) in [
        ("annotation/derived_refseq_hg38.gtf.gz", 0.98),
        ("annotation/derived_refseq_hg19.gtf.gz", 0.98),
        ("annotation/refseq_mm10.gtf.gz", 0.95),
    ] {
        let Some(path) = data(file) else { return };
        let index = index(&gene_names(path));
        let (mut found, mut all) = (0_u32, 0_u32);
        for member in focus_sets().iter().flat_map(|set| &set.members) {
            all += 1;
            found += u32::from(index.resolve(member).is_some());
        }
        let share = f64::from(found) / f64::from(all);
        println!("{file}: {found} of {all} members, {share:.4}");
        assert!(share > least, "{file}: {share}");
    }
}

#[test]
fn public_gmt_files_are_read() {
    for (file, sets) in [
        ("genesets/ReactomePathways_2024-09-18.gmt", 2694),
        ("genesets/wikipathways_20260822_Homo_sapiens.symbols.gmt", 992),
        ("genesets/h.all.v2022.1.Hs.symbols.gmt", 50),
        ("genesets/ampk_mtor.ensembl.gmt", 76),
    ] {
        let Some(path) = data(file) else { return };
        let gmt = read_gmt(&path).unwrap();
        println!("{file}: {} sets, {} empty", gmt.sets.len(), gmt.empty_sets.len());
        assert_eq!(gmt.sets.len() + gmt.empty_sets.len(), sets, "{file}");
    }
}
