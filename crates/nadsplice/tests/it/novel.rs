//! `--novel`: events that the reads show and the annotation lacks.

use std::collections::BTreeMap;

use crate::{
    data::{data, write_sheet},
    program::{Called, run},
    scratch::scratch,
    tsv::Tsv,
};

#[test]
fn novel_events_are_added_and_annotated_ones_keep_their_counts() {
    let Some(data) = data("sirv") else { return };
    let folder = scratch("novel_sirv");
    let samples: Vec<_> = ["mix1_1", "mix1_2", "mix2_1", "mix2_2"]
        .map(|name| (name.to_owned(), data.join(format!("sirv/{name}.bam")), &name[..4]))
        .into();
    let sheet = folder.join("sheet.tsv");
    write_sheet(&sheet, &samples);
    let counts = |options: &[&str]| -> BTreeMap<String, (String, String)> {
        let results = folder.join("results");
        let mut command = run(&sheet, &data.join("sirv/SIRV.gtf"), &results);
        Called::of(command.args(["--contrast", "condition:mix2:mix1"]).args(options)).succeeded();
        let events = Tsv::read(&results.join("events.tsv"));
        let inclusion = Tsv::read(&results.join("inclusion_counts.tsv"));
        let rows = events.iter().zip(inclusion.iter());
        rows.map(|(event, counts)| {
            assert_eq!(event.text("event_id"), counts.text("event_id"));
            let cells: Vec<&str> = samples.iter().map(|(name, ..)| counts.text(name)).collect();
            (event.text("event_id").to_owned(), (event.text("novelty").to_owned(), cells.join(",")))
        })
        .collect()
    };
    let annotated = counts(&[]);
    let all = counts(&["--novel"]);
    assert!(annotated.values().all(|(novelty, _)| novelty == "annotated"));
    let (kept, novel): (BTreeMap<_, _>, BTreeMap<_, _>) =
        all.into_iter().partition(|(_, (novelty, _))| novelty == "annotated");
    assert_eq!(kept, annotated);
    // The spike-ins hold introns that are kept under exons of the same gene with other ends.
    assert!(!novel.is_empty() && novel.len() < 15, "{novel:?}");
    assert!(novel.values().all(|(novelty, _)| novelty == "novel_intron"), "{novel:?}");
}
