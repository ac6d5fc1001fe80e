//! Events that the annotation lacks, from the reads of a whole cohort.
//!
//! ```text
//! SampleCounts --support--> junctions that a sample supports   \
//!              --stretch--> covered stretches between sites     > CohortEvidence --model--> graph --> events
//!              --retention--> introns that a sample retains    /
//! ```
//!
//! Every threshold is applied inside each sample and only the verdicts are pooled, so that an event of one sample
//! is not diluted by the others, and what is kept grows with the distinct junctions, not with the samples.

mod build;
mod cohort;
mod depth;
mod evenness;
mod extension;
mod index;
mod options;
mod paths;
mod pool;
mod retention;
mod rmats;
mod stretch;
mod support;
#[cfg(test)]
mod tests;

use std::fmt;

pub use cohort::{CohortEvidence, JunctionEvidence};
pub(crate) use depth::ContigProfile;
pub use evenness::{IntronEvenness, IntronSupport};
pub use options::NovelOptions;

/// What of an event, or of a junction, the annotation lacks.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Novelty {
    /// Nothing: the annotation has the event.
    #[default]
    Annotated,
    /// A junction between annotated splice sites.
    NovelJunction,
    /// A donor or an acceptor.
    NovelSite,
    /// An exon with a donor and an acceptor of its own.
    NovelExon,
    /// The retention of an intron.
    NovelIntron,
}

impl Novelty {
    /// All classes in order.
    pub const ALL: [Self; 5] =
        [Self::Annotated, Self::NovelJunction, Self::NovelSite, Self::NovelExon, Self::NovelIntron];

    /// The word used in tables.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Annotated => "annotated",
            Self::NovelJunction => "novel_junction",
            Self::NovelSite => "novel_site",
            Self::NovelExon => "novel_exon",
            Self::NovelIntron => "novel_intron",
        }
    }
}

impl fmt::Display for Novelty {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
