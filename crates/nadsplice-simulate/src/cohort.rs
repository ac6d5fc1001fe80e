//! A cohort with all its numbers drawn.

use nadsplice_align::HeaderContig;
use nadsplice_core::{Annotation, Interval};
use rand::Rng;
use rand_distr::{Beta, Distribution, Gamma};

use crate::{
    CohortSpec, GeneSpec, Library, Molecule, Noise, SimulateError, TruthRow,
    check::check,
    contigs::{contigs_of, tids},
    isoform_pair,
    library::LengthTable,
    random::{Purpose, sample_number, stream},
};

/// Molar abundances of the transcripts of a gene without an event.
const CONSTANT_SHARES: [f64; 3] = [4.0, 2.0, 1.0];

/// A sample with its biological noise drawn.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleAbundances {
    /// The name.
    pub name: String,
    /// Position in the list of groups.
    pub group: usize,
    /// The library with the sample's own strandedness.
    pub library: Library,
    /// Fragments to draw.
    pub fragments: u64,
    /// Molar abundance of each molecule of the cohort, on a common scale.
    pub abundances: Vec<f64>,
}

/// A cohort with its biological noise drawn; only the fragments are still to come.
#[derive(Clone, Debug)]
pub struct Cohort {
    pub(crate) seed: u64,
    pub(crate) groups: Vec<String>,
    contigs: Vec<HeaderContig>,
    molecules: Vec<Molecule>,
    samples: Vec<SampleAbundances>,
    truth: Vec<TruthRow>,
    pub(crate) compression_level: Option<u8>,
}

/// The molecules of one gene and their molar shares.
struct GeneMolecules<'a> {
    spec: &'a GeneSpec,
    /// Position of the first one among the cohort's molecules.
    first: usize,
    /// Shares of genes without an event; genes with one have two molecules, inclusion first.
    shares: Vec<f64>,
    /// Molar abundance of the gene before noise.
    molar: f64,
    /// Position of the unspliced molecule.
    unspliced: Option<usize>,
}

impl Cohort {
    /// Draws PSI, expression and depth of every sample.
    ///
    /// # Errors
    /// When the specification contradicts itself or the annotation; the message names the number, sample or event.
    pub fn new(annotation: &Annotation, spec: &CohortSpec) -> Result<Self, SimulateError> {
        check(annotation, spec)?;
        let contigs = match &spec.contigs {
            Some(contigs) => contigs.clone(),
            None => contigs_of(annotation),
        };
        let tids = tids(annotation, &contigs)?;
        let lengths = LengthTable::new(&spec.library.fragment_lengths);
        let mut cohort = Self {
            seed: spec.seed,
            groups: spec.groups.clone(),
            contigs,
            molecules: Vec::new(),
            samples: Vec::new(),
            truth: Vec::new(),
            compression_level: spec.compression_level,
        };
        let mut genes = Vec::with_capacity(spec.genes.len());
        for gene in &spec.genes {
            genes.push(cohort.add_gene(gene, annotation, &tids, &lengths, spec.library.unspliced > 0.0)?);
        }
        let unspliced = cohort.unspliced_abundance(&genes, &lengths, spec.library.unspliced);
        for number in 0..spec.samples.len() {
            cohort.add_sample(number, spec, annotation, &genes, unspliced);
        }
        // By event, then by sample, as the samples were added the other way round.
        let events = genes.iter().filter(|g| g.spec.event.is_some()).count();
        let mut rows: Vec<Option<TruthRow>> =
            std::mem::take(&mut cohort.truth).into_iter().map(Some).collect();
        cohort.truth = (0..events)
            .flat_map(|e| (0..spec.samples.len()).map(move |s| s * events + e))
            .filter_map(|i| rows[i].take())
            .collect();
        Ok(cohort)
    }

    /// Contigs of the header.
    pub fn contigs(&self) -> &[HeaderContig] {
        &self.contigs
    }

    /// All kinds of molecules; a gene's stand together, the inclusion isoform before the skipping one.
    pub fn molecules(&self) -> &[Molecule] {
        &self.molecules
    }

    /// The samples.
    pub fn samples(&self) -> &[SampleAbundances] {
        &self.samples
    }

    /// True PSI by event, in the order of the specification's genes, then by sample.
    pub fn truth(&self) -> &[TruthRow] {
        &self.truth
    }

    fn add_gene<'a>(
        &mut self,
        spec: &'a GeneSpec,
        annotation: &Annotation,
        tids: &[Option<u32>],
        lengths: &LengthTable,
        with_unspliced: bool,
    ) -> Result<GeneMolecules<'a>, SimulateError> {
        let gene = annotation.gene(spec.gene);
        let missing =
            || SimulateError::MissingContig { contig: annotation.contigs.name(gene.contig).to_owned() };
        let tid = tids[gene.contig.index()].ok_or_else(missing)?;
        let contig = &self.contigs[tid as usize];
        if let Some(span) = gene.span().filter(|span| span.end() > contig.length) {
            return Err(SimulateError::ContigTooShort {
                gene: gene.label().to_owned(),
                end: span.end(),
                contig: contig.name.clone(),
                length: contig.length,
            });
        }
        let first = self.molecules.len();
        let mut shares = Vec::new();
        let molecule = |exons: &[Interval]| Molecule::new(tid, gene.strand, exons);
        if let Some(planned) = &spec.event {
            let [inclusion, skipping] = isoform_pair(&planned.event, annotation)
                .and_then(|pair| Some([molecule(&pair.inclusion)?, molecule(&pair.skipping)?]))
                .ok_or_else(|| SimulateError::NoTranscript {
                    event: planned.event.id(annotation.contigs.name(planned.event.contig)),
                })?;
            let psi = planned.psi.iter().sum::<f64>() / planned.psi.len() as f64;
            self.molecules.extend([inclusion, skipping]);
            shares.extend([psi, 1.0 - psi]);
        } else {
            let expressed = gene.transcripts.iter().filter_map(|t| molecule(&t.exons));
            for (molecule, share) in expressed.zip(CONSTANT_SHARES) {
                self.molecules.push(molecule);
                shares.push(share);
            }
        }
        let total: f64 = shares.iter().sum();
        shares.iter_mut().for_each(|share| *share /= total);
        let starts: f64 = self.molecules[first..]
            .iter()
            .zip(&shares)
            .map(|(molecule, share)| share * lengths.expected_starts(molecule.len()))
            .sum();
        let molar = if starts > 0.0 { spec.expression / starts } else { 0.0 };
        let mut unspliced = None;
        if let Some(span) = gene.span().filter(|_| with_unspliced) {
            unspliced = molecule(&[span]).map(|molecule| {
                self.molecules.push(molecule);
                self.molecules.len() - 1
            });
        }
        Ok(GeneMolecules { spec, first, shares, molar, unspliced })
    }

    /// Unspliced molecules per mature one that give unspliced fragments their share.
    fn unspliced_abundance(&self, genes: &[GeneMolecules<'_>], lengths: &LengthTable, share: f64) -> f64 {
        let bodies: f64 = genes
            .iter()
            .filter_map(|g| Some(g.molar * lengths.expected_starts(self.molecules[g.unspliced?].len())))
            .sum();
        let mature: f64 = genes.iter().map(|g| g.spec.expression).sum();
        if bodies > 0.0 { share / (1.0 - share) * mature / bodies } else { 0.0 }
    }

    fn add_sample(
        &mut self,
        number: usize,
        spec: &CohortSpec,
        annotation: &Annotation,
        genes: &[GeneMolecules<'_>],
        unspliced: f64,
    ) {
        let (sample, number) = (&spec.samples[number], sample_number(number));
        let Noise { psi_rho, expression_dispersion, depth_cv } = spec.noise;
        let mut rng = stream(spec.seed, Purpose::Depth, number, 0);
        let depth = sample.depth * gamma(depth_cv * depth_cv, &mut rng);
        let mut abundances = vec![0.0; self.molecules.len()];
        for (gene, index) in genes.iter().zip(0..) {
            // A stream for each gene: what is planned for one leaves the others as they were.
            let mut rng = stream(spec.seed, Purpose::Noise, number, index);
            let molar = gene.molar * gamma(expression_dispersion, &mut rng);
            if let Some(planned) = &gene.spec.event {
                let psi_group = planned.psi[sample.group];
                let psi = beta(psi_group, psi_rho, &mut rng);
                abundances[gene.first] = molar * psi;
                abundances[gene.first + 1] = molar * (1.0 - psi);
                let model = annotation.gene(gene.spec.gene);
                self.truth.push(TruthRow {
                    event_id: planned.event.id(annotation.contigs.name(planned.event.contig)),
                    kind: planned.event.kind,
                    gene_id: model.id.clone(),
                    gene_name: model.label().to_owned(),
                    sample: sample.name.clone(),
                    group: spec.groups[sample.group].clone(),
                    psi_group,
                    psi,
                });
            } else {
                for (abundance, share) in abundances[gene.first..].iter_mut().zip(&gene.shares) {
                    *abundance = molar * share;
                }
            }
            if let Some(body) = gene.unspliced {
                abundances[body] = molar * unspliced;
            }
        }
        self.samples.push(SampleAbundances {
            name: sample.name.clone(),
            group: sample.group,
            library: Library {
                strandedness: sample.strandedness.unwrap_or(spec.library.strandedness),
                ..spec.library
            },
            fragments: rounded(depth * spec.fragments as f64),
            abundances,
        });
    }
}

#[allow(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "the cast saturates, and a depth is not negative"
)]
fn rounded(fragments: f64) -> u64 {
    fragments.round() as u64
}

/// A gamma deviate of mean 1 and this variance; 1 without variance.
fn gamma<R: Rng>(variance: f64, rng: &mut R) -> f64 {
    if variance > 0.0 { Gamma::new(1.0 / variance, variance).map_or(1.0, |d| d.sample(rng)) } else { 1.0 }
}

/// A beta deviate of this mean and variance `rho * mean * (1 - mean)`; the mean where that is 0.
fn beta<R: Rng>(mean: f64, rho: f64, rng: &mut R) -> f64 {
    if rho <= 0.0 || mean <= 0.0 || mean >= 1.0 {
        return mean;
    }
    let size = (1.0 - rho) / rho;
    Beta::new(mean * size, (1.0 - mean) * size).map_or(mean, |d| d.sample(rng))
}
