//! Numbers in, numbers out: distributions, beta-binomial model, multiple testing; no biology.
//!
//! - [`nds`]: the differential test, [`test_events`], and a second engine to check it, [`test_events_quasi`].
//! - [`cluster`]: the same for junction clusters, [`test_clusters`].
//! - [`interval`]: Jeffreys and Wilson intervals, differences.
//! - [`multiple_testing`]: adjustment and combination of p-values.
//! - [`stagewise`]: families of hypotheses, then their members.
//! - [`hypergeometric`], [`wallenius`], [`overlap`], [`isotonic`]: overlap of sets, also where some genes are called more
//!   easily.
//! - [`mod@gsea`]: sets along a ranking.
//! - [`two_groups`]: one variable between two small groups.
//! - [`eigen`]: eigenvectors of symmetric matrices.
//! - [`empirical_bayes`]: shrinkage of variances; [`expression`]: differences in the expression of genes.
//! - [`beta_binomial`], [`tails`], [`incomplete_beta`], [`special`]: the functions that all this rests on, in log
//!   space where a plain number would underflow.

pub mod beta_binomial;
pub mod cluster;
pub mod eigen;
pub mod empirical_bayes;
pub mod expression;
pub mod gsea;
pub mod hypergeometric;
pub mod incomplete_beta;
pub mod interval;
pub mod isotonic;
mod linear;
pub mod multiple_testing;
pub mod nds;
pub mod overlap;
pub mod special;
pub mod stagewise;
pub mod tails;
pub mod two_groups;
pub mod wallenius;

pub use cluster::{
    ClusterCounts, ClusterError, ClusterResult, ClusterRow, test_clusters, test_clusters_quasi,
};
pub use nds::{
    Contrast, CountsError, Design, DesignError, Diagnostics, EventCounts, Filters, Groups, LengthOffsets,
    NdsOptions, NdsResult, NdsRow, NdsStatus, NdsWarning, PriorKnot, PriorSource, RhoPrior, length_offset,
    test_events, test_events_quasi,
};

#[cfg(test)]
mod test_vectors;
