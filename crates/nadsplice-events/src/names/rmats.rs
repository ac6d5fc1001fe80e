//! rMATS-turbo's columns and keys (Shen et al. 2014, <https://doi.org/10.1073/pnas.1419161111>; version 4.3.0).
//!
//! Starts (`...ES`, `...Start_0base`) are 0-based, ends (`...EE`, `...End`) 1-based and closed, which are the
//! `start` and `end` of a [`nadsplice_core::Interval`]. Upstream and downstream, first and second mean left and right in the
//! genome, whatever the strand.

use std::{borrow::Cow, fmt::Write as _};

use nadsplice_core::{Event, EventKind};

/// The coordinate columns of rMATS's tables of a kind, in order; none for MSE, AFE and ALE, which it lacks.
pub const fn rmats_columns(kind: EventKind) -> Option<&'static [&'static str]> {
    match kind {
        EventKind::Se => {
            Some(&["exonStart_0base", "exonEnd", "upstreamES", "upstreamEE", "downstreamES", "downstreamEE"])
        }
        EventKind::A5ss | EventKind::A3ss => {
            Some(&["longExonStart_0base", "longExonEnd", "shortES", "shortEE", "flankingES", "flankingEE"])
        }
        EventKind::Mxe => Some(&[
            "1stExonStart_0base",
            "1stExonEnd",
            "2ndExonStart_0base",
            "2ndExonEnd",
            "upstreamES",
            "upstreamEE",
            "downstreamES",
            "downstreamEE",
        ]),
        EventKind::Ri => Some(&[
            "riExonStart_0base",
            "riExonEnd",
            "upstreamES",
            "upstreamEE",
            "downstreamES",
            "downstreamEE",
        ]),
        EventKind::Mse | EventKind::Afe | EventKind::Ale => None,
    }
}

/// The numbers of [`rmats_columns`] for an event; none where its kind has none.
///
/// The far ends of flanking exons are the event's own and may differ from rMATS's, which depend on the order in
/// which it meets its genes.
pub fn rmats_coordinates(event: &Event) -> Option<Vec<u32>> {
    let exons = match (event.kind, &event.inclusion.exons[..], &event.skipping.exons[..]) {
        (EventKind::Se, &[left, exon, right], _) | (EventKind::Ri, &[exon], &[left, right]) => {
            vec![exon, left, right]
        }
        (EventKind::A5ss | EventKind::A3ss, &[a, b], &[c, d]) => {
            if a.end() == c.end() {
                vec![b, d, a]
            } else {
                vec![a, c, b]
            }
        }
        (EventKind::Mxe, &[left, a, right], &[_, b, _]) => vec![a.min(b), a.max(b), left, right],
        _ => return None,
    };
    Some(exons.into_iter().flat_map(|exon| [exon.start(), exon.end()]).collect())
}

/// What rMATS tells events of a kind apart by, `KIND:chrom:numbers`, with the numbers as in its tables and the
/// contig as [`rmats_contig`] has it; none for kinds that rMATS lacks.
///
/// | kind | numbers |
/// |---|---|
/// | SE | `exonStart_0base:exonEnd:upstreamEE:downstreamES` |
/// | A5SS, A3SS, flank on the right | `longExonEnd:shortEE:flankingES` |
/// | A5SS, A3SS, flank on the left | `longExonStart_0base:shortES:flankingEE` |
/// | MXE | `1stExonStart_0base:1stExonEnd:2ndExonStart_0base:2ndExonEnd:upstreamEE:downstreamES` |
/// | RI | `upstreamEE:downstreamES` |
///
/// There is no strand in it: events of genes on opposite strands may have the same key.
pub fn rmats_key(event: &Event, contig_name: &str) -> Option<String> {
    let columns = rmats_coordinates(event)?;
    let numbers = match (event.kind, &columns[..]) {
        (EventKind::Se, &[start, end, _, upstream, downstream, _]) => vec![start, end, upstream, downstream],
        (EventKind::Ri, &[_, _, _, upstream, downstream, _]) => vec![upstream, downstream],
        (EventKind::Mxe, &[start1, end1, start2, end2, _, upstream, downstream, _]) => {
            vec![start1, end1, start2, end2, upstream, downstream]
        }
        (_, &[long_start, long_end, short_start, short_end, flank_start, flank_end]) => {
            if long_end == short_end {
                vec![long_start, short_start, flank_end]
            } else {
                vec![long_end, short_end, flank_start]
            }
        }
        _ => return None,
    };
    let mut key = format!("{}:{}", event.kind, rmats_contig(contig_name));
    for number in numbers {
        // Writing to a string does not fail.
        let _ = write!(key, ":{number}");
    }
    Some(key)
}

/// rMATS's name of a contig: with `chr` in front where the annotation's name lacks it.
pub fn rmats_contig(name: &str) -> Cow<'_, str> {
    if name.starts_with("chr") { Cow::Borrowed(name) } else { Cow::Owned(format!("chr{name}")) }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        EventKind::{A3ss, A5ss, Mse, Mxe, Ri, Se},
        Strand::{self, Forward, Reverse},
    };

    use super::*;
    use crate::{
        Catalogue, EventKeys,
        toy::{Exons, annotation, gene},
    };

    fn event(kind: EventKind, strand: Strand, transcripts: &[Exons]) -> Event {
        let annotation = annotation(vec![gene(Some(strand), transcripts)]);
        let catalogue = Catalogue::from_annotation(&annotation, EventKeys::WithStrand);
        catalogue.events.into_iter().find(|event| event.kind == kind).unwrap()
    }

    #[test]
    fn coordinates_and_keys_are_those_of_the_tables() {
        let se: &[Exons] = &[&[(100, 200), (300, 400), (500, 600)], &[(100, 200), (500, 600)]];
        let right: &[Exons] = &[&[(100, 250), (500, 600)], &[(100, 200), (500, 600)]];
        let left: &[Exons] = &[&[(100, 200), (450, 600)], &[(100, 200), (500, 600)]];
        let mx: &[Exons] = &[&[(100, 200), (300, 350), (500, 600)], &[(100, 200), (400, 450), (500, 600)]];
        let ri: &[Exons] = &[&[(100, 200), (300, 400)], &[(100, 400)]];
        let cases: [(_, _, _, &[u32], _); 7] = [
            (Se, Forward, se, &[300, 400, 100, 200, 500, 600], "SE:chr1:300:400:200:500"),
            (A5ss, Forward, right, &[100, 250, 100, 200, 500, 600], "A5SS:chr1:250:200:500"),
            (A3ss, Reverse, right, &[100, 250, 100, 200, 500, 600], "A3SS:chr1:250:200:500"),
            (A3ss, Forward, left, &[450, 600, 500, 600, 100, 200], "A3SS:chr1:450:500:200"),
            (Mxe, Forward, mx, &[300, 350, 400, 450, 100, 200, 500, 600], "MXE:chr1:300:350:400:450:200:500"),
            (Mxe, Reverse, mx, &[300, 350, 400, 450, 100, 200, 500, 600], "MXE:chr1:300:350:400:450:200:500"),
            (Ri, Forward, ri, &[100, 400, 100, 200, 300, 400], "RI:chr1:200:300"),
        ];
        for (kind, strand, transcripts, coordinates, key) in cases {
            let event = event(kind, strand, transcripts);
            assert_eq!(rmats_coordinates(&event).as_deref(), Some(coordinates));
            assert_eq!(rmats_columns(kind).map(<[_]>::len), Some(coordinates.len()));
            assert_eq!(rmats_key(&event, "1").as_deref(), Some(key));
        }
    }

    #[test]
    fn kinds_that_rmats_lacks_have_no_key() {
        let exons: &[Exons] = &[&[(0, 10), (20, 30), (40, 50), (60, 70)], &[(0, 10), (60, 70)]];
        let event = event(Mse, Forward, exons);
        assert_eq!((rmats_key(&event, "chr1"), rmats_coordinates(&event)), (None, None));
        assert_eq!(rmats_columns(Mse), None);
    }

    #[test]
    fn contigs_get_a_prefix_once() {
        assert_eq!(rmats_contig("chr1"), "chr1");
        assert_eq!(rmats_contig("MT"), "chrMT");
    }
}
