//! From counts files to the tables of a cohort.
//!
//! Each counts file is read twice. The first pass ([`survey`]) finds out what there is in the cohort: its catalogue,
//! junctions and clusters. The second one ([`columns`]) counts them in each sample, block by block of samples, and
//! leaves the numbers on disk; from there [`tables`] writes them row by row. So memory grows with events and junctions,
//! not with samples.

mod clusters;
mod columns;
mod consequences;
mod intervals;
mod manifest;
mod mix_up;
mod numbered;
mod sample;
mod samples;
mod shard;
mod survey;
mod tables;
mod tracks;

use std::path::Path;

use anyhow::bail;
use nadsplice_align::read_counts_of;
use nadsplice_core::{LibraryStrandedness, Regions, SampleCounts};
use nadsplice_diff::SampleSheet;
use nadsplice_events::{EvidenceKind, NovelOptions, Novelty};
use nadsplice_panel::Panel;

use self::{columns::Columns, survey::Survey};
pub(crate) use self::{
    consequences::check_reference,
    manifest::{Shards, withdraw},
    shard::{Part, Shard},
    survey::panel_genes,
    tables::names as table_names,
    tracks::{junction_rows, mean_depths},
};
use crate::{
    annotation::LoadedAnnotation,
    cli::Counting,
    junction_input::{JunctionInputs, Source},
    messages::Messages,
    missing::Missing,
    regions::extent,
};

/// A sample with the place of its counts.
#[derive(Clone, Debug)]
pub(crate) struct CountedSample {
    pub(crate) name: String,
    pub(crate) source: Source,
    /// What the sheet or an option states.
    pub(crate) stated: Option<(LibraryStrandedness, &'static str)>,
}

/// How a cohort is quantified.
#[derive(Clone, Copy)]
pub(crate) struct QuantifySettings<'a> {
    pub(crate) loaded: &'a LoadedAnnotation,
    /// What the samples' junction tables are read with, where they have any.
    pub(crate) junctions: &'a JunctionInputs<'a>,
    pub(crate) counting: Counting,
    pub(crate) evidence: EvidenceKind,
    /// Add the events that the cohort's reads show and the annotation lacks.
    pub(crate) novel: Option<NovelOptions>,
    /// Genes whose novel events are added in any case, unless reads are counted as rMATS counts them.
    pub(crate) panel: &'a Panel,
    /// Indexed FASTA: its splice motifs give junctions a strand that nothing else does, its codons say where exchanged
    /// transcripts stop.
    pub(crate) reference: Option<&'a Path>,
    /// The contigs of a shard, where not the whole genome is quantified.
    pub(crate) part: Option<&'a Part>,
    /// Where all samples were counted, where not in the whole genome.
    pub(crate) regions: Option<&'a Regions>,
    pub(crate) messages: Messages,
}

/// What is wrong with a cohort without events.
pub(crate) const NO_EVENTS: &str = "the annotation has no alternative splicing event: every gene has one way of splicing only\n\
     hint: take an annotation with all transcripts (Ensembl, GENCODE, RefSeq), not one transcript a gene; or pass \
     --novel, for the events that the reads show";

impl QuantifySettings<'_> {
    /// The counts of a sample with what there is to say about them. Counts that were made with another annotation are
    /// refused.
    fn read(&self, sample: &CountedSample) -> anyhow::Result<(SampleCounts, Vec<String>)> {
        self.read_contigs(sample, |_| true)
    }

    /// The same with nothing on contigs of other shards.
    fn read_part(&self, sample: &CountedSample) -> anyhow::Result<(SampleCounts, Vec<String>)> {
        let Some(part) = self.part else { return self.read(sample) };
        let (mut counts, warnings) = self.read_contigs(sample, |contig| part.has_number(contig))?;
        part.restrict(&mut counts);
        Ok((counts, warnings))
    }

    /// The contigs are those of the annotation; tables of junctions are read as a whole.
    fn read_contigs(
        &self,
        sample: &CountedSample,
        is_wanted: impl Fn(usize) -> bool,
    ) -> anyhow::Result<(SampleCounts, Vec<String>)> {
        let Source::Counts(path) = &sample.source else {
            return self.junctions.read(&sample.name, &sample.source);
        };
        let counts = read_counts_of(path, is_wanted)?;
        if counts.annotation != self.loaded.content_hash {
            bail!(
                "counts file `{}` of sample `{}` was made with another annotation\n\
                 hint: count the sample again with this --gtf, or give the --gtf that it was counted with",
                path.display(),
                sample.name
            );
        }
        if counts.parameters.regions.as_ref() != self.regions {
            let found = counts.parameters.regions.as_ref();
            bail!(
                "counts file `{}` of sample `{}` is of {}, and expected are {}{}\n\
                 hint: count all samples of a cohort with the same --regions, or none of them",
                path.display(),
                sample.name,
                extent(found),
                if found.is_some() && self.regions.is_some() { "other " } else { "" },
                extent(self.regions),
            );
        }
        Ok((counts, Vec::new()))
    }

    /// Whether the tables that are not cut into shards are to be written: they are the first one's.
    fn writes_whole(&self) -> bool {
        self.part.is_none_or(|part| part.shard.number == 1)
    }

    /// The column `evidence` of `events.tsv`.
    const fn evidence_word(&self) -> &'static str {
        match (self.counting, self.evidence) {
            (Counting::Rmats, _) => "rmats_jc",
            (Counting::Fragments, EvidenceKind::Junctions) if self.junctions.any() => "junction_sum",
            (Counting::Fragments, EvidenceKind::Junctions) => "junctions",
            (Counting::Fragments, EvidenceKind::Body) => "body",
        }
    }
}

/// Quantifies every event of the annotation in every sample and writes the cohort's tables into a folder. `missing` are
/// samples that were left out before; those that turn out to be unusable move there.
pub(crate) fn quantify(
    settings: &QuantifySettings<'_>,
    sheet: &SampleSheet,
    samples: &mut Vec<CountedSample>,
    missing: &mut Missing,
    outdir: &Path,
) -> anyhow::Result<()> {
    if settings.counting == Counting::Rmats && settings.novel.is_some_and(|o| o != NovelOptions::default()) {
        bail!(
            "thresholds for novel events do not apply to counts of `--counting rmats`, where one read is enough\n\
             hint: leave out the options --novel-*, and keep --novel"
        );
    }
    let (evidence, failures) = survey::pool(settings, samples);
    missing.settle(failures, samples.len(), settings.messages)?;
    samples.retain(|sample| !missing.has(&sample.name));
    let survey = Survey::of(settings, evidence)?;
    // A shard's contigs may have none.
    if survey.catalogue.is_empty() && settings.part.is_none() && settings.regions.is_none() {
        bail!(NO_EVENTS);
    }
    let novel = survey.catalogue.novelty.iter().filter(|&&n| n != Novelty::Annotated).count();
    let novel = match (settings.novel, novel) {
        (Some(_), _) => format!(" ({novel} novel)"),
        (None, 0) => String::new(),
        (None, _) => format!(" ({novel} novel of panel genes)"),
    };
    let shard = settings.part.map(|part| format!("shard {}: ", part.shard)).unwrap_or_default();
    let inside = if settings.regions.is_some() { " in the regions" } else { "" };
    settings.messages.step(format!(
        "{shard}{} events{novel}{inside}, {} samples",
        survey.catalogue.len(),
        samples.len()
    ));
    let columns = Columns::of(settings, &survey, samples, outdir)?;
    let seen: Vec<mix_up::Seen<'_>> = samples
        .iter()
        .zip(columns.inputs.iter().zip(&columns.samples))
        .map(|(sample, (&input, row))| mix_up::Seen {
            name: &sample.name,
            input,
            table_id: sample.source.table_id(),
            row,
        })
        .collect();
    for warning in mix_up::warnings(sheet, &seen) {
        settings.messages.warn(warning);
    }
    let cohort = tables::Cohort {
        annotation: &settings.loaded.annotation,
        survey: &survey,
        names: samples.iter().map(|s| s.name.as_str()).collect(),
        columns: &columns,
        regions: settings.regions,
        thresholds: settings.novel.unwrap_or_default(),
        evidence: settings.evidence_word(),
    };
    let with_whole = settings.writes_whole();
    let (tables, consequences) = rayon::join(
        || tables::write(&cohort, with_whole.then_some(sheet), outdir),
        || consequences::write(settings, &survey.catalogue, outdir),
    );
    tables?;
    if with_whole {
        missing.write(outdir)?;
    }
    consequences?;
    match settings.part {
        Some(part) => manifest::write(settings, part.shard, samples, outdir),
        None => Ok(()),
    }
}
