//! Splice graph, catalogue of events, inclusion and skipping counts, effective lengths, PSI.

mod catalogue;
mod evidence;
mod geometry;
mod junctions;
mod graph;
mod names;
mod plan;
mod quantify;
mod rmats;
#[cfg(test)]
mod toy;
mod transcripts;

pub use catalogue::{Catalogue, EventKeys};
pub use geometry::{Limits, Point, ReadGeometry};
pub use junctions::{CohortJunction, JunctionPool, junction_counts};
pub use names::{rmats_columns, rmats_contig, rmats_coordinates, rmats_key, suppa_ids};
pub use quantify::{CountingPlan, EventCounts, EvidenceKind, QuantifyError, psi};
pub use rmats::{RmatsCount, RmatsLengths, rmats_lengths, rmats_quantify};
pub use transcripts::{SupportingTranscripts, supporting_transcripts};
