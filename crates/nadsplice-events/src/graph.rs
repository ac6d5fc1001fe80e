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

/// Distinct exons of a gene and the edges between those that follow each other in some transcript.
#[derive(Debug)]
pub(crate) struct SpliceGraph {
    /// The gene's strand.
    pub(crate) strand: Option<Strand>,
    /// Distinct exons by start, then end.
    exons: Vec<Interval>,
    /// Each transcript as a chain of exons in genome order, broken nowhere.
    chains: Vec<Vec<ExonIndex>>,
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
        let mut exons: Vec<Interval> =
            gene.transcripts.iter().flat_map(|t| t.exons.iter().copied()).collect();
        exons.sort_unstable();
        exons.dedup();
        let index = |exon: &Interval| exons.partition_point(|e| e < exon);
        let chains: Vec<Vec<ExonIndex>> =
            gene.transcripts.iter().map(|t| t.exons.iter().map(index).collect()).collect();
        let mut graph = Self {
            strand: gene.strand,
            following: vec![Vec::new(); exons.len()],
            preceding: vec![Vec::new(); exons.len()],
            junctions: FxHashSet::default(),
            exons,
            chains,
            empty_introns,
        };
        graph.add_edges();
        graph
    }

    fn add_edges(&mut self) {
        let mut edges: Vec<(ExonIndex, ExonIndex)> =
            self.chains.iter().flat_map(|chain| chain.windows(2).map(|pair| (pair[0], pair[1]))).collect();
        edges.retain(|&(left, right)| self.joined(left, right));
        edges.sort_unstable();
        edges.dedup();
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
        self.exons.binary_search(&exon).is_ok()
    }

    /// Whether some edge joins an exon that ends at `end` with an exon that starts at `start`, both 0-based.
    pub(crate) fn has_junction(&self, end: u32, start: u32) -> bool {
        self.junctions.contains(&(end, start))
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

    /// The exons that precede the one at `index`, by start, then end.
    pub(crate) fn preceding(&self, index: ExonIndex) -> impl Iterator<Item = Interval> + '_ {
        self.preceding[index].iter().map(|&i| self.exon(i))
    }

    /// The transcripts as runs of joined exons, in genome order; a transcript breaks where two neighbours are
    /// not joined.
    pub(crate) fn runs(&self) -> impl Iterator<Item = &[ExonIndex]> + '_ {
        self.chains.iter().flat_map(|chain| chain.chunk_by(|&left, &right| self.joined(left, right)))
    }

    /// The two leftmost exons of every transcript in which they are joined.
    pub(crate) fn left_ends(&self) -> impl Iterator<Item = (Interval, Interval)> + '_ {
        self.chains.iter().filter_map(|chain| match chain[..] {
            [first, second, ..] if self.joined(first, second) => Some((self.exon(first), self.exon(second))),
            _ => None,
        })
    }

    /// The two rightmost exons of every transcript in which they are joined.
    pub(crate) fn right_ends(&self) -> impl Iterator<Item = (Interval, Interval)> + '_ {
        self.chains.iter().filter_map(|chain| match chain[..] {
            [.., second, last] if self.joined(second, last) => Some((self.exon(second), self.exon(last))),
            _ => None,
        })
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
