//! Reads alignments once and returns a sample's counts; reads and writes counts files.
