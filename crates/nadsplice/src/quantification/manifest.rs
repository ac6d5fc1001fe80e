//! What a shard's folder says of itself, so that shards of different cohorts are not put together.

use std::{collections::BTreeSet, io::Write, path::Path};

use anyhow::{Context, bail};
use nadsplice_align::identify_table;
use nadsplice_table::OutputFile;
use serde_json::{Value, json};

use super::{CountedSample, QuantifySettings, shard::Shard, tables};
use crate::{cli::Counting, provenance::hex};

const FILE: &str = "shard.json";

/// Takes back that a folder holds a finished shard.
pub(crate) fn withdraw(folder: &Path) -> anyhow::Result<()> {
    let path = folder.join(FILE);
    match std::fs::remove_file(&path) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}

/// Writes that a folder holds the finished tables of a shard.
pub(crate) fn write(
    settings: &QuantifySettings<'_>,
    shard: Shard,
    samples: &[CountedSample],
    folder: &Path,
) -> anyhow::Result<()> {
    let sample = |sample: &CountedSample| -> anyhow::Result<Value> {
        Ok(json!({
            "sample": sample.name,
            "strandedness": sample.stated.map(|(stated, _)| stated.to_string()),
            "counts": identity(sample.source.path())?,
        }))
    };
    let names = tables::names(settings.counting == Counting::Rmats);
    let written = names.by_place.iter().chain(if shard.number == 1 { &names.whole[..] } else { &[] });
    let tables = written
        .map(|&name| Ok((name.to_owned(), identity(&folder.join(name))?)))
        .collect::<anyhow::Result<serde_json::Map<_, _>>>()?;
    let manifest = json!({
        "shard": shard.number,
        "shards": shard.of,
        "tables": tables,
        // The same in all shards that belong together.
        "cohort": {
            "version": env!("CARGO_PKG_VERSION"),
            "annotation_blake3": hex(&settings.loaded.content_hash),
            "rmats": settings.counting == Counting::Rmats,
            "evidence": settings.evidence_word(),
            "novel": settings.novel.map(|options| format!("{options:?}")),
            "panel": settings.panel.genes().iter().map(|gene| &gene.identity.symbol).collect::<Vec<_>>(),
            "reference": settings.reference.map(identity).transpose()?,
            "samples": samples.iter().map(sample).collect::<anyhow::Result<Vec<_>>>()?,
        },
    });
    let mut file = OutputFile::create(&folder.join(FILE))?;
    serde_json::to_writer_pretty(&mut file, &manifest)?;
    writeln!(file)?;
    Ok(file.finish()?)
}

fn identity(path: &Path) -> anyhow::Result<Value> {
    let found = identify_table(path)?;
    Ok(json!({ "size": found.size, "pieces_blake3": hex(&found.pieces) }))
}

/// The shards of a cohort, all of them and in their order.
pub(crate) struct Shards<'a> {
    pub(crate) folders: Vec<&'a Path>,
    pub(crate) rmats: bool,
}

impl<'a> Shards<'a> {
    /// Reads what the folders say of themselves, and checks that they are all shards of one cohort and unchanged.
    pub(crate) fn read(folders: &'a [std::path::PathBuf]) -> anyhow::Result<Self> {
        let mut found: Vec<(u64, &Path, Value)> = Vec::new();
        for folder in folders {
            let path = folder.join(FILE);
            let text = std::fs::read(&path).with_context(|| {
                format!(
                    "`{}` holds no finished shard\n\
                     hint: `nadsplice quantify --shard K/N` makes one; an interrupted one is made again",
                    folder.display()
                )
            })?;
            let manifest: Value = serde_json::from_slice(&text)
                .with_context(|| format!("`{}` is not what nadsplice wrote", path.display()))?;
            let number =
                manifest["shard"].as_u64().with_context(|| format!("`{}` has no number", path.display()))?;
            found.push((number, folder, manifest));
        }
        found.sort_by_key(|shard| shard.0);
        let Some((_, first, manifest)) = found.first() else { bail!("no shard was named") };
        for (_, folder, other) in &found {
            if other["cohort"] != manifest["cohort"] || other["shards"] != manifest["shards"] {
                bail!(
                    "`{}` and `{}` are not shards of one cohort: {} differs\n\
                     hint: all shards are made of the same samples, annotation and options, with one N",
                    first.display(),
                    folder.display(),
                    difference(manifest, other),
                );
            }
        }
        let of = manifest["shards"].as_u64().unwrap_or_default();
        let there: BTreeSet<u64> = found.iter().map(|shard| shard.0).collect();
        let missing: Vec<String> = (1..=of)
            .filter(|number| !there.contains(number))
            .map(|number| format!("{number}/{of}"))
            .collect();
        if !missing.is_empty() {
            bail!(
                "shards are missing: {}\nhint: `nadsplice quantify --shard` makes them",
                missing.join(", ")
            );
        }
        if let Some(pair) = found.windows(2).find(|pair| pair[0].0 == pair[1].0) {
            bail!(
                "`{}` and `{}` are the same shard, {}/{of}",
                pair[0].1.display(),
                pair[1].1.display(),
                pair[0].0
            );
        }
        for (_, folder, manifest) in &found {
            for (name, expected) in manifest["tables"].as_object().into_iter().flatten() {
                let path = folder.join(name);
                if identity(&path)? != *expected {
                    bail!(
                        "`{}` is not as its shard was finished with\nhint: make the shard again",
                        path.display()
                    );
                }
            }
        }
        let rmats = manifest["cohort"]["rmats"] == true;
        Ok(Self { folders: found.iter().map(|shard| shard.1).collect(), rmats })
    }
}

/// The first thing in which two shards differ.
fn difference<'a>(one: &'a Value, other: &Value) -> &'a str {
    let differing = one["cohort"].as_object().into_iter().flatten();
    differing
        .filter(|(key, value)| other["cohort"][key.as_str()] != **value)
        .map(|(key, _)| key.as_str())
        .next()
        .unwrap_or("the number of shards")
}
