//! rMATS's result tables as counts to test.

use std::{
    collections::HashMap,
    fs::File,
    io::Read,
    path::{Path, PathBuf},
};

use anyhow::{Context, anyhow, bail, ensure};
use flate2::read::MultiGzDecoder;
use nadsplice_core::{ContigId, Event, EventKind, Form, Interval, Strand};
use nadsplice_events::rmats_key;
use nadsplice_table::{
    EventLead, EventRow, INCLUSION_COUNTS, INCLUSION_LENGTHS, JUNCTIONS, OutputFile, SAMPLES_FILE,
    SKIPPING_COUNTS, write_table,
};

use crate::messages::Messages;

/// The kinds of rMATS.
const KINDS: [EventKind; 5] =
    [EventKind::Se, EventKind::A5ss, EventKind::A3ss, EventKind::Mxe, EventKind::Ri];
/// Names of its two rules of counting in file names, old ones last, and in `events.tsv`.
const RULES: [([&str; 2], &str); 2] =
    [(["JC", "JunctionCountOnly"], "rmats_jc"), (["JCEC", "ReadsOnTargetAndJunctionCounts"], "rmats_jcec")];
/// Names of its groups, which are the levels of `condition` where there is no sheet.
pub(crate) const GROUPS: [&str; 2] = ["sample_1", "sample_2"];

/// Events with the counts of rMATS's samples, those of its first group first.
struct Counts {
    events: Vec<EventRow>,
    inclusion: Vec<Vec<u32>>,
    skipping: Vec<Vec<u32>>,
    /// Samples of either group.
    sizes: Option<[usize; 2]>,
    by_id: HashMap<String, usize>,
    repeated: usize,
}

/// Writes `events.tsv`, the counts and, where `names` has none, `samples.tsv` from the tables in `folder`. The folder
/// for the output is made when all of them could be read.
///
/// `names` are the sheet's samples in rMATS's order. A row that repeats an event with other outer exon ends is left
/// out: the junctions, and so the counts, are the same.
pub(crate) fn convert(
    folder: &Path,
    names: Option<&[String]>,
    output: &Path,
    messages: Messages,
) -> anyhow::Result<()> {
    if let Some(name) =
        [INCLUSION_LENGTHS.file, JUNCTIONS.file].into_iter().find(|name| output.join(name).exists())
    {
        bail!(
            "`{}` is of a quantified cohort, whose counts those of rMATS would replace\n\
             hint: name another folder for the output",
            output.join(name).display()
        );
    }
    let (files, evidence) = find(folder)?;
    let mut counts = Counts {
        events: Vec::new(),
        inclusion: Vec::new(),
        skipping: Vec::new(),
        sizes: None,
        by_id: HashMap::new(),
        repeated: 0,
    };
    for (kind, path) in &files {
        let text = read(path)?;
        counts.add(*kind, &text, evidence).with_context(|| format!("could not use `{}`", path.display()))?;
    }
    let Some([first, second]) = counts.sizes else { bail!("the tables in `{}` are empty", folder.display()) };
    if let Some(names) = names {
        ensure!(
            names.len() == first + second,
            "the sample sheet has {} samples, expected the {first} and {second} of rMATS's groups, in its order",
            names.len()
        );
    }
    std::fs::create_dir_all(output)
        .with_context(|| format!("could not make folder `{}`", output.display()))?;
    let samples: Vec<String> = if let Some(names) = names {
        names.to_vec()
    } else {
        write_sheet(output, [first, second])?;
        sample_names([first, second]).map(|(name, _)| name).collect()
    };
    counts.write(output, &samples)?;
    messages.step(format!(
        "{} events of {} and {} samples read from {} of rMATS's tables ({evidence}), {} repeated rows left out",
        counts.events.len(),
        first,
        second,
        files.len(),
        counts.repeated,
    ));
    Ok(())
}

/// The tables of one rule: junction counts where there are any.
fn find(folder: &Path) -> anyhow::Result<(Vec<(EventKind, PathBuf)>, &'static str)> {
    for (names, evidence) in RULES {
        let path_of = |kind: EventKind| {
            names
                .iter()
                .flat_map(|rule| ["", ".gz"].map(|end| folder.join(format!("{kind}.MATS.{rule}.txt{end}"))))
                .find(|path| path.is_file())
        };
        let files: Vec<(EventKind, PathBuf)> =
            KINDS.into_iter().filter_map(|kind| Some((kind, path_of(kind)?))).collect();
        if !files.is_empty() {
            return Ok((files, evidence));
        }
    }
    bail!("no table of rMATS in `{}`\nhint: it should hold SE.MATS.JC.txt and its like", folder.display())
}

fn read(path: &Path) -> anyhow::Result<String> {
    let mut text = String::new();
    let file = File::open(path).with_context(|| format!("could not open `{}`", path.display()))?;
    let result = if path.extension().is_some_and(|e| e == "gz") {
        MultiGzDecoder::new(file).read_to_string(&mut text)
    } else {
        { file }.read_to_string(&mut text)
    };
    result.with_context(|| format!("could not read `{}`", path.display()))?;
    Ok(text)
}

/// Samples of both groups with their group.
fn sample_names(sizes: [usize; 2]) -> impl Iterator<Item = (String, &'static str)> {
    GROUPS
        .into_iter()
        .zip(sizes)
        .flat_map(|(group, size)| (1..=size).map(move |k| (format!("{group}_{k}"), group)))
}

fn write_sheet(output: &Path, sizes: [usize; 2]) -> anyhow::Result<()> {
    let lines = sample_names(sizes).map(|(name, group)| format!("{name}\t{group}\n"));
    let text: String = std::iter::once("sample\tcondition\n".to_owned()).chain(lines).collect();
    let mut file = OutputFile::create(&output.join(SAMPLES_FILE))?;
    file.append(text.as_bytes())?;
    Ok(file.finish()?)
}

impl Counts {
    fn add(&mut self, kind: EventKind, text: &str, evidence: &str) -> anyhow::Result<()> {
        let mut lines = text.lines();
        let header: Vec<&str> = lines.next().unwrap_or_default().split('\t').collect();
        let table = Header { kind, columns: &header };
        for (number, line) in (2..).zip(lines).filter(|(_, line)| !line.trim().is_empty()) {
            let cells: Vec<&str> = line.split('\t').collect();
            ensure!(
                cells.len() == header.len(),
                "line {number}: {} cells, expected {} as in the header",
                cells.len(),
                header.len()
            );
            let row = table.row(&cells, evidence).with_context(|| format!("line {number}"))?;
            self.push(row).with_context(|| format!("line {number}"))?;
        }
        Ok(())
    }

    fn push(&mut self, row: RmatsRow) -> anyhow::Result<()> {
        let sizes = row.groups.each_ref().map(|[inclusion, _]| inclusion.len());
        let known = *self.sizes.get_or_insert(sizes);
        let skipping = row.groups.each_ref().map(|[_, skipping]| skipping.len());
        ensure!(
            sizes == known && skipping == known,
            "counts of {} and {} samples, expected {} and {}",
            sizes[0],
            sizes[1],
            known[0],
            known[1]
        );
        if let Some(&known) = self.by_id.get(&row.event.event_id) {
            let genes = &mut self.events[known].gene_id;
            if !genes.contains(&row.event.gene_id[0]) {
                self.events[known].gene_id.extend(row.event.gene_id);
                self.events[known].gene_name.extend(row.event.gene_name);
                self.events[known].unnamed_genes.extend(row.event.unnamed_genes);
            }
            self.repeated += 1;
            return Ok(());
        }
        self.by_id.insert(row.event.event_id.clone(), self.events.len());
        self.events.push(row.event);
        let [[a, b], [c, d]] = row.groups;
        self.inclusion.push([a, c].concat());
        self.skipping.push([b, d].concat());
        Ok(())
    }

    fn write(&self, output: &Path, samples: &[String]) -> anyhow::Result<()> {
        write_table::<EventRow, _>(output, &self.events)?;
        for (table, counts) in [(&INCLUSION_COUNTS, &self.inclusion), (&SKIPPING_COUNTS, &self.skipping)] {
            let mut writer = table.create(output, samples)?;
            for (event, row) in self.events.iter().zip(counts) {
                let lead = EventLead { event_id: event.event_id.clone() };
                writer.write(&lead, row.iter().copied())?;
            }
            writer.finish()?;
        }
        Ok(())
    }
}

/// One row of a table: the event, and for either group inclusion and skipping counts.
struct RmatsRow {
    event: EventRow,
    groups: [[Vec<u32>; 2]; 2],
}

struct Header<'a> {
    kind: EventKind,
    columns: &'a [&'a str],
}

impl Header<'_> {
    /// The cell of the first of these columns that is there.
    fn cell<'c>(&self, cells: &[&'c str], names: &[&str]) -> anyhow::Result<&'c str> {
        let at = names.iter().find_map(|name| self.columns.iter().position(|c| c == name));
        at.map(|at| cells[at].trim_matches('"')).ok_or_else(|| anyhow!("no column `{}`", names[0]))
    }

    fn number<T: std::str::FromStr>(&self, cells: &[&str], names: &[&str]) -> anyhow::Result<T> {
        let cell = self.cell(cells, names)?;
        cell.parse().map_err(|_| anyhow!("column `{}` holds `{cell}`, expected a number", names[0]))
    }

    fn exon(&self, cells: &[&str], start: &str, end: &str) -> anyhow::Result<Interval> {
        let (from, to) = (self.number(cells, &[start])?, self.number(cells, &[end])?);
        Interval::new(from, to).ok_or_else(|| anyhow!("an exon from {from} to {to} (`{start}`, `{end}`)"))
    }

    fn counts(&self, cells: &[&str], group: &str) -> anyhow::Result<[Vec<u32>; 2]> {
        let list = |names: [String; 2]| -> anyhow::Result<Vec<u32>> {
            let names = names.each_ref().map(String::as_str);
            let cell = self.cell(cells, &names)?;
            let counts = cell.split(',').filter(|c| !c.is_empty());
            counts
                .map(|c| {
                    c.parse().map_err(|_| anyhow!("column `{}` holds `{cell}`, expected counts", names[0]))
                })
                .collect()
        };
        let group = group.to_uppercase();
        Ok([
            list([format!("IJC_{group}"), format!("IC_{group}")])?,
            list([format!("SJC_{group}"), format!("SC_{group}")])?,
        ])
    }

    fn row(&self, cells: &[&str], evidence: &str) -> anyhow::Result<RmatsRow> {
        let strand = match self.cell(cells, &["strand"])? {
            "+" => Strand::Forward,
            "-" => Strand::Reverse,
            other => bail!("column `strand` holds `{other}`, expected + or -"),
        };
        let event = self.event(cells, strand)?;
        let chrom = self.cell(cells, &["chr"])?;
        let gene_id = self.cell(cells, &["GeneID"])?.to_owned();
        let gene_name = match self.cell(cells, &["geneSymbol"])? {
            "NA" | "" => None,
            name => Some(name.to_owned()),
        };
        let span = event.span();
        let mut exons = [event.inclusion.exons.as_slice(), &event.skipping.exons].concat();
        exons.sort_unstable();
        exons.dedup();
        let row = EventRow {
            event_id: event.id(chrom),
            kind: self.kind,
            unnamed_genes: if gene_name.is_none() { vec![gene_id.clone()] } else { Vec::new() },
            gene_name: vec![gene_name.unwrap_or_else(|| gene_id.clone())],
            gene_id: vec![gene_id],
            chrom: chrom.to_owned(),
            strand: Some(strand),
            start0: span.map(Interval::start),
            end: span.map(Interval::end),
            novelty: String::new(),
            inclusion_junctions: crate::rows::inclusion_junctions(&event),
            skipping_junctions: event.skipping.introns().collect(),
            length_inclusion: Some(self.number(cells, &["IncFormLen"])?),
            length_skipping: Some(self.number(cells, &["SkipFormLen"])?),
            rmats_key: rmats_key(&event, chrom).into_iter().collect(),
            suppa_id: Vec::new(),
            exons,
            inclusion_transcripts: Vec::new(),
            total_transcripts: Vec::new(),
            inclusion_exons: event.inclusion.exons.clone(),
            skipping_exons: event.skipping.exons.clone(),
            evidence: evidence.to_owned(),
            intron_balance: None,
            flags: Vec::new(),
        };
        let [first, second] = GROUPS;
        Ok(RmatsRow { event: row, groups: [self.counts(cells, first)?, self.counts(cells, second)?] })
    }

    fn event(&self, cells: &[&str], strand: Strand) -> anyhow::Result<Event> {
        let exon = |start: &str, end: &str| self.exon(cells, start, end);
        let flanks = || -> anyhow::Result<[Interval; 2]> {
            Ok([exon("upstreamES", "upstreamEE")?, exon("downstreamES", "downstreamEE")?])
        };
        let (inclusion, skipping) = match self.kind {
            EventKind::Se => {
                let [left, right] = flanks()?;
                (vec![left, exon("exonStart_0base", "exonEnd")?, right], vec![left, right])
            }
            EventKind::A5ss | EventKind::A3ss => {
                let flank = exon("flankingES", "flankingEE")?;
                (
                    vec![exon("longExonStart_0base", "longExonEnd")?, flank],
                    vec![exon("shortES", "shortEE")?, flank],
                )
            }
            EventKind::Mxe => {
                let [left, right] = flanks()?;
                let first = vec![left, exon("1stExonStart_0base", "1stExonEnd")?, right];
                let second = vec![left, exon("2ndExonStart_0base", "2ndExonEnd")?, right];
                // The inclusion form has the exon that comes first in the transcript.
                if strand == Strand::Forward { (first, second) } else { (second, first) }
            }
            _ => {
                let [left, right] = flanks()?;
                (vec![exon("riExonStart_0base", "riExonEnd")?], vec![left, right])
            }
        };
        let form = |mut exons: Vec<Interval>| {
            exons.sort_unstable();
            Form { exons }
        };
        Ok(Event {
            kind: self.kind,
            contig: ContigId(0),
            strand: Some(strand),
            genes: Vec::new(),
            inclusion: form(inclusion),
            skipping: form(skipping),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const SE: &str = "ID\tGeneID\tgeneSymbol\tchr\tstrand\texonStart_0base\texonEnd\tupstreamES\tupstreamEE\t\
        downstreamES\tdownstreamEE\tID\tIJC_SAMPLE_1\tSJC_SAMPLE_1\tIJC_SAMPLE_2\tSJC_SAMPLE_2\tIncFormLen\t\
        SkipFormLen\n";

    fn convert_text(file: &str, text: &str) -> anyhow::Result<tempfile::TempDir> {
        let folder = tempfile::tempdir()?;
        std::fs::write(folder.path().join(file), text)?;
        convert(folder.path(), None, folder.path(), Messages::default())?;
        Ok(folder)
    }

    #[test]
    fn rows_become_events_with_counts() {
        let row = |gene: &str, outer: u32, counts: &str| {
            format!("7\t\"{gene}\"\t\"N\"\tchr1\t+\t300\t400\t{outer}\t200\t500\t600\t7\t{counts}\t198\t99\n")
        };
        let text = [SE, &row("G1", 100, "5,6\t1,2\t7\t3"), &row("G2", 90, "5,6\t1,2\t7\t3")].concat();
        let folder = convert_text("SE.MATS.JC.txt", &text).unwrap();
        let events = nadsplice_table::read_events(folder.path()).unwrap();
        assert_eq!(events.len(), 1);
        assert_eq!(events[0].event_id, "SE:chr1:200-301:400-501:+");
        assert_eq!(
            (events[0].gene_id.join(","), events[0].evidence.as_str()),
            ("G1,G2".to_owned(), "rmats_jc")
        );
        let counts = std::fs::read_to_string(folder.path().join("inclusion_counts.tsv")).unwrap();
        assert_eq!(
            counts,
            "event_id\tsample_1_1\tsample_1_2\tsample_2_1\nSE:chr1:200-301:400-501:+\t5\t6\t7\n"
        );
        let sheet = std::fs::read_to_string(folder.path().join("samples.tsv")).unwrap();
        assert!(sheet.ends_with("sample_1_2\tsample_1\nsample_2_1\tsample_2\n"));
    }

    #[test]
    fn bad_rows_are_named() {
        let bad = format!("{SE}7\tG\tN\tchr1\t+\t300\t400\t100\t200\t500\t600\t7\t5,x\t1,2\t7\t3\t198\t99\n");
        let error = convert_text("SE.MATS.JCEC.txt", &bad).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.ends_with("line 2: column `IJC_SAMPLE_1` holds `5,x`, expected counts"), "{text}");
        assert!(convert_text("nothing.txt", "").is_err());
    }
}
