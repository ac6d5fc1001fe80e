use std::collections::BTreeSet;

use nadsplice_core::EventKind::{self, A3ss, Mxe, Ri, Se};
use proptest::prelude::*;

use super::*;
use crate::{
    EventKeys,
    toy::{annotation, gene},
};

fn member(start: u32, end: u32, strand: Option<Strand>, fragments: u32) -> ClusterMember {
    ClusterMember {
        contig: ContigId(0),
        intron: Interval::new(start, end).unwrap(),
        strand,
        kind: MemberKind::Junction,
        annotated: true,
        genes: vec![GeneId(0)],
        fragments,
    }
}

fn ids(clusters: &Clusters) -> Vec<String> {
    clusters.clusters.iter().map(|cluster| cluster.id("chr1")).collect()
}

const FORWARD: Option<Strand> = Some(Strand::Forward);

#[test]
fn introns_that_share_no_site_stay_apart() {
    let members = [
        member(100, 200, FORWARD, 20),
        member(100, 400, FORWARD, 20),
        // Within the longest, and linked to each other only.
        member(250, 300, FORWARD, 20),
        member(250, 350, FORWARD, 20),
        // Shares a site with the first two, on the other strand.
        member(100, 500, Some(Strand::Reverse), 50),
        // Alone.
        member(700, 800, FORWARD, 500),
    ];
    let clusters = Clusters::from_junctions(members, &ClusterOptions::default());
    assert_eq!(ids(&clusters), ["CL:chr1:100-401:+", "CL:chr1:250-351:+"]);
}

#[test]
fn thresholds_are_those_of_the_options() {
    let strong = || [member(100, 200, FORWARD, 1000), member(100, 300, FORWARD, 1000)];
    let clusters = |more: ClusterMember| {
        let members = strong().into_iter().chain([more]);
        Clusters::from_junctions(members, &ClusterOptions::default()).clusters[0].members.len()
    };
    assert_eq!(clusters(member(100, 250, FORWARD, 3)), 3);
    assert_eq!(clusters(member(100, 250, FORWARD, 2)), 2, "two fragments");
    assert_eq!(clusters(member(100, 500_101, FORWARD, 1000)), 2, "too long");
    let weak = [member(100, 200, FORWARD, 14), member(100, 300, FORWARD, 15)];
    assert!(Clusters::from_junctions(weak, &ClusterOptions::default()).is_empty());
}

#[test]
fn a_cluster_falls_apart_when_its_bridge_is_too_weak() {
    // 100-300 links the two pairs with 3 of 8,003 fragments.
    let members = [
        member(100, 200, FORWARD, 2000),
        member(100, 210, FORWARD, 2000),
        member(100, 300, FORWARD, 3),
        member(250, 300, FORWARD, 2000),
        member(260, 300, FORWARD, 2000),
    ];
    let clusters = Clusters::from_junctions(members, &ClusterOptions::default());
    assert_eq!(ids(&clusters), ["CL:chr1:100-211:+", "CL:chr1:250-301:+"]);
}

#[test]
fn members_name_their_classes_and_clusters_their_events() {
    let exons: &[&[(u32, u32)]] = &[
        &[(0, 100), (200, 300), (400, 500)],
        &[(0, 100), (400, 500)],
        &[(0, 100), (210, 300), (400, 500)],
        &[(600, 700), (800, 900), (1200, 1300)],
        &[(600, 700), (1000, 1100), (1200, 1300)],
        &[(600, 900), (1200, 1300)],
    ];
    let annotation = annotation(vec![gene(FORWARD, exons)]);
    let introns = annotation.introns().concat();
    let junctions = introns.iter().map(|i| member(i.start(), i.end(), FORWARD, 50));
    let retained = ClusterMember { kind: MemberKind::RetainedIntron, ..member(700, 800, FORWARD, 50) };
    let clusters = Clusters::from_junctions(junctions.chain([retained]), &ClusterOptions::default());
    assert_eq!(ids(&clusters), ["CL:chr1:100-401:+", "CL:chr1:700-1001:+", "CL:chr1:900-1201:+"]);
    let names = |cluster: usize| -> Vec<String> {
        let classes = clusters.clusters[cluster].classes();
        classes.iter().map(|c| c.iter().map(|c| c.name()).collect::<Vec<_>>().join(",")).collect()
    };
    // 100-200, 100-210, 100-400, 300-400.
    assert_eq!(names(0), ["alt3p", "alt3p", "alt5p,alt3p", "alt5p"]);
    // 700-800, its retention, 700-1000.
    assert_eq!(names(1), ["alt3p,ir", "ir", "alt3p"]);
    let catalogue = Catalogue::from_annotation(&annotation, EventKeys::WithStrand);
    let kinds: Vec<Vec<EventKind>> = clusters
        .events(&catalogue)
        .iter()
        .map(|events| events.iter().map(|&k| catalogue.events[k].kind).collect())
        .collect();
    assert_eq!(kinds, [vec![A3ss, Se, Se], vec![Ri, Mxe], vec![Mxe]]);
}

fn any_members() -> impl Strategy<Value = Vec<ClusterMember>> {
    let strand = prop_oneof![Just(None), Just(Some(Strand::Forward)), Just(Some(Strand::Reverse))];
    let one = (1u32..20, 1u32..8, strand, 1u32..4000, any::<bool>());
    let one = one.prop_map(|(start, length, strand, fragments, retained)| {
        let kind = if retained { MemberKind::RetainedIntron } else { MemberKind::Junction };
        ClusterMember { kind, ..member(start * 10, (start + length) * 10, strand, fragments) }
    });
    // Whole members are distinct, so that none hides another.
    prop::collection::vec(one, 0..40).prop_map(|mut members| {
        members.sort_by_key(|m| (m.strand, m.place()));
        members.dedup_by_key(|m| (m.strand, m.place()));
        members
    })
}

proptest! {
    #[test]
    fn clusters_are_linked_apart_and_stable(members in any_members(), rotation in 0usize..40) {
        let options = ClusterOptions { min_share: 0.02, ..ClusterOptions::default() };
        let clusters = Clusters::from_junctions(members.clone(), &options);
        let mut shuffled = members;
        let by = rotation % shuffled.len().max(1);
        shuffled.rotate_left(by);
        shuffled.reverse();
        prop_assert_eq!(&Clusters::from_junctions(shuffled, &options), &clusters);
        // What is left makes the same clusters again.
        let left = clusters.clusters.iter().flat_map(|c| c.members.iter().cloned());
        prop_assert_eq!(&Clusters::from_junctions(left, &options), &clusters);
        let all = ids(&clusters);
        prop_assert_eq!(all.iter().collect::<BTreeSet<_>>().len(), all.len());
        let mut sites = BTreeSet::new();
        for cluster in &clusters.clusters {
            let total: u32 = cluster.members.iter().map(|m| m.fragments).sum();
            prop_assert!(cluster.members.len() > 1 && total >= options.min_cluster_fragments);
            let own: BTreeSet<(bool, u32)> = cluster
                .members
                .iter()
                .flat_map(|m| [(false, m.intron.start()), (true, m.intron.end())])
                .collect();
            prop_assert!(own.into_iter().all(|site| sites.insert((cluster.strand, site))));
            for member in &cluster.members {
                prop_assert!(f64::from(member.fragments) >= options.min_share * f64::from(total));
                let linked = cluster.members.iter().filter(|other| {
                    other.intron.start() == member.intron.start() || other.intron.end() == member.intron.end()
                });
                prop_assert!(linked.count() > 1);
            }
        }
    }
}
