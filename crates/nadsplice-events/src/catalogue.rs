//! All binary events of an annotation.

mod alternative_site;
pub(crate) mod candidate;
mod multi_exon_skip;
mod mutually_exclusive;
#[cfg(test)]
pub(crate) mod properties;
mod retained_intron;
mod skipped_exon;
mod terminal_exon;

use nadsplice_core::{Annotation, Event, Gene, GeneId};
use rayon::prelude::*;

use self::candidate::Candidate;
use crate::{
    Novelty,
    graph::{EmptyIntrons, SpliceGraph},
};

/// What makes two events of different genes one, and which events there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum EventKeys {
    /// Contig, strand, kind and coordinates: the identity that [`Event::id`] writes. All eight kinds; exons that
    /// touch or overlap within a transcript are not joined, so every event has introns that reads can span.
    #[default]
    WithStrand,
    /// Contig, kind and coordinates, as in rMATS-turbo 4.3.0: SE, A5SS, A3SS, MXE and RI only, the same
    /// coordinates on either strand are one event (with the strand, and for MXE the inclusion exon, of the first
    /// gene in annotation order), and touching or overlapping exons count as joined.
    Rmats,
}

/// Binary events of an annotation by contig, span, strand, kind and id, each identity once.
///
/// Within each gene, from annotated exons and the edges between exons that follow each other in some transcript:
///
/// | kind | found where |
/// |---|---|
/// | SE | u-e and e-d are edges, and some edge joins an exon ending where u ends with one starting where d starts; the three edges need no common transcript |
/// | MSE | a transcript has u, two or more exons, d in a row, and some edge joins the two ends as in SE |
/// | A5SS, A3SS | two exons with one end in common have an edge to the same neighbour on the other side |
/// | MXE | u, e1, d in a row in one transcript, u, e2, d in a row in another, e1 ends before or where e2 starts |
/// | RI | u-d is an edge, and an exon reaches from the start of u to the end of d |
/// | AFE | first exons of two transcripts, disjoint and with different donors, are spliced to the same acceptor |
/// | ALE | last exons of two transcripts, disjoint and with different acceptors, are spliced from the same donor |
///
/// The first five are those of rMATS-turbo 4.3.0 (Shen et al. 2014, <https://doi.org/10.1073/pnas.1419161111>).
/// A gene of unknown strand has no A5SS, A3SS, AFE or ALE, since nothing tells donor from acceptor or first from
/// last; its MXE include the exon on the left.
///
/// The far ends of flanking exons, and the outer ends of first and last exons, are no part of an identity. Each
/// is that of the longest exon that fits; MXE and RI take the longest pair of flanks that occurs.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Catalogue {
    /// The events in order.
    pub events: Vec<Event>,
    /// What the annotation lacks of each event; as long as `events`.
    pub novelty: Vec<Novelty>,
}

impl Catalogue {
    /// All events of an annotation. For [`EventKeys::Rmats`] the annotation's genes should be grouped as rMATS
    /// groups them, by `gene_id` alone.
    ///
    /// With [`EventKeys::WithStrand`] the result does not depend on the order of genes and transcripts, but for
    /// the numbers in [`Event::genes`].
    pub fn from_annotation(annotation: &Annotation, keys: EventKeys) -> Self {
        let events = of_genes(annotation, |id, gene| {
            let graph = SpliceGraph::new(gene, empty_introns(keys));
            detect(&graph, keys).into_iter().map(move |c| c.into_event(id, gene))
        });
        let annotated = |event| (event, Novelty::Annotated);
        Self::in_order(merged(events, keys).into_iter().map(annotated).collect(), annotation)
    }

    /// Events, each identity once, in the catalogue's order.
    pub(crate) fn in_order(mut events: Vec<(Event, Novelty)>, annotation: &Annotation) -> Self {
        let place = |event: &Event| (event.contig, event.span(), event.strand, event.kind);
        let id = |event: &Event| event.id(annotation.contigs.name(event.contig));
        events.par_sort_by(|(a, _), (b, _)| place(a).cmp(&place(b)).then_with(|| id(a).cmp(&id(b))));
        let (events, novelty) = events.into_iter().unzip();
        Self { events, novelty }
    }

    /// Keeps the events that a test wants, as novel events in genes of interest only.
    pub fn retain(&mut self, mut keep: impl FnMut(&Event, Novelty) -> bool) {
        let wanted: Vec<bool> = self.events.iter().zip(&self.novelty).map(|(e, &n)| keep(e, n)).collect();
        let (mut events, mut novelty) = (wanted.iter(), wanted.iter());
        self.events.retain(|_| events.next().copied().unwrap_or(false));
        self.novelty.retain(|_| novelty.next().copied().unwrap_or(false));
    }

    /// How many there are.
    pub fn len(&self) -> usize {
        self.events.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty()
    }
}

/// The events of all genes, found side by side, in the order of the annotation.
pub(crate) fn of_genes<'a, I>(
    annotation: &'a Annotation,
    find: impl Fn(GeneId, &'a Gene) -> I + Sync + Send,
) -> Vec<Event>
where
    I: IntoIterator<Item = Event>,
{
    // Genes are numbered in 32 bits.
    let numbers = 0..u32::try_from(annotation.genes.len()).unwrap_or(u32::MAX);
    let genes = numbers.into_par_iter().zip(&annotation.genes);
    genes.flat_map_iter(|(number, gene)| find(GeneId(number), gene)).collect()
}

/// What becomes of touching exons under these keys.
pub(crate) const fn empty_introns(keys: EventKeys) -> EmptyIntrons {
    match keys {
        EventKeys::WithStrand => EmptyIntrons::Dropped,
        EventKeys::Rmats => EmptyIntrons::Kept,
    }
}

/// The events of one gene; an identity may come more than once, with different far ends.
pub(crate) fn detect(graph: &SpliceGraph, keys: EventKeys) -> Vec<Candidate> {
    let mut found = Vec::new();
    skipped_exon::detect(graph, &mut found);
    alternative_site::detect(graph, &mut found);
    mutually_exclusive::detect(graph, &mut found);
    retained_intron::detect(graph, &mut found);
    if keys == EventKeys::WithStrand {
        multi_exon_skip::detect(graph, &mut found);
        terminal_exon::detect(graph, &mut found);
    }
    found
}

/// Each identity once, with all genes that have it. `events` come in annotation order, which the stable sort
/// keeps within an identity.
pub(crate) fn merged(mut events: Vec<Event>, keys: EventKeys) -> Vec<Event> {
    let strand = |event: &Event| if keys == EventKeys::WithStrand { event.strand } else { None };
    events.par_sort_by(|a, b| {
        (a.contig, a.kind, strand(a))
            .cmp(&(b.contig, b.kind, strand(b)))
            .then_with(|| candidate::bounds(a).cmp(candidate::bounds(b)))
    });
    events.dedup_by(|next, kept| {
        let same = (next.contig, next.kind, strand(next)) == (kept.contig, kept.kind, strand(kept))
            && candidate::bounds(next).eq(candidate::bounds(kept));
        if same {
            candidate::absorb(kept, next);
        }
        same
    });
    events
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        EventKind, GeneId,
        Strand::{Forward, Reverse},
    };

    use super::*;
    use crate::toy::{Exons, annotation, named_gene};

    const SKIPPED: [Exons; 2] = [&[(50, 100), (200, 300), (400, 500)], &[(50, 100), (400, 500)]];
    const WIDER: [Exons; 2] = [&[(0, 100), (200, 300), (400, 450)], &[(90, 100), (400, 700)]];
    const EXCLUSIVE: [Exons; 2] = [&[(0, 100), (200, 250), (400, 500)], &[(0, 100), (300, 350), (400, 500)]];

    #[test]
    fn genes_that_share_an_event_are_merged_with_the_longest_flanks() {
        let annotation = annotation(vec![
            named_gene("A", Some(Forward), &SKIPPED),
            named_gene("B", Some(Reverse), &SKIPPED),
            named_gene("C", Some(Forward), &WIDER),
        ]);
        let catalogue = Catalogue::from_annotation(&annotation, EventKeys::WithStrand);
        let genes: Vec<_> = catalogue.events.iter().map(|event| event.genes.clone()).collect();
        assert_eq!(genes, [vec![GeneId(0), GeneId(2)], vec![GeneId(1)]]);
        let flanks = &catalogue.events[0].skipping.exons;
        assert_eq!((flanks[0].start(), flanks[1].end()), (0, 500));
        assert!(flanks[0].end() == 100 && flanks[1].start() == 400);
    }

    #[test]
    fn rmats_keys_join_both_strands_under_the_first_gene_s() {
        let annotation = annotation(vec![
            named_gene("A", Some(Reverse), &EXCLUSIVE),
            named_gene("B", Some(Forward), &EXCLUSIVE),
        ]);
        let catalogue = Catalogue::from_annotation(&annotation, EventKeys::Rmats);
        assert_eq!(catalogue.len(), 1);
        let event = &catalogue.events[0];
        assert_eq!((event.kind, event.strand), (EventKind::Mxe, Some(Reverse)));
        assert_eq!(event.genes, [GeneId(0), GeneId(1)]);
        assert_eq!(event.inclusion.exons[1].start(), 300);
        assert_eq!(Catalogue::from_annotation(&annotation, EventKeys::WithStrand).len(), 2);
    }

    #[test]
    fn rmats_keys_have_five_kinds_and_keep_empty_introns() {
        let exons: &[Exons] = &[
            &[(0, 100), (100, 200), (300, 400), (500, 600), (700, 800)],
            &[(0, 200), (300, 400), (700, 800)],
            &[(100, 200), (700, 800)],
        ];
        let annotation = annotation(vec![named_gene("A", Some(Forward), exons)]);
        let ids = |keys| -> Vec<String> {
            let catalogue = Catalogue::from_annotation(&annotation, keys);
            catalogue.events.iter().map(|event| event.id("chr1")).collect()
        };
        let touching = "RI:chr1:100-101:+".to_owned();
        let skipped = "MSE:chr1:200-301:400-501:600-701:+".to_owned();
        let (with_strand, rmats) = (ids(EventKeys::WithStrand), ids(EventKeys::Rmats));
        assert!(rmats.contains(&touching) && !rmats.contains(&skipped));
        assert!(with_strand.contains(&skipped) && !with_strand.contains(&touching));
    }

    #[test]
    fn order_is_by_span_then_kind() {
        let exons: &[Exons] = &[
            &[(0, 100), (200, 300), (400, 500)],
            &[(0, 100), (400, 500)],
            &[(0, 300), (400, 500)],
            &[(0, 300), (350, 360), (400, 500)],
        ];
        let annotation = annotation(vec![named_gene("A", Some(Forward), exons)]);
        let catalogue = Catalogue::from_annotation(&annotation, EventKeys::WithStrand);
        let ids: Vec<_> = catalogue.events.iter().map(|event| event.id("chr1")).collect();
        assert_eq!(
            ids,
            [
                "RI:chr1:100-201:+",
                "SE:chr1:100-201:300-401:+",
                "A5SS:chr1:300-401:100-401:+",
                "SE:chr1:300-351:360-401:+"
            ]
        );
    }
}
