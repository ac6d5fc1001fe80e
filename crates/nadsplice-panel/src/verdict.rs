//! One verdict per panel gene and contrast: did its splicing change, did it not, or could that not be seen?
//!
//! The first that holds of `changed`, `unchanged`, `inconclusive`, `constitutive` and `not testable`; see
//! [`Verdict`]. `unchanged` is equivalence and not absence of evidence: every interval has to lie within the
//! margin.

mod cuts;
mod decide;
mod evidence;
mod junctions;
mod reason;

#[cfg(test)]
mod tests;

pub use cuts::VerdictCuts;
pub use decide::{PanelRow, Verdict, verdicts};
pub use evidence::{EventEvidence, GeneEvidence};
pub use junctions::{JunctionEvidence, JunctionFragments, UsageBound};
