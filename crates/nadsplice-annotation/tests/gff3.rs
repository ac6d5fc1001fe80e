//! Habits of writers of GFF3.

mod support;

use nadsplice_annotation::{Format, GeneGrouping, WarningKind};
use nadsplice_core::PrincipalTag;
use support::{read_as, read_text, shown, tabs, warned};

#[test]
fn ensembl_ids_lose_their_prefix_and_genes_take_name() {
    let text = tabs(
        "##gff-version 3\n##sequence-region 1 1 1000\n\
         1 | GRCh38 | chromosome | 1 | 1000 | . | . | . | ID=chromosome:1;Alias=chr1\n\
         1 | . | biological_region | 5 | 9 | 0.9 | + | . | external_name=oe %3D 0.8;logic_name=cpg\n\
         1 | havana | gene | 101 | 400 | . | + | . | ID=gene:ENSG1;Name=CD38;biotype=protein_coding;gene_id=ENSG1;version=5\n\
         1 | havana | mRNA | 101 | 400 | . | + | . | ID=transcript:ENST1;Parent=gene:ENSG1;Name=CD38-201;transcript_id=ENST1\n\
         1 | havana | five_prime_UTR | 101 | 149 | . | + | . | Parent=transcript:ENST1\n\
         1 | havana | exon | 101 | 200 | . | + | . | Parent=transcript:ENST1;Name=ENSE1;exon_id=ENSE1;rank=1\n\
         1 | havana | CDS | 150 | 200 | . | + | 0 | ID=CDS:ENSP1;Parent=transcript:ENST1;protein_id=ENSP1\n\
         1 | havana | exon | 301 | 400 | . | + | . | Parent=transcript:ENST1;Name=ENSE2\n\
         ###\n\
         1 | havana | ncRNA_gene | 501 | 600 | . | - | . | ID=gene:ENSG2;gene_id=ENSG2\n\
         1 | havana | lnc_RNA | 501 | 600 | . | - | . | ID=transcript:ENST2;Parent=gene:ENSG2;Name=X-201\n\
         1 | havana | exon | 501 | 600 | . | - | . | Parent=transcript:ENST2\n",
    );
    let file = read_text(&text);
    assert_eq!(file.format, Format::Gff3);
    assert_eq!(
        shown(&file.annotation),
        ["ENSG1(CD38) 1+ ENST1: 101-200,301-400 [150-200]", "ENSG2(-) 1- ENST2: 501-600"]
    );
    assert_eq!(warned(&file), []);
}

#[test]
fn gencode_names_and_versions_are_kept() {
    let text = tabs(
        "chr1 | HAVANA | gene | 101 | 400 | . | + | . | ID=ENSG1.5;gene_id=ENSG1.5;gene_name=CD38\n\
         chr1 | HAVANA | transcript | 101 | 400 | . | + | . | ID=ENST1.2;Parent=ENSG1.5;gene_id=ENSG1.5;transcript_id=ENST1.2;gene_name=CD38\n\
         chr1 | HAVANA | exon | 101 | 400 | . | + | . | ID=exon:ENST1.2:1;Parent=ENST1.2;gene_id=ENSG1.5;transcript_id=ENST1.2\n",
    );
    assert_eq!(shown(&read_text(&text).annotation), ["ENSG1.5(CD38) chr1+ ENST1.2: 101-400"]);
}

#[test]
fn refseq_ids_are_those_of_its_gtf() {
    let text = tabs(
        "NC_000004.12 | RefSeq | region | 1 | 9999 | . | + | . | ID=NC_000004.12:1..9999;Dbxref=taxon:9606\n\
         NC_000004.12 | BestRefSeq | gene | 101 | 400 | . | + | . | ID=gene-CD38;Dbxref=GeneID:952,HGNC:HGNC:1667;Name=CD38;gbkey=Gene;gene=CD38\n\
         NC_000004.12 | BestRefSeq | mRNA | 101 | 400 | . | + | . | ID=rna-NM_001775.4;Parent=gene-CD38;Name=NM_001775.4;transcript_id=NM_001775.4;gene=CD38\n\
         NC_000004.12 | BestRefSeq | exon | 101 | 400 | . | + | . | ID=exon-NM_001775.4-1;Parent=rna-NM_001775.4;gene=CD38\n\
         NC_000004.12 | RefSeq | cDNA_match | 101 | 400 | . | + | . | ID=aln0;Target=NM_1 1 300 +\n\
         NC_000004.12 | Curated | pseudogene | 501 | 600 | . | - | . | ID=gene-P1;Dbxref=GeneID:5;Name=P1;gene=P1;pseudo=true\n\
         NC_000004.12 | Curated | exon | 501 | 600 | . | - | . | ID=id-P1;Parent=gene-P1;gene=P1\n\
         NC_000004.12 | BestRefSeq | gene | 701 | 800 | . | + | . | ID=gene-MIR1;Name=MIR1;gene=MIR1\n\
         NC_000004.12 | BestRefSeq | primary_transcript | 701 | 800 | . | + | . | ID=rna-NR_1.1;Parent=gene-MIR1;gene=MIR1\n\
         NC_000004.12 | BestRefSeq | exon | 701 | 800 | . | + | . | Parent=rna-NR_1.1\n\
         NC_000004.12 | BestRefSeq | miRNA | 711 | 730 | . | + | . | ID=rna-MIR1;Parent=rna-NR_1.1;gene=MIR1\n\
         NC_000004.12 | BestRefSeq | exon | 711 | 730 | . | + | . | Parent=rna-MIR1\n",
    );
    assert_eq!(
        shown(&read_text(&text).annotation),
        [
            "CD38(CD38) NC_000004.12+ NM_001775.4: 101-400",
            "P1(P1) NC_000004.12- P1: 501-600",
            "MIR1(MIR1) NC_000004.12+ NR_1.1: 701-800",
            "MIR1(MIR1) NC_000004.12+ MIR1: 711-730",
        ]
    );
}

#[test]
fn serial_refseq_ids_give_way_to_symbols_and_accessions() {
    let text = tabs(
        "NC_23 | RefSeq | gene | 1 | 100 | . | + | . | ID=gene0;Dbxref=GeneID:55344;Name=PLCXD1;gene=PLCXD1\n\
         NC_23 | RefSeq | mRNA | 1 | 100 | . | + | . | ID=rna0;Parent=gene0;Name=NM_018390.3;transcript_id=NM_018390.3\n\
         NC_23 | RefSeq | exon | 1 | 100 | . | + | . | ID=id0;Parent=rna0;gene=PLCXD1\n\
         NC_24 | RefSeq | gene | 1 | 100 | . | + | . | ID=gene1;Dbxref=GeneID:55344;Name=PLCXD1;gene=PLCXD1\n\
         NC_24 | RefSeq | mRNA | 1 | 100 | . | + | . | ID=rna1;Parent=gene1;transcript_id=NM_018390.3\n\
         NC_24 | RefSeq | exon | 1 | 100 | . | + | . | ID=id1;Parent=rna1\n\
         NC_24 | RefSeq | gene | 201 | 300 | . | + | . | ID=gene2;Dbxref=HGNC:5,GeneID:7\n\
         NC_24 | RefSeq | tRNA | 201 | 300 | . | + | . | ID=rna2;Parent=gene2\n\
         NC_24 | RefSeq | exon | 201 | 300 | . | + | . | ID=id2;Parent=rna2\n",
    );
    assert_eq!(
        shown(&read_text(&text).annotation),
        [
            "PLCXD1(PLCXD1) NC_23+ NM_018390.3: 1-100",
            "PLCXD1-2(PLCXD1) NC_24+ NM_018390.3-2: 1-100",
            "GeneID:7(-) NC_24+ rna2: 201-300",
        ]
    );
}

#[test]
fn an_exon_belongs_to_each_of_its_parents_and_rows_may_come_before_them() {
    let text = tabs(
        "chr1 | x | exon | 301 | 400 | . | + | . | Parent=T1, T2 ;Name=e2\n\
         chr1 | x | exon | 101 | 200 | . | + | . | Parent=T2,T1,T2\n\
         chr1 | x | exon | 501 | 600 | . | + | . | Parent=T2\n\
         chr1 | x | CDS | 310 | 320 | . | + | . | Parent=T1\n\
         chr1 | x | mRNA | 101 | 600 | . | + | . | Parent=G1;ID=T2\n\
         chr1 | x | mRNA | 101 | 400 | . | + | . | ID=T1;Parent=G1\n\
         chr1 | x | gene | 101 | 600 | . | + | . | ID=G1;Name=CD38\n",
    );
    let file = read_text(&text);
    assert_eq!(
        shown(&file.annotation),
        ["G1(CD38) chr1+ T1: 101-200,301-400 [310-320]", "G1(CD38) chr1+ T2: 101-200,301-400,501-600"]
    );
    assert_eq!(warned(&file), []);
}

#[test]
fn a_protein_is_no_transcript_though_cds_rows_name_it() {
    let text = tabs(
        "Chr1 | TAIR10 | gene | 1 | 90 | . | + | . | ID=AT1G01010;Note=protein_coding_gene;Name=AT1G01010\n\
         Chr1 | TAIR10 | mRNA | 1 | 90 | . | + | . | ID=AT1G01010.1;Parent=AT1G01010;Name=AT1G01010.1;Index=1\n\
         Chr1 | TAIR10 | protein | 11 | 80 | . | + | . | ID=AT1G01010.1-Protein;Derives_from=AT1G01010.1\n\
         Chr1 | TAIR10 | exon | 1 | 90 | . | + | . | Parent=AT1G01010.1\n\
         Chr1 | TAIR10 | CDS | 11 | 80 | . | + | 0 | Parent=AT1G01010.1,AT1G01010.1-Protein;\n",
    );
    let file = read_text(&text);
    assert_eq!(shown(&file.annotation), ["AT1G01010(AT1G01010) Chr1+ AT1G01010.1: 1-90 [11-80]"]);
    assert_eq!(warned(&file), []);
}

#[test]
fn names_are_percent_decoded() {
    let text = tabs(
        "chr%201 | x | gene | 1 | 50 | . | + | . | ID=G%2C1;Name=a%3Bb%20c\n\
         chr%201 | x | mRNA | 1 | 50 | . | + | . | ID=T%3D1;Parent=G%2C1\n\
         chr%201 | x | exon | 1 | 50 | . | + | . | Parent=T%3D1\n",
    );
    assert_eq!(shown(&read_text(&text).annotation), ["G,1(a;b c) chr 1+ T=1: 1-50"]);
}

#[test]
fn transcripts_without_gene_row_find_their_gene_in_attributes() {
    let text = tabs(
        // gffread
        "chr1 | x | transcript | 1 | 50 | . | + | . | ID=T1;geneID=G1;gene_name=CD38\n\
         chr1 | x | exon | 1 | 50 | . | + | . | Parent=T1\n\
         chr1 | x | transcript | 11 | 50 | . | + | . | ID=T2;geneID=G1\n\
         chr1 | x | exon | 11 | 50 | . | + | . | Parent=T2\n\
         chr1 | x | mRNA | 101 | 150 | . | + | . | ID=T3;Name=three\n\
         chr1 | x | exon | 101 | 150 | . | + | . | Parent=T3\n\
         chr1 | x | exon | 201 | 250 | . | + | . | Parent=T4;gene_id=G4;gene_name=BST1\n\
         chr1 | x | exon | 301 | 350 | . | + | . | Parent=T5\n\
         chr1 | x | mRNA | 401 | 450 | . | + | . | ID=transcript:T6;Parent=gene:G6\n\
         chr1 | x | exon | 401 | 450 | . | + | . | Parent=transcript:T6\n",
    );
    let file = read_text(&text);
    assert_eq!(
        shown(&file.annotation),
        [
            "G1(CD38) chr1+ T1: 1-50",
            "G1(CD38) chr1+ T2: 11-50",
            "T3(-) chr1+ T3: 101-150",
            "G4(BST1) chr1+ T4: 201-250",
            "T5(-) chr1+ T5: 301-350",
            "G6(-) chr1+ T6: 401-450",
        ]
    );
    assert_eq!(warned(&file), [(WarningKind::UnknownParent, 7, 3)]);
}

#[test]
fn rows_without_parent_need_both_ids() {
    let text = tabs(
        "chr1 | x | exon | 1 | 50 | . | + | . | gene_id=\"G\";transcript_id=\"T\";gene_name=\"N\"\n\
         chr1 | x | exon | 101 | 150 | . | + | . | gene_id=\"G\";transcript_id=\"T\"\n\
         chr1 | x | exon | 201 | 250 | . | + | . | ID=lonely\n\
         chr1 | x | CDS | 301 | 350 | . | + | . | ID=cds-1;gene=thrA\n",
    );
    let file = read_text(&text);
    assert_eq!(shown(&file.annotation), ["G(N) chr1+ T: 1-50,101-150"]);
    assert_eq!(warned(&file), [(WarningKind::NoParent, 3, 2)]);
    assert_eq!(
        file.warnings[0].to_string(),
        "line 3: expected a Parent, or gene_id and transcript_id, found `ID=lonely` (2 rows skipped)"
    );
}

#[test]
fn a_gene_with_nothing_but_cds_gets_exons_of_it() {
    let text = tabs(
        "MT | RefSeq | gene | 101 | 400 | . | + | . | ID=gene-ND1;gene=MT-ND1\n\
         MT | RefSeq | CDS | 101 | 200 | . | + | 0 | ID=cds-1;Parent=gene-ND1\n\
         MT | RefSeq | CDS | 201 | 400 | . | + | 0 | ID=cds-1;Parent=gene-ND1\n",
    );
    let file = read_text(&text);
    assert_eq!(shown(&file.annotation), ["ND1(MT-ND1) MT+ ND1: 101-400 [101-200,201-400]"]);
    assert_eq!(warned(&file), [(WarningKind::ExonsInferred, 2, 1)]);
}

#[test]
fn features_end_where_sequence_begins() {
    let features = tabs(
        "chr1 | x | gene | 1 | 50 | . | + | . | ID=G\n\
         chr1 | x | mRNA | 1 | 50 | . | + | . | ID=T;Parent=G\n\
         chr1 | x | exon | 1 | 50 | . | + | . | Parent=T\n",
    );
    let after = tabs("chr1 | x | exon | 101 | 150 | . | + | . | Parent=T\n");
    for sequence in ["##FASTA\n>chr1\nACGT\n", ">chr1\nACGT\n"] {
        let file = read_text(&format!("{features}{sequence}{after}"));
        assert_eq!(shown(&file.annotation), ["G(-) chr1+ T: 1-50"]);
        assert_eq!(warned(&file), []);
        assert_eq!(
            file.content_hash,
            *blake3::hash(format!("{features}{sequence}{after}").as_bytes()).as_bytes()
        );
    }
}

#[test]
fn a_circle_of_parents_and_a_second_parent_do_no_harm() {
    let text = tabs(
        "chr1 | x | mRNA | 1 | 50 | . | + | . | ID=A;Parent=B\n\
         chr1 | x | mRNA | 1 | 50 | . | + | . | ID=B;Parent=A\n\
         chr1 | x | exon | 1 | 50 | . | + | . | Parent=A\n\
         chr1 | x | gene | 101 | 150 | . | + | . | ID=G\n\
         chr1 | x | mRNA | 101 | 150 | . | + | . | ID=C;Parent=G,H\n\
         chr1 | x | exon | 101 | 150 | . | + | . | Parent=C\n",
    );
    let file = read_text(&text);
    assert_eq!(file.annotation.genes.len(), 2);
    assert_eq!(shown(&file.annotation)[1], "G(-) chr1+ C: 101-150");
    assert_eq!(warned(&file), [(WarningKind::SeveralGenes, 6, 1)]);
}

#[test]
fn genes_on_several_contigs_are_split_or_merged() {
    let text = tabs(
        "X | x | gene | 1 | 50 | . | + | . | ID=G\n\
         X | x | mRNA | 1 | 50 | . | + | . | ID=T;Parent=G\n\
         X | x | exon | 21 | 50 | . | + | . | Parent=T\n\
         Y | x | exon | 1 | 10 | . | + | . | Parent=T\n",
    );
    assert_eq!(shown(&read_text(&text).annotation), ["G(-) X+ T: 21-50", "G(-) Y+ T: 1-10"]);
    let merged = read_as("g.gff3", text.as_bytes(), GeneGrouping::RmatsMerged).unwrap();
    assert_eq!(shown(&merged.annotation), ["G(-) X+ T: 1-10,21-50"]);
}

#[test]
fn tags_single_out_a_transcript_under_the_id_that_is_shown() {
    let text = tabs(
        "##gff-version 3\n\
         1 | havana | gene | 101 | 400 | . | + | . | ID=gene:G1\n\
         1 | havana | exon | 101 | 400 | . | + | . | Parent=transcript:T1\n\
         1 | havana | mRNA | 101 | 400 | . | + | . | ID=transcript:T1;Parent=gene:G1;tag=basic,Ensembl_canonical,MANE_Select\n\
         2 | BestRefSeq | gene | 101 | 400 | . | + | . | ID=gene-CD38;gene=CD38\n\
         2 | BestRefSeq | mRNA | 101 | 400 | . | + | . | ID=rna-NM_1.2;Parent=gene-CD38;tag=RefSeq Select\n\
         2 | BestRefSeq | exon | 101 | 400 | . | + | . | ID=exon-1;Parent=rna-NM_1.2;tag=RefSeq Select\n",
    );
    let principal = read_text(&text).principal;
    assert_eq!(principal.tag("T1"), Some(PrincipalTag::ManeSelect));
    assert_eq!(principal.tag("NM_1.2"), Some(PrincipalTag::Canonical));
    assert_eq!(principal.len(), 2);
}
