//! Tables with leading columns and then one column a sample.

mod write;

pub use write::{MatrixValue, MatrixWriter};

use std::marker::PhantomData;

use crate::rows::{ClusterLead, EventLead, GeneLead, JunctionLead};

/// What the sample columns of a matrix hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ValueKind {
    /// Fragments (reads, where reads are counted).
    Count,
    /// A number from 0 to 1, with six decimals.
    Fraction,
    /// A length in bases, with three decimals.
    Length,
    /// A share of a million, with three decimals.
    Millionths,
}

impl ValueKind {
    /// Number of decimals.
    pub const fn decimals(self) -> usize {
        match self {
            Self::Count => 0,
            Self::Fraction => 6,
            Self::Length | Self::Millionths => 3,
        }
    }

    /// The type in the words of the data dictionary.
    pub const fn kind(self) -> &'static str {
        match self {
            Self::Count => "whole number",
            Self::Fraction => "number with 6 decimals",
            Self::Length | Self::Millionths => "number with 3 decimals",
        }
    }
}

/// The definition of a matrix table; `L` is the row of its leading columns.
#[derive(Debug)]
pub struct MatrixTable<L> {
    /// The file name in the output folder.
    pub file: &'static str,
    /// What a value is: the entry of the sample columns in the data dictionary.
    pub description: &'static str,
    /// What the sample columns hold.
    pub values: ValueKind,
    lead: PhantomData<fn(&L)>,
}

impl<L> MatrixTable<L> {
    const fn new(file: &'static str, values: ValueKind, description: &'static str) -> Self {
        Self { file, description, values, lead: PhantomData }
    }
}

/// Counts of the inclusion forms.
pub const INCLUSION_COUNTS: MatrixTable<EventLead> = MatrixTable::new(
    "inclusion_counts.tsv",
    ValueKind::Count,
    "Fragments of the inclusion form in the sample; NA where the event was not counted in it.",
);
/// Counts of the skipping forms.
pub const SKIPPING_COUNTS: MatrixTable<EventLead> = MatrixTable::new(
    "skipping_counts.tsv",
    ValueKind::Count,
    "Fragments of the skipping form in the sample; NA where the event was not counted in it.",
);
/// Shares of the inclusion forms.
pub const PSI: MatrixTable<EventLead> = MatrixTable::new(
    "psi.tsv",
    ValueKind::Fraction,
    "Share of the inclusion form in the sample, from 0 to 1: counts over effective lengths; NA without reads.",
);
/// Lower ends of the intervals of the shares.
pub const PSI_LOW: MatrixTable<EventLead> = MatrixTable::new(
    "psi_low.tsv",
    ValueKind::Fraction,
    "Lower end of the 95% Jeffreys interval of PSI in the sample; it knows the sample's reads, not its replicates.",
);
/// Upper ends of the intervals of the shares.
pub const PSI_HIGH: MatrixTable<EventLead> = MatrixTable::new(
    "psi_high.tsv",
    ValueKind::Fraction,
    "Upper end of the 95% Jeffreys interval of PSI in the sample.",
);
/// Effective lengths of the inclusion forms.
pub const INCLUSION_LENGTHS: MatrixTable<EventLead> = MatrixTable::new(
    "inclusion_lengths.tsv",
    ValueKind::Length,
    "Effective length of the inclusion form in the sample: placements of a fragment that would be counted; from junction \
     tables the number of its junctions. NA where the event was not counted.",
);
/// Effective lengths of the skipping forms.
pub const SKIPPING_LENGTHS: MatrixTable<EventLead> = MatrixTable::new(
    "skipping_lengths.tsv",
    ValueKind::Length,
    "Effective length of the skipping form in the sample: placements of a fragment that would be counted; from junction \
     tables the number of its junctions. NA where the event was not counted.",
);
/// Counts of the inclusion forms by rMATS's junctions-and-bodies rule.
pub const INCLUSION_COUNTS_JCEC: MatrixTable<EventLead> = MatrixTable::new(
    "inclusion_counts_jcec.tsv",
    ValueKind::Count,
    "Reads of the inclusion form in the sample by rMATS's JCEC rule: over its junctions and inside its exons.",
);
/// Counts of the skipping forms by rMATS's junctions-and-bodies rule.
pub const SKIPPING_COUNTS_JCEC: MatrixTable<EventLead> = MatrixTable::new(
    "skipping_counts_jcec.tsv",
    ValueKind::Count,
    "Reads of the skipping form in the sample by rMATS's JCEC rule: over its junctions and inside its exons.",
);
/// Lengths of the inclusion forms that belong to [`INCLUSION_COUNTS_JCEC`].
pub const INCLUSION_LENGTHS_JCEC: MatrixTable<EventLead> = MatrixTable::new(
    "inclusion_lengths_jcec.tsv",
    ValueKind::Length,
    "Length of the inclusion form in the sample by rMATS's JCEC rule.",
);
/// Lengths of the skipping forms that belong to [`SKIPPING_COUNTS_JCEC`].
pub const SKIPPING_LENGTHS_JCEC: MatrixTable<EventLead> = MatrixTable::new(
    "skipping_lengths_jcec.tsv",
    ValueKind::Length,
    "Length of the skipping form in the sample by rMATS's JCEC rule.",
);
/// Counts of junctions.
pub const JUNCTIONS: MatrixTable<JunctionLead> = MatrixTable::new(
    "junctions.tsv",
    ValueKind::Count,
    "Fragments across the junction in the sample, the two mates of a pair once (alignments, where these are counted; \
     from junction tables what the table counts).",
);
/// Counts of genes.
pub const GENE_COUNTS: MatrixTable<GeneLead> = MatrixTable::new(
    "gene_counts.tsv",
    ValueKind::Count,
    "Fragments of the gene in the sample; NA where the input has no counts of genes (junction tables, rMATS's reads).",
);
/// Abundance of genes.
pub const GENE_TPM: MatrixTable<GeneLead> = MatrixTable::new(
    "gene_tpm.tsv",
    ValueKind::Millionths,
    "Transcripts of the gene in a million of all genes: fragments over the bases of its exons, scaled to a sum of a \
     million; NA where `gene_counts.tsv` has it.",
);
/// Counts of the members of clusters.
pub const CLUSTERS: MatrixTable<ClusterLead> = MatrixTable::new(
    "clusters.tsv",
    ValueKind::Count,
    "Fragments in the sample: across the junction, as in `junctions.tsv`; of a kept intron the mean over its two \
      boundaries, rounded down.",
);
/// Shares of the members of clusters.
pub const CLUSTER_USAGE: MatrixTable<ClusterLead> = MatrixTable::new(
    "cluster_usage.tsv",
    ValueKind::Fraction,
    "Share of the member in the fragments of its cluster in the sample, from 0 to 1; NA where the cluster has none.",
);
