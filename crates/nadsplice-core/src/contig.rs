//! Names of contigs, interned.

use std::collections::HashMap;

/// Names that the mitochondrion goes by.
const MITOCHONDRION: [&str; 4] = ["chrM", "MT", "M", "chrMT"];
/// RefSeq's accessions of the human, the mouse and the rat mitochondrion, without version.
const MITOCHONDRION_ACCESSIONS: [&str; 3] = ["NC_012920", "NC_005089", "NC_001665"];

/// Whether a contig of this name is the mitochondrion: `chrM`, `MT`, `M`, `chrMT` in any case, or RefSeq's accession of
/// the human, mouse or rat one.
pub fn is_mitochondrion(name: &str) -> bool {
    let accession = name.split_once('.').map_or(name, |(stable, _)| stable);
    MITOCHONDRION.iter().any(|n| n.eq_ignore_ascii_case(name))
        || MITOCHONDRION_ACCESSIONS.contains(&accession)
}

/// A contig of one [`Contigs`] list; the list's order is the project's genome order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContigId(pub u32);

impl ContigId {
    /// The position in the list.
    pub const fn index(self) -> usize {
        self.0 as usize
    }
}

/// Contig names in genome order: the order in which the annotation first names them.
#[derive(Clone, Debug, Default)]
pub struct Contigs {
    names: Vec<String>,
    ids: HashMap<String, ContigId>,
}

impl Contigs {
    /// The id of a name, added at the end when it is new.
    pub fn intern(&mut self, name: &str) -> ContigId {
        if let Some(&id) = self.ids.get(name) {
            return id;
        }
        let id = ContigId(u32::try_from(self.names.len()).unwrap_or(u32::MAX));
        self.names.push(name.to_owned());
        self.ids.insert(name.to_owned(), id);
        id
    }

    /// The id of exactly this name.
    pub fn get(&self, name: &str) -> Option<ContigId> {
        self.ids.get(name).copied()
    }

    /// The id of this name, or of the same contig under the other naming habit: with or without `chr`, and
    /// `MT`, `M`, `chrM`, `chrMT` for the mitochondrion.
    pub fn resolve(&self, name: &str) -> Option<ContigId> {
        if let Some(id) = self.get(name) {
            return Some(id);
        }
        if MITOCHONDRION.contains(&name) {
            return MITOCHONDRION.iter().find_map(|n| self.get(n));
        }
        match name.strip_prefix("chr") {
            Some(bare) => self.get(bare),
            None => self.get(&format!("chr{name}")),
        }
    }

    /// The name of an id of this list.
    pub fn name(&self, id: ContigId) -> &str {
        &self.names[id.index()]
    }

    /// All names in genome order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.names.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.names.is_empty()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn naming_habits_meet() {
        let mut contigs = Contigs::default();
        let one = contigs.intern("chr1");
        let mito = contigs.intern("chrM");
        assert_eq!(contigs.intern("chr1"), one);
        assert_eq!(contigs.resolve("1"), Some(one));
        assert_eq!(contigs.resolve("MT"), Some(mito));
        assert_eq!(contigs.resolve("2"), None);
        assert_eq!(contigs.get("1"), None);
    }

    #[test]
    fn the_mitochondrion_goes_by_many_names() {
        assert!(["MT", "chrM", "Mt", "NC_012920.1"].into_iter().all(is_mitochondrion));
        assert!(!["1", "chr1", "MTOR", "NC_000001.11"].into_iter().any(is_mitochondrion));
    }
}
