//! One event: its samples with reads and their part of the design.

use super::counts::EventCounts;
use super::design::Design;
use crate::linear::independent_columns;

/// The samples of one event that have reads. Its buffers are reused from event to event.
#[derive(Debug, Default)]
pub(crate) struct Event {
    /// Which samples of the design.
    pub(crate) samples: Vec<usize>,
    /// Inclusion reads.
    pub(crate) y: Vec<u32>,
    /// Reads of both forms, at least 1.
    pub(crate) n: Vec<u32>,
    /// `ln(inclusion length / skipping length)`.
    pub(crate) offset: Vec<f64>,
    /// The model matrix, nuisance columns first, rows of `columns` values.
    pub(crate) x: Vec<f64>,
    /// The columns of the design that `x` has.
    pub(crate) kept: Vec<usize>,
    /// How many of them, the first ones, the null model has.
    pub(crate) null_columns: usize,
    /// Which of two common means each sample has, where that is all of the model and offsets do not differ.
    pub(crate) mean_of: Option<Vec<usize>>,
}

impl Event {
    /// Reads one event.
    ///
    /// False where the samples with reads do not identify the tested effect. Nuisance columns that they do not
    /// identify are left out.
    pub(crate) fn load(&mut self, counts: &EventCounts<'_>, design: &Design, event: usize) -> bool {
        self.samples.clear();
        self.y.clear();
        self.n.clear();
        self.offset.clear();
        for sample in 0..design.n_samples() {
            let (y, n) = counts.reads(event, sample);
            if n > 0 {
                self.samples.push(sample);
                self.y.push(y);
                self.n.push(n);
                self.offset.push(counts.offset(event, sample));
            }
        }
        self.x.clear();
        self.kept.clear();
        self.kept.extend(0..design.n_columns());
        self.null_columns = design.n_columns() - design.n_tested();
        for &sample in &self.samples {
            self.x.extend_from_slice(design.row(sample));
        }
        let equal_offsets = self.offset.windows(2).all(|pair| (pair[0] - pair[1]).abs() < 1e-12);
        self.mean_of = design
            .two_means()
            .filter(|_| equal_offsets)
            .map(|mean_of| self.samples.iter().map(|&s| mean_of[s]).collect());
        self.samples.len() == design.n_samples() || self.drop_aliased(design)
    }

    fn drop_aliased(&mut self, design: &Design) -> bool {
        let stride = design.n_columns();
        let independent = independent_columns(&self.x, stride);
        if independent.len() == stride {
            return true;
        }
        let nuisance = independent.iter().filter(|&&c| c < self.null_columns).count();
        if independent.len() - nuisance < design.n_tested() {
            return false;
        }
        self.x = self.x.chunks_exact(stride).flat_map(|row| independent.iter().map(|&c| row[c])).collect();
        self.null_columns = nuisance;
        self.kept = independent;
        true
    }

    /// The number of columns of the full model.
    pub(crate) fn columns(&self) -> usize {
        self.kept.len()
    }

    /// The number of samples with reads.
    pub(crate) fn len(&self) -> usize {
        self.samples.len()
    }

    /// The mean number of reads over samples with reads; 0 without any.
    pub(crate) fn mean_reads(&self) -> f64 {
        let reads: f64 = self.n.iter().map(|&n| f64::from(n)).sum();
        reads / self.len().max(1) as f64
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::nds::counts::LengthOffsets;

    #[test]
    fn samples_without_reads_are_left_out() {
        let design = Design::two_groups(&[false, false, true, true]).unwrap();
        let counts = EventCounts::new(4, &[1, 0, 2, 3], &[1, 0, 2, 0], LengthOffsets::Equal).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, &design, 0));
        assert_eq!((event.samples.as_slice(), event.n.as_slice()), (&[0, 2, 3][..], &[2, 4, 3][..]));
        assert_eq!(event.mean_of.as_deref(), Some(&[0, 1, 1][..]));
        assert!((event.mean_reads() - 3.0).abs() < 1e-15);
    }

    #[test]
    fn group_without_reads_is_not_identified() {
        let design = Design::two_groups(&[false, false, true, true]).unwrap();
        let counts = EventCounts::new(4, &[1, 1, 0, 0], &[1, 1, 0, 0], LengthOffsets::Equal).unwrap();
        assert!(!Event::default().load(&counts, &design, 0));
    }

    #[test]
    fn pair_that_lost_both_samples_loses_its_column() {
        // Intercept, pair 2, pair 3, case; the third pair has no reads.
        let rows: Vec<f64> = (0..6)
            .flat_map(|i: usize| {
                let pair = |p: usize| f64::from(u8::from(i / 2 == p));
                [1.0, pair(1), pair(2), f64::from(u8::from(i % 2 == 1))]
            })
            .collect();
        let design = Design::new(4, &rows, &[3], None).unwrap();
        let counts =
            EventCounts::new(6, &[1, 1, 1, 1, 0, 0], &[1, 1, 1, 1, 0, 0], LengthOffsets::Equal).unwrap();
        let mut event = Event::default();
        assert!(event.load(&counts, &design, 0));
        assert_eq!((event.kept.as_slice(), event.null_columns), (&[0, 1, 3][..], 2));
        assert_eq!(event.x[9..], [1.0, 1.0, 1.0]);
    }

    #[test]
    fn unequal_offsets_have_no_common_mean() {
        let design = Design::two_groups(&[false, true]).unwrap();
        let counts = EventCounts::new(2, &[1, 1], &[1, 1], LengthOffsets::PerSample(&[0.7, 0.6])).unwrap();
        let mut event = Event::default();
        event.load(&counts, &design, 0);
        assert_eq!(event.mean_of, None);
    }
}
