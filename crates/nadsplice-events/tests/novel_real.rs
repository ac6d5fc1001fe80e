//! Un-annotated events and clusters of real samples.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use nadsplice_core::{
    Annotation, CountMode, CountParameters, Evidence, Interval, LibraryStrandedness, RmatsFilter,
    SampleCounts,
};
use nadsplice_events::{
    Catalogue, ClusterOptions, Clusters, CohortEvidence, MemberKind, NovelOptions, Novelty, QuantifyError,
};
use support::{by_locus, counted, data, parameters};

const UNSTRANDED: LibraryStrandedness = LibraryStrandedness::Unstranded;

fn samples(data: &Path, folder: &str, names: &[&str], annotation: &Annotation) -> Vec<SampleCounts> {
    names
        .iter()
        .map(|name| {
            let bam = data.join(format!("{folder}/{name}.bam"));
            counted(&bam, annotation, [0; 32], &CountParameters::default())
        })
        .collect()
}

fn airway(data: &Path, annotation: &Annotation) -> Vec<SampleCounts> {
    let names = ["08", "09", "12", "13", "16", "17", "20", "21"].map(|run| format!("SRR10395{run}_subset"));
    samples(data, "airway", &names.each_ref().map(String::as_str), annotation)
}

fn pooled<'a>(annotation: &'a Annotation, samples: &[SampleCounts]) -> CohortEvidence<'a> {
    let mut evidence = CohortEvidence::new(annotation, NovelOptions::default());
    for sample in samples {
        evidence.add(sample, UNSTRANDED).unwrap();
    }
    evidence
}

fn novel_events(evidence: &CohortEvidence<'_>) -> Vec<String> {
    let catalogue = Catalogue::with_novel(evidence);
    let name = |contig| evidence.annotation().contigs.name(contig);
    let events = catalogue.events.iter().zip(&catalogue.novelty);
    let novel = events.filter(|(_, novelty)| **novelty != Novelty::Annotated);
    novel.map(|(event, novelty)| format!("{} {novelty}", event.id(name(event.contig)))).collect()
}

#[test]
fn what_a_small_annotation_lacks_a_large_one_has() {
    let Some(data) = data() else { return };
    let large = by_locus(&data.join("airway/Homo_sapiens.GRCh37.75_subset.gtf")).annotation;
    let small = by_locus(&data.join("annotation/derived_refseq_hg19.gtf.gz")).annotation;
    // One retained intron is in neither, with 8 to 18 fragments over its boundaries in each of the eight samples.
    let retained = "RI:chr1:11140606-11140821:- novel_intron";
    let samples_of_large = airway(&data, &large);
    assert_eq!(novel_events(&pooled(&large, &samples_of_large)), [retained.replace("chr1", "1")]);
    let evidence = pooled(&small, &airway(&data, &small));
    let expected = [
        "RI:chr1:11084392-11085167:+ novel_site",
        "A3SS:chr1:11131045-11132144:11131030-11132144:- novel_site",
        retained,
        "A5SS:chr1:11141295-11142591:11141295-11142745:- novel_site",
    ];
    assert_eq!(novel_events(&evidence), expected);
    let introns: BTreeSet<Interval> = large.introns().concat().into_iter().collect();
    let passing: Vec<Interval> =
        evidence.junctions().iter().filter(|j| j.passes).map(|j| j.junction.intron).collect();
    assert_eq!(passing.len(), 4);
    // The one that is in neither leads to no annotated exon, so it makes no event.
    let in_neither: Vec<&Interval> = passing.iter().filter(|intron| !introns.contains(intron)).collect();
    assert_eq!(in_neither, [&Interval::new(11_085_265, 11_089_743).unwrap()]);
}

#[test]
fn a_shallow_cohort_adds_nothing() {
    let Some(data) = data() else { return };
    let annotation = by_locus(&data.join("annotation/derived_refseq_hg38.gtf.gz")).annotation;
    let names = ["231ESRP.25K.rep-1", "231ESRP.25K.rep-2", "231EV.25K.rep-1", "231EV.25K.rep-2"];
    let evidence = pooled(&annotation, &samples(&data, "esrp", &names, &annotation));
    assert!(evidence.junctions().iter().filter(|j| j.novelty != Novelty::Annotated).count() > 400);
    assert_eq!(novel_events(&evidence), Vec::<String>::new());
}

#[test]
fn clusters_have_the_fragments_of_their_junctions() {
    let Some(data) = data() else { return };
    let annotation = by_locus(&data.join("annotation/derived_refseq_hg19.gtf.gz")).annotation;
    let samples = airway(&data, &annotation);
    let evidence = pooled(&annotation, &samples);
    let clusters = Clusters::from_junctions(
        evidence.cluster_members(&ClusterOptions::default()),
        &ClusterOptions::default(),
    );
    assert!(clusters.len() > 10);
    let contig = annotation.contigs.resolve("1").unwrap().index();
    let mut totals: BTreeMap<Interval, u32> = BTreeMap::new();
    let mut retained = 0;
    for sample in &samples {
        let Evidence::Fragments(fragments) = &sample.evidence else { panic!("fragments were counted") };
        let junctions: BTreeMap<(u32, u32), u32> =
            fragments.contigs[contig].junctions.iter().map(|j| ((j.start, j.end), j.fragments)).collect();
        let counts = clusters.counts(annotation.contigs.names(), sample, UNSTRANDED).unwrap();
        for (cluster, counts) in clusters.clusters.iter().zip(&counts) {
            assert_eq!(cluster.members.len(), counts.len());
            for (member, &count) in cluster.members.iter().zip(counts) {
                let place = (member.intron.start(), member.intron.end());
                if member.kind == MemberKind::Junction {
                    assert_eq!(count, junctions.get(&place).copied().unwrap_or(0));
                    *totals.entry(member.intron).or_default() += count;
                } else {
                    retained += count;
                }
            }
        }
        let others = vec!["1".to_owned()];
        let refused = clusters.counts(&others, sample, UNSTRANDED);
        assert!(matches!(refused, Err(QuantifyError::Contigs { .. })));
    }
    assert!(retained > 0);
    for member in clusters.clusters.iter().flat_map(|c| &c.members).filter(|m| m.kind == MemberKind::Junction)
    {
        assert_eq!(totals[&member.intron], member.fragments);
    }
}

#[test]
fn samples_of_other_contigs_or_other_reads_are_refused() {
    let Some(data) = data() else { return };
    let annotation = by_locus(&data.join("airway/Homo_sapiens.GRCh37.75_subset.gtf")).annotation;
    let other = by_locus(&data.join("sirv/SIRV.gtf")).annotation;
    let bam = data.join("airway/SRR1039508_subset.bam");
    let filter = RmatsFilter {
        read_length: 63,
        variable_read_length: false,
        allow_clipping: false,
        anchor: 1,
        single_end: false,
    };
    let fragments = counted(&bam, &annotation, [0; 32], &CountParameters::default());
    let reads = counted(&bam, &annotation, [0; 32], &parameters(1, CountMode::Rmats(filter)));
    let refused = CohortEvidence::new(&other, NovelOptions::default()).add(&fragments, UNSTRANDED);
    assert!(matches!(refused, Err(QuantifyError::Contigs { .. })));
    let refused = CohortEvidence::new(&annotation, NovelOptions::default()).add(&reads, UNSTRANDED);
    assert!(matches!(refused, Err(QuantifyError::Counting { found: "rmats", .. })));
    let refused = CohortEvidence::rmats(&annotation).add(&fragments, UNSTRANDED);
    assert!(matches!(refused, Err(QuantifyError::Counting { found: "fragments", .. })));
}
