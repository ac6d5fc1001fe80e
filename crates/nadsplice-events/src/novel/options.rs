//! What reads must show before they add to the annotation.

/// Thresholds for what the annotation lacks. Fragments are reads where `--count-mates` counts reads.
///
/// A **supporting sample** of a junction has [`Self::sample_fragments`] over it, and at least [`Self::min_share`] of
/// the fragments at each of its two splice sites are its own. A junction is used when [`Self::min_samples`] samples
/// support it, or one that has [`Self::lone_fragments`], and when it reaches the other thresholds over the cohort.
/// Introns that are retained follow the same rule with their own share.
///
/// With reads counted as rMATS counts them none of this is asked: there one read is enough.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct NovelOptions {
    /// Least fragments in a sample for it to support a junction. Default 3, the least that STAR asks of a new
    /// non-canonical junction (`--outSJfilterCountUniqueMin 3 1 1 1`) and LeafCutter of any.
    pub sample_fragments: u32,
    /// Least supporting samples. Default 2: what one library, or one aligner artefact at one depth, shows is not
    /// enough on its own.
    pub min_samples: u32,
    /// Fragments in one sample that make up for the others. Default 10, as in MAJIQ (`--minreads 10`) and `SpliceWiz`,
    /// so that a single sample (a patient, a mutant) can bring its own event.
    pub lone_fragments: u32,
    /// Least fragments in all samples together; also what each annotated junction of a form with un-annotated parts
    /// must have, since otherwise nothing says that the parts belong together. Default 10.
    pub min_fragments: u32,
    /// Least bases of the best alignment on the shorter side of the junction. Default 12, as STAR asks of a new
    /// canonical junction (`--outSJfilterOverhangMin 30 12 12 12`).
    pub min_overhang: u32,
    /// Least distinct alignment starts, in the best sample. Default 3, as in MAJIQ (`--minpos 3`): copies of one
    /// molecule are one position.
    pub min_positions: u32,
    /// Least share of the fragments at either splice site, in [0, 1]. Default 0.05: less cannot move a PSI by more
    /// than 0.05, and splicing noise grows with expression, which no count of reads can tell from use.
    pub min_share: f64,
    /// Shortest intron, bases. Default 20, as in HISAT2 (`--min-intronlen 20`); a shorter gap is a deletion.
    pub min_intron_length: u32,
    /// Longest intron, bases. Default 500,000, as in HISAT2 (`--max-intronlen 500000`) and regtools.
    pub max_intron_length: u32,
    /// Longest exon, or part of an exon, that may be made of two un-annotated sites or of an un-annotated and an
    /// annotated one, bases. Default 500, as in rMATS (`--mel 500`); 98% of the internal exons of human RefSeq are no longer.
    pub max_exon_length: u32,
    /// Least depth at every base of such an exon, as a share of the fragments at its weaker un-annotated site.
    /// Default 0.25: reads over an exon's junction cover the exon about as deeply as they cross the junction.
    pub min_exon_depth: f64,
    /// Least share of retained among retained and spliced fragments at an intron. Default 0.1, the usual cut of
    /// `IRFinder` (Middleton et al. 2017, <https://doi.org/10.1186/s13059-017-1184-4>); below it unspliced precursors
    /// are as good an explanation.
    pub min_intron_share: f64,
    /// Least share of an intron's bases with a read. Default 0.9.
    pub min_intron_coverage: f64,
    /// Least quotient of the lowest and the highest among the fragments over the left and the right boundary and the
    /// median depth between them. Default 0.25; a single high boundary is an alternative site or another gene.
    pub min_intron_balance: f64,
}

impl Default for NovelOptions {
    fn default() -> Self {
        Self {
            sample_fragments: 3,
            min_samples: 2,
            lone_fragments: 10,
            min_fragments: 10,
            min_overhang: 12,
            min_positions: 3,
            min_share: 0.05,
            min_intron_length: 20,
            max_intron_length: 500_000,
            max_exon_length: 500,
            min_exon_depth: 0.25,
            min_intron_share: 0.1,
            min_intron_coverage: 0.9,
            min_intron_balance: 0.25,
        }
    }
}

impl NovelOptions {
    /// Whether enough samples support something: `supporting` of them, the strongest with `best` fragments, `total`
    /// in all samples.
    pub(super) const fn enough(&self, supporting: u32, best: u32, total: u32) -> bool {
        total >= self.min_fragments
            && supporting > 0
            && (supporting >= self.min_samples || best >= self.lone_fragments)
    }

    /// Whether an intron may be as long.
    pub(super) const fn is_intron_length(&self, length: u32) -> bool {
        self.min_intron_length <= length && length <= self.max_intron_length
    }
}
