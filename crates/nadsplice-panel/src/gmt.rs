//! Gene sets from GMT files, the format of MSigDB, Reactome, WikiPathways and Enrichr: a set a line, its name, a
//! description and its genes, separated by tabs.

use std::{path::Path, sync::Arc};

use rustc_hash::FxHashMap;

use crate::{Error, GeneIdentity, GeneSet, error::read_text, identity::Identifier};

/// The sets of a GMT file and what was left out of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GmtFile {
    /// Sets with at least one member, in file order. Their collection is the file's name without `.gmt`.
    pub sets: Vec<GeneSet>,
    /// Sets without a member, in file order; they are not in `sets`.
    pub empty_sets: Vec<EmptySet>,
    /// How many entries repeat a gene of the same set; they are removed.
    pub duplicate_members: usize,
}

/// A set without a member.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmptySet {
    /// Its name.
    pub name: String,
    /// Its 1-based line.
    pub line: usize,
}

/// Reads a GMT file. Members may be symbols, Ensembl gene ids with or without version, or Entrez ids, mixed as
/// they like; blank lines, CR before LF and a byte-order mark are passed over.
///
/// # Errors
/// When the file cannot be read, is compressed or not UTF-8, a line has no second field, a set name is empty or
/// there twice, or no set has a member.
pub fn read_gmt(path: &Path) -> Result<GmtFile, Error> {
    let text = read_text(path)?;
    let name = path.file_name().unwrap_or(path.as_os_str()).to_string_lossy();
    let collection = name.strip_suffix(".gmt").unwrap_or(&name);
    parse(&path.display().to_string(), collection, &text)
}

fn parse(path: &str, collection: &str, text: &str) -> Result<GmtFile, Error> {
    let mut file = GmtFile { sets: Vec::new(), empty_sets: Vec::new(), duplicate_members: 0 };
    let mut first_lines: FxHashMap<&str, usize> = FxHashMap::default();
    let mut genes: FxHashMap<&str, Arc<GeneIdentity>> = FxHashMap::default();
    for (line, text) in (1..).zip(text.lines()).filter(|(_, text)| !text.trim().is_empty()) {
        let mut fields = text.split('\t').map(str::trim);
        let (Some(name), Some(_description)) = (fields.next(), fields.next()) else {
            return Err(Error::FieldCount {
                path: path.to_owned(),
                line,
                expected: "a set name, a description and genes as".to_owned(),
                found: 1,
            });
        };
        if name.is_empty() {
            return Err(Error::Value {
                path: path.to_owned(),
                line,
                column: "set name",
                value: String::new(),
                expected: "a name",
            });
        }
        if let Some(first) = first_lines.insert(name, line) {
            return Err(Error::Duplicate {
                path: path.to_owned(),
                line,
                first,
                what: "gene set",
                name: name.to_owned(),
            });
        }
        // Two versions of one Ensembl id are one gene.
        let mut keys: Vec<&str> = Vec::new();
        let mut seen = rustc_hash::FxHashSet::default();
        for identifier in fields.filter(|field| !field.is_empty()) {
            let key = match Identifier::of(identifier) {
                Identifier::Ensembl(key) | Identifier::Entrez(key) | Identifier::Name(key) => key,
            };
            if seen.insert(key) {
                keys.push(key);
            } else {
                file.duplicate_members += 1;
            }
        }
        if keys.is_empty() {
            file.empty_sets.push(EmptySet { name: name.to_owned(), line });
            continue;
        }
        let mut member =
            |key| Arc::clone(genes.entry(key).or_insert_with(|| Arc::new(GeneIdentity::recognise(key))));
        file.sets.push(GeneSet {
            id: name.to_owned(),
            name: name.to_owned(),
            collection: collection.to_owned(),
            theme: None,
            provenance: None,
            members: keys.into_iter().map(&mut member).collect(),
        });
    }
    if file.sets.is_empty() {
        return Err(Error::Empty { path: path.to_owned(), expected: "gene set with a member" });
    }
    Ok(file)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn labels(set: &GeneSet) -> Vec<&str> {
        set.members.iter().map(|m| m.label()).collect()
    }

    #[test]
    fn identifiers_of_all_kinds_are_read_and_repeats_removed() {
        let text =
            "A\thttp://x\tCD38\tENSG00000004468.14\tENSG00000004468.2\t952\tCD38\r\n\r\nB\t\tNAMPT\t\t\r\n";
        let file = parse("x.gmt", "x", text).unwrap();
        assert_eq!(labels(&file.sets[0]), ["CD38", "ENSG00000004468", "952"]);
        assert_eq!(labels(&file.sets[1]), ["NAMPT"]);
        assert_eq!(file.duplicate_members, 2);
        assert_eq!(file.sets[0].members[1].ensembl_id.as_deref(), Some("ENSG00000004468"));
        assert_eq!(file.sets[0].members[2].entrez_id.as_deref(), Some("952"));
    }

    #[test]
    fn empty_sets_are_counted_with_their_line() {
        let file = parse("x.gmt", "x", "A\td\tCD38\nB\td\nC\td\t\t \n").unwrap();
        assert_eq!(file.sets.len(), 1);
        let empty: Vec<_> = file.empty_sets.iter().map(|e| (e.name.as_str(), e.line)).collect();
        assert_eq!(empty, [("B", 2), ("C", 3)]);
    }

    #[test]
    fn a_set_named_twice_is_an_error_with_both_lines() {
        let error = parse("x.gmt", "x", "A\td\tCD38\n\nA\td\tNNMT\n").unwrap_err();
        assert_eq!(error.to_string(), "x.gmt, line 3: gene set `A` is already on line 1");
    }

    #[test]
    fn lines_that_are_no_gmt_are_errors() {
        let message = |text| parse("x.gmt", "x", text).unwrap_err().to_string();
        assert_eq!(
            message("A\td\tCD38\nCD38,NAMPT\n"),
            "x.gmt, line 2: expected a set name, a description and genes as tab-separated fields, found 1"
        );
        assert_eq!(message("\td\tCD38\n"), "x.gmt, line 1: `set name` is `` (expected a name)");
        assert_eq!(message("A\td\n"), "x.gmt: holds no gene set with a member");
        assert_eq!(message("\n"), "x.gmt: holds no gene set with a member");
    }

    #[test]
    fn the_collection_is_the_file_name() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("h.all.v2022.1.Hs.symbols.gmt");
        std::fs::write(&path, "\u{feff}A\td\tCD38\n").unwrap();
        let file = read_gmt(&path).unwrap();
        assert_eq!(file.sets[0].collection, "h.all.v2022.1.Hs.symbols");
        assert_eq!(file.sets[0].id, "A");
        assert!(matches!(read_gmt(&folder.path().join("none.gmt")), Err(Error::Read { .. })));
    }

    proptest! {
        #[test]
        fn no_text_makes_it_panic(text in "[A-C\t\r\n. 0-9]{0,60}") {
            if let Ok(file) = parse("x.gmt", "x", &text) {
                prop_assert!(file.sets.iter().all(|set| !set.members.is_empty()));
            }
        }
    }
}
