//! Tests every event of a cohort in one contrast of two groups.

use nadsplice_core::EventKind;
use nadsplice_stats::{
    CountsError, Design, Diagnostics, EventCounts, Filters, LengthOffsets, NdsOptions, NdsResult, NdsRow,
    NdsStatus, NdsWarning, RhoPrior, length_offset, multiple_testing::benjamini_hochberg, test_events,
    test_events_quasi,
};

use crate::{
    design::{Comparison, Step},
    measures,
    permutation::{self, PermutationCheck},
    stages::{self, StageWise},
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

/// The test that p-values come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Engine {
    /// Beta-binomial likelihood ratio with shrunken overdispersion.
    #[default]
    BetaBinomial,
    /// Weighted quasi-binomial regression: a second opinion, which shares little with the first.
    QuasiBinomial,
}

impl Engine {
    /// The name on the command line and in the provenance: `nds` or `qbb`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::BetaBinomial => "nds",
            Self::QuasiBinomial => "qbb",
        }
    }

    fn test(
        self,
        counts: &EventCounts<'_>,
        design: &Design,
        options: &NdsOptions,
    ) -> Result<NdsResult, CountsError> {
        match self {
            Self::BetaBinomial => test_events(counts, design, options),
            Self::QuasiBinomial => test_events_quasi(counts, design, options),
        }
    }
}

/// Why an event is not tested although its counts might do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exclusion {
    /// A form has no effective length in some sample: no read of it could be told from the other form's.
    Length,
    /// Mutually exclusive exons without enough reads on each junction of both forms.
    MxeJunctions,
    /// A retained intron whose boundaries and body do not agree.
    UnevenIntron,
    /// Not counted in any sample of the comparison: the samples' data say nothing about such an event.
    NotCounted,
}

/// The word for a retained intron whose boundaries and body do not agree, also among the flags of an event.
pub const UNEVEN_INTRON: &str = "uneven_intron";

impl Exclusion {
    /// The word in the column `status`.
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Length => "length",
            Self::MxeJunctions => "mxe_junctions",
            Self::UnevenIntron => UNEVEN_INTRON,
            Self::NotCounted => "not_counted",
        }
    }
}

/// One event in one contrast.
#[derive(Clone, Debug, PartialEq)]
pub struct EventTest {
    /// `ok`, or why the event was not tested.
    pub status: &'static str,
    /// Estimates and test.
    pub row: NdsRow,
    /// Benjamini-Hochberg over all tested events of the contrast, in [0, 1].
    pub q_value: Option<f64>,
    /// Benjamini-Hochberg over the tested events of the same kind, in [0, 1].
    pub q_value_kind: Option<f64>,
    /// The difference shrunk towards 0 by how uncertain it is.
    pub delta_psi_shrunk: Option<f64>,
    /// The smallest difference that would have been seen with a power of 80%; 1 where none would.
    pub detectable_delta: Option<f64>,
    /// Samples that do not go with their group, as positions in the sheet.
    pub outliers: Vec<usize>,
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
    /// The test on permuted labels, where the design allows for it.
    pub permuted: Option<PermutationCheck>,
    /// What a reader should know.
    pub warnings: Vec<NdsWarning>,
}

/// A contrast cannot be tested.
#[derive(Debug, thiserror::Error)]
pub enum TestError {
    /// The counts are out of range.
    #[error("the counts cannot be tested")]
    Counts(#[from] CountsError),
}

/// Tests every event that is not excluded. Excluded events keep their row with point estimates.
///
/// # Errors
/// When the counts of an event and sample add up to more than 2^32 - 1.
pub fn test_contrast(
    table: &CountTable<'_>,
    comparison: &Comparison,
    engine: Engine,
    excluded: &[Option<Exclusion>],
) -> Result<ContrastTest, TestError> {
    let (columns, design) = (comparison.samples(), comparison.design());
    let exclusions: Vec<Option<Exclusion>> =
        (0..table.kinds.len()).map(|e| excluded[e].or_else(|| table.without_length(e, columns))).collect();
    let tested: Vec<usize> = (0..exclusions.len()).filter(|&e| exclusions[e].is_none()).collect();
    let left_out: Vec<usize> = (0..exclusions.len()).filter(|&e| exclusions[e].is_some()).collect();

    let options = NdsOptions::default();
    let result = engine.test(&table.part(&tested, columns)?, design, &options)?;
    // Nothing passes this filter, so that only point estimates come back.
    let none = NdsOptions {
        filters: Filters { min_mean_reads: f64::INFINITY, ..Filters::default() },
        prior: Some(result.prior.clone()),
        ..NdsOptions::default()
    };
    let points = engine.test(&table.part(&left_out, columns)?, design, &none)?;

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
    let noise = sample_of_noise(&rows, &q_values);
    let permuted = permutation::check(comparison, |design| {
        let result = engine.test(&table.part(&noise, columns)?, design, &options)?;
        Ok(result.rows.iter().filter_map(|r| r.p_value).collect())
    })?;
    let measured = measures::measure(table, comparison, &result.prior, &rows);
    let events = rows
        .into_iter()
        .zip(measured)
        .zip(q_values.into_iter().zip(by_kind))
        .map(|(((status, row), measured), (q_value, q_value_kind))| EventTest {
            status,
            row,
            q_value,
            q_value_kind,
            delta_psi_shrunk: measured.shrunk,
            detectable_delta: measured.detectable,
            outliers: measured.outliers,
        })
        .collect();
    Ok(ContrastTest { events, prior: result.prior, diagnostics, permuted, warnings: result.warnings })
}

/// Tests all comparisons of a step; `excluded` says for a comparison which events must not be tested.
///
/// After an omnibus test the comparisons of two levels stand only in the events that it calls at 0.05, with q-values
/// that hold the overall false discovery rate of events with any false call: Holm over the comparisons of an event,
/// times the tested over the called events (Van den Berge et al. 2017,
/// [doi:10.1186/s13059-017-1277-0](https://doi.org/10.1186/s13059-017-1277-0)). Other events keep their point estimates
/// and have the status `omnibus`.
///
/// # Errors
/// As [`test_contrast`].
pub fn test_step(
    table: &CountTable<'_>,
    step: &Step,
    engine: Engine,
    excluded: impl Fn(&Comparison) -> Vec<Option<Exclusion>>,
) -> Result<Vec<ContrastTest>, TestError> {
    let mut tests = step
        .comparisons()
        .map(|comparison| test_contrast(table, comparison, engine, &excluded(comparison)))
        .collect::<Result<Vec<_>, _>>()?;
    if let [omnibus, pairs @ ..] = tests.as_mut_slice() {
        confirm(omnibus, pairs);
    }
    Ok(tests)
}

fn confirm(omnibus: &ContrastTest, pairs: &mut [ContrastTest]) {
    let omnibus: Vec<Option<f64>> = omnibus.events.iter().map(|e| e.q_value).collect();
    let p_values: Vec<Vec<Option<f64>>> =
        pairs.iter().map(|pair| pair.events.iter().map(|e| e.row.p_value).collect()).collect();
    let StageWise { called, q_values } = StageWise::new(&omnibus, &p_values);
    for (pair, q_values) in pairs.iter_mut().zip(q_values) {
        for ((test, q_value), &called) in pair.events.iter_mut().zip(q_values).zip(&called) {
            test.q_value_kind = None;
            test.q_value = q_value;
            if !called && is_tested(test.status) {
                test.status = NOT_CALLED;
                test.row = test.row.without_test();
                test.delta_psi_shrunk = None;
            }
        }
    }
}

/// The status of an event that was not compared level by level since the omnibus test did not call it.
pub(crate) const NOT_CALLED: &str = "omnibus";

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

/// Some of the tested events, without those that are called: true differences are no noise.
fn sample_of_noise(rows: &[(&'static str, NdsRow)], q_values: &[Option<f64>]) -> Vec<usize> {
    let quiet = |e: &usize| rows[*e].1.p_value.is_some() && q_values[*e].is_some_and(|q| q >= stages::LEVEL);
    let events: Vec<usize> = (0..rows.len()).filter(quiet).collect();
    let stride = events.len().div_ceil(permutation::MAX_EVENTS).max(1);
    events.into_iter().step_by(stride).collect()
}

impl CountTable<'_> {
    /// `ln(inclusion length / skipping length)` of an event in a sample; 0 where it cannot be told.
    pub(crate) fn offset(&self, event: usize, sample: usize) -> f64 {
        let at = event * self.samples + sample;
        // Forms without a length are never tested; their point estimate is that of the counts.
        length_offset(self.inclusion_length[at], self.skipping_length[at])
    }

    /// Reads of the inclusion form and of both forms.
    pub(crate) fn reads(&self, event: usize, sample: usize) -> (u32, u32) {
        let at = event * self.samples + sample;
        (self.inclusion[at], self.inclusion[at].saturating_add(self.skipping[at]))
    }

    /// Whether both forms have an effective length.
    pub(crate) fn has_lengths(&self, event: usize, sample: usize) -> bool {
        let at = event * self.samples + sample;
        [self.inclusion_length[at], self.skipping_length[at]].into_iter().all(|l| l > 0.0)
    }

    fn without_length(&self, event: usize, columns: &[usize]) -> Option<Exclusion> {
        columns.iter().any(|&s| !self.has_lengths(event, s)).then_some(Exclusion::Length)
    }

    /// Some events and samples, as they are tested.
    fn part<'p>(&'p self, events: &'p [usize], columns: &'p [usize]) -> Result<EventCounts<'p>, CountsError> {
        let lengths =
            LengthOffsets::OfLengths { inclusion: self.inclusion_length, skipping: self.skipping_length };
        EventCounts::part(self.samples, self.inclusion, self.skipping, lengths, events, columns)
    }
}

/// Whether an event was tested.
pub fn is_tested(status: &str) -> bool {
    status == NdsStatus::Ok.as_str()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{Contrast, Inputs, Model, Plan, SampleSheet};

    fn plan(text: &str, contrasts: &[&str], terms: &[&str]) -> Plan {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("sheet.tsv");
        std::fs::write(&path, text).unwrap();
        let sheet = SampleSheet::read(&path, Inputs::Ignored).unwrap();
        let contrasts: Vec<Contrast> =
            contrasts.iter().map(|text| Contrast::parse(text, &sheet).unwrap()).collect();
        let terms: Vec<String> = terms.iter().map(|&t| t.to_owned()).collect();
        Plan::new(&contrasts, &terms, &Model::default(), &sheet).unwrap()
    }

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
        let sheet = "sample\tg\na\t0\nb\t0\nc\t0\nd\t1\ne\t1\nf\t1\nx\tNA\n";
        let plan = plan(sheet, &["g:1:0"], &[]);
        let [Step::Contrast(comparison)] = plan.steps() else { panic!("one contrast") };
        let excluded = [None, Some(Exclusion::MxeJunctions), None];
        let test = test_contrast(&table(&kinds, &counts, &lengths), comparison, Engine::default(), &excluded)
            .unwrap();
        assert_eq!(
            test.events.iter().map(|e| e.status).collect::<Vec<_>>(),
            ["ok", "mxe_junctions", "length"]
        );
        let [tested, mxe, _] = test.events.as_slice() else { panic!("three events") };
        assert!(tested.q_value.is_some_and(|q| q < 1e-5) && tested.q_value_kind == tested.q_value);
        assert_eq!((tested.row.n_case, tested.row.reads_control), (3, 137));
        assert!(mxe.row.p_value.is_none() && mxe.row.delta_psi.is_some_and(|d| d > 0.4));
    }
    #[test]
    fn groups_are_told_apart_only_in_events_that_the_omnibus_test_calls() {
        let plan = plan("sample\tg\na\tx\nb\tx\nc\ty\nd\ty\ne\tz\nf\tz\nh\tz\n", &[], &["g"]);
        let step = &plan.steps()[0];
        let labels: Vec<&str> = step.comparisons().map(Comparison::label).collect();
        assert_eq!(labels, ["g", "g:y:x", "g:z:x", "g:z:y"]);
        let kinds = [EventKind::Se; 2];
        let counts = [
            [[10, 12, 11, 9, 60, 55, 58], [30, 32, 29, 31, 30, 28, 33]].concat(),
            [[50, 48, 49, 51, 5, 4, 6], [30, 28, 31, 29, 30, 32, 27]].concat(),
        ];
        let lengths = [vec![100.0; 14], vec![100.0; 14]];
        let tests =
            test_step(&table(&kinds, &counts, &lengths), step, Engine::default(), |_| vec![None; 2]).unwrap();
        let statuses: Vec<[&str; 2]> =
            tests.iter().map(|t| [t.events[0].status, t.events[1].status]).collect();
        assert_eq!(statuses, [["ok", "ok"], ["ok", "omnibus"], ["ok", "omnibus"], ["ok", "omnibus"]]);
        let [omnibus, same, other, _] = tests.as_slice() else { panic!("four tests") };
        assert!(omnibus.events[0].row.delta_psi.is_none() && omnibus.events[0].q_value.unwrap() < 0.01);
        assert!(same.events[0].q_value.unwrap() > 0.5 && other.events[0].q_value.unwrap() < 0.01);
        // Two events tested, one called, three comparisons: Holm's largest factor is 3, times 2.
        let [p, q] = [other.events[0].row.p_value.unwrap(), other.events[0].q_value.unwrap()];
        assert!(q >= 2.0 * p && q <= 6.0 * p);
        assert!(other.events[0].row.delta_psi.unwrap() > 0.6 && other.events[1].row.p_value.is_none());
        assert!(other.events[1].row.delta_psi.is_some());
    }
}
