//! How rare an alternative form has to be to have stayed unseen.

use nadsplice_core::Interval;
use nadsplice_stats::incomplete_beta::beta_quantile;

/// Fragments across one junction, pooled over the cohort.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct JunctionFragments {
    /// The intron, 0-based, half-open.
    pub intron: Interval,
    /// Fragments of all samples together.
    pub fragments: u64,
}

/// The junctions of a gene, for genes without an event.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct JunctionEvidence {
    /// Each annotated junction of the gene once, those without a fragment included.
    pub annotated: Vec<JunctionFragments>,
    /// Each un-annotated junction seen within the gene once.
    pub novel: Vec<JunctionFragments>,
    /// Median over the samples of the fragments on the gene's annotated junctions.
    pub median_per_sample: f64,
}

/// The usage above which no alternative form can have stayed unseen.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct UsageBound {
    /// The bound, in [0, 1]: the upper confidence limit at the junction where it is highest.
    pub usage: f64,
    /// Fragments of the alternative there.
    pub alternative: u64,
    /// All fragments there, those of the alternative included.
    pub fragments: u64,
}

impl JunctionEvidence {
    /// Fragments on annotated junctions, pooled.
    pub fn fragments(&self) -> u64 {
        self.annotated.iter().map(|j| j.fragments).sum()
    }

    /// Fragments on un-annotated junctions, pooled.
    pub fn novel_fragments(&self) -> u64 {
        self.novel.iter().map(|j| j.fragments).sum()
    }

    /// Fragments on the least covered annotated junction; 0 where there is none.
    pub fn fewest_fragments(&self) -> u64 {
        self.annotated.iter().map(|j| j.fragments).min().unwrap_or(0)
    }

    /// Whether two annotated junctions exclude each other, that is, an alternative form is annotated.
    pub fn has_annotated_alternative(&self) -> bool {
        let mut introns: Vec<Interval> = self.annotated.iter().map(|j| j.intron).collect();
        introns.sort_unstable();
        introns.dedup();
        introns.windows(2).any(|pair| pair[0].overlaps(pair[1]))
    }

    /// The usage above which alternative forms are excluded at this confidence; `None` without an annotated
    /// junction.
    ///
    /// An alternative form replaces at least one annotated junction, so it is judged against the fragments of that
    /// one junction and not against those of the whole gene: of `n` fragments there, 0 seen exclude a usage `u`
    /// when `(1 - u)^n <= 1 - confidence`, which takes 59 fragments for 5% at 95% confidence. Where un-annotated
    /// junctions have `x` fragments, strays below what makes an event, the limit is the exact binomial one for `x`
    /// of `n` (Clopper and Pearson, Biometrika 1934, doi:10.1093/biomet/26.4.404), which for `x = 0` is the same.
    /// One that overlaps no annotated intron (it lies inside an exon) is judged against the least covered junction.
    /// The highest limit of all is returned.
    pub fn usage_bound(&self, confidence: f64) -> Option<UsageBound> {
        let fewest = self.annotated.iter().map(|j| j.fragments).min()?;
        let bound = |alternative: u64, fragments: u64| UsageBound {
            usage: upper_limit(alternative, fragments, confidence),
            alternative,
            fragments,
        };
        let mut highest = bound(0, fewest);
        for novel in self.novel.iter().filter(|j| j.fragments > 0) {
            let replaced = self.annotated.iter().filter(|j| j.intron.overlaps(novel.intron));
            let against = replaced.map(|j| j.fragments).min().unwrap_or(fewest);
            let here = bound(novel.fragments, novel.fragments + against);
            if here.usage > highest.usage {
                highest = here;
            }
        }
        Some(highest)
    }
}

/// The fragments that exclude a usage at a confidence when none of them is of the alternative.
pub(super) fn fragments_needed(usage: f64, confidence: f64) -> f64 {
    ((1.0 - confidence).ln() / (-usage).ln_1p()).ceil()
}

/// The one-sided upper confidence limit of a proportion, `x` of `n`: the `u` at which `P(X <= x) = 1 - confidence`.
fn upper_limit(x: u64, n: u64, confidence: f64) -> f64 {
    if x >= n {
        return 1.0;
    }
    beta_quantile(confidence, x as f64 + 1.0, (n - x) as f64)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn junction(start: u32, end: u32, fragments: u64) -> JunctionFragments {
        JunctionFragments { intron: Interval::new(start, end).unwrap(), fragments }
    }

    fn evidence(annotated: &[JunctionFragments], novel: &[JunctionFragments]) -> JunctionEvidence {
        JunctionEvidence { annotated: annotated.to_vec(), novel: novel.to_vec(), median_per_sample: 0.0 }
    }

    #[test]
    fn fifty_nine_fragments_exclude_five_percent() {
        assert!((fragments_needed(0.05, 0.95) - 59.0).abs() < 1e-9);
        assert!(upper_limit(0, 59, 0.95) <= 0.05);
        assert!(upper_limit(0, 58, 0.95) > 0.05);
        assert!((upper_limit(0, 0, 0.95) - 1.0).abs() < 1e-12);
    }

    #[test]
    fn limits_are_those_of_clopper_and_pearson() {
        // Roots of the exact binomial sum, found by bisection with 60 decimal digits.
        for (x, n, expected) in [
            (1, 59, 0.077_897_922),
            (1, 1000, 0.004_734_994),
            (5, 93, 0.109_718_805),
            (50, 100, 0.586_378_285),
        ] {
            assert!((upper_limit(x, n, 0.95) - expected).abs() < 1e-9, "{x} of {n}");
        }
    }

    #[test]
    fn the_least_covered_junction_decides() {
        let two = evidence(&[junction(10, 20, 5000), junction(30, 40, 40)], &[]);
        let bound = two.usage_bound(0.95).unwrap();
        assert_eq!((bound.alternative, bound.fragments), (0, 40));
        assert!(bound.usage > 0.05);
        assert_eq!(evidence(&[], &[]).usage_bound(0.95), None);
    }

    #[test]
    fn a_stray_counts_against_the_junction_that_it_replaces() {
        let annotated = [junction(10, 20, 5000), junction(30, 40, 100)];
        let stray = evidence(&annotated, &[junction(10, 18, 3)]);
        assert_eq!(stray.usage_bound(0.95).unwrap().fragments, 100);
        let stray = evidence(&annotated, &[junction(30, 38, 3)]);
        let bound = stray.usage_bound(0.95).unwrap();
        assert_eq!((bound.alternative, bound.fragments), (3, 103));
        let inside_an_exon = evidence(&annotated, &[junction(22, 28, 3)]);
        assert_eq!(inside_an_exon.usage_bound(0.95).unwrap().fragments, 103);
    }

    #[test]
    fn junctions_that_overlap_are_an_annotated_alternative() {
        assert!(evidence(&[junction(10, 20, 0), junction(10, 30, 0)], &[]).has_annotated_alternative());
        assert!(!evidence(&[junction(10, 20, 0), junction(20, 30, 0)], &[]).has_annotated_alternative());
        assert!(!evidence(&[junction(10, 20, 0), junction(10, 20, 0)], &[]).has_annotated_alternative());
    }

    proptest! {
        #[test]
        fn more_reads_lower_the_limit_and_more_strays_raise_it(x in 0_u64..40, n in 41_u64..5000) {
            let limit = upper_limit(x, n, 0.95);
            prop_assert!(limit > x as f64 / n as f64 && limit <= 1.0);
            prop_assert!(upper_limit(x, n + 1, 0.95) < limit);
            prop_assert!(upper_limit(x + 1, n, 0.95) > limit);
        }
    }
}
