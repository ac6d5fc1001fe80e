//! The columns of every table. The doc of a field is the column's entry in the data dictionary.

mod diagnostics;
mod differential;
mod enrichment;
mod event;
mod gene;
mod lead;
mod panel;
mod power;
mod sample;
mod sample_check;
mod sample_pca;
mod surrogate;

pub use diagnostics::DiagnosticsRow;
pub use differential::DifferentialRow;
pub use enrichment::EnrichmentRow;
pub use event::EventRow;
pub use gene::GeneRow;
pub use lead::{ClusterLead, EventLead, GeneLead, JunctionLead};
pub use panel::PanelRow;
pub use power::PowerRow;
pub use sample::SampleRow;
pub use sample_check::SampleCheckRow;
pub use sample_pca::SamplePcaRow;
pub use surrogate::SurrogateRow;
