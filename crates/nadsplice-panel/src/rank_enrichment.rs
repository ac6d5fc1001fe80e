//! Do the genes of a set stand together at an end of a ranking?

use nadsplice_stats::gsea::{
    GseaError, GseaOptions, GseaRow, ScoreType, effort_bins, gsea, normal_scores_within_bins,
};

use crate::{
    GeneResult, ResolvedSets, SetRow, SetScore, SetStatus, SetTest, SetTestCuts,
    set_test::{compare, length},
};

/// Genes at least among which a gene is ranked: enough for a rank to tell a strong gene from a middling one.
const RANKED_AMONG: usize = 100;
/// Genes at least among which random sets are drawn: few, so that they are alike.
const DRAWN_AMONG: usize = 25;

/// Tests sets along the ranking of all tested genes of one contrast by their p-values; one row a set, in their order.
///
/// A gene's score is the normal score of its p-value among genes with like numbers of tested events and like reads an
/// event; random sets have as many genes of each such kind, more narrowly drawn, as the set has. So neither many events
/// nor many reads make a set. Scores have no direction, since inclusion has none at the level of genes.
///
/// `genes` are those of the run in the order of the index of the sets.
pub fn rank_enrichment(sets: &ResolvedSets<'_>, genes: &[GeneResult], cuts: &SetTestCuts) -> Vec<SetRow> {
    // Genes by name, so that ties do not depend on the order of the annotation.
    let mut ranked: Vec<(usize, f64)> = genes
        .iter()
        .enumerate()
        .filter_map(|(gene, result)| Some((gene, result.p_value.filter(|_| result.n_tested > 0)?)))
        .collect();
    ranked.sort_by(|a, b| sets.index().label(a.0).cmp(sets.index().label(b.0)));
    let tests: Vec<u32> = ranked.iter().map(|&(gene, _)| genes[gene].n_tested).collect();
    let reads: Vec<f64> = ranked.iter().map(|&(gene, _)| genes[gene].mean_reads).collect();
    let p_values: Vec<f64> = ranked.iter().map(|&(_, p)| p).collect();
    let scores = normal_scores_within_bins(&p_values, &effort_bins(&tests, &reads, RANKED_AMONG));
    let bins = effort_bins(&tests, &reads, DRAWN_AMONG);
    let order: Vec<usize> = ranked.into_iter().map(|(gene, _)| gene).collect();
    let options = GseaOptions { score_type: ScoreType::Positive, ..GseaOptions::default() };
    let ranking = GeneScores { genes: &order, scores: &scores, bins: Some(&bins) };
    // Normal scores of p-values are finite.
    let mut rows = along(sets, &ranking, cuts, &options).unwrap_or_default();
    let n_called = length(genes.iter().filter(|gene| cuts.is_called(gene)).count());
    for (row, (_, members)) in rows.iter_mut().zip(sets.with_members()) {
        let called = members.kept(|gene| cuts.is_called(&genes[gene]));
        row.n_called = n_called;
        row.overlap = length(called.len());
        row.genes = called.iter().map(|&gene| sets.index().label(gene).to_owned()).collect();
        row.genes.sort_unstable();
    }
    rows
}

/// A ranking: genes of the index with their scores, equal scores in the order in which they are to be ranked.
#[derive(Clone, Copy, Debug)]
pub struct GeneScores<'a> {
    /// Positions in the index, each at most once.
    pub genes: &'a [usize],
    /// Their scores.
    pub scores: &'a [f64],
    /// Their bins, which random sets keep.
    pub bins: Option<&'a [u32]>,
}

/// Tests sets along a ranking of any kind; one row a set, in their order, in which the ranking is the universe and
/// nothing is called.
///
/// # Errors
/// When a score is not finite.
pub fn along(
    sets: &ResolvedSets<'_>,
    ranking: &GeneScores<'_>,
    cuts: &SetTestCuts,
    options: &GseaOptions,
) -> Result<Vec<SetRow>, GseaError> {
    let mut place = vec![None; sets.index().len()];
    for (at, &gene) in ranking.genes.iter().enumerate() {
        place[gene] = Some(at);
    }
    let members: Vec<Vec<usize>> = sets
        .with_members()
        .map(|(_, members)| {
            members.kept(|gene| place[gene].is_some()).iter().filter_map(|&gene| place[gene]).collect()
        })
        .collect();
    let n_ranked = length(ranking.genes.len());
    let status = |size: usize| {
        if !cuts.fits(length(size)) {
            SetStatus::SetSize
        } else if n_ranked < cuts.min_ranked {
            SetStatus::TooFewRanked
        } else {
            SetStatus::Ok
        }
    };
    let tested: Vec<Vec<usize>> =
        members.iter().filter(|set| status(set.len()) == SetStatus::Ok).cloned().collect();
    let mut results = gsea(ranking.scores, &tested, ranking.bins, options)?.into_iter();
    let name = |&at: &usize| sets.index().label(ranking.genes[at]).to_owned();
    let mut rows: Vec<SetRow> = sets
        .with_members()
        .zip(&members)
        .map(|((set, known), members)| {
            let status = status(members.len());
            let row = SetRow {
                n_universe: n_ranked,
                n_unknown: length(known.unknown()),
                set_size: length(members.len()),
                ..SetRow::of(set, SetTest::Gsea, status)
            };
            match (status == SetStatus::Ok).then(|| results.next()).flatten() {
                Some(GseaRow { score: Some(es), normalised, p_value, log2_error, leading_edge, .. }) => {
                    let leading_edge = leading_edge.iter().map(name).collect();
                    SetRow {
                        p_value,
                        score: Some(SetScore { es, nes: normalised, log2_error, leading_edge }),
                        status: if p_value.is_some() { SetStatus::Ok } else { SetStatus::NoNull },
                        ..row
                    }
                }
                // A set of all ranked genes has no score.
                Some(_) => SetRow { status: SetStatus::SetSize, ..row },
                None => row,
            }
        })
        .collect();
    compare(&mut rows);
    Ok(rows)
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{GeneIdentity, GeneIndex, GeneSet};

    fn set(id: &str, members: impl IntoIterator<Item = usize>) -> GeneSet {
        let member = |gene: usize| Arc::new(GeneIdentity::recognise(&format!("g{gene:04}")));
        GeneSet {
            id: id.to_owned(),
            name: id.to_owned(),
            collection: "c".to_owned(),
            theme: None,
            provenance: None,
            members: members.into_iter().map(member).collect(),
        }
    }

    fn index(n: usize) -> GeneIndex {
        let names: Vec<String> = (0..n).map(|gene| format!("g{gene:04}")).collect();
        GeneIndex::new(names.iter().map(|name| (name.as_str(), None)))
    }

    fn genes(n: usize) -> Vec<GeneResult> {
        (0..n)
            .map(|gene| GeneResult {
                n_tested: 1 + length(gene % 4),
                mean_reads: (gene * 37 % 100) as f64,
                p_value: Some((gene as f64 + 1.0) / n as f64),
                q_value: Some(if gene < 20 { 0.01 } else { 0.9 }),
                delta_psi_max: Some(0.3),
            })
            .collect()
    }

    #[test]
    fn a_set_of_changed_genes_leads_the_ranking() {
        let index = index(1000);
        let sets = [set("top", 0..20), set("even", (0..1000).step_by(50)), set("small", 0..4)];
        let cuts = SetTestCuts::with_delta_psi(0.1);
        let rows = rank_enrichment(&ResolvedSets::new(&sets, &index), &genes(1000), &cuts);
        assert!(rows[0].p_value.unwrap() < 1e-6 && rows[0].q_value.unwrap() < 1e-5);
        let score = rows[0].score.as_ref().unwrap();
        assert!(score.es > 0.8 && score.nes.unwrap() > 1.5 && score.leading_edge.len() >= 15);
        assert!(rows[1].p_value.unwrap() > 0.05);
        assert_eq!((rows[0].n_universe, rows[0].n_called, rows[0].overlap), (1000, 20, 20));
        assert_eq!((rows[2].status, rows[2].p_value), (SetStatus::SetSize, None));
        assert_eq!((rows[0].method, rows[0].expected), (SetTest::Gsea, None));
    }

    #[test]
    fn few_genes_are_no_ranking() {
        let index = index(49);
        let sets = [set("some", 0..10)];
        let cuts = SetTestCuts::with_delta_psi(0.1);
        let rows = rank_enrichment(&ResolvedSets::new(&sets, &index), &genes(49), &cuts);
        assert_eq!((rows[0].status, rows[0].p_value), (SetStatus::TooFewRanked, None));
    }

    #[test]
    fn untested_genes_are_not_ranked() {
        let index = index(200);
        let mut genes = genes(200);
        genes[100..].fill(GeneResult::default());
        let sets = [set("half", (0..200).step_by(10))];
        let cuts = SetTestCuts::with_delta_psi(0.1);
        let rows = rank_enrichment(&ResolvedSets::new(&sets, &index), &genes, &cuts);
        assert_eq!((rows[0].n_universe, rows[0].set_size, rows[0].n_members), (100, 10, 20));
    }
}
