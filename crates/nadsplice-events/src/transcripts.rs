//! Which transcripts an event rests on.

use nadsplice_core::{Annotation, Event, EventKind, Interval, Strand};

/// Ids of the transcripts that contain an event's forms, sorted, each once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SupportingTranscripts<'a> {
    /// Those with the inclusion form. May be empty for SE, whose two junctions need no common transcript.
    pub inclusion: Vec<&'a str>,
    /// Those with either form.
    pub total: Vec<&'a str>,
}

/// Transcripts of the event's genes that contain its forms.
///
/// A transcript contains a form whose introns are consecutive introns of its own; for AFE and ALE the intron must
/// be the transcript's first or last one. It contains the inclusion form of RI when one of its exons covers the
/// intron and a base on either side. The far ends of exons do not matter.
pub fn supporting_transcripts<'a>(event: &Event, annotation: &'a Annotation) -> SupportingTranscripts<'a> {
    let inclusion = Pattern::of_inclusion(event);
    let skipping = Pattern::of_chain(event, event.skipping.splice_sites().collect());
    let mut supporting = SupportingTranscripts::default();
    for transcript in event.genes.iter().flat_map(|&id| &annotation.gene(id).transcripts) {
        let includes = inclusion.is_in(&transcript.exons);
        if includes {
            supporting.inclusion.push(transcript.id.as_str());
        }
        if includes || skipping.is_in(&transcript.exons) {
            supporting.total.push(transcript.id.as_str());
        }
    }
    for ids in [&mut supporting.inclusion, &mut supporting.total] {
        ids.sort_unstable();
        ids.dedup();
    }
    supporting
}

/// Ends of left exons and starts of right exons, 0-based, in genome order.
type SpliceSites = Vec<(u32, u32)>;

/// What a transcript's exons must show to contain a form.
enum Pattern {
    /// These splice sites in a row.
    Anywhere(SpliceSites),
    /// The same, from the leftmost exon on.
    AtLeftEnd(SpliceSites),
    /// The same, up to the rightmost exon.
    AtRightEnd(SpliceSites),
    /// One exon over all of this.
    Covered(Interval),
    /// No transcript can: the exons around a retained intron overlap.
    Never,
}

impl Pattern {
    fn of_inclusion(event: &Event) -> Self {
        if event.kind != EventKind::Ri {
            return Self::of_chain(event, event.inclusion.splice_sites().collect());
        }
        event
            .skipping
            .splice_sites()
            .next()
            .and_then(|(end, start)| Interval::new(end.saturating_sub(1), start.saturating_add(1)))
            .map_or(Self::Never, Self::Covered)
    }

    fn of_chain(event: &Event, sites: SpliceSites) -> Self {
        match (event.kind, event.strand) {
            (EventKind::Afe, Some(Strand::Reverse)) | (EventKind::Ale, Some(Strand::Forward) | None) => {
                Self::AtRightEnd(sites)
            }
            (EventKind::Afe, Some(Strand::Forward) | None) | (EventKind::Ale, Some(Strand::Reverse)) => {
                Self::AtLeftEnd(sites)
            }
            _ => Self::Anywhere(sites),
        }
    }

    fn is_in(&self, exons: &[Interval]) -> bool {
        let last = |sites: &SpliceSites| exons.len().checked_sub(sites.len() + 1);
        match self {
            Self::Anywhere(sites) => {
                last(sites).is_some_and(|last| (0..=last).any(|at| has_sites(&exons[at..], sites)))
            }
            Self::AtLeftEnd(sites) => has_sites(exons, sites),
            Self::AtRightEnd(sites) => last(sites).is_some_and(|last| has_sites(&exons[last..], sites)),
            Self::Covered(range) => exons.iter().any(|exon| exon.encloses(*range)),
            Self::Never => false,
        }
    }
}

/// Whether the first exons are joined at exactly these sites.
fn has_sites(exons: &[Interval], sites: &[(u32, u32)]) -> bool {
    exons.len() > sites.len()
        && exons.windows(2).zip(sites).all(|(pair, &site)| (pair[0].end(), pair[1].start()) == site)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{
        Catalogue, EventKeys,
        toy::{annotation, gene},
    };

    fn support(strand: Strand, kind: EventKind, transcripts: &[&[(u32, u32)]]) -> Vec<(String, String)> {
        let annotation = annotation(vec![gene(Some(strand), transcripts)]);
        Catalogue::from_annotation(&annotation, EventKeys::WithStrand)
            .events
            .iter()
            .filter(|event| event.kind == kind)
            .map(|event| supporting_transcripts(event, &annotation))
            .map(|ids| (ids.inclusion.join(","), ids.total.join(",")))
            .collect()
    }

    fn pair(inclusion: &str, total: &str) -> (String, String) {
        (inclusion.to_owned(), total.to_owned())
    }

    #[test]
    fn a_chain_must_be_consecutive() {
        let found = support(
            Strand::Forward,
            EventKind::Se,
            &[
                &[(0, 100), (200, 300), (400, 500)],
                &[(50, 100), (400, 450)],
                &[(0, 100), (200, 300), (350, 360), (400, 500)],
                &[(0, 90), (400, 500)],
            ],
        );
        assert_eq!(found[0], pair("T1", "T1,T2"));
    }

    #[test]
    fn an_exon_included_by_two_half_transcripts_has_none_of_its_own() {
        let found = support(
            Strand::Forward,
            EventKind::Se,
            &[&[(0, 100), (200, 300)], &[(200, 300), (400, 500)], &[(0, 100), (400, 500)]],
        );
        assert_eq!(found, [pair("", "T3")]);
    }

    #[test]
    fn first_and_last_exons_must_be_at_the_end() {
        let transcripts: &[&[(u32, u32)]] = &[
            &[(0, 100), (500, 600), (700, 800)],
            &[(200, 300), (500, 600)],
            &[(10, 20), (200, 300), (500, 600)],
        ];
        assert_eq!(support(Strand::Forward, EventKind::Afe, transcripts), [pair("T1", "T1,T2")]);
        assert_eq!(support(Strand::Reverse, EventKind::Ale, transcripts), [pair("T1", "T1,T2")]);
        let mirrored: &[&[(u32, u32)]] = &[
            &[(0, 100), (200, 300), (700, 800)],
            &[(200, 300), (500, 600)],
            &[(200, 300), (500, 600), (900, 950)],
        ];
        assert_eq!(support(Strand::Forward, EventKind::Ale, mirrored), [pair("T1", "T1,T2")]);
        assert_eq!(support(Strand::Reverse, EventKind::Afe, mirrored), [pair("T1", "T1,T2")]);
    }

    #[test]
    fn any_exon_over_the_intron_retains_it() {
        let found = support(
            Strand::Forward,
            EventKind::Ri,
            &[&[(0, 100), (200, 300)], &[(0, 300)], &[(99, 201)], &[(100, 201)], &[(50, 100), (200, 220)]],
        );
        assert_eq!(found, [pair("T2,T3", "T1,T2,T3,T5")]);
    }
}
