//! Tests every event of a cohort in one contrast of two groups.

use nadsplice_core::EventKind;
use nadsplice_stats::{
    CountsError, Design, DesignError, Diagnostics, EventCounts, Filters, LengthOffsets, NdsOptions, NdsRow,
    NdsStatus, NdsWarning, RhoPrior, multiple_testing::benjamini_hochberg, test_events,
};

/// Counts of events, row by row, one column a sample.
#[derive(Clone, Copy, Debug)]
pub struct CountTable<'a> {
    /// Kind of each event.
    pub kinds: &'a [EventKind],
    /// Number of samples.
    pub samples: usize,
    /// Inclusion counts, events x samples.
    pub inclusion: &'a [u32],
    /// Skipping counts, events x samples.
    pub skipping: &'a [u32],
    /// Effective lengths of the inclusion form in bases, events x samples.
    pub inclusion_length: &'a [f64],
    /// Effective lengths of the skipping form in bases, events x samples.
    pub skipping_length: &'a [f64],
}

/// Why an event is not tested although its counts might do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// A form has no effective length in some sample: no read of it could be told from the other form's.
    Length,
    /// Mutually exclusive exons without enough reads on each junction of both forms.
    MxeJunctions,
}

impl Exclusion {
    /// The word in the column `status`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::MxeJunctions => "mxe_junctions",
        }
    }
}

/// One event in one contrast.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct EventTest {
    /// `ok`, or why the event was not tested.
    pub status: &'static str,
    /// Estimates and test.
    pub row: NdsRow,
    /// Benjamini-Hochberg over all tested events of the contrast, in [0, 1].
    pub q_value: Option<f64>,
    /// Benjamini-Hochberg over the tested events of the same kind, in [0, 1].
    pub q_value_kind: Option<f64>,
}

/// All events in one contrast.
#[derive(Clone, Debug)]
pub struct ContrastTest {
    /// One entry an event, in the order of the table.
    pub events: Vec<EventTest>,
    /// The dispersion prior that was used.
    pub prior: RhoPrior,
    /// What the tests look like as a whole.
    pub diagnostics: Diagnostics,
    /// What a reader should know.
    pub warnings: Vec<NdsWarning>,
}

/// A contrast cannot be tested.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// The groups cannot be compared.
    #[error("the contrast cannot be tested")]
    Design(#[from] DesignError),
    /// The counts are out of range.
    #[error("the counts cannot be tested")]
    Counts(#[from] CountsError),
}

/// Tests every event that is not excluded; `members` says for each sample whether it is a case (`true`), a control
/// or neither. Excluded events keep their row with point estimates.
///
/// # Errors
/// When a group is empty, or the counts of an event and sample add up to more than 2^32 - 1.
pub fn test_contrast(
    table: &CountTable<'_>,
    members: &[Option<bool>],
    excluded: &[Option<Exclusion>],
) -> Result<ContrastTest, TestError> {
    let columns: Vec<usize> = (0..table.samples).filter(|&s| members[s].is_some()).collect();
    let case: Vec<bool> = columns.iter().map(|&s| members[s] == Some(true)).collect();
    let design = Design::two_groups(&case)?;
    let exclusions: Vec<Option<Exclusion>> =
        (0..table.kinds.len()).map(|e| excluded[e].or_else(|| table.without_length(e, &columns))).collect();
    let tested: Vec<usize> = (0..exclusions.len()).filter(|&e| exclusions[e].is_none()).collect();
    let left_out: Vec<usize> = (0..exclusions.len()).filter(|&e| exclusions[e].is_some()).collect();

    let options = NdsOptions::default();
    let result = table.subset(&tested, &columns).test(&design, &options)?;
    // Nothing passes this filter, so that only point estimates come back.
    let none = NdsOptions {
        filters: Filters { min_mean_reads: f64::INFINITY, ..Filters::default() },
        prior: Some(result.prior.clone()),
    };
    let points = table.subset(&left_out, &columns).test(&design, &none)?;

    let diagnostics = Diagnostics::of(&result.rows);
    let mut rows: Vec<Option<(&'static str, NdsRow)>> = vec![None; exclusions.len()];
    for (&event, row) in tested.iter().zip(result.rows) {
        rows[event] = Some((row.status.as_str(), row));
    }
    for (&event, row) in left_out.iter().zip(points.rows) {
        rows[event] = exclusions[event].map(|why| (why.as_str(), row));
    }
    let rows: Vec<(&'static str, NdsRow)> = rows.into_iter().flatten().collect();
    let p_values: Vec<Option<f64>> = rows.iter().map(|(_, r)| r.p_value).collect();
    let q_values = benjamini_hochberg(&p_values);
    let by_kind = q_values_by_kind(table.kinds, &p_values);
    let events = rows
        .into_iter()
        .zip(q_values.into_iter().zip(by_kind))
        .map(|((status, row), (q_value, q_value_kind))| EventTest { status, row, q_value, q_value_kind })
        .collect();
    Ok(ContrastTest { events, prior: result.prior, diagnostics, warnings: result.warnings })
}

fn q_values_by_kind(kinds: &[EventKind], p_values: &[Option<f64>]) -> Vec<Option<f64>> {
    let mut q_values = vec![None; p_values.len()];
    for kind in EventKind::ALL {
        let of_kind: Vec<usize> = (0..kinds.len()).filter(|&e| kinds[e] == kind).collect();
        let adjusted = benjamini_hochberg(&of_kind.iter().map(|&e| p_values[e]).collect::<Vec<_>>());
        for (&event, q) in of_kind.iter().zip(adjusted) {
            q_values[event] = q;
        }
    }
    q_values
}

/// Some events and samples of a table.
struct Subset {
    samples: usize,
    inclusion: Vec<u32>,
    skipping: Vec<u32>,
    offsets: Vec<f64>,
}

impl CountTable<'_> {
    fn without_length(&self, event: usize, columns: &[usize]) -> Option<Exclusion> {
        let lengths = |s: usize| {
            let at = event * self.samples + s;
            [self.inclusion_length[at], self.skipping_length[at]]
        };
        columns
            .iter()
            .any(|&s| lengths(s).iter().any(|&l| l.is_nan() || l <= 0.0))
            .then_some(Exclusion::Length)
    }

    fn subset(&self, events: &[usize], columns: &[usize]) -> Subset {
        let cells = || events.iter().flat_map(|&e| columns.iter().map(move |&s| e * self.samples + s));
        Subset {
            samples: columns.len(),
            inclusion: cells().map(|at| self.inclusion[at]).collect(),
            skipping: cells().map(|at| self.skipping[at]).collect(),
            offsets: cells()
                .map(|at| {
                    let offset = (self.inclusion_length[at] / self.skipping_length[at]).ln();
                    // Forms without a length are never tested; their point estimate is that of the counts.
                    if offset.is_finite() { offset } else { 0.0 }
                })
                .collect(),
        }
    }
}

impl Subset {
    fn test(&self, design: &Design, options: &NdsOptions) -> Result<nadsplice_stats::NdsResult, CountsError> {
        // Equal lengths in all samples leave the closed form open to the test, which is faster.
        let rows = self.offsets.chunks(self.samples.max(1));
        let offsets: Vec<f64>;
        let lengths = if rows.clone().all(|row| row.iter().all(|o| o.to_bits() == row[0].to_bits())) {
            offsets = rows.map(|row| row[0]).collect();
            LengthOffsets::PerEvent(&offsets)
        } else {
            LengthOffsets::PerSample(&self.offsets)
        };
        let counts = EventCounts::new(self.samples, &self.inclusion, &self.skipping, lengths)?;
        test_events(&counts, design, options)
    }
}

/// Whether an event was tested.
pub fn is_tested(status: &str) -> bool {
    status == NdsStatus::Ok.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table<'a>(
        kinds: &'a [EventKind],
        counts: &'a [Vec<u32>; 2],
        lengths: &'a [Vec<f64>; 2],
    ) -> CountTable<'a> {
        CountTable {
            kinds,
            samples: 7,
            inclusion: &counts[0],
            skipping: &counts[1],
            inclusion_length: &lengths[0],
            skipping_length: &lengths[1],
        }
    }

    #[test]
    fn samples_outside_the_contrast_do_not_matter_and_excluded_events_keep_their_row() {
        let kinds = [EventKind::Se, EventKind::Mxe, EventKind::Se];
        let row = [8, 11, 9, 30, 28, 35, 1000];
        let other = [32, 41, 36, 14, 12, 12, 0];
        let counts = [[row; 3].concat(), [other; 3].concat()];
        let mut lengths = [vec![200.0; 21], vec![100.0; 21]];
        lengths[0][14] = 0.0;
        let members = [Some(false), Some(false), Some(false), Some(true), Some(true), Some(true), None];
        let excluded = [None, Some(Exclusion::MxeJunctions), None];
        let test = test_contrast(&table(&kinds, &counts, &lengths), &members, &excluded).unwrap();
        assert_eq!(
            test.events.iter().map(|e| e.status).collect::<Vec<_>>(),
            ["ok", "mxe_junctions", "length"]
        );
        let [tested, mxe, _] = test.events.as_slice() else { panic!("three events") };
        assert!(tested.q_value.is_some_and(|q| q < 1e-5) && tested.q_value_kind == tested.q_value);
        assert_eq!((tested.row.n_case, tested.row.reads_control), (3, 137));
        assert!(mxe.row.p_value.is_none() && mxe.row.delta_psi.is_some_and(|d| d > 0.4));
    }
}
