//! The events of a sample as whole numbers.

use nadsplice_events::EventCounts;
use rustc_hash::FxHashMap;

use super::columns::stored;

/// Counts of all events in one sample, by one rule of counting or more, with their lengths by number: the same geometry
/// comes again and again.
#[derive(Default)]
pub(super) struct NumberedEvents {
    rules: Vec<Rule>,
    /// The distinct lengths.
    pub(super) lengths: Vec<f64>,
}

/// Inclusion and skipping: counts, and the numbers of lengths.
struct Rule {
    counts: [Vec<u32>; 2],
    lengths: [Vec<u32>; 2],
}

impl NumberedEvents {
    pub(super) fn of(rules: impl IntoIterator<Item = EventCounts>) -> Self {
        let mut events = Self::default();
        let mut known = FxHashMap::default();
        for counts in rules {
            let lengths = [counts.inclusion_length, counts.skipping_length];
            let rule = Rule {
                counts: [counts.inclusion, counts.skipping],
                lengths: lengths.map(|lengths| {
                    lengths
                        .into_iter()
                        .map(|length| number(&mut known, &mut events.lengths, length))
                        .collect()
                }),
            };
            events.rules.push(rule);
        }
        events
    }

    /// Numbers of a row for a store.
    pub(super) fn width(&self) -> usize {
        4 * self.rules.len()
    }

    /// Appends for each rule both counts, as [`stored`] keeps them, and the numbers of both lengths.
    pub(super) fn row(&self, event: usize, values: &mut Vec<u64>) {
        for rule in &self.rules {
            let lengths = rule.lengths.each_ref().map(|numbers| numbers[event]);
            let is_counted = !self.lengths[lengths[0] as usize].is_nan();
            let counts = rule.counts.each_ref().map(|counts| u64::from(counts[event]));
            values.extend(counts.map(|count| stored(is_counted.then_some(count))));
            values.extend(lengths.map(u64::from));
        }
    }
}

fn number(known: &mut FxHashMap<u64, u32>, lengths: &mut Vec<f64>, length: f64) -> u32 {
    *known.entry(length.to_bits()).or_insert_with(|| {
        lengths.push(length);
        // At most four for each event, which are far fewer than 32 bits can number.
        u32::try_from(lengths.len() - 1).unwrap_or(u32::MAX)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_lengths_have_one_number_and_what_was_not_counted_has_no_counts() {
        let counts = EventCounts {
            inclusion: vec![7, 0, 0],
            skipping: vec![0, 9, 0],
            inclusion_length: vec![1.5, 2.5, f64::NAN],
            skipping_length: vec![2.5, 0.0, f64::NAN],
        };
        let events = NumberedEvents::of([counts]);
        assert_eq!(events.lengths.len(), 4);
        let row = |event| {
            let mut values = Vec::new();
            events.row(event, &mut values);
            values
        };
        let rows = [row(0), row(1), row(2)];
        let number =
            |length: f64| events.lengths.iter().position(|l| l.to_bits() == length.to_bits()).unwrap();
        let number = |length| number(length) as u64;
        assert_eq!(rows[0], [8, 1, number(1.5), number(2.5)]);
        assert_eq!(rows[1], [1, 10, number(2.5), number(0.0)]);
        assert_eq!(rows[2], [0, 0, number(f64::NAN), number(f64::NAN)]);
    }
}
