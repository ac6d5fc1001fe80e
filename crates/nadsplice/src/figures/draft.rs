//! Genes with everything that is drawn of them, under construction.

use std::collections::HashMap;

use nadsplice_core::{Annotation, ContigId, Gene, GeneId, Interval, Regions, Strand};
use nadsplice_events::DepthRequest;
use nadsplice_report::figure_data::{DepthRuns, Locus, LocusEvent, LocusJunction, LocusTranscript};

use crate::quantification::{CountedSample, QuantifySettings, mean_depths};

/// Parts in which a stretch between two splice sites or exon ends is cut at most, inside exons and outside all of them.
const EXONIC_PARTS: u32 = 40;
const INTRONIC_PARTS: u32 = 12;
/// Fragments from which a junction that the annotation lacks cuts the depth at its sites.
const CUTTING_FRAGMENTS: u64 = 10;

/// Genes that lack nothing but junctions and depth.
pub(crate) struct Drafts {
    drafts: Vec<Draft>,
    /// By contig the drafts on it.
    on_contig: HashMap<String, Vec<usize>>,
}

struct Draft {
    locus: Locus,
    contig: ContigId,
}

impl Drafts {
    /// Of genes of an annotation with their events, which are found by `gene_id` and contig.
    pub(crate) fn of_genes(
        annotation: &Annotation,
        genes: &[(GeneId, bool)],
        events: &HashMap<String, Vec<(String, LocusEvent)>>,
    ) -> Self {
        let drafts = genes.iter().filter_map(|&(id, panel)| {
            let gene = annotation.gene(id);
            let chrom = annotation.contigs.name(gene.contig);
            let span = gene.span()?;
            // One `gene_id` can have several loci on a contig.
            let own = |event: &LocusEvent| hull(event).is_some_and(|hull| hull.overlaps(span));
            let of_gene = events.get(&gene.id).into_iter().flatten();
            let events: Vec<LocusEvent> = of_gene
                .filter(|(contig, event)| contig == chrom && own(event))
                .map(|(_, event)| event.clone())
                .collect();
            let region = events.iter().filter_map(hull).fold(span, joined);
            let mut locus = locus(annotation, &[gene], region);
            (locus.panel, locus.events) = (panel, events);
            Some(Draft { locus, contig: gene.contig })
        });
        Self::new(drafts.collect())
    }

    /// Of one region with all genes in it.
    pub(crate) fn of_region(annotation: &Annotation, contig: ContigId, region: Interval) -> Self {
        let genes: Vec<&Gene> = annotation
            .genes
            .iter()
            .filter(|g| g.contig == contig && g.span().is_some_and(|span| span.overlaps(region)))
            .collect();
        let mut locus = locus(annotation, &genes, region);
        annotation.contigs.name(contig).clone_into(&mut locus.chrom);
        Self::new(vec![Draft { locus, contig }])
    }

    fn new(drafts: Vec<Draft>) -> Self {
        let mut on_contig: HashMap<String, Vec<usize>> = HashMap::new();
        for (k, draft) in drafts.iter().enumerate() {
            on_contig.entry(draft.locus.chrom.clone()).or_default().push(k);
        }
        Self { drafts, on_contig }
    }

    /// Whether all that is drawn lies in the regions.
    pub(crate) fn lie_in(&self, regions: &Regions) -> bool {
        self.drafts.iter().all(|draft| regions.enclose(draft.contig, draft.locus.region))
    }

    /// Whether a junction lies inside a gene's region.
    pub(crate) fn want(&self, chrom: &str, intron: Interval) -> bool {
        let on_contig = self.on_contig.get(chrom).into_iter().flatten();
        on_contig.into_iter().any(|&k| self.drafts[k].locus.region.encloses(intron))
    }

    /// Adds a junction to all genes whose region encloses it, unless it is of the other strand.
    pub(crate) fn add_junction(
        &mut self,
        chrom: &str,
        (start, end): (u32, u32),
        junction: impl FnOnce(Interval) -> LocusJunction,
    ) {
        let Some(intron) = Interval::new(start, end) else { return };
        if !self.want(chrom, intron) {
            return;
        }
        let junction = junction(intron);
        let fits = |locus: &Locus| {
            let other = locus.strand.zip(junction.strand).is_some_and(|(a, b)| a != b);
            locus.region.encloses(intron) && !other
        };
        for &k in self.on_contig.get(chrom).into_iter().flatten() {
            let locus = &mut self.drafts[k].locus;
            if fits(locus) {
                locus.junctions.push(junction.clone());
            }
        }
    }

    /// Finishes the genes with the depth of the samples.
    pub(crate) fn with_depth(
        self,
        settings: &QuantifySettings<'_>,
        samples: &[CountedSample],
    ) -> anyhow::Result<Vec<Locus>> {
        if self.drafts.is_empty() {
            return Ok(Vec::new());
        }
        let requests: Vec<DepthRequest> = self
            .drafts
            .iter()
            .map(|Draft { locus, contig }| DepthRequest {
                contig: *contig,
                strand: locus.strand,
                stretches: stretches(locus),
            })
            .collect();
        let of_samples = mean_depths(settings, samples, &requests)?;
        let all_have = of_samples.iter().all(Option::is_some);
        let loci = self.drafts.into_iter().enumerate().map(|(k, mut draft)| {
            if all_have {
                let runs = of_samples.iter().flatten().map(|means| {
                    let lengths = requests[k].stretches.iter().map(|s| s.len());
                    DepthRuns::of(lengths.zip(means[k].iter().copied()))
                });
                draft.locus.depth = runs.collect();
            }
            draft.locus
        });
        Ok(loci.collect())
    }
}

fn locus(annotation: &Annotation, genes: &[&Gene], region: Interval) -> Locus {
    let joined = |text: fn(&Gene) -> &str| genes.iter().map(|g| text(g)).collect::<Vec<_>>().join(", ");
    let strand = match genes {
        [first, others @ ..] if others.iter().all(|g| g.strand == first.strand) => first.strand,
        _ => None::<Strand>,
    };
    let chrom = genes.first().map_or("", |gene| annotation.contigs.name(gene.contig)).to_owned();
    let transcripts = genes.iter().flat_map(|gene| {
        gene.transcripts.iter().map(|transcript| LocusTranscript {
            id: transcript.id.clone(),
            strand: gene.strand,
            exons: transcript.exons.clone(),
            cds: transcript.cds.clone(),
        })
    });
    Locus {
        gene_id: joined(|g| &g.id),
        gene_name: joined(Gene::label),
        chrom,
        region,
        strand,
        panel: false,
        transcripts: transcripts.collect(),
        junctions: Vec::new(),
        events: Vec::new(),
        verdicts: Vec::new(),
        depth: Vec::new(),
    }
}

/// From the first to the last base of an event's exons.
fn hull(event: &LocusEvent) -> Option<Interval> {
    let exons = || event.inclusion.iter().chain(&event.skipping);
    Interval::new(exons().map(|e| e.start()).min()?, exons().map(|e| e.end()).max()?)
}

fn joined(a: Interval, b: Interval) -> Interval {
    // Two intervals that hold bases have a hull that does.
    Interval::new(a.start().min(b.start()), a.end().max(b.end())).unwrap_or(a)
}

/// Cuts a gene's region at exon ends and splice sites, and what is between them in few equal parts.
fn stretches(locus: &Locus) -> Vec<Interval> {
    let region = locus.region;
    let of_events = locus.events.iter().flat_map(|e| e.inclusion.iter().chain(&e.skipping));
    let mut exons: Vec<Interval> =
        locus.transcripts.iter().flat_map(|t| &t.exons).chain(of_events).copied().collect();
    exons.sort_unstable();
    exons.dedup();
    let introns = locus
        .junctions
        .iter()
        .filter(|j| j.annotated || j.counts.iter().map(|&n| u64::from(n)).sum::<u64>() >= CUTTING_FRAGMENTS);
    let mut cuts: Vec<u32> = exons
        .iter()
        .chain(introns.map(|j| &j.intron))
        .flat_map(|i| [i.start(), i.end()])
        .chain([region.start(), region.end()])
        .filter(|&cut| region.start() <= cut && cut <= region.end())
        .collect();
    cuts.sort_unstable();
    cuts.dedup();
    let mut stretches = Vec::new();
    for whole in cuts.windows(2).filter_map(|pair| Interval::new(pair[0], pair[1])) {
        let is_exonic = exons.iter().any(|exon| exon.encloses(whole));
        let step = whole.len().div_ceil(if is_exonic { EXONIC_PARTS } else { INTRONIC_PARTS });
        let mut from = whole.start();
        while let Some(stretch) = Interval::new(from, from.saturating_add(step).min(whole.end())) {
            stretches.push(stretch);
            from = stretch.end();
        }
    }
    stretches
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_region_is_cut_at_every_site_and_into_few_parts() {
        let interval = |start, end| Interval::new(start, end).unwrap();
        let mut gene = locus(&Annotation::default(), &[], interval(100, 10_100));
        let exons = vec![interval(100, 103), interval(8000, 10_100)];
        gene.transcripts = vec![LocusTranscript { id: "t".to_owned(), strand: None, exons, cds: Vec::new() }];
        let found = stretches(&gene);
        assert!(found.windows(2).all(|pair| pair[0].end() == pair[1].start()));
        assert_eq!((found[0].start(), found[found.len() - 1].end()), (100, 10_100));
        assert_eq!(
            found[..4],
            [interval(100, 101), interval(101, 102), interval(102, 103), interval(103, 762)]
        );
        assert!(found.iter().any(|s| s.end() == 8000) && found.len() <= 3 + 12 + 40);
    }
}
