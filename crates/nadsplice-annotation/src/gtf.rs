//! GTF rows: every row names its gene and its transcript.

use nadsplice_core::Strand;

use crate::{
    attributes::{GtfAttributes, first_of, principal_tag},
    collect::Collector,
    row::{Row, Segment},
    warning::{Problem, WarningKind, quoted},
};

/// Where a gene's name stands, best first: Ensembl and GENCODE, RefSeq, StringTie.
const GENE_NAME: [&[u8]; 3] = [b"gene_name", b"gene", b"ref_gene_name"];

/// The reader of GTF rows; it remembers the transcript of the last one, since most rows follow one of their own.
#[derive(Default)]
pub(crate) struct GtfRows {
    last: Option<Last>,
}

/// The ids of the last row, and where its transcript is.
struct Last {
    contig: Vec<u8>,
    gene_id: Vec<u8>,
    transcript_id: Vec<u8>,
    strand: Option<Strand>,
    slot: usize,
}

impl GtfRows {
    /// Takes one row of any feature.
    pub(crate) fn take(&mut self, row: &Row, line: u64, collector: &mut Collector) {
        match Segment::of(row.feature) {
            Some(segment) => {
                if let Err(problem) = self.take_segment(row, segment, line, collector) {
                    collector.warnings.row(problem, line);
                }
            }
            // Some writers name the gene, or tag the transcript, on these rows only.
            None if matches!(row.feature, b"gene" | b"transcript" | b"mRNA") => {
                if let Some(gene_id) = first_of(GtfAttributes(row.attributes), &[b"gene_id"]) {
                    let gene = collector.gene(gene_id, line);
                    name_gene(gene, row, line, collector);
                }
                if row.feature != b"gene"
                    && let Some(id) = first_of(GtfAttributes(row.attributes), &[b"transcript_id"])
                {
                    let transcript = collector.transcript(id, line);
                    mark(transcript, row, collector);
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
        let (gene_id, transcript_id) = ids(row.attributes)?;
        let slot = match &self.last {
            Some(last)
                if last.transcript_id == transcript_id
                    && last.gene_id == gene_id
                    && last.strand == strand
                    && last.contig == row.contig =>
            {
                last.slot
            }
            _ => {
                let contig = collector.contig(row.contig, line);
                let gene = collector.gene(gene_id, line);
                let transcript = collector.transcript(transcript_id, line);
                let (slot, new) = collector.slot((gene, transcript), (contig, strand), line);
                if new {
                    name_gene(gene, row, line, collector);
                    mark(transcript, row, collector);
                }
                self.remember(row.contig, gene_id, transcript_id, strand, slot);
                slot
            }
        };
        collector.rows[slot].add(segment, interval, line);
        Ok(())
    }

    fn remember(
        &mut self,
        contig: &[u8],
        gene_id: &[u8],
        transcript_id: &[u8],
        strand: Option<Strand>,
        slot: usize,
    ) {
        let last = self.last.get_or_insert_with(|| Last {
            contig: Vec::new(),
            gene_id: Vec::new(),
            transcript_id: Vec::new(),
            strand,
            slot,
        });
        for (kept, id) in [
            (&mut last.contig, contig),
            (&mut last.gene_id, gene_id),
            (&mut last.transcript_id, transcript_id),
        ] {
            kept.clear();
            kept.extend_from_slice(id);
        }
        last.strand = strand;
        last.slot = slot;
    }
}

fn mark(transcript: u32, row: &Row, collector: &mut Collector) {
    if let Some(tag) = principal_tag(GtfAttributes(row.attributes)) {
        collector.mark(transcript, tag);
    }
}

fn name_gene(gene: u32, row: &Row, line: u64, collector: &mut Collector) {
    if collector.gene_name(gene).is_none()
        && let Some(name) = first_of(GtfAttributes(row.attributes), &GENE_NAME)
    {
        collector.name_gene(gene, name, line);
    }
}

/// `gene_id` and `transcript_id`, read no farther than to the second of them. Their keys may be in any case, as
/// rMATS takes them.
fn ids(attributes: &[u8]) -> Result<(&[u8], &[u8]), Problem> {
    let (mut gene_id, mut transcript_id) = (None, None);
    for (key, value) in GtfAttributes(attributes).filter(|(_, value)| !value.is_empty()) {
        if key.eq_ignore_ascii_case(b"gene_id") {
            gene_id = Some(value);
        } else if key.eq_ignore_ascii_case(b"transcript_id") {
            transcript_id = Some(value);
        } else {
            continue;
        }
        if let (Some(gene_id), Some(transcript_id)) = (gene_id, transcript_id) {
            return Ok((gene_id, transcript_id));
        }
    }
    let kind = if gene_id.is_none() { WarningKind::NoGeneId } else { WarningKind::NoTranscriptId };
    Err(Problem { kind, example: quoted(attributes) })
}
