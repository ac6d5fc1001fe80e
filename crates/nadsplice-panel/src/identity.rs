//! Names and identifiers of a gene.

use crate::known_genes;

/// All that is known of a gene's identity; every part may be missing, but not all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct GeneIdentity {
    /// The human symbol, or whatever the source calls the gene.
    pub symbol: Option<String>,
    /// Ensembl gene id without version.
    pub ensembl_id: Option<String>,
    /// NCBI (Entrez) gene id, digits only.
    pub entrez_id: Option<String>,
    /// Symbol of the mouse ortholog.
    pub mouse_symbol: Option<String>,
    /// Ensembl gene id of the mouse ortholog, without version.
    pub mouse_ensembl_id: Option<String>,
    /// Other names of the same gene.
    pub aliases: Vec<String>,
}

impl GeneIdentity {
    /// Recognises an identifier as gene lists hold them: an Ensembl gene id with or without version, an Entrez
    /// id (digits, or `GeneID:` and digits), otherwise a symbol.
    ///
    /// A symbol also gets the other names that the embedded tables have for it, in both directions: `NAPRT`
    /// gets `NAPRT1`, and `NAPRT1` gets `NAPRT`.
    pub fn recognise(identifier: &str) -> Self {
        match Identifier::of(identifier) {
            Identifier::Ensembl(id) => Self { ensembl_id: Some(id.to_owned()), ..Self::default() },
            Identifier::Entrez(id) => Self { entrez_id: Some(id.to_owned()), ..Self::default() },
            Identifier::Name(name) => Self {
                symbol: Some(name.to_owned()),
                aliases: known_genes::by_name(name).map(|gene| gene.other_names(name)).unwrap_or_default(),
                ..Self::default()
            },
        }
    }

    /// The name to show: symbol, else Ensembl id, else Entrez id.
    pub fn label(&self) -> &str {
        [&self.symbol, &self.ensembl_id, &self.entrez_id]
            .into_iter()
            .flatten()
            .next()
            .map_or("", String::as_str)
    }

    /// Symbol and aliases without one of them.
    fn other_names(&self, name: &str) -> Vec<String> {
        self.symbol.iter().chain(&self.aliases).filter(|other| *other != name).cloned().collect()
    }
}

/// An identifier by its form.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Identifier<'s> {
    /// Ensembl gene id, version stripped.
    Ensembl(&'s str),
    /// Digits.
    Entrez(&'s str),
    /// Anything else.
    Name(&'s str),
}

impl<'s> Identifier<'s> {
    /// Sorts an identifier by its form; the prefixes that GFF3 files put before gene ids (`gene:`, `gene-`) go.
    pub(crate) fn of(identifier: &'s str) -> Self {
        let bare = identifier.trim();
        let bare = bare.strip_prefix("gene:").or_else(|| bare.strip_prefix("gene-")).unwrap_or(bare);
        let digits = bare.strip_prefix("GeneID:").unwrap_or(bare);
        if !digits.is_empty() && digits.bytes().all(|b| b.is_ascii_digit()) {
            return Self::Entrez(digits);
        }
        ensembl_gene_id(bare).map_or(Self::Name(bare), Self::Ensembl)
    }
}

/// The stable part of an Ensembl gene id: `ENS`, a species of capital letters or none, `G`, 11 digits; a version
/// (`.14`, `.15_PAR_Y`) after a point is left out.
fn ensembl_gene_id(identifier: &str) -> Option<&str> {
    let stable = identifier.split('.').next()?;
    let rest = stable.strip_prefix("ENS")?;
    let letters = rest.bytes().take_while(u8::is_ascii_uppercase).count();
    let (species, digits) = rest.split_at(letters);
    (species.ends_with('G') && digits.len() == 11 && digits.bytes().all(|b| b.is_ascii_digit()))
        .then_some(stable)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_recognised_by_their_form() {
        for (text, expected) in [
            ("ENSG00000004468", Identifier::Ensembl("ENSG00000004468")),
            ("ENSG00000004468.14", Identifier::Ensembl("ENSG00000004468")),
            ("ENSG00000182378.15_PAR_Y", Identifier::Ensembl("ENSG00000182378")),
            ("gene:ENSMUSG00000029084", Identifier::Ensembl("ENSMUSG00000029084")),
            ("952", Identifier::Entrez("952")),
            ("GeneID:952", Identifier::Entrez("952")),
            ("CD38", Identifier::Name("CD38")),
            ("gene-CD38", Identifier::Name("CD38")),
            ("AC012345.1", Identifier::Name("AC012345.1")),
            ("ENSA", Identifier::Name("ENSA")),
            ("ENST00000226279.8", Identifier::Name("ENST00000226279.8")),
            ("4E-BP1", Identifier::Name("4E-BP1")),
        ] {
            assert_eq!(Identifier::of(text), expected, "{text}");
        }
    }

    #[test]
    fn a_symbol_brings_its_other_names_both_ways() {
        assert_eq!(GeneIdentity::recognise("NAPRT").aliases, ["NAPRT1"]);
        assert_eq!(GeneIdentity::recognise("NAPRT1").aliases, ["NAPRT"]);
        assert!(GeneIdentity::recognise("NOSUCHGENE").aliases.is_empty());
    }

    #[test]
    fn the_label_prefers_the_symbol() {
        assert_eq!(GeneIdentity::recognise("CD38").label(), "CD38");
        assert_eq!(GeneIdentity::recognise("ENSG00000004468.1").label(), "ENSG00000004468");
        assert_eq!(GeneIdentity::recognise("GeneID:952").label(), "952");
    }
}
