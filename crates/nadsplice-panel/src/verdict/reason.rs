//! The verdicts in sentences.

use std::collections::BTreeMap;

use super::{GeneEvidence, UsageBound, VerdictCuts, decide::Tested, junctions::fragments_needed};

/// A sentence followed by what is to be said of the match of the gene.
pub(super) fn with_note(sentence: String, note: Option<&str>) -> String {
    match note {
        Some(note) => format!("{sentence} ({note})"),
        None => sentence,
    }
}

pub(super) fn changed(
    best: Tested<'_>,
    n_changed: usize,
    gene: &GeneEvidence<'_>,
    n_tested: usize,
    cuts: &VerdictCuts,
) -> String {
    let others = match n_changed - 1 {
        0 => String::new(),
        n => format!("; {n} more of its {} changed", tested_events(n_tested)),
    };
    format!(
        "{}, past the cuts of {:.2} and {}{others}{}",
        result(best),
        cuts.delta_psi,
        cuts.q,
        untested(gene, n_tested)
    )
}

pub(super) fn unchanged(tested: &[Tested<'_>], gene: &GeneEvidence<'_>, cuts: &VerdictCuts) -> String {
    let hull = tested.iter().filter_map(|t| t.event.interval).reduce(|a, b| (a.0.min(b.0), a.1.max(b.1)));
    let hull = hull.map(|(low, high)| format!(" (from {low:+.3} to {high:+.3})")).unwrap_or_default();
    let significant: Vec<&Tested<'_>> = tested.iter().filter(|t| t.is_significant(cuts)).collect();
    let small = match significant.first() {
        None => String::new(),
        Some(first) => {
            format!("; {} significant but small: {}", significant.len(), result(**first))
        }
    };
    format!(
        "{} with every 95% interval of delta PSI inside +-{:.2}{hull}{small}{}",
        tested_events(tested.len()),
        cuts.equivalence,
        untested(gene, tested.len())
    )
}

pub(super) fn inconclusive(tested: &[Tested<'_>], gene: &GeneEvidence<'_>, cuts: &VerdictCuts) -> String {
    let wide = tested.iter().filter(|t| !t.is_equivalent(cuts)).count();
    let significant = tested.iter().filter(|t| t.is_significant(cuts)).count();
    let significance = if significant == 0 {
        format!("none of {} below q {}", tested_events(tested.len()), cuts.q)
    } else {
        format!(
            "{significant} of {} below q {} but below |delta PSI| {:.2}",
            tested_events(tested.len()),
            cuts.q,
            cuts.delta_psi
        )
    };
    let detectable = tested
        .iter()
        .filter_map(|t| Some((t.event.detectable_delta?, t.event.event_id.as_str())))
        .min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(b.1)));
    let smallest = match detectable {
        Some((delta, id)) => format!("the smallest change that could have been seen is {delta:.3} ({id})"),
        None => "the smallest change that could have been seen is not known".to_owned(),
    };
    let best = tested.first().map(|t| format!("; {}", result(*t))).unwrap_or_default();
    format!(
        "{significance}, and the interval of {wide} reaches beyond +-{:.2}: {smallest}{best}{}",
        cuts.equivalence,
        untested(gene, tested.len())
    )
}

pub(super) fn constitutive(gene: &GeneEvidence<'_>, bound: UsageBound, cuts: &VerdictCuts) -> String {
    let junctions = &gene.junctions;
    let strays = match (junctions.novel_fragments(), bound.alternative) {
        (0, _) => "none on any other junction".to_owned(),
        (n, 0) => format!("{n} on other junctions"),
        (n, most) => format!("{n} on other junctions, {most} of {} at one place", bound.fragments),
    };
    format!(
        "no alternative form annotated or found: {} on {}, {} on the least covered, {strays}; forms of more than \
         {:.2}% usage are excluded at {:.0}% confidence",
        fragments(junctions.fragments()),
        annotated_junctions(junctions.annotated.len()),
        junctions.fewest_fragments(),
        100.0 * bound.usage,
        100.0 * cuts.confidence
    )
}

pub(super) fn not_testable(gene: &GeneEvidence<'_>, cuts: &VerdictCuts) -> String {
    let identity = &gene.gene.identity;
    if gene.gene_id.is_none() {
        let ids = [&identity.ensembl_id, &identity.entrez_id, &identity.symbol].into_iter().flatten();
        let names: Vec<&str> = ids.chain(&identity.aliases).map(String::as_str).collect();
        return format!("not in the annotation (looked for {})", names.join(", "));
    }
    if !gene.is_counted {
        return "outside the regions that were counted".to_owned();
    }
    let junctions = &gene.junctions;
    let n = junctions.annotated.len();
    let total = junctions.fragments();
    let silent =
        total + junctions.novel_fragments() == 0 && gene.events.iter().all(|e| e.median_reads <= 0.0);
    if n > 0 && silent {
        return format!("not expressed: no fragment on its {} in any sample", annotated_junctions(n));
    }
    if !gene.events.is_empty() {
        // An event that was not counted has no reads to speak of.
        let counted = gene.events.iter().filter(|e| e.status != "not_counted");
        let most = counted.max_by(|a, b| {
            a.median_reads.total_cmp(&b.median_reads).then_with(|| b.event_id.cmp(&a.event_id))
        });
        let most = most.map(|e| {
            format!("; the best covered, {}, has a median of {} a sample", e.event_id, median(e.median_reads))
        });
        return format!(
            "none of its {} could be tested: {}{}",
            count(gene.events.len() as u64, "event"),
            statuses(gene),
            most.unwrap_or_default()
        );
    }
    let Some(bound) = junctions.usage_bound(cuts.confidence) else {
        return "no intron annotated, so there is no splicing to test".to_owned();
    };
    let reads = format!(
        "{} on {}, median {} a sample, {} on the least covered",
        fragments(total),
        annotated_junctions(n),
        median(junctions.median_per_sample),
        junctions.fewest_fragments()
    );
    if junctions.has_annotated_alternative() {
        return format!("alternative junctions are annotated but make no event of the catalogue: {reads}");
    }
    let excluded = format!(
        "only forms of more than {:.2}% usage are excluded at {:.0}% confidence",
        100.0 * bound.usage,
        100.0 * cuts.confidence
    );
    let needed = fragments_needed(cuts.usage, cuts.confidence);
    if (junctions.fewest_fragments() as f64) < needed {
        let strays = match junctions.novel_fragments() {
            0 => String::new(),
            n => format!(", {n} on un-annotated junctions"),
        };
        return format!(
            "too few junction reads: {reads}{strays}; {needed} are needed on each to exclude {:.0}% usage, {excluded}",
            100.0 * cuts.usage
        );
    }
    format!(
        "un-annotated junctions have too few reads for an event and too many for a constitutive gene, {} of {} \
         fragments at one place: {reads}; {excluded}",
        bound.alternative, bound.fragments
    )
}

/// An event with its delta PSI and q-values.
fn result(tested: Tested<'_>) -> String {
    let event = tested.event;
    let interval = match event.interval {
        Some((low, high)) => format!("95% interval {low:+.3} to {high:+.3}"),
        None => "no interval".to_owned(),
    };
    let delta = match event.delta_psi {
        Some(delta) => format!("delta PSI {delta:+.3} ({interval})"),
        None => "no delta PSI".to_owned(),
    };
    let everywhere = match event.q_value {
        Some(q) => format!(" and {} over all tested events", q_value(q)),
        None => String::new(),
    };
    format!("{} has {delta} at q {} within the panel{everywhere}", event.event_id, q_value(tested.q_panel))
}

/// How many events were not tested and why; empty when all were.
fn untested(gene: &GeneEvidence<'_>, n_tested: usize) -> String {
    match gene.events.len() - n_tested {
        0 => String::new(),
        n => format!("; {} not tested: {}", count(n as u64, "event"), statuses(gene)),
    }
}

/// The statuses of the untested events with their numbers, most frequent first.
fn statuses(gene: &GeneEvidence<'_>) -> String {
    let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
    for event in gene.events.iter().filter(|e| e.p_value.is_none()) {
        *counts.entry(&event.status).or_default() += 1;
    }
    let mut counts: Vec<(&str, usize)> = counts.into_iter().collect();
    counts.sort_by_key(|&(_, n)| std::cmp::Reverse(n));
    counts.iter().map(|(status, n)| format!("{status} {n}")).collect::<Vec<_>>().join(", ")
}

fn q_value(q: f64) -> String {
    if q < 0.001 { format!("{q:.1e}") } else { format!("{q:.3}") }
}

fn median(reads: f64) -> String {
    let text = format!("{reads:.1}");
    text.strip_suffix(".0").map(str::to_owned).unwrap_or(text)
}

fn tested_events(n: usize) -> String {
    count(n as u64, "tested event")
}

fn annotated_junctions(n: usize) -> String {
    count(n as u64, "annotated junction")
}

fn fragments(n: u64) -> String {
    count(n, "fragment")
}

fn count(n: u64, noun: &str) -> String {
    if n == 1 { format!("1 {noun}") } else { format!("{n} {noun}s") }
}
