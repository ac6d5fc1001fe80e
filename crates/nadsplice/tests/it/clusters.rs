//! Junction clusters.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use crate::{
    toy::{SAMPLES, toy_results},
    tsv::Tsv,
};

#[test]
fn clusters_count_as_junctions_do_and_shares_add_up_to_one() {
    let results = toy_results();
    let [clusters, usage, junctions] =
        ["clusters.tsv", "cluster_usage.tsv", "junctions.tsv"].map(|file| Tsv::read(&results.join(file)));
    assert!(clusters.rows.len() > 50, "{} rows", clusters.rows.len());
    assert_eq!(clusters.header, usage.header);
    let place = |row: &crate::tsv::TsvRow<'_>, start: &str, end: &str| {
        (row.text("chrom").to_owned(), row.text(start).to_owned(), row.text(end).to_owned())
    };
    let counts: BTreeMap<_, _> = junctions.iter().map(|row| (place(&row, "start0", "end"), row)).collect();
    for (sample, _) in SAMPLES {
        let mut totals = BTreeMap::<&str, (f64, f64)>::new();
        for (row, share) in clusters.iter().zip(usage.iter()) {
            let (id, count) = (row.text("cluster_id"), row.number(sample).unwrap());
            assert_eq!(id, share.text("cluster_id"));
            if row.text("kind") == "junction" {
                let junction = counts[&place(&row, "junction_start0", "junction_end")];
                assert_eq!(row.text(sample), junction.text(sample), "{id}");
                assert_eq!(row.text("annotated"), junction.text("annotated"), "{id}");
                assert_eq!(row.text("strand"), junction.text("strand"), "{id}");
            }
            let total = totals.entry(id).or_default();
            total.0 += count;
            total.1 += share.number(sample).unwrap_or(0.0);
        }
        for (id, (count, share)) in totals {
            let expected = if count > 0.0 { 1.0 } else { 0.0 };
            assert!((share - expected).abs() < 1e-5, "{id} in {sample}: {count} fragments, {share}");
        }
    }
}

#[test]
fn the_clusters_of_simulated_events_name_them_and_suva_s_class() {
    let results = toy_results();
    let [clusters, events] = ["clusters.tsv", "events.tsv"].map(|file| Tsv::read(&results.join(file)));
    let mut homes = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut classes = BTreeMap::<&str, BTreeSet<&str>>::new();
    let mut kinds = BTreeMap::<&str, BTreeSet<&str>>::new();
    for row in clusters.iter() {
        for event in row.text("events").split(',') {
            homes.entry(event).or_default().insert(row.text("cluster_id"));
            classes.entry(event).or_default().extend(row.text("class").split(','));
            kinds.entry(event).or_default().insert(row.text("kind"));
        }
        let listed: BTreeSet<&str> =
            row.text("pairs").split(',').map(|pair| pair.split(':').next().unwrap()).collect();
        assert_eq!(listed, row.text("class").split(',').collect::<BTreeSet<_>>());
    }
    for event in events.iter() {
        let (id, kind) = (event.text("event_id"), event.text("kind"));
        let found = homes.get(id).map_or(0, BTreeSet::len);
        let class = match kind {
            "A5SS" | "AFE" => "alt5p",
            "A3SS" | "ALE" => "alt3p",
            "RI" => "ir",
            _ => continue,
        };
        assert_eq!(found, 1, "{id}");
        assert!(classes[id].contains(class), "{id}: {:?}", classes[id]);
        assert_eq!(kinds[id].contains("intron"), kind == "RI", "{id}");
    }
}

#[test]
fn no_temporary_file_stays_among_the_results() {
    let hidden: Vec<_> = fs::read_dir(toy_results())
        .unwrap()
        .map(|entry| entry.unwrap().file_name().to_string_lossy().into_owned())
        .filter(|name| name.starts_with('.'))
        .collect();
    assert!(hidden.is_empty(), "{hidden:?}");
}
