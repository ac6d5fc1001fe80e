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
        /// Share of the fragments on genes that lie wholly in introns, from 0 to 1: RNA that is not spliced yet, and DNA.
        /// Missing, as all that follow but `mt_share` and `duplicate_share`, where fragments were not counted.
        intronic_share: Option<f64> as Fixed<6> = None,
        /// Where reads lie along transcripts: median over genes of the share of their depth that is in the 3' half of their
        /// usual exonic bases, from 0 to 1. 0.5 is even; above, RNA is broken or was primed at its end. Missing with fewer
        /// than 50 genes that have enough reads.
        three_prime_bias: Option<f64> as Fixed<6> = None,
        /// Share of the uniquely mapped alignments that are on the mitochondrion, from 0 to 1. Missing where the alignments
        /// have no such contig.
        mt_share: Option<f64> as Fixed<6> = None,
        /// Share of the mapped reads that are marked as duplicates (flag 0x400), from 0 to 1. Missing where none is: then
        /// duplicates were not marked.
        duplicate_share: Option<f64> as Fixed<6> = None,
        /// Sex by the reads of XIST and of genes on Y: female, male or unclear. Missing where the annotation has not both.
        sex_call: String as Text = String::new(),
        /// Fragments on XIST in a million on nuclear genes.
        xist_cpm: Option<f64> as Fixed<3> = None,
        /// Fragments on RPS4Y1, DDX3Y, KDM5D, UTY and EIF1AY (mouse: Ddx3y, Kdm5d, Uty, Eif2s3y) in a million on nuclear
        /// genes.
        y_cpm: Option<f64> as Fixed<3> = None,
        /// Share of MYH7 in the fragments on MYH7, MYH1, MYH2 and MYH4, from 0 to 1: how much of the muscle is slow. Missing
        /// with fewer than 20 such fragments.
        slow_fibre_share: Option<f64> as Fixed<6> = None,
        /// Fat in the sample: log2 of the fragments on ADIPOQ in a million on nuclear genes, plus one half.
        fat_score: Option<f64> as Fixed<3> = None,
        /// Immune cells in the sample: the same of PTPRC.
        immune_score: Option<f64> as Fixed<3> = None,
        /// Connective tissue in the sample: the same of COL1A1.
        fibrosis_score: Option<f64> as Fixed<3> = None,
        /// What was counted: `genome`, or `regions` with `--regions`. Then all numbers and shares of the row are of the
        /// alignments that overlap the regions, and `three_prime_bias`, `mt_share` and all from `sex_call` to
        /// `fibrosis_score`, which need the whole library, are missing.
        counted_in: String as Text = String::new(),
    }
}

impl SampleRow {
    /// The column that says where a sample was counted.
    pub const COUNTED_IN: &'static str = "counted_in";

    /// Its word for samples that were counted in regions of the genome only.
    pub const REGIONS: &'static str = "regions";

    /// Whether the sample was counted in regions of the genome only.
    pub fn is_regional(&self) -> bool {
        self.counted_in == Self::REGIONS
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::row::Row as _;

    #[test]
    fn the_column_of_regions_is_there() {
        assert!(SampleRow::COLUMNS.iter().any(|column| column.name == SampleRow::COUNTED_IN));
    }
}
