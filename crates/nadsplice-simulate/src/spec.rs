//! What a cohort is to be.

use nadsplice_align::HeaderContig;
use nadsplice_core::{Event, GeneId, LibraryStrandedness};

use crate::Library;

/// A cohort: who is sequenced, how, how deeply, and which genes express what.
#[derive(Clone, Debug, PartialEq)]
pub struct CohortSpec {
    /// Seed of every random number. Default 1.
    pub seed: u64,
    /// Names of the groups (levels of `condition` in the sample sheet). Default `control`, `case`.
    pub groups: Vec<String>,
    /// Samples. Default `control_1` to `control_3` and `case_1` to `case_3`.
    pub samples: Vec<SampleSpec>,
    /// The library, the same for all samples but for a strandedness of their own.
    pub library: Library,
    /// Fragments of a sample of depth 1. Default 1,000,000.
    pub fragments: u64,
    /// Expressed genes, each once; the others are silent. Default none.
    pub genes: Vec<GeneSpec>,
    /// Variation between samples.
    pub noise: Noise,
    /// Contigs of the header, in their order; `None` takes the annotation's, each reaching 10,000 bases behind
    /// its last exon. Default `None`.
    pub contigs: Option<Vec<HeaderContig>>,
    /// 0 to 9; `None` is htslib's default, 6. Default 4: 3% larger files in half the time.
    pub compression_level: Option<u8>,
}

impl Default for CohortSpec {
    fn default() -> Self {
        let groups = vec!["control".to_owned(), "case".to_owned()];
        Self {
            seed: 1,
            samples: SampleSpec::balanced(&groups, 3),
            groups,
            library: Library::default(),
            fragments: 1_000_000,
            genes: Vec::new(),
            noise: Noise::default(),
            contigs: None,
            compression_level: Some(4),
        }
    }
}

/// One sample.
#[derive(Clone, Debug, PartialEq)]
pub struct SampleSpec {
    /// Name, also of its file: not empty, without `/`, `\`, tab or line break.
    pub name: String,
    /// Position in [`CohortSpec::groups`].
    pub group: usize,
    /// Fragments relative to [`CohortSpec::fragments`], at least 0.
    pub depth: f64,
    /// Strandedness where it is not the library's.
    pub strandedness: Option<LibraryStrandedness>,
}

impl SampleSpec {
    /// `per_group` samples of depth 1 in each group, `<group>_1` and so on.
    pub fn balanced(groups: &[String], per_group: usize) -> Vec<Self> {
        let of_group = |(group, name): (usize, &String)| {
            let name = name.clone();
            (1..=per_group).map(move |n| Self {
                name: format!("{name}_{n}"),
                group,
                depth: 1.0,
                strandedness: None,
            })
        };
        groups.iter().enumerate().flat_map(of_group).collect()
    }
}

/// An expressed gene.
///
/// With an event, it is expressed as the event's two isoforms, which differ by nothing else
/// ([`crate::isoform_pair`]). Without, its first three transcripts have molar abundances of 4 : 2 : 1.
#[derive(Clone, Debug, PartialEq)]
pub struct GeneSpec {
    /// The gene.
    pub gene: GeneId,
    /// Expected fragments, relative to the other genes, before biological noise; at least 0.
    pub expression: f64,
    /// The alternative event.
    pub event: Option<PlannedEvent>,
}

/// An event and its PSI.
#[derive(Clone, Debug, PartialEq)]
pub struct PlannedEvent {
    /// The event.
    pub event: Event,
    /// Mean PSI in each group of [`CohortSpec::groups`], in [0, 1].
    pub psi: Vec<f64>,
}

/// Variation between samples of one group.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Noise {
    /// Correlation `rho` of fragments within a sample, in [0, 1): a sample's PSI is beta-distributed about its
    /// group's `m` with variance `rho * m * (1 - m)`. Default 0.01.
    pub psi_rho: f64,
    /// Dispersion of expression, the squared coefficient of variation of a gamma distribution, at least 0. Gene
    /// counts are then negative-binomial. Default 0.05.
    pub expression_dispersion: f64,
    /// Coefficient of variation of the depth, gamma-distributed, at least 0. Default 0.1.
    pub depth_cv: f64,
}

impl Default for Noise {
    fn default() -> Self {
        Self { psi_rho: 0.01, expression_dispersion: 0.05, depth_cv: 0.1 }
    }
}

impl Noise {
    /// No variation but that of drawing fragments.
    pub const NONE: Self = Self { psi_rho: 0.0, expression_dispersion: 0.0, depth_cv: 0.0 };
}
