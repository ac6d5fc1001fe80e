//! AFE and ALE: different first exons spliced to one acceptor, different last exons spliced from one donor.

use nadsplice_core::{EventKind, Interval, Strand};

use super::candidate::Candidate;
use crate::graph::SpliceGraph;

/// Finds alternative first and last exons, each once. Without a strand there are none.
pub(super) fn detect(graph: &SpliceGraph, found: &mut Vec<Candidate>) {
    let (left_end, right_end) = match graph.strand {
        Some(Strand::Forward) => (EventKind::Afe, EventKind::Ale),
        Some(Strand::Reverse) => (EventKind::Ale, EventKind::Afe),
        None => return,
    };
    let left = graph.left_ends().map(|(exon, shared)| End {
        site: shared.start(),
        inner: i64::from(exon.end()),
        outer: i64::from(exon.start()),
        exon,
        shared,
    });
    for [distal, proximal, shared] in alternatives(left.collect()) {
        found.push(Candidate::new(left_end, vec![distal, shared], vec![proximal, shared]));
    }
    let right = graph.right_ends().map(|(shared, exon)| End {
        site: shared.end(),
        inner: -i64::from(exon.start()),
        outer: -i64::from(exon.end()),
        exon,
        shared,
    });
    for [distal, proximal, shared] in alternatives(right.collect()) {
        found.push(Candidate::new(right_end, vec![shared, distal], vec![shared, proximal]));
    }
}

/// The outermost exon of a transcript and its neighbour. `inner` and `outer` are the exon's two ends on an axis
/// that grows from the outside of the gene to its inside, so that both sides of a gene follow one rule; the lower
/// `inner` is the distal alternative.
struct End {
    /// The neighbour's splice site towards the exon.
    site: u32,
    inner: i64,
    outer: i64,
    exon: Interval,
    shared: Interval,
}

/// Distal exon, proximal exon and shared exon of each pair of alternatives of one side of a gene.
fn alternatives(mut ends: Vec<End>) -> Vec<[Interval; 3]> {
    ends.sort_unstable_by_key(|end| (end.site, end.inner, end.outer));
    let mut found = Vec::new();
    for at_site in ends.chunk_by(|a, b| a.site == b.site) {
        let exons: Vec<&[End]> = at_site.chunk_by(|a, b| a.inner == b.inner).collect();
        for (position, &distal) in exons.iter().enumerate() {
            for &proximal in &exons[position + 1..] {
                // Longest variants come first; the proximal one must not reach the distal splice site.
                let disjoint = proximal.iter().find(|end| end.outer >= distal[0].inner);
                let shared = distal.iter().chain(proximal).map(|end| end.shared).max_by_key(|e| e.len());
                if let (Some(disjoint), Some(shared)) = (disjoint, shared) {
                    found.push([distal[0].exon, disjoint.exon, shared]);
                }
            }
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        EventKind::{Afe, Ale},
        Strand::{Forward, Reverse},
    };

    use crate::toy::{Exons, found};

    const LEFT_ENDS: [Exons; 2] = [&[(99, 150), (499, 600)], &[(299, 350), (499, 620), (700, 800)]];
    const RIGHT_ENDS: [Exons; 2] = [&[(50, 200), (299, 350)], &[(80, 200), (499, 600)]];

    #[test]
    fn on_the_left_distal_is_the_left_exon() {
        let forms = (vec![(99, 150), (499, 620)], vec![(299, 350), (499, 620)]);
        let afe = ("AFE:chr1:150-500:350-500:+".to_owned(), forms.0.clone(), forms.1.clone());
        assert_eq!(found(Afe, Some(Forward), &LEFT_ENDS), [afe]);
        assert!(found(Ale, Some(Forward), &LEFT_ENDS).is_empty());
        let ale = ("ALE:chr1:150-500:350-500:-".to_owned(), forms.0, forms.1);
        assert_eq!(found(Ale, Some(Reverse), &LEFT_ENDS), [ale]);
        assert!(found(Afe, Some(Reverse), &LEFT_ENDS).is_empty());
    }

    #[test]
    fn on_the_right_distal_is_the_right_exon() {
        let forms = (vec![(50, 200), (499, 600)], vec![(50, 200), (299, 350)]);
        let ale = ("ALE:chr1:200-500:200-300:+".to_owned(), forms.0.clone(), forms.1.clone());
        assert_eq!(found(Ale, Some(Forward), &RIGHT_ENDS), [ale]);
        let afe = ("AFE:chr1:200-500:200-300:-".to_owned(), forms.0, forms.1);
        assert_eq!(found(Afe, Some(Reverse), &RIGHT_ENDS), [afe]);
    }

    #[test]
    fn alternatives_that_differ_in_their_outer_end_are_one() {
        let transcripts: [Exons; 5] = [
            &[(99, 150), (499, 600)],
            &[(50, 150), (499, 600)],
            &[(120, 350), (499, 600)],
            &[(150, 350), (499, 600)],
            &[(200, 350), (499, 600)],
        ];
        let events = found(Afe, Some(Forward), &transcripts);
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].1[0], (50, 150));
        // The longest variant reaches the distal splice site; the next one touches it.
        assert_eq!(events[0].2[0], (150, 350));
        let mirrored: [Exons; 4] = [
            &[(0, 100), (449, 500)],
            &[(0, 100), (449, 550)],
            &[(0, 100), (250, 460)],
            &[(0, 100), (250, 449)],
        ];
        let events = found(Ale, Some(Forward), &mirrored);
        assert_eq!(events.len(), 1);
        assert_eq!((events[0].1[1], events[0].2[1]), ((449, 550), (250, 449)));
    }

    #[test]
    fn overlapping_and_internal_exons_and_other_acceptors_do_not_count() {
        let overlapping: [Exons; 2] = [&[(0, 150), (499, 600)], &[(100, 350), (499, 600)]];
        assert!(found(Afe, Some(Forward), &overlapping).is_empty());
        let internal: [Exons; 2] = [&[(0, 150), (499, 600)], &[(10, 20), (200, 350), (499, 600)]];
        assert!(found(Afe, Some(Forward), &internal).is_empty());
        let acceptor: [Exons; 2] = [&[(0, 150), (499, 600)], &[(200, 350), (480, 600)]];
        assert!(found(Afe, Some(Forward), &acceptor).is_empty());
    }

    #[test]
    fn without_a_strand_nothing_is_first_or_last() {
        assert!(found(Afe, None, &LEFT_ENDS).is_empty() && found(Ale, None, &LEFT_ENDS).is_empty());
    }
}
