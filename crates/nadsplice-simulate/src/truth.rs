//! What a cohort's PSI truly are.

use std::fmt::Write;

use nadsplice_core::EventKind;

/// The true PSI of an event in one sample.
#[derive(Clone, Debug, PartialEq)]
pub struct TruthRow {
    /// The event's id.
    pub event_id: String,
    /// Its kind.
    pub kind: EventKind,
    /// The gene that expresses it.
    pub gene_id: String,
    /// That gene's name, else its id.
    pub gene_name: String,
    /// The sample.
    pub sample: String,
    /// The sample's group.
    pub group: String,
    /// Mean PSI of the group, in [0, 1].
    pub psi_group: f64,
    /// PSI of the sample: the molar share of the inclusion form among its spliced transcripts, in [0, 1].
    pub psi: f64,
}

/// The rows as a table with a header row.
pub(crate) fn truth_text(rows: &[TruthRow]) -> String {
    let mut text = "event_id\tkind\tgene_id\tgene_name\tsample\tgroup\tpsi_group\tpsi\n".to_owned();
    for row in rows {
        // Writing to a string cannot fail.
        let _ = writeln!(
            text,
            "{}\t{}\t{}\t{}\t{}\t{}\t{:.6}\t{:.6}",
            row.event_id, row.kind, row.gene_id, row.gene_name, row.sample, row.group, row.psi_group, row.psi
        );
    }
    text
}
