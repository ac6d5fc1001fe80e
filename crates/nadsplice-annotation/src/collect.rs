//! Rows gathered by transcript, wherever in the file they stand.

use nadsplice_core::{ContigId, Contigs, Interval, PrincipalTag, PrincipalTranscripts, Strand};
use rustc_hash::FxHashMap;

use crate::{
    intern::{Interner, text},
    row::Segment,
    warning::Warnings,
};

/// A gene that is not known yet.
pub(crate) const NO_GENE: u32 = u32::MAX;

/// What tells one transcript from another: a transcript id counts within its gene, contig and strand.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Key {
    gene: u32,
    transcript: u32,
    contig: ContigId,
    strand: Option<Strand>,
}

/// All segments of one transcript on one contig and strand.
#[derive(Debug)]
pub(crate) struct TranscriptRows {
    /// A number of [`Collector::genes`], or [`NO_GENE`].
    pub(crate) gene: u32,
    /// A number of [`Collector::transcripts`].
    pub(crate) transcript: u32,
    pub(crate) contig: ContigId,
    pub(crate) strand: Option<Strand>,
    /// The line of the first row of any segment.
    pub(crate) first_line: u64,
    /// The line of the first exon row.
    pub(crate) first_exon_line: Option<u64>,
    pub(crate) exons: Vec<Interval>,
    pub(crate) cds: Vec<Interval>,
    /// UTR and codon rows that came before the first exon row; complete where there are no exon rows.
    pub(crate) utr: Vec<Interval>,
}

impl TranscriptRows {
    pub(crate) fn add(&mut self, segment: Segment, interval: Interval, line: u64) {
        match segment {
            Segment::Exon => {
                self.first_exon_line.get_or_insert(line);
                self.exons.push(interval);
            }
            Segment::Cds => self.cds.push(interval),
            Segment::Utr if self.exons.is_empty() => self.utr.push(interval),
            Segment::Utr => {}
        }
    }
}

/// Everything taken from the rows of a file.
#[derive(Default)]
pub(crate) struct Collector {
    pub(crate) contigs: Contigs,
    pub(crate) genes: Interner,
    /// By the numbers of `genes`; may be shorter.
    gene_names: Vec<Option<String>>,
    pub(crate) transcripts: Interner,
    /// In the order of their first rows.
    pub(crate) rows: Vec<TranscriptRows>,
    slots: FxHashMap<Key, usize>,
    /// Transcripts that the annotation singles out.
    pub(crate) principal: PrincipalTranscripts,
    pub(crate) warnings: Warnings,
}

impl Collector {
    /// The number of a contig, which is new when it was not seen before.
    pub(crate) fn contig(&mut self, name: &[u8], line: u64) -> ContigId {
        match str::from_utf8(name) {
            Ok(name) => self.contigs.intern(name),
            Err(_) => self.contigs.intern(&text(name, line, &mut self.warnings)),
        }
    }

    /// The number of a gene id, which is new when it was not seen before.
    pub(crate) fn gene(&mut self, id: &[u8], line: u64) -> u32 {
        self.genes.intern(id, line, &mut self.warnings)
    }

    /// The number of a transcript id, which is new when it was not seen before.
    pub(crate) fn transcript(&mut self, id: &[u8], line: u64) -> u32 {
        self.transcripts.intern(id, line, &mut self.warnings)
    }

    /// The position in `rows` of a transcript on a contig and strand, and whether it is new.
    pub(crate) fn slot(
        &mut self,
        (gene, transcript): (u32, u32),
        (contig, strand): (ContigId, Option<Strand>),
        line: u64,
    ) -> (usize, bool) {
        let new = self.rows.len();
        let slot = *self.slots.entry(Key { gene, transcript, contig, strand }).or_insert(new);
        if slot == new {
            self.rows.push(TranscriptRows {
                gene,
                transcript,
                contig,
                strand,
                first_line: line,
                first_exon_line: None,
                exons: Vec::new(),
                cds: Vec::new(),
                utr: Vec::new(),
            });
        }
        (slot, slot == new)
    }

    /// Marks a transcript, by its number, as singled out.
    pub(crate) fn mark(&mut self, transcript: u32, tag: PrincipalTag) {
        self.principal.mark(self.transcripts.name(transcript), tag);
    }

    /// The name of a gene, once known.
    pub(crate) fn gene_name(&self, gene: u32) -> Option<&str> {
        self.gene_names.get(gene as usize)?.as_deref()
    }

    /// Names a gene; the first name stays.
    pub(crate) fn name_gene(&mut self, gene: u32, name: &[u8], line: u64) {
        if self.gene_names.len() <= gene as usize {
            self.gene_names.resize(self.genes.len(), None);
        }
        let Some(slot @ None) = self.gene_names.get_mut(gene as usize) else { return };
        *slot = Some(text(name, line, &mut self.warnings));
    }
}
