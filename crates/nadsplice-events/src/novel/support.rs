//! Which junctions a sample supports.

use std::cell::OnceCell;

use nadsplice_core::{ContigCounts, ContigId, Interval, JunctionCount, LibraryStrandedness};
use rustc_hash::FxHashMap;

use super::{NovelOptions, depth::ContigProfile, index::SiteIndex};
use crate::{
    evidence::Senses,
    junctions::{Votes, junction},
};

/// One contig of one sample, with what its junctions and its depth are compared to.
pub(super) struct SampleContig<'a> {
    pub(super) contig: ContigId,
    pub(super) counts: &'a ContigCounts,
    pub(super) library: LibraryStrandedness,
    /// Fragments over all junctions that begin, and that end, at a position.
    left: FxHashMap<u32, u32>,
    right: FxHashMap<u32, u32>,
    profile: OnceCell<ContigProfile>,
}

impl<'a> SampleContig<'a> {
    pub(super) fn new(contig: ContigId, counts: &'a ContigCounts, library: LibraryStrandedness) -> Self {
        let (mut left, mut right) = (FxHashMap::default(), FxHashMap::default());
        for j in &counts.junctions {
            *left.entry(j.start).or_default() += j.fragments;
            *right.entry(j.end).or_default() += j.fragments;
        }
        Self { contig, counts, library, left, right, profile: OnceCell::new() }
    }

    /// The depth, unpacked when it is first asked for.
    pub(super) fn profile(&self) -> &ContigProfile {
        self.profile.get_or_init(|| ContigProfile::new(&self.counts.depth))
    }

    /// Fragments over the junctions at either site of an intron, the larger number.
    pub(super) fn spliced_at(&self, intron: Interval) -> u32 {
        let at = |sites: &FxHashMap<u32, u32>, position| sites.get(&position).copied().unwrap_or(0);
        at(&self.left, intron.start()).max(at(&self.right, intron.end()))
    }

    /// Junctions that the annotation lacks and that this sample supports.
    ///
    /// Where neither site is annotated every fragment of both sites may be over this junction, so its share is that
    /// among the fragments over the less covered of its two exon-intron boundaries as well: an aligner's gap in a
    /// strong exon is not an intron.
    pub(super) fn supported(&self, index: &SiteIndex<'_>, options: &NovelOptions) -> Vec<&'a JunctionCount> {
        let mut supported = Vec::new();
        for j in &self.counts.junctions {
            let Some(found) = junction(self.contig, j.start, j.end) else { continue };
            let candidate = j.fragments >= options.sample_fragments
                && options.is_intron_length(found.intron.len())
                && !index.is_annotated(found);
            if !candidate {
                continue;
            }
            let mut others = self.spliced_at(found.intron);
            let sites = &index.sites;
            if !sites.is_left_site(self.contig, j.start) && !sites.is_right_site(self.contig, j.end) {
                let depth = |at| self.profile().boundary_at(at, Senses::BOTH);
                others = others.max(j.fragments.saturating_add(depth(j.start).min(depth(j.end))));
            }
            if f64::from(j.fragments) >= options.min_share * f64::from(others) {
                supported.push(j);
            }
        }
        supported
    }

    /// What this sample's fragments say of the strand of a junction.
    pub(super) fn votes(&self, count: &JunctionCount) -> Votes {
        let mut votes = Votes::default();
        votes.add(count, self.library);
        votes
    }
}
