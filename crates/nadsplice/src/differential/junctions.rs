//! What the single junctions of an event say, beyond the counts of its forms.

use std::{collections::HashMap, path::Path};

use nadsplice_core::{EventKind, Interval};
use nadsplice_diff::{Plan, Step};
use nadsplice_table::{EventRow, JUNCTIONS, JunctionLead, SampleColumns};

/// Reads that each junction of mutually exclusive exons needs, and in how many samples of the comparison.
const MIN_READS: u32 = 5;
const MIN_SAMPLES: usize = 2;

/// The junctions of a cohort's events in the comparisons of a plan.
pub(super) struct JunctionSupport {
    /// The samples of the comparisons, as [`nadsplice_diff::Comparison::members`], each once.
    groups: Vec<Vec<Option<bool>>>,
    /// Junctions x groups.
    support: Vec<Support>,
    /// For each event its inclusion junctions, then its skipping junctions.
    events: Vec<[Vec<usize>; 2]>,
}

/// What a junction has in the samples of a comparison; nothing where no sample has the junction.
#[derive(Clone, Copy, Default)]
struct Support {
    reads: u64,
    /// Samples with [`MIN_READS`].
    samples: usize,
}

impl JunctionSupport {
    /// Reads `junctions.tsv`, where it is there and the events name their junctions.
    pub(super) fn read(
        quant: &Path,
        events: &[EventRow],
        samples: &[String],
        plan: &Plan,
    ) -> anyhow::Result<Option<Self>> {
        if !quant.join(JUNCTIONS.file).exists() || events.iter().all(|e| e.skipping_junctions.is_empty()) {
            return Ok(None);
        }
        let mut groups: Vec<Vec<Option<bool>>> = Vec::new();
        for comparison in plan.steps().iter().flat_map(Step::comparisons) {
            if !groups.iter().any(|group| group == comparison.members()) {
                groups.push(comparison.members().to_vec());
            }
        }
        let mut numbers = HashMap::new();
        let of_events = events
            .iter()
            .map(|e| {
                // A retained intron's inclusion form has boundaries, not junctions.
                let inclusion = if e.kind == EventKind::Ri { &[] } else { e.inclusion_junctions.as_slice() };
                [number(&mut numbers, e, inclusion), number(&mut numbers, e, &e.skipping_junctions)]
            })
            .collect();
        let number_of = |j: &JunctionLead| numbers.get(&(j.chrom.as_str(), j.start0, j.end)).copied();
        let mut support = vec![Support::default(); numbers.len() * groups.len()];
        let is_wanted = |j: &JunctionLead| number_of(j).is_some();
        JUNCTIONS.for_each_row::<u32>(quant, SampleColumns::Named(samples), is_wanted, |junction, row| {
            let Some(number) = number_of(&junction) else { return };
            for (support, group) in support[number * groups.len()..].iter_mut().zip(&groups) {
                *support = Support::of(row, group);
            }
        })?;
        Ok(Some(Self { groups, support, events: of_events }))
    }

    /// The junctions in a comparison of the plan with these members.
    pub(super) fn among(&self, members: &[Option<bool>]) -> JunctionsAmong<'_> {
        let group = self.groups.iter().position(|group| group == members);
        let Some(group) = group else { unreachable!("all comparisons are of the plan") };
        JunctionsAmong { all: self, group }
    }
}

/// The numbers of an event's junctions; new ones get the next.
fn number<'e>(
    numbers: &mut HashMap<(&'e str, u32, u32), usize>,
    event: &'e EventRow,
    introns: &[Interval],
) -> Vec<usize> {
    let mut number_of = |intron: &Interval| {
        let next = numbers.len();
        *numbers.entry((event.chrom.as_str(), intron.start(), intron.end())).or_insert(next)
    };
    introns.iter().map(&mut number_of).collect()
}

impl Support {
    fn of(row: &[Option<u32>], members: &[Option<bool>]) -> Self {
        let counts = row.iter().zip(members).filter(|(_, m)| m.is_some()).map(|(n, _)| n.unwrap_or(0));
        counts.fold(Self::default(), |sum, n| Self {
            reads: sum.reads + u64::from(n),
            samples: sum.samples + usize::from(n >= MIN_READS),
        })
    }
}

/// The junctions of a cohort's events in one comparison.
#[derive(Clone, Copy)]
pub(super) struct JunctionsAmong<'a> {
    all: &'a JunctionSupport,
    group: usize,
}

impl JunctionsAmong<'_> {
    fn support(self, junction: usize) -> Support {
        self.all.support[junction * self.all.groups.len() + self.group]
    }

    /// Whether each junction of both forms has its reads in enough samples.
    pub(super) fn hold(self, event: usize) -> bool {
        self.all.events[event].iter().flatten().all(|&junction| self.support(junction).samples >= MIN_SAMPLES)
    }

    /// Reads of the weakest junction of the inclusion form over those of the strongest, in [0, 1]; nothing where the
    /// form has one junction or no reads.
    pub(super) fn balance(self, event: usize) -> Option<f64> {
        let junctions = &self.all.events[event][0];
        if junctions.len() < 2 {
            return None;
        }
        let totals: Vec<u64> = junctions.iter().map(|&junction| self.support(junction).reads).collect();
        let (least, most) = (*totals.iter().min()?, *totals.iter().max()?);
        (most > 0).then(|| least as f64 / most as f64)
    }
}
