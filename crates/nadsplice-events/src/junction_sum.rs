//! Counts of events from tables of junctions alone.
//!
//! A table does not say which reads lie over two junctions at once, so a form's count is the sum over its junctions,
//! and its length their number: each junction has about as many placements as the next. PSI is then the mean of the
//! inclusion form's junctions over the sum of both forms' means. Of a retained intron only the spliced form has a
//! junction, so nothing can be said of it.

use nadsplice_core::{ContigId, Event, Interval, JunctionCount, JunctionReads, JunctionTable, Strand};

use crate::{EventCounts, plan::FormPlan};

impl EventCounts {
    /// Whether event `k` was counted: an event that a sample's data say nothing about has no counts, not 0.
    pub fn is_counted(&self, k: usize) -> bool {
        !self.inclusion_length[k].is_nan()
    }

    fn push_uncounted(&mut self) {
        self.inclusion.push(0);
        self.skipping.push(0);
        self.inclusion_length.push(f64::NAN);
        self.skipping_length.push(f64::NAN);
    }
}

/// Adds the counts of an event. Forms that rest on other reads than those over junctions are not counted.
pub(crate) fn count(
    table: &JunctionTable,
    event: &Event,
    [inclusion, skipping]: [&FormPlan; 2],
    counts: &mut EventCounts,
) {
    if [inclusion, skipping].iter().any(|form| form.introns.is_empty() || !form.boundaries.is_empty()) {
        counts.push_uncounted();
        return;
    }
    let junctions = &table.contigs[event.contig.index()];
    let reads = |form: &FormPlan| {
        form.introns.iter().fold(0u32, |sum, &intron| sum.saturating_add(reads_over(junctions, intron)))
    };
    counts.inclusion.push(reads(inclusion));
    counts.skipping.push(reads(skipping));
    counts.inclusion_length.push(inclusion.introns.len() as f64);
    counts.skipping_length.push(skipping.introns.len() as f64);
}

fn reads_over(junctions: &[JunctionReads], intron: Interval) -> u32 {
    let found = junctions.binary_search_by_key(&(intron.start(), intron.end()), |j| (j.start, j.end));
    found.map_or(0, |at| junctions[at].reads)
}

/// A table's junctions in the form that fragments are counted in, for the pooling of junctions over a cohort. The
/// strand that the table states stands for the aligner's tags. What the table does not tell is not asked of it:
/// overhangs that it lacks, and the spread of the reads, are as large as they can be.
pub(crate) fn as_counts(
    table: &JunctionTable,
) -> impl Iterator<Item = (ContigId, impl Iterator<Item = JunctionCount> + '_)> + '_ {
    (0u32..)
        .map(ContigId)
        .zip(&table.contigs)
        .map(|(contig, junctions)| (contig, junctions.iter().map(of_table)))
}

fn of_table(j: &JunctionReads) -> JunctionCount {
    let tagged = |strand| if j.strand == Some(strand) { j.reads } else { 0 };
    JunctionCount {
        start: j.start,
        end: j.end,
        annotated: j.annotated,
        fragments: j.reads,
        alone: j.reads,
        sense_forward: 0,
        tag_forward: tagged(Strand::Forward),
        tag_reverse: tagged(Strand::Reverse),
        max_overhang: j.max_overhang.unwrap_or(u32::MAX),
        positions: MOST_POSITIONS,
    }
}

/// The largest value of [`JunctionCount::positions`].
const MOST_POSITIONS: u32 = 64;

#[cfg(test)]
mod tests {
    use nadsplice_core::{EventKind, Form, GeneId};

    use super::*;
    use crate::plan::EventPlan;

    fn event(kind: EventKind, inclusion: &[(u32, u32)], skipping: &[(u32, u32)]) -> Event {
        let form = |exons: &[(u32, u32)]| Form {
            exons: exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect(),
        };
        Event {
            kind,
            contig: ContigId(0),
            strand: Some(Strand::Forward),
            genes: vec![GeneId(0)],
            inclusion: form(inclusion),
            skipping: form(skipping),
        }
    }

    fn counted(events: &[Event]) -> EventCounts {
        let reads = |&(start, end, reads): &(u32, u32, u32)| JunctionReads {
            start,
            end,
            annotated: true,
            reads,
            strand: None,
            max_overhang: None,
        };
        let junctions = [(200, 300, 8), (200, 500, 3), (330, 500, 12)];
        let table = JunctionTable { contigs: vec![junctions.iter().map(reads).collect()] };
        let mut counts = EventCounts::default();
        for event in events {
            let plan = EventPlan::new(event);
            count(&table, event, [&plan.inclusion, &plan.skipping], &mut counts);
        }
        counts
    }

    #[test]
    fn a_form_has_the_sum_and_the_number_of_its_junctions() {
        let exons = [(100, 200), (300, 330), (500, 600)];
        let skipped = event(EventKind::Se, &exons, &[exons[0], exons[2]]);
        let unseen = event(EventKind::A3ss, &[(100, 200), (400, 600)], &[(100, 200), (450, 600)]);
        let counts = counted(&[skipped, unseen]);
        assert_eq!((&counts.inclusion[..], &counts.skipping[..]), (&[20, 0][..], &[3, 0][..]));
        assert_eq!((counts.inclusion_length[0], counts.skipping_length[0]), (2.0, 1.0));
        assert_eq!(counts.psi(0), Some(10.0 / 13.0));
        assert!(counts.is_counted(1) && counts.psi(1).is_none());
    }

    #[test]
    fn a_retained_intron_is_not_counted() {
        let counts = counted(&[event(EventKind::Ri, &[(100, 600)], &[(100, 200), (300, 600)])]);
        assert!(!counts.is_counted(0) && counts.psi(0).is_none());
        assert!(counts.skipping_length[0].is_nan());
    }
}
