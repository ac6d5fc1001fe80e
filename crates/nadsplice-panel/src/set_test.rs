//! What the tests of gene sets have in common.

use std::{collections::BTreeMap, fmt};

use nadsplice_stats::multiple_testing::benjamini_hochberg;

use crate::{
    GeneSet,
    redundancy::{Found, redundant_with},
};

/// A gene of the run in one contrast.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct GeneResult {
    /// How many of its events were tested; genes with none are outside the universe.
    pub n_tested: u32,
    /// Reads of a tested event over all samples of the contrast, mean over its tested events.
    pub mean_reads: f64,
    /// Its p-value, Simes' combination of those of its tested events.
    pub p_value: Option<f64>,
    /// Its q-value over all genes of the contrast.
    pub q_value: Option<f64>,
    /// Delta PSI of the tested event where it is largest in magnitude, in [-1, 1].
    pub delta_psi_max: Option<f64>,
}

/// Cuts of the tests.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct SetTestCuts {
    /// A gene is called when its q-value is below this one, in (0, 1), and
    pub q: f64,
    /// |delta PSI| of one of its tested events is at or above this one, in [0, 1].
    pub delta_psi: f64,
    /// Sets with fewer members in the universe are not tested.
    pub min_set_size: u32,
    /// Sets with more members in the universe are not tested.
    pub max_set_size: u32,
    /// Nothing is tested for over-representation with fewer called genes.
    pub min_called: u32,
    /// Nothing is tested along a ranking of fewer genes.
    pub min_ranked: u32,
}

impl SetTestCuts {
    /// The default cuts, q 0.05, sets of 5 to 500 genes, at least 10 called and 50 ranked genes, with the |delta PSI|
    /// of the contrast (see [`VerdictCuts::for_smaller_group`](crate::VerdictCuts::for_smaller_group)).
    pub fn with_delta_psi(delta_psi: f64) -> Self {
        Self { q: 0.05, delta_psi, min_set_size: 5, max_set_size: 500, min_called: 10, min_ranked: 50 }
    }

    pub(crate) fn is_called(&self, gene: &GeneResult) -> bool {
        gene.n_tested > 0
            && gene.q_value.is_some_and(|q| q < self.q)
            && gene.delta_psi_max.is_some_and(|delta| delta.abs() >= self.delta_psi)
    }

    pub(crate) fn fits(&self, set_size: u32) -> bool {
        (self.min_set_size..=self.max_set_size).contains(&set_size)
    }
}

/// Why a set was or was not tested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetStatus {
    /// Tested.
    Ok,
    /// Too few or too many members in the universe.
    SetSize,
    /// Too few called genes in the contrast.
    TooFewCalled,
    /// Too few genes in the ranking.
    TooFewRanked,
    /// Fewer than 10 random sets had a score of the same sign.
    NoNull,
    /// Only parts of the genome were counted, chosen for their genes.
    RestrictedUniverse,
}

impl SetStatus {
    /// The word in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ok => "ok",
            Self::SetSize => "set_size",
            Self::TooFewCalled => "too_few_called",
            Self::TooFewRanked => "too_few_ranked",
            Self::NoNull => "no_null",
            Self::RestrictedUniverse => "restricted_universe",
        }
    }
}

impl fmt::Display for SetStatus {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A test of a set.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SetTest {
    /// Over-representation of called genes, where genes that were tested more are called more often.
    Wallenius,
    /// Enrichment along the ranking of all tested genes.
    Gsea,
}

impl SetTest {
    /// The word in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Wallenius => "wallenius",
            Self::Gsea => "gsea",
        }
    }
}

/// A gene set in one contrast, in one test.
#[derive(Clone, Debug, PartialEq)]
pub struct SetRow {
    /// The set's collection, within which q-values are made.
    pub collection: String,
    /// The set's id.
    pub set_id: String,
    /// The set's name.
    pub set_name: String,
    /// The set's theme.
    pub theme: Option<String>,
    /// The test behind `p_value`.
    pub method: SetTest,
    /// Genes with at least one tested event.
    pub n_universe: u32,
    /// Called genes among them.
    pub n_called: u32,
    /// Members that the set lists.
    pub n_members: u32,
    /// Listed members that are no gene of the run.
    pub n_unknown: u32,
    /// Genes of the set in the universe.
    pub set_size: u32,
    /// Called genes of the set.
    pub overlap: u32,
    /// Called genes expected in it by chance, given how much each of its genes was tested; for a set of no or of all
    /// tested genes the hypergeometric mean. Over-representation only.
    pub expected: Option<f64>,
    /// `overlap / expected`; `None` where nothing is expected.
    pub fold: Option<f64>,
    /// The p-value; `None` where the set was not tested.
    pub p_value: Option<f64>,
    /// Benjamini-Hochberg over the tested sets of the collection.
    pub q_value: Option<f64>,
    /// Mid-P value with one weight for the whole set, as goseq has it; over-representation only.
    pub p_one_weight: Option<f64>,
    /// Hypergeometric probability of this overlap or a larger one; over-representation only.
    pub p_hypergeometric: Option<f64>,
    /// Names of the called genes of the set, sorted.
    pub genes: Vec<String>,
    /// Where the set stands in the ranking; ranking only.
    pub score: Option<SetScore>,
    /// The position of the better set of the same collection that rests on the same genes.
    pub redundant_with: Option<usize>,
    /// Why it was or was not tested.
    pub status: SetStatus,
}

/// The score of a set along a ranking.
#[derive(Clone, Debug, PartialEq)]
pub struct SetScore {
    /// Enrichment score, in `[-1, 1]`.
    pub es: f64,
    /// The score over the mean of random scores of its sign.
    pub nes: Option<f64>,
    /// Standard error of the binary logarithm of the p-value.
    pub log2_error: Option<f64>,
    /// Names of the genes up to the deviation, best first.
    pub leading_edge: Vec<String>,
}

impl SetRow {
    /// A row that says nothing but which set it is about.
    pub(crate) fn of(set: &GeneSet, method: SetTest, status: SetStatus) -> Self {
        Self {
            collection: set.collection.clone(),
            set_id: set.id.clone(),
            set_name: set.name.clone(),
            theme: set.theme.clone(),
            method,
            n_universe: 0,
            n_called: 0,
            n_members: length(set.members.len()),
            n_unknown: 0,
            set_size: 0,
            overlap: 0,
            expected: None,
            fold: None,
            p_value: None,
            q_value: None,
            p_one_weight: None,
            p_hypergeometric: None,
            genes: Vec::new(),
            score: None,
            redundant_with: None,
            status,
        }
    }
}

impl SetRow {
    /// The set without a test: what is left of the genes was chosen for them, and is no universe to compare with.
    #[must_use]
    pub fn of_restricted_universe(self) -> Self {
        Self {
            expected: None,
            fold: None,
            p_value: None,
            q_value: None,
            p_one_weight: None,
            p_hypergeometric: None,
            score: None,
            redundant_with: None,
            status: SetStatus::RestrictedUniverse,
            ..self
        }
    }
}

/// Fills in what depends on the other sets of the collection: q-values and redundancy.
pub(crate) fn compare(rows: &mut [SetRow]) {
    let mut collections: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
    for (position, row) in rows.iter().enumerate() {
        collections.entry(&row.collection).or_default().push(position);
    }
    let mut q_values = vec![None; rows.len()];
    for positions in collections.into_values() {
        let p_values: Vec<Option<f64>> = positions.iter().map(|&at| rows[at].p_value).collect();
        for (&at, q) in positions.iter().zip(benjamini_hochberg(&p_values)) {
            q_values[at] = q;
        }
    }
    let results: Vec<Found<'_>> = rows
        .iter()
        .map(|row| Found {
            collection: &row.collection,
            p_value: row.p_value,
            genes: row.score.as_ref().map_or(&row.genes, |score| &score.leading_edge),
        })
        .collect();
    let redundant = redundant_with(&results);
    for (row, (q_value, redundant)) in rows.iter_mut().zip(q_values.into_iter().zip(redundant)) {
        row.q_value = q_value;
        row.redundant_with = redundant;
    }
}

/// Numbers of genes are far below 2^32.
pub(crate) fn length(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}
