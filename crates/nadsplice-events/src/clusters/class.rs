//! SUVA's words for pairs of junctions.

use std::{cmp::Ordering, fmt};

use nadsplice_core::{Interval, Strand};

use super::{ClusterMember, MemberKind};

/// Bases that either end of two introns may be apart for the classes without a shared site.
const MAX_OFFSET: u32 = 500;

/// The class of a pair of junctions in SUVA (Cheng et al. 2021, <https://doi.org/10.1080/15476286.2021.1940037>;
/// `cluster_overlap_sj.py` of ablifedev/SUVA 2.0).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SuvaClass {
    /// Different donors, one acceptor.
    Alt5p,
    /// One donor, different acceptors.
    Alt3p,
    /// One intron lies within the other, both ends at most 500 bases apart.
    Contain,
    /// The introns overlap in part, both ends at most 500 bases apart.
    Olp,
    /// A junction and the retention of its intron.
    Ir,
}

impl SuvaClass {
    /// The word used by SUVA.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Alt5p => "alt5p",
            Self::Alt3p => "alt3p",
            Self::Contain => "contain",
            Self::Olp => "olp",
            Self::Ir => "ir",
        }
    }

    /// The class of two members of one cluster; none where SUVA makes no event of them, as of introns that share an
    /// end without a strand.
    pub fn of(a: &ClusterMember, b: &ClusterMember, strand: Option<Strand>) -> Option<Self> {
        if a.kind == MemberKind::Junction && b.kind == MemberKind::Junction {
            return Self::of_introns(a.intron, b.intron, strand);
        }
        (a.kind != b.kind && a.intron == b.intron).then_some(Self::Ir)
    }

    fn of_introns(a: Interval, b: Interval, strand: Option<Strand>) -> Option<Self> {
        let left_is_donor = strand.map(|strand| strand == Strand::Forward);
        let starts = (a.start().cmp(&b.start()), a.start().abs_diff(b.start()));
        let ends = (a.end().cmp(&b.end()), a.end().abs_diff(b.end()));
        match (starts.0, ends.0) {
            (Ordering::Equal, Ordering::Equal) => None,
            (Ordering::Equal, _) => left_is_donor.map(|donor| if donor { Self::Alt3p } else { Self::Alt5p }),
            (_, Ordering::Equal) => left_is_donor.map(|donor| if donor { Self::Alt5p } else { Self::Alt3p }),
            _ if !a.overlaps(b) || starts.1 > MAX_OFFSET || ends.1 > MAX_OFFSET => None,
            (start, end) if start == end => Some(Self::Olp),
            _ => Some(Self::Contain),
        }
    }
}

impl fmt::Display for SuvaClass {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pairs_have_suva_s_classes() {
        let interval = |(start, end)| Interval::new(start, end).unwrap();
        let (forward, reverse) = (Some(Strand::Forward), Some(Strand::Reverse));
        let cases = [
            ((100, 200), (100, 300), forward, Some(SuvaClass::Alt3p)),
            ((100, 200), (100, 300), reverse, Some(SuvaClass::Alt5p)),
            ((100, 300), (200, 300), forward, Some(SuvaClass::Alt5p)),
            ((100, 300), (200, 300), reverse, Some(SuvaClass::Alt3p)),
            ((100, 300), (200, 300), None, None),
            ((100, 400), (200, 300), None, Some(SuvaClass::Contain)),
            ((100, 300), (200, 400), forward, Some(SuvaClass::Olp)),
            ((100, 2000), (700, 2100), forward, None),
            ((100, 2000), (600, 2500), forward, Some(SuvaClass::Olp)),
            ((100, 200), (200, 300), forward, None),
        ];
        for (a, b, strand, class) in cases {
            assert_eq!(SuvaClass::of_introns(interval(a), interval(b), strand), class, "{a:?} {b:?}");
            assert_eq!(SuvaClass::of_introns(interval(b), interval(a), strand), class, "{b:?} {a:?}");
        }
    }
}
