//! SE: an exon between two others that are also joined without it.

use nadsplice_core::{EventKind, Interval};

use super::candidate::Candidate;
use crate::graph::SpliceGraph;

/// Finds skipped exons, each once, with the longest flanks that have an edge to the exon.
pub(super) fn detect(graph: &SpliceGraph, found: &mut Vec<Candidate>) {
    for (index, &exon) in graph.exons().iter().enumerate() {
        let rights = longest_by(graph.following(index), Interval::start);
        if rights.is_empty() {
            continue;
        }
        for left in longest_by(graph.preceding(index), Interval::end) {
            for &right in rights.iter().filter(|right| graph.has_junction(left.end(), right.start())) {
                found.push(Candidate::new(EventKind::Se, vec![left, exon, right], vec![left, right]));
            }
        }
    }
}

/// The longest exon for each splice site.
fn longest_by(exons: impl Iterator<Item = Interval>, site: impl Fn(Interval) -> u32) -> Vec<Interval> {
    let mut longest: Vec<Interval> = exons.collect();
    longest.sort_unstable_by_key(|&exon| (site(exon), std::cmp::Reverse(exon.len())));
    longest.dedup_by_key(|exon| site(*exon));
    longest
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{EventKind::Se, Strand::Forward};

    use crate::toy::found;

    #[test]
    fn the_three_edges_need_no_common_transcript() {
        let events = found(
            Se,
            Some(Forward),
            &[&[(0, 100), (200, 300)], &[(200, 300), (400, 500)], &[(50, 100), (400, 450)]],
        );
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].0, "SE:chr1:100-201:300-401:+");
    }

    #[test]
    fn flanks_are_the_longest_with_an_edge_to_the_exon() {
        let events = found(
            Se,
            Some(Forward),
            &[
                &[(20, 100), (200, 300), (400, 450)],
                &[(10, 100), (200, 300), (400, 430)],
                &[(0, 100), (400, 600)],
            ],
        );
        let expected = (
            "SE:chr1:100-201:300-401:+".to_owned(),
            vec![(10, 100), (200, 300), (400, 450)],
            vec![(10, 100), (400, 450)],
        );
        assert_eq!(events, [expected]);
    }

    #[test]
    fn nothing_is_skipped_without_a_junction_over_it() {
        assert!(
            found(Se, Some(Forward), &[&[(0, 100), (200, 300), (400, 500)], &[(0, 99), (400, 500)]])
                .is_empty()
        );
    }
}
