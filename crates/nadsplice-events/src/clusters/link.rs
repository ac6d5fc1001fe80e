//! Linking by shared splice sites, and refinement by share.

use std::collections::BTreeMap;

use rustc_hash::FxHashMap;

use super::{ClusterMember, ClusterOptions};

/// Clusters of members of one contig and strand, each in the order in which its members came.
pub(super) fn refined(members: Vec<ClusterMember>, options: &ClusterOptions) -> Vec<Vec<ClusterMember>> {
    let mut waiting = vec![members];
    let mut clusters = Vec::new();
    while let Some(members) = waiting.pop() {
        for linked in linked(members) {
            let total: u64 = linked.iter().map(|m| u64::from(m.fragments)).sum();
            if linked.len() < 2 || total < u64::from(options.min_cluster_fragments) {
                continue;
            }
            let least = options.min_share * total as f64;
            let before = linked.len();
            let kept: Vec<_> = linked.into_iter().filter(|m| f64::from(m.fragments) >= least).collect();
            if kept.len() == before {
                clusters.push(kept);
            } else {
                waiting.push(kept);
            }
        }
    }
    clusters
}

/// Groups of members connected through shared sites.
fn linked(members: Vec<ClusterMember>) -> Vec<Vec<ClusterMember>> {
    let mut parents: Vec<usize> = (0..members.len()).collect();
    let (mut starts, mut ends) = (FxHashMap::default(), FxHashMap::default());
    for (number, member) in members.iter().enumerate() {
        let same_start = *starts.entry(member.intron.start()).or_insert(number);
        let same_end = *ends.entry(member.intron.end()).or_insert(number);
        for other in [same_start, same_end] {
            let (a, b) = (root(&mut parents, number), root(&mut parents, other));
            // The first member stands for its group, so groups come out in the order of their first members.
            parents[a.max(b)] = a.min(b);
        }
    }
    let mut groups: BTreeMap<usize, Vec<ClusterMember>> = BTreeMap::new();
    for (number, member) in members.into_iter().enumerate() {
        groups.entry(root(&mut parents, number)).or_default().push(member);
    }
    groups.into_values().collect()
}

fn root(parents: &mut [usize], number: usize) -> usize {
    let mut at = number;
    while parents[at] != at {
        parents[at] = parents[parents[at]];
        at = parents[at];
    }
    at
}
