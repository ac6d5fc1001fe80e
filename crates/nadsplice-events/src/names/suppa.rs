//! SUPPA's event ids (Trincado et al. 2018, <https://doi.org/10.1186/s13059-018-1417-1>; version 2.3, strict
//! boundaries).

use std::collections::BTreeSet;

use nadsplice_core::{Annotation, Event, EventKind, Form, Gene, Strand};

/// The SUPPA ids of an event, `<gene_id>;<TYPE>:<seqname>:<coordinates>:<strand>`, by gene in the order of
/// [`Event::genes`], then ascending.
///
/// Coordinates are 1-based exon ends in genome order. `e` is an exon's last base and `s` the next one's first:
///
/// | kind | type | coordinates |
/// |---|---|---|
/// | SE | `SE` | `e1-s2:e2-s3` |
/// | A5SS, A3SS | `A5`, `A3` | `e-s:e-s`, intron of the longer exon first |
/// | MXE | `MX` | `e1-s2:e2-s4:e1-s3:e3-s4`, left exon first |
/// | RI | `RI` | `s1:e1-s2:e2` |
/// | AFE, ALE on the left of the gene | `AF`, `AL` | `s1:e1-s3:s2:e2-s3`, distal exon first |
/// | AFE, ALE on the right of the gene | `AF`, `AL` | `e1-s2:e2:e1-s3:e3`, proximal exon first |
///
/// RI, AFE and ALE ids hold the outer ends of their exons, so SUPPA tells events apart that are one event here:
/// there is an id for each combination of outer ends that the gene's transcripts have. All other kinds have one id
/// for a gene; MSE has none. SUPPA takes the exon that an id names first for included in SE, A5, A3, MX, AF on `+`
/// and AL on `-`, as here; in MX on `-`, AF on `-` and AL on `+` its PSI is 1 minus the one here.
pub fn suppa_ids(event: &Event, annotation: &Annotation) -> Vec<String> {
    let Some(kind) = suppa_type(event.kind) else { return Vec::new() };
    let mut ids = Vec::new();
    for gene in event.genes.iter().map(|&id| annotation.gene(id)) {
        let contig = annotation.contigs.name(gene.contig);
        let strand = Strand::symbol_of(gene.strand);
        let all = coordinates(event, gene).into_iter();
        ids.extend(all.map(|coordinates| format!("{};{kind}:{contig}:{coordinates}:{strand}", gene.id)));
    }
    ids
}

/// SUPPA's name of a kind; nothing for one that it does not know.
pub const fn suppa_type(kind: EventKind) -> Option<&'static str> {
    match kind {
        EventKind::Se => Some("SE"),
        EventKind::A5ss => Some("A5"),
        EventKind::A3ss => Some("A3"),
        EventKind::Mxe => Some("MX"),
        EventKind::Ri => Some("RI"),
        EventKind::Afe => Some("AF"),
        EventKind::Ale => Some("AL"),
        EventKind::Mse => None,
    }
}

/// Whether SUPPA's PSI of an event of this kind is the share of the inclusion form as it is defined here; otherwise it
/// is 1 minus that share, since SUPPA takes the exon that its id names first.
pub const fn suppa_takes_inclusion(kind: EventKind, strand: Option<Strand>) -> bool {
    let reverse = matches!(strand, Some(Strand::Reverse));
    match kind {
        EventKind::Mxe | EventKind::Afe => !reverse,
        EventKind::Ale => reverse,
        EventKind::Se | EventKind::Mse | EventKind::A5ss | EventKind::A3ss | EventKind::Ri => true,
    }
}

/// The coordinates of all ids of an event in one gene.
fn coordinates(event: &Event, gene: &Gene) -> Vec<String> {
    let introns = |form: &Form| {
        form.splice_sites().map(|(end, start)| joined(end, start)).collect::<Vec<_>>().join(":")
    };
    let (inclusion, skipping) = (introns(&event.inclusion), introns(&event.skipping));
    match event.kind {
        EventKind::Se => vec![inclusion],
        EventKind::Mxe if event.skipping < event.inclusion => vec![format!("{skipping}:{inclusion}")],
        EventKind::A5ss | EventKind::A3ss | EventKind::Mxe => vec![format!("{inclusion}:{skipping}")],
        EventKind::Ri => retained(event, gene),
        EventKind::Afe | EventKind::Ale => terminal(event, gene),
        EventKind::Mse => Vec::new(),
    }
}

/// `e-s` of two 0-based splice sites.
fn joined(end: u32, start: u32) -> String {
    format!("{end}-{}", one_based(start))
}

fn one_based(start: u32) -> u64 {
    u64::from(start) + 1
}

/// RI: every pair of outer ends of exons around the intron that an exon of the gene has, too.
fn retained(event: &Event, gene: &Gene) -> Vec<String> {
    let Some((end, start)) = event.skipping.splice_sites().next() else { return Vec::new() };
    let is_exon = |&(start, end): &(u32, u32)| {
        let mut exons = gene.transcripts.iter().flat_map(|t| &t.exons);
        exons.any(|exon| (exon.start(), exon.end()) == (start, end))
    };
    let around = gene.transcripts.iter().flat_map(|t| t.exons.windows(2));
    let outer: BTreeSet<_> = around
        .filter(|pair| (pair[0].end(), pair[1].start()) == (end, start))
        .map(|pair| (pair[0].start(), pair[1].end()))
        .collect();
    let name = |(left, right)| format!("{}:{}:{right}", one_based(left), joined(end, start));
    outer.into_iter().filter(is_exon).map(name).collect()
}

/// AFE and ALE: every pair of outer ends with which the alternatives are disjoint.
fn terminal(event: &Event, gene: &Gene) -> Vec<String> {
    let (Some(distal), Some(proximal)) =
        (event.inclusion.splice_sites().next(), event.skipping.splice_sites().next())
    else {
        return Vec::new();
    };
    let exons = || gene.transcripts.iter().map(|t| t.exons.as_slice());
    if distal.1 == proximal.1 {
        let outer_ends = |site: (u32, u32)| -> BTreeSet<u32> {
            let ends = exons().filter_map(|exons| match *exons {
                [exon, shared, ..] if (exon.end(), shared.start()) == site => Some(exon.start()),
                _ => None,
            });
            ends.collect()
        };
        let proximal_starts = outer_ends(proximal);
        let pairs = outer_ends(distal)
            .into_iter()
            .flat_map(|outer| proximal_starts.range(distal.0..).map(move |&inner| (outer, inner)));
        pairs
            .map(|(outer, inner)| {
                let (first, second) = (joined(distal.0, distal.1), joined(proximal.0, proximal.1));
                format!("{}:{first}:{}:{second}", one_based(outer), one_based(inner))
            })
            .collect()
    } else {
        let outer_ends = |site: (u32, u32)| -> BTreeSet<u32> {
            let ends = exons().filter_map(|exons| match *exons {
                [.., shared, exon] if (shared.end(), exon.start()) == site => Some(exon.end()),
                _ => None,
            });
            ends.collect()
        };
        let distal_ends = outer_ends(distal);
        let proximal_ends = outer_ends(proximal);
        let pairs = proximal_ends
            .range(..=distal.1)
            .flat_map(|&inner| distal_ends.iter().map(move |&outer| (inner, outer)));
        pairs
            .map(|(inner, outer)| {
                format!("{}:{inner}:{}:{outer}", joined(proximal.0, proximal.1), joined(distal.0, distal.1))
            })
            .collect()
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::Strand::{Forward, Reverse};

    use super::*;
    use crate::{
        Catalogue, EventKeys,
        toy::{Exons, annotation, gene, named_gene},
    };

    fn ids(kind: EventKind, strand: Strand, transcripts: &[Exons]) -> Vec<String> {
        let annotation = annotation(vec![gene(Some(strand), transcripts)]);
        Catalogue::from_annotation(&annotation, EventKeys::WithStrand)
            .events
            .iter()
            .filter(|event| event.kind == kind)
            .flat_map(|event| suppa_ids(event, &annotation))
            .collect()
    }

    #[test]
    fn ids_are_those_that_suppa_gives_the_same_models() {
        let se: &[Exons] = &[&[(99, 200), (299, 400), (499, 600)], &[(99, 200), (499, 600)]];
        let right: &[Exons] = &[&[(99, 250), (499, 600)], &[(99, 200), (499, 600)]];
        let left: &[Exons] = &[&[(99, 200), (449, 600)], &[(99, 200), (499, 600)]];
        let mx: &[Exons] = &[&[(99, 200), (299, 350), (499, 600)], &[(99, 200), (399, 450), (499, 600)]];
        let ri: &[Exons] = &[&[(99, 200), (299, 400)], &[(99, 400)]];
        let left_ends: &[Exons] = &[&[(99, 150), (499, 600)], &[(299, 350), (499, 600)]];
        let right_ends: &[Exons] = &[&[(99, 200), (299, 350)], &[(99, 200), (499, 600)]];
        for (kind, strand, transcripts, expected) in [
            (EventKind::Se, Forward, se, "SE:chr1:200-300:400-500:+"),
            (EventKind::A5ss, Forward, right, "A5:chr1:250-500:200-500:+"),
            (EventKind::A3ss, Forward, left, "A3:chr1:200-450:200-500:+"),
            (EventKind::A5ss, Reverse, left, "A5:chr1:200-450:200-500:-"),
            (EventKind::A3ss, Reverse, right, "A3:chr1:250-500:200-500:-"),
            (EventKind::Mxe, Forward, mx, "MX:chr1:200-300:350-500:200-400:450-500:+"),
            (EventKind::Mxe, Reverse, mx, "MX:chr1:200-300:350-500:200-400:450-500:-"),
            (EventKind::Ri, Forward, ri, "RI:chr1:100:200-300:400:+"),
            (EventKind::Afe, Forward, left_ends, "AF:chr1:100:150-500:300:350-500:+"),
            (EventKind::Ale, Forward, right_ends, "AL:chr1:200-300:350:200-500:600:+"),
            (EventKind::Afe, Reverse, right_ends, "AF:chr1:200-300:350:200-500:600:-"),
            (EventKind::Ale, Reverse, left_ends, "AL:chr1:100:150-500:300:350-500:-"),
        ] {
            assert_eq!(ids(kind, strand, transcripts), [format!("G1;{expected}")]);
        }
    }

    #[test]
    fn each_pair_of_outer_ends_has_its_id() {
        let afe: &[Exons] = &[
            &[(99, 150), (499, 600)],
            &[(89, 150), (499, 600)],
            &[(149, 350), (499, 600)],
            &[(299, 350), (499, 600)],
        ];
        let expected = ["G1;AF:chr1:90:150-500:300:350-500:+", "G1;AF:chr1:100:150-500:300:350-500:+"];
        assert_eq!(ids(EventKind::Afe, Forward, afe), expected);
        let ri: &[Exons] =
            &[&[(99, 200), (299, 400)], &[(99, 400)], &[(0, 200), (299, 390)], &[(0, 390)], &[(0, 400)]];
        assert_eq!(
            ids(EventKind::Ri, Forward, ri),
            ["G1;RI:chr1:1:200-300:390:+", "G1;RI:chr1:100:200-300:400:+"]
        );
    }

    #[test]
    fn each_gene_has_its_own_outer_ends_and_runs_of_exons_have_no_id() {
        let annotation = annotation(vec![
            named_gene("A", Some(Forward), &[&[(99, 200), (299, 400)], &[(99, 400)]]),
            named_gene("B", Some(Forward), &[&[(0, 200), (299, 390)], &[(0, 390)]]),
        ]);
        let catalogue = Catalogue::from_annotation(&annotation, EventKeys::WithStrand);
        assert_eq!(catalogue.len(), 1);
        assert_eq!(
            suppa_ids(&catalogue.events[0], &annotation),
            ["A;RI:chr1:100:200-300:400:+", "B;RI:chr1:1:200-300:390:+"]
        );
        let mse: &[Exons] = &[&[(0, 10), (20, 30), (40, 50), (60, 70)], &[(0, 10), (60, 70)]];
        assert!(ids(EventKind::Mse, Forward, mse).is_empty());
    }
}
