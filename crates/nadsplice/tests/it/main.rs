//! The executable from end to end: what it says of cohorts whose truth is known, of real ones, and of damaged input.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stderr,
    reason = "helpers of tests may panic and say what they skip"
)]

mod bad_input;
mod bam_bytes;
mod bias;
mod cluster_differential;
mod clusters;
mod cohort;
mod compared;
mod consequences;
mod cryptic;
mod data;
mod demo;
mod engines;
mod enrichment;
mod exports;
mod figures;
mod formats;
mod from_rmats;
mod interrupted;
mod junction_tables;
mod leftovers;
mod measured;
mod missing;
mod novel;
mod options;
mod order;
mod panels;
mod program;
mod real_sets;
mod regions;
mod report;
mod retained;
mod rmats;
mod scratch;
mod shards;
mod toy;
mod tsv;
