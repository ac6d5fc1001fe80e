//! Genes and transcripts of GFF3: rows with an `ID`, and the way from a transcript up to its gene.

use nadsplice_core::PrincipalTag;
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{
    attributes::{first_of, gff3_attributes, percent_decode, principal_tag},
    collect::Collector,
    intern::text,
    row::Row,
    warning::WarningKind,
};

/// Where rows below the gene say which gene is theirs, best first: Ensembl and GENCODE, gffread, RefSeq.
pub(crate) const GENE_ID: [&[u8]; 3] = [b"gene_id", b"geneID", b"gene"];
/// Where rows below the gene say what it is called, best first: GENCODE, RefSeq.
pub(crate) const GENE_NAME: [&[u8]; 2] = [b"gene_name", b"gene"];

/// More steps than any annotation has between exon and gene; ends the climb where `Parent`s form a circle.
const HIGHEST: usize = 16;

/// The value of the first of these keys that has one, as text.
pub(crate) fn value(row: &Row, keys: &[&[u8]], line: u64, collector: &mut Collector) -> Option<String> {
    let value = first_of(gff3_attributes(row.attributes), keys)?;
    Some(text(&percent_decode(value), line, &mut collector.warnings))
}

/// What a row with an `ID` says of a gene or transcript.
#[derive(Debug)]
pub(crate) struct Node {
    /// The first `Parent`, as a number of [`Collector::transcripts`].
    parent: Option<u32>,
    has_more_parents: bool,
    is_gene: bool,
    /// The product of a transcript: TAIR's CDS rows name it as a second `Parent`.
    is_protein: bool,
    gene_name: Option<String>,
    /// The gene's id, where the row has no `Parent` that is the gene.
    gene_id: Option<String>,
    /// The id to show in place of an `ID` that is a mere serial number.
    proper_id: Option<String>,
    /// Whether the row's tags single out the transcript.
    principal: Option<PrincipalTag>,
}

impl Node {
    pub(crate) fn new(row: &Row, id: &[u8], line: u64, collector: &mut Collector) -> Self {
        let parents = first_of(gff3_attributes(row.attributes), &[b"Parent"]);
        let mut parents = parents.unwrap_or_default().split(|&b| b == b',').filter(|p| !p.is_empty());
        let parent = parents.next().map(|p| collector.transcript(&percent_decode(p), line));
        let is_gene = row.feature.ends_with(b"gene");
        // `Name` is the gene's own on its row, the transcript's on others.
        let name_keys: &[&[u8]] = if is_gene { &[b"gene_name", b"gene", b"Name"] } else { &GENE_NAME };
        let gene_id = if parent.is_none() { value(row, &GENE_ID, line, collector) } else { None };
        let proper_id = match (is_serial(id), is_gene) {
            (false, _) => None,
            (true, true) => value(row, &[b"gene", b"Name"], line, collector).or_else(|| entrez_id(row)),
            (true, false) => value(row, &[b"transcript_id"], line, collector),
        };
        Self {
            parent,
            has_more_parents: parents.next().is_some(),
            is_gene,
            is_protein: matches!(row.feature, b"protein" | b"polypeptide"),
            gene_name: value(row, name_keys, line, collector),
            gene_id,
            proper_id,
            principal: principal_tag(gff3_attributes(row.attributes)),
        }
    }
}

/// `gene12`, `rna7`, `id3`: RefSeq numbered its rows so until 2018, anew in each release.
fn is_serial(id: &[u8]) -> bool {
    [&b"gene"[..], b"rna", b"id"].iter().any(|prefix| {
        id.strip_prefix(*prefix).is_some_and(|n| !n.is_empty() && n.iter().all(u8::is_ascii_digit))
    })
}

/// `GeneID:952` of `Dbxref=GeneID:952,HGNC:1667`.
fn entrez_id(row: &Row) -> Option<String> {
    let references = first_of(gff3_attributes(row.attributes), &[b"Dbxref"])?;
    let entrez = references.split(|&b| b == b',').find(|r| r.starts_with(b"GeneID:"))?;
    str::from_utf8(entrez).ok().map(str::to_owned)
}

/// An `ID` without the prefix by which Ensembl (`gene:`), `WormBase` (`Gene:`) and RefSeq (`gene-`, `rna-`) tell
/// genes from transcripts; the rest is the id that their GTF files have.
fn without_prefix(id: &str) -> &str {
    for prefix in ["gene:", "transcript:", "mrna:", "rna:"] {
        if id.get(..prefix.len()).is_some_and(|start| start.eq_ignore_ascii_case(prefix)) {
            return &id[prefix.len()..];
        }
    }
    id.strip_prefix("gene-").or_else(|| id.strip_prefix("rna-")).unwrap_or(id)
}

/// Gene and transcript as the annotation is to have them.
#[derive(Debug)]
pub(crate) struct Resolved {
    pub(crate) gene_id: String,
    pub(crate) gene_name: Option<String>,
    pub(crate) transcript_id: String,
}

/// All rows with an `ID` that may be genes or transcripts, by their number in [`Collector::transcripts`].
#[derive(Default)]
pub(crate) struct Nodes {
    by_number: Vec<Option<Node>>,
    /// What stands for serial ids, by their number.
    shown: FxHashMap<u32, String>,
    taken: FxHashSet<String>,
}

impl Nodes {
    /// Adds a row; of several rows with one `ID` the first counts.
    pub(crate) fn add(&mut self, id: u32, node: Node) {
        let at = id as usize;
        if self.by_number.len() <= at {
            self.by_number.resize_with(at + 1, || None);
        }
        self.by_number[at].get_or_insert(node);
    }

    pub(crate) fn get(&self, id: u32) -> Option<&Node> {
        self.by_number.get(id as usize)?.as_ref()
    }

    /// The mark of a transcript.
    pub(crate) fn principal(&self, id: u32) -> Option<PrincipalTag> {
        self.get(id)?.principal
    }

    /// Whether an id is that of a protein.
    pub(crate) fn is_protein(&self, id: u32) -> bool {
        self.get(id).is_some_and(|node| node.is_protein)
    }

    /// The gene of the transcript to which exons point with `Parent`, once all rows were added.
    pub(crate) fn resolve(&mut self, id: u32, line: u64, collector: &mut Collector) -> Resolved {
        let transcript_id = self.show(id, collector);
        let Some(node) = self.get(id) else {
            collector.warnings.add(WarningKind::UnknownParent, line, || format!("`{transcript_id}`"));
            return Resolved { gene_id: transcript_id.clone(), gene_name: None, transcript_id };
        };
        if node.has_more_parents {
            collector.warnings.add(WarningKind::SeveralGenes, line, || format!("`{transcript_id}`"));
        }
        let own_name = node.gene_name.clone();
        let gene = match node.parent {
            Some(parent) => self.top(parent),
            None if node.is_gene => id,
            None => {
                let gene_id = node.gene_id.clone().unwrap_or_else(|| transcript_id.clone());
                return Resolved { gene_id, gene_name: own_name, transcript_id };
            }
        };
        let gene_id = self.show(gene, collector);
        let gene_name = if let Some(gene) = self.get(gene) {
            gene.gene_name.clone().or(own_name)
        } else {
            collector.warnings.add(WarningKind::UnknownParent, line, || format!("`{gene_id}`"));
            own_name
        };
        Resolved { gene_id, gene_name, transcript_id }
    }

    /// The first gene at or above an id, or what is topmost.
    fn top(&self, mut id: u32) -> u32 {
        for _ in 0..HIGHEST {
            match self.get(id) {
                Some(Node { is_gene: false, parent: Some(parent), .. }) => id = *parent,
                _ => break,
            }
        }
        id
    }

    /// The id to show: without prefix; in place of a serial number the accession or symbol, with `-2`, `-3` where
    /// several rows have the same, as RefSeq itself does since.
    fn show(&mut self, id: u32, collector: &Collector) -> String {
        let Some(proper) = self.get(id).and_then(|node| node.proper_id.clone()) else {
            return without_prefix(collector.transcripts.name(id)).to_owned();
        };
        if let Some(shown) = self.shown.get(&id) {
            return shown.clone();
        }
        let mut shown = proper.clone();
        let mut copy = 1;
        while !self.taken.insert(shown.clone()) {
            copy += 1;
            shown = format!("{proper}-{copy}");
        }
        self.shown.insert(id, shown.clone());
        shown
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_of_known_habits_are_taken_off() {
        for (id, expected) in [
            ("gene:ENSG00000004468", "ENSG00000004468"),
            ("transcript:ENST00000226279", "ENST00000226279"),
            ("Gene:WBGene00022277", "WBGene00022277"),
            ("gene-CD38", "CD38"),
            ("rna-NM_001775.4", "NM_001775.4"),
            ("ENSG00000004468.13", "ENSG00000004468.13"),
            ("general", "general"),
            ("géné:x", "géné:x"),
        ] {
            assert_eq!(without_prefix(id), expected);
        }
    }

    #[test]
    fn serial_ids_are_a_word_and_digits() {
        assert!(is_serial(b"gene0") && is_serial(b"rna12345"));
        assert!(!is_serial(b"gene") && !is_serial(b"gene-1") && !is_serial(b"rnaX1") && !is_serial(b"NM_1"));
    }
}
