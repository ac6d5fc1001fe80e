//! `consequences.tsv`: what either form of each event makes of the protein.

use std::path::Path;

use anyhow::{Context, bail};
use nadsplice_annotation::{IndexedReference, ReferenceError};
use nadsplice_core::{Annotation, Event, Interval};
use nadsplice_events::{
    Bases, Basis, Catalogue, CodingStatus, Consequence, ConsequenceFinder, FormConsequence, Nmd, Region,
    StopPosition,
};
use nadsplice_table::{ConsequenceRow, Table, TableWriter};

use super::QuantifySettings;
use crate::annotation::LoadedAnnotation;

/// Transcripts whose stop codons are looked up in the reference, to tell one of another build.
const STOP_CODONS_LOOKED_UP: usize = 500;
/// Share of them that has to be there. All have, but for edited transcripts and codes of mitochondria.
const MIN_CONFIRMED: f64 = 0.5;

/// Writes the table into a folder that exists, and says what limits it.
pub(super) fn write(
    settings: &QuantifySettings<'_>,
    catalogue: &Catalogue,
    outdir: &Path,
) -> anyhow::Result<()> {
    let loaded = settings.loaded;
    let mut genome = match settings.reference {
        Some(path) => Some(Genome { reference: IndexedReference::open(path)?, failure: None }),
        None => None,
    };
    let bases = genome.as_mut().map(|genome| genome as &mut dyn Bases);
    let mut finder = ConsequenceFinder::new(&loaded.annotation, loaded.stop_codon, bases)
        .with_principal(&loaded.principal);
    if !finder.has_cds() {
        settings.messages.warn(
            "the annotation has no CDS rows: what events do to proteins is unknown\n\
             hint: Ensembl, GENCODE and RefSeq have files with CDS rows",
        );
    }
    let limits = Limits {
        has_cds: finder.has_cds(),
        has_bases: settings.reference.is_some(),
        annotation: &loaded.annotation,
    };
    let mut writer = TableWriter::<ConsequenceRow>::create(&outdir.join(ConsequenceRow::FILE))?;
    for event in &catalogue.events {
        for row in rows(event, &finder.consequence(event), &limits) {
            writer.write(&row)?;
        }
    }
    drop(finder);
    if let Some(failure) = genome.and_then(|genome| genome.failure) {
        return Err(failure).context("could not read bases for the consequences of events");
    }
    Ok(writer.finish()?)
}

/// Refuses a reference in which the annotation's stop codons are not.
pub(crate) fn check_reference(loaded: &LoadedAnnotation, path: &Path) -> anyhow::Result<()> {
    let mut genome = Genome { reference: IndexedReference::open(path)?, failure: None };
    let mut finder = ConsequenceFinder::new(&loaded.annotation, loaded.stop_codon, Some(&mut genome));
    let (complete, confirmed) = finder.stop_codons_confirmed(STOP_CODONS_LOOKED_UP);
    if (confirmed as f64) < MIN_CONFIRMED * complete as f64 {
        bail!(
            "of {complete} stop codons of the annotation only {confirmed} are in reference `{}` (expected at least \
             {:.0}%), so it is of another genome build or species\n\
             hint: take the FASTA that the reads were aligned to",
            path.display(),
            100.0 * MIN_CONFIRMED
        );
    }
    Ok(())
}

/// Bases of the reference. What it does not have is unknown; what cannot be read is kept and stops the command.
struct Genome {
    reference: IndexedReference,
    failure: Option<ReferenceError>,
}

impl Bases for Genome {
    fn bases(&mut self, contig: &str, interval: Interval) -> Option<Vec<u8>> {
        match self.reference.bases(contig, interval) {
            Ok(bases) => Some(bases),
            Err(ReferenceError::UnknownContig { .. } | ReferenceError::OutOfBounds { .. }) => None,
            Err(failure) => {
                self.failure.get_or_insert(failure);
                None
            }
        }
    }
}

/// What the answers can rest on.
struct Limits<'a> {
    has_cds: bool,
    has_bases: bool,
    annotation: &'a Annotation,
}

/// The rows of one event: inclusion, then skipping.
fn rows(event: &Event, found: &Consequence, limits: &Limits<'_>) -> [ConsequenceRow; 2] {
    let annotation = limits.annotation;
    let mut genes: Vec<(&str, &str)> =
        event.genes.iter().map(|&g| (annotation.gene(g).id.as_str(), annotation.gene(g).label())).collect();
    genes.sort_unstable();
    genes.dedup();
    let id = event.id(annotation.contigs.name(event.contig));
    let row = |name: &str, form: &FormConsequence, change: Option<i64>| ConsequenceRow {
        event_id: id.clone(),
        gene_name: genes.iter().map(|g| g.1.to_owned()).collect(),
        form: name.to_owned(),
        region: found.region.name().to_owned(),
        frame: found.frame.name().to_owned(),
        basis: form.basis.name().to_owned(),
        transcript: form.transcript.clone(),
        coding: form.coding.name().to_owned(),
        stop: form.stop.name().to_owned(),
        nmd: form.context.nmd.name().to_owned(),
        nmd_exceptions: exceptions(form).map(str::to_owned),
        start_lost: form.start_lost,
        stop_lost: form.stop_lost,
        residues: form.residues,
        residues_change: change,
        reason: reason(event, found, form, limits),
        transcripts: form.transcripts.iter().map(|carrier| carrier.id.clone()).collect(),
    };
    [
        row("inclusion", &found.inclusion, found.residues_change),
        row("skipping", &found.skipping, found.residues_change.map(|change| -change)),
    ]
}

/// Why a form that is predicted to decay may escape.
fn exceptions(form: &FormConsequence) -> Option<&'static str> {
    let context = form.context;
    (context.nmd == Nmd::Predicted).then_some(match (context.near_start, context.in_long_exon) {
        (Some(true), Some(true)) => "near_start,long_exon",
        (Some(true), _) => "near_start",
        (_, Some(true)) => "long_exon",
        (Some(false), Some(false)) => "none",
        _ => "unknown",
    })
}

/// How a row was come by, and why something in it is unknown; nothing where an annotated transcript says all.
fn reason(event: &Event, found: &Consequence, form: &FormConsequence, limits: &Limits<'_>) -> String {
    if !limits.has_cds {
        return "the annotation has no CDS rows".to_owned();
    }
    if event.strand.is_none() {
        return "the strand is unknown".to_owned();
    }
    let Some(host) = &found.host else {
        return match (found.region, form.coding) {
            (Region::NonCoding, _) => "no transcript with the event has a CDS".to_owned(),
            (_, CodingStatus::NoTranscript) => {
                "no annotated transcript has this form, and none with the other \
                                                form has a complete CDS"
                    .to_owned()
            }
            _ => "no transcript with the event has a complete CDS".to_owned(),
        };
    };
    match form.basis {
        Basis::Annotated => String::new(),
        Basis::Exchanged => {
            let why = if form.coding == CodingStatus::NoTranscript {
                "no annotated transcript has this form"
            } else {
                "none with this form is the other form's transcript but for the event"
            };
            let stop = match form.stop {
                StopPosition::Unknown if form.start_lost == Some(true) => {
                    "; its own start codon is not known"
                }
                StopPosition::Unknown if limits.has_bases => {
                    "; not all of its bases are in the genome sequence"
                }
                StopPosition::Unknown => "; where it stops takes a genome sequence (--reference)",
                StopPosition::Absent => "; its frame has no stop codon",
                _ => "",
            };
            format!("{why}: put into {host}{stop}")
        }
        Basis::AnnotatedOther => {
            format!("a transcript with this form that may differ from {host} elsewhere too")
        }
        Basis::Nothing => format!(
            "no transcript with this form has a known stop codon, and the form cannot be put into {host}"
        ),
    }
}
