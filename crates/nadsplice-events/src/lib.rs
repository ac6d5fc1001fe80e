//! Splice graph, catalogue of events, inclusion and skipping counts, effective lengths, PSI.
