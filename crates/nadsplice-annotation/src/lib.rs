//! Reads GTF and GFF3 into gene models.
