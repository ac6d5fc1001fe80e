//! Which samples were compared, as the tests left it in `contrast_samples.tsv`.

use std::{collections::HashMap, path::Path};

use crate::{
    read::{ReadError, read_table},
    row::Table,
    rows::ContrastSampleRow,
};

/// The word for the samples from which the others are subtracted.
const CASE: &str = "case";
/// The word for the samples that are subtracted.
const CONTROL: &str = "control";

/// The samples of all comparisons, by their places in a list of samples.
#[derive(Clone, Debug)]
pub struct ContrastSamples {
    samples: usize,
    rows: Vec<(usize, ContrastSampleRow)>,
}

impl ContrastSamples {
    /// The word of the column `role` for a case or a control.
    pub const fn role(is_case: bool) -> &'static str {
        if is_case { CASE } else { CONTROL }
    }

    /// Reads `contrast_samples.tsv` of a folder; nothing where it is not there. Places are those of `samples`.
    ///
    /// # Errors
    /// When the file cannot be read, a cell does not hold what its column expects, or a sample is not in `samples`.
    pub fn read(folder: &Path, samples: &[String]) -> Result<Option<Self>, ReadError> {
        let path = folder.join(ContrastSampleRow::FILE);
        if !path.is_file() {
            return Ok(None);
        }
        let places: HashMap<&str, usize> =
            samples.iter().enumerate().map(|(at, name)| (name.as_str(), at)).collect();
        let rows: Vec<ContrastSampleRow> = read_table(folder)?;
        let rows = (2..).zip(rows).map(|(line, row)| match places.get(row.sample.as_str()) {
            Some(&place) => Ok((place, row)),
            None => Err(ReadError::UnknownSample { path: path.clone(), line, sample: row.sample }),
        });
        Ok(Some(Self { samples: samples.len(), rows: rows.collect::<Result<_, _>>()? }))
    }

    fn of<'a>(&'a self, label: &'a str) -> impl Iterator<Item = (usize, &'a ContrastSampleRow)> {
        self.rows.iter().filter(move |(_, row)| row.contrast == label).map(|(place, row)| (*place, row))
    }

    /// Whether the table has samples of a comparison.
    pub fn has(&self, label: &str) -> bool {
        self.of(label).next().is_some()
    }

    /// Ascending places of all samples in the model of a comparison.
    pub fn places(&self, label: &str) -> Vec<usize> {
        let mut places: Vec<usize> = self.of(label).map(|(place, _)| place).collect();
        places.sort_unstable();
        places
    }

    /// For each sample of the list: `Some(true)` for a case, `Some(false)` for a control, `None` for a sample that is not
    /// compared. Nothing where not two groups are compared.
    pub fn members(&self, label: &str) -> Option<Vec<Option<bool>>> {
        let mut members = vec![None; self.samples];
        for (place, row) in self.of(label) {
            members[place] = match row.role.as_deref() {
                Some(CASE) => Some(true),
                Some(CONTROL) => Some(false),
                _ => None,
            };
        }
        members.iter().any(Option::is_some).then_some(members)
    }

    /// The groups of a comparison with the ascending places of their samples: case and control, else all levels in the
    /// order of their first samples. None where a measurement is tested.
    pub fn groups(&self, label: &str) -> Vec<(String, Vec<usize>)> {
        let is_pair = self.of(label).any(|(_, row)| row.role.is_some());
        let of = |role: Option<&str>| {
            let mut groups: Vec<(String, Vec<usize>)> = Vec::new();
            for (place, row) in self.of(label).filter(|(_, row)| row.role.as_deref() == role) {
                let Some(name) = &row.group else { continue };
                match groups.iter_mut().find(|(known, _)| known == name) {
                    Some((_, places)) => places.push(place),
                    None => groups.push((name.clone(), vec![place])),
                }
            }
            groups
        };
        let mut groups = if is_pair { [of(Some(CASE)), of(Some(CONTROL))].concat() } else { of(None) };
        for (_, places) in &mut groups {
            places.sort_unstable();
        }
        groups
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::write::write_table;

    fn folder(rows: &[(&str, &str, Option<&str>, Option<&str>)]) -> tempfile::TempDir {
        let folder = tempfile::tempdir().unwrap();
        let rows: Vec<ContrastSampleRow> = rows
            .iter()
            .map(|&(contrast, sample, group, role)| ContrastSampleRow {
                contrast: contrast.to_owned(),
                sample: sample.to_owned(),
                group: group.map(str::to_owned),
                role: role.map(str::to_owned),
            })
            .collect();
        write_table::<ContrastSampleRow, _>(folder.path(), &rows).unwrap();
        folder
    }

    fn names(names: &[&str]) -> Vec<String> {
        names.iter().map(|&name| name.to_owned()).collect()
    }

    #[test]
    fn groups_are_those_of_the_test_whatever_the_order_of_samples() {
        let folder = folder(&[
            ("c:x:y", "a", Some("y"), Some(CONTROL)),
            ("c:x:y", "b", Some("x"), Some(CASE)),
            ("c:x:y", "d", Some("z"), None),
            ("c", "a", Some("y"), None),
            ("c", "b", Some("x"), None),
            ("c", "d", Some("y"), None),
            ("age", "a", None, None),
        ]);
        let found = ContrastSamples::read(folder.path(), &names(&["d", "b", "left out", "a"]));
        let found = found.unwrap().unwrap();
        assert_eq!(found.members("c:x:y"), Some(vec![None, Some(true), None, Some(false)]));
        assert_eq!(found.groups("c:x:y"), [("x".to_owned(), vec![1]), ("y".to_owned(), vec![3])]);
        assert_eq!(found.members("c"), None);
        assert_eq!(found.groups("c"), [("y".to_owned(), vec![0, 3]), ("x".to_owned(), vec![1])]);
        assert_eq!(found.places("c:x:y"), [0, 1, 3]);
        assert!(found.has("age") && found.groups("age").is_empty() && !found.has("sex"));
    }

    #[test]
    fn a_sample_that_is_not_there_is_named_and_so_is_its_line() {
        let folder = folder(&[("c", "a", None, None), ("c", "b", None, None)]);
        let error = ContrastSamples::read(folder.path(), &names(&["a"])).unwrap_err();
        assert!(matches!(error, ReadError::UnknownSample { .. }));
        assert!(error.to_string().contains("line 3: sample `b`"), "{error}");
        assert!(ContrastSamples::read(&folder.path().join("absent"), &[]).unwrap().is_none());
    }
}
