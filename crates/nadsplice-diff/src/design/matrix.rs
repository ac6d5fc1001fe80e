//! The model matrix of a comparison, term by term.

use super::coding::Coding;
use crate::formula::Term;

/// Columns of one term, one row a sample.
#[derive(Clone, Debug)]
pub(super) struct Block {
    /// The term as messages name it.
    pub(super) name: String,
    /// Columns, each with one value a sample.
    pub(super) columns: Vec<Vec<f64>>,
}

/// Codings of all variables of a model.
#[derive(Clone, Debug)]
pub(super) struct Codings(Vec<Coding>);

/// All samples taken for members of one level of a factor.
#[derive(Clone, Copy, Debug)]
pub(super) struct Pretence<'a> {
    pub(super) factor: &'a str,
    pub(super) level: usize,
}

impl Codings {
    pub(super) fn new(codings: Vec<Coding>) -> Self {
        Self(codings)
    }

    pub(super) fn find(&self, name: &str) -> Option<&Coding> {
        self.0.iter().find(|c| c.name == name)
    }

    /// The columns of a term over `samples` samples.
    pub(super) fn block(&self, term: &Term, samples: usize, pretence: Option<Pretence<'_>>) -> Block {
        let rows: Vec<Vec<f64>> = (0..samples).map(|s| self.cells(term, s, pretence)).collect();
        let width = rows.first().map_or(0, Vec::len);
        let columns = (0..width).map(|c| rows.iter().map(|row| row[c]).collect()).collect();
        Block { name: term.to_string(), columns }
    }

    fn cells(&self, term: &Term, sample: usize, pretence: Option<Pretence<'_>>) -> Vec<f64> {
        let level = |name: &str| pretence.filter(|p| p.factor == name).map(|p| p.level);
        match term.variables() {
            [only] => self.find(&only.name).map(|c| c.plain(sample, level(&only.name))).unwrap_or_default(),
            several => {
                several.iter().filter_map(|v| self.find(&v.name)).fold(vec![1.0], |product, coding| {
                    let cells = coding.centred(sample, level(&coding.name));
                    product.iter().flat_map(|p| cells.iter().map(move |c| p * c)).collect()
                })
            }
        }
    }
}

/// Row-major matrix of an intercept and the columns of all blocks.
pub(super) fn assemble(blocks: &[Block], samples: usize) -> Vec<f64> {
    let columns: Vec<&Vec<f64>> = blocks.iter().flat_map(|b| &b.columns).collect();
    (0..samples).flat_map(|s| std::iter::once(1.0).chain(columns.iter().map(move |c| c[s]))).collect()
}
