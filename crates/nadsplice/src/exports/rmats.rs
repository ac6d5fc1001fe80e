//! rMATS's result tables from nadsplice's.
//!
//! Sample 1 is the case group and sample 2 the control group, so that `IncLevelDifference` is the case minus the
//! control as `delta_psi` is. `PValue` and `FDR` are nadsplice's own.

use std::{collections::HashMap, io::Write, path::Path};

use anyhow::{Context, bail};
use nadsplice_core::{ContigId, Event, EventKind, Form};
use nadsplice_diff::{Inputs, SampleSheet};
use nadsplice_events::{psi, rmats_columns, rmats_contig, rmats_coordinates};
use nadsplice_table::{
    EventLead, EventRow, INCLUSION_COUNTS, INCLUSION_COUNTS_JCEC, INCLUSION_LENGTHS, INCLUSION_LENGTHS_JCEC,
    Matrix, MatrixTable, OutputFile, SAMPLES_FILE, SKIPPING_COUNTS, SKIPPING_COUNTS_JCEC, SKIPPING_LENGTHS,
    SKIPPING_LENGTHS_JCEC, SampleColumns, Table, read_events,
};

use super::{chosen_contrast, differential_rows};
use crate::{compared, messages::Messages, rows::rmats_lead};

/// What to export.
pub(crate) struct RmatsExport<'a> {
    pub(crate) results: &'a Path,
    pub(crate) contrast: Option<&'a str>,
    pub(crate) filtered: bool,
    pub(crate) output: &'a Path,
    pub(crate) messages: Messages,
}

/// The samples of rMATS's two groups, by their column in the matrices.
struct Groups {
    samples: Vec<String>,
    first: usize,
}

/// Counts and lengths of one of rMATS's two rules.
struct Values {
    inclusion: Matrix<EventLead, u32>,
    skipping: Matrix<EventLead, u32>,
    inclusion_lengths: Matrix<EventLead, f64>,
    skipping_lengths: Matrix<EventLead, f64>,
}

/// Writes the five JC tables, and the five JCEC ones where the results have their counts.
pub(crate) fn export(request: &RmatsExport<'_>) -> anyhow::Result<()> {
    let events = read_events(request.results)?;
    let (groups, tests) = groups(request)?;
    let ids: Vec<&str> = events.iter().map(|e| e.event_id.as_str()).collect();
    let junctions = [&INCLUSION_COUNTS, &SKIPPING_COUNTS, &INCLUSION_LENGTHS, &SKIPPING_LENGTHS];
    let bodies =
        [&INCLUSION_COUNTS_JCEC, &SKIPPING_COUNTS_JCEC, &INCLUSION_LENGTHS_JCEC, &SKIPPING_LENGTHS_JCEC];
    for (rule, tables) in [("JC", junctions), ("JCEC", bodies)] {
        if rule == "JCEC" && !request.results.join(INCLUSION_COUNTS_JCEC.file).exists() {
            request.messages.warn(
                "only the JC tables are written: the results have no junctions-and-bodies counts\n\
                 hint: `nadsplice run --counting rmats` keeps them",
            );
            break;
        }
        let values = Values::read(request.results, tables, &ids, &groups)?;
        for kind in EventKind::ALL {
            if let Some(columns) = rmats_columns(kind) {
                let path = request.output.join(format!("{kind}.MATS.{rule}.txt"));
                write_kind(request, kind, columns, &events, &values, &groups, &tests, &path)?;
            }
        }
    }
    Ok(())
}

/// p and q of the exported contrast by event.
type Tests = HashMap<String, (Option<f64>, Option<f64>)>;

fn groups(request: &RmatsExport<'_>) -> anyhow::Result<(Groups, Tests)> {
    let sheet = SampleSheet::read(&request.results.join(SAMPLES_FILE), Inputs::Ignored)?;
    let rows = differential_rows(request.results)?;
    let wanted = chosen_contrast(&rows, request.contrast)?;
    let samples: Vec<String> = sheet.samples().iter().map(|s| s.name.clone()).collect();
    let Some(wanted) = wanted else {
        return Ok((Groups { first: samples.len(), samples }, Tests::new()));
    };
    let compared = compared::read(request.results, &samples, [wanted.as_str()])?;
    let Some(members) = compared.members(&wanted) else {
        bail!("contrast `{wanted}` does not compare two groups, as rMATS's tables do");
    };
    let of = |case: bool| {
        let chosen = samples.iter().zip(&members).filter(move |(_, m)| **m == Some(case));
        chosen.map(|(name, _)| name.clone()).collect::<Vec<_>>()
    };
    let (cases, controls) = (of(true), of(false));
    let first = cases.len();
    let tests = rows
        .into_iter()
        .filter(|r| r.contrast == wanted)
        .map(|r| (r.event_id, (r.p_value, r.q_value)))
        .collect();
    Ok((Groups { samples: [cases, controls].concat(), first }, tests))
}

impl Values {
    fn read(
        results: &Path,
        [inclusion, skipping, inclusion_lengths, skipping_lengths]: [&MatrixTable<EventLead>; 4],
        ids: &[&str],
        groups: &Groups,
    ) -> anyhow::Result<Self> {
        let columns = SampleColumns::Named(&groups.samples);
        Ok(Self {
            inclusion: inclusion.read(results, columns)?.for_events(ids)?,
            skipping: skipping.read(results, columns)?.for_events(ids)?,
            inclusion_lengths: inclusion_lengths.read(results, columns)?.for_events(ids)?,
            skipping_lengths: skipping_lengths.read(results, columns)?.for_events(ids)?,
        })
    }
}

#[allow(clippy::too_many_arguments, reason = "one table is made of all of these")]
fn write_kind(
    request: &RmatsExport<'_>,
    kind: EventKind,
    columns: &[&str],
    events: &[EventRow],
    values: &Values,
    groups: &Groups,
    tests: &Tests,
    path: &Path,
) -> anyhow::Result<()> {
    let mut file = OutputFile::create(path)?;
    writeln!(
        file,
        "ID\tGeneID\tgeneSymbol\tchr\tstrand\t{}\tID\tIJC_SAMPLE_1\tSJC_SAMPLE_1\tIJC_SAMPLE_2\tSJC_SAMPLE_2\t\
         IncFormLen\tSkipFormLen\tPValue\tFDR\tIncLevel1\tIncLevel2\tIncLevelDifference",
        columns.join("\t")
    )?;
    let of_kind = events.iter().enumerate().filter(|(_, e)| e.kind == kind);
    for (id, (k, event)) in of_kind.enumerate() {
        let row = Row::new(values, k, groups);
        if request.filtered && !row.passes(groups.first) {
            continue;
        }
        let coordinates = coordinates(event)
            .with_context(|| format!("`{}` has no exons in {}", event.event_id, EventRow::FILE))?;
        let gene_id = event.gene_id.first().map_or("NA", String::as_str);
        let unnamed = event.unnamed_genes.iter().any(|id| id == gene_id);
        let gene_name = event.gene_name.first().map(String::as_str).filter(|_| !unnamed);
        let lead = rmats_lead(gene_id, gene_name, &rmats_contig(&event.chrom), event.strand, &coordinates);
        let (p, q) = tests.get(&event.event_id).copied().unwrap_or_default();
        let number = |v: Option<f64>| v.map_or_else(|| "NA".to_owned(), |v| v.to_string());
        writeln!(
            file,
            "{id}\t{lead}\t{id}\t{}\t{}\t{}\t{}",
            row.counts(groups.first),
            number(p),
            number(q),
            row.levels(groups.first)
        )?;
    }
    Ok(file.finish()?)
}

/// rMATS's coordinate columns, from the exons of the row.
fn coordinates(row: &EventRow) -> Option<Vec<String>> {
    let event = Event {
        kind: row.kind,
        contig: ContigId(0),
        strand: row.strand,
        genes: Vec::new(),
        inclusion: Form { exons: row.inclusion_exons.clone() },
        skipping: Form { exons: row.skipping_exons.clone() },
    };
    Some(rmats_coordinates(&event)?.iter().map(ToString::to_string).collect())
}

/// One event in all exported samples.
struct Row {
    inclusion: Vec<u32>,
    skipping: Vec<u32>,
    inclusion_length: f64,
    skipping_length: f64,
    /// `IncLevel` of each sample, rounded as rMATS rounds it.
    levels: Vec<Option<f64>>,
}

impl Row {
    fn new(values: &Values, k: usize, groups: &Groups) -> Self {
        let zero = |row: &[Option<u32>]| row.iter().map(|v| v.unwrap_or(0)).collect::<Vec<_>>();
        let (inclusion, skipping) = (zero(values.inclusion.row(k)), zero(values.skipping.row(k)));
        let lengths =
            |m: &Matrix<EventLead, f64>| m.row(k).iter().map(|v| v.unwrap_or(0.0)).collect::<Vec<_>>();
        let (li, ls) = (lengths(&values.inclusion_lengths), lengths(&values.skipping_lengths));
        let levels = (0..groups.samples.len())
            .map(|s| psi(f64::from(inclusion[s]), f64::from(skipping[s]), li[s], ls[s]).map(round3))
            .collect();
        let mean = |v: &[f64]| if v.is_empty() { 0.0 } else { v.iter().sum::<f64>() / v.len() as f64 };
        Self { inclusion_length: mean(&li), skipping_length: mean(&ls), inclusion, skipping, levels }
    }

    /// rMATS's filter: reads in both groups, both forms seen, both lengths above 0.
    fn passes(&self, first: usize) -> bool {
        let total = |range: std::ops::Range<usize>| -> u64 {
            range.map(|s| u64::from(self.inclusion[s]) + u64::from(self.skipping[s])).sum()
        };
        total(0..first) > 0
            && (first == self.inclusion.len() || total(first..self.inclusion.len()) > 0)
            && self.inclusion.iter().any(|&n| n > 0)
            && self.skipping.iter().any(|&n| n > 0)
            && self.inclusion_length > 0.0
            && self.skipping_length > 0.0
    }

    fn counts(&self, first: usize) -> String {
        let join = |v: &[u32]| v.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
        format!(
            "{}\t{}\t{}\t{}\t{}\t{}",
            join(&self.inclusion[..first]),
            join(&self.skipping[..first]),
            join(&self.inclusion[first..]),
            join(&self.skipping[first..]),
            length(self.inclusion_length),
            length(self.skipping_length),
        )
    }

    fn levels(&self, first: usize) -> String {
        let join = |v: &[Option<f64>]| v.iter().map(|&l| python(l)).collect::<Vec<_>>().join(",");
        let mean = |v: &[Option<f64>]| {
            let known: Vec<f64> = v.iter().copied().flatten().collect();
            (!known.is_empty()).then(|| known.iter().sum::<f64>() / known.len() as f64)
        };
        let (one, two) = self.levels.split_at(first);
        let difference = mean(one).zip(mean(two)).map(|(a, b)| round3(a - b));
        format!("{}\t{}\t{}", join(one), join(two), python(difference))
    }
}

/// A length, which for rMATS's reads is a whole number.
fn length(value: f64) -> String {
    round3(value).to_string()
}

/// Python's `round(x, 3)`.
fn round3(value: f64) -> f64 {
    format!("{value:.3}").parse().unwrap_or(value)
}

/// Python's `str` of a number that has at most three decimals, and rMATS's word for none.
fn python(value: Option<f64>) -> String {
    match value {
        Some(0.0) => "0.0".to_owned(),
        Some(v) => format!("{v:?}"),
        None => "NA".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn levels_are_written_as_python_writes_them() {
        for (value, expected) in
            [(1.0, "1.0"), (1.0 / 3.0, "0.333"), (0.0625, "0.062"), (0.0, "0.0"), (0.98, "0.98")]
        {
            assert_eq!(python(Some(round3(value))), expected);
        }
        assert_eq!(python(None), "NA");
    }
}
