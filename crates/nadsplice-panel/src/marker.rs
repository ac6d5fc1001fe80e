//! Genes whose expression tells what a sample is: sex, fibre type, other tissue.

use crate::{GeneIdentity, tsv::Tsv};

const MARKER_GENES: &str = include_str!("../data/marker_genes.tsv");

/// What a marker gene is a sign of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MarkerRole {
    /// Two X chromosomes: `XIST` is transcribed from the inactive one.
    Female,
    /// A Y chromosome.
    Male,
    /// Slow (type I) muscle fibres.
    SlowFibre,
    /// Fast (type II) muscle fibres.
    FastFibre,
    /// Fat cells.
    Fat,
    /// White blood cells.
    Immune,
    /// Connective tissue.
    Fibrosis,
}

impl MarkerRole {
    fn of(word: &str) -> Option<Self> {
        Some(match word {
            "female" => Self::Female,
            "male" => Self::Male,
            "slow_fibre" => Self::SlowFibre,
            "fast_fibre" => Self::FastFibre,
            "fat" => Self::Fat,
            "immune" => Self::Immune,
            "fibrosis" => Self::Fibrosis,
            _ => return None,
        })
    }
}

/// A marker gene of human or mouse.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkerGene {
    /// Its names and ids.
    pub identity: GeneIdentity,
    /// What it is a sign of.
    pub role: MarkerRole,
    /// Who says so: a DOI or a database.
    pub source: String,
}

/// The embedded marker genes, in the order of the table.
pub fn marker_genes() -> Vec<MarkerGene> {
    let table = Tsv::parse("marker_genes.tsv", MARKER_GENES)
        .unwrap_or_else(|error| unreachable!("embedded table, checked by the tests: {error}"));
    let column = |name| table.column(name);
    table
        .rows()
        .iter()
        .filter_map(|row| {
            let text = |name| row.get(column(name)).map(str::to_owned);
            Some(MarkerGene {
                identity: GeneIdentity {
                    symbol: text("symbol"),
                    ensembl_id: text("ensembl_id"),
                    mouse_symbol: text("mouse_symbol"),
                    mouse_ensembl_id: text("mouse_ensembl_id"),
                    ..GeneIdentity::default()
                },
                role: MarkerRole::of(row.get(column("role"))?)?,
                source: text("source")?,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::GeneIndex;

    #[test]
    fn every_row_is_whole() {
        let genes = marker_genes();
        assert_eq!(genes.len(), MARKER_GENES.lines().count() - 1);
        for gene in &genes {
            let identity = &gene.identity;
            assert!(identity.symbol.is_some() == identity.ensembl_id.is_some(), "{identity:?}");
            assert!(identity.mouse_symbol.is_some() == identity.mouse_ensembl_id.is_some(), "{identity:?}");
            assert!(!gene.source.is_empty());
        }
        assert_eq!(genes.iter().filter(|g| g.role == MarkerRole::Male).count(), 6);
    }

    #[test]
    fn both_species_are_found() {
        let found = |genes: &[(&str, Option<&str>)]| {
            let index = GeneIndex::new(genes.iter().copied());
            let markers = marker_genes();
            markers
                .iter()
                .filter_map(|m| index.resolve(&m.identity).map(|found| (m.role, found.gene())))
                .collect::<Vec<_>>()
        };
        let human = [("ENSG00000229807.13", Some("XIST")), ("EIF1AY", None), ("EIF2S3", None)];
        assert_eq!(found(&human), [(MarkerRole::Female, 0), (MarkerRole::Male, 1)]);
        let mouse = [("ENSMUSG00000069049", None), ("Xist", None), ("Myh7", None)];
        let expected = [(MarkerRole::Female, 1), (MarkerRole::Male, 0), (MarkerRole::SlowFibre, 2)];
        assert_eq!(found(&mouse), expected);
    }
}
