//! Surrogate variables: what makes samples differ beside the model, found in the data.
//!
//! The residuals of all events after the model have common directions where something unknown acts on many events. Such
//! a direction is orthogonal to the tested groups by construction, the unknown is not: how much of it goes with the groups
//! is the slope of the events' group differences on their loadings, since few events truly differ and those of the many
//! others are due to it (Leek and Storey 2007,
//! [doi:10.1371/journal.pgen.0030161](https://doi.org/10.1371/journal.pgen.0030161); in this form Wang et al. 2017,
//! [doi:10.1214/16-AOS1511](https://doi.org/10.1214/16-AOS1511)).

use std::{fmt, str::FromStr};

use nadsplice_stats::eigen;
use rayon::prelude::*;

use crate::{
    basis::Basis,
    design::Comparison,
    pca::median,
    random::SplitMix,
    sample_space::{logits, products},
    testing::CountTable,
};

/// Events that are looked at, at most and at least.
const MOST_EVENTS: usize = 5_000;
const LEAST_EVENTS: usize = 200;
/// Surrogates that are added by themselves, at most; and one for so many residual dimensions at most.
const MOST_FOUND: usize = 5;
const DIMENSIONS_EACH: usize = 3;
/// Residual dimensions that must be left.
const LEAST_LEFT: usize = 2;
/// Sign flips of the residuals: the level of the first component is 1 in 20.
const FLIPS: u64 = 19;
/// Degrees of freedom that the typical variance of events is worth in the variance of one.
const PRIOR_DF: f64 = 4.0;
/// Loadings of less reliability than this are corrected for this one.
const LEAST_RELIABILITY: f64 = 0.5;
/// Share of the largest variance below which a direction has none.
const NOTHING: f64 = 1e-10;
/// Tuning constant of Huber's estimator, 95% efficient with normal errors.
const HUBER: f64 = 1.345;

/// How many surrogate variables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SurrogateNumber {
    /// As many as stand out of noise.
    Auto,
    /// So many, at least one.
    Fixed(usize),
}

impl FromStr for SurrogateNumber {
    type Err = String;

    fn from_str(word: &str) -> Result<Self, String> {
        match (word, word.parse::<usize>()) {
            ("auto", _) => Ok(Self::Auto),
            (_, Ok(number)) if number > 0 => Ok(Self::Fixed(number)),
            _ => Err(format!("`{word}` is no number of surrogate variables, expected `auto` or 1, 2, ...")),
        }
    }
}

impl fmt::Display for SurrogateNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Auto => f.write_str("auto"),
            Self::Fixed(number) => number.fmt(f),
        }
    }
}

/// Surrogate variables cannot be found.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SurrogateError {
    /// Too few samples for so many.
    #[error(
        "{asked} surrogate variables were asked for, but {samples} samples and a model of {columns} columns leave room for {most}"
    )]
    TooMany {
        /// Asked for.
        asked: usize,
        /// Room there is.
        most: usize,
        /// Samples of the comparison.
        samples: usize,
        /// Independent columns of its model.
        columns: usize,
    },
    /// Too few events that the samples cover.
    #[error(
        "surrogate variables need {LEAST_EVENTS} variable events that at least 80% of the samples cover with 10 reads, found {found}"
    )]
    TooFewEvents {
        /// Such events.
        found: usize,
    },
}

/// Surrogate variables of one comparison.
#[derive(Clone, Debug, PartialEq)]
pub struct Surrogates {
    /// Events that they were found in.
    pub events: usize,
    /// For each surrogate one value a sample of the comparison, of mean 0 and standard deviation 1.
    pub values: Vec<Vec<f64>>,
    /// For each surrogate the share of the residual variance of all events in its direction, in [0, 1].
    pub shares: Vec<f64>,
    /// For each surrogate the share of its variance that the tested columns explain, in [0, 1].
    pub with_groups: Vec<f64>,
}

/// Whether a comparison has room for so many surrogate variables, which its design alone tells.
///
/// # Errors
/// With a fixed number: where the samples leave no room for it.
pub fn surrogates_fit(comparison: &Comparison, number: SurrogateNumber) -> Result<(), SurrogateError> {
    Space::of(comparison).fits(number)
}

/// Finds the surrogate variables of a comparison; `linked` has the same number for events that share reads.
///
/// With [`SurrogateNumber::Auto`] as many components of the residuals as have a larger share of the variance than the
/// component of this rank after the signs of all residuals were flipped at random, in each of 19 flips (parallel analysis, Buja and
/// Eyuboglu 1992, [doi:10.1207/s15327906mbr2704_2](https://doi.org/10.1207/s15327906mbr2704_2), with sign flips, that
/// allow for samples of different noise); at most 5, at most one for three residual dimensions. It may be none. Linked
/// events get the same flips.
///
/// # Errors
/// With a fixed number: where the samples leave no room for it, or too few events are covered.
pub fn surrogates(
    table: &CountTable<'_>,
    comparison: &Comparison,
    linked: &[Option<u32>],
    number: SurrogateNumber,
) -> Result<Surrogates, SurrogateError> {
    let space = Space::of(comparison);
    space.fits(number)?;
    let none = |events| Surrogates { events, values: vec![], shares: vec![], with_groups: vec![] };
    let events = space.events(table, comparison.samples(), linked);
    if events.len() < LEAST_EVENTS {
        return match number {
            SurrogateNumber::Auto => Ok(none(events.len())),
            SurrogateNumber::Fixed(_) => Err(SurrogateError::TooFewEvents { found: events.len() }),
        };
    }
    let (n, d) = (space.samples, space.residual_dimensions());
    let found = eigen::symmetric(products(events.iter().map(|e| e.residual.as_slice()), n), n);
    // Of the model's directions nothing is left, so their values are 0 and the last ones: of equal samples, whose
    // directions have nothing either, they cannot be told.
    let residual_values = &found.values[..d];
    let most = residual_values.iter().take_while(|&&value| value > NOTHING * found.values[0]).count();
    if let SurrogateNumber::Fixed(asked) = number
        && asked > most
    {
        return Err(SurrogateError::TooMany { asked, most, samples: n, columns: space.model.rank() });
    }
    let total: f64 = residual_values.iter().sum();
    let count = match number {
        SurrogateNumber::Fixed(asked) => asked,
        SurrogateNumber::Auto => {
            let most = MOST_FOUND.min(d / DIMENSIONS_EACH).min(space.room()).min(most);
            let shares: Vec<f64> = residual_values[..most].iter().map(|value| value / total).collect();
            space.beyond_noise(&events, &shares)
        }
    };
    let noise = residual_values[count..].iter().sum::<f64>() / (d - count) as f64;
    let mut result = none(events.len());
    for (value, direction) in residual_values.iter().zip(&found.vectors).take(count) {
        let loadings: Vec<f64> = events.iter().map(|e| dot(&e.residual, direction)).collect();
        let reliability = (1.0 - noise / value).max(LEAST_RELIABILITY);
        let mut surrogate = direction.clone();
        let mut explained = 0.0;
        for (k, column) in space.tested().iter().enumerate() {
            let differences: Vec<f64> = events.iter().map(|e| e.differences[k]).collect();
            let slope = huber_slope(&loadings, &differences) / reliability;
            surrogate.iter_mut().zip(column).for_each(|(s, x)| *s += slope * x);
            explained += slope * slope;
        }
        // The direction has length 1, and so have the tested columns.
        result.with_groups.push(explained / (1.0 + explained));
        result.shares.push(value / total);
        let scale = ((surrogate.len() - 1) as f64 / (1.0 + explained)).sqrt();
        result.values.push(surrogate.into_iter().map(|s| s * scale).collect());
    }
    Ok(result)
}

/// The model in the space of samples.
struct Space {
    /// Directions of the untested columns, then what the tested ones add.
    model: Basis,
    untested: usize,
    samples: usize,
}

/// An event, scaled to a residual variance of about 1.
struct Scaled {
    /// What the model leaves of it, for each sample.
    residual: Vec<f64>,
    /// What it has in the directions of the tested columns.
    differences: Vec<f64>,
    /// What its sign flips are drawn from.
    seed: u64,
}

impl Space {
    fn of(comparison: &Comparison) -> Self {
        let (matrix, columns, tested) = comparison.matrix();
        let mut model = Basis::default();
        let column = |c: usize| matrix.iter().skip(c).step_by(columns).copied().collect::<Vec<f64>>();
        (0..columns - tested).for_each(|c| {
            model.add(&column(c));
        });
        let untested = model.rank();
        (columns - tested..columns).for_each(|c| {
            model.add(&column(c));
        });
        Self { model, untested, samples: comparison.samples().len() }
    }

    fn tested(&self) -> &[Vec<f64>] {
        &self.model.vectors()[self.untested..]
    }

    fn residual_dimensions(&self) -> usize {
        self.samples - self.model.rank()
    }

    fn room(&self) -> usize {
        self.residual_dimensions().saturating_sub(LEAST_LEFT)
    }

    fn fits(&self, number: SurrogateNumber) -> Result<(), SurrogateError> {
        let most = self.room();
        match number {
            SurrogateNumber::Fixed(asked) if asked > most => {
                let (samples, columns) = (self.samples, self.model.rank());
                Err(SurrogateError::TooMany { asked, most, samples, columns })
            }
            _ => Ok(()),
        }
    }

    fn events(&self, table: &CountTable<'_>, samples: &[usize], linked: &[Option<u32>]) -> Vec<Scaled> {
        let covered: Vec<usize> =
            (0..table.kinds.len()).filter(|&e| logits(table, e, samples).is_some()).collect();
        let stride = covered.len().div_ceil(MOST_EVENTS).max(1);
        let raw: Vec<Scaled> = covered
            .into_iter()
            .step_by(stride)
            .filter_map(|event| {
                let z = logits(table, event, samples)?;
                let seed = match linked.get(event).copied().flatten() {
                    Some(group) => u64::from(group),
                    // Numbers beyond all groups.
                    None => (1 << 32) + event as u64,
                };
                let differences = self.tested().iter().map(|column| dot(column, &z)).collect();
                Some(Scaled { residual: self.model.residual(&z), differences, seed })
            })
            .collect();
        let d = self.residual_dimensions() as f64;
        let variances: Vec<f64> = raw.iter().map(|e| dot(&e.residual, &e.residual) / d).collect();
        let typical = median(variances.clone());
        let scaled = |(mut event, variance): (Scaled, f64)| {
            let sd = ((d * variance + PRIOR_DF * typical) / (d + PRIOR_DF)).sqrt();
            event.residual.iter_mut().chain(&mut event.differences).for_each(|v| *v /= sd);
            event
        };
        if typical > 0.0 { raw.into_iter().zip(variances).map(scaled).collect() } else { Vec::new() }
    }

    /// How many of the leading shares of variance are larger than those of flipped residuals, in each of the flips.
    fn beyond_noise(&self, events: &[Scaled], shares: &[f64]) -> usize {
        let beyond = |flip: u64| {
            let flipped = events.iter().map(|event| self.model.residual(&event.flipped(flip)));
            let null = eigen::values(products(flipped, self.samples), self.samples);
            // Flipped residuals lie outside of the model's residuals in part, so that shares are compared.
            let total: f64 = null.iter().sum();
            shares.iter().zip(&null).take_while(|(share, n)| **share > *n / total).count()
        };
        (1..=FLIPS).into_par_iter().map(beyond).min().unwrap_or(0)
    }
}

impl Scaled {
    /// The residuals with signs drawn at random.
    fn flipped(&self, flip: u64) -> Vec<f64> {
        let mut random = SplitMix(self.seed.wrapping_mul(0xd134_2543_de82_ef95) ^ (flip << 48));
        let mut bits = 0;
        let signed = self.residual.iter().enumerate().map(|(s, &r)| {
            if s % 64 == 0 {
                bits = random.next();
            }
            bits = bits.rotate_left(1);
            if bits & 1 == 0 { r } else { -r }
        });
        signed.collect()
    }
}

fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// The slope of a line through the origin, little moved by the few events that truly differ (Huber 1964,
/// [doi:10.1214/aoms/1177703732](https://doi.org/10.1214/aoms/1177703732)).
fn huber_slope(x: &[f64], y: &[f64]) -> f64 {
    let mut slope = dot(x, y) / dot(x, x);
    for _ in 0..50 {
        let left: Vec<f64> = x.iter().zip(y).map(|(x, y)| y - slope * x).collect();
        let scale = 1.4826 * median(left.iter().map(|l| l.abs()).collect());
        if scale <= 0.0 {
            break;
        }
        let weight = |l: f64| (HUBER * scale / l.abs()).min(1.0);
        let (mut xy, mut xx) = (0.0, 0.0);
        for ((x, y), l) in x.iter().zip(y).zip(&left) {
            xy += weight(*l) * x * y;
            xx += weight(*l) * x * x;
        }
        let next = xy / xx;
        let done = (next - slope).abs() < 1e-10 * (1.0 + slope.abs());
        slope = next;
        if done {
            break;
        }
    }
    slope
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_and_auto_are_read() {
        assert_eq!("auto".parse(), Ok(SurrogateNumber::Auto));
        assert_eq!("3".parse(), Ok(SurrogateNumber::Fixed(3)));
        for wrong in ["0", "-1", "some"] {
            assert!(wrong.parse::<SurrogateNumber>().is_err_and(|e| e.contains("expected `auto`")));
        }
    }

    #[test]
    fn few_strong_differences_hardly_move_the_slope() {
        let x: Vec<f64> = (0..200).map(|k| f64::from(k % 21) - 10.0).collect();
        let y: Vec<f64> = (0..200)
            .zip(&x)
            .map(|(k, x)| 0.4 * x + f64::from(k % 7 - 3) / 10.0 + if k % 10 == 0 { 40.0 } else { 0.0 })
            .collect();
        let slope = huber_slope(&x, &y);
        assert!((slope - 0.4).abs() < 0.02, "{slope}");
    }
}
