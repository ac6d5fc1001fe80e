//! How the cells of a column become numbers of a model matrix.

use crate::sheet::Column;

/// The coding of one variable over the samples of a contrast.
#[derive(Clone, Debug)]
pub(super) struct Coding {
    pub(super) name: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    /// Centred and scaled to standard deviation 1.
    Numeric(Vec<f64>),
    /// The first level is the reference.
    Factor { levels: Vec<String>, of_sample: Vec<usize> },
}

impl Coding {
    /// Every sample must have a value. Levels stand in the sheet's order, after `reference` where one is named.
    pub(super) fn new(column: &Column, as_factor: bool, samples: &[usize], reference: Option<&str>) -> Self {
        let name = column.name().to_owned();
        if let (Some(numbers), false) = (column.numbers(), as_factor) {
            let values: Vec<f64> = samples.iter().map(|&s| numbers[s].unwrap_or(f64::NAN)).collect();
            return Self { name, kind: Kind::Numeric(standardised(&values)) };
        }
        let cell = |s: usize| column.cells()[s].as_deref().unwrap_or_default();
        let present = column.levels().into_iter().filter(|l| samples.iter().any(|&s| cell(s) == *l));
        let mut levels: Vec<String> = reference.into_iter().map(str::to_owned).collect();
        levels.extend(present.filter(|l| Some(*l) != reference).map(str::to_owned));
        let of_sample =
            samples.iter().map(|&s| levels.iter().position(|l| *l == cell(s)).unwrap_or(0)).collect();
        Self { name, kind: Kind::Factor { levels, of_sample } }
    }

    /// The levels of a factor, the reference first; none of a measurement.
    pub(super) fn levels(&self) -> &[String] {
        match &self.kind {
            Kind::Factor { levels, .. } => levels,
            Kind::Numeric(_) => &[],
        }
    }

    /// The level of each sample; nothing for a measurement.
    pub(super) fn level_of(&self, sample: usize) -> Option<usize> {
        match &self.kind {
            Kind::Factor { of_sample, .. } => Some(of_sample[sample]),
            Kind::Numeric(_) => None,
        }
    }

    /// Treatment coding: one column for each level but the reference.
    pub(super) fn plain(&self, sample: usize, level: Option<usize>) -> Vec<f64> {
        match &self.kind {
            Kind::Numeric(values) => vec![values[sample]],
            Kind::Factor { levels, of_sample } => {
                let own = level.unwrap_or(of_sample[sample]);
                (1..levels.len()).map(|l| f64::from(u8::from(l == own))).collect()
            }
        }
    }

    /// Coding that adds up to 0 over the levels, for interactions: main effects are then averages over the levels.
    pub(super) fn centred(&self, sample: usize, level: Option<usize>) -> Vec<f64> {
        match &self.kind {
            Kind::Numeric(values) => vec![values[sample]],
            Kind::Factor { levels, of_sample } => {
                let own = level.unwrap_or(of_sample[sample]);
                let at = |l: usize| f64::from(u8::from(l == own)) - f64::from(u8::from(own == 0));
                (1..levels.len()).map(at).collect()
            }
        }
    }
}

fn standardised(values: &[f64]) -> Vec<f64> {
    let n = values.len() as f64;
    let mean = values.iter().sum::<f64>() / n;
    let variance = values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / (n - 1.0);
    values.iter().map(|v| (v - mean) / variance.sqrt()).collect()
}
