//! Counts and lengths as rMATS-turbo 4.3.0 defines them, for a catalogue with rMATS's keys.
//!
//! Source: `count_se`, `count_mxe`, `count_alt35`, `count_ri` and the length functions of
//! `rMATS_pipeline/rmatspipeline/rmatspipeline.pyx` (Xinglab/rmats-turbo, commit d8a684f; Wang Y et al., Nat Protoc
//! 2024, doi 10.1038/s41596-023-00944-2). A read adds to at most one rule of an event, only reads stored under the
//! event's gene are looked at, and a read is stored under a gene when it is unspliced and overlaps the gene's span,
//! or when both sites of one of its junctions are exon ends of the gene.

use nadsplice_core::{
    Annotation, CountMode, Event, EventKind, Evidence, Form, Gene, Interval, LibraryStrandedness, ReadSense,
    RmatsFilter, RmatsPattern, RmatsPatternCount, SampleCounts, Strand,
};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::{Catalogue, QuantifyError};

/// rMATS's counts of one event in one sample.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RmatsCount {
    /// `IJC` of the JC table.
    pub inclusion: u32,
    /// `SJC` of the JC table.
    pub skipping: u32,
    /// What the JCEC table adds to `IJC`.
    pub inclusion_body: u32,
    /// What the JCEC table adds to `SJC`.
    pub skipping_body: u32,
}

/// rMATS's lengths of one event.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RmatsLengths {
    /// `IncFormLen` of the JC table.
    pub inclusion: u32,
    /// `SkipFormLen` of the JC table.
    pub skipping: u32,
    /// What the JCEC table adds to `IncFormLen`.
    pub inclusion_body: u32,
    /// What the JCEC table adds to `SkipFormLen`.
    pub skipping_body: u32,
}

/// The lengths that rMATS gives an event for reads of `filter.read_length` bases.
pub fn rmats_lengths(event: &Event, filter: &RmatsFilter) -> RmatsLengths {
    let base = (filter.read_length + 1).saturating_sub(2 * filter.anchor);
    let extra = |x: u32| (x + 1).saturating_sub(filter.read_length);
    let inner = |exons: &[Interval]| exons.get(1).map_or(0, |e| e.len());
    let (x, y) = match event.kind {
        EventKind::Mxe => (inner(&event.inclusion.exons), Some(inner(&event.skipping.exons))),
        EventKind::A5ss | EventKind::A3ss => {
            let total = |exons: &[Interval]| exons.iter().map(|e| e.len()).sum::<u32>();
            (total(&event.inclusion.exons).saturating_sub(total(&event.skipping.exons)), None)
        }
        EventKind::Ri => {
            (event.skipping.splice_sites().map(|(end, start)| start.saturating_sub(end)).sum(), None)
        }
        _ => (inner(&event.inclusion.exons), None),
    };
    RmatsLengths {
        inclusion: base + x.min(base),
        skipping: y.map_or(base, |y| base + y.min(base)),
        inclusion_body: extra(x),
        skipping_body: y.map_or(0, extra),
    }
}

/// Counts every event of a catalogue with rMATS's keys in one sample, in the order of the catalogue.
///
/// # Errors
/// When the counts belong to another annotation, or are not of rMATS's reads.
pub fn rmats_quantify(
    catalogue: &Catalogue,
    annotation: &Annotation,
    sample: &SampleCounts,
    library: LibraryStrandedness,
) -> Result<Vec<RmatsCount>, QuantifyError> {
    if sample.contigs != annotation.contigs.names() {
        return Err(QuantifyError::Contigs { sample: sample.sample.clone() });
    }
    let (Evidence::Rmats(evidence), CountMode::Rmats(filter)) = (&sample.evidence, &sample.parameters.mode)
    else {
        return Err(QuantifyError::Counting {
            sample: sample.sample.clone(),
            found: "fragments",
            expected: "rmats",
        });
    };
    let cuts = annotation.exon_boundaries();
    let mut sites: FxHashMap<u32, Sites> = FxHashMap::default();
    let mut counts = Vec::with_capacity(catalogue.events.len());
    let mut from = 0;
    while from < catalogue.events.len() {
        let contig = catalogue.events[from].contig;
        let to = from + catalogue.events[from..].partition_point(|e| e.contig == contig);
        let reads = ContigReads::new(&evidence.contigs[contig.index()], &cuts[contig.index()], filter.anchor);
        for event in &catalogue.events[from..to] {
            let gene = event.genes[0];
            let sites = sites.entry(gene.0).or_insert_with(|| Sites::of(annotation.gene(gene)));
            let strand = annotation.gene(gene).strand;
            counts.push(reads.count(event, &Matcher { sites, library, strand }));
        }
        from = to;
    }
    Ok(counts)
}

/// Exon ends of a gene.
#[derive(Debug, Default)]
struct Sites {
    starts: FxHashSet<u32>,
    ends: FxHashSet<u32>,
}

impl Sites {
    fn of(gene: &Gene) -> Self {
        let exons = || gene.transcripts.iter().flat_map(|t| &t.exons);
        Self { starts: exons().map(|e| e.start()).collect(), ends: exons().map(|e| e.end()).collect() }
    }

    /// Whether both sites of a junction are exon ends of the gene.
    fn know(&self, (start, end): (u32, u32)) -> bool {
        self.ends.contains(&start) && self.starts.contains(&end)
    }
}

/// Which reads are stored under an event's gene.
struct Matcher<'a> {
    sites: &'a Sites,
    library: LibraryStrandedness,
    strand: Option<Strand>,
}

impl Matcher<'_> {
    fn takes(&self, pattern: &RmatsPattern) -> bool {
        let stranded = match self.library {
            LibraryStrandedness::Unstranded => true,
            LibraryStrandedness::Forward => transcript_strand(pattern.sense, false) == self.strand,
            LibraryStrandedness::Reverse => transcript_strand(pattern.sense, true) == self.strand,
        };
        stranded && (pattern.junctions.is_empty() || pattern.junctions.iter().any(|&j| self.sites.know(j)))
    }
}

fn transcript_strand(sense: ReadSense, reverse: bool) -> Option<Strand> {
    let strand = match sense {
        ReadSense::Forward => Strand::Forward,
        ReadSense::Reverse => Strand::Reverse,
        // Never equal to a gene's strand, since such a read is not used with a stranded library.
        ReadSense::Inconsistent => return None,
    };
    Some(if reverse { strand.opposite() } else { strand })
}

/// A form that a read supports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Supports {
    Inclusion,
    Skipping,
}

/// The reads of a contig with indexes.
struct ContigReads<'a> {
    patterns: &'a [RmatsPatternCount],
    cuts: &'a [u32],
    anchor: u32,
    by_junction: FxHashMap<(u32, u32), Vec<u32>>,
    /// Reads whose only, first or last block lies over a boundary.
    by_boundary: FxHashMap<u32, Vec<u32>>,
    /// Unspliced reads by their first segment.
    unspliced: Vec<(u32, u32)>,
}

impl<'a> ContigReads<'a> {
    fn new(patterns: &'a [RmatsPatternCount], cuts: &'a [u32], anchor: u32) -> Self {
        let mut reads = Self {
            patterns,
            cuts,
            anchor,
            by_junction: FxHashMap::default(),
            by_boundary: FxHashMap::default(),
            unspliced: Vec::new(),
        };
        for (id, RmatsPatternCount { pattern, .. }) in (0u32..).zip(patterns) {
            let (Some(&first), Some(&last)) = (pattern.junctions.first(), pattern.junctions.last()) else {
                reads.unspliced.push((pattern.first_segment, id));
                for boundary in pattern.crossed.0..pattern.crossed.1 {
                    reads.by_boundary.entry(boundary).or_default().push(id);
                }
                continue;
            };
            if !pattern.anchored {
                continue;
            }
            for &junction in &pattern.junctions {
                reads.by_junction.entry(junction).or_default().push(id);
            }
            let number = |k: usize| u32::try_from(k).unwrap_or(u32::MAX);
            let below = |position: u32| number(cuts.partition_point(|&c| c < position));
            let up_to = |position: u32| number(cuts.partition_point(|&c| c <= position));
            // Boundaries strictly inside the first block, then inside the last one.
            let first_block = pattern.first_segment..below(first.0);
            let last_block = up_to(last.1)..pattern.last_segment;
            for boundary in first_block.chain(last_block) {
                reads.by_boundary.entry(boundary).or_default().push(id);
            }
        }
        reads.unspliced.sort_unstable();
        reads
    }

    fn cut(&self, position: u32) -> Option<u32> {
        self.cuts.binary_search(&position).ok().and_then(|k| u32::try_from(k).ok())
    }

    fn count(&self, event: &Event, matcher: &Matcher<'_>) -> RmatsCount {
        let mut count = RmatsCount::default();
        let Some(rules) = Rules::of(event, self) else { return count };
        let mut candidates: Vec<u32> = Vec::new();
        for junction in &rules.junctions {
            candidates.extend(self.by_junction.get(junction).into_iter().flatten());
        }
        for boundary in &rules.boundaries {
            candidates.extend(self.by_boundary.get(boundary).into_iter().flatten());
        }
        candidates.sort_unstable();
        candidates.dedup();
        for id in candidates {
            let RmatsPatternCount { pattern, reads } = &self.patterns[id as usize];
            if matcher.takes(pattern) {
                match rules.supports(pattern, self, matcher.sites) {
                    Some(Supports::Inclusion) => count.inclusion += reads,
                    Some(Supports::Skipping) => count.skipping += reads,
                    None => {}
                }
            }
        }
        count.inclusion_body = rules.inclusion_body.map_or(0, |body| self.inside(body, matcher));
        count.skipping_body = rules.skipping_body.map_or(0, |body| self.inside(body, matcher));
        count
    }

    /// Unspliced reads between two boundaries.
    fn inside(&self, (from, to): (u32, u32), matcher: &Matcher<'_>) -> u32 {
        let start = self.unspliced.partition_point(|&(segment, _)| segment <= from);
        self.unspliced[start..]
            .iter()
            .take_while(|&&(segment, _)| segment <= to)
            .map(|&(_, id)| &self.patterns[id as usize])
            .filter(|p| p.pattern.last_segment <= to && matcher.takes(&p.pattern))
            .map(|p| p.reads)
            .sum()
    }
}

/// The counting rules of an event, with boundaries as indices.
struct Rules {
    kind: RuleKind,
    junctions: Vec<(u32, u32)>,
    boundaries: Vec<u32>,
    inclusion_body: Option<(u32, u32)>,
    skipping_body: Option<(u32, u32)>,
}

enum RuleKind {
    /// SE: an exon or a junction over it. MXE: one exon or another.
    Exons { inclusion: ExonRule, skipping: Result<ExonRule, (u32, u32)> },
    /// A5SS and A3SS.
    Alternative { long: (u32, u32), short: (u32, u32), right: bool, short_cut: u32, long_cut: u32 },
    /// RI.
    Retained { junction: (u32, u32), left: u32, right: u32 },
}

/// A cassette exon between two junctions.
struct ExonRule {
    left: (u32, u32),
    right: (u32, u32),
    start: u32,
    end: u32,
}

impl ExonRule {
    /// Whether a junction read supports the exon: an outer block that stays inside it beside one junction, or both
    /// junctions in a row.
    fn holds(&self, pattern: &RmatsPattern) -> bool {
        let junctions = &pattern.junctions;
        (junctions.first() == Some(&self.right) && pattern.first_segment > self.start)
            || (junctions.last() == Some(&self.left) && pattern.last_segment <= self.end)
            || junctions.windows(2).any(|pair| pair[0] == self.left && pair[1] == self.right)
    }
}

impl Rules {
    fn of(event: &Event, reads: &ContigReads<'_>) -> Option<Self> {
        // rMATS joins exons that touch or overlap too, so junctions are taken from exon ends, not from introns.
        let joins = |form: &Form| -> Vec<(u32, u32)> { form.splice_sites().collect() };
        match event.kind {
            EventKind::Se | EventKind::Mxe => {
                let exon = |form: &Form| -> Option<ExonRule> {
                    let joins = joins(form);
                    Some(ExonRule {
                        left: *joins.first()?,
                        right: *joins.get(1)?,
                        start: reads.cut(form.exons.get(1)?.start())?,
                        end: reads.cut(form.exons.get(1)?.end())?,
                    })
                };
                let inclusion = exon(&event.inclusion)?;
                let skipping = if event.kind == EventKind::Mxe {
                    Ok(exon(&event.skipping)?)
                } else {
                    Err(*joins(&event.skipping).first()?)
                };
                let mut junctions = vec![inclusion.left, inclusion.right];
                match &skipping {
                    Ok(other) => junctions.extend([other.left, other.right]),
                    Err(junction) => junctions.push(*junction),
                }
                Some(Self {
                    inclusion_body: Some((inclusion.start, inclusion.end)),
                    skipping_body: skipping.as_ref().ok().map(|e| (e.start, e.end)),
                    kind: RuleKind::Exons { inclusion, skipping },
                    junctions,
                    boundaries: Vec::new(),
                })
            }
            EventKind::A5ss | EventKind::A3ss => {
                let (long, short) = (*joins(&event.inclusion).first()?, *joins(&event.skipping).first()?);
                let right = long.1 == short.1;
                let (short_site, long_site) = if right { (short.0, long.0) } else { (short.1, long.1) };
                let (short_cut, long_cut) = (reads.cut(short_site)?, reads.cut(long_site)?);
                let body = if right { (short_cut, long_cut) } else { (long_cut, short_cut) };
                Some(Self {
                    kind: RuleKind::Alternative { long, short, right, short_cut, long_cut },
                    junctions: vec![long, short],
                    boundaries: vec![short_cut],
                    inclusion_body: Some(body),
                    skipping_body: None,
                })
            }
            EventKind::Ri => {
                let junction = *joins(&event.skipping).first()?;
                let (left, right) = (reads.cut(junction.0)?, reads.cut(junction.1)?);
                Some(Self {
                    kind: RuleKind::Retained { junction, left, right },
                    junctions: vec![junction],
                    boundaries: vec![left, right],
                    inclusion_body: Some((left, right)),
                    skipping_body: None,
                })
            }
            EventKind::Mse | EventKind::Afe | EventKind::Ale => None,
        }
    }

    fn supports(&self, pattern: &RmatsPattern, reads: &ContigReads<'_>, sites: &Sites) -> Option<Supports> {
        match &self.kind {
            RuleKind::Exons { inclusion, skipping } => {
                let skips = match skipping {
                    Ok(other) => other.holds(pattern),
                    Err(junction) => pattern.junctions.contains(junction),
                };
                if inclusion.holds(pattern) {
                    Some(Supports::Inclusion)
                } else {
                    skips.then_some(Supports::Skipping)
                }
            }
            &RuleKind::Alternative { long, short, right, short_cut, long_cut } => {
                if pattern.junctions.contains(&long) {
                    return Some(Supports::Inclusion);
                }
                if pattern.junctions.contains(&short) {
                    return Some(Supports::Skipping);
                }
                let stays =
                    if right { pattern.last_segment <= long_cut } else { pattern.first_segment > long_cut };
                let side = if right { Side::Last } else { Side::First };
                (stays && reads.crosses(pattern, short_cut, side, sites)).then_some(Supports::Inclusion)
            }
            &RuleKind::Retained { junction, left, right } => {
                if pattern.junctions.contains(&junction) {
                    return Some(Supports::Skipping);
                }
                (reads.crosses(pattern, left, Side::Last, sites)
                    || reads.crosses(pattern, right, Side::First, sites))
                .then_some(Supports::Inclusion)
            }
        }
    }
}

/// The outer block of a junction read that may cross a boundary.
#[derive(Clone, Copy)]
enum Side {
    First,
    Last,
}

impl ContigReads<'_> {
    /// Whether an unspliced read crosses a boundary with the anchor on both sides, or the outer block of a junction
    /// read does, whose inner end is a junction that the gene knows.
    fn crosses(&self, pattern: &RmatsPattern, boundary: u32, side: Side, sites: &Sites) -> bool {
        let (Some(&first), Some(&last)) = (pattern.junctions.first(), pattern.junctions.last()) else {
            return pattern.crossed.0 <= boundary && boundary < pattern.crossed.1;
        };
        let position = self.cuts[boundary as usize];
        match side {
            Side::First => {
                pattern.first_segment <= boundary && position + self.anchor <= first.0 && sites.know(first)
            }
            Side::Last => {
                last.1 + self.anchor <= position && pattern.last_segment > boundary && sites.know(last)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{ContigId, GeneId};

    use super::*;

    fn form(exons: &[(u32, u32)]) -> Form {
        Form { exons: exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect() }
    }

    fn event(kind: EventKind, inclusion: &[(u32, u32)], skipping: &[(u32, u32)]) -> Event {
        Event {
            kind,
            contig: ContigId(0),
            strand: Some(Strand::Forward),
            genes: vec![GeneId(0)],
            inclusion: form(inclusion),
            skipping: form(skipping),
        }
    }

    fn filter(read_length: u32) -> RmatsFilter {
        RmatsFilter {
            read_length,
            variable_read_length: false,
            allow_clipping: false,
            anchor: 1,
            single_end: false,
        }
    }

    #[test]
    fn lengths_follow_the_published_rows() {
        let lengths = |event: &Event, r| {
            let l = rmats_lengths(event, &filter(r));
            (l.inclusion, l.skipping, l.inclusion + l.inclusion_body, l.skipping + l.skipping_body)
        };
        let se = |exon: u32| {
            event(EventKind::Se, &[(0, 100), (200, 200 + exon), (900, 999)], &[(0, 100), (900, 999)])
        };
        assert_eq!(lengths(&se(120), 100), (198, 99, 219, 99));
        assert_eq!(lengths(&se(50), 100), (149, 99, 149, 99));
        assert_eq!(lengths(&se(173), 75), (148, 74, 247, 74));
        let a3 = event(EventKind::A3ss, &[(0, 100), (200, 400)], &[(0, 100), (219, 400)]);
        assert_eq!(lengths(&a3, 150), (168, 149, 168, 149));
        let ri = event(EventKind::Ri, &[(0, 600)], &[(0, 100), (500, 600)]);
        assert_eq!(lengths(&ri, 100), (198, 99, 198 + 301, 99));
    }
}
