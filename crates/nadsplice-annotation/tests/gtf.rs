//! Habits of writers of GTF.

mod support;

use nadsplice_annotation::{Format, GeneGrouping, WarningKind};
use nadsplice_core::PrincipalTag;
use support::{read_as, read_text, shown, tabs, warned};

fn exon(start: u32, end: u32, attributes: &str) -> String {
    format!("chr1\tsource\texon\t{start}\t{end}\t.\t+\t.\t{attributes}\n")
}

#[test]
fn ensembl_rows_give_exons_and_cds() {
    let text = tabs(
        "#!genome-build GRCh38.p14\n\
         1 | havana | gene | 101 | 400 | . | - | . | gene_id \"ENSG1\"; gene_version \"5\"; gene_name \"CD38\";\n\
         1 | havana | transcript | 101 | 400 | . | - | . | gene_id \"ENSG1\"; transcript_id \"ENST1\";\n\
         1 | havana | exon | 301 | 400 | . | - | . | gene_id \"ENSG1\"; transcript_id \"ENST1\"; exon_number \"1\";\n\
         1 | havana | CDS | 301 | 350 | . | - | 0 | gene_id \"ENSG1\"; transcript_id \"ENST1\";\n\
         1 | havana | exon | 101 | 200 | . | - | . | gene_id \"ENSG1\"; transcript_id \"ENST1\"; exon_number \"2\";\n\
         1 | havana | CDS | 154 | 200 | . | - | 1 | gene_id \"ENSG1\"; transcript_id \"ENST1\";\n\
         1 | havana | stop_codon | 151 | 153 | . | - | 0 | gene_id \"ENSG1\"; transcript_id \"ENST1\";\n\
         1 | havana | five_prime_utr | 351 | 400 | . | - | . | gene_id \"ENSG1\"; transcript_id \"ENST1\";\n",
    );
    let file = read_text(&text);
    assert_eq!(file.format, Format::Gtf);
    assert_eq!(shown(&file.annotation), ["ENSG1(CD38) 1- ENST1: 101-200,301-400 [154-200,301-350]"]);
    assert_eq!(warned(&file), []);
}

#[test]
fn rows_that_begin_alike_are_told_apart() {
    let ids = r#"gene_id "G"; transcript_id "T1";"#;
    let text = [
        exon(11, 20, ids),
        exon(31, 40, &format!("{ids} exon_number 2;")),
        exon(51, 60, r#"gene_id "G"; transcript_id "T1a";"#),
        exon(71, 80, ids).replace('+', "-"),
        exon(71, 80, ids).replace("chr1", "chr2"),
        exon(51, 60, ids),
        exon(91, 95, "gene_id G; transcript_id T1; level 1"),
        exon(96, 99, "gene_id G; transcript_id T1b; level 1"),
    ];
    let file = read_text(&text.concat());
    let expected = [
        "G(-) chr1+ T1: 11-20,31-40,51-60,91-95",
        "G(-) chr1+ T1a: 51-60",
        "G(-) chr1+ T1b: 96-99",
        "G(-) chr1- T1: 71-80",
        "G(-) chr2+ T1: 71-80",
    ];
    assert_eq!(shown(&file.annotation), expected);
}

#[test]
fn attributes_are_understood_in_every_form() {
    for attributes in [
        r#"gene_id "G.1"; transcript_id "T.2"; gene_name "N";"#,
        r#"gene_id "G.1"; transcript_id "T.2"; gene_name "N""#,
        r#"gene_name "N"; transcript_id "T.2"; gene_id "G.1";"#,
        r#"transcript_id "T.2"; gene_name "N"; level 2; gene_id "G.1"; tag "a"; tag "b";"#,
        "gene_id G.1; transcript_id T.2; gene_name N;",
        r#"gene_id "G.1";transcript_id "T.2";gene_name "N";"#,
        r#"  gene_id  "G.1" ;  transcript_id  "T.2" ; gene_name "N" ;  "#,
        r#"GENE_ID "G.1"; Transcript_ID "T.2"; gene_name "N";"#,
        r#"note "x; gene_id y"; gene_id "G.1"; transcript_id "T.2"; gene_name "N";"#,
        r#"gene_id "G.1"; transcript_id "T.2"; gene "N"; db_xref "GeneID:952";"#,
        r#"gene_id "G.1"; transcript_id "T.2"; ref_gene_id "E"; ref_gene_name "N";"#,
        r#"gene_id "G.1"; transcript_id "T.2"; ref_gene_name "R"; gene "S"; gene_name "N";"#,
        "gene_id \"G.1\"; transcript_id \"T.2\"; gene_name \"N\";\t\t",
        "gene_id \"G.1\"; transcript_id \"T.2\"; gene_name \"N\";\r",
        "gene_id \"G.1\"; transcript_id \"T.2\"; gene_name \"N\"; # a comment",
    ] {
        let file = read_text(&exon(11, 20, attributes));
        assert_eq!(shown(&file.annotation), ["G.1(N) chr1+ T.2: 11-20"], "{attributes}");
        assert_eq!(warned(&file), [], "{attributes}");
    }
}

#[test]
fn headers_blank_lines_and_comments_may_stand_anywhere() {
    let first = exon(11, 20, r#"gene_id "G"; transcript_id "T";"#);
    let second = exon(31, 40, r#"gene_id "G"; transcript_id "T";"#);
    let text = format!(
        "\u{feff}browser position chr1:1-100\n\
         track name=\"genes\" description=\"mine\"\n\
         ##gff-version 2\n\n{first}# between\n   \n\t\n\r\n{second}###\n#!end"
    );
    let file = read_text(&text);
    assert_eq!(shown(&file.annotation), ["G(-) chr1+ T: 11-20,31-40"]);
    assert_eq!(warned(&file), []);
    let crlf = text.replace('\n', "\r\n");
    assert_eq!(shown(&read_text(&crlf).annotation), shown(&file.annotation));
    let no_last_newline = text.trim_end_matches("###\n#!end").trim_end();
    assert_eq!(shown(&read_text(no_last_newline).annotation), shown(&file.annotation));
}

#[test]
fn rows_of_a_transcript_need_not_be_adjacent_or_sorted_and_duplicates_go() {
    let text = [
        exon(301, 400, r#"gene_id "A"; transcript_id "T1";"#),
        exon(11, 20, r#"gene_id "B"; transcript_id "T2";"#),
        exon(101, 200, r#"gene_id "A"; transcript_id "T1";"#),
        exon(101, 150, r#"gene_id "A"; transcript_id "T3";"#),
        exon(101, 200, r#"gene_id "A"; transcript_id "T1";"#),
        exon(1, 5, r#"gene_id "B"; transcript_id "T2";"#),
        exon(150, 250, r#"gene_id "A"; transcript_id "T1";"#),
    ]
    .concat();
    assert_eq!(
        shown(&read_text(&text).annotation),
        ["A(-) chr1+ T1: 101-200,150-250,301-400", "A(-) chr1+ T3: 101-150", "B(-) chr1+ T2: 1-5,11-20"]
    );
}

#[test]
fn names_come_from_whichever_row_has_one_first() {
    let text = [
        exon(11, 20, r#"gene_id "M.1"; transcript_id "M.1.1";"#),
        exon(31, 40, r#"gene_id "M.1"; transcript_id "M.1.2"; ref_gene_name "CD38"; ref_gene_id "ENSG4";"#),
        exon(31, 50, r#"gene_id "M.1"; transcript_id "M.1.3"; ref_gene_name "BST1";"#),
        tabs("chr1 | x | transcript | 1 | 9 | . | + | . | gene_id \"M.2\"; transcript_id \"M.2.1\"; gene_name \"N\"\n"),
        exon(1, 9, r#"gene_id "M.2"; transcript_id "M.2.1";"#),
    ]
    .concat();
    let names: Vec<_> = read_text(&text).annotation.genes.into_iter().map(|g| g.name).collect();
    assert_eq!(names, [Some("CD38".to_owned()), Some("N".to_owned())]);
}

#[test]
fn strandless_exons_are_kept_without_strand() {
    let text = tabs(
        "chr1 | StringTie | exon | 11 | 20 | 1000 | . | . | gene_id \"S.1\"; transcript_id \"S.1.1\"; cov \"2.5\";\n\
         chr1 | x | exon | 31 | 40 | . | ? | . | gene_id \"S.2\"; transcript_id \"S.2.1\";\n",
    );
    assert_eq!(
        shown(&read_text(&text).annotation),
        ["S.1(-) chr1. S.1.1: 11-20", "S.2(-) chr1. S.2.1: 31-40"]
    );
}

/// The gene lies on two contigs and on both strands; one of its transcripts, too.
const SEVERAL_LOCI: &str = "\
chrX | x | exon | 101 | 200 | . | + | . | gene_id \"G\"; transcript_id \"T1\";\n\
chrY | x | exon | 11 | 20 | . | + | . | gene_id \"G\"; transcript_id \"T1\";\n\
chrX | x | exon | 301 | 400 | . | + | . | gene_id \"G\"; transcript_id \"T1\";\n\
chrX | x | exon | 301 | 350 | . | - | . | gene_id \"G\"; transcript_id \"T2\";\n\
chrY | x | exon | 1 | 9 | . | + | . | gene_id \"H\"; transcript_id \"T3\";\n\
chrY | x | exon | 101 | 200 | . | + | . | gene_id \"G\"; transcript_id \"T1\";\n\
chrY | x | CDS | 150 | 160 | . | + | . | gene_id \"G\"; transcript_id \"T1\";\n\
chrY | x | CDS | 5 | 7 | . | + | . | gene_id \"H\"; transcript_id \"T4\";\n";

#[test]
fn a_gene_id_is_split_by_contig_and_strand() {
    let file = read_text(&tabs(SEVERAL_LOCI));
    assert_eq!(
        shown(&file.annotation),
        [
            "G(-) chrX+ T1: 101-200,301-400",
            "G(-) chrY+ T1: 11-20,101-200 [150-160]",
            "G(-) chrX- T2: 301-350",
            "H(-) chrY+ T3: 1-9",
            "H(-) chrY+ T4: 5-7 [5-7]",
        ]
    );
    assert_eq!(file.annotation.contigs.names(), ["chrX", "chrY"]);
    assert_eq!(warned(&file), [(WarningKind::ExonsInferred, 8, 1)]);
}

#[test]
fn merged_as_rmats_does_a_gene_id_is_one_gene_on_its_first_exon_s_strand() {
    let file = read_as("g.gtf", tabs(SEVERAL_LOCI).as_bytes(), GeneGrouping::RmatsMerged).unwrap();
    assert_eq!(
        shown(&file.annotation),
        ["G(-) chrX+ T1: 11-20,101-200,301-400 [150-160]", "G(-) chrX+ T2: 301-350", "H(-) chrY+ T3: 1-9",]
    );
    assert_eq!(warned(&file), [(WarningKind::NoExonRows, 8, 1)]);
}

#[test]
fn exons_are_made_of_cds_utr_and_codons_where_there_are_none() {
    let text = tabs(
        "chr1 | x | CDS | 120 | 200 | . | + | 0 | gene_id \"G\"; transcript_id \"T\";\n\
         chr1 | x | 5UTR | 101 | 119 | . | + | . | gene_id \"G\"; transcript_id \"T\";\n\
         chr1 | x | CDS | 301 | 347 | . | + | 0 | gene_id \"G\"; transcript_id \"T\";\n\
         chr1 | x | stop_codon | 348 | 350 | . | + | 0 | gene_id \"G\"; transcript_id \"T\";\n\
         chr1 | x | 3UTR | 348 | 400 | . | + | . | gene_id \"G\"; transcript_id \"T\";\n\
         chr1 | x | 3UTR | 501 | 600 | . | + | . | gene_id \"G\"; transcript_id \"T\";\n\
         chr1 | x | CDS | 11 | 20 | . | + | . | gene_id \"G\"; transcript_id \"U\";\n\
         chr1 | x | UTR | 21 | 30 | . | + | . | gene_id \"G\"; transcript_id \"U\";\n\
         chr1 | x | exon | 11 | 28 | . | + | . | gene_id \"G\"; transcript_id \"U\";\n",
    );
    let file = read_text(&text);
    assert_eq!(
        shown(&file.annotation),
        ["G(-) chr1+ T: 101-200,301-400,501-600 [120-200,301-347]", "G(-) chr1+ U: 11-28 [11-20]"]
    );
    assert_eq!(
        file.warnings[0].to_string(),
        "line 1: transcript `T` has no exon rows; its exons are the union of its CDS, UTR and codon rows \
         (1 transcript)"
    );
}

#[test]
fn odd_rows_are_skipped_and_counted_by_kind() {
    let good = "gene_id \"G\"; transcript_id \"T\";";
    let row = |start: &str, end: &str, strand: &str, attributes: &str| {
        format!("chr1\tx\texon\t{start}\t{end}\t.\t{strand}\t.\t{attributes}\n")
    };
    let text = [
        row("11", "20", "+", good),
        "chr1\tx\texon\t11\n".to_owned(),
        row("abc", "20", "+", good),
        row("1e3", "2000", "+", good),
        row("30", "21", "+", good),
        row("0", "20", "+", good),
        row("11", "20", "*", good),
        row("11", "20", "+", "transcript_id \"T\";"),
        row("11", "20", "+", "gene_id \"G\"; transcript_id \"\";"),
        row("11", "20", "+", "."),
        "just text\n".to_owned(),
        // Rows that are not used may be as odd as they like.
        "chr1\tx\tgene\tabc\t0\t.\t*\t.\tgene_id \"G\"\n".to_owned(),
    ]
    .concat();
    let file = read_text(&text);
    assert_eq!(shown(&file.annotation), ["G(-) chr1+ T: 11-20"]);
    assert_eq!(
        warned(&file),
        [
            (WarningKind::TooFewColumns, 2, 2),
            (WarningKind::Coordinate, 3, 2),
            (WarningKind::StartAfterEnd, 5, 1),
            (WarningKind::CoordinateZero, 6, 1),
            (WarningKind::Strand, 7, 1),
            (WarningKind::NoGeneId, 8, 2),
            (WarningKind::NoTranscriptId, 9, 1),
        ]
    );
    let texts: Vec<String> = file.warnings.iter().map(ToString::to_string).collect();
    assert_eq!(
        texts[0],
        "line 2: expected 9 tab-separated columns, found 4 in `chr1 x exon 11` (2 rows skipped)"
    );
    assert_eq!(
        texts[1],
        "line 3: expected start and end as whole numbers from 1 to 4294967295, found `abc` (2 rows skipped)"
    );
    assert_eq!(texts[2], "line 5: expected a start not above its end, found `30-21` (1 row skipped)");
}

#[test]
fn a_file_with_a_gene_id_for_each_transcript_is_noticed() {
    let text: String = (1..=5)
        .map(|n| exon(n * 10, n * 10 + 5, &format!("gene_id \"uc{n}\"; transcript_id \"uc{n}\";")))
        .collect();
    let file = read_text(&text);
    assert_eq!(warned(&file), [(WarningKind::GeneIdIsTranscriptId, 1, 5)]);
    assert!(file.warnings[0].to_string().contains("as in `uc1` (5 transcripts)"));
}

#[test]
fn bytes_that_are_not_utf_8_survive_as_latin_1() {
    let text = b"chr1\tx\texon\t11\t20\t.\t+\t.\tgene_id \"G\xfc\"; transcript_id \"T\"; note \"\xff\";\n";
    let file = read_as("g.gtf", text, GeneGrouping::ByLocus).unwrap();
    assert_eq!(shown(&file.annotation), ["G\u{fc}(-) chr1+ T: 11-20"]);
    assert_eq!(warned(&file), [(WarningKind::NotUtf8, 1, 1)]);
}

#[test]
fn tags_single_out_a_transcript_wherever_they_stand() {
    let text = tabs(
        "1 | havana | transcript | 101 | 400 | . | + | . | gene_id \"G1\"; transcript_id \"T1\"; tag \"basic\"; tag \"Ensembl_canonical\"; tag \"MANE_Select\";\n\
         1 | havana | exon | 101 | 400 | . | + | . | gene_id \"G1\"; transcript_id \"T1\";\n\
         1 | BestRefSeq | exon | 101 | 400 | . | + | . | gene_id \"G2\"; transcript_id \"T2\"; tag \"RefSeq Select\";\n\
         1 | havana | exon | 101 | 300 | . | + | . | gene_id \"G2\"; transcript_id \"T3\"; tag \"CCDS\";\n",
    );
    let principal = read_text(&text).principal;
    assert_eq!(principal.tag("T1"), Some(PrincipalTag::ManeSelect));
    assert_eq!(principal.tag("T2"), Some(PrincipalTag::Canonical));
    assert_eq!(principal.len(), 2);
}
