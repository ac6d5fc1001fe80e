//! Small tables for tests.

use std::collections::BTreeMap;

use nadsplice_core::EventKind;
use nadsplice_table::{DifferentialRow, SampleRow, SampleTable};

use crate::results::{Contrast, EventPsi, Results};

/// A sample of which nothing was measured.
pub(crate) fn unmeasured() -> SampleRow {
    SampleRow {
        alignments: None,
        used_spliced: None,
        used_unspliced: None,
        short_overhang: None,
        unmapped: None,
        secondary: None,
        supplementary: None,
        qc_failed: None,
        duplicate: None,
        no_annotated_contig: None,
        multi_mapped: None,
        rmats_rejected: None,
        used_duplicates: None,
        library_strandedness: None,
        strandedness_source: String::new(),
        forward_fraction: None,
        reverse_fraction: None,
        read_length: None,
        paired_fraction: None,
        fragment_length: None,
        spliced_fraction: None,
        annotated_junction_fraction: None,
        annotated_junctions: None,
        novel_junctions: None,
        saturation: None,
        intronic_share: None,
        three_prime_bias: None,
        mt_share: None,
        duplicate_share: None,
        sex_call: String::new(),
        xist_cpm: None,
        y_cpm: None,
        slow_fibre_share: None,
        fat_score: None,
        immune_score: None,
        fibrosis_score: None,
        counted_in: String::new(),
    }
}

/// Samples with a condition.
pub(crate) fn sample_table(samples: &[(&str, &str)]) -> SampleTable {
    SampleTable {
        sheet_columns: vec!["sample".to_owned(), "condition".to_owned()],
        rows: samples
            .iter()
            .map(|(name, group)| (vec![(*name).into(), (*group).into()], unmeasured()))
            .collect(),
    }
}

/// A tested event of the contrast `condition:old:young`.
pub(crate) fn tested(id: &str, kind: EventKind, gene: &str, delta: f64, p: f64) -> DifferentialRow {
    DifferentialRow {
        contrast: "condition:old:young".to_owned(),
        event_id: id.to_owned(),
        kind,
        gene_id: vec![gene.to_owned()],
        gene_name: vec![gene.to_owned()],
        chrom: "1".to_owned(),
        strand: None,
        psi_case: Some(0.5 + delta / 2.0),
        psi_control: Some(0.5 - delta / 2.0),
        delta_psi: Some(delta),
        ci_low: Some(delta - 0.1),
        ci_high: Some(delta + 0.1),
        statistic: Some(1.0),
        df: Some(10.0),
        p_value: Some(p),
        log10_p: Some(p.log10()),
        q_value: Some(p),
        reads_case: 100,
        reads_control: 120,
        n_case: 2,
        n_control: 2,
        status: "ok".to_owned(),
        q_value_kind: Some(p),
        delta_psi_shrunk: Some(delta),
        detectable_delta: Some(0.2),
        outlier_samples: Vec::new(),
        overlap_group: None,
        junction_balance: None,
        evidence: "junctions".to_owned(),
        q_value_stagewise: None,
    }
}

/// Results of these samples and tested events, with PSI of 0.5 in every sample.
pub(crate) fn results(samples: &[(&str, &str)], events: Vec<DifferentialRow>) -> Results {
    let table = sample_table(samples);
    let names: Vec<String> = samples.iter().map(|(name, _)| (*name).to_owned()).collect();
    let mut contrast = Contrast::empty("condition:old:young", &table, None);
    let psi = |value| EventPsi {
        values: vec![value; names.len()],
        low: vec![value; names.len()],
        high: vec![value; names.len()],
    };
    let psi = events.iter().map(|event| (event.event_id.clone(), psi(Some(0.5)))).collect();
    contrast.events = events;
    Results {
        names,
        samples: table,
        contrasts: vec![contrast],
        pca: Vec::new(),
        catalogue: BTreeMap::new(),
        psi,
        most_variable: Vec::new(),
        gene_of_event: BTreeMap::new(),
        figures: None,
        run: None,
        tests: None,
        citations: None,
    }
}
