//! What marker genes say of a sample.

use nadsplice_core::{Annotation, is_mitochondrion};
use nadsplice_panel::{GeneIndex, MarkerRole, marker_genes};

/// Fragments on sex markers from which a sex is called, and on myosins from which their share is.
const MIN_FRAGMENTS: u64 = 20;
/// Share of the one sex's fragments among both sexes' from which it is called. In whole tissue the share is above
/// 0.99; between, samples are mixed.
const CALLED: f64 = 0.9;

/// Where an annotation has the marker genes.
pub(super) struct Markers {
    /// Positions in the annotation, for each role that it has a gene of.
    genes: Vec<(MarkerRole, usize)>,
    /// Whether each gene is on a chromosome of the nucleus.
    nuclear: Vec<bool>,
}

impl Markers {
    pub(super) fn new(annotation: &Annotation) -> Self {
        let index = GeneIndex::new(annotation.genes.iter().map(|g| (g.id.as_str(), g.name.as_deref())));
        let genes = marker_genes()
            .into_iter()
            .filter_map(|marker| Some((marker.role, index.resolve(&marker.identity)?)))
            .flat_map(|(role, found)| found.genes().iter().map(|&g| (role, g)).collect::<Vec<_>>())
            .collect();
        let nuclear = annotation
            .genes
            .iter()
            .map(|gene| !is_mitochondrion(annotation.contigs.name(gene.contig)))
            .collect();
        Self { genes, nuclear }
    }

    /// The fragments on the markers of each role, of those on each gene of the annotation.
    pub(super) fn of(&self, genes: &[u32]) -> MarkerFragments {
        let on = |role: MarkerRole| {
            let mut of_role = self.genes.iter().filter(|(r, _)| *r == role).peekable();
            of_role.peek()?;
            Some(of_role.map(|&(_, gene)| u64::from(genes[gene])).sum())
        };
        MarkerFragments {
            nuclear: genes.iter().zip(&self.nuclear).filter(|(_, n)| **n).map(|(&g, _)| u64::from(g)).sum(),
            female: on(MarkerRole::Female),
            male: on(MarkerRole::Male),
            slow: on(MarkerRole::SlowFibre),
            fast: on(MarkerRole::FastFibre),
            fat: on(MarkerRole::Fat),
            immune: on(MarkerRole::Immune),
            fibrosis: on(MarkerRole::Fibrosis),
        }
    }
}

/// Fragments on the marker genes of a sample; nothing where the annotation has no such gene.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct MarkerFragments {
    /// On all genes of the nucleus.
    nuclear: u64,
    pub(super) female: Option<u64>,
    pub(super) male: Option<u64>,
    slow: Option<u64>,
    fast: Option<u64>,
    pub(super) fat: Option<u64>,
    pub(super) immune: Option<u64>,
    pub(super) fibrosis: Option<u64>,
}

impl MarkerFragments {
    /// The content of the column `sex_call`, empty where nothing can be said.
    pub(super) fn sex(&self) -> &'static str {
        let (Some(female), Some(male)) = (self.female, self.male) else { return "" };
        if female + male < MIN_FRAGMENTS {
            return "unclear";
        }
        let share = male as f64 / (female + male) as f64;
        if share >= CALLED {
            "male"
        } else if share <= 1.0 - CALLED {
            "female"
        } else {
            "unclear"
        }
    }

    /// Fragments in a million on nuclear genes.
    pub(super) fn cpm(&self, fragments: Option<u64>) -> Option<f64> {
        fragments.filter(|_| self.nuclear > 0).map(|f| f as f64 / self.nuclear as f64 * 1e6)
    }

    /// log2 of one half more than the fragments in a million on nuclear genes: without any it is -1 at every depth.
    pub(super) fn score(&self, fragments: Option<u64>) -> Option<f64> {
        self.cpm(fragments).map(|cpm| (cpm + 0.5).log2())
    }

    /// Share of the slow myosin.
    pub(super) fn slow_fibre_share(&self) -> Option<f64> {
        let (slow, fast) = (self.slow?, self.fast?);
        (slow + fast >= MIN_FRAGMENTS).then(|| slow as f64 / (slow + fast) as f64)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sex_is_called_from_enough_fragments_of_one_kind() {
        let sex = |female, male| MarkerFragments { female, male, ..MarkerFragments::default() }.sex();
        assert_eq!(sex(Some(9_000), Some(12)), "female");
        assert_eq!(sex(Some(12), Some(9_000)), "male");
        assert_eq!(sex(Some(500), Some(400)), "unclear");
        assert_eq!(sex(Some(0), Some(19)), "unclear");
        assert_eq!(sex(None, Some(9_000)), "");
    }

    #[test]
    fn mitochondrial_genes_are_no_part_of_the_million() {
        let markers = Markers {
            genes: vec![(MarkerRole::Female, 0), (MarkerRole::Male, 1)],
            nuclear: vec![true, true, false],
        };
        let found = markers.of(&[30, 10, 960]);
        assert_eq!((found.cpm(found.female), found.cpm(found.fat)), (Some(750_000.0), None));
        assert!(found.score(found.male).is_some_and(|s| (s - 250_000.5_f64.log2()).abs() < 1e-12));
    }
}
