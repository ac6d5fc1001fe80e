//! Properties of the catalogue of any annotation.

use std::collections::{BTreeMap, BTreeSet};

use nadsplice_core::{Annotation, Event, EventKind, Form, Gene, Interval, Strand};
use proptest::prelude::*;

use crate::{
    Catalogue, EventKeys, rmats_key, supporting_transcripts,
    toy::{annotation, named_gene},
};

/// Beyond every random exon.
pub(crate) const LENGTH: u32 = 1000;

/// Exons as 0-based, half-open pairs.
type Exons = Vec<(u32, u32)>;

/// One to six exons on a coarse grid, so that transcripts share splice sites; now and then exons touch.
fn transcript() -> impl Strategy<Value = Exons> {
    let gap = prop_oneof![1 => Just(0u32), 12 => 1u32..4];
    prop::collection::vec((gap, 1u32..3), 1..7).prop_map(|steps| {
        let mut position = 10;
        steps
            .into_iter()
            .map(|(gap, length)| {
                let start = position + gap * 10;
                position = start + length * 10;
                (start, position)
            })
            .collect()
    })
}

pub(crate) fn genes() -> impl Strategy<Value = Vec<Gene>> {
    let strand = prop_oneof![Just(Strand::Forward), Just(Strand::Reverse)];
    let gene = (strand, prop::collection::vec(transcript(), 1..7));
    prop::collection::vec(gene, 1..4).prop_map(|genes| {
        let named = |(index, (strand, transcripts)): (usize, (Strand, Vec<Exons>))| {
            let transcripts: Vec<&[(u32, u32)]> = transcripts.iter().map(Vec::as_slice).collect();
            named_gene(&format!("G{index}"), Some(strand), &transcripts)
        };
        genes.into_iter().enumerate().map(named).collect()
    })
}

fn mirrored_exons(exons: &[Interval]) -> Vec<Interval> {
    exons.iter().rev().map(|e| Interval::new(LENGTH - e.end(), LENGTH - e.start()).unwrap()).collect()
}

pub(crate) fn mirrored_gene(gene: &Gene) -> Gene {
    let mut gene = gene.clone();
    gene.strand = gene.strand.map(Strand::opposite);
    for transcript in &mut gene.transcripts {
        transcript.exons = mirrored_exons(&transcript.exons);
    }
    gene
}

pub(crate) fn mirrored_event(event: &Event) -> Event {
    let form = |form: &Form| Form { exons: mirrored_exons(&form.exons) };
    Event {
        strand: event.strand.map(Strand::opposite),
        inclusion: form(&event.inclusion),
        skipping: form(&event.skipping),
        ..event.clone()
    }
}

/// Events by id, with the names of their genes.
pub(crate) fn by_id(
    annotation: &Annotation,
    events: &[Event],
) -> BTreeMap<String, (Event, BTreeSet<String>)> {
    let entry = |event: &Event| {
        let names = event.genes.iter().map(|&id| annotation.gene(id).id.clone()).collect();
        let nameless = Event { genes: Vec::new(), ..event.clone() };
        (event.id("chr1"), (nameless, names))
    };
    events.iter().map(entry).collect()
}

proptest! {
    #[test]
    fn the_mirror_image_has_mirrored_events(genes in genes()) {
        let mirror = annotation(genes.iter().map(mirrored_gene).collect());
        let original = annotation(genes);
        let expected: Vec<Event> = Catalogue::from_annotation(&original, EventKeys::WithStrand)
            .events
            .iter()
            .map(mirrored_event)
            .collect();
        let found = Catalogue::from_annotation(&mirror, EventKeys::WithStrand).events;
        prop_assert_eq!(by_id(&mirror, &found), by_id(&original, &expected));
    }

    #[test]
    fn ids_are_unique(genes in genes()) {
        let annotation = annotation(genes);
        for keys in [EventKeys::WithStrand, EventKeys::Rmats] {
            let events = Catalogue::from_annotation(&annotation, keys).events;
            let ids: BTreeSet<_> = events.iter().map(|event| event.id("chr1")).collect();
            prop_assert_eq!(ids.len(), events.len());
        }
        let events = Catalogue::from_annotation(&annotation, EventKeys::Rmats).events;
        let keys: BTreeSet<_> = events.iter().map(|event| rmats_key(event, "chr1")).collect();
        prop_assert_eq!(keys.len(), events.len());
    }

    #[test]
    fn the_order_of_genes_and_transcripts_does_not_matter(genes in genes(), rotation in 0usize..6) {
        let mut shuffled = genes.clone();
        let by = rotation % shuffled.len();
        shuffled.rotate_left(by);
        for gene in &mut shuffled {
            gene.transcripts.reverse();
        }
        let (original, shuffled) = (annotation(genes), annotation(shuffled));
        let events = |annotation| Catalogue::from_annotation(annotation, EventKeys::WithStrand).events;
        let (expected, found) = (events(&original), events(&shuffled));
        let order = |events: &[Event]| events.iter().map(|event| event.id("chr1")).collect::<Vec<_>>();
        prop_assert_eq!(order(&found), order(&expected));
        prop_assert_eq!(by_id(&shuffled, &found), by_id(&original, &expected));
    }

    #[test]
    fn every_form_rests_on_the_annotation(genes in genes()) {
        let annotation = annotation(genes);
        let annotated: BTreeSet<Interval> = annotation.introns().concat().into_iter().collect();
        for event in Catalogue::from_annotation(&annotation, EventKeys::WithStrand).events {
            for form in [&event.inclusion, &event.skipping] {
                prop_assert_eq!(form.introns().count(), form.exons.len() - 1);
                prop_assert!(form.introns().all(|intron| annotated.contains(&intron)));
            }
            let supporting = supporting_transcripts(&event, &annotation);
            prop_assert!(!supporting.total.is_empty());
            prop_assert!(event.kind == EventKind::Se || !supporting.inclusion.is_empty());
            prop_assert!(supporting.inclusion.iter().all(|id| supporting.total.contains(id)));
        }
    }

    #[test]
    fn both_modes_agree_where_no_exons_touch(genes in genes()) {
        let separate = |gene: &Gene| {
            gene.transcripts.iter().all(|t| t.introns().count() + 1 == t.exons.len())
        };
        // One gene, since rMATS's keys join strands.
        let annotation = annotation(genes.into_iter().filter(separate).take(1).collect());
        let shared = |keys| {
            let kinds = [EventKind::Mse, EventKind::Afe, EventKind::Ale];
            let mut events = Catalogue::from_annotation(&annotation, keys).events;
            events.retain(|event| !kinds.contains(&event.kind));
            events
        };
        prop_assert_eq!(shared(EventKeys::WithStrand), shared(EventKeys::Rmats));
    }
}
