//! Counts of many events as flat matrices.

use thiserror::Error;

/// Why counts cannot be used.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum CountsError {
    /// The counts are not whole rows, or the two forms differ in size.
    #[error(
        "{inclusion} inclusion and {skipping} skipping counts, expected equal multiples of {samples} samples"
    )]
    Shape {
        /// Inclusion counts given.
        inclusion: usize,
        /// Skipping counts given.
        skipping: usize,
        /// Samples of a row.
        samples: usize,
    },
    /// The offsets are neither one a count nor one an event.
    #[error("{offsets} length offsets, expected {expected}")]
    Offsets {
        /// Offsets given.
        offsets: usize,
        /// Offsets expected.
        expected: usize,
    },
    /// An offset is NaN or infinite.
    #[error("length offset of event {event} is not a finite number")]
    OffsetNotFinite {
        /// Event, from 0.
        event: usize,
    },
    /// The counts have another number of samples than the design.
    #[error("counts of {counts} samples, expected the {design} of the design")]
    Samples {
        /// Samples of the counts.
        counts: usize,
        /// Samples of the design.
        design: usize,
    },
    /// Inclusion and skipping reads of one sample overflow 32 bits.
    #[error("event {event} has more than {max} reads in sample {sample}", max = u32::MAX)]
    TooManyReads {
        /// Event, from 0.
        event: usize,
        /// Sample, from 0.
        sample: usize,
    },
}

/// `ln(inclusion length / skipping length)` of every event.
#[derive(Clone, Copy, Debug)]
pub enum LengthOffsets<'a> {
    /// Both forms are equally long in every event: all 0.
    Equal,
    /// One an event.
    PerEvent(&'a [f64]),
    /// One an event and sample, row-major like the counts.
    PerSample(&'a [f64]),
}

/// Inclusion and skipping reads of events, row-major: one row an event, one column a sample.
#[derive(Clone, Copy, Debug)]
pub struct EventCounts<'a> {
    inclusion: &'a [u32],
    skipping: &'a [u32],
    offsets: LengthOffsets<'a>,
    n_samples: usize,
}

impl<'a> EventCounts<'a> {
    /// Checks the shapes, the offsets and that no sum of two counts overflows.
    ///
    /// ```
    /// use nadsplice_stats::{EventCounts, LengthOffsets};
    ///
    /// // Two events of three samples.
    /// let counts = EventCounts::new(3, &[1, 2, 3, 4, 5, 6], &[6, 5, 4, 3, 2, 1], LengthOffsets::Equal)?;
    /// assert_eq!(counts.n_events(), 2);
    /// # Ok::<(), nadsplice_stats::CountsError>(())
    /// ```
    pub fn new(
        n_samples: usize,
        inclusion: &'a [u32],
        skipping: &'a [u32],
        offsets: LengthOffsets<'a>,
    ) -> Result<Self, CountsError> {
        let whole = n_samples > 0 && inclusion.len().is_multiple_of(n_samples);
        if !whole || inclusion.len() != skipping.len() {
            return Err(CountsError::Shape {
                inclusion: inclusion.len(),
                skipping: skipping.len(),
                samples: n_samples,
            });
        }
        let (given, expected, per_event) = match offsets {
            LengthOffsets::Equal => (&[][..], 0, 1),
            LengthOffsets::PerEvent(given) => (given, inclusion.len() / n_samples, 1),
            LengthOffsets::PerSample(given) => (given, inclusion.len(), n_samples),
        };
        if given.len() != expected {
            return Err(CountsError::Offsets { offsets: given.len(), expected });
        }
        if let Some(at) = given.iter().position(|o| !o.is_finite()) {
            return Err(CountsError::OffsetNotFinite { event: at / per_event });
        }
        if let Some(at) = inclusion.iter().zip(skipping).position(|(i, s)| i.checked_add(*s).is_none()) {
            return Err(CountsError::TooManyReads { event: at / n_samples, sample: at % n_samples });
        }
        Ok(Self { inclusion, skipping, offsets, n_samples })
    }

    /// The number of events.
    pub fn n_events(&self) -> usize {
        self.inclusion.len() / self.n_samples
    }

    /// The number of samples.
    pub fn n_samples(&self) -> usize {
        self.n_samples
    }

    /// Inclusion reads and all reads of one event in one sample.
    pub(crate) fn reads(&self, event: usize, sample: usize) -> (u32, u32) {
        let at = event * self.n_samples + sample;
        (self.inclusion[at], self.inclusion[at] + self.skipping[at])
    }

    /// The length offset of one event in one sample.
    pub(crate) fn offset(&self, event: usize, sample: usize) -> f64 {
        match self.offsets {
            LengthOffsets::Equal => 0.0,
            LengthOffsets::PerEvent(offsets) => offsets[event],
            LengthOffsets::PerSample(offsets) => offsets[event * self.n_samples + sample],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn shapes_are_checked() {
        let bad = |inclusion: &[u32], skipping: &[u32], offsets| {
            EventCounts::new(2, inclusion, skipping, offsets).unwrap_err()
        };
        assert!(matches!(bad(&[1, 2, 3], &[1, 2, 3], LengthOffsets::Equal), CountsError::Shape { .. }));
        assert!(matches!(bad(&[1, 2], &[1, 2, 3, 4], LengthOffsets::Equal), CountsError::Shape { .. }));
        assert_eq!(
            bad(&[1, 2], &[1, 2], LengthOffsets::PerSample(&[0.0])),
            CountsError::Offsets { offsets: 1, expected: 2 }
        );
        assert_eq!(
            bad(&[1; 4], &[1; 4], LengthOffsets::PerEvent(&[0.0, f64::NAN])),
            CountsError::OffsetNotFinite { event: 1 }
        );
        assert_eq!(
            bad(&[1, 1, 1, u32::MAX], &[1; 4], LengthOffsets::Equal),
            CountsError::TooManyReads { event: 1, sample: 1 }
        );
    }

    #[test]
    fn offsets_are_found_by_event_or_sample() {
        let counts = |offsets| EventCounts::new(2, &[1; 4], &[2; 4], offsets).unwrap();
        assert!((counts(LengthOffsets::PerEvent(&[0.1, 0.2])).offset(1, 0) - 0.2).abs() < 1e-15);
        assert!((counts(LengthOffsets::PerSample(&[0.1, 0.2, 0.3, 0.4])).offset(1, 0) - 0.3).abs() < 1e-15);
        assert_eq!(counts(LengthOffsets::Equal).reads(1, 1), (1, 3));
    }
}
