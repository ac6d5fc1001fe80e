//! Are the genes of a set called more often than other tested genes?
//!
//! The universe is every gene with at least one tested event, never the genome: a gene that could not be tested could
//! not be called. Genes with many tested events, and genes with many reads, are called more often, so the
//! hypergeometric test favours sets of such genes. The test is therefore that of goseq (Young et al. 2010,
//! doi:10.1186/gb-2010-11-2-r14) with two differences: the chance to be called is a rising function of the number of
//! tested events *and* of the reads of an event, and each gene has its own weight in Wallenius' draw, not each set one
//! for all of its genes. The p-value is the mid-P one, `P(X > k) + P(X = k) / 2`, since the overlap is a small whole
//! number.

use nadsplice_stats::{
    hypergeometric::Hypergeometric,
    isotonic::{CallChances, TestEffort},
    overlap::{Chances, WeightedOverlap},
    wallenius::Wallenius,
};

use crate::{
    GeneResult, GeneSet, ResolvedSets, SetRow, SetStatus, SetTest, SetTestCuts,
    set_members::SetMembers,
    set_test::{compare, length},
};

/// The universe and the called genes, by position in the run.
struct Universe {
    /// Where each gene of the run stands in the universe.
    place: Vec<Option<usize>>,
    called: Vec<bool>,
    /// Chance to be called, by place in the universe.
    chances: CallChances,
    all_chances: Option<Chances>,
    n_tested: u32,
    n_called: u32,
}

impl Universe {
    fn of(genes: &[GeneResult], cuts: &SetTestCuts) -> Self {
        let tested: Vec<usize> = (0..genes.len()).filter(|&gene| genes[gene].n_tested > 0).collect();
        let mut place = vec![None; genes.len()];
        for (at, &gene) in tested.iter().enumerate() {
            place[gene] = Some(at);
        }
        let efforts: Vec<TestEffort> = tested
            .iter()
            .map(|&gene| TestEffort { tests: genes[gene].n_tested, coverage: genes[gene].mean_reads })
            .collect();
        let called: Vec<bool> = genes.iter().map(|gene| cuts.is_called(gene)).collect();
        let of_tested: Vec<bool> = tested.iter().map(|&gene| called[gene]).collect();
        let chances = CallChances::fit(&efforts, &of_tested);
        Self {
            place,
            all_chances: Chances::of(chances.all()),
            chances,
            n_tested: length(tested.len()),
            n_called: length(of_tested.iter().filter(|&&called| called).count()),
            called,
        }
    }

    fn is_tested(&self, gene: usize) -> bool {
        self.place.get(gene).is_some_and(Option::is_some)
    }

    /// The overlap of a draw of the called genes with these members, whatever the set is about.
    fn overlap(&self, members: &[usize]) -> Option<WeightedOverlap> {
        let inside: Vec<f64> =
            members.iter().filter_map(|&gene| Some(self.chances.of(self.place[gene]?))).collect();
        let outside =
            self.all_chances?.without(&inside).filter(|_| members.len() < self.n_tested as usize)?;
        WeightedOverlap::with_outside(&inside, outside, self.n_called)
    }

    /// The same with one weight for all members, as goseq has it.
    fn wallenius(&self, members: &[usize]) -> Option<Wallenius> {
        let mut inside = vec![false; self.n_tested as usize];
        for &gene in members {
            if let Some(at) = self.place[gene] {
                inside[at] = true;
            }
        }
        let odds = self.chances.odds(|at| inside[at])?;
        Wallenius::new(self.n_tested, length(members.len()), self.n_called, odds)
    }
}

/// Tests sets for over-representation of called genes in one contrast; one row a set, in their order.
///
/// `genes` are those of the run in the order of the index of the sets. A member that the run has several times (see
/// [`Match`](crate::Match)) counts once, as the first of them with a tested event.
pub fn over_representation(sets: &ResolvedSets<'_>, genes: &[GeneResult], cuts: &SetTestCuts) -> Vec<SetRow> {
    let universe = Universe::of(genes, cuts);
    let label = |gene: usize| sets.index().label(gene).to_owned();
    let mut rows: Vec<SetRow> =
        sets.with_members().map(|(set, members)| row(set, members, &label, &universe, cuts)).collect();
    compare(&mut rows);
    rows
}

fn row(
    set: &GeneSet,
    members: &SetMembers,
    label: &impl Fn(usize) -> String,
    universe: &Universe,
    cuts: &SetTestCuts,
) -> SetRow {
    let tested = members.kept(|gene| universe.is_tested(gene));
    let called: Vec<usize> = tested.iter().copied().filter(|&gene| universe.called[gene]).collect();
    let (set_size, overlap) = (length(tested.len()), length(called.len()));
    let status = if !cuts.fits(set_size) {
        SetStatus::SetSize
    } else if universe.n_called < cuts.min_called {
        SetStatus::TooFewCalled
    } else {
        SetStatus::Ok
    };
    let draw = Hypergeometric::new(universe.n_tested, set_size, universe.n_called);
    let biased = universe.overlap(&tested);
    let expected =
        biased.as_ref().map_or_else(|| draw.map_or(0.0, Hypergeometric::expected), WeightedOverlap::mean);
    let is_tested = status == SetStatus::Ok;
    let mut names: Vec<String> = called.iter().map(|&gene| label(gene)).collect();
    names.sort_unstable();
    SetRow {
        n_universe: universe.n_tested,
        n_called: universe.n_called,
        n_unknown: length(members.unknown()),
        set_size,
        overlap,
        expected: Some(expected),
        fold: (expected > 0.0).then(|| f64::from(overlap) / expected),
        p_value: biased.filter(|_| is_tested).map(|draw| draw.p_mid(overlap)),
        p_one_weight: is_tested
            .then(|| universe.wallenius(&tested))
            .flatten()
            .map(|draw| draw.p_mid(overlap)),
        p_hypergeometric: draw.filter(|_| is_tested).map(|draw| draw.upper_tail(overlap)),
        genes: names,
        ..SetRow::of(set, SetTest::Wallenius, status)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::{FOCUS_COLLECTION, GeneIdentity, GeneIndex, focus_sets};

    const TESTED: GeneResult = GeneResult {
        n_tested: 3,
        mean_reads: 40.0,
        p_value: Some(0.3),
        q_value: Some(0.5),
        delta_psi_max: Some(0.2),
    };
    const CALLED: GeneResult =
        GeneResult { p_value: Some(1e-4), q_value: Some(0.01), delta_psi_max: Some(-0.2), ..TESTED };

    fn cuts() -> SetTestCuts {
        SetTestCuts::with_delta_psi(0.1)
    }

    fn over_representation(
        sets: &[GeneSet],
        index: &GeneIndex,
        genes: &[GeneResult],
        cuts: &SetTestCuts,
    ) -> Vec<SetRow> {
        super::over_representation(&ResolvedSets::new(sets, index), genes, cuts)
    }

    fn set(id: &str, collection: &str, members: &[String]) -> GeneSet {
        GeneSet {
            id: id.to_owned(),
            name: id.to_owned(),
            collection: collection.to_owned(),
            theme: None,
            provenance: None,
            members: members.iter().map(|m| Arc::new(GeneIdentity::recognise(m))).collect(),
        }
    }

    fn names(range: std::ops::Range<usize>) -> Vec<String> {
        range.map(|i| format!("G{i}")).collect()
    }

    fn index(n: usize) -> GeneIndex {
        let names = names(0..n);
        GeneIndex::new(names.iter().map(|name| (name.as_str(), None)))
    }

    /// `n` tested genes, of which the first `called` are called.
    fn genes(n: usize, called: usize) -> Vec<GeneResult> {
        (0..n).map(|i| if i < called { CALLED } else { TESTED }).collect()
    }

    #[test]
    fn the_upper_tail_is_that_of_r() {
        // phyper(10, 85, 11915, 600, lower.tail = FALSE) in R 4.2.2.
        let members = [names(0..11), names(600..674)].concat();
        let rows =
            over_representation(&[set("S", "c", &members)], &index(12_000), &genes(12_000, 600), &cuts());
        let row = &rows[0];
        assert_eq!((row.n_universe, row.n_called, row.set_size, row.overlap), (12_000, 600, 85, 11));
        assert!((row.p_hypergeometric.unwrap() / 0.003_281_598_983_671_75 - 1.0).abs() < 1e-10);
        // All genes have as many tests, so the odds are 1 and the mid-P is that of the hypergeometric distribution.
        assert!((row.p_value.unwrap() / 0.002_147_563_255_948_58 - 1.0).abs() < 1e-6);
        assert!((row.expected.unwrap() - 4.25).abs() < 1e-6);
        assert!((row.fold.unwrap() - 11.0 / 4.25).abs() < 1e-6);
        assert_eq!(row.genes[..3], ["G0", "G1", "G10"]);
        assert_eq!((row.status, row.q_value), (SetStatus::Ok, row.p_value));
    }

    #[test]
    fn the_universe_is_the_tested_genes() {
        let mut genes = genes(100, 20);
        for gene in &mut genes[50..] {
            *gene = GeneResult::default();
        }
        // An untested gene that has a q-value by mistake of the caller is not called either.
        genes[60] = GeneResult { n_tested: 0, ..CALLED };
        let members = [names(0..6), names(58..64), vec!["ABSENT1".to_owned(), "ABSENT2".to_owned()]].concat();
        let row = over_representation(&[set("S", "c", &members)], &index(100), &genes, &cuts()).remove(0);
        assert_eq!((row.n_universe, row.n_called), (50, 20));
        assert_eq!((row.n_members, row.n_unknown, row.set_size, row.overlap), (14, 2, 6, 6));
    }

    #[test]
    fn a_call_takes_both_the_q_value_and_the_effect() {
        let cuts = cuts();
        let gene = |q, delta| GeneResult { q_value: q, delta_psi_max: delta, ..TESTED };
        assert!(cuts.is_called(&gene(Some(0.049), Some(-0.1))));
        assert!(!cuts.is_called(&gene(Some(0.05), Some(0.9))));
        assert!(!cuts.is_called(&gene(Some(0.001), Some(0.09))));
        assert!(!cuts.is_called(&gene(None, Some(0.9))) && !cuts.is_called(&gene(Some(0.001), None)));
    }

    #[test]
    fn sets_of_unfit_size_and_contrasts_with_few_calls_are_not_tested() {
        let sets = [
            set("small", "c", &names(0..4)),
            set("fits", "c", &names(0..5)),
            set("fits too", "c", &names(0..500)),
            set("large", "c", &names(0..501)),
            set("none", "c", &["ABSENT".to_owned()]),
        ];
        let rows = over_representation(&sets, &index(600), &genes(600, 10), &cuts());
        let statuses: Vec<&str> = rows.iter().map(|row| row.status.name()).collect();
        assert_eq!(statuses, ["set_size", "ok", "ok", "set_size", "set_size"]);
        assert_eq!((rows[0].p_value, rows[0].q_value, rows[0].overlap), (None, None, 4));
        assert_eq!((rows[4].set_size, rows[4].fold, rows[4].n_unknown), (0, None, 1));
        let rows = over_representation(&sets, &index(600), &genes(600, 9), &cuts());
        let statuses: Vec<&str> = rows.iter().map(|row| row.status.name()).collect();
        assert_eq!(statuses, ["set_size", "too_few_called", "too_few_called", "set_size", "set_size"]);
        assert!(rows.iter().all(|row| row.p_value.is_none()));
    }

    #[test]
    fn q_values_are_made_within_a_collection() {
        let sets = [
            set("a", "one", &names(0..10)),
            set("b", "two", &names(0..10)),
            set("c", "one", &names(300..310)),
            set("d", "one", &names(0..2)),
        ];
        let rows = over_representation(&sets, &index(400), &genes(400, 20), &cuts());
        let (a, b) = (rows[0].q_value.unwrap(), rows[1].q_value.unwrap());
        assert!((a / (2.0 * rows[0].p_value.unwrap()) - 1.0).abs() < 1e-12);
        assert!((b / rows[1].p_value.unwrap() - 1.0).abs() < 1e-12);
        // Nothing of the set is called: all but half of the weight of 0.
        assert!(rows[2].p_value.is_some_and(|p| p > 0.6 && p < 1.0));
        assert_eq!(rows[3].q_value, None);
    }

    #[test]
    fn a_member_with_several_genes_counts_once_as_the_tested_one() {
        let mut run: Vec<(String, Option<&str>)> =
            names(0..30).into_iter().map(|name| (name, None)).collect();
        run[0].1 = Some("TNF");
        run[1].1 = Some("TNF");
        run[2].1 = Some("TNF");
        let index = GeneIndex::new(run.iter().map(|(id, name)| (id.as_str(), *name)));
        let mut genes = genes(30, 15);
        genes[0] = GeneResult::default();
        // By name, by id and by another spelling: one gene.
        let members = [vec!["TNF".to_owned(), "G1".to_owned(), "tnf".to_owned()], names(16..20)].concat();
        let row = over_representation(&[set("S", "c", &members)], &index, &genes, &cuts()).remove(0);
        assert_eq!((row.set_size, row.overlap, row.genes), (5, 1, vec!["TNF".to_owned()]));
    }

    #[test]
    fn the_embedded_sets_are_tested_as_one_family() {
        let sets = focus_sets();
        let mut unique: Vec<String> =
            sets.iter().flat_map(|s| &s.members).map(|m| m.label().to_owned()).collect();
        unique.sort_unstable();
        unique.dedup();
        let index = GeneIndex::new(unique.iter().map(|s| (s.as_str(), None)));
        let ampk = sets.iter().find(|s| s.id == "WP1403").unwrap();
        let genes: Vec<GeneResult> = unique
            .iter()
            .map(|symbol| if ampk.members.iter().any(|m| m.label() == symbol) { CALLED } else { TESTED })
            .collect();
        let rows = over_representation(&sets, &index, &genes, &cuts());
        assert_eq!(rows.len(), 76);
        assert!(rows.iter().all(|row| row.collection == FOCUS_COLLECTION && row.n_unknown == 0));
        let best = rows
            .iter()
            .filter(|r| r.q_value.is_some())
            .min_by(|a, b| a.p_value.unwrap().total_cmp(&b.p_value.unwrap()));
        assert_eq!(best.unwrap().set_id, "WP1403");
        assert_eq!(best.unwrap().overlap, best.unwrap().n_called);
    }
}
