//! Any gene models, written as GTF or GFF3, come back as they were.

mod support;

use std::fmt::Write;

use nadsplice_annotation::{Format, GeneGrouping};
use nadsplice_core::{Interval, Strand};
use proptest::prelude::*;
use support::{gzip, read_as, shown};

#[derive(Clone, Debug)]
struct Model {
    contig: usize,
    strand: Option<Strand>,
    name: Option<String>,
    /// Exons of each transcript, sorted, each once; the flag says whether the exons are coding.
    transcripts: Vec<(Vec<Interval>, bool)>,
}

fn exons() -> impl Strategy<Value = Vec<Interval>> {
    prop::collection::btree_set((0u32..5000, 1u32..300), 1..8).prop_map(|set| {
        let mut exons: Vec<Interval> =
            set.into_iter().filter_map(|(start, length)| Interval::new(start, start + length)).collect();
        exons.sort_unstable();
        exons
    })
}

fn model() -> impl Strategy<Value = Model> {
    let strand = prop_oneof![Just(Some(Strand::Forward)), Just(Some(Strand::Reverse)), Just(None)];
    // `;`, `=`, `%`, `,` and blanks are what the two formats give a meaning.
    let name = prop::option::of("[A-Za-z0-9]([A-Za-z0-9;=%, .:-]{0,6}[A-Za-z0-9])?");
    (0usize..3, strand, name, prop::collection::vec((exons(), any::<bool>()), 1..4))
        .prop_map(|(contig, strand, name, transcripts)| Model { contig, strand, name, transcripts })
}

/// One row: where it stands in the file is drawn at random, its content from the model.
struct Row {
    place: String,
    gene: usize,
    transcript: usize,
}

fn rows(models: &[Model]) -> Vec<Row> {
    let mut rows = Vec::new();
    for (gene, model) in models.iter().enumerate() {
        for (transcript, (exons, coding)) in model.transcripts.iter().enumerate() {
            for feature in ["exon", "CDS"].into_iter().take(1 + usize::from(*coding)) {
                rows.extend(exons.iter().map(|exon| Row {
                    place: format!(
                        "c{}\tsource\t{feature}\t{}\t{}\t.\t{}\t.",
                        model.contig,
                        exon.start() + 1,
                        exon.end(),
                        Strand::symbol_of(model.strand)
                    ),
                    gene,
                    transcript,
                }));
            }
        }
    }
    rows
}

fn escaped(name: &str) -> String {
    let mut escaped = String::new();
    for c in name.chars() {
        if matches!(c, ';' | '=' | '%' | ',') {
            let _ = write!(escaped, "%{:02X}", u32::from(c));
        } else {
            escaped.push(c);
        }
    }
    escaped
}

fn gtf(models: &[Model], rows: &[Row]) -> String {
    let mut text = String::new();
    for Row { place, gene, transcript } in rows {
        let name = models[*gene].name.as_ref().map(|n| format!(" gene_name \"{n}\";")).unwrap_or_default();
        let _ =
            writeln!(text, "{place}\tgene_id \"g{gene}\";{name} transcript_id \"g{gene}.t{transcript}\";");
    }
    text
}

fn gff3(models: &[Model], rows: &[Row]) -> String {
    let mut text = String::from("##gff-version 3\n");
    for (position, Row { place, gene, transcript }) in rows.iter().enumerate() {
        let _ = writeln!(text, "{place}\tID=e{position};Parent=transcript:g{gene}.t{transcript}");
    }
    for (gene, model) in models.iter().enumerate() {
        let name = model.name.as_ref().map(|n| format!(";Name={}", escaped(n))).unwrap_or_default();
        let _ = writeln!(text, "c0\tsource\tgene\t1\t9\t.\t+\t.\tID=gene:g{gene}{name}");
        for transcript in 0..model.transcripts.len() {
            let id = format!("g{gene}.t{transcript}");
            let _ = writeln!(text, "c0\tsource\tmRNA\t1\t9\t.\t+\t.\tID=transcript:{id};Parent=gene:g{gene}");
        }
    }
    text
}

/// A line a transcript, in the form of `shown`, sorted.
fn expected(models: &[Model]) -> Vec<String> {
    let list = |all: &[Interval]| all.iter().map(ToString::to_string).collect::<Vec<_>>().join(",");
    let mut lines = Vec::new();
    for (gene, model) in models.iter().enumerate() {
        for (transcript, (exons, coding)) in model.transcripts.iter().enumerate() {
            let exons = list(exons);
            let cds = if *coding { format!(" [{exons}]") } else { String::new() };
            lines.push(format!(
                "g{gene}({}) c{}{} g{gene}.t{transcript}: {exons}{cds}",
                model.name.as_deref().unwrap_or("-"),
                model.contig,
                Strand::symbol_of(model.strand),
            ));
        }
    }
    lines.sort();
    lines
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn gene_models_come_back_from_either_format_in_any_row_order(
        (models, order) in prop::collection::vec(model(), 1..5).prop_flat_map(|models| {
            let n = rows(&models).len();
            (Just(models), Just((0..n).collect::<Vec<_>>()).prop_shuffle())
        }),
    ) {
        let mut all: Vec<Option<Row>> = rows(&models).into_iter().map(Some).collect();
        let rows: Vec<Row> = order.iter().filter_map(|&at| all[at].take()).collect();
        for (text, format) in [(gtf(&models, &rows), Format::Gtf), (gff3(&models, &rows), Format::Gff3)] {
            for grouping in [GeneGrouping::ByLocus, GeneGrouping::RmatsMerged] {
                let plain = read_as("a", text.as_bytes(), grouping).unwrap();
                prop_assert_eq!(plain.format, format);
                let mut found = shown(&plain.annotation);
                let zipped = read_as("a", &gzip(text.as_bytes()), grouping).unwrap();
                prop_assert_eq!(&shown(&zipped.annotation), &found);
                prop_assert_eq!(zipped.content_hash, plain.content_hash);
                found.sort();
                prop_assert_eq!(found, expected(&models));
                prop_assert_eq!(plain.warnings, vec![]);
            }
        }
    }

    #[test]
    fn no_bytes_make_the_reader_panic(
        lines in prop::collection::vec(
            prop_oneof![
                "[\\t ;=\"%,a-zA-Z0-9.+#>-]{0,80}",
                "chr[12]\t[a-z]{0,3}\t(exon|CDS|gene|mRNA|UTR)\t[0-9]{0,11}\t[0-9]{0,11}\t.\t[+.?x-]\t.\t\
                 (gene_id|ID|Parent|transcript_id)[ =][\"a-b;,% ]{0,9}(;(gene_id|Parent|transcript_id)[ =]\"?[a-b]\"?)?",
            ],
            0..20,
        ),
        cut in any::<prop::sample::Index>(),
    ) {
        let text = lines.join("\n");
        let zipped = gzip(text.as_bytes());
        for grouping in [GeneGrouping::ByLocus, GeneGrouping::RmatsMerged] {
            if let Ok(file) = read_as("a", text.as_bytes(), grouping) {
                for gene in &file.annotation.genes {
                    prop_assert!(!gene.transcripts.is_empty());
                    for transcript in &gene.transcripts {
                        prop_assert!(transcript.exons.is_sorted() && !transcript.exons.is_empty());
                    }
                }
            }
            let _ = read_as("a", &zipped[..cut.index(zipped.len())], grouping);
        }
    }
}
