//! Junction counts against STAR's own junction table on real reads.

#![allow(clippy::unwrap_used, reason = "a test stops where something is not there")]

use std::{
    collections::BTreeMap,
    path::{Path, PathBuf},
};

use nadsplice_align::{AnnotationIndex, CountJob, Counted, count};
use nadsplice_annotation::{ReadOptions, read};
use nadsplice_core::{CountMode, CountParameters, Evidence, LibraryStrandedness};

fn data() -> Option<PathBuf> {
    let path = std::env::var_os("NADSPLICE_DATA")
        .map_or_else(|| Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/data"), PathBuf::from);
    path.is_dir().then_some(path)
}

/// `(contig, first intronic base, last intronic base)` (1-based) to the uniquely mapped fragments of column 7.
fn star_table(path: &Path) -> BTreeMap<(String, u32, u32), u32> {
    std::fs::read_to_string(path)
        .unwrap()
        .lines()
        .map(|line| {
            let f: Vec<&str> = line.split('\t').collect();
            ((f[0].to_owned(), f[1].parse().unwrap(), f[2].parse().unwrap()), f[6].parse().unwrap())
        })
        .collect()
}

fn counted(data: &Path, mode: CountMode) -> Counted {
    let gtf = read(&data.join("annotation/derived_refseq_hg38.gtf.gz"), &ReadOptions::default()).unwrap();
    let index = AnnotationIndex::new(&gtf.annotation, gtf.content_hash, 2);
    let parameters =
        CountParameters { min_overhang: 1, min_overhang_novel: 1, mode, ..CountParameters::default() };
    count(&CountJob {
        sample: "cd44",
        path: &data.join("cd44_tumour/accepted_hits.uniq.bam"),
        index: &index,
        contigs: &gtf.annotation.contigs,
        parameters: &parameters,
        threads: 1,
        allow_build_mismatch: false,
        max_waiting: None,
        max_records: None,
    })
    .unwrap()
}

fn junctions(counted: &Counted) -> BTreeMap<(String, u32, u32), u32> {
    let Evidence::Fragments(evidence) = &counted.counts.evidence else { panic!("fragments were counted") };
    counted
        .counts
        .contigs
        .iter()
        .zip(&evidence.contigs)
        .flat_map(|(name, contig)| {
            contig.junctions.iter().map(|j| ((name.clone(), j.start + 1, j.end), j.fragments))
        })
        .collect()
}

#[test]
fn fragments_equal_star_s_unique_column_junction_for_junction() {
    let Some(data) = data() else {
        println!("skipped: no data folder");
        return;
    };
    let expected: BTreeMap<_, _> =
        star_table(&data.join("cd44_tumour/SJ.out.tab")).into_iter().filter(|&(_, n)| n > 0).collect();
    let fragments = counted(&data, CountMode::Fragments);
    assert!(expected.len() > 20, "{} junctions", expected.len());
    assert_eq!(junctions(&fragments), expected);
    assert_eq!(fragments.counts.strand.call(), Some(LibraryStrandedness::Forward));
    let mates = counted(&data, CountMode::Mates);
    assert_ne!(junctions(&mates), expected, "mates over one junction would count twice");
}
