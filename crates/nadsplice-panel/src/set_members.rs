//! The members of gene sets among the genes of a run.

use std::{collections::BTreeSet, sync::Arc};

use crate::{GeneIdentity, GeneIndex, GeneSet};

/// Gene sets with their members found in a run.
#[derive(Clone, Debug)]
pub struct ResolvedSets<'a> {
    sets: &'a [GeneSet],
    index: &'a GeneIndex,
    members: Vec<SetMembers>,
}

/// The members of one set.
#[derive(Clone, Debug)]
pub(crate) struct SetMembers {
    /// For each member that is a gene of the run: its positions there, ascending, at least one.
    known: Vec<Vec<usize>>,
    unknown: Vec<Arc<GeneIdentity>>,
}

/// The sets of a collection together.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CollectionMembers {
    /// The collection.
    pub name: String,
    /// Its sets.
    pub n_sets: usize,
    /// Different genes that they list.
    pub n_genes: usize,
    /// Names of those that are no gene of the run, sorted.
    pub unknown: Vec<String>,
}

impl<'a> ResolvedSets<'a> {
    /// Looks up every member of every set.
    pub fn new(sets: &'a [GeneSet], index: &'a GeneIndex) -> Self {
        let members = sets.iter().map(|set| SetMembers::of(set, index)).collect();
        Self { sets, index, members }
    }

    /// The sets, in their order.
    pub fn sets(&self) -> &'a [GeneSet] {
        self.sets
    }

    /// What is known of the members of each collection, in the order of the sets.
    pub fn collections(&self) -> Vec<CollectionMembers> {
        let mut names: Vec<&str> = Vec::new();
        for set in self.sets {
            if !names.contains(&set.collection.as_str()) {
                names.push(&set.collection);
            }
        }
        names
            .into_iter()
            .map(|name| {
                let of_name = || self.with_members().filter(move |(set, _)| set.collection == name);
                let listed: BTreeSet<&str> =
                    of_name().flat_map(|(set, _)| &set.members).map(|member| member.label()).collect();
                let unknown: BTreeSet<&str> =
                    of_name().flat_map(|(_, found)| &found.unknown).map(|member| member.label()).collect();
                CollectionMembers {
                    name: name.to_owned(),
                    n_sets: of_name().count(),
                    n_genes: listed.len(),
                    unknown: unknown.into_iter().map(str::to_owned).collect(),
                }
            })
            .collect()
    }

    /// The genes of the run that a set holds, ascending.
    ///
    /// # Panics
    /// When there is no such set.
    pub fn genes(&self, set: usize) -> Vec<usize> {
        let mut genes: Vec<usize> = self.members[set].known.iter().flatten().copied().collect();
        genes.sort_unstable();
        genes.dedup();
        genes
    }

    pub(crate) fn index(&self) -> &'a GeneIndex {
        self.index
    }

    pub(crate) fn with_members(&self) -> impl Iterator<Item = (&'a GeneSet, &SetMembers)> {
        self.sets.iter().zip(&self.members)
    }
}

impl SetMembers {
    fn of(set: &GeneSet, index: &GeneIndex) -> Self {
        let mut members = Self { known: Vec::new(), unknown: Vec::new() };
        for member in &set.members {
            match index.resolve(member) {
                Some(found) => members.known.push(found.genes().to_vec()),
                None => members.unknown.push(Arc::clone(member)),
            }
        }
        members
    }

    /// Members that are no gene of the run.
    pub(crate) fn unknown(&self) -> usize {
        self.unknown.len()
    }

    /// The genes that are kept, ascending. A member that the run has several times counts once, as the first of them
    /// that is kept.
    pub(crate) fn kept(&self, keep: impl Fn(usize) -> bool) -> Vec<usize> {
        let mut genes: Vec<usize> =
            self.known.iter().filter_map(|genes| genes.iter().copied().find(|&gene| keep(gene))).collect();
        genes.sort_unstable();
        genes.dedup();
        genes
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_are_found_counted_and_kept_once() {
        let index = GeneIndex::new([("a", Some("TNF")), ("b", Some("TNF")), ("c", None), ("d", None)]);
        let set = GeneSet {
            id: "S".to_owned(),
            name: "S".to_owned(),
            collection: "c".to_owned(),
            theme: None,
            provenance: None,
            members: ["TNF", "b", "d", "nowhere", "neither"]
                .map(|m| Arc::new(GeneIdentity::recognise(m)))
                .to_vec(),
        };
        let sets = [set];
        let resolved = ResolvedSets::new(&sets, &index);
        assert_eq!(resolved.genes(0), [0, 1, 3]);
        let [collection] = &resolved.collections()[..] else { panic!("one collection") };
        assert_eq!((collection.n_sets, collection.n_genes), (1, 5));
        assert_eq!(collection.unknown, ["neither", "nowhere"]);
        let (_, members) = resolved.with_members().next().unwrap();
        assert_eq!(members.kept(|gene| gene != 0), [1, 3]);
        assert_eq!(members.kept(|gene| gene == 0), [0]);
    }
}
