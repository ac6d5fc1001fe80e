//! GFF3 rows: exons name their transcripts by `Parent`, and the rows of those may stand anywhere in the file.

use nadsplice_core::{ContigId, Strand};
use rustc_hash::FxHashSet;

use crate::{
    attributes::{first_of, gff3_attributes, percent_decode},
    collect::{Collector, NO_GENE},
    nodes::{GENE_ID, GENE_NAME, Node, Nodes, value},
    row::{Row, Segment},
    warning::{Problem, WarningKind, quoted},
};

/// The reader of GFF3 rows; it remembers the transcripts of the last one.
#[derive(Default)]
pub(crate) struct Gff3Rows {
    nodes: Nodes,
    /// What exon rows say of the gene of a transcript whose own row did not come before them; by slot, ascending.
    hints: Vec<(usize, Hint)>,
    last: Option<Last>,
}

struct Hint {
    gene_id: Option<String>,
    gene_name: Option<String>,
}

/// Place and `Parent` of the last row, and where its transcripts are.
struct Last {
    contig: Vec<u8>,
    parents: Vec<u8>,
    strand: Option<Strand>,
    slots: Vec<usize>,
}

impl Gff3Rows {
    /// Takes one row of any feature.
    pub(crate) fn take(&mut self, row: &Row, line: u64, collector: &mut Collector) {
        match Segment::of(row.feature) {
            Some(segment) => {
                if let Err(problem) = self.take_segment(row, segment, line, collector) {
                    collector.warnings.row(problem, line);
                }
            }
            None if may_have_exons(row.feature) => {
                if let Some(id) = first_of(gff3_attributes(row.attributes), &[b"ID"]) {
                    let id = percent_decode(id);
                    let number = collector.transcript(&id, line);
                    self.nodes.add(number, Node::new(row, &id, line, collector));
                }
            }
            None => {}
        }
    }

    fn take_segment(
        &mut self,
        row: &Row,
        segment: Segment,
        line: u64,
        collector: &mut Collector,
    ) -> Result<(), Problem> {
        let (interval, strand) = row.place()?;
        let Some(parents) = first_of(gff3_attributes(row.attributes), &[b"Parent"]) else {
            let slot = slot_without_parent(row, strand, line, collector)?;
            collector.rows[slot].add(segment, interval, line);
            return Ok(());
        };
        let known = matches!(&self.last, Some(last)
            if last.parents == parents && last.strand == strand && last.contig == row.contig);
        if !known {
            let contig = collector.contig(&percent_decode(row.contig), line);
            let slots = self.slots(row, parents, (contig, strand), line, collector);
            let (contig, parents) = (row.contig.to_vec(), parents.to_vec());
            self.last = Some(Last { contig, parents, strand, slots });
        }
        for &slot in self.last.iter().flat_map(|last| &last.slots) {
            collector.rows[slot].add(segment, interval, line);
        }
        Ok(())
    }

    /// Where the transcripts of a `Parent` list are.
    fn slots(
        &mut self,
        row: &Row,
        parents: &[u8],
        place: (ContigId, Option<Strand>),
        line: u64,
        collector: &mut Collector,
    ) -> Vec<usize> {
        let mut slots = Vec::new();
        for parent in parents.split(|&b| b == b',').map(<[u8]>::trim_ascii).filter(|p| !p.is_empty()) {
            let transcript = collector.transcript(&percent_decode(parent), line);
            let (slot, new) = collector.slot((NO_GENE, transcript), place, line);
            if new && self.nodes.get(transcript).is_none() {
                let gene_id = value(row, &GENE_ID, line, collector);
                let gene_name = value(row, &GENE_NAME, line, collector);
                self.hints.push((slot, Hint { gene_id, gene_name }));
            }
            if !slots.contains(&slot) {
                slots.push(slot);
            }
        }
        slots
    }

    /// Finds the gene of each transcript, now that all rows were seen.
    pub(crate) fn finish(self, collector: &mut Collector) {
        let Self { mut nodes, hints, .. } = self;
        let mut proteins = FxHashSet::default();
        let mut hints = hints.into_iter().peekable();
        for slot in 0..collector.rows.len() {
            let hint = hints.next_if(|(at, _)| *at == slot);
            let (id, line) = (collector.rows[slot].transcript, collector.rows[slot].first_line);
            if collector.rows[slot].gene != NO_GENE {
                continue;
            }
            if nodes.is_protein(id) {
                proteins.insert(slot);
                continue;
            }
            let mut resolved = nodes.resolve(id, line, collector);
            if let (None, Some((_, hint))) = (nodes.get(id), hint) {
                resolved.gene_id = hint.gene_id.unwrap_or(resolved.gene_id);
                resolved.gene_name = hint.gene_name;
            }
            let gene = collector.gene(resolved.gene_id.as_bytes(), line);
            if let Some(name) = &resolved.gene_name {
                collector.name_gene(gene, name.as_bytes(), line);
            }
            let transcript = collector.transcript(resolved.transcript_id.as_bytes(), line);
            if let Some(tag) = nodes.principal(id) {
                collector.mark(transcript, tag);
            }
            let rows = &mut collector.rows[slot];
            (rows.gene, rows.transcript) = (gene, transcript);
        }
        let mut slot = 0..;
        collector.rows.retain(|_| slot.next().is_none_or(|slot| !proteins.contains(&slot)));
    }
}

/// Whether exons may lie below such a row: alignments and regions, of which there can be millions, are passed over.
fn may_have_exons(feature: &[u8]) -> bool {
    const NEVER: [&[u8]; 5] = [b"match", b"match_part", b"region", b"intron", b"chromosome"];
    !NEVER.contains(&feature) && !feature.ends_with(b"_match") && !feature.ends_with(b"_region")
}

/// Where a row without `Parent` belongs: GFF3 made from GTF has both ids on every row.
fn slot_without_parent(
    row: &Row,
    strand: Option<Strand>,
    line: u64,
    collector: &mut Collector,
) -> Result<usize, Problem> {
    let id = |key| first_of(gff3_attributes(row.attributes), &[key]).map(percent_decode);
    let (Some(gene_id), Some(transcript_id)) = (id(b"gene_id"), id(b"transcript_id")) else {
        return Err(Problem { kind: WarningKind::NoParent, example: quoted(row.attributes) });
    };
    let contig = collector.contig(&percent_decode(row.contig), line);
    let gene = collector.gene(&gene_id, line);
    let transcript = collector.transcript(&transcript_id, line);
    let (slot, new) = collector.slot((gene, transcript), (contig, strand), line);
    if new && let Some(name) = value(row, &GENE_NAME, line, collector) {
        collector.name_gene(gene, name.as_bytes(), line);
    }
    Ok(slot)
}
