//! BED for genome browsers: the junctions of each sample, and the events of a contrast.

use std::{collections::HashMap, fmt::Write as _, path::Path};

use nadsplice_align::BgzipWriter;
use nadsplice_core::Strand;
use nadsplice_table::{
    DifferentialRow, EventRow, JUNCTIONS, JunctionLead, Matrix, SampleColumns, read_events,
};

use super::{chosen_contrast, differential_rows, plain_names};

/// q-value from which on an event is grey.
const MAX_Q: f64 = 0.05;
/// More included, less included (colours of Okabe and Ito, which colour-blind readers tell apart), neither.
const VERMILION: &str = "213,94,0";
const BLUE: &str = "0,114,178";
const GREY: &str = "153,153,153";

/// Writes `SAMPLE.junctions.bed.gz` for every sample and `events.bed.gz`, each with a tabix index.
pub(crate) fn export(results: &Path, contrast: Option<&str>, output: &Path) -> anyhow::Result<()> {
    let tests = differential_rows(results)?;
    let contrast = chosen_contrast(&tests, contrast)?;
    let junctions = JUNCTIONS.read::<u32>(results, SampleColumns::All)?;
    let names = plain_names(junctions.samples())?;
    for (sample, name) in names.iter().enumerate() {
        write_junctions(&junctions, sample, &output.join(format!("{name}.junctions.bed.gz")))?;
    }
    let tests: Vec<_> = tests.into_iter().filter(|t| Some(&t.contrast) == contrast.as_ref()).collect();
    write_events(read_events(results)?, &tests, contrast.as_deref(), &output.join("events.bed.gz"))
}

/// A track line's text: its quotes cannot be escaped.
fn track_name(name: &str) -> String {
    name.replace('"', "'")
}

/// BED12 as regtools writes it: a block on either side of the intron, the score is the number of fragments. The blocks
/// have one base, since the tables do not keep how far reads reach.
fn write_junctions(junctions: &Matrix<JunctionLead, u32>, sample: usize, path: &Path) -> anyhow::Result<()> {
    let mut file = BgzipWriter::create(path)?;
    let mut line = format!(
        "track name=\"{}\" description=\"junctions\" graphType=junctions\n",
        track_name(&junctions.samples()[sample])
    );
    let mut longest = 0;
    for (k, junction) in junctions.leads().iter().enumerate() {
        let Some(fragments) = junctions.row(k)[sample].filter(|&n| n > 0) else { continue };
        let (start, end) = (junction.start0.saturating_sub(1), junction.end + 1);
        longest = longest.max(end);
        writeln!(
            line,
            "{}\t{start}\t{end}\tJUNC{:08}\t{fragments}\t{}\t{start}\t{end}\t{}\t2\t1,1\t0,{}",
            junction.chrom,
            k + 1,
            Strand::symbol_of(junction.strand),
            strand_colour(junction.strand),
            end - start - 1,
        )?;
        file.append(line.as_bytes())?;
        line.clear();
    }
    file.append(line.as_bytes())?;
    Ok(file.finish_indexed_bed(1, longest)?)
}

/// As IGV colours junctions.
fn strand_colour(strand: Option<Strand>) -> &'static str {
    match strand {
        Some(Strand::Forward) => VERMILION,
        Some(Strand::Reverse) => BLUE,
        None => GREY,
    }
}

/// BED9 of every event. The score is 1000 times the absolute difference of PSI; the thick part is the whole event.
fn write_events(
    mut events: Vec<EventRow>,
    tests: &[DifferentialRow],
    contrast: Option<&str>,
    path: &Path,
) -> anyhow::Result<()> {
    let tests: HashMap<&str, &DifferentialRow> = tests.iter().map(|t| (t.event_id.as_str(), t)).collect();
    let mut contigs: Vec<String> = events.iter().map(|e| e.chrom.clone()).collect();
    contigs.dedup();
    let rank = |chrom: &str| contigs.iter().position(|c| c == chrom);
    events.sort_by_cached_key(|e| (rank(&e.chrom), e.start0, e.end));
    let mut file = BgzipWriter::create(path)?;
    let mut line = format!(
        "track name=\"events\" description=\"{}\" itemRgb=\"On\"\n",
        track_name(contrast.unwrap_or("not compared"))
    );
    let mut longest = 0;
    for event in &events {
        let (Some(start), Some(end)) = (event.start0, event.end) else { continue };
        longest = longest.max(end);
        let test = tests.get(event.event_id.as_str());
        let delta = test.and_then(|t| t.delta_psi);
        let called = test.is_some_and(|t| t.q_value.is_some_and(|q| q < MAX_Q));
        let colour = match delta {
            Some(delta) if called && delta > 0.0 => VERMILION,
            Some(delta) if called && delta < 0.0 => BLUE,
            _ => GREY,
        };
        writeln!(
            line,
            "{}\t{start}\t{end}\t{}\t{:.0}\t{}\t{start}\t{end}\t{colour}",
            event.chrom,
            event.event_id,
            1000.0 * delta.unwrap_or(0.0).abs(),
            Strand::symbol_of(event.strand),
        )?;
        file.append(line.as_bytes())?;
        line.clear();
    }
    file.append(line.as_bytes())?;
    Ok(file.finish_indexed_bed(1, longest)?)
}
