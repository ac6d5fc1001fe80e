//! What the samples of a cohort say about junctions, pooled.

use std::sync::Arc;

use nadsplice_core::{
    Annotation, ContigCounts, ContigId, Evidence, FragmentEvidence, GeneId, Interval, Junction,
    JunctionTable, LibraryStrandedness, SampleCounts, Strand,
};
use rayon::prelude::*;
use rustc_hash::FxHashMap;

use super::{
    NovelOptions, Novelty,
    index::SiteIndex,
    pool::{FragmentPool, Record},
    rmats::RmatsSeen,
};
use crate::{
    CohortJunction, QuantifyError, junction_sum,
    junctions::{Votes, junction},
};

/// The evidence of a cohort for what its annotation lacks, gathered sample by sample.
///
/// Samples may come in any order and, with [`Self::empty`] and [`Self::merge`], on any number of threads: the result
/// is the same. Samples of junctions alone, without depth, show junctions and sites; that an exon is covered or an
/// intron kept needs depth. Memory grows with the distinct junctions of the cohort (about 75 bytes each), not with
/// samples.
#[derive(Clone, Debug)]
pub struct CohortEvidence<'a> {
    pub(super) index: Arc<SiteIndex<'a>>,
    samples: u32,
    pub(super) pool: Pool,
}

/// Evidence by the rule of counting.
#[derive(Clone, Debug)]
pub(super) enum Pool {
    Fragments(FragmentPool),
    Rmats(FxHashMap<Junction, RmatsSeen>),
}

/// A junction of a cohort with what the samples show for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JunctionEvidence {
    /// The junction.
    pub junction: Junction,
    /// Its strand: by stranded libraries, else by the aligner's tags, else by its genes.
    pub strand: Option<Strand>,
    /// Genes that have the intron; where none has, genes with both of its sites, else with one.
    pub genes: Vec<GeneId>,
    /// Nothing, a junction or a site that the annotation lacks.
    pub novelty: Novelty,
    /// Fragments of all samples.
    pub fragments: u32,
    /// Samples with at least [`NovelOptions::sample_fragments`].
    pub samples: u32,
    /// Samples that support it: with as many fragments and [`NovelOptions::min_share`] at both sites. Counted for
    /// un-annotated junctions only.
    pub supporting_samples: u32,
    /// The largest smaller overhang of any alignment, bases.
    pub max_overhang: u32,
    /// Distinct alignment starts in the sample that has most, in 1..=64.
    pub max_positions: u32,
    /// Whether it meets every threshold for an un-annotated junction. Always so with rMATS's reads, of which one is
    /// enough.
    pub passes: bool,
}

/// A table's junctions as fragments without depth.
fn junctions_alone(table: &JunctionTable) -> FragmentEvidence {
    let contigs = junction_sum::as_counts(table)
        .map(|(_, junctions)| ContigCounts { junctions: junctions.collect(), ..ContigCounts::default() })
        .collect();
    FragmentEvidence { contigs, ..FragmentEvidence::default() }
}

impl<'a> CohortEvidence<'a> {
    /// Evidence from fragments, or from single alignments, under these thresholds.
    pub fn new(annotation: &'a Annotation, options: NovelOptions) -> Self {
        let pool = Pool::Fragments(FragmentPool::new(options));
        Self { index: Arc::new(SiteIndex::new(annotation)), samples: 0, pool }
    }

    /// Evidence from rMATS's reads under rMATS's rule: one read of one sample is enough. The annotation's genes
    /// should be grouped as rMATS groups them, by `gene_id` alone.
    pub fn rmats(annotation: &'a Annotation) -> Self {
        let pool = Pool::Rmats(FxHashMap::default());
        Self { index: Arc::new(SiteIndex::new(annotation)), samples: 0, pool }
    }

    /// Evidence of no sample under the same rule, for another thread to fill and [`Self::merge`] to take back.
    #[must_use]
    pub fn empty(&self) -> Self {
        let pool = match &self.pool {
            Pool::Fragments(pool) => Pool::Fragments(FragmentPool::new(pool.options)),
            Pool::Rmats(_) => Pool::Rmats(FxHashMap::default()),
        };
        Self { index: Arc::clone(&self.index), samples: 0, pool }
    }

    /// Adds a sample of the given library strandedness.
    ///
    /// # Errors
    /// When its counts belong to another annotation, or are of the other kind of reads.
    pub fn add(&mut self, sample: &SampleCounts, library: LibraryStrandedness) -> Result<(), QuantifyError> {
        if sample.contigs != self.index.annotation.contigs.names() {
            return Err(QuantifyError::Contigs { sample: sample.sample.clone() });
        }
        let other_counting =
            |found, expected| QuantifyError::Counting { sample: sample.sample.clone(), found, expected };
        match (&mut self.pool, &sample.evidence) {
            (Pool::Fragments(pool), Evidence::Fragments(evidence)) => {
                pool.add(evidence, library, &self.index);
            }
            (Pool::Rmats(pool), Evidence::Rmats(evidence)) => {
                for (contig, patterns) in (0u32..).map(ContigId).zip(&evidence.contigs) {
                    for count in patterns {
                        let junctions = count.pattern.junctions.iter();
                        for key in junctions.filter_map(|&(start, end)| junction(contig, start, end)) {
                            pool.entry(key).or_default().add(count.pattern.sense, count.reads, library);
                        }
                    }
                }
            }
            (Pool::Fragments(pool), Evidence::Junctions(table)) => {
                pool.add(&junctions_alone(table), library, &self.index);
            }
            (Pool::Fragments(_), Evidence::Rmats(_)) => return Err(other_counting("rmats", "fragments")),
            (Pool::Rmats(_), Evidence::Fragments(_) | Evidence::Junctions(_)) => {
                return Err(other_counting("fragments", "rmats"));
            }
        }
        self.samples += 1;
        Ok(())
    }

    /// Takes over the evidence of other samples, gathered by a value that came from [`Self::empty`]; evidence under
    /// another rule of counting is left alone.
    pub fn merge(&mut self, other: Self) {
        match (&mut self.pool, other.pool) {
            (Pool::Fragments(pool), Pool::Fragments(other)) => pool.merge(other),
            (Pool::Rmats(pool), Pool::Rmats(other)) =>
            {
                #[allow(clippy::iter_over_hash_type, reason = "a union does not depend on the order")]
                for (key, seen) in other {
                    pool.entry(key).or_default().merge(seen);
                }
            }
            (Pool::Fragments(_), Pool::Rmats(_)) | (Pool::Rmats(_), Pool::Fragments(_)) => return,
        }
        self.samples += other.samples;
    }

    /// Samples added.
    pub const fn samples(&self) -> u32 {
        self.samples
    }

    /// The annotation that the samples were counted with.
    pub fn annotation(&self) -> &'a Annotation {
        self.index.annotation
    }

    /// All junctions of the cohort in genome order. With rMATS's reads nothing but the place, reads, genes and class
    /// of a junction is known.
    pub fn junctions(&self) -> Vec<JunctionEvidence> {
        let mut found: Vec<JunctionEvidence> = match &self.pool {
            Pool::Fragments(pool) => pool
                .junctions
                .iter()
                .map(|(&key, record)| self.evidence(key, record, &pool.options))
                .collect(),
            Pool::Rmats(pool) => {
                let place = |(&key, seen): (&Junction, &RmatsSeen)| JunctionEvidence {
                    passes: true,
                    fragments: seen.reads,
                    ..self.evidence(key, &Record::default(), &NovelOptions::default())
                };
                pool.iter().map(place).collect()
            }
        };
        found.sort_unstable_by_key(|j| j.junction);
        found
    }

    /// All junctions of the cohort and of its annotation in genome order. Annotated ones that no read crosses are among
    /// them, since that no read crosses them is a finding too.
    pub fn cohort_junctions(&self) -> Vec<CohortJunction> {
        let row = |junction, votes: Votes| {
            let genes = self.index.genes_of(junction);
            let strand = votes.strand().or_else(|| self.index.strand_of(&genes));
            CohortJunction { junction, strand, annotated: self.index.is_annotated(junction), genes }
        };
        let mut rows: Vec<CohortJunction> = match &self.pool {
            Pool::Fragments(pool) => pool.junctions.par_iter().map(|(&key, r)| row(key, r.votes)).collect(),
            Pool::Rmats(pool) => pool.par_iter().map(|(&key, _)| row(key, Votes::default())).collect(),
        };
        let annotated = (0u32..)
            .map(ContigId)
            .zip(&self.index.introns)
            .flat_map(|(contig, introns)| introns.iter().map(move |&intron| Junction { contig, intron }));
        let is_seen = |junction: &Junction| match &self.pool {
            Pool::Fragments(pool) => pool.junctions.contains_key(junction),
            Pool::Rmats(pool) => pool.contains_key(junction),
        };
        let unseen: Vec<Junction> = annotated.filter(|j| !is_seen(j)).collect();
        rows.par_extend(unseen.into_par_iter().map(|junction| row(junction, Votes::default())));
        rows.par_sort_unstable_by_key(|j| j.junction);
        rows
    }

    /// Fragments that keep an intron, where enough samples retain it.
    pub(crate) fn retained_fragments(&self, contig: ContigId, intron: Interval) -> Option<u32> {
        match &self.pool {
            Pool::Fragments(pool) => pool.retained_fragments(Junction { contig, intron }),
            Pool::Rmats(_) => None,
        }
    }

    /// Whether an exon of one of these genes reaches over the intron as a whole.
    pub(crate) fn is_kept_by(&self, genes: &[GeneId], contig: ContigId, intron: Interval) -> bool {
        let over = |exon: Interval| exon.start() < intron.start() && intron.end() < exon.end();
        self.index.exons_over(contig, intron).any(|(exon, gene)| over(exon) && genes.contains(&gene))
    }

    fn evidence(&self, junction: Junction, record: &Record, options: &NovelOptions) -> JunctionEvidence {
        let genes = self.index.genes_of(junction);
        let novelty = self.novelty(junction);
        JunctionEvidence {
            junction,
            strand: record.votes.strand().or_else(|| self.index.strand_of(&genes)),
            genes,
            novelty,
            fragments: record.fragments,
            samples: record.samples,
            supporting_samples: record.support.samples,
            max_overhang: record.max_overhang,
            max_positions: record.max_positions,
            passes: novelty != Novelty::Annotated && record.passes(options),
        }
    }

    fn novelty(&self, junction: Junction) -> Novelty {
        let (sites, contig, intron) = (&self.index.sites, junction.contig, junction.intron);
        if self.index.is_annotated(junction) {
            Novelty::Annotated
        } else if sites.is_left_site(contig, intron.start()) && sites.is_right_site(contig, intron.end()) {
            Novelty::NovelJunction
        } else {
            Novelty::NovelSite
        }
    }
}
