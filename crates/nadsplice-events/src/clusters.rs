//! Clusters of junctions that share splice sites, without an annotation.
//!
//! The idea is LeafCutter's (Li et al. 2018, <https://doi.org/10.1038/s41588-017-0004-9>): introns that share a
//! donor or an acceptor, directly or through others, compete, and each one's share of the cluster's fragments is its
//! usage. Differences from `leafcutter_cluster_regtools.py`: introns that only overlap are never in one cluster, not
//! even to decide which are read together; the number of fragments is asked of each linked cluster, not of what
//! overlaps before linking; refinement asks for a share, not for the whole cluster's 30 reads of every intron again;
//! every contig takes part; ids do not change from run to run; a retained intron that was measured is a member.

mod class;
mod link;
mod members;

use nadsplice_core::{ContigId, GeneId, Interval, Junction, SampleCounts, Strand};
use rustc_hash::FxHashMap;

pub use class::SuvaClass;
pub use members::{ClusterMember, MemberKind};

use crate::{Catalogue, QuantifyError, evidence::Senses};

/// Which junctions make clusters.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct ClusterOptions {
    /// Least fragments over a junction in all samples together. Default 3, as in LeafCutter.
    pub min_junction_fragments: u32,
    /// Least fragments over all junctions of a cluster in all samples together. Default 30, as in LeafCutter (`-m`).
    pub min_cluster_fragments: u32,
    /// Least share of a junction among its cluster's fragments in all samples together, in [0, 1]. Default 0.001, as in
    /// LeafCutter (`-p`).
    pub min_share: f64,
    /// Longest intron, bases. Default 500,000, as for novel events. LeafCutter has 100,000 (`-l`), since there a
    /// long intron puts everything beneath it together; here only a shared site links.
    pub max_intron_length: u32,
}

impl Default for ClusterOptions {
    fn default() -> Self {
        Self {
            min_junction_fragments: 3,
            min_cluster_fragments: 30,
            min_share: 0.001,
            max_intron_length: 500_000,
        }
    }
}

/// Two or more introns of one strand, each of which shares a splice site with another one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cluster {
    /// The contig.
    pub contig: ContigId,
    /// The strand of its junctions.
    pub strand: Option<Strand>,
    /// By intron, the junction before its retention; each once.
    pub members: Vec<ClusterMember>,
    /// Genes of any member, sorted, each once.
    pub genes: Vec<GeneId>,
}

impl Cluster {
    /// From the first intronic base of all introns to the base after the last, 0-based.
    pub fn span(&self) -> Option<Interval> {
        let start = self.members.iter().map(|m| m.intron.start()).min()?;
        let end = self.members.iter().map(|m| m.intron.end()).max()?;
        Interval::new(start, end)
    }

    /// The stable identity, `CL:chrom:e-s:strand`: the last exonic base before its introns and the first one after
    /// them, 1-based. No two clusters of a strand begin at one site, so that it names one cluster in any run; which
    /// junctions are in it depends on the cohort.
    pub fn id(&self, contig_name: &str) -> String {
        let (start, end) = self.span().map_or((0, 0), |span| (span.start(), span.end()));
        format!("CL:{contig_name}:{start}-{}:{}", u64::from(end) + 1, Strand::symbol_of(self.strand))
    }

    /// All pairs of members that SUVA would make an event of, `(member, member, class)`, by members.
    pub fn pairs(&self) -> Vec<(usize, usize, SuvaClass)> {
        let mut pairs = Vec::new();
        for (a, first) in self.members.iter().enumerate() {
            for (b, second) in self.members.iter().enumerate().skip(a + 1) {
                pairs.extend(SuvaClass::of(first, second, self.strand).map(|class| (a, b, class)));
            }
        }
        pairs
    }

    /// For each member the classes of the pairs that it is in, in the order of [`SuvaClass`], each once.
    pub fn classes(&self) -> Vec<Vec<SuvaClass>> {
        let mut classes = vec![Vec::new(); self.members.len()];
        for (a, b, class) in self.pairs() {
            classes[a].push(class);
            classes[b].push(class);
        }
        for of_member in &mut classes {
            of_member.sort_unstable();
            of_member.dedup();
        }
        classes
    }
}

/// The clusters of a cohort by contig, span and strand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Clusters {
    /// The clusters in order.
    pub clusters: Vec<Cluster>,
}

impl Clusters {
    /// Clusters of members with their fragments in all samples, in any order; a junction comes once, with one strand.
    ///
    /// Junctions of different strands, or of a known and an unknown one, are never in one cluster. Members that fall
    /// below [`ClusterOptions::min_share`] leave all at once and what is left is linked again, until none falls.
    pub fn from_junctions(
        members: impl IntoIterator<Item = ClusterMember>,
        options: &ClusterOptions,
    ) -> Self {
        let mut groups: FxHashMap<(ContigId, Option<Strand>), Vec<ClusterMember>> = FxHashMap::default();
        for member in members {
            let fits = member.fragments >= options.min_junction_fragments
                && member.intron.len() <= options.max_intron_length;
            if fits {
                groups.entry((member.contig, member.strand)).or_default().push(member);
            }
        }
        let mut clusters: Vec<Cluster> = Vec::new();
        #[allow(clippy::iter_over_hash_type, reason = "sorted below")]
        for ((contig, strand), mut group) in groups {
            group.sort_unstable_by_key(ClusterMember::place);
            group.dedup_by_key(|member| member.place());
            clusters.extend(link::refined(group, options).into_iter().map(|members| {
                let mut genes: Vec<GeneId> = members.iter().flat_map(|m| m.genes.iter().copied()).collect();
                genes.sort_unstable();
                genes.dedup();
                Cluster { contig, strand, members, genes }
            }));
        }
        clusters.sort_unstable_by_key(|cluster| (cluster.contig, cluster.span(), cluster.strand));
        Self { clusters }
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.clusters.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.clusters.is_empty()
    }

    /// Fragments of each member in one sample, cluster by cluster: over the junction, or for a retained intron the
    /// mean over its two boundaries, rounded down. A fragment over two junctions counts for both. Of rMATS's reads
    /// there are none over boundaries.
    ///
    /// # Errors
    /// When the sample was counted with other contigs than the `contigs` of the clusters' annotation.
    pub fn counts(
        &self,
        contigs: &[String],
        sample: &SampleCounts,
        library: nadsplice_core::LibraryStrandedness,
    ) -> Result<Vec<Vec<u32>>, QuantifyError> {
        if sample.contigs != contigs {
            return Err(QuantifyError::Contigs { sample: sample.sample.clone() });
        }
        let junctions: FxHashMap<Junction, u32> = crate::junction_counts(sample).into_iter().collect();
        let mut boundaries = members::Boundaries::new(sample);
        let count = |cluster: &Cluster, member: &ClusterMember, boundaries: &mut members::Boundaries<'_>| {
            let (contig, intron) = (cluster.contig, member.intron);
            match member.kind {
                MemberKind::Junction => junctions.get(&Junction { contig, intron }).copied().unwrap_or(0),
                MemberKind::RetainedIntron => {
                    boundaries.mean_over(contig, intron, Senses::of(library, cluster.strand))
                }
            }
        };
        Ok(self
            .clusters
            .iter()
            .map(|cluster| cluster.members.iter().map(|m| count(cluster, m, &mut boundaries)).collect())
            .collect())
    }

    /// For each cluster the events of a catalogue, by position, that it contains: those with a junction of either
    /// form in it, for a retained intron its junction and its retention. So an SE or A5SS is in one cluster at most,
    /// and an MXE, the two sides of which share no site, may be in two.
    pub fn events(&self, catalogue: &Catalogue) -> Vec<Vec<usize>> {
        let mut home: FxHashMap<(Junction, MemberKind), usize> = FxHashMap::default();
        for (number, cluster) in self.clusters.iter().enumerate() {
            for member in &cluster.members {
                let junction = Junction { contig: cluster.contig, intron: member.intron };
                home.insert((junction, member.kind), number);
            }
        }
        let mut events = vec![Vec::new(); self.clusters.len()];
        for (position, event) in catalogue.events.iter().enumerate() {
            let homes = |introns: &mut dyn Iterator<Item = Interval>, kind| -> Vec<usize> {
                let junctions = introns.map(|intron| Junction { contig: event.contig, intron });
                let mut homes: Vec<usize> = junctions.filter_map(|j| home.get(&(j, kind)).copied()).collect();
                homes.sort_unstable();
                homes.dedup();
                homes
            };
            let skipping = homes(&mut event.skipping.introns(), MemberKind::Junction);
            let inclusion = if event.kind == nadsplice_core::EventKind::Ri {
                homes(&mut event.skipping.introns(), MemberKind::RetainedIntron)
            } else {
                homes(&mut event.inclusion.introns(), MemberKind::Junction)
            };
            for number in inclusion.into_iter().filter(|number| skipping.contains(number)) {
                events[number].push(position);
            }
        }
        events
    }
}

#[cfg(test)]
mod tests;
