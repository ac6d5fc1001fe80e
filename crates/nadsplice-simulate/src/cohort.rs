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
        for share in &mut shares {
            *share /= total;
        }
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

#[cfg(test)]
mod tests {
    use nadsplice_core::{Event, EventKind, Form, Gene, GeneId, LibraryStrandedness, Strand, Transcript};

    use super::*;
    use crate::{PlannedEvent, SampleSpec};

    fn intervals(exons: &[(u32, u32)]) -> Vec<Interval> {
        exons.iter().map(|&(s, e)| Interval::new(s, e).unwrap()).collect()
    }

    /// Gene 0 with a skipped exon, gene 1 with four transcripts.
    fn annotation() -> Annotation {
        let mut annotation = Annotation::default();
        let contig = annotation.contigs.intern("chr1");
        let transcript = |id: &str, exons: &[(u32, u32)]| Transcript {
            id: id.into(),
            exons: intervals(exons),
            cds: vec![],
        };
        let gene = |id: &str, transcripts| Gene {
            id: id.into(),
            name: None,
            contig,
            strand: Some(Strand::Forward),
            transcripts,
        };
        annotation.genes = vec![
            gene("A", vec![transcript("a1", &[(0, 400), (1_000, 1_090), (2_000, 2_500)])]),
            gene(
                "B",
                vec![
                    transcript("b1", &[(9_000, 10_000)]),
                    transcript("b2", &[(9_000, 9_600)]),
                    transcript("b3", &[(9_200, 10_000)]),
                    transcript("b4", &[(9_300, 10_000)]),
                ],
            ),
        ];
        annotation
    }

    fn planned(psi: &[f64]) -> PlannedEvent {
        let form = |exons: &[(u32, u32)]| Form { exons: intervals(exons) };
        let event = Event {
            kind: EventKind::Se,
            contig: nadsplice_core::ContigId(0),
            strand: Some(Strand::Forward),
            genes: vec![GeneId(0)],
            inclusion: form(&[(0, 400), (1_000, 1_090), (2_000, 2_500)]),
            skipping: form(&[(0, 400), (2_000, 2_500)]),
        };
        PlannedEvent { event, psi: psi.to_vec() }
    }

    fn spec(psi: &[f64]) -> CohortSpec {
        CohortSpec {
            genes: vec![
                GeneSpec { gene: GeneId(0), expression: 300.0, event: Some(planned(psi)) },
                GeneSpec { gene: GeneId(1), expression: 700.0, event: None },
            ],
            fragments: 10_000,
            ..CohortSpec::default()
        }
    }

    fn shares(cohort: &Cohort, sample: usize) -> Vec<f64> {
        let lengths = LengthTable::new(&cohort.samples[sample].library.fragment_lengths);
        let weights: Vec<f64> = cohort
            .molecules()
            .iter()
            .zip(&cohort.samples()[sample].abundances)
            .map(|(m, a)| a * lengths.expected_starts(m.len()))
            .collect();
        let total: f64 = weights.iter().sum();
        weights.iter().map(|w| w / total).collect()
    }

    #[test]
    fn without_noise_every_sample_is_its_group() {
        let spec = CohortSpec { noise: Noise::NONE, ..spec(&[0.5, 0.5]) };
        let cohort = Cohort::new(&annotation(), &spec).unwrap();
        assert_eq!(cohort.samples().len(), 6);
        assert!(cohort.samples().iter().all(|s| s.fragments == 10_000));
        let abundances = &cohort.samples()[0].abundances;
        assert!((abundances[0] - abundances[1]).abs() < 1e-12, "half of the molecules include the exon");
        assert!((abundances[2] / abundances[4] - 4.0).abs() < 1e-9, "4 : 2 : 1");
        assert_eq!(abundances.len(), 5, "the fourth transcript is silent");
        let shares = shares(&cohort, 0);
        assert!((shares[0] + shares[1] - 0.3).abs() < 1e-9, "expression is counted in fragments");
        assert_eq!(cohort.contigs(), [HeaderContig { name: "chr1".into(), length: 20_000 }]);
    }

    #[test]
    fn truth_is_listed_by_event_and_sample() {
        let cohort = Cohort::new(&annotation(), &spec(&[0.2, 0.8])).unwrap();
        let names: Vec<&str> = cohort.truth().iter().map(|row| row.sample.as_str()).collect();
        assert_eq!(names, ["control_1", "control_2", "control_3", "case_1", "case_2", "case_3"]);
        for (row, sample) in cohort.truth().iter().zip(cohort.samples()) {
            let abundances = &sample.abundances;
            assert!((row.psi - abundances[0] / (abundances[0] + abundances[1])).abs() < 1e-12);
            assert!((row.psi - row.psi_group).abs() < 0.3);
            assert_eq!(row.psi_group.to_string(), if row.group == "case" { "0.8" } else { "0.2" });
            assert_eq!(row.event_id, "SE:chr1:400-1001:1090-2001:+");
        }
    }

    #[test]
    fn noise_has_the_spread_asked_for() {
        let mut spec = spec(&[0.3, 0.3]);
        spec.noise = Noise { psi_rho: 0.05, expression_dispersion: 0.2, depth_cv: 0.3 };
        spec.samples = SampleSpec::balanced(&spec.groups, 3_000);
        let cohort = Cohort::new(&annotation(), &spec).unwrap();
        let moments = |values: &[f64]| {
            let n = values.len() as f64;
            let mean = values.iter().sum::<f64>() / n;
            (mean, values.iter().map(|v| (v - mean).powi(2)).sum::<f64>() / n)
        };
        let near = |(mean, variance): (f64, f64), expected: (f64, f64)| {
            assert!((mean / expected.0 - 1.0).abs() < 0.05, "mean {mean}, expected {}", expected.0);
            assert!(
                (variance / expected.1 - 1.0).abs() < 0.1,
                "variance {variance}, expected {}",
                expected.1
            );
        };
        let psi: Vec<f64> = cohort.truth().iter().map(|row| row.psi).collect();
        near(moments(&psi), (0.3, 0.05 * 0.3 * 0.7));
        let depth: Vec<f64> = cohort.samples().iter().map(|s| s.fragments as f64 / 10_000.0).collect();
        near(moments(&depth), (1.0, 0.09));
        let baseline = Cohort::new(&annotation(), &CohortSpec { noise: Noise::NONE, ..spec }).unwrap();
        let molar = |c: &Cohort, sample: usize| c.samples()[sample].abundances[2];
        let expression: Vec<f64> = (0..6_000).map(|s| molar(&cohort, s) / molar(&baseline, s)).collect();
        near(moments(&expression), (1.0, 0.2));
    }

    #[test]
    fn a_plan_for_one_gene_leaves_the_others_alone() {
        let one = Cohort::new(&annotation(), &spec(&[0.2, 0.8])).unwrap();
        let other = Cohort::new(&annotation(), &spec(&[0.2, 0.4])).unwrap();
        assert_eq!(one.samples()[5].fragments, other.samples()[5].fragments);
        assert_eq!(one.samples()[5].abundances[2..], other.samples()[5].abundances[2..]);
        assert_eq!(one.truth()[0], other.truth()[0]);
    }

    #[test]
    fn unspliced_fragments_have_their_share() {
        let mut spec = CohortSpec { noise: Noise::NONE, ..spec(&[0.5, 0.5]) };
        spec.library.unspliced = 0.2;
        let cohort = Cohort::new(&annotation(), &spec).unwrap();
        let shares = shares(&cohort, 0);
        let bodies: Vec<usize> = (0..shares.len())
            .filter(|&i| cohort.molecules()[i].exons().len() == 1 && cohort.molecules()[i].len() != 600)
            .filter(|&i| i == 2 || i + 1 == shares.len())
            .collect();
        assert_eq!(cohort.molecules()[bodies[0]].len(), 2_500, "the body of gene A");
        let share: f64 = bodies.iter().map(|&i| shares[i]).sum();
        assert!((share - 0.2).abs() < 1e-9, "{share}");
    }

    #[test]
    fn a_sample_may_have_its_own_strandedness() {
        let mut spec = spec(&[0.5, 0.5]);
        spec.samples[1].strandedness = Some(LibraryStrandedness::Forward);
        let cohort = Cohort::new(&annotation(), &spec).unwrap();
        let reverse = LibraryStrandedness::Reverse;
        let found: Vec<_> = cohort.samples()[..3].iter().map(|s| s.library.strandedness).collect();
        assert_eq!(found, [reverse, LibraryStrandedness::Forward, reverse]);
    }

    #[test]
    fn contradictions_are_named() {
        let refused = |change: &dyn Fn(&mut CohortSpec)| {
            let mut spec = spec(&[0.5, 0.5]);
            change(&mut spec);
            Cohort::new(&annotation(), &spec).unwrap_err().to_string()
        };
        let event = "SE:chr1:400-1001:1090-2001:+";
        let set_psi = |spec: &mut CohortSpec, psi: &[f64]| spec.genes[0].event = Some(planned(psi));
        assert_eq!(refused(&|s| set_psi(s, &[0.5])), format!("event {event} has 1 PSI values for 2 groups"));
        assert_eq!(
            refused(&|s| set_psi(s, &[0.5, 1.5])),
            format!("PSI of event {event} is 1.5 (expected 0 to 1)")
        );
        assert!(refused(&|s| s.samples[2].name = "control_1".into()).contains("there twice"));
        assert!(refused(&|s| s.samples[2].name = "a/b".into()).contains("slash"));
        assert!(refused(&|s| s.samples[2].group = 2).contains("group 2 (0-based) of 2"));
        assert!(refused(&|s| s.samples.clear()).contains("no sample"));
        assert!(refused(&|s| s.noise.psi_rho = 1.0).contains("correlation of PSI is 1"));
        assert!(refused(&|s| s.genes[1].gene = GeneId(0)).contains("gene `A` is there twice"));
        assert!(refused(&|s| s.genes[1].expression = f64::NAN).contains("gene `B` is NaN"));
        let contig = |length| vec![HeaderContig { name: "chr1".into(), length }];
        assert!(refused(&|s| s.contigs = Some(contig(9_999))).contains("gene `B` ends at 10000 (1-based)"));
        assert!(refused(&|s| s.contigs = Some(vec![])).contains("contig `chr1` of the annotation"));
        let elsewhere = |s: &mut CohortSpec| {
            let mut planned = planned(&[0.5, 0.5]);
            planned.event.inclusion.exons[1] = Interval::new(1_001, 1_090).unwrap();
            planned.event.skipping.exons[1] = Interval::new(2_001, 2_500).unwrap();
            s.genes[0].event = Some(planned);
        };
        assert!(refused(&elsewhere).contains("no transcript of its genes"));
    }
}
