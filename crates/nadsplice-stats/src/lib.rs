//! Numbers in, numbers out: distributions, beta-binomial model, multiple testing; no biology.
//!
//! - [`nds`]: the differential test, [`test_events`].
//! - [`interval`]: Jeffreys and Wilson intervals, differences.
//! - [`multiple_testing`]: adjustment and combination of p-values.
//! - [`hypergeometric`]: overlap of sets.
//! - [`beta_binomial`], [`tails`], [`incomplete_beta`], [`special`]: the functions that all this rests on, in log
//!   space where a plain number would underflow.

pub mod beta_binomial;
pub mod hypergeometric;
pub mod incomplete_beta;
pub mod interval;
mod linear;
pub mod multiple_testing;
pub mod nds;
pub mod special;
pub mod tails;

pub use nds::{
    Contrast, CountsError, Design, DesignError, Diagnostics, EventCounts, Filters, Groups, LengthOffsets,
    NdsOptions, NdsResult, NdsRow, NdsStatus, NdsWarning, PriorKnot, PriorSource, RhoPrior, test_events,
};

#[cfg(test)]
mod test_vectors;
