//! Hints that samples were mixed up, from what is known of each.

use nadsplice_core::InputIdentity;
use nadsplice_diff::SampleSheet;
use nadsplice_table::SampleRow;

/// What is looked at of a sample.
pub(super) struct Seen<'a> {
    pub(super) name: &'a str,
    pub(super) input: InputIdentity,
    /// Which sample of a table of several this is.
    pub(super) table_id: Option<&'a str>,
    pub(super) row: &'a SampleRow,
}

/// Columns of a sheet that hold the sex.
const SEX_COLUMNS: [&str; 2] = ["sex", "gender"];

/// Warnings about the samples of a cohort.
pub(super) fn warnings(sheet: &SampleSheet, samples: &[Seen<'_>]) -> Vec<String> {
    let mut found = same_files(samples);
    found.extend(other_sex(sheet, samples));
    found.extend(strandedness(samples));
    found
}

fn same_files(samples: &[Seen<'_>]) -> Vec<String> {
    let mut found = Vec::new();
    for (k, one) in samples.iter().enumerate() {
        if let Some(first) = samples[..k].iter().find(|s| (s.input, s.table_id) == (one.input, one.table_id))
        {
            found.push(format!(
                "samples `{}` and `{}` have the same input, byte for byte: they are no replicates",
                first.name, one.name
            ));
        }
    }
    found
}

/// A stated sex in one of its usual spellings.
fn stated_sex(word: &str) -> Option<&'static str> {
    match word.trim().to_ascii_lowercase().as_str() {
        "female" | "f" | "woman" | "women" => Some("female"),
        "male" | "m" | "man" | "men" => Some("male"),
        _ => None,
    }
}

fn other_sex(sheet: &SampleSheet, samples: &[Seen<'_>]) -> Option<String> {
    let column =
        sheet.variables().find(|c| SEX_COLUMNS.iter().any(|name| c.name().eq_ignore_ascii_case(name)))?;
    let differing: Vec<String> = samples
        .iter()
        .filter_map(|sample| {
            let at = sheet.samples().iter().position(|s| s.name == sample.name)?;
            let stated = stated_sex(column.cells()[at].as_deref()?)?;
            let called = sample.row.sex_call.as_str();
            (stated_sex(called)? != stated).then(|| format!("`{}` ({called})", sample.name))
        })
        .collect();
    (!differing.is_empty()).then(|| {
        format!(
            "XIST and genes on Y contradict column `{}` of the sheet: {}; were samples swapped?",
            column.name(),
            differing.join(", ")
        )
    })
}

fn strandedness(samples: &[Seen<'_>]) -> Option<String> {
    let library = |s: &Seen<'_>| s.row.library_strandedness.map(|l| l.to_string());
    let mut kinds: Vec<(String, Vec<&str>)> = Vec::new();
    for sample in samples {
        let Some(kind) = library(sample) else { continue };
        match kinds.iter_mut().find(|(known, _)| *known == kind) {
            Some((_, names)) => names.push(sample.name),
            None => kinds.push((kind, vec![sample.name])),
        }
    }
    // The most frequent kind is the cohort's; of kinds as frequent the first.
    kinds.sort_by_key(|(_, names)| std::cmp::Reverse(names.len()));
    let [(usual, of_usual), others @ ..] = kinds.as_slice() else { return None };
    if others.is_empty() {
        return None;
    }
    let others: Vec<String> =
        others.iter().map(|(kind, names)| format!("{kind} {}", names.join(", "))).collect();
    Some(format!(
        "libraries differ in strandedness: {} are {usual}, but {}; each is counted as it is, but were they made alike?",
        of_usual.len(),
        others.join("; ")
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sexes_are_read_in_their_usual_spellings_and_codes_are_not_guessed() {
        assert_eq!(
            ["F", "Female", " male", "M"].map(stated_sex),
            [Some("female"), Some("female"), Some("male"), Some("male")]
        );
        assert_eq!(["1", "2", "unclear", ""].map(stated_sex), [None; 4]);
    }
}
