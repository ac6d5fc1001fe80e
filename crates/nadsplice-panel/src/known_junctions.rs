//! Known events in the junctions of a run: which build its coordinates are of, and which junctions belong to either
//! form.

use nadsplice_core::{EventKind, Interval, Strand};
use rustc_hash::{FxHashMap, FxHashSet};

use crate::known_event::{Build, KnownLocus, known_events};

/// A junction of a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RunJunction<'a> {
    /// The contig, with or without `chr`.
    pub contig: &'a str,
    /// The intron, 0-based, half-open.
    pub intron: Interval,
    /// The strand; an unknown one contradicts nothing.
    pub strand: Option<Strand>,
}

impl RunJunction<'_> {
    fn is_at(&self, locus: &KnownLocus) -> bool {
        bare(self.contig) == bare(&locus.contig) && self.strand.is_none_or(|strand| strand == locus.strand)
    }
}

/// A contig's name without `chr`.
pub(crate) fn bare(contig: &str) -> &str {
    contig.strip_prefix("chr").unwrap_or(contig)
}

impl Build {
    /// The build of an annotation, told by its introns: the one on which known events have most splice sites in
    /// common with it. Nothing where none has any, or two have equally many.
    pub fn of_introns<'a>(introns: impl IntoIterator<Item = (&'a str, Interval)>) -> Option<Self> {
        // Both ends of the alternative part have to be splice sites: an intron ends where it starts, and one starts
        // where it ends. (Of tandem acceptors both are the same end of introns.)
        let mut sites: FxHashMap<(&str, u32), Vec<usize>> = FxHashMap::default();
        let mut ends: Vec<(Build, [bool; 2])> = Vec::new();
        for known in known_events() {
            for (build, locus) in &known.loci {
                let Some((start, end)) = hull(locus) else { continue };
                for (side, position) in [start, end].into_iter().enumerate() {
                    sites.entry((bare(&locus.contig), position)).or_default().push(2 * ends.len() + side);
                }
                ends.push((*build, [false; 2]));
            }
        }
        for (contig, intron) in introns {
            for position in [intron.start(), intron.end()] {
                for &found in sites.get(&(bare(contig), position)).into_iter().flatten() {
                    ends[found / 2].1[found % 2] = true;
                }
            }
        }
        let count =
            |build: Build| ends.iter().filter(|(of, both)| *of == build && *both == [true; 2]).count();
        let mut counts: Vec<(usize, Build)> = Build::ALL.map(|build| (count(build), build)).to_vec();
        counts.sort_by_key(|&(count, build)| (std::cmp::Reverse(count), build));
        (counts[0].0 > counts[1].0).then_some(counts[0].1)
    }
}

/// Where known events lie, on all builds.
#[derive(Clone, Debug)]
pub struct KnownParts {
    /// First and last end of the alternative parts, by contig without `chr`.
    hulls: FxHashMap<&'static str, Vec<(u32, u32)>>,
}

impl KnownParts {
    /// Of all known events.
    pub fn new() -> Self {
        let mut hulls: FxHashMap<&str, Vec<(u32, u32)>> = FxHashMap::default();
        for (_, locus) in known_events().iter().flat_map(|known| &known.loci) {
            hulls.entry(bare(&locus.contig)).or_default().extend(hull(locus));
        }
        Self { hulls }
    }

    /// Whether an intron ends at the alternative part of a known event or spans it. No other intron makes a difference to
    /// [`Build::of_introns`] and [`known_junctions`].
    pub fn touch(&self, contig: &str, intron: Interval) -> bool {
        let hulls = self.hulls.get(bare(contig)).into_iter().flatten();
        hulls.into_iter().any(|&(start, end)| intron.start() <= end && intron.end() >= start)
    }
}

impl Default for KnownParts {
    fn default() -> Self {
        Self::new()
    }
}

fn hull(locus: &KnownLocus) -> Option<(u32, u32)> {
    Some((locus.parts.first()?.start(), locus.parts.last()?.end()))
}

/// The junctions of the two forms of a known event, as positions in the list given.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct KnownJunctions {
    /// Of the inclusion form, by side: into the first alternative exon and out of the last; a single side for tandem
    /// acceptors. A side may be empty.
    pub inclusion: Vec<Vec<usize>>,
    /// Of the skipping form: junctions that share a site with one junction of each side.
    pub skipping: Vec<usize>,
}

/// Finds the junctions of a known event. Exons of the same kind that other neighbours flank count too; nothing for
/// kinds other than SE, MSE and A3SS.
pub fn known_junctions(kind: EventKind, locus: &KnownLocus, junctions: &[RunJunction<'_>]) -> KnownJunctions {
    let Some((start, end)) = hull(locus) else { return KnownJunctions::default() };
    let here: Vec<(usize, Interval)> =
        junctions.iter().enumerate().filter(|(_, j)| j.is_at(locus)).map(|(k, j)| (k, j.intron)).collect();
    let with = |holds: &dyn Fn(Interval) -> bool| -> Vec<usize> {
        here.iter().filter(|(_, intron)| holds(*intron)).map(|(k, _)| *k).collect()
    };
    let far_ends = |list: &[usize], far: fn(Interval) -> u32| -> FxHashSet<u32> {
        list.iter().map(|&k| far(junctions[k].intron)).collect()
    };
    match (kind, locus.strand) {
        (EventKind::Se | EventKind::Mse, _) => {
            let into = with(&|intron| intron.end() == start);
            let out = with(&|intron| intron.start() == end);
            let (donors, acceptors) = (far_ends(&into, Interval::start), far_ends(&out, Interval::end));
            let skipping =
                with(&|intron| donors.contains(&intron.start()) && acceptors.contains(&intron.end()));
            KnownJunctions { inclusion: vec![into, out], skipping }
        }
        (EventKind::A3ss, Strand::Forward) => {
            let long = with(&|intron| intron.end() == start);
            let donors = far_ends(&long, Interval::start);
            let short = with(&|intron| intron.end() == end && donors.contains(&intron.start()));
            KnownJunctions { inclusion: vec![long], skipping: short }
        }
        (EventKind::A3ss, Strand::Reverse) => {
            let long = with(&|intron| intron.start() == end);
            let donors = far_ends(&long, Interval::end);
            let short = with(&|intron| intron.start() == start && donors.contains(&intron.end()));
            KnownJunctions { inclusion: vec![long], skipping: short }
        }
        _ => KnownJunctions::default(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn interval(start: u32, end: u32) -> Interval {
        Interval::new(start, end).unwrap()
    }

    fn locus(strand: Strand, parts: &[(u32, u32)]) -> KnownLocus {
        let parts = parts.iter().map(|&(s, e)| interval(s, e)).collect();
        KnownLocus { contig: "chr1".to_owned(), strand, parts }
    }

    fn found(
        kind: EventKind,
        strand: Strand,
        parts: &[(u32, u32)],
        introns: &[(u32, u32)],
    ) -> (Vec<Vec<usize>>, Vec<usize>) {
        let junctions: Vec<RunJunction> = introns
            .iter()
            .map(|&(s, e)| RunJunction { contig: "1", intron: interval(s, e), strand: Some(strand) })
            .collect();
        let found = known_junctions(kind, &locus(strand, parts), &junctions);
        (found.inclusion, found.skipping)
    }

    #[test]
    fn an_exon_s_junctions_are_found_on_both_sides() {
        // The last intron skips the exon, but between sites that its own junctions do not have.
        let introns = [(20, 50), (25, 50), (60, 90), (20, 90), (10, 90), (30, 55)];
        for strand in [Strand::Forward, Strand::Reverse] {
            let found = found(EventKind::Se, strand, &[(50, 60)], &introns);
            assert_eq!(found, (vec![vec![0, 1], vec![2]], vec![3]));
        }
        let several = found(EventKind::Mse, Strand::Forward, &[(50, 55), (58, 60)], &introns);
        assert_eq!(several, (vec![vec![0, 1], vec![2]], vec![3]));
    }

    #[test]
    fn tandem_acceptors_share_their_donor() {
        let forward = [(20, 50), (20, 53), (25, 53)];
        assert_eq!(found(EventKind::A3ss, Strand::Forward, &[(50, 53)], &forward), (vec![vec![0]], vec![1]));
        let reverse = [(53, 90), (50, 90), (50, 95)];
        assert_eq!(found(EventKind::A3ss, Strand::Reverse, &[(50, 53)], &reverse), (vec![vec![0]], vec![1]));
    }

    #[test]
    fn another_strand_or_contig_is_not_the_event() {
        let locus = locus(Strand::Forward, &[(50, 60)]);
        let junction = |contig, strand| RunJunction { contig, intron: interval(20, 50), strand };
        for (junction, expected) in [
            (junction("chr1", None), 1),
            (junction("1", Some(Strand::Forward)), 1),
            (junction("chr1", Some(Strand::Reverse)), 0),
            (junction("chr2", None), 0),
        ] {
            assert_eq!(known_junctions(EventKind::Se, &locus, &[junction]).inclusion[0].len(), expected);
        }
    }

    #[test]
    fn the_build_is_told_by_the_splice_sites_of_known_events() {
        // INSR exon 11 on either human build.
        let around = |start, end| [("19", interval(start - 500, start)), ("19", interval(end, end + 500))];
        assert_eq!(Build::of_introns(around(7_150_496, 7_150_532)), Some(Build::Grch38));
        assert_eq!(Build::of_introns(around(7_150_507, 7_150_543)), Some(Build::Grch37));
        // One end is not enough, nor are other places.
        assert_eq!(Build::of_introns(around(7_150_496, 7_150_540)), None);
        assert_eq!(Build::of_introns([]), None);
    }

    #[test]
    fn introns_at_and_over_the_exon_touch_it() {
        let parts = KnownParts::new();
        // INSR exon 11.
        let (start, end) = (7_150_496, 7_150_532);
        let touches = |contig, s, e| parts.touch(contig, interval(s, e));
        assert!(touches("19", start - 500, start) && touches("chr19", end, end + 500));
        assert!(touches("chr19", start - 500, end + 500));
        assert!(!touches("chr18", start - 500, start));
        assert!(!touches("chr19", start - 5_000_000, start - 4_900_000));
    }
}
