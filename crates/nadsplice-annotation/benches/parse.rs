//! Reading of an annotation: `cargo bench -p nadsplice-annotation`.

#![expect(clippy::unwrap_used, reason = "a benchmark that cannot be set up must stop")]

use std::{fmt::Write as _, hint::black_box, io::Write as _, path::Path};

use criterion::{Criterion, Throughput};
use flate2::{Compression, write::GzEncoder};
use nadsplice_annotation::{ReadOptions, read};

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let folder = tempfile::tempdir().unwrap();
    let (plain, packed) = (folder.path().join("genes.gtf"), folder.path().join("genes.gtf.gz"));
    let text = gtf(500);
    std::fs::write(&plain, &text).unwrap();
    let mut encoder = GzEncoder::new(std::fs::File::create(&packed).unwrap(), Compression::default());
    encoder.write_all(text.as_bytes()).unwrap();
    encoder.finish().unwrap();
    let mut group = criterion.benchmark_group("read GTF");
    group.throughput(Throughput::Bytes(text.len() as u64));
    let paths: [(&str, &Path); 2] = [("plain", &plain), ("gzip", &packed)];
    for (name, path) in paths {
        group.bench_function(name, |b| b.iter(|| read(black_box(path), &ReadOptions::default()).unwrap()));
    }
    group.finish();
    criterion.final_summary();
}

/// Genes of three transcripts with ten exons each, as Ensembl writes them.
fn gtf(genes: u32) -> String {
    let mut text = String::new();
    for gene in 0..genes {
        for transcript in 0..3 {
            for exon in (0..10).filter(|exon| exon % 3 != transcript) {
                let start = gene * 20_000 + exon * 1_000 + 1;
                let end = start + 150;
                for feature in ["exon", "CDS"] {
                    writeln!(
                        text,
                        "1\thavana\t{feature}\t{start}\t{end}\t.\t+\t.\tgene_id \"ENSG{gene:011}\"; gene_version \"4\"; \
                         transcript_id \"ENST{gene:08}{transcript:03}\"; transcript_version \"2\"; exon_number \
                         \"{exon}\"; gene_name \"GENE{gene}\"; gene_source \"havana\"; gene_biotype \
                         \"protein_coding\"; transcript_name \"GENE{gene}-20{transcript}\"; tag \"basic\";"
                    )
                    .unwrap();
                }
            }
        }
    }
    text
}
