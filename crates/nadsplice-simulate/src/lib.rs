//! Cohorts of alignments with known PSI.
//!
//! ```text
//! CohortSpec --Cohort::new--> Cohort --Cohort::write--> <sample>.bam(.bai), truth.tsv, samples.tsv
//!  who, how much, which PSI    abundance of every molecule in every sample
//! ```
//!
//! # Model
//!
//! A [`Molecule`] is a transcript with a **molar** abundance. A fragment is drawn from one of them: its length
//! `f` from the library's [`FragmentLengths`], its start uniformly from the `L - f + 1` places of a molecule of
//! length `L`. Each (molecule, `f`, start) has weight `abundance * p(f)`, so a molecule receives fragments in
//! proportion to `abundance * E[L - f + 1]`, and the PSI of an event is the ratio of molar abundances, whatever
//! the lengths of its forms. A fragment longer than its molecule is the whole molecule, with one start.
//!
//! Bases are a hash of the genome position, so that reads that overlap agree; there are no sequencing errors, no
//! duplicates, no multi-mapped reads and no clipping. Qualities are binned as on current instruments.
//!
//! # Determinism
//!
//! Every random number comes from `ChaCha8` (Bernstein 2008), keyed by the seed, with one stream for each purpose,
//! sample and contig. Bytes do not depend on threads or on the place of the output. Logarithms and exponentials
//! of the platform enter as weights only: a difference in their last bit moves one of 10^15 fragments.

mod check;
mod cohort;
mod contigs;
pub mod demo;
mod error;
mod exchange;
mod files;
mod fragment;
mod gtf;
mod library;
mod molecule;
mod output;
mod plan;
mod random;
mod sample;
mod sequence;
mod spec;
mod truth;

pub use cohort::{Cohort, SampleAbundances};
pub use error::SimulateError;
pub use exchange::{IsoformPair, isoform_pair};
pub use files::WrittenSample;
pub use gtf::gtf_text;
pub use library::{FragmentLengths, Library};
pub use molecule::Molecule;
pub use plan::{EventPlan, Expression, express, plan_events};
pub use sample::{SampleFile, write_sample};
pub use spec::{CohortSpec, GeneSpec, Noise, PlannedEvent, SampleSpec};
pub use truth::TruthRow;
