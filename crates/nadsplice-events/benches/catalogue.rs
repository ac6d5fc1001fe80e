//! Finding events and counting them in a sample: `cargo bench -p nadsplice-events`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up must stop")]

use std::hint::black_box;

use criterion::{Criterion, Throughput};
use nadsplice_core::{
    Annotation, ContigCounts, ContigDepth, Contigs, CountParameters, DepthTrackBuilder, Evidence,
    FragmentEvidence, Gene, InputIdentity, Interval, JunctionCount, JunctionSet, LibraryStrandedness,
    ReadLedger, SampleCounts, Strand, StrandEvidence, Transcript,
};
use nadsplice_events::{Catalogue, CohortEvidence, CountingPlan, EventKeys, EvidenceKind, NovelOptions};

const GENES: u32 = 500;

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let annotation = annotation();
    let catalogue = Catalogue::from_annotation(&annotation, EventKeys::WithStrand);
    let sample = sample(&annotation);
    let mut group = criterion.benchmark_group("events");
    group.throughput(Throughput::Elements(catalogue.len() as u64));
    group.bench_function("catalogue", |b| {
        b.iter(|| Catalogue::from_annotation(black_box(&annotation), EventKeys::WithStrand));
    });
    group.bench_function("counting plan", |b| {
        b.iter(|| CountingPlan::new(black_box(&catalogue), &annotation));
    });
    let plan = CountingPlan::new(&catalogue, &annotation);
    let library = LibraryStrandedness::Forward;
    group.bench_function("count in a sample", |b| {
        b.iter(|| plan.quantify(black_box(&sample), library, EvidenceKind::Junctions).unwrap());
    });
    let cohort = CohortEvidence::new(&annotation, NovelOptions::default());
    group.bench_function("pool a sample", |b| {
        b.iter(|| {
            let mut one = cohort.empty();
            one.add(black_box(&sample), library).unwrap();
            one
        });
    });
    group.finish();
    criterion.final_summary();
}

/// Genes of ten exons in six transcripts that leave out an exon each, end one early, or keep an intron.
fn annotation() -> Annotation {
    let mut contigs = Contigs::default();
    let contig = contigs.intern("chr1");
    let gene = |k: u32| {
        let exon = |n: u32| (k * 20_000 + n * 1_000, k * 20_000 + n * 1_000 + 200);
        let transcripts = (0..6u32).map(|t| {
            let mut exons: Vec<(u32, u32)> = (0..10).filter(|&n| t == 0 || n != t).map(exon).collect();
            if t == 4 {
                exons[6].1 -= 30;
            }
            if t == 5 {
                exons[1].1 = exons[2].1;
                exons.remove(2);
            }
            let exons = exons.into_iter().map(|(start, end)| Interval::new(start, end).unwrap()).collect();
            Transcript { id: format!("t{k}.{t}"), exons, cds: Vec::new() }
        });
        let transcripts = transcripts.collect();
        Gene { id: format!("g{k}"), name: None, contig, strand: Some(Strand::Forward), transcripts }
    };
    Annotation { contigs, genes: (0..GENES).map(gene).collect() }
}

/// Every annotated junction with reads, pairs of neighbours together, and depth in steps.
fn sample(annotation: &Annotation) -> SampleCounts {
    let junction = |intron: &Interval| JunctionCount {
        start: intron.start(),
        end: intron.end(),
        annotated: true,
        fragments: 20,
        alone: 15,
        sense_forward: 20,
        tag_forward: 0,
        tag_reverse: 0,
        max_overhang: 40,
        positions: 18,
    };
    let junctions: Vec<JunctionCount> = annotation.introns()[0].iter().map(junction).collect();
    let sets =
        (1u32..).take(junctions.len() - 1).map(|k| JunctionSet { members: vec![k - 1, k], fragments: 5 });
    let mut tracks = [DepthTrackBuilder::default(), DepthTrackBuilder::default()];
    for step in 0..GENES * 400 {
        for (track, shift) in tracks.iter_mut().zip([0, 8]) {
            track.push(step * 50 + shift, if step % 2 == 0 { 7 } else { -7 });
        }
    }
    let [plain, boundary] = tracks.map(DepthTrackBuilder::finish);
    let none = nadsplice_core::DepthTrack::default;
    let depth = ContigDepth::new([none(), plain], &[none(), boundary], 8);
    let contig = ContigCounts { junctions, sets: sets.collect(), depth, bodies: Vec::new() };
    SampleCounts {
        sample: "a".to_owned(),
        input: InputIdentity { size: 0, pieces: [0; 32], header: [0; 32] },
        annotation: [0; 32],
        parameters: CountParameters::default(),
        contigs: annotation.contigs.names().to_vec(),
        ledger: ReadLedger::default(),
        primary_alignments: 0,
        duplicate_alignments: 0,
        contig_alignments: Vec::new(),
        paired_alignments: 10,
        strand: StrandEvidence::default(),
        read_lengths: vec![(100, 1000)],
        aligned_lengths: vec![(100, 1000)],
        fragment_lengths: (150..350).map(|length| (length, 64)).collect(),
        evidence: Evidence::Fragments(FragmentEvidence {
            contigs: vec![contig],
            ..FragmentEvidence::default()
        }),
    }
}
