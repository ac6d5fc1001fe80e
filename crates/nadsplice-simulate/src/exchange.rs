//! Two isoforms that differ by one event and by nothing else.

use nadsplice_core::{Annotation, Event, EventKind, Form, GeneId, Interval, Strand};

/// The isoforms of an event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IsoformPair {
    /// The gene of the transcript on which both are built.
    pub gene: GeneId,
    /// The id of that transcript.
    pub transcript: String,
    /// Exons of the isoform with the inclusion form, in genome order.
    pub inclusion: Vec<Interval>,
    /// Exons of the isoform with the skipping form, in genome order.
    pub skipping: Vec<Interval>,
}

/// The two isoforms of an event, made from the first transcript of its genes that contains the inclusion form,
/// else the skipping form, by exchanging the one for the other. One of them is annotated; the other need not be.
///
/// A transcript contains a form when the form's introns are consecutive introns of its own, for AFE and ALE its
/// first or last one; it contains the inclusion form of RI when an exon covers the intron. The far ends of the
/// outer exons are the transcript's, except those of alternative first and last exons. Nothing is returned when no
/// transcript allows the exchange.
pub fn isoform_pair(event: &Event, annotation: &Annotation) -> Option<IsoformPair> {
    let transcripts = || {
        let genes = event.genes.iter().map(|&id| (id, annotation.gene(id)));
        genes.flat_map(|(id, gene)| gene.transcripts.iter().map(move |t| (id, t)))
    };
    let [inclusion, skipping] = [(&event.inclusion, &event.skipping), (&event.skipping, &event.inclusion)]
        .map(|(own, other)| {
            transcripts().find_map(|(gene, transcript)| {
                let exchanged = exchange(event, own, other, &transcript.exons)?;
                Some((gene, transcript, exchanged))
            })
        });
    if let Some((gene, transcript, exchanged)) = inclusion {
        return Some(IsoformPair {
            gene,
            transcript: transcript.id.clone(),
            inclusion: transcript.exons.clone(),
            skipping: exchanged,
        });
    }
    skipping.map(|(gene, transcript, exchanged)| IsoformPair {
        gene,
        transcript: transcript.id.clone(),
        inclusion: exchanged,
        skipping: transcript.exons.clone(),
    })
}

/// At which end of the transcript, in genome order, the event's exons must lie.
fn terminal_side(event: &Event) -> Option<Side> {
    let forward = event.strand != Some(Strand::Reverse);
    match event.kind {
        EventKind::Afe => Some(if forward { Side::Left } else { Side::Right }),
        EventKind::Ale => Some(if forward { Side::Right } else { Side::Left }),
        _ => None,
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Side {
    Left,
    Right,
}

/// The transcript with form `own` replaced by `other`, if it contains `own` and the result is in order.
fn exchange(event: &Event, own: &Form, other: &Form, exons: &[Interval]) -> Option<Vec<Interval>> {
    let side = terminal_side(event);
    let range = find(own, other, side, exons)?;
    let (from, to) = (*range.start(), *range.end());
    let mut replaced = exons[..from].to_vec();
    let last = other.exons.len().checked_sub(1)?;
    for (i, exon) in other.exons.iter().enumerate() {
        let start = if i == 0 && side != Some(Side::Left) { exons[from].start() } else { exon.start() };
        let end = if i == last && side != Some(Side::Right) { exons[to].end() } else { exon.end() };
        replaced.push(Interval::new(start, end)?);
    }
    replaced.extend_from_slice(&exons[to + 1..]);
    replaced.windows(2).all(|pair| pair[0].end() < pair[1].start()).then_some(replaced)
}

/// The exons of the transcript that are the form.
fn find(
    own: &Form,
    other: &Form,
    side: Option<Side>,
    exons: &[Interval],
) -> Option<std::ops::RangeInclusive<usize>> {
    let sites = |form: &Form| -> Vec<(u32, u32)> {
        form.exons.windows(2).map(|pair| (pair[0].end(), pair[1].start())).collect()
    };
    let wanted = sites(own);
    if wanted.is_empty() {
        // A retained intron: an exon that covers it and a base on either side.
        let &(end, start) = sites(other).first()?;
        let covered = Interval::new(end.checked_sub(1)?, start.checked_add(1)?)?;
        return exons.iter().position(|exon| exon.encloses(covered)).map(|i| i..=i);
    }
    let fits = |at: usize| {
        exons.len() > at + wanted.len()
            && exons[at..].windows(2).zip(&wanted).all(|(p, &site)| (p[0].end(), p[1].start()) == site)
    };
    let at = match side {
        Some(Side::Left) => Some(0).filter(|&at| fits(at)),
        Some(Side::Right) => exons.len().checked_sub(wanted.len() + 1).filter(|&at| fits(at)),
        None => (0..exons.len()).find(|&at| fits(at)),
    }?;
    Some(at..=at + wanted.len())
}

#[cfg(test)]
mod tests {
    use nadsplice_core::{ContigId, Gene, Transcript};

    use super::*;

    fn intervals(exons: &[(u32, u32)]) -> Vec<Interval> {
        exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect()
    }

    fn annotation(transcripts: &[&[(u32, u32)]]) -> Annotation {
        let mut annotation = Annotation::default();
        let contig = annotation.contigs.intern("chr1");
        let transcripts = transcripts
            .iter()
            .enumerate()
            .map(|(i, exons)| Transcript { id: format!("T{i}"), exons: intervals(exons), cds: vec![] })
            .collect();
        annotation.genes.push(Gene { id: "G".into(), name: None, contig, strand: None, transcripts });
        annotation
    }

    fn event(kind: EventKind, strand: Strand, inclusion: &[(u32, u32)], skipping: &[(u32, u32)]) -> Event {
        Event {
            kind,
            contig: ContigId(0),
            strand: Some(strand),
            genes: vec![GeneId(0)],
            inclusion: Form { exons: intervals(inclusion) },
            skipping: Form { exons: intervals(skipping) },
        }
    }

    fn pair(event: &Event, transcripts: &[&[(u32, u32)]]) -> Option<(Vec<Interval>, Vec<Interval>)> {
        isoform_pair(event, &annotation(transcripts)).map(|p| (p.inclusion, p.skipping))
    }

    #[test]
    fn the_transcript_keeps_its_other_exons() {
        let se = event(
            EventKind::Se,
            Strand::Forward,
            &[(100, 200), (300, 350), (500, 600)],
            &[(150, 200), (500, 580)],
        );
        let long = [(10, 50), (120, 200), (300, 350), (500, 570), (700, 800)];
        let short = [(10, 50), (120, 200), (500, 570), (700, 800)];
        let expected = Some((intervals(&long), intervals(&short)));
        assert_eq!(pair(&se, &[&long]), expected);
        assert_eq!(
            pair(&se, &[&short]),
            expected.as_ref().map(|_| {
                (intervals(&[(10, 50), (120, 200), (300, 350), (500, 570), (700, 800)]), intervals(&short))
            })
        );
        assert_eq!(pair(&se, &[&[(10, 50), (120, 201), (500, 570)]]), None);
    }

    #[test]
    fn splice_sites_move_and_introns_close() {
        let a3 = event(EventKind::A3ss, Strand::Forward, &[(0, 100), (200, 300)], &[(0, 100), (240, 300)]);
        assert_eq!(
            pair(&a3, &[&[(50, 100), (200, 280), (400, 500)]]),
            Some((
                intervals(&[(50, 100), (200, 280), (400, 500)]),
                intervals(&[(50, 100), (240, 280), (400, 500)])
            ))
        );
        let ri = event(EventKind::Ri, Strand::Forward, &[(0, 300)], &[(0, 100), (200, 300)]);
        assert_eq!(
            pair(&ri, &[&[(20, 290), (400, 500)]]),
            Some((intervals(&[(20, 290), (400, 500)]), intervals(&[(20, 100), (200, 290), (400, 500)])))
        );
        assert_eq!(
            pair(&ri, &[&[(20, 100), (200, 290)]]),
            Some((intervals(&[(20, 290)]), intervals(&[(20, 100), (200, 290)])))
        );
    }

    #[test]
    fn first_and_last_exons_bring_their_own_ends() {
        let afe = event(EventKind::Afe, Strand::Forward, &[(0, 100), (500, 600)], &[(200, 260), (500, 600)]);
        let distal = [(10, 100), (500, 580), (700, 800)];
        assert_eq!(
            pair(&afe, &[&distal]),
            Some((intervals(&distal), intervals(&[(200, 260), (500, 580), (700, 800)])))
        );
        // Not the first exon of the transcript: the exchange would leave an exon before the promoter.
        assert_eq!(pair(&afe, &[&[(1, 5), (10, 100), (500, 580)]]), None);
        let on_reverse =
            event(EventKind::Afe, Strand::Reverse, &[(500, 600), (900, 950)], &[(500, 600), (700, 800)]);
        assert_eq!(
            pair(&on_reverse, &[&[(10, 20), (550, 600), (900, 940)]]),
            Some((
                intervals(&[(10, 20), (550, 600), (900, 940)]),
                intervals(&[(10, 20), (550, 600), (700, 800)])
            ))
        );
    }

    #[test]
    fn mutually_exclusive_exons_are_swapped() {
        let mxe = event(
            EventKind::Mxe,
            Strand::Forward,
            &[(0, 100), (200, 250), (500, 600)],
            &[(0, 100), (300, 370), (500, 600)],
        );
        assert_eq!(
            pair(&mxe, &[&[(0, 90), (500, 600)], &[(0, 100), (300, 370), (500, 600)]]),
            Some((
                intervals(&[(0, 100), (200, 250), (500, 600)]),
                intervals(&[(0, 100), (300, 370), (500, 600)])
            ))
        );
    }
}
