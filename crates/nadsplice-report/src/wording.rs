//! Numbers as the report words them.

/// What stands for a missing number.
pub(crate) const MISSING: &str = "NA";

/// A signed difference with three decimals, as in `+0.363`.
pub(crate) fn signed(value: Option<f64>) -> String {
    value.map_or_else(|| MISSING.to_owned(), |v| format!("{v:+.3}"))
}

/// A number with this many decimals.
pub(crate) fn fixed(value: Option<f64>, decimals: usize) -> String {
    value.map_or_else(|| MISSING.to_owned(), |v| format!("{v:.decimals$}"))
}

/// A probability with two digits: `0.013`, `3.3e-7`.
pub(crate) fn probability(value: Option<f64>) -> String {
    match value {
        None => MISSING.to_owned(),
        Some(p) if p < 0.001 => format!("{p:.1e}"),
        Some(p) if p < 0.1 => format!("{p:.3}"),
        Some(p) => format!("{p:.2}"),
    }
}

/// A share in `0..=1` as a percentage with one decimal.
pub(crate) fn percent(share: Option<f64>) -> String {
    share.map_or_else(|| MISSING.to_owned(), |s| format!("{:.1}%", s * 100.0))
}

/// A count with thousands set apart, for sentences.
pub(crate) fn count(value: u64) -> String {
    let digits = value.to_string();
    let mut grouped = String::new();
    for (place, digit) in digits.chars().enumerate() {
        if place > 0 && (digits.len() - place).is_multiple_of(3) && digits.len() > 4 {
            grouped.push('\u{202f}');
        }
        grouped.push(digit);
    }
    grouped
}

/// `1 event`, `2 events`.
pub(crate) fn counted(number: usize, singular: &str) -> String {
    format!("{} {singular}{}", count(number as u64), if number == 1 { "" } else { "s" })
}

/// The first `limit` items joined by commas, and how many are left out.
pub(crate) fn listed(items: &[&str], limit: usize) -> String {
    let shown = items.iter().take(limit).copied().collect::<Vec<_>>().join(", ");
    if items.len() > limit { format!("{shown} and {} more", items.len() - limit) } else { shown }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_short_and_missing_ones_are_named() {
        assert_eq!(signed(Some(0.362_86)), "+0.363");
        assert_eq!(signed(None), "NA");
        assert_eq!(probability(Some(3.3e-7)), "3.3e-7");
        assert_eq!(probability(Some(0.0123)), "0.012");
        assert_eq!(percent(Some(0.1234)), "12.3%");
        assert_eq!(count(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(1234), "1234");
        assert_eq!(counted(1, "event"), "1 event");
        assert_eq!(listed(&["a", "b", "c"], 2), "a, b and 1 more");
    }
}
