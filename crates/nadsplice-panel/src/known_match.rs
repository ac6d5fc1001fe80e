//! Known events among the events of a run, by coordinates.

use nadsplice_core::{Event, EventKind, Interval, Strand};

use crate::{
    KnownEvent,
    known_event::{Build, KnownLocus, known_events},
    known_junctions::bare,
};

/// Where a run's event lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventPlace<'a> {
    /// The kind.
    pub kind: EventKind,
    /// The contig, with or without `chr`.
    pub contig: &'a str,
    /// The strand; an unknown one contradicts nothing.
    pub strand: Option<Strand>,
    /// In genome order, 0-based: the skipped exons of SE and MSE, both exons of MXE, the bases between the two sites
    /// of A5SS and A3SS, the intron of RI, both alternative exons of AFE and ALE.
    pub parts: Vec<Interval>,
}

impl<'a> EventPlace<'a> {
    /// The place of an event on a contig of this name.
    pub fn of(event: &Event, contig: &'a str) -> Self {
        let (inclusion, skipping) = (&event.inclusion.exons, &event.skipping.exons);
        let inner = |exons: &[Interval]| match exons {
            [_, inner @ .., _] => inner.to_vec(),
            _ => Vec::new(),
        };
        let mut parts = match event.kind {
            EventKind::Se | EventKind::Mse => inner(inclusion),
            EventKind::Mxe => [inner(inclusion), inner(skipping)].concat(),
            EventKind::Ri => event.skipping.introns().collect(),
            EventKind::A5ss | EventKind::A3ss => inclusion
                .iter()
                .zip(skipping)
                .flat_map(|(long, short)| {
                    [Interval::new(long.start(), short.start()), Interval::new(short.end(), long.end())]
                })
                .flatten()
                .collect(),
            EventKind::Afe | EventKind::Ale => {
                let distal = inclusion.iter().filter(|exon| !skipping.contains(exon));
                let proximal = skipping.iter().filter(|exon| !inclusion.contains(exon));
                distal.chain(proximal).copied().collect()
            }
        };
        parts.sort_unstable();
        Self { kind: event.kind, contig, strand: event.strand, parts }
    }
}

/// How well a run's event agrees with a known one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Agreement {
    /// The same kind and the same alternative part.
    Exact,
    /// One outer end of the alternative part is the same, or both are with other exons between; or a known skipped
    /// exon is one of two mutually exclusive ones.
    OneSided,
}

impl Agreement {
    /// The word in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Exact => "exact",
            Self::OneSided => "one_sided",
        }
    }
}

/// A known event found in a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownMatch {
    /// The event's position in the run.
    pub event: usize,
    /// What it is known as.
    pub known: &'static KnownEvent,
    /// How well it agrees.
    pub agreement: Agreement,
}

/// Finds known events among a run's events, by their coordinates on the run's build; in the order of the run, then of
/// the table. Known events without coordinates on the build are not found.
///
/// The flanking exons do not matter: an exon skipped between different neighbours is the same known event.
pub fn match_known(events: &[EventPlace<'_>], build: Build) -> Vec<KnownMatch> {
    let loci: Vec<(&'static KnownEvent, &KnownLocus)> =
        known_events().iter().filter_map(|known| Some((known, known.locus(build)?))).collect();
    let mut matches = Vec::new();
    for (event, place) in events.iter().enumerate() {
        for &(known, locus) in &loci {
            if let Some(agreement) = known.kind.and_then(|kind| agreement(place, kind, locus)) {
                matches.push(KnownMatch { event, known, agreement });
            }
        }
    }
    matches
}

fn agreement(place: &EventPlace, kind: EventKind, locus: &KnownLocus) -> Option<Agreement> {
    if place.strand.is_some_and(|strand| strand != locus.strand) || bare(place.contig) != bare(&locus.contig)
    {
        return None;
    }
    if place.kind == kind && place.parts == locus.parts {
        return Some(Agreement::Exact);
    }
    let hull = |parts: &[Interval]| Some((parts.first()?.start(), parts.last()?.end()));
    let exons = |kind| matches!(kind, EventKind::Se | EventKind::Mse);
    let comparable = place.kind == kind || (exons(place.kind) && exons(kind));
    let one_end = comparable
        && hull(&place.parts)
            .zip(hull(&locus.parts))
            .is_some_and(|(found, known)| found.0 == known.0 || found.1 == known.1);
    let exclusive =
        place.kind == EventKind::Mxe && kind == EventKind::Se && place.parts.contains(&locus.parts[0]);
    (one_end || exclusive).then_some(Agreement::OneSided)
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{ContigId, Form};

    use super::*;

    fn part(start: u32, end: u32) -> Interval {
        Interval::new(start, end).unwrap()
    }

    /// INSR exon 11 on GRCh38.
    const INSR: (u32, u32) = (7_150_496, 7_150_532);

    fn found(kind: EventKind, contig: &str, strand: Option<Strand>, parts: &[(u32, u32)]) -> Vec<String> {
        let parts = parts.iter().map(|&(start, end)| part(start, end)).collect();
        match_known(&[EventPlace { kind, contig, strand, parts }], Build::Grch38)
            .iter()
            .map(|found| format!("{} {} {}", found.known.gene, found.known.event, found.agreement.name()))
            .collect()
    }

    #[test]
    fn the_same_exon_is_exact_under_either_contig_name() {
        for contig in ["chr19", "19"] {
            for strand in [Some(Strand::Reverse), None] {
                let names = found(EventKind::Se, contig, strand, &[INSR]);
                assert_eq!(names, ["INSR exon 11 skipped (IR-A) exact"]);
            }
        }
        assert!(found(EventKind::Se, "chr19", Some(Strand::Forward), &[INSR]).is_empty());
        assert!(found(EventKind::Se, "chr1", None, &[INSR]).is_empty());
        assert!(found(EventKind::A3ss, "chr19", None, &[INSR]).is_empty());
    }

    #[test]
    fn one_common_end_is_one_sided() {
        let one_sided = ["INSR exon 11 skipped (IR-A) one_sided"];
        assert_eq!(found(EventKind::Se, "chr19", None, &[(INSR.0, INSR.1 + 5)]), one_sided);
        assert_eq!(found(EventKind::Mse, "chr19", None, &[(INSR.0 - 900, INSR.0 - 800), INSR]), one_sided);
        assert_eq!(found(EventKind::Mxe, "chr19", None, &[(INSR.0 - 900, INSR.0 - 800), INSR]), one_sided);
        assert!(found(EventKind::Se, "chr19", None, &[(INSR.0 + 1, INSR.1 - 1)]).is_empty());
    }

    #[test]
    fn coordinates_of_another_build_are_not_taken() {
        let place =
            EventPlace { kind: EventKind::Se, contig: "19", strand: None, parts: vec![part(INSR.0, INSR.1)] };
        assert!(match_known(std::slice::from_ref(&place), Build::Grch37).is_empty());
        assert!(match_known(&[place], Build::Grcm38).is_empty());
    }

    #[test]
    fn places_are_the_alternative_parts() {
        let form = |exons: &[(u32, u32)]| Form { exons: exons.iter().map(|&(s, e)| part(s, e)).collect() };
        let parts = |kind, inclusion: &[(u32, u32)], skipping: &[(u32, u32)]| -> Vec<(u32, u32)> {
            let event = Event {
                kind,
                contig: ContigId(0),
                strand: Some(Strand::Forward),
                genes: vec![],
                inclusion: form(inclusion),
                skipping: form(skipping),
            };
            EventPlace::of(&event, "chr1").parts.iter().map(|p| (p.start(), p.end())).collect()
        };
        let (left, right) = ((0, 10), (50, 60));
        assert_eq!(parts(EventKind::Se, &[left, (20, 30), right], &[left, right]), [(20, 30)]);
        assert_eq!(
            parts(EventKind::Mse, &[left, (20, 30), (35, 40), right], &[left, right]),
            [(20, 30), (35, 40)]
        );
        assert_eq!(
            parts(EventKind::Mxe, &[left, (20, 30), right], &[left, (35, 40), right]),
            [(20, 30), (35, 40)]
        );
        assert_eq!(parts(EventKind::Ri, &[(0, 60)], &[left, right]), [(10, 50)]);
        assert_eq!(parts(EventKind::A3ss, &[left, (47, 60)], &[left, right]), [(47, 50)]);
        assert_eq!(parts(EventKind::A5ss, &[(0, 14), right], &[left, right]), [(10, 14)]);
        assert_eq!(parts(EventKind::Afe, &[left, right], &[(20, 30), right]), [left, (20, 30)]);
        assert_eq!(parts(EventKind::Ale, &[left, right], &[left, (20, 30)]), [(20, 30), right]);
    }
}
