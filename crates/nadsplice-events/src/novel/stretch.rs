//! Which stretches between two splice sites a sample's reads cover without a gap: the exons, and the longer parts of
//! exons, that un-annotated sites make.

use std::collections::BTreeMap;

use nadsplice_core::{Interval, JunctionCount};

use super::{NovelOptions, index::SiteIndex, support::SampleContig};
use crate::evidence::Senses;

/// A stretch with its verdict in one sample.
pub(super) struct Stretch {
    /// From an exon's first base, or the base after an annotated exon, to the end of the exon or the next one's start.
    pub(super) interval: Interval,
    /// Whether every base is covered deeply enough.
    pub(super) covered: bool,
}

/// Looks at every stretch between
///
/// * an un-annotated exon start and an un-annotated exon end to its right: an exon of its own;
/// * an un-annotated exon start and an annotated one to its right, or an annotated exon end and an un-annotated one to
///   its right: what an annotated exon may be longer by.
///
/// Sites are those of the sample's `supported` junctions.
pub(super) fn stretches(
    sample: &SampleContig<'_>,
    supported: &[&JunctionCount],
    index: &SiteIndex<'_>,
    options: &NovelOptions,
) -> Vec<Stretch> {
    // Fragments at each un-annotated site: exon starts are right ends of introns, exon ends left ends.
    let (mut starts, mut ends) = (BTreeMap::<u32, u32>::new(), BTreeMap::<u32, u32>::new());
    for j in supported {
        if !index.sites.is_left_site(sample.contig, j.start) {
            *ends.entry(j.start).or_default() += j.fragments;
        }
        if !index.sites.is_right_site(sample.contig, j.end) {
            *starts.entry(j.end).or_default() += j.fragments;
        }
    }
    if starts.is_empty() && ends.is_empty() {
        return Vec::new();
    }
    let depth = sample.profile();
    let within = options.max_exon_length;
    let mut found = Vec::new();
    let mut look = |from: u32, to: u32, fragments: u32| {
        if let Some(interval) = Interval::new(from, to) {
            let least = (options.min_exon_depth * f64::from(fragments)).max(1.0);
            found.push(Stretch {
                interval,
                covered: f64::from(depth.lowest(interval, Senses::BOTH)) >= least,
            });
        }
    };
    for (&start, &fragments) in &starts {
        for (&end, &others) in ends.range(start.saturating_add(1)..=start.saturating_add(within)) {
            look(start, end, fragments.min(others));
        }
        for annotated in index.starts_after(sample.contig, start, within) {
            look(start, annotated, fragments);
        }
    }
    for (&end, &fragments) in &ends {
        for &annotated in index.ends_before(sample.contig, end, within) {
            look(annotated, end, fragments);
        }
    }
    found
}
