//! The genes of the embedded tables, by name.

use std::sync::{Arc, LazyLock};

use rustc_hash::FxHashMap;

use crate::{Error, GeneIdentity, Panel, tsv::Tsv};

/// Symbol, Ensembl and Entrez id, mouse ortholog and aliases of every member of an embedded set.
const GENE_SET_GENES: &str = include_str!("../data/gene_set_genes.tsv");

/// The members of the embedded sets by the symbol that the sets use.
static SET_GENES: LazyLock<FxHashMap<String, Arc<GeneIdentity>>> = LazyLock::new(|| {
    read_set_genes().unwrap_or_else(|error| unreachable!("embedded table, checked by the tests: {error}"))
});

/// Panel genes and set members by symbol and, where no symbol claims it, by alias.
static BY_NAME: LazyLock<FxHashMap<String, Arc<GeneIdentity>>> = LazyLock::new(|| {
    let panel = Panel::nad();
    let panel = panel.genes().iter().map(|gene| Arc::new(gene.identity.clone()));
    let mut members: Vec<Arc<GeneIdentity>> = SET_GENES.values().cloned().collect();
    members.sort_by(|a, b| a.symbol.cmp(&b.symbol));
    let genes: Vec<Arc<GeneIdentity>> = panel.chain(members).collect();
    let mut names = FxHashMap::default();
    for gene in &genes {
        if let Some(symbol) = &gene.symbol {
            names.entry(symbol.clone()).or_insert_with(|| Arc::clone(gene));
        }
    }
    for gene in &genes {
        for alias in &gene.aliases {
            names.entry(alias.clone()).or_insert_with(|| Arc::clone(gene));
        }
    }
    names
});

/// The embedded gene of this symbol or alias, exactly as written.
pub(crate) fn by_name(name: &str) -> Option<&'static GeneIdentity> {
    BY_NAME.get(name).map(AsRef::as_ref)
}

/// Panel genes and set members by Ensembl id (human and mouse), Entrez id and mouse symbol, which never look alike.
static BY_ID: LazyLock<FxHashMap<String, Arc<GeneIdentity>>> = LazyLock::new(|| {
    let mut ids = FxHashMap::default();
    let mut genes: Vec<&Arc<GeneIdentity>> = BY_NAME.values().collect();
    genes.sort_by(|a, b| a.symbol.cmp(&b.symbol));
    for gene in genes {
        let names = [&gene.ensembl_id, &gene.entrez_id, &gene.mouse_ensembl_id, &gene.mouse_symbol];
        for id in names.into_iter().flatten() {
            ids.entry(id.clone()).or_insert_with(|| Arc::clone(gene));
        }
    }
    ids
});

/// The embedded gene that an identity stands for: by symbol or alias exactly as written, else by an id or a mouse
/// symbol.
pub(crate) fn of(identity: &GeneIdentity) -> Option<&'static GeneIdentity> {
    if let Some(known) = identity.symbol.as_deref().and_then(by_name) {
        return Some(known);
    }
    [
        &identity.ensembl_id,
        &identity.entrez_id,
        &identity.mouse_ensembl_id,
        &identity.symbol,
        &identity.mouse_symbol,
    ]
    .into_iter()
    .flatten()
    .find_map(|id| BY_ID.get(id).map(AsRef::as_ref))
}

/// The embedded member of this symbol.
pub(crate) fn set_gene(symbol: &str) -> Option<Arc<GeneIdentity>> {
    SET_GENES.get(symbol).cloned()
}

fn read_set_genes() -> Result<FxHashMap<String, Arc<GeneIdentity>>, Error> {
    let table = Tsv::parse("gene_set_genes.tsv", GENE_SET_GENES)?;
    let column = |name| table.column(name);
    let (ensembl_id, entrez_id) = (column("ensembl_id"), column("entrez_id"));
    let (mouse_symbol, mouse_ensembl_id) = (column("mouse_symbol"), column("mouse_ensembl_id"));
    let aliases = column("aliases");
    let mut genes = FxHashMap::default();
    for row in table.rows() {
        let text = |column| row.get(column).map(str::to_owned);
        let name = table.required(row, "symbol")?.to_owned();
        let identity = GeneIdentity {
            symbol: Some(name.clone()),
            ensembl_id: text(ensembl_id),
            entrez_id: text(entrez_id),
            mouse_symbol: text(mouse_symbol),
            mouse_ensembl_id: text(mouse_ensembl_id),
            aliases: row.get(aliases).map(|a| a.split(';').map(str::to_owned).collect()).unwrap_or_default(),
        };
        genes.insert(name, Arc::new(identity));
    }
    Ok(genes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_member_of_the_embedded_sets_is_read() {
        let genes = read_set_genes().unwrap();
        assert_eq!(genes.len(), 2197);
        assert!(genes.values().filter(|gene| gene.ensembl_id.is_none()).count() <= 2);
    }

    #[test]
    fn symbols_go_before_aliases() {
        // WikiPathways still has `ATP5B`, the earlier name of `ATP5F1B`, which other sets have.
        assert_eq!(by_name("ATP5F1B").unwrap().symbol.as_deref(), Some("ATP5F1B"));
        assert_eq!(by_name("ATP5B").unwrap().symbol.as_deref(), Some("ATP5B"));
        assert_eq!(by_name("PARP7").unwrap().symbol.as_deref(), Some("TIPARP"));
    }
}
