//! Chains of exons that no transcript has, for the kinds of events that need a chain: MXE and MSE.

use std::cmp::Reverse;

use nadsplice_core::Strand;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::graph::{ExonIndex, SpliceGraph};

/// Chains over one junction beyond which a gene is too tangled for binary events there; the clusters still have its
/// junctions.
const MAX_CHAINS: usize = 1000;
/// Exons that the search for chains over one junction may enter.
const MAX_STEPS: usize = 20_000;

/// Chains with at least one edge that no transcript has: every three exons in a row, and chains of two or more exons
/// that some junction skips. `seen` gives the fragments over a junction, given by the end of the left exon and the
/// start of the right one, where there are enough; the skipping junction must be seen too.
///
/// Two edges follow each other where one of them is added or a transcript has both in a row, so that annotated exons
/// are not strung together in new ways for free. Of the chains over one junction each added edge has one, the one
/// whose weakest junction is strongest: alternative sites along a chain multiply, and each has an event of its own.
pub(super) fn added_runs(graph: &SpliceGraph, seen: impl Fn(u32, u32) -> Option<u32>) -> Vec<Vec<ExonIndex>> {
    let search = Search::new(graph, &seen);
    let mut runs = search.triads();
    runs.extend(search.skipped_chains(&seen));
    runs
}

struct Search<'a> {
    graph: &'a SpliceGraph,
    annotated: FxHashSet<[ExonIndex; 3]>,
    /// For each exon, those that follow it over a junction that is seen.
    following: Vec<Vec<ExonIndex>>,
    /// Fragments over the edges of `following`.
    fragments: FxHashMap<(ExonIndex, ExonIndex), u32>,
}

impl<'a> Search<'a> {
    fn new(graph: &'a SpliceGraph, seen: &impl Fn(u32, u32) -> Option<u32>) -> Self {
        let triads = graph.annotated_runs().flat_map(|run| run.windows(3)).map(|t| [t[0], t[1], t[2]]);
        let mut following = vec![Vec::new(); graph.exons().len()];
        let mut fragments = FxHashMap::default();
        for (left, exons) in following.iter_mut().enumerate() {
            for &right in graph.following_indices(left) {
                if let Some(count) = seen(graph.exon(left).end(), graph.exon(right).start()) {
                    exons.push(right);
                    fragments.insert((left, right), count);
                }
            }
        }
        Self { graph, annotated: triads.collect(), following, fragments }
    }

    fn allowed(&self, left: ExonIndex, middle: ExonIndex, right: ExonIndex) -> bool {
        self.graph.is_added(left, middle)
            || self.graph.is_added(middle, right)
            || self.annotated.contains(&[left, middle, right])
    }

    /// Three exons in a row with an added edge.
    fn triads(&self) -> Vec<Vec<ExonIndex>> {
        let mut triads = Vec::new();
        for (left, middles) in self.following.iter().enumerate() {
            for &middle in middles {
                for &right in &self.following[middle] {
                    if self.graph.is_added(left, middle) || self.graph.is_added(middle, right) {
                        triads.push(vec![left, middle, right]);
                    }
                }
            }
        }
        triads
    }

    /// Four or more exons in a row with an added edge, the first and the last of which some edge joins.
    fn skipped_chains(&self, seen: &impl Fn(u32, u32) -> Option<u32>) -> Vec<Vec<ExonIndex>> {
        let added = self.graph.added_junctions();
        let mut chains = Vec::new();
        for (end, start) in self.graph.sorted_junctions() {
            // An added edge must lie within the skipping one.
            let from = added.partition_point(|&(e, _)| e < end);
            let mut within = added[from..].iter().take_while(|&&(e, _)| e < start);
            let inside = within.any(|&(e, s)| s <= start && (e, s) != (end, start));
            if !inside || seen(end, start).is_none() {
                continue;
            }
            let reaching = self.reaching(end, start);
            let mut over = Over { search: self, start, reaching, steps: 0, found: Vec::new() };
            let mut lefts = (0..self.graph.exons().len()).filter(|&left| self.graph.exon(left).end() == end);
            if lefts.all(|left| over.extend(&mut vec![left], false)) {
                chains.extend(self.strongest(over.found));
            }
        }
        chains
    }

    /// Of all chains over one junction the strongest for each added junction. Chains that differ in far ends only are
    /// one event and stay together.
    fn strongest(&self, chains: Vec<Vec<ExonIndex>>) -> Vec<Vec<ExonIndex>> {
        let mut best: FxHashMap<(u32, u32), Rank> = FxHashMap::default();
        for chain in &chains {
            let rank = self.rank(chain);
            for junction in self.added_in(chain) {
                let known = best.entry(junction).or_insert_with(|| rank.clone());
                if *known < rank {
                    known.clone_from(&rank);
                }
            }
        }
        let is_best = |chain: &Vec<ExonIndex>| {
            let rank = self.rank(chain);
            self.added_in(chain).any(|junction| best.get(&junction) == Some(&rank))
        };
        chains.into_iter().filter(is_best).collect()
    }

    /// Junctions of the added edges of a chain.
    fn added_in<'b>(&'b self, chain: &'b [ExonIndex]) -> impl Iterator<Item = (u32, u32)> + 'b {
        let added = chain.windows(2).filter(|pair| self.graph.is_added(pair[0], pair[1]));
        added.map(|pair| (self.graph.exon(pair[0]).end(), self.graph.exon(pair[1]).start()))
    }

    fn rank(&self, chain: &[ExonIndex]) -> Rank {
        let fragments = || chain.windows(2).filter_map(|pair| self.fragments.get(&(pair[0], pair[1])));
        let sites = chain
            .windows(2)
            .flat_map(|pair| [self.graph.exon(pair[0]).end(), self.graph.exon(pair[1]).start()]);
        // From upstream to downstream, so that a gene and its mirror image rank alike.
        let sites: Vec<u32> = match self.graph.strand {
            Some(Strand::Reverse) => sites.rev().map(|site| u32::MAX - site).collect(),
            Some(Strand::Forward) | None => sites.collect(),
        };
        Rank {
            weakest: fragments().min().copied().unwrap_or(0),
            total: fragments().map(|&count| u64::from(count)).sum(),
            sites: Reverse(sites),
        }
    }

    /// For each exon between two sites whether a chain leads from it to an exon that begins at `start`.
    fn reaching(&self, end: u32, start: u32) -> FxHashSet<ExonIndex> {
        let mut reaching = FxHashSet::default();
        let exons = self.graph.exons();
        let first = exons.partition_point(|exon| exon.start() <= end);
        let last = exons.partition_point(|exon| exon.start() <= start);
        // Whatever follows an exon stands after it, so one pass from the right is enough.
        for index in (first..last).rev() {
            let is_goal = exons[index].start() == start;
            let leads = || self.following[index].iter().any(|next| reaching.contains(next));
            if is_goal || leads() {
                reaching.insert(index);
            }
        }
        reaching
    }
}

/// How strong a chain is; its sites only make the order complete.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord)]
struct Rank {
    weakest: u32,
    total: u64,
    sites: Reverse<Vec<u32>>,
}

/// The chains over one junction.
struct Over<'a> {
    search: &'a Search<'a>,
    /// Where the exon behind the skipped ones begins.
    start: u32,
    reaching: FxHashSet<ExonIndex>,
    steps: usize,
    found: Vec<Vec<ExonIndex>>,
}

impl Over<'_> {
    /// Follows every way on from a chain; `false` when there are too many.
    fn extend(&mut self, chain: &mut Vec<ExonIndex>, has_added: bool) -> bool {
        let search = self.search;
        let Some(&last) = chain.last() else { return true };
        for &next in &search.following[last] {
            if !self.reaching.contains(&next) {
                continue;
            }
            if let Some(&before) = chain.len().checked_sub(2).and_then(|k| chain.get(k))
                && !search.allowed(before, last, next)
            {
                continue;
            }
            let has_added = has_added || search.graph.is_added(last, next);
            let ends = search.graph.exon(next).start() == self.start;
            if ends && (chain.len() < 3 || !has_added) {
                continue;
            }
            self.steps += 1;
            chain.push(next);
            let fits = if ends {
                self.found.push(chain.clone());
                self.found.len() <= MAX_CHAINS
            } else {
                self.extend(chain, has_added)
            };
            chain.pop();
            if !fits || self.steps > MAX_STEPS {
                return false;
            }
        }
        true
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::Interval;

    use super::*;
    use crate::{
        graph::{Additions, EmptyIntrons},
        toy::{Exons, gene},
    };

    /// Exons 10 bases long at these places.
    fn at(starts: &[u32]) -> Vec<(u32, u32)> {
        starts.iter().map(|&start| (start, start + 10)).collect()
    }

    /// Starts of the exons of each added run of four or more, with added edges between exons that start there.
    fn chains(
        transcripts: &[&[u32]],
        added: &[(u32, u32)],
        seen: impl Fn(u32, u32) -> Option<u32>,
    ) -> Vec<Vec<u32>> {
        let transcripts: Vec<Vec<(u32, u32)>> = transcripts.iter().map(|starts| at(starts)).collect();
        let transcripts: Vec<Exons<'_>> = transcripts.iter().map(Vec::as_slice).collect();
        let gene = gene(Some(Strand::Forward), &transcripts);
        let exon = |start: u32| Interval::new(start, start + 10).unwrap();
        let edges: Vec<_> = added.iter().map(|&(left, right)| (exon(left), exon(right))).collect();
        let exons = edges.iter().flat_map(|&(left, right)| [left, right]).collect();
        let graph = SpliceGraph::with_additions(&gene, EmptyIntrons::Dropped, &Additions { exons, edges });
        let runs = added_runs(&graph, |end, start| seen(end - 10, start));
        let starts = |run: &Vec<ExonIndex>| run.iter().map(|&k| graph.exon(k).start()).collect();
        runs.iter().filter(|run| run.len() > 3).map(starts).collect()
    }

    #[test]
    fn a_chain_needs_an_added_edge_and_a_seen_skip() {
        let model: &[&[u32]] = &[&[0, 100, 200, 400], &[0, 400]];
        let added = &[(200, 300), (300, 400)];
        assert_eq!(chains(model, added, |_, _| Some(10)), [[0, 100, 200, 300, 400]]);
        assert_eq!(chains(model, &[], |_, _| Some(10)), Vec::<Vec<u32>>::new());
        let unseen = |left, right| ((left, right) != (0, 400)).then_some(10);
        assert_eq!(chains(model, added, unseen), Vec::<Vec<u32>>::new());
        let unseen = |left, right| ((left, right) != (100, 200)).then_some(10);
        assert_eq!(chains(model, added, unseen), Vec::<Vec<u32>>::new());
    }

    #[test]
    fn annotated_exons_are_not_strung_together_in_new_ways() {
        // No transcript has 100, 200, 300 in a row.
        let model: &[&[u32]] = &[&[0, 100, 200, 500], &[0, 200, 300, 500], &[0, 500]];
        let found = chains(model, &[(300, 400), (400, 500)], |_, _| Some(10));
        assert_eq!(found, [vec![0, 200, 300, 400, 500], vec![200, 300, 400, 500]]);
    }

    #[test]
    fn each_added_junction_has_its_strongest_chain() {
        // Two exons after 0, and two added ones before 500.
        let model: &[&[u32]] = &[&[0, 100, 300, 500], &[0, 200, 300, 500], &[0, 500]];
        let added = &[(300, 400), (400, 500), (300, 420), (420, 500)];
        let found = chains(model, added, |left, _| Some(if left == 100 { 50 } else { 20 }));
        // All are as weak as their weakest edge, so the total decides.
        assert_eq!(found, [[0, 100, 300, 400, 500], [0, 100, 300, 420, 500]]);
        let found = chains(model, added, |left, _| Some(if left == 100 { 10 } else { 20 }));
        assert_eq!(found, [[0, 200, 300, 400, 500], [0, 200, 300, 420, 500]]);
    }

    #[test]
    fn too_many_chains_are_none() {
        let mut model: Vec<Vec<u32>> = vec![vec![0, 20_000], vec![0, 100]];
        let mut added = Vec::new();
        // Eleven stages of two exons, all joined: 2,048 chains.
        for stage in 0..10 {
            for (left, right) in [(0, 0), (0, 20), (20, 0), (20, 20)] {
                added.push((100 + stage * 100 + left, 200 + stage * 100 + right));
            }
        }
        added.extend([(1100, 20_000), (1120, 20_000)]);
        model.push(vec![0, 120]);
        let model: Vec<&[u32]> = model.iter().map(Vec::as_slice).collect();
        assert_eq!(chains(&model, &added, |_, _| Some(10)), Vec::<Vec<u32>>::new());
        let one_exon_each =
            |&(left, right): &(u32, u32)| ![520, 720].contains(&left) && ![520, 720].contains(&right);
        let fewer: Vec<_> = added.into_iter().filter(one_exon_each).collect();
        assert!(!chains(&model, &fewer, |_, _| Some(10)).is_empty());
    }
}
