//! What the best events of panel genes do to proteins, in words.

use std::{
    collections::{HashMap, HashSet},
    path::Path,
};

use nadsplice_table::{ConsequenceRow, PanelRow, Table, read_table};

/// Says of every best event what it does to the protein; nothing where the folder has no `consequences.tsv`, as with
/// counts from elsewhere.
pub(super) fn describe(rows: &mut [PanelRow], quant: &Path) -> anyhow::Result<()> {
    if !quant.join(ConsequenceRow::FILE).exists() {
        return Ok(());
    }
    let wanted: HashSet<String> = rows.iter().filter_map(|row| row.best_event.clone()).collect();
    let mut forms: HashMap<String, Vec<ConsequenceRow>> = HashMap::new();
    for row in read_table::<ConsequenceRow>(quant)? {
        if wanted.contains(&row.event_id) {
            forms.entry(row.event_id.clone()).or_default().push(row);
        }
    }
    for row in rows {
        if let Some([inclusion, skipping]) =
            row.best_event.as_ref().and_then(|id| forms.get(id)).map(Vec::as_slice)
        {
            row.consequence = sentence(inclusion, skipping);
        }
    }
    Ok(())
}

/// Both forms of an event in one sentence.
pub(super) fn sentence(inclusion: &ConsequenceRow, skipping: &ConsequenceRow) -> String {
    let place = match inclusion.region.as_str() {
        "cds" => "in the CDS",
        "5utr" => "in the 5' UTR",
        "3utr" => "in the 3' UTR",
        "non_coding" => "in transcripts without a CDS",
        _ => return format!("unknown: {}", inclusion.reason),
    };
    let mut parts = vec![place.to_owned()];
    match inclusion.frame.as_str() {
        "kept" => parts.push("frame kept".to_owned()),
        "broken" => parts.push("frame broken".to_owned()),
        "unknown" => parts.push("frame unknown".to_owned()),
        _ => {}
    }
    match (inclusion.residues_change, skipping.residues_change) {
        (Some(change), _) if change > 0 => parts.push(format!("inclusion {} longer", residues(change))),
        (_, Some(change)) if change > 0 => parts.push(format!("skipping {} longer", residues(change))),
        (Some(0), _) if inclusion.region == "cds" => parts.push("same number of residues".to_owned()),
        _ => {}
    }
    for row in [inclusion, skipping] {
        let mut said = Vec::new();
        if row.start_lost == Some(true) {
            said.push("start codon lost".to_owned());
        }
        if row.stop_lost == Some(true) {
            said.push("stop codon lost".to_owned());
        }
        match row.stop.as_str() {
            "premature" => said.push("premature stop".to_owned()),
            "absent" => said.push("no stop codon in frame".to_owned()),
            _ => {}
        }
        match (row.nmd.as_str(), row.nmd_exceptions.as_deref()) {
            ("predicted", Some("near_start")) => {
                said.push("NMD predicted (but near the start, may escape)".to_owned());
            }
            ("predicted", Some("long_exon")) => {
                said.push("NMD predicted (but in a long exon, may escape)".to_owned());
            }
            ("predicted", Some("near_start,long_exon")) => {
                said.push("NMD predicted (but near the start and in a long exon, may escape)".to_owned());
            }
            ("predicted", _) => said.push("NMD predicted".to_owned()),
            ("unknown", _) if row.coding != "non_coding" || row.basis == "exchanged" => {
                said.push("NMD unknown".to_owned());
            }
            _ => {}
        }
        if !said.is_empty() {
            parts.push(format!("{} form: {}", row.form, said.join(", ")));
        }
    }
    parts.join("; ")
}

fn residues(change: i64) -> String {
    if change == 1 { "1 residue".to_owned() } else { format!("{change} residues") }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn row(form: &str) -> ConsequenceRow {
        ConsequenceRow {
            event_id: "SE:1".to_owned(),
            gene_name: vec!["G".to_owned()],
            form: form.to_owned(),
            region: "cds".to_owned(),
            frame: "kept".to_owned(),
            basis: "annotated".to_owned(),
            transcript: Some("T".to_owned()),
            coding: "coding".to_owned(),
            stop: "same".to_owned(),
            nmd: "not_predicted".to_owned(),
            nmd_exceptions: None,
            start_lost: Some(false),
            stop_lost: Some(false),
            residues: Some(100),
            residues_change: None,
            reason: String::new(),
            transcripts: Vec::new(),
        }
    }

    #[test]
    fn a_kept_frame_says_which_form_is_longer() {
        let (mut inclusion, mut skipping) = (row("inclusion"), row("skipping"));
        (inclusion.residues_change, skipping.residues_change) = (Some(12), Some(-12));
        assert_eq!(sentence(&inclusion, &skipping), "in the CDS; frame kept; inclusion 12 residues longer");
        (inclusion.residues_change, skipping.residues_change) = (Some(-1), Some(1));
        assert_eq!(sentence(&inclusion, &skipping), "in the CDS; frame kept; skipping 1 residue longer");
    }

    #[test]
    fn the_form_that_decays_is_named_with_its_exception() {
        let (mut inclusion, mut skipping) = (row("inclusion"), row("skipping"));
        inclusion.frame = "broken".to_owned();
        skipping.stop = "premature".to_owned();
        skipping.nmd = "predicted".to_owned();
        skipping.nmd_exceptions = Some("near_start".to_owned());
        assert_eq!(
            sentence(&inclusion, &skipping),
            "in the CDS; frame broken; skipping form: premature stop, NMD predicted (but near the start, may escape)"
        );
    }

    #[test]
    fn what_is_unknown_says_why() {
        let (mut inclusion, skipping) = (row("inclusion"), row("skipping"));
        inclusion.region = "unknown".to_owned();
        inclusion.reason = "the annotation has no CDS rows".to_owned();
        assert_eq!(sentence(&inclusion, &skipping), "unknown: the annotation has no CDS rows");
    }
}
