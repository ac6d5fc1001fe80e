//! Gene sets along a ranking from elsewhere.

use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use nadsplice_panel::{GeneIndex, GeneScores, ResolvedSets, SetTestCuts, along, read_ranking};
use nadsplice_stats::gsea::{GseaOptions, ScoreType};
use nadsplice_table::{RankEnrichmentRow, write_table};

use super::{
    panel_of,
    sets::{self, PanelMembership, counted, read_sets},
};
use crate::messages::Messages;

/// Sets are not tested along fewer genes.
const MIN_GENES: usize = 50;
/// Above this share of genes with the score of another one there is a warning.
const MANY_TIED: f64 = 0.1;

/// What to test along which ranking.
pub(crate) struct RankSettings<'a> {
    pub(crate) ranking: &'a Path,
    pub(crate) panel: Option<&'a Path>,
    pub(crate) gmt: &'a [PathBuf],
    pub(crate) outdir: &'a Path,
    pub(crate) messages: Messages,
}

/// Writes `rank_enrichment.tsv`.
pub(crate) fn rank(settings: &RankSettings<'_>) -> anyhow::Result<()> {
    let (path, messages) = (settings.ranking, settings.messages);
    let file = read_ranking(path).with_context(|| {
        format!(
            "could not use ranking `{}`\nhint: a gene and a score a line, with a tab between them, each gene once",
            path.display()
        )
    })?;
    let n = file.genes.len();
    if n < MIN_GENES {
        bail!(
            "ranking `{}` has {} with a score, expected at least {MIN_GENES}\n\
             hint: rank all genes that were measured, not only those that differ",
            path.display(),
            counted(n, "gene")
        );
    }
    if file.without_score > 0 {
        messages.warn(format!(
            "`{}`: {} without a score left out",
            path.display(),
            counted(file.without_score, "gene")
        ));
    }
    let tied = file.tied();
    if tied as f64 > MANY_TIED * n as f64 {
        messages.warn(format!(
            "`{}`: {tied} of {n} genes have the score of another one; they are ranked by name, which means nothing",
            path.display()
        ));
    }
    let panel = panel_of(settings.panel)?;
    let sets = read_sets(settings.gmt, messages)?;
    let index = GeneIndex::new(file.genes.iter().map(|(id, _)| (id.as_str(), None)));
    let resolved = ResolvedSets::new(&sets, &index);
    sets::check_members(&resolved, "the ranking", messages)?;
    let membership = PanelMembership::new(&panel, &resolved, &index);

    let scores: Vec<f64> = file.genes.iter().map(|gene| gene.1).collect();
    let genes: Vec<usize> = (0..n).collect();
    let is_signed = scores.iter().any(|&score| score < 0.0);
    if !is_signed {
        messages.step("no score is negative: sets are looked for at the top of the ranking only");
    }
    let score_type = if is_signed { ScoreType::Standard } else { ScoreType::Positive };
    // Nothing is called along a ranking, so that only the sizes of sets matter here.
    let cuts = SetTestCuts::with_delta_psi(0.0);
    let ranking = GeneScores { genes: &genes, scores: &scores, bins: None };
    let rows = along(&resolved, &ranking, &cuts, &GseaOptions { score_type, ..GseaOptions::default() })?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let table: Vec<RankEnrichmentRow> = rows
        .iter()
        .enumerate()
        .map(|(set, row)| {
            let score = row.score.as_ref();
            RankEnrichmentRow {
                ranking: name.clone().into_owned(),
                collection: row.collection.clone(),
                set_id: row.set_id.clone(),
                set_name: row.set_name.clone(),
                theme: row.theme.clone().unwrap_or_default(),
                n_ranked: row.n_universe,
                n_members: row.n_members,
                n_unknown: row.n_unknown,
                set_size: row.set_size,
                es: score.map(|score| score.es),
                nes: score.and_then(|score| score.nes),
                p_value: row.p_value,
                log2_error: score.and_then(|score| score.log2_error),
                q_value: row.q_value,
                leading_edge: score.map(|score| score.leading_edge.clone()).unwrap_or_default(),
                status: row.status.name().to_owned(),
                redundant_with: row.redundant_with.map(|better| rows[better].set_id.clone()),
                panel_genes: membership.genes_of(set),
            }
        })
        .collect();
    write_table::<RankEnrichmentRow, _>(settings.outdir, &table)?;
    let tested = table.iter().filter(|row| row.p_value.is_some()).count();
    let enriched = table.iter().filter(|row| row.q_value.is_some_and(|q| q < 0.05)).count();
    messages.step(format!(
        "ranking of {n} genes: {tested} of {} tested, {enriched} with q < 0.05",
        counted(table.len(), "set"),
    ));
    Ok(())
}
