//! Samples as points: their logit PSI in events that nearly all of them cover.

use crate::testing::CountTable;

/// Reads of a sample that cover an event.
const MIN_READS: u32 = 10;
/// Share of the samples that must cover an event.
const MIN_COVERED: f64 = 0.8;
/// Pooled shares of inclusion reads between which an event varies enough to look at.
const VARIABLE: std::ops::RangeInclusive<f64> = 0.03..=0.97;
/// Reads, at the pooled share of the cohort, that are added to each sample's: as many as are worth nothing more at a
/// correlation of reads of 0.05.
const PRIOR_READS: f64 = 20.0;
/// Events whose products are added at once: as many as stay in fast memory.
const EVENTS_AT_ONCE: usize = 64;

/// The logit PSI of an event in some samples, shrunk towards the cohort's the more the fewer reads there are: a sample
/// without reads is at the cohort's value. Nothing where too few samples cover the event, it hardly varies, or a form has
/// no length.
pub(crate) fn logits(table: &CountTable<'_>, event: usize, samples: &[usize]) -> Option<Vec<f64>> {
    let reads: Vec<(f64, f64, f64)> = samples
        .iter()
        .map(|&s| {
            let (y, n) = table.reads(event, s);
            (f64::from(y), f64::from(n), table.offset(event, s))
        })
        .collect();
    let covered = reads.iter().filter(|r| r.1 >= f64::from(MIN_READS)).count();
    let (y, n) = reads.iter().fold((0.0, 0.0), |sum, r| (sum.0 + r.0, sum.1 + r.1));
    let pooled = y / n;
    // No reads at all give NaN, which is in no range.
    if (covered as f64) < MIN_COVERED * samples.len() as f64 || !VARIABLE.contains(&pooled) {
        return None;
    }
    if samples.iter().any(|&s| !table.has_lengths(event, s)) {
        return None;
    }
    let logit = |(y, n, offset): (f64, f64, f64)| {
        let inclusion = y + PRIOR_READS * pooled;
        (inclusion / (n + PRIOR_READS - inclusion)).ln() - offset
    };
    Some(reads.into_iter().map(logit).collect())
}

/// Sums of the products of the values of samples over some events, samples x samples.
pub(crate) fn products<V: AsRef<[f64]>>(events: impl Iterator<Item = V>, samples: usize) -> Vec<f64> {
    let mut sums = vec![0.0; samples * samples];
    let mut events = events.peekable();
    while events.peek().is_some() {
        let points: Vec<V> = events.by_ref().take(EVENTS_AT_ONCE).collect();
        for i in 0..samples {
            let row = &mut sums[i * samples..=i * samples + i];
            for z in &points {
                let z = z.as_ref();
                for (sum, other) in row.iter_mut().zip(z) {
                    *sum += z[i] * other;
                }
            }
        }
    }
    for i in 0..samples {
        for j in 0..i {
            sums[j * samples + i] = sums[i * samples + j];
        }
    }
    sums
}

#[cfg(test)]
mod tests {
    use nadsplice_core::EventKind;

    use super::*;

    #[test]
    fn a_sample_without_reads_is_at_the_cohort_s_value() {
        let kinds = [EventKind::Se; 3];
        let inclusion = [30, 30, 30, 30, 0, 3, 30, 30, 30, 30, 60, 60, 60, 60, 60];
        let skipping = [10, 10, 10, 10, 0, 0, 3, 1, 2, 3, 1, 1, 1, 1, 1];
        let lengths = [100.0; 15];
        let table = CountTable {
            kinds: &kinds,
            samples: 5,
            inclusion: &inclusion,
            skipping: &skipping,
            inclusion_length: &lengths,
            skipping_length: &lengths,
        };
        let all = [0, 1, 2, 3, 4];
        let found = logits(&table, 0, &all).unwrap();
        assert!(found.iter().all(|z| (z - 3.0_f64.ln()).abs() < 1e-12), "{found:?}");
        assert!(logits(&table, 1, &all).is_some_and(|z| z[0] > 0.0));
        assert_eq!(logits(&table, 1, &all[..2]), None, "one of two samples is covered");
        assert_eq!(logits(&table, 2, &all), None, "hardly varies");
    }

    #[test]
    fn products_are_summed_over_all_events() {
        let events: Vec<[f64; 2]> = (0..150).map(|k| [f64::from(k), 1.0]).collect();
        let sum = f64::from(149 * 150 / 2);
        assert_eq!(products(events.iter(), 2), [f64::from(149 * 150 * 299 / 6), sum, sum, 150.0]);
        assert_eq!(products(std::iter::empty::<[f64; 2]>(), 2), [0.0; 4]);
    }
}
