//! Ids of an annotation as small numbers.

use rustc_hash::FxHashMap;

use crate::warning::{WarningKind, Warnings, quoted};

/// Distinct byte strings, numbered in the order of their first appearance.
#[derive(Default)]
pub(crate) struct Interner {
    numbers: FxHashMap<Box<[u8]>, u32>,
    names: Vec<String>,
}

impl Interner {
    /// The number of an id, which is new when it was not seen before.
    pub(crate) fn intern(&mut self, id: &[u8], line: u64, warnings: &mut Warnings) -> u32 {
        if let Some(&number) = self.numbers.get(id) {
            return number;
        }
        let number = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        self.names.push(text(id, line, warnings));
        self.numbers.insert(id.into(), number);
        number
    }

    /// The id of a number of this interner.
    pub(crate) fn name(&self, number: u32) -> &str {
        &self.names[number as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }
}

/// Bytes as text: UTF-8, else Latin-1, which keeps different ids different.
pub(crate) fn text(bytes: &[u8], line: u64, warnings: &mut Warnings) -> String {
    if let Ok(text) = str::from_utf8(bytes) {
        return text.to_owned();
    }
    warnings.add(WarningKind::NotUtf8, line, || quoted(bytes));
    bytes.iter().copied().map(char::from).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_keep_their_number_and_latin_1_ids_stay_apart() {
        let mut warnings = Warnings::default();
        let mut ids = Interner::default();
        let numbers =
            [&b"a"[..], b"M\xfcller", b"a", b"M\xf6ller"].map(|id| ids.intern(id, 3, &mut warnings));
        assert_eq!(numbers, [0, 1, 0, 2]);
        assert_eq!((ids.name(1), ids.name(2), ids.len()), ("Müller", "Möller", 3));
        assert_eq!(warnings.into_sorted()[0].count, 2);
    }
}
