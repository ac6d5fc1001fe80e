//! The tables of events, all in one go over the rows.

use std::{collections::HashMap, path::Path};

use nadsplice_diff::UNEVEN_INTRON;
use nadsplice_events::{IntronSupport, psi};
use nadsplice_table::{
    EventLead, EventRow, INCLUSION_COUNTS, INCLUSION_COUNTS_JCEC, INCLUSION_LENGTHS, INCLUSION_LENGTHS_JCEC,
    MatrixTable, MatrixWriter, PSI, PSI_HIGH, PSI_LOW, SKIPPING_COUNTS, SKIPPING_COUNTS_JCEC,
    SKIPPING_LENGTHS, SKIPPING_LENGTHS_JCEC, StoredRows, Table, TableWriter, WriteError,
};
use rayon::prelude::*;

use super::Cohort;
use crate::{
    quantification::{columns::restored, intervals::PsiIntervals},
    results_folder,
    rows::event_row,
};

/// The column `evidence` of an event that was counted in no sample.
const NO_EVIDENCE: &str = "none";
/// Values in memory at a time.
const CHUNK_VALUES: usize = 1 << 18;

/// Writes `events.tsv` and the matrices of events.
pub(super) fn write(cohort: &Cohort<'_>, outdir: &Path) -> anyhow::Result<()> {
    let catalogue = &cohort.survey.catalogue;
    let mut stored = cohort.columns.events.rows()?;
    let mut intervals = PsiIntervals::default();
    let mut events = TableWriter::<EventRow>::create(&outdir.join(EventRow::FILE))?;
    let mut matrices = matrices(cohort.columns.with_bodies)
        .into_iter()
        .map(|(table, value)| Ok(Matrix { writer: table.create(outdir, &cohort.names)?, value }))
        .collect::<Result<Vec<_>, WriteError>>()?;
    let retained: HashMap<usize, &IntronSupport> =
        cohort.survey.evenness.events().zip(&cohort.columns.introns).collect();
    let rows = (CHUNK_VALUES / cohort.names.len().max(1)).max(1);
    for first in (0..catalogue.len()).step_by(rows) {
        let chunk = first..(first + rows).min(catalogue.len());
        let mut values = Vec::with_capacity(chunk.len());
        for event in chunk.clone() {
            let chrom = cohort.annotation.contigs.name(catalogue.events[event].contig);
            let lead = EventLead { event_id: catalogue.events[event].id(chrom) };
            values.push((lead, read(cohort, &mut stored)?));
        }
        let samples = || values.iter().flat_map(|(_, samples)| samples);
        intervals.prepare(samples().filter_map(|v| v.counts.of_both()));
        for (event, (_, samples)) in chunk.zip(&values) {
            let lengths = |of: fn(&Forms) -> f64| {
                median(samples.iter().map(|v| of(&v.counts)).filter(|l| !l.is_nan()).collect())
            };
            let counted = samples.iter().any(|v| v.counts.of_both().is_some());
            let intron = retained.get(&event);
            let uneven = intron.filter(|intron| intron.is_uneven(&cohort.thresholds));
            events.write(&EventRow {
                length_inclusion: lengths(|f| f.inclusion_length),
                length_skipping: lengths(|f| f.skipping_length),
                evidence: if counted { cohort.evidence } else { NO_EVIDENCE }.to_owned(),
                intron_balance: intron.and_then(|intron| intron.balance(&cohort.thresholds)),
                flags: uneven.map(|_| UNEVEN_INTRON.to_owned()).into_iter().collect(),
                ..event_row(&catalogue.events[event], catalogue.novelty[event], cohort.annotation)
            })?;
        }
        matrices.par_iter_mut().try_for_each(|matrix| matrix.write(&values, &intervals))?;
    }
    events.finish()?;
    if !cohort.columns.with_bodies {
        for (table, _) in matrices_with_bodies() {
            results_folder::remove(outdir, table.file)?;
        }
    }
    Ok(matrices.into_iter().try_for_each(|matrix| matrix.writer.finish())?)
}

/// Counts and effective lengths of the two forms.
#[derive(Clone, Copy)]
struct Forms {
    inclusion: Option<u32>,
    skipping: Option<u32>,
    inclusion_length: f64,
    skipping_length: f64,
}

impl Forms {
    fn of_both(&self) -> Option<(u32, u32)> {
        self.inclusion.zip(self.skipping)
    }

    fn psi(&self) -> Option<f64> {
        let (inclusion, skipping) = self.of_both()?;
        psi(f64::from(inclusion), f64::from(skipping), self.inclusion_length, self.skipping_length)
    }

    fn interval(&self, intervals: &PsiIntervals) -> Option<(f64, f64)> {
        intervals.of(self.of_both()?, (self.inclusion_length, self.skipping_length))
    }
}

/// An event in a sample.
struct EventValues {
    counts: Forms,
    /// rMATS's junctions-and-bodies counts and lengths.
    with_bodies: Option<Forms>,
}

/// The next event in all samples.
fn read(cohort: &Cohort<'_>, stored: &mut StoredRows) -> anyhow::Result<Vec<EventValues>> {
    let columns = cohort.columns;
    let mut numbers = Vec::new();
    stored.read(&mut numbers)?;
    let width = if columns.with_bodies { 8 } else { 4 };
    let values = numbers.chunks_exact(width).zip(&columns.lengths).map(|(numbers, lengths)| {
        let count = |number| restored(number).and_then(|count| u32::try_from(count).ok());
        let length = |number| usize::try_from(number).ok().and_then(|n| lengths.get(n)).copied();
        let forms = |numbers: &[u64]| Forms {
            inclusion: count(numbers[0]),
            skipping: count(numbers[1]),
            inclusion_length: length(numbers[2]).unwrap_or(f64::NAN),
            skipping_length: length(numbers[3]).unwrap_or(f64::NAN),
        };
        EventValues {
            counts: forms(numbers),
            with_bodies: numbers.get(4..).filter(|n| n.len() == 4).map(forms),
        }
    });
    Ok(values.collect())
}

/// A cell of a matrix.
enum Value {
    Count(fn(&EventValues) -> Option<u32>),
    Number(fn(&EventValues, &PsiIntervals) -> Option<f64>),
}

/// A matrix under construction.
struct Matrix {
    writer: MatrixWriter<EventLead>,
    value: Value,
}

impl Matrix {
    fn write(
        &mut self,
        rows: &[(EventLead, Vec<EventValues>)],
        intervals: &PsiIntervals,
    ) -> Result<(), WriteError> {
        rows.iter().try_for_each(|(lead, samples)| match self.value {
            Value::Count(of) => self.writer.write(lead, samples.iter().map(of)),
            Value::Number(of) => self.writer.write(lead, samples.iter().map(|v| of(v, intervals))),
        })
    }
}

/// Names of the matrices of events.
pub(super) fn matrix_names(with_bodies: bool) -> impl Iterator<Item = &'static str> {
    matrices(with_bodies).into_iter().map(|(table, _)| table.file)
}

fn matrices(with_bodies: bool) -> Vec<(&'static MatrixTable<EventLead>, Value)> {
    use Value::{Count, Number};
    let mut all: Vec<(&'static MatrixTable<EventLead>, Value)> = vec![
        (&INCLUSION_COUNTS, Count(|v| v.counts.inclusion)),
        (&SKIPPING_COUNTS, Count(|v| v.counts.skipping)),
        (&INCLUSION_LENGTHS, Number(|v, _| Some(v.counts.inclusion_length))),
        (&SKIPPING_LENGTHS, Number(|v, _| Some(v.counts.skipping_length))),
        (&PSI, Number(|v, _| v.counts.psi())),
        (&PSI_LOW, Number(|v, intervals| v.counts.interval(intervals).map(|i| i.0))),
        (&PSI_HIGH, Number(|v, intervals| v.counts.interval(intervals).map(|i| i.1))),
    ];
    if with_bodies {
        all.extend(matrices_with_bodies());
    }
    all
}

fn matrices_with_bodies() -> [(&'static MatrixTable<EventLead>, Value); 4] {
    use Value::{Count, Number};
    [
        (&INCLUSION_COUNTS_JCEC, Count(|v| v.with_bodies.and_then(|b| b.inclusion))),
        (&SKIPPING_COUNTS_JCEC, Count(|v| v.with_bodies.and_then(|b| b.skipping))),
        (&INCLUSION_LENGTHS_JCEC, Number(|v, _| v.with_bodies.map(|b| b.inclusion_length))),
        (&SKIPPING_LENGTHS_JCEC, Number(|v, _| v.with_bodies.map(|b| b.skipping_length))),
    ]
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| f64::midpoint(values[(n - 1) / 2], values[n / 2]))
}
