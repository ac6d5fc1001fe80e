//! Histograms of read and fragment lengths.

/// Lengths from here on share one bin: beyond it no length changes how a junction is covered.
const LONGEST: usize = 1 << 16;

/// How many times each length was seen.
#[derive(Clone, Debug, Default)]
pub(crate) struct LengthHistogram {
    counts: Vec<u64>,
}

impl LengthHistogram {
    #[inline]
    pub(crate) fn add(&mut self, length: u32) {
        self.add_weighted(length, 1);
    }

    #[inline(always)]
    pub(crate) fn add_weighted(&mut self, length: u32, weight: u64) {
        let at = (length as usize).min(LONGEST);
        if let Some(count) = self.counts.get_mut(at) {
            *count += weight;
        } else {
            self.counts.resize(at + 1, 0);
            self.counts[at] = weight;
        }
    }

    /// Adds what was seen elsewhere.
    pub(crate) fn absorb(&mut self, part: &Self) {
        if self.counts.len() < part.counts.len() {
            self.counts.resize(part.counts.len(), 0);
        }
        for (count, more) in self.counts.iter_mut().zip(&part.counts) {
            *count += more;
        }
    }

    /// `(length, times)` for every length seen, sorted.
    pub(crate) fn into_pairs(self) -> Vec<(u32, u64)> {
        (0u32..).zip(self.counts).filter(|&(_, n)| n > 0).collect()
    }
}
