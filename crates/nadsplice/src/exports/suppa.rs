//! SUPPA's events and shares (Trincado et al. 2018, <https://doi.org/10.1186/s13059-018-1417-1>).

use std::{
    io::{self, Write},
    path::Path,
};

use nadsplice_core::EventKind;
use nadsplice_events::{suppa_takes_inclusion, suppa_type};
use nadsplice_table::{EventRow, OutputFile, PSI, SampleColumns, read_events};

/// Writes `events_TYPE_strict.ioe` and `events_TYPE_strict.psi` of each of SUPPA's seven types. MSE and novel events
/// have no id there and are left out, as are events without a transcript of the form that SUPPA counts.
pub(crate) fn export(results: &Path, output: &Path) -> anyhow::Result<()> {
    let events = read_events(results)?;
    let ids: Vec<&str> = events.iter().map(|e| e.event_id.as_str()).collect();
    let psi = PSI.read::<f64>(results, SampleColumns::All)?.for_events(&ids)?;
    for (kind, name) in EventKind::ALL.into_iter().filter_map(|kind| Some((kind, suppa_type(kind)?))) {
        let mut ioe = OutputFile::create(&output.join(format!("events_{name}_strict.ioe")))?;
        let mut shares = OutputFile::create(&output.join(format!("events_{name}_strict.psi")))?;
        ioe_header(&mut ioe)?;
        writeln!(shares, "{}", psi.samples().join("\t"))?;
        for (k, event) in events.iter().enumerate().filter(|(_, e)| e.kind == kind) {
            ioe_rows(event, &mut ioe)?;
            if counted_transcripts(event).is_empty() {
                continue;
            }
            let cells = psi.row(k).iter().map(|&value| share(event, value)).collect::<Vec<_>>().join("\t");
            for id in &event.suppa_id {
                writeln!(shares, "{id}\t{cells}")?;
            }
        }
        ioe.finish()?;
        shares.finish()?;
    }
    Ok(())
}

/// The header of an `.ioe` table.
pub(crate) fn ioe_header(out: &mut impl Write) -> io::Result<()> {
    writeln!(out, "seqname\tgene_id\tevent_id\talternative_transcripts\ttotal_transcripts")
}

/// The rows of an event in an `.ioe` table, one an id. An event that genes share has the transcripts of all of them.
pub(crate) fn ioe_rows(event: &EventRow, out: &mut impl Write) -> io::Result<()> {
    let counted = counted_transcripts(event);
    if counted.is_empty() {
        return Ok(());
    }
    for id in &event.suppa_id {
        let gene = id.split(';').next().unwrap_or_default();
        let (counted, total) = (counted.join(","), event.total_transcripts.join(","));
        writeln!(out, "{}\t{gene}\t{id}\t{counted}\t{total}", event.chrom)?;
    }
    Ok(())
}

/// Transcripts of the form that is above the line in SUPPA's PSI.
fn counted_transcripts(event: &EventRow) -> Vec<&str> {
    let inclusion = &event.inclusion_transcripts;
    if suppa_takes_inclusion(event.kind, event.strand) {
        return inclusion.iter().map(String::as_str).collect();
    }
    event.total_transcripts.iter().filter(|t| !inclusion.contains(t)).map(String::as_str).collect()
}

/// SUPPA's PSI as Python prints numbers.
fn share(event: &EventRow, psi: Option<f64>) -> String {
    match psi {
        None => "nan".to_owned(),
        Some(psi) if suppa_takes_inclusion(event.kind, event.strand) => format!("{psi:?}"),
        // PSI has six decimals.
        Some(psi) => format!("{:?}", ((1.0 - psi) * 1e6).round() / 1e6),
    }
}
