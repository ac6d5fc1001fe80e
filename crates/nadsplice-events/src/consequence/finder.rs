//! Consequences of the events of one annotation.

use std::rc::Rc;

use nadsplice_core::{Annotation, Event, GeneId, PrincipalTag, PrincipalTranscripts, Transcript};
use rustc_hash::FxHashMap;

use super::{
    bases::Bases,
    coding::{Coding, CodingPart, StopCodon, TranscriptCoding, coding, transcript_coding},
    compare::compare,
    report::{Carrier, Consequence},
    spliced::Spliced,
    words::CodingStatus,
};
use crate::supporting_transcripts;

/// A transcript with its reading frame.
pub(super) struct Model<'a> {
    pub(super) transcript: &'a Transcript,
    pub(super) spliced: Option<Spliced>,
    pub(super) coding: Coding,
    /// Whether the annotation singles it out.
    pub(super) principal: Option<PrincipalTag>,
}

impl Model<'_> {
    /// Its reading frame with its spliced exons.
    pub(super) fn part(&self) -> Option<(&Spliced, CodingPart)> {
        self.spliced.as_ref().zip(self.coding.part())
    }

    /// The same for a complete CDS: also its first offset.
    pub(super) fn complete(&self) -> Option<(&Spliced, CodingPart, u32)> {
        let (spliced, part) = self.part()?;
        Some((spliced, part, part.start?))
    }

    /// Order of preference: complete CDS first, of these the transcript that the annotation singles out (MANE Select,
    /// then canonical), then the longest CDS, then by id.
    pub(super) fn rank(&self) -> impl Ord + use<'_> {
        let residues = self.coding.part().and_then(CodingPart::residues);
        let tag = self.principal.map_or(u8::MAX, |tag| tag as u8);
        (residues.is_none(), tag, std::cmp::Reverse(residues), self.transcript.id.as_str())
    }
}

/// Transcripts with the inclusion form and transcripts with the skipping form, in [`Model::rank`] order.
pub(super) type Carriers<'a> = [Vec<Rc<Model<'a>>>; 2];

/// Finds what events do to proteins.
///
/// The forms of an event are compared in one transcript, the host: of the transcripts that have a form and a
/// complete CDS the principal one (MANE Select, then canonical, by the annotation's tags), else the one with the
/// longest CDS (ties: the first id), but first those for which the annotation also has the counterpart, that is a
/// complete CDS on the same introns but for the event, with the same start codon where the event leaves it. Where it does not, the counterpart is made by exchange of the form and read from the host's
/// start codon to its first stop in frame, which needs bases unless the event lies outside the CDS. Without bases
/// the stop codon is that of another annotated transcript with the form, if there is one, and else unknown; the
/// frame follows from the lengths.
pub struct ConsequenceFinder<'a> {
    annotation: &'a Annotation,
    stop_codon: StopCodon,
    principal: Option<&'a PrincipalTranscripts>,
    bases: Option<&'a mut dyn Bases>,
    has_cds: bool,
    models: FxHashMap<(GeneId, usize), Rc<Model<'a>>>,
}

impl<'a> ConsequenceFinder<'a> {
    /// For one annotation. `stop_codon` says whether its CDS rows hold the stop codon; with `bases` that is found
    /// out for each transcript, and stop codons of exchanged transcripts are read.
    pub fn new(annotation: &'a Annotation, stop_codon: StopCodon, bases: Option<&'a mut dyn Bases>) -> Self {
        let has_cds = annotation.genes.iter().flat_map(|gene| &gene.transcripts).any(|t| !t.cds.is_empty());
        Self { annotation, stop_codon, principal: None, bases, has_cds, models: FxHashMap::default() }
    }

    /// Takes the transcripts that the annotation singles out for hosts.
    #[must_use]
    pub fn with_principal(mut self, principal: &'a PrincipalTranscripts) -> Self {
        self.principal = Some(principal);
        self
    }

    /// Whether the annotation has CDS rows; without any, all consequences are unknown.
    pub fn has_cds(&self) -> bool {
        self.has_cds
    }

    /// What an event of the annotation's genes does to the protein.
    pub fn consequence(&mut self, event: &Event) -> Consequence {
        let carriers = self.carriers(event);
        let known = self.has_cds && event.strand.is_some();
        let listed = carriers.each_ref().map(|models| listed(models, known));
        let contig = self.annotation.contigs.name(event.contig);
        let genome = self.bases.as_mut().map(|bases| (contig, &mut **bases as &mut dyn Bases));
        compare(event, known.then_some(&carriers), listed, genome)
    }

    /// Of up to `most` transcripts, spread over the annotation, whose CDS is complete by its rows alone: how many
    /// these are, and how many of them have a stop codon there in the reference too. With a reference of another
    /// build it is few; without one it is all.
    pub fn stop_codons_confirmed(&mut self, most: usize) -> (usize, usize) {
        let annotation = self.annotation;
        let complete: Vec<(GeneId, usize)> = annotation
            .genes()
            .flat_map(|(id, gene)| gene.transcripts.iter().enumerate().map(move |(k, t)| (id, gene, k, t)))
            .filter(|(_, gene, _, transcript)| {
                transcript_coding(transcript, gene.strand, self.stop_codon).status == CodingStatus::Coding
            })
            .map(|(id, _, k, _)| (id, k))
            .collect();
        let step = complete.len().div_ceil(most.max(1)).max(1);
        let chosen: Vec<(GeneId, usize)> = complete.into_iter().step_by(step).collect();
        let confirmed = chosen.iter().filter(|&&(gene, k)| self.model(gene, k).part().is_some()).count();
        (chosen.len(), confirmed)
    }

    fn carriers(&mut self, event: &Event) -> Carriers<'a> {
        let annotation = self.annotation;
        let supporting = supporting_transcripts(event, annotation);
        let mut carriers: Carriers<'a> = [Vec::new(), Vec::new()];
        for &gene in &event.genes {
            for (index, transcript) in annotation.gene(gene).transcripts.iter().enumerate() {
                let id = transcript.id.as_str();
                if supporting.total.binary_search(&id).is_ok() {
                    let form = usize::from(supporting.inclusion.binary_search(&id).is_err());
                    carriers[form].push(self.model(gene, index));
                }
            }
        }
        for models in &mut carriers {
            models.sort_by(|a, b| a.rank().cmp(&b.rank()));
        }
        carriers
    }

    fn model(&mut self, gene: GeneId, index: usize) -> Rc<Model<'a>> {
        if let Some(model) = self.models.get(&(gene, index)) {
            return Rc::clone(model);
        }
        let annotation = self.annotation;
        let locus = annotation.gene(gene);
        let transcript = &locus.transcripts[index];
        let spliced = locus.strand.and_then(|strand| Spliced::new(&transcript.exons, strand));
        let contig = annotation.contigs.name(locus.contig);
        let genome = self.bases.as_mut().map(|bases| (contig, &mut **bases as &mut dyn Bases));
        let coding = coding(transcript, spliced.as_ref(), self.stop_codon, genome);
        let principal = self.principal.and_then(|principal| principal.tag(&transcript.id));
        let model = Rc::new(Model { transcript, spliced, coding, principal });
        self.models.insert((gene, index), Rc::clone(&model));
        model
    }
}

/// The carriers by id; of unknown status where the annotation cannot tell.
fn listed(models: &[Rc<Model<'_>>], known: bool) -> Vec<Carrier> {
    let mut listed: Vec<Carrier> = models
        .iter()
        .map(|model| {
            let mut coding = TranscriptCoding::of(model.coding, model.spliced.as_ref());
            if !known {
                coding.status = CodingStatus::Unknown;
            }
            Carrier { id: model.transcript.id.clone(), coding }
        })
        .collect();
    listed.sort_by(|a, b| a.id.cmp(&b.id));
    listed
}
