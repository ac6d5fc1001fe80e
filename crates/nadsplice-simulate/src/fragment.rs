//! Fragments: how many of each molecule, and where on it.

use nadsplice_core::{LibraryStrandedness, Strand};
use rand::{Rng, RngExt};
use rand_distr::{Binomial, Distribution};

use crate::{
    Molecule,
    library::{LengthTable, Library},
};

/// A fragment of a molecule.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Fragment {
    /// Position of its molecule in the list.
    pub(crate) molecule: u32,
    /// Bases of the molecule to the left of it, in genome order.
    pub(crate) offset: u32,
    /// Its bases, at most those of the molecule.
    pub(crate) length: u32,
    /// Whether the left end, in genome order, is read 1.
    pub(crate) first_is_left: bool,
}

/// Shares `total` out among weights, as a multinomial draw. Weights that are not positive get none; so do all when
/// none is.
pub(crate) fn share_out<R: Rng>(weights: &[f64], total: u64, rng: &mut R) -> Vec<u64> {
    let positive = |w: f64| if w > 0.0 { w } else { 0.0 };
    // Sums from the end, so that the last weight meets its own value and not a remainder of rounding.
    let mut rest = vec![0.0; weights.len() + 1];
    for i in (0..weights.len()).rev() {
        rest[i] = rest[i + 1] + positive(weights[i]);
    }
    let mut left = total;
    let mut counts = vec![0; weights.len()];
    for (i, count) in counts.iter_mut().enumerate() {
        if left == 0 || rest[i] <= 0.0 {
            break;
        }
        let probability = (positive(weights[i]) / rest[i]).min(1.0);
        // A probability in [0, 1] is always a distribution.
        *count = Binomial::new(left, probability).map_or(0, |b| b.sample(rng));
        left -= *count;
    }
    counts
}

/// Appends `count` fragments of a molecule: each (length `f`, start) in proportion to the probability of `f`.
pub(crate) fn draw_fragments<R: Rng>(
    index: u32,
    molecule: &Molecule,
    count: u64,
    library: &Library,
    lengths: &LengthTable,
    rng: &mut R,
    fragments: &mut Vec<Fragment>,
) {
    let starts_of = |length: u32| (molecule.len() + 1).saturating_sub(length).max(1);
    let most_starts = starts_of(lengths.shortest());
    for _ in 0..count {
        // Short fragments have more places on a molecule than long ones.
        let length = loop {
            let length = lengths.draw(rng);
            let starts = starts_of(length);
            if starts == most_starts || rng.random_range(0..most_starts) < starts {
                break length.min(molecule.len());
            }
        };
        let offset = rng.random_range(0..starts_of(length));
        let sense = match molecule.strand() {
            Some(strand) => strand == Strand::Forward,
            None => rng.random(),
        };
        let first_is_left = match library.strandedness {
            LibraryStrandedness::Forward => sense,
            LibraryStrandedness::Reverse => !sense,
            LibraryStrandedness::Unstranded => rng.random(),
        };
        fragments.push(Fragment { molecule: index, offset, length, first_is_left });
    }
}

#[cfg(test)]
mod tests {
    use nadsplice_core::Interval;

    use super::*;
    use crate::{
        FragmentLengths,
        random::{Purpose, stream},
    };

    fn molecule(length: u32, strand: Option<Strand>) -> Molecule {
        Molecule::new(0, strand, &[Interval::new(1_000, 1_000 + length).unwrap()]).unwrap()
    }

    fn draw(molecule: &Molecule, library: &Library, count: u64) -> Vec<Fragment> {
        let table = LengthTable::new(&library.fragment_lengths);
        let mut rng = stream(3, Purpose::Places, 0, 0);
        let mut fragments = Vec::new();
        draw_fragments(0, molecule, count, library, &table, &mut rng, &mut fragments);
        fragments
    }

    #[test]
    fn shares_add_up_and_follow_the_weights() {
        let mut rng = stream(1, Purpose::Shares, 0, 0);
        let counts = share_out(&[1.0, 0.0, 3.0, -1.0, 6.0], 1_000_000, &mut rng);
        assert_eq!(counts.iter().sum::<u64>(), 1_000_000);
        assert_eq!((counts[1], counts[3]), (0, 0));
        for (count, expected) in [(counts[0], 100_000.0), (counts[2], 300_000.0), (counts[4], 600_000.0)] {
            assert!((count as f64 - expected).abs() < 2_500.0, "{counts:?}");
        }
        assert_eq!(share_out(&[0.0, 0.0], 5, &mut rng), [0, 0]);
        assert_eq!(share_out(&[0.0, 2.0, 0.0], 5, &mut rng), [0, 5, 0]);
    }

    #[test]
    fn fragments_lie_on_their_molecule_evenly() {
        let m = molecule(1_000, Some(Strand::Forward));
        let fragments = draw(&m, &Library::default(), 200_000);
        assert!(fragments.iter().all(|f| f.length >= 100 && f.offset + f.length <= 1_000));
        // Given the length, starts are uniform: the mean is half of the last one.
        let of_250: Vec<&Fragment> = fragments.iter().filter(|f| f.length == 250).collect();
        let mean = of_250.iter().map(|f| f64::from(f.offset)).sum::<f64>() / of_250.len() as f64;
        assert!((mean - 375.0).abs() < 25.0, "{mean} of {}", of_250.len());
    }

    #[test]
    fn short_molecules_favour_short_fragments_and_are_never_left() {
        // On 300 bases a fragment of 200 has 101 places, one of 300 a single one.
        let library = Library {
            fragment_lengths: FragmentLengths { mean: 250.0, sd: 1e6, min: 200, max: 300 },
            ..Library::default()
        };
        let fragments = draw(&molecule(300, None), &library, 100_000);
        let n = |length| fragments.iter().filter(|f| f.length == length).count() as f64;
        let (short, long) = (n(200), n(290));
        // 100000 * 101 / (101 * 102 / 2) and 100000 * 11 / ...
        assert!((short - 1_960.8).abs() < 200.0 && (long - 213.6).abs() < 70.0, "{short} {long}");
        let whole = draw(&molecule(150, None), &library, 50);
        assert!(whole.iter().all(|f| (f.offset, f.length) == (0, 150)));
    }

    #[test]
    fn read_one_follows_the_protocol() {
        for (strand, strandedness, left) in [
            (Strand::Forward, LibraryStrandedness::Forward, true),
            (Strand::Forward, LibraryStrandedness::Reverse, false),
            (Strand::Reverse, LibraryStrandedness::Forward, false),
            (Strand::Reverse, LibraryStrandedness::Reverse, true),
        ] {
            let library = Library { strandedness, ..Library::default() };
            let fragments = draw(&molecule(800, Some(strand)), &library, 100);
            assert!(fragments.iter().all(|f| f.first_is_left == left));
        }
        let library = Library { strandedness: LibraryStrandedness::Unstranded, ..Library::default() };
        let fragments = draw(&molecule(800, Some(Strand::Forward)), &library, 10_000);
        let left = fragments.iter().filter(|f| f.first_is_left).count();
        assert!((4_800..5_200).contains(&left), "{left}");
    }
}
