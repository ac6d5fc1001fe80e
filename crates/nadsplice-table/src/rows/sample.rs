use nadsplice_core::LibraryStrandedness;

use crate::{
    cell::{Fixed, Integer, Strandedness, Text},
    row::row,
};

row! {
    /// What was found in one sample. The sheet's own columns stand before these.
    struct SampleRow {
        /// Alignments in the file: the sum of the eleven columns that follow. Missing, as these are, for samples
        /// whose counts did not come from alignments.
        alignments: Option<u64> as Integer,
        /// Used alignments across at least one junction with enough overhang.
        used_spliced: Option<u64> as Integer,
        /// Used alignments across no junction.
        used_unspliced: Option<u64> as Integer,
        /// Alignments all of whose junctions have too short an overhang; used as far as they lie in exons.
        short_overhang: Option<u64> as Integer,
        /// Alignments that are not mapped (flag 0x4).
        unmapped: Option<u64> as Integer,
        /// Secondary alignments (flag 0x100).
        secondary: Option<u64> as Integer,
        /// Supplementary alignments (flag 0x800).
        supplementary: Option<u64> as Integer,
        /// Alignments that failed the platform's quality control (flag 0x200).
        qc_failed: Option<u64> as Integer,
        /// Alignments marked as duplicates (flag 0x400) and left out on request.
        duplicate: Option<u64> as Integer,
        /// Alignments on contigs that the annotation does not have.
        no_annotated_contig: Option<u64> as Integer,
        /// Alignments of reads that map to several places.
        multi_mapped: Option<u64> as Integer,
        /// Alignments that a rule of rMATS-compatible counting rejects.
        rmats_rejected: Option<u64> as Integer,
        /// Used alignments that are marked as duplicates; also in one of the used columns.
        used_duplicates: Option<u64> as Integer,
        /// Strandedness with which the sample was quantified.
        library_strandedness: Option<LibraryStrandedness> as Strandedness,
        /// Where it comes from: the sheet, an option, the reads, or nowhere (`assumed`); `junction_table` where the input
        /// states the strand of each junction instead.
        strandedness_source: String as Text,
        /// Share of the fragments over annotated junctions that have read 1 on the transcript's strand, from 0 to 1.
        forward_fraction: Option<f64> as Fixed<6>,
        /// Share of these fragments that have read 2 on the transcript's strand, from 0 to 1.
        reverse_fraction: Option<f64> as Fixed<6>,
        /// Most frequent number of bases in a used read.
        read_length: Option<u32> as Integer,
        /// Share of the used alignments that are paired, from 0 to 1.
        paired_fraction: Option<f64> as Fixed<6>,
        /// Median outer length of a fragment, in bases, measured inside exonic stretches of at least 500 bases.
        fragment_length: Option<f64> as Fixed<3>,
        /// Share of the used alignments that cross a junction, from 0 to 1.
        spliced_fraction: Option<f64> as Fixed<6>,
        /// Share of the junction-crossing fragments that are on annotated junctions, from 0 to 1.
        annotated_junction_fraction: Option<f64> as Fixed<6>,
        /// Annotated junctions seen at least once.
        annotated_junctions: Option<u64> as Integer,
        /// Junctions seen at least once that the annotation lacks.
        novel_junctions: Option<u64> as Integer,
        /// Share of the seen annotated junctions that half of the reads would have shown too (expected value), from
        /// 0 to 1; near 1, deeper sequencing would add little.
        saturation: Option<f64> as Fixed<6>,
    }
}
