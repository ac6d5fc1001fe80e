//! The annotation as counting sees it: segments between exon boundaries, the genes of each, known introns.

use nadsplice_core::{Annotation, ContigId, Gene, GeneId, Interval, Strand};
use rustc_hash::FxHashMap;

use crate::parallel;

/// Bases per bucket of the boundary look-up, as a power of two: a walk from a bucket's first boundary meets only
/// a handful, and a whole human genome takes 24 MB.
const BUCKET_BITS: u32 = 9;

/// A run of a contig that holds no intron and only exon, long enough to measure fragments in.
const MIN_UNINTERRUPTED: u32 = 500;

/// Everything that counting needs to know of an annotation, made once and shared by all samples.
#[derive(Debug)]
pub struct AnnotationIndex {
    contigs: Vec<ContigIndex>,
    names: Vec<String>,
    gene_strands: Vec<Option<Strand>>,
    content_hash: [u8; 32],
}

/// Sorted exon boundaries of a contig. Segment `k` is what lies between boundary `k - 1` and boundary `k`.
#[derive(Debug, Default)]
pub(crate) struct ContigIndex {
    cuts: Vec<u32>,
    buckets: Vec<u32>,
    /// Genes with an exon over segment `k`: `genes[gene_offsets[k]..gene_offsets[k + 1]]`.
    gene_offsets: Vec<u32>,
    genes: Vec<u32>,
    /// For segment `k` twice the class of its genes, plus 1 where it lies between the ends of a gene.
    marks: Vec<u32>,
    /// What a fragment counts for whose exons are all of one class. Class 0 is segments without an exon.
    classes: Vec<GeneHits>,
    /// The uninterrupted stretch that holds segment `k`, from 1; 0 for none.
    stretches: Vec<u32>,
    introns: FxHashMap<u64, Option<Strand>>,
    /// Disjoint, sorted.
    uninterrupted: Vec<Interval>,
}

/// The one gene that a fragment over an exon of certain genes counts for: of all of them, of those on the forward and
/// of those on the reverse strand.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct GeneHits {
    pub(crate) any: Option<u32>,
    pub(crate) forward: Option<u32>,
    pub(crate) reverse: Option<u32>,
}

/// What the segments of some blocks have in common.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Touched {
    /// No exon; whether all of it lies between the ends of a gene.
    NoExon { within_gene: bool },
    /// Exons of one class of genes.
    Class(u32),
    /// Exons of several classes.
    Classes,
}

/// An intron that the annotation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct KnownIntron {
    /// The strand, where the annotation has it on one only.
    pub(crate) strand: Option<Strand>,
}

/// Start and end of an intron in one number.
pub(crate) fn intron_key(start: u32, end: u32) -> u64 {
    (u64::from(start) << 32) | u64::from(end)
}

impl AnnotationIndex {
    /// Indexes an annotation; `content_hash` identifies its file in counts files.
    pub fn new(annotation: &Annotation, content_hash: [u8; 32], threads: usize) -> Self {
        let mut genes: Vec<Vec<(GeneId, &Gene)>> = vec![Vec::new(); annotation.contigs.len()];
        for (id, gene) in annotation.genes() {
            genes[gene.contig.index()].push((id, gene));
        }
        let mut index = Self {
            contigs: Vec::new(),
            names: annotation.contigs.names().to_vec(),
            gene_strands: annotation.genes.iter().map(|g| g.strand).collect(),
            content_hash,
        };
        let contigs =
            parallel::map(genes, threads, |genes| ContigIndex::new(&genes, |genes| index.hits(genes)));
        index.contigs = contigs;
        index
    }

    pub(crate) fn contig(&self, id: ContigId) -> &ContigIndex {
        &self.contigs[id.index()]
    }

    pub(crate) fn contig_names(&self) -> &[String] {
        &self.names
    }

    /// What a fragment over exons of these genes, each named once, counts for.
    pub(crate) fn hits(&self, genes: &[u32]) -> GeneHits {
        let on = |wanted: Strand| {
            only(
                genes
                    .iter()
                    .copied()
                    .filter(|&gene| self.gene_strands[gene as usize].is_none_or(|s| s == wanted)),
            )
        };
        GeneHits {
            any: only(genes.iter().copied()),
            forward: on(Strand::Forward),
            reverse: on(Strand::Reverse),
        }
    }

    pub(crate) fn gene_count(&self) -> usize {
        self.gene_strands.len()
    }

    pub(crate) fn content_hash(&self) -> [u8; 32] {
        self.content_hash
    }

    /// The last exonic base of a contig plus one, or 0 when it has no exon.
    pub fn annotated_end(&self, contig: ContigId) -> u32 {
        self.contigs[contig.index()].cuts.last().copied().unwrap_or(0)
    }
}

impl ContigIndex {
    /// Of the genes of one contig; `hits` tells what a fragment over exons of some of them counts for.
    fn new(genes: &[(GeneId, &Gene)], hits: impl Fn(&[u32]) -> GeneHits) -> Self {
        // Most exons and introns are those of several transcripts: copies go gene by gene. Genes come nearly in order,
        // which a sort that looks for runs makes use of.
        let mut exons: Vec<(Interval, u32)> = Vec::new();
        let mut introns: Vec<(Interval, Option<Strand>)> = Vec::new();
        for (id, gene) in genes {
            let of_gene = gene.transcripts.iter().flat_map(|t| &t.exons);
            extend_distinct(&mut exons, of_gene.map(|&exon| (exon, id.0)));
            let of_gene = gene.transcripts.iter().flat_map(nadsplice_core::Transcript::introns);
            extend_distinct(&mut introns, of_gene.map(|intron| (intron, gene.strand)));
        }
        exons.sort();
        introns.sort_by_key(|&(intron, _)| intron);
        let mut cuts: Vec<u32> = exons.iter().map(|(exon, _)| exon.start()).collect();
        cuts.extend(exons.iter().map(|(exon, _)| exon.end()));
        #[allow(clippy::stable_sort_primitive, reason = "it merges what is two sorted halves, or nearly")]
        cuts.sort();
        cuts.dedup();
        let mut contig = Self::with_cuts(cuts);
        for (_, gene) in genes {
            contig.add_span(gene);
        }
        let mut by_segment: Vec<(u32, u32)> = Vec::new();
        for (exon, gene) in &exons {
            let (first, last) = contig.segments(exon.start(), exon.end());
            by_segment.extend((first..=last).map(|segment| (segment, *gene)));
        }
        contig.set_genes(by_segment);
        contig.set_introns(&introns);
        contig.set_uninterrupted(&exons, &introns);
        contig.set_classes(hits);
        contig
    }

    fn with_cuts(cuts: Vec<u32>) -> Self {
        let last = cuts.last().copied().unwrap_or(0);
        let mut buckets = Vec::with_capacity((last >> BUCKET_BITS) as usize + 2);
        let mut seen = 0u32;
        for bucket in 0..=(last >> BUCKET_BITS) + 1 {
            while cuts.get(seen as usize).is_some_and(|&c| c < bucket << BUCKET_BITS) {
                seen += 1;
            }
            buckets.push(seen);
        }
        let marks = vec![0; cuts.len() + 1];
        Self { cuts, buckets, marks, ..Self::default() }
    }

    fn add_span(&mut self, gene: &Gene) {
        if let Some(span) = gene.span() {
            let (first, last) = (self.cuts_up_to(span.start()), self.cuts_up_to(span.end() - 1));
            self.marks[first as usize..=last as usize].fill(1);
        }
    }

    fn set_introns(&mut self, sorted: &[(Interval, Option<Strand>)]) {
        self.introns.reserve(sorted.len());
        for same in sorted.chunk_by(|one, other| one.0 == other.0) {
            let (intron, strand) = same[0];
            // Annotated on both strands: the annotation cannot tell.
            let strand = strand.filter(|_| same.iter().all(|&(_, other)| other == strand));
            self.introns.insert(intron_key(intron.start(), intron.end()), strand);
        }
    }

    fn set_genes(&mut self, mut pairs: Vec<(u32, u32)>) {
        pairs.sort_unstable();
        pairs.dedup();
        self.gene_offsets = vec![0; self.cuts.len() + 2];
        for &(segment, _) in &pairs {
            self.gene_offsets[segment as usize + 1] += 1;
        }
        for k in 1..self.gene_offsets.len() {
            self.gene_offsets[k] += self.gene_offsets[k - 1];
        }
        self.genes = pairs.into_iter().map(|(_, gene)| gene).collect();
    }

    /// Gives segments with the same genes the same class.
    fn set_classes(&mut self, hits: impl Fn(&[u32]) -> GeneHits) {
        let mut classes = vec![GeneHits::default()];
        let mut known: FxHashMap<&[u32], u32> = FxHashMap::default();
        for (segment, mark) in self.marks.iter_mut().enumerate() {
            let (from, to) = (self.gene_offsets[segment] as usize, self.gene_offsets[segment + 1] as usize);
            let genes = &self.genes[from..to];
            if genes.is_empty() {
                continue;
            }
            let class = *known.entry(genes).or_insert_with(|| {
                classes.push(hits(genes));
                u32::try_from(classes.len() - 1).unwrap_or(u32::MAX)
            });
            *mark |= class << 1;
        }
        self.classes = classes;
    }

    /// Merges exons, and takes every intron out again; both come sorted.
    fn set_uninterrupted(&mut self, exons: &[(Interval, u32)], introns: &[(Interval, Option<Strand>)]) {
        let introns = merged(introns.iter().map(|(intron, _)| (intron.start(), intron.end())));
        let exons = merged(exons.iter().map(|(exon, _)| (exon.start(), exon.end())));
        let mut next = 0;
        for (start, end) in exons {
            let mut from = start;
            while next < introns.len() && introns[next].1 <= from {
                next += 1;
            }
            let mut k = next;
            while k < introns.len() && introns[k].0 < end {
                self.push_uninterrupted(from, introns[k].0);
                from = introns[k].1.max(from);
                k += 1;
            }
            self.push_uninterrupted(from, end);
        }
        self.stretches = vec![0; self.cuts.len() + 1];
        for (number, stretch) in (1..).zip(&self.uninterrupted) {
            let (first, last) = (self.cuts_up_to(stretch.start()), self.cuts_up_to(stretch.end() - 1));
            self.stretches[first as usize..=last as usize].fill(number);
        }
    }

    fn push_uninterrupted(&mut self, start: u32, end: u32) {
        if end.saturating_sub(start) >= MIN_UNINTERRUPTED
            && let Some(interval) = Interval::new(start, end)
        {
            self.uninterrupted.push(interval);
        }
    }

    /// The number of boundaries at or below a 0-based position: the segment that holds it.
    #[inline(always)]
    pub(crate) fn cuts_up_to(&self, position: u32) -> u32 {
        let bucket = (position >> BUCKET_BITS) as usize;
        let Some(&from) = self.buckets.get(bucket) else {
            return u32::try_from(self.cuts.len()).unwrap_or(u32::MAX);
        };
        self.cuts_up_to_from(from, position)
    }

    /// The same for a position that is known to lie in segment `from` or right of it, and not far.
    #[inline(always)]
    pub(crate) fn cuts_up_to_from(&self, from: u32, position: u32) -> u32 {
        let mut at = from;
        while self.cuts.get(at as usize).is_some_and(|&c| c <= position) {
            at += 1;
        }
        at
    }

    /// First and last segment of a block.
    #[inline(always)]
    pub(crate) fn segments(&self, start: u32, end: u32) -> (u32, u32) {
        let first = self.cuts_up_to(start);
        (first, self.cuts_up_to_from(first, end - 1))
    }

    /// What of the annotation these ranges of segments touch.
    #[inline(always)]
    pub(crate) fn touched(&self, ranges: &[(u32, u32)]) -> Touched {
        let (mut class, mut within_gene) = (0, 1);
        for &(first, last) in ranges {
            for segment in first..=last {
                let mark = self.marks.get(segment as usize).copied().unwrap_or(0);
                within_gene &= mark & 1;
                match mark >> 1 {
                    0 => {}
                    other if class == 0 || other == class => class = other,
                    _ => return Touched::Classes,
                }
            }
        }
        if class == 0 { Touched::NoExon { within_gene: within_gene == 1 } } else { Touched::Class(class) }
    }

    /// What a fragment over exons of one class counts for.
    pub(crate) fn hits_of_class(&self, class: u32) -> GeneHits {
        self.classes.get(class as usize).copied().unwrap_or_default()
    }

    /// Genes with an exon over a segment.
    pub(crate) fn genes_of(&self, segment: u32) -> &[u32] {
        let at = segment as usize;
        match (self.gene_offsets.get(at), self.gene_offsets.get(at + 1)) {
            (Some(&from), Some(&to)) => &self.genes[from as usize..to as usize],
            _ => &[],
        }
    }

    /// The intron, where it is annotated.
    pub(crate) fn annotated(&self, start: u32, end: u32) -> Option<KnownIntron> {
        self.introns.get(&intron_key(start, end)).map(|&strand| KnownIntron { strand })
    }

    /// The long uninterrupted exonic stretch that holds the range, which begins in this segment.
    #[inline(always)]
    pub(crate) fn uninterrupted(&self, segment: u32, end: u32) -> Option<Interval> {
        let number = self.stretches.get(segment as usize).copied()?.checked_sub(1)?;
        self.uninterrupted.get(number as usize).copied().filter(|u| end <= u.end())
    }
}

/// Appends what is new among `more`, sorted.
fn extend_distinct<T: Ord + Copy>(all: &mut Vec<T>, more: impl Iterator<Item = T>) {
    let from = all.len();
    all.extend(more);
    all[from..].sort_unstable();
    let mut kept = from;
    for k in from..all.len() {
        if k == from || all[k] != all[kept - 1] {
            all[kept] = all[k];
            kept += 1;
        }
    }
    all.truncate(kept);
}

/// The one that there is, when there is one only.
fn only(mut genes: impl Iterator<Item = u32>) -> Option<u32> {
    genes.next().filter(|_| genes.next().is_none())
}

/// Merges sorted ranges that overlap or touch.
fn merged(sorted: impl Iterator<Item = (u32, u32)>) -> Vec<(u32, u32)> {
    let mut out: Vec<(u32, u32)> = Vec::new();
    for (start, end) in sorted {
        match out.last_mut() {
            Some(last) if start <= last.1 => last.1 = last.1.max(end),
            _ => out.push((start, end)),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{Contigs, Gene, Transcript};
    use proptest::prelude::*;

    use super::*;

    fn annotation(transcripts: &[&[(u32, u32)]]) -> Annotation {
        let mut contigs = Contigs::default();
        let contig = contigs.intern("chr1");
        let genes = transcripts
            .iter()
            .enumerate()
            .map(|(k, exons)| Gene {
                id: format!("g{k}"),
                name: None,
                contig,
                strand: Some(Strand::Forward),
                transcripts: vec![Transcript {
                    id: format!("t{k}"),
                    exons: exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect(),
                    cds: vec![],
                }],
            })
            .collect();
        Annotation { contigs, genes }
    }

    #[test]
    fn segments_know_their_genes() {
        let index =
            AnnotationIndex::new(&annotation(&[&[(100, 200), (300, 400)], &[(150, 250)]]), [0; 32], 2);
        let contig = index.contig(ContigId(0));
        let genes_at = |p| contig.genes_of(contig.cuts_up_to(p)).to_vec();
        assert_eq!(genes_at(99), Vec::<u32>::new());
        assert_eq!(genes_at(100), vec![0]);
        assert_eq!(genes_at(150), vec![0, 1]);
        assert_eq!(genes_at(200), vec![1]);
        assert_eq!(genes_at(260), Vec::<u32>::new());
        assert_eq!(genes_at(399), vec![0]);
        assert_eq!(genes_at(4_000_000), Vec::<u32>::new());
        let touched = |start, end| contig.touched(&[contig.segments(start, end)]);
        let within = |p| touched(p, p + 1) != Touched::NoExon { within_gene: false };
        assert_eq!([99, 100, 260, 399, 400, 4_000_000].map(within), [false, true, true, true, false, false]);
        assert_eq!(touched(210, 300), touched(200, 250), "the intron between them has no class");
        assert_eq!(touched(100, 200), Touched::Classes);
        let Touched::Class(second) = touched(200, 300) else { panic!("exon of one gene") };
        let hits = GeneHits { any: Some(1), forward: Some(1), reverse: None };
        assert_eq!(contig.hits_of_class(second), hits);
        assert_eq!(contig.annotated(200, 300), Some(KnownIntron { strand: Some(Strand::Forward) }));
        assert_eq!(contig.annotated(200, 301), None);
    }

    #[test]
    fn an_intron_of_both_strands_has_none() {
        let mut annotation = annotation(&[
            &[(100, 200), (300, 400)],
            &[(150, 200), (300, 350), (500, 600)],
            &[(700, 800), (900, 950)],
            &[(520, 600), (700, 750)],
        ]);
        let copy = annotation.genes[0].transcripts[0].clone();
        annotation.genes[0].transcripts.push(copy);
        annotation.genes[1].strand = Some(Strand::Reverse);
        annotation.genes[2].strand = None;
        let index = AnnotationIndex::new(&annotation, [0; 32], 1);
        let strand = |start, end| index.contig(ContigId(0)).annotated(start, end).map(|known| known.strand);
        assert_eq!(strand(200, 300), Some(None), "of two strands");
        assert_eq!(strand(350, 500), Some(Some(Strand::Reverse)));
        assert_eq!(strand(800, 900), Some(None), "of a gene without strand");
        assert_eq!(strand(600, 700), Some(Some(Strand::Forward)));
        assert_eq!(strand(400, 500), None);
    }

    #[test]
    fn a_long_exon_is_interrupted_by_another_transcript_s_intron() {
        let index = AnnotationIndex::new(
            &annotation(&[&[(0, 5000)], &[(0, 1500), (3000, 3600)], &[(9000, 9499)]]),
            [0; 32],
            2,
        );
        let contig = index.contig(ContigId(0));
        let stretch = |start, end| contig.uninterrupted(contig.cuts_up_to(start), end);
        assert!(stretch(0, 1500).is_some());
        assert!(stretch(3000, 5000).is_some());
        assert!(stretch(1400, 1600).is_none());
        assert!(stretch(2000, 2100).is_none());
        assert!(stretch(9000, 9100).is_none(), "too short to measure in");
    }

    proptest! {
        #[test]
        fn bucketed_lookup_equals_counting(cuts in proptest::collection::btree_set(0u32..5000, 0..60), p in 0u32..6000) {
            let cuts: Vec<u32> = cuts.into_iter().collect();
            let expected = u32::try_from(cuts.iter().filter(|&&c| c <= p).count()).unwrap();
            prop_assert_eq!(ContigIndex::with_cuts(cuts).cuts_up_to(p), expected);
        }
    }
}
