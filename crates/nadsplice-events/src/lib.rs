//! Splice graph, catalogue of events, inclusion and skipping counts, effective lengths, PSI.

mod catalogue;
mod clusters;
mod consequence;
mod coverage_bias;
mod depth_means;
mod evidence;
mod geometry;
mod graph;
mod junction_sum;
mod junctions;
mod names;
mod novel;
mod plan;
mod quantify;
mod rmats;
#[cfg(test)]
mod toy;
mod transcripts;

pub use catalogue::{Catalogue, EventKeys};
pub use clusters::{Cluster, ClusterMember, ClusterOptions, Clusters, MemberKind, SuvaClass};
pub use consequence::{
    AffectedForms, Bases, Basis, Carrier, CodingStatus, Consequence, ConsequenceFinder, FormConsequence,
    Frame, LAST_JUNCTION_MARGIN, LONG_EXON, NEAR_START, Nmd, Region, StopCodon, StopContext, StopPosition,
    TranscriptCoding, transcript_coding,
};
pub use coverage_bias::CoverageBias;
pub use depth_means::{DepthRequest, mean_depths};
pub use geometry::{Limits, Point, ReadGeometry};
pub use junctions::{CohortJunction, junction_counts};
pub use names::{
    rmats_columns, rmats_contig, rmats_coordinates, rmats_key, suppa_ids, suppa_takes_inclusion, suppa_type,
};
pub use novel::{CohortEvidence, IntronEvenness, IntronSupport, JunctionEvidence, NovelOptions, Novelty};
pub use quantify::{CountingPlan, EventCounts, EvidenceKind, QuantifyError, psi};
pub use rmats::{RmatsCount, RmatsLengths, rmats_lengths, rmats_quantify};
pub use transcripts::{SupportingTranscripts, supporting_transcripts};
