//! What clusters are made of.

use nadsplice_core::{ContigId, Event, EventKind, Evidence, GeneId, Interval, SampleCounts, Strand};

use super::ClusterOptions;
use crate::{
    evidence::Senses,
    novel::{CohortEvidence, ContigProfile, Novelty},
};

/// What becomes of a member's intron.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MemberKind {
    /// It is spliced.
    Junction,
    /// It is kept.
    RetainedIntron,
}

/// An intron that may be in a cluster.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ClusterMember {
    /// The contig.
    pub contig: ContigId,
    /// First intronic base to the first base after the intron, 0-based.
    pub intron: Interval,
    /// Its strand.
    pub strand: Option<Strand>,
    /// Spliced or kept.
    pub kind: MemberKind,
    /// Whether a transcript of the annotation has the intron; of a retained intron, whether one of its genes keeps it.
    pub annotated: bool,
    /// Genes that have the intron; where none has, genes with both of its sites, else with one.
    pub genes: Vec<GeneId>,
    /// Fragments of all samples: over the junction, or of those samples that retain the intron over its weaker
    /// boundary.
    pub fragments: u32,
}

impl ClusterMember {
    /// What no two members of one strand share.
    pub(super) const fn place(&self) -> (Interval, MemberKind) {
        (self.intron, self.kind)
    }

    /// Whether it belongs to either form of an event of its contig.
    pub fn is_of(&self, event: &Event) -> bool {
        let retention = event.kind == EventKind::Ri;
        event.contig == self.contig
            && match self.kind {
                MemberKind::RetainedIntron => retention && event.skipping.introns().any(|i| i == self.intron),
                MemberKind::Junction => {
                    event.skipping.introns().any(|i| i == self.intron)
                        || (!retention && event.inclusion.introns().any(|i| i == self.intron))
                }
            }
    }
}

impl CohortEvidence<'_> {
    /// Everything that can be in a cluster: the junctions of the cohort that these options let in, and of their introns
    /// those that enough samples retain. By contig, intron and kind.
    pub fn cluster_members(&self, options: &ClusterOptions) -> Vec<ClusterMember> {
        let junctions = self.junctions().into_iter().filter(|j| {
            j.fragments >= options.min_junction_fragments
                && j.junction.intron.len() <= options.max_intron_length
        });
        let mut members: Vec<ClusterMember> = junctions
            .map(|j| ClusterMember {
                contig: j.junction.contig,
                intron: j.junction.intron,
                strand: j.strand,
                kind: MemberKind::Junction,
                annotated: j.novelty == Novelty::Annotated,
                genes: j.genes,
                fragments: j.fragments,
            })
            .collect();
        let retained: Vec<ClusterMember> = members
            .iter()
            .filter_map(|junction| {
                let fragments = self.retained_fragments(junction.contig, junction.intron)?;
                let annotated = self.is_kept_by(&junction.genes, junction.contig, junction.intron);
                let kind = MemberKind::RetainedIntron;
                Some(ClusterMember { kind, annotated, fragments, ..junction.clone() })
            })
            .collect();
        members.extend(retained);
        members.sort_unstable_by_key(|member| (member.contig, member.place()));
        members
    }
}

/// A sample's fragments over exon-intron boundaries, decoded as they are asked for.
pub(super) struct Boundaries<'a> {
    sample: &'a SampleCounts,
    /// Of the contig that was asked for last: clusters come contig by contig.
    profile: Option<(ContigId, ContigProfile)>,
}

impl<'a> Boundaries<'a> {
    pub(super) fn new(sample: &'a SampleCounts) -> Self {
        Self { sample, profile: None }
    }

    /// The mean over both boundaries of an intron, rounded down.
    pub(super) fn mean_over(&mut self, contig: ContigId, intron: Interval, senses: Senses) -> u32 {
        let Evidence::Fragments(evidence) = &self.sample.evidence else { return 0 };
        let Some(counts) = evidence.contigs.get(contig.index()) else { return 0 };
        let profile = match &mut self.profile {
            Some((known, profile)) if *known == contig => &*profile,
            other => &other.insert((contig, ContigProfile::new(&counts.depth))).1,
        };
        profile.boundary_at(intron.start(), senses).midpoint(profile.boundary_at(intron.end(), senses))
    }
}
