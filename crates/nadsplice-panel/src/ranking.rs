//! Rankings of genes from files: a gene and a score a line, as in the `.rnk` files of GSEA.

use std::path::Path;

use rustc_hash::FxHashMap;

use crate::{Error, error::read_text, identity::Identifier};

/// Columns of a ranking, for messages.
const COLUMNS: &str = "a gene and a score as";

/// A ranking as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct RankingFile {
    /// Genes by their identifiers (an Ensembl id without version), in the order of these, so that equal scores do not
    /// depend on the order of the file; and their scores, finite.
    pub genes: Vec<(String, f64)>,
    /// Genes without a score, which are left out.
    pub without_score: usize,
}

impl RankingFile {
    /// How many genes have the score of another one.
    pub fn tied(&self) -> usize {
        let mut scores: Vec<f64> = self.genes.iter().map(|gene| gene.1).collect();
        scores.sort_unstable_by(f64::total_cmp);
        scores.chunk_by(|a, b| a.total_cmp(b).is_eq()).map(<[f64]>::len).filter(|&n| n > 1).sum()
    }
}

/// Reads a ranking: two tab-separated fields a line, a gene (symbol, Ensembl gene id with or without version, or Entrez
/// id) and a score. A first line whose second field is no number is a header; lines that are blank or begin with `#`
/// are passed over; a score may be missing (empty, `NA`, `NaN`).
///
/// # Errors
/// When the file cannot be read, is compressed or not UTF-8, a line has not two fields, a gene is empty or there twice,
/// a score is infinite or no number, or no gene has a score.
pub fn read_ranking(path: &Path) -> Result<RankingFile, Error> {
    parse(&path.display().to_string(), &read_text(path)?)
}

fn parse(path: &str, text: &str) -> Result<RankingFile, Error> {
    let mut first_lines: FxHashMap<&str, usize> = FxHashMap::default();
    let mut file = RankingFile { genes: Vec::new(), without_score: 0 };
    let lines = (1..).zip(text.lines()).filter(|(_, l)| !l.trim().is_empty() && !l.starts_with('#'));
    for (at, (line, text)) in lines.enumerate() {
        let value = |column, value: &str, expected| Error::Value {
            path: path.to_owned(),
            line,
            column,
            value: value.to_owned(),
            expected,
        };
        let fields: Vec<&str> = text.split('\t').map(str::trim).collect();
        let &[gene, score] = fields.as_slice() else {
            return Err(Error::FieldCount {
                path: path.to_owned(),
                line,
                expected: COLUMNS.to_owned(),
                found: fields.len(),
            });
        };
        let is_missing = score.is_empty() || ["na", "nan"].contains(&score.to_ascii_lowercase().as_str());
        let number = score.parse::<f64>().ok();
        if at == 0 && number.is_none() && !is_missing {
            continue;
        }
        let (Identifier::Ensembl(key) | Identifier::Entrez(key) | Identifier::Name(key)) =
            Identifier::of(gene);
        if key.is_empty() || key == "NA" {
            return Err(value("gene", gene, "a name or id"));
        }
        if let Some(first) = first_lines.insert(key, line) {
            return Err(Error::Duplicate {
                path: path.to_owned(),
                line,
                first,
                what: "gene",
                name: key.to_owned(),
            });
        }
        match number {
            _ if is_missing => file.without_score += 1,
            Some(score) if score.is_finite() => file.genes.push((key.to_owned(), score)),
            _ => return Err(value("score", score, "a finite number, or NA")),
        }
    }
    if file.genes.is_empty() {
        return Err(Error::Empty { path: path.to_owned(), expected: "gene with a score" });
    }
    file.genes.sort_unstable_by(|a, b| a.0.cmp(&b.0));
    Ok(file)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn message(text: &str) -> String {
        parse("r.rnk", text).unwrap_err().to_string()
    }

    #[test]
    fn genes_of_all_kinds_are_read_with_and_without_a_header() {
        for header in ["", "gene\tt\n", "# from limma\ngene\tlogFC\r\n"] {
            let text =
                format!("{header}NNMT\t1.5\r\nENSG00000004468.14\t-2e-1\n\n952\tNA\nCD38\t\nPARP1\t1.5\n");
            let file = parse("r.rnk", &text).unwrap();
            let want = [("ENSG00000004468", -0.2), ("NNMT", 1.5), ("PARP1", 1.5)];
            assert_eq!(file.genes, want.map(|(gene, score)| (gene.to_owned(), score)));
            assert_eq!((file.without_score, file.tied()), (2, 2));
        }
    }

    #[test]
    fn what_is_no_ranking_is_said() {
        assert_eq!(
            message("CD38,1.5\n"),
            "r.rnk, line 1: expected a gene and a score as tab-separated fields, found 1"
        );
        assert_eq!(
            message("CD38\t1\t2\n"),
            "r.rnk, line 1: expected a gene and a score as tab-separated fields, found 3"
        );
        assert_eq!(
            message("a\t1\nb\tup\n"),
            "r.rnk, line 2: `score` is `up` (expected a finite number, or NA)"
        );
        assert_eq!(
            message("a\t1\nb\tinf\n"),
            "r.rnk, line 2: `score` is `inf` (expected a finite number, or NA)"
        );
        assert_eq!(message("a\t1\n\t2\n"), "r.rnk, line 2: `gene` is `` (expected a name or id)");
        assert_eq!(
            message("g\ts\nENSG00000004468.1\t1\nENSG00000004468.2\t2\n"),
            "r.rnk, line 3: gene `ENSG00000004468` is already on line 2"
        );
        assert_eq!(message("gene\tscore\n"), "r.rnk: holds no gene with a score");
        assert_eq!(message("a\tNA\n"), "r.rnk: holds no gene with a score");
        assert_eq!(message(""), "r.rnk: holds no gene with a score");
    }
}
