//! What the samples of a cohort say about junctions, pooled.

use std::sync::Arc;

use nadsplice_core::{
    Annotation, ContigId, Evidence, FragmentEvidence, GeneId, Interval, Junction, JunctionCount,
    LibraryStrandedness, SampleCounts, Strand,
};
use rustc_hash::FxHashMap;

use super::{
    NovelOptions, Novelty, index::SiteIndex, retention::retained, rmats::RmatsSeen, stretch::stretches,
    support::SampleContig,
};
use crate::{
    QuantifyError,
    junctions::{Votes, junction},
};

/// The evidence of a cohort for what its annotation lacks, gathered sample by sample.
///
/// Samples may come in any order and, with [`Self::empty`] and [`Self::merge`], on any number of threads: the result
/// is the same. Memory grows with the distinct junctions of the cohort (about 60 bytes each), not with samples.
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

/// Evidence from fragments or single alignments.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FragmentPool {
    pub(super) options: NovelOptions,
    junctions: FxHashMap<Junction, Record>,
    stretches: FxHashMap<(ContigId, Interval), Verdicts>,
    retained: FxHashMap<Junction, Support>,
}

/// A junction over all samples. Sums stop at the largest number, so the order of samples still does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Record {
    fragments: u32,
    samples: u32,
    support: Support,
    max_overhang: u32,
    max_positions: u32,
    votes: Votes,
}

/// Samples that support something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Support {
    samples: u32,
    /// Fragments of all of them.
    total: u32,
    /// Fragments of the strongest.
    best: u32,
}

/// Samples that could see a stretch covered, and those that did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Verdicts {
    looked: u32,
    covered: u32,
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

impl Support {
    fn add(&mut self, fragments: u32) {
        self.merge(&Self { samples: 1, total: fragments, best: fragments });
    }

    fn merge(&mut self, other: &Self) {
        self.samples += other.samples;
        self.total = self.total.saturating_add(other.total);
        self.best = self.best.max(other.best);
    }
}

impl Record {
    fn add(&mut self, count: &JunctionCount, library: LibraryStrandedness, options: &NovelOptions) {
        let mut votes = Votes::default();
        votes.add(count, library);
        self.merge(&Self {
            fragments: count.fragments,
            samples: u32::from(count.fragments >= options.sample_fragments),
            support: Support::default(),
            max_overhang: count.max_overhang,
            max_positions: count.positions,
            votes,
        });
    }

    fn merge(&mut self, other: &Self) {
        self.fragments = self.fragments.saturating_add(other.fragments);
        self.samples += other.samples;
        self.support.merge(&other.support);
        self.max_overhang = self.max_overhang.max(other.max_overhang);
        self.max_positions = self.max_positions.max(other.max_positions);
        self.votes.merge(&other.votes);
    }

    fn passes(&self, options: &NovelOptions) -> bool {
        options.enough(self.support.samples, self.support.best, self.fragments)
            && self.max_overhang >= options.min_overhang
            && self.max_positions >= options.min_positions
    }
}

impl FragmentPool {
    fn add(&mut self, evidence: &FragmentEvidence, library: LibraryStrandedness, index: &SiteIndex<'_>) {
        for (contig, counts) in (0u32..).map(ContigId).zip(&evidence.contigs) {
            let sample = SampleContig::new(contig, counts, library);
            for count in &counts.junctions {
                if let Some(key) = junction(contig, count.start, count.end) {
                    self.junctions.entry(key).or_default().add(count, library, &self.options);
                }
            }
            let supported = sample.supported(index, &self.options);
            for count in &supported {
                if let Some(key) = junction(contig, count.start, count.end) {
                    self.junctions.entry(key).or_default().support.add(count.fragments);
                }
            }
            for stretch in stretches(&sample, &supported, index, &self.options) {
                let verdicts = self.stretches.entry((contig, stretch.interval)).or_default();
                verdicts.looked += 1;
                verdicts.covered += u32::from(stretch.covered);
            }
            for intron in retained(&sample, &supported, index, &self.options) {
                self.retained.entry(intron.junction).or_default().add(intron.fragments);
            }
        }
    }

    fn merge(&mut self, other: Self) {
        #[allow(clippy::iter_over_hash_type, reason = "sums and maxima do not depend on the order")]
        for (key, record) in other.junctions {
            self.junctions.entry(key).or_default().merge(&record);
        }
        #[allow(clippy::iter_over_hash_type, reason = "sums do not depend on the order")]
        for (key, theirs) in other.stretches {
            let verdicts = self.stretches.entry(key).or_default();
            verdicts.looked += theirs.looked;
            verdicts.covered += theirs.covered;
        }
        #[allow(clippy::iter_over_hash_type, reason = "sums and maxima do not depend on the order")]
        for (key, support) in other.retained {
            self.retained.entry(key).or_default().merge(&support);
        }
    }

    /// Fragments over a junction, where they are enough for a form with un-annotated parts to rest on it.
    pub(super) fn seen(&self, junction: Junction) -> Option<u32> {
        let fragments = self.junctions.get(&junction)?.fragments;
        (fragments >= self.options.min_fragments).then_some(fragments)
    }

    /// Whether most samples that have the sites of a stretch cover it.
    pub(super) fn is_covered(&self, contig: ContigId, stretch: Interval) -> bool {
        let verdicts = self.stretches.get(&(contig, stretch));
        verdicts.is_some_and(|v| v.covered > 0 && 2 * v.covered >= v.looked)
    }

    /// Whether enough samples retain an intron.
    pub(super) fn is_retained(&self, junction: Junction) -> bool {
        self.retained_fragments(junction).is_some()
    }

    /// Fragments over the weaker boundary of an intron that enough samples retain, in all of these.
    fn retained_fragments(&self, junction: Junction) -> Option<u32> {
        let enough =
            |s: &&Support| self.options.enough(s.samples, s.best, s.total) && self.seen(junction).is_some();
        self.retained.get(&junction).filter(enough).map(|s| s.total)
    }

    /// The un-annotated junctions that meet every threshold, in genome order, with the strand that reads show.
    pub(super) fn passing(&self, index: &SiteIndex<'_>) -> Vec<(Junction, Option<Strand>)> {
        let mut passing: Vec<_> = self
            .junctions
            .iter()
            .filter(|(junction, record)| record.passes(&self.options) && !index.is_annotated(**junction))
            .map(|(&junction, record)| (junction, record.votes.strand()))
            .collect();
        passing.sort_unstable();
        passing
    }
}

impl<'a> CohortEvidence<'a> {
    /// Evidence from fragments, or from single alignments, under these thresholds.
    pub fn new(annotation: &'a Annotation, options: NovelOptions) -> Self {
        let pool = FragmentPool {
            options,
            junctions: FxHashMap::default(),
            stretches: FxHashMap::default(),
            retained: FxHashMap::default(),
        };
        Self { index: Arc::new(SiteIndex::new(annotation)), samples: 0, pool: Pool::Fragments(pool) }
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
            Pool::Fragments(pool) => Pool::Fragments(FragmentPool {
                options: pool.options,
                junctions: FxHashMap::default(),
                stretches: FxHashMap::default(),
                retained: FxHashMap::default(),
            }),
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
                pool.add(evidence, library, &self.index)
            }
            (Pool::Rmats(pool), Evidence::Rmats(evidence)) => {
                for (contig, patterns) in (0u32..).map(ContigId).zip(&evidence.contigs) {
                    for pattern in patterns.iter().map(|count| &count.pattern) {
                        let junctions = pattern.junctions.iter();
                        for key in junctions.filter_map(|&(start, end)| junction(contig, start, end)) {
                            pool.entry(key).or_default().add(pattern.sense, library);
                        }
                    }
                }
            }
            (Pool::Fragments(_), Evidence::Rmats(_)) => return Err(other_counting("rmats", "fragments")),
            (Pool::Rmats(_), Evidence::Fragments(_)) => return Err(other_counting("fragments", "rmats")),
        }
        self.samples += 1;
        Ok(())
    }

    /// Takes over the evidence of other samples, gathered by a value that came from [`Self::empty`].
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
            // Of another rule, so not from `empty`: nothing that could be taken over.
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

    /// All junctions of the cohort in genome order. With rMATS's reads nothing but the place, genes and class of a
    /// junction is known.
    pub fn junctions(&self) -> Vec<JunctionEvidence> {
        let mut found: Vec<JunctionEvidence> = match &self.pool {
            Pool::Fragments(pool) => pool
                .junctions
                .iter()
                .map(|(&key, record)| self.evidence(key, record, &pool.options))
                .collect(),
            Pool::Rmats(pool) => {
                let place = |&key| JunctionEvidence {
                    passes: true,
                    ..self.evidence(key, &Record::default(), &NovelOptions::default())
                };
                pool.keys().map(place).collect()
            }
        };
        found.sort_unstable_by_key(|j| j.junction);
        found
    }

    /// Fragments that keep an intron, where enough samples retain it.
    pub(crate) fn retained_fragments(&self, contig: ContigId, intron: Interval) -> Option<u32> {
        match &self.pool {
            Pool::Fragments(pool) => pool.retained_fragments(Junction { contig, intron }),
            Pool::Rmats(_) => None,
        }
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
