//! What other tools call an event.

mod rmats;
mod suppa;

pub use rmats::{rmats_columns, rmats_contig, rmats_coordinates, rmats_key};
pub use suppa::{suppa_ids, suppa_takes_inclusion, suppa_type};
