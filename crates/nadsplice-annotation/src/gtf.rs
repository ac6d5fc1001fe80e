//! GTF rows: every row names its gene and its transcript.

use nadsplice_core::Strand;

use crate::{
    attributes::{GtfAttributes, first_of, may_be_principal, principal_tag},
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

/// What the last row began with, and where its transcript is.
struct Last {
    contig: Vec<u8>,
    /// [`Ids::certain`] of it.
    ids: Vec<u8>,
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
        let slot = match &self.last {
            Some(last)
                if row.attributes.starts_with(&last.ids)
                    && last.strand == strand
                    && last.contig == row.contig =>
            {
                last.slot
            }
            _ => {
                let ids = Ids::of(row.attributes)?;
                let contig = collector.contig(row.contig, line);
                let gene = collector.gene(ids.gene, line);
                let transcript = collector.transcript(ids.transcript, line);
                let (slot, new) = collector.slot((gene, transcript), (contig, strand), line);
                if new {
                    name_gene(gene, row, line, collector);
                    mark(transcript, row, collector);
                }
                self.remember(row.contig, ids.certain, strand, slot);
                slot
            }
        };
        collector.rows[slot].add(segment, interval, line);
        Ok(())
    }

    fn remember(&mut self, contig: &[u8], ids: Option<&[u8]>, strand: Option<Strand>, slot: usize) {
        let Some(ids) = ids else {
            self.last = None;
            return;
        };
        let last =
            self.last.get_or_insert_with(|| Last { contig: Vec::new(), ids: Vec::new(), strand, slot });
        for (kept, bytes) in [(&mut last.contig, contig), (&mut last.ids, ids)] {
            kept.clear();
            kept.extend_from_slice(bytes);
        }
        last.strand = strand;
        last.slot = slot;
    }
}

fn mark(transcript: u32, row: &Row, collector: &mut Collector) {
    if may_be_principal(row.attributes)
        && let Some(tag) = principal_tag(GtfAttributes(row.attributes))
    {
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

/// `gene_id` and `transcript_id` of a row.
struct Ids<'a> {
    gene: &'a [u8],
    transcript: &'a [u8],
    /// The attributes up to the `;` right behind the second id: every row whose attributes begin with these bytes has
    /// these ids, whatever follows. Nothing where there is no unescaped `"` before that `;`: without it a quote may
    /// still be open, and without the `;` a value may go on.
    certain: Option<&'a [u8]>,
}

impl<'a> Ids<'a> {
    /// Reads no farther than to the second of them. Their keys may be in any case, as rMATS takes them.
    fn of(attributes: &'a [u8]) -> Result<Self, Problem> {
        let (mut gene, mut transcript) = (None, None);
        let mut rest = GtfAttributes(attributes);
        while let Some((key, value)) = rest.next() {
            if value.is_empty() {
                continue;
            }
            if key.eq_ignore_ascii_case(b"gene_id") {
                gene = Some(value);
            } else if key.eq_ignore_ascii_case(b"transcript_id") {
                transcript = Some(value);
            } else {
                continue;
            }
            if let (Some(gene), Some(transcript)) = (gene, transcript) {
                let (read, behind) = attributes.split_at(attributes.len() - rest.0.len());
                let is_certain =
                    read.ends_with(b"\"") && !read.ends_with(b"\\\"") && behind.starts_with(b";");
                let certain = is_certain.then(|| &attributes[..=read.len()]);
                return Ok(Self { gene, transcript, certain });
            }
        }
        let kind = if gene.is_none() { WarningKind::NoGeneId } else { WarningKind::NoTranscriptId };
        Err(Problem { kind, example: quoted(attributes) })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// What is certain of these attributes.
    fn certain(attributes: &str) -> Option<&str> {
        let certain = Ids::of(attributes.as_bytes()).ok().unwrap().certain;
        certain.map(|bytes| str::from_utf8(bytes).unwrap())
    }

    #[test]
    fn ids_are_certain_where_nothing_behind_them_can_change_them() {
        let quoted = r#"gene_id "G"; transcript_id "T";"#;
        for rest in ["", " exon_number 1", r#" gene_name "x";"#] {
            assert_eq!(certain(&format!("{quoted}{rest}")), Some(quoted));
        }
        assert_eq!(
            certain(r#"transcript_id "T"; x "y"; gene_id G";z"#),
            Some(r#"transcript_id "T"; x "y"; gene_id G";"#)
        );
        for (one, other) in [
            (r#"gene_id "G"; transcript_id "T""#, r#"gene_id "G"; transcript_id "T"2"#),
            ("gene_id G; transcript_id T;", "gene_id G; transcript_id T2;"),
            // Without a closing quote a value ends at `;`; with one that comes late it does not.
            (r#"gene_id "G"; transcript_id "T; x"#, r#"gene_id "G"; transcript_id "T; x""#),
            (r#"gene_id "G"; transcript_id "T\"; x"#, r#"gene_id "G"; transcript_id "T\"; x""#),
        ] {
            assert!(certain(one).is_none_or(|bytes| !other.starts_with(bytes)), "{one}");
        }
    }

    proptest! {
        #[test]
        fn whatever_follows_what_is_certain_the_ids_stay(
            parts in proptest::collection::vec(
                prop_oneof![
                    Just("gene_id "), Just("transcript_id "), Just("x"), Just("\"G\""), Just("\""), Just("\\"),
                    Just(";"), Just("="), Just(" "),
                ],
                0..14,
            ),
            more in "[xg\";\\\\= ]{0,8}",
        ) {
            let attributes = parts.concat();
            if let Ok(Ids { gene, transcript, certain: Some(certain) }) = Ids::of(attributes.as_bytes()) {
                let longer = [certain, more.as_bytes()].concat();
                let ids = Ids::of(&longer).ok().map(|ids| (ids.gene, ids.transcript));
                prop_assert_eq!(ids, Some((gene, transcript)), "{}", attributes);
            }
        }
    }
}
