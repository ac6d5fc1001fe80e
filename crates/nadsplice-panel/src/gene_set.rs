//! Gene sets, and the embedded ones.

use std::sync::Arc;

use rustc_hash::FxHashMap;

use crate::{Error, GeneIdentity, Licence, known_genes, tsv::Tsv};

const GENE_SETS: &str = include_str!("../data/gene_sets.tsv");
const MEMBERS: &str = include_str!("../data/gene_set_members.tsv");

/// The collection of the embedded sets: NAD+, AMPK, mTOR and what lies between them, a family declared
/// beforehand, within which q-values are made.
pub const FOCUS_COLLECTION: &str = "nad_ampk_mtor";

/// Where an embedded set comes from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Provenance {
    /// The source's name, as in [`Attribution::name`](crate::Attribution::name).
    pub source: String,
    /// Its accession, with revision where the source has one.
    pub source_id: String,
    /// The source's release.
    pub release: String,
    /// The licence of the membership.
    pub licence: Licence,
    /// The set's page.
    pub url: String,
}

/// A set of genes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GeneSet {
    /// The id, unique within its collection.
    pub id: String,
    /// The name to show.
    pub name: String,
    /// The collection, within which q-values are made.
    pub collection: String,
    /// The theme, such as `AMPK`; embedded sets only.
    pub theme: Option<String>,
    /// Where it comes from; embedded sets only.
    pub provenance: Option<Provenance>,
    /// Its genes, each once, in the order of the source. Sets of one file share the genes that they have in common.
    pub members: Vec<Arc<GeneIdentity>>,
}

/// The embedded sets: 76 of NAD+ metabolism, AMPK, mTOR, autophagy, PGC-1alpha, sirtuins, FoxO and atrophy,
/// insulin and IGF, muscle, and splicing as a control.
pub fn focus_sets() -> Vec<GeneSet> {
    parse().unwrap_or_else(|error| unreachable!("embedded tables, checked by the tests: {error}"))
}

fn parse() -> Result<Vec<GeneSet>, Error> {
    let members = Tsv::parse("gene_set_members.tsv", MEMBERS)?;
    let (set_id, list) = (members.column("set_id"), members.column("members"));
    let lists: FxHashMap<&str, &str> =
        members.rows().iter().filter_map(|row| Some((row.get(set_id)?, row.get(list)?))).collect();

    let table = Tsv::parse("gene_sets.tsv", GENE_SETS)?;
    table
        .rows()
        .iter()
        .map(|row| {
            let text = |column| table.required(row, column).map(str::to_owned);
            let wrong = |column, value: &str, expected| Error::Value {
                path: table.path().to_owned(),
                line: row.line,
                column,
                value: value.to_owned(),
                expected,
            };
            let id = text("set_id")?;
            let Some(symbols) = lists.get(id.as_str()) else {
                return Err(wrong("set_id", &id, "a set with members"));
            };
            let members = symbols.split(',').map(|symbol| {
                known_genes::set_gene(symbol)
                    .ok_or_else(|| wrong("members", symbol, "a gene of known identity"))
            });
            let members = members.collect::<Result<_, _>>()?;
            let licence = table.required(row, "licence")?;
            let licence = Licence::from_spdx(licence)
                .ok_or_else(|| wrong("licence", licence, "CC0-1.0 or CC-BY-4.0"))?;
            Ok(GeneSet {
                id,
                name: text("set_name")?,
                collection: text("collection")?,
                theme: Some(text("theme")?),
                provenance: Some(Provenance {
                    source: text("source")?,
                    source_id: text("source_id")?,
                    release: text("release")?,
                    licence,
                    url: text("url")?,
                }),
                members,
            })
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};

    use super::*;

    #[test]
    fn the_embedded_sets_are_whole() {
        let sets = parse().unwrap();
        assert_eq!(sets.len(), 76);
        assert_eq!(sets.iter().map(|s| &s.id).collect::<BTreeSet<_>>().len(), 76);
        assert!(sets.iter().all(|s| s.collection == FOCUS_COLLECTION));
        let mut themes: BTreeMap<&str, usize> = BTreeMap::new();
        for set in &sets {
            *themes.entry(set.theme.as_deref().unwrap()).or_default() += 1;
        }
        let expected = [
            ("AMPK", 11),
            ("AUTOPHAGY", 5),
            ("FOXO_ATROPHY", 3),
            ("INSULIN_IGF", 6),
            ("MTOR", 21),
            ("MUSCLE", 3),
            ("NAD", 17),
            ("PGC1A_MITO", 4),
            ("SIRTUIN", 5),
            ("SPLICING", 1),
        ];
        assert_eq!(themes.into_iter().collect::<Vec<_>>(), expected);
    }

    #[test]
    fn the_number_of_members_is_the_listed_one_and_none_is_there_twice() {
        let table = Tsv::parse("gene_sets.tsv", GENE_SETS).unwrap();
        let n_members = table.column("n_members");
        for (row, set) in table.rows().iter().zip(focus_sets()) {
            assert_eq!(row.get(n_members).unwrap(), set.members.len().to_string(), "{}", set.id);
            let symbols: BTreeSet<_> = set.members.iter().map(|m| m.label().to_owned()).collect();
            assert_eq!(symbols.len(), set.members.len(), "{}", set.id);
        }
    }

    #[test]
    fn a_known_set_holds_its_known_genes() {
        let sets = focus_sets();
        let ampk = sets.iter().find(|s| s.id == "WP1403").unwrap();
        assert_eq!(ampk.theme.as_deref(), Some("AMPK"));
        assert!(ampk.members.iter().any(|m| m.label() == "PRKAA1"));
        assert_eq!(ampk.provenance.as_ref().unwrap().licence, Licence::Cc0);
    }
}
