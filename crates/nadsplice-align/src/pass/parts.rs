//! A pass over parts of a file, each of which holds all alignments of some contigs.

use super::{Counter, Order, Pass};

impl Pass<'_> {
    /// Whether records came in coordinate order so far.
    pub(crate) fn is_in_order(&self) -> bool {
        !self.order.any
    }

    /// The contigs behind are complete: whoever waits there is not met any more. Any contig may follow.
    pub(crate) fn end_part(&mut self) {
        if let Counter::Fragments { counter, waiting, .. } = &mut self.counter {
            for mate in waiting.overdue(u32::MAX, 0) {
                counter.count(&mate, None);
            }
            counter.settle_all();
        }
        self.order = Order { claimed: self.order.claimed, ..Order::default() };
    }

    /// Adds what was counted of other contigs of the same file.
    pub(crate) fn absorb(&mut self, part: Self) {
        self.ledger.absorb(&part.ledger);
        for (sums, more) in [(&mut self.unmatched, part.unmatched), (&mut self.on_contig, part.on_contig)] {
            for (sum, more) in sums.iter_mut().zip(more) {
                *sum += more;
            }
        }
        self.primary += part.primary;
        self.duplicates += part.duplicates;
        self.paired += part.paired;
        self.without_nh += part.without_nh;
        self.read_lengths.absorb(&part.read_lengths);
        self.aligned_lengths.absorb(&part.aligned_lengths);
        if let (Counter::Fragments { counter, .. }, Counter::Fragments { counter: more, .. }) =
            (&mut self.counter, part.counter)
        {
            counter.absorb(more);
        }
    }
}
