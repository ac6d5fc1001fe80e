//! Real annotation files against counts made by plain string splitting, and the exons of rMATS's catalogues.
#![allow(clippy::unwrap_used, reason = "test code")]

mod support;

use std::{
    collections::{BTreeMap, BTreeSet, HashSet},
    fs::{self, File},
    io::Read,
    path::Path,
};

use flate2::read::MultiGzDecoder;
use nadsplice_annotation::{Format, GeneGrouping, IndexedReference, ReadOptions, read};
use nadsplice_core::{Annotation, Strand};
use support::data;

fn content(path: &Path) -> String {
    if path.extension().is_some_and(|e| e == "gz") {
        let mut text = String::new();
        MultiGzDecoder::new(File::open(path).unwrap()).read_to_string(&mut text).unwrap();
        return text;
    }
    fs::read_to_string(path).unwrap()
}

/// Loci, transcripts (gene, contig and strand told apart), exons and CDS (each once a transcript).
#[derive(Debug, Default, PartialEq, Eq)]
struct Counts {
    gene_ids: usize,
    loci: usize,
    transcripts: usize,
    exons: usize,
    cds: usize,
    /// Sum of the 1-based starts and ends of all exons: says that they are the same.
    sum: u64,
}

fn counted(annotation: &Annotation) -> Counts {
    let transcripts = || annotation.genes.iter().flat_map(|g| &g.transcripts);
    Counts {
        gene_ids: annotation.genes.iter().map(|g| &g.id).collect::<BTreeSet<_>>().len(),
        loci: annotation.genes.len(),
        transcripts: transcripts().count(),
        exons: transcripts().map(|t| t.exons.len()).sum(),
        cds: transcripts().map(|t| t.cds.len()).sum(),
        sum: transcripts()
            .flat_map(|t| &t.exons)
            .map(|e| u64::from(e.start() + 1) + u64::from(e.end()))
            .sum(),
    }
}

fn split_gtf(text: &str) -> Counts {
    let quoted = |columns: &str, key: &str| {
        let after = columns.split(&format!("{key} \"")).nth(1)?;
        after.split('"').next().map(str::to_owned)
    };
    let mut seen: [HashSet<String>; 5] = Default::default();
    let mut sum = 0;
    for line in text.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<&str> = line.split('\t').collect();
        if columns[2] != "exon" && columns[2] != "CDS" {
            continue;
        }
        let gene = quoted(columns[8], "gene_id").unwrap();
        let locus = format!("{gene} {} {}", columns[0], columns[6]);
        let transcript = format!("{locus} {}", quoted(columns[8], "transcript_id").unwrap());
        let segment = format!("{transcript} {} {}", columns[3], columns[4]);
        if columns[2] == "CDS" {
            seen[4].insert(segment);
        } else if seen[3].insert(segment) {
            sum += columns[3].parse::<u64>().unwrap() + columns[4].parse::<u64>().unwrap();
        }
        seen[0].insert(gene);
        seen[1].insert(locus);
        seen[2].insert(transcript);
    }
    let [gene_ids, loci, transcripts, exons, cds] = seen.map(|set| set.len());
    Counts { gene_ids, loci, transcripts, exons, cds, sum }
}

#[test]
fn real_gtf_files_are_read_without_loss() {
    let Some(data) = data() else { return };
    for (name, gene_ids, transcripts) in [
        ("annotation/derived_refseq_hg38.gtf.gz", 28_133, 67_706),
        ("annotation/derived_refseq_hg19.gtf.gz", 23_710, 44_312),
        ("annotation/refseq_mm10.gtf.gz", 24_523, 34_949),
        ("annotation/Ensembl_GRCh37_chr1.gtf.gz", 5_363, 17_531),
        ("proactiv/gencode.v34.annotation.subset.gtf.gz", 657, 2_300),
        ("rmats_tables/maser/GTF/Ensembl85_examples.gtf.gz", 8, 100),
        ("sirv/SIRV.gtf", 7, 94),
        ("airway/Homo_sapiens.GRCh37.75_subset.gtf", 20, 65),
    ] {
        let path = data.join(name);
        let file = read(&path, &ReadOptions::default()).unwrap();
        let text = content(&path);
        let expected = split_gtf(&text);
        assert_eq!((expected.gene_ids, expected.transcripts), (gene_ids, transcripts), "{name}");
        assert_eq!(counted(&file.annotation), expected, "{name}");
        assert_eq!(file.format, Format::Gtf);
        assert_eq!(file.content_hash, *blake3::hash(text.as_bytes()).as_bytes());
        assert_eq!(file.warnings, [], "{name}");

        let merged = ReadOptions { grouping: GeneGrouping::RmatsMerged, ..ReadOptions::default() };
        let merged = counted(&read(&path, &merged).unwrap().annotation);
        assert_eq!((merged.loci, merged.gene_ids), (gene_ids, gene_ids), "{name}");
        println!("{name}: {expected:?}, merged into {} transcripts", merged.transcripts);
    }
}

#[test]
fn a_real_gff3_file_is_read() {
    let Some(data) = data() else { return };
    let path = data.join("c2c12_atp2b1/Atp2b1.mm9.gff");
    let file = read(&path, &ReadOptions::default()).unwrap();
    let text = content(&path);
    let rows = |feature: &str| text.lines().filter(|l| l.split('\t').nth(2) == Some(feature)).count();
    assert_eq!(file.format, Format::Gff3);
    assert_eq!(file.warnings, []);
    let counts = counted(&file.annotation);
    assert_eq!((counts.loci, counts.transcripts), (rows("gene"), rows("mRNA")));
    assert_eq!((counts.exons, counts.cds), (rows("exon"), rows("CDS")));
    let gene = &file.annotation.genes[0];
    assert_eq!((gene.id.as_str(), gene.label()), ("ENSMUSG00000019943", "Atp2b1"));
    assert_eq!(
        (gene.strand, gene.span().unwrap().to_string().as_str()),
        (Some(Strand::Forward), "98377804-98486420")
    );
    let ids: BTreeSet<_> = gene.transcripts.iter().map(|t| t.id.as_str()).collect();
    assert_eq!(ids, ["ENSMUST00000020107", "ENSMUST00000105284"].into());
}

/// All exons that rMATS names in a catalogue, with their gene, are exons of that gene here, on the same contig and
/// strand; and alternative splicing needs genes of several exons, so this says that they were merged alike.
#[test]
fn merged_genes_hold_the_exons_of_rmats_catalogues() {
    let Some(data) = data() else { return };
    for (name, folder, suffix) in [
        ("annotation/derived_refseq_hg38.gtf.gz", "esrp", ".gz"),
        ("airway/Homo_sapiens.GRCh37.75_subset.gtf", "airway", ""),
        ("sirv/SIRV.gtf", "sirv_mix2_vs_mix1", ""),
    ] {
        let options = ReadOptions { grouping: GeneGrouping::RmatsMerged, ..ReadOptions::default() };
        let annotation = read(&data.join(name), &options).unwrap().annotation;
        let genes: BTreeMap<&str, _> = annotation.genes.iter().map(|g| (g.id.as_str(), g)).collect();
        assert_eq!(genes.len(), annotation.genes.len());
        let mut checked = 0;
        for kind in ["SE", "MXE", "A5SS", "A3SS", "RI"] {
            let table = data.join(format!("expected/rmats-4.3.0/{folder}/fromGTF.{kind}.txt{suffix}"));
            for row in content(&table).lines().skip(1) {
                let columns: Vec<&str> = row.split('\t').collect();
                let gene = genes[columns[1].trim_matches('"')];
                assert_eq!(columns[2].trim_matches('"'), gene.name.as_deref().unwrap_or("NA"), "{row}");
                let contig = annotation.contigs.name(gene.contig);
                assert_eq!(columns[3].trim_start_matches("chr"), contig.trim_start_matches("chr"), "{row}");
                assert_eq!(columns[4], Strand::symbol_of(gene.strand).to_string(), "{row}");
                let exons: BTreeSet<(String, String)> = gene
                    .transcripts
                    .iter()
                    .flat_map(|t| &t.exons)
                    .map(|e| (e.start().to_string(), e.end().to_string()))
                    .collect();
                for exon in columns[5..].chunks_exact(2) {
                    assert!(exons.contains(&(exon[0].to_owned(), exon[1].to_owned())), "{row}");
                    checked += 1;
                }
            }
        }
        println!("{name}: {checked} exons of rMATS's catalogue found");
        assert!(checked > 0);
    }
}

#[test]
fn introns_of_sirv_transcripts_have_the_motif_of_their_strand() {
    let Some(data) = data() else { return };
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("SIRV.fa");
    let text = content(&data.join("sirv/SIRV.fa"));
    fs::write(&path, &text).unwrap();
    fs::write(folder.path().join("SIRV.fa.fai"), fai(&text)).unwrap();
    let mut reference = IndexedReference::open(&path).unwrap();
    let annotation = read(&data.join("sirv/SIRV.gtf"), &ReadOptions::default()).unwrap().annotation;
    let (mut agree, mut disagree, mut without) = (0, 0, 0);
    for gene in &annotation.genes {
        let contig = annotation.contigs.name(gene.contig);
        for intron in gene.transcripts.iter().flat_map(nadsplice_core::Transcript::introns) {
            match reference.intron_strand(contig, intron).unwrap() {
                None => without += 1,
                strand if strand == gene.strand => agree += 1,
                Some(_) => disagree += 1,
            }
        }
    }
    println!("SIRV introns: {agree} on their strand, {disagree} on the other, {without} without motif");
    assert!(agree > 50 * disagree && agree > 10 * without);
}

/// The index of a FASTA of one contig with lines of equal length, as `samtools faidx` makes it.
fn fai(text: &str) -> String {
    let (header, sequence) = text.split_once('\n').unwrap();
    let name = header.trim_start_matches('>').split_whitespace().next().unwrap();
    let first = sequence.split_inclusive('\n').next().unwrap();
    let length: usize = sequence.lines().map(str::len).sum();
    format!("{name}\t{length}\t{}\t{}\t{}\n", header.len() + 1, first.trim_end().len(), first.len())
}
