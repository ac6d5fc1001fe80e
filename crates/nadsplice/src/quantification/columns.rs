//! The second pass over a cohort: the numbers of all samples, kept on disk column by column.

use std::{collections::HashMap, path::Path};

use nadsplice_core::{InputIdentity, Regions};
use nadsplice_events::{CountingPlan, IntronSupport};
use nadsplice_table::{ColumnStore, SampleRow, StoreFolder, WriteError};
use rayon::prelude::*;

use super::{CountedSample, QuantifySettings, sample::Quantified, samples::Measures, survey::Survey};
use crate::{cli::Counting, regions::is_inside};

/// Least samples in a block: their numbers are in memory together.
const BLOCK_SAMPLES: usize = 16;
/// Most blocks: their files are open together.
const MAX_BLOCKS: usize = 256;

/// The numbers of all samples.
pub(super) struct Columns {
    /// Inclusion, skipping and the numbers of both lengths, once or, in rMATS's way, twice for each sample.
    pub(super) events: ColumnStore,
    /// Whether rMATS's counts with bodies are there.
    pub(super) with_bodies: bool,
    /// For each sample its distinct effective lengths.
    pub(super) lengths: Vec<Vec<f64>>,
    /// By the survey's junctions.
    pub(super) junctions: ColumnStore,
    /// By the annotation's gene ids, in the order in which they come first.
    pub(super) genes: ColumnStore,
    pub(super) gene_ids: GeneIds,
    /// By the members of the survey's clusters.
    pub(super) clusters: ColumnStore,
    pub(super) samples: Vec<SampleRow>,
    /// For each sample its alignments.
    pub(super) inputs: Vec<InputIdentity>,
    /// What all samples together show along the catalogue's retained introns.
    pub(super) introns: Vec<IntronSupport>,
    /// Holds the files of the stores.
    _folder: StoreFolder,
}

/// A number that may be missing, as a store keeps it.
pub(super) const fn stored(value: Option<u64>) -> u64 {
    match value {
        Some(value) => value + 1,
        None => 0,
    }
}

/// What [`stored`] stood for.
pub(super) const fn restored(value: u64) -> Option<u64> {
    value.checked_sub(1)
}

impl Columns {
    pub(super) fn of(
        settings: &QuantifySettings<'_>,
        survey: &Survey,
        cohort: &[CountedSample],
        outdir: &Path,
    ) -> anyhow::Result<Self> {
        let annotation = &settings.loaded.annotation;
        let (plan, (measures, mut gene_ids)) = rayon::join(
            || CountingPlan::new(&survey.catalogue, annotation),
            || rayon::join(|| Measures::new(annotation), || GeneIds::of(annotation)),
        );
        if let Some(regions) = settings.regions {
            gene_ids.keep_inside(regions, annotation);
        }
        let folder = StoreFolder::within(outdir)?;
        let members = survey.clusters.clusters.iter().map(|c| c.members.len()).sum();
        let mut columns = Self {
            events: folder.store("events", survey.catalogue.len()),
            with_bodies: settings.counting == Counting::Rmats,
            lengths: Vec::new(),
            junctions: folder.store("junctions", survey.junctions.len()),
            genes: folder.store("genes", gene_ids.first.len()),
            gene_ids,
            clusters: folder.store("clusters", members),
            samples: Vec::new(),
            inputs: Vec::new(),
            introns: survey.evenness.none(),
            _folder: folder,
        };
        let block =
            BLOCK_SAMPLES.max(2 * rayon::current_num_threads()).max(cohort.len().div_ceil(MAX_BLOCKS));
        let bar = settings.messages.progress(cohort.len(), "quantifying");
        let mut warnings = Vec::new();
        for block in cohort.chunks(block) {
            let mut quantified: Vec<Quantified> = block
                .par_iter()
                .map(|sample| {
                    let one = Quantified::of(settings, survey, (&plan, &measures), sample);
                    bar.inc(1);
                    one
                })
                .collect::<anyhow::Result<_>>()?;
            warnings.extend(quantified.iter_mut().flat_map(|q| q.warnings.drain(..)));
            columns.push(&quantified, survey)?;
        }
        bar.finish_and_clear();
        for warning in warnings {
            settings.messages.warn(warning);
        }
        Ok(columns)
    }

    fn push(&mut self, block: &[Quantified], survey: &Survey) -> Result<(), WriteError> {
        let Self { events, junctions, clusters, genes, gene_ids, .. } = self;
        let (first, second) = rayon::join(
            || push_events(events, block),
            || {
                push_junctions(junctions, block, survey)?;
                push_genes(genes, block, gene_ids)?;
                clusters.push(block.len(), |row, values| {
                    values.extend(block.iter().map(|sample| u64::from(sample.clusters[row])));
                })
            },
        );
        first.and(second)?;
        for sample in block {
            self.introns.iter_mut().zip(&sample.introns).for_each(|(sum, one)| sum.add(one));
        }
        self.lengths.extend(block.iter().map(|sample| sample.events.lengths.clone()));
        self.samples.extend(block.iter().map(|sample| sample.row.clone()));
        self.inputs.extend(block.iter().map(|sample| sample.input));
        Ok(())
    }
}

fn push_events(store: &mut ColumnStore, block: &[Quantified]) -> Result<(), WriteError> {
    store.push(block.iter().map(|sample| sample.events.width()).sum(), |row, values| {
        for sample in block {
            sample.events.row(row, values);
        }
    })
}

fn push_junctions(store: &mut ColumnStore, block: &[Quantified], survey: &Survey) -> Result<(), WriteError> {
    // Each sample's list is in the order of the rows, so that a cursor finds its counts.
    let mut cursors = vec![0usize; block.len()];
    store.push(block.len(), |row, values| {
        let wanted = survey.junctions[row].junction;
        values.extend(cursors.iter_mut().zip(block).map(
            |(cursor, sample)| match sample.junctions.get(*cursor) {
                Some(&(junction, count)) if junction == wanted => {
                    *cursor += 1;
                    u64::from(count)
                }
                _ => 0,
            },
        ));
    })
}

fn push_genes(store: &mut ColumnStore, block: &[Quantified], ids: &GeneIds) -> Result<(), WriteError> {
    let sums: Vec<Option<Vec<u64>>> =
        block.iter().map(|sample| sample.genes.as_deref().map(|counts| ids.sums(counts))).collect();
    store.push(block.len(), |row, values| {
        let sum =
            |sums: &Option<Vec<u64>>| sums.as_ref().filter(|_| ids.is_counted[row]).map(|sums| sums[row]);
        values.extend(sums.iter().map(|sums| stored(sum(sums))));
    })
}

/// The gene ids of an annotation. Loci of one id are one row.
pub(super) struct GeneIds {
    /// For each id its first gene.
    pub(super) first: Vec<usize>,
    /// For each gene the number of its id.
    id: Vec<usize>,
    /// For each id whether all of its genes were counted.
    is_counted: Vec<bool>,
}

impl GeneIds {
    fn of(annotation: &nadsplice_core::Annotation) -> Self {
        let mut numbers: HashMap<&str, usize> = HashMap::new();
        let (mut first, mut id) = (Vec::new(), Vec::new());
        for (gene, found) in annotation.genes.iter().enumerate() {
            let number = *numbers.entry(&found.id).or_insert(first.len());
            if number == first.len() {
                first.push(gene);
            }
            id.push(number);
        }
        let is_counted = vec![true; first.len()];
        Self { first, id, is_counted }
    }

    /// Takes genes that do not lie in the regions as a whole for not counted.
    fn keep_inside(&mut self, regions: &Regions, annotation: &nadsplice_core::Annotation) {
        for ((gene, _), &id) in annotation.genes().zip(&self.id) {
            self.is_counted[id] &= is_inside(regions, annotation, gene);
        }
    }

    /// For each id the bases that an exon of any of its transcripts covers; of several loci all of them.
    pub(super) fn exon_bases(&self, annotation: &nadsplice_core::Annotation) -> Vec<u64> {
        let mut bases = vec![0; self.first.len()];
        for (gene, &id) in annotation.genes.iter().zip(&self.id) {
            let mut exons: Vec<_> = gene.transcripts.iter().flat_map(|t| &t.exons).collect();
            exons.sort_unstable_by_key(|exon| exon.start());
            let mut covered_to = 0;
            for exon in exons {
                bases[id] += u64::from(exon.end().saturating_sub(exon.start().max(covered_to)));
                covered_to = covered_to.max(exon.end());
            }
        }
        bases
    }

    /// The counts of all loci of each id together.
    fn sums(&self, counts: &[u32]) -> Vec<u64> {
        let mut sums = vec![0; self.first.len()];
        for (&id, &count) in self.id.iter().zip(counts) {
            sums[id] += u64::from(count);
        }
        sums
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_missing_number_is_not_zero() {
        assert_eq!([None, Some(0), Some(7)].map(|v| restored(stored(v))), [None, Some(0), Some(7)]);
    }
}
