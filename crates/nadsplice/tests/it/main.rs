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
mod clusters;
mod cohort;
mod data;
mod demo;
mod exports;
mod formats;
mod measured;
mod novel;
mod order;
mod program;
mod real_sets;
mod rmats;
mod scratch;
mod toy;
mod tsv;
