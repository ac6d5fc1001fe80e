//! One toy gene for each branch, and the order of the branches.

use nadsplice_core::Interval;

use super::*;
use crate::{Panel, PanelGene};

fn cuts() -> VerdictCuts {
    VerdictCuts::for_smaller_group(3)
}

fn event(id: &str, p: f64, delta: f64, interval: (f64, f64)) -> EventEvidence {
    EventEvidence {
        event_id: id.to_owned(),
        status: "ok".to_owned(),
        p_value: Some(p),
        q_value: Some((4.0 * p).min(1.0)),
        delta_psi: Some(delta),
        interval: Some(interval),
        median_reads: 31.0,
        detectable_delta: Some(0.2),
    }
}

fn untested(id: &str, status: &str, median_reads: f64) -> EventEvidence {
    EventEvidence {
        event_id: id.to_owned(),
        status: status.to_owned(),
        p_value: None,
        q_value: None,
        delta_psi: Some(0.4),
        interval: None,
        median_reads,
        detectable_delta: None,
    }
}

fn junctions(annotated: &[(u32, u32, u64)], novel: &[(u32, u32, u64)]) -> JunctionEvidence {
    let make = |list: &[(u32, u32, u64)]| {
        list.iter()
            .map(|&(start, end, fragments)| JunctionFragments {
                intron: Interval::new(start, end).unwrap(),
                fragments,
            })
            .collect()
    };
    JunctionEvidence { annotated: make(annotated), novel: make(novel), median_per_sample: 12.5 }
}

fn gene(symbol: &str) -> PanelGene {
    Panel::nad().genes().iter().find(|g| g.identity.label() == symbol).unwrap().clone()
}

/// The row of CD38 with these events and junctions.
fn verdict_of(events: Vec<EventEvidence>, junctions: JunctionEvidence) -> PanelRow {
    let gene = gene("CD38");
    let evidence = GeneEvidence {
        gene: &gene,
        gene_id: Some("ENSG00000004468.14".to_owned()),
        is_counted: true,
        note: None,
        events,
        junctions,
    };
    verdicts(&[evidence], &cuts()).remove(0)
}

fn none() -> JunctionEvidence {
    JunctionEvidence::default()
}

#[test]
fn a_significant_and_large_event_is_a_change() {
    let row = verdict_of(
        vec![event("SE:a", 0.3, 0.01, (-0.02, 0.03)), event("SE:b", 0.001, -0.25, (-0.35, -0.12))],
        none(),
    );
    assert_eq!(row.verdict, Verdict::Changed);
    assert_eq!((row.n_events, row.n_tested), (2, 2));
    assert_eq!(row.best_event.as_deref(), Some("SE:b"));
    assert!((row.best_q.unwrap() - 0.002).abs() < 1e-12);
    assert_eq!((row.delta_psi, row.ci_low, row.ci_high), (Some(-0.25), Some(-0.35), Some(-0.12)));
    assert_eq!(row.median_reads, Some(31.0));
    assert_eq!(
        row.reason,
        "SE:b has delta PSI -0.250 (95% interval -0.350 to -0.120) at q 0.002 within the panel and 0.004 over all \
         tested events, past the cuts of 0.10 and 0.05"
    );
}

#[test]
fn a_change_goes_before_equivalence_of_the_other_events() {
    let cuts = VerdictCuts::for_smaller_group(10);
    let gene = gene("CD38");
    let evidence = GeneEvidence {
        gene: &gene,
        gene_id: Some("CD38".to_owned()),
        is_counted: true,
        note: None,
        events: vec![event("SE:a", 1e-6, 0.06, (0.04, 0.08))],
        junctions: none(),
    };
    // Inside the margin of equivalence and still a change, since 0.06 is past the cut of 0.05.
    assert_eq!(verdicts(&[evidence], &cuts)[0].verdict, Verdict::Changed);
}

#[test]
fn the_best_event_of_a_change_is_one_that_changed() {
    let row = verdict_of(
        vec![event("SE:a", 1e-9, 0.02, (0.01, 0.03)), event("SE:b", 0.001, 0.3, (0.2, 0.4))],
        none(),
    );
    assert_eq!(row.verdict, Verdict::Changed);
    assert_eq!(row.best_event.as_deref(), Some("SE:b"));
}

#[test]
fn the_cuts_are_below_for_q_and_at_or_above_for_delta_psi() {
    let at = |p, delta| verdict_of(vec![event("SE:a", p, delta, (-0.5, 0.5))], none()).verdict;
    assert_eq!(at(0.049, 0.10), Verdict::Changed);
    assert_eq!(at(0.05, 0.10), Verdict::Inconclusive);
    assert_eq!(at(0.001, 0.099), Verdict::Inconclusive);
    assert_eq!(at(0.001, -0.10), Verdict::Changed);
}

#[test]
fn narrow_intervals_are_equivalence() {
    let row = verdict_of(
        vec![
            event("SE:a", 0.5, 0.01, (-0.04, 0.06)),
            event("SE:b", 0.9, 0.0, (-0.09, 0.02)),
            untested("SE:c", "coverage", 2.0),
        ],
        none(),
    );
    assert_eq!(row.verdict, Verdict::Unchanged);
    assert_eq!((row.n_events, row.n_tested), (3, 2));
    assert_eq!(
        row.reason,
        "2 tested events with every 95% interval of delta PSI inside +-0.10 (from -0.090 to +0.060); 1 event not \
         tested: coverage 1"
    );
}

#[test]
fn significant_but_small_is_unchanged_and_said() {
    let row = verdict_of(vec![event("SE:a", 1e-8, 0.03, (0.02, 0.04))], none());
    assert_eq!(row.verdict, Verdict::Unchanged);
    assert!(row.reason.contains("(from +0.020 to +0.040)"), "{}", row.reason);
    assert!(row.reason.contains("1 significant but small: SE:a has delta PSI +0.030"), "{}", row.reason);
}

#[test]
fn a_wide_interval_or_none_at_all_is_inconclusive() {
    let row = verdict_of(
        vec![event("SE:a", 0.4, 0.02, (-0.04, 0.06)), event("SE:b", 0.3, 0.1, (-0.1, 0.3))],
        none(),
    );
    assert_eq!(row.verdict, Verdict::Inconclusive);
    assert_eq!(row.best_event.as_deref(), Some("SE:b"));
    assert!(row.reason.starts_with("none of 2 tested events below q 0.05, and the interval of 1 reaches"));
    assert!(row.reason.contains("the smallest change that could have been seen is 0.200 (SE:a)"));
    let mut without = event("SE:a", 0.4, 0.02, (0.0, 0.0));
    without.interval = None;
    without.detectable_delta = None;
    let row = verdict_of(vec![without], none());
    assert_eq!(row.verdict, Verdict::Inconclusive);
    assert!(row.reason.contains("could have been seen is not known"));
}

#[test]
fn enough_reads_and_no_alternative_are_constitutive() {
    let row = verdict_of(vec![], junctions(&[(10, 20, 59), (30, 40, 400)], &[]));
    assert_eq!(row.verdict, Verdict::Constitutive);
    assert_eq!((row.n_events, row.best_event, row.median_reads), (0, None, Some(12.5)));
    assert_eq!(
        row.reason,
        "no alternative form annotated or found: 459 fragments on 2 annotated junctions, 59 on the least covered, \
         none on any other junction; forms of more than 4.95% usage are excluded at 95% confidence"
    );
}

#[test]
fn strays_far_below_the_bound_leave_a_gene_constitutive() {
    let row = verdict_of(vec![], junctions(&[(10, 20, 20_000)], &[(10, 19, 3)]));
    assert_eq!(row.verdict, Verdict::Constitutive);
    assert!(row.reason.contains("20000 on the least covered, 3 on other junctions, 3 of 20003 at one place"));
}

#[test]
fn too_few_reads_are_not_testable_with_the_numbers() {
    let row = verdict_of(vec![], junctions(&[(10, 20, 58), (30, 40, 400)], &[]));
    assert_eq!(row.verdict, Verdict::NotTestable);
    assert_eq!(
        row.reason,
        "too few junction reads: 458 fragments on 2 annotated junctions, median 12.5 a sample, 58 on the least \
         covered; 59 are needed on each to exclude 5% usage, only forms of more than 5.03% usage are excluded at 95% \
         confidence"
    );
}

#[test]
fn a_gene_with_an_alternative_is_never_constitutive() {
    let annotated = verdict_of(vec![], junctions(&[(10, 20, 900), (10, 30, 900)], &[]));
    assert_eq!(annotated.verdict, Verdict::NotTestable);
    assert!(annotated.reason.starts_with("alternative junctions are annotated but make no event"));
    let seen = verdict_of(vec![], junctions(&[(10, 20, 900)], &[(10, 25, 100)]));
    assert_eq!(seen.verdict, Verdict::NotTestable);
    assert!(seen.reason.contains("100 of 1000 fragments at one place"), "{}", seen.reason);
    let event = verdict_of(vec![untested("SE:a", "coverage", 3.0)], junctions(&[(10, 20, 900)], &[]));
    assert_eq!(event.verdict, Verdict::NotTestable);
}

#[test]
fn untested_events_are_not_testable_with_their_statuses() {
    let events = vec![
        untested("SE:a", "invariant", 30.0),
        untested("SE:b", "coverage", 3.0),
        untested("SE:c", "coverage", 2.5),
    ];
    let row = verdict_of(events, junctions(&[(10, 20, 900)], &[]));
    assert_eq!(row.verdict, Verdict::NotTestable);
    assert_eq!((row.n_events, row.n_tested, row.best_event, row.delta_psi), (3, 0, None, None));
    assert_eq!(row.median_reads, Some(30.0));
    assert_eq!(
        row.reason,
        "none of its 3 events could be tested: coverage 2, invariant 1; the best covered, SE:a, has a median of 30 a \
         sample"
    );
}

#[test]
fn silent_single_exon_and_absent_genes_are_not_testable_each_for_its_reason() {
    let silent = verdict_of(vec![], junctions(&[(10, 20, 0)], &[]));
    assert_eq!(silent.reason, "not expressed: no fragment on its 1 annotated junction in any sample");
    let silent = verdict_of(vec![untested("SE:a", "coverage", 0.0)], junctions(&[(10, 20, 0)], &[]));
    assert!(silent.reason.starts_with("not expressed"));
    let single = verdict_of(vec![], none());
    assert_eq!(single.reason, "no intron annotated, so there is no splicing to test");
    let gene = gene("NAPRT");
    let absent = GeneEvidence {
        gene: &gene,
        gene_id: None,
        is_counted: true,
        note: None,
        events: vec![],
        junctions: none(),
    };
    let row = verdicts(&[absent], &cuts()).remove(0);
    assert_eq!((row.verdict, row.median_reads, row.gene_id), (Verdict::NotTestable, None, None));
    assert_eq!(row.reason, "not in the annotation (looked for ENSG00000147813, 93100, NAPRT, NAPRT1)");
}

#[test]
fn a_gene_outside_the_counted_regions_says_so() {
    let gene = gene("CD38");
    let outside = GeneEvidence {
        gene: &gene,
        gene_id: Some("CD38".to_owned()),
        is_counted: false,
        note: None,
        events: vec![],
        junctions: none(),
    };
    let row = verdicts(&[outside], &cuts()).remove(0);
    assert_eq!((row.verdict, row.median_reads), (Verdict::NotTestable, None));
    assert_eq!(row.reason, "outside the regions that were counted");
}

#[test]
fn the_family_is_the_panel_and_a_shared_event_counts_once() {
    let (first, second) = (gene("CD38"), gene("NAMPT"));
    let make = |gene, events| GeneEvidence {
        gene,
        gene_id: Some("g".to_owned()),
        is_counted: true,
        note: Some("NAPRT is NAPRT1 in this annotation".to_owned()),
        events,
        junctions: none(),
    };
    let shared = event("SE:s", 0.02, 0.2, (0.1, 0.3));
    let rows = verdicts(
        &[
            make(&first, vec![shared.clone(), event("SE:a", 0.9, 0.0, (-0.3, 0.3))]),
            make(&second, vec![shared]),
        ],
        &cuts(),
    );
    // Two events and not three: 0.02 * 2 / 1.
    assert!((rows[0].best_q.unwrap() - 0.04).abs() < 1e-12);
    assert!((rows[1].best_q.unwrap() - 0.04).abs() < 1e-12);
    assert_eq!(rows[1].verdict, Verdict::Changed);
    assert!(rows[1].reason.ends_with(" (NAPRT is NAPRT1 in this annotation)"));
}

#[test]
fn the_order_of_the_events_does_not_matter() {
    let events = [
        event("SE:b", 0.001, 0.2, (0.1, 0.3)),
        event("SE:a", 0.001, 0.2, (0.1, 0.3)),
        event("SE:c", 0.001, -0.3, (-0.4, -0.2)),
    ];
    let forward = verdict_of(events.to_vec(), none());
    let backward = verdict_of(events.iter().rev().cloned().collect(), none());
    assert_eq!(forward, backward);
    assert_eq!(forward.best_event.as_deref(), Some("SE:c"));
    assert!(forward.reason.contains("2 more of its 3 tested events changed"));
}
