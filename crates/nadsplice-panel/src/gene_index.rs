//! From gene names and ids to the genes of a run.

use rustc_hash::FxHashMap;

use crate::{GeneIdentity, identity::Identifier};

/// How an identity met a gene of the run.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum MatchedBy {
    /// By Ensembl or Entrez id.
    Id,
    /// By symbol.
    Symbol,
    /// By another name of the gene.
    Alias,
}

/// The genes of a run that an identity stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Match {
    /// Their positions in the order of the run, ascending, at least one. A gene that the annotation has on several
    /// contigs or strands (alternate haplotypes, pseudoautosomal regions) is several genes of the run.
    genes: Vec<usize>,
    /// How they were found.
    pub matched_by: MatchedBy,
    /// What a reader should know about the match: a match by another name or regardless of case, several genes of
    /// one name. Nothing for one gene by its id or symbol.
    pub note: Option<String>,
}

impl Match {
    /// All genes, in the order of the run.
    pub fn genes(&self) -> &[usize] {
        &self.genes
    }

    /// The gene that stands for them: the first in the order of the run.
    pub fn gene(&self) -> usize {
        self.genes[0]
    }
}

/// The genes of a run by id and name.
#[derive(Clone, Debug, Default)]
pub struct GeneIndex {
    labels: Vec<String>,
    ensembl: FxHashMap<String, Vec<usize>>,
    entrez: FxHashMap<String, Vec<usize>>,
    names: FxHashMap<String, Vec<usize>>,
    /// Names in upper case.
    folded: FxHashMap<String, Vec<usize>>,
}

impl GeneIndex {
    /// Indexes the genes of a run, `gene_id` and `gene_name` of each, in the run's order: a gene is known by its
    /// position. Ensembl ids lose their version.
    pub fn new<'g>(genes: impl IntoIterator<Item = (&'g str, Option<&'g str>)>) -> Self {
        let mut index = Self::default();
        for (position, (id, name)) in genes.into_iter().enumerate() {
            for text in [Some(id), name].into_iter().flatten() {
                match Identifier::of(text) {
                    Identifier::Ensembl(key) => push(&mut index.ensembl, key.to_owned(), position),
                    Identifier::Entrez(key) => push(&mut index.entrez, key.to_owned(), position),
                    Identifier::Name(key) => {
                        push(&mut index.folded, key.to_uppercase(), position);
                        push(&mut index.names, key.to_owned(), position);
                    }
                }
            }
            index.labels.push(name.unwrap_or(id).to_owned());
        }
        index
    }

    /// How many genes there are.
    pub fn len(&self) -> usize {
        self.labels.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.labels.is_empty()
    }

    /// The name to show for a gene: `gene_name`, else `gene_id`.
    ///
    /// # Panics
    /// When the position is not below [`len`](Self::len).
    pub fn label(&self, gene: usize) -> &str {
        &self.labels[gene]
    }

    /// The genes of an identity, by the first that meets any: Ensembl id (human, then mouse), Entrez id, symbol
    /// (human, then mouse), alias, then symbol and alias regardless of case, which finds mouse genes of human
    /// symbols.
    ///
    /// The mouse symbol is never taken regardless of case: two human genes may share an ortholog, and one must not
    /// stand for the other in a human run.
    pub fn resolve(&self, identity: &GeneIdentity) -> Option<Match> {
        let ids = [
            (&self.ensembl, &identity.ensembl_id),
            (&self.ensembl, &identity.mouse_ensembl_id),
            (&self.entrez, &identity.entrez_id),
        ];
        for (map, id) in ids {
            if let Some(genes) = id.as_ref().and_then(|id| map.get(id)) {
                return Some(self.matched(genes, MatchedBy::Id, None));
            }
        }
        for symbol in [&identity.symbol, &identity.mouse_symbol].into_iter().flatten() {
            if let Some(genes) = self.names.get(symbol) {
                return Some(self.matched(genes, MatchedBy::Symbol, None));
            }
        }
        for alias in &identity.aliases {
            if let Some(genes) = self.names.get(alias) {
                let note = format!("{} is {alias} in this annotation", identity.label());
                return Some(self.matched(genes, MatchedBy::Alias, Some(note)));
            }
        }
        let symbols = identity.symbol.iter().map(|name| (name, MatchedBy::Symbol));
        let aliases = identity.aliases.iter().map(|name| (name, MatchedBy::Alias));
        symbols.chain(aliases).find_map(|(name, matched_by)| {
            let genes = self.folded.get(&name.to_uppercase())?;
            let note = format!("{} is {} in this annotation", identity.label(), self.labels[genes[0]]);
            Some(self.matched(genes, matched_by, Some(note)))
        })
    }

    fn matched(&self, genes: &[usize], matched_by: MatchedBy, note: Option<String>) -> Match {
        let several = (genes.len() > 1).then(|| {
            format!("{} genes of this annotation are called {}", genes.len(), self.labels[genes[0]])
        });
        let notes: Vec<String> = note.into_iter().chain(several).collect();
        Match { genes: genes.to_vec(), matched_by, note: (!notes.is_empty()).then(|| notes.join("; ")) }
    }
}

fn push(map: &mut FxHashMap<String, Vec<usize>>, key: String, position: usize) {
    let genes = map.entry(key).or_default();
    // A gene whose id is its name comes twice in a row.
    if genes.last() != Some(&position) {
        genes.push(position);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::Panel;

    fn identity(symbol: &str) -> GeneIdentity {
        let panel = Panel::nad();
        panel.genes().iter().find(|g| g.identity.label() == symbol).unwrap().identity.clone()
    }

    fn resolve(genes: &[(&str, Option<&str>)], identity: &GeneIdentity) -> Option<Match> {
        GeneIndex::new(genes.iter().copied()).resolve(identity)
    }

    #[test]
    fn ids_go_before_names() {
        let genes = [("x1", Some("CD38")), ("ENSG00000004468.14", Some("OTHER")), ("952", None)];
        let found = resolve(&genes, &identity("CD38")).unwrap();
        assert_eq!((found.gene(), found.matched_by, found.note), (1, MatchedBy::Id, None));
        let found = resolve(&[("x1", Some("CD38")), ("GeneID:952", None)], &identity("CD38")).unwrap();
        assert_eq!((found.gene(), found.matched_by), (1, MatchedBy::Id));
    }

    #[test]
    fn symbols_are_found_in_either_column() {
        for genes in [[("CD38", None)], [("g1", Some("CD38"))], [("gene-CD38", Some("CD38"))]] {
            let found = resolve(&genes, &identity("CD38")).unwrap();
            assert_eq!((found.genes(), found.matched_by), (&[0][..], MatchedBy::Symbol));
        }
    }

    #[test]
    fn earlier_and_family_names_are_aliases_with_a_note() {
        for (symbol, alias) in [
            ("NAPRT", "NAPRT1"),
            ("KYAT1", "CCBL1"),
            ("KYAT3", "CCBL2"),
            ("NOCT", "CCRN4L"),
            ("ADPRS", "ADPRHL2"),
            ("NAXD", "CARKD"),
            ("NAXE", "APOA1BP"),
            ("NADK2", "C5orf33"),
            ("TIPARP", "PARP7"),
            ("ZC3HAV1", "PARP13"),
            ("PARP1", "ARTD1"),
            ("TNKS", "ARTD5"),
            ("TNKS2", "ARTD6"),
            ("PARP6", "ARTD17"),
            ("PARP16", "ARTD15"),
        ] {
            let found = resolve(&[("a", Some("ZZZ")), ("b", Some(alias))], &identity(symbol)).unwrap();
            assert_eq!((found.gene(), found.matched_by), (1, MatchedBy::Alias), "{symbol}");
            assert_eq!(found.note.unwrap(), format!("{symbol} is {alias} in this annotation"));
        }
    }

    #[test]
    fn every_alias_of_every_panel_gene_leads_to_it_alone() {
        let panel = Panel::nad();
        let mut aliases = 0;
        for gene in panel.genes() {
            for alias in &gene.identity.aliases {
                let index = GeneIndex::new([("x", Some("ZZZ")), ("y", Some(alias.as_str()))]);
                let of = |other: &crate::PanelGene| index.resolve(&other.identity).map(|found| found.gene());
                let found: Vec<&str> = panel
                    .genes()
                    .iter()
                    .filter(|other| of(other) == Some(1))
                    .map(|other| other.identity.label())
                    .collect();
                assert_eq!(found, [gene.identity.label()], "{alias}");
                aliases += 1;
            }
        }
        assert!(aliases > 100, "{aliases}");
    }

    #[test]
    fn every_panel_gene_is_found_by_its_mouse_names_but_parp15() {
        let panel = Panel::nad();
        let mut without = Vec::new();
        for gene in panel.genes() {
            let identity = &gene.identity;
            let (Some(symbol), Some(id)) = (&identity.mouse_symbol, &identity.mouse_ensembl_id) else {
                without.push(identity.label());
                continue;
            };
            for genes in [[(id.as_str(), Some("other"))], [("other", Some(symbol.as_str()))]] {
                assert!(resolve(&genes, identity).is_some(), "{symbol} {id}");
            }
        }
        assert_eq!(without, ["PARP15"]);
    }

    #[test]
    fn mouse_genes_are_found() {
        let cd38 = identity("CD38");
        let by_id = resolve(&[("ENSMUSG00000029084.13", Some("Cd38"))], &cd38).unwrap();
        assert_eq!(by_id.matched_by, MatchedBy::Id);
        let by_symbol = resolve(&[("Cd38", None)], &cd38).unwrap();
        assert_eq!((by_symbol.matched_by, by_symbol.note), (MatchedBy::Symbol, None));
        let folded = resolve(&[("Cd38", None)], &GeneIdentity::recognise("CD38")).unwrap();
        assert_eq!(folded.note.as_deref(), Some("CD38 is Cd38 in this annotation"));
    }

    #[test]
    fn a_shared_ortholog_does_not_stand_for_its_neighbour_in_a_human_run() {
        let genes = [("SLC25A51", None)];
        assert!(resolve(&genes, &identity("SLC25A51")).is_some());
        assert_eq!(resolve(&genes, &identity("SLC25A52")), None);
        assert!(resolve(&[("Slc25a51", None)], &identity("SLC25A52")).is_some());
    }

    #[test]
    fn several_genes_of_one_name_are_all_kept_and_said() {
        let genes = [("TNF", Some("TNF")), ("TNF_1", Some("TNF")), ("TNF_2", Some("TNF"))];
        let found = resolve(&genes, &identity("TNF")).unwrap();
        assert_eq!(found.genes(), [0, 1, 2]);
        assert_eq!(found.gene(), 0);
        assert_eq!(found.note.as_deref(), Some("3 genes of this annotation are called TNF"));
    }

    #[test]
    fn what_is_not_there_is_not_found() {
        assert_eq!(resolve(&[("NADSYN1", None)], &identity("CD38")), None);
        let index = GeneIndex::new([]);
        assert!(index.is_empty() && index.resolve(&identity("CD38")).is_none());
    }
}
