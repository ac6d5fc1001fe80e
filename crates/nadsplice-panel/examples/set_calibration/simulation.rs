//! Genes without biology: nothing but how often and how deeply a gene is tested makes it more likely to be called, and
//! sets are drawn by the same things.

use std::sync::Arc;

use nadsplice_panel::{
    GeneIdentity, GeneIndex, GeneResult, GeneSet, ResolvedSets, SetTestCuts, over_representation,
    rank_enrichment,
};
use nadsplice_stats::multiple_testing::{benjamini_hochberg, simes};
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use rand_distr::{Distribution, LogNormal, StandardNormal};

const GENES: usize = 8000;
const SET_SIZE: usize = 60;
/// Share of events that differ.
const CHANGED: f64 = 0.02;
/// Standard errors of the difference of an event with the median of reads.
const EFFECT: f64 = 4.0;
const MEDIAN_READS: f64 = 38.0;

/// What the chance of a gene to be in a set is proportional to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum DrawnBy {
    Chance,
    Events,
    Coverage,
    Both,
}

impl DrawnBy {
    pub(crate) const ALL: [Self; 4] = [Self::Chance, Self::Events, Self::Coverage, Self::Both];
}

/// Shares of null sets with p below 0.05.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Below {
    pub(crate) wallenius: f64,
    /// With one weight for all genes of a set.
    pub(crate) one_weight: f64,
    /// The test that knows of events and not of reads.
    pub(crate) wallenius_events: f64,
    pub(crate) hypergeometric: f64,
    pub(crate) gsea: f64,
    /// The ranking test without bins.
    pub(crate) gsea_plain: f64,
}

/// Tests `sets` null sets in each of some simulated contrasts; the shares over all of them, and the mean number of called
/// genes.
pub(crate) fn simulate(drawn_by: DrawnBy, contrasts: u64, sets: usize) -> (Below, f64) {
    let names: Vec<String> = (0..GENES).map(|gene| format!("gene{gene:04}")).collect();
    let identities: Vec<Arc<GeneIdentity>> =
        names.iter().map(|name| Arc::new(GeneIdentity::recognise(name))).collect();
    let index = GeneIndex::new(names.iter().map(|name| (name.as_str(), None)));
    let cuts = SetTestCuts::with_delta_psi(0.1);
    let (mut below, mut called) = (Below::default(), 0.0);
    for seed in 0..contrasts {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        let genes = contrast(&mut rng);
        let drawn: Vec<GeneSet> =
            (0..sets).map(|set| draw(&mut rng, set, drawn_by, &genes, &identities)).collect();
        let resolved = ResolvedSets::new(&drawn, &index);
        // The same genes, all tested alike as far as the test knows.
        let alike = |gene: &GeneResult| GeneResult { n_tested: 1, mean_reads: 0.0, ..*gene };
        let by_events = |gene: &GeneResult| GeneResult { mean_reads: 0.0, ..*gene };
        let map = |change: &dyn Fn(&GeneResult) -> GeneResult| genes.iter().map(change).collect::<Vec<_>>();
        let share = |p_values: Vec<Option<f64>>| {
            p_values.iter().filter(|p| p.is_some_and(|p| p < 0.05)).count() as f64
                / (sets as f64 * contrasts as f64)
        };
        let p = |rows: &[nadsplice_panel::SetRow]| rows.iter().map(|row| row.p_value).collect();
        let rows = over_representation(&resolved, &genes, &cuts);
        called += f64::from(rows[0].n_called) / contrasts as f64;
        below.wallenius += share(p(&rows));
        below.one_weight += share(rows.iter().map(|row| row.p_one_weight).collect());
        below.hypergeometric += share(rows.iter().map(|row| row.p_hypergeometric).collect());
        below.wallenius_events += share(p(&over_representation(&resolved, &map(&by_events), &cuts)));
        below.gsea += share(p(&rank_enrichment(&resolved, &genes, &cuts)));
        below.gsea_plain += share(p(&rank_enrichment(&resolved, &map(&alike), &cuts)));
    }
    (below, called)
}

/// Geometric numbers of events, log-normal reads, and p-values of events of which a few differ: the more reads the
/// clearer.
fn contrast(rng: &mut ChaCha8Rng) -> Vec<GeneResult> {
    let reads = LogNormal::new(MEDIAN_READS.ln(), 1.0).unwrap();
    let mut genes: Vec<GeneResult> = (0..GENES)
        .map(|_| {
            let mut n_tested = 1;
            while n_tested < 60 && rng.random_bool(0.8) {
                n_tested += 1;
            }
            let mean_reads: f64 = reads.sample(rng);
            let p_values: Vec<f64> = (0..n_tested)
                .map(|_| {
                    let shift = if rng.random_bool(CHANGED) {
                        EFFECT * (mean_reads / MEDIAN_READS).sqrt()
                    } else {
                        0.0
                    };
                    let z: f64 = StandardNormal.sample(rng);
                    2.0 * nadsplice_stats::tails::ln_t_upper((z + shift).abs(), f64::INFINITY).exp()
                })
                .collect();
            GeneResult {
                n_tested,
                mean_reads,
                p_value: simes(&p_values),
                q_value: None,
                delta_psi_max: Some(0.3),
            }
        })
        .collect();
    let q_values = benjamini_hochberg(&genes.iter().map(|gene| gene.p_value).collect::<Vec<_>>());
    for (gene, q_value) in genes.iter_mut().zip(q_values) {
        gene.q_value = q_value;
    }
    genes
}

fn draw(
    rng: &mut ChaCha8Rng,
    number: usize,
    drawn_by: DrawnBy,
    genes: &[GeneResult],
    identities: &[Arc<GeneIdentity>],
) -> GeneSet {
    let weight = |gene: &GeneResult| {
        let (events, reads) = (f64::from(gene.n_tested) / 60.0, (gene.mean_reads / 1000.0).min(1.0));
        match drawn_by {
            DrawnBy::Chance => 1.0,
            DrawnBy::Events => events,
            DrawnBy::Coverage => reads,
            DrawnBy::Both => events * reads,
        }
    };
    let mut members: Vec<usize> = Vec::new();
    while members.len() < SET_SIZE {
        let gene = rng.random_range(0..genes.len());
        if rng.random::<f64>() < weight(&genes[gene]) && !members.contains(&gene) {
            members.push(gene);
        }
    }
    GeneSet {
        id: format!("set{number}"),
        name: String::new(),
        collection: "null".to_owned(),
        theme: None,
        provenance: None,
        members: members.into_iter().map(|gene| Arc::clone(&identities[gene])).collect(),
    }
}
