//! A folder of results: whose it is, and what an earlier run left in it.

use std::{
    collections::BTreeSet,
    fs::{self, File, TryLockError},
    io,
    path::{Path, PathBuf},
};

use anyhow::{Context, bail};
use nadsplice_table::data_dictionary;
use serde_json::Value;

use crate::{
    provenance::{DIFF_INFO, PROGRAM, RUN_INFO},
    reporting,
};

/// Folder of the counts files in the results of `run`.
pub(crate) const COUNTS_FOLDER: &str = "counts";
/// What else `run` leaves, beside tables, counts files and what is made to be looked at.
const OTHER_FILES: [&str; 3] = [RUN_INFO, DIFF_INFO, "CITATIONS.md"];
/// A hidden file that says that a run has begun here and not finished.
const BEGUN: &str = ".nadsplice-run";

/// A claim on a folder, as long as it lives.
#[derive(Debug)]
pub(crate) struct Claim {
    outdir: PathBuf,
    /// Locked where the file system can; a process that dies loses it.
    _folder: Option<File>,
}

impl Drop for Claim {
    /// A run that was refused before any work leaves no trace.
    fn drop(&mut self) {
        if is_empty(&self.outdir).unwrap_or(false) {
            // The mark alone does no harm.
            let _ = remove(&self.outdir, BEGUN);
        }
    }
}

/// Makes the folder of `run`. One with other things in it is left alone, and one that another run writes into.
pub(crate) fn claim(outdir: &Path, force: bool) -> anyhow::Result<Claim> {
    if outdir.is_dir() && !force && !is_empty(outdir)? && !is_ours(outdir) {
        bail!(
            "folder `{}` is not empty and holds no results of this program\n\
             hint: name another --outdir, or pass --force",
            outdir.display()
        );
    }
    make(outdir)?;
    let claim = lock(outdir)?;
    make(&outdir.join(COUNTS_FOLDER))?;
    let begun = outdir.join(BEGUN);
    File::create(&begun).with_context(|| format!("could not write `{}`", begun.display()))?;
    Ok(claim)
}

/// The run has finished: `run_info.json` says whose the folder is.
pub(crate) fn finish(outdir: &Path) -> anyhow::Result<()> {
    remove(outdir, BEGUN)
}

fn lock(outdir: &Path) -> anyhow::Result<Claim> {
    let claim = |folder| Claim { outdir: outdir.to_owned(), _folder: folder };
    let Ok(folder) = File::open(outdir) else { return Ok(claim(None)) };
    match folder.try_lock() {
        Ok(()) => Ok(claim(Some(folder))),
        Err(TryLockError::WouldBlock) => bail!(
            "another run writes into `{}`\nhint: wait until it has finished, or name another --outdir",
            outdir.display()
        ),
        Err(TryLockError::Error(_)) => Ok(claim(None)),
    }
}

/// Whether a run of this program has begun or finished here. That files have the names of results proves nothing.
fn is_ours(outdir: &Path) -> bool {
    let info =
        fs::read(outdir.join(RUN_INFO)).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok());
    outdir.join(BEGUN).is_file() || info.is_some_and(|info| info["name"] == PROGRAM)
}

/// Refuses to write tables over the file that they are made from.
pub(crate) fn spare(input: &Path, outdir: &Path) -> anyhow::Result<()> {
    let (Ok(file), Ok(folder)) = (input.canonicalize(), outdir.canonicalize()) else { return Ok(()) };
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    if file.parent() == Some(&folder) && tables().contains(name.as_str()) {
        bail!(
            "`{}` would be overwritten by the results, which have a table of this name\n\
             hint: name another folder for the results",
            input.display()
        );
    }
    Ok(())
}

/// Removes what an earlier run left, but for the counts files: none of it belongs to the results to come.
pub(crate) fn clear(outdir: &Path) -> anyhow::Result<()> {
    for name in tables().into_iter().chain(OTHER_FILES) {
        remove(outdir, name)?;
    }
    reporting::clear(outdir)
}

/// Removes a file that need not be there.
pub(crate) fn remove(folder: &Path, name: &str) -> anyhow::Result<()> {
    let path = folder.join(name);
    gone(fs::remove_file(&path), &path)
}

fn gone(removed: io::Result<()>, path: &Path) -> anyhow::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(error).with_context(|| format!("could not remove `{}`", path.display()))
        }
        _ => Ok(()),
    }
}

fn tables() -> BTreeSet<&'static str> {
    data_dictionary().into_iter().map(|column| column.table).collect()
}

fn make(path: &Path) -> anyhow::Result<()> {
    fs::create_dir_all(path).with_context(|| format!("could not make folder `{}`", path.display()))
}

/// Whether nothing lies in the folder of a run but what it begins with: counts files, which are taken up only where they
/// are of the same alignments. Files under way have hidden names.
fn is_empty(outdir: &Path) -> anyhow::Result<bool> {
    for path in entries(outdir)? {
        let name = path.file_name().unwrap_or_default();
        if name == BEGUN {
            continue;
        }
        if name != COUNTS_FOLDER || !path.is_dir() {
            return Ok(false);
        }
        let is_counts = |path: &PathBuf| {
            let is_hidden = path.file_name().is_some_and(|name| name.to_string_lossy().starts_with('.'));
            is_hidden || path.extension().is_some_and(|extension| extension == "counts")
        };
        if !entries(&path)?.iter().all(is_counts) {
            return Ok(false);
        }
    }
    Ok(true)
}

/// What lies in a folder, in the order of names.
pub(crate) fn entries(folder: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let read = || fs::read_dir(folder)?.map(|entry| Ok(entry?.path())).collect::<io::Result<Vec<_>>>();
    let mut paths = read().with_context(|| format!("could not look into folder `{}`", folder.display()))?;
    paths.sort_unstable();
    Ok(paths)
}
