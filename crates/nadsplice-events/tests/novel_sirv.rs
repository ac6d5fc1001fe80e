//! Spike-in RNA (SIRV) of known transcripts: what is taken out of the annotation comes back from the reads alone, with
//! the counts that it has when it is annotated, and nothing comes that is not in the molecules.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet},
    path::Path,
};

use nadsplice_core::{Annotation, CountMode, Event, EventKind, Interval, LibraryStrandedness, SampleCounts};
use nadsplice_events::{
    Catalogue, ClusterOptions, Clusters, CohortEvidence, CountingPlan, EventKeys, EvidenceKind, NovelOptions,
    Novelty,
};
use support::{by_locus, counted, data, parameters};

const LIBRARY: LibraryStrandedness = LibraryStrandedness::Reverse;

fn samples(data: &Path, annotation: &Annotation) -> Vec<SampleCounts> {
    // One overhang for annotated and un-annotated junctions, so that counts can be equal.
    let parameters = parameters(8, CountMode::Fragments);
    ["mix1_1", "mix1_2", "mix2_1", "mix2_2"]
        .iter()
        .map(|name| counted(&data.join(format!("sirv/{name}.bam")), annotation, [0; 32], &parameters))
        .collect()
}

fn pooled<'a>(annotation: &'a Annotation, samples: &[SampleCounts]) -> CohortEvidence<'a> {
    let mut evidence = CohortEvidence::new(annotation, NovelOptions::default());
    for sample in samples {
        evidence.add(sample, LIBRARY).unwrap();
    }
    evidence
}

/// Inclusion and skipping fragments of each sample, and the class, by id.
type Counts = BTreeMap<String, (Vec<(u32, u32)>, Novelty)>;

fn counts(catalogue: &Catalogue, annotation: &Annotation, samples: &[SampleCounts]) -> Counts {
    let plan = CountingPlan::new(catalogue, annotation);
    let counts: Vec<_> =
        samples.iter().map(|s| plan.quantify(s, LIBRARY, EvidenceKind::Junctions).unwrap()).collect();
    (0..catalogue.len())
        .map(|k| {
            let found = counts.iter().map(|c| (c.inclusion[k], c.skipping[k])).collect();
            (catalogue.events[k].id("SIRV"), (found, catalogue.novelty[k]))
        })
        .collect()
}

/// The whole annotation with its events and their counts.
struct Truth {
    annotation: Annotation,
    counts: Counts,
    introns: BTreeSet<Interval>,
}

impl Truth {
    fn new(data: &Path) -> Self {
        let annotation = by_locus(&data.join("sirv/SIRV.gtf")).annotation;
        let samples = samples(data, &annotation);
        let catalogue = Catalogue::from_annotation(&annotation, EventKeys::WithStrand);
        let counts = counts(&catalogue, &annotation, &samples);
        let introns = annotation.introns().concat().into_iter().collect();
        Self { annotation, counts, introns }
    }

    fn without(&self, transcripts: &[&str]) -> Annotation {
        let mut cut = self.annotation.clone();
        for gene in &mut cut.genes {
            gene.transcripts.retain(|t| !transcripts.contains(&t.id.as_str()));
        }
        cut.genes.retain(|gene| !gene.transcripts.is_empty());
        cut
    }

    /// Whether the molecules have both forms of an event.
    fn holds(&self, event: &Event) -> bool {
        let mut introns = event.inclusion.introns().chain(event.skipping.introns());
        let kept = |intron: Interval| {
            let mut exons = self.annotation.genes.iter().flat_map(|g| &g.transcripts).flat_map(|t| &t.exons);
            exons.any(|exon| exon.start() < intron.start() && intron.end() < exon.end())
        };
        introns.all(|intron| self.introns.contains(&intron))
            && (event.kind != EventKind::Ri || event.skipping.introns().all(kept))
    }

    /// Takes transcripts out; returns the events that come back from the reads, by id, all with equal counts.
    fn come_back(&self, data: &Path, transcripts: &[&str]) -> BTreeMap<String, Novelty> {
        let cut = self.without(transcripts);
        let samples = samples(data, &cut);
        let evidence = pooled(&cut, &samples);
        let catalogue = Catalogue::with_novel(&evidence);
        let found = counts(&catalogue, &cut, &samples);
        for (event, &novelty) in catalogue.events.iter().zip(&catalogue.novelty) {
            assert!(novelty == Novelty::Annotated || self.holds(event), "{}", event.id("SIRV"));
        }
        let mut back = BTreeMap::new();
        for event in &catalogue.events {
            let id = event.id("SIRV");
            let (expected, (counts, novelty)) = (self.counts.get(&id), &found[&id]);
            if *novelty == Novelty::Annotated {
                continue;
            }
            if let Some((expected, _)) = expected {
                assert_eq!(counts, expected, "{id}");
                back.insert(id, *novelty);
            }
        }
        back
    }
}

fn ids(expected: &[(&str, Novelty)]) -> BTreeMap<String, Novelty> {
    expected.iter().map(|&(id, novelty)| (id.to_owned(), novelty)).collect()
}

#[test]
fn transcripts_that_are_not_annotated_come_back_with_equal_counts() {
    use Novelty::{NovelExon, NovelIntron, NovelJunction, NovelSite};
    let Some(data) = data() else { return };
    let truth = Truth::new(&data);
    let first = ["SIRV106", "SIRV202", "SIRV302", "SIRV408", "SIRV511", "SIRV604", "SIRV703"];
    let expected = ids(&[
        ("A3SS:SIRV:18017-18309:17968-18309:-", NovelSite),
        ("A3SS:SIRV:78043-78257:78043-78260:+", NovelSite),
        ("A5SS:SIRV:52768-53607:52762-53607:+", NovelSite),
        ("AFE:SIRV:24559-28612:26634-28612:+", NovelJunction),
        ("MSE:SIRV:2484-7338:7473-7561:7813-8553:-", NovelJunction),
        ("MSE:SIRV:24559-26558:26634-27123:27328-28612:+", NovelJunction),
        ("MSE:SIRV:24559-26558:26634-27123:27333-28612:+", NovelJunction),
        ("MSE:SIRV:24559-26558:26634-27129:27328-28612:+", NovelJunction),
        (
            "MSE:SIRV:84958-85158:85241-85788:85872-86097:86179-93482:93628-124091:124139-136912:137159-151946:\
             152049-159904:160025-195743:-",
            NovelJunction,
        ),
        ("MXE:SIRV:84173-84872:84958-195743:84173-124091:124139-195743:-", NovelJunction),
        ("RI:SIRV:43244-43344:-", NovelSite),
        ("RI:SIRV:78043-78260:+", NovelSite),
        ("SE:SIRV:2484-7338:7813-8553:-", NovelJunction),
        ("SE:SIRV:2484-7561:7813-8553:-", NovelJunction),
        ("SE:SIRV:24559-26558:26634-28612:+", NovelJunction),
        ("SE:SIRV:24559-27123:27333-28612:+", NovelJunction),
        ("SE:SIRV:78043-78260:78333-78431:+", NovelSite),
    ]);
    assert_eq!(truth.come_back(&data, &first), expected);
    let second = ["SIRV102", "SIRV304", "SIRV616", "SIRV624", "SIRV708"];
    let expected = ids(&[
        ("A3SS:SIRV:70039-70249:70039-70332:+", NovelJunction),
        ("A5SS:SIRV:70053-70332:70039-70332:+", NovelJunction),
        ("MSE:SIRV:28887-29825:29920-30427:30542-30679:30761-31310:+", NovelExon),
        ("RI:SIRV:159970-159991:-", NovelSite),
        ("RI:SIRV:7473-7561:-", NovelIntron),
        ("RI:SIRV:78333-78431:+", NovelIntron),
        ("SE:SIRV:160025-195749:196022-228671:-", NovelExon),
    ]);
    assert_eq!(truth.come_back(&data, &second), expected);
}

#[test]
fn a_first_exon_that_is_not_annotated_is_in_a_cluster() {
    let Some(data) = data() else { return };
    let truth = Truth::new(&data);
    assert!(truth.counts.contains_key("AFE:SIRV:11366-11648:11366-11594:-"));
    let cut = truth.without(&["SIRV105"]);
    let evidence = pooled(&cut, &samples(&data, &cut));
    let clusters = Clusters::from_junctions(
        evidence.cluster_members(&ClusterOptions::default()),
        &ClusterOptions::default(),
    );
    let junction = Interval::new(11366, 11593);
    let mut members = clusters.clusters.iter().flat_map(|c| &c.members);
    assert!(members.any(|m| Some(m.intron) == junction && !m.annotated));
}

#[test]
fn the_whole_annotation_leaves_only_introns_under_exons_with_other_ends() {
    let Some(data) = data() else { return };
    let annotation = by_locus(&data.join("sirv/SIRV.gtf")).annotation;
    let catalogue = Catalogue::with_novel(&pooled(&annotation, &samples(&data, &annotation)));
    let novel: Vec<String> = (0..catalogue.len())
        .filter(|&k| catalogue.novelty[k] != Novelty::Annotated)
        .map(|k| {
            let event = &catalogue.events[k];
            let intron = event.skipping.introns().next().unwrap();
            let mut exons =
                event.genes.iter().flat_map(|&g| &annotation.gene(g).transcripts).flat_map(|t| &t.exons);
            assert!(exons.any(|exon| exon.start() < intron.start() && intron.end() < exon.end()));
            format!("{} {}", event.id("SIRV"), catalogue.novelty[k])
        })
        .collect();
    let expected = ["28887-29825", "30542-30679", "30542-30682", "53652-53739", "68960-69071"];
    assert_eq!(novel, expected.map(|intron| format!("RI:SIRV:{intron}:+ novel_intron")));
}
