//! The columns of every table. The doc of a field is the column's entry in the data dictionary.

mod cluster;
mod consequence;
mod diagnostics;
mod differential;
mod enrichment;
mod event;
mod expression;
mod gene;
mod known_event;
mod lead;
mod missing_sample;
mod panel;
mod power;
mod rank_enrichment;
mod sample;
mod sample_check;
mod sample_pca;
mod surrogate;

pub use cluster::ClusterDifferentialRow;
pub use consequence::ConsequenceRow;
pub use diagnostics::DiagnosticsRow;
pub use differential::DifferentialRow;
pub use enrichment::EnrichmentRow;
pub use event::EventRow;
pub use expression::ExpressionRow;
pub use gene::GeneRow;
pub use known_event::KnownEventRow;
pub use lead::{ClusterLead, EventLead, GeneLead, JunctionLead};
pub use missing_sample::MissingSampleRow;
pub use panel::PanelRow;
pub use power::PowerRow;
pub use rank_enrichment::RankEnrichmentRow;
pub use sample::SampleRow;
pub use sample_check::SampleCheckRow;
pub use sample_pca::SamplePcaRow;
pub use surrogate::SurrogateRow;
