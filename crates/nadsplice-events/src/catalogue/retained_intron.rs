//! RI: two joined exons, and a third over both and the intron between them.

use nadsplice_core::{EventKind, Interval};

use super::candidate::Candidate;
use crate::graph::SpliceGraph;

/// Finds retained introns; an intron between several pairs of exons comes once for each.
pub(super) fn detect(graph: &SpliceGraph, found: &mut Vec<Candidate>) {
    for (left, right) in graph.edges() {
        let over_both = Interval::new(left.start(), right.end()).filter(|&exon| graph.has_exon(exon));
        if let Some(exon) = over_both {
            found.push(Candidate::new(EventKind::Ri, vec![exon], vec![left, right]));
        }
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        EventKind::Ri,
        Strand::{Forward, Reverse},
    };

    use crate::toy::found;

    #[test]
    fn an_exon_over_two_joined_ones_retains_the_intron() {
        for (strand, symbol) in [(Some(Forward), '+'), (Some(Reverse), '-'), (None, '.')] {
            let events = found(Ri, strand, &[&[(99, 200), (299, 400)], &[(99, 400)]]);
            let expected =
                (format!("RI:chr1:200-300:{symbol}"), vec![(99, 400)], vec![(99, 200), (299, 400)]);
            assert_eq!(events, [expected]);
        }
    }

    #[test]
    fn the_exon_must_have_both_outer_ends() {
        assert!(found(Ri, Some(Forward), &[&[(99, 200), (299, 400)], &[(98, 400)], &[(99, 401)]]).is_empty());
    }

    #[test]
    fn the_longest_exon_is_taken_once() {
        let events = found(
            Ri,
            Some(Forward),
            &[&[(99, 200), (299, 400)], &[(99, 400)], &[(0, 200), (299, 390)], &[(0, 390)], &[(0, 400)]],
        );
        assert_eq!(events.len(), 1);
        assert_eq!((&events[0].1[..], &events[0].2[..]), (&[(0, 390)][..], &[(0, 200), (299, 390)][..]));
    }

    #[test]
    fn an_empty_intron_is_not_retained() {
        assert!(found(Ri, Some(Forward), &[&[(99, 200), (200, 400)], &[(99, 400)]]).is_empty());
    }
}
