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
    /// Those of effective lengths, one an event and sample, row-major like the counts; 0 where they have no offset.
    OfLengths {
        /// Lengths of the inclusion form.
        inclusion: &'a [f64],
        /// Lengths of the skipping form.
        skipping: &'a [f64],
    },
}

/// `ln(inclusion / skipping)` of two lengths; 0 where that is no number.
pub fn length_offset(inclusion: f64, skipping: f64) -> f64 {
    let offset = (inclusion / skipping).ln();
    if offset.is_finite() { offset } else { 0.0 }
}

/// Inclusion and skipping reads of events, row-major: one row an event, one column a sample.
#[derive(Clone, Copy, Debug)]
pub struct EventCounts<'a> {
    inclusion: &'a [u32],
    skipping: &'a [u32],
    offsets: LengthOffsets<'a>,
    /// Samples of a row, whether they are looked at or not.
    width: usize,
    /// Rows and columns that are looked at; all without.
    part: Option<(&'a [usize], &'a [usize])>,
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
        Self::whole(n_samples, inclusion, skipping, offsets)?.checked()
    }

    /// Some events and samples of larger matrices, which are not copied; both count from 0 in the order of the lists.
    ///
    /// ```
    /// use nadsplice_stats::{EventCounts, LengthOffsets};
    ///
    /// // The second of two events, in the third and first of three samples.
    /// let (inclusion, skipping) = ([1, 2, 3, 4, 5, 6], [6, 5, 4, 3, 2, 1]);
    /// let counts = EventCounts::part(3, &inclusion, &skipping, LengthOffsets::Equal, &[1], &[2, 0])?;
    /// assert_eq!((counts.n_events(), counts.n_samples()), (1, 2));
    /// # Ok::<(), nadsplice_stats::CountsError>(())
    /// ```
    ///
    /// # Panics
    /// When there is no such event or sample.
    pub fn part(
        width: usize,
        inclusion: &'a [u32],
        skipping: &'a [u32],
        offsets: LengthOffsets<'a>,
        events: &'a [usize],
        samples: &'a [usize],
    ) -> Result<Self, CountsError> {
        let whole = Self::whole(width, inclusion, skipping, offsets)?;
        Self { part: Some((events, samples)), ..whole }.checked()
    }

    /// Checks the shapes.
    fn whole(
        width: usize,
        inclusion: &'a [u32],
        skipping: &'a [u32],
        offsets: LengthOffsets<'a>,
    ) -> Result<Self, CountsError> {
        if width == 0 || !inclusion.len().is_multiple_of(width) || inclusion.len() != skipping.len() {
            return Err(CountsError::Shape {
                inclusion: inclusion.len(),
                skipping: skipping.len(),
                samples: width,
            });
        }
        let (given, expected) = match offsets {
            LengthOffsets::Equal => ([0; 2], 0),
            LengthOffsets::PerEvent(given) => ([given.len(); 2], inclusion.len() / width),
            LengthOffsets::PerSample(given) => ([given.len(); 2], inclusion.len()),
            LengthOffsets::OfLengths { inclusion: long, skipping: short } => {
                ([long.len(), short.len()], inclusion.len())
            }
        };
        if let Some(&offsets) = given.iter().find(|given| **given != expected) {
            return Err(CountsError::Offsets { offsets, expected });
        }
        Ok(Self { inclusion, skipping, offsets, width, part: None })
    }

    /// Checks what is looked at: the offsets, and that no sum of two counts overflows.
    fn checked(self) -> Result<Self, CountsError> {
        let given = match self.offsets {
            LengthOffsets::Equal | LengthOffsets::OfLengths { .. } => 0,
            LengthOffsets::PerEvent(_) => 1,
            LengthOffsets::PerSample(_) => self.n_samples(),
        };
        for event in 0..self.n_events() {
            if (0..given).any(|sample| !self.offset(event, sample).is_finite()) {
                return Err(CountsError::OffsetNotFinite { event });
            }
        }
        for event in 0..self.n_events() {
            for sample in 0..self.n_samples() {
                let at = self.at(event, sample);
                if self.inclusion[at].checked_add(self.skipping[at]).is_none() {
                    return Err(CountsError::TooManyReads { event, sample });
                }
            }
        }
        Ok(self)
    }

    /// The number of events.
    pub fn n_events(&self) -> usize {
        self.part.map_or_else(|| self.inclusion.len() / self.width, |(events, _)| events.len())
    }

    /// The number of samples.
    pub fn n_samples(&self) -> usize {
        self.part.map_or(self.width, |(_, samples)| samples.len())
    }

    /// The row of an event in the matrices.
    fn row(&self, event: usize) -> usize {
        self.part.map_or(event, |(events, _)| events[event])
    }

    /// The place of an event and a sample in the matrices.
    fn at(&self, event: usize, sample: usize) -> usize {
        self.row(event) * self.width + self.part.map_or(sample, |(_, samples)| samples[sample])
    }

    /// Inclusion reads and all reads of one event in one sample.
    pub(crate) fn reads(&self, event: usize, sample: usize) -> (u32, u32) {
        let at = self.at(event, sample);
        (self.inclusion[at], self.inclusion[at] + self.skipping[at])
    }

    /// The length offset of one event in one sample.
    pub(crate) fn offset(&self, event: usize, sample: usize) -> f64 {
        match self.offsets {
            LengthOffsets::Equal => 0.0,
            LengthOffsets::PerEvent(offsets) => offsets[self.row(event)],
            LengthOffsets::PerSample(offsets) => offsets[self.at(event, sample)],
            LengthOffsets::OfLengths { inclusion, skipping } => {
                let at = self.at(event, sample);
                length_offset(inclusion[at], skipping[at])
            }
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

    #[test]
    fn a_part_of_the_matrices_is_like_its_copy() {
        let (inclusion, skipping): (Vec<u32>, Vec<u32>) = ((0..12).collect(), (20..32).collect());
        let (long, short): (Vec<f64>, Vec<f64>) = ((0..12).map(f64::from).collect(), vec![4.0; 12]);
        let offsets = LengthOffsets::OfLengths { inclusion: &long, skipping: &short };
        let part = EventCounts::part(4, &inclusion, &skipping, offsets, &[2, 0], &[3, 0, 1]).unwrap();
        assert_eq!((part.n_events(), part.n_samples()), (2, 3));
        assert_eq!((part.reads(0, 0), part.reads(1, 2)), ((11, 42), (1, 22)));
        assert!((part.offset(0, 0) - (11.0_f64 / 4.0).ln()).abs() < 1e-15);
        assert!(part.offset(1, 1).abs() < 1e-15, "no length, no offset");
        let of_event = LengthOffsets::PerEvent(&[0.1, 0.2, 0.3]);
        let part = EventCounts::part(4, &inclusion, &skipping, of_event, &[2, 0], &[3]).unwrap();
        assert!((part.offset(0, 0) - 0.3).abs() < 1e-15);
    }

    #[test]
    fn what_is_not_looked_at_may_be_out_of_range() {
        let counts = [1, u32::MAX, 1, 1];
        let offsets = LengthOffsets::PerEvent(&[f64::NAN, 0.0]);
        let part =
            |events, samples| EventCounts::part(2, &counts, &counts, offsets, events, samples).map(|_| ());
        assert_eq!(part(&[1], &[1, 0]), Ok(()));
        assert_eq!(part(&[1, 0], &[0]), Err(CountsError::OffsetNotFinite { event: 1 }));
        let part = EventCounts::part(2, &counts, &counts, LengthOffsets::Equal, &[1, 0], &[0, 1]);
        assert_eq!(part.map(|_| ()), Err(CountsError::TooManyReads { event: 1, sample: 1 }));
    }
}
