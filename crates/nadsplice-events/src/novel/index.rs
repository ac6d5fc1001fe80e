//! The annotation as novelty sees it: sites, introns and exons by place.

use nadsplice_core::{Annotation, ContigId, Gene, GeneId, Interval, Junction, Strand};
use rayon::prelude::*;

use crate::junctions::{GeneSites, common_strand};

/// Look-ups that all samples of a cohort share.
#[derive(Debug)]
pub(super) struct SiteIndex<'a> {
    pub(super) annotation: &'a Annotation,
    pub(super) sites: GeneSites,
    /// For each contig its annotated introns, sorted, each once.
    pub(super) introns: Vec<Vec<Interval>>,
    contigs: Vec<ContigExons>,
}

/// The exons of one contig.
#[derive(Debug, Default)]
struct ContigExons {
    /// By start, then end.
    exons: Vec<(Interval, GeneId)>,
    /// For each exon the largest end up to it.
    reach: Vec<u32>,
    /// Distinct ends, sorted.
    ends: Vec<u32>,
}

impl<'a> SiteIndex<'a> {
    pub(super) fn new(annotation: &'a Annotation) -> Self {
        let ((introns, contigs), sites) = rayon::join(
            || rayon::join(|| annotation.introns(), || ContigExons::of(annotation)),
            || GeneSites::new(annotation),
        );
        Self { annotation, sites, introns, contigs }
    }

    /// Annotated exons that share a base with the interval, each once a gene.
    pub(super) fn exons_over(
        &self,
        contig: ContigId,
        interval: Interval,
    ) -> impl Iterator<Item = (Interval, GeneId)> + '_ {
        let contig = &self.contigs[contig.index()];
        let upto = contig.exons.partition_point(|(exon, _)| exon.start() < interval.end());
        (0..upto)
            .rev()
            .take_while(move |&k| contig.reach[k] > interval.start())
            .map(|k| contig.exons[k])
            .filter(move |(exon, _)| exon.overlaps(interval))
    }

    /// Starts of annotated exons after a 0-based position, at most `within` bases on; ascending, each once.
    pub(super) fn starts_after(
        &self,
        contig: ContigId,
        position: u32,
        within: u32,
    ) -> impl Iterator<Item = u32> + '_ {
        let exons = &self.contigs[contig.index()].exons;
        let from = exons.partition_point(|(exon, _)| exon.start() <= position);
        let last = position.saturating_add(within);
        let near = exons[from..].iter().map(|(exon, _)| exon.start()).take_while(move |&start| start <= last);
        let mut previous = None;
        near.filter(move |&start| previous.replace(start) != Some(start))
    }

    /// Ends of annotated exons before a 0-based position, at most `within` bases back; ascending, each once.
    pub(super) fn ends_before(&self, contig: ContigId, position: u32, within: u32) -> &[u32] {
        let ends = &self.contigs[contig.index()].ends;
        let from = ends.partition_point(|&end| end < position.saturating_sub(within));
        let to = ends.partition_point(|&end| end < position);
        &ends[from..to]
    }

    /// Whether a transcript of the annotation has the intron.
    pub(super) fn is_annotated(&self, junction: Junction) -> bool {
        self.sites.of_intron(junction).is_some()
    }

    /// Genes that have the intron; where none has, genes with both of its sites, else with one.
    pub(super) fn genes_of(&self, junction: Junction) -> Vec<GeneId> {
        let introns = self.sites.of_intron(junction);
        introns.map_or_else(|| self.sites.of_sites(junction), <[GeneId]>::to_vec)
    }

    /// The strand that all of these genes have.
    pub(super) fn strand_of(&self, genes: &[GeneId]) -> Option<Strand> {
        common_strand(genes, self.annotation)
    }

    pub(super) fn gene(&self, id: GeneId) -> &'a Gene {
        self.annotation.gene(id)
    }
}

impl ContigExons {
    /// Those of each contig.
    fn of(annotation: &Annotation) -> Vec<Self> {
        let mut contigs: Vec<Self> = Vec::new();
        contigs.resize_with(annotation.contigs.len(), Self::default);
        for (id, gene) in annotation.genes() {
            let exons = gene.transcripts.iter().flat_map(|t| &t.exons);
            contigs[gene.contig.index()].exons.extend(exons.map(|&exon| (exon, id)));
        }
        contigs.par_iter_mut().for_each(Self::index);
        contigs
    }

    fn index(&mut self) {
        self.exons.sort_unstable();
        self.exons.dedup();
        let mut farthest = 0;
        self.reach = self
            .exons
            .iter()
            .map(|(exon, _)| {
                farthest = farthest.max(exon.end());
                farthest
            })
            .collect();
        self.ends = self.exons.iter().map(|(exon, _)| exon.end()).collect();
        self.ends.sort_unstable();
        self.ends.dedup();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::toy::{annotation, gene};

    #[test]
    fn exons_and_their_ends_are_found_by_place() {
        let annotation = annotation(vec![gene(
            Some(Strand::Forward),
            &[&[(0, 1000)], &[(100, 200), (300, 400), (500, 600)], &[(300, 450), (500, 600)]],
        )]);
        let index = SiteIndex::new(&annotation);
        let contig = ContigId(0);
        let over = |start, end| -> Vec<(u32, u32)> {
            let found = index.exons_over(contig, Interval::new(start, end).unwrap());
            found.map(|(exon, _)| (exon.start(), exon.end())).collect()
        };
        assert_eq!(over(420, 430), [(300, 450), (0, 1000)]);
        assert_eq!(over(1000, 1001), []);
        assert_eq!(index.starts_after(contig, 100, 400).collect::<Vec<_>>(), [300, 500]);
        assert_eq!(index.starts_after(contig, 100, 399).collect::<Vec<_>>(), [300]);
        assert_eq!(index.ends_before(contig, 450, 250), [200, 400]);
    }
}
