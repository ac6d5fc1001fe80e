//! Sample sheet, design and contrasts; a tested row for every event and gene.
