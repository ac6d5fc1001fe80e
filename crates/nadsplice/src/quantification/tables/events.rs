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
    quantification::{
        columns::{Columns, restored},
        intervals::{Ends, ShareIntervals, of_psi},
    },
    results_folder,
    rows::event_row,
};

/// The column `evidence` of an event that was counted in no sample.
const NO_EVIDENCE: &str = "none";
/// Values of a chunk. Two chunks are in memory: one is read while the other is written.
const CHUNK_VALUES: usize = 1 << 17;

/// Writes `events.tsv` and the matrices of events.
pub(super) fn write(cohort: &Cohort<'_>, outdir: &Path) -> anyhow::Result<()> {
    let mut chunks = Chunks {
        cohort,
        stored: cohort.columns.events.rows()?,
        intervals: ShareIntervals::default(),
        next: 0,
    };
    let mut tables = Tables {
        cohort,
        events: TableWriter::<EventRow>::create(&outdir.join(EventRow::FILE))?,
        matrices: matrices(cohort.columns.with_bodies)
            .into_iter()
            .map(|(table, value)| Ok(Matrix { writer: table.create(outdir, &cohort.names)?, value }))
            .collect::<Result<_, WriteError>>()?,
        retained: cohort.survey.evenness.events().zip(&cohort.columns.introns).collect(),
    };
    let mut chunk = chunks.read()?;
    while let Some(read) = chunk {
        let (next, written) = rayon::join(|| chunks.read(), || tables.write(&read));
        written?;
        chunk = next?;
    }
    tables.finish()?;
    if !cohort.columns.with_bodies {
        for (table, _) in matrices_with_bodies() {
            results_folder::remove(outdir, table.file)?;
        }
    }
    Ok(())
}

/// Events that follow each other in the catalogue, in all samples.
struct Chunk {
    /// Position of the first one.
    first: usize,
    rows: Vec<(EventLead, Vec<EventValues>)>,
}

/// Reads the chunks one after the other.
struct Chunks<'a> {
    cohort: &'a Cohort<'a>,
    stored: StoredRows,
    intervals: ShareIntervals,
    next: usize,
}

impl Chunks<'_> {
    /// The next one, if there is one.
    fn read(&mut self) -> anyhow::Result<Option<Chunk>> {
        let Cohort { annotation, survey, names, columns, .. } = self.cohort;
        let events = &survey.catalogue.events[self.next..];
        if events.is_empty() {
            return Ok(None);
        }
        let length = (CHUNK_VALUES / names.len().max(1)).clamp(1, events.len());
        let mut rows = Vec::with_capacity(length);
        let mut numbers = Vec::new();
        for event in &events[..length] {
            numbers.clear();
            self.stored.read(&mut numbers)?;
            let lead = EventLead { event_id: event.id(annotation.contigs.name(event.contig)) };
            rows.push((lead, event_values(columns, &numbers)));
        }
        let both = rows.iter().flat_map(|(_, samples)| samples).filter_map(|v| v.counts.of_both());
        self.intervals.prepare(both);
        for value in rows.iter_mut().flat_map(|(_, samples)| samples) {
            value.share = value.counts.of_both().and_then(|counts| self.intervals.of(counts));
        }
        let first = self.next;
        self.next += length;
        Ok(Some(Chunk { first, rows }))
    }
}

/// The tables under construction.
struct Tables<'a> {
    cohort: &'a Cohort<'a>,
    events: TableWriter<EventRow>,
    matrices: Vec<Matrix>,
    /// By the positions of their events.
    retained: HashMap<usize, &'a IntronSupport>,
}

impl Tables<'_> {
    fn write(&mut self, chunk: &Chunk) -> Result<(), WriteError> {
        let Self { cohort, events, matrices, retained } = self;
        let (first, second) = rayon::join(
            || {
                let mut rows = (chunk.first..).zip(&chunk.rows);
                rows.try_for_each(|(event, (_, samples))| {
                    events.write(&leading_row(cohort, event, samples, retained.get(&event).copied()))
                })
            },
            || matrices.par_iter_mut().try_for_each(|matrix| matrix.write(&chunk.rows)),
        );
        first.and(second)
    }

    fn finish(self) -> Result<(), WriteError> {
        self.events.finish()?;
        self.matrices.into_iter().try_for_each(|matrix| matrix.writer.finish())
    }
}

/// The row of `events.tsv`.
fn leading_row(
    cohort: &Cohort<'_>,
    event: usize,
    samples: &[EventValues],
    intron: Option<&IntronSupport>,
) -> EventRow {
    let catalogue = &cohort.survey.catalogue;
    let lengths = |of: fn(&Forms) -> f64| {
        median(samples.iter().map(|v| of(&v.counts)).filter(|l| !l.is_nan()).collect())
    };
    let counted = samples.iter().any(|v| v.counts.of_both().is_some());
    let uneven = intron.filter(|intron| intron.is_uneven(&cohort.thresholds));
    EventRow {
        length_inclusion: lengths(|f| f.inclusion_length),
        length_skipping: lengths(|f| f.skipping_length),
        evidence: if counted { cohort.evidence } else { NO_EVIDENCE }.to_owned(),
        intron_balance: intron.and_then(|intron| intron.balance(&cohort.thresholds)),
        flags: uneven.map(|_| UNEVEN_INTRON.to_owned()).into_iter().collect(),
        ..event_row(&catalogue.events[event], catalogue.novelty[event], cohort.annotation)
    }
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
}

/// An event in a sample.
struct EventValues {
    counts: Forms,
    /// Interval of the share of inclusion reads.
    share: Option<Ends>,
    /// rMATS's junctions-and-bodies counts and lengths.
    with_bodies: Option<Forms>,
}

impl EventValues {
    fn interval(&self) -> Option<Ends> {
        of_psi(self.share?, (self.counts.inclusion_length, self.counts.skipping_length))
    }
}

/// An event in all samples, from the numbers of its row but for the intervals.
fn event_values(columns: &Columns, numbers: &[u64]) -> Vec<EventValues> {
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
            share: None,
            with_bodies: numbers.get(4..).filter(|n| n.len() == 4).map(forms),
        }
    });
    values.collect()
}

/// A cell of a matrix.
enum Value {
    Count(fn(&EventValues) -> Option<u32>),
    Number(fn(&EventValues) -> Option<f64>),
}

/// A matrix under construction.
struct Matrix {
    writer: MatrixWriter<EventLead>,
    value: Value,
}

impl Matrix {
    fn write(&mut self, rows: &[(EventLead, Vec<EventValues>)]) -> Result<(), WriteError> {
        rows.iter().try_for_each(|(lead, samples)| match self.value {
            Value::Count(of) => self.writer.write(lead, samples.iter().map(of)),
            Value::Number(of) => self.writer.write(lead, samples.iter().map(of)),
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
        (&INCLUSION_LENGTHS, Number(|v| Some(v.counts.inclusion_length))),
        (&SKIPPING_LENGTHS, Number(|v| Some(v.counts.skipping_length))),
        (&PSI, Number(|v| v.counts.psi())),
        (&PSI_LOW, Number(|v| v.interval().map(|i| i.0))),
        (&PSI_HIGH, Number(|v| v.interval().map(|i| i.1))),
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
        (&INCLUSION_LENGTHS_JCEC, Number(|v| v.with_bodies.map(|b| b.inclusion_length))),
        (&SKIPPING_LENGTHS_JCEC, Number(|v| v.with_bodies.map(|b| b.skipping_length))),
    ]
}

fn median(mut values: Vec<f64>) -> Option<f64> {
    values.sort_unstable_by(f64::total_cmp);
    let n = values.len();
    (n > 0).then(|| f64::midpoint(values[(n - 1) / 2], values[n / 2]))
}
