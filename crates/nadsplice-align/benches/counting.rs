//! Counting alignments of different shapes, and the counts file: `cargo bench -p nadsplice-align`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up must stop")]

use std::{hint::black_box, path::Path};

use criterion::{BenchmarkId, Criterion, Throughput};
use nadsplice_align::{
    AlignmentRecord, AlignmentWriter, AnnotationIndex, CigarKind, CigarOp, CountJob, HeaderContig, Locus,
    WriteOptions, count, read_counts, read_counts_of, write_counts,
};
use nadsplice_core::{
    Annotation, ContigCounts, Contigs, CountParameters, Evidence, Gene, Interval, SampleCounts, Strand,
    Transcript,
};

/// Genes of two exons, `[0, 300)` and `[600, 900)` from where they begin.
const GENES: u32 = 2_000;
const GENE_BASES: u32 = 2_000;
/// Fragments of each gene.
const FRAGMENTS: u32 = 20;
const READ_BASES: u32 = 100;
/// Contigs of the counts file that is written and read.
const CONTIGS: usize = 20;

/// What a fragment looks like.
#[derive(Clone, Copy, Debug)]
enum Shape {
    /// One alignment inside an exon.
    Single,
    /// Two mates that overlap inside an exon.
    Pair,
    /// One alignment over an intron.
    Spliced,
    /// Two mates over an intron.
    SplicedPair,
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = tempfile::tempdir().unwrap();
    let annotation = annotation();
    let index = AnnotationIndex::new(&annotation, [0; 32], 1);
    criterion.bench_function("index an annotation", |b| {
        b.iter(|| AnnotationIndex::new(black_box(&annotation), [0; 32], 1));
    });
    let mut group = criterion.benchmark_group("count");
    let mut spliced = None;
    for shape in [Shape::Single, Shape::Pair, Shape::Spliced, Shape::SplicedPair] {
        let path = folder.path().join(format!("{shape:?}.bam"));
        group.throughput(Throughput::Elements(write(shape, &path)));
        let job = CountJob {
            sample: "a",
            path: &path,
            index: &index,
            contigs: &annotation.contigs,
            parameters: &CountParameters::default(),
            threads: 1,
            allow_build_mismatch: false,
            max_waiting: None,
            max_records: None,
        };
        group.bench_function(BenchmarkId::from_parameter(format!("{shape:?}")), |b| {
            b.iter(|| count(black_box(&job)).unwrap());
        });
        spliced = Some(count(&job).unwrap().counts);
    }
    group.finish();
    counts_file(&mut criterion, &many_contigs(spliced.unwrap()), &folder.path().join("a.counts"));
    criterion.final_summary();
}

fn counts_file(criterion: &mut Criterion, counts: &SampleCounts, path: &Path) {
    let mut group = criterion.benchmark_group("counts file");
    group.bench_function("write", |b| b.iter(|| write_counts(black_box(counts), path, 1).unwrap()));
    group.bench_function("read", |b| b.iter(|| read_counts(black_box(path)).unwrap()));
    group.bench_function("read one contig of 20", |b| {
        b.iter(|| read_counts_of(black_box(path), |contig| contig == 7).unwrap());
    });
    let Evidence::Fragments(evidence) = &counts.evidence else { return };
    let contig = &evidence.contigs[0];
    group.bench_function("unpack depth of a contig", |b| b.iter(|| black_box(contig).depth.profile(true)));
    group.finish();
}

/// The counts of one contig on each of many.
fn many_contigs(mut counts: SampleCounts) -> SampleCounts {
    if let Evidence::Fragments(evidence) = &mut counts.evidence {
        let contig: ContigCounts = evidence.contigs[0].clone();
        evidence.contigs = vec![contig; CONTIGS];
        counts.contigs = (0..CONTIGS).map(|k| format!("chr{k}")).collect();
    }
    counts
}

fn annotation() -> Annotation {
    let mut contigs = Contigs::default();
    let contig = contigs.intern("chr1");
    let gene = |k: u32| {
        let start = k * GENE_BASES;
        let exons = [(start, start + 300), (start + 600, start + 900)];
        let exons = exons.iter().map(|&(start, end)| Interval::new(start, end).unwrap()).collect();
        let transcripts = vec![Transcript { id: format!("t{k}"), exons, cds: Vec::new() }];
        Gene { id: format!("g{k}"), name: None, contig, strand: Some(Strand::Forward), transcripts }
    };
    Annotation { contigs, genes: (0..GENES).map(gene).collect() }
}

/// Writes fragments of one shape and returns the number of alignments.
fn write(shape: Shape, path: &Path) -> u64 {
    let contigs = [HeaderContig { name: "chr1".to_owned(), length: GENES * GENE_BASES }];
    let options = WriteOptions { compression_level: Some(1), ..WriteOptions::default() };
    let mut writer = AlignmentWriter::create(path, &contigs, &options).unwrap();
    let bases: Vec<u8> = (0..READ_BASES).map(|k| b"ACGT"[(k * k % 7 % 4) as usize]).collect();
    let qualities = vec![30; bases.len()];
    let mut reads: Vec<(u32, String, u16, u32, Vec<CigarOp>)> = Vec::new();
    for fragment in 0..GENES * FRAGMENTS {
        let (gene, k) = (fragment / FRAGMENTS * GENE_BASES, fragment % FRAGMENTS);
        let name = format!("machine:7:flowcell:1:{fragment}");
        let op = |kind, length| CigarOp { kind, length };
        let over = |left: u32| {
            let ops = [
                op(CigarKind::Match, left),
                op(CigarKind::Skip, 300),
                op(CigarKind::Match, READ_BASES - left),
            ];
            (gene + 300 - left, ops.to_vec())
        };
        let inside = |at: u32| (gene + at, vec![op(CigarKind::Match, READ_BASES)]);
        // A file without any splice is refused.
        let shape = if fragment == 0 { Shape::Spliced } else { shape };
        let (first, second) = match shape {
            Shape::Single => (inside(9 * k), None),
            Shape::Pair => (inside(7 * k), Some(inside(7 * k + 40))),
            Shape::Spliced => (over(15 + 3 * k), None),
            Shape::SplicedPair => (over(75 - k), Some(over(45 - k))),
        };
        match second {
            None => reads.push((first.0, name, 0, first.0, first.1)),
            Some(second) => {
                reads.push((first.0, name.clone(), 99, second.0, first.1));
                reads.push((second.0, name, 147, first.0, second.1));
            }
        }
    }
    reads.sort_by_key(|read| read.0);
    for (start, name, flag, mate, cigar) in &reads {
        let paired = flag & 1 == 1;
        writer
            .write(&AlignmentRecord {
                qname: name.as_bytes(),
                flag: *flag,
                locus: Some(Locus { tid: 0, pos0: *start }),
                mapq: 60,
                cigar,
                mate: paired.then_some(Locus { tid: 0, pos0: *mate }),
                template_length: 0,
                bases: &bases,
                qualities: &qualities,
                hits: Some(1),
                splice_strand: None,
            })
            .unwrap();
    }
    writer.finish().unwrap().records
}
