//! MSE: two or more exons in a row between two others that are also joined without them.

use std::collections::BTreeMap;

use nadsplice_core::EventKind;
use rustc_hash::FxHashSet;

use super::candidate::Candidate;
use crate::graph::{ExonIndex, SpliceGraph};

/// Finds runs of skipped exons; a run that several transcripts have comes once for each pair of flanks.
pub(super) fn detect(graph: &SpliceGraph, found: &mut Vec<Candidate>) {
    let mut starts_after: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for (left, right) in graph.edges() {
        starts_after.entry(left.end()).or_default().push(right.start());
    }
    for starts in starts_after.values_mut() {
        starts.sort_unstable();
        starts.dedup();
    }
    let mut seen: FxHashSet<&[ExonIndex]> = FxHashSet::default();
    for run in graph.runs() {
        for (first, &left) in run.iter().enumerate() {
            let Some(starts) = starts_after.get(&graph.exon(left).end()) else { continue };
            // Joined exons of a run ascend, so each start is found by bisection.
            let beyond = &run[first..];
            for &start in starts {
                let steps = beyond.partition_point(|&exon| graph.exon(exon).start() < start);
                if steps < 3 || beyond.get(steps).is_none_or(|&exon| graph.exon(exon).start() != start) {
                    continue;
                }
                let chain = &beyond[..=steps];
                if seen.insert(chain) {
                    let exons: Vec<_> = chain.iter().map(|&exon| graph.exon(exon)).collect();
                    let flanks = vec![exons[0], exons[steps]];
                    found.push(Candidate::new(EventKind::Mse, exons, flanks));
                }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        EventKind::Mse,
        Strand::{Forward, Reverse},
    };

    use crate::toy::found;

    #[test]
    fn two_or_more_exons_skipped_together_are_one_event() {
        let inclusion = [(0, 100), (200, 300), (400, 500), (600, 700)];
        for (strand, symbol) in [(Forward, '+'), (Reverse, '-')] {
            let events = found(Mse, Some(strand), &[&inclusion, &[(50, 100), (600, 650)]]);
            let id = format!("MSE:chr1:100-201:300-401:500-601:{symbol}");
            assert_eq!(events, [(id, inclusion.to_vec(), vec![(0, 100), (600, 700)])]);
        }
    }

    #[test]
    fn a_single_exon_and_exons_of_several_transcripts_do_not_count() {
        let skip: &[(u32, u32)] = &[(0, 100), (600, 700)];
        assert!(found(Mse, Some(Forward), &[&[(0, 100), (200, 300), (600, 700)], skip]).is_empty());
        let halves: [&[(u32, u32)]; 3] =
            [&[(0, 100), (200, 300), (400, 500)], &[(400, 500), (600, 700)], skip];
        assert!(found(Mse, Some(Forward), &halves).is_empty());
    }

    #[test]
    fn touching_exons_break_the_run() {
        let touching = [(0, 100), (200, 300), (300, 500), (600, 700)];
        assert!(found(Mse, Some(Forward), &[&touching, &[(0, 100), (600, 700)]]).is_empty());
    }

    #[test]
    fn the_longest_flanks_of_all_transcripts_are_taken() {
        let events = found(
            Mse,
            Some(Forward),
            &[
                &[(50, 100), (200, 300), (400, 500), (600, 900)],
                &[(0, 100), (200, 300), (400, 500), (600, 700)],
                &[(90, 100), (600, 610)],
            ],
        );
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].2, [(0, 100), (600, 900)]);
    }
}
