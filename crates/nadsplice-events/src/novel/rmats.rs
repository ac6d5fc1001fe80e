//! What reads add to a gene in rMATS-turbo 4.3.0: junctions between exon ends that the gene has.
//!
//! Source: `locate_novel` and `buildup_graph` of `rMATS_pipeline/rmatspipeline/rmatspipeline.pyx` (Xinglab/rmats-turbo,
//! commit d8a684f). One read of one sample is enough, whatever its overhang; there is no other filter.

use nadsplice_core::{Gene, Interval, LibraryStrandedness, ReadSense, Strand};

use crate::graph::{Additions, SpliceGraph};

/// By which genes the reads of a junction were looked at.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct RmatsSeen {
    /// In an unstranded library: genes of either strand.
    unstranded: bool,
    forward: bool,
    reverse: bool,
    /// Reads of any sense; the sum stops at the largest number.
    pub(super) reads: u32,
}

impl RmatsSeen {
    pub(super) fn add(&mut self, sense: ReadSense, reads: u32, library: LibraryStrandedness) {
        self.reads = self.reads.saturating_add(reads);
        match (library, sense) {
            (LibraryStrandedness::Unstranded, _) => self.unstranded = true,
            // The mates contradict each other: a stranded library's read without a strand is not used.
            (_, ReadSense::Inconsistent) => {}
            (LibraryStrandedness::Forward, ReadSense::Forward)
            | (LibraryStrandedness::Reverse, ReadSense::Reverse) => self.forward = true,
            _ => self.reverse = true,
        }
    }

    pub(super) fn merge(&mut self, other: Self) {
        self.unstranded |= other.unstranded;
        self.forward |= other.forward;
        self.reverse |= other.reverse;
        self.reads = self.reads.saturating_add(other.reads);
    }

    pub(super) fn by(self, strand: Option<Strand>) -> bool {
        self.unstranded
            || match strand {
                Some(Strand::Forward) => self.forward,
                Some(Strand::Reverse) => self.reverse,
                None => false,
            }
    }
}

/// What a gene's junctions that its transcripts lack add to it.
#[derive(Debug, Default)]
pub(super) struct RmatsAdditions {
    pub(super) additions: Additions,
    /// Three exons in a row.
    triads: Vec<[Interval; 3]>,
}

impl RmatsAdditions {
    /// Of the junctions `(end of the left exon, start of the right one)` that reads cross.
    pub(super) fn new(gene: &Gene, junctions: impl IntoIterator<Item = (u32, u32)>) -> Self {
        let mut added = Self::default();
        for (end, start) in junctions {
            added.add(gene, end, start);
        }
        added
    }

    /// A junction that some transcript has between neighbours adds nothing. Else every transcript that has both exons
    /// farther apart gets them joined; where none has, the gene's last exons, by start and end, with these ends are
    /// joined.
    fn add(&mut self, gene: &Gene, end: u32, start: u32) {
        let mut apart = Vec::new();
        for transcript in &gene.transcripts {
            let exons = &transcript.exons;
            let left = exons.iter().rposition(|exon| exon.end() == end);
            let right = exons.iter().rposition(|exon| exon.start() == start);
            let (Some(left), Some(right)) = (left, right) else { continue };
            if right == left + 1 {
                return;
            }
            if right > left {
                apart.push((exons, left, right));
            }
        }
        for &(exons, left, right) in &apart {
            let (from, to) = (exons[left], exons[right]);
            self.additions.edges.push((from, to));
            let before = left.checked_sub(1).and_then(|k| exons.get(k));
            self.triads.extend(before.map(|&exon| [exon, from, to]));
            self.triads.extend(exons.get(right + 1).map(|&exon| [from, to, exon]));
        }
        if apart.is_empty() {
            let exons = || gene.transcripts.iter().flat_map(|t| &t.exons).copied();
            let left = exons().filter(|exon| exon.end() == end).max();
            let right = exons().filter(|exon| exon.start() == start).max();
            self.additions.edges.extend(left.zip(right));
        }
    }

    /// Gives the triads to the graph of the gene.
    pub(super) fn extend(&self, graph: &mut SpliceGraph) {
        let run = |triad: &[Interval; 3]| triad.iter().map(|&exon| graph.index_of(exon)).collect();
        let runs = self.triads.iter().filter_map(run).collect();
        graph.add_runs(runs);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::gene;

    fn added(junction: (u32, u32)) -> RmatsAdditions {
        let gene = gene(
            Some(Strand::Forward),
            &[
                &[(0, 10), (20, 30), (40, 50), (60, 70), (80, 90)],
                &[(5, 10), (40, 55)],
                &[(22, 30), (60, 75)],
                &[(100, 110), (120, 130)],
            ],
        );
        RmatsAdditions::new(&gene, [junction])
    }

    fn interval(start: u32, end: u32) -> Interval {
        Interval::new(start, end).unwrap()
    }

    #[test]
    fn neighbours_of_any_transcript_add_nothing() {
        assert!(added((10, 40)).additions.edges.is_empty());
        assert!(added((30, 60)).additions.edges.is_empty());
    }

    #[test]
    fn exons_of_one_transcript_are_joined_with_its_neighbours() {
        let found = added((30, 80));
        assert_eq!(found.additions.edges, [(interval(20, 30), interval(80, 90))]);
        assert_eq!(found.triads, [[interval(0, 10), interval(20, 30), interval(80, 90)]]);
        let found = added((10, 60));
        assert_eq!(found.triads, [[interval(0, 10), interval(60, 70), interval(80, 90)]]);
    }

    #[test]
    fn else_the_last_exons_with_these_ends_are_joined() {
        let found = added((55, 60));
        assert_eq!(found.additions.edges, [(interval(40, 55), interval(60, 75))]);
        assert!(found.triads.is_empty());
        assert!(added((55, 61)).additions.edges.is_empty());
    }
}
