//! Gene models.

use crate::{ContigId, Contigs, Interval, Strand};

/// A gene of one [`Annotation`]: its position in [`Annotation::genes`].
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct GeneId(pub u32);

impl GeneId {
    /// The position in [`Annotation::genes`].
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// One transcript of a gene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Transcript {
    /// `transcript_id` as the annotation has it.
    pub id: String,
    /// Exons in genome order, 0-based; at least one. They may touch or overlap where the annotation has them so.
    pub exons: Vec<Interval>,
    /// Coding segments in genome order, 0-based, as the annotation has them; empty when it has none.
    pub cds: Vec<Interval>,
}

impl Transcript {
    /// From the first base of the first exon to the last base of the last.
    pub fn span(&self) -> Option<Interval> {
        let start = self.exons.iter().map(|e| e.start()).min()?;
        let end = self.exons.iter().map(|e| e.end()).max()?;
        Interval::new(start, end)
    }

    /// Introns in genome order; touching and overlapping exons have none between them.
    pub fn introns(&self) -> impl Iterator<Item = Interval> + '_ {
        self.exons.windows(2).filter_map(|pair| Interval::new(pair[0].end(), pair[1].start()))
    }
}

/// A gene on one contig.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gene {
    /// `gene_id` as the annotation has it.
    pub id: String,
    /// `gene_name` where the annotation has one.
    pub name: Option<String>,
    /// The contig.
    pub contig: ContigId,
    /// The strand; `None` where the annotation has `.`.
    pub strand: Option<Strand>,
    /// Transcripts in the order of their first exon row.
    pub transcripts: Vec<Transcript>,
}

impl Gene {
    /// From the first base of the first exon to the last base of the last.
    pub fn span(&self) -> Option<Interval> {
        let start = self.transcripts.iter().filter_map(|t| t.span().map(Interval::start)).min()?;
        let end = self.transcripts.iter().filter_map(|t| t.span().map(Interval::end)).max()?;
        Interval::new(start, end)
    }

    /// The name to show: `gene_name`, else `gene_id`.
    pub fn label(&self) -> &str {
        self.name.as_deref().unwrap_or(&self.id)
    }
}

/// Gene models of one annotation file.
#[derive(Clone, Debug, Default)]
pub struct Annotation {
    /// Contigs in the order in which the file first names them.
    pub contigs: Contigs,
    /// Genes in the order of their first exon row.
    pub genes: Vec<Gene>,
}

impl Annotation {
    /// A gene by its id.
    pub fn gene(&self, id: GeneId) -> &Gene {
        &self.genes[id.index()]
    }

    /// All genes with their ids.
    pub fn genes(&self) -> impl Iterator<Item = (GeneId, &Gene)> {
        (0u32..).map(GeneId).zip(&self.genes)
    }

    /// For each contig, all starts and ends of its exons, sorted, each once (0-based: an end is the first base
    /// after the exon). They cut the contig into segments within which the annotation does not change.
    pub fn exon_boundaries(&self) -> Vec<Vec<u32>> {
        let mut cuts = vec![Vec::new(); self.contigs.len()];
        for gene in &self.genes {
            for exon in gene.transcripts.iter().flat_map(|t| &t.exons) {
                cuts[gene.contig.index()].extend([exon.start(), exon.end()]);
            }
        }
        for contig in &mut cuts {
            contig.sort_unstable();
            contig.dedup();
        }
        cuts
    }

    /// For each contig, all introns of its transcripts, sorted, each once.
    pub fn introns(&self) -> Vec<Vec<Interval>> {
        let mut introns = vec![Vec::new(); self.contigs.len()];
        for gene in &self.genes {
            introns[gene.contig.index()].extend(gene.transcripts.iter().flat_map(Transcript::introns));
        }
        for contig in &mut introns {
            contig.sort_unstable();
            contig.dedup();
        }
        introns
    }
}
