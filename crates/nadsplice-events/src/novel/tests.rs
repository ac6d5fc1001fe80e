//! Properties of the catalogue of any annotation and any cohort.

use std::collections::BTreeSet;

use nadsplice_core::{
    Annotation, ContigCounts, ContigDepth, CountParameters, DepthTrackBuilder, Event, Evidence,
    FragmentEvidence, InputIdentity, Interval, JunctionCount, LibraryStrandedness, ReadLedger, SampleCounts,
    StrandEvidence,
};
use proptest::prelude::*;

use super::{CohortEvidence, NovelOptions, Novelty};
use crate::{
    Catalogue, CountingPlan, EventKeys, EvidenceKind,
    catalogue::properties::{LENGTH, by_id, genes, mirrored_event, mirrored_gene},
    toy::annotation,
};

/// Fragments over a junction, and on which strand the aligner puts it.
type Seen = (u32, u32, u32, bool);

fn junctions() -> impl Strategy<Value = Vec<Seen>> {
    let junction = (1u32..25, 1u32..12, 1u32..40, any::<bool>());
    let seen = junction.prop_map(|(start, length, fragments, forward)| {
        (start * 10, (start + length) * 10, fragments, forward)
    });
    prop::collection::vec(seen, 0..40)
}

/// Ranges of even depth.
fn depth() -> impl Strategy<Value = Vec<(u32, u32)>> {
    prop::collection::vec((0u32..300, 1u32..80), 0..12)
}

/// What a sample is made of.
#[derive(Clone, Debug)]
struct Reads {
    junctions: Vec<Seen>,
    depth: Vec<(u32, u32)>,
    boundaries: Vec<(u32, u32)>,
    forward: bool,
}

impl Reads {
    fn mirrored(&self) -> Self {
        let junctions =
            self.junctions.iter().map(|&(s, e, n, forward)| (LENGTH - e, LENGTH - s, n, !forward));
        let ranges = |ranges: &[(u32, u32)], shift: u32| {
            ranges.iter().map(|&(s, l)| (LENGTH - s - l + shift, l)).collect()
        };
        Self {
            junctions: junctions.collect(),
            depth: ranges(&self.depth, 0),
            // A boundary lies before its base, so its mirror image lies one base on.
            boundaries: ranges(&self.boundaries, 1),
            forward: !self.forward,
        }
    }
}

fn reads() -> impl Strategy<Value = Reads> {
    (junctions(), depth(), any::<bool>()).prop_map(|(mut junctions, depth, forward)| {
        junctions.sort_unstable();
        junctions.dedup_by_key(|j| (j.0, j.1));
        Reads { junctions, boundaries: depth.clone(), depth, forward }
    })
}

fn sample(reads: &Reads) -> SampleCounts {
    let mut junctions = reads.junctions.clone();
    junctions.sort_unstable();
    let junctions = junctions
        .into_iter()
        .map(|(start, end, fragments, forward)| JunctionCount {
            start,
            end,
            annotated: false,
            fragments,
            alone: fragments,
            sense_forward: if forward { fragments } else { 0 },
            tag_forward: if forward { fragments } else { 0 },
            tag_reverse: if forward { 0 } else { fragments },
            max_overhang: 30,
            positions: 5,
        })
        .collect();
    let track = |ranges: &[(u32, u32)]| {
        let mut changes: Vec<(u32, i64)> =
            ranges.iter().flat_map(|&(s, l)| [(s, 20), (s + l, -20)]).collect();
        changes.sort_unstable();
        let mut builder = DepthTrackBuilder::default();
        for same in changes.chunk_by(|a, b| a.0 == b.0) {
            builder.push(same[0].0, same.iter().map(|c| c.1).sum());
        }
        builder.finish()
    };
    let both = |ranges: &[(u32, u32)]| {
        let (none, some) = (track(&[]), track(ranges));
        if reads.forward { [none, some] } else { [some, none] }
    };
    let depth = ContigDepth::new(both(&reads.depth), &both(&reads.boundaries), 8);
    SampleCounts {
        sample: "s".into(),
        input: InputIdentity { size: 0, pieces: [0; 32], header: [0; 32] },
        annotation: [0; 32],
        parameters: CountParameters::default(),
        contigs: vec!["chr1".into()],
        ledger: ReadLedger::default(),
        primary_alignments: 0,
        duplicate_alignments: 0,
        contig_alignments: vec![],
        paired_alignments: 0,
        strand: StrandEvidence::default(),
        read_lengths: vec![],
        aligned_lengths: vec![(75, 100)],
        fragment_lengths: vec![],
        evidence: Evidence::Fragments(FragmentEvidence {
            contigs: vec![ContigCounts { junctions, depth, ..ContigCounts::default() }],
            ..FragmentEvidence::default()
        }),
    }
}

fn samples() -> impl Strategy<Value = Vec<SampleCounts>> {
    prop::collection::vec(reads().prop_map(|reads| sample(&reads)), 0..5)
}

/// Thresholds under which little is enough, so that much is found.
fn options() -> NovelOptions {
    NovelOptions { min_intron_length: 5, min_share: 0.01, min_intron_share: 0.01, ..NovelOptions::default() }
}

fn pooled<'a>(
    annotation: &'a Annotation,
    samples: &[&SampleCounts],
    library: LibraryStrandedness,
) -> CohortEvidence<'a> {
    let mut evidence = CohortEvidence::new(annotation, options());
    for sample in samples {
        evidence.add(sample, library).unwrap();
    }
    evidence
}

fn library() -> impl Strategy<Value = LibraryStrandedness> {
    prop_oneof![
        Just(LibraryStrandedness::Unstranded),
        Just(LibraryStrandedness::Forward),
        Just(LibraryStrandedness::Reverse)
    ]
}

proptest! {
    #[test]
    fn samples_may_come_in_any_order_and_on_any_thread(
        genes in genes(),
        samples in samples(),
        library in library(),
        split in 0usize..5,
    ) {
        let annotation = annotation(genes);
        let forward: Vec<&SampleCounts> = samples.iter().collect();
        let backward: Vec<&SampleCounts> = samples.iter().rev().collect();
        let one = pooled(&annotation, &forward, library);
        let other = pooled(&annotation, &backward, library);
        let (first, second) = forward.split_at(split.min(forward.len()));
        let mut merged = one.empty();
        for part in [second, first] {
            let mut thread = one.empty();
            for sample in part {
                thread.add(sample, library).unwrap();
            }
            merged.merge(thread);
        }
        prop_assert_eq!(one.samples(), merged.samples());
        prop_assert_eq!(one.junctions(), other.junctions());
        prop_assert_eq!(one.junctions(), merged.junctions());
        let catalogue = Catalogue::with_novel(&one);
        prop_assert_eq!(&catalogue, &Catalogue::with_novel(&other));
        prop_assert_eq!(&catalogue, &Catalogue::with_novel(&merged));
    }

    #[test]
    fn the_mirror_image_has_mirrored_events(
        genes in genes(),
        reads in prop::collection::vec(reads(), 1..4),
        library in library(),
    ) {
        let mirror = annotation(genes.iter().map(mirrored_gene).collect());
        let original = annotation(genes);
        let samples: Vec<SampleCounts> = reads.iter().map(sample).collect();
        let mirrored: Vec<SampleCounts> = reads.iter().map(|reads| sample(&reads.mirrored())).collect();
        let found = Catalogue::with_novel(&pooled(&original, &samples.iter().collect::<Vec<_>>(), library));
        let image = Catalogue::with_novel(&pooled(&mirror, &mirrored.iter().collect::<Vec<_>>(), library));
        let expected: Vec<Event> = found.events.iter().map(mirrored_event).collect();
        prop_assert_eq!(by_id(&mirror, &image.events), by_id(&original, &expected));
        let classes = |catalogue: &Catalogue| {
            let mut classes = catalogue.novelty.clone();
            classes.sort_unstable();
            classes
        };
        prop_assert_eq!(classes(&image), classes(&found));
    }

    #[test]
    fn annotated_events_stay_and_the_others_lack_something(
        genes in genes(),
        samples in samples(),
        library in library(),
    ) {
        let annotation = annotation(genes);
        let samples: Vec<&SampleCounts> = samples.iter().collect();
        let evidence = pooled(&annotation, &samples, library);
        let catalogue = Catalogue::with_novel(&evidence);
        prop_assert_eq!(catalogue.events.len(), catalogue.novelty.len());
        let ids: BTreeSet<String> = catalogue.events.iter().map(|event| event.id("chr1")).collect();
        prop_assert_eq!(ids.len(), catalogue.len());
        let passing: BTreeSet<Interval> =
            evidence.junctions().iter().filter(|j| j.passes).map(|j| j.junction.intron).collect();
        let annotated: BTreeSet<Interval> = annotation.introns().concat().into_iter().collect();
        for (event, &novelty) in catalogue.events.iter().zip(&catalogue.novelty) {
            if novelty == Novelty::Annotated {
                continue;
            }
            let introns: Vec<Interval> = event.inclusion.introns().chain(event.skipping.introns()).collect();
            let added: Vec<_> = introns.iter().filter(|intron| !annotated.contains(intron)).collect();
            prop_assert!(added.iter().all(|intron| passing.contains(intron)), "{:?}", event);
            prop_assert!(novelty == Novelty::NovelIntron || !added.is_empty(), "{:?}", event);
            prop_assert!(!event.genes.is_empty());
        }
        let plan = CountingPlan::new(&catalogue, &annotation);
        for sample in &samples {
            let counts = plan.quantify(sample, library, EvidenceKind::Body).unwrap();
            prop_assert_eq!(counts.inclusion.len(), catalogue.len());
        }
        let mut kept = catalogue;
        kept.retain(|_: &Event, novelty| novelty == Novelty::Annotated);
        prop_assert_eq!(kept, Catalogue::from_annotation(&annotation, EventKeys::WithStrand));
    }
}
