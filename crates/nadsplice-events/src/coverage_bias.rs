//! Where the reads of a sample lie along its transcripts.

use nadsplice_core::{Annotation, FragmentEvidence, Gene, Interval, Strand};

/// Usual exonic bases that a gene must have to be looked at.
const MIN_BASES: u32 = 500;
/// Aligned bases there that a gene must have in a sample: some ten reads.
const MIN_ALIGNED: u64 = 1_000;
/// Genes that a sample must have such bases in.
const MIN_GENES: usize = 50;

/// The places in which 3' bias is measured: for each gene the bases that are exonic in at least half of its
/// transcripts and in no other gene, in two halves along the transcript.
///
/// After the 3' bias of RNA-SeQC 2, a median over genes of the 3' share of two windows' coverage (Graubert et al.
/// 2021, [doi:10.1093/bioinformatics/btab135](https://doi.org/10.1093/bioinformatics/btab135)); whole halves in
/// place of two windows of 100 bases need fewer reads.
#[derive(Clone, Debug)]
pub struct CoverageBias {
    /// For each contig its stretches, disjoint and sorted.
    contigs: Vec<Vec<Stretch>>,
    genes: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stretch {
    start: u32,
    end: u32,
    gene: u32,
    is_3prime: bool,
}

impl CoverageBias {
    /// Finds the places in an annotation.
    pub fn new(annotation: &Annotation) -> Self {
        let mut covered: Vec<Vec<(u32, u32)>> = vec![Vec::new(); annotation.contigs.len()];
        for gene in &annotation.genes {
            covered[gene.contig.index()].extend(covered_by(gene, 1));
        }
        let alone: Vec<Vec<(u32, u32)>> = covered.iter().map(|exons| with_cover(exons, 1, Some(1))).collect();
        let mut contigs = vec![Vec::new(); annotation.contigs.len()];
        for (id, gene) in annotation.genes() {
            let Some(strand) = gene.strand else { continue };
            let usual = covered_by(gene, gene.transcripts.len().div_ceil(2));
            let own = intersection(&usual, &alone[gene.contig.index()]);
            let bases: u32 = own.iter().map(|(start, end)| end - start).sum();
            if bases >= MIN_BASES {
                contigs[gene.contig.index()].extend(halves(&own, bases / 2, id.0, strand));
            }
        }
        for stretches in &mut contigs {
            stretches.sort_unstable();
        }
        Self { contigs, genes: annotation.genes.len() }
    }

    /// The median over genes of the share of their depth that is in the 3' half, in [0, 1]; 0.5 is even. Nothing
    /// where fewer than 50 genes have 1,000 aligned bases.
    pub fn of(&self, evidence: &FragmentEvidence) -> Option<f64> {
        let mut depth = vec![[0u64; 2]; self.genes];
        for (stretches, contig) in self.contigs.iter().zip(&evidence.contigs) {
            for sense in [false, true] {
                add_depth(stretches, contig.depth.plain(sense), &mut depth);
            }
        }
        let mut shares: Vec<f64> = depth
            .into_iter()
            .filter(|d| d[0] + d[1] >= MIN_ALIGNED)
            .map(|d| d[1] as f64 / (d[0] + d[1]) as f64)
            .collect();
        shares.sort_unstable_by(f64::total_cmp);
        let n = shares.len();
        (n >= MIN_GENES).then(|| f64::midpoint(shares[(n - 1) / 2], shares[n / 2]))
    }
}

/// The ranges that at least `transcripts` transcripts of a gene have in exons, sorted.
fn covered_by(gene: &Gene, transcripts: usize) -> Vec<(u32, u32)> {
    let exons: Vec<(u32, u32)> = gene
        .transcripts
        .iter()
        .flat_map(|t| {
            let exons: Vec<(u32, u32)> = t.exons.iter().map(|e| (e.start(), e.end())).collect();
            // Exons that overlap are one stretch of the transcript.
            with_cover(&exons, 1, None)
        })
        .collect();
    with_cover(&exons, transcripts, None)
}

/// The ranges that lie in at least `least` and at most `most` of the given ones, sorted.
fn with_cover(ranges: &[(u32, u32)], least: usize, most: Option<usize>) -> Vec<(u32, u32)> {
    let mut steps: Vec<(u32, bool)> = ranges.iter().flat_map(|&(s, e)| [(s, true), (e, false)]).collect();
    steps.sort_unstable();
    let wanted = |cover: usize| cover >= least.max(1) && most.is_none_or(|most| cover <= most);
    let mut found: Vec<(u32, u32)> = Vec::new();
    let (mut cover, mut from) = (0usize, 0u32);
    for (position, opens) in steps {
        if wanted(cover) && position > from {
            match found.last_mut() {
                Some(last) if last.1 == from => last.1 = position,
                _ => found.push((from, position)),
            }
        }
        cover = if opens { cover + 1 } else { cover.saturating_sub(1) };
        from = position;
    }
    found
}

/// What two sorted lists of disjoint ranges have in common.
fn intersection(a: &[(u32, u32)], b: &[(u32, u32)]) -> Vec<(u32, u32)> {
    let mut found = Vec::new();
    for &(start, end) in a {
        let first = b.partition_point(|&(_, e)| e <= start);
        for &(s, e) in b[first..].iter().take_while(|&&(s, _)| s < end) {
            found.push((s.max(start), e.min(end)));
        }
    }
    found
}

/// The stretches of a gene, divided after its first `middle` bases in genome order.
fn halves(ranges: &[(u32, u32)], middle: u32, gene: u32, strand: Strand) -> Vec<Stretch> {
    let mut found = Vec::new();
    let mut before = 0;
    for &(start, end) in ranges {
        let cut = start + middle.saturating_sub(before).min(end - start);
        let is_right_3prime = strand == Strand::Forward;
        for (start, end, is_3prime) in [(start, cut, !is_right_3prime), (cut, end, is_right_3prime)] {
            if let Some(range) = Interval::new(start, end) {
                found.push(Stretch { start: range.start(), end: range.end(), gene, is_3prime });
            }
        }
        before += end - start;
    }
    found
}

/// Adds the depth of a track over sorted, disjoint stretches, base by base.
fn add_depth(stretches: &[Stretch], runs: impl Iterator<Item = (u32, u32)>, depth: &mut [[u64; 2]]) {
    let mut next = 0;
    let mut runs = runs.peekable();
    while let Some((start, height)) = runs.next() {
        let Some(&(end, _)) = runs.peek() else { return };
        if height == 0 {
            continue;
        }
        while stretches.get(next).is_some_and(|s| s.end <= start) {
            next += 1;
        }
        for stretch in stretches[next..].iter().take_while(|s| s.start < end) {
            let bases = end.min(stretch.end) - start.max(stretch.start);
            depth[stretch.gene as usize][usize::from(stretch.is_3prime)] +=
                u64::from(bases) * u64::from(height);
        }
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{ContigCounts, ContigDepth, Contigs, DepthTrack, DepthTrackBuilder, Transcript};

    use super::*;

    /// Genes of one 1,000-base exon each, 2,000 bases apart, on both strands in turn.
    fn annotation(genes: u32) -> Annotation {
        let mut contigs = Contigs::default();
        let contig = contigs.intern("chr1");
        let genes = (0..genes)
            .map(|k| Gene {
                id: format!("g{k}"),
                name: None,
                contig,
                strand: Some(if k % 2 == 0 { Strand::Forward } else { Strand::Reverse }),
                transcripts: vec![Transcript {
                    id: format!("t{k}"),
                    exons: Interval::new(2_000 * k, 2_000 * k + 1_000).into_iter().collect(),
                    cds: vec![],
                }],
            })
            .collect();
        Annotation { contigs, genes }
    }

    /// Depth 30 over the 3' half of each gene and 10 over its 5' half.
    fn evidence(genes: u32) -> FragmentEvidence {
        let mut builder = DepthTrackBuilder::default();
        for k in 0..genes {
            let (left, right) = if k % 2 == 0 { (10, 30) } else { (30, 10) };
            builder.push(2_000 * k, left);
            builder.push(2_000 * k + 500, right - left);
            builder.push(2_000 * k + 1_000, -right);
        }
        let mut evidence = FragmentEvidence { contigs: vec![ContigCounts::default()], ..Default::default() };
        let none = [DepthTrack::default(), DepthTrack::default()];
        evidence.contigs[0].depth = ContigDepth::new([DepthTrack::default(), builder.finish()], &none, 8);
        evidence
    }

    #[test]
    fn depth_at_the_3_prime_end_counts_on_both_strands() {
        assert_eq!(CoverageBias::new(&annotation(50)).of(&evidence(50)), Some(0.75));
        assert_eq!(CoverageBias::new(&annotation(49)).of(&evidence(49)), None, "too few genes");
        assert_eq!(CoverageBias::new(&annotation(50)).of(&FragmentEvidence::default()), None);
    }

    #[test]
    fn bases_of_two_genes_and_of_few_transcripts_are_left_out() {
        let mut annotation = annotation(3);
        let exon = |start, end| Interval::new(start, end).into_iter().collect::<Vec<_>>();
        let transcript = |exons| Transcript { id: "x".into(), exons, cds: vec![] };
        // Gene 0: of three transcripts only one has the last 600 bases.
        annotation.genes[0].transcripts =
            vec![transcript(exon(0, 1_000)), transcript(exon(0, 1_000)), transcript(exon(0, 1_600))];
        // Gene 1 loses 700 of its 1,000 bases to gene 2.
        annotation.genes[2].transcripts = vec![transcript(exon(2_300, 5_000))];
        let bias = CoverageBias::new(&annotation);
        let found: Vec<(u32, u32, u32, bool)> =
            bias.contigs[0].iter().map(|s| (s.start, s.end, s.gene, s.is_3prime)).collect();
        let expected =
            [(0, 500, 0, false), (500, 1_000, 0, true), (3_000, 4_000, 2, false), (4_000, 5_000, 2, true)];
        assert_eq!(found, expected);
    }

    #[test]
    fn a_range_in_several_parts_is_cut_in_the_middle() {
        let cut = halves(&[(0, 100), (200, 500)], 200, 7, Strand::Reverse);
        let found: Vec<(u32, u32, bool)> = cut.iter().map(|s| (s.start, s.end, s.is_3prime)).collect();
        assert_eq!(found, [(0, 100, true), (200, 300, true), (300, 500, false)]);
    }
}
