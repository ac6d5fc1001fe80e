//! What the two forms of an event do to the protein, from the CDS of the annotation.
//!
//! ```text
//!   carriers -> coding (start, stop, complete?) -> exchange -> translation -> compare -> Consequence
//! ```
//!
//! Nothing is guessed: a CDS that is not complete, an exchanged transcript whose bases are not at hand, or an
//! annotation without CDS rows gives `unknown`.

mod bases;
mod coding;
mod compare;
mod exchange;
mod finder;
mod nmd;
mod report;
mod spliced;
#[cfg(test)]
mod tests;
mod translation;
mod words;

pub use bases::Bases;
pub use coding::{StopCodon, TranscriptCoding, transcript_coding};
pub use finder::ConsequenceFinder;
pub use nmd::{LAST_JUNCTION_MARGIN, LONG_EXON, NEAR_START, Nmd, StopContext};
pub use report::{AffectedForms, Carrier, Consequence, FormConsequence};
pub use words::{Basis, CodingStatus, Frame, Region, StopPosition};
