//! Consequences of hand-built genes; every case is also run mirrored, on the other strand.

use nadsplice_core::{
    Annotation, EventKind, Gene, Interval, PrincipalTag, PrincipalTranscripts, Strand, Transcript,
};

use super::{AffectedForms, Bases, Basis, CodingStatus, Consequence, ConsequenceFinder, Frame, Nmd, Region};
use super::{StopCodon, StopPosition, transcript_coding};
use crate::{
    Catalogue, EventKeys,
    toy::{Exons, annotation, form},
};

/// The contig's length: positions are mirrored around its middle.
const LENGTH: u32 = 2000;

/// Id, exons and the range from start codon to the end of the CDS, on the forward strand.
type Model<'a> = (&'a str, Exons<'a>, Option<(u32, u32)>);

struct Sequence(Vec<u8>);

impl Bases for Sequence {
    fn bases(&mut self, _: &str, interval: Interval) -> Option<Vec<u8>> {
        self.0.get(interval.start() as usize..interval.end() as usize).map(<[u8]>::to_vec)
    }
}

/// Prolines, but for these codons; lower case, as soft-masked references have it.
fn sequence(codons: &[(usize, &str)]) -> Vec<u8> {
    let mut bases = vec![b'c'; LENGTH as usize];
    for (at, codon) in codons {
        bases[*at..at + codon.len()].copy_from_slice(codon.as_bytes());
    }
    bases
}

fn reverse_complement(bases: &[u8]) -> Vec<u8> {
    let complement = |base: &u8| match base.to_ascii_uppercase() {
        b'A' => b'T',
        b'T' => b'A',
        b'G' => b'C',
        b'C' => b'G',
        other => other,
    };
    bases.iter().rev().map(complement).collect()
}

fn mirrored(intervals: &[Interval]) -> Vec<Interval> {
    intervals.iter().rev().map(|i| Interval::new(LENGTH - i.end(), LENGTH - i.start()).unwrap()).collect()
}

fn transcript(strand: Strand, &(id, exons, cds): &Model) -> Transcript {
    let exons = form(exons).exons;
    let inside = |exon: &Interval| {
        let (from, to) = cds?;
        Interval::new(exon.start().max(from), exon.end().min(to))
    };
    let cds: Vec<Interval> = exons.iter().filter_map(inside).collect();
    let (exons, cds) = match strand {
        Strand::Forward => (exons, cds),
        Strand::Reverse => (mirrored(&exons), mirrored(&cds)),
    };
    Transcript { id: id.to_owned(), exons, cds }
}

fn genes(strand: Strand, models: &[Model]) -> Annotation {
    let mut gene: Gene = crate::toy::gene(Some(strand), &[]);
    gene.transcripts = models.iter().map(|model| transcript(strand, model)).collect();
    annotation(vec![gene])
}

/// The consequence of the only event of a kind on either strand, which must be the same.
fn consequence_with(
    kind: EventKind,
    models: &[Model],
    codons: Option<&[(usize, &str)]>,
    stop_codon: StopCodon,
) -> Consequence {
    let [forward, reverse] = [Strand::Forward, Strand::Reverse].map(|strand| {
        let annotation = genes(strand, models);
        let mut bases = codons.map(|codons| {
            let forward = sequence(codons);
            Sequence(if strand == Strand::Forward { forward } else { reverse_complement(&forward) })
        });
        let events = Catalogue::from_annotation(&annotation, EventKeys::WithStrand).events;
        let mut of_kind = events.iter().filter(|event| event.kind == kind);
        let event = of_kind.next().unwrap();
        assert_eq!(of_kind.next(), None);
        let bases = bases.as_mut().map(|bases| bases as &mut dyn Bases);
        ConsequenceFinder::new(&annotation, stop_codon, bases).consequence(event)
    });
    assert_eq!(forward, reverse);
    forward
}

fn consequence(kind: EventKind, models: &[Model]) -> Consequence {
    consequence_with(kind, models, None, StopCodon::Excluded)
}

fn read(kind: EventKind, models: &[Model], codons: &[(usize, &str)]) -> Consequence {
    consequence_with(kind, models, Some(codons), StopCodon::Excluded)
}

/// A cassette of 30 bases, of 31, and none, between the same other exons.
const CASSETTE: Exons = &[(100, 200), (300, 330), (500, 600), (700, 1200)];
const SHIFTING: Exons = &[(100, 200), (300, 331), (500, 600), (700, 1200)];
const SKIPPED: Exons = &[(100, 200), (500, 600), (700, 1200)];

#[test]
fn an_exon_of_whole_codons_keeps_the_frame() {
    let found =
        consequence(EventKind::Se, &[("T1", CASSETTE, Some((150, 730))), ("T2", SKIPPED, Some((150, 730)))]);
    assert_eq!((found.region, found.frame), (Region::Cds, Frame::Kept));
    assert_eq!(found.host.as_deref(), Some("T1"));
    assert_eq!((found.inclusion.residues, found.skipping.residues), (Some(70), Some(60)));
    assert_eq!(found.residues_change, Some(10));
    assert_eq!(found.premature_stop(), AffectedForms::Neither);
    assert_eq!((found.nmd(), found.start_lost()), (AffectedForms::Neither, AffectedForms::Neither));
    assert_eq!(found.skipping.basis, Basis::Annotated);
    assert_eq!(found.skipping.stop, StopPosition::Same);
    let carriers = |form: &super::FormConsequence| {
        form.transcripts.iter().map(|t| (t.id.clone(), t.coding.status)).collect::<Vec<_>>()
    };
    assert_eq!(carriers(&found.inclusion), [("T1".to_owned(), CodingStatus::Coding)]);
    assert_eq!(carriers(&found.skipping), [("T2".to_owned(), CodingStatus::Coding)]);
}

#[test]
fn a_broken_frame_with_an_annotated_early_stop_decays() {
    let found =
        consequence(EventKind::Se, &[("T1", SHIFTING, Some((150, 729))), ("T2", SKIPPED, Some((150, 540)))]);
    assert_eq!((found.region, found.frame), (Region::Cds, Frame::Broken));
    assert_eq!(found.premature_stop(), AffectedForms::Skipping);
    assert_eq!(found.nmd(), AffectedForms::Skipping);
    // The stop codon is 90 bases after the start.
    assert_eq!(found.skipping.context.near_start, Some(true));
    assert_eq!(found.skipping.context.in_long_exon, Some(false));
    assert_eq!(found.nmd_may_escape(), AffectedForms::Skipping);
    assert_eq!(found.residues_change, Some(70 - 30));
    assert_eq!(found.stop_lost(), AffectedForms::Neither);
}

#[test]
fn without_an_annotated_counterpart_bases_give_the_stop() {
    let models: &[Model] = &[("T1", SHIFTING, Some((150, 729))), ("T2", SKIPPED, None)];
    let blind = consequence(EventKind::Se, models);
    assert_eq!((blind.region, blind.frame), (Region::Cds, Frame::Broken));
    assert_eq!(blind.skipping.coding, CodingStatus::NonCoding);
    assert_eq!((blind.skipping.basis, blind.skipping.stop), (Basis::Exchanged, StopPosition::Unknown));
    assert_eq!((blind.nmd(), blind.premature_stop()), (AffectedForms::Unknown, AffectedForms::Unknown));
    assert_eq!((blind.residues_change, blind.start_lost()), (None, AffectedForms::Neither));

    // 50 coding bases in the first exon: codons of the skipping form begin at 501, 504, ...
    let found = read(EventKind::Se, models, &[(150, "ATG"), (729, "TAA"), (501 + 39, "TAG")]);
    assert_eq!((found.skipping.basis, found.skipping.stop), (Basis::Exchanged, StopPosition::Premature));
    assert_eq!((found.nmd(), found.residues_change), (AffectedForms::Skipping, Some(70 - 30)));
    // In another frame it is no stop; the frame stays open to the end.
    let found = read(EventKind::Se, models, &[(150, "ATG"), (729, "TAA"), (501 + 40, "TAG")]);
    assert_eq!(found.skipping.stop, StopPosition::Absent);
    assert_eq!((found.nmd(), found.residues_change), (AffectedForms::Unknown, None));
    let found = read(EventKind::Se, models, &[(150, "ATG"), (729, "TAA"), (700 + 3 * 20, "TGA")]);
    assert_eq!((found.skipping.stop, found.skipping.context.nmd), (StopPosition::Later, Nmd::NotPredicted));
    // An unknown base before the first stop leaves it unknown.
    let found = read(EventKind::Se, models, &[(150, "ATG"), (729, "TAA"), (501, "N"), (540, "TAG")]);
    assert_eq!(found.skipping.stop, StopPosition::Unknown);
}

#[test]
fn a_poison_exon_keeps_the_frame_and_stops_it() {
    let models: &[Model] = &[("T1", CASSETTE, None), ("T2", SKIPPED, Some((150, 730)))];
    let found = read(EventKind::Se, models, &[(150, "ATG"), (304, "TGA"), (730, "TAA")]);
    assert_eq!((found.frame, found.premature_stop()), (Frame::Kept, AffectedForms::Inclusion));
    assert_eq!((found.nmd(), found.host.as_deref()), (AffectedForms::Inclusion, Some("T2")));
    // Read as selenocysteine where the host reads it so: the host's own inner stop codons do not count.
    let models: &[Model] = &[("T1", CASSETTE, Some((150, 730))), ("T2", SKIPPED, None)];
    let found = read(EventKind::Se, models, &[(150, "ATG"), (541, "TGA"), (730, "TAA")]);
    assert_eq!((found.frame, found.skipping.stop), (Frame::Kept, StopPosition::Same));
    assert_eq!(found.residues_change, Some(10));
}

#[test]
fn an_event_outside_the_cds_leaves_the_protein() {
    let utr5 = consequence(EventKind::Se, &[("T1", SHIFTING, Some((510, 811))), ("T2", SKIPPED, None)]);
    assert_eq!((utr5.region, utr5.frame), (Region::FivePrimeUtr, Frame::NotApplicable));
    assert_eq!((utr5.skipping.basis, utr5.skipping.stop), (Basis::Exchanged, StopPosition::Same));
    assert_eq!(utr5.residues_change, Some(0));
    let utr3 = consequence(EventKind::Se, &[("T1", SHIFTING, Some((120, 150))), ("T2", SKIPPED, None)]);
    assert_eq!((utr3.region, utr3.frame), (Region::ThreePrimeUtr, Frame::NotApplicable));
    assert_eq!((utr3.residues_change, utr3.nmd()), (Some(0), AffectedForms::Both));
}

#[test]
fn an_intron_in_the_3_prime_utr_makes_the_stop_premature_to_the_rule() {
    let found = consequence(
        EventKind::Ri,
        &[("T1", &[(100, 900)], Some((150, 300))), ("T2", &[(100, 400), (500, 900)], None)],
    );
    assert_eq!((found.region, found.nmd()), (Region::ThreePrimeUtr, AffectedForms::Skipping));
    assert_eq!(found.premature_stop(), AffectedForms::Neither);
}

#[test]
fn transcripts_without_cds_are_non_coding_only_where_the_annotation_has_cds() {
    let models: &[Model] = &[("T1", CASSETTE, None), ("T2", SKIPPED, None)];
    let exons_only = consequence(EventKind::Se, models);
    assert_eq!((exons_only.region, exons_only.frame), (Region::Unknown, Frame::Unknown));
    assert_eq!(exons_only.inclusion.coding, CodingStatus::Unknown);
    assert_eq!(exons_only.inclusion.transcripts[0].coding.status, CodingStatus::Unknown);
    assert_eq!((exons_only.nmd(), exons_only.start_lost()), (AffectedForms::Unknown, AffectedForms::Unknown));

    let beside = ("T3", &[(1500, 1600), (1700, 1800)][..], Some((1510, 1750)));
    let found = consequence(EventKind::Se, &[models, &[beside]].concat());
    assert_eq!((found.region, found.frame), (Region::NonCoding, Frame::NotApplicable));
    assert_eq!((found.inclusion.coding, found.nmd()), (CodingStatus::NonCoding, AffectedForms::Unknown));
}

#[test]
fn lost_start_and_stop_codons_are_said() {
    let start = consequence(EventKind::Se, &[("T1", CASSETTE, Some((310, 730))), ("T2", SKIPPED, None)]);
    assert_eq!((start.region, start.frame), (Region::Cds, Frame::Unknown));
    assert_eq!((start.start_lost(), start.stop_lost()), (AffectedForms::Skipping, AffectedForms::Neither));
    assert_eq!(start.residues_change, None);
    let stop = consequence(EventKind::Se, &[("T1", CASSETTE, Some((150, 318))), ("T2", SKIPPED, None)]);
    // 50 + 18 is no multiple of three: that CDS is no reading frame.
    assert_eq!((stop.inclusion.coding, stop.frame), (CodingStatus::Incomplete, Frame::Unknown));
    let stop = consequence(EventKind::Se, &[("T1", CASSETTE, Some((150, 316))), ("T2", SKIPPED, None)]);
    assert_eq!((stop.region, stop.frame), (Region::Cds, Frame::NotApplicable));
    assert_eq!((stop.start_lost(), stop.stop_lost()), (AffectedForms::Neither, AffectedForms::Skipping));
    // A stop codon torn apart by the exon.
    let torn = consequence(EventKind::Se, &[("T1", CASSETTE, None), ("T2", SKIPPED, Some((151, 199)))]);
    assert_eq!(torn.stop_lost(), AffectedForms::Inclusion);
}

#[test]
fn first_exons_with_their_own_starts_are_compared_where_they_join() {
    let distal: Exons = &[(100, 200), (500, 600), (700, 1200)];
    let proximal: Exons = &[(300, 400), (500, 600), (700, 1200)];
    let models: &[Model] = &[("T1", distal, Some((150, 730))), ("T2", proximal, Some((380, 730)))];
    let found = consequence(EventKind::Afe, models);
    assert_eq!((found.region, found.frame), (Region::Cds, Frame::Kept));
    assert_eq!((found.start_lost(), found.residues_change), (AffectedForms::Skipping, Some(10)));
    // Both starts in the shared exon: only the 5' UTR differs.
    let models: &[Model] = &[("T1", distal, Some((510, 721))), ("T2", proximal, Some((510, 721)))];
    let found = consequence(EventKind::Afe, models);
    assert_eq!((found.region, found.residues_change), (Region::FivePrimeUtr, Some(0)));
    assert_eq!(found.start_lost(), AffectedForms::Neither);
}

#[test]
fn last_exons_have_ends_of_their_own() {
    let distal: Exons = &[(100, 200), (500, 600), (900, 1200)];
    let proximal: Exons = &[(100, 200), (500, 600), (700, 800)];
    let models: &[Model] = &[("T1", distal, Some((150, 960))), ("T2", proximal, Some((150, 730)))];
    let found = consequence(EventKind::Ale, models);
    assert_eq!((found.region, found.frame), (Region::Cds, Frame::NotApplicable));
    assert_eq!((found.skipping.stop, found.stop_lost()), (StopPosition::Elsewhere, AffectedForms::Skipping));
    assert_eq!((found.residues_change, found.nmd()), (Some(10), AffectedForms::Neither));
    assert_eq!(found.premature_stop(), AffectedForms::Neither);
}

#[test]
fn a_retained_intron_stops_where_its_bases_say() {
    let spliced: Exons = &[(100, 200), (300, 400), (500, 600), (700, 1200)];
    let retained: Exons = &[(100, 200), (300, 600), (700, 1200)];
    let models: &[Model] = &[("T1", spliced, Some((150, 750))), ("T2", retained, None)];
    let blind = consequence(EventKind::Ri, models);
    assert_eq!((blind.frame, blind.inclusion.stop), (Frame::Broken, StopPosition::Unknown));
    let found = read(EventKind::Ri, models, &[(150, "ATG"), (301 + 120, "TAA"), (750, "TAG")]);
    assert_eq!((found.premature_stop(), found.nmd()), (AffectedForms::Inclusion, AffectedForms::Inclusion));
    assert_eq!(found.inclusion.context.in_long_exon, Some(false));
    assert_eq!(found.residues_change, Some((50 + 121 - 300) / 3));
}

#[test]
fn alternative_sites_and_exclusive_exons_count_residues() {
    let long: Exons = &[(100, 200), (300, 403), (500, 1200)];
    let short: Exons = &[(100, 200), (303, 403), (500, 1200)];
    let found =
        consequence(EventKind::A3ss, &[("T1", long, Some((150, 626))), ("T2", short, Some((150, 626)))]);
    assert_eq!((found.frame, found.residues_change), (Frame::Kept, Some(1)));
    let long: Exons = &[(100, 204), (300, 400), (500, 1200)];
    let short: Exons = &[(100, 200), (300, 400), (500, 1200)];
    let found = consequence(EventKind::A5ss, &[("T1", long, Some((150, 625))), ("T2", short, None)]);
    assert_eq!((found.region, found.frame, found.residues_change), (Region::Cds, Frame::Broken, None));
    let (first, second): (Exons, Exons) =
        (&[(100, 200), (300, 330), (500, 1200)], &[(100, 200), (400, 430), (500, 1200)]);
    let found =
        consequence(EventKind::Mxe, &[("T1", first, Some((150, 540))), ("T2", second, Some((150, 562)))]);
    // Not a multiple of three in T2: it is made from T1.
    assert_eq!((found.skipping.coding, found.skipping.basis), (CodingStatus::Incomplete, Basis::Exchanged));
    let found =
        consequence(EventKind::Mxe, &[("T1", first, Some((150, 560))), ("T2", second, Some((150, 560)))]);
    assert_eq!((found.frame, found.residues_change), (Frame::Unknown, None));
    let found =
        consequence(EventKind::Mxe, &[("T1", first, Some((150, 570))), ("T2", second, Some((150, 570)))]);
    assert_eq!((found.frame, found.residues_change), (Frame::Kept, Some(0)));
}

#[test]
fn an_incomplete_cds_is_unknown() {
    // From the first base on, and to the last one.
    for cds in [(100, 730), (150, 1200)] {
        let found = consequence(EventKind::Se, &[("T1", CASSETTE, Some(cds)), ("T2", SKIPPED, Some(cds))]);
        assert_eq!((found.region, found.frame), (Region::Cds, Frame::Unknown), "{cds:?}");
        assert_eq!(found.inclusion.coding, CodingStatus::Incomplete);
        assert_eq!((found.residues_change, found.host), (None, None));
        assert_eq!((found.inclusion.start_lost, found.inclusion.stop), (None, StopPosition::Unknown));
    }
}

#[test]
fn another_transcript_lends_its_stop_but_no_change_of_length() {
    // T2 skips the cassette, and lacks the exon at 500 as well.
    let models: &[Model] = &[
        ("T1", CASSETTE, Some((150, 730))),
        ("T2", &[(80, 90), (95, 200), (500, 600), (700, 1200)], Some((150, 730))),
    ];
    let found = consequence(EventKind::Se, models);
    assert_eq!((found.skipping.basis, found.frame), (Basis::AnnotatedOther, Frame::Kept));
    assert_eq!((found.skipping.stop, found.residues_change), (StopPosition::Same, None));
    let found = read(EventKind::Se, models, &[(150, "ATG"), (730, "TAA")]);
    assert_eq!((found.skipping.basis, found.residues_change), (Basis::Exchanged, Some(10)));
}

#[test]
fn the_longest_cds_is_the_host_and_ties_go_to_the_first_id() {
    let models: &[Model] = &[
        ("T3", CASSETTE, Some((150, 730))),
        ("T1", CASSETTE, Some((150, 730))),
        ("T2", SKIPPED, None),
        ("T0", CASSETTE, Some((153, 730))),
    ];
    assert_eq!(consequence(EventKind::Se, models).host.as_deref(), Some("T1"));
}

#[test]
fn the_transcript_that_the_annotation_singles_out_is_the_host() {
    let models: &[Model] = &[
        ("T1", CASSETTE, Some((150, 730))),
        ("T2", SKIPPED, None),
        ("T3", CASSETTE, Some((156, 730))),
        ("T4", CASSETTE, Some((159, 730))),
    ];
    let annotation = genes(Strand::Forward, models);
    let event = &Catalogue::from_annotation(&annotation, EventKeys::WithStrand).events[0];
    let host = |tags: &[(&str, PrincipalTag)]| {
        let mut principal = PrincipalTranscripts::default();
        for (id, tag) in tags {
            principal.mark(id, *tag);
        }
        let finder = ConsequenceFinder::new(&annotation, StopCodon::Excluded, None);
        finder.with_principal(&principal).consequence(event).host.unwrap()
    };
    assert_eq!(host(&[]), "T1");
    assert_eq!(host(&[("T3", PrincipalTag::Canonical)]), "T3");
    assert_eq!(host(&[("T3", PrincipalTag::Canonical), ("T4", PrincipalTag::ManeSelect)]), "T4");
    // One without a complete CDS tells nothing.
    assert_eq!(host(&[("T2", PrincipalTag::ManeSelect)]), "T1");
}

#[test]
fn each_form_names_the_transcript_that_it_rests_on() {
    let annotated =
        consequence(EventKind::Se, &[("T1", CASSETTE, Some((150, 730))), ("T2", SKIPPED, Some((150, 730)))]);
    assert_eq!(annotated.inclusion.transcript.as_deref(), Some("T1"));
    assert_eq!(annotated.skipping.transcript.as_deref(), Some("T2"));
    let exchanged = consequence(EventKind::Se, &[("T1", CASSETTE, Some((150, 730))), ("T2", SKIPPED, None)]);
    assert_eq!(exchanged.skipping.transcript.as_deref(), Some("T1"));
}

#[test]
fn several_skipped_exons_count_together() {
    let included: Exons = &[(100, 200), (300, 331), (400, 432), (500, 600), (700, 1200)];
    let found =
        consequence(EventKind::Mse, &[("T1", included, Some((150, 730))), ("T2", SKIPPED, Some((150, 730)))]);
    assert_eq!((found.region, found.frame, found.residues_change), (Region::Cds, Frame::Kept, Some(21)));
    let included: Exons = &[(100, 200), (300, 331), (400, 431), (500, 600), (700, 1200)];
    let models: &[Model] = &[("T1", included, Some((150, 731))), ("T2", SKIPPED, Some((150, 540)))];
    let found = consequence(EventKind::Mse, models);
    assert_eq!((found.frame, found.nmd()), (Frame::Broken, AffectedForms::Skipping));
}

#[test]
fn a_reference_of_another_build_does_not_confirm_the_stop_codons() {
    let models: &[Model] = &[("T1", CASSETTE, Some((150, 730))), ("T2", SKIPPED, Some((150, 730)))];
    let annotation = genes(Strand::Forward, models);
    let confirmed = |codons| {
        let mut bases = Sequence(sequence(codons));
        ConsequenceFinder::new(&annotation, StopCodon::Excluded, Some(&mut bases)).stop_codons_confirmed(10)
    };
    assert_eq!(confirmed(&[(150, "ATG"), (730, "TAA")]), (2, 2));
    assert_eq!(confirmed(&[(150, "ATG")]), (2, 0));
    let mut without = ConsequenceFinder::new(&annotation, StopCodon::Excluded, None);
    assert_eq!((without.stop_codons_confirmed(10), without.stop_codons_confirmed(1)), ((2, 2), (1, 1)));
}

#[test]
fn a_stop_codon_inside_the_cds_rows_gives_the_same() {
    let (gtf, gff3): ([Model; 2], [Model; 2]) = (
        [("T1", SHIFTING, Some((150, 729))), ("T2", SKIPPED, Some((150, 540)))],
        [("T1", SHIFTING, Some((150, 732))), ("T2", SKIPPED, Some((150, 543)))],
    );
    let expected = consequence(EventKind::Se, &gtf);
    assert_eq!(consequence_with(EventKind::Se, &gff3, None, StopCodon::Included), expected);
    // Bases settle it whatever is claimed.
    let codons: &[(usize, &str)] = &[(150, "ATG"), (540, "TAG"), (729, "TAA")];
    for claim in [StopCodon::Included, StopCodon::Excluded] {
        for models in [&gtf, &gff3] {
            assert_eq!(consequence_with(EventKind::Se, models, Some(codons), claim), expected, "{claim:?}");
        }
    }
    // Where neither is a stop codon there is none.
    let found = consequence_with(EventKind::Se, &gtf, Some(&[(150, "ATG")]), StopCodon::Excluded);
    assert_eq!(found.inclusion.coding, CodingStatus::Incomplete);
}

#[test]
fn bases_complete_a_cds_from_the_first_base_on() {
    let models: &[Model] = &[("T1", CASSETTE, Some((100, 710))), ("T2", SKIPPED, Some((100, 710)))];
    assert_eq!(consequence(EventKind::Se, models).residues_change, None);
    let found = read(EventKind::Se, models, &[(100, "ATG"), (710, "TAA")]);
    assert_eq!((found.residues_change, found.frame), (Some(10), Frame::Kept));
    assert_eq!(read(EventKind::Se, models, &[(710, "TAA")]).residues_change, None);
}

fn nmd(model: &Model) -> [super::TranscriptCoding; 2] {
    [Strand::Forward, Strand::Reverse]
        .map(|strand| transcript_coding(&transcript(strand, model), Some(strand), StopCodon::Excluded))
}

#[test]
fn decay_needs_more_than_fifty_bases_to_the_last_junction() {
    // The last junction is 300 bases into the transcript, the CDS from 10 on; a stop codon ends 51, 50, 48 before it.
    for (cds_end, expected) in [(249 - 3, Nmd::Predicted), (250 - 3, Nmd::NotPredicted)] {
        let first = cds_end - cds_end / 3 * 3 + 3;
        for coding in nmd(&("T1", &[(0, 300), (400, 500)], Some((first, cds_end)))) {
            assert_eq!((coding.status, coding.stop.nmd), (CodingStatus::Coding, expected), "{cds_end}");
        }
    }
    for coding in nmd(&("T1", &[(0, 1000)], Some((100, 400)))) {
        assert_eq!(coding.stop.nmd, Nmd::NotPredicted);
        assert_eq!(coding.stop.in_long_exon, Some(true));
    }
}

#[test]
fn exceptions_have_exact_limits() {
    for (length, near) in [(147, true), (150, false)] {
        for coding in nmd(&("T1", &[(0, 400), (500, 600)], Some((10, 10 + length)))) {
            assert_eq!(coding.stop.near_start, Some(near));
            assert_eq!(coding.stop.in_long_exon, Some(false));
        }
    }
    for coding in nmd(&("T1", &[(0, 401), (500, 600)], Some((10, 40)))) {
        assert_eq!(coding.stop.in_long_exon, Some(true));
    }
}

#[test]
fn a_cds_from_the_first_base_on_has_a_stop_but_no_start() {
    for coding in nmd(&("T1", &[(0, 300), (500, 600)], Some((0, 90)))) {
        assert_eq!((coding.status, coding.residues), (CodingStatus::Incomplete, None));
        assert_eq!((coding.stop.nmd, coding.stop.near_start), (Nmd::Predicted, None));
    }
    for cds in [(0, 91), (10, 580), (501, 598)] {
        for coding in nmd(&("T1", &[(0, 300), (500, 600)], Some(cds))) {
            assert_eq!((coding.status, coding.stop.nmd), (CodingStatus::Incomplete, Nmd::Unknown), "{cds:?}");
        }
    }
}

#[test]
fn a_cds_with_a_frame_shift_or_outside_the_exons_is_no_reading_frame() {
    let of = |cds: Exons| {
        let exons = form(&[(0, 300), (500, 900)]).exons;
        let transcript = Transcript { id: "T1".to_owned(), exons, cds: form(cds).exons };
        transcript_coding(&transcript, Some(Strand::Forward), StopCodon::Excluded).status
    };
    assert_eq!(of(&[(30, 300), (500, 560)]), CodingStatus::Coding);
    // A split CDS row is one stretch, a gap or an overlap of one base a programmed shift.
    assert_eq!(of(&[(30, 100), (100, 300), (500, 560)]), CodingStatus::Coding);
    assert_eq!(of(&[(30, 100), (101, 300), (500, 561)]), CodingStatus::Incomplete);
    assert_eq!(of(&[(30, 100), (99, 300), (500, 559)]), CodingStatus::Incomplete);
    assert_eq!(of(&[(30, 310), (500, 560)]), CodingStatus::Incomplete);
    assert_eq!(of(&[(30, 560)]), CodingStatus::Incomplete);
    assert_eq!(of(&[]), CodingStatus::NonCoding);
}

#[test]
fn the_far_piece_of_a_split_stop_codon_is_no_gap() {
    // Ensembl leaves the first piece of a stop codon out of the CDS, but not the one beyond the junction.
    for (before, after) in [(1, 2), (2, 1)] {
        let exons = form(&[(0, 300), (500, 700), (800, 900)]).exons;
        let first = 300 - before - 90;
        let cds = form(&[(first, 300 - before), (500, 500 + after)]).exons;
        let forward = Transcript { id: "T1".to_owned(), exons: exons.clone(), cds: cds.clone() };
        let reverse = Transcript { id: "T1".to_owned(), exons: mirrored(&exons), cds: mirrored(&cds) };
        for (transcript, strand) in [(forward, Strand::Forward), (reverse, Strand::Reverse)] {
            let found = transcript_coding(&transcript, Some(strand), StopCodon::Excluded);
            assert_eq!((found.residues, found.stop.nmd), (Some(30), Nmd::Predicted));
        }
    }
}

#[test]
fn a_counterpart_that_begins_later_is_not_read_from_elsewhere() {
    // T2 is T1 without the cassette, but cut off behind T1's start codon.
    let late: Exons = &[(170, 200), (500, 600), (700, 1200)];
    let found =
        consequence(EventKind::Se, &[("T1", CASSETTE, Some((150, 730))), ("T2", late, Some((180, 730)))]);
    assert_eq!((found.skipping.basis, found.residues_change), (Basis::AnnotatedOther, None));
    assert_eq!((found.start_lost(), found.frame), (AffectedForms::Neither, Frame::Kept));
}
