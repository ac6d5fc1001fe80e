//! Evidence from fragments, pooled over samples.

use nadsplice_core::{
    ContigId, FragmentEvidence, Interval, Junction, JunctionCount, LibraryStrandedness, Strand,
};
use rustc_hash::FxHashMap;

use super::{NovelOptions, index::SiteIndex, retention::retained, stretch::stretches, support::SampleContig};
use crate::junctions::{Votes, junction};

/// Evidence from fragments or single alignments.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct FragmentPool {
    pub(super) options: NovelOptions,
    pub(super) junctions: FxHashMap<Junction, Record>,
    stretches: FxHashMap<(ContigId, Interval), Verdicts>,
    retained: FxHashMap<Junction, Support>,
}

/// A junction over all samples. Sums stop at the largest number, so the order of samples still does not matter.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Record {
    pub(super) fragments: u32,
    /// Samples with enough fragments.
    pub(super) samples: u32,
    pub(super) support: Support,
    pub(super) max_overhang: u32,
    pub(super) max_positions: u32,
    pub(super) votes: Votes,
}

/// Samples that support something.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Support {
    pub(super) samples: u32,
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

    pub(super) fn passes(&self, options: &NovelOptions) -> bool {
        options.enough(self.support.samples, self.support.best, self.fragments)
            && self.max_overhang >= options.min_overhang
            && self.max_positions >= options.min_positions
    }
}

impl FragmentPool {
    /// The evidence of no sample.
    pub(super) fn new(options: NovelOptions) -> Self {
        Self {
            options,
            junctions: FxHashMap::default(),
            stretches: FxHashMap::default(),
            retained: FxHashMap::default(),
        }
    }

    pub(super) fn add(
        &mut self,
        evidence: &FragmentEvidence,
        library: LibraryStrandedness,
        index: &SiteIndex<'_>,
    ) {
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

    pub(super) fn merge(&mut self, other: Self) {
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
    pub(super) fn retained_fragments(&self, junction: Junction) -> Option<u32> {
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
