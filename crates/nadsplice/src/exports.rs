//! Results in the formats of other tools, from the tables alone.

pub(crate) mod bed;
pub(crate) mod leafcutter;
pub(crate) mod rmats;
pub(crate) mod star;
pub(crate) mod suppa;

use std::path::Path;

use anyhow::bail;
use nadsplice_table::{DifferentialRow, Table, read_table};

/// Samples' names as other programs and file systems can take them: blanks and what a shell could take for something
/// else become `_`.
fn plain_names(samples: &[String]) -> anyhow::Result<Vec<String>> {
    let safe = |c: char| if c.is_alphanumeric() || "._-+".contains(c) { c } else { '_' };
    let names: Vec<String> = samples.iter().map(|s| s.chars().map(safe).collect()).collect();
    for (k, name) in names.iter().enumerate() {
        if let Some(other) = names[..k].iter().position(|n| n == name) {
            bail!(
                "samples `{}` and `{}` would both be exported as `{name}`\nhint: rename one of them",
                samples[other],
                samples[k]
            );
        }
    }
    Ok(names)
}

/// The tests of all contrasts; none where nothing was compared.
fn differential_rows(results: &Path) -> anyhow::Result<Vec<DifferentialRow>> {
    if results.join(DifferentialRow::FILE).exists() { Ok(read_table(results)?) } else { Ok(Vec::new()) }
}

/// The contrast to export: the one asked for, else the only one; nothing where there is none.
fn chosen_contrast(rows: &[DifferentialRow], wanted: Option<&str>) -> anyhow::Result<Option<String>> {
    let mut names: Vec<&str> = rows.iter().map(|r| r.contrast.as_str()).collect();
    names.dedup();
    match (wanted, names.as_slice()) {
        (Some(wanted), names) if !names.is_empty() && !names.contains(&wanted) => {
            bail!("the results have no contrast `{wanted}`, only {}", names.join(", "))
        }
        (Some(wanted), _) => Ok(Some(wanted.to_owned())),
        (None, []) => Ok(None),
        (None, [only]) => Ok(Some((*only).to_owned())),
        (None, several) => bail!(
            "the results have {} contrasts: {}\nhint: name one with --contrast",
            several.len(),
            several.join(", ")
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_samples_never_share_a_name() {
        let of = |names: [&str; 2]| plain_names(&names.map(str::to_owned));
        assert_eq!(of(["a b", "ü/1"]).unwrap(), ["a_b", "ü_1"]);
        assert!(of(["a b", "a_b"]).unwrap_err().to_string().contains("`a b` and `a_b`"));
    }
}
