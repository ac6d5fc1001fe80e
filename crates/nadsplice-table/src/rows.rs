//! The columns of every table. The doc of a field is the column's entry in the data dictionary.

mod cluster;
mod differential;
mod enrichment;
mod event;
mod gene;
mod lead;
mod panel;
mod sample;

pub use cluster::ClusterDifferentialRow;
pub use differential::DifferentialRow;
pub use enrichment::EnrichmentRow;
pub use event::EventRow;
pub use gene::GeneRow;
pub use lead::{ClusterLead, EventLead, GeneLead, JunctionLead};
pub use panel::PanelRow;
pub use sample::SampleRow;
