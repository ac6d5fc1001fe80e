//! Files that are compressed, damaged, or something else.

mod support;

use std::path::Path;

use nadsplice_annotation::{GeneGrouping, ReadError, ReadOptions, read};
use support::{failure, gzip, read_as, shown};

const ROW: &str = "chr1\tx\texon\t11\t20\t.\t+\t.\tgene_id \"G\"; transcript_id \"T\";\n";

#[test]
fn plain_and_gzip_forms_are_one_content_whatever_their_names() {
    let members = [gzip(&ROW.as_bytes()[..30]), gzip(&ROW.as_bytes()[30..])].concat();
    let hash = *blake3::hash(ROW.as_bytes()).as_bytes();
    for (name, bytes) in [
        ("g.gtf", ROW.as_bytes()),
        ("g.gtf.gz", ROW.as_bytes()),
        ("g.gtf.gz", &gzip(ROW.as_bytes())),
        ("g.gtf", &gzip(ROW.as_bytes())),
        ("g.gff3.bgz", &members),
    ] {
        let file = read_as(name, bytes, GeneGrouping::ByLocus).unwrap();
        assert_eq!(shown(&file.annotation), ["G(-) chr1+ T: 11-20"]);
        assert_eq!(file.content_hash, hash);
    }
}

#[test]
fn a_truncated_or_damaged_gzip_file_is_an_error() {
    let whole = gzip(ROW.repeat(1000).as_bytes());
    let error = read_as("g.gtf.gz", &whole[..whole.len() / 2], GeneGrouping::ByLocus).unwrap_err();
    assert!(matches!(error, ReadError::Truncated { .. }), "{error}");
    assert!(error.to_string().contains("is truncated"));

    let mut damaged = whole;
    let last = damaged.len() - 6;
    damaged[last] ^= 0xff;
    let error = read_as("g.gtf.gz", &damaged, GeneGrouping::ByLocus).unwrap_err();
    assert!(matches!(error, ReadError::Corrupt { .. }), "{error}");
}

#[test]
fn a_missing_file_and_a_folder_are_named() {
    let error = read(Path::new("/no/such/genes.gtf"), &ReadOptions::default()).unwrap_err();
    assert_eq!(error.to_string(), "cannot open annotation `/no/such/genes.gtf`");
    let folder = tempfile::tempdir().unwrap();
    assert!(matches!(
        read(folder.path(), &ReadOptions::default()),
        Err(ReadError::Open { .. } | ReadError::Io { .. })
    ));
}

#[test]
fn another_kind_of_file_is_called_by_its_name() {
    let sam = "@HD\tVN:1.6\n@SQ\tSN:chr1\tLN:1000\n";
    let sam_rows = "r1\t0\tchr1\t11\t255\t10M\t*\t0\t0\tACGTACGTAC\tIIIIIIIIII\n";
    let gene_pred = "NM_1\tchr1\t+\t10\t400\t20\t300\t2\t10,300,\t200,400,\n";
    let genes = "chr1\tx\tgene\t1\t9\t.\t+\t.\tgene_id \"G\"\nchr1\tx\tgene\t1\t9\t.\t+\t.\tgene_id \"H\"\n";
    for (bytes, words) in [
        (&b""[..], "(0 rows): the file is empty"),
        (b"# nothing\n\n", "nothing but comments"),
        (b">chr1\nACGT\n", "the first line is that of a FASTA file"),
        (b"chr1\t10\t20\texon1\n", "looks like BED"),
        (sam.as_bytes(), "a SAM file"),
        (sam_rows.as_bytes(), "looks like SAM"),
        (gene_pred.as_bytes(), "looks like a genePred"),
        (b"##fileformat=VCFv4.2\n#CHROM\n1\t1\t.\n", "a VCF file"),
        (b"<!DOCTYPE html>\n<html>\n", "an HTML or XML page"),
        (b"chr1 x exon 1 9 . + . gene_id \"G\"; transcript_id \"T\"\n", "separated by blanks"),
        (genes.as_bytes(), "(2 rows, read as GTF, features: gene 2): it has neither exon nor CDS rows"),
        (b"BAM\x01\0\0\0\0", "found a BAM file"),
        (b"CRAM\x03\0", "found a CRAM file"),
        (b"SIRV\t2485\t7337\t2\t2\t1\t693\t0\t50\n", "a junction table of STAR"),
        (b"\x7fELF\x02\x01\0\0", "found binary data"),
        (b"BZh91AY", "found a bzip2 file"),
        (b"\xff\xfec\0h\0", "found UTF-16 text"),
    ] {
        assert!(failure(bytes).contains(words), "{}", failure(bytes));
        assert!(failure(&gzip(bytes)).contains(words), "gzip: {}", failure(&gzip(bytes)));
    }
}

#[test]
fn exons_none_of_which_is_usable_are_explained() {
    let no_ids = ROW.replace("gene_id \"G\"; transcript_id", "Alias").repeat(3);
    let message = failure(no_ids.as_bytes());
    assert!(message.contains("(3 rows, read as GTF, features: exon 3)"), "{message}");
    assert!(
        message.contains("line 1: expected a gene_id, found `Alias \"T\";` (3 rows skipped)"),
        "{message}"
    );

    let cds_only = ROW.replace("exon", "CDS");
    let error = read_as("g.gtf", cds_only.as_bytes(), GeneGrouping::RmatsMerged).unwrap_err().to_string();
    assert!(error.contains("transcript `T` has no exon rows (1 transcript left out)"), "{error}");
}

#[test]
fn gff3_named_gtf_is_read_as_gff3() {
    let text = "chr1\tx\texon\t1\t9\t.\t+\t.\tParent=T;gene=CD38\n";
    let file = read_as("genes.gtf", text.as_bytes(), GeneGrouping::ByLocus).unwrap();
    assert_eq!(file.format, nadsplice_annotation::Format::Gff3);
}
