//! The panel of genes that gets a verdict each.

use std::path::Path;

use nadsplice_core::{Interval, Strand};
use rustc_hash::FxHashMap;

use crate::{
    Error, GeneIdentity, Licence,
    error::read_text,
    identity::Identifier,
    known_genes,
    tsv::{Row, Tsv},
};

const NAD_PANEL: &str = include_str!("../data/nad_panel.tsv");

/// Where a gene lies on GRCh38.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Locus {
    /// The contig with `chr`.
    pub contig: String,
    /// From its first to its last base, 0-based, half-open.
    pub interval: Interval,
    /// The strand; `None` where the table does not say.
    pub strand: Option<Strand>,
}

/// A gene of a panel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PanelGene {
    /// Its names and ids.
    pub identity: GeneIdentity,
    /// HGNC id with its prefix, such as `HGNC:1667`.
    pub hgnc_id: Option<String>,
    /// What it does; free text, such as `consumer:PARP`.
    pub role: Option<String>,
    /// Whether it is one of the genes that reports show first.
    pub core: bool,
    /// Where it lies on GRCh38; to be used on that build only.
    pub locus: Option<Locus>,
    /// Accessions and DOIs behind the row, joined by `; `.
    pub source: Option<String>,
    /// The licence of those sources.
    pub licence: Option<Licence>,
}

/// Genes that get a verdict each, in the order of the reports: CD38, then the other core genes, then the rest,
/// otherwise as listed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    genes: Vec<PanelGene>,
}

impl Panel {
    /// The embedded NAD+ panel: 121 genes, 20 of them core (CD38, NAMPT, NNMT and the 17 PARPs).
    pub fn nad() -> Self {
        Self::parse("nad_panel.tsv", NAD_PANEL)
            .unwrap_or_else(|error| unreachable!("embedded table, checked by the tests: {error}"))
    }

    /// The embedded panel as the table that [`read`](Self::read) takes.
    pub const fn nad_table() -> &'static str {
        NAD_PANEL
    }

    /// Reads a panel from a tab-separated file with a header row, of which the embedded table is an example.
    ///
    /// One of the columns `symbol`, `ensembl_id`, `entrez_id` and `mouse_symbol` is needed; `mouse_ensembl_id`,
    /// `aliases` (`;`-joined), `hgnc_id`, `role`, `core` (`yes` or `no`), `contig`, `start0`, `end`, `strand`,
    /// `source` and `licence` are read where they are there, other columns are not. An Ensembl or Entrez id in the
    /// column `symbol` is taken for one. Names and ids that the file does not have are taken from the embedded
    /// tables where these know the gene.
    ///
    /// # Errors
    /// When the file cannot be read, has no usable header or no rows, a row names no gene or one that an
    /// earlier row has, a field does not hold what its column says, or a spreadsheet has made a date or a number of
    /// a symbol.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let text = read_text(path)?;
        let mut panel = Self::parse(&path.display().to_string(), &text)?;
        for gene in &mut panel.genes {
            complete(&mut gene.identity);
        }
        Ok(panel)
    }

    /// The genes in report order, at least one.
    pub fn genes(&self) -> &[PanelGene] {
        &self.genes
    }

    fn parse(path: &str, text: &str) -> Result<Self, Error> {
        let table = Tsv::parse(path, text)?;
        let columns = Columns::of(&table)?;
        let mut genes = Vec::with_capacity(table.rows().len());
        let mut first_lines: FxHashMap<String, usize> = FxHashMap::default();
        for row in table.rows() {
            let gene = columns.gene(path, row)?;
            let identity = &gene.identity;
            for name in [&identity.symbol, &identity.ensembl_id, &identity.entrez_id].into_iter().flatten() {
                if let Some(first) = first_lines.insert(name.clone(), row.line) {
                    return Err(Error::Duplicate {
                        path: path.to_owned(),
                        line: row.line,
                        first,
                        what: "gene",
                        name: name.clone(),
                    });
                }
            }
            genes.push(gene);
        }
        if genes.is_empty() {
            return Err(Error::Empty { path: path.to_owned(), expected: "gene below its header" });
        }
        genes.sort_by_key(report_rank);
        Ok(Self { genes })
    }
}

/// CD38 first, which is lowly expressed and the one that most is asked of, then the core, then the rest.
fn report_rank(gene: &PanelGene) -> u8 {
    match (gene.core, gene.identity.symbol.as_deref()) {
        (true, Some("CD38" | "Cd38")) => 0,
        (true, _) => 1,
        (false, _) => 2,
    }
}

/// Fills in what the embedded tables know of a gene given by one of its names or ids.
fn complete(identity: &mut GeneIdentity) {
    let Some(known) = known_genes::of(identity) else { return };
    let agrees = |given: &Option<String>, known: &Option<String>| given.is_none() || given == known;
    let mouse = identity.ensembl_id.is_some() && identity.ensembl_id == known.mouse_ensembl_id;
    if (!mouse && !agrees(&identity.ensembl_id, &known.ensembl_id))
        || !agrees(&identity.entrez_id, &known.entrez_id)
    {
        return;
    }
    for name in known.symbol.iter().chain(&known.aliases) {
        if identity.symbol.as_ref().is_some_and(|symbol| symbol != name) && !identity.aliases.contains(name) {
            identity.aliases.push(name.clone());
        }
    }
    if identity.symbol.is_none() {
        identity.symbol.clone_from(&known.symbol);
        identity.aliases.clone_from(&known.aliases);
    }
    let fill = |given: &mut Option<String>, known: &Option<String>| {
        if given.is_none() {
            given.clone_from(known);
        }
    };
    fill(&mut identity.ensembl_id, &known.ensembl_id);
    fill(&mut identity.entrez_id, &known.entrez_id);
    fill(&mut identity.mouse_symbol, &known.mouse_symbol);
    fill(&mut identity.mouse_ensembl_id, &known.mouse_ensembl_id);
}

/// Positions of the columns that are there.
struct Columns {
    symbol: Option<usize>,
    ensembl_id: Option<usize>,
    entrez_id: Option<usize>,
    mouse_symbol: Option<usize>,
    mouse_ensembl_id: Option<usize>,
    aliases: Option<usize>,
    hgnc_id: Option<usize>,
    role: Option<usize>,
    core: Option<usize>,
    contig: Option<usize>,
    start0: Option<usize>,
    end: Option<usize>,
    strand: Option<usize>,
    source: Option<usize>,
    licence: Option<usize>,
}

impl Columns {
    fn of(table: &Tsv<'_>) -> Result<Self, Error> {
        let columns = Self {
            symbol: table.column("symbol"),
            ensembl_id: table.column("ensembl_id"),
            entrez_id: table.column("entrez_id"),
            mouse_symbol: table.column("mouse_symbol"),
            mouse_ensembl_id: table.column("mouse_ensembl_id"),
            aliases: table.column("aliases"),
            hgnc_id: table.column("hgnc_id"),
            role: table.column("role"),
            core: table.column("core"),
            contig: table.column("contig"),
            start0: table.column("start0"),
            end: table.column("end"),
            strand: table.column("strand"),
            source: table.column("source"),
            licence: table.column("licence"),
        };
        let names = [columns.symbol, columns.ensembl_id, columns.entrez_id, columns.mouse_symbol];
        if names.iter().all(Option::is_none) {
            return Err(table.missing_column("`symbol`, `ensembl_id`, `entrez_id` or `mouse_symbol`"));
        }
        Ok(columns)
    }

    fn gene(&self, path: &str, row: &Row<'_>) -> Result<PanelGene, Error> {
        let text = |column| row.get(column).map(str::to_owned);
        for (name, column) in [("symbol", self.symbol), ("mouse_symbol", self.mouse_symbol)] {
            if let Some(symbol) = row.get(column)
                && let Some(expected) = no_symbol(symbol)
            {
                return Err(value_error(path, row, name, symbol, expected));
            }
        }
        let mut identity = GeneIdentity {
            symbol: text(self.symbol).or_else(|| text(self.mouse_symbol)),
            ensembl_id: ensembl_id(path, row, "ensembl_id", self.ensembl_id)?,
            entrez_id: entrez_id(path, row, self.entrez_id)?,
            mouse_symbol: text(self.mouse_symbol),
            mouse_ensembl_id: ensembl_id(path, row, "mouse_ensembl_id", self.mouse_ensembl_id)?,
            aliases: row
                .get(self.aliases)
                .map(|a| a.split(';').map(str::trim).filter(|a| !a.is_empty()).map(str::to_owned).collect())
                .unwrap_or_default(),
        };
        // Lists of ids stand under `symbol` more often than not.
        match identity.symbol.as_deref().map(Identifier::of) {
            Some(Identifier::Ensembl(id)) if identity.ensembl_id.is_none() => {
                identity.ensembl_id = Some(id.to_owned());
                identity.symbol = None;
            }
            Some(Identifier::Entrez(id)) if identity.entrez_id.is_none() => {
                identity.entrez_id = Some(id.to_owned());
                identity.symbol = None;
            }
            _ => {}
        }
        if identity.label().is_empty() {
            return Err(Error::UnnamedGene { path: path.to_owned(), line: row.line });
        }
        let core = match row.get(self.core).map(str::to_ascii_lowercase).as_deref() {
            Some("yes" | "true" | "1") => true,
            None | Some("no" | "false" | "0") => false,
            Some(other) => return Err(value_error(path, row, "core", other, "yes or no")),
        };
        let licence = match row.get(self.licence) {
            None => None,
            Some(name) => Some(
                Licence::from_spdx(name)
                    .ok_or_else(|| value_error(path, row, "licence", name, "CC0-1.0 or CC-BY-4.0"))?,
            ),
        };
        Ok(PanelGene {
            identity,
            hgnc_id: text(self.hgnc_id),
            role: text(self.role),
            core,
            locus: self.locus(path, row)?,
            source: text(self.source),
            licence,
        })
    }

    fn locus(&self, path: &str, row: &Row<'_>) -> Result<Option<Locus>, Error> {
        let (Some(contig), Some(start), Some(end)) =
            (row.get(self.contig), row.get(self.start0), row.get(self.end))
        else {
            return Ok(None);
        };
        let position = |column, value: &str| {
            value.parse::<u32>().map_err(|_| value_error(path, row, column, value, "a whole number"))
        };
        let (start0, last) = (position("start0", start)?, position("end", end)?);
        let interval = Interval::new(start0, last)
            .ok_or_else(|| value_error(path, row, "end", end, "a number above `start0`"))?;
        let strand = match row.get(self.strand) {
            Some("+") => Some(Strand::Forward),
            Some("-") => Some(Strand::Reverse),
            None | Some(".") => None,
            Some(other) => return Err(value_error(path, row, "strand", other, "+, - or .")),
        };
        Ok(Some(Locus { contig: contig.to_owned(), interval, strand }))
    }
}

/// What is expected in place of something that is no symbol but looks like what spreadsheets make of one, or is an id
/// that annotations do not have.
fn no_symbol(text: &str) -> Option<&'static str> {
    const MONTHS: [&str; 12] =
        ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
    let parts: Vec<String> = text.split(['-', '/', ' ']).map(str::to_ascii_lowercase).collect();
    let is_number = |part: &String| !part.is_empty() && part.bytes().all(|b| b.is_ascii_digit());
    let months = parts.iter().filter(|part| MONTHS.contains(&part.as_str())).count();
    let numbers = parts.iter().filter(|part| is_number(part)).count();
    let is_date = matches!(parts.len(), 2 | 3)
        && months + numbers == parts.len()
        && (months == 1 || (months == 0 && numbers == 3));
    if is_date {
        return Some("a gene symbol: spreadsheets make such dates of symbols like MARCHF1 and SEPTIN2");
    }
    if text.parse::<f64>().is_ok() && text.contains(['e', 'E']) {
        return Some("a gene symbol: spreadsheets make such numbers of symbols like 2310009E13Rik");
    }
    let accession = |prefix| text.strip_prefix(prefix).is_some_and(|n| is_number(&n.to_owned()));
    if accession("MGI:") || accession("HGNC:") {
        return Some("a symbol, an Ensembl id or an Entrez id, by which annotations know genes");
    }
    None
}

fn ensembl_id(
    path: &str,
    row: &Row<'_>,
    name: &'static str,
    column: Option<usize>,
) -> Result<Option<String>, Error> {
    match row.get(column).map(|id| (id, Identifier::of(id))) {
        None => Ok(None),
        Some((_, Identifier::Ensembl(id))) => Ok(Some(id.to_owned())),
        Some((id, _)) => Err(value_error(path, row, name, id, "an Ensembl gene id such as ENSG00000004468")),
    }
}

fn entrez_id(path: &str, row: &Row<'_>, column: Option<usize>) -> Result<Option<String>, Error> {
    match row.get(column).map(|id| (id, Identifier::of(id))) {
        None => Ok(None),
        Some((_, Identifier::Entrez(id))) => Ok(Some(id.to_owned())),
        Some((id, _)) => Err(value_error(path, row, "entrez_id", id, "a number such as 952")),
    }
}

fn value_error(
    path: &str,
    row: &Row<'_>,
    column: &'static str,
    value: &str,
    expected: &'static str,
) -> Error {
    Error::Value { path: path.to_owned(), line: row.line, column, value: value.to_owned(), expected }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(text: &str) -> Result<Panel, Error> {
        Panel::parse("p.tsv", text)
    }

    fn message(text: &str) -> String {
        parse(text).unwrap_err().to_string()
    }

    #[test]
    fn the_embedded_panel_is_whole() {
        let panel = Panel::parse("nad_panel.tsv", NAD_PANEL).unwrap();
        let genes = panel.genes();
        assert_eq!(genes.len(), 121);
        assert_eq!(genes.iter().filter(|g| g.core).count(), 20);
        for gene in genes {
            let identity = &gene.identity;
            assert!(identity.ensembl_id.is_some() && identity.entrez_id.is_some(), "{}", identity.label());
            assert!(gene.locus.is_some() && gene.role.is_some() && gene.hgnc_id.is_some());
            assert!(gene.source.is_some() && gene.licence.is_some(), "{}", identity.label());
        }
        let without_mouse: Vec<_> = genes.iter().filter(|g| g.identity.mouse_symbol.is_none()).collect();
        assert_eq!(without_mouse.len(), 1);
        assert_eq!(without_mouse[0].identity.label(), "PARP15");
    }

    #[test]
    fn the_embedded_panel_names_go_terms_as_cc_by() {
        for gene in Panel::nad().genes() {
            let go = gene.source.as_deref().unwrap().contains("GO:");
            assert_eq!(gene.licence == Some(Licence::CcBy4), go, "{}", gene.identity.label());
        }
    }

    #[test]
    fn cd38_is_first_then_the_core_then_the_rest() {
        let panel = Panel::nad();
        let symbols: Vec<&str> = panel.genes().iter().map(|g| g.identity.label()).collect();
        assert_eq!(symbols[..4], ["CD38", "NAMPT", "NNMT", "PARP1"]);
        assert_eq!(symbols[20], "BST1");
        let own = parse("symbol\tcore\nSIRT1\tno\nNNMT\tyes\nCD38\tyes\nSIRT2\t\n").unwrap();
        let symbols: Vec<&str> = own.genes().iter().map(|g| g.identity.label()).collect();
        assert_eq!(symbols, ["CD38", "NNMT", "SIRT1", "SIRT2"]);
    }

    #[test]
    fn a_file_of_symbols_is_completed_from_the_embedded_tables() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), "\u{feff}symbol\trole\r\nNAPRT1\tx\r\nMYGENE\t\r\n").unwrap();
        let panel = Panel::read(file.path()).unwrap();
        let identity = &panel.genes()[0].identity;
        assert_eq!(identity.symbol.as_deref(), Some("NAPRT1"));
        assert_eq!(identity.ensembl_id.as_deref(), Some("ENSG00000147813"));
        assert_eq!(identity.aliases, ["NAPRT"]);
        assert_eq!(panel.genes()[1].identity, GeneIdentity::recognise("MYGENE"));
    }

    #[test]
    fn the_embedded_table_reads_back() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), Panel::nad_table()).unwrap();
        assert_eq!(Panel::read(file.path()).unwrap(), Panel::nad());
    }

    #[test]
    fn genes_are_completed_from_any_of_their_ids() {
        let file = tempfile::NamedTempFile::new().unwrap();
        for table in [
            "symbol\nCD38\n",
            "symbol\nCd38\n",
            "symbol\nENSG00000004468.14\n",
            "symbol\n952\n",
            "ensembl_id\nENSG00000004468\n",
            "ensembl_id\nENSMUSG00000029084\n",
            "entrez_id\n952\n",
            "mouse_symbol\nCd38\n",
        ] {
            std::fs::write(file.path(), table).unwrap();
            let panel = Panel::read(file.path()).unwrap();
            let identity = &panel.genes()[0].identity;
            assert!(identity.label().eq_ignore_ascii_case("CD38"), "{table}: {identity:?}");
            assert_eq!(identity.entrez_id.as_deref(), Some("952"), "{table}");
            assert_eq!(identity.mouse_ensembl_id.as_deref(), Some("ENSMUSG00000029084"), "{table}");
        }
    }

    #[test]
    fn what_spreadsheets_make_of_symbols_is_refused() {
        for mangled in ["1-Mar", "Mar-01", "2-Sep", "15-Sep-2024", "2024-03-01", "3/1/2024", "1-DEC"] {
            let message = message(&format!("symbol\nCD38\n{mangled}\n"));
            assert!(message.starts_with("p.tsv, line 3: `symbol` is"), "{message}");
            assert!(message.contains("dates of symbols"), "{message}");
        }
        assert!(message("symbol\n2.31E+19\n").contains("numbers of symbols"));
        assert!(message("symbol\nMGI:107474\n").contains("by which annotations know genes"));
        for symbol in ["MARCHF1", "SEPTIN2", "DEC1", "4E-BP1", "HLA-A", "NKX2-5", "H2-K1", "Mar1", "MT-ND1"] {
            assert_eq!(no_symbol(symbol), None, "{symbol}");
        }
    }

    #[test]
    fn an_id_that_contradicts_the_symbol_is_not_completed() {
        let mut identity =
            GeneIdentity { ensembl_id: Some("ENSG00000999999".to_owned()), ..GeneIdentity::default() };
        identity.symbol = Some("CD38".to_owned());
        complete(&mut identity);
        assert_eq!(identity.entrez_id, None);
    }

    #[test]
    fn bad_files_are_named_with_their_line() {
        assert_eq!(
            message("gene\trole\nCD38\tx\n"),
            "p.tsv, line 1: no column `symbol`, `ensembl_id`, `entrez_id` or `mouse_symbol` in the header (found: gene, \
             role)"
        );
        assert_eq!(message("symbol\n\n"), "p.tsv: holds no gene below its header");
        assert_eq!(message(""), "p.tsv: holds no header row");
        assert_eq!(message("symbol\nCD38\n\nCD38\n"), "p.tsv, line 4: gene `CD38` is already on line 2");
        assert_eq!(
            message("symbol\tcore\nCD38\tmaybe\n"),
            "p.tsv, line 2: `core` is `maybe` (expected yes or no)"
        );
        assert_eq!(
            message("ensembl_id\nCD38\n"),
            "p.tsv, line 2: `ensembl_id` is `CD38` (expected an Ensembl gene id such as ENSG00000004468)"
        );
        assert_eq!(
            message("symbol\trole\nCD38\tx\nNA\ty\n"),
            "p.tsv, line 3: names no gene (`symbol`, `ensembl_id` and `entrez_id` are empty)"
        );
        assert_eq!(
            message("symbol\tcontig\tstart0\tend\nCD38\tchr4\t9\t9\n"),
            "p.tsv, line 2: `end` is `9` (expected a number above `start0`)"
        );
    }

    #[test]
    fn unreadable_files_say_why() {
        let file = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(file.path(), [0x1f, 0x8b, 8, 0]).unwrap();
        assert!(Panel::read(file.path()).unwrap_err().to_string().contains("gzip-compressed"));
        std::fs::write(file.path(), b"symbol\nCD38\n\xff\n").unwrap();
        assert!(Panel::read(file.path()).unwrap_err().to_string().ends_with("line 3: not UTF-8 text"));
        assert!(matches!(Panel::read(Path::new("/no/such/file")), Err(Error::Read { .. })));
    }
}
