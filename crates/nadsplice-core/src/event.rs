//! Binary splicing events.

use std::{
    fmt::{self, Write as _},
    iter,
    str::FromStr,
};

use crate::{ContigId, GeneId, Interval, Strand};

/// The kind of a binary event. The doc of each kind says which form is the inclusion form.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum EventKind {
    /// Skipped exon. Inclusion: the exon is there.
    Se,
    /// Two or more consecutive exons skipped together. Inclusion: all are there.
    Mse,
    /// Alternative donor (5' splice site). Inclusion: the longer exon.
    A5ss,
    /// Alternative acceptor (3' splice site). Inclusion: the longer exon.
    A3ss,
    /// Mutually exclusive exons. Inclusion: the exon that comes first in transcript order.
    Mxe,
    /// Retained intron. Inclusion: the intron is kept.
    Ri,
    /// Alternative first exon. Inclusion: the distal one, farther upstream.
    Afe,
    /// Alternative last exon. Inclusion: the distal one, farther downstream.
    Ale,
}

impl EventKind {
    /// All kinds in output order.
    pub const ALL: [Self; 8] =
        [Self::Se, Self::Mse, Self::A5ss, Self::A3ss, Self::Mxe, Self::Ri, Self::Afe, Self::Ale];

    /// The short name used in ids and tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Se => "SE",
            Self::Mse => "MSE",
            Self::A5ss => "A5SS",
            Self::A3ss => "A3SS",
            Self::Mxe => "MXE",
            Self::Ri => "RI",
            Self::Afe => "AFE",
            Self::Ale => "ALE",
        }
    }
}

impl fmt::Display for EventKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// The word names no event kind.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("unknown event kind `{0}` (expected SE, MSE, A5SS, A3SS, MXE, RI, AFE or ALE)")]
pub struct ParseEventKindError(pub String);

impl FromStr for EventKind {
    type Err = ParseEventKindError;

    fn from_str(s: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|k| k.name() == s).ok_or_else(|| ParseEventKindError(s.to_owned()))
    }
}

/// One form of an event: the exons that it strings together, in genome order, with their outer ends.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Form {
    /// Exons in genome order, 0-based, at least one. Neighbours are disjoint, but may touch or overlap where a
    /// catalogue follows rMATS, which takes an annotation's touching exons for spliced ones.
    pub exons: Vec<Interval>,
}

impl Form {
    /// The splice sites between neighbouring exons, in genome order: the end of the left exon and the start of
    /// the right one, 0-based, which are the two ends of the intron. Also where exons touch or overlap, so that
    /// no two forms of an event look alike.
    pub fn splice_sites(&self) -> impl Iterator<Item = (u32, u32)> + '_ {
        self.exons.windows(2).map(|pair| (pair[0].end(), pair[1].start()))
    }

    /// The introns between the form's exons, in genome order; touching and overlapping exons have none.
    pub fn introns(&self) -> impl Iterator<Item = Interval> + '_ {
        self.splice_sites().filter_map(|(end, start)| Interval::new(end, start))
    }
}

/// A binary event: two forms of the same stretch of a transcript.
///
/// | kind | `inclusion.exons` | `skipping.exons` (left, right: genome order) |
/// |---|---|---|
/// | SE | left, exon, right | left, right |
/// | MSE | left, exons, right | left, right |
/// | A5SS, A3SS | longer exon and flank | shorter exon and flank |
/// | MXE | left, its exon, right | left, its exon, right |
/// | RI | one exon over everything | left, right |
/// | AFE, ALE | distal exon and shared exon | proximal exon and shared exon |
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// The kind.
    pub kind: EventKind,
    /// The contig.
    pub contig: ContigId,
    /// The strand of its genes.
    pub strand: Option<Strand>,
    /// The genes that share the event, sorted, each once.
    pub genes: Vec<GeneId>,
    /// The inclusion form.
    pub inclusion: Form,
    /// The skipping form.
    pub skipping: Form,
}

impl Event {
    /// The stable identity, `KIND:chrom:coordinates:strand`, 1-based closed exon ends in genome order.
    ///
    /// `e` is an exon's last base and `s` the next exon's first: SE `e1-s2:e2-s3`; MSE the same with every
    /// skipped exon; A5SS and A3SS the two introns, longer-exon form first; MXE `e1-s2:e2-s4:e1-s3:e3-s4`
    /// (exon on the left first, whichever is the inclusion form); RI `e1-s2`; AFE and ALE the intron of the
    /// distal alternative, then of the proximal one. Parse from the right: contig names may hold `:` and `-`.
    pub fn id(&self, contig_name: &str) -> String {
        let (inclusion, skipping) = (&self.inclusion, &self.skipping);
        let (first, second) = match self.kind {
            EventKind::Se | EventKind::Mse => (inclusion, None),
            EventKind::Ri => (skipping, None),
            EventKind::Mxe if skipping.exons[1] <= inclusion.exons[1] => (skipping, Some(inclusion)),
            EventKind::Mxe | EventKind::A5ss | EventKind::A3ss | EventKind::Afe | EventKind::Ale => {
                (inclusion, Some(skipping))
            }
        };
        let mut id = format!("{}:{contig_name}:", self.kind);
        for (end, start) in iter::once(first).chain(second).flat_map(Form::splice_sites) {
            // Writing into a string does not fail.
            let _ = write!(id, "{end}-{}:", u64::from(start) + 1);
        }
        id.push(Strand::symbol_of(self.strand));
        id
    }

    /// The alternative part and its flanking splice sites: from the last base of the left flank to the first
    /// base of the right one, 0-based half-open.
    ///
    /// This is the hull of all introns of both forms, widened by the one exonic base on either side.
    pub fn span(&self) -> Option<Interval> {
        let sites = || self.inclusion.splice_sites().chain(self.skipping.splice_sites());
        let start = sites().map(|(end, start)| end.min(start)).min()?;
        let end = sites().map(|(end, start)| end.max(start)).max()?;
        Interval::new(start.saturating_sub(1), end.saturating_add(1))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn form(exons: &[(u32, u32)]) -> Form {
        Form { exons: exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect() }
    }

    fn event(kind: EventKind, strand: Strand, inclusion: &[(u32, u32)], skipping: &[(u32, u32)]) -> Event {
        Event {
            kind,
            contig: ContigId(0),
            strand: Some(strand),
            genes: vec![GeneId(0)],
            inclusion: form(inclusion),
            skipping: form(skipping),
        }
    }

    #[test]
    fn ids_use_one_based_exon_ends() {
        let left = (100, 200);
        let right = (500, 600);
        let se = event(EventKind::Se, Strand::Forward, &[left, (300, 400), right], &[left, right]);
        assert_eq!(se.id("chr1"), "SE:chr1:200-301:400-501:+");
        assert_eq!(se.span(), Interval::new(199, 501));
        let mxe =
            event(EventKind::Mxe, Strand::Reverse, &[left, (350, 400), right], &[left, (250, 300), right]);
        assert_eq!(mxe.id("chr1"), "MXE:chr1:200-251:300-501:200-351:400-501:-");
        let ri = event(EventKind::Ri, Strand::Forward, &[(100, 600)], &[left, right]);
        assert_eq!(ri.id("HLA:1-2"), "RI:HLA:1-2:200-501:+");
        let a5 = event(EventKind::A5ss, Strand::Forward, &[(100, 250), right], &[left, right]);
        assert_eq!(a5.id("2"), "A5SS:2:250-501:200-501:+");
    }

    #[test]
    fn an_empty_intron_keeps_its_id_and_span() {
        let ri = event(EventKind::Ri, Strand::Forward, &[(100, 300)], &[(100, 200), (200, 300)]);
        assert_eq!(ri.skipping.introns().count(), 0);
        assert_eq!(ri.id("chr3"), "RI:chr3:200-201:+");
        assert_eq!(ri.span(), Interval::new(199, 201));
    }
}
