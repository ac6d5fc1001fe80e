//! The annotated catalogue with the events that a cohort's reads add.

use std::{collections::HashSet, convert::Infallible};

use nadsplice_core::{Event, EventKind, Form, Gene, GeneId, Interval, Junction, Strand};
use rayon::prelude::*;
use rustc_hash::FxHashSet;

use super::{
    CohortEvidence, Novelty,
    cohort::Pool,
    extension::{Extension, Site},
    index::SiteIndex,
    paths::added_runs,
    pool::FragmentPool,
    rmats::RmatsAdditions,
};
use crate::{
    Catalogue, EventKeys,
    catalogue::{
        candidate::{Candidate, bounds},
        detect, empty_introns, merged, of_genes,
    },
    graph::SpliceGraph,
};

impl Catalogue {
    /// All events of the cohort's annotation and those that its reads add.
    ///
    /// The annotated events are those of [`Self::from_annotation`], unchanged; the others are found in the same way
    /// in splice graphs with the un-annotated junctions that pass, and have a class each:
    ///
    /// | class | what is un-annotated |
    /// |---|---|
    /// | `novel_junction` | a junction between annotated splice sites |
    /// | `novel_site` | a donor or an acceptor: an exon shortened by it, or lengthened by up to [`super::NovelOptions::max_exon_length`] covered bases |
    /// | `novel_exon` | both sites of an exon between two junctions, covered by reads from end to end |
    /// | `novel_intron` | the retention of an annotated or observed intron |
    ///
    /// A form with un-annotated parts must be seen at each of its junctions, also the annotated ones. For MXE, and for
    /// MSE with an un-annotated inclusion form, both forms must; no junction may join the two exons of an MXE; and of
    /// the chains of an MSE each un-annotated junction has the strongest only. First and last exons are known from
    /// the annotation only, so AFE and ALE can be `novel_junction` or end at a novel site of the shared exon; other
    /// ends of transcripts are in the junction clusters.
    ///
    /// With evidence from rMATS's reads the keys are [`EventKeys::Rmats`] and the result is rMATS-turbo 4.3.0's
    /// catalogue without `--novelSS`; its `fromGTF.novelJunction.*` are the events of class `novel_junction`.
    pub fn with_novel(evidence: &CohortEvidence<'_>) -> Self {
        match assemble(evidence, None::<NoMotif>) {
            Ok(catalogue) => catalogue,
            Err(never) => match never {},
        }
    }

    /// The same, where an un-annotated junction must also have a splice motif. `motif` gives the strand on which an
    /// intron has one, nothing where it has none; the strand must be the one that the reads show, and decides where
    /// they show none. rMATS tests no motif, and none is asked for with its reads.
    ///
    /// # Errors
    /// What `motif` returns.
    pub fn with_novel_and_motifs<E>(
        evidence: &CohortEvidence<'_>,
        motif: impl FnMut(Junction) -> Result<Option<Strand>, E>,
    ) -> Result<Self, E> {
        assemble(evidence, Some(motif))
    }
}

/// The motif test of those who ask for none.
type NoMotif = fn(Junction) -> Result<Option<Strand>, Infallible>;

fn assemble<E>(
    evidence: &CohortEvidence<'_>,
    motif: Option<impl FnMut(Junction) -> Result<Option<Strand>, E>>,
) -> Result<Catalogue, E> {
    let index = &*evidence.index;
    let (keys, found) = match &evidence.pool {
        Pool::Fragments(pool) => {
            let junctions = placed(pool.passing(index), motif, index)?;
            (EventKeys::WithStrand, fragment_events(pool, &junctions, index))
        }
        Pool::Rmats(pool) => {
            let mut junctions: Vec<_> = pool.iter().map(|(&junction, &seen)| (junction, seen)).collect();
            junctions.sort_unstable_by_key(|&(junction, _)| junction);
            let found = of_genes(index.annotation, |id, gene| {
                let seen = within(gene, &junctions, |seen| seen.by(gene.strand));
                rmats_events(id, gene, seen)
            });
            (EventKeys::Rmats, found)
        }
    };
    let Catalogue { events, novelty } = Catalogue::from_annotation(index.annotation, keys);
    let identities: FxHashSet<Identity> = found.iter().map(|event| identity(event, keys)).collect();
    let annotated = events.par_iter().map(|event| identity(event, keys));
    let known: HashSet<Identity> = annotated.filter(|annotated| identities.contains(annotated)).collect();
    let added: Vec<Event> =
        found.into_iter().filter(|event| !known.contains(&identity(event, keys))).collect();
    let mut all: Vec<(Event, Novelty)> = events.into_iter().zip(novelty).collect();
    let classed = |event| {
        let novelty = classify(&event, keys, index);
        (event, novelty)
    };
    all.extend(merged(added, keys).into_iter().map(classed));
    Ok(Catalogue::in_order(all, index.annotation))
}

/// Contig, kind, strand and coordinates.
type Identity = (u32, EventKind, Option<Strand>, Vec<(u32, u32)>);

fn identity(event: &Event, keys: EventKeys) -> Identity {
    let strand = if keys == EventKeys::WithStrand { event.strand } else { None };
    (event.contig.0, event.kind, strand, bounds(event).collect())
}

/// Un-annotated junctions with the strand of the genes that may have them: that of the reads, else of the motif, else
/// of the genes with their sites. Without a motif where one is asked for, or between genes of both strands and no sign
/// of the right one, a junction is left out.
fn placed<E>(
    passing: Vec<(Junction, Option<Strand>)>,
    mut motif: Option<impl FnMut(Junction) -> Result<Option<Strand>, E>>,
    index: &SiteIndex<'_>,
) -> Result<Vec<(Junction, Option<Strand>)>, E> {
    let mut placed = Vec::with_capacity(passing.len());
    for (junction, reads) in passing {
        let mut strand = reads;
        if let Some(motif) = &mut motif {
            let found = motif(junction)?;
            if found.is_none() || reads.is_some_and(|reads| Some(reads) != found) {
                continue;
            }
            strand = found;
        }
        if strand.is_none() {
            let genes = index.genes_of(junction);
            strand = index.strand_of(&genes);
            if strand.is_none() && genes.iter().any(|&gene| index.gene(gene).strand.is_some()) {
                continue;
            }
        }
        placed.push((junction, strand));
    }
    Ok(placed)
}

/// The junctions of a sorted list that lie within a gene, with a base of it on either side, and are wanted.
fn within<T: Copy>(gene: &Gene, junctions: &[(Junction, T)], wanted: impl Fn(T) -> bool) -> Vec<Site> {
    let Some(span) = gene.span() else { return Vec::new() };
    let from =
        junctions.partition_point(|(j, _)| (j.contig, j.intron.start()) <= (gene.contig, span.start()));
    junctions[from..]
        .iter()
        .take_while(|(j, _)| j.contig == gene.contig && j.intron.start() < span.end())
        .filter(|&&(j, value)| j.intron.end() < span.end() && wanted(value))
        .map(|(j, _)| (j.intron.start(), j.intron.end()))
        .collect()
}

fn rmats_events(id: GeneId, gene: &Gene, junctions: Vec<Site>) -> Vec<Event> {
    if junctions.is_empty() {
        return Vec::new();
    }
    let added = RmatsAdditions::new(gene, junctions);
    if added.additions.edges.is_empty() {
        return Vec::new();
    }
    let mut graph = SpliceGraph::with_additions(gene, empty_introns(EventKeys::Rmats), &added.additions);
    added.extend(&mut graph);
    detect(&graph, EventKeys::Rmats).into_iter().map(|candidate| candidate.into_event(id, gene)).collect()
}

fn fragment_events(
    pool: &FragmentPool,
    junctions: &[(Junction, Option<Strand>)],
    index: &SiteIndex<'_>,
) -> Vec<Event> {
    of_genes(index.annotation, |id, gene| {
        let fits =
            |strand: Option<Strand>| strand.is_none() || gene.strand.is_none() || strand == gene.strand;
        let sites = within(gene, junctions, fits);
        GeneEvents { id, gene, pool, index }.find(&sites)
    })
}

/// The search for un-annotated events in one gene.
struct GeneEvents<'a> {
    id: GeneId,
    gene: &'a Gene,
    pool: &'a FragmentPool,
    index: &'a SiteIndex<'a>,
}

impl GeneEvents<'_> {
    fn find(&self, junctions: &[Site]) -> Vec<Event> {
        let has_retained = self.introns().any(|intron| self.pool.is_retained(self.junction(intron)));
        if junctions.is_empty() && !has_retained {
            return Vec::new();
        }
        let additions = Extension::new(self.gene, junctions, self.pool).additions();
        let keys = EventKeys::WithStrand;
        let mut graph = SpliceGraph::with_additions(self.gene, empty_introns(keys), &additions);
        let runs = added_runs(&graph, |end, start| self.seen((end, start)));
        graph.add_runs(runs);
        let of_gene = |candidate: Candidate| candidate.into_event(self.id, self.gene);
        let found = detect(&graph, keys).into_iter().map(of_gene);
        let mut found: Vec<Event> = found.filter(|event| self.rests_on_reads(event, &graph)).collect();
        found.extend(self.retained(&graph, &found).into_iter().map(of_gene));
        found
    }

    fn introns(&self) -> impl Iterator<Item = Interval> + '_ {
        self.gene.transcripts.iter().flat_map(nadsplice_core::Transcript::introns)
    }

    fn junction(&self, intron: Interval) -> Junction {
        Junction { contig: self.gene.contig, intron }
    }

    /// Fragments over a junction, where they are enough.
    fn seen(&self, (end, start): Site) -> Option<u32> {
        Interval::new(end, start).and_then(|intron| self.pool.seen(self.junction(intron)))
    }

    fn is_annotated(&self, (end, start): Site) -> bool {
        Interval::new(end, start).is_some_and(|intron| self.index.is_annotated(self.junction(intron)))
    }

    /// Whether an event has a form with an un-annotated junction, and every such form is seen throughout.
    fn rests_on_reads(&self, event: &Event, graph: &SpliceGraph) -> bool {
        let is_added = |form: &Form| form.splice_sites().any(|site| !self.is_annotated(site));
        let is_seen = |form: &Form| form.splice_sites().all(|site| self.seen(site).is_some());
        let added = [is_added(&event.inclusion), is_added(&event.skipping)];
        let seen = [is_seen(&event.inclusion), is_seen(&event.skipping)];
        if event.kind == EventKind::Mxe {
            let exclusive = match (&event.inclusion.exons[..], &event.skipping.exons[..]) {
                (&[_, a, _], &[_, b, _]) => !graph.has_junction(a.min(b).end(), a.max(b).start()),
                _ => false,
            };
            return added.contains(&true) && !seen.contains(&false) && exclusive;
        }
        // A chain that reads string together is only one of many; it needs a junction that skips it.
        let skips = event.kind != EventKind::Mse || !added[0] || seen[1];
        skips && added.contains(&true) && added.iter().zip(seen).all(|(&added, seen)| seen || !added)
    }

    /// Retained introns that no exon of the annotation is over.
    fn retained(&self, graph: &SpliceGraph, found: &[Event]) -> Vec<Candidate> {
        let spliced = found.iter().filter(|event| event.kind == EventKind::Ri);
        let known: FxHashSet<Site> = spliced.flat_map(|event| event.skipping.splice_sites()).collect();
        graph
            .edges()
            .filter_map(|(left, right)| {
                let intron = Interval::new(left.end(), right.start())?;
                let is_new = !known.contains(&(intron.start(), intron.end()));
                let over = Interval::new(left.start(), right.end())?;
                (is_new && self.pool.is_retained(self.junction(intron)))
                    .then(|| Candidate::new(EventKind::Ri, vec![over], vec![left, right]))
            })
            .collect()
    }
}

/// What the annotation lacks of an event that it lacks.
fn classify(event: &Event, keys: EventKeys, index: &SiteIndex<'_>) -> Novelty {
    if keys == EventKeys::Rmats {
        return Novelty::NovelJunction;
    }
    let exons_of = |gene: &GeneId| index.gene(*gene).transcripts.iter().flat_map(|t| &t.exons);
    if event.kind == EventKind::Ri
        && !event.genes.iter().flat_map(exons_of).any(|exon| event.inclusion.exons.first() == Some(exon))
    {
        return Novelty::NovelIntron;
    }
    let is_left = |position| index.sites.is_left_site(event.contig, position);
    let is_right = |position| index.sites.is_right_site(event.contig, position);
    let forms = [&event.inclusion, &event.skipping];
    let inner = forms.iter().filter(|form| form.exons.len() > 2).flat_map(|f| &f.exons[1..f.exons.len() - 1]);
    if inner.into_iter().any(|exon| !is_right(exon.start()) && !is_left(exon.end())) {
        return Novelty::NovelExon;
    }
    let mut sites = forms.iter().flat_map(|form| form.splice_sites());
    if sites.any(|(end, start)| !is_left(end) || !is_right(start)) {
        Novelty::NovelSite
    } else {
        Novelty::NovelJunction
    }
}
