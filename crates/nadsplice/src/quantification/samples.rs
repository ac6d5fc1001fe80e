//! What is found in one sample.

mod markers;

use anyhow::bail;
use nadsplice_core::{
    Annotation, Evidence, LibraryStrandedness, Outcome, RegionFragments, SampleCounts, is_mitochondrion,
};
use nadsplice_events::CoverageBias;
use nadsplice_table::SampleRow;

use self::markers::Markers;
use super::CountedSample;

/// Source of the strands where no library's strandedness is asked for.
const JUNCTION_TABLE: &str = "junction_table";
/// What is measured in every sample beside its events, made once for a cohort.
pub(super) struct Measures {
    bias: CoverageBias,
    markers: Markers,
}

impl Measures {
    pub(super) fn new(annotation: &Annotation) -> Self {
        Self { bias: CoverageBias::new(annotation), markers: Markers::new(annotation) }
    }
}

/// The strandedness to quantify a sample with, and where it comes from. A statement that the reads contradict is an
/// error.
pub(super) fn library(
    sample: &CountedSample,
    counts: &SampleCounts,
    warnings: &mut Vec<String>,
) -> anyhow::Result<(LibraryStrandedness, &'static str)> {
    if matches!(counts.evidence, Evidence::Junctions(_)) {
        // The table states the strand of each junction.
        return Ok((LibraryStrandedness::Unstranded, JUNCTION_TABLE));
    }
    let evidence = counts.strand;
    match (sample.stated, evidence.call()) {
        (Some((stated, source)), Some(found)) if stated != found => {
            let share = evidence.forward_share().unwrap_or_default();
            bail!(
                "sample `{}`: {source} says {stated}, but the reads are {found}: of {} fragments over annotated \
                 junctions {:.1}% have read 1 on the transcript's strand and {:.1}% read 2\n\
                 hint: leave the strandedness out, and it is found for each sample",
                sample.name,
                evidence.total(),
                100.0 * share,
                100.0 * (1.0 - share),
            )
        }
        (Some((stated, source)), _) => Ok((stated, source)),
        (None, Some(found)) => Ok((found, "reads")),
        (None, None) => {
            warnings.push(format!(
                "sample `{}`: only {} fragments over annotated junctions, too few to find the strandedness; \
                 unstranded is assumed",
                sample.name,
                evidence.total(),
            ));
            Ok((LibraryStrandedness::Unstranded, "assumed"))
        }
    }
}

/// The sample's row of `samples.tsv`; `genes` are its fragments on each gene of the annotation.
pub(super) fn row(
    counts: &SampleCounts,
    library: LibraryStrandedness,
    source: &str,
    measures: &Measures,
    genes: Option<&[u32]>,
) -> SampleRow {
    let ledger = &counts.ledger;
    let used = ledger.used();
    let share = |part: u64, whole: u64| (whole > 0).then(|| part as f64 / whole as f64);
    let aligned = !matches!(counts.evidence, Evidence::Junctions(_));
    let rows = |outcome| aligned.then(|| ledger.count(outcome));
    let spliced = ledger.count(Outcome::UsedSpliced) + ledger.count(Outcome::ShortOverhang);
    let forward_fraction = counts.strand.forward_share();
    let junctions = junction_statistics(counts);
    let fragments = match &counts.evidence {
        Evidence::Fragments(evidence) => Some(evidence),
        Evidence::Rmats(_) | Evidence::Junctions(_) => None,
    };
    // Shares of the whole library cannot be told from a part of it.
    let is_whole = counts.parameters.regions.is_none();
    let genes = genes.filter(|_| is_whole);
    let markers = genes.map(|genes| measures.markers.of(genes)).unwrap_or_default();
    SampleRow {
        alignments: aligned.then(|| ledger.total()),
        used_spliced: rows(Outcome::UsedSpliced),
        used_unspliced: rows(Outcome::UsedUnspliced),
        short_overhang: rows(Outcome::ShortOverhang),
        unmapped: rows(Outcome::Unmapped),
        secondary: rows(Outcome::Secondary),
        supplementary: rows(Outcome::Supplementary),
        qc_failed: rows(Outcome::QcFailed),
        duplicate: rows(Outcome::Duplicate),
        no_annotated_contig: rows(Outcome::NoAnnotatedContig),
        multi_mapped: rows(Outcome::MultiMapped),
        rmats_rejected: rows(Outcome::RmatsRejected),
        used_duplicates: aligned.then_some(ledger.used_duplicates),
        library_strandedness: aligned.then_some(library),
        strandedness_source: source.to_owned(),
        forward_fraction,
        reverse_fraction: forward_fraction.map(|f| 1.0 - f),
        read_length: counts
            .read_lengths
            .iter()
            .max_by_key(|&&(length, n)| (n, length))
            .map(|&(length, _)| length),
        paired_fraction: share(counts.paired_alignments, used),
        fragment_length: median(&counts.fragment_lengths),
        spliced_fraction: share(spliced, used),
        annotated_junction_fraction: junctions
            .as_ref()
            .and_then(|j| share(j.annotated_fragments, j.fragments)),
        annotated_junctions: junctions.as_ref().map(|j| j.annotated),
        novel_junctions: junctions.as_ref().map(|j| j.novel),
        saturation: junctions
            .as_ref()
            .and_then(|j| (j.annotated > 0).then(|| j.kept_by_half / j.annotated as f64)),
        intronic_share: fragments.and_then(|f| {
            let RegionFragments { exonic, intronic, .. } = f.regions;
            share(intronic, exonic + intronic)
        }),
        three_prime_bias: fragments.filter(|_| is_whole).and_then(|f| measures.bias.of(f)),
        mt_share: mitochondrial_share(&counts.contig_alignments).filter(|_| is_whole),
        // Programs that do not look for duplicates leave the flag unset.
        duplicate_share: (counts.duplicate_alignments > 0)
            .then(|| share(counts.duplicate_alignments, counts.primary_alignments))
            .flatten(),
        sex_call: markers.sex().to_owned(),
        xist_cpm: markers.cpm(markers.female),
        y_cpm: markers.cpm(markers.male),
        slow_fibre_share: markers.slow_fibre_share(),
        fat_score: markers.score(markers.fat),
        immune_score: markers.score(markers.immune),
        fibrosis_score: markers.score(markers.fibrosis),
        counted_in: if is_whole { "genome" } else { SampleRow::REGIONS }.to_owned(),
    }
}

/// The share of alignments on the mitochondrion; nothing without such a contig.
fn mitochondrial_share(contigs: &[(String, u64)]) -> Option<f64> {
    let total: u64 = contigs.iter().map(|c| c.1).sum();
    let mut mitochondria = contigs.iter().filter(|c| is_mitochondrion(&c.0)).map(|c| c.1).peekable();
    mitochondria.peek()?;
    let there: u64 = mitochondria.sum();
    (total > 0).then(|| there as f64 / total as f64)
}

#[derive(Default)]
struct JunctionStatistics {
    annotated: u64,
    novel: u64,
    annotated_fragments: u64,
    fragments: u64,
    /// Annotated junctions that half of the fragments would be expected to show.
    kept_by_half: f64,
}

fn junction_statistics(counts: &SampleCounts) -> Option<JunctionStatistics> {
    let mut found = JunctionStatistics::default();
    let mut add = |annotated, fragments: u32| {
        found.fragments += u64::from(fragments);
        if annotated {
            found.annotated += 1;
            found.annotated_fragments += u64::from(fragments);
            found.kept_by_half += 1.0 - 0.5f64.powf(f64::from(fragments));
        } else {
            found.novel += 1;
        }
    };
    match &counts.evidence {
        Evidence::Fragments(evidence) => {
            evidence.contigs.iter().flat_map(|c| &c.junctions).for_each(|j| add(j.annotated, j.fragments));
        }
        Evidence::Junctions(table) => table.contigs.iter().flatten().for_each(|j| add(j.annotated, j.reads)),
        Evidence::Rmats(_) => return None,
    }
    Some(found)
}

/// The median of a histogram, the mean of the two middle values where there are two.
fn median(histogram: &[(u32, u64)]) -> Option<f64> {
    let total: u64 = histogram.iter().map(|h| h.1).sum();
    let at = |rank: u64| {
        let mut seen = 0;
        histogram.iter().find(|h| {
            seen += h.1;
            seen > rank
        })
    };
    let (low, high) = (at(total.checked_sub(1)? / 2)?, at(total / 2)?);
    Some(f64::midpoint(f64::from(low.0), f64::from(high.0)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mitochondrion_s_share_is_missing_without_one() {
        let share = |contigs: &[(&str, u64)]| {
            mitochondrial_share(&contigs.iter().map(|&(name, n)| (name.to_owned(), n)).collect::<Vec<_>>())
        };
        assert_eq!(share(&[("1", 30), ("MT", 10)]), Some(0.25));
        assert_eq!(share(&[("chr1", 30), ("chrM", 0)]), Some(0.0));
        assert_eq!(share(&[("chr1", 30)]), None);
        assert_eq!(share(&[("chrM", 0)]), None);
    }

    #[test]
    fn medians_of_histograms() {
        assert_eq!(median(&[]), None);
        assert_eq!(median(&[(10, 1)]), Some(10.0));
        assert_eq!(median(&[(10, 1), (20, 1)]), Some(15.0));
        assert_eq!(median(&[(10, 2), (20, 1)]), Some(10.0));
        assert_eq!(median(&[(10, 2), (20, 3)]), Some(20.0));
    }
}
