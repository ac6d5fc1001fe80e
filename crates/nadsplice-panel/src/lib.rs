//! The embedded NAD+ panel and AMPK/mTOR gene sets with their sources; verdicts; enrichment.
