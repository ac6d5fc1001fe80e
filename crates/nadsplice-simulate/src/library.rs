//! How a library was made and sequenced.

use nadsplice_core::LibraryStrandedness;
use rand::{Rng, RngExt};

use crate::SimulateError;

/// Lengths of fragments, in bases, without adapters: a normal distribution cut off at both ends.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct FragmentLengths {
    /// Mean before the cut. Default 250.
    pub mean: f64,
    /// Standard deviation before the cut; 0 gives every fragment the mean length. Default 50.
    pub sd: f64,
    /// Shortest, at least 1. Default 100.
    pub min: u32,
    /// Longest. Default 500.
    pub max: u32,
}

impl Default for FragmentLengths {
    fn default() -> Self {
        Self { mean: 250.0, sd: 50.0, min: 100, max: 500 }
    }
}

/// A library and its sequencing.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Library {
    /// Bases of a read; of a shorter fragment, reads end with it. Default 100.
    pub read_length: u32,
    /// Whether both ends are read. Default true.
    pub paired: bool,
    /// Fragment lengths.
    pub fragment_lengths: FragmentLengths,
    /// Which read lies on the transcript strand. Default reverse (dUTP).
    pub strandedness: LibraryStrandedness,
    /// Share of fragments that come from unspliced transcripts, in [0, 1): evenly from the whole body of a gene,
    /// as many molecules per mature one in every gene. Default 0.
    pub unspliced: f64,
    /// Whether spliced reads carry the strand of their transcript as `XS:A`. Default false.
    pub strand_tags: bool,
}

impl Default for Library {
    fn default() -> Self {
        Self {
            read_length: 100,
            paired: true,
            fragment_lengths: FragmentLengths::default(),
            strandedness: LibraryStrandedness::Reverse,
            unspliced: 0.0,
            strand_tags: false,
        }
    }
}

/// Reads longer than this are no short reads.
const LONGEST_READ: u32 = 10_000;

impl Library {
    pub(crate) fn check(&self) -> Result<(), SimulateError> {
        let lengths = self.fragment_lengths;
        let refuse = |reason: String| Err(SimulateError::Library { reason });
        if !(1..=LONGEST_READ).contains(&self.read_length) {
            return refuse(format!("read length {} (expected 1 to {LONGEST_READ})", self.read_length));
        }
        if lengths.min == 0 || lengths.min > lengths.max || lengths.max > 1_000_000 {
            return refuse(format!(
                "fragment lengths from {} to {} (expected 1 <= shortest <= longest <= 1000000)",
                lengths.min, lengths.max
            ));
        }
        // A mean far outside would leave no weight between the two ends.
        let near = (f64::from(lengths.min) - lengths.sd)..=(f64::from(lengths.max) + lengths.sd);
        if !(lengths.sd >= 0.0 && near.contains(&lengths.mean)) {
            return refuse(format!(
                "fragment length {} +- {} (expected a standard deviation of at least 0 and a mean within it of \
                 {} to {})",
                lengths.mean, lengths.sd, lengths.min, lengths.max
            ));
        }
        if !(0.0..1.0).contains(&self.unspliced) {
            return refuse(format!("unspliced share {} (expected 0 to below 1)", self.unspliced));
        }
        Ok(())
    }
}

/// [`FragmentLengths`] made ready for drawing.
#[derive(Clone, Debug)]
pub(crate) struct LengthTable {
    min: u32,
    /// Probability of `min`, `min + 1`, ...
    probabilities: Vec<f64>,
    /// Running sums of the probabilities, as fractions of 2^64.
    cumulative: Vec<u64>,
}

impl LengthTable {
    pub(crate) fn new(lengths: &FragmentLengths) -> Self {
        let weight = |length: u32| {
            let distance = f64::from(length) - lengths.mean;
            if lengths.sd > 0.0 { (-0.5 * (distance / lengths.sd).powi(2)).exp() } else { 0.0 }
        };
        let mut weights: Vec<f64> = (lengths.min..=lengths.max).map(weight).collect();
        let mut total: f64 = weights.iter().sum();
        if total == 0.0 {
            // No spread, or one far below a base: everything at the mean.
            let distance = |length: u32| (f64::from(length) - lengths.mean).abs();
            let nearest = (lengths.min..=lengths.max).min_by(|&a, &b| distance(a).total_cmp(&distance(b)));
            weights = (lengths.min..=lengths.max).map(|l| f64::from(u8::from(Some(l) == nearest))).collect();
            total = 1.0;
        }
        let probabilities: Vec<f64> = weights.iter().map(|w| w / total).collect();
        let mut sum = 0.0;
        let cumulative = probabilities
            .iter()
            .map(|p| {
                sum += p;
                fraction_of_u64(sum)
            })
            .collect();
        Self { min: lengths.min, probabilities, cumulative }
    }

    pub(crate) const fn shortest(&self) -> u32 {
        self.min
    }

    /// A length.
    pub(crate) fn draw<R: Rng>(&self, rng: &mut R) -> u32 {
        let point: u64 = rng.random();
        let index = self.cumulative.partition_point(|&c| c <= point).min(self.cumulative.len() - 1);
        self.min + u32::try_from(index).unwrap_or(0)
    }

    /// Expected number of starts of a fragment on a molecule of `length` bases: `E[max(1, length - f + 1)]`.
    pub(crate) fn expected_starts(&self, length: u32) -> f64 {
        let starts = |f: u32| f64::from((length + 1).saturating_sub(f).max(1));
        (self.min..).zip(&self.probabilities).map(|(f, p)| p * starts(f)).sum()
    }
}

/// `fraction * 2^64`, held within `u64`.
#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and the fraction is not negative"
)]
fn fraction_of_u64(fraction: f64) -> u64 {
    (fraction * 2.0_f64.powi(64)) as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::random::{Purpose, stream};

    #[test]
    fn lengths_have_the_mean_and_spread_asked_for() {
        let table = LengthTable::new(&FragmentLengths::default());
        let mut rng = stream(1, Purpose::Places, 0, 0);
        let n = 200_000;
        let drawn: Vec<f64> = (0..n).map(|_| f64::from(table.draw(&mut rng))).collect();
        let mean = drawn.iter().sum::<f64>() / f64::from(n);
        let sd = (drawn.iter().map(|x| (x - mean).powi(2)).sum::<f64>() / f64::from(n)).sqrt();
        assert!((mean - 250.0).abs() < 0.6, "{mean}");
        assert!((sd - 49.6).abs() < 0.5, "{sd}");
        assert!(drawn.iter().all(|&x| (100.0..=500.0).contains(&x)));
    }

    #[test]
    fn without_spread_every_fragment_has_the_mean_length() {
        let lengths = FragmentLengths { mean: 180.0, sd: 0.0, min: 180, max: 400 };
        let table = LengthTable::new(&lengths);
        let mut rng = stream(1, Purpose::Places, 0, 0);
        assert!((0..1000).all(|_| table.draw(&mut rng) == 180));
        assert!((table.expected_starts(1000) - 821.0).abs() < 1e-9);
        assert!((table.expected_starts(100) - 1.0).abs() < 1e-9, "longer than the molecule: one start");
    }

    #[test]
    fn impossible_libraries_are_refused() {
        let refused = |change: &dyn Fn(&mut Library)| {
            let mut library = Library::default();
            change(&mut library);
            library.check().unwrap_err().to_string()
        };
        assert!(Library::default().check().is_ok());
        assert!(refused(&|l| l.read_length = 0).contains("read length 0"));
        assert!(refused(&|l| l.fragment_lengths.min = 600).contains("from 600 to 500"));
        assert!(refused(&|l| l.fragment_lengths.mean = 900.0).contains("900 +- 50"));
        assert!(refused(&|l| l.fragment_lengths.sd = f64::NAN).contains("NaN"));
        assert!(refused(&|l| l.unspliced = 1.0).contains("unspliced share 1"));
    }
}
