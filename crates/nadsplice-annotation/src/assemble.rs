//! Genes made of gathered rows.

use nadsplice_core::{Annotation, Gene, Interval, Transcript};
use rustc_hash::FxHashMap;

use crate::{
    collect::{Collector, TranscriptRows},
    intern::Interner,
    read::GeneGrouping,
    warning::{Warning, WarningKind},
};

/// Makes the annotation of all gathered rows, and gives the warnings of the whole reading.
pub(crate) fn assemble(mut collector: Collector, grouping: GeneGrouping) -> (Annotation, Vec<Warning>) {
    warn_of_lone_transcripts(&mut collector);
    let mut rows = std::mem::take(&mut collector.rows);
    match grouping {
        GeneGrouping::ByLocus => infer_exons(&mut rows, &mut collector),
        GeneGrouping::RmatsMerged => drop_without_exons(&mut rows, &mut collector),
    }
    rows.sort_by_key(|row| row.first_exon_line.unwrap_or(row.first_line));
    let mut ids = TranscriptIds::new(std::mem::take(&mut collector.transcripts), &rows);
    let genes = match grouping {
        GeneGrouping::ByLocus => by_locus(rows, &mut ids, &collector),
        GeneGrouping::RmatsMerged => merged(rows, &mut ids, &collector),
    };
    (Annotation { contigs: collector.contigs, genes }, collector.warnings.into_sorted())
}

/// Gives out the ids of transcripts: the last row of one takes the string, others a copy.
struct TranscriptIds {
    names: Vec<String>,
    /// Rows still to come of each.
    left: Vec<u32>,
}

impl TranscriptIds {
    fn new(transcripts: Interner, rows: &[TranscriptRows]) -> Self {
        let mut left = vec![0; transcripts.len()];
        for row in rows {
            left[row.transcript as usize] += 1;
        }
        Self { names: transcripts.into_names(), left }
    }

    fn of(&mut self, transcript: u32) -> String {
        let (name, left) = (&mut self.names[transcript as usize], &mut self.left[transcript as usize]);
        *left -= 1;
        if *left == 0 { std::mem::take(name) } else { name.clone() }
    }
}

/// Each `gene_id` is one gene a contig and strand.
fn by_locus(rows: Vec<TranscriptRows>, ids: &mut TranscriptIds, collector: &Collector) -> Vec<Gene> {
    let mut genes: Vec<Gene> = Vec::new();
    let mut positions = FxHashMap::default();
    for row in rows {
        let position = *positions.entry((row.gene, row.contig, row.strand)).or_insert(genes.len());
        if position == genes.len() {
            genes.push(empty_gene(&row, collector));
        }
        genes[position].transcripts.push(transcript(row, ids));
    }
    genes
}

/// Each `gene_id` is one gene, on contig and strand of its first exon row; equal `transcript_id`s in it are one
/// transcript.
fn merged(rows: Vec<TranscriptRows>, ids: &mut TranscriptIds, collector: &Collector) -> Vec<Gene> {
    let mut genes: Vec<Gene> = Vec::new();
    let mut positions = FxHashMap::default();
    let mut transcripts = FxHashMap::default();
    for row in rows {
        let position = *positions.entry(row.gene).or_insert(genes.len());
        if position == genes.len() {
            genes.push(empty_gene(&row, collector));
        }
        let known = &mut genes[position].transcripts;
        let within = *transcripts.entry((row.gene, row.transcript)).or_insert(known.len());
        let Some(transcript_here) = known.get_mut(within) else {
            known.push(transcript(row, ids));
            continue;
        };
        transcript_here.exons.extend(row.exons);
        transcript_here.cds.extend(row.cds);
        tidy(&mut transcript_here.exons);
        tidy(&mut transcript_here.cds);
    }
    genes
}

fn empty_gene(row: &TranscriptRows, collector: &Collector) -> Gene {
    Gene {
        id: collector.genes.name(row.gene).to_owned(),
        name: collector.gene_name(row.gene).map(str::to_owned),
        contig: row.contig,
        strand: row.strand,
        transcripts: Vec::new(),
    }
}

fn transcript(row: TranscriptRows, ids: &mut TranscriptIds) -> Transcript {
    let TranscriptRows { transcript, mut exons, mut cds, .. } = row;
    tidy(&mut exons);
    tidy(&mut cds);
    Transcript { id: ids.of(transcript), exons, cds }
}

/// Genome order, each interval once.
fn tidy(intervals: &mut Vec<Interval>) {
    intervals.sort_unstable();
    intervals.dedup();
    intervals.shrink_to_fit();
}

/// Gives transcripts without exon rows the union of their CDS, UTR and codon rows.
fn infer_exons(rows: &mut [TranscriptRows], collector: &mut Collector) {
    for row in rows.iter_mut().filter(|row| row.exons.is_empty()) {
        let mut parts = [row.cds.as_slice(), row.utr.as_slice()].concat();
        parts.sort_unstable();
        row.exons = union(&parts);
        let id = collector.transcripts.name(row.transcript);
        collector.warnings.add(WarningKind::ExonsInferred, row.first_line, || format!("`{id}`"));
    }
}

/// Overlapping and touching intervals joined; `sorted` is in genome order.
fn union(sorted: &[Interval]) -> Vec<Interval> {
    let mut joined: Vec<Interval> = Vec::new();
    for &part in sorted {
        let grown = joined
            .last()
            .filter(|last| part.start() <= last.end())
            .and_then(|last| Interval::new(last.start(), last.end().max(part.end())));
        match (grown, joined.last_mut()) {
            (Some(grown), Some(last)) => *last = grown,
            _ => joined.push(part),
        }
    }
    joined
}

/// rMATS makes structure of exon rows only.
fn drop_without_exons(rows: &mut Vec<TranscriptRows>, collector: &mut Collector) {
    rows.retain(|row| {
        let keep = !row.exons.is_empty();
        if !keep {
            let id = collector.transcripts.name(row.transcript);
            collector.warnings.add(WarningKind::NoExonRows, row.first_line, || format!("`{id}`"));
        }
        keep
    });
}

/// Notices files of the UCSC table browser, whose `gene_id` is the transcript's.
fn warn_of_lone_transcripts(collector: &mut Collector) {
    let same =
        |row: &&TranscriptRows| collector.genes.name(row.gene) == collector.transcripts.name(row.transcript);
    let lone = collector.rows.iter().filter(same).count();
    let Some(first) = collector.rows.iter().find(same) else { return };
    if collector.rows.len() < 2 || 10 * lone < 9 * collector.rows.len() {
        return;
    }
    let (line, id) = (first.first_line, collector.genes.name(first.gene).to_owned());
    collector.warnings.add_many(WarningKind::GeneIdIsTranscriptId, line, lone as u64, || format!("`{id}`"));
}

#[cfg(test)]
mod tests {
    use super::*;

    fn intervals(ends: &[(u32, u32)]) -> Vec<Interval> {
        ends.iter().map(|&(start, end)| Interval::new(start, end).unwrap()).collect()
    }

    #[test]
    fn a_union_joins_what_touches_and_keeps_gaps() {
        let parts = intervals(&[(0, 10), (10, 20), (15, 18), (21, 30), (25, 40)]);
        assert_eq!(union(&parts), intervals(&[(0, 20), (21, 40)]));
        assert_eq!(union(&[]), []);
    }
}
