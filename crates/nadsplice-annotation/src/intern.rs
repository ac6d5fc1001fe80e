//! Ids of an annotation as small numbers.

use std::hash::Hasher;

use hashbrown::HashTable;
use rustc_hash::{FxHashMap, FxHasher};

use crate::warning::{WarningKind, Warnings, quoted};

/// Distinct byte strings, numbered in the order of their first appearance.
#[derive(Default)]
pub(crate) struct Interner {
    /// Hash and number of each id that is UTF-8.
    numbers: HashTable<(u64, u32)>,
    /// Ids that are not, which as text can look like one that is.
    odd: FxHashMap<Box<[u8]>, u32>,
    names: Vec<String>,
}

impl Interner {
    /// The number of an id, which is new when it was not seen before.
    pub(crate) fn intern(&mut self, id: &[u8], line: u64, warnings: &mut Warnings) -> u32 {
        let new = u32::try_from(self.names.len()).unwrap_or(u32::MAX);
        let Ok(utf8) = str::from_utf8(id) else {
            if let Some(&number) = self.odd.get(id) {
                return number;
            }
            self.odd.insert(id.into(), new);
            self.names.push(text(id, line, warnings));
            return new;
        };
        let mut hasher = FxHasher::default();
        hasher.write(id);
        let hash = hasher.finish();
        if let Some(&(_, number)) =
            self.numbers.find(hash, |&(other, number)| other == hash && self.names[number as usize] == utf8)
        {
            return number;
        }
        self.numbers.insert_unique(hash, (hash, new), |&(hash, _)| hash);
        self.names.push(utf8.to_owned());
        new
    }

    /// The id of a number of this interner.
    pub(crate) fn name(&self, number: u32) -> &str {
        &self.names[number as usize]
    }

    pub(crate) fn len(&self) -> usize {
        self.names.len()
    }

    /// The ids by their numbers.
    pub(crate) fn into_names(self) -> Vec<String> {
        self.names
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
        let spelled = [&b"a"[..], b"M\xfcller", b"a", b"M\xf6ller", "Müller".as_bytes(), b"M\xfcller"];
        let numbers = spelled.map(|id| ids.intern(id, 3, &mut warnings));
        assert_eq!(numbers, [0, 1, 0, 2, 3, 1]);
        assert_eq!(ids.into_names(), ["a", "Müller", "Möller", "Müller"]);
        assert_eq!(warnings.into_sorted()[0].count, 2);
    }
}
