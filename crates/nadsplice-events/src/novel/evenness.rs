//! Whether the reads of a retained intron speak for the whole of it.
//!
//! An event counts what crosses the two exon-intron boundaries. Reads over one boundary only, or over both and not
//! between them, are of an alternative site, of another exon or of another gene.

use nadsplice_core::{EventKind, Evidence, Interval, Junction, LibraryStrandedness, SampleCounts, Strand};
use rayon::prelude::*;

use super::{
    NovelOptions,
    cohort::CohortEvidence,
    depth::ContigProfile,
    retention::{MIN_OWN_SHARE, own_bases},
};
use crate::{Catalogue, evidence::Senses};

/// Parts of equal length into which an intron's own bases are cut; the middle one of their depths is the body's.
const PARTS: usize = 9;

/// Measures along the retained introns of a catalogue, shared by all samples.
#[derive(Debug)]
pub struct IntronEvenness {
    introns: Vec<Intron>,
}

#[derive(Debug)]
struct Intron {
    /// Position of the event in the catalogue.
    event: usize,
    junction: Junction,
    strand: Option<Strand>,
    /// Parts in an unstranded and in a stranded library; none where other exons hide more than half of the intron.
    parts: [Vec<Vec<Interval>>; 2],
}

/// What the samples show along one retained intron, summed over them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct IntronSupport {
    /// Fragments over the left and the right boundary, of the samples in which the intron can be judged.
    boundaries: [u64; 2],
    /// Mean depth of each part in these samples.
    parts: Vec<f64>,
    /// The larger number of fragments over a boundary, of the samples in which other exons hide the intron.
    hidden: u64,
}

impl IntronEvenness {
    /// The retained introns of a catalogue of the cohort's annotation.
    pub fn new(catalogue: &Catalogue, cohort: &CohortEvidence<'_>) -> Self {
        let index = &*cohort.index;
        let events = catalogue.events.par_iter().enumerate().filter(|(_, event)| event.kind == EventKind::Ri);
        let introns = events.flat_map_iter(|(number, event)| {
            event.skipping.introns().map(move |intron| {
                let junction = Junction { contig: event.contig, intron };
                let parts = [LibraryStrandedness::Unstranded, LibraryStrandedness::Forward].map(|library| {
                    let own = own_bases(junction, &event.genes, event.strand, library, index);
                    let bases: u32 = own.iter().map(|part| part.len()).sum();
                    let is_seen = f64::from(bases) >= MIN_OWN_SHARE * f64::from(intron.len());
                    if is_seen { cut(&own, PARTS) } else { Vec::new() }
                });
                Intron { event: number, junction, strand: event.strand, parts }
            })
        });
        Self { introns: introns.collect() }
    }

    /// The support of no sample, an entry for each intron.
    pub fn none(&self) -> Vec<IntronSupport> {
        vec![IntronSupport::default(); self.introns.len()]
    }

    /// The position in the catalogue of the event of each intron.
    pub fn events(&self) -> impl Iterator<Item = usize> {
        self.introns.iter().map(|intron| intron.event)
    }

    /// What one sample shows; nothing where it has no depth.
    pub fn measure(&self, sample: &SampleCounts, library: LibraryStrandedness) -> Vec<IntronSupport> {
        let mut found = self.none();
        let Evidence::Fragments(evidence) = &sample.evidence else { return found };
        let stranded = usize::from(library != LibraryStrandedness::Unstranded);
        // Introns come contig by contig.
        let mut at = None;
        for (intron, support) in self.introns.iter().zip(&mut found) {
            let contig = intron.junction.contig;
            let Some(counts) = evidence.contigs.get(contig.index()) else { continue };
            let profile = match &mut at {
                Some((known, profile)) if *known == contig => &*profile,
                other => &other.insert((contig, ContigProfile::new(&counts.depth))).1,
            };
            let senses = Senses::of(library, intron.strand);
            let ends = [intron.junction.intron.start(), intron.junction.intron.end()];
            let boundaries = ends.map(|end| u64::from(profile.boundary_at(end, senses)));
            let parts = &intron.parts[stranded];
            if parts.is_empty() {
                support.hidden = boundaries[0].max(boundaries[1]);
                continue;
            }
            support.boundaries = boundaries;
            support.parts = parts.iter().map(|part| mean_depth(profile, part, senses)).collect();
        }
        found
    }
}

impl IntronSupport {
    /// Adds what another sample shows. Sums of depths depend in their last digits on the order.
    pub fn add(&mut self, other: &Self) {
        self.boundaries[0] += other.boundaries[0];
        self.boundaries[1] += other.boundaries[1];
        self.hidden += other.hidden;
        if self.parts.len() < other.parts.len() {
            self.parts.resize(other.parts.len(), 0.0);
        }
        self.parts.iter_mut().zip(&other.parts).for_each(|(sum, depth)| *sum += depth);
    }

    /// The lowest over the highest among the fragments over the left and the right boundary and the depth of the body
    /// between them, in [0, 1]; nothing below [`NovelOptions::min_fragments`] over the stronger boundary.
    pub fn balance(&self, options: &NovelOptions) -> Option<f64> {
        let [left, right] = self.boundaries;
        let mut parts = self.parts.clone();
        parts.sort_unstable_by(f64::total_cmp);
        let body = *parts.get(parts.len() / 2)?;
        if left.max(right) < u64::from(options.min_fragments) {
            return None;
        }
        let (left, right) = (left as f64, right as f64);
        Some(left.min(right).min(body) / left.max(right).max(body))
    }

    /// Whether the fragments over the boundaries are more likely not those of a retained intron: the balance is below
    /// [`NovelOptions::min_intron_balance`], or exons of other genes or transcripts hide the intron in all samples that
    /// have enough of them.
    pub fn is_uneven(&self, options: &NovelOptions) -> bool {
        match self.balance(options) {
            Some(balance) => balance < options.min_intron_balance,
            None => self.hidden >= u64::from(options.min_fragments),
        }
    }
}

fn mean_depth(depth: &ContigProfile, part: &[Interval], senses: Senses) -> f64 {
    let (mut bases, mut sum) = (0u64, 0u64);
    for (run, depth) in part.iter().flat_map(|&interval| depth.within(interval, senses)) {
        bases += u64::from(run.len());
        sum += u64::from(run.len()) * u64::from(depth);
    }
    sum as f64 / bases.max(1) as f64
}

/// Cuts stretches into as many parts of equal length, to a base; fewer where there are not as many bases.
fn cut(stretches: &[Interval], parts: usize) -> Vec<Vec<Interval>> {
    let bases: u64 = stretches.iter().map(|s| u64::from(s.len())).sum();
    let parts = (parts as u64).min(bases);
    let mut cut = vec![Vec::new(); usize::try_from(parts).unwrap_or(0)];
    // Bases before a stretch.
    let mut before = 0u64;
    for stretch in stretches {
        let length = u64::from(stretch.len());
        for (number, part) in (0u64..).zip(&mut cut) {
            let (from, to) = (number * bases / parts, (number + 1) * bases / parts);
            let within = |base: u64| {
                let base = base.clamp(before, before + length) - before;
                stretch.start() + u32::try_from(base).unwrap_or(u32::MAX)
            };
            part.extend(Interval::new(within(from), within(to)));
        }
        before += length;
    }
    cut
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{
        ContigCounts, ContigDepth, CountParameters, DepthTrack, DepthTrackBuilder, FragmentEvidence,
        InputIdentity, ReadLedger, StrandEvidence,
    };

    use super::*;
    use crate::{
        EventKeys,
        toy::{annotation, gene},
    };

    const FORWARD: Option<Strand> = Some(Strand::Forward);

    fn interval(start: u32, end: u32) -> Interval {
        Interval::new(start, end).unwrap()
    }

    fn track(runs: &[(u32, u32, i64)]) -> DepthTrack {
        let mut changes: Vec<(u32, i64)> = runs.iter().flat_map(|&(s, e, n)| [(s, n), (e, -n)]).collect();
        changes.sort_unstable();
        let mut builder = DepthTrackBuilder::default();
        for same in changes.chunk_by(|a, b| a.0 == b.0) {
            builder.push(same[0].0, same.iter().map(|c| c.1).sum());
        }
        builder.finish()
    }

    /// Depth over the introns of the tests: left boundary, body, right boundary; all on the forward strand.
    fn sample(left: i64, body: i64, right: i64) -> SampleCounts {
        let boundary = track(&[(195, 205, left), (395, 405, right)]);
        let plain = track(&[(100, 200, 100), (200, 400, body), (400, 500, 100)]);
        let depth = ContigDepth::new([track(&[]), plain], &[track(&[]), boundary], 8);
        let contigs = vec![ContigCounts { depth, ..ContigCounts::default() }];
        SampleCounts {
            sample: "s".into(),
            input: InputIdentity { size: 0, pieces: [0; 32], header: [0; 32] },
            annotation: [0; 32],
            parameters: CountParameters::default(),
            contigs: vec!["chr1".into()],
            ledger: ReadLedger::default(),
            primary_alignments: 0,
            duplicate_alignments: 0,
            contig_alignments: vec![],
            paired_alignments: 0,
            strand: StrandEvidence::default(),
            read_lengths: vec![],
            aligned_lengths: vec![],
            fragment_lengths: vec![],
            evidence: Evidence::Fragments(FragmentEvidence { contigs, ..FragmentEvidence::default() }),
        }
    }

    fn retaining() -> nadsplice_core::Gene {
        gene(FORWARD, &[&[(100, 500)], &[(100, 200), (400, 500)]])
    }

    fn evenness(others: Vec<nadsplice_core::Gene>) -> IntronEvenness {
        let annotation = annotation([vec![retaining()], others].concat());
        let catalogue = Catalogue::from_annotation(&annotation, EventKeys::WithStrand);
        assert_eq!(catalogue.len(), 1);
        IntronEvenness::new(&catalogue, &CohortEvidence::new(&annotation, NovelOptions::default()))
    }

    fn judged(
        others: Vec<nadsplice_core::Gene>,
        sample: &SampleCounts,
        library: LibraryStrandedness,
    ) -> (Option<f64>, bool) {
        let options = NovelOptions::default();
        let mut support = IntronSupport::default();
        support.add(&evenness(others).measure(sample, library)[0]);
        (support.balance(&options), support.is_uneven(&options))
    }

    #[test]
    fn one_boundary_or_no_body_is_uneven() {
        let judged =
            |left, body, right| judged(vec![], &sample(left, body, right), LibraryStrandedness::Forward);
        assert_eq!(judged(20, 10, 16), (Some(0.5), false));
        assert_eq!(judged(20, 15, 0), (Some(0.0), true));
        assert_eq!(judged(20, 0, 20), (Some(0.0), true));
        assert_eq!(judged(20, 5, 20), (Some(0.25), false));
        assert_eq!(judged(9, 0, 0), (None, false), "too few to judge");
    }

    #[test]
    fn exons_of_other_genes_say_nothing() {
        let sample = sample(20, 20, 20);
        let antisense = |start, end| vec![gene(Some(Strand::Reverse), &[&[(start, end)]])];
        let unstranded = LibraryStrandedness::Unstranded;
        assert_eq!(judged(antisense(150, 450), &sample, unstranded), (None, true), "all of it is hidden");
        assert_eq!(judged(antisense(210, 290), &sample, unstranded), (Some(1.0), false));
        assert_eq!(judged(antisense(150, 450), &sample, LibraryStrandedness::Forward), (Some(1.0), false));
        assert_eq!(judged(antisense(150, 450), &sample, LibraryStrandedness::Reverse), (None, false));
    }

    #[test]
    fn samples_add_up() {
        let (even, options) = (evenness(vec![]), NovelOptions::default());
        let mut support = even.none();
        for _ in 0..6 {
            for (sum, one) in
                support.iter_mut().zip(even.measure(&sample(2, 1, 1), LibraryStrandedness::Forward))
            {
                sum.add(&one);
            }
        }
        assert_eq!(support[0].balance(&options), Some(0.5));
        assert_eq!(even.events().collect::<Vec<_>>(), [0]);
    }

    #[test]
    fn parts_are_equal_to_a_base_and_jump_over_gaps() {
        assert_eq!(
            cut(&[interval(10, 15), interval(20, 24)], 3),
            [vec![interval(10, 13)], vec![interval(13, 15), interval(20, 21)], vec![interval(21, 24)]]
        );
        assert_eq!(cut(&[interval(10, 12)], 9), [[interval(10, 11)], [interval(11, 12)]]);
        assert!(cut(&[], 9).is_empty());
    }
}
