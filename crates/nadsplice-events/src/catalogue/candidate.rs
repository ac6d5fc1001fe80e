//! Events as the detectors find them, and how two findings of the same event become one.

use std::cmp::Reverse;

use nadsplice_core::{Event, EventKind, Form, Gene, GeneId, Interval, Strand};

/// An event of one gene.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Candidate {
    kind: EventKind,
    inclusion: Form,
    skipping: Form,
}

impl Candidate {
    /// The exons of each form are those of the table at [`Event`].
    pub(crate) fn new(kind: EventKind, inclusion: Vec<Interval>, skipping: Vec<Interval>) -> Self {
        Self { kind, inclusion: Form { exons: inclusion }, skipping: Form { exons: skipping } }
    }

    /// The event in its gene.
    pub(crate) fn into_event(self, id: GeneId, gene: &Gene) -> Event {
        Event {
            kind: self.kind,
            contig: gene.contig,
            strand: gene.strand,
            genes: vec![id],
            inclusion: self.inclusion,
            skipping: self.skipping,
        }
    }
}

/// The coordinates that identify an event of a given kind: the splice sites of both forms, for MXE those of the
/// form with the left exon first, whichever strand the gene is on.
pub(crate) fn bounds(event: &Event) -> impl Iterator<Item = (u32, u32)> + '_ {
    let (first, second) = match event.kind {
        EventKind::Mxe if event.skipping < event.inclusion => (&event.skipping, &event.inclusion),
        _ => (&event.inclusion, &event.skipping),
    };
    first.splice_sites().chain(second.splice_sites())
}

/// Takes over what another finding of the same event knows: its genes, and its far ends where they reach
/// farther. The result is the same in whatever order findings come, except that `event` keeps its strand and
/// which of its forms is the inclusion form.
pub(crate) fn absorb(event: &mut Event, other: &Event) {
    for &gene in &other.genes {
        if let Err(position) = event.genes.binary_search(&gene) {
            event.genes.insert(position, gene);
        }
    }
    match event.kind {
        // The two flanks belong together: both are in two transcripts, or make up the exon over the intron.
        EventKind::Mxe | EventKind::Ri => {
            if reach(other, event.strand) > reach(event, event.strand) {
                set_outer_ends(&mut event.inclusion, &other.inclusion);
                set_outer_ends(&mut event.skipping, &other.skipping);
            }
        }
        _ => {
            widen(&mut event.inclusion, &other.inclusion);
            widen(&mut event.skipping, &other.skipping);
        }
    }
}

/// Compares findings of one event: by length from far end to far end, then by how far upstream they begin.
fn reach(event: &Event, strand: Option<Strand>) -> (u32, Reverse<u32>) {
    let start = event.skipping.exons.first().map_or(0, |e| e.start());
    let end = event.skipping.exons.last().map_or(0, |e| e.end());
    let upstream = match strand {
        Some(Strand::Reverse) => u32::MAX - end,
        Some(Strand::Forward) | None => start,
    };
    (end.saturating_sub(start), Reverse(upstream))
}

/// Gives a form the outermost exons of another with the same splice sites around its middle.
fn set_outer_ends(form: &mut Form, other: &Form) {
    if let (Some(first), Some(&new)) = (form.exons.first_mut(), other.exons.first()) {
        *first = new;
    }
    if let (Some(last), Some(&new)) = (form.exons.last_mut(), other.exons.last()) {
        *last = new;
    }
}

/// Moves the outer ends of a form out to those of another with the same splice sites.
fn widen(form: &mut Form, other: &Form) {
    if let (Some(first), Some(&new)) = (form.exons.first_mut(), other.exons.first())
        && new.start() < first.start()
    {
        *first = new;
    }
    if let (Some(last), Some(&new)) = (form.exons.last_mut(), other.exons.last())
        && new.end() > last.end()
    {
        *last = new;
    }
}
