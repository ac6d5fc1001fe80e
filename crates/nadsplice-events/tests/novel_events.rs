//! Events that the annotation lacks, from aligned reads of known molecules: each class, each kind, both strands, and
//! what must not be called.

#![allow(clippy::unwrap_used, reason = "helpers of tests are tests")]

mod support;

use std::collections::BTreeMap;

use nadsplice_core::{Annotation, CountParameters, Gene, LibraryStrandedness, SampleCounts, Strand};
use nadsplice_events::{Catalogue, CohortEvidence, CountingPlan, EvidenceKind, NovelOptions, Novelty};
use support::{Exons, Molecule, annotation, counted, gene, tiled_reads};

/// Ends of everything that is mirrored.
const LENGTH: u32 = 100_000;

/// A model and its reads, seen from either strand.
#[derive(Clone, Copy)]
struct Side(Strand);

impl Side {
    const BOTH: [Self; 2] = [Self(Strand::Forward), Self(Strand::Reverse)];

    fn exons(self, exons: Exons<'_>) -> Vec<(u32, u32)> {
        match self.0 {
            Strand::Forward => exons.to_vec(),
            Strand::Reverse => exons.iter().rev().map(|&(s, e)| (LENGTH - e, LENGTH - s)).collect(),
        }
    }

    fn gene(self, id: &str, transcripts: &[Exons<'_>]) -> Gene {
        let transcripts: Vec<Vec<(u32, u32)>> = transcripts.iter().map(|t| self.exons(t)).collect();
        let transcripts: Vec<Exons<'_>> = transcripts.iter().map(Vec::as_slice).collect();
        gene(id, self.0, &transcripts)
    }

    fn opposite(self, id: &str, transcripts: &[Exons<'_>]) -> Gene {
        Gene { strand: Some(self.0.opposite()), ..self.gene(id, transcripts) }
    }

    /// Counts of a sample with a read every so many bases of these molecules.
    fn sample(self, name: &str, annotation: &Annotation, molecules: &[(Exons<'_>, u32)]) -> SampleCounts {
        let own: Vec<_> = molecules.iter().map(|&(exons, step)| (exons, step, true)).collect();
        self.sample_of_strands(name, annotation, &own)
    }

    /// The same with molecules of the gene's strand or of the other one.
    fn sample_of_strands(
        self,
        name: &str,
        annotation: &Annotation,
        molecules: &[(Exons<'_>, u32, bool)],
    ) -> SampleCounts {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join(format!("{name}.sam"));
        let exons: Vec<Vec<(u32, u32)>> = molecules.iter().map(|m| self.exons(m.0)).collect();
        let strand = |own: bool| if own { self.0 } else { self.0.opposite() };
        let molecules: Vec<Molecule<'_>> = molecules
            .iter()
            .zip(&exons)
            .map(|(&(_, step, own), exons)| Molecule { exons, strand: strand(own), step })
            .collect();
        tiled_reads(&path, &molecules);
        counted(&path, annotation, [0; 32], &CountParameters::default())
    }
}

/// Un-annotated events of a cohort: id without strand, class, inclusion and skipping fragments, PSI of each sample.
type Found = BTreeMap<String, (Novelty, Vec<(u32, u32)>, Vec<Option<f64>>)>;

fn novel(annotation: &Annotation, samples: &[SampleCounts], library: LibraryStrandedness) -> Found {
    let mut evidence = CohortEvidence::new(annotation, NovelOptions::default());
    for sample in samples {
        evidence.add(sample, library).unwrap();
    }
    let catalogue = Catalogue::with_novel(&evidence);
    let plan = CountingPlan::new(&catalogue, annotation);
    let counts: Vec<_> =
        samples.iter().map(|s| plan.quantify(s, library, EvidenceKind::Junctions).unwrap()).collect();
    (0..catalogue.len())
        .filter(|&k| catalogue.novelty[k] != Novelty::Annotated)
        .map(|k| {
            let found = counts.iter().map(|c| (c.inclusion[k], c.skipping[k])).collect();
            let psi = counts.iter().map(|c| c.psi(k)).collect();
            (catalogue.events[k].id("chr1"), (catalogue.novelty[k], found, psi))
        })
        .collect()
}

/// The id of an event on either side, from introns in transcript order on the forward strand.
fn id(side: Side, kind: &str, introns: &[(u32, u32)]) -> String {
    let place = |&(start, end): &(u32, u32)| match side.0 {
        Strand::Forward => format!("{start}-{}", end + 1),
        Strand::Reverse => format!("{}-{}", LENGTH - end, LENGTH - start + 1),
    };
    let mut places: Vec<String> = introns.iter().map(place).collect();
    // Alternative sites and ends keep the order of their forms, chains that of the genome.
    if side.0 == Strand::Reverse && ["SE", "MSE"].contains(&kind) {
        places.reverse();
    }
    if side.0 == Strand::Reverse && kind == "MXE" {
        places = vec![places[3].clone(), places[2].clone(), places[1].clone(), places[0].clone()];
    }
    format!("{kind}:chr1:{}:{}", places.join(":"), side.0)
}

/// Kind, introns in transcript order on the forward strand, class.
type Expected<'a> = (&'a str, &'a [(u32, u32)], Novelty);

/// Asserts that exactly these are the un-annotated events of one sample.
fn assert_found(
    side: Side,
    model: &[Exons<'_>],
    molecules: &[(Exons<'_>, u32)],
    expected: &[Expected<'_>],
) -> Found {
    let annotation = annotation(vec![side.gene("G", model)]);
    let sample = side.sample("s", &annotation, molecules);
    let found = novel(&annotation, &[sample], LibraryStrandedness::Forward);
    let classes: BTreeMap<String, Novelty> = found.iter().map(|(id, e)| (id.clone(), e.0)).collect();
    let expected: BTreeMap<String, Novelty> =
        expected.iter().map(|(kind, introns, class)| (id(side, kind, introns), *class)).collect();
    assert_eq!(classes, expected);
    found
}

const THREE: Exons<'_> = &[(1000, 1300), (2000, 2150), (3000, 3300)];
const TWO: Exons<'_> = &[(1000, 1300), (3000, 3300)];

#[test]
fn an_exon_skipped_by_reads_only_is_a_novel_junction() {
    for side in Side::BOTH {
        let events: &[Expected<'_>] = &[("SE", &[(1300, 2000), (2150, 3000)], Novelty::NovelJunction)];
        let found = assert_found(side, &[THREE], &[(THREE, 3), (TWO, 3)], events);
        let (_, _, psi) = found.values().next().unwrap();
        assert!((psi[0].unwrap() - 0.5).abs() < 0.02, "{psi:?}");
    }
}

#[test]
fn cryptic_exons_and_microexons_are_found_with_their_psi() {
    for side in Side::BOTH {
        for length in [3, 6, 9, 15, 27, 60, 150, 400] {
            let with: &[(u32, u32)] = &[(1000, 1300), (2000, 2000 + length), (3000, 3300)];
            let introns: &[(u32, u32)] = &[(1300, 2000), (2000 + length, 3000)];
            let found =
                assert_found(side, &[TWO], &[(with, 4), (TWO, 4)], &[("SE", introns, Novelty::NovelExon)]);
            let (_, _, psi) = found.values().next().unwrap();
            assert!((psi[0].unwrap() - 0.5).abs() < 0.03, "{length}: {psi:?}");
        }
    }
}

#[test]
fn a_donor_or_an_acceptor_of_its_own_is_a_novel_site() {
    let class = Novelty::NovelSite;
    for side in Side::BOTH {
        // Within the annotated exon, and 40 bases beyond it.
        for donor in [1250, 1340] {
            let other: &[(u32, u32)] = &[(1000, donor), (3000, 3300)];
            let forms =
                if donor > 1300 { [(donor, 3000), (1300, 3000)] } else { [(1300, 3000), (donor, 3000)] };
            assert_found(side, &[TWO], &[(other, 5), (TWO, 5)], &[("A5SS", &forms, class)]);
        }
        for acceptor in [3060, 2950] {
            let other: &[(u32, u32)] = &[(1000, 1300), (acceptor, 3300)];
            let forms = if acceptor < 3000 {
                [(1300, acceptor), (1300, 3000)]
            } else {
                [(1300, 3000), (1300, acceptor)]
            };
            assert_found(side, &[TWO], &[(other, 5), (TWO, 5)], &[("A3SS", &forms, class)]);
        }
    }
}

#[test]
fn a_novel_exon_can_exclude_an_annotated_one() {
    for side in Side::BOTH {
        let other: Exons<'_> = &[(1000, 1300), (2500, 2600), (3000, 3300)];
        let mxe: &[(u32, u32)] = &[(1300, 2000), (2150, 3000), (1300, 2500), (2600, 3000)];
        let events: &[Expected<'_>] = &[("MXE", mxe, Novelty::NovelExon)];
        assert_found(side, &[THREE], &[(THREE, 5), (other, 5)], events);
    }
}

#[test]
fn two_novel_exons_in_a_row_are_skipped_together() {
    for side in Side::BOTH {
        let with: Exons<'_> = &[(1000, 1300), (1800, 1900), (2400, 2480), (3000, 3300)];
        let mse: &[(u32, u32)] = &[(1300, 1800), (1900, 2400), (2480, 3000)];
        assert_found(side, &[TWO], &[(with, 5), (TWO, 5)], &[("MSE", mse, Novelty::NovelExon)]);
    }
}

#[test]
fn an_intron_within_an_exon_is_spliced_or_kept() {
    for side in Side::BOTH {
        let model: Exons<'_> = &[(1000, 3300)];
        let spliced: Exons<'_> = &[(1000, 1500), (2000, 3300)];
        assert_found(
            side,
            &[model],
            &[(model, 4), (spliced, 4)],
            &[("RI", &[(1500, 2000)], Novelty::NovelSite)],
        );
    }
}

#[test]
fn an_annotated_first_exon_spliced_elsewhere_is_a_novel_junction() {
    for side in Side::BOTH {
        let distal: Exons<'_> = &[(100, 300), (2000, 2150), (3000, 3300)];
        let proximal: Exons<'_> = &[(1000, 1300), (2000, 2150), (3000, 3300)];
        let elsewhere: Exons<'_> = &[(1000, 1300), (3000, 3300)];
        let events: &[Expected<'_>] = &[("SE", &[(1300, 2000), (2150, 3000)], Novelty::NovelJunction)];
        assert_found(side, &[distal, proximal], &[(distal, 5), (proximal, 5), (elsewhere, 5)], events);
        let model: &[Exons<'_>] = &[distal, elsewhere];
        let events: &[Expected<'_>] = &[
            ("AFE", &[(300, 2000), (1300, 2000)], Novelty::NovelJunction),
            ("SE", &[(1300, 2000), (2150, 3000)], Novelty::NovelJunction),
        ];
        assert_found(side, model, &[(distal, 5), (proximal, 5), (elsewhere, 5)], events);
    }
}

const RETAINED: Exons<'_> = &[(1000, 2150), (3000, 3300)];

#[test]
fn an_intron_kept_from_end_to_end_is_retained() {
    for side in Side::BOTH {
        let molecules = [(THREE, 5), (RETAINED, 5)];
        let events: &[Expected<'_>] = &[("RI", &[(1300, 2000)], Novelty::NovelIntron)];
        let found = assert_found(side, &[THREE], &molecules, events);
        let (_, _, psi) = found.values().next().unwrap();
        assert!((psi[0].unwrap() - 0.5).abs() < 0.03, "{psi:?}");
    }
}

#[test]
fn neighbours_of_an_intron_do_not_retain_it() {
    let next_door: Exons<'_> = &[(1000, 1300), (1900, 2150), (3000, 3300)];
    let antisense: Exons<'_> = &[(1200, 2100)];
    for side in Side::BOTH {
        let gene = || side.gene("G", &[THREE, next_door]);
        let model = annotation(vec![gene(), side.opposite("H", &[antisense])]);
        let molecules = [(THREE, 4, true), (next_door, 4, true), (antisense, 2, false)];
        for library in [LibraryStrandedness::Forward, LibraryStrandedness::Unstranded] {
            let sample = side.sample_of_strands("s", &model, &molecules);
            assert_eq!(novel(&model, &[sample], library), BTreeMap::new());
        }
        // A site next door that the annotation lacks makes its own event, and no retained intron.
        let model = annotation(vec![side.gene("G", &[THREE])]);
        let sample = side.sample("s", &model, &[(THREE, 4), (next_door, 4)]);
        let found = novel(&model, &[sample], LibraryStrandedness::Forward);
        assert_eq!(found.keys().collect::<Vec<_>>(), [&id(side, "A3SS", &[(1300, 1900), (1300, 2000)])]);
    }
}

#[test]
fn one_sample_brings_its_event_and_the_others_show_none() {
    let cryptic: Exons<'_> = &[(1000, 1300), (2000, 2090), (3000, 3300)];
    for side in Side::BOTH {
        let model = annotation(vec![side.gene("G", &[TWO])]);
        let with = side.sample("with", &model, &[(cryptic, 4), (TWO, 4)]);
        let without = |name| side.sample(name, &model, &[(TWO, 2)]);
        let few = |name| side.sample(name, &model, &[(cryptic, 20), (TWO, 20)]);
        let forward = LibraryStrandedness::Forward;
        let found = novel(&model, &[without("a"), with.clone(), without("b")], forward);
        assert_eq!(found.len(), 1);
        let (class, counts, psi) = found.values().next().unwrap();
        assert_eq!(*class, Novelty::NovelExon);
        assert!(counts[0].0 == 0 && counts[2].0 == 0 && counts[1].0 > 20, "{counts:?}");
        assert_eq!((psi[0], psi[2]), (Some(0.0), Some(0.0)));
        assert_eq!(novel(&model, &[without("a"), without("b")], forward), BTreeMap::new());
        // A few fragments are not enough in one sample, and are in several.
        assert_eq!(novel(&model, &[few("a"), without("b")], forward), BTreeMap::new());
        assert_eq!(novel(&model, &[few("a"), few("b"), few("c"), few("d")], forward).len(), 1);
    }
}

#[test]
fn noise_beside_a_strong_site_is_not_called() {
    for side in Side::BOTH {
        let model = annotation(vec![side.gene("G", &[TWO])]);
        let cryptic: Exons<'_> = &[(1000, 1300), (2000, 2090), (3000, 3300)];
        // The same reads as above, now 2% of the site's.
        let strong = vec![(TWO, 1); 10];
        let molecules: Vec<_> = strong.into_iter().chain([(cryptic, 4)]).collect();
        let sample = side.sample("s", &model, &molecules);
        assert_eq!(novel(&model, &[sample], LibraryStrandedness::Forward), BTreeMap::new());
    }
}

#[test]
fn a_motif_that_is_asked_for_decides() {
    let side = Side(Strand::Forward);
    let model = annotation(vec![side.gene("G", &[THREE])]);
    let sample = side.sample("s", &model, &[(THREE, 3), (TWO, 3)]);
    let mut evidence = CohortEvidence::new(&model, NovelOptions::default());
    evidence.add(&sample, LibraryStrandedness::Forward).unwrap();
    let novel_events = |strand: Option<Strand>| {
        let motif = |_| Ok::<_, std::io::Error>(strand);
        let catalogue = Catalogue::with_novel_and_motifs(&evidence, motif).unwrap();
        catalogue.novelty.iter().filter(|&&n| n != Novelty::Annotated).count()
    };
    assert_eq!(novel_events(Some(Strand::Forward)), 1);
    assert_eq!(novel_events(Some(Strand::Reverse)), 0, "the reads show the other strand");
    assert_eq!(novel_events(None), 0);
    let failing = Catalogue::with_novel_and_motifs(&evidence, |_| Err("no such contig"));
    assert_eq!(failing, Err("no such contig"));
}
