//! The splice graph of one gene: its exons, and which of them follow each other in a transcript.

use nadsplice_core::{Gene, Interval, Strand};
use rustc_hash::FxHashSet;

/// What becomes of two neighbouring exons of a transcript that touch or overlap.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum EmptyIntrons {
    /// They are not joined: no read can be spliced there.
    Dropped,
    /// They are joined like any others, as in rMATS.
    Kept,
}

/// An exon of one [`SpliceGraph`]: its position in [`SpliceGraph::exons`].
pub(crate) type ExonIndex = usize;

/// What reads add to a gene's annotation.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Additions {
    /// Exons that no transcript has.
    pub(crate) exons: Vec<Interval>,
    /// Left and right exon, annotated or added, of edges that no transcript has.
    pub(crate) edges: Vec<(Interval, Interval)>,
}

/// Distinct exons of a gene and the edges between those that follow each other in some transcript.
#[derive(Debug)]
pub(crate) struct SpliceGraph {
    /// The gene's strand.
    pub(crate) strand: Option<Strand>,
    /// Distinct exons by start, then end.
    exons: Vec<Interval>,
    /// For each exon whether a transcript has it.
    annotated: Vec<bool>,
    /// Each transcript as a chain of exons in genome order, broken nowhere.
    chains: Vec<Vec<ExonIndex>>,
    /// Runs of joined exons that no transcript has.
    added_runs: Vec<Vec<ExonIndex>>,
    /// Edges that no transcript has.
    added_edges: FxHashSet<(ExonIndex, ExonIndex)>,
    /// For each exon, those that follow it, ascending, each once.
    following: Vec<Vec<ExonIndex>>,
    /// For each exon, those that precede it, ascending, each once.
    preceding: Vec<Vec<ExonIndex>>,
    /// End of the left exon and start of the right one, of every edge.
    junctions: FxHashSet<(u32, u32)>,
    empty_introns: EmptyIntrons,
}

impl SpliceGraph {
    /// The graph of a gene.
    pub(crate) fn new(gene: &Gene, empty_introns: EmptyIntrons) -> Self {
        Self::with_additions(gene, empty_introns, &Additions::default())
    }

    /// The graph of a gene with what reads add to it.
    pub(crate) fn with_additions(gene: &Gene, empty_introns: EmptyIntrons, additions: &Additions) -> Self {
        let sorted = |mut exons: Vec<Interval>| {
            exons.sort_unstable();
            exons.dedup();
            exons
        };
        let of_transcripts = sorted(gene.transcripts.iter().flat_map(|t| t.exons.iter().copied()).collect());
        let exons = sorted([of_transcripts.as_slice(), &additions.exons].concat());
        let index = |exon: &Interval| exons.partition_point(|e| e < exon);
        let chains: Vec<Vec<ExonIndex>> =
            gene.transcripts.iter().map(|t| t.exons.iter().map(index).collect()).collect();
        let added: Vec<_> = additions.edges.iter().map(|(left, right)| (index(left), index(right))).collect();
        let mut graph = Self {
            strand: gene.strand,
            annotated: exons.iter().map(|exon| of_transcripts.binary_search(exon).is_ok()).collect(),
            following: vec![Vec::new(); exons.len()],
            preceding: vec![Vec::new(); exons.len()],
            junctions: FxHashSet::default(),
            added_runs: Vec::new(),
            added_edges: FxHashSet::default(),
            exons,
            chains,
            empty_introns,
        };
        graph.add_edges(added);
        graph
    }

    fn add_edges(&mut self, added: Vec<(ExonIndex, ExonIndex)>) {
        let mut edges: Vec<(ExonIndex, ExonIndex)> =
            self.chains.iter().flat_map(|chain| chain.windows(2).map(|pair| (pair[0], pair[1]))).collect();
        edges.retain(|&(left, right)| self.joined(left, right));
        edges.sort_unstable();
        edges.dedup();
        self.added_edges = added.into_iter().filter(|edge| edges.binary_search(edge).is_err()).collect();
        edges.extend(&self.added_edges);
        edges.sort_unstable();
        for (left, right) in edges {
            self.following[left].push(right);
            self.preceding[right].push(left);
            self.junctions.insert((self.exon(left).end(), self.exon(right).start()));
        }
    }

    /// Whether two neighbours of a chain make an edge.
    fn joined(&self, left: ExonIndex, right: ExonIndex) -> bool {
        match self.empty_introns {
            EmptyIntrons::Dropped => self.exon(left).end() < self.exon(right).start(),
            EmptyIntrons::Kept => left != right,
        }
    }

    /// The exon at an index of this graph.
    pub(crate) fn exon(&self, index: ExonIndex) -> Interval {
        self.exons[index]
    }

    /// Distinct exons by start, then end.
    pub(crate) fn exons(&self) -> &[Interval] {
        &self.exons
    }

    /// Whether exactly this exon is in some transcript.
    pub(crate) fn has_exon(&self, exon: Interval) -> bool {
        self.exons.binary_search(&exon).is_ok_and(|index| self.annotated[index])
    }

    /// The index of an exon that is in the graph.
    pub(crate) fn index_of(&self, exon: Interval) -> Option<ExonIndex> {
        self.exons.binary_search(&exon).ok()
    }

    /// Whether the edge between two joined exons is in no transcript.
    pub(crate) fn is_added(&self, left: ExonIndex, right: ExonIndex) -> bool {
        self.added_edges.contains(&(left, right))
    }

    /// Adds runs of joined exons that no transcript has.
    pub(crate) fn add_runs(&mut self, runs: Vec<Vec<ExonIndex>>) {
        self.added_runs.extend(runs);
    }

    /// Whether some edge joins an exon that ends at `end` with an exon that starts at `start`, both 0-based.
    pub(crate) fn has_junction(&self, end: u32, start: u32) -> bool {
        self.junctions.contains(&(end, start))
    }

    /// End of the left exon and start of the right one, of every edge; ascending.
    pub(crate) fn sorted_junctions(&self) -> Vec<(u32, u32)> {
        let mut junctions: Vec<(u32, u32)> = self.junctions.iter().copied().collect();
        junctions.sort_unstable();
        junctions
    }

    /// The same of every edge that no transcript has.
    pub(crate) fn added_junctions(&self) -> Vec<(u32, u32)> {
        let ends =
            |&(left, right): &(ExonIndex, ExonIndex)| (self.exon(left).end(), self.exon(right).start());
        let mut junctions: Vec<(u32, u32)> = self.added_edges.iter().map(ends).collect();
        junctions.sort_unstable();
        junctions.dedup();
        junctions
    }

    /// All edges, left exon and right exon, ascending.
    pub(crate) fn edges(&self) -> impl Iterator<Item = (Interval, Interval)> + '_ {
        self.exons
            .iter()
            .zip(&self.following)
            .flat_map(move |(&left, following)| following.iter().map(move |&right| (left, self.exon(right))))
    }

    /// The exons that follow the one at `index`, by start, then end.
    pub(crate) fn following(&self, index: ExonIndex) -> impl Iterator<Item = Interval> + '_ {
        self.following[index].iter().map(|&i| self.exon(i))
    }

    /// Indices of the exons that follow the one at `index`, ascending.
    pub(crate) fn following_indices(&self, index: ExonIndex) -> &[ExonIndex] {
        &self.following[index]
    }

    /// The exons that precede the one at `index`, by start, then end.
    pub(crate) fn preceding(&self, index: ExonIndex) -> impl Iterator<Item = Interval> + '_ {
        self.preceding[index].iter().map(|&i| self.exon(i))
    }

    /// The transcripts and added chains as runs of joined exons, in genome order; a transcript breaks where two
    /// neighbours are not joined.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &[ExonIndex]> + '_ {
        self.annotated_runs().chain(self.added_runs.iter().map(Vec::as_slice))
    }

    /// The runs of the transcripts alone.
    pub(crate) fn annotated_runs(&self) -> impl Iterator<Item = &[ExonIndex]> + '_ {
        self.chains.iter().flat_map(|chain| chain.chunk_by(|&left, &right| self.joined(left, right)))
    }

    /// The leftmost exon of every transcript in which it is joined to the next one, with that one, and with every
    /// exon to which only reads join it.
    pub(crate) fn left_ends(&self) -> impl Iterator<Item = (Interval, Interval)> + '_ {
        let annotated = self.chains.iter().filter_map(|chain| match chain[..] {
            [first, second, ..] if self.joined(first, second) => Some((first, second)),
            _ => None,
        });
        let firsts = self.chains.iter().filter(|chain| chain.len() > 1).filter_map(|chain| chain.first());
        let added = firsts.flat_map(|&first| {
            let seconds = self.following[first].iter().map(move |&second| (first, second));
            seconds.filter(|&(first, second)| self.is_added(first, second))
        });
        annotated.chain(added).map(|(first, second)| (self.exon(first), self.exon(second)))
    }

    /// The rightmost exon of every transcript in which it is joined to the one before, after that one, and after
    /// every exon to which only reads join it.
    pub(crate) fn right_ends(&self) -> impl Iterator<Item = (Interval, Interval)> + '_ {
        let annotated = self.chains.iter().filter_map(|chain| match chain[..] {
            [.., second, last] if self.joined(second, last) => Some((second, last)),
            _ => None,
        });
        let lasts = self.chains.iter().filter(|chain| chain.len() > 1).filter_map(|chain| chain.last());
        let added = lasts.flat_map(|&last| {
            let seconds = self.preceding[last].iter().map(move |&second| (second, last));
            seconds.filter(|&(second, last)| self.is_added(second, last))
        });
        annotated.chain(added).map(|(second, last)| (self.exon(second), self.exon(last)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::gene;

    #[test]
    fn edges_come_from_neighbours_in_transcripts() {
        let gene = gene(Some(Strand::Forward), &[&[(0, 10), (20, 30), (40, 50)], &[(5, 10), (40, 50)]]);
        let graph = SpliceGraph::new(&gene, EmptyIntrons::Dropped);
        assert_eq!(graph.exons().len(), 4);
        assert_eq!(graph.edges().count(), 3);
        assert!(graph.has_junction(10, 40) && graph.has_junction(10, 20));
        assert!(!graph.has_junction(30, 20));
        let last = graph.exons().len() - 1;
        assert_eq!(graph.preceding(last).count(), 2);
        assert_eq!(graph.following(last).count(), 0);
    }

    #[test]
    fn touching_exons_are_joined_only_when_empty_introns_are_kept() {
        let gene = gene(None, &[&[(0, 10), (10, 30), (40, 50)]]);
        let dropped = SpliceGraph::new(&gene, EmptyIntrons::Dropped);
        assert_eq!(dropped.edges().count(), 1);
        assert_eq!(dropped.runs().map(<[_]>::len).collect::<Vec<_>>(), [1, 2]);
        assert_eq!(dropped.left_ends().count(), 0);
        assert_eq!(dropped.right_ends().count(), 1);
        let kept = SpliceGraph::new(&gene, EmptyIntrons::Kept);
        assert_eq!(kept.edges().count(), 2);
        assert!(kept.has_junction(10, 10));
        assert_eq!(kept.runs().count(), 1);
    }
}
