//! A5SS and A3SS: two exons with one end in common, joined to the same neighbour.

use nadsplice_core::{EventKind, Interval, Strand};

use super::candidate::Candidate;
use crate::graph::SpliceGraph;

/// Finds alternative donors and acceptors; a pair that is joined to several neighbours with the same splice site
/// comes once for each. Without a strand there are none.
pub(super) fn detect(graph: &SpliceGraph, found: &mut Vec<Candidate>) {
    let (right_end, left_end) = match graph.strand {
        Some(Strand::Forward) => (EventKind::A5ss, EventKind::A3ss),
        Some(Strand::Reverse) => (EventKind::A3ss, EventKind::A5ss),
        None => return,
    };
    for (index, &flank) in graph.exons().iter().enumerate() {
        for (long, short) in pairs(graph.preceding(index).collect(), Interval::start) {
            found.push(Candidate::new(right_end, vec![long, flank], vec![short, flank]));
        }
        for (long, short) in pairs(graph.following(index).collect(), Interval::end) {
            found.push(Candidate::new(left_end, vec![flank, long], vec![flank, short]));
        }
    }
}

/// All pairs, longer exon first, of exons that share an end.
fn pairs(mut exons: Vec<Interval>, shared_end: impl Fn(Interval) -> u32) -> Vec<(Interval, Interval)> {
    exons.sort_unstable_by_key(|&exon| (shared_end(exon), std::cmp::Reverse(exon.len())));
    let mut pairs = Vec::new();
    for group in exons.chunk_by(|&a, &b| shared_end(a) == shared_end(b)) {
        for (position, &long) in group.iter().enumerate() {
            pairs.extend(group[position + 1..].iter().map(|&short| (long, short)));
        }
    }
    pairs
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        EventKind::{A3ss, A5ss},
        Strand::{Forward, Reverse},
    };

    use crate::toy::{Exons, found};

    const RIGHT_END: [Exons; 2] = [&[(100, 250), (499, 600)], &[(100, 200), (499, 650)]];
    const LEFT_END: [Exons; 2] = [&[(50, 200), (449, 600)], &[(0, 200), (499, 600)]];

    #[test]
    fn a_right_end_is_a_donor_forward_and_an_acceptor_in_reverse() {
        // The two flanks differ in their far end, so no exon is the neighbour of both forms.
        assert!(found(A5ss, Some(Forward), &RIGHT_END).is_empty());
        let shared = [RIGHT_END[0], &[(100, 200), (499, 600)]];
        let (inclusion, skipping) = (vec![(100, 250), (499, 600)], vec![(100, 200), (499, 600)]);
        let forward = ("A5SS:chr1:250-500:200-500:+".to_owned(), inclusion.clone(), skipping.clone());
        assert_eq!(found(A5ss, Some(Forward), &shared), [forward]);
        assert!(found(A3ss, Some(Forward), &shared).is_empty());
        let reverse = ("A3SS:chr1:250-500:200-500:-".to_owned(), inclusion, skipping);
        assert_eq!(found(A3ss, Some(Reverse), &shared), [reverse]);
    }

    #[test]
    fn a_left_end_is_an_acceptor_forward_and_a_donor_in_reverse() {
        assert!(found(A3ss, Some(Forward), &LEFT_END).is_empty());
        let shared = [LEFT_END[0], &[(50, 200), (499, 600)]];
        let (inclusion, skipping) = (vec![(50, 200), (449, 600)], vec![(50, 200), (499, 600)]);
        let forward = ("A3SS:chr1:200-450:200-500:+".to_owned(), inclusion.clone(), skipping.clone());
        assert_eq!(found(A3ss, Some(Forward), &shared), [forward]);
        let reverse = ("A5SS:chr1:200-450:200-500:-".to_owned(), inclusion, skipping);
        assert_eq!(found(A5ss, Some(Reverse), &shared), [reverse]);
    }

    #[test]
    fn the_outer_end_must_be_shared() {
        assert!(
            found(A5ss, Some(Forward), &[&[(100, 250), (499, 600)], &[(101, 200), (499, 600)]]).is_empty()
        );
    }

    #[test]
    fn three_ends_make_three_pairs_and_the_longest_far_ends_are_taken() {
        let transcripts: [Exons; 5] = [
            &[(100, 250), (499, 600)],
            &[(100, 200), (499, 600)],
            &[(100, 150), (499, 600)],
            &[(90, 250), (499, 700)],
            &[(90, 200), (499, 700)],
        ];
        let events = found(A5ss, Some(Forward), &transcripts);
        assert_eq!(events.len(), 3);
        assert_eq!(events[0].0, "A5SS:chr1:200-500:150-500:+");
        assert_eq!(events[0].1, [(100, 200), (499, 600)]);
        let wide = events.iter().find(|e| e.0 == "A5SS:chr1:250-500:200-500:+").unwrap();
        assert_eq!((&wide.1[..], &wide.2[..]), (&[(90, 250), (499, 700)][..], &[(90, 200), (499, 700)][..]));
    }

    #[test]
    fn without_a_strand_nothing_is_called_donor_or_acceptor() {
        let shared = [RIGHT_END[0], &[(100, 200), (499, 600)]];
        assert!(found(A5ss, None, &shared).is_empty() && found(A3ss, None, &shared).is_empty());
    }
}
