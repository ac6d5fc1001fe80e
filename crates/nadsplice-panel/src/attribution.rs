//! Sources of the embedded tables, their licences and what to cite.

/// The licence of an embedded row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Licence {
    /// Creative Commons Zero 1.0: no conditions.
    Cc0,
    /// Creative Commons Attribution 4.0: the source is named.
    CcBy4,
}

impl Licence {
    /// The SPDX identifier.
    pub const fn spdx(self) -> &'static str {
        match self {
            Self::Cc0 => "CC0-1.0",
            Self::CcBy4 => "CC-BY-4.0",
        }
    }

    /// The licence of an SPDX identifier, as far as embedded rows have it.
    pub fn from_spdx(name: &str) -> Option<Self> {
        [Self::Cc0, Self::CcBy4].into_iter().find(|licence| licence.spdx() == name)
    }
}

/// A source of embedded facts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attribution {
    /// The source's name, as in the column `source` of the embedded gene sets.
    pub name: &'static str,
    /// What of it is embedded.
    pub used_for: &'static str,
    /// Its release.
    pub release: &'static str,
    /// SPDX identifier of its licence, or the source's terms in words.
    pub licence: &'static str,
    /// Where the licence or the terms are.
    pub licence_url: &'static str,
    /// The source's home page.
    pub url: &'static str,
    /// What to cite.
    pub citation: &'static str,
    /// DOI of that.
    pub doi: &'static str,
}

/// Every source of the embedded panel, gene sets and known events (papers apart), those first whose licence asks for attribution.
pub fn attributions() -> Vec<Attribution> {
    vec![
        Attribution {
            name: "Gene Ontology",
            used_for: "membership of 24 gene sets, roles of panel genes",
            release: "2022-07-01 (NCBI gene2go 2022-09-12)",
            licence: "CC-BY-4.0",
            licence_url: "https://creativecommons.org/licenses/by/4.0/",
            url: "https://geneontology.org",
            citation: "The Gene Ontology Consortium. The Gene Ontology knowledgebase in 2023. Genetics 2023;224(1):iyad031",
            doi: "10.1093/genetics/iyad031",
        },
        Attribution {
            name: "MSigDB Hallmark",
            used_for: "membership of 4 gene sets",
            release: "2022.1.Hs",
            licence: "CC-BY-4.0",
            licence_url: "https://creativecommons.org/licenses/by/4.0/",
            url: "https://www.gsea-msigdb.org/gsea/msigdb",
            citation: "Liberzon A et al. The Molecular Signatures Database Hallmark Gene Set Collection. Cell Systems 2015;1(6):417-425",
            doi: "10.1016/j.cels.2015.12.004",
        },
        Attribution {
            name: "Mouse Genome Informatics",
            used_for: "symbols and Ensembl ids of mouse orthologs",
            release: "July 2024",
            licence: "CC-BY-4.0",
            licence_url: "https://www.informatics.jax.org/mgihome/other/copyright.shtml",
            url: "https://www.informatics.jax.org",
            citation: "Baldarelli RM et al. Mouse Genome Informatics: an integrated knowledgebase system for the laboratory mouse. Genetics 2024;227(1):iyae031",
            doi: "10.1093/genetics/iyae031",
        },
        Attribution {
            name: "Reactome",
            used_for: "membership of 27 gene sets, roles of panel genes",
            release: "2024-09-18",
            licence: "CC0-1.0",
            licence_url: "https://creativecommons.org/publicdomain/zero/1.0/",
            url: "https://reactome.org",
            citation: "Milacic M et al. The Reactome Pathway Knowledgebase 2024. Nucleic Acids Research 2024;52(D1):D672-D678",
            doi: "10.1093/nar/gkad1025",
        },
        Attribution {
            name: "WikiPathways",
            used_for: "membership of 21 gene sets, roles of panel genes",
            release: "2026-08-22",
            licence: "CC0-1.0",
            licence_url: "https://creativecommons.org/publicdomain/zero/1.0/",
            url: "https://www.wikipathways.org",
            citation: "Agrawal A et al. WikiPathways 2024: next generation pathway database. Nucleic Acids Research 2024;52(D1):D679-D689",
            doi: "10.1093/nar/gkad960",
        },
        Attribution {
            name: "HGNC",
            used_for: "symbols, earlier symbols and ids of human genes",
            release: "July 2024",
            licence: "CC0-1.0",
            licence_url: "https://creativecommons.org/publicdomain/zero/1.0/",
            url: "https://www.genenames.org",
            citation: "Seal RL et al. Genenames.org: the HGNC resources in 2023. Nucleic Acids Research 2023;51(D1):D1003-D1009",
            doi: "10.1093/nar/gkac888",
        },
        Attribution {
            name: "Ensembl",
            used_for: "gene ids and GRCh38 coordinates",
            release: "109",
            licence: "no restriction on use",
            licence_url: "https://www.ensembl.org/info/about/legal/disclaimer.html",
            url: "https://www.ensembl.org",
            citation: "Martin FJ et al. Ensembl 2023. Nucleic Acids Research 2023;51(D1):D933-D941",
            doi: "10.1093/nar/gkac958",
        },
        Attribution {
            name: "RefSeq",
            used_for: "exons of known events on GRCh38, GRCh37 and GRCm38",
            release: "refGene tables of UCSC",
            licence: "no restriction on use",
            licence_url: "https://www.ncbi.nlm.nih.gov/home/about/policies/",
            url: "https://www.ncbi.nlm.nih.gov/refseq",
            citation: "O'Leary NA et al. Reference sequence (RefSeq) database at NCBI. Nucleic Acids Research 2016;44(D1):D733-D745",
            doi: "10.1093/nar/gkv1189",
        },
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::focus_sets;

    #[test]
    fn every_embedded_set_has_an_attribution_of_the_same_licence_and_release() {
        let sources = attributions();
        for set in focus_sets() {
            let provenance = set.provenance.unwrap();
            let source = sources.iter().find(|s| s.name == provenance.source).unwrap();
            assert_eq!(source.licence, provenance.licence.spdx(), "{}", set.id);
            assert_eq!(source.release, provenance.release, "{}", set.id);
        }
    }

    #[test]
    fn the_numbers_of_sets_hold() {
        let sets = focus_sets();
        for (name, expected) in
            [("Gene Ontology", 24), ("MSigDB Hallmark", 4), ("Reactome", 27), ("WikiPathways", 21)]
        {
            let source = attributions().into_iter().find(|s| s.name == name).unwrap();
            assert!(source.used_for.starts_with(&format!("membership of {expected} gene sets")));
            assert_eq!(
                sets.iter().filter(|s| s.provenance.as_ref().unwrap().source == name).count(),
                expected
            );
        }
    }

    #[test]
    fn the_notice_names_every_source() {
        let notice = include_str!("../../../NOTICE");
        for source in attributions() {
            assert!(notice.contains(source.name) && notice.contains(source.doi), "{}", source.name);
            assert!(
                source.licence != Licence::CcBy4.spdx() || notice.contains(source.release),
                "{}",
                source.name
            );
        }
    }
}
