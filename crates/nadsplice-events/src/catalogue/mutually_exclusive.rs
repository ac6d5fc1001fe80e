//! MXE: one or the other of two exons between the same two exons.

use nadsplice_core::{EventKind, Strand};

use super::candidate::Candidate;
use crate::graph::SpliceGraph;

/// Finds mutually exclusive exons; a pair between several pairs of flanks with the same splice sites comes once
/// for each.
pub(super) fn detect(graph: &SpliceGraph, found: &mut Vec<Candidate>) {
    let mut triads: Vec<_> = graph
        .runs()
        .flat_map(|run| run.windows(3))
        .map(|triad| ((triad[0], triad[2]), graph.exon(triad[1])))
        .collect();
    triads.sort_unstable();
    triads.dedup();
    for group in triads.chunk_by(|a, b| a.0 == b.0) {
        for (position, &((left, right), first)) in group.iter().enumerate() {
            let form = |exon| vec![graph.exon(left), exon, graph.exon(right)];
            for &(_, second) in group[position + 1..].iter().filter(|(_, exon)| exon.start() >= first.end()) {
                let (included, skipped) = match graph.strand {
                    Some(Strand::Reverse) => (second, first),
                    Some(Strand::Forward) | None => (first, second),
                };
                found.push(Candidate::new(EventKind::Mxe, form(included), form(skipped)));
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        EventKind::Mxe,
        Strand::{Forward, Reverse},
    };

    use crate::toy::{Exons, found};

    const LEFT: [(u32, u32); 3] = [(0, 100), (200, 300), (600, 700)];
    const RIGHT: [(u32, u32); 3] = [(0, 100), (400, 500), (600, 700)];

    #[test]
    fn the_exon_first_in_transcript_order_is_included() {
        let id = |strand| format!("MXE:chr1:100-201:300-601:100-401:500-601:{strand}");
        let forward = found(Mxe, Some(Forward), &[&LEFT, &RIGHT]);
        assert_eq!(forward, [(id('+'), LEFT.to_vec(), RIGHT.to_vec())]);
        let reverse = found(Mxe, Some(Reverse), &[&LEFT, &RIGHT]);
        assert_eq!(reverse, [(id('-'), RIGHT.to_vec(), LEFT.to_vec())]);
        let unknown = found(Mxe, None, &[&LEFT, &RIGHT]);
        assert_eq!(unknown, [(id('.'), LEFT.to_vec(), RIGHT.to_vec())]);
    }

    #[test]
    fn both_triads_need_the_same_flanking_exons() {
        assert!(found(Mxe, Some(Forward), &[&LEFT, &[(1, 100), (400, 500), (600, 700)]]).is_empty());
    }

    #[test]
    fn each_triad_must_be_in_one_transcript() {
        let halves: [Exons; 3] = [&LEFT, &[(0, 100), (400, 500)], &[(400, 500), (600, 700)]];
        assert!(found(Mxe, Some(Forward), &halves).is_empty());
    }

    #[test]
    fn touching_exons_exclude_each_other_and_overlapping_ones_do_not_count() {
        let touching: [Exons; 2] = [&LEFT, &[(0, 100), (300, 500), (600, 700)]];
        assert_eq!(found(Mxe, Some(Forward), &touching).len(), 1);
        let overlapping: [Exons; 2] = [&LEFT, &[(0, 100), (299, 500), (600, 700)]];
        assert!(found(Mxe, Some(Forward), &overlapping).is_empty());
    }

    #[test]
    fn flanks_are_a_pair_that_both_triads_share() {
        let transcripts: [Exons; 5] = [
            &LEFT,
            &RIGHT,
            &[(10, 100), (200, 300), (600, 900)],
            &[(10, 100), (400, 500), (600, 900)],
            &[(0, 100), (200, 300), (600, 1000)],
        ];
        let events = found(Mxe, Some(Forward), &transcripts);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].1, [(10, 100), (200, 300), (600, 900)]);
        assert_eq!(events[0].2, [(10, 100), (400, 500), (600, 900)]);
    }
}
