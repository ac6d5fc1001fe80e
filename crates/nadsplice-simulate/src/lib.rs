//! Cohorts of alignments with known PSI.
