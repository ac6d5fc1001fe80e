//! `consequences.tsv`, and what the panel says of it, on the toy cohort with CDS rows for one gene.

use std::{
    fmt::Write as _,
    fs,
    path::{Path, PathBuf},
};

use nadsplice_core::{Gene, Interval, Transcript};
use nadsplice_simulate::gtf_text;

use crate::{
    program::{Called, run},
    scratch::scratch,
    toy::{CONTRAST, toy, toy_results},
    tsv::Tsv,
};

/// The first gene: its cassette exon of 30 bases changes between the groups.
const GENE: &str = "SIRT1";

/// The CDS of a transcript between two bases of the genome.
fn cds(transcript: &Transcript, from: u32, to: u32) -> Vec<Interval> {
    transcript
        .exons
        .iter()
        .filter_map(|exon| Interval::new(exon.start().max(from), exon.end().min(to)))
        .collect()
}

/// From the start codon to the end of the CDS of the gene's transcripts: whole codons in both.
fn coding() -> (u32, u32) {
    let gene = &toy().genes.annotation.genes[0];
    let skipping = &gene.transcripts[1];
    let from = gene.transcripts[0].exons[0].start().max(skipping.exons[0].start()) + 20;
    let last = skipping.exons[skipping.exons.len() - 1].start() + 60;
    let bases: u32 = cds(skipping, from, last).iter().map(|piece| piece.len()).sum();
    (from, last + 3 - bases % 3)
}

/// The toy annotation with CDS rows for these transcripts of the gene.
fn gtf_with_cds(path: &Path, forms: &[usize]) {
    let gene = &toy().genes.annotation.genes[0];
    let (from, to) = coding();
    let mut text = gtf_text(&toy().genes.annotation);
    for &form in forms {
        let transcript = &gene.transcripts[form];
        for piece in cds(transcript, from, to) {
            writeln!(
                text,
                "chr1\tnadsplice\tCDS\t{}\t{}\t.\t+\t.\tgene_id \"{GENE}\"; transcript_id \"{}\";",
                piece.start() + 1,
                piece.end(),
                transcript.id
            )
            .unwrap();
        }
    }
    fs::write(path, text).unwrap();
}

/// A genome of prolines but for these codons, with its index.
fn genome(folder: &Path, codons: &[(u32, &str)]) -> PathBuf {
    let annotation = &toy().genes.annotation;
    let length = annotation.genes.iter().filter_map(Gene::span).map(Interval::end).max().unwrap() + 1_000;
    let mut bases = vec![b'C'; length as usize];
    for (at, codon) in codons {
        bases[*at as usize..*at as usize + 3].copy_from_slice(codon.as_bytes());
    }
    let path = folder.join("genome.fa");
    fs::write(&path, [b">chr1\n".as_slice(), &bases, b"\n"].concat()).unwrap();
    fs::write(folder.join("genome.fa.fai"), format!("chr1\t{length}\t6\t{length}\t{}\n", length + 1))
        .unwrap();
    path
}

#[test]
fn forms_of_one_frame_differ_by_the_exon_s_residues() {
    let folder = scratch("consequences_annotated");
    let (gtf, results) = (folder.join("genes.gtf"), folder.join("results"));
    gtf_with_cds(&gtf, &[0, 1]);
    Called::of(run(&toy().sheet, &gtf, &results).args(CONTRAST)).succeeded();
    let table = Tsv::read(&results.join("consequences.tsv"));
    let id = toy().genes.event_id(0);
    let events = Tsv::read(&results.join("events.tsv"));
    let twice: Vec<&str> = events.cells("event_id").into_iter().flat_map(|id| [id, id]).collect();
    assert_eq!(table.cells("event_id"), twice);
    for (row, (form, change)) in
        table.rows_where("event_id", &id).zip([("inclusion", "10"), ("skipping", "-10")])
    {
        assert_eq!((row.text("form"), row.text("residues_change")), (form, change));
        assert_eq!((row.text("region"), row.text("frame")), ("cds", "kept"));
        assert_eq!((row.text("basis"), row.text("coding")), ("annotated", "coding"));
        assert_eq!((row.text("stop"), row.text("nmd")), ("same", "not_predicted"));
        assert_eq!((row.text("start_lost"), row.text("reason")), ("no", "NA"));
        assert_eq!(row.text("transcript"), format!("{GENE}.{form}"));
        assert_eq!(row.text("transcripts"), format!("{GENE}.{form}"));
    }
    // Genes without a CDS beside one that has it do not code.
    let other = table.rows_where("event_id", &toy().genes.event_id(1)).next().unwrap().text("region");
    assert_eq!(other, "non_coding");
    let panel = Tsv::read(&results.join("nad_panel.tsv"));
    let row = panel.row_where("gene_name", GENE);
    assert_eq!((row.text("verdict"), row.text("best_event")), ("changed", id.as_str()));
    assert_eq!(row.text("consequence"), "in the CDS; frame kept; inclusion 10 residues longer");
    assert!(row.number("detectable_delta").is_some_and(|delta| delta > 0.0 && delta < 0.5));
}

#[test]
fn a_form_without_a_cds_takes_the_genome_sequence() {
    let folder = scratch("consequences_exchanged");
    let gtf = folder.join("genes.gtf");
    gtf_with_cds(&gtf, &[0]);
    let (from, to) = coding();
    let skipping = |results: &Path| -> Vec<String> {
        let table = Tsv::read(&results.join("consequences.tsv"));
        let id = toy().genes.event_id(0);
        let row = table.rows_where("event_id", &id).nth(1).unwrap();
        ["basis", "stop", "nmd", "residues_change"].map(|name| row.text(name).to_owned()).to_vec()
    };
    let blind = folder.join("blind");
    Called::of(run(&toy().sheet, &gtf, &blind).args(CONTRAST)).succeeded();
    assert_eq!(skipping(&blind), ["exchanged", "unknown", "unknown", "NA"]);

    let reference = genome(&folder, &[(from, "ATG"), (to, "TAA")]);
    let seeing = folder.join("seeing");
    let mut command = run(&toy().sheet, &gtf, &seeing);
    Called::of(command.args(CONTRAST).arg("--reference").arg(&reference)).succeeded();
    assert_eq!(skipping(&seeing), ["exchanged", "same", "not_predicted", "-10"]);

    // A genome whose bases at the stop codon are others is of another build.
    let reference = genome(&folder, &[(from, "ATG")]);
    let mut command = run(&toy().sheet, &gtf, &folder.join("other"));
    Called::of(command.args(CONTRAST).arg("--reference").arg(&reference))
        .failed(1, &["stop codons", "genome.fa", "another genome build"])
        .with_hint();
    assert!(!folder.join("other").exists());
}

#[test]
fn without_cds_rows_everything_is_unknown_and_said_so() {
    let table = Tsv::read(&toy_results().join("consequences.tsv"));
    assert!(table.cells("region").iter().all(|&region| region == "unknown"));
    assert!(table.cells("nmd").iter().all(|&nmd| nmd == "unknown"));
    assert!(table.cells("reason").iter().all(|&reason| reason == "the annotation has no CDS rows"));
    let panel = Tsv::read(&toy_results().join("nad_panel.tsv"));
    let sentence = panel.row_where("gene_name", GENE).text("consequence");
    assert_eq!(sentence, "unknown: the annotation has no CDS rows");
}
