//! What the single junctions of an event say, beyond the counts of its forms.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use nadsplice_core::{EventKind, Interval};
use nadsplice_table::{EventRow, JUNCTIONS, JunctionLead, Matrix, SampleColumns};

/// Reads that each junction of mutually exclusive exons needs, and in how many samples of the contrast.
#[derive(Clone, Copy, Debug)]
pub(super) struct MxeRule {
    pub(super) min_reads: u32,
    pub(super) min_samples: usize,
}

impl Default for MxeRule {
    fn default() -> Self {
        Self { min_reads: 5, min_samples: 2 }
    }
}

/// The junction counts of a cohort, by event.
pub(super) struct JunctionSupport {
    counts: Matrix<JunctionLead, u32>,
    /// For each event the rows of its inclusion junctions, then of its skipping junctions; `None` for a junction that
    /// no sample has.
    events: Vec<[Vec<Option<usize>>; 2]>,
}

impl JunctionSupport {
    /// Reads `junctions.tsv`, where it is there and the events name their junctions.
    pub(super) fn read(
        quant: &Path,
        events: &[EventRow],
        samples: &[String],
    ) -> anyhow::Result<Option<Self>> {
        if !quant.join(JUNCTIONS.file).exists() || events.iter().all(|e| e.skipping_junctions.is_empty()) {
            return Ok(None);
        }
        let of_events: HashSet<(&str, u32, u32)> = events
            .iter()
            .flat_map(|event| {
                let introns = [&event.inclusion_junctions, &event.skipping_junctions].into_iter().flatten();
                introns.map(|intron| (event.chrom.as_str(), intron.start(), intron.end()))
            })
            .collect();
        let is_wanted = |j: &JunctionLead| of_events.contains(&(j.chrom.as_str(), j.start0, j.end));
        let counts: Matrix<JunctionLead, u32> =
            JUNCTIONS.read_where(quant, SampleColumns::Named(samples), is_wanted)?;
        let rows: HashMap<(&str, u32, u32), usize> = counts
            .leads()
            .iter()
            .enumerate()
            .map(|(k, j)| ((j.chrom.as_str(), j.start0, j.end), k))
            .collect();
        let find = |event: &EventRow, introns: &[Interval]| -> Vec<Option<usize>> {
            introns.iter().map(|i| rows.get(&(event.chrom.as_str(), i.start(), i.end())).copied()).collect()
        };
        let by_event = events
            .iter()
            .map(|e| {
                // A retained intron's inclusion form has boundaries, not junctions.
                let inclusion = if e.kind == EventKind::Ri { &[] } else { e.inclusion_junctions.as_slice() };
                [find(e, inclusion), find(e, &e.skipping_junctions)]
            })
            .collect();
        Ok(Some(Self { events: by_event, counts }))
    }

    /// Whether each junction of both forms has its reads in enough samples of the contrast.
    pub(super) fn holds(&self, event: usize, rule: MxeRule, members: &[Option<bool>]) -> bool {
        self.events[event].iter().flatten().all(|row| {
            row.is_some_and(|row| {
                let counts = self.counts.row(row).iter().zip(members);
                let enough = counts.filter(|(n, m)| m.is_some() && n.unwrap_or(0) >= rule.min_reads);
                enough.count() >= rule.min_samples
            })
        })
    }

    /// Reads of the weakest junction of the inclusion form over those of the strongest, in [0, 1]; nothing where the
    /// form has one junction or no reads.
    pub(super) fn balance(&self, event: usize, members: &[Option<bool>]) -> Option<f64> {
        let junctions = &self.events[event][0];
        if junctions.len() < 2 {
            return None;
        }
        let total = |row: &Option<usize>| -> u64 {
            row.map_or(0, |row| {
                let counts = self.counts.row(row).iter().zip(members);
                counts.filter(|(_, m)| m.is_some()).map(|(n, _)| u64::from(n.unwrap_or(0))).sum()
            })
        };
        let totals: Vec<u64> = junctions.iter().map(total).collect();
        let (least, most) = (*totals.iter().min()?, *totals.iter().max()?);
        (most > 0).then(|| least as f64 / most as f64)
    }
}
