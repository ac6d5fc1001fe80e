//! Tables as files: what they look like, and that they come back as they were written.

#![allow(clippy::unwrap_used, reason = "the helpers fail as their tests do")]

mod matrices;

use std::{fs, path::Path};

use insta::assert_snapshot;
use nadsplice_core::{EventKind, Interval, LibraryStrandedness, Strand};
use nadsplice_table::*;
use proptest::prelude::*;

fn strings(words: &[&str]) -> Vec<String> {
    words.iter().map(|&w| w.to_owned()).collect()
}

fn intervals(ends: &[(u32, u32)]) -> Vec<Interval> {
    ends.iter().map(|&(start, end)| Interval::new(start, end).unwrap()).collect()
}

fn event() -> EventRow {
    EventRow {
        event_id: "SE:chr4:200-301:400-501:+".to_owned(),
        kind: EventKind::Se,
        gene_id: strings(&["ENSG1", "ENSG2"]),
        gene_name: strings(&["CD38", "BST1"]),
        chrom: "chr4".to_owned(),
        strand: Some(Strand::Forward),
        start0: Some(199),
        end: Some(501),
        novelty: "annotated".to_owned(),
        inclusion_junctions: intervals(&[(200, 300), (400, 500)]),
        skipping_junctions: intervals(&[(200, 500)]),
        length_inclusion: Some(284.0),
        length_skipping: Some(142.125),
        rmats_key: strings(&["chr4:+:300:400:100:200:500:600"]),
        suppa_id: strings(&["ENSG1;SE:chr4:200-301:400-501:+"]),
        exons: intervals(&[(100, 200), (300, 400), (500, 600)]),
        inclusion_transcripts: strings(&["T1"]),
        total_transcripts: strings(&["T1", "T2"]),
        inclusion_exons: intervals(&[(100, 200), (300, 400), (500, 600)]),
        skipping_exons: intervals(&[(100, 200), (500, 600)]),
        evidence: "junctions".to_owned(),
        unnamed_genes: Vec::new(),
        intron_balance: None,
        flags: Vec::new(),
    }
}

fn differential() -> DifferentialRow {
    DifferentialRow {
        contrast: "condition:old:young".to_owned(),
        event_id: "SE:chr4:200-301:400-501:+".to_owned(),
        kind: EventKind::Se,
        gene_id: strings(&["ENSG1"]),
        gene_name: strings(&["CD38"]),
        chrom: "chr4".to_owned(),
        strand: Some(Strand::Forward),
        psi_case: Some(0.75),
        psi_control: Some(0.25),
        delta_psi: Some(0.5),
        ci_low: Some(0.359),
        ci_high: Some(0.62),
        statistic: Some(48.29),
        df: Some(27.6),
        p_value: Some(1.61e-7),
        log10_p: Some(-6.7932),
        q_value: Some(3.22e-7),
        reads_case: 120,
        reads_control: 98,
        n_case: 3,
        n_control: 3,
        status: "ok".to_owned(),
        q_value_kind: Some(0.0),
        delta_psi_shrunk: Some(-0.000_000_1),
        detectable_delta: Some(0.125),
        outlier_samples: strings(&["old_3"]),
        overlap_group: Some(7),
        junction_balance: None,
        evidence: "junctions".to_owned(),
        q_value_stagewise: Some(0.01),
    }
}

fn untested() -> DifferentialRow {
    DifferentialRow {
        event_id: "RI:chr4:200-501:+".to_owned(),
        kind: EventKind::Ri,
        strand: None,
        ci_low: None,
        ci_high: None,
        statistic: None,
        df: None,
        p_value: None,
        log10_p: None,
        q_value: None,
        psi_case: Some(f64::NAN),
        status: "coverage".to_owned(),
        outlier_samples: Vec::new(),
        overlap_group: None,
        q_value_stagewise: None,
        ..differential()
    }
}

fn text(folder: &Path, file: &str) -> String {
    fs::read_to_string(folder.join(file)).unwrap().replace('\t', " | ")
}

fn fails<T>(result: Result<T, ReadError>, folder: &Path) -> String {
    let message = match result {
        Ok(_) => panic!("read what it should have refused"),
        Err(error) => error.to_string(),
    };
    message.replace(&format!("{}/", folder.display()), "")
}

#[test]
fn events_have_the_columns_and_the_form_of_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let bare = EventRow {
        event_id: "RI:2:200-501:.".to_owned(),
        kind: EventKind::Ri,
        strand: None,
        length_inclusion: None,
        rmats_key: Vec::new(),
        intron_balance: Some(0.125),
        flags: strings(&["uneven_intron"]),
        ..event()
    };
    write_table::<EventRow, _>(folder.path(), [&event(), &bare]).unwrap();
    assert_snapshot!(text(folder.path(), "events.tsv"), @r"
    event_id | kind | gene_id | gene_name | chrom | strand | start0 | end | novelty | inclusion_junctions | skipping_junctions | length_inclusion | length_skipping | rmats_key | suppa_id | exons | inclusion_transcripts | total_transcripts | inclusion_exons | skipping_exons | evidence | unnamed_genes | intron_balance | flags
    SE:chr4:200-301:400-501:+ | SE | ENSG1,ENSG2 | CD38,BST1 | chr4 | + | 199 | 501 | annotated | 200-300,400-500 | 200-500 | 284.000 | 142.125 | chr4:+:300:400:100:200:500:600 | ENSG1;SE:chr4:200-301:400-501:+ | 100-200,300-400,500-600 | T1 | T1,T2 | 100-200,300-400,500-600 | 100-200,500-600 | junctions | NA | NA | NA
    RI:2:200-501:. | RI | ENSG1,ENSG2 | CD38,BST1 | chr4 | . | 199 | 501 | annotated | 200-300,400-500 | 200-500 | NA | 142.125 | NA | ENSG1;SE:chr4:200-301:400-501:+ | 100-200,300-400,500-600 | T1 | T1,T2 | 100-200,300-400,500-600 | 100-200,500-600 | junctions | NA | 0.125 | uneven_intron
    ");
    assert_eq!(read_events(folder.path()).unwrap(), [event(), bare]);
}

#[test]
fn differential_rows_come_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    write_table::<DifferentialRow, _>(folder.path(), [differential(), untested()]).unwrap();
    assert_snapshot!(text(folder.path(), "differential.tsv"), @r"
    contrast | event_id | kind | gene_id | gene_name | chrom | strand | psi_case | psi_control | delta_psi | ci_low | ci_high | statistic | df | p_value | log10_p | q_value | reads_case | reads_control | n_case | n_control | status | q_value_kind | delta_psi_shrunk | detectable_delta | outlier_samples | overlap_group | junction_balance | evidence | q_value_stagewise
    condition:old:young | SE:chr4:200-301:400-501:+ | SE | ENSG1 | CD38 | chr4 | + | 0.750000 | 0.250000 | 0.500000 | 0.359000 | 0.620000 | 48.2900 | 27.60 | 1.610000e-7 | -6.7932 | 3.220000e-7 | 120 | 98 | 3 | 3 | ok | 1.000000e-300 | 0.000000 | 0.125000 | old_3 | 7 | NA | junctions | 1.000000e-2
    condition:old:young | RI:chr4:200-501:+ | RI | ENSG1 | CD38 | chr4 | . | NA | 0.250000 | 0.500000 | NA | NA | NA | NA | NA | NA | NA | 120 | 98 | 3 | 3 | coverage | 1.000000e-300 | 0.000000 | 0.125000 | NA | NA | NA | junctions | NA
    ");
    let read: Vec<DifferentialRow> = read_table(folder.path()).unwrap();
    let expected =
        DifferentialRow { q_value_kind: Some(1e-300), delta_psi_shrunk: Some(0.0), ..differential() };
    assert_eq!(read[0], expected);
    assert_eq!(read[1].psi_case, None);
    assert_eq!(read[1].status, "coverage");
}

#[test]
fn genes_panel_and_enrichment_come_back_as_they_were_written() {
    let folder = tempfile::tempdir().unwrap();
    let gene = GeneRow {
        contrast: "condition:old:young".to_owned(),
        gene_id: "ENSG1".to_owned(),
        gene_name: "CD38".to_owned(),
        n_events: 4,
        n_tested: 2,
        p_value: Some(0.5),
        q_value: Some(1.0),
        top_event: Some("SE:chr4:200-301:400-501:+".to_owned()),
        delta_psi_max: Some(-0.25),
    };
    let panel = PanelRow {
        contrast: "condition:old:young".to_owned(),
        gene_name: "NAMPT".to_owned(),
        gene_id: Vec::new(),
        role: "salvage".to_owned(),
        core: true,
        verdict: "not testable".to_owned(),
        n_events: 0,
        n_tested: 0,
        best_event: None,
        best_q: None,
        delta_psi: None,
        ci_low: None,
        ci_high: None,
        median_reads: Some(1.5),
        reason: "not in the annotation".to_owned(),
        detectable_delta: None,
        consequence: String::new(),
        log2_fold_change: Some(-0.75),
        expression_q: Some(0.25),
        gene_sets: strings(&["WP1403"]),
    };
    let set = EnrichmentRow {
        contrast: "condition:old:young".to_owned(),
        collection: "AMPK/mTOR".to_owned(),
        set_id: "R-HSA-1".to_owned(),
        set_name: "Energy, sensing".to_owned(),
        theme: String::new(),
        method: "wallenius".to_owned(),
        n_universe: 8000,
        n_called: 160,
        set_size: 60,
        overlap: 3,
        expected: Some(1.25),
        fold: Some(2.4),
        p_value: Some(0.125),
        q_value: None,
        p_hypergeometric: Some(0.0625),
        genes: strings(&["MTOR", "PRKAA1", "ULK1"]),
        status: "ok".to_owned(),
        p_one_weight: None,
        es: None,
        nes: None,
        log2_error: None,
        leading_edge: Vec::new(),
        n_members: 64,
        n_unknown: 2,
        redundant_with: Some("R-HSA-2".to_owned()),
        panel_genes: strings(&["SIRT1"]),
    };
    write_table::<GeneRow, _>(folder.path(), [&gene]).unwrap();
    write_table::<PanelRow, _>(folder.path(), [&panel]).unwrap();
    write_table::<EnrichmentRow, _>(folder.path(), [&set]).unwrap();
    let all =
        ["genes.tsv", "nad_panel.tsv", "enrichment.tsv"].map(|file| text(folder.path(), file)).join("\n");
    assert_snapshot!(all, @r"
    contrast | gene_id | gene_name | n_events | n_tested | p_value | q_value | top_event | delta_psi_max
    condition:old:young | ENSG1 | CD38 | 4 | 2 | 5.000000e-1 | 1.000000e0 | SE:chr4:200-301:400-501:+ | -0.250000

    contrast | gene_name | gene_id | role | core | verdict | n_events | n_tested | best_event | best_q | delta_psi | ci_low | ci_high | median_reads | reason | detectable_delta | consequence | log2_fold_change | expression_q | gene_sets
    condition:old:young | NAMPT | NA | salvage | yes | not testable | 0 | 0 | NA | NA | NA | NA | NA | 1.500 | not in the annotation | NA | NA | -0.750000 | 2.500000e-1 | WP1403

    contrast | collection | set_id | set_name | theme | method | n_universe | n_called | set_size | overlap | expected | fold | p_value | q_value | p_hypergeometric | genes | status | p_one_weight | es | nes | log2_error | leading_edge | n_members | n_unknown | redundant_with | panel_genes
    condition:old:young | AMPK/mTOR | R-HSA-1 | Energy, sensing | NA | wallenius | 8000 | 160 | 60 | 3 | 1.2500 | 2.4000 | 1.250000e-1 | NA | 6.250000e-2 | MTOR,PRKAA1,ULK1 | ok | NA | NA | NA | NA | NA | 64 | 2 | R-HSA-2 | SIRT1
    ");
    assert_eq!(read_table::<GeneRow>(folder.path()).unwrap(), [gene]);
    assert_eq!(read_table::<PanelRow>(folder.path()).unwrap(), [panel]);
    assert_eq!(read_table::<EnrichmentRow>(folder.path()).unwrap(), [set]);
}

#[test]
fn samples_have_the_sheet_s_columns_before_the_others() {
    let folder = tempfile::tempdir().unwrap();
    let found = SampleRow {
        alignments: Some(10),
        used_spliced: Some(4),
        used_unspliced: Some(5),
        short_overhang: Some(0),
        unmapped: Some(1),
        secondary: Some(0),
        supplementary: Some(0),
        qc_failed: Some(0),
        duplicate: Some(0),
        no_annotated_contig: Some(0),
        multi_mapped: Some(0),
        rmats_rejected: Some(0),
        used_duplicates: Some(0),
        library_strandedness: Some(LibraryStrandedness::Reverse),
        strandedness_source: "reads".to_owned(),
        forward_fraction: Some(0.0625),
        reverse_fraction: Some(0.9375),
        read_length: Some(101),
        paired_fraction: Some(1.0),
        fragment_length: Some(210.5),
        spliced_fraction: Some(4.0 / 9.0),
        annotated_junction_fraction: Some(0.5),
        annotated_junctions: Some(3),
        novel_junctions: Some(1),
        saturation: None,
        intronic_share: Some(0.125),
        three_prime_bias: None,
        mt_share: Some(0.25),
        duplicate_share: None,
        sex_call: "female".to_owned(),
        xist_cpm: Some(120.5),
        y_cpm: Some(0.0),
        slow_fibre_share: Some(0.375),
        fat_score: Some(-1.5),
        immune_score: None,
        fibrosis_score: None,
        counted_in: "genome".to_owned(),
    };
    let mut table = SampleTable {
        sheet_columns: strings(&["sample", "condition", "read_length"]),
        rows: vec![(strings(&["s1", "", "100"]), found)],
    };
    table.write(folder.path()).unwrap();
    assert_snapshot!(text(folder.path(), "samples.tsv"), @r"
    sample | condition | sheet_read_length | alignments | used_spliced | used_unspliced | short_overhang | unmapped | secondary | supplementary | qc_failed | duplicate | no_annotated_contig | multi_mapped | rmats_rejected | used_duplicates | library_strandedness | strandedness_source | forward_fraction | reverse_fraction | read_length | paired_fraction | fragment_length | spliced_fraction | annotated_junction_fraction | annotated_junctions | novel_junctions | saturation | intronic_share | three_prime_bias | mt_share | duplicate_share | sex_call | xist_cpm | y_cpm | slow_fibre_share | fat_score | immune_score | fibrosis_score | counted_in
    s1 | NA | 100 | 10 | 4 | 5 | 0 | 1 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | 0 | reverse | reads | 0.062500 | 0.937500 | 101 | 1.000000 | 210.500 | 0.444444 | 0.500000 | 3 | 1 | NA | 0.125000 | NA | 0.250000 | NA | female | 120.500 | 0.000 | 0.375000 | -1.500 | NA | NA | genome
    ");
    let read = SampleTable::read(folder.path()).unwrap();
    table.sheet_columns[2] = "sheet_read_length".to_owned();
    assert_eq!(read.sheet_columns, table.sheet_columns);
    assert_eq!(read.rows[0].0, table.rows[0].0);
    assert_eq!(read.rows[0].1, SampleRow { spliced_fraction: Some(0.444_444), ..table.rows[0].1.clone() });
}

#[test]
fn a_foreign_catalogue_needs_eight_columns_only() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("events.tsv"),
        "chrom\tstrand\tevent_id\tkind\tgene_id\tgene_name\tlength_skipping\tlength_inclusion\tmine\r\n\
         1\t*\te1\tSE\tg1,g2\tNA\t1\t2\tx\r\n\
         1\t+\te2\tRI\tg3\tG3\t\tNaN\ty\r\n",
    )
    .unwrap();
    let rows = read_events(folder.path()).unwrap();
    assert_eq!((rows[0].gene_id.len(), rows[0].gene_name.len(), rows[0].strand), (2, 0, None));
    assert_eq!((rows[0].length_inclusion, rows[0].length_skipping), (Some(2.0), Some(1.0)));
    assert_eq!((rows[1].length_inclusion, rows[1].length_skipping), (None, None));
    assert_eq!(rows[1].start0, None);
}

#[test]
fn errors_of_rows_name_file_line_and_column() {
    let folder = tempfile::tempdir().unwrap();
    let header = "event_id\tkind\tgene_id\tgene_name\tchrom\tstrand\tlength_inclusion\tlength_skipping\n";
    let mut messages = Vec::new();
    for body in [
        "e1\tEX\tg\tg\t1\t+\t1\t1\n",
        "e1\tSE\tg\tg\t1\t+\t1\t1\ne2\tSE\tg\tg\t1\t+\tlong\t1\n",
        "e1\tSE\tg\tg\t1\t+\t1\t1\ne1\tSE\tg\tg\t1\t+\t1\t1\n",
        "NA\tSE\tg\tg\t1\t+\t1\t1\n",
        "e1\tSE\tg\tg\t1\n",
    ] {
        fs::write(folder.path().join("events.tsv"), format!("{header}{body}")).unwrap();
        messages.push(fails(read_events(folder.path()), folder.path()));
    }
    fs::write(folder.path().join("events.tsv"), "event_id\tkind\n").unwrap();
    messages.push(fails(read_events(folder.path()), folder.path()));
    fs::remove_file(folder.path().join("events.tsv")).unwrap();
    messages.push(fails(read_events(folder.path()), folder.path()));
    assert_snapshot!(messages.join("\n"), @r"
    `events.tsv`, line 2, column `kind`: found `EX`, expected SE, MSE, A5SS, A3SS, MXE, RI, AFE or ALE
    `events.tsv`, line 3, column `length_inclusion`: found `long`, expected a number
    `events.tsv`, line 3: `e1` stands already on line 2
    `events.tsv`, line 2, column `event_id`: found `NA`, expected a text
    `events.tsv`, line 2: 5 tab-separated cells, expected 8 as in the header
    `events.tsv` has no column `gene_id`, `gene_name`, `chrom`, `strand`, `length_inclusion`, `length_skipping` (its columns: `event_id`, `kind`)
    could not read `events.tsv`
    ");
}

#[test]
fn a_table_without_rows_is_a_header() {
    let folder = tempfile::tempdir().unwrap();
    write_table::<GeneRow, GeneRow>(folder.path(), []).unwrap();
    assert_eq!(read_table::<GeneRow>(folder.path()).unwrap(), []);
    INCLUSION_COUNTS.create(folder.path(), &["s1"]).unwrap().finish().unwrap();
    assert!(INCLUSION_COUNTS.read::<u32>(folder.path(), SampleColumns::All).unwrap().is_empty());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_text_breaks_a_table(texts in prop::collection::vec((any::<String>(), any::<String>()), 1..20)) {
        let folder = tempfile::tempdir().unwrap();
        let rows: Vec<GeneRow> = texts
            .into_iter()
            .map(|(id, name)| GeneRow {
                contrast: "c".to_owned(),
                gene_id: format!("id {id}"),
                gene_name: name,
                n_events: 1,
                n_tested: 0,
                p_value: None,
                q_value: None,
                top_event: None,
                delta_psi_max: None,
            })
            .collect();
        write_table::<GeneRow, _>(folder.path(), &rows).unwrap();
        let read: Vec<GeneRow> = read_table(folder.path()).unwrap();
        let clean = |text: &str| text.replace(['\t', '\n', '\r'], " ");
        prop_assert_eq!(read.len(), rows.len());
        for (read, written) in read.iter().zip(&rows) {
            prop_assert_eq!(&read.gene_id, &clean(&written.gene_id));
            prop_assert_eq!(&read.gene_name, &clean(&written.gene_name));
        }
    }
}

#[test]
fn the_dictionary_documents_every_column_of_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("columns.tsv");
    write_data_dictionary(OutputFile::create(&path).unwrap()).unwrap();
    let written = fs::read_to_string(&path).unwrap();
    assert!(written.lines().all(|line| line.split('\t').count() == 4));
    assert!(!written.contains("NA\n"), "a column without a description");

    let dictionary = data_dictionary();
    assert!(dictionary.iter().all(|e| e.description.ends_with('.') && !e.description.contains("  ")));
    let columns_of = |table: &str| -> String {
        dictionary.iter().filter(|e| e.table == table).map(|e| e.column).collect::<Vec<_>>().join(" ")
    };
    let cluster = "cluster_id chrom strand gene_id gene_name junction_start0 junction_end annotated class kind \
                   pairs events <sample>";
    for (table, columns) in [
        (
            "events.tsv",
            "event_id kind gene_id gene_name chrom strand start0 end novelty inclusion_junctions \
             skipping_junctions length_inclusion length_skipping rmats_key suppa_id exons \
             inclusion_transcripts total_transcripts inclusion_exons skipping_exons evidence \
             unnamed_genes intron_balance flags",
        ),
        ("inclusion_counts.tsv", "event_id <sample>"),
        ("skipping_counts.tsv", "event_id <sample>"),
        ("psi.tsv", "event_id <sample>"),
        ("psi_low.tsv", "event_id <sample>"),
        ("psi_high.tsv", "event_id <sample>"),
        ("inclusion_lengths.tsv", "event_id <sample>"),
        ("skipping_lengths.tsv", "event_id <sample>"),
        ("junctions.tsv", "chrom start0 end strand annotated gene_id <sample>"),
        ("gene_counts.tsv", "gene_id gene_name <sample>"),
        ("gene_tpm.tsv", "gene_id gene_name <sample>"),
        ("clusters.tsv", cluster),
        ("cluster_usage.tsv", cluster),
        (
            "differential.tsv",
            "contrast event_id kind gene_id gene_name chrom strand psi_case psi_control delta_psi ci_low \
             ci_high statistic df p_value log10_p q_value reads_case reads_control n_case n_control status \
             q_value_kind delta_psi_shrunk detectable_delta outlier_samples overlap_group junction_balance \
             evidence q_value_stagewise",
        ),
        ("genes.tsv", "contrast gene_id gene_name n_events n_tested p_value q_value top_event delta_psi_max"),
        (
            "nad_panel.tsv",
            "contrast gene_name gene_id role core verdict n_events n_tested best_event best_q delta_psi \
             ci_low ci_high median_reads reason detectable_delta consequence log2_fold_change \
             expression_q gene_sets",
        ),
        (
            "enrichment.tsv",
            "contrast collection set_id set_name theme method n_universe n_called set_size overlap expected \
             fold p_value q_value p_hypergeometric genes status p_one_weight es nes log2_error leading_edge \
             n_members n_unknown redundant_with panel_genes",
        ),
    ] {
        assert_eq!(columns_of(table), columns, "{table}");
    }
    assert!(columns_of("samples.tsv").starts_with("<sheet column> alignments used_spliced"));
}
