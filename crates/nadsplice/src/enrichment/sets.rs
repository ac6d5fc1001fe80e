//! Gene sets in the results of a run.

use std::{
    collections::{BTreeSet, HashMap},
    path::PathBuf,
};

use anyhow::{Context, bail};
use nadsplice_panel::{
    FOCUS_COLLECTION, GeneIndex, GeneResult, GeneSet, Panel, ResolvedSets, SetRow, SetStatus, SetTestCuts,
    focus_sets, over_representation, rank_enrichment, read_gmt,
};
use nadsplice_table::{EnrichmentRow, GeneRow};

use super::Results;
use crate::messages::Messages;

/// Themes whose sets are named beside panel genes.
const CROSS_TALK: [&str; 2] = ["AMPK", "MTOR"];
/// Names that a message lists.
const SHOWN: usize = 5;

/// The embedded sets and those of the files. Each file is a collection, so no two may have the same name.
pub(super) fn read_sets(files: &[PathBuf], messages: Messages) -> anyhow::Result<Vec<GeneSet>> {
    let mut sets = focus_sets();
    let mut collections: HashMap<String, String> = HashMap::new();
    collections.insert(FOCUS_COLLECTION.to_owned(), "the embedded sets".to_owned());
    for path in files {
        let file = read_gmt(path).with_context(|| format!("could not use gene sets `{}`", path.display()))?;
        if let Some(collection) = file.sets.first().map(|set| set.collection.clone()) {
            let own = format!("`{}`", path.display());
            if let Some(other) = collections.insert(collection.clone(), own) {
                bail!(
                    "gene sets `{}` and {other} would both be the collection `{collection}`\n\
                     hint: a collection is named by its file; rename one",
                    path.display()
                );
            }
        }
        if let Some(first) = file.empty_sets.first() {
            messages.warn(format!(
                "`{}`: {} without a gene left out, the first is `{}` on line {}",
                path.display(),
                counted(file.empty_sets.len(), "set"),
                first.name,
                first.line,
            ));
        }
        if file.duplicate_members > 0 {
            messages.detail(format!(
                "`{}`: {} of a gene in its own set left out",
                path.display(),
                counted(file.duplicate_members, "repeat"),
            ));
        }
        sets.extend(file.sets);
    }
    Ok(sets)
}

/// Says how many genes of each collection are unknown, and refuses a file of which none is known.
pub(super) fn check_members(sets: &ResolvedSets<'_>, place: &str, messages: Messages) -> anyhow::Result<()> {
    for collection in sets.collections() {
        let (n_unknown, n_genes) = (collection.unknown.len(), collection.n_genes);
        if n_unknown == n_genes {
            let none =
                format!("none of the {n_genes} genes of collection `{}` is in {place}", collection.name);
            if collection.name == FOCUS_COLLECTION {
                messages.warn(none);
                continue;
            }
            bail!(
                "{none}; the first is `{}`\nhint: genes are found by Ensembl id, Entrez id and symbol, and ids only \
                 where both sides have them",
                collection.unknown.first().map_or("", String::as_str)
            );
        }
        if n_unknown > 0 {
            let shown = collection.unknown.iter().take(SHOWN).cloned().collect::<Vec<_>>().join(", ");
            let text = format!(
                "collection `{}`: {n_unknown} of {n_genes} genes are not in {place}: {shown}{}",
                collection.name,
                if n_unknown > SHOWN { ", ..." } else { "" },
            );
            // An excerpt of an annotation lacks most genes of any set; that is worth a warning only where it surprises.
            if collection.name == FOCUS_COLLECTION { messages.detail(text) } else { messages.warn(text) }
        }
    }
    Ok(())
}

/// Which panel genes are in which sets.
pub(super) struct PanelMembership {
    /// Names of panel genes, sorted, by set.
    of_set: Vec<Vec<String>>,
    /// Ids of the sets of the themes of cross-talk, by panel gene.
    of_gene: HashMap<String, Vec<String>>,
}

impl PanelMembership {
    pub(super) fn new(panel: &Panel, sets: &ResolvedSets<'_>, index: &GeneIndex) -> Self {
        let mut names: HashMap<usize, Vec<&str>> = HashMap::new();
        for gene in panel.genes() {
            for position in index.resolve(&gene.identity).iter().flat_map(nadsplice_panel::Match::genes) {
                names.entry(*position).or_default().push(gene.identity.label());
            }
        }
        let of_set: Vec<Vec<String>> = (0..sets.sets().len())
            .map(|set| {
                let genes: BTreeSet<&str> =
                    sets.genes(set).iter().filter_map(|gene| names.get(gene)).flatten().copied().collect();
                genes.into_iter().map(str::to_owned).collect()
            })
            .collect();
        let mut of_gene: HashMap<String, Vec<String>> = HashMap::new();
        for (set, genes) in sets.sets().iter().zip(&of_set) {
            let is_cross_talk = set.collection == FOCUS_COLLECTION
                && set.theme.as_deref().is_some_and(|theme| CROSS_TALK.contains(&theme));
            for gene in genes.iter().filter(|_| is_cross_talk) {
                of_gene.entry(gene.clone()).or_default().push(set.id.clone());
            }
        }
        Self { of_set, of_gene }
    }

    /// Ids of the AMPK and mTOR sets that hold a panel gene, in the order of the sets.
    pub(super) fn sets_of(&self, gene: &str) -> Vec<String> {
        self.of_gene.get(gene).cloned().unwrap_or_default()
    }

    /// Names of the panel genes of a set, sorted.
    pub(super) fn genes_of(&self, set: usize) -> Vec<String> {
        self.of_set[set].clone()
    }
}

/// Both tests of every set in one contrast.
pub(super) fn rows(
    results: &Results,
    sets: &ResolvedSets<'_>,
    membership: &PanelMembership,
    label: &str,
    cuts: &SetTestCuts,
) -> Vec<EnrichmentRow> {
    let genes = gene_results(results, label);
    let untested =
        |rows: Vec<SetRow>| rows.into_iter().map(SetRow::of_restricted_universe).collect::<Vec<_>>();
    let tests = [over_representation(sets, &genes, cuts), rank_enrichment(sets, &genes, cuts)];
    let tests = if results.is_regional { tests.map(untested) } else { tests };
    tests
        .iter()
        .flat_map(|rows| {
            rows.iter()
                .enumerate()
                .map(|(set, row)| enrichment_row(label, row, rows, membership.genes_of(set)))
        })
        .collect()
}

fn gene_results(results: &Results, label: &str) -> Vec<GeneResult> {
    let by_id: HashMap<&str, &GeneRow> =
        results.genes.iter().filter(|g| g.contrast == label).map(|g| (g.gene_id.as_str(), g)).collect();
    // Reads and tested events.
    let mut reads: HashMap<&str, (u64, u32)> = HashMap::new();
    for test in results.tests.iter().filter(|t| t.contrast == label && t.p_value.is_some()) {
        for gene in &test.gene_id {
            let (sum, events) = reads.entry(gene).or_default();
            *sum += test.reads_case + test.reads_control;
            *events += 1;
        }
    }
    results
        .all_genes
        .iter()
        .map(|(id, _)| {
            let (sum, events) = reads.get(id.as_str()).copied().unwrap_or_default();
            by_id.get(id.as_str()).map_or_else(GeneResult::default, |gene| GeneResult {
                n_tested: gene.n_tested,
                mean_reads: sum as f64 / f64::from(events.max(1)),
                p_value: gene.p_value,
                q_value: gene.q_value,
                delta_psi_max: gene.delta_psi_max,
            })
        })
        .collect()
}

fn enrichment_row(label: &str, row: &SetRow, rows: &[SetRow], panel_genes: Vec<String>) -> EnrichmentRow {
    let score = row.score.as_ref();
    EnrichmentRow {
        contrast: label.to_owned(),
        collection: row.collection.clone(),
        set_id: row.set_id.clone(),
        set_name: row.set_name.clone(),
        theme: row.theme.clone().unwrap_or_default(),
        method: row.method.name().to_owned(),
        n_universe: row.n_universe,
        n_called: row.n_called,
        set_size: row.set_size,
        overlap: row.overlap,
        expected: row.expected,
        fold: row.fold,
        p_value: row.p_value,
        q_value: row.q_value,
        p_hypergeometric: row.p_hypergeometric,
        genes: row.genes.clone(),
        status: row.status.name().to_owned(),
        p_one_weight: row.p_one_weight,
        es: score.map(|score| score.es),
        nes: score.and_then(|score| score.nes),
        log2_error: score.and_then(|score| score.log2_error),
        leading_edge: score.map(|score| score.leading_edge.clone()).unwrap_or_default(),
        n_members: row.n_members,
        n_unknown: row.n_unknown,
        redundant_with: row.redundant_with.map(|better| rows[better].set_id.clone()),
        panel_genes,
    }
}

/// Says what was found: over-representation first, or the ranking where too few genes are called for that.
pub(super) fn summarise(rows: &[EnrichmentRow], messages: Messages) {
    if rows.iter().any(|row| row.status == SetStatus::RestrictedUniverse.name()) {
        messages.step("the samples were counted in regions: gene sets are not tested");
        return;
    }
    let of = |method: &'static str| rows.iter().filter(move |row| row.method == method);
    let found = |method: &'static str| {
        let tested = of(method).filter(|row| row.p_value.is_some()).count();
        let enriched = of(method).filter(|row| row.q_value.is_some_and(|q| q < 0.05)).count();
        format!("{tested} of {} tested, {enriched} with q < 0.05", of(method).count())
    };
    let calls = format!("gene sets, called genes: {}", found("wallenius"));
    let ranking = format!("gene sets, ranking of all tested genes: {}", found("gsea"));
    let too_few = SetStatus::TooFewCalled.name();
    let mut scarce: Vec<(&str, u32)> = of("wallenius")
        .filter(|row| row.status == too_few)
        .map(|row| (row.contrast.as_str(), row.n_called))
        .collect();
    scarce.dedup();
    for (contrast, called) in &scarce {
        messages.step(format!(
            "contrast `{contrast}`: {}, too few to ask whether a set holds more than its share; see the ranking",
            counted(*called as usize, "called gene"),
        ));
    }
    for text in if scarce.is_empty() { [calls, ranking] } else { [ranking, calls] } {
        messages.step(text);
    }
}

pub(super) fn counted(n: usize, noun: &str) -> String {
    format!("{n} {noun}{}", if n == 1 { "" } else { "s" })
}
