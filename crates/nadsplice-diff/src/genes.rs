//! From events to genes: one p-value a gene, and the events that differ in the genes that are called.

use nadsplice_stats::multiple_testing::{acat, benjamini_hochberg, holm, simes};

/// False discovery rate of genes, and of genes with any false event among those that are named.
const LEVEL: f64 = 0.05;

/// How the p-values of a gene's events become one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GeneTest {
    /// Simes: the smallest Benjamini-Hochberg value. Finds the gene with one changed event.
    #[default]
    Simes,
    /// Cauchy combination. Finds more where most events of a gene change together.
    Acat,
}

impl GeneTest {
    /// The name on the command line: `simes` or `acat`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Simes => "simes",
            Self::Acat => "acat",
        }
    }

    /// One p-value in `(0, 1]` of several; none of none.
    pub fn combine(self, p_values: &[f64]) -> Option<f64> {
        match self {
            Self::Simes => simes(p_values),
            Self::Acat => acat(p_values),
        }
    }
}

/// Genes and their events, stage by stage.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneTests {
    /// The p-value of each gene; none where no event was tested.
    pub p_values: Vec<Option<f64>>,
    /// Benjamini-Hochberg over the genes with a p-value.
    pub q_values: Vec<Option<f64>>,
    /// For each event the stage-wise value: Holm over the tested events of its gene, times tested over called genes,
    /// at most 1; of an event of several called genes the largest. None for an event of no called gene.
    ///
    /// Naming the events below 0.05 keeps the share of genes with any wrongly named event below 0.05 (Heller et al.
    /// 2009, [doi:10.1093/bioinformatics/btp385](https://doi.org/10.1093/bioinformatics/btp385); Van den Berge et al.
    /// 2017, [doi:10.1186/s13059-017-1277-0](https://doi.org/10.1186/s13059-017-1277-0)).
    pub stagewise: Vec<Option<f64>>,
}

impl GeneTests {
    /// `events` are the p-values of all events, none for an untested one, `genes` the positions of each gene's events.
    pub fn new(test: GeneTest, events: &[Option<f64>], genes: &[Vec<usize>]) -> Self {
        let of_gene = |members: &[usize]| members.iter().map(|&e| events[e]).collect::<Vec<_>>();
        let p_values: Vec<Option<f64>> = genes
            .iter()
            .map(|members| test.combine(&of_gene(members).into_iter().flatten().collect::<Vec<_>>()))
            .collect();
        let q_values = benjamini_hochberg(&p_values);
        let called = |q: &Option<f64>| q.is_some_and(|q| q < LEVEL);
        let (n_tested, n_called) =
            (q_values.iter().flatten().count() as f64, q_values.iter().filter(|q| called(q)).count() as f64);
        let mut stagewise: Vec<Option<f64>> = vec![None; events.len()];
        for (members, _) in genes.iter().zip(&q_values).filter(|(_, q)| called(q)) {
            for (&event, adjusted) in members.iter().zip(holm(&of_gene(members))) {
                let value = adjusted.map(|p| (p * n_tested / n_called).min(1.0));
                stagewise[event] = match (stagewise[event], value) {
                    (Some(a), Some(b)) => Some(a.max(b)),
                    (a, b) => a.or(b),
                };
            }
        }
        Self { p_values, q_values, stagewise }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn events_are_named_in_called_genes_only() {
        let p = [Some(1e-6), Some(0.5), None, Some(0.3), Some(0.6), Some(2e-4)];
        let genes = [vec![0, 1, 2], vec![3, 4], vec![2], vec![0, 5]];
        let tests = GeneTests::new(GeneTest::Simes, &p, &genes);
        assert_eq!(tests.p_values[2], None);
        assert!((tests.p_values[0].unwrap() - 2e-6).abs() < 1e-18);
        assert!(tests.q_values[1].unwrap() > 0.05);
        // Three genes are tested, two called; event 0 is in both of them, with two tested events each.
        let close = |got: Option<f64>, want: f64| (got.unwrap() / want - 1.0).abs() < 1e-12;
        assert!(close(tests.stagewise[0], 2e-6 * 1.5) && close(tests.stagewise[5], 2e-4 * 1.5));
        assert!(close(tests.stagewise[1], 0.5 * 1.5));
        assert_eq!((tests.stagewise[2], tests.stagewise[3]), (None, None));
    }

    #[test]
    fn without_a_called_gene_nothing_is_named() {
        let tests = GeneTests::new(GeneTest::Acat, &[Some(0.4), Some(0.9)], &[vec![0, 1]]);
        assert!(tests.p_values[0].is_some_and(|p| p > 0.3) && tests.stagewise == [None, None]);
    }
}
